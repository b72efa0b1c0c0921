"""Contents of files that are no notebook, or one that no program writes, by name."""

from __future__ import annotations

import json

from tests.integration.hostile.notebooks import Json, cell, deep_json, notebook, one, small, text

GOOD = text(small())


def _without(key: str) -> bytes:
    return text({k: v for k, v in small().items() if k != key})


def _with(**more: Json) -> bytes:
    return text(small(**more))


def _first_cell(**more: Json) -> bytes:
    document = small()
    document["cells"][1] |= more
    return text(document)


USELESS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the file is empty"),
    "spaces": (b" \n\t\n", "the file is empty"),
    "NUL bytes": (b"\0" * 4096, "line 1 holds a NUL byte"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "is UTF-16, not UTF-8"),
    "UTF-16 without a mark": (GOOD.decode().encode("utf-16-le"), "holds a NUL byte"),
    "UTF-32": (GOOD.decode().encode("utf-32"), ""),
    "Latin-1": ('{"é": 1}'.encode("latin-1"), "line 1 is not UTF-8"),
    "two byte order marks": (b"\xef\xbb\xbf" * 2 + GOOD, "is not JSON"),
    "half a character in bytes": (GOOD.replace(b"print", b"\xed\xa0\x80"), "line 1 is not UTF-8"),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(64), ""),
    "not JSON": (b"import os\n", "is not JSON"),
    "cut off": (GOOD[:-9], "the file is cut off"),
    "more behind it": (GOOD + b"{}", "is not JSON"),
    "100,000 lists": (b"[" * 100_000, "JSON is nested too deeply"),
    "100,000 objects": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "JSON is nested too deeply"),
    "100,000 lists in metadata": (deep_json(100_000, "metadata"), "JSON is nested too deeply"),
    "100,000 lists in outputs": (deep_json(100_000, "outputs"), "JSON is nested too deeply"),
    "900 lists as a source": (deep_json(900, "source"), "the source of cell 1 is a list instead of text"),
    "a list": (b"[]", "a list instead of an object"),
    "NaN": (b"NaN", "a number instead of an object"),
    "format 3": (text({"nbformat": 3, "worksheets": [{"cells": []}]}), "is a notebook of format 3"),
    "format 5": (_with(nbformat=5), "is a notebook of format 5"),
    "format of a hundred digits": (_with(nbformat=10**100), "only format 4 is read"),
    "format of 5,000 digits": (
        GOOD.replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 5000),
        "a number that is too long",
    ),
    "format NaN": (_with(nbformat=float("nan")), "has no nbformat number"),
    "format as text": (_with(nbformat="4"), "has no nbformat number"),
    "no format": (_without("nbformat"), "has no nbformat number"),
    "no cells": (_without("cells"), "`cells` is missing instead of a list"),
    "cells as an object": (_with(cells={}), "`cells` is an object instead of a list"),
    "cells as texts": (_with(cells=["x = 1"]), "cell 1 is a text instead of an object"),
    "source as a number": (_first_cell(source=5), "the source of cell 2 is a number instead of text"),
    "source as numbers": (_first_cell(source=[5]), "the source of cell 2 is a list instead of text"),
    "source Infinity": (_first_cell(source=float("inf")), "the source of cell 2 is a number"),
    "cell type": (_first_cell(cell_type="\x1b[2J\ncode"), "cell 2 has the unknown type"),
    "metadata of a cell as a list": (_first_cell(metadata=[]), "the metadata of cell 2 is a list"),
    "metadata as a list": (_with(metadata=[]), "the notebook's metadata is a list"),
    "kernelspec as a text": (_with(metadata={"kernelspec": "python3"}), "`kernelspec` is a text"),
    "kernel's name as null": (_with(metadata={"kernelspec": {"name": None}}), "the kernel's name is missing"),
    "the second of two keys": (GOOD[:-1] + b', "nbformat": 3}', "is a notebook of format 3"),
}
"""With what must be said: exit code 3."""

ODD: dict[str, tuple[bytes, int, str]] = {
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, 0, ""),
    "numbers that are none": (_with(metadata={"a": [float("nan"), float("inf"), -float("inf")]}), 0, ""),
    "numbers of 4,000 digits": (_with(metadata={"a": int("9" * 4000)}), 0, ""),
    "keys twice": (GOOD[:-1] + b', "nbformat": 4, "metadata": {}, "metadata": {}}', 0, ""),
    "id null": (_first_cell(id=None), 0, ""),
    "ids twice": (
        text(notebook(cell("x = 1", "stage:a", id="a"), cell("print(x)", "stage:b", id="a"))),
        0,
        "",
    ),
    "id as an object": (_first_cell(id={"a": []}), 0, ""),
    "outputs as a text": (_first_cell(outputs="none"), 0, ""),
    "count as a text": (_first_cell(execution_count="In[1]"), 0, ""),
    "tags as a text": (_first_cell(metadata={"tags": "stage:a"}), 1, "MLC005"),
    "tags as numbers": (_first_cell(metadata={"tags": [1, None]}), 1, "MLC005"),
    "tags 900 deep": (deep_json(900, "tags"), 1, "MLC005"),
    "metadata 900 deep": (deep_json(900, "metadata"), 0, ""),
    "cell's metadata 900 deep": (deep_json(900, "cell"), 0, ""),
    "half a character in a tag": (one("x = 1", "stage:a", "\ud800"), 0, ""),
    "half a character in a stage": (one("x = 1", "stage:\ud800"), 1, "MLC001"),
    "half a character in an output": (_first_cell(outputs=[{"text": "\ud800"}]), 0, ""),
    "half a character in metadata": (_with(metadata={"\ud800": "\udfff"}), 0, ""),
    "a number of 10,000 bits as a parameter": (one("x = 0x" + "f" * 10_000, "parameters"), 1, "MLC010"),
    "an infinite parameter": (one("x = 1e400", "parameters"), 1, "MLC010"),
    "no cells at all": (json.dumps(notebook()).encode(), 0, ""),
}
"""With the exit code of an export, and what must be said."""
