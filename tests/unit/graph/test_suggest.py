"""A proposal of tags: by headings, by what cells hold, and never over tags that are there."""

from __future__ import annotations

import pytest

from jupyter_mlcode.graph.cell_shapes import cell_shape
from jupyter_mlcode.graph.suggest import suggest
from jupyter_mlcode.model.notebook import Cell, CellKind, Notebook


def notebook(*cells: str | tuple[str, str]) -> Notebook:
    """A text that starts with `#` is markdown; a pair is source and tag."""
    made = []
    for index, value in enumerate(cells):
        source, tags = (value, ()) if isinstance(value, str) else (value[0], (value[1],))
        kind: CellKind = "markdown" if source.startswith("#") else "code"
        made.append(
            Cell(index=index, id=f"c{index}", kind=kind, source=source, tags=tags, metadata={"tags": [*tags]})
        )
    return Notebook(path="nb.ipynb", cells=tuple(made))


def tags(*cells: str | tuple[str, str]) -> dict[int, str]:
    return {s.cell: s.tag for s in suggest(notebook(*cells))}


def test_stages_come_from_the_headings_of_the_level_that_divides() -> None:
    assert tags(
        "# Title",
        "## Load",
        "a = f()",
        "### Detail",
        "b = f(a)",
        "## Train the model",
        "c = f(b)",
        "## Look",
        "f(c)",
    ) == {
        2: "stage:load",
        4: "stage:load",
        6: "stage:train-model",
        8: "stage:look",
    }


def test_imports_definitions_and_settings_are_setup() -> None:
    cells = [
        "import a",
        "def f(x):\n    return x",
        "plt.rcParams['x'] = 1\n%matplotlib inline",
        "SEED = 1\nnp.random.seed(SEED)",
    ]
    assert set(tags("# A", "a = g()", "# B", "b = g()", *cells).values()) == {"stage:a", "stage:b", "setup"}
    assert tags(*cells) == dict.fromkeys(range(4), "setup")


def test_plain_values_on_top_are_parameters_once() -> None:
    assert tags("path = 'a'\nsize = 3", "rate = 2", "x = f(path)") == {
        0: "parameters",
        1: "setup",
        2: "stage:prepare",
    }


def test_values_that_change_later_are_work() -> None:
    assert tags("# A", "best = 0", "# B", "for x in xs():\n    best = max(best, x)") == {
        1: "stage:a",
        3: "stage:b",
    }
    assert tags("# A", "rows = []", "# B", "rows.append(f())") == {1: "stage:a", 3: "stage:b"}


def test_without_headings_the_calls_decide_and_no_phase_comes_back() -> None:
    assert tags(
        "df = pd.read_csv('a')", "df = df.dropna()", "m = M().fit(df)", "n = f(m)", "m.score(df)"
    ) == {
        0: "stage:load",
        1: "stage:prepare",
        2: "stage:train",
        3: "stage:train",
        4: "stage:evaluate",
    }


def test_installing_packages_is_no_part_of_the_run() -> None:
    assert tags("!pip install pandas", "%pip install numpy", "x = f()")[0] == "skip"
    assert tags("!pip install pandas", "%pip install numpy", "x = f()")[1] == "skip"


def test_tags_that_are_there_stay_and_their_stage_is_joined() -> None:
    assert tags("# A", ("x = f()", "stage:mine"), "y = g(x)", "# B", "z = h(y)") == {
        2: "stage:mine",
        4: "stage:b",
    }


def test_names_are_unique() -> None:
    assert tags("# Plot", "f()", "# Plot", "g()", "# plot!", "h()") == {
        1: "stage:plot",
        3: "stage:plot-2",
        5: "stage:plot-3",
    }


def test_a_notebook_without_code_has_nothing_to_tag() -> None:
    assert tags("# A", "", "   ") == {}


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        ("# just words", "empty"),
        ("x = = 1", "broken"),
        ("try:\n    import a\nexcept ImportError:\n    a = None", "setup"),
        ("@decorate\ndef f(): pass", "work"),
        ("x = 1", "values"),
        ("%%bash\nls", "work"),
        ("!ls", "work"),
        ("%load_ext autoreload\n%autoreload 2", "setup"),
        ("!pip install x", "install"),
        ("import a\nx = a.f()", "work"),
    ],
)
def test_the_shape_of_a_cell(source: str, shape: str) -> None:
    assert cell_shape(Cell(index=0, id="c", kind="code", source=source)).shape == shape
