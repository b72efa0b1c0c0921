"""Hostile notebooks through the command line: one clear answer each, never a traceback, nothing written.

    python tests/bench/fuzz_notebooks.py [--mutations N] [--seed S] [--only NAME] [--processes]

First every hand-made case below, with the exit code it must have; then N random mutations of a good
notebook (bytes flipped, cut, repeated; JSON values replaced by wrong ones), where any documented answer
will do. The commands run in this process through `cli.main.call`, what a terminal would show is caught;
`--processes` runs the hand-made cases as whole processes instead. Exit 1 when anything misbehaves.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlcode.cli.main import call

Json = Any
CODE = re.compile(r"\bMLC\d{3}\b")
VERBS = (["check"], ["graph", "--format", "json"], ["suggest"], ["export"])
SECONDS = 20
"""CPU-bound work on a notebook of a few cells may not take longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file and the exit codes it may have: 3 the file is no use, 1 the notebook has errors, 0 fine."""

    name: str
    data: bytes | None
    check: frozenset[int]
    file: str = "nb.ipynb"


def cell(source: Json, *tags: Json, **more: Json) -> dict[str, Json]:
    """Return a code cell."""
    metadata = {"tags": list(tags)} if tags else {}
    base = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }
    return {**base, **more}


def notebook(*cells: Json, **more: Json) -> dict[str, Json]:
    """Return a notebook of format 4.5 with ids."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, one in enumerate(cells):
        if isinstance(one, dict):
            one.setdefault("id", f"c{number:03}")
    base = {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return {**base, **more}


def good() -> dict[str, Json]:
    """Return a notebook that exports without a finding."""
    return notebook(
        cell("threshold: float = 0.5  # above it a row counts\n", "parameters"),
        cell("import math\n\n\ndef half(x):\n    return x / 2\n", "setup"),
        {"cell_type": "markdown", "metadata": {}, "source": "# Load", "id": "m1"},
        cell("rows = [half(n) for n in range(10)]\n", "stage:load"),
        cell("kept = [r for r in rows if r > threshold]\nprint(len(kept))\n", "stage:select"),
        cell("math.fsum(kept)", "stage:report"),
    )


def text(value: Json) -> bytes:
    """Return the file's bytes for a JSON value."""
    return json.dumps(value, indent=1).encode()


def broken_files() -> Iterator[tuple[str, bytes]]:
    """Yield files that are not a notebook of format 4."""
    whole = text(good())
    yield "empty", b""
    yield "blank", b" \n\n"
    yield "not JSON", b"import pandas as pd\n"
    yield "truncated", whole[: len(whole) // 2]
    yield "truncated at a brace", whole.rstrip()[:-1]
    marked = whole.replace(
        b' "nbformat": 4', b'<<<<<<< HEAD\n "nbformat": 4\n=======\n "nbformat": 4\n>>>>>>> other'
    )
    yield "merge markers", marked
    yield "NUL", b"\0" * 64
    yield "NUL inside", whole.replace(b"cells", b"ce\0lls")
    yield "UTF-16", whole.decode().encode("utf-16")
    yield "UTF-32", whole.decode().encode("utf-32")
    yield "latin-1", text(notebook(cell("x = 1"))).replace(b"x = 1", "x = 'é'".encode("latin-1"))
    yield "half a character", whole.replace(b"import math", b"\xed\xa0\x80")
    yield "binary", bytes(range(256)) * 4
    yield "gzip", b"\x1f\x8b\x08\x00" + bytes(64)
    yield "deep", b'{"cells":' + b"[" * 100_000
    yield "deep object", b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    yield (
        "huge number",
        b'{"cells": [], "metadata": {}, "nbformat": 1' + b"0" * 6000 + b', "nbformat_minor": 5}',
    )
    yield "NaN", b'{"cells": NaN, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    yield "trailing", whole + b"{}"
    for name, value in (("a list", []), ("a string", "x"), ("null", None), ("a number", 4), ("true", True)):
        yield f"JSON {name}", text(value)
    yield "empty object", b"{}"
    yield (
        "format 3",
        text({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}),
    )
    yield "format 5", text(good() | {"nbformat": 5, "nbformat_minor": 0})
    yield "format text", text(good() | {"nbformat": "4"})
    yield "format missing", text({k: v for k, v in good().items() if k != "nbformat"})
    yield "format negative", text(good() | {"nbformat": -4})
    yield "cells missing", text({k: v for k, v in good().items() if k != "cells"})
    for name, value in (
        ("object", {}),
        ("null", None),
        ("string", "abc"),
        ("number", 7),
        ("of strings", ["a"]),
    ):
        yield f"cells {name}", text(good() | {"cells": value})
    yield "cells of lists", text(good() | {"cells": [[], []]})
    yield "unknown cell type", text(notebook(cell("x = 1", cell_type="heading")))
    yield "cell type missing", text(notebook({"metadata": {}, "source": "x"}))
    yield "cell type number", text(notebook(cell("x = 1", cell_type=3)))
    for name, value in (("number", 3), ("object", {}), ("null", None), ("mixed", ["x = 1", 2])):
        yield f"source {name}", text(notebook(cell(value)))
    yield "source missing", text(notebook({"cell_type": "code", "metadata": {}, "outputs": []}))
    for name, value in (("list", []), ("string", "x"), ("number", 1)):
        yield f"cell metadata {name}", text(notebook(cell("x = 1", metadata=value)))
        yield f"notebook metadata {name}", text(good() | {"metadata": value})
    yield "lone surrogate", text(notebook(cell("x = 'a\ud800b'", "stage:a"), cell("x", "stage:b")))
    for name in ("ir", "julia-1.10", "bash"):
        spec = {"kernelspec": {"name": name, "display_name": name, "language": name.split("-")[0]}}
        yield f"kernel {name}", text(good() | {"metadata": spec})


def bad_notebooks() -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield notebooks with an error at a cell; the rest of them can be analysed."""
    hostile = [
        "../..",
        "..",
        ".",
        "/etc/passwd",
        "CON",
        "con",
        "aux",
        "nul",
        "a/b",
        "a\\b",
        "",
        " ",
        "a b",
        "-a",
        "1a",
    ]
    hostile += [
        "a.",
        "é",
        "a\n",
        "a\0",
        "x" * 300,
        "stage:a",
        "$(reboot)",
        "`id`",
        "{{a}}",
        "a;b",
        "com1",
        "lpt9",
    ]
    for name in hostile:
        yield f"stage name {name[:12]!r}", notebook(cell("x = 1", "stage:a"), cell("y = x", f"stage:{name}"))
    for wrong in ("stage:a", {"stage": 1}, 1, [1, None]):
        yield f"tags {wrong!r}", notebook(cell("x = 1", metadata={"tags": wrong}))
    yield "A beside a", notebook(cell("x = 1", "stage:a"), cell("y = x", "stage:A"))
    yield "a-b beside a_b", notebook(cell("x = 1", "stage:a-b"), cell("y = x", "stage:a_b"))
    yield (
        "two parameters cells",
        notebook(cell("a = 1", "parameters"), cell("b = 1", "parameters"), cell("a", "stage:a")),
    )
    yield "two stage tags", notebook(cell("x = 1", "stage:a", "stage:b"))
    yield "stage and setup", notebook(cell("x = 1", "stage:a", "setup"))
    cycle = [
        cell("x = input_ = 1\nx = []", "stage:a"),
        cell("y = [*x, 1]", "stage:b"),
        cell("x = [*y]", "stage:a"),
    ]
    yield "cycle", notebook(*cycle, cell("y.append(len(x))", "stage:b"), cell("print(y)", "stage:a"))
    yield "syntax error", notebook(cell("x = (", "stage:a"), cell("y = 1", "stage:b"))
    yield "NUL in source", notebook(cell("x = 'a\0b'", "stage:a"))
    yield "computed parameter", notebook(cell("a = len('abc')", "parameters"), cell("a", "stage:a"))
    yield "skipped definition", notebook(cell("x = 1", "skip"), cell("y = x", "stage:a"))


def odd_notebooks() -> Iterator[tuple[str, bytes]]:
    """Yield files that are unusual and perfectly fine, or fine but for a finding."""
    whole = text(good())
    yield "BOM", b"\xef\xbb\xbf" + whole
    yield "CRLF file", whole.replace(b"\n", b"\r\n")
    yield "CR file", whole.replace(b"\n", b"\r")
    yield "CRLF source", text(notebook(cell("x = 1\r\ny = 2\r\n", "stage:a"), cell("x + y", "stage:b")))
    yield "CR source", text(notebook(cell("x = 1\ry = 2", "stage:a"), cell("x + y", "stage:b")))
    for char in ("\u2028", "\u2029", "\x85", "\x0c", "\x1c", "\x0b"):
        yield f"U+{ord(char):04X}", text(notebook(cell(f"x = 'a{char}b'", "stage:a"), cell("x", "stage:b")))
        yield (
            f"U+{ord(char):04X} raw",
            json.dumps(
                notebook(cell(f"x = 'a{char}b'", "stage:a"), cell("x", "stage:b")),
                ensure_ascii=ord(char) < 32,
            ).encode(),
        )
    yield "surrogate pair", text(notebook(cell("x = '\U0001f600'", "stage:a"), cell("x", "stage:b")))
    yield "source as list", text(notebook(cell(["x = 1\n", "y = 2"], "stage:a"), cell(["x + y"], "stage:b")))
    yield "no cells", text(notebook())
    yield "only markdown", text(notebook({"cell_type": "markdown", "metadata": {}, "source": "# a"}))
    yield "no tags", text(notebook(cell("x = 1"), cell("x")))
    yield (
        "empty cells",
        text(notebook(cell("", "stage:a"), cell("   \n", "stage:b"), cell("x = 1", "stage:c"))),
    )
    yield "same ids", text(notebook(cell("x = 1", "stage:a", id="a"), cell("x", "stage:b", id="a")))
    yield "odd ids", text(notebook(cell("x = 1", "stage:a", id="../x"), cell("x", "stage:b", id=7)))
    yield "format 4.0", text(good() | {"nbformat_minor": 0})
    yield "format 4.9", text(good() | {"nbformat_minor": 9})
    yield "no kernel", text(good() | {"metadata": {}})
    yield "unknown keys", text(good() | {"surprise": [1, {"a": None}]})
    yield "deep expression", text(notebook(cell("x = " + "(" * 80 + "1" + ")" * 80, "stage:a")))
    yield "very deep expression", text(notebook(cell("x = " + "(" * 5000 + "1" + ")" * 5000, "stage:a")))
    yield "long sum", text(notebook(cell("x = " + "+".join(["1"] * 20_000), "stage:a")))
    yield "deep unary", text(notebook(cell("x = " + "-" * 20_000 + "1", "stage:a")))
    yield "long line", text(notebook(cell(f"x = {'a' * 400_000!r}", "stage:a")))
    yield "huge integer", text(notebook(cell("x = " + "9" * 9000, "stage:a")))
    yield (
        "magics",
        text(
            notebook(cell("%%bash\nrm -rf $x\n", "stage:a"), cell("!ls {x", "stage:b"), cell("%", "stage:c"))
        ),
    )
    yield "help", text(notebook(cell("?x", "stage:a"), cell("x.y??", "stage:b"), cell("!!", "stage:c")))
    yield "prompts", text(notebook(cell(">>> x = 1\n... \n>>> x", "stage:a"), cell("In [1]: x", "stage:b")))
    yield (
        "metadata odd",
        text(notebook(cell("x = 1", "stage:a"), cell("x", "stage:b")) | {"metadata": {"mlcode": [1]}}),
    )
    odd = cell("x = 1", "stage:a")
    odd["metadata"]["mlcode"] = {"title": 3, "retries": "many", "files": {"a": 1}}
    yield "cell metadata odd", text(notebook(odd, cell("x", "stage:b")))
    yield "many stages", text(notebook(*(cell(f"x{i} = {i}", f"stage:s{i}") for i in range(300))))
    yield (
        "star import",
        text(notebook(cell("from os.path import *", "stage:a"), cell("join('a', 'b')", "stage:b"))),
    )
    yield "exec", text(notebook(cell("exec(open('x').read())", "stage:a"), cell("y", "stage:b")))


def cases() -> list[Case]:
    """Return all hand-made cases."""
    found = [Case(name=n, data=d, check=frozenset({3})) for n, d in broken_files()]
    found += [Case(name=n, data=text(nb), check=frozenset({1, 3})) for n, nb in bad_notebooks()]
    found += [Case(name=n, data=d, check=frozenset({0, 1})) for n, d in odd_notebooks()]
    found.append(Case(name="folder", data=None, check=frozenset({3})))
    found.append(Case(name="missing file", data=b"", check=frozenset({3}), file="elsewhere.ipynb"))
    return found


def mutations(seed: int, count: int) -> Iterator[Case]:
    """Yield random damage to a good notebook; any documented answer is right."""
    rng = random.Random(seed)
    wrong: list[Json] = [
        None,
        0,
        -1,
        1.5,
        "",
        "x",
        [],
        {},
        [None],
        {"a": []},
        True,
        "stage:../..",
        "\0",
        10**400,
        "\ud800",
    ]
    for number in range(count):
        value = good()
        if rng.random() < 0.5:
            data = bytearray(text(value))
            for _ in range(rng.randint(1, 6)):
                at = rng.randrange(len(data))
                act = rng.randrange(4)
                if act == 0:
                    data[at] = rng.randrange(256)
                elif act == 1:
                    del data[at : at + rng.randint(1, 40)]
                elif act == 2:
                    data[at:at] = data[rng.randrange(len(data)) :][: rng.randint(1, 60)]
                else:
                    data[at:at] = rng.choice(
                        [b"\0", b"\xff", b"\r", b"{", b"]", b'"', b"\\u2028", b"\xe2\x80\xa8"]
                    )
            raw = bytes(data)
        else:
            for _ in range(rng.randint(1, 3)):
                damage(value, rng, wrong)
            raw = json.dumps(value).encode()
        yield Case(name=f"mutation {seed}:{number}", data=raw, check=frozenset({0, 1, 3}))


def damage(value: Json, rng: random.Random, wrong: list[Json]) -> None:
    """Replace, delete or double one value somewhere inside."""
    holder = value
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return
        key = rng.choice(keys)
        inner = holder[key]
        if isinstance(inner, dict | list) and inner and rng.random() < 0.75:
            holder = inner
            continue
        act = rng.randrange(4)
        if act == 0:
            del holder[key]
        elif act == 1 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(inner))
        elif isinstance(inner, str) and act == 2:
            at = rng.randint(0, len(inner))
            holder[key] = (
                inner[:at]
                + rng.choice(["(", "%", "!", "\n\t", "'", "async ", "\u2028", "é", ":", "\\"])
                + inner[at:]
            )
        else:
            holder[key] = copy.deepcopy(rng.choice(wrong))
        return


@dataclass(slots=True)
class Answer:
    """What one command said."""

    code: int
    out: str
    err: str
    seconds: float


def late(*_: object) -> None:
    """End a command that takes too long."""
    raise TimeoutError("too slow")


def ask(arguments: list[str], processes: bool) -> Answer:
    """Run one command."""
    started = time.monotonic()
    if processes:
        command = [sys.executable, "-m", "jupyter_mlcode.cli.main", *arguments]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
        code, out, err = (
            done.returncode,
            done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"),
        )
        return Answer(code, out, err, time.monotonic() - started)
    out_text, err_text = io.StringIO(), io.StringIO()
    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(out_text), contextlib.redirect_stderr(err_text):
            code = call(arguments)
    except BaseException as error:
        code, text_ = 99, f"Traceback (most recent call last): {type(error).__name__}: {error}"[:300]
        err_text.write(text_)
    finally:
        signal.alarm(0)
    return Answer(code, out_text.getvalue(), err_text.getvalue(), time.monotonic() - started)


def listing(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def complaints(case: Case, verb: list[str], processes: bool) -> list[str]:
    """Return what is wrong with the answer of one command to one file."""
    with tempfile.TemporaryDirectory() as scratch:
        outer = Path(scratch)
        folder = outer / "a" / "b"
        folder.mkdir(parents=True)
        path = folder / "nb.ipynb"
        if case.data is None:
            path.mkdir()
        else:
            path.write_bytes(case.data)
        before = listing(outer)
        answer = ask([verb[0], str(folder / case.file), *verb[1:]], processes)
        after = listing(outer)
    found = []
    shown = answer.out + answer.err
    if answer.code not in {0, 1, 3} or "Traceback" in shown or "internal error" in shown:
        found.append(f"exit {answer.code}: {last(shown)}")
    elif case.check == {3} and answer.code != 3:
        found.append(f"exit {answer.code} instead of 3: {last(shown)}")
    elif verb[0] in {"check", "export"} and answer.code not in case.check:
        found.append(f"exit {answer.code} instead of {sorted(case.check)}: {last(shown)}")
    if answer.code == 3 and (len(answer.err.splitlines()) != 1 or answer.out or not CODE.search(answer.err)):
        found.append(f"exit 3 in {len(shown.splitlines())} lines: {shown[:160]!r}")
    if answer.code == 1 and not CODE.search(shown):
        found.append(f"exit 1 without a code: {last(shown)}")
    if answer.seconds > SECONDS / 2:
        found.append(f"{answer.seconds:.0f} s")
    if (verb[0] != "export" or answer.code) and after != before:
        found.append(f"wrote {sorted(set(after) - set(before))[:3]}")
    changed = [k for k, v in before.items() if after.get(k, v) != v]
    outside = [k for k in after if k not in before and not k.startswith(os.path.join("a", "b", "nb"))]
    if changed or outside:
        found.append(f"changed {changed[:3]}, outside {outside[:3]}")
    return found


def survival() -> list[str]:
    """Return what `suggest --apply` does to files whose form must survive an edit of tags."""
    found = []
    plain = notebook(cell("import math"), cell("x = 'a\u2028b'\n"), cell("print(x)"))
    raw = json.dumps(plain, indent=1, ensure_ascii=False).encode() + b"\n"
    forms = {
        "BOM": b"\xef\xbb\xbf" + raw,
        "CRLF": raw.replace(b"\n", b"\r\n"),
        "plain": raw,
        "no newline": raw[:-1],
    }
    forms["indent 4"] = json.dumps(plain, indent=4).encode()
    for name, data in forms.items():
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "nb.ipynb"
            path.write_bytes(data)
            answer = ask(["suggest", str(path), "--apply"], processes=False)
            after = path.read_bytes()
        if answer.code != 0:
            found.append(f"suggest --apply on {name}: exit {answer.code}: {last(answer.out + answer.err)}")
            continue
        same = [c["source"] for c in json.loads(after.decode("utf-8-sig"))["cells"]] == [
            c["source"] for c in plain["cells"]
        ]
        if not same or after.startswith(b"\xef\xbb\xbf") != data.startswith(b"\xef\xbb\xbf"):
            found.append(f"suggest --apply on {name}: the text or the BOM did not survive")
        if (b"\r\n" in data) != (b"\r\n" in after) or data.endswith(b"\n") != after.endswith(b"\n"):
            found.append(f"suggest --apply on {name}: the line ends did not survive")
        if b"\xe2\x80\xa8" in data and b"\xe2\x80\xa8" not in after:
            found.append(f"suggest --apply on {name}: U+2028 was rewritten")
    return found


def last(shown: str) -> str:
    """Return the last line shown."""
    lines = shown.strip().splitlines()
    return lines[-1][:220] if lines else "(nothing shown)"


def main() -> int:
    """Ask every verb about every file and print what misbehaves."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mutations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--processes", action="store_true")
    options = parser.parse_args()
    asked, bad = 0, []
    everything = [*cases(), *(() if options.processes else mutations(options.seed, options.mutations))]
    for case in everything:
        if options.only not in case.name:
            continue
        for verb in VERBS:
            asked += 1
            bad += [f"{case.name}: {verb[0]}: {c}" for c in complaints(case, verb, options.processes)]
    bad += survival() if not options.only else []
    for one in bad:
        print(one)
    print(f"{asked} questions about {len(everything)} files, {len(bad)} complaints")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
