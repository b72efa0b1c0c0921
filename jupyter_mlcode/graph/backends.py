"""Plot backends: Jupyter's own closes all figures at the end of a cell, every other one leaves them open."""

from __future__ import annotations

from jupyter_mlcode.graph.flow import Flow


def figures_stay(flow: Flow) -> frozenset[int]:
    """Return the cells whose figures are still open in the next one: another backend was chosen until then."""
    found: set[int] = set()
    inline = True
    for cell, statements in flow.cells.items():
        chosen = [
            e for s in statements for e in s.facts.effects if e.kind == "finding" and e.what == "backend"
        ]
        if chosen:
            inline = chosen[-1].detail in ("inline", "--list")
        if not inline:
            found.add(cell)
    return frozenset(found)
