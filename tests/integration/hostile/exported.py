"""An exported folder, looked at without running it: does it hold what its files promise and nothing else."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import nbformat
import yaml

_UNSEEN = re.compile("[\x00-\x08\x0b\x0d-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_COMMANDS = frozenset({"system", "popen", "Popen", "getoutput", "fetch"})


def faults(folder: Path, source: str = "") -> list[str]:
    """Return what is wrong with the files of an export; `source` is code whose characters are the user's own."""
    found: list[str] = []
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8")
        if path.name == "pipeline.ipynb":
            nbformat.validate(json.loads(text))
            continue
        if path.suffix == ".py" and path.name != "mlcode_handoff.py":
            found += _of_script(path.name, text)
        if path.suffix == ".yaml":
            yaml.load(text, Loader=yaml.SafeLoader)
        found += [f"{path.name} holds {c!r}" for c in sorted(set(_UNSEEN.findall(text)) - set(source))]
    readme = (folder / "README.md").read_text("utf-8")
    outside = re.sub(r"`[^`\n]*`|^ {4}.*$", "", readme, flags=re.MULTILINE)
    found += ["README.md holds markup"] if re.search(r"(?<!\\)<\w", outside) else []
    return found


def _of_script(name: str, text: str) -> list[str]:
    called = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    return [f"{name} uses {word}" for word in sorted(called & _COMMANDS)]
