"""Code and notebooks that are too deep, too long or too wide for recursive programs, by name."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.integration.hostile.notebooks import Json, cell, nested, notebook, one, text

TOO_DEEP = "MLC020 the cell is not Python: "
MEGABYTES = 5_000_000
LINES = 19_000

SOURCES: dict[str, tuple[str, int, str]] = {
    "5,000 parentheses": (f"x = {nested(5000, '(', ')')}", 1, TOO_DEEP),
    "150 parentheses": (f"x = {nested(150, '(', ')')}", 0, ""),
    "5,000 minus signs": (f"x = {'-' * 5000}1", 1, TOO_DEEP),
    "20,000 not": (f"x = {'not ' * 20_000}1", 1, TOO_DEEP),
    "a sum of 20,000": ("x = " + " + ".join(["1"] * 20_000), 1, TOO_DEEP),
    "a sum of 900": ("x = " + " + ".join(["1"] * 900), 1, TOO_DEEP),
    "20,000 comparisons": ("x = " + " < ".join(["1"] * 20_000), 0, ""),
    "20,000 attributes": ("x = a" + ".b" * 20_000, 1, TOO_DEEP),
    "600 calls of methods": ("import pandas as pd\nx = pd" + ".f()" * 600, 1, TOO_DEEP),
    "3,000 lambdas": ("x = " + "lambda: " * 3000 + "1", 1, TOO_DEEP),
    "3,000 elif": (
        "x = 1\nif x == 0:\n    pass\n" + "".join(f"elif x == {n}:\n    y = {n}\n" for n in range(3000)),
        1,
        TOO_DEEP,
    ),
    "99 blocks": ("".join(f"{' ' * n}if 1:\n" for n in range(99)) + " " * 99 + "x = 1", 0, ""),
    "20,000 names bound at once": (
        ", ".join(f"a{n}" for n in range(20_000)) + " = range(20_000)",
        0,
        "",
    ),
    "a name of a million": ("a" * 1_000_000 + " = 1", 0, ""),
    "a number of a million": ("x = " + "9" * 1_000_000, 1, "Exceeds the limit (4300 digits)"),
    "a hexadecimal number in a text": ("x = 0x" + "f" * 10_000 + "\ny = f'{x}'\nopen(y)", 0, ""),
    "an operation of billions": ("x = 9 ** 9 ** 9 ** 9\ny = 'a' * 10 ** 12\nz = 1 << 10 ** 12", 0, ""),
    "a text doubled 60 times": ("x = 'a'\n" + "x = x + x\n" * 60 + "open(x)", 0, ""),
    "a text doubled by an f-string": ("x = 'a'\n" + "x = f'{x}{x}'\n" * 60 + "open(x)", 0, ""),
    "a path doubled 60 times": (
        "from pathlib import Path\np = Path('a')\n" + "p = p / p\n" * 60 + "open(p)",
        0,
        "",
    ),
    "a base class on 2 ** 25 ways": (
        "class A0: pass\n"
        + "".join(
            f"class B{n}(A{n}): pass\nclass C{n}(A{n}): pass\nclass A{n + 1}(B{n}, C{n}): pass\n"
            for n in range(25)
        )
        + "x = A25()\nx.f()",
        0,
        "",
    ),
    "a chain of 3,000 functions": (
        "".join(f"def f{n + 1}():\n    return f{n}()\n" for n in range(3000)),
        0,
        "",
    ),
    "9,000 lists that may hold one another": (
        "x0 = []\n" + "".join(f"x{n} = [x{n - 1}]\nx{n}.append({n})\n" for n in range(1, 9000)),
        1,
        f"{TOO_DEEP}thousands of variables that may all hold one another",
    ),
    "10,000 percent signs": ("%" * 10_000, 0, "MLC085"),
    "10,000 line magics": ("%time x = 1\n" * 10_000, 0, ""),
    "10,000 braces in a command": ("!echo " + "{" * 10_000, 0, "MLC084"),
    "40,000 semicolons": ("x = 1;" * 40_000, 0, ""),
    "control characters": ("x = 1 \x01\x02", 1, TOO_DEEP),
    "form feeds": ("\x0cx = 1\x0c\n\x0cy = 2", 0, ""),
    "bidirectional controls": ("x = 'a'  # \u202e }\u2066if a\u2069 \u2066", 0, "MLC153 "),
    "half a character": ("x = '\ud800'", 3, "cell 1, line 1 holds half a character"),
    "NUL": ("x = '\0'", 3, "cell 1, line 1 holds a NUL character"),
    "too many lines": ("x = 1\n" * 20_001, 3, "more than the 20,000 that are analysed"),
}
"""Each with the exit code of its export, and what must be said."""


def _stream(value: str) -> dict[str, Json]:
    return {"output_type": "stream", "name": "stdout", "text": value}


LARGE: dict[str, Callable[[], bytes]] = {
    "5 MB of text in one line": lambda: one(f"x = {'a' * MEGABYTES!r}"),
    "5 MB of numbers in one line": lambda: one(f"x = [{', '.join(['1234567'] * (MEGABYTES // 9))}]"),
    "5 MB of comments": lambda: one(("# " + "b" * 250 + "\n") * LINES),
    "5 MB of statements": lambda: one(
        "x0 = 1\n" + "".join(f"x{n} = {'y' * 250!r} + str(x{n - 1})\n" for n in range(1, LINES))
    ),
    "5,000 cells of one stage": lambda: text(
        notebook(*(cell(f"x{n} = {n}", "stage:a") for n in range(5000)))
    ),
    "5,000 stages in a chain": lambda: text(
        notebook(
            cell("x0 = [1]", "stage:s0"),
            *(cell(f"x{n} = x{n - 1} + [1]", f"stage:s{n}") for n in range(1, 5000)),
        )
    ),
    "60 MB of output": lambda: text(
        notebook(cell("x = 1", "stage:a", outputs=[_stream("a" * 60_000_000)]), cell("print(x)", "stage:b"))
    ),
    "60 MB of output with a smile": lambda: json.dumps(
        notebook(cell("x = 1", "stage:a", outputs=[_stream("\U0001f600" + "a" * 60_000_000)])),
        ensure_ascii=False,
    ).encode(),
    "60 MB of small outputs": lambda: text(
        notebook(cell("x = 1", "stage:a", outputs=[_stream("a" * 50)] * 550_000))
    ),
}
"""All of them are legal."""
