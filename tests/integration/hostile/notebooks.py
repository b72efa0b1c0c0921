"""Contents of notebook files that nobody should have made, by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Json = Any
PWNED = "pwned"
"""What every piece of code in a name, a tag or a value would make, if anybody ran it."""
CODE = {
    "shell": f"$(touch {PWNED})",
    "backticks": f"`touch {PWNED}`",
    "semicolon": f"a; touch {PWNED}",
    "python": f"\"; import os; os.system('touch {PWNED}'); \"",
    "docstring": f'"""\nimport os\nos.system("touch {PWNED}")\n"""',
    "path": f"../../{PWNED}",
    "absolute": f"/tmp/{PWNED}-by-mlcode",
    "newline": f"a\nimport os; os.system('touch {PWNED}')",
    "line separator": f"a\u2028import os; os.system('touch {PWNED}')\x85x",
    "jinja": "{{ ''.__class__.__mro__ }}{% raw %}",
    "format": "{0.__class__} {} %(name)s %s",
    "magic": f"%%bash\ntouch {PWNED}",
    "html": f"<script>fetch('{PWNED}')</script>",
    "mermaid": f'"]; click s1 "javascript:{PWNED}"',
    "yaml": f"!!python/object/apply:os.system ['touch {PWNED}']",
    "terminal": "\x1b]0;title\x07\x1b[2J\x1b[31mred",
    "cell marker": f"x [c0]\n# %% own [c1]\nimport os; os.system('touch {PWNED}')",
    "backslash": "\\",
    "half a character": "a\ud800b",
    "very long": "a" * 50_000,
}


def cell(source: Json, *tags: Json, **more: Json) -> dict[str, Json]:
    """Return a code cell."""
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        **more,
    }


def notebook(*cells: Json, **more: Json) -> dict[str, Json]:
    """Return a notebook of format 4.5, its cells with ids."""
    made = [{"id": f"c{n}", **c} if isinstance(c, dict) else c for n, c in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": made,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
        **more,
    }


def small(**more: Json) -> dict[str, Json]:
    """Return a notebook of two stages that exports."""
    return notebook(
        cell("word: str = 'a'  # of which there is much", "parameters"),
        cell("x = [word] * 3", "stage:make"),
        cell("print(x)", "stage:use"),
        **more,
    )


def text(value: Json) -> bytes:
    """Return the file's bytes for a JSON value."""
    return json.dumps(value).encode()


def one(source: Json, *tags: str, **more: Json) -> bytes:
    """Return the file of a notebook with this cell, of one stage unless it is said otherwise."""
    return text(notebook(cell(source, *(tags or ("stage:a",)), **more)))


def nested(depth: int, opening: str = "[", closing: str = "]", core: str = "1") -> str:
    """Return brackets around brackets."""
    return opening * depth + core + closing * depth


def deep_json(depth: int, place: str) -> bytes:
    """Return a notebook in which this place holds lists in lists."""
    marked = {
        "metadata": lambda: small(metadata={"deep": "@"}),
        "kernelspec": lambda: small(metadata={"kernelspec": {"name": "python3", "deep": "@"}}),
        "cell": lambda: notebook(cell("x = 1", "stage:a", metadata={"tags": ["stage:a"], "deep": "@"})),
        "tags": lambda: notebook(cell("x = 1", "stage:a", metadata={"tags": "@"})),
        "outputs": lambda: notebook(cell("x = 1", "stage:a", outputs=["@"])),
        "source": lambda: notebook(cell("@", "stage:a")),
        "top": lambda: small(deep="@"),
    }[place]()
    return text(marked).replace(b'"@"', nested(depth).encode())


def with_code(place: str, codes: Sequence[str]) -> bytes:
    """Return a notebook that has pieces of code where none belongs."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata: dict[str, Json] = {"kernelspec": kernel}
    make, use = cell("x = [1]", "stage:make"), cell("print(x)", "stage:use")
    if place in kernel:
        kernel[place] = codes[0]
    elif place == "language_info":
        metadata[place] = {"name": "python"} | {f"key{n}": code for n, code in enumerate(codes)}
    elif place == "metadata":
        odd = {code: code for code in codes} | {"title": codes[0], "mlcode": dict.fromkeys(codes, codes)}
        metadata |= odd
        make["metadata"] |= odd
    elif place == "tag":
        make["metadata"]["tags"] += codes
    elif place == "file":
        make["source"] += "".join(f"\nopen({code!r}, 'w').write('')" for code in codes)
    return text(notebook(*_cells_with(place, codes), make, use, metadata=metadata))


def _cells_with(place: str, codes: Sequence[str]) -> list[dict[str, Json]]:
    """Return the cells that hold the code, if it is not a cell's metadata."""
    lines = [code.splitlines()[0] for code in codes if "\ud800" not in code]
    if place == "stage":
        return [cell("print(1)", f"stage:{code}") for code in codes]
    if place == "cell id":
        return [cell("print(1)", "stage:make", id=code) for code in codes]
    if place == "heading":
        return [{"cell_type": "markdown", "metadata": {}, "source": f"# {line}"} for line in lines]
    if place == "parameter":
        return [cell("\n".join(f"p{n}: str = {code!r}" for n, code in enumerate(codes)), "parameters")]
    if place == "help":
        return [cell("\n".join(f"p{n}: str = ''  # {line}" for n, line in enumerate(lines)), "parameters")]
    if place == "key":
        return [cell(f"p: dict = {dict.fromkeys(codes, codes[0])!r}", "parameters")]
    return []
