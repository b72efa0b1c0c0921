from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlcode.codegen.definitions import definitions_module
from jupyter_mlcode.codegen.docstring import header_docstring
from jupyter_mlcode.codegen.markers import script_cells
from jupyter_mlcode.codegen.script import stage_script
from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.pipeline import (
    Artifact,
    Confirm,
    Definition,
    Expect,
    FileUse,
    ImportDefinitions,
    Load,
    LoadAll,
    Observe,
    OwnCell,
    Pipeline,
    Replay,
    RestoreState,
    Save,
    SaveAll,
    SaveState,
    Stage,
    Step,
)
from tests.unit.codegen.churn import churn_pipeline, notebook

PIPELINE = churn_pipeline()


def script(*cells: tuple[str, str, str], steps: tuple[Step, ...], **more: object) -> str:
    """Return the script of the only stage of a pipeline of these cells."""
    pipeline = Pipeline(name="p", notebook=notebook(cells), kept=tuple(range(len(cells))))
    stage = Stage(**{"name": "a", "title": "A", "steps": steps, **more})  # type: ignore[arg-type]
    return stage_script(pipeline, stage)


@pytest.mark.parametrize("stage", PIPELINE.stages, ids=lambda stage: stage.name)
def test_a_script_compiles_and_adds_at_most_a_dozen_lines(stage: Stage) -> None:
    text = stage_script(PIPELINE, stage)
    compile(text, "stage.py", "exec")
    users = {line for cell in PIPELINE.notebook.cells for line in cell.source.split("\n")}
    code = text.partition("# %% begin")[2].split("\n")
    added = [line for line in code if line and line not in users and not line.startswith("# %%")]
    assert len(added) <= 12
    assert all(len(line) <= 100 for line in added)


def test_scripts_import_nothing_in_vain(tmp_path: Path) -> None:
    for stage in PIPELINE.stages:
        (tmp_path / f"stage_{stage.name}.py").write_text(stage_script(PIPELINE, stage))
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_the_same_pipeline_gives_the_same_bytes() -> None:
    again = churn_pipeline()
    assert [stage_script(PIPELINE, s) for s in PIPELINE.stages] == [
        stage_script(again, s) for s in again.stages
    ]


def test_one_changed_literal_changes_one_line_of_the_script() -> None:
    cells = list(PIPELINE.notebook.cells)
    cells[15] = replace(cells[15], source=cells[15].source.replace("0.05", "0.1"))
    other = replace(PIPELINE, notebook=replace(PIPELINE.notebook, cells=tuple(cells)))
    old, new = (stage_script(p, p.stages[3]).split("\n") for p in (PIPELINE, other))
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1


def test_the_variable_makes_way_for_the_users_names() -> None:
    text = script(("c1", "stage:a", "stage = 1\nStage = 2\n!ls"), steps=(OwnCell(cell=0),))
    assert "from mlcode_handoff import Stage as MlcodeStage" in text
    assert 'mlcode_stage = MlcodeStage("a")' in text
    assert 'mlcode_stage.shell("ls")' in text


def test_a_word_in_a_comment_renames_nothing() -> None:
    text = script(("c1", "stage:a", "# the first stage\nx.stage = f(stage=1)"), steps=(OwnCell(cell=0),))
    assert 'stage = Stage("a")' in text


def test_many_names_stay_within_the_line_length_and_in_few_lines() -> None:
    names = [f"a_long_name_{number}" for number in range(12)]
    artifacts = tuple(Artifact(key=name, names=(name,)) for name in names)
    steps: tuple[Step, ...] = (
        Load(stage="b", artifacts=artifacts),
        OwnCell(cell=0),
        Save(artifacts=artifacts),
    )
    text = script(("c1", "stage:a", "pass"), steps=steps, params=tuple(names))
    compile(text, "s", "exec")
    assert max(map(len, text.split("\n"))) <= 100
    loads = [line for line in text.split("\n") if "stage.load(" in line]
    assert len(loads) == 6


