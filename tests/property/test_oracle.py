"""Nothing that a program does is missing from the facts of its cells; what is known to be stands in a list."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot
import numpy.random
import pandas  # loaded once, before anything is forked
import pytest
import yaml

from tests.harness.choosers import SeededChooser
from tests.harness.isolate import in_child
from tests.harness.notebooks import CellText
from tests.probes.reading import Probe, read_probes
from tests.property.oracle import Happened, Score, judged, observe, score
from tests.property.programs import write_program

LOADED = (matplotlib.pyplot, numpy.random, pandas)
PROBES = [p for p in read_probes() if not p.name.endswith("(setup)")]
SHARE = 1 if os.environ.get("MLCODE_ALL_PROBES") else 5
"""`make test` observes every fifth program, `make probes` all."""
KNOWN: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("oracle_known.yaml").read_text("utf-8"))
GENERATED = 30


def _scored(cells: Sequence[CellText], title: str) -> Score:
    with tempfile.TemporaryDirectory(prefix="oracle") as place:
        return judged(cells, Path(place), title, in_child)


@pytest.mark.parametrize("probe", PROBES[::SHARE], ids=lambda probe: probe.name)
def test_the_probes(probe: Probe) -> None:
    found = _scored(probe.cells, probe.name)
    known = {title for titles in KNOWN.values() for title in titles}
    missed = [f"{kind} {place}" for kind, places in found.missed.items() for place in places]
    assert bool(missed) == (probe.name in known), missed


def test_what_is_known_is_among_the_probes() -> None:
    assert {p.name for p in PROBES} >= {title for titles in KNOWN.values() for title in titles}


@pytest.mark.parametrize("seed", range(GENERATED))
def test_generated_programs(seed: int) -> None:
    assert _scored(write_program(SeededChooser(7_000_000 + seed)), f"seed {seed}").missed == {}


def test_what_is_not_stated_is_missed() -> None:
    nothing = frozenset[str]()
    real = Happened(frozenset("ab"), frozenset("c"), frozenset("d"), frozenset())
    said = Happened(frozenset("bx"), nothing, frozenset("*"), nothing)
    found = score([real], [said], "t")
    assert found.missed == {"reads": ["t: cell 0 a"], "binds": ["t: cell 0 c"]}
    assert (found.recall("reads"), found.recall("changes"), found.precision("reads")) == (0.5, 1.0, 0.5)


def test_names_are_recorded_where_they_are_used(tmp_path: Path) -> None:
    cells = [
        CellText("stage:a", "x = [1]\nn = 0\ndef f():\n    global n\n    n = len(x)"),
        CellText("stage:b", "f()\ny = x"),
        CellText(
            "stage:c", "y.append(2)\ndel n\ntry:\n    1 / 0\nexcept ZeroDivisionError as error:\n    pass"
        ),
        CellText("stage:d", "import random\nrandom.random()\nz = eval('x')"),
    ]
    found = in_child(lambda: observe(cells, tmp_path))
    assert [sorted(cell.reads) for cell in found] == [[], ["f", "x"], ["y"], ["x"]]
    assert [sorted(cell.binds) for cell in found] == [["f", "n", "x"], ["n", "y"], ["n"], ["random", "z"]]
    assert [sorted(cell.changes) for cell in found] == [[], [], ["x", "y"], []]
    assert [sorted(cell.draws) for cell in found] == [[], [], [], ["python.random"]]
