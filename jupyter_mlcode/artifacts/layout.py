"""Where artifacts lie, as `mlcode_handoff.py` says too: that module costs a run that has nothing to do too much.

A test holds the two together.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

FORMAT = 1
LONGEST_KEY = 120
_PART = re.compile(r"@?[\w-]+([+.][\w-]+)*")


def artifact_path(root: Path, stage: str, key: str) -> Path:
    """Return where a stage keeps the value `key`; a long group gets a short name.

    Raises:
        ValueError: one of them is not the name of a stage or value.
    """
    for part in (stage, key):
        if not _PART.fullmatch(part):
            raise ValueError(f"{part!r} is not the name of a stage or value")
    if len(key.encode()) > LONGEST_KEY:
        key = f"{key[:40]}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    return root / stage / f"{key}.pkl"
