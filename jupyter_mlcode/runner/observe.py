"""One run of the notebook that looks at what its source leaves open."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_mlcode.analysis.patterns import Rules
from jupyter_mlcode.analysis.session import Session
from jupyter_mlcode.artifacts import handoff_path
from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.errors import UsageError
from jupyter_mlcode.graph.connect import connect
from jupyter_mlcode.graph.unknowns import Unknown, relied_on, unknowns
from jupyter_mlcode.model.diagnostics import Severity
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.observed import Observation, source_digest
from jupyter_mlcode.model.pipeline import Pipeline
from jupyter_mlcode.runner import observe_kernel
from jupyter_mlcode.runner.kernelspec import known_kernel
from jupyter_mlcode.runner.reference import reference_cells
from jupyter_mlcode.runner.session import Silent
from jupyter_mlcode.runner.signals import signals_unwind
from jupyter_mlcode.runner.silent_code import call, install
from jupyter_mlcode.runner.whole import REFERENCE_SEED, WholeRuns


def observe(
    pipeline: Pipeline,
    session: Session | None = None,
    rules: Rules | None = None,
    *,
    location: str,
    kernel: str | None = None,
    timeout: int | None = None,
) -> Notebook:
    """Run the notebook of a pipeline and return it with what was seen of it and its graph can rely on.

    Raises:
        UsageError: the kernel is not installed, or the notebook fails: there is nothing to rely on.
        InputError: the notebook's folder is too large to copy.
    """
    notebook = replace(pipeline.notebook, observed={})
    known = known_kernel(kernel or notebook.kernel)
    whole = WholeRuns(pipeline=pipeline, location=location, kernel=known, timeout=timeout)
    unknown = unknowns(connect(notebook, session))
    seen = replace(notebook, observed=_seen(whole, unknown) if unknown else {})
    kept = replace(notebook, observed=relied_on(connect(seen, session)))
    return accepted(kept, lambda found: _refused(plan(found, session, rules)))


def accepted(notebook: Notebook, refused: Callable[[Notebook], bool]) -> Notebook:
    """Return the notebook without the observations that alone would make its export refused."""
    kept = replace(notebook, observed={})
    if not refused(notebook) or refused(kept):
        return notebook
    for digest, seen in notebook.observed.items():
        more = replace(notebook, observed={**kept.observed, digest: seen})
        kept = kept if refused(more) else more
    return kept


def _refused(pipeline: Pipeline) -> bool:
    return any(d.severity is Severity.ERROR for d in pipeline.diagnostics)


def _seen(whole: WholeRuns, unknown: Mapping[int, Unknown]) -> dict[str, Observation]:
    notebook = whole.pipeline.notebook
    with signals_unwind(), tempfile.TemporaryDirectory(prefix="mlcode-observe-") as folder:
        root = Path(folder).resolve()
        reference = whole.run(root / "whole", REFERENCE_SEED, (), looks(notebook, unknown, root))
        if reference.error is not None:
            raise UsageError(
                f"nothing observed, the notebook itself fails: {reference.failure}",
                hint="Let it run to its end first (Restart & Run All).",
            )
        return read_looks(notebook, unknown, root)


def looks(notebook: Notebook, unknown_cells: Mapping[int, Unknown], folder: Path) -> tuple[Silent, ...]:
    """Return the silent code that looks before and after every cell in which something is open."""
    name, order = observe_kernel.NAME, reference_cells(notebook)
    found = [
        Silent(code=install(name, Path(observe_kernel.__file__)), after=-1),
        Silent(code=call(name, "prepare", str(handoff_path())), after=-1),
    ]
    for index, unknown in unknown_cells.items():
        if index in order:
            place, names = order.index(index), list(unknown.may_change)
            kinds = list(unknown.generators)
            path = str(folder / f"{index}.txt")
            found.append(Silent(code=call(name, "before", names, kinds), after=place - 1))
            found.append(
                Silent(code=call(name, "after", path, list(unknown.types), names, kinds), after=place)
            )
    return tuple(sorted(found, key=_place))


def _place(silent: Silent) -> int:
    return silent.after if silent.after is not None else -1


def read_looks(
    notebook: Notebook, unknown_cells: Mapping[int, Unknown], folder: Path
) -> dict[str, Observation]:
    """Return what was seen; cells of which the notebook has several with one text are left out."""
    digests = [source_digest(cell.source) for cell in notebook.code_cells]
    found = {}
    for index in unknown_cells:
        digest, path = source_digest(notebook.cells[index].source), folder / f"{index}.txt"
        if digests.count(digest) == 1 and path.is_file():
            seen = _observation(index + 1, ast.literal_eval(path.read_text("utf-8")))
            if seen:
                found[digest] = seen
    return found


def _observation(cell: int, seen: dict[str, Any]) -> Observation:
    return Observation(
        cell=cell,
        types={name: path for name, path in seen["types"].items() if path},
        unchanged=frozenset(seen["unchanged"]),
        undrawn=seen["undrawn"],
        bytes={name: size for name, size in {**seen["unchanged"], **seen["bytes"]}.items() if size},
    )
