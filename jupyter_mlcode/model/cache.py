"""Whether a stage has to run, and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Verdict: TypeAlias = Literal["unchanged", "runs", "depends"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a run would do with a stage.

    `unchanged` stages keep their results, `depends` ones run if a stage before them gives another
    result than last time. `reasons` are phrases: `params.learning_rate 0.1 -> 0.2`.
    """

    stage: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reuse:
    """When kept results count: with `cache` at all, of `forced` stages never.

    The results of `reused` stages count although they read the clock, the network or the like.
    `everything` forces all stages; `folder` is where results are kept, None for the default.
    """

    cache: bool = True
    everything: bool = False
    forced: Collection[str] = ()
    reused: Collection[str] = ()
    folder: str | Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What `clean` removed, or would: paths from the pipeline folder, and their bytes."""

    paths: tuple[str, ...] = ()
    bytes: int = 0
