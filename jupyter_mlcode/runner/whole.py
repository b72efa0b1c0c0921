"""Runs of the whole notebook, each in a copy of its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlcode.model.pipeline import Pipeline
from jupyter_mlcode.runner.boundaries import Boundary, boundaries
from jupyter_mlcode.runner.hermetic import nested
from jupyter_mlcode.runner.isolation import copy_folder, declared_files, levels_above, place
from jupyter_mlcode.runner.reference import Reference, run_reference
from jupyter_mlcode.runner.session import Silent

REFERENCE_SEED, OTHER_SEED = 1, 2
"""PYTHONHASHSEED of the reference; of its second run and of the stages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRuns:
    """How to run the notebook of a pipeline; `location` leads from its folder to the pipeline folder."""

    pipeline: Pipeline
    location: str
    kernel: str
    timeout: int | None

    @property
    def original(self) -> Path:
        """The notebook's own folder, in which nothing is written."""
        return Path(self.pipeline.notebook.path).resolve().parent

    @property
    def depth(self) -> int:
        """How many folders above the notebook's its files lead to."""
        return levels_above(self._uses(), self._defaults())

    def run(
        self,
        root: Path,
        seed: int,
        looked: Sequence[Boundary] | None = None,
        silent: Sequence[Silent] = (),
    ) -> Reference:
        """Run the notebook below `root` and return what it did.

        Raises:
            KeyboardInterrupt: the run was interrupted.
            InputError: the notebook's folder is too large to copy.
        """
        folder, private = nested(root, self.depth), root / "private"
        copy_folder(self.original, folder, [self.original / self.location])
        private.mkdir()
        place(self.original, folder, self._files_above())
        reference = run_reference(
            self.pipeline.notebook,
            folder,
            private,
            boundaries(self.pipeline) if looked is None else looked,
            kernel=self.kernel,
            timeout=self.timeout,
            environment={**os.environ, "PYTHONHASHSEED": str(seed)},
            folders={str(folder): "<folder>", str(Path.home()): "~"},
            silent=silent,
        )
        if reference.error is not None and reference.error.kind == "interrupted":
            raise KeyboardInterrupt
        return reference

    def _files_above(self) -> Iterator[str]:
        above = [use for use in self._uses() if (use.path or "").startswith("..")]
        return declared_files(above, self._defaults(), self.original, ())

    def _uses(self) -> list[Any]:
        return [use for stage in self.pipeline.stages for use in (*stage.reads, *stage.writes)]

    def _defaults(self) -> Mapping[str, Any]:
        return {p.name: p.default for p in self.pipeline.parameters}
