"""Which kernel a stage wants: what is known of it before anything heavy is imported."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelOrder:
    """Which kernel is wanted, where, and with which environment; None is what this process has."""

    name: str
    folder: Path | None = None
    environment: Mapping[str, str] | None = None
    arguments: tuple[str, ...] = ()


def stage_environment(artifacts: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment in which a stage's kernel starts."""
    return {**os.environ, "MLCODE_ARTIFACTS": str(artifacts), **(more or {})}
