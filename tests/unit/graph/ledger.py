"""Pipelines of small notebooks as text, and the files where they stand: `tests/unit/graph/ledger/*.txt`.

`=== title` begins a notebook, `# --- [tag]` a cell, `>` a line of what the plan makes of it: a stage with its
steps in order, an edge with what it carries (made at cell:line, read at cell:line), a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.model.pipeline import (
    Artifact,
    Confirm,
    Edge,
    Expect,
    FileUse,
    ImportDefinitions,
    Load,
    LoadAll,
    Observe,
    OwnCell,
    Pipeline,
    Replay,
    RestoreState,
    Save,
    SaveAll,
    SaveState,
    Stage,
    Step,
)
from tests.unit.graph.notebooks import planned

HERE = Path(__file__).parent / "ledger"


@dataclass(frozen=True, slots=True)
class Entry:
    """A small notebook and what the plan makes of it."""

    title: str
    text: str
    said: tuple[str, ...]


def entries(path: Path) -> Iterator[Entry]:
    """Read one file."""
    for part in path.read_text("utf-8").split("=== ")[1:]:
        title, _, text = part.partition("\n")
        lines = text.rstrip("\n").split("\n")
        said = tuple(line[2:] for line in lines if line.startswith("> "))
        yield Entry(title, "\n".join(line for line in lines if not line.startswith("> ")) + "\n", said)


def written(all_entries: Iterable[Entry]) -> str:
    """Return the text of a file with these entries."""
    return "\n".join(
        f"=== {e.title}\n{e.text}" + "".join(f"> {line}\n" for line in e.said) for e in all_entries
    )


def plan_of(text: str) -> tuple[str, ...]:
    """Return all that the plan of a notebook says."""
    pipeline = planned(text)
    lines = [_stage(stage) for stage in pipeline.stages]
    lines += [_edge(edge) for edge in pipeline.edges]
    lines += _around(pipeline)
    lines += [d.line("").removeprefix(":") for d in pipeline.diagnostics]
    return tuple(line.replace("\n", " / ") for line in lines)


def _stage(stage: Stage) -> str:
    said = [_step(step) for step in stage.steps]
    listed = {
        "inputs": [f"{name} of {source}" for name, source in stage.inputs],
        "params": stage.params,
        "needs": stage.needs,
        "state": [f"{kind} of {source}" for kind, source in stage.state_in],
        "seeds": stage.seeds,
        "draws": stage.draws,
        "changed": stage.changed,
        "reads": map(_file, stage.reads),
        "writes": map(_file, stage.writes),
    }
    said += [f"{what}: {', '.join(items)}" for what, items in listed.items() if items]
    said = [item for item in said if not item.endswith(": ")]
    said += [f"everything: {stage.carries_everything}"] if stage.carries_everything else []
    return f"{stage.name} | " + "; ".join(said)


def _step(step: Step) -> str:
    match step:
        case OwnCell():
            return f"cell {step.cell + 1}{' closes figures' if step.closes_figures else ''}"
        case Replay():
            return f"again {step.cell + 1}:{step.lines[0]}-{step.lines[1]} {step.text}"
        case ImportDefinitions():
            return f"imports {', '.join(step.names)}"
        case Load():
            return f"loads {_artifacts(step.artifacts)} of {step.stage}"
        case LoadAll():
            return f"loads everything of {step.stage}"
        case RestoreState():
            return f"restores {', '.join(step.kinds)} of {step.stage}"
        case Save():
            return f"saves {_artifacts(step.artifacts)}"
        case SaveAll():
            return "saves everything"
        case SaveState():
            return f"saves state {', '.join(step.kinds)}"
        case _:
            return _observed(step)


def _observed(step: Observe | Confirm | Expect) -> str:
    match step:
        case Observe():
            return f"observes {', '.join((*step.names, *step.kinds))}"
        case Confirm():
            return f"confirms {', '.join(step.names)}"
        case Expect():
            return f"expects {step.types}"


def _artifacts(artifacts: Iterable[Artifact]) -> str:
    return ", ".join(f"{a.key}{'?' if a.maybe else ''}" for a in artifacts)


def _file(use: FileUse) -> str:
    return f"{use.kind} {use.path or 'any'}"


def _edge(edge: Edge) -> str:
    carried = (
        f"{c.kind} {c.name} {c.made[0]}:{c.made[1]} > {c.read[0]}:{c.read[1]}"
        + (f" after {', '.join(f'{a}:{b}' for a, b in c.history)}" if len(c.history) > 1 else "")
        for c in edge.carries
    )
    return f"{edge.source} -> {edge.target} | " + "; ".join(carried)


def _around(pipeline: Pipeline) -> list[str]:
    said = []
    if pipeline.definitions:
        said.append("definitions | " + "; ".join(f"{d.name} of {d.cell + 1}" for d in pipeline.definitions))
    said += [f"left out | {left.cell + 1} {left.reason}" for left in pipeline.left_out]
    if pipeline.setup:
        said.append(f"setup | {', '.join(str(cell + 1) for cell in pipeline.setup)}")
    return said
