from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import platformdirs
import pytest

from jupyter_mlcode.cli.main import call


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own instead of the user's."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: folder)
    return folder


@pytest.fixture
def mlcode(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command line in this process."""

    def run(*arguments: object) -> Outcome:
        code = call([str(a) for a in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


def cell(source: str, *tags: str, kind: str = "code") -> dict[str, Any]:
    made: dict[str, Any] = {
        "cell_type": kind,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
    }
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Callable[..., Path]:
    """Write a notebook with these cells."""

    def notebook(name: str, *cells: dict[str, Any]) -> Path:
        numbered = [c | {"id": f"c{i}"} for i, c in enumerate(cells)]
        document = {"cells": numbered, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (folder / name).write_text(json.dumps(document, indent=1) + "\n")
        return Path(name)

    return notebook


@pytest.fixture
def small(write: Callable[..., Path]) -> Path:
    """A notebook of two stages and a parameter."""
    return write(
        "small.ipynb",
        cell("# Small", kind="markdown"),
        cell("factor: int = 3  # how much", "parameters"),
        cell("import math", "setup"),
        cell("## Make", kind="markdown"),
        cell("numbers = [1, 2, 3]", "stage:make"),
        cell("total = math.fsum(numbers) * factor\nprint(total)", "stage:use"),
    )


@pytest.fixture
def refused(write: Callable[..., Path]) -> Path:
    """A notebook with an error."""
    return write("refused.ipynb", cell("x = 1", "stage:a", "stage:b"), cell("y = x", "stage:b"))
