"""Measure the product on the real notebooks of the corpus: `python tests/bench/corpus.py CORPUS`.

For every notebook of partitions A and B (tagged copies of notebooks nobody here wrote) the command line
exports and runs it in the corpus' sandbox with the corpus' kernel; the corpus' judge compares every
cell's outputs with the oracle; a traced whole run says what each stage really used. Results stay in
CORPUS/ours/<partition>/<id>; the second call only does what is missing or was made by another version.
See README.md beside this file. Standard library and PyYAML.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus_measure
import corpus_report
import yaml

HERE = Path(__file__).resolve().parent
CODE = re.compile(r"\bMLC\d{3}\b")
LOCK = threading.Lock()
TRACING: dict[str, threading.Lock] = {}
TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """One notebook of the corpus and where it lies on this machine."""

    id: str
    root: Path
    path: Path
    seconds: float

    @property
    def folder(self) -> Path:
        """Return the folder in which the notebook runs."""
        return self.path.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A working copy of the corpus."""

    folder: Path

    @property
    def python(self) -> Path:
        """Return the interpreter of the pinned environment."""
        return self.folder / "V" / "bin" / "python"

    def notebooks(self) -> list[Notebook]:
        """Return the notebooks that collect.py found, in a fixed order."""
        found = json.loads((self.folder / "candidates.json").read_text())
        seconds = {
            r["id"]: r["seconds"]
            for r in json.loads((self.folder / "manifest.json").read_text())["notebooks"]
        }
        books = [
            Notebook(
                id=r["id"], root=Path(r["root"]), path=Path(r["root"]) / r["path"], seconds=seconds[r["id"]]
            )
            for r in found
        ]
        return sorted(books, key=lambda b: (b.seconds, b.id))

    def partition(self, name: str, way: str) -> dict[int, str]:
        """Return `{cell: stage}` of a partition; empty when the notebook has none."""
        parts = json.loads((self.folder / "partitions" / "partitions.json").read_text())[name]
        if way == "C":
            cells = sorted(i for stage in parts["B"] for i in stage["cells"])
            return {i: f"c{i:04d}" for i in cells}
        return {i: stage_name(stage["slug"]) for stage in parts[way] or [] for i in stage["cells"]}

    def tagged(self, name: str, way: str) -> Path:
        """Return the tagged copy of a notebook, its stage names made ours: they must begin with a letter."""
        source = self.folder / "partitions" / way.replace("C", "B") / f"{name}.ipynb"
        target = self.folder / "tagged" / way / source.name
        if not target.exists():
            value = json.loads(source.read_text(encoding="utf-8"))
            stages = self.partition(name, way[0])
            for index, cell in enumerate(value["cells"]):
                tags = cell["metadata"].get("tags")
                if tags:
                    named = f"stage:{stages.get(index)}"
                    cell["metadata"]["tags"] = [named if t.startswith("stage:") else t for t in tags]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")
        return target

    def stage_ends(self, name: str, way: str) -> set[int]:
        """Return the last cell of each stage."""
        last = {stage: index for index, stage in sorted(self.partition(name, way).items())}
        return set(last.values())

    def sources(self, name: str) -> dict[int, str]:
        """Return the code cells of a notebook."""
        tagged = json.loads((self.folder / "partitions" / "B" / f"{name}.ipynb").read_text())
        return {
            i: "".join(cell["source"])
            for i, cell in enumerate(tagged["cells"])
            if cell["cell_type"] == "code" and "".join(cell["source"]).strip()
        }

    def sandbox(
        self, book: Notebook, way: str, command: list[str], timeout: float, environ: dict[str, str]
    ) -> tuple[int, str]:
        """Run a command beside the tagged notebook, without network, on a throw-away view of its repository."""
        target = book.folder / "mlcode_nb.ipynb"
        call = [
            str(self.python),
            str(self.folder / "scripts" / "sandbox.py"),
            *("--root", str(book.root), "--cwd", str(book.folder), "--timeout", str(timeout)),
            *("--put", f"{self.tagged(book.id, way)}:{target}"),
            "--",
            *command,
        ]
        env = {**os.environ, **environ, "PATH": f"{self.python.parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            call,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")[-4000:]


def stage_name(slug: str) -> str:
    """Return the slug of a heading as a name for a stage.

    Examples:
        >>> stage_name("2sls-as-ols"), stage_name("load")
        ('s-2sls-as-ols', 'load')
    """
    return slug if slug[:1].isalpha() else f"s-{slug}"


def committed(repository: Path, target: Path) -> Path:
    """Unpack the last commit's product, so that half-done edits in the working tree do not count."""
    archive = ["git", "-C", str(repository), "archive", "HEAD", "jupyter_mlcode", "pyproject.toml"]
    packed = subprocess.run(archive, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(target)], input=packed, check=True)
    return target


