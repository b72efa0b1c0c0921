"""The folder of a run, made when there is something to put into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from jupyter_mlcode.model.run import EventSink, RunEvent, RunStarted
from jupyter_mlcode.runner.folder import PipelineFolder


class RunPlace:
    """The folder given, or `runs/<n>` with the next free number; what comes before it exists waits."""

    def __init__(
        self, folder: PipelineFolder, runs_dir: Path | None, stages: Sequence[str], events: EventSink
    ) -> None:
        self._folder = folder
        self._given = runs_dir
        self._stages = tuple(stages)
        self._events = events
        self._early: list[RunEvent] = []
        self._taken: dict[str, Callable[[Path], None]] = {}
        self.path: Path | None = None

    def open(self, existing: Path | None = None) -> Path:
        """Make the folder, or go on in one that holds the same, and tell of everything that waited."""
        if self.path is not None:
            return self.path
        self.path = existing or self._new()
        self._events(RunStarted(pipeline=self._folder.name, stages=self._stages, folder=str(self.path)))
        for event in self._early:
            self._events(event)
        if existing is None:
            for stage, put in self._taken.items():
                put(self.notebook(stage))
        return self.path

    @property
    def is_given(self) -> bool:
        """Whether the caller wants the files in a folder of theirs."""
        return self._given is not None

    def say(self, event: RunEvent) -> None:
        """Pass an event on, once the run has begun."""
        if self.path is None:
            self._early.append(event)
        else:
            self._events(event)

    def take(self, stage: str, put: Callable[[Path], None]) -> None:
        """Put the executed notebook of a stage that did not run into the folder, once there is one."""
        if self.path is None:
            self._taken[stage] = put
        else:
            put(self.notebook(stage))

    def notebook(self, stage: str) -> Path:
        """Return where the stage's executed notebook is."""
        if self.path is None:
            raise ValueError("the run has no folder yet")
        return self.path / f"{stage}.ipynb"

    def _new(self) -> Path:
        if self._given is not None:
            target = self._given.resolve()
            target.mkdir(parents=True, exist_ok=True)
            return target
        runs = self._folder.root / "runs"
        runs.mkdir(exist_ok=True)
        number = max((int(p.name) for p in runs.iterdir() if p.name.isdecimal()), default=0) + 1
        while True:
            try:
                (runs / str(number)).mkdir()
            except FileExistsError:  # another run has just begun
                number += 1
            else:
                return runs / str(number)
