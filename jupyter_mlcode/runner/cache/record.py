"""A stage that has just run becomes a result: what it left, and what must hold for that to count again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mlcode.artifacts import artifact_path, read_sidecars
from jupyter_mlcode.model.run import StageRun
from jupyter_mlcode.runner.cache.components import changed_since
from jupyter_mlcode.runner.cache.decide import Choice, Decider
from jupyter_mlcode.runner.cache.reads import FOLDER, Contents
from jupyter_mlcode.runner.cache.store import Kept, Result
from jupyter_mlcode.runner.folder import GUARDS
from jupyter_mlcode.runner.guard_records import SURROUNDINGS, without_surroundings
from jupyter_mlcode.runner.outputs import filled_in

_NO_DATA = (".cache/matplotlib", ".cache/fontconfig", ".ipython", ".jupyter", ".local/share/jupyter")


class NotReusableError(Exception):
    """The stage did something that nobody foresaw: its result is good, but only this once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a kernel saw of the world: files by how they were opened first, files of modules."""

    opened: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    modules: tuple[str, ...] = ()

    @classmethod
    def read(cls, environment: Mapping[str, Any]) -> Seen:
        """Return what the kernel wrote at its end."""
        return cls(
            opened={path: (first, written) for path, first, written in environment.get("opened", ())},
            modules=tuple(environment.get("modules", ())),
        )


Marks = Mapping[str, tuple[int, int, int, int]]


def folder_marks(decider: Decider, choice: Choice) -> Marks:
    """Return size, times and inode of what is in the folders that the stage writes into, before it runs."""
    marks: dict[str, tuple[int, int, int, int]] = {}
    for use in choice.entry.writes:
        if use.path is not None and use.kind in ("folder", "glob"):
            path = decider.contents.absolute(filled_in(use.path, decider.before.values))
            for name in decider.contents.files(path):
                if (mark := _mark(name)) is not None:
                    marks[name] = mark
    return marks


def result_of(
    decider: Decider, choice: Choice, run: StageRun, seen: Seen, before: Marks, notebook: Path
) -> Result:
    """Keep what the stage left behind and return the result.

    Raises:
        NotReusableError: the stage changed a file that nobody knew it would read.
        OSError: something cannot be read or kept.
    """
    contents, store = decider.contents, decider.store
    if changed := changed_since(decider.before, choice.entry, choice.components):
        raise NotReusableError(f"{changed[0]} changed while it ran")
    if decider.before.mark(choice.entry) != choice.mark:
        raise NotReusableError("its code changed while it ran")
    seen = _relevant(decider, seen)
    conditions = dict(_conditions(choice, contents, seen))
    files: dict[str, Kept] = {}
    for path in sorted(_written(decider, choice, run, seen, before)):
        sha256 = contents.of(path)
        files[contents.shown(path)] = Kept(sha256=sha256, size=os.path.getsize(path))
        store.keep(Path(path), sha256, link=False)
    artifacts: dict[str, Kept] = {}
    for key, about in read_sidecars(decider.artifacts, choice.entry.name).items():
        data = artifact_path(decider.artifacts, choice.entry.name, key)
        text = data.with_suffix(".json").read_text("utf-8")
        artifacts[key] = Kept(sha256=about.sha256, size=about.bytes, sidecar=text, uses=tuple(about.uses))
        store.keep(data, about.sha256, link=True)
        os.utime(data.with_suffix(".json"))  # linking was a change of the artifact, but none of its content
    executed = decider.memo.sha256(notebook)
    kept = Kept(sha256=executed, size=notebook.stat().st_size) if executed else None
    if executed:
        store.keep(notebook, executed, link=False)
    result = Result(
        key=choice.key,
        stage=choice.entry.name,
        components=choice.components,
        conditions=conditions,
        artifacts=artifacts,
        files=files,
        folders=tuple(sorted(_folders(decider, choice))),
        notebook=kept,
        guard=_guard(decider, choice, run),
        run=asdict(run),
    )
    store.put(result)
    return result


def _guard(decider: Decider, choice: Choice, run: StageRun) -> str:
    """Return the record of the stage's guards, without what the process got from its surroundings.

    Another run starts in other surroundings: what the stage found there says nothing of that run.
    """
    for finding in run.findings:
        if finding.code == "MLC224" and finding.entry in SURROUNDINGS:
            raise NotReusableError(f"it changes {finding.entry}, which pipeline.yaml does not say")
    path = decider.artifacts / GUARDS / f"{choice.entry.name}.json"
    return without_surroundings(path.read_text("utf-8")) if path.is_file() else ""


def _relevant(decider: Decider, seen: Seen) -> Seen:
    """Leave out what is ours or holds no data: the pipeline folder, artifacts, private folders, caches of fonts."""
    home = Path.home()
    places = (
        decider.before.folder.root,
        decider.artifacts,
        decider.store.root,
        *(home / name for name in _NO_DATA),
    )
    ours = tuple(os.path.join(place, "") for place in places)
    private = os.path.join(os.path.realpath(tempfile.gettempdir()), "mlcode-")

    def counts(path: str) -> bool:
        return not path.startswith((*ours, private))

    return Seen(
        opened={path: how for path, how in seen.opened.items() if counts(path)},
        modules=tuple(path for path in seen.modules if counts(path)),
    )


def _conditions(choice: Choice, contents: Contents, seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield what the stage's files must hold before it for the result to be the same."""
    known = {*choice.components["files"], *choice.components["modules"]}
    read = {contents.shown(path) for path in choice.read}
    for path, held in choice.held.items():
        first, _ = seen.opened.get(contents.absolute(path), ("", False))
        if held != FOLDER and (first != "w" or path in read):
            yield path, held
    for name in seen.modules:
        if contents.shown(name) not in known:
            yield contents.shown(name), contents.of(name)
    for name, (first, written) in seen.opened.items():
        path = contents.shown(name)
        if first == "w" or path in known or path in choice.held or name in seen.modules:
            continue
        if written:
            raise NotReusableError(f"it reads and changes {path}, which nobody foresaw")
        yield path, contents.of(name)


def _written(decider: Decider, choice: Choice, run: StageRun, seen: Seen, before: Marks) -> set[str]:
    """Return the files that the stage wrote and that are still there."""
    contents = decider.contents
    found = {contents.absolute(output.path) for output in run.outputs if output.kind == "file"}
    found |= {name for name, (_, written) in seen.opened.items() if written}
    for use in choice.entry.writes:
        if use.path is not None and use.kind in ("folder", "glob"):
            below = contents.files(contents.absolute(filled_in(use.path, decider.before.values)))
            found |= {name for name in below if _mark(name) != before.get(name)}
    return {name for name in found if os.path.isfile(name)}


def _folders(decider: Decider, choice: Choice) -> Iterator[str]:
    for use in choice.entry.writes:
        if use.path is not None and use.kind != "table":
            path = decider.contents.absolute(filled_in(use.path, decider.before.values))
            if os.path.isdir(path):
                yield decider.contents.shown(path)


def _mark(path: str) -> tuple[int, int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
