"""Regions that unknown calls may have linked: union-find classes, and the names that hold them.

Linking every object of two groups with every other would grow with the square of the notebook;
one class per group says the same (Tarjan, Efficiency of a good but not linear set union algorithm, 1975).
"""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_mlcode.analysis.values import Region, Value


class Classes:
    """Which regions are linked, and which names ever held a region of each class."""

    __slots__ = ("_parent", "holders")

    def __init__(self) -> None:
        self._parent: dict[Region, Region] = {}
        self.holders: dict[Region, set[str]] = {}

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
        names = self.holders.setdefault(keep, set())
        for root in roots:
            if root != keep:
                self._parent[root] = keep
                names |= self.holders.pop(root, set())

    def hold(self, region: Region, name: str) -> None:
        """Record that the name holds the region."""
        root = self.find(region)
        names = self.holders.get(root)
        if names is None:
            self.holders[root] = {name}
        else:
            names.add(name)

    def reaches(self, value: Value, root: Region) -> bool:
        """Whether the value reaches an object of the class."""
        parent = self._parent
        if not parent:
            return root in value.tops or root in value.inner
        find = self.find
        return any(find(r) == root for r in value.tops) or any(find(r) == root for r in value.inner)

    def of(self, value: Value) -> frozenset[Region]:
        """Return the classes the value reaches."""
        if not self._parent:
            return value.reach
        return frozenset(self.find(r) for r in value.reach)