def snapshot(source: Path, corpus: Corpus) -> Path:
    """Copy the product out of the working tree, so that a run of an hour sees one version of it.

    A `dist-info` folder with the entry points of pyproject.toml is written beside it: plugins come in by
    entry points, and installing for real would build the front end.
    """
    package = source / "jupyter_mlcode"
    files = sorted(
        p for p in package.rglob("*") if p.is_file() and not {"__pycache__", "labextension"} & set(p.parts)
    )
    hasher = hashlib.sha256()
    for path in files:
        hasher.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes())
    target = corpus.folder / "product" / hasher.hexdigest()[:12]
    if not target.exists():
        part = target.with_suffix(f".{os.getpid()}")
        for path in files:
            to = part / path.relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
        write_entry_points(source / "pyproject.toml", part / "jupyter_mlcode-0.0.0.dist-info")
        subprocess.run([corpus.python, "-m", "compileall", "-q", str(part)], check=False)
        part.rename(target)
    return target


def write_entry_points(pyproject: Path, info: Path) -> None:
    """Write a distribution's metadata with nothing but its entry points."""
    import tomllib

    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: jupyter-mlcode\nVersion: 0.0.0\n")
    project = tomllib.loads(pyproject.read_text()).get("project", {}) if pyproject.exists() else {}
    groups = dict(project.get("entry-points", {}))
    groups["console_scripts"] = project.get("scripts", {})
    text = [
        f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in names.items()) for group, names in groups.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(text))


def trace(corpus: Corpus, book: Notebook) -> dict[str, Any]:
    """Return the traced whole run of a notebook; made once, also when two partitions ask at the same time."""
    with LOCK:
        lock = TRACING.setdefault(book.id, threading.Lock())
    with lock:
        return traced(corpus, book)


def traced(corpus: Corpus, book: Notebook) -> dict[str, Any]:
    """Return the stored trace, or make it."""
    out = corpus.folder / "trace" / f"{book.id}.json"
    if not out.exists():
        out.parent.mkdir(exist_ok=True)
        sources = corpus.sources(book.id)
        ends: set[int] = set()
        for way in "AB":
            ends |= corpus.stage_ends(book.id, way)
        plan = out.with_suffix(".plan")
        cells = [{"index": i, "source": s} for i, s in sorted(sources.items())]
        plan.write_text(json.dumps({"cells": cells, "ends": sorted(ends)}))
        limit = 300 + int(book.seconds * 10)
        script = str(HERE / "trace_notebook.py")
        command = [str(corpus.python), script, "mlcode_nb.ipynb", str(plan), str(out), str(limit)]
        code, text = corpus.sandbox(book, "B", command, limit + 60, {"TRACE_ROOT": str(book.root)})
        plan.unlink(missing_ok=True)
        if not out.exists():
            problem = {
                "ok": False,
                "problem": f"exit {code}: {text[-300:]}",
                "cells": [],
                "mutated": {},
                "outputs": {},
            }
            out.write_text(json.dumps(problem))
    return dict(json.loads(out.read_text()))


def run_product(
    corpus: Corpus, book: Notebook, way: str, product: Path, results: Path, export_only: bool
) -> None:
    """Export and run one tagged notebook in the sandbox."""
    shutil.rmtree(results, ignore_errors=True)
    (results / "variables").mkdir(parents=True)
    ends: dict[str, list[int]] = {}
    sources = corpus.sources(book.id)
    for index in sorted(corpus.stage_ends(book.id, way)):
        ends.setdefault(sources[index].strip(), []).append(index)
    plan = results / "probe.json"
    fingerprint = str(corpus.folder / "scripts" / "fingerprint_kernel.py")
    plan.write_text(json.dumps({"ends": ends, "out": str(results / "variables"), "fingerprint": fingerprint}))
    limit = 240 + book.seconds * 6 + 20 * len(corpus.stage_ends(book.id, way))
    command = [
        str(corpus.python),
        str(HERE / "corpus_inside.py"),
        "mlcode_nb.ipynb",
        str(results),
        str(limit),
    ]
    environ = {"PYTHONPATH": str(product), "PROBE_PLAN": str(plan), "MLCODE_DEBUG": "1"}
    if export_only:
        environ["EXPORT_ONLY"] = "1"
    if "STAGES_AT_ONCE" in os.environ:
        environ["STAGES_AT_ONCE"] = os.environ["STAGES_AT_ONCE"]
    code, text = corpus.sandbox(book, way, command, limit + 30, environ)
    if not (results / "steps.json").exists():
        broken = [
            {
                "step": "sandbox",
                "arguments": command,
                "exit": code,
                "seconds": 0.0,
                "stdout": text,
                "stderr": "",
            }
        ]
        (results / "steps.json").write_text(json.dumps(broken))


