"""What `Stage` makes of the process: folder, sys.path, parameters, shell."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

PARAMETERS = {
    "data_path": {"type": "str", "default": "a.csv"},
    "n": {"type": "int", "default": 3},
    "threshold": {"type": "float", "default": 0.5},
    "flag": {"type": "bool", "default": False},
    "grid": {"type": "list", "default": [1, 2]},
    "extra": {"type": "any", "default": None},
}


def test_the_working_folder_is_the_notebooks_from_wherever_the_script_is_called(pipeline: Any) -> None:
    pipeline.declare(folder="..")
    out = pipeline.run("a", "import os; print(os.getcwd())", cwd=pipeline.folder)
    assert out.strip() == str(pipeline.folder.parent.resolve())


def test_sys_path_is_a_kernels_with_the_pipeline_folder_last(pipeline: Any) -> None:
    kernel = "import sys, json; from IPython.core.shellapp import InteractiveShellApp as A\n"
    kernel += "del sys.path[0]; a = A(); a.init_path(); print(json.dumps(sys.path))"
    out = pipeline.run("a", "import sys, json; print(json.dumps(sys.path))")
    expected = subprocess.run(
        [sys.executable, "-c", kernel], capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(out) == [*json.loads(expected), str(pipeline.folder.resolve())]


def test_a_module_in_the_pipeline_folder_hides_no_module_of_the_notebooks(pipeline: Any) -> None:
    (pipeline.folder.parent / "mine.py").write_text("x = 1\n", "utf-8")
    (pipeline.folder / "mine.py").write_text("x = 2\n", "utf-8")
    assert pipeline.run("a", "import mine; print(mine.x)").strip() == "1"


def test_a_script_has_no_file_name_as_a_kernel_has_none(pipeline: Any) -> None:
    assert "NameError: name '__file__'" in pipeline.run("a", "__file__", code_expected=1)


def test_parameters_come_from_the_pipeline_then_the_file_then_the_command_line(pipeline: Any) -> None:
    pipeline.declare(parameters=PARAMETERS)
    (pipeline.folder / "params.yaml").write_text("n: 4\nthreshold: 1\ngone: 1\n", "utf-8")
    code = "print(stage.params('data_path', 'n', 'threshold', 'flag', 'grid', 'extra'))"
    assert pipeline.run("a", code).strip() == "('a.csv', 4, 1, False, [1, 2], None)"
    argv = [
        "-p",
        "data_path",
        "12",
        "-p",
        "flag",
        "true",
        "-p",
        "grid",
        "[3]",
        "-p",
        "extra",
        "x",
        "-p",
        "threshold",
        ".25",
    ]
    assert pipeline.run("a", code, *argv).strip() == "('12', 4, 0.25, True, [3], 'x')"


def test_another_file_of_values_replaces_params_yaml(pipeline: Any) -> None:
    pipeline.declare(parameters=PARAMETERS)
    (pipeline.folder / "params.yaml").write_text("n: 4\n", "utf-8")
    (pipeline.folder / "run.yaml").write_text("n: 5\n", "utf-8")
    assert (
        pipeline.run("a", "print(stage.params('n'))", MLCODE_PARAMS=str(pipeline.folder / "run.yaml"))
        == "5\n"
    )


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["-p", "treshold", "1"], "unknown parameter 'treshold'; did you mean 'threshold'?"),
        (["-p", "n", "1.5"], "'n' is of type int, not 1.5"),
        (["-p", "n", "true"], "'n' is of type int, not True"),
        (["-p", "flag", "on"], "'flag' is of type bool, not 'on'"),
        (["-p", "n"], "usage"),
        (["--n", "1", "2"], "usage"),
        (["-p", "n", "False"], "'n' is of type int, not False"),
        (["-p", "n", "None"], "'n' is of type int, not None"),
    ],
)
def test_a_wrong_parameter_ends_with_exit_code_2_and_one_line(
    pipeline: Any, argv: list[str], message: str
) -> None:
    pipeline.declare(parameters=PARAMETERS)
    err = pipeline.run("a", "", *argv, code_expected=2)
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "text", ["data_path: on", "data_path: 12:30", "data_path: 2024-01-31", "threshold: 1e-3", "on: 1"]
)
def test_what_yaml_reads_as_something_else_is_refused_with_the_cure(pipeline: Any, text: str) -> None:
    pipeline.declare(parameters=PARAMETERS)
    (pipeline.folder / "params.yaml").write_text(text + "\n", "utf-8")
    err = pipeline.run("a", "", code_expected=2)
    assert "quotes" in err or "1.0e-3" in err


@pytest.mark.parametrize(
    ("text", "message"),
    [("n: [1", "params.yaml is not YAML"), ("- n\n- 1", "params.yaml must map names to values")],
)
def test_a_file_of_values_that_is_none_ends_with_one_line(pipeline: Any, text: str, message: str) -> None:
    pipeline.declare(parameters=PARAMETERS)
    (pipeline.folder / "params.yaml").write_text(text + "\n", "utf-8")
    err = pipeline.run("a", "", code_expected=2)
    assert message in err
    assert err.count("\n") == 1


def test_a_parameter_that_the_pipeline_does_not_have_is_named(pipeline: Any) -> None:
    pipeline.declare(parameters=PARAMETERS)
    err = pipeline.run("a", "stage.params('treshold')", code_expected=1)
    assert "MLC208 no parameter 'treshold'; did you mean 'threshold'?" in err


OBSERVED = """
import random
import numpy as np
rows, table = [1], {{"a": np.zeros(3), "b": [np.ones(2)]}}
stage.observe("python.random", rows=rows, table=table)
{change}
try:
    stage.confirm(rows=rows, table=table)
    stage.expect("builtins.list", rows=rows)
    print("as observed")
