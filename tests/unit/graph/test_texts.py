"""Pure parts of the graph: paths that meet, an order to run in, texts that are replayed, cells at first sight."""

from __future__ import annotations

import pytest

from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.graph.cell_shapes import cell_shape
from jupyter_mlcode.graph.document import graph_document
from jupyter_mlcode.graph.files import may_meet
from jupyter_mlcode.graph.order import run_order
from jupyter_mlcode.graph.text import pruned_import
from jupyter_mlcode.model.notebook import Cell, Notebook
from tests.unit.graph.notebooks import planned, replays

MEET = [
    ("", "x", True),
    ("a.csv", "a.csv", True),
    ("a.csv", "b.csv", False),
    ("./a.csv", "a.csv", True),
    ("out/../a.csv", "a.csv", True),
    ("out\\a.csv", "out/a.csv", True),
    ("out", "out/a.csv", True),
    ("out", "output/a.csv", False),
    (".", "a.csv", True),
    ("data/*.csv", "data/x.csv", True),
    ("data/*.csv", "data/x.txt", False),
    ("data/*.csv", "other/x.csv", False),
    ("data/a[0-9].csv", "data/a1.csv", True),
    ("data/a?.csv", "data/b1.csv", False),
    ("${n}.csv", "x.csv", True),
    ("${n}.csv", "x.txt", False),
    ("${n}", "x.txt", True),
    ("a/${n}", "b/x", False),
    ("*/a.png", "*/b.png", False),
    ("out/*.csv", "out", True),
    ("/x/a.csv", "a.csv", True),
    ("/x/a.csv", "x/a.csv", True),
    ("/x/a.csv", "y/a.csv", False),
    ("/x/a.csv", "b.csv", False),
    ("/x/a.csv", "../a.csv", True),
    ("/x/a.csv", "/x/a.csv", True),
    ("/x/a.csv", "/y/a.csv", False),
    ("/x", "a.csv", True),
    ("/x/data/a.csv", "data", True),
    ("/x/data/a.csv", "dat", False),
    ("/x/*.csv", "a.csv", True),
    ("/x/*.csv", "a.txt", False),
    ("/x/a.csv", "*.csv", True),
    ("/x/a.csv", "*.txt", False),
    ("**/a.csv", "/x/b.csv", False),
    ("**/a.csv", "/x/a.csv", True),
    ("https://e.org/a.csv", "a.csv", False),
    ("https://e.org/a.csv", "https://e.org/a.csv", True),
    ("https://e.org//a", "https://e.org/a", False),
    ("S3://b/a", "a", False),
]


@pytest.mark.parametrize(("one", "two", "meet"), MEET)
def test_paths_that_may_be_one_file(one: str, two: str, meet: bool) -> None:
    assert may_meet(one, two) is meet
    assert may_meet(two, one) is meet


ORDERS = [
    ("abc", "", "abc", ""),
    ("abc", "ba", "bac", ""),
    ("abc", "ca cb", "cab", ""),
    ("abc", "aa", "abc", ""),
    ("abcd", "ac bc cd", "abcd", ""),
    ("abcd", "da", "bcda", ""),
    ("abc", "ab ba", "cab", "ba"),
    ("abcd", "bc cd db", "abcd", "cdb"),
]


@pytest.mark.parametrize(("stages", "edges", "order", "cycle"), ORDERS)
def test_the_earliest_stage_that_can_run_is_next(stages: str, edges: str, order: str, cycle: str) -> None:
    found, circle = run_order(stages, [(edge[0], edge[1]) for edge in edges.split()])
    assert "".join(found) == order
    assert sorted(circle) == sorted(cycle)
    pairs = {tuple(edge) for edge in edges.split()}
    assert all((a, b) in pairs for a, b in zip(circle, [*circle[1:], *circle[:1]], strict=True))


PRUNED = [
    ("import a, b", "a", "import a"),
    ("import a, b", "a b", "import a, b"),
    ("import a, b", "c", "import a, b"),
    ("import a.b, c", "a", "import a.b"),
    ("import a.b as d, c", "d", "import a.b as d"),
    ("from a import b, c as d", "d", "from a import c as d"),
    ("from a import b, c", "b", "from a import b"),
    ("from a import *", "b", "from a import *"),
    ("x = 1", "x", "x = 1"),
    ("import a; import b", "a", "import a; import b"),
    ("import (", "a", "import ("),
    ("from .a import b,  c", "b", "from .a import b"),
]


@pytest.mark.parametrize(("text", "names", "pruned"), PRUNED)
def test_imports_without_what_nobody_uses(text: str, names: str, pruned: str) -> None:
    assert pruned_import(text, names.split()) == pruned


