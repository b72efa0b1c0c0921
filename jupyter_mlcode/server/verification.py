"""The message `Verification`: what a verify found, as much of it as a panel can show.

It goes to every browser with the list of the runs, so it has a bound whatever the notebook is like.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.verify import Difference, StageVerdict, VerifyReport

MOST: Final = 30
MOST_VARIABLES: Final = 12
LONGEST: Final = 600


def verification(report: VerifyReport) -> dict[str, Json]:
    """Return the report as the panel gets it: the first of each list, and how many there are."""
    return {
        "equal": report.equal,
        "judged": report.judged,
        "tolerance": report.tolerance,
        "reference_failure": clipped(report.reference_failure),
        "notes": [clipped(note) for note in report.notes[:MOST]],
        "compared": [_stage(stage) for stage in report.compared],
        "differences": _listed(report.differences),
        "close": _listed(report.close),
        "unstable": _listed(report.unstable, "second run"),
    }


def clipped(text: str) -> str:
    """Return the text, its end left out where it is long.

    Examples:
        >>> clipped("short"), len(clipped("x" * 10_000))
        ('short', 600)
    """
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _listed(differences: Sequence[Difference], other: str = "pipeline") -> dict[str, Json]:
    return {"count": len(differences), "first": [_difference(d, other) for d in differences[:MOST]]}


def _difference(difference: Difference, other: str) -> dict[str, Json]:
    return {
        "kind": difference.kind,
        "stage": difference.stage,
        "name": clipped(difference.name),
        "cell": difference.cell,
        "cell_id": difference.cell_id,
        "text": clipped(difference.sentence(other)),
        "hint": difference.hint,
    }


def _stage(verdict: StageVerdict) -> dict[str, Json]:
    return {
        "stage": verdict.stage,
        "judged": verdict.judged,
        "equal": verdict.equal,
        "close": verdict.close,
        "different": verdict.different,
        "unstable": verdict.unstable,
        "variables": [
            {"name": clipped(v.name), "verdict": v.verdict} for v in verdict.variables[:MOST_VARIABLES]
        ],
        "more": max(0, len(verdict.variables) - MOST_VARIABLES),
    }
