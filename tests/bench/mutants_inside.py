"""Runs in mutmut's folder: do the pipelines of the probes come out otherwise with this mutant, and wrong?

`python mutants_inside.py PLANS.json` with MUTANT_UNDER_TEST in the environment; without a mutant it writes PLANS.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.getcwd())
os.environ.setdefault("MUTANT_UNDER_TEST", "")

import tests.probes.test_probes as judging
from tests.harness.product import export
from tests.probes.reading import Probe, read_probes

MOST = 40
SECONDS = 120


def plan(probe: Probe) -> str:
    """Return a digest of all that the export says and writes."""
    with tempfile.TemporaryDirectory() as place:
        try:
            exported = export(probe.cells, Path(place))
        except Exception as error:
            return f"raises {type(error).__name__}"
        digest = hashlib.sha256(exported.said().encode())
        for file in sorted(f for f in Path(place).rglob("*") if f.is_file()):
            digest.update(file.name.encode() + file.read_bytes().replace(place.encode(), b""))
        return digest.hexdigest()


def wrong(probe: Probe) -> str:
    """Return what is wrong with a probe; nothing when it comes out as it should."""
    signal.alarm(SECONDS)
    try:
        verdict = judging.judge(probe.cells)
    except Exception as error:
        return f"raises {type(error).__name__}"
    kind = judging.kind(verdict) or "equal"
    if probe.name in judging.KNOWN:
        return "" if judging.KNOWN[probe.name].startswith(kind) else kind
    if probe.codes:
        return "" if set(probe.codes) & set(verdict.refused) else "not refused"
    return "" if verdict.equal else kind


def main() -> str:
    """Return a line about the mutant."""
    plans, probes = Path(sys.argv[1]), read_probes()
    if not os.environ["MUTANT_UNDER_TEST"]:
        plans.write_text(json.dumps({probe.name: plan(probe) for probe in probes}))
        return "written"
    expected = json.loads(plans.read_text())
    others = [probe for probe in probes if plan(probe) != expected[probe.name]]
    if not others:
        return "same: no pipeline of a probe comes out otherwise"
    random.Random(1).shuffle(others)
    for probe in others[:MOST]:
        if found := wrong(probe):
            return f"noticed: probe {probe.name!r}: {found}"
    return f"other: {len(others)} pipelines come out otherwise and are equal to their notebooks: {others[0].name}"


if __name__ == "__main__":
    print(main())
