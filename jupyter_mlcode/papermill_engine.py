"""The door through which papermill finds our engine: `papermill --engine mlcode in.ipynb out.ipynb`.

papermill loads every engine while it is being imported itself. The real engine imports papermill,
so without a door whoever imports the engine first would meet a half-made module.
"""

from __future__ import annotations

from typing import Any


class _Door:
    """Answers whatever papermill asks with what the engine in `runner` answers."""

    def __getattr__(self, name: str) -> Any:
        from jupyter_mlcode.runner.engine import ThrottledEngine

        return getattr(ThrottledEngine, name)


engine = _Door()
