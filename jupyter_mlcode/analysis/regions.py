"""Regions that unknown calls may have linked: union-find classes, and the names that hold them.

Linking every object of two groups with every other would grow with the square of the notebook;
one class per group says the same (Tarjan, Efficiency of a good but not linear set union algorithm, 1975).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from jupyter_mlcode.analysis.callables import CLASS_REGION, LOCAL_CLASS, Region, Regions
from jupyter_mlcode.analysis.values import NO_REGIONS, OBJECTS, WORLD, Value

ARRAY_REGION: Final = "A"
"""Ends the region of an array or a frame: one that was made of it holds its items, not itself."""


class Classes:
    """Which regions are linked, and which names hold a region of each class."""

    __slots__ = ("_held", "_holders", "_links", "_listed", "_parent", "worldly")

    def __init__(self) -> None:
        self._held: dict[str, list[Region]] = {}
        self._holders: dict[Region, dict[str, None]] = {}
        self._listed: dict[Region, frozenset[str]] = {}
        self._parent: dict[Region, Region] = {}
        self._links: dict[Region, tuple[Region, int]] = {}
        self.worldly: set[str] = set()
        """The names that reach `WORLD`: nothing can be added to what they hold."""

    def bind(self, name: str, value: Value) -> None:
        """Record that the name holds what the value reaches, and nothing else."""
        if name in self._held:
            self.unbind(name)
        if value.tops:
            self.hold(value.tops, name)
        if value.inner:
            self.hold(value.inner, name)

    def unbind(self, name: str) -> None:
        """Forget what the name held."""
        for region in self._held.pop(name, ()):
            root = self.find(region)
            self._holders[root].pop(name, None)
            self._listed.pop(root, None)
        self.worldly.discard(name)

    def hold(self, regions: Regions, name: str) -> None:
        """Record that the name holds these regions too."""
        holders, parent, listed = self._holders, self._parent, self._listed
        held = self._held.get(name)
        if held is None:
            held = self._held[name] = []
        for region in regions:
            root = self.find(region) if region in parent else region
            names = holders.get(root)
            if names is None:
                holders[root] = {name: None}
                listed.pop(root, None)
            elif name in names:
                continue
            else:
                names[name] = None
                listed.pop(root, None)
            held.append(root)
        if WORLD in regions:
            self.worldly.add(name)

    def names(self, root: Region) -> frozenset[str]:
        """Return the names that hold a region of the class."""
        known = self._listed.get(root)
        if known is None:
            known = self._listed[root] = frozenset(self._holders.get(root, ()))
        return known

    @property
    def everybody(self) -> frozenset[str]:
        """The names that hold any object."""
        return frozenset(self._held)

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
        holders = self._holders
        keep = max(roots, key=lambda r: (len(holders.get(r, ())), r))
        names = holders.setdefault(keep, {})
        for root in roots:
            if root != keep:
                self._parent[root] = keep
                self._links[root] = (keep, time)
                names.update(holders.pop(root, {}))
                self._listed.pop(root, None)
        self._listed.pop(keep, None)

    def of(self, value: Value, time: int) -> frozenset[Region]:
        """Return the classes the value reaches, as they were when the cell of this ordinal had run."""
        if not self._links:
            return value.reach
        return frozenset(self.find_at(r, time) for r in value.reach)


def made_in_function(regions: Regions) -> Regions:
    """Return the regions that are classes which are made when a function is called."""
    return frozenset(r for r in regions if r.endswith(LOCAL_CLASS))


def items_of(values: Iterable[Value]) -> Regions:
    """Return the items of frames and arrays, or of what they are made of; an array is a column there, no item."""
    regions = NO_REGIONS.union(*(v.inner for v in values))
    return frozenset(r for r in regions if r[-1] != ARRAY_REGION) if regions else regions


def without_classes(regions: Regions) -> Regions:
    """Return the regions that are no classes."""
    return frozenset(r for r in regions if r[-1] != CLASS_REGION)


def objects(regions: Regions) -> Regions:
    """Return the regions that change where an object that is no class does; it may be any such object."""
    found = without_classes(regions)
    return found if WORLD not in found else (found - {WORLD}) | {OBJECTS}
