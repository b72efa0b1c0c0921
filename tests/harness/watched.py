"""A namespace that records what code really reads, binds and deletes.

CPython sends `LOAD_NAME` and `STORE_NAME` of module level code, and `LOAD_GLOBAL` of every function made
there, through the methods of a mapping that is a subclass of dict (`PyObject_GetItem` and
`PyObject_SetItem`, because it is not an exact dict). So a name counts as read only when the instruction
ran, also in a function that a later cell calls. Ways around it are closed one by one: class bodies (their
`LOAD_NAME` looks into the real dict: names taken from the source), `eval` and `exec` inside a function
(wrapped), `copy()` of the namespace (the copy records too). `global` statements bind past it: compare before
and after. Standard library only: kernels of other environments load this file by path.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

HIDDEN = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open", "display"})


def is_ours(name: object) -> bool:
    """Whether this is a name of the user's, not one of IPython's history or Python's machinery."""
    if not isinstance(name, str) or name in HIDDEN or name.startswith("__"):
        return False
    history = name.strip("_") == "" or name[1:] in {"i", "ii", "iii", "dh", "oh", "ih", "exit_code"}
    return not (name.startswith("_") and (history or name.lstrip("_i").isdigit()))


class Recorder:
    """What the cell that runs now has done so far."""

    def __init__(self) -> None:
        self.reads: dict[str, None] = {}
        self.writes: dict[str, None] = {}
        self.files_read: set[str] = set()
        self.files_written: set[str] = set()
        self.seeded: dict[str, bool] = {}
        self.active = False

    def read(self, name: object) -> None:
        """Note a read, unless this cell bound the name before."""
        if not self.active or name in self.writes:
            return
        if is_ours(name):
            self.reads[name] = None  # type: ignore[index]

    def write(self, name: object) -> None:
        """Note a binding or a deletion."""
        if self.active and is_ours(name):
            self.writes[name] = None  # type: ignore[index]


class Watched(dict):  # type: ignore[type-arg]
    """The user namespace; `main` mirrors it in `__main__`, where pickle looks for classes."""

    recorder: Recorder
    main: dict[str, Any] | None = None
    is_copy = False

    def __getitem__(self, name: str) -> Any:
        value = dict.__getitem__(self, name)
        recorder = self.recorder
        if recorder.active and name not in recorder.reads:
            recorder.read(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Record like an index, and answer like `dict.get`."""
        try:
            return self[name]
        except KeyError:
            return default

    def __setitem__(self, name: str, value: Any) -> None:
        dict.__setitem__(self, name, value)
        if self.is_copy:
            return
        self.recorder.write(name)
        if self.main is not None:
            self.main[name] = value

    def __delitem__(self, name: str) -> None:
        dict.__delitem__(self, name)
        self.recorder.write(name)
        if self.main is not None:
            self.main.pop(name, None)

    def pop(self, name: str, *default: Any) -> Any:
        """Record a deletion."""
        if name in self:
            self.recorder.write(name)
            if self.main is not None:
                self.main.pop(name, None)
        return dict.pop(self, name, *default)

    def copy(self) -> Watched:
        """Return a copy whose reads count as reads of the namespace."""
        twin = Watched(self)
        twin.recorder, twin.is_copy = self.recorder, True
        return twin


def class_body_names(source: str) -> set[str]:
    """Return the names that class bodies of this cell load, functions inside them not counted."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        pending: list[ast.AST] = list(node.body)
        while pending:
            item = pending.pop()
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                pending += [*item.decorator_list, *item.args.defaults, *filter(None, item.args.kw_defaults)]
            elif not isinstance(item, ast.Lambda):
                if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Load):
                    names.add(item.id)
                pending += ast.iter_child_nodes(item)
    return names


def watch_eval(recorder: Recorder) -> None:
    """Make `eval` and `exec` inside a user's function record the globals that their text names."""

    def names_of(code: CodeType) -> set[str]:
        inner = [names_of(c) for c in code.co_consts if isinstance(c, CodeType)]
        return set(code.co_names).union(*inner)

    def wrap(real: Callable[..., Any], mode: str) -> Callable[..., Any]:
        def watched(source: Any, given: Any = None, local: Any = None, /, **kw: Any) -> Any:
            frame = sys._getframe(1)
            space = frame.f_globals if given is None else given
            if local is None:
                local = frame.f_locals if given is None else space
            if isinstance(space, Watched) and type(local) is dict:
                try:
                    code = source if isinstance(source, CodeType) else compile(source, "<eval>", mode)
                    for name in names_of(code) & space.keys() - local.keys():
                        recorder.read(name)
                except (SyntaxError, ValueError, TypeError):
                    pass
            return real(source, space, local, **kw)

        watched.__name__ = watched.__qualname__ = mode
        watched.__module__ = "builtins"
        return watched

    builtins.eval = wrap(builtins.eval, "eval")  # type: ignore[assignment]
    builtins.exec = wrap(builtins.exec, "exec")  # type: ignore[assignment]
