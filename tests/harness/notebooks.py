"""Cells written down in a test, and the .ipynb they make."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CellText:
    """One code cell: a tag of ours (or none) and the source."""

    tag: str | None
    source: str


def cell_id(index: int) -> str:
    """Return the id that the cell at this place gets."""
    return f"c{index:03d}"


def notebook_json(cells: Iterable[CellText]) -> str:
    """Return the text of a 4.5 notebook with these code cells."""
    document = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": cell_id(index),
                "metadata": {"tags": [cell.tag]} if cell.tag else {},
                "outputs": [],
                "source": cell.source.splitlines(keepends=True),
            }
            for index, cell in enumerate(cells)
        ],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1) + "\n"


def write_notebook(path: Path, cells: Iterable[CellText]) -> Path:
    """Write the cells as a notebook and return the path."""
    path.write_text(notebook_json(cells), encoding="utf-8")
    return path
