"""The two files that run where this package is not installed."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def handoff_source() -> str:
    """Return the text of `mlcode_handoff.py`, to be written verbatim into a pipeline folder."""
    return resources.files("jupyter_mlcode.artifacts").joinpath("mlcode_handoff.py").read_text("utf-8")


def handoff_path() -> Path:
    """Return the file of the hand-over module: a kernel that is observed loads it under another name."""
    return Path(__file__).with_name("mlcode_handoff.py")


def guards_path() -> Path:
    """Return the file of the run-time guards: a kernel loads it with `runpy.run_path`."""
    return Path(__file__).with_name("guards.py")
