"""Contents of notebook files that nobody should have made, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
    "very long": "a" * 100_000,
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


def sources() -> Iterator[tuple[str, str]]:
    """Yield code that is too deep, too long or too wide for recursive programs."""
    yield "5,000 parentheses", f"x = {nested(5000, '(', ')')}"
    yield "150 parentheses", f"x = {nested(150, '(', ')')}"
    yield "5,000 lists", f"x = {nested(5000)}"
    yield "5,000 minus signs", f"x = {'-' * 5000}1"
    yield "20,000 not", f"x = {'not ' * 20_000}1"
    yield "a sum of 20,000", "x = " + " + ".join(["1"] * 20_000)
    yield "a sum of 500 names", "y = 1\nx = " + " + ".join(["y"] * 500)
    yield "a sum of 900", "x = " + " + ".join(["1"] * 900)
    yield "a sum of 5,000 calls", "def f():\n    return 1\nx = " + " + ".join(["f()"] * 5000)
    yield "20,000 and", "x = " + " and ".join(["1"] * 20_000)
    yield "20,000 comparisons", "x = " + " < ".join(["1"] * 20_000)
    yield "20,000 attributes", "x = a" + ".b" * 20_000
    yield "600 attributes", "import os\nx = os" + ".path" * 600
    yield "20,000 calls", "x = print" + "()" * 20_000
    yield "600 calls", "x = print" + "()" * 600
    yield "20,000 subscripts", "a = []\nx = a" + "[0]" * 20_000
    yield "3,000 lambdas", "x = " + "lambda: " * 3000 + "1"
    yield "20,000 conditions", "x = " + "1 if 0 else " * 20_000 + "1"
    yield "3,000 elif", "x = 1\nif x == 0:\n    pass\n" + "".join(
        f"elif x == {n}:\n    y = {n}\n" for n in range(3000)
    )
    yield "300 elif", "x = 1\nif x == 0:\n    pass\n" + "".join(
        f"elif x == {n}:\n    y = {n}\n" for n in range(300)
    )
    yield "99 blocks", "".join(f"{' ' * n}if 1:\n" for n in range(99)) + " " * 99 + "x = 1"
    yield "19 loops", "".join(f"{' ' * n}for a{n} in [1]:\n" for n in range(19)) + " " * 19 + "x = 1"
    yield "90 functions", "".join(f"{' ' * n}def f{n}():\n" for n in range(90)) + " " * 90 + "return 1"
    yield "5,000 decorators", "@print\n" * 5000 + "def f(): pass"
    yield "20,000 names bound at once", ", ".join(f"a{n}" for n in range(20_000)) + " = range(20_000)"
    yield "20,000 targets", " = ".join(f"a{n}" for n in range(20_000)) + " = 1"
    yield "10,000 arguments", f"print({', '.join(['1'] * 10_000)})"
    yield "200 texts in texts", "x = " + "f'{" * 2 + "1" + "}'" * 2
    yield "a name of a million", "a" * 1_000_000 + " = 1"
    yield "a number of a million", "x = " + "9" * 1_000_000
    yield "a hexadecimal number of a million", "x = 0x" + "f" * 1_000_000
    yield "1e400", "x = 1e400"
    yield "an operation of billions", "x = 9 ** 9 ** 9 ** 9\ny = 'a' * 10 ** 12\nz = 1 << 10 ** 12"
    yield "10,000 percent signs", "%" * 10_000
    yield "10,000 exclamation marks", "!" * 10_000
    yield "10,000 question marks", "x = 1\n" + "?" * 10_000
    yield "10,000 line magics", "%time x = 1\n" * 10_000
    yield "10,000 braces in a command", "!echo " + "{" * 10_000
    yield "10,000 quotes", "'" * 10_001
    yield "100,000 spaces", " " * 100_000 + "x"
    yield "40,000 semicolons", "x = 1;" * 40_000
    yield "40,000 backslashes", "x = 1 + \\\n" * 40_000 + "1"
    yield "tabs and spaces", "if 1:\n\tx = 1\n        y = 2"
    yield "control characters", "x = 1 \x01\x02"
    yield "form feeds", "\x0cx = 1\x0c\n\x0cy = 2"
    yield "a regex for ever", "!" + "a " * 20_000 + "{"


def large() -> Iterator[tuple[str, bytes]]:
    """Yield notebooks of megabytes."""
    yield "5 MB of text in one line", one(f"x = {'a' * 5_000_000!r}")
    yield "5 MB of numbers in one line", one(f"x = [{', '.join(['1234567'] * 550_000)}]")
    yield "5 MB of comments", one("# " + "a" * 100 + "\n" + ("# " + "b" * 100 + "\n") * 49_000)
    yield "5 MB of statements", one("".join(f"x{n} = {'y' * 80!r} + str(x{n - 1})\n" for n in range(1, 49_000)))
    yield "5 MB of calls", one("import pandas as pd\n" + "df = pd.read_csv('a.csv')\n" * 40_000)
    yield "5 MB of Markdown", text(
        notebook({"cell_type": "markdown", "metadata": {}, "source": "# a *b*\n" * 600_000}, cell("x = 1", "stage:a"))
    )
    yield "5,000 cells of one stage", text(notebook(*(cell(f"x{n} = {n}", "stage:a") for n in range(5000))))
    yield "5,000 stages", text(notebook(*(cell(f"x{n} = {n}", f"stage:s{n}") for n in range(5000))))
    yield "5,000 cells without a tag", text(notebook(*(cell(f"print(x{n})") for n in range(5000))))
    yield "5,000 stages in a chain", text(
        notebook(cell("x0 = [1]", "stage:s0"), *(cell(f"x{n} = x{n - 1} + [1]", f"stage:s{n}") for n in range(1, 5000)))
    )
    yield "60 MB of output", text(
        notebook(cell("x = 1", "stage:a", outputs=[stream("a" * 60_000_000)]), cell("print(x)", "stage:b"))
    )
    yield "60 MB of output with a smile", json.dumps(
        notebook(cell("x = 1", "stage:a", outputs=[stream("\U0001f600" + "a" * 60_000_000)])), ensure_ascii=False
    ).encode()
    yield "60 MB of small outputs", text(
        notebook(cell("x = 1", "stage:a", outputs=[stream("a" * 50)] * 550_000))
    )
    yield "60 MB of metadata", text(notebook(cell("x = 1", "stage:a"), metadata={"a": "b" * 60_000_000}))


def stream(value: Json) -> dict[str, Json]:
    """Return an output that was printed."""
    return {"output_type": "stream", "name": "stdout", "text": value}


def with_code(place: str, code: str) -> bytes:
    """Return a notebook that has a piece of code where none belongs."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Make"},
        cell("word: str = 'a'  # what is repeated", "parameters"),
        cell("x = [word] * 3", "stage:make"),
        cell("print(x)", "stage:use"),
    ]
    metadata: dict[str, Json] = {"kernelspec": kernel}
    if place == "stage":
        cells[2] = cell("x = [word] * 3", f"stage:{code}")
    elif place == "tag":
        cells[2] = cell("x = [word] * 3", "stage:make", code)
    elif place in kernel:
        kernel[place] = code
    elif place == "language_info":
        metadata["language_info"] = {"name": "python", "file_extension": code, "version": code, "mimetype": code}
    elif place == "metadata":
        metadata |= {"title": code, "authors": [{"name": code}], code: code, "mlcode": {code: code}}
        cells[2]["metadata"] |= {"mlcode": {"title": code, code: code}, code: code, "name": code}
    elif place == "cell id":
        cells[2]["id"] = code
    elif place == "heading":
        cells[0]["source"] = f"# {code}"
    elif place == "parameter":
        cells[1] = cell(f"word: str = {code!r}", "parameters")
    elif place == "help":
        cells[1] = cell(f"word: str = 'a'  # {code.splitlines()[0] if code else ''}", "parameters")
    elif place == "key":
        cells[1] = cell(f"word: dict = {{{code!r}: {code!r}}}", "parameters")
    elif place == "file":
        cells[2] = cell(f"x = [word] * 3\nopen({code!r}, 'w').write('a')", "stage:make")
    elif place == "raw tag":
        cells[2] = cell("x = [word] * 3", "stage:make", metadata={"tags": code})
    return text(notebook(*cells, metadata=metadata))


PLACES = (
    "stage",
    "tag",
    "name",
    "display_name",
    "language",
    "language_info",
    "metadata",
    "cell id",
    "heading",
    "parameter",
    "help",
    "key",
    "file",
    "raw tag",
)
