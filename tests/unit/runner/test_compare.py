"""What counts as a difference, and what never does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlcode.model.pipeline import FileUse
from jupyter_mlcode.runner.compare import cell_views, different_parts, normalised, same_file
from jupyter_mlcode.runner.hermetic import missing_file, nested
from jupyter_mlcode.runner.isolation import (
    copy_folder,
    declared_files,
    levels_above,
    snapshot,
    written_since,
)
from jupyter_mlcode.runner.location import line_in_cell


def view(tmp_path: Path, *outputs: dict[str, Any]) -> Any:
    path = tmp_path / "a.ipynb"
    cell = {"cell_type": "code", "id": "c", "outputs": list(outputs)}
    path.write_text(json.dumps({"cells": [cell, {"cell_type": "markdown", "id": "m"}]}))
    return cell_views(path, {str(tmp_path): "<folder>"})["c"]


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


@pytest.mark.parametrize(
    "text",
    [
        "<function f at 0x7f0123456789>",
        "CPU times: user 3 ms, sys: 0 ns, total: 3 ms\nWall time: 3.1 ms\n",
        "12.3 µs ± 45 ns per loop (mean ± std. dev. of 7 runs, 100,000 loops each)\n",
        "/tmp/ipykernel_123/456.py: warning",
    ],
)
def test_what_differs_in_every_process_is_left_out(text: str) -> None:
    other = text.replace("7f0123456789", "7fabcdefabcd").replace("3", "8").replace("12", "99")
    assert normalised(text, {}) == normalised(other, {})


def test_values_are_not_left_out() -> None:
    assert normalised("loss 0.25 after 3 ms", {}) != normalised("loss 0.35 after 3 ms", {})


def test_a_printed_text_in_pieces_is_the_same_text(tmp_path: Path) -> None:
    assert view(tmp_path, stream("a"), stream("b")) == view(tmp_path, stream("ab"))
    assert view(tmp_path, stream("a")) != view(tmp_path, stream("b"))
    assert view(tmp_path, stream("a"), stream("warned", "stderr")) == view(tmp_path, stream("a"))


def test_figures_count_by_their_bytes(tmp_path: Path) -> None:
    def figure(content: str) -> dict[str, Any]:
        return {"output_type": "display_data", "data": {"image/png": content, "text/plain": "<Figure>"}}

    assert view(tmp_path, figure("AAAA")) == view(tmp_path, figure("AAAA\n"))
    assert view(tmp_path, figure("AAAA")).figures != view(tmp_path, figure("AAAB")).figures


def test_files_are_equal_up_to_the_folder_they_name(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text(f"from {tmp_path}/x")
    other.write_text("from <folder>/x")
    assert same_file(one, other, {str(tmp_path): "<folder>"})
    other.write_bytes(b"\xff\x00")
    assert not same_file(one, other, {})


def test_a_copy_leaves_out_environments_and_caches(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("data/a.csv", "env/pyvenv.cfg", ".git/config", "__pycache__/a.pyc", "churn/pipeline.yaml"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).touch()
    copy_folder(source, tmp_path / "copy", [source / "churn"])
    assert set(snapshot(tmp_path / "copy")) == {"data/a.csv"}


def test_written_files_are_the_new_and_the_changed_ones(tmp_path: Path) -> None:
    (tmp_path / "same").write_text("1")
    (tmp_path / "changed").write_text("1")
    before = snapshot(tmp_path)
    (tmp_path / "changed").write_text("22")
    (tmp_path / "new").write_text("3")
    assert written_since(before, snapshot(tmp_path)) == {"changed", "new"}


def test_declared_files_are_found_by_path_folder_glob_and_parameter(tmp_path: Path) -> None:
    for name in ("a.csv", "data/b.csv", "data/deep/c.csv", "d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    def found(*uses: FileUse) -> set[str]:
        return set(declared_files(uses, {"name": "a"}, tmp_path, ["everything"]))

    assert found(FileUse(path="${name}.csv")) == {"a.csv"}
    assert found(FileUse(path="data", kind="folder")) == {"data/b.csv", "data/deep/c.csv"}
    assert found(FileUse(path="*.txt", kind="glob")) == {"d.txt"}
    assert found(FileUse(path="missing.csv"), FileUse(path="/etc/passwd")) == set()
    assert found(FileUse(path=None)) == {"everything"}


def test_paths_above_the_folder_find_their_place(tmp_path: Path) -> None:
    uses = [FileUse(path="../../data/a.csv"), FileUse(path="b.csv"), FileUse(path=None)]
    assert levels_above(uses, {}) == 2
    assert nested(tmp_path, 2).resolve().parents[1] != tmp_path.parent


@pytest.mark.parametrize(
    "message",
    [
        "[Errno 2] No such file or directory: 'a.csv'",
        "File b'a.csv' does not exist: 'a.csv'",
    ],
)
def test_the_missing_file_is_read_from_the_message(tmp_path: Path, message: str) -> None:
    assert missing_file(message, [tmp_path]) == ""
    (tmp_path / "a.csv").touch()
    assert missing_file(message, [tmp_path]) == "a.csv"


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        ("Cell In[3], line 2\n", 2),
        ("Input In [3], in <cell line: 2>()", 2),
        ("<ipython-input-3-abc> in <module>\n      1 a\n----> 2 b", 2),
        ("Cell In[1], line 1\nFile <timed exec>:1", 2),
        ('File "/tmp/ipykernel_7/89.py", line 2 in <module>', 2),
        ("nothing known", None),
    ],
)
def test_the_line_is_found_in_the_tracebacks_of_all_versions(traceback: str, line: int | None) -> None:
    assert line_in_cell("a\nb", [f"\x1b[31m{traceback}\x1b[0m"]) == line


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [
        (b"a\n1\n", b"a\n2\n", ("1", "2")),
        (b"a", b"a\n", ("1 bytes, SHA-256 ca978112", "2 bytes, SHA-256 87428fc5")),
        (b"\xff", b"\xfe", ("1 bytes, SHA-256 a8100ae6", "1 bytes, SHA-256 aa687b58")),
    ],
)
def test_what_differs_in_files_can_be_seen(
    tmp_path: Path, one: bytes, other: bytes, parts: tuple[str, str]
) -> None:
    for name, content in (("one", one), ("other", other)):
        (tmp_path / name).write_bytes(content)
    assert different_parts(tmp_path / "one", tmp_path / "other", {}) == parts
