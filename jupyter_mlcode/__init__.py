"""Notebooks to reproducible pipelines: the same results as Restart & Run All, or a clear no."""

from __future__ import annotations

__version__ = "0.1.0"