def test_every_kind_of_hand_over_has_its_statement() -> None:
    group = Artifact(key="ax+fig", names=("fig", "ax"))
    best = Artifact(key="best", names=("best",), maybe=True)
    df_2 = Artifact(key="df.2", names=("df",))
    second = Artifact(key="ax+fig.2", names=("fig", "ax"))
    steps: tuple[Step, ...] = (
        ImportDefinitions(names=("f", "g")),
        Load(stage="b", artifacts=(df_2, group, best)),
        LoadAll(stage="c"),
        RestoreState(stage="b", kinds=("numpy.random", "os.cwd")),
        OwnCell(cell=0),
        Save(artifacts=(Artifact(key="df", names=("df",)),)),
        OwnCell(cell=1),
        Save(artifacts=(df_2, group, second, best)),
        SaveAll(),
        SaveState(kinds=("numpy.random",)),
    )
    cells = script_cells(script(("c1", "", "df = 1"), ("c2", "", "df = 2"), steps=steps))
    assert [cell.kind for cell in cells] == ["header", "begin", "inputs", "own", "outputs", "own", "end"]
    assert cells[2].source.split("\n") == [
        "from p_definitions import f, g",
        "",
        'df = stage.load("b/df.2")',
        'ax, fig = stage.load("b/ax+fig")',
        'stage.load_maybe(globals(), "b/best")',
        'stage.load_all(globals(), "c")',
        'stage.restore_state("b", "numpy.random", "os.cwd")',
    ]
    assert cells[4].source == "stage.save(df=df)"
    assert cells[6].source.split("\n") == [
        'stage.save_as("df.2", df)',
        "stage.save_shared(ax=ax, fig=fig)",
        'stage.save_as("ax+fig.2", ax, fig)',
        'stage.save_maybe(globals(), "best")',
        "stage.save_all(globals())",
        'stage.save_state("numpy.random")',
    ]


def test_what_an_observed_run_showed_is_looked_at_around_the_cell() -> None:
    steps: tuple[Step, ...] = (
        Observe(names=("df", "größe"), kinds=("numpy.random",)),
        OwnCell(cell=0),
        Confirm(names=("df", "größe")),
        Expect(types=(("df", "pandas.DataFrame"), ("x", "a.B"), ("y", "a.B"))),
    )
    made = script(("c1", "", "f(df)"), steps=steps)
    begin, after = made.partition("f(df)\n")[::2]
    assert 'stage.observe("numpy.random", df=df, größe=größe)' in begin
    assert after.split("\n")[-4:-1] == [
        "stage.confirm(df=df, größe=größe)",
        'stage.expect("a.B", x=x, y=y)',
        'stage.expect("pandas.DataFrame", df=df)',
    ]


def test_what_is_too_long_for_a_line_stands_on_several() -> None:
    names = tuple(f"a_rather_long_name_{n}" for n in range(9))
    few, many = names[:4], names
    steps: tuple[Step, ...] = (
        ImportDefinitions(names=many),
        RestoreState(stage="b", kinds=few),
        OwnCell(cell=0),
        SaveState(kinds=many),
    )
    made = script(("c1", "", "x = 1"), steps=steps)
    assert max(map(len, made.split("\n"))) <= 100
    called = [n for n in ast.walk(ast.parse(made)) if isinstance(n, ast.Call)]
    given = [tuple(ast.literal_eval(a) for a in call.args) for call in called if call.args]
    assert {("b", *few), many} <= set(given)
    imported = [n for n in ast.walk(ast.parse(made)) if isinstance(n, ast.ImportFrom)]
    assert tuple(a.name for a in imported[-1].names) == many


@pytest.mark.parametrize(
    ("first", "closing"),
    [
        ("import matplotlib.pyplot as plt", "plt.close("),
        ("from matplotlib import pyplot", "pyplot.close("),
        ("import matplotlib.pyplot", "matplotlib.pyplot.close("),
        ("import matplotlib.pyplot as plt\nplt = 3", "matplotlib.pyplot.close("),
        ("matplotlib = 3", '__import__("matplotlib.pyplot").pyplot.close('),
        ("import seaborn", "matplotlib.pyplot.close("),
    ],
)
def test_figures_are_closed_under_whatever_name_pyplot_has(first: str, closing: str) -> None:
    steps = (Replay(cell=0, lines=(1, 1), text=first), OwnCell(cell=1, closes_figures=True))
    text = script(("c1", "setup", first), ("c2", "stage:a", "draw()"), steps=steps)
    assert text.split("\n")[-2].startswith(closing)


def test_display_is_imported_where_it_is_called_and_not_imported() -> None:
    line = "from IPython.display import display"
    assert line in script(("c1", "", "display(df)"), steps=(OwnCell(cell=0),))
    assert script(("c1", "", f"{line}\ndisplay(df)"), steps=(OwnCell(cell=0),)).count(line) == 1
    assert line not in script(("c1", "", "x.display(df)"), steps=(OwnCell(cell=0),))


