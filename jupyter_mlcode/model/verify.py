"""What comparing a pipeline with its notebook found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_mlcode.model.run import StageRun

Compared: TypeAlias = Literal[
    "printed",
    "result",
    "figure",
    "error",
    "variable",
    "random",
    "state",
    "file",
    "stage",
    "undeclared",
    "guard",
]
Verdict: TypeAlias = Literal["equal", "close", "different", "unstable"]
SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not equal; `cell` counts from 1, `expected` is the notebook's.

    Things at a stage boundary (state, files, and variables before they are located) carry the
    stage's last cell. `since` says where a variable first differs: in that cell, or already as the
    stage loads it.
    """

    kind: Compared
    stage: str
    name: str = ""
    cell: int | None = None
    cell_id: str = ""
    expected: str = ""
    found: str = ""
    since: Literal["", "cell", "load"] = ""

    @property
    def hint(self) -> str:
        """What to do about it, in one sentence."""
        return _LOADED if self.since == "load" else _HINTS[self.kind]

    def sentence(self, other: str = "pipeline") -> str:
        """Return what differs, without the place; `other` is what was compared with the notebook.

        Examples:
            >>> Difference(kind="result", stage="fit", expected="1", found="2").sentence("second run")
            "result differs in stage 'fit': notebook '1', second run '2'"
        """
        if self.kind in ("undeclared", "guard"):
            return f"stage {self.stage!r} {self.found}"
        what = f"{_WORDS[self.kind]} {self.name}".strip()
        where = f" in stage {self.stage!r}" if self.stage else ""
        values = f": notebook {_short(self.expected)}, {other} {_short(self.found)}"
        return f"{what} differs{_SINCE[self.since]}{where}{values}"

    def line(self, file: str, other: str = "pipeline") -> str:
        """Return the difference as one line.

        Examples:
            >>> Difference(kind="printed", stage="fit", cell=3, expected="1", found="2").line("a.ipynb")
            "a.ipynb:cell 3  printed text differs in stage 'fit': notebook '1', pipeline '2'"
        """
        where = f"{file}:cell {self.cell}" if self.cell is not None else file
        return f"{where}  {self.sentence(other)}"


_WORDS = {
    "printed": "printed text",
    "result": "result",
    "figure": "figure",
    "error": "error",
    "variable": "variable",
    "random": "random state",
    "state": "state",
    "file": "file",
    "stage": "ending",
    "undeclared": "file",
    "guard": "guard",
}


_SINCE = {"": "", "cell": " from this cell on", "load": " as it is loaded"}
_TOGETHER = (
    "Tag the cells that make and use it with one stage; it should have been refused, so please report it."
)
_LOADED = (
    "It does not survive being handed over: tag the cells that make and use it with one stage, and report it."
)
_HINTS = {
    "printed": "Look for what this cell reads that another stage, the order of a set, or the process decides.",
    "result": "Look for what this cell reads that another stage, the order of a set, or the process decides.",
    "figure": "Look for settings of plots, and for figures that cells of several stages draw on.",
    "error": "Look at the error: the cell meets something else than in the notebook.",
    "variable": _TOGETHER,
    "random": "Seed in the first stage that draws, or give the calls a `random_state=` of their own.",
    "state": "Change settings in a setup cell, in a statement of their own.",
    "file": "Close files before other stages read them, and write each file in one stage.",
    "stage": "Look at the error: the stage meets something else than the notebook.",
    "undeclared": "Write the path as a literal, so that the file can be declared.",
    "guard": "Read the page of this code: docs/diagnostics.",
}


def _short(text: str) -> str:
    """Return the text in one line and in quotes, its middle left out where it is long."""
    line = " ".join(text.split())
    if len(line) > SHOWN:
        line = f"{line[: SHOWN // 2]} ... {line[-SHOWN // 3 :]}"
    return repr(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableVerdict:
    """How a variable is where its stage ends."""

    name: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class StageVerdict:
    """What was compared in one stage; `stage` is empty for what belongs to none, such as undeclared files.

    `judged` are those equal, close and different. The `unstable` ones differ between two runs of the notebook
    itself and were not judged.
    """

    stage: str
    judged: int
    equal: int
    close: int
    different: int
    unstable: int
    variables: tuple[VariableVerdict, ...] = ()

    def line(self) -> str:
        """Return what was compared as one line.

        Examples:
            >>> verdict = StageVerdict(stage="fit", judged=3, equal=2, close=0, different=1, unstable=0)
            >>> verdict.line()
            "stage 'fit': 3 things compared, 2 equal, 1 different"
        """
        where = f"stage {self.stage!r}" if self.stage else "no stage"
        counts = [(self.equal, "equal"), (self.close, "close"), (self.different, "different")]
        parts = [_things(self.judged), *(f"{count} {word}" for count, word in counts if count)]
        if self.unstable:
            parts.append(f"{self.unstable} not judged")
        names = ", ".join(v.name for v in self.variables if v.verdict == "equal")
        return f"{where}: {', '.join(parts)}" + (f"; equal variables: {names}" if names else "")


def _things(count: int) -> str:
    return f"{count} thing{'s' if count != 1 else ''} compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """The verdict; `unstable` differs between two runs of the notebook itself and was not judged.

    `judged` counts what was; `compared` tells of it stage by stage. `close` differs in numbers that are
    close (`tolerance`), which counts as equal only when asked for. `reference_failure` is how the
    notebook itself ends when it fails; equal then means that the pipeline fails in the same cell.
    """

    notebook: str
    equal: bool
    judged: int
    differences: tuple[Difference, ...] = ()
    unstable: tuple[Difference, ...] = ()
    reference_failure: str = ""
    stages: tuple[StageRun, ...] = ()
    notes: tuple[str, ...] = ()
    close: tuple[Difference, ...] = ()
    tolerance: float | None = None
    compared: tuple[StageVerdict, ...] = ()

    @property
    def verdict(self) -> str:
        """How it ended, in one sentence."""
        count = len(self.differences)
        if self.equal:
            words = f"equal but for {len(self.close)} that are close" if self.close else "equal"
        else:
            words = f"{count} difference{'s' if count != 1 else ''}"
        return f"{words}, {_things(self.judged)}"

    @property
    def first(self) -> Difference | None:
        """The first difference in notebook order."""
        return self.differences[0] if self.differences else None
