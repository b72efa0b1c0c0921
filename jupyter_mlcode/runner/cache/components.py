"""Everything that the result of a stage depends on, by kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

from jupyter_mlcode.artifacts.layout import FORMAT
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.cache.code import StageCode
from jupyter_mlcode.runner.cache.definitions import reached_definitions
from jupyter_mlcode.runner.cache.reads import Contents
from jupyter_mlcode.runner.folder import PipelineFolder, StageEntry
from jupyter_mlcode.runner.local.memo import Memo, digest_of

Components: TypeAlias = Mapping[str, Mapping[str, Json]]
VERSION = 1
"""Of the rules by which results are found again: another number, other keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What is known of an artifact without loading it: its hash, and the definitions that it refers to."""

    sha256: str
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the components of a stage are made from, besides the stage itself.

    `mark` is the hash of the files with the stage's code, as they are when it is asked for.
    """

    folder: PipelineFolder
    values: Mapping[str, Json]
    kernel: str
    environment: Mapping[str, str]
    code: Callable[[StageEntry], StageCode]
    mark: Callable[[StageEntry], str]
    memo: Memo
    contents: Contents


def components(before: Before, entry: StageEntry, inputs: Mapping[str, Input]) -> Components:
    """Return all parts of the stage's key; `inputs` are the artifacts it loads, by `stage/key`.

    Files that the stage also writes are not here: what they held before is a condition of a result.
    """
    folder, code = before.folder, before.code(entry)
    names = {*code.names, *(name for found in inputs.values() for name in found.uses)}
    return {
        "format": {
            "handover": FORMAT,
            "rules": VERSION,
            "module": before.memo.sha256(folder.root / "mlcode_handoff.py"),
            "kernel": before.kernel,
        },
        "environment": before.environment,
        "cells": {f"{n} {role} {id_}": digest for n, (id_, role, digest) in enumerate(code.cells)},
        "definitions": reached_definitions(before.memo, folder.root / f"{folder.definitions}.py", names)
        if folder.definitions
        else {},
        "parameters": {name: before.values[name] for name in entry.params},
        "inputs": {ref: found.sha256 for ref, found in sorted(inputs.items())},
        "modules": _modules(before, code.modules),
        "files": _files(before, entry),
    }


def changed_since(before: Before, entry: StageEntry, found: Components) -> list[str]:
    """Return the files that are not any more what they were when these components were taken."""
    now = {**_files(before, entry), **_modules(before, before.code(entry).modules)}
    then = {**found["files"], **found["modules"]}
    return sorted(path for path in {*now, *then} if now.get(path) != then.get(path))


def key_of(found: Components) -> str:
    """Return the hash under which a result that depends on this is kept."""
    return digest_of(json.dumps(found, sort_keys=True, ensure_ascii=True, default=repr))


def _files(before: Before, entry: StageEntry) -> dict[str, str]:
    read = before.contents.read_by(entry.reads, before.values)
    own = before.contents.held_by(entry.writes, before.values)
    return {path: digest for path, digest in read.items() if path not in own}


def _modules(before: Before, names: tuple[str, ...]) -> dict[str, str]:
    """Return the hash of each file beside the notebook that the stage imports by a name of these.

    What these files import in turn is seen when the stage runs.
    """
    found: dict[str, str] = {}
    for name in names:
        if name.split(".")[0] in ("mlcode_handoff", before.folder.definitions):
            continue
        stem = before.folder.working_folder.joinpath(*name.split("."))
        for file in (
            stem.with_suffix(".py") if stem.suffix == "" else Path(f"{stem}.py"),
            stem / "__init__.py",
        ):
            digest = before.memo.sha256(file)
            if digest is not None:
                found[before.contents.shown(str(file))] = digest
    return found


def recalled_code(before_memo: Memo, key: str) -> StageCode | None:
    """Return what was computed from the same script and notebook before."""
    known = before_memo.recall("code", key)
    if known is None:
        return None
    return StageCode(
        cells=tuple(map(tuple, known["cells"])), modules=tuple(known["modules"]), names=tuple(known["names"])
    )


def remember_code(memo: Memo, key: str, code: StageCode) -> None:
    """Keep it for the next time."""
    memo.remember("code", key, asdict(code))
