"""What a magic does to the process reaches the stages below, or is refused."""

from __future__ import annotations

import pytest

from tests.unit.graph.notebooks import codes, inputs, planned, replays, restored, stage


def test_a_folder_that_a_magic_changes_to_is_changed_to_again() -> None:
    pipeline = planned(
        "# --- [stage:one]\n%cd data\n# --- [stage:two]\ntext = open('a.txt').read()\nprint(text)"
    )
    assert restored(pipeline, "two") == {"os.cwd": "one"}


def test_what_a_magic_sets_in_the_environment_goes_on() -> None:
    pipeline = planned("# --- [stage:one]\n%env A=1\n# --- [stage:two]\nimport os\nprint(os.environ['A'])")
    assert restored(pipeline, "two")["os.environ"] == "one"


@pytest.mark.parametrize("line", ["%precision 3", "%config InteractiveShell.ast_node_interactivity = 'all'"])
def test_how_values_are_shown_is_set_again(line: str) -> None:
    pipeline = planned(f"# --- [setup]\n{line}\n# --- [stage:one]\n1 / 3\n# --- [stage:two]\n2 / 3")
    assert [replays(pipeline, name) for name in ("one", "two")] == [[line]] * 2


def test_another_language_is_refused() -> None:
    assert codes(planned("# --- [stage:one]\n%%R\nx <- 1\n# --- [stage:two]\nprint(1)"))


@pytest.mark.parametrize("cell", ["%unheard_of x", "%%unheard_of\nx"])
def test_a_magic_that_nobody_knows_may_change_every_name(cell: str) -> None:
    pipeline = planned(f"# --- [stage:one]\nx = [1]\n# --- [stage:mid]\n{cell}\n# --- [stage:two]\nprint(x)")
    assert any("unheard_of" in d.message for d in pipeline.diagnostics)
    assert codes(pipeline) or dict(stage(pipeline, "two").inputs)["x"] == "mid"


@pytest.mark.parametrize("line", ["!pip install x", "!python -m pip install x", "%pip install x"])
def test_an_installation_is_no_command_of_the_stage(line: str) -> None:
    found = planned(f"# --- [stage:one]\n{line}\nx = 1\n# --- [stage:two]\nprint(x)")
    assert "MLC220" not in codes(found)
    assert any("install" in d.message for d in found.diagnostics)


def test_a_timed_cell_without_statements_defines_nothing() -> None:
    pipeline = planned("# --- [stage:one]\nx = 1\n%timeit\n# --- [stage:two]\nprint(x)")
    assert dict(stage(pipeline, "two").inputs) == {"x": "one"}


def test_what_is_timed_is_analysed_and_its_names_are_lost() -> None:
    pipeline = planned(
        "# --- [stage:one]\nx, y = [1], 1\n# --- [stage:mid]\n%timeit -n1 -r1 y = x.append(2)\n"
        "# --- [stage:two]\nprint(x, y)"
    )
    assert dict(stage(pipeline, "two").inputs) == {"x": "mid", "y": "one"}


CALLED = [
    ("%cd data", "get_ipython().run_line_magic('cd', 'data')"),
    ("%env A=1", "get_ipython().magic('env A=1')"),
    ("!cp a.txt b.txt", "get_ipython().system('cp a.txt b.txt')"),
    ("files = !ls", "files = get_ipython().getoutput('ls')"),
    ("%%time\nx = 2\nrows.append(x)", "get_ipython().run_cell_magic('time', '', 'x = 2\\nrows.append(x)')"),
]


@pytest.mark.parametrize(("magic", "call"), CALLED)
def test_a_magic_called_as_python_does_the_same(magic: str, call: str) -> None:
    around = "# --- [stage:one]\nx, rows = 1, []\n# --- [stage:mid]\n{}\n# --- [stage:two]\n{}"
    last = "import os\nprint(x, rows, os.getcwd(), dict(os.environ), open('b.txt').read())"
    written, called = (planned(around.format(text, last)) for text in (magic, call))
    assert inputs(called, "two") == inputs(written, "two")
    assert restored(called, "two") == restored(written, "two")
    assert [(e.source, e.target) for e in called.edges] == [(e.source, e.target) for e in written.edges]


def test_code_that_ipython_is_given_may_change_every_name() -> None:
    pipeline = planned(
        "# --- [stage:one]\nx = [1]\n# --- [stage:mid]\nget_ipython().run_cell(str(x))\n# --- [stage:two]\nprint(x)"
    )
    assert codes(pipeline) or inputs(pipeline, "two")["x"] == "mid"
