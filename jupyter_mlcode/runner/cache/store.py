"""Results of stages on disk: what they depend on leads to an entry, an entry leads to files by their hash.

    entries/<2>/<key>/<variant>.json   one finished run of a stage
    objects/<2>/<sha256>               the content of its files

Plain files, each written at once or not at all, so that a folder can be shared by checkouts and
machines and may lose anything at any time: what is missing is computed again.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.files import write_text_atomically
from jupyter_mlcode.runner.local.memo import Memo, digest_of

FORMAT = 1
DEFAULT_LIMIT = 20 << 30
MOST_VARIANTS = 8
_ABANDONED = 24 * 3600
"""Seconds after which a file that was never finished is nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file of a result: its hash and size; of an artifact also its sidecar's text and the definitions it uses."""

    sha256: str
    size: int
    sidecar: str = ""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One finished run of a stage.

    It counts where the `conditions` hold: the hash of each file, by path, as it was before the run.
    `artifacts` are by file name, `files` by path from the working folder; `run` is the stage's report,
    `guard` what its run-time guards noted for the stages after it.
    """

    key: str
    stage: str
    components: Mapping[str, Mapping[str, Json]]
    conditions: Mapping[str, str]
    artifacts: Mapping[str, Kept]
    files: Mapping[str, Kept]
    folders: tuple[str, ...] = ()
    notebook: Kept | None = None
    guard: str = ""
    run: Mapping[str, Json] = field(default_factory=dict)

    @property
    def variant(self) -> str:
        """What tells this result from others of the same key."""
        return digest_of(json.dumps(self.conditions, sort_keys=True))[:16]


class Store:
    """The folder with results, held below `limit` bytes by `trim`."""

    def __init__(self, root: Path, memo: Memo, limit: int = DEFAULT_LIMIT) -> None:
        self.root = root
        self.memo = memo
        self.limit = limit

    def find(self, key: str) -> list[Result]:
        """Return the results of this key, the newest first."""
        found: list[tuple[float, Path]] = []
        with contextlib.suppress(OSError):
            folder = self._entries(key)
            names = [name for name in os.listdir(folder) if name.endswith(".json")]
            found = [(_modified(folder / name), folder / name) for name in names]
        return [result for _, path in sorted(found, reverse=True) if (result := _read(path)) is not None]

    def put(self, result: Result) -> None:
        """Keep a result, whose files are kept already."""
        document = {"format": FORMAT, **asdict(result)}
        folder = self._entries(result.key)
        write_text_atomically(folder / f"{result.variant}.json", json.dumps(document, default=str))
        with contextlib.suppress(OSError):
            for path in sorted(folder.glob("*.json"), key=_modified, reverse=True)[MOST_VARIANTS:]:
                path.unlink()

    def touch(self, result: Result) -> None:
        """Note that a result was used: `trim` removes what was not used for long first."""
        with contextlib.suppress(OSError):
            os.utime(self._entries(result.key) / f"{result.variant}.json")

    def keep(self, source: Path, sha256: str, *, link: bool) -> None:
        """Keep a file's content; `link` shares the disk's blocks with a file that nobody changes in place."""
        target = self.object(sha256)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{sha256[:16]}.{os.getpid()}.part")
        try:
            _copied(source, part, link=link)
            if link or self.memo.sha256(part) == sha256:  # somebody may have written to it meanwhile
                os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)

    def fetch(self, sha256: str, target: Path, *, link: bool) -> bool:
        """Put a content where it belongs, at once; return whether it is here and whole."""
        source = self.object(sha256)
        part = target.with_name(f".{target.name[:60]}.{os.getpid()}.part")
        try:
            if self.memo.sha256(source) != sha256:
                source.unlink(missing_ok=True)
                return False
            target.parent.mkdir(parents=True, exist_ok=True)
            _copied(source, part, link=link)
            os.replace(part, target)
        except OSError:
            return False
        finally:
            part.unlink(missing_ok=True)
        return True

    def object(self, sha256: str) -> Path:
        """Return where a content lies, or would."""
        return self.root / "objects" / sha256[:2] / sha256

    def trim(self) -> int:
        """Remove the results that were not used for longest until the rest fits; return the bytes removed."""
        objects = {path.name: _size(path) for path in self._objects()}
        if sum(objects.values()) <= self.limit:
            return 0
        used, removed, total = set[str](), 0, 0
        entries = sorted((self.root / "entries").glob("*/*/*.json"), key=_modified, reverse=True)
        for path in entries:
            result = _read(path)
            wanted = _contents(result) - used if result is not None else set()
            size = sum(objects.get(sha, 0) for sha in wanted)
            if result is None or total + size > self.limit:
                path.unlink(missing_ok=True)
            else:
                used |= wanted
                total += size
        for part in (self.root / "objects").glob("*/.*.part"):
            if time.time() - _modified(part) > _ABANDONED:
                part.unlink(missing_ok=True)
        for sha in objects.keys() - used:
            self.object(sha).unlink(missing_ok=True)
            removed += objects[sha]
        return removed

    def size(self) -> int:
        """Return the bytes of all contents."""
        return sum(map(_size, self._objects()))

    def _objects(self) -> Iterator[Path]:
        return (self.root / "objects").glob("*/[0-9a-f]*")

    def _entries(self, key: str) -> Path:
        return self.root / "entries" / key[:2] / key


def _contents(result: Result) -> set[str]:
    kept = (
        *result.artifacts.values(),
        *result.files.values(),
        *([result.notebook] if result.notebook else []),
    )
    return {each.sha256 for each in kept}


def _copied(source: Path, target: Path, *, link: bool) -> None:
    if link:
        with contextlib.suppress(OSError):  # another file system, or one without links
            target.unlink(missing_ok=True)
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _read(path: Path) -> Result | None:
    try:
        document = json.loads(path.read_bytes())
        if document.pop("format") != FORMAT:
            return None
        for kind in ("artifacts", "files"):
            document[kind] = {
                name: Kept(**{**kept, "uses": tuple(kept["uses"])}) for name, kept in document[kind].items()
            }
        executed = document["notebook"]
        document["notebook"] = Kept(**{**executed, "uses": ()}) if executed else None
        document["folders"] = tuple(document["folders"])
        return Result(**document)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # another process has just removed it
        return 0


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
