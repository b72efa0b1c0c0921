"""The cache of a pipeline folder, opened: where it is, and what its keys are made from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.notebook.plain_files import read_regular
from jupyter_mlcode.runner.cache.code import StageCode, stage_code
from jupyter_mlcode.runner.cache.components import Before, recalled_code, remember_code
from jupyter_mlcode.runner.cache.decide import Decider
from jupyter_mlcode.runner.cache.environment import environment
from jupyter_mlcode.runner.cache.reads import Contents
from jupyter_mlcode.runner.cache.store import DEFAULT_LIMIT, Store
from jupyter_mlcode.runner.folder import PipelineError, PipelineFolder, StageEntry
from jupyter_mlcode.runner.local.memo import Memo, digest_of
from jupyter_mlcode.runner.orders import Orders

CACHE = ".cache"
_UNITS = {"": 1, "K": 10, "M": 20, "G": 30, "T": 40}


def open_decider(orders: Orders, memo: Memo) -> Decider:
    """Return what decides which of the chosen stages run.

    Raises:
        UnknownNameError: the kernel is not installed.
        PipelineError: a script is missing or is none of ours.
    """
    folder, reuse = orders.folder, orders.reuse
    code = _code(folder, orders.values, memo)
    for entry in orders.chosen:
        code(entry)
    before = Before(
        folder=folder,
        values=orders.values,
        kernel=orders.kernel,
        environment=environment(memo, orders.kernel),
        code=code,
        mark=partial(_mark, folder),
        memo=memo,
        contents=Contents(memo, folder.working_folder, folder.root),
    )
    everything = reuse.everything or not reuse.cache
    return Decider(
        before,
        Store(cache_folder(orders.artifacts, reuse.folder), memo, cache_limit()),
        orders.artifacts,
        title=_titles(folder),
        forced=[entry.name for entry in folder.stages] if everything else reuse.forced,
        reused=reuse.reused,
    )


def cache_folder(artifacts: Path, given: str | Path | None = None) -> Path:
    """Return where results are kept: as given, `MLCODE_CACHE`, or among the artifacts."""
    chosen = given or os.environ.get("MLCODE_CACHE")
    return Path(chosen).expanduser().resolve() if chosen else artifacts / CACHE


def cache_limit() -> int:
    """Return the bytes that kept results may take: `MLCODE_CACHE_SIZE`, `500M` or `20G`."""
    text = os.environ.get("MLCODE_CACHE_SIZE", "").strip().upper().removesuffix("B").removesuffix("I")
    number, unit = (text[:-1], text[-1:]) if text[-1:] in _UNITS and text[-1:] else (text, "")
    try:
        return int(float(number) * (1 if not unit else 1 << _UNITS[unit]))
    except ValueError:
        return DEFAULT_LIMIT


def _code(
    folder: PipelineFolder, values: Mapping[str, Json], memo: Memo
) -> Callable[[StageEntry], StageCode]:
    known: dict[str, StageCode] = {}
    kept = _bytes(folder.root / "pipeline.ipynb")

    def code(entry: StageEntry) -> StageCode:
        if entry.name not in known:
            script = _bytes(folder.root / entry.script)
            key = digest_of(script, kept, folder.definitions, ",".join(entry.params))
            known[entry.name] = recalled_code(memo, key) or _built(entry, key)
        return known[entry.name]

    def _built(entry: StageEntry, key: str) -> StageCode:
        from jupyter_mlcode.runner.stage_notebook import build_stage_notebook, read_source_cells

        notebook = build_stage_notebook(folder, entry, values, read_source_cells(folder))
        found = stage_code(notebook, folder.definitions)
        remember_code(memo, key, found)
        return found

    return code


def _mark(folder: PipelineFolder, entry: StageEntry) -> str:
    names = (entry.script, "pipeline.ipynb", "mlcode_handoff.py", f"{folder.definitions or entry.name}.py")
    return digest_of(*(path.read_bytes() for name in names if (path := folder.root / name).is_file()))


def _bytes(path: Path) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise PipelineError(path, f"cannot be read: {error.strerror}") from error


def _titles(folder: PipelineFolder) -> Callable[[str], str]:
    """Return what names a cell by its id: its number in the notebook, where there is one."""
    numbers: dict[str, int] = {}

    def title(id_: str) -> str:
        from jupyter_mlcode.runner.stage_notebook import read_source_cells

        if not numbers:
            numbers.update(read_source_cells(folder).numbers)
        if id_ in numbers:
            return f"cell {numbers[id_]}"
        return "what it loads or saves"

    return title
