"""Findings in the user's notebook: one file per family, every code in `codes`."""
