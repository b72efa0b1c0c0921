"""One kind of finding: how grave it is, its sentence and its hint."""

from __future__ import annotations

from typing import NamedTuple

from jupyter_mlcode.model.diagnostics import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


class Code(NamedTuple):
    """One kind of finding; message and hint are templates."""

    severity: Severity
    message: str
    hint: str = ""