def test_the_docstring_says_that_a_script_has_no_get_ipython() -> None:
    assert "get_ipython() is the notebook's" in script(
        ("c1", "", "x = get_ipython()"), steps=(OwnCell(cell=0),)
    )
    own = "from IPython import get_ipython\nx = get_ipython()"
    assert "note" not in script(("c1", "", own), steps=(OwnCell(cell=0),))


def test_a_second_cell_that_draws_needs_no_second_import() -> None:
    steps = (OwnCell(cell=0, closes_figures=True), OwnCell(cell=1, closes_figures=True))
    assert (
        script(("c1", "", "draw()"), ("c2", "", "draw()"), steps=steps).count("import matplotlib.pyplot") == 1
    )


def test_future_imports_stand_at_the_top_of_every_file() -> None:
    cells = (
        ("c1", "setup", "from __future__ import annotations\nimport os"),
        ("c2", "stage:a", "x: A = os.name"),
    )
    text = script(*cells, steps=(Replay(cell=0, lines=(1, 2), text=cells[0][2]), OwnCell(cell=1)))
    compile(text, "s", "exec")
    assert (
        '"""\n\nfrom __future__ import annotations\n\n# %% begin' in text or '."""\n\nfrom __future__' in text
    )
    definition = Definition(cell=1, name="f", text="def f(x: A): ...")
    pipeline = replace(PIPELINE, notebook=notebook(cells), kept=(0, 1), definitions=(definition,))
    assert "from __future__ import annotations\n" in definitions_module(pipeline)


def test_a_name_that_is_no_identifier_never_becomes_code() -> None:
    step = Load(stage="b", artifacts=(Artifact(key="x", names=("x; import os",)),))
    with pytest.raises(InputError):
        script(("c1", "", "pass"), steps=(step,))


PIECES = ['"', "\\", "\n", "#", " %% begin", "x", "'", "\u2028", "\u202e", "\x00", "\ud800", "\r", '"""']
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@given(title=HOSTILE, purpose=HOSTILE, path=HOSTILE)
def test_no_text_breaks_out_of_the_docstring(title: str, purpose: str, path: str) -> None:
    stage = Stage(name="a", title=title, purpose=purpose, reads=(FileUse(path=path),))
    text = header_docstring(stage)
    tree = ast.parse(text)
    assert len(tree.body) == 1
    assert ast.get_docstring(tree) is not None
    assert all(character == "\n" or character.isprintable() for character in text)
    assert text.encode()


@given(heading=HOSTILE)
def test_no_heading_breaks_out_of_its_comment(heading: str) -> None:
    cells = (("m1", "", f"# {heading}"), ("c1", "stage:a", "x = 1"))
    text = script(*cells, steps=(OwnCell(cell=1),))
    assert [type(node).__name__ for node in ast.parse(text).body] == [
        "Expr",
        "ImportFrom",
        "Assign",
        "Assign",
    ]
    assert [cell.source for cell in script_cells(text)][2] == "x = 1"


@pytest.mark.parametrize(
    ("markdown", "heading"),
    [
        ("## **Load** the `data`\ntext", "Load the data"),
        ("```\n# a comment\n```", "A"),
        ("# [Load](http://x)", "Load"),
        ("# Load ##", "Load"),
        ("#tag", "A"),
        ("# One\n## Two", "Two"),
    ],
)
def test_cells_carry_the_nearest_heading(markdown: str, heading: str) -> None:
    text = script(("m1", "", markdown), ("c1", "stage:a", "x = 1"), steps=(OwnCell(cell=1),))
    assert f"# %% {heading} [c1]\n" in text


def test_definitions_have_their_imports_once_and_first() -> None:
    definitions = (
        Definition(cell=0, name="np", text="import numpy as np", is_import=True),
        Definition(cell=1, name="np", text="import numpy as np", is_import=True),
        Definition(cell=0, name="f", text="def f():\n    return np.pi"),
        Definition(cell=1, name="g", text="def g():\n    return f()"),
    )
    book = notebook((("c1", "", ""), ("c2", "", "")))
    pipeline = Pipeline(name="my-notebook 1", notebook=book, definitions=definitions)
    assert definitions_module(pipeline) == (
        '"""Functions and classes of churn.ipynb that read nothing but their arguments and imports."""\n\n'
        "import numpy as np\n\n\n"
        "# %% c1\ndef f():\n    return np.pi\n\n\n"
        "# %% c2\ndef g():\n    return f()\n"
    )
