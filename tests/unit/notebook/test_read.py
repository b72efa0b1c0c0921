"""Every broken file gets one sentence; every sound one is read without executing or importing anything heavy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlcode.errors import InputError, NotebookError
from jupyter_mlcode.notebook.read import parse_notebook, read_notebook


def cell(source: str | list[str] = "x = 1", **more: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
        **more,
    }


def document(*cells: Any, **more: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


def text(*cells: Any, **more: Any) -> str:
    return json.dumps(document(*cells, **more))


GOOD = text(cell("x = 1", id="a"))

BAD = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\n", "the file is empty"),
    "not json": (b"x = 1\n", "is not JSON (line 1, column 1"),
    "truncated": (GOOD[:-10].encode(), "the file is cut off"),
    "cut in a string": (b'{"cells": [{"source": "x = ', "the file is cut off"),
    "merge markers": (
        b'{\n<<<<<<< HEAD\n "a": 1,\n=======\n',
        "line 2 is a merge conflict marker ('<<<<<<< HEAD')",
    ),
    "a list": (b"[]", "not a notebook (a list instead of an object)"),
    "a number": (b"3", "not a notebook (a number instead of an object)"),
    "null": (b"null", "not a notebook (missing instead of an object)"),
    "any object": (b"{}", "has no nbformat number"),
    "format 3": (
        b'{"nbformat": 3, "worksheets": []}',
        "is a notebook of format 3, and only format 4 is read",
    ),
    "format 5": (b'{"nbformat": 5, "cells": []}', "is a notebook of format 5, and only format 4 is read"),
    "format as text": (b'{"nbformat": "4"}', "has no nbformat number"),
    "format as truth": (b'{"nbformat": true}', "has no nbformat number"),
    "no cells": (b'{"nbformat": 4}', "`cells` is missing instead of a list"),
    "cells as object": (b'{"nbformat": 4, "cells": {}}', "`cells` is an object instead of a list"),
    "cell as text": (text("x").encode(), "cell 1 is a text instead of an object"),
    "unknown type": (
        text(cell(), cell(cell_type="heading")).encode(),
        "cell 2 has the unknown type 'heading'",
    ),
    "no type": (text({"source": ""}).encode(), "cell 1 has no cell_type"),
    "source as number": (text(cell(3)).encode(), "the source of cell 1 is a number instead of text"),  # type: ignore[arg-type]
    "source of numbers": (text(cell([1])).encode(), "the source of cell 1 is a list instead of text"),  # type: ignore[list-item]
    "no source": (text({"cell_type": "code"}).encode(), "the source of cell 1 is missing instead of text"),
    "metadata as list": (
        text(cell(metadata=[])).encode(),
        "the metadata of cell 1 is a list instead of an object",
    ),
    "notebook metadata": (
        text(metadata=3).encode(),
        "the notebook's metadata is a number instead of an object",
    ),
    "latin-1": ('{"a": "é"}'.encode("latin-1"), "line 1 is not UTF-8"),
    "utf-16": (GOOD.encode("utf-16"), "is UTF-16, not UTF-8"),
    "nul byte": (b'{\n"a": "\0"}', "line 2 holds a NUL byte"),
    "nul in a cell": (text(cell("x = 1\ny = '\0'")).encode(), "cell 1, line 2 holds a NUL character"),
    "half a character": (text(cell("'\ud800'")).encode(), "cell 1, line 1 holds half a character"),
    "too deep": (b"[" * 100_000, "JSON is nested too deeply"),
    "long number": (b'{"nbformat": ' + b"9" * 5000 + b"}", "holds a number that is too long"),
    "r kernel": (
        text(metadata={"kernelspec": {"name": "ir", "language": "R"}}).encode(),
        "made for the kernel 'ir' (R), and only Python notebooks are understood",
    ),
    "julia by its name": (
        text(metadata={"kernelspec": {"name": "julia-1.10"}}).encode(),
        "the kernel 'julia-1.10'",
    ),
    "kernel as list": (
        text(metadata={"kernelspec": []}).encode(),
        "`kernelspec` is a list instead of an object",
    ),
    "kernel's name": (text(metadata={"kernelspec": {"name": 1}}).encode(), "the kernel's name is a number"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_file_gets_one_sentence(name: str, tmp_path: Path) -> None:
    content, sentence = BAD[name]
    path = tmp_path / "nb.ipynb"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_notebook(path)
    assert sentence in caught.value.message
    assert caught.value.message.startswith(f"{path}: ")
    assert "\n" not in caught.value.message + caught.value.hint
    assert caught.value.exit_code == 3


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        read_notebook(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read_notebook(tmp_path / "none.ipynb")


def test_a_path_that_no_system_has_is_an_input_error() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_notebook("a\0b.ipynb")


def test_old_formats_come_with_the_command_that_converts_them() -> None:
    with pytest.raises(InputError) as caught:
        parse_notebook("old.ipynb", '{"nbformat": 3, "worksheets": []}')
    assert "jupyter nbconvert --to notebook --nbformat 4 old.ipynb" in caught.value.hint


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "nb.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_notebook(path).cells[0].source == "x = 1"


def test_line_ends_become_line_feeds_and_other_separators_stay() -> None:
    notebook = parse_notebook("nb.ipynb", text(cell("a\r\nb\rc"), cell("s = 'a\u2028b\x0c'")))
    assert [c.source for c in notebook.cells] == ["a\nb\nc", "s = 'a\u2028b\x0c'"]


def test_sources_may_be_lists_of_lines() -> None:
    assert parse_notebook("nb.ipynb", text(cell(["a\n", "b"]))).cells[0].source == "a\nb"


def test_ids_of_the_file_are_kept_and_duplicates_told_apart() -> None:
    notebook = parse_notebook(
        "nb.ipynb", text(cell(id="a"), cell(id="a"), cell(id="b]\nimport os"), cell(id=3))
    )
    ids = [c.id for c in notebook.cells]
    assert ids[:2] == ["a", "a-2"]
    assert all(i.replace("-", "").isalnum() for i in ids)
    assert len(set(ids)) == 4


def test_below_format_4_5_an_id_is_the_hash_of_the_source() -> None:
    cells = cell("x", id="random"), cell("y"), cell("x")
    first = parse_notebook("nb.ipynb", text(*cells, nbformat_minor=4))
    second = parse_notebook("nb.ipynb", text(cell("new"), *cells, nbformat_minor=2))
    assert first.cells[0].id != "random"
    assert [c.id for c in first.cells] == [c.id for c in second.cells][1:]
    assert first.cells[2].id == first.cells[0].id + "-2"


def test_tags_of_a_wrong_type_leave_the_notebook_readable() -> None:
    notebook = parse_notebook(
        "nb.ipynb", text(cell(metadata={"tags": "stage:a"}), cell(metadata={"tags": [1]}))
    )
    assert [c.tags for c in notebook.cells] == [(), ()]


def test_kernel_and_format_are_read() -> None:
    notebook = parse_notebook(
        "nb.ipynb", text(metadata={"kernelspec": {"name": "py3-ml", "language": "python"}})
    )
    assert (notebook.kernel, notebook.nbformat) == ("py3-ml", (4, 5))


def test_pictures_of_markdown_cells_are_kept() -> None:
    picture = {"a.png": {"image/png": "AAAA"}}
    (found,) = parse_notebook("nb.ipynb", text(cell(cell_type="markdown", attachments=picture))).cells
    assert found.attachments == picture


def test_reading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from jupyter_mlcode.notebook.read import read_notebook;"
        "bad = {'nbformat', 'yaml', 'IPython', 'jsonschema', 'papermill'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.ipynb"
    os.mkfifo(path)
    with pytest.raises(NotebookError, match="no regular file"):
        read_notebook(path)


def test_a_cell_of_too_many_lines_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "long.ipynb"
    cell = {"cell_type": "code", "metadata": {}, "source": "x = 1\n" * 60_000, "outputs": []}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    with pytest.raises(
        NotebookError, match="cell 1 has 60,001 lines, more than the 20,000 that are analysed"
    ):
        read_notebook(path)
