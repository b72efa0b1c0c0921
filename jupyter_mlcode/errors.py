"""Every exception raised on purpose.

    MlcodeError                   code, message, hint, exit code
    ├── UsageError                exit 2: the call is wrong (unknown parameter, unknown stage)
    ├── InputError                exit 3: a file cannot be used (not a notebook, not a pipeline)
    │   └── NotebookError         the notebook's text or shape is broken
    ├── RefusedError              exit 1: the notebook has errors; carries the diagnostics
    │   └── EditedFilesError      exit 1: a generated file was edited by hand and would be overwritten
    ├── DiskError                 exit 3: the file system refuses (full, read-only, too many open files)
    └── StageError                exit 4: a stage failed while running

Something wrong inside the user's notebook is a `Diagnostic`, not an exception.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol


class Finding(Protocol):
    """The part of a diagnostic that an error needs to be shown."""

    def line(self, file: str) -> str:
        """Return the finding as one line."""


class MlcodeError(Exception):
    """Base of all errors that are shown to the user as one line."""

    exit_code: ClassVar[int] = 5
    code: ClassVar[str] = "MLC500"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(MlcodeError):
    """The call cannot be carried out as given."""

    exit_code = 2
    code = "MLC400"


class UnknownNameError(UsageError):
    """A stage, parameter or exporter of that name does not exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        close = difflib.get_close_matches(name, names, 1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
        super().__init__(f"unknown {kind} {name!r}", hint=hint)
        self.name = name


class InputError(MlcodeError):
    """A file that should be read is missing or is not what it should be."""

    exit_code = 3
    code = "MLC300"


class NotebookError(InputError):
    """The file is not a notebook that can be read."""

    code = "MLC301"

    def __init__(self, path: str, problem: str, *, hint: str = "") -> None:
        super().__init__(f"{path}: {problem}", hint=hint)
        self.path = path


class RefusedError(MlcodeError):
    """The notebook has findings that make a faithful export impossible."""

    exit_code = 1
    code = "MLC100"

    def __init__(self, path: str, diagnostics: Sequence[Finding]) -> None:
        count = len(diagnostics)
        super().__init__(f"{path}: {count} error{'s' if count != 1 else ''}, nothing exported")
        self.path = path
        self.diagnostics = tuple(diagnostics)


class EditedFilesError(MlcodeError):
    """Generated files were edited by hand since the last export."""

    exit_code = 1
    code = "MLC110"

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(
            f"edited by hand since the last export: {', '.join(paths)}",
            hint="Look at `export --diff`; `export --force` overwrites them.",
        )
        self.paths = tuple(paths)


class DiskError(MlcodeError):
    """The disk is full, or a file cannot be read or written: what is there is whole, what was asked for is not done."""

    exit_code = 3
    code = "MLC431"

    def __init__(self, error: OSError) -> None:
        where = f"{error.filename}: " if error.filename else ""
        super().__init__(
            f"{where}{error.strerror or error}".replace("\n", " "),
            hint="What was finished is kept: run again when that is put right.",
        )


class StageError(MlcodeError):
    """A stage stopped; the report says at which cell and line."""

    exit_code = 4
    code = "MLC200"
