"""Findings of notebooks that have not changed since they were checked: in CI and in hooks most have not."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mlcode import __version__
from jupyter_mlcode.api.notebooks import check
from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.json_value import Json

if TYPE_CHECKING:
    from jupyter_mlcode.model.diagnostics import Diagnostic
    from jupyter_mlcode.runner.local.memo import Memo

KIND = "check"
MOST = 20_000
"""Notebooks; above that everything is forgotten."""


def check_all(
    paths: Iterable[str], *, remember: bool = True
) -> Iterator[tuple[str, tuple[Diagnostic, ...] | InputError]]:
    """Yield the findings of each notebook, or why it is none; those of unchanged ones from the user's cache folder.

    They depend on the file, the modules beside it, what was observed, the project's settings and this
    version of jupyter-mlcode.
    """
    memo = _opened() if remember else None
    try:
        for path in paths:
            try:
                yield path, check(path) if memo is None else _checked(memo, path)
            except InputError as error:
                yield path, error
    finally:
        if memo is not None:
            memo.trim(MOST)
            memo.database.close()


def _opened() -> Memo:
    from platformdirs import user_cache_path

    from jupyter_mlcode.runner.local.database import Database
    from jupyter_mlcode.runner.local.memo import Memo

    folder: Path | None = None
    with suppress(OSError, RuntimeError):  # nobody has a home here
        folder = user_cache_path("jupyter-mlcode", appauthor=False)
    return Memo(Database(folder))


def _checked(memo: Memo, path: str) -> tuple[Diagnostic, ...]:
    key = _key(path)
    known = None if key is None else memo.recall(KIND, key)
    if known is not None:
        return tuple(map(_diagnostic, known))
    found = check(path)
    if key is not None:
        memo.remember(KIND, key, [asdict(diagnostic) for diagnostic in found])
    return found


def _key(path: str) -> str | None:
    """Return the hash of everything that the findings depend on, None where that cannot be read."""
    from jupyter_mlcode.notebook.observed import observed_path
    from jupyter_mlcode.notebook.text import read_bytes
    from jupyter_mlcode.runner.local.memo import digest_of

    folder, name = os.path.split(os.path.abspath(path))
    try:
        observed = observed_path(path)
        noted = observed.read_bytes() if observed.is_file() else b""
        return digest_of(__version__, name, read_bytes(path), noted, _surroundings(folder))
    except OSError:
        return None


@functools.lru_cache(maxsize=64)
def _surroundings(folder: str) -> str:
    """Return the hash of the modules in the folder and of the project's settings; they do not change while we look."""
    from jupyter_mlcode.notebook.plain_files import read_regular
    from jupyter_mlcode.notebook.settings import read_settings
    from jupyter_mlcode.runner.local.memo import digest_of

    settings = read_settings(Path(folder))
    taught = [path.read_bytes() for path in (*settings.knowledge, *settings.rules)]
    modules = sorted([*Path(folder).glob("*.py"), *Path(folder).glob("*/__init__.py")])
    texts = [part for path in modules for part in (path.name, path.parent.name, read_regular(path))]
    return digest_of(str(len(taught)), *taught, *texts)


def _diagnostic(document: Json) -> Diagnostic:
    from jupyter_mlcode.model.diagnostics import Diagnostic, Fix, Place, Severity

    place, fix = document["place"], document["fix"]
    return Diagnostic(
        code=document["code"],
        severity=Severity(document["severity"]),
        message=document["message"],
        hint=document["hint"],
        place=None if place is None else Place(**place),
        fix=None if fix is None else Fix(**fix),
    )
