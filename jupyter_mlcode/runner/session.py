"""What the engine is told about the stage it runs, and what it tells back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from jupyter_mlcode.runner.ahead import KernelsAhead

Watcher: TypeAlias = Callable[["EngineEvent"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellBegan:
    """A non-empty code cell was sent to the kernel; `index` is its place in the notebook."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPrinted:
    """A running cell printed text."""

    index: int
    stream: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEnded:
    """A code cell is over; `error` is what stopped it."""

    index: int
    seconds: float
    error: EngineError | None = None


EngineEvent: TypeAlias = CellBegan | CellPrinted | CellEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineError:
    """What ended the execution: an exception of the cell's code, or the kernel's death."""

    kind: str
    name: str
    message: str
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Code that the kernel runs without a trace in the notebook's namespace or history.

    `after` is the index of the cell it follows; -1 is before the first, None after the last.
    When `optional` code raises, that is noted and the run goes on.
    """

    code: str
    after: int | None
    optional: bool = False


@dataclass(slots=True, kw_only=True)
class Session:
    """The engine's orders for one notebook, and its findings (the only mutable value here).

    papermill hands engine arguments through unchanged, so this object goes in and comes back.
    `ahead` may hold a kernel for it; `ready` is called when its kernel has answered.
    """

    working_folder: Path | None = None
    environment: Mapping[str, str] | None = None
    save_to: Path | None = None
    save_every: float = 3.0
    timeout: int | None = None
    stage_timeout: float | None = None
    watch: Watcher | None = None
    silent: tuple[Silent, ...] = ()
    ahead: KernelsAhead | None = None
    ready: Callable[[], None] | None = None
    error: EngineError | None = None
    notebook: Any = None
    notes: list[str] = field(default_factory=list)

    def tell(self, event: EngineEvent) -> None:
        """Pass the event on to whoever watches."""
        if self.watch is not None:
            self.watch(event)
