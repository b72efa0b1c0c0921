"""The values of a run: where they come from, and what is not let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlcode.errors import InputError, UnknownNameError, UsageError
from jupyter_mlcode.model.pipeline import Parameter
from jupyter_mlcode.runner.parameters import GivenParameters, resolve_parameters

DECLARED = (
    Parameter(name="path", type="str", default="a.csv"),
    Parameter(name="rate", type="float", default=0.1),
    Parameter(name="rounds", type="int", default=3),
    Parameter(name="quick", type="bool", default=False),
    Parameter(name="columns", type="list", default=["a"]),
    Parameter(name="weights", type="dict", default={0: 1.0}),
    Parameter(name="limit", type="null", default=None),
)


@pytest.fixture
def params(tmp_path: Path) -> Path:
    return tmp_path / "params.yaml"


def value(params: Path, name: str, **given: object) -> object:
    return resolve_parameters(DECLARED, params, GivenParameters(**given))[0][name]  # type: ignore[arg-type]


def test_without_anything_the_notebook_s_values_count(params: Path) -> None:
    assert resolve_parameters(DECLARED, params, GivenParameters()) == (
        {p.name: p.default for p in DECLARED},
        (),
    )


def test_later_sources_win_as_in_papermill(params: Path, tmp_path: Path) -> None:
    params.write_text("rounds: 4\n")
    file = tmp_path / "more.yaml"
    file.write_text("rounds: 5\n")
    assert value(params, "rounds") == 4
    assert value(params, "rounds", files=[file]) == 5
    assert value(params, "rounds", files=[file], texts=["rounds: 6"]) == 6
    assert (
        value(params, "rounds", files=[file], texts=["rounds: 6"], pairs=[("rounds", "7"), ("rounds", "8")])
        == 8
    )


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("path", "2024", "2024"),
        ("path", "None", "None"),
        ("rate", "1e-3", 1e-3),
        ("rate", "1", 1),
        ("rounds", "-5", -5),
        ("quick", "True", True),
        ("quick", "false", False),
        ("columns", '["x", 1]', ["x", 1]),
        ("limit", "12", 12),
        ("limit", "None", None),
        ("limit", "some text", "some text"),
    ],
)
def test_single_values_are_read_as_the_declared_type(
    params: Path, name: str, text: str, expected: object
) -> None:
    found = value(params, name, pairs=[(name, text)])
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rounds", "2.0"),
        ("rounds", "many"),
        ("rounds", "True"),
        ("quick", "1"),
        ("columns", "a"),
        ("rate", "x"),
    ],
)
def test_wrong_types_end_the_run_before_it_begins(params: Path, name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"parameter '{name}' is an? ") as caught:
        value(params, name, pairs=[(name, text)])
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["path: 12:30", "path: on", "rounds: '3'", "rate: 1e-3", "quick: 0"])
def test_what_yaml_reads_as_something_else_is_caught(params: Path, text: str) -> None:
    with pytest.raises(UsageError, match="parameter") as caught:
        value(params, "path", texts=[text])
    assert caught.value.hint


def test_dates_stay_text(params: Path) -> None:
    assert value(params, "path", texts=["path: 2024-01-31"]) == "2024-01-31"


def test_keys_of_dictionaries_keep_their_type(params: Path) -> None:
    assert value(params, "weights", texts=["weights: {0: 2.5}"]) == {0: 2.5}


@pytest.mark.parametrize(
    "given", [{"pairs": [("ruonds", "1")]}, {"texts": ["ruonds: 1"]}, {"values": {"ruonds": 1}}]
)
def test_unknown_names_have_a_suggestion(params: Path, given: dict[str, object]) -> None:
    with pytest.raises(UnknownNameError, match="'ruonds'") as caught:
        value(params, "rounds", **given)
    assert caught.value.hint == "Did you mean 'rounds'?"


def test_dead_names_in_params_yaml_are_noted(params: Path) -> None:
    params.write_text("gone: 1\nrounds: 9\n")
    values, notes = resolve_parameters(DECLARED, params, GivenParameters())
    assert values["rounds"] == 9
    assert notes == ("params.yaml: the notebook has no parameter 'gone'",)


@pytest.mark.parametrize("text", ["- 1", "a: [", "just text"])
def test_broken_yaml_is_one_line(params: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        value(params, "path", texts=[text])
    assert "\n" not in caught.value.message


def test_a_missing_file_is_named(params: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml"):
        value(params, "path", files=["nowhere.yaml"])
