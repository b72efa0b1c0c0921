"""Every diagnostic code of the checks room: severity, sentence and hint. `docs/diagnostics/` has a page each."""

from __future__ import annotations

from typing import Final, NamedTuple

from jupyter_mlcode.model.diagnostics import Diagnostic, Fix, Place, Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Code(NamedTuple):
    """One kind of finding; message and hint are templates."""

    severity: Severity
    message: str
    hint: str = ""


CODES: Final = {
    "MLC020": Code(ERROR, "the cell is not Python: {problem}", "Correct the cell, or tag it `skip`."),
    "MLC030": Code(
        ERROR,
        "{name!r} is made here and read in cell {reader} by stage {stage!r}, but the cell is in no stage",
        "Add the cell to a stage.",
    ),
    "MLC031": Code(
        ERROR,
        "{name!r} is made only in this skipped cell, and stage {stage!r} reads it in cell {reader}",
        "Remove the tag `skip`, or do without {name!r}.",
    ),
    "MLC040": Code(
        ERROR,
        "setup cannot be run again in every stage: making {name!r} reads or writes files, draws random numbers or asks the world",
        "Tag the cell as a stage.",
    ),
    "MLC050": Code(
        ERROR,
        "stages depend on each other: {path} ({what})",
        "Split stage {stage!r}: give its cells from cell {cell} on a stage of their own.",
    ),
    "MLC051": Code(
        ERROR,
        "stage {stage!r} changes {name} again in cell {reader} after another stage went on with it",
        "Split stage {stage!r} at cell {reader}.",
    ),
    "MLC060": Code(
        ERROR,
        "{name!r} cannot be handed to stage {stage!r}, which reads it in cell {reader}: it is {detail}",
        "Make and use {name!r} in one stage.",
    ),
    "MLC061": Code(
        ERROR,
        "the class {name!r} is changed here and used in stage {stage!r} (cell {reader}): the change would be lost",
        "Make the change in the class statement, or use the class in one stage.",
    ),
    "MLC062": Code(
        ERROR,
        "{detail} share an object but come from different stages, and stage {stage!r} changes it in cell {reader}",
        "Put the cells that make them share it into one stage.",
    ),
    "MLC064": Code(
        ERROR,
        "{name!r} is a function with a hidden state that stage {stage!r} would lose",
        "Keep the state in a variable, or use {name!r} in one stage.",
    ),
    "MLC065": Code(
        ERROR,
        "the class of {name!r} is defined again before stage {stage!r} loads it",
        "Give the second class another name.",
    ),
    "MLC070": Code(
        WARNING,
        "random numbers are drawn from {kind} without a seed: every run gives others",
        "Set a seed, or pass `random_state=`.",
    ),
}


def make(code: str, place: Place | None, *, fix: Fix | None = None, **values: object) -> Diagnostic:
    """Return the diagnostic of this code, its templates filled in."""
    known = CODES[code]
    return Diagnostic(
        code=code,
        severity=known.severity,
        message=known.message.format(**values),
        hint=known.hint.format(**values),
        place=place,
        fix=fix,
    )
