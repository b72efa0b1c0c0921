"""How complete and how precise the facts are: `python -m tests.bench.facts CORPUS --table docs/measurements/facts.md`.

The probes and generated programs run under the execution oracle (tests/property/oracle.py); the real notebooks of a
prepared corpus (README.md beside this file) have stored traces of their whole runs. Recall: the share of what
happened that the facts state. Precision: the share of what they state that happened in this one run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot
import numpy.random
import pandas  # loaded once, before anything is forked

from jupyter_mlcode.analysis.session import CellResult, CellSource, Session
from tests.harness.choosers import SeededChooser
from tests.harness.isolate import in_child
from tests.probes.reading import HERE, programs, variants
from tests.property.oracle import KINDS, Happened, Score, facts_of, judged, score
from tests.property.programs import write_program

LOADED = (matplotlib.pyplot, numpy.random, pandas)
FEW = 20
HEAD = """# Facts against execution

Made by `python -m tests.bench.facts CORPUS --table docs/measurements/facts.md`. Every cell runs in a namespace
that records reads, bindings and deletions, with a fingerprint of each value before and after; random generators
are compared. *Recall*: the share of what happened that the facts state. *Precision*: the share of what they state
that happened in this one run; the rest may happen in another. Each figure: recall / precision in per cent (how
often it happened). What the probes miss stands with its reason in `tests/property/oracle_known.yaml`; a new miss
fails the tests."""
CORPUS = """By the libraries that a cell uses; those in at least 20 cells. What changes in place is compared at the
ends of stages only, see corpus.md."""


def programs_scores(generated: int) -> Iterator[tuple[str, int, Score]]:
    """Yield the title, number of programs and score of every file of probes, and of generated programs."""
    for path in sorted(HERE.glob("*.txt")):
        total, count = Score(), 0
        for title, text in programs(path):
            total.add(_scored(variants(title, text)[0].cells, title))
            count += 1
        yield path.stem.replace("_", " "), count, total
    total = Score()
    for seed in range(generated):
        total.add(_scored(write_program(SeededChooser(7_000_000 + seed)), f"seed {seed}"))
    yield "generated", generated, total


def _scored(cells: Any, title: str) -> Score:
    with tempfile.TemporaryDirectory(prefix="facts") as place:
        return judged(cells, Path(place), title, in_child)


def corpus_scores(corpus: Path) -> tuple[int, Score, dict[str, Score], dict[str, int]]:
    """Return the number of notebooks, the score of all, and of the cells that use each library, with their number."""
    everything: Score = Score()
    by_library: dict[str, Score] = defaultdict(Score)
    cells: dict[str, int] = defaultdict(int)
    count = 0
    for path in sorted((corpus / "trace").glob("*.json")):
        trace = json.loads(path.read_text())
        if not trace["ok"]:
            continue
        count += 1
        notebook = json.loads((corpus / "partitions" / "B" / f"{path.stem}.ipynb").read_text())
        results = {int(r.key): r for r in _analysed(notebook)}
        for record in trace["cells"]:
            result = results.get(record["index"])
            if result is None:
                continue
            place = f"{path.stem}: {record['index']}"
            found = score([_happened(record, results)], [facts_of(result)], place)
            everything.add(found)
            for library in _libraries(result):
                by_library[library].add(found)
                cells[library] += 1
    return count, everything, dict(by_library), dict(cells)


def _analysed(notebook: dict[str, Any]) -> list[CellResult]:
    cells = [
        CellSource(str(index), "".join(cell["source"]))
        for index, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
    ]
    return Session().analyse(cells)


def _happened(record: dict[str, Any], results: dict[int, CellResult]) -> Happened:
    """Return one cell of a trace; what changed in place is known at the ends of stages only, and left out."""
    earlier = set[str]()
    for index, result in results.items():
        if index < record["index"]:
            for facts in result.statements:
                earlier |= facts.must | facts.may
    return Happened(
        reads=frozenset(record["reads"]) & earlier,
        binds=frozenset(record["writes"]),
        changes=frozenset(),
        draws=frozenset(record["random_changed"]),
    )


def _libraries(result: CellResult) -> set[str]:
    values = [v for s in result.statements for v in s.used_values.values()]
    return {v.path.split(".", 1)[0] for v in values if v.path is not None and v.path[0] != "."}


def row(title: str, count: int, found: Score, kinds: Iterable[str] = KINDS) -> str:
    """Return one line of a table: recall and precision of every kind, and how often it happened."""
    parts = []
    for kind in kinds:
        happened = found.hits[kind] + len(found.missed.get(kind, ()))
        parts.append(
            f"{100 * found.recall(kind):.1f} / {100 * found.precision(kind):.0f} ({happened})"
            if happened
            else "-"
        )
    return f"| {title} | {count} | {' | '.join(parts)} |"


def document(corpus: Path | None, generated: int) -> str:
    """Return the page: one table of programs, one of real notebooks by library."""
    lines = [*HEAD.splitlines(), "", "## Programs", ""]
    lines += ["| family | programs | reads | binds | changes in place | draws |", "|---|---|---|---|---|---|"]
    total, count = Score(), 0
    for title, number, found in programs_scores(generated):
        total.add(found)
        count += number
        lines.append(row(title, number, found))
        print(lines[-1], file=sys.stderr, flush=True)
    lines += [row("**all**", count, total), ""]
    if corpus is not None:
        lines += _corpus_lines(corpus)
    return "\n".join(lines)


def _corpus_lines(corpus: Path) -> list[str]:
    number, everything, by_library, cells = corpus_scores(corpus)
    kinds = ("reads", "binds", "draws")
    lines = [f"## Real notebooks, {number} of the corpus", "", *CORPUS.splitlines(), ""]
    lines += ["| library | cells | reads | binds | draws |", "|---|---|---|---|---|"]
    used = sorted((name for name in cells if cells[name] >= FEW), key=lambda name: -cells[name])
    lines += [row(name, cells[name], by_library[name], kinds) for name in used]
    missed = [f"{kind} {place}" for kind, places in everything.missed.items() for place in places]
    for text in missed:
        print("missed", text, file=sys.stderr)
    return [*lines, row("**all**", sum(cells.values()), everything, kinds), ""]


def main() -> int:
    """Measure and print or write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?", help="a prepared corpus; without it, programs only")
    parser.add_argument("--generated", type=int, default=500)
    parser.add_argument("--table", type=Path)
    options = parser.parse_args()
    text = document(options.corpus, options.generated)
    if options.table:
        options.table.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