def judge(corpus: Corpus, book: Notebook, way: str, results: Path) -> dict[str, Any]:
    """Return what the shared judge says about the executed stage notebooks."""
    call = [str(corpus.python), str(HERE / "corpus_judge.py"), str(corpus.folder), way, book.id, str(results)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"error": done.stderr[-2000:], "counts": {}, "bad": [], "machine": 0, "variables": {}}
    return dict(json.loads(done.stdout))


def run_error(results: Path) -> str:
    """Return the text of the first error in the run's report."""
    report = results / "runs" / "report.json"
    if not report.exists():
        return ""
    stages = json.loads(report.read_text()).get("stages", [])
    errors = [s["error"] for s in stages if s.get("error")]
    return " ".join(str(errors[0].get("text", "")).split()) if errors else ""


def verdict(
    steps: list[dict[str, Any]], judged: dict[str, Any] | None, error: str
) -> tuple[str, list[str], str]:
    """Return the verdict, the codes that were given and one line that says why.

    `equal`, `refused` (export said no), `stopped` (a stage stopped with one of our codes: a clear no, late),
    `failed` (a stage failed otherwise), `different` (all ran, something differs: the worst), `crash`
    (traceback, internal error or time over).
    """
    last = steps[-1]
    text = "\n".join(s["stdout"] + "\n" + s["stderr"] for s in steps)
    export = steps[0]
    if export["step"] == "sandbox" or any(s["exit"] == "timeout" for s in steps):
        late = next((s for s in steps if s["exit"] == "timeout"), export)
        return "crash", [], f"{late['step']}: {late['exit']}"
    if any(TRACEBACK in s["stderr"] + s["stdout"] and s["exit"] not in {0, 4} for s in steps) or 5 in {
        s["exit"] for s in steps
    }:
        return "crash", [], last_line(text)
    errors = error_lines(export)
    if export["exit"] != 0:
        codes = sorted(set(CODE.findall("\n".join(errors))) - {"MLC100"})
        why = next(iter(errors), last_line(export["stdout"] + export["stderr"]))
        return "refused" if export["exit"] == 1 and codes else "crash", codes, why
    if last["exit"] != 0:
        codes = sorted(set(CODE.findall(error or last["stdout"] + last["stderr"])))
        clear = any(c.startswith("MLC2") and c != "MLC200" for c in codes)
        return "stopped" if clear else "failed", codes, error or last_line(last["stdout"] + last["stderr"])
    if last["step"] != "run":
        return "exported", [], ""
    if judged is None or judged.get("error"):
        return "crash", [], "judge: " + last_line((judged or {}).get("error", ""))
    if judged["bad"] or judged["variables"].get("different"):
        kinds = sorted({b["verdict"] for b in judged["bad"]}) or ["variables only"]
        return "different", [], f"{len(judged['bad'])} cells ({', '.join(kinds)})"
    return "equal", [], ""


def error_lines(step: dict[str, Any]) -> list[str]:
    """Return the diagnostics of a refused export that say something about a place in the notebook."""
    lines = (step["stdout"] + "\n" + step["stderr"]).splitlines()
    return [line.strip() for line in lines if CODE.search(line) and "warning" not in line.lower()[:40]]


