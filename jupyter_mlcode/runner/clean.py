"""What runs leave behind, removed: folders of old runs, results that nobody has used for long."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from jupyter_mlcode.errors import UsageError
from jupyter_mlcode.model.cache import Cleaned
from jupyter_mlcode.runner.cache.open import cache_folder, cache_limit
from jupyter_mlcode.runner.cache.store import Store
from jupyter_mlcode.runner.folder import read_folder
from jupyter_mlcode.runner.local.database import FILE, STATE, Database
from jupyter_mlcode.runner.local.memo import Memo
from jupyter_mlcode.runner.locks import one_at_a_time
from jupyter_mlcode.runner.run import artifacts_of


class RunGoesOnError(UsageError):
    """What a run needs cannot be removed."""

    code = "MLC414"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder.name}: a run of this pipeline goes on", hint="Wait for it, or cancel it.")


def clean(pipeline_folder: Path, *, runs: int | None, everything: bool, dry_run: bool) -> Cleaned:
    """Remove all but the newest `runs` folders of runs and what the cache holds above its limit.

    With `everything` all runs, artifacts, results and the history go too; a shared cache stays.

    Raises:
        InputError: the folder is not a pipeline.
        RunGoesOnError: a run of this pipeline goes on.
    """
    folder = read_folder(pipeline_folder)
    artifacts = artifacts_of(folder)

    def busy() -> None:
        raise RunGoesOnError(folder.root)

    with one_at_a_time(folder.root / STATE, busy):
        gone = list(_old_runs(folder.root / "runs", 0 if everything else runs))
        if everything:
            gone += [path for path in (artifacts, folder.root / STATE / FILE) if path.exists()]
        size = sum(map(_size, gone))
        if not dry_run:
            for path in gone:
                _remove(path)
            size += 0 if everything else _trimmed(folder.root, artifacts)
    return Cleaned(paths=tuple(os.path.relpath(path, folder.root) for path in gone), bytes=size)


def _old_runs(folder: Path, keep: int | None) -> Iterator[Path]:
    if keep is None or not folder.is_dir():
        return
    found = sorted((path for path in folder.iterdir() if path.name.isdecimal()), key=lambda p: int(p.name))
    yield from found[: len(found) - keep] if keep else found


def _trimmed(root: Path, artifacts: Path) -> int:
    database = Database(root / STATE)
    try:
        return Store(cache_folder(artifacts), Memo(database), cache_limit()).trim()
    finally:
        database.close()


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file() and not f.is_symlink())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