def test_a_long_import_has_a_line_for_each_name() -> None:
    many = [f"a_rather_long_name_{n}" for n in range(5)]
    found = pruned_import(f"from somewhere import {', '.join(many)}, other", many)
    assert found == "from somewhere import (\n    " + ",\n    ".join(many) + ",\n)"
    whole = ", ".join(many)
    assert pruned_import(f"import {whole}, other", many) == f"import {whole}"


REPLAYED = [
    ("import os\nimport sys", ["import os"]),
    ("# why\n# and how\nimport os\nimport sys", ["# why\n# and how\nimport os"]),
    ("import sys\n# why\nimport os", ["# why\nimport os"]),
    ("import sys  # no\nimport os", ["import os"]),
    ("# far\n\nimport os", ["import os"]),
    ("import sys; import os", ["import os"]),
    ("é = 'é'; import os; import sys", ["import os"]),
    ("import sys; import os  # after", ["import os"]),
    ("from os import (\n    path,\n    sep as os,\n)", ["from os import sep as os"]),
    ("import sys; from os import (\n    path as os,\n)", ["from os import (\n    path as os,\n)"]),
    ("    # indented\nimport os", ["    # indented\nimport os"]),
    ("x = 1\nimport os", ["import os"]),
]


@pytest.mark.parametrize(("setup", "texts"), REPLAYED)
def test_statements_are_replayed_with_their_comments(setup: str, texts: list[str]) -> None:
    pipeline = planned(f"# --- [setup]\n{setup}\n# --- [stage:a]\nprint(os)\n")
    assert replays(pipeline, "a") == texts


SHAPES = [
    ("", "empty", "", ""),
    ("# only", "empty", "", ""),
    ("'a text'", "empty", "", ""),
    ("def f(:", "broken", "", ""),
    ("import a.b, c as d\nfrom e import g as h", "setup", "a d h", ""),
    ("def f(): x = 1\nclass A: pass\nasync def g(): pass", "setup", "f A g", ""),
    ("@deco\ndef f(): pass", "work", "f", ""),
    ("@deco\nclass A: pass", "work", "A", ""),
    ("warnings.filterwarnings('ignore')", "setup", "", "warnings"),
    ("pd.set_option('a', 1)\nnp.set_printoptions(precision=2)", "setup", "", "pd np"),
    ("sns.set_theme()\nplt.style.use('x')\nplt.rcParams.update({})", "setup", "", "sns plt"),
    ("np.random.seed(1)\nrandom.seed(1)\ntorch.manual_seed(1)", "setup", "", "np random torch"),
    ("sys.path.append('x')", "setup", "", "sys"),
    ("load_dotenv()", "setup", "", ""),
    ("plt.rcParams['a'] = 1\npd.options.display.max_rows = 3", "setup", "", "plt pd"),
    ("d['a'] = 1", "work", "", "d"),
    ("box.a = 1", "work", "", "box"),
    ("LIMIT = 3", "setup", "LIMIT", ""),
    ("LIMIT = f()", "work", "LIMIT", ""),
    ("LIMIT = OTHER = 3", "work", "LIMIT OTHER", ""),
    ("limit = 3", "values", "limit", ""),
    ("limit: int = 3\nrows = [1]", "values", "limit rows", ""),
    ("limit: int", "work", "limit", ""),
    ("a, b = 1, 2", "work", "a b", ""),
    ("limit = x", "work", "limit", ""),
    ("try:\n    import a\nexcept ImportError:\n    a = None", "setup", "a", ""),
    ("try:\n    f()\nexcept E:\n    pass", "work", "", ""),
    ("if x:\n    import a", "work", "", ""),
    ("f(1)", "work", "", ""),
    ("xs.append(1)\nx += 1\ndel y\ndel z[0]", "work", "x", "xs y z"),
    ("a.b[0].c.append(1)\nf(x).go()", "work", "", "a f"),
    ("%matplotlib inline\nimport a", "setup", "a", ""),
    ("%load_ext autoreload\n%autoreload 2", "setup", "", ""),
    ("%matplotlib inline\nx = 1", "work", "x", ""),
    ("%time f()", "work", "", ""),
    ("!pip install a", "install", "", ""),
    ("%pip install a\n!conda install b", "install", "", ""),
    ("!python3 -m pip install a", "install", "", ""),
    ("!apt-get install a", "install", "", ""),
    ("!pip list", "work", "", ""),
    ("!ls", "work", "", ""),
    ("!pip install a\nimport b", "work", "b", ""),
]


def _shaped(source: str) -> Cell:
    return Cell(index=0, id="c", kind="code", source=source, tags=(), metadata={})


@pytest.mark.parametrize(("source", "shape", "binds", "changes"), SHAPES)
def test_what_a_cell_looks_like(source: str, shape: str, binds: str, changes: str) -> None:
    found = cell_shape(_shaped(source))
    assert found.shape == shape
    if shape != "install":
        assert found.binds == set(binds.split())
        assert found.touches == set(binds.split()) | set(changes.split())


