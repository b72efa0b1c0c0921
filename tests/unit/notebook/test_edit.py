"""Setting tags changes the tags and no other byte."""

from __future__ import annotations

import difflib
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mlcode.errors import InputError
from jupyter_mlcode.notebook.edit import replace_file, text_with_tags, write_tags


def nb(*metadata: dict[str, Any]) -> dict[str, Any]:
    cells = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{i}",
            "metadata": m,
            "outputs": [],
            "source": ["x = 'é'"],
        }
        for i, m in enumerate(metadata)
    ]
    return {"cells": cells, "metadata": {"z": 1e-05, "a": 1.0}, "nbformat": 4, "nbformat_minor": 5}


LAYOUTS = {
    "jupyter": {"indent": 1, "ensure_ascii": False},
    "four": {"indent": 4, "ensure_ascii": True},
    "tabs": {"indent": "\t"},
    "compact": {"separators": (",", ":")},
    "one line": {},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_new_text_is_what_the_same_layout_would_write(layout: str) -> None:
    options: Any = LAYOUTS[layout]
    before = nb({}, {"tags": ["slow", "setup"], "b": [1]}, {"a": 1, "z": 2}, {"tags": []}, {"z": 1, "a": 2})
    after = nb(
        {"tags": ["stage:a"]},
        {"tags": ["slow", "stage:b"], "b": [1]},
        {"a": 1, "tags": ["skip"], "z": 2},
        {"tags": ["setup"]},
        {"z": 1, "a": 2, "tags": ["setup"]},
    )
    ours: dict[int, str | None] = {0: "stage:a", 1: "stage:b", 2: "skip", 3: "setup", 4: "setup"}
    text, changed = text_with_tags("nb.ipynb", json.dumps(before, **options) + "\n", ours)
    assert text == json.dumps(after, **options) + "\n"
    assert changed == 5


def test_what_is_the_same_already_is_not_touched() -> None:
    text = json.dumps(nb({"tags": ["setup"]}, {}))
    assert text_with_tags("nb.ipynb", text, {0: "setup", 1: None}) == (text, 0)


def test_our_tag_is_removed_and_the_others_stay() -> None:
    text, _ = text_with_tags("nb.ipynb", json.dumps(nb({"tags": ["a", "stage:x", "b"]})), {0: None})
    assert json.loads(text)["cells"][0]["metadata"]["tags"] == ["a", "b"]


def test_byte_order_mark_line_ends_and_odd_numbers_survive(tmp_path: Path) -> None:
    original = json.dumps(nb({}), indent=1).replace("\n", "\r\n").replace("1e-05", "0.00001")
    path = tmp_path / "nb.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + original.encode())
    assert write_tags(str(path), {0: "setup"}) == 1
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf{\r\n")
    assert b"0.00001" in content
    assert content.count(b"\n") == content.count(b"\r\n")


def test_a_diff_shows_the_tags_only() -> None:
    before = json.dumps(nb({}, {"scrolled": True}), indent=1)
    after, _ = text_with_tags("nb.ipynb", before, {1: "setup"})
    changed = [d for d in difflib.ndiff(before.split("\n"), after.split("\n")) if d[0] in "+-"]
    assert [d[2:].strip() for d in changed] == [
        '"scrolled": true',
        '"scrolled": true,',
        '"tags": [',
        '"setup"',
        "]",
    ]


def test_a_link_stays_a_link_and_the_mode_stays(tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    path.write_text(json.dumps(nb({})))
    path.chmod(0o640)
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)
    write_tags(str(link), {0: "setup"})
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.ipynb", "nb.ipynb"]


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nb.ipynb"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        replace_file(str(path), b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["nb.ipynb"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
METADATA = st.dictionaries(st.text(max_size=5).filter(lambda key: key != "tags"), VALUES, max_size=4)


@settings(deadline=None)
@given(METADATA, st.lists(st.text(max_size=5), max_size=3) | st.none(), st.sampled_from([None, 1, 2, "\t"]))
def test_any_metadata_survives(metadata: dict[str, Any], tags: list[str] | None, indent: Any) -> None:
    whole = metadata if tags is None else {**metadata, "tags": tags}
    text, _ = text_with_tags("nb.ipynb", json.dumps(nb(whole), indent=indent), {0: "stage:x"})
    found = json.loads(text)["cells"][0]["metadata"]
    foreign = [
        t for t in tags or [] if t not in ("setup", "skip", "parameters") and not t.startswith("stage:")
    ]
    assert found.pop("tags") == [*foreign, "stage:x"]
    assert found == metadata
