"""An order in which stages can run, and cycles."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping


def run_order(stages: Iterable[str], found: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Return the stages in an order that respects the (source, target) pairs, and a cycle (empty when there is none).

    Among stages that could run now, the one that stands first in the notebook goes first.
    """
    names = list(stages)
    before: dict[str, set[str]] = {name: set() for name in names}
    after: dict[str, list[int]] = {}
    place = {name: number for number, name in enumerate(names)}
    for source, target in found:
        if source != target and source not in before[target]:
            before[target].add(source)
            after.setdefault(source, []).append(place[target])
    open_ = [len(before[name]) for name in names]
    ready = [number for number, count in enumerate(open_) if not count]  # sorted, and so a heap
    ordered: list[str] = []
    while ready:
        name = names[heapq.heappop(ready)]
        ordered.append(name)
        for number in after.get(name, ()):
            open_[number] -= 1
            if not open_[number]:
                heapq.heappush(ready, number)
    if len(ordered) == len(names):
        return ordered, []
    done = set(ordered)
    waiting = [name for name in names if name not in done]
    return [*ordered, *waiting], _cycle(waiting, before)


def _cycle(waiting: list[str], before: Mapping[str, set[str]]) -> list[str]:
    left = set(waiting)
    path = [waiting[0]]
    while True:
        step = min(before[path[-1]] & left)
        if step in path:
            return list(reversed(path[path.index(step) :]))
        path.append(step)
