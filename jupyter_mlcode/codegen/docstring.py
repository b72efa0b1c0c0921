"""The docstring at the top of a stage script: what it is for, and everything that goes in and out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from jupyter_mlcode.codegen.literals import MAX_COLUMNS, one_line, printable
from jupyter_mlcode.model.pipeline import FileUse, Stage

_RANDOM = ".random"


def header_docstring(stage: Stage, notes: Iterable[str] = ()) -> str:
    """Return the docstring of the stage's script, quotes included."""
    title = one_line(stage.title or stage.name, MAX_COLUMNS - 4).replace("\\", "\\\\")
    parts = [title if title.endswith((".", "!", "?", "…")) else f"{title}."]
    if purpose := _paragraphs(stage.purpose):
        parts.append(purpose)
    if fields := _aligned([*_fields(stage), *(("note", note) for note in notes)]):
        parts.append(fields)
    body = "\n\n".join(parts).replace('"""', '\\"\\"\\"')
    return f'"""{body}\n"""' if "\n" in body else f'"""{body}"""'


def _safe(text: str) -> str:
    """Return the text with its backslashes doubled and its invisible characters spelled out."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").expandtabs(4))


def _paragraphs(purpose: str) -> str:
    """Return the purpose, long lines wrapped; a line that reads as a cell marker is moved in."""
    lines: list[str] = []
    for line in _safe(purpose).strip("\n").split("\n"):
        wrapped = textwrap.wrap(line, MAX_COLUMNS, break_long_words=False, break_on_hyphens=False)
        lines += wrapped or [""]
    text = "\n".join(f" {line}" if line.startswith("#") else line for line in lines)
    return text.strip("\n")


def _aligned(fields: Iterable[tuple[str, str]]) -> str:
    """Return the `name  text` lines in two columns."""
    rows = [(name, text) for name, text in fields if text]
    width = max((len(name) for name, _ in rows), default=0) + 2
    return "\n".join(
        textwrap.fill(
            _safe(text),
            MAX_COLUMNS,
            initial_indent=name.ljust(width),
            subsequent_indent=" " * width,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, text in rows
    )


def _fields(stage: Stage) -> Iterable[tuple[str, str]]:
    yield "in", _grouped((name, source.partition("/")[0]) for name, source in stage.inputs)
    yield "out", ", ".join(dict.fromkeys(name for artifact in stage.outputs for name in artifact.names))
    reads, writes = _files(stage.reads), _files(stage.writes)
    yield (
        "files",
        "; ".join(f"{verb} {files}" for verb, files in (("reads", reads), ("writes", writes)) if files),
    )
    yield "params", ", ".join(stage.params)
    yield "random", _random(stage)
    yield "state", _grouped((kind, source) for kind, source in stage.state_in if not is_random(kind))
    yield "after", ", ".join(_other_needs(stage))
    if stage.carries_everything:
        yield "note", f"carries every variable on: {one_line(stage.carries_everything)}"


def is_random(kind: str) -> bool:
    """Tell whether a kind of state is a random generator: `numpy.random`, `python.random`."""
    return kind.endswith(_RANDOM)


def random_sources(stage: Stage) -> dict[str, str]:
    """Return, by library, where its random numbers come from: a stage, `seeds` or `unseeded`.

    Examples:
        >>> random_sources(Stage(name="a", title="A", seeds=("numpy.random",)))
        {'numpy': 'seeds'}
    """
    sources = {kind: source for kind, source in stage.state_in if is_random(kind)}
    for kind in stage.seeds:
        sources[kind] = "seeds"
    for kind in stage.draws:
        sources.setdefault(kind, "unseeded")
    return {kind.removesuffix(_RANDOM): source for kind, source in sources.items()}


def _random(stage: Stage) -> str:
    words = {"seeds": "seeded here", "unseeded": "never seeded"}
    return "; ".join(
        f"{library}: {words.get(source, f'goes on from {source}')}"
        for library, source in random_sources(stage).items()
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> str:
    """Return `a, b (load); c (train)`."""
    groups: dict[str, list[str]] = {}
    for name, source in pairs:
        groups.setdefault(source, []).append(name)
    return "; ".join(f"{', '.join(names)} ({source})" for source, names in groups.items())


def _files(files: Sequence[FileUse]) -> str:
    return ", ".join(dict.fromkeys(_file(use) for use in files))


def _file(use: FileUse) -> str:
    if use.path is None:
        return f"an unknown {use.kind}"
    path = one_line(use.path)
    return path if use.kind == "file" else f"{path} ({use.kind})"


def _other_needs(stage: Stage) -> list[str]:
    """Return the stages that must run before this one although no value comes from them."""
    known = {source.partition("/")[0] for _, source in (*stage.inputs, *stage.state_in)}
    return [name for name in stage.needs if name not in known]