PHASES = [
    ("df = pd.read_csv('a')", "load"),
    ("x = load_iris()\ny = fetch_data()", "load"),
    ("open('a')", "load"),
    ("model.fit(X)", "train"),
    ("model.fit(X)\nmodel.score(X)\npd.read_csv('a')", "train"),
    ("scaler.fit(X)", "prepare"),
    ("StandardScaler().fit_transform(X)", "prepare"),
    ("pca.fit(X)", "prepare"),
    ("model.compile()", "train"),
    ("accuracy_score(a, b)", "evaluate"),
    ("model.predict(X)", "evaluate"),
    ("pd.read_csv('a')\nmodel.predict(X)", "load"),
    ("confusion_matrix(a, b)", "evaluate"),
    ("df.dropna()", "prepare"),
    ("spread_csv(a)", "prepare"),
]


@pytest.mark.parametrize(("source", "phase"), PHASES)
def test_the_phase_of_a_cell(source: str, phase: str) -> None:
    assert cell_shape(_shaped(source)).phase == phase


@pytest.mark.parametrize(
    ("source", "scalars"), [("a = 1\nb = 'x'", True), ("a = 1\nb = [1]", False), ("a = {}", False)]
)
def test_values_that_can_be_constants(source: str, scalars: bool) -> None:
    assert cell_shape(_shaped(source)).scalars is scalars


def test_a_stage_says_what_the_text_above_it_says() -> None:
    sources = [("markdown", "# Load\nRead the table.\n\nMore."), ("code", "x = 1"), ("code", "print(x)")]
    cells = tuple(
        Cell(
            index=index,
            id=f"c{index}",
            kind=kind,  # type: ignore[arg-type]
            source=source,
            tags=("stage:a",) if index == 1 else ("stage:b",) if index else (),
            metadata={},
        )
        for index, (kind, source) in enumerate(sources)
    )
    first, second = plan(Notebook(path="nb.ipynb", cells=cells)).stages
    assert (first.title, first.purpose) == ("Load", "Read the table.")
    assert (second.title, second.purpose) == ("B", "")


def test_the_graph_as_a_document() -> None:
    document = graph_document(
        planned("""# --- [parameters]
rate = 0.5  # how fast
# --- [setup]
import numpy as np
np.random.seed(0)
# --- [stage:a]
import os
x = np.random.rand() * rate
if os.sep:
    y = [1]
open('a.txt', 'w').close()
# --- []
x
# --- [stage:b]
print(x, y, open('a.txt').read(), nowhere)
# --- []
z = x
# --- [stage:c]
print(z)
""")
    )
    assert document["parameters"] == [{"name": "rate", "type": "float", "default": 0.5, "help": "how fast"}]
    assert document["setup"] == [2]
    assert document["left_out"][:1] == [
        {"cell": 4, "cell_id": "c3", "reason": "shows something of x; nothing later needs it"}
    ]
    stages = document["stages"]
    assert isinstance(stages, list)
    first, second, third = stages
    assert first == {
        "name": "a",
        "title": "A",
        "purpose": "",
        "cells": [3],
        "cell_ids": ["c2"],
        "inputs": [],
        "outputs": [
            {"key": "x", "names": ["x"], "maybe": False},
            {"key": "y", "names": ["y"], "maybe": True},
        ],
        "params": ["rate"],
        "needs": [],
        "draws": ["numpy.random"],
        "seeds": ["numpy.random"],
        "reads": [],
        "writes": [{"path": "a.txt", "kind": "file"}],
        "carries_everything": "",
    }
    assert second["inputs"] == [{"name": "x", "stage": "a"}, {"name": "y", "stage": "a"}]
    assert second["needs"] == ["a"]
    assert second["reads"] == [{"path": "a.txt", "kind": "file"}]
    assert third["cells"] == [7]
    edges = document["edges"]
    assert isinstance(edges, list)
    assert (edges[0]["source"], edges[0]["target"]) == ("a", "b")
    assert {
        "kind": "variable",
        "name": "x",
        "made": {"cell": 3, "line": 2},
        "read": {"cell": 5, "line": 1},
    } in edges[0]["carries"]
    diagnostics = document["diagnostics"]
    assert isinstance(diagnostics, list)
    nowhere = next(d for d in diagnostics if "nowhere" in d["message"])
    assert (nowhere["code"], nowhere["severity"]) == ("MLC021", "error")
    assert (nowhere["cell"], nowhere["cell_id"], nowhere["line"], nowhere["column"]) == (5, "c4", 1, 1)
    assert nowhere["fix"] is None
    fixes = [d["fix"] for d in diagnostics if d["fix"]]
    assert fixes
    assert set(fixes[0]) == {"title", "cell_id", "tag"}
    assert set(nowhere) == {
        *("code", "severity", "message", "hint", "cell", "cell_id", "line", "column", "fix"),
    }
    assert document["name"] == "nb"