def last_line(text: str) -> str:
    """Return the last line that is not empty."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return next((line.strip()[:200] for line in reversed(plain.splitlines()) if line.strip()), "")


def measure(corpus: Corpus, book: Notebook, way: str, results: Path) -> dict[str, Any] | None:
    """Return inputs against used variables and order against independence."""
    exported = results / "export" / "pipeline.yaml"
    if not exported.exists():
        return None
    traced = trace(corpus, book)
    stages = corpus.partition(book.id, way)
    used = corpus_measure.used_by_execution(traced, stages, corpus.sources(book.id))
    try:
        graph = json.loads((results / "graph.json").read_text())
    except ValueError:
        graph = {"edges": []}
    handed = results / "sizes.json"
    sizes = json.loads(handed.read_text()) if handed.exists() else {}
    report = corpus_measure.precision(used, yaml.safe_load(exported.read_text()), graph, sizes)
    report["trace_ok"] = traced["ok"]
    return report


def one(
    corpus: Corpus, book: Notebook, way: str, product: Path, options: argparse.Namespace
) -> dict[str, Any]:
    """Measure one notebook in one partition, unless this version was measured before."""
    results = corpus.folder / ("exports" if options.export_only else "ours") / way / book.id
    record = results / "result.json"
    known = json.loads(record.read_text()) if record.exists() else None
    good = known is not None and known["verdict"] == "equal" and options.keep_equal
    stale = known is None or (known["product"] != product.name and not good and not options.rejudge)
    if not (stale or options.again) and known is not None and not options.rejudge:
        return dict(known)
    started = time.monotonic()
    if stale or options.again:
        run_product(corpus, book, way, product, results, options.export_only)
    steps = json.loads((results / "steps.json").read_text())
    ran = [s for s in steps if s["step"] == "run"]
    judged = judge(corpus, book, way, results) if ran else None
    word, codes, why = verdict(steps, judged, run_error(results))
    result = {
        "id": book.id,
        "way": way,
        "product": product.name if stale or options.again or known is None else known["product"],
        "verdict": word,
        "codes": codes,
        "why": why,
        "judged": judged,
        "measured": measure(corpus, book, way, results),
        "seconds": round(time.monotonic() - started, 1),
        "steps": [{k: s[k] for k in ("step", "exit", "seconds")} for s in steps],
        "stages": sorted(set(corpus.partition(book.id, way).values())),
    }
    record.write_text(json.dumps(result, indent=1))
    return result


def reference(corpus: Corpus) -> None:
    """Run every notebook whole on this machine, once: what differs from the oracle here is not our doing."""
    missing = [
        b for b in corpus.notebooks() if not (corpus.folder / "runs" / "here1" / f"{b.id}.json").exists()
    ]
    if missing:
        print(f"reference: {len(missing)} whole runs first", file=sys.stderr)
        script = str(corpus.folder / "scripts" / "run_linear.py")
        call = [str(corpus.python), script, str(corpus.folder), "here1", "--oracle", "--timeout", "300"]
        env = {**os.environ, "PATH": f"{corpus.python.parent}:{os.environ['PATH']}"}
        subprocess.run(call, env=env, check=True, stdout=sys.stderr)


def parse_arguments() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus", type=Path, help="a working copy of the corpus with its environment V")
    parser.add_argument(
        "--partition",
        choices=["A", "B", "C", "AI", "BI", "AB"],
        default="AB",
        help="A: by headings, B: four equal parts, C: every cell a stage; default: both A and B",
    )
    parser.add_argument(
        "--only", action="append", default=[], help="an id, or a part of one; may be given again"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=int, default=0, help="only the N quickest notebooks")
    parser.add_argument("--source", type=Path, default=HERE.parents[1], help="the working tree to measure")
    parser.add_argument("--head", action="store_true", help="measure the last commit, not the working tree")
    parser.add_argument("--again", action="store_true", help="run also what this version was measured on")
    parser.add_argument(
        "--keep-equal", action="store_true", help="do not run again what was equal with an earlier version"
    )
    parser.add_argument(
        "--rejudge", action="store_true", help="judge and measure stored runs again, run nothing"
    )
    parser.add_argument(
        "--no-reference", action="store_true", help="do not make whole runs on this machine first"
    )
    parser.add_argument("--export-only", action="store_true", help="no runs: refusals, inputs and order only")
    parser.add_argument("--traces-only", action="store_true", help="make the traced whole runs and stop")
    parser.add_argument("--table", type=Path, help="write the Markdown table of results here")
    parser.add_argument("--failures", type=Path, help="write the list of failures here (holds notebook text)")
    return parser.parse_args()


def main() -> int:
    """Measure, print a line per notebook and a summary; exit 1 when anything is silently different or crashes."""
    options = parse_arguments()
    corpus = Corpus(folder=options.corpus.resolve())
    books = [b for b in corpus.notebooks() if not options.only or any(o in b.id for o in options.only)]
    books = books[: options.limit] if options.limit else books
    if not options.no_reference:
        reference(corpus)
    os.nice(5)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        if options.traces_only:
            for book, done in zip(books, pool.map(lambda b: trace(corpus, b), books), strict=True):
                print(done["ok"], f"{done.get('run_seconds', 0):6.1f} s", book.id, done["problem"] or "")
            return 0
        with tempfile.TemporaryDirectory() as scratch:
            source = committed(options.source, Path(scratch)) if options.head else options.source
            product = snapshot(source, corpus)
        ways = ["A", "B"] if options.partition == "AB" else [options.partition]
        tasks = [(book, way) for book in books for way in ways if corpus.partition(book.id, way[0])]
        if options.rejudge:
            place = corpus.folder / ("exports" if options.export_only else "ours")
            tasks = [(b, w) for b, w in tasks if (place / w / b.id / "result.json").exists()]
        futures = [pool.submit(one, corpus, book, way, product, options) for book, way in tasks]
        results = []
        for future in concurrent.futures.as_completed(futures):
            result = future.result()
            results.append(result)
            print(corpus_report.line(result), flush=True)
            if options.failures:
                options.failures.write_text(corpus_report.failures(results, corpus.folder), encoding="utf-8")
    results.sort(key=lambda r: (r["id"], r["way"]))
    if options.table:
        options.table.write_text(corpus_report.table(results), encoding="utf-8")
    print(corpus_report.summary(results))
    return int(any(r["verdict"] in {"different", "crash"} for r in results))


if __name__ == "__main__":
    sys.exit(main())