except HandoffError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("table['b'] = [np.ones(2)]; table = dict(table)", "as observed"),
        ("rows.append(2)", "MLC227 rows: changed here"),
        ("table['b'][0][1] = 5", "MLC227 table: changed here"),
        ("random.random()", "MLC227 python.random: changed here"),
        ("rows.append(2); random.random()", "MLC227 python.random, rows: changed here"),
    ],
)
def test_what_an_observed_run_left_alone_must_be_left_alone_again(
    pipeline: Any, change: str, message: str
) -> None:
    assert pipeline.run("a", OBSERVED.format(change=change)).startswith(message)


def test_a_variable_of_another_class_than_observed_stops_the_stage(pipeline: Any) -> None:
    err = pipeline.run("a", "x = (1,)\nstage.expect('builtins.list', x=x)", code_expected=1)
    assert "MLC227 x: a builtins.tuple, observed was a builtins.list" in err


def test_an_object_and_the_dictionary_of_its_attributes_cannot_be_saved_together(pipeline: Any) -> None:
    code = "import types\nx = types.SimpleNamespace(a=1)\nstage.save_shared(x=x, d=vars(x))"
    err = pipeline.run("a", code, code_expected=1)
    assert "MLC210 d is the dictionary of the attributes of x" in err


def test_a_failing_command_stops_the_stage_and_its_output_is_shown(pipeline: Any) -> None:
    out = pipeline.run(
        "a",
        """
        stage.shell("echo out; echo err >&2")
        print(stage.shell_lines("printf 'x\\\\ny\\\\n'; exit 3"))
        try:
            stage.shell("echo before; exit 3")
        except HandoffError as error:
            print(error)
        """,
    )
    assert out.splitlines() == [
        *("out", "err", "['x', 'y']", "before"),
        "MLC220 the shell command 'echo before; exit 3' ended with exit code 3",
    ]


def test_cells_that_await_share_one_event_loop(pipeline: Any) -> None:
    code = """
        import asyncio

        async def queue():
            return asyncio.Queue(), asyncio.get_running_loop()

        async def use(loop):
            return asyncio.get_running_loop() is loop

        _, loop = stage.run_async(queue())
        print(stage.run_async(use(loop)), stage.run_async(asyncio.sleep(0, 5)))
    """
    assert pipeline.run("a", code).strip() == "True 5"


def test_an_unknown_stage_or_format_is_refused(pipeline: Any) -> None:
    pipeline.declare(stages={"train": {}})
    assert "did you mean 'train'" in pipeline.run("trian", "", code_expected=1)
    (pipeline.folder / "pipeline.yaml").write_text("format: 2\n", "utf-8")
    assert "MLC203" in pipeline.run("train", "", code_expected=1)


def test_a_notebook_may_patch_json(pipeline: Any) -> None:
    patched = "import json\njson.JSONEncoder.item_separator = ';'\njson.dumps = json.loads = None\n"
    pipeline.run("a", patched + "rows = [1, 2]\nstage.save(rows=rows)\nstage.save_state('python.random')")
    assert pipeline.run("b", patched + "print(stage.load('a/rows'))").strip() == "[1, 2]"
