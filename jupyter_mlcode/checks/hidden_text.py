"""Characters that show code in another order than that in which it runs.

https://trojansource.codes: the nine controls of the Unicode bidirectional algorithm that embed, override and isolate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jupyter_mlcode.checks.codes import make
from jupyter_mlcode.checks.view import View
from jupyter_mlcode.model.diagnostics import Diagnostic

_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def find(view: View) -> Iterator[Diagnostic]:
    """Yield the first such character of each cell."""
    for cell in view.checked:
        source = cell.cell.source
        if source.isascii():
            continue
        found = _CONTROLS.search(source)
        if found is not None:
            start = source.rfind("\n", 0, found.start()) + 1
            line = source.count("\n", 0, start) + 1
            column = len(source[start : found.start()].encode()) + 1
            yield make("MLC153", cell.place(line, column), text=f"U+{ord(found.group()):04X}")
