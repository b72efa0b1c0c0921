"""Notebooks made in tests, run whole and as pipelines, and compared."""
