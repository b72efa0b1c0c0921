"""What one run is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry
from jupyter_mlcode.runner.kernel_order import KernelOrder, stage_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The chosen stages of a pipeline folder and how they are run.

    `values` are the parameters', `timeout` is the longest time for a cell and `stage_timeout` for a
    stage, in seconds; `guards` None has them on until every stage has passed once as it is.
    """

    folder: PipelineFolder
    chosen: tuple[StageEntry, ...]
    kernel: str
    values: Mapping[str, Json]
    artifacts: Path
    runs_dir: Path | None = None
    timeout: int | None = None
    stage_timeout: float | None = None
    retries: int = 0
    jobs: int = 1
    guards: bool | None = None
    reuse: Reuse = field(default_factory=Reuse)

    @property
    def kernel_order(self) -> KernelOrder:
        """The kernel in which each of the stages runs."""
        return KernelOrder(
            name=self.kernel,
            folder=self.folder.working_folder,
            environment=stage_environment(self.artifacts),
        )
