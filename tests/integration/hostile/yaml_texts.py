"""YAML that nobody should have written: for parameters, and for `pipeline.yaml` edited by hand."""

from __future__ import annotations

from tests.integration.hostile.notebooks import PWNED

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)

BAD: dict[str, tuple[str, str]] = {
    "billion laughs": (LAUGHS, "its aliases stand for more values than anybody can use"),
    "laughs in mappings": (
        "a0: &a0 {x: 1, y: 2}\n"
        + "".join(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}\n" for n in range(1, 60)),
        "its aliases stand for more values than anybody can use",
    ),
    "merged laughs": (
        "a0: &a0 {x0: 1}\n"
        + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12)),
        "its aliases stand for more values than anybody can use",
    ),
    "holds itself": ("word: &a [*a]", "a value holds itself"),
    "object": (
        f"word: !!python/object/apply:os.system ['touch {PWNED}']",
        "could not determine a constructor",
    ),
    "object by name": ("word: !!python/name:os.system ''", "could not determine a constructor"),
    "module": ("word: !!python/module:antigravity ''", "could not determine a constructor"),
    "new object": (
        f"word: !!python/object/new:os.system [touch {PWNED}]",
        "could not determine a constructor",
    ),
    "deep lists": ("word: " + "[" * 100_000 + "]" * 100_000, "nested too deeply"),
    "deep blocks": ("".join(" " * n + "a:\n" for n in range(2000)), "nested too deeply"),
    "deep and open": ("word: " + "[" * 100_000, "nested too deeply"),
    "a list": ("- word", "instead of a mapping"),
    "a text": ("word", "instead of a mapping"),
    "two documents": ("word: a\n---\nword: b", "not YAML: "),
    "not YAML": ("word: [", "not YAML: "),
    "NUL": ("word: 'a\0'", "not YAML: "),
    "control": ("word: \x1b[2J", "not YAML: "),
    "unhashable key": ("? [a]\n: b", "not YAML: "),
    "no number": ("word: !!int abc", "a value is not of its type"),
    "empty number": ("word: !!int ''", "a value is not of its type"),
    "no truth": ("word: !!bool abc", "a value is not of its type"),
    "no time": ("word: !!timestamp abc", "a value is not of its type"),
    "huge number": ("word: " + "9" * 10_000, "holds a number that is too long"),
    "huge hexadecimal number": ("word: 0x" + "f" * 10_000, "holds a number that is too long"),
    "sexagesimal": ("word: " + "59:" * 20_000 + "59", "holds a number that is too long"),
}

WORST = ("billion laughs", "merged laughs", "object", "deep lists", "no number", "huge number")

BAD_PIPELINES: dict[str, tuple[str, str]] = {
    "a stage's name is a path": ("  a: => ../../a: ", ""),
    "a stage's name is code": (f"  a: =>   $(touch {PWNED}): ", ""),
    "the folder is absolute": ("folder: .. => folder: /etc", "does not match"),
    "the folder holds NUL": ('folder: .. => folder: "a\\0b"', "does not match"),
    "definitions outside": ("format: 1 => definitions: ../../../x", ""),
    "a parameter is code": ("word: => 'a; touch x': ", "does not match"),
    "another format": ("format: 1 => format: 99", "1 was expected"),
    "a format of 5,000 digits": ("format: 1 => format: " + "9" * 5000, "holds a number that is too long"),
    "an unknown key": ('format: 1 => "\\n\\e[2J": 1', ""),
    "a stage that is not there": ("stages: => stages: {}\nolder: ", ""),
}
"""Each an edit of a good `pipeline.yaml`, and what must be said."""
