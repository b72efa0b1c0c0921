"""The measurements as text: a line per notebook, the table that is committed, the list of failures."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ORDER = ["crash", "different", "failed", "stopped", "refused", "exported", "equal"]
BARS = "inputs at most 1.5x those used, median 1.0; at least 80 % of independent pairs unordered; refused at most 3 %"


def line(result: dict[str, Any]) -> str:
    """Return one line about one notebook."""
    codes = " ".join(result["codes"])
    counts = (result["judged"] or {}).get("counts", {})
    cells = " ".join(f"{k}={v}" for k, v in sorted(counts.items()))
    head = f"{result['verdict']:9} {result['seconds']:6.1f} s {result['way']:2} {result['id']}"
    return f"{head} {codes} {result['why']} {cells}"


def ratios(results: list[dict[str, Any]]) -> tuple[list[float], int, int, int]:
    """Return inputs/used of every stage that used something, the stages that load in vain, and both sums."""
    found, vain, inputs, used = [], 0, 0, 0
    for result in results:
        if not result["measured"] or not result["measured"]["trace_ok"]:
            continue
        for stage in result["measured"]["stages"]:
            inputs, used = inputs + stage["inputs"], used + stage["used"]
            if stage["used"]:
                found.append(stage["inputs"] / stage["used"])
            elif stage["inputs"]:
                vain += 1
            else:
                found.append(1.0)
    return found, vain, inputs, used


def carried(results: list[dict[str, Any]]) -> str:
    """Return the bytes that stages loaded against those of the inputs they used, in all and by run."""
    runs = [r["measured"] for r in results if r["measured"] and r["measured"]["trace_ok"]]
    sums = [tuple(sum(s.get(k, 0) for s in m["stages"]) for k in ("bytes", "bytes_used")) for m in runs]
    every, needed = (sum(pair[at] for pair in sums) for at in (0, 1))
    if not needed:
        return "bytes carried: not measured"
    shares = [loaded / used for loaded, used in sums if used]
    return (
        f"bytes carried / bytes used: sum {every:,} / {needed:,} = {every / needed:.3f}; per run median "
        f"{statistics.median(shares):.2f}, {sum(s > 1.2 for s in shares)} of {len(shares)} runs over 1.2"
    )


def summary(results: list[dict[str, Any]]) -> str:
    """Return the figures that the bars are about."""
    count = Counter(r["verdict"] for r in results)
    total = len(results) or 1
    words = ", ".join(
        f"{word} {count[word]} ({100 * count[word] / total:.0f} %)" for word in ORDER if count[word]
    )
    found, vain, inputs, used = ratios(results)
    pairs = [r["measured"] for r in results if r["measured"] and r["measured"]["trace_ok"]]
    independent = sum(m["independent"] for m in pairs)
    unordered = independent - sum(len(m["ordered"]) for m in pairs)
    judged = [r["judged"] for r in results if r["judged"]]
    png = tuple(sum(j.get(key, 0) for j in judged) for key in ("png_equal", "png_judged"))
    variables = sum(j["variables"].get("equal", 0) for j in judged)
    lines = [f"{len(results)} runs of {len({r['id'] for r in results})} notebooks: {words}"]
    if found:
        over = sum(r > 1.5 for r in found) + vain
        lines.append(
            f"inputs / used per stage: median {statistics.median(found):.2f}, mean {statistics.mean(found):.2f}, "
            f"max {max(found):.1f}; {over} of {len(found) + vain} stages over 1.5 ({vain} load in vain); "
            f"sum {inputs} / {used} = {inputs / max(used, 1):.2f}"
        )
    share = f"{100 * unordered / independent:.0f} %" if independent else "-"
    lines.append(f"independent stage pairs left unordered: {unordered} of {independent} ({share})")
    lines.append(carried(results))
    lines.append(
        f"figures with equal bytes: {png[0]} of {png[1]}; variables at stage ends compared equal: {variables}"
    )
    return "\n".join(lines)


def table(results: list[dict[str, Any]]) -> str:
    """Return the Markdown page that is committed: ids, verdicts and reasons, no notebook text."""
    rows = []
    for result in results:
        measured, judged = result["measured"], result["judged"] or {}
        counts = judged.get("counts", {})
        cells = sum(v for k, v in counts.items() if k != "missing_silent")
        good = sum(counts.get(k, 0) for k in ("equal", "close", "unstable")) + judged.get("machine", 0)
        inputs = pairs = ""
        if measured and measured["trace_ok"]:
            inputs = (
                f"{sum(s['inputs'] for s in measured['stages'])}/{sum(s['used'] for s in measured['stages'])}"
            )
            pairs = f"{measured['independent'] - len(measured['ordered'])}/{measured['independent']}"
        why = " ".join([*result["codes"], public(result)])
        shown = f"{good}/{cells}" if cells else ""
        columns = [result["id"], result["way"], result["verdict"], shown, inputs, pairs, why]
        rows.append(f"| {' | '.join(columns)} |")
    head = [
        "# Real notebooks",
        "",
        "Made by `python tests/bench/corpus.py CORPUS --table docs/measurements/corpus.md`; the columns are",
        f"explained in tests/bench/README.md. Bars: silently different 0; {BARS}.",
        "",
        *(f"- {text}" for text in summary(results).splitlines()),
        "",
        "| notebook | cut | verdict | cells as expected | inputs/used | independent pairs unordered | reason |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def public(result: dict[str, Any]) -> str:
    """Return the reason without anything quoted from the notebook."""
    if result["verdict"] in {"refused", "stopped"}:
        place = re.search(r"cell \d+", result["why"])
        return place.group(0) if place else ""
    return re.sub(r"['\"`].*?['\"`]", "…", result["why"]).replace("|", "/")[:120]


def cause(result: dict[str, Any]) -> str:
    """Return what failures with the same root probably share."""
    if result["verdict"] in {"refused", "stopped"} and result["codes"]:
        return f"{result['verdict']} {result['codes'][0]}"
    if result["verdict"] in {"failed", "crash"}:
        text = re.sub(r"cell \d+(:\d+)*|\d+|/\S+|'[^']*'", "_", result["why"])
        error = re.search(r"[A-Z]\w*(?:Error|Exception|Interrupt|Warning)\b.*", text)
        return f"{result['verdict']} {(error.group(0) if error else text)[:70]}"
    judged = result["judged"] or {}
    kinds = sorted({b["verdict"] for b in judged.get("bad", [])}) or ["variables only"]
    return f"{result['verdict']} {'+'.join(kinds)}"


ROOMS = [
    (r"NameError", "analysis/graph: a use was not seen, or a definition not replayed (scopes, liveness)"),
    (r"ModuleNotFoundError|ImportError", "graph: sys.path or an import not replayed; runner: working folder"),
    (r"MLC2\d\d", "artifacts: a value cannot be saved; analysis should replay or refuse it"),
    (r"figure", "graph: interpreter state (rcParams, style) not handed over"),
    (r"missing", "codegen/runner: a cell is in no stage notebook, or an earlier stage stopped"),
    (r"Traceback|Error:", "the room named in the traceback"),
    (r"variables only", "graph/artifacts: a value differs although nothing printed shows it"),
]


def room(text: str) -> str:
    """Return a first guess where to look."""
    return next(
        (where for pattern, where in ROOMS if re.search(pattern, text)), "graph: order or version of a value"
    )


def failures(results: list[dict[str, Any]], corpus: Path) -> str:
    """Return the list to work from: grouped by probable root, worst first. Holds notebook text: never commit it."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        if result["verdict"] not in {"equal", "exported"}:
            groups[cause(result)].append(result)
    rank = sorted(groups, key=lambda g: (-len(groups[g]), ORDER.index(groups[g][0]["verdict"])))
    parts = ["# Failures on the corpus (not for commit: quotes notebooks)", "", summary(results), ""]
    notes = corpus / "NOTES.md"
    parts += [notes.read_text(encoding="utf-8"), ""] if notes.exists() else []
    for name in rank:
        members = groups[name]
        parts += [f"## {len(members)} x {name}", f"suspect: {room(name + ' ' + members[0]['why'])}", ""]
        for result in members:
            parts += one_failure(result, corpus)
    parts += blamed(results)
    exports = [(r["steps"][0]["seconds"], f"{r['way']} {r['id']}") for r in results if r.get("steps")]
    parts += ["", "## Slowest exports (wall seconds)", ""]
    parts += [f"- {seconds:.1f} {name}" for seconds, name in sorted(exports, reverse=True)[:10]]
    return "\n".join(parts) + "\n"


