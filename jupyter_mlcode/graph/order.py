"""An order in which stages can run, and cycles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def run_order(stages: Iterable[str], found: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return the stages in an order that respects the (source, target) pairs, and a cycle (empty when there is none).

    Among stages that could run now, the one that stands first in the notebook goes first.
    """
    names = list(stages)
    before: dict[str, set[str]] = {name: set() for name in names}
    for source, target in found:
        if source != target:
            before[target].add(source)
    ordered: list[str] = []
    done: set[str] = set()
    waiting = names
    while waiting:
        ready = next((name for name in waiting if before[name] <= done), None)
        if ready is None:
            return [*ordered, *waiting], _cycle(waiting, before)
        ordered.append(ready)
        done.add(ready)
        waiting = [name for name in waiting if name != ready]
    return ordered, []


def _cycle(waiting: list[str], before: Mapping[str, set[str]]) -> list[str]:
    left = set(waiting)
    path = [waiting[0]]
    while True:
        step = min(before[path[-1]] & left)
        if step in path:
            return list(reversed(path[path.index(step) :]))
        path.append(step)
