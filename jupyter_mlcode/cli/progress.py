"""What a run shows while it goes on: one living line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass, field

import click

from jupyter_mlcode.cli.output import one_line, say
from jupyter_mlcode.model.run import (
    CellStarted,
    EventSink,
    RunEvent,
    RunFinished,
    RunStarted,
    RunWaits,
    StageFinished,
    StageRun,
    StageStarted,
)

_CLEAR = "\r\x1b[K"
_WIDTH = 78


def progress() -> EventSink:
    """Return what takes a run's events and shows them on stderr."""
    living = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return _Progress(living=living)


@dataclass(slots=True)
class _Progress:
    """What is shown: of each stage its place among the stages and its number of cells; several may be going on."""

    living: bool
    stages: int = 0
    places: dict[str, int] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)

    def __call__(self, event: RunEvent) -> None:
        if isinstance(event, RunStarted):
            self.stages = len(event.stages)
        elif isinstance(event, StageStarted):
            self.cells[event.stage] = event.cells
            if self.living:
                self._living(event.stage, event.stage)
            else:
                say(f"{self._place(event.stage)}{event.stage}: {event.cells} cells")
        elif isinstance(event, CellStarted) and self.living:
            title = f"  {event.heading}" if event.heading else ""
            of = f"{event.index + 1}/{self.cells.get(event.stage, 0)}"
            self._living(event.stage, f"{event.stage}  cell {of}{title}")
        elif isinstance(event, StageFinished):
            self._clear()
            self._ended(event.run)
        elif isinstance(event, RunWaits):
            self._clear()
            say(event.what)
        elif isinstance(event, RunFinished):
            self._clear()

    def _ended(self, run: StageRun) -> None:
        """Say how a stage ended; the table at the end has those that did not run."""
        place = self._place(run.name)
        if not run.cached and run.status != "not_run":
            tries = f" at try {run.attempts}" if run.attempts > 1 else ""
            say(f"{place}{run.name}: {run.status}{tries}, {run.seconds:.1f} s")

    def _place(self, stage: str) -> str:
        """Return the stage's place among the stages, if their number is known: the order in which they come up."""
        place = self.places.setdefault(stage, len(self.places) + 1)
        return f"[{place}/{self.stages}] " if self.stages else ""

    def _living(self, stage: str, text: str) -> None:
        line = " ".join(f"{self._place(stage)}{text}".split())
        _draw(_CLEAR + one_line(line)[:_WIDTH])

    def _clear(self) -> None:
        if self.living:
            _draw(_CLEAR)


def _draw(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal is gone; the run goes on
        click.echo(text, nl=False, err=True)
