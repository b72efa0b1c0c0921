"""Notebooks to reproducible pipelines: the same results as Restart & Run All, or a clear no."""

from __future__ import annotations

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the built front end lies and how it is called."""
    return [{"src": "labextension", "dest": "jupyter-mlcode"}]
