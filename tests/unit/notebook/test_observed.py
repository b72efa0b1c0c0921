"""The file of observations: written whole, read back, and one clear line for one that is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.observed import Observation, source_digest
from jupyter_mlcode.notebook.observed import ObservedError, observed_path, read_observed, write_observed

SEEN = {
    source_digest("b = f(a)"): Observation(
        cell=4, types={"b": "pandas.DataFrame"}, unchanged=frozenset("a"), bytes={"b": 12, "a": 3}
    ),
    source_digest("größe()"): Observation(cell=2, undrawn=True),
}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    notebook = tmp_path / "a.b.ipynb"
    path = write_observed(notebook, SEEN)
    assert path == tmp_path / "a.b.observed.yml"
    assert read_observed(notebook) == SEEN
    assert [p.name for p in tmp_path.iterdir()] == ["a.b.observed.yml"]
    text = path.read_text("utf-8")
    assert text.index("cell: 2") < text.index("cell: 4")
    write_observed(notebook, SEEN)
    assert path.read_text("utf-8") == text


def test_nothing_observed_leaves_no_file(tmp_path: Path) -> None:
    notebook = tmp_path / "nb.ipynb"
    write_observed(notebook, SEEN)
    assert write_observed(notebook, {"0" * 16: Observation(cell=1)}) is None
    assert list(tmp_path.iterdir()) == []
    assert read_observed(notebook) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1",
        "format: 2\ncells: []",
        "format: 1\ncells: 1",
        "format: 1\ncells: [1]",
        "format: 1\ncells: [{source: ../../etc}]",
        "format: 1\ncells: [{source: 0123456789abcdef, variables: [a]}]",
        "format: 1\ncells: [{source: 0123456789abcdef, variables: {'a b': {}}}]",
        "format: 1\ncells: [{source: 0123456789abcdef, variables: {a: {type: 'x); import os'}}}]",
        "format: 1\ncells: [{source: 0123456789abcdef, variables: {a: {type: 1}}}]",
        "a: [",
        "!!python/object/apply:os.system ['touch x']",
        "\0",
        "[" * 10_000,
        "#" * 2_000_001,
    ],
)
def test_a_damaged_file_is_one_line(tmp_path: Path, text: str) -> None:
    notebook = tmp_path / "nb.ipynb"
    observed_path(notebook).write_text(text)
    with pytest.raises(ObservedError) as caught:
        read_observed(notebook)
    assert "\n" not in str(caught.value)


def test_a_pipe_or_a_folder_in_its_place_is_not_read(tmp_path: Path) -> None:
    notebook = tmp_path / "nb.ipynb"
    os.mkfifo(observed_path(notebook))
    assert read_observed(notebook) == {}
    observed_path(notebook).unlink()
    observed_path(notebook).mkdir()
    assert read_observed(notebook) == {}
    with pytest.raises(InputError):
        write_observed(notebook, SEEN)
    with pytest.raises(ObservedError):
        write_observed(notebook, {})
    assert [p.name for p in tmp_path.iterdir()] == ["nb.observed.yml"]
