"""Which generated files were edited by hand since the last export.

With the manifest that the export left: whoever's hash differs. In a fresh clone there is none, so
scripts are compared with `pipeline.ipynb` beside them: code of the user must be the notebook's, the
rest must be what we write.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mlcode.codegen.conventions import names_bound
from jupyter_mlcode.codegen.markers import ScriptCell, script_cells
from jupyter_mlcode.codegen.notebooks import opening, unedited
from jupyter_mlcode.codegen.translation import to_script
from jupyter_mlcode.errors import InputError
from jupyter_mlcode.exporters.transaction import digest
from jupyter_mlcode.notebook.plain_files import read_regular
from jupyter_mlcode.notebook.yaml_input import parse_yaml

_IMPORT = re.compile(r"(?:import|from) .*|    \w+(?: as \w+)?,?(?: \w+(?: as \w+)?,?)*|\)")
_METHODS = frozenset(
    "params load load_maybe load_all save save_as save_shared save_maybe save_all save_state restore_state".split()
)


def edited_files(folder: Path, contents: Mapping[str, bytes], manifest: Mapping[str, str] | None) -> set[str]:
    """Return which of these files of the folder hold something that no export wrote."""
    if manifest is not None:
        return {path for path, content in contents.items() if manifest.get(path) != digest(content)}
    known = set(exported_names(folder))
    cells = _notebook_cells(folder)
    return {path for path, content in contents.items() if path not in known or _differs(path, content, cells)}


def exported_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the files that an export with the folder's `pipeline.yaml` has written."""
    document = read_pipeline_yaml(folder)
    if document is None:
        return ()
    names = [
        "README.md",
        "pipeline.yaml",
        "pipeline.ipynb",
        "mlcode_handoff.py",
        ".gitignore",
        ".gitattributes",
    ]
    names += [f"stage_{stage}.{kind}" for stage in document["stages"] for kind in ("py", "ipynb")]
    if document.get("definitions"):
        names.append(f"{document['definitions']}.py")
    return tuple(name for name in names if "/" not in name and "\\" not in name)


def read_pipeline_yaml(folder: Path) -> dict[str, Any] | None:
    """Return the folder's `pipeline.yaml` when it is one of ours."""
    try:
        found = parse_yaml(read_regular(folder / "pipeline.yaml").decode("utf-8"))
    except (OSError, ValueError):
        return None
    ours = (
        isinstance(found, dict)
        and isinstance(found.get("format"), int)
        and isinstance(found.get("stages"), dict)
    )
    return found if ours else None


def _notebook_cells(folder: Path) -> dict[str, str]:
    """Return the sources of the code cells of the folder's `pipeline.ipynb` by their ids."""
    try:
        found = json.loads(read_regular(folder / "pipeline.ipynb"))
        cells = [cell for cell in found["cells"] if cell["cell_type"] == "code"]
        return {str(cell["id"]): "".join(cell["source"]) for cell in cells}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _differs(path: str, content: bytes, cells: Mapping[str, str]) -> bool:
    """Tell whether a file of a fresh clone shows that a hand was at it."""
    text = content.decode("utf-8", "replace")
    if path.endswith("_definitions.py"):
        known = {line.strip() for source in cells.values() for line in source.split("\n")}
        body = [line for line in text.split("\n")[1:] if line.strip()]
        return any(
            line.strip() not in known and not line.startswith(("# %% ", "from ", "import ")) for line in body
        )
    if path.startswith("stage_") and path.endswith(".py"):
        return _script_differs(text, cells)
    return False


def _script_differs(text: str, cells: Mapping[str, str]) -> bool:
    try:
        parts = script_cells(text)[1:]
    except InputError:
        return True
    variable, _ = opening(parts)
    bound = names_bound(cells.values())
    for part in parts:
        if part.kind == "own":
            same = part.cell_id in cells and unedited(part, cells[part.cell_id], variable, bound)
        elif part.kind == "setup":
            source = to_script(cells.get(part.cell_id, ""), stage=variable, bound=bound)
            same = part.cell_id in cells and _is_part_of(part, source)
        else:
            same = _is_ours(part.source, variable)
        if not same:
            return True
    return False


def _is_part_of(part: ScriptCell, original: str) -> bool:
    """Tell whether each line is one of the cell's; imports may have lost names."""
    known = {line.strip() for line in original.split("\n")}
    return all(line.strip() in known or _IMPORT.fullmatch(line) for line in part.source.split("\n"))


def _is_ours(source: str, variable: str) -> bool:
    """Tell whether the lines are imports and calls of the stage, as we write them, without a comment."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return all(_is_our_statement(node, variable) for node in body) and "#" not in source


def _is_our_statement(node: ast.stmt, variable: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module in ("mlcode_handoff", "IPython.display") or str(node.module).endswith(
            "_definitions"
        )
    if not isinstance(node, (ast.Assign, ast.Expr)) or not isinstance(node.value, ast.Call):
        return False
    function = node.value.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id == variable and function.attr in _METHODS
    return isinstance(function, ast.Name) and function.id in ("Stage", "MlcodeStage")
