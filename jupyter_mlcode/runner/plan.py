"""Which stages run, and in which order."""

from __future__ import annotations

from pathlib import Path

from jupyter_mlcode.errors import UsageError
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry
from jupyter_mlcode.runner.outputs import missing_inputs


class MissingInputError(UsageError):
    """A stage should run whose inputs no earlier run left behind."""

    code = "MLC403"

    def __init__(self, pipeline: str, stage: str, ref: str) -> None:
        source = ref.split("/", 1)[0]
        super().__init__(
            f"stage {stage!r} needs {ref!r}, which is not there",
            hint=f"Run stage {source!r} first: `jupyter mlcode run {pipeline} --stage {source}`.",
        )
        self.ref = ref


def plan_run(
    folder: PipelineFolder, artifacts: Path, *, stage: str | None, from_stage: str | None
) -> tuple[StageEntry, ...]:
    """Return the stages to run, in order; everything they need from others must be there.

    Raises:
        UsageError: both are given, a stage does not exist, or an input is missing.
    """
    if stage is not None and from_stage is not None:
        raise UsageError("a single stage and a stage to start from exclude each other")
    chosen = folder.stages
    if stage is not None:
        chosen = (folder.stage(stage),)
    elif from_stage is not None:
        chosen = chosen[chosen.index(folder.stage(from_stage)) :]
    running = {entry.name for entry in chosen}
    for entry in chosen:
        for ref in missing_inputs(artifacts, entry):
            if ref.split("/", 1)[0] not in running:
                raise MissingInputError(folder.shown, entry.name, ref)
    return chosen
