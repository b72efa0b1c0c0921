"""Judge one run with the corpus' own judge, and say for each bad cell what was expected and what came.

`corpus_judge.py CORPUS WAY ID RESULTS`, in the corpus' environment; JSON on stdout. A cell that the plain
whole run on this machine (`runs/here1`) does not reproduce either is judged against that run instead:
such a difference is the machine's, not ours. Such cells are counted as `machine`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

BY_REFERENCE = {"builtins.function", "builtins.type", "builtins.module", "builtins.method"}
"""Types whose fingerprint depends on where a definition stands, not only on what it does."""


def first_lines(found: dict[str, Any]) -> str:
    """Return the first three lines of what a cell printed or showed."""
    text = "\n".join([found["stdout"], *found["results"]]).strip()
    if found.get("error"):
        text = f"raises {found['error']}\n{text}"
    return "\n".join(line[:110] for line in text.splitlines()[:3])


def differing_lines(expected: dict[str, Any], got: dict[str, Any]) -> tuple[str, str]:
    """Return three lines of each side from the first line on that differs."""
    one, two = (("\n".join([x["stdout"], *x["results"]])).splitlines() for x in (expected, got))
    start = next(
        (k for k, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    return ("\n".join(line[:110] for line in side[start : start + 3]) for side in (one, two))  # type: ignore[return-value]


def judged(corpus: Path, way: str, name: str, results: Path) -> dict[str, Any]:
    """Return the verdict of the shared judge with places and texts."""
    import judge as shared
    import nbformat
    from common import compare, norm_outputs

    oracle = json.loads((corpus / "oracle" / f"{name}.json").read_text())
    tagged = nbformat.read(corpus / "tagged" / way / f"{name}.ipynb", as_version=4)
    sources = {i: c.source for i, c in enumerate(tagged.cells) if c.cell_type == "code" and c.source.strip()}
    record = next(r for r in json.loads((corpus / "candidates.json").read_text()) if r["id"] == name)
    folder = str((Path(record["root"]) / record["path"]).parent)
    found = shared.found_from_folder(results / "runs", sources)
    verdict = shared.judge(oracle, found, folder)
    here_file = corpus / "runs" / "here1" / f"{name}.json"
    here = json.loads(here_file.read_text()) if here_file.exists() else {"cells": {}}
    bad, machine = [], 0
    for key, cell in verdict["cells"].items():
        if cell["v"] not in {"figure", "different", "missing", "error"}:
            continue
        expected, local = oracle["cells"][key]["expect"], here["cells"].get(key)
        got = [norm_outputs(x, folder) for x in found.get(int(key), [])]
        moved = local is not None and compare(expected, local)[0] not in {"equal", "close"}
        if moved and any(compare(local, g)[0] in {"equal", "close"} for g in got):
            machine += 1
            continue
        tag = next((t for t in tagged.cells[int(key)].metadata.get("tags", []) if t.startswith("stage:")), "")
        want, have = differing_lines(expected, got[0]) if got else (first_lines(expected), "(not executed)")
        if cell["v"] == "error":
            have = first_lines(got[0])
        head = [line for line in sources.get(int(key), "").splitlines() if line.strip()][:3]
        bad.append(
            {
                "cell": int(key),
                "verdict": cell["v"],
                "stage": tag.removeprefix("stage:"),
                "expected": want,
                "got": have,
                "source": "\n".join(line[:110] for line in head),
            }
        )
    texts_bad = {b["cell"] for b in bad}
    for key, cell in verdict["cells"].items():
        expected, local = oracle["cells"][key]["expect"], here["cells"].get(key)
        same_here = local is not None and local["png"] == expected["png"]
        if cell["png"] is False and same_here and int(key) not in texts_bad:
            tag = next(
                (t for t in tagged.cells[int(key)].metadata.get("tags", []) if t.startswith("stage:")), ""
            )
            head = [line for line in sources.get(int(key), "").splitlines() if line.strip()][:3]
            bad.append(
                {
                    "cell": int(key),
                    "verdict": "pixels",
                    "stage": tag.removeprefix("stage:"),
                    "expected": " ".join(expected["png"]),
                    "got": "figures with other pixels; the whole run on this machine has the expected ones",
                    "source": "\n".join(line[:110] for line in head),
                }
            )
    return {
        "counts": verdict["counts"],
        "machine": machine,
        "bad": bad,
        "png_equal": verdict["png_equal"],
        "png_judged": verdict["png_judged"],
        "variables": compare_variables(oracle, here, results / "variables", sources),
    }


def compare_variables(
    oracle: dict[str, Any], here: dict[str, Any], probes: Path, sources: dict[int, str]
) -> dict[str, Any]:
    """Compare the variables at stage ends, where the oracle and this machine's whole run agree.

    A stage end is recognised by its cell's text: a text that stands in two cells says nothing.
    """
    texts = Counter(source.strip() for source in sources.values())
    equal, different = 0, []
    for probe in sorted(probes.glob("*.json")) if probes.is_dir() else ():
        if texts[sources[int(probe.stem)].strip()] > 1:
            continue
        report = json.loads(probe.read_text())
        want = oracle["checkpoints"].get(probe.stem, {}).get("vars", {})
        if any(value.get("stable") is False for value in want.values()):
            continue  # never seeded: what agreed in two runs agreed by luck
        local = here.get("checkpoints", {}).get(probe.stem, {}).get("vars", {})
        for name, value in report.get("vars", {}).items():
            wanted = want.get(name, {})
            if value["t"] in BY_REFERENCE:
                continue
            if (
                wanted.get("h") is None
                or wanted.get("stable") is False
                or local.get(name, {}).get("h") != wanted["h"]
            ):
                continue
            if value["h"] == wanted["h"]:
                equal += 1
            else:
                different.append(
                    {"cell": int(probe.stem), "name": name, "type": value["t"], "expected": wanted["t"]}
                )
    return {"equal": equal, "different": different}


if __name__ == "__main__":
    corpus_folder = Path(sys.argv[1])
    sys.path.insert(0, str(corpus_folder / "scripts"))
    print(json.dumps(judged(corpus_folder, sys.argv[2], sys.argv[3], Path(sys.argv[4]))))
