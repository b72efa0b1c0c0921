"""Regions that unknown calls may have linked: union-find classes, and the names that hold them.

Linking every object of two groups with every other would grow with the square of the notebook;
one class per group says the same (Tarjan, Efficiency of a good but not linear set union algorithm, 1975).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_mlcode.analysis.values import Region, Value


class Classes:
    """Which regions are linked, and which names ever held a region of each class."""

    __slots__ = ("_env", "_parent", "holders")

    def __init__(self, env: Mapping[str, Value]) -> None:
        self._env = env
        self._parent: dict[Region, Region] = {}
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

    def merge(self, regions: Iterable[Region]) -> None:
        """Link these regions."""
        roots = {self.find(r) for r in regions}
        if len(roots) < 2:
            return
        keep = max(roots, key=lambda r: (len(self.holders.get(r, ())), r))
        names = self.holders.setdefault(keep, {})
        for root in roots:
            if root != keep:
                self._parent[root] = keep
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

    def of(self, value: Value) -> frozenset[Region]:
        """Return the classes the value reaches."""
        if not self._parent:
            return value.reach
        return frozenset(self.find(r) for r in value.reach)
