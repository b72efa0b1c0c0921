"""What an untagged cell looks like at first sight: enough to propose a tag, not to prove anything."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_mlcode.model.notebook import Cell
from jupyter_mlcode.notebook.magics import Magic, Masked, mask
from jupyter_mlcode.notebook.parameters import NotLiteralError, literal

Shape: TypeAlias = Literal["empty", "broken", "setup", "values", "install", "work"]
Phase: TypeAlias = Literal["load", "prepare", "train", "evaluate"]

_SETTINGS = re.compile(
    r"(?:warnings\.(?:filterwarnings|simplefilter)|(?:pd|pandas)\.set_option|(?:np|numpy)\.set_printoptions"
    r"|(?:sns|seaborn)\.(?:set|set_theme|set_style|set_context|set_palette)|(?:sklearn\.)?set_config"
    r"|(?:plt|matplotlib|mpl)\.(?:style\.use|rc|rcParams\.update|use)|rcParams\.update|locale\.setlocale"
    r"|(?:np\.|numpy\.)?random\.seed|torch\.manual_seed|(?:tf\.random\.)?set_seed|logging\.basicConfig|load_dotenv|sys\.path\.(?:append|insert))\Z"
)
_SETTING_ITEMS = re.compile(r"(?:plt\.|mpl\.|matplotlib\.)?rcParams\Z|(?:pd|pandas)\.options(?:\.\w+)*\Z")
_SETTING_MAGICS = frozenset({"matplotlib", "config", "load_ext", "reload_ext", "autoreload", "precision"})
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INSTALL = re.compile(r"\s*(?:python\S* -m )?(?:pip3?|conda|mamba|uv)\b.*\binstall\b|\s*apt(?:-get)? ")
_READS = re.compile(r"read_\w+|load_\w+|fetch_\w+|loadtxt|genfromtxt|get_data|open|urlopen|urlretrieve")
_FITS = re.compile(r"fit|fit_transform|train|fit_generator|partial_fit|compile")
_JUDGES = re.compile(r"score|\w+_score|predict|predict_proba|evaluate|classification_report|confusion_matrix")
_FITTING_TOOLS = re.compile(r"\w*(?:scaler|encoder|imputer|vectorizer|transformer|pca)\w*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellShape:
    """One code cell at first sight.

    `values` are cells of nothing but `name = literal`; `binds` are the names bound at top level and
    `touches` those that are bound, changed or deleted in any way that is visible.
    """

    shape: Shape
    binds: frozenset[str] = frozenset()
    touches: frozenset[str] = frozenset()
    scalars: bool = False
    phase: Phase = "prepare"


def cell_shape(cell: Cell) -> CellShape:
    """Return what this code cell looks like."""
    masked = mask(cell.source)
    try:
        return _shape(masked, ast.parse(masked.python))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellShape(shape="broken")


def _shape(masked: Masked, tree: ast.Module) -> CellShape:
    lines = {line for magic in masked.magics for line in range(magic.line, magic.end_line + 1)}
    statements = [s for s in tree.body if s.lineno not in lines and not _is_text(s)]
    if not statements and not masked.magics:
        return CellShape(shape="empty")
    if not statements and all(map(_installs, masked.magics)):
        return CellShape(shape="install")
    calm = all(m.name in _SETTING_MAGICS for m in masked.magics)
    binds = frozenset(_stores(statements))
    touches = binds | frozenset(_changed(tree))
    if calm and all(map(_is_setup, statements)):
        return CellShape(shape="setup", binds=binds, touches=touches)
    if not masked.magics and all(map(_is_value, statements)):
        scalars = not any(isinstance(_value(s), ast.List | ast.Dict) for s in statements)
        return CellShape(shape="values", binds=binds, touches=touches, scalars=scalars)
    return CellShape(shape="work", binds=binds, touches=touches, phase=_phase(tree))


def _is_setup(statement: ast.stmt) -> bool:
    """Tell whether a statement is an import, a plain definition, a constant or a known setting."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return not statement.decorator_list
    if isinstance(statement, _DEFINITIONS):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return _SETTINGS.match(_dotted(statement.value.func)) is not None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Subscript):
            return _SETTING_ITEMS.match(_dotted(target.value)) is not None
        if isinstance(target, ast.Attribute):
            return _SETTING_ITEMS.match(_dotted(target.value)) is not None
        return isinstance(target, ast.Name) and target.id.isupper() and _is_value(statement)
    if isinstance(statement, ast.If) and isinstance(statement.test, ast.Compare | ast.Name):
        return False
    return isinstance(statement, ast.Try) and all(isinstance(s, _DEFINITIONS) for s in statement.body)


def _is_value(statement: ast.stmt) -> bool:
    value = _value(statement)
    if value is None:
        return False
    try:
        literal(value)
    except NotLiteralError:
        return False
    return True


def _value(statement: ast.stmt) -> ast.expr | None:
    """Return the right side of `name = value`."""
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return statement.value if isinstance(statement.targets[0], ast.Name) else None
    return None


def _stores(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Yield the names that plain assignments, imports and definitions bind."""
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement.name
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                yield (alias.asname or alias.name).partition(".")[0]
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _changed(tree: ast.Module) -> Iterator[str]:
    """Yield names whose object may be changed: `x[...] =`, `x.a =`, `x += `, `x.append(...)`, `del x`."""
    for node in ast.walk(tree):
        target: ast.expr | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            target = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            target = node.func.value
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            target = node
        root = _dotted(target).partition(".")[0] if target is not None else ""
        if root:
            yield root


def _phase(tree: ast.Module) -> Phase:
    """Return where in the usual course of a notebook a cell belongs, by what it calls."""
    called: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            dotted = _dotted(node.func)
            name = dotted.rpartition(".")[2]
            if _READS.fullmatch(name):
                called["load"] += 1
            elif _FITS.fullmatch(name) and not _FITTING_TOOLS.match(dotted):
                called["train"] += 1
            elif _JUDGES.fullmatch(name):
                called["evaluate"] += 1
    for phase in ("train", "load", "evaluate"):
        if called[phase]:
            return phase
    return "prepare"


def _installs(magic: Magic) -> bool:
    text = magic.argument if magic.kind == "shell" else f"{magic.name} {magic.argument}"
    return magic.kind in ("shell", "line") and _INSTALL.match(text) is not None


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _dotted(node: ast.expr) -> str:
    """Return `a.b.c` for names and attributes, the part that is one for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Subscript | ast.Call):
        return _dotted(node.value if isinstance(node, ast.Subscript) else node.func)
    return ""