def one_failure(result: dict[str, Any], corpus: Path) -> list[str]:
    """Return the paragraph about one notebook."""
    where = corpus / "ours" / result["way"] / result["id"]
    parts = [f"### {result['way']} {result['id']}", f"{result['why'][:300]}", f"files: {where}", ""]
    judged = result["judged"] or {}
    for bad in judged.get("bad", [])[:3]:
        parts += [
            f"- cell c{bad['cell']:04d}, stage {bad['stage']}, {bad['verdict']}",
            *quoted("code", bad["source"]),
            *quoted("expected", bad["expected"]),
            *quoted("got", bad["got"]),
        ]
    rest = len(judged.get("bad", [])) - 3
    if rest > 0:
        parts.append(f"- and {rest} cells more: {' '.join(str(b['cell']) for b in judged['bad'][3:25])}")
    for name in judged.get("variables", {}).get("different", [])[:5]:
        what = f"{name['name']} ({name['type']}, expected {name['expected']})"
        parts.append(f"- variable {what} differs at the end of the stage of cell {name['cell']}")
    return [*parts, ""]


def quoted(label: str, text: str) -> list[str]:
    """Return lines of text indented under a label."""
    return [
        f"    {label + ':':10}{row}" if k == 0 else f"    {'':10}{row}"
        for k, row in enumerate(text.splitlines())
    ]


