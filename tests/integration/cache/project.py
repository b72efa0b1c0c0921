"""A project on disk: a notebook written as text, exported, run, and asked which stages ran."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jupyter_mlcode import api
from jupyter_mlcode.model.cache import Reuse
from jupyter_mlcode.model.run import RunReport

_CELL = re.compile(r"^# --- \[(.*)\]\n", re.MULTILINE)


def notebook_text(text: str) -> str:
    """Return the notebook file of a text in which `# --- [tag]` begins a cell."""
    parts = _CELL.split(text)[1:]
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": [tag] if tag else []},
            "source": source.rstrip("\n"),
            "outputs": [],
            "execution_count": None,
        }
        for number, (tag, source) in enumerate(zip(parts[::2], parts[1::2], strict=True))
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    )


class Project:
    """A folder with `nb.ipynb`, its export `nb/`, and what its runs leave."""

    def __init__(self, folder: Path, text: str, **files: str) -> None:
        self.folder = folder
        self.text = text
        self.root = folder / "nb"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            self.write(name, content)
        self.export()

    def write(self, name: str, content: str) -> None:
        """Write a file of the project; `__` in a name stands for a dot."""
        (self.folder / name.replace("__", ".")).write_text(content, "utf-8")

    def edit(self, old: str, new: str) -> None:
        """Change the notebook and export it again."""
        assert old in self.text
        self.text = self.text.replace(old, new)
        self.export()

    def export(self) -> None:
        """Write and export the notebook."""
        path = self.folder / "nb.ipynb"
        path.write_text(notebook_text(self.text), "utf-8")
        api.write(api.export(path), self.root)

    def run(self, *pairs: tuple[str, str], **options: Any) -> RunReport:
        """Run the pipeline and return the report."""
        return api.run(self.root, api.given_parameters(pairs=pairs), **options)

    def ran(self, *pairs: tuple[str, str], **options: Any) -> list[str]:
        """Run the pipeline to its end and return the stages that really ran."""
        report = self.run(*pairs, **options)
        assert report.status == "completed", report.failed
        return [stage.name for stage in report.stages if not stage.cached]

    def why(self, *pairs: tuple[str, str], **reuse: Any) -> dict[str, str]:
        """Return what a run would do and why, by stage."""
        found = api.forecast(self.root, api.given_parameters(pairs=pairs), reuse=Reuse(**reuse))
        return {d.stage: "; ".join((d.verdict, *d.reasons)) for d in found}
