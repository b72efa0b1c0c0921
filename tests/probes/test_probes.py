"""Small realistic programs, cut into stages: each is equal, or refused where its title says so.

The whole program and every stage run in a process of their own (forked), so that what one leaves in
the interpreter cannot hide what the pipeline forgot. What is known to be wrong stands in
known.yaml; its test asserts that it is wrong still, so a fix has to take the entry away.
"""

from __future__ import annotations

import functools
import os
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot
import numpy.random
import pandas  # the libraries are loaded once, before anything is forked
import pytest
import yaml

from tests.harness.isolate import in_child
from tests.harness.notebooks import CellText
from tests.harness.product import export
from tests.harness.results import Outcome, differences
from tests.harness.runs import join, run_script_here, run_whole
from tests.probes.reading import HERE, Probe, read_probes
from tests.property.judge import Verdict, folders

LOADED = (matplotlib.pyplot, numpy.random, pandas)
SILENT, FAILS, REFUSAL, CRASH = "silent", "fails at run time", "false refusal", "crash"

KNOWN: dict[str, str] = yaml.safe_load((HERE / "known.yaml").read_text("utf-8"))
SHARE = 1 if os.environ.get("MLCODE_ALL_PROBES") else 5
"""`make test` judges every fifth variant and all programs are read; `make probes` judges all."""


def run_scripts_forked(scripts: Sequence[Path], arguments: Sequence[str] = ()) -> Outcome:
    """Run every stage in a process of its own that has seen no other one."""
    outcomes = []
    for script in scripts:
        outcomes.append(in_child(functools.partial(run_script_here, script, arguments)))
        if outcomes[-1].error:
            break
    return join(outcomes)


def judge(cells: Sequence[CellText]) -> Verdict:
    """Judge as tests.property.judge does, with the whole program in a process of its own too."""
    with tempfile.TemporaryDirectory(prefix="probe") as place:
        whole_folder, cut_folder, other_folder = folders(Path(place))
        outcome = in_child(functools.partial(run_whole, cells, whole_folder))
        if outcome.error:
            return Verdict(problem=f"the program itself raises {outcome.error}")
        exported = export(cells, cut_folder)
        if exported.refused:
            return Verdict(refused=tuple(sorted(d.code for d in exported.errors)), said=exported.said())
        found = differences(outcome, run_scripts_forked(exported.scripts), exported.own_cells)
        if not found and exported.latest_first() != exported.scripts:
            again = run_scripts_forked(export(cells, other_folder).latest_first())
            found = [f"latest first: {line}" for line in differences(outcome, again, exported.own_cells)]
        return Verdict(differences=tuple(found), said=exported.said())


def kind(verdict: Verdict) -> str:
    """Return in one word what is wrong with a program that should have been equal."""
    if verdict.problem:
        return CRASH
    if verdict.refused:
        return REFUSAL
    if any("error:" in line.split("whole")[0] for line in verdict.differences):
        return FAILS
    return SILENT if verdict.differences else ""


def _chosen() -> list[Probe]:
    return [p for p in read_probes() if zlib.crc32(p.name.encode()) % SHARE == 0]


@pytest.mark.parametrize("probe", _chosen(), ids=lambda probe: probe.name)
def test_it_is_equal_or_refused(probe: Probe) -> None:
    verdict = judge(probe.cells)
    said = (verdict.refused, verdict.differences, verdict.problem, verdict.said)
    if probe.name in KNOWN:
        assert KNOWN[probe.name].startswith(kind(verdict) or "equal"), said
    elif probe.codes:
        assert set(probe.codes) & set(verdict.refused), said
    else:
        assert verdict.equal, said


def test_what_is_known_is_among_the_probes() -> None:
    assert {probe.name for probe in read_probes()} >= set(KNOWN)
