"""Whether a stage has to run: its key, the results kept under it, and what must hold for one of them to count."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jupyter_mlcode.artifacts.sidecars import ArtifactError, artifact_path, read_sidecar
from jupyter_mlcode.runner.cache.components import Before, Components, Input, components, key_of
from jupyter_mlcode.runner.cache.reads import Contents
from jupyter_mlcode.runner.cache.reasons import VOLATILE, differences, file_change
from jupyter_mlcode.runner.cache.restore import can_restore
from jupyter_mlcode.runner.cache.store import Result, Store
from jupyter_mlcode.runner.folder import StageEntry
from jupyter_mlcode.runner.local.memo import Memo

LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was found for a stage: a result that counts, or why there is none.

    `held` is what the files that the stage writes hold before it runs, by path from the working folder;
    `read` are the absolute paths of those it reads.
    """

    entry: StageEntry
    key: str
    components: Components
    held: Mapping[str, str]
    mark: str
    read: tuple[str, ...] = ()
    result: Result | None = None
    reasons: tuple[str, ...] = ()


class Decider:
    """Decides stage by stage, in an order in which they can run; `inputs` grows with their results."""

    def __init__(
        self,
        before: Before,
        store: Store,
        artifacts: Path,
        *,
        title: Callable[[str], str],
        forced: Collection[str] = (),
        reused: Collection[str] = (),
    ) -> None:
        self.before = before
        self.store = store
        self.artifacts = artifacts
        self._title = title
        self._forced = forced
        self._reused = reused
        self._inputs: dict[str, Input] = {}

    @property
    def memo(self) -> Memo:
        """What is remembered of files and texts."""
        return self.before.memo

    @property
    def contents(self) -> Contents:
        """What is in the files now."""
        return self.before.contents

    def decide(self, entry: StageEntry) -> Choice:
        """Return whether the stage runs; all stages before it have their results."""
        found = components(self.before, entry, {ref: self._input(ref) for ref in entry.loads})
        choice = Choice(
            entry=entry,
            key=key_of(found),
            components=found,
            held=self.contents.held_by(entry.writes, self.before.values),
            mark=self.before.mark(entry),
            read=tuple(map(self.contents.absolute, self.contents.read_by(entry.reads, self.before.values))),
        )
        if entry.name in self._forced:
            return replace(choice, reasons=("asked for",))
        if entry.volatile and entry.name not in self._reused:
            return replace(choice, reasons=tuple(VOLATILE[word] for word in entry.volatile))
        why: tuple[str, ...] = ()
        for result in self.store.find(choice.key):
            broken = self._broken(result)
            if not broken:
                return replace(choice, result=result)
            why = why or broken
        return replace(choice, reasons=why or self._changed(choice))

    def _broken(self, result: Result) -> tuple[str, ...]:
        """Return why a result of the right key does not count."""
        now = {path: self.contents.of(self.contents.absolute(path)) for path in result.conditions}
        found = [
            file_change(path, held, now[path])
            for path, held in result.conditions.items()
            if now[path] != held
        ]
        if found:
            return tuple(found[:3])
        return can_restore(self.store, self.artifacts, self.contents, result)

    def _changed(self, choice: Choice) -> tuple[str, ...]:
        last = self.memo.recall(LAST, choice.entry.name)
        if last is None:
            return ("has not run here yet",)
        return differences(last, choice.components, self._title) or (
            "its last results are not kept any more",
        )

    def _input(self, ref: str) -> Input:
        """Return what is known of an artifact: from a result that counts, else from the sidecar on disk."""
        if ref not in self._inputs:
            path = artifact_path(self.artifacts, *ref.split("/", 1)).with_suffix(".json")
            try:
                about = read_sidecar(path)
            except ArtifactError:
                return Input(sha256="")
            return Input(sha256=about.sha256, uses=tuple(about.uses))
        return self._inputs[ref]

    def count(self, entry: StageEntry, result: Result) -> None:
        """Take the result for that of the stage: those after it see its artifacts and files."""
        self.forget(entry)
        for name, kept in result.artifacts.items():
            self._inputs[f"{entry.name}/{name}"] = Input(sha256=kept.sha256, uses=tuple(kept.uses))
        for path, kept in result.files.items():
            self.contents.pending[self.contents.absolute(path)] = kept.sha256

    def forget(self, entry: StageEntry, written: Iterable[str] = ()) -> None:
        """Look at the disk again for what this stage leaves; it has just run."""
        prefix = f"{entry.name}/"
        for ref in [ref for ref in self._inputs if ref.startswith(prefix)]:
            del self._inputs[ref]
        for path in written:
            self.contents.pending.pop(os.fspath(path), None)

    def remember(self, choice: Choice) -> None:
        """Keep what the stage's result depends on, to say next time what changed."""
        self.memo.remember(LAST, choice.entry.name, choice.components)
