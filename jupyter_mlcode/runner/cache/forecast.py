"""What a run would do, stage by stage, without doing it."""

from __future__ import annotations

from jupyter_mlcode.model.cache import Decision
from jupyter_mlcode.runner.cache.decide import Decider
from jupyter_mlcode.runner.orders import Orders
from jupyter_mlcode.runner.schedule import predecessors


def forecast(decider: Decider, orders: Orders) -> tuple[Decision, ...]:
    """Return what a run would do with each of its stages, and why; nothing is written.

    What a stage before it will leave is not known: then its last results stand for it.
    """
    before = predecessors(orders.chosen)
    found: dict[str, Decision] = {}
    for entry in orders.chosen:
        choice = decider.decide(entry)
        first = sorted(n for n in before[entry.name] if found[n].verdict != "unchanged")
        waits = tuple(f"{name} may run first" for name in first[:1])
        if choice.result is not None:
            decider.count(entry, choice.result)
            verdict = Decision(stage=entry.name, verdict="depends" if first else "unchanged", reasons=waits)
        else:
            verdict = Decision(stage=entry.name, verdict="runs", reasons=choice.reasons)
        found[entry.name] = verdict
    return tuple(found.values())
