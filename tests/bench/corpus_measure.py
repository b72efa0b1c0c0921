"""What execution shows was used, against what the pipeline carries and orders. Pure functions on JSON values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STATE_HINT = re.compile(
    r"(rcParams|plt\.rc\(|style\.use|sns\.set|seaborn\.set|basicConfig|setLevel|addHandler|filterwarnings|simplefilter)"
)
"""Speaks of interpreter state that the tracer cannot always see changing (a library's first import)."""


@dataclass
class Used:
    """What execution shows, per stage of one partition."""

    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    needs: dict[str, set[str]] = field(default_factory=dict)
    file_order: set[tuple[str, str]] = field(default_factory=set)
    state_changed: dict[str, set[str]] = field(default_factory=dict)


def binding_kinds(source: str) -> dict[str, str]:
    """Return how a cell's source binds each name: `imported`, `defined` or `assigned`.

    A definition whose defaults or decorators are not plain names and constants counts as assigned: it
    holds a value made there. `*` stands for all names that a star import or `%pylab` may bind.
    """
    kinds: dict[str, str] = {}
    try:
        tree = ast.parse(source)
    except SyntaxError:
        plain = "\n".join("pass" if line.lstrip()[:1] in {"%", "!"} else line for line in source.splitlines())
        try:
            tree = ast.parse(plain)
        except SyntaxError:
            return {}
        if "%pylab" in source:
            kinds["*"] = "imported"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                kinds.setdefault(alias.asname or alias.name.split(".")[0], "imported")
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            values = [
                *statement.args.defaults,
                *filter(None, statement.args.kw_defaults),
                *statement.decorator_list,
            ]
            closed = all(isinstance(v, ast.Constant | ast.Name | ast.Attribute | ast.UnaryOp) for v in values)
            kinds[statement.name] = "defined" if closed else "assigned"
        elif isinstance(statement, ast.ClassDef):
            kinds[statement.name] = "defined"
        else:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    kinds[node.id] = "assigned"
    return kinds


def kind_of(name: str, kinds: Mapping[str, str]) -> str:
    """Return how the cell binds the name; a name from nowhere came from a star import or a magic."""
    return kinds.get(name) or kinds.get("*") or "assigned"


class Replay:
    """Walks over a trace in order and keeps who made the current version of everything."""

    def __init__(self, stages: Mapping[int, str], sources: Mapping[int, str]) -> None:
        self.stages = stages
        self.sources = sources
        self.kinds = {i: binding_kinds(s) for i, s in sources.items()}
        self.maker: dict[str, tuple[int, str]] = {}
        self.random: dict[str, int] = {}
        self.writers: dict[str, set[str]] = {}
        self.readers: dict[str, set[str]] = {}
        self.used = Used()
        for stage in dict.fromkeys(stages.values()):
            self.used.variables[stage] = {}
            self.used.needs[stage] = set()
            self.used.state_changed[stage] = set()

    def cell(self, record: Mapping[str, Any]) -> None:
        """Take one executed cell into account."""
        index = record["index"]
        stage = self.stages.get(index)
        if stage is not None:
            self.variables(record, stage)
            self.draws(record, stage)
            self.files(record, stage)
            hinted = STATE_HINT.search(self.sources.get(index, ""))
            self.used.state_changed[stage] |= {
                *record["state_changed"],
                *(hinted.groups()[:1] if hinted else ()),
            }
        for kind in {*record["random_changed"], *record["seeded"]}:
            self.random[kind] = index
        for name in record["writes"]:
            self.maker[name] = (index, kind_of(name, self.kinds.get(index, {})))

    def variables(self, record: Mapping[str, Any], stage: str) -> None:
        """Note the values of other stages that the cell read by name."""
        for name in record["reads"]:
            index, how = self.maker.get(name, (-1, ""))
            source = self.stages.get(index)
            if source is not None and source != stage and how == "assigned":
                self.used.variables[stage].setdefault(name, source)
                self.used.needs[stage].add(source)

    def draws(self, record: Mapping[str, Any], stage: str) -> None:
        """Note whose random state the cell went on from, unless it seeded first."""
        for kind in record["random_changed"]:
            seeded_first = record["seeded"].get(kind) is False
            source = self.stages.get(self.random.get(kind, -1))
            if not seeded_first and source is not None and source != stage:
                self.used.needs[stage].add(source)

    def files(self, record: Mapping[str, Any], stage: str) -> None:
        """Note files of other stages that the cell read, and orders between writers and readers."""
        for path in record["files_read"]:
            for known, stages in self.writers.items():
                if known == path or known.startswith(path + "/"):
                    self.used.needs[stage] |= stages - {stage}
            self.readers.setdefault(path, set()).add(stage)
        for path in record["files_written"]:
            others = self.readers.get(path, set()) | self.writers.get(path, set())
            self.used.file_order |= {(other, stage) for other in others - {stage}}
            self.writers.setdefault(path, set()).add(stage)

    def segment(self, index: int, changed: Iterable[str]) -> None:
        """Values changed in place up to this cell are versions made by its stage."""
        for name in changed:
            known = self.maker.get(name)
            if known is not None and known[1] == "assigned":
                self.maker[name] = (index, "assigned")


def used_by_execution(
    trace: Mapping[str, Any], stages: Mapping[int, str], sources: Mapping[int, str]
) -> Used:
    """Return what every stage used of earlier stages while the whole notebook ran."""
    replay = Replay(stages, sources)
    for record in trace["cells"]:
        replay.cell(record)
        ended = trace["mutated"].get(str(record["index"]))
        if ended:
            replay.segment(record["index"], [*ended["changed"], *ended["unsure"]])
    return replay.used


def closure(needs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return for every stage all stages it needs, directly or through others."""
    result = {stage: set(direct) for stage, direct in needs.items()}
    changed = True
    while changed:
        changed = False
        for direct in result.values():
            more = set().union(*(result.get(s, set()) for s in direct)) - direct
            if more:
                direct |= more
                changed = True
    return result


def independent_pairs(used: Used, order: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs (earlier, later) that execution shows to be independent.

    A pair is out when the later stage used, directly or through others, a value, a file or random state
    of the earlier one; when they share a file that one of them writes; or when the earlier one changed
    interpreter state (options, rcParams, sys.path, ...), which everything after it might notice.
    """
    reach = closure(used.needs)
    pairs = []
    for at, late in enumerate(order):
        for early in order[:at]:
            if early in reach[late] or (early, late) in used.file_order or used.state_changed[early]:
                continue
            pairs.append((early, late))
    return pairs


def loads(pipeline: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return `{stage: {name: where it comes from}}` of an exported pipeline.yaml."""
    return {name: dict(stage.get("inputs") or {}) for name, stage in (pipeline.get("stages") or {}).items()}


def graph_reach(graph: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return what each stage of our graph must wait for."""
    needs: dict[str, set[str]] = {}
    for edge in graph.get("edges", []):
        needs.setdefault(edge["target"], set()).add(edge["source"])
        needs.setdefault(edge["source"], set())
    return closure(needs)


def bytes_of(inputs: Mapping[str, str], names: Iterable[str], sizes: Mapping[str, Mapping[str, int]]) -> int:
    """Return the bytes of the files that hold these inputs; names that share objects are in one file."""
    files = {
        (inputs[name], key): size
        for name in names
        for key, size in sizes.get(inputs[name], {}).items()
        if name in key.split("+")
    }
    return sum(files.values())


def precision(
    used: Used,
    pipeline: Mapping[str, Any],
    graph: Mapping[str, Any],
    sizes: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    """Compare inputs and order of an exported pipeline with what execution used."""
    order = list(used.variables)
    ours = loads(pipeline)
    rows = []
    for stage in order:
        loaded = ours.get(stage, {})
        inputs, real = set(loaded), set(used.variables[stage])
        rows.append(
            {
                "stage": stage,
                "inputs": len(inputs),
                "used": len(real),
                "bytes": bytes_of(loaded, inputs, sizes),
                "bytes_used": bytes_of(loaded, inputs & real, sizes),
                "spare": sorted(inputs - real),
                "not_loaded": sorted(real - inputs),
            }
        )
    reach = graph_reach(graph)
    pairs = independent_pairs(used, order)
    ordered = [p for p in pairs if p[0] in reach.get(p[1], set())]
    blame = [
        {"source": e["source"], "target": e["target"], "carries": e.get("carries", [])}
        for e in graph.get("edges", [])
        if (e["source"], e["target"]) in set(pairs)
    ]
    return {"stages": rows, "independent": len(pairs), "ordered": ordered, "blame": blame}