def blamed(results: list[dict[str, Any]]) -> list[str]:
    """Return what makes stages load or wait in vain, most frequent first."""
    spare: Counter[str] = Counter()
    where: dict[str, str] = {}
    carried: Counter[str] = Counter()
    carried_at: dict[str, str] = {}
    missing: list[str] = []
    for result in results:
        measured = result["measured"]
        if not measured or not measured["trace_ok"]:
            continue
        place = f"{result['way']} {result['id']}"
        for stage in measured["stages"]:
            for name in stage["spare"]:
                spare[f"{result['id']}: {name}"] += 1
                where.setdefault(f"{result['id']}: {name}", f"{result['way']} stage {stage['stage']}")
            if stage["not_loaded"] and result["verdict"] != "equal":
                missing.append(f"{place} stage {stage['stage']}: {', '.join(stage['not_loaded'][:8])}")
        for edge in measured["blame"]:
            for carry in edge["carries"] or [{"kind": "?", "name": "?"}]:
                name = carry.get("name")
                key = f"{carry.get('kind')} {name}" + (
                    f" in {result['id']}" if carry.get("kind") == "variable" else ""
                )
                carried[key] += 1
                cells = f"cell {carry.get('made', '?')} -> {carry.get('read', '?')}"
                carried_at.setdefault(key, f"{result['way']} {edge['source']} -> {edge['target']}, {cells}")
    parts = ["## Precision: loaded in vain (name, number of stages, first place)", ""]
    parts += [f"- {n} x {key} ({where[key]})" for key, n in spare.most_common(60)]
    parts += ["", "## Precision: edges between pairs that execution shows to be independent", ""]
    parts += [f"- {n} x {key}, first {carried_at[key]}" for key, n in carried.most_common(40)]
    parts += ["", "## Used but not loaded, in notebooks that are not equal (replayed, or missing)", ""]
    return [*parts, *(f"- {text}" for text in missing[:60])]
