"""Regions that unknown calls may have linked: union-find classes, and the names that hold them.

Linking every object of two groups with every other would grow with the square of the notebook;
one class per group says the same (Tarjan, Efficiency of a good but not linear set union algorithm, 1975).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_mlcode.analysis.values import Region, Value


class Classes:
    """Which regions are linked, and which names ever held a region of each class."""

    __slots__ = ("_env", "_links", "_parent", "holders")

    def __init__(self, env: Mapping[str, Value]) -> None:
        self._env = env
        self._parent: dict[Region, Region] = {}
        self._links: dict[Region, tuple[Region, int]] = {}
        self.holders: dict[Region, dict[str, Value]] = {}

    def find(self, region: Region) -> Region:
        """Return what stands for the region's class."""
        parent = self._parent
        above = parent.get(region)
        if above is None:
            return region
        root = above
        while (above := parent.get(root)) is not None:
            root = above
        while (above := parent[region]) != root:
            parent[region] = root
            region = above
        return root

    def find_at(self, region: Region, time: int) -> Region:
        """Return what stood for the region's class when the cell of this ordinal had run."""
        links = self._links
        while (link := links.get(region)) is not None and link[1] <= time:
            region = link[0]
        return region

    def merge(self, regions: Iterable[Region], time: int) -> None:
        """Link these regions, in the cell of this ordinal."""
        roots = {self.find(r) for r in regions}
        if len(roots) < 2:
            return
        keep = max(roots, key=lambda r: (len(self.holders.get(r, ())), r))
        names = self.holders.setdefault(keep, {})
        for root in roots:
            if root != keep:
                self._parent[root] = keep
                self._links[root] = (keep, time)
                for name, value in self.holders.pop(root, {}).items():
                    if name not in names or self._env.get(name) is value:
                        names[name] = value

    def hold(self, region: Region, name: str, value: Value) -> None:
        """Record that the name holds the region while its value is this one."""
        root = self.find(region)
        names = self.holders.get(root)
        if names is None:
            self.holders[root] = {name: value}
        else:
            names[name] = value

    def of(self, value: Value, time: int) -> frozenset[Region]:
        """Return the classes the value reaches, as they were when the cell of this ordinal had run."""
        if not self._links:
            return value.reach
        return frozenset(self.find_at(r, time) for r in value.reach)
