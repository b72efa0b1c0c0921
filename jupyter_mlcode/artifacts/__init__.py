"""How a value and the interpreter's state cross a stage boundary.

`mlcode_handoff.py` is copied verbatim beside exported scripts; `guards.py` runs by path inside the stage's
kernel. Neither needs this package where it runs.
"""

from __future__ import annotations

from jupyter_mlcode.artifacts.sidecars import Sidecar, artifact_path, read_sidecar, read_sidecars
from jupyter_mlcode.artifacts.vendored import guards_path, handoff_path, handoff_source

__all__ = [
    "Sidecar",
    "artifact_path",
    "guards_path",
    "handoff_path",
    "handoff_source",
    "read_sidecar",
    "read_sidecars",
]
