"""Facts of statements as text, and the files where they stand: `tests/unit/analysis/ledger/*.txt`.

`=== title` begins a notebook, `--` a cell, `>` a line with the facts of one statement of its last cell:

    kind; reads a; binds x python.list [a]; changes b; perhaps c; draws any

A name that is bound is followed by what is known of its object: the family, `=` the names that are the same
object, `[...]` the names whose objects it may hold, `calls` and `of` for functions and classes, then traits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.session import CellSource, Changes, Session
from jupyter_mlcode.analysis.values import NO_CONST, Value

HERE = Path(__file__).parent / "ledger"


@dataclass(frozen=True, slots=True)
class Entry:
    """A small notebook and the facts of the statements of its last cell."""

    title: str
    cells: tuple[str, ...]
    facts: tuple[str, ...]


def entries(path: Path) -> Iterator[Entry]:
    """Read one file."""
    for part in path.read_text("utf-8").split("=== ")[1:]:
        title, _, text = part.partition("\n")
        lines = text.rstrip("\n").split("\n")
        facts = tuple(line[2:] for line in lines if line.startswith("> "))
        code = "\n".join(line for line in lines if not line.startswith("> "))
        yield Entry(title, tuple(cell.strip("\n") for cell in code.split("\n--\n")), facts)


def written(all_entries: Iterable[Entry]) -> str:
    """Return the text of a file with these entries."""
    return "\n".join(
        f"=== {e.title}\n" + "\n--\n".join(e.cells) + "\n" + "".join(f"> {line}\n" for line in e.facts)
        for e in all_entries
    )


def facts_of(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the facts of the statements of the last cell."""
    session = Session()
    result = session.analyse([CellSource(str(n), text) for n, text in enumerate(cells)])[-1]
    if result.problem is not None:
        problem = result.problem
        return (f"problem {problem.message} at {problem.line}:{problem.column}",)
    both = zip(result.statements, result.changes, strict=True)
    return tuple(_line(facts, changes, session.env) for facts, changes in both)


def _line(facts: StatementFacts, changes: Changes, env: dict[str, Value]) -> str:
    said = [facts.kind]
    said += _named("reads", (f"{n}@{line}" if line > 1 else n for n, line in facts.uses.items()))
    for name in sorted(facts.must | facts.may):
        perhaps = "" if name in facts.must else "perhaps "
        said.append(f"{perhaps}binds {name} {_value(name, facts.binds[name], env)}".rstrip())
    said += _named("deletes", facts.deleted)
    said += _named("perhaps deletes", facts.lost)
    said += _named("changes", changes.known)
    said += _named("perhaps changes", changes.maybe - changes.known)
    said += _named("compares", _names_of(facts.compared, env))
    said += _named("later reads", facts.deferred)
    said += _named("through the module", facts.roots)
    for name, origins in sorted(facts.through.items()):
        said.append(f"{name} through {' '.join(sorted(map(_place, origins)))}")
    for effect in facts.effects:
        where = f"@{effect.line}:{effect.column}" if (effect.line, effect.column) != (1, 1) else ""
        said.append(" ".join(filter(None, (f"{effect.kind}{where}", effect.what, _short(effect.detail)))))
    return "; ".join(said)


def _named(what: str, names: Iterable[str]) -> list[str]:
    found = sorted(names)
    return [f"{what} {' '.join(found)}"] if found else []


def _names_of(regions: Iterable[str], env: dict[str, Value]) -> set[str]:
    found = {name for name, value in env.items() if not value.tops.isdisjoint(regions)}
    return found | {r for r in regions if r.startswith(("*", "?"))}


def _value(name: str, value: Value, env: dict[str, Value]) -> str:
    said = [value.path or value.family or ""]
    if isinstance(value.const, str | int | float | bool | None):
        said.append(repr(value.const))
    elif value.const is not NO_CONST:
        said.append(type(value.const).__name__)
    same = _names_of(value.tops, env) - {name}
    said += [f"= {' '.join(sorted(same))}"] if same else []
    inside = _names_of(value.inner, env) - {name} - same
    said += [f"[{' '.join(sorted(inside))}]"] if inside else []
    said += (
        [f"calls {' '.join(f.origin.rsplit(':', 1)[-1] for f in value.functions)}"] if value.functions else []
    )
    said += [f"of {' '.join(c.name for c in value.classes)}"] if value.classes else []
    said += sorted(_short(t) for t in value.traits)
    return " ".join(filter(None, said))


def _place(origin: str) -> str:
    """Return the cell and the line where a function or a class was made."""
    cell, _, line, *_ = origin.split(":")
    return f"{cell}.{line}"


def _short(text: str) -> str:
    """Return the text without what counts regions and texts."""
    kind, equals, rest = text.partition("=")
    return kind if equals and rest[:1].isdecimal() and ":" in rest else text.replace("\n", " / ")
