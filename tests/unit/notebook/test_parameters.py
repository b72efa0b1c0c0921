"""The parameters cell: names, types, defaults and help; everything else is an error at its line."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_mlcode.model.notebook import Cell
from jupyter_mlcode.notebook.parameters import ParametersCell, read_parameters


def read(source: str) -> ParametersCell:
    return read_parameters(Cell(index=2, id="p", kind="code", source=source, tags=("parameters",)))


def codes(source: str) -> list[str]:
    return [d.code for d in read(source).diagnostics]


def test_names_types_defaults_and_help() -> None:
    found = read(
        'path: str = "a.csv"  # one row per customer\n\n# share held out\nsize: float = 1\nn = 3\nnames = ["a"]'
    )
    assert [(p.name, p.type, p.default, p.help, p.line) for p in found.parameters] == [
        ("path", "str", "a.csv", "one row per customer", 1),
        ("size", "float", 1, "", 4),
        ("n", "int", 3, "", 5),
        ("names", "list", ["a"], "", 6),
    ]
    assert found.diagnostics == ()
    assert {p.cell for p in found.parameters} == {2}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("a: int = 1", "int"),
        ("a: Optional[int] = None", "int"),
        ("a: int | None = None", "int"),
        ("a: typing.Optional[float] = 1", "float"),
        ("a: list[int] = [1]", "list"),
        ("a: List[str] = []", "list"),
        ("a: dict[str, int] = {'x': 1}", "dict"),
        ("a: 'str' = 'x'", "str"),
        ("a: bool = False", "bool"),
        ("a: Any = 1", "any"),
        ("a: int | str = 1", "any"),
        ("a: None = None", "null"),
        ("a: Literal['x', 'y'] = 'x'", "str"),
        ("a = None", "any"),
        ("a = -1.5", "float"),
        ("a = True", "bool"),
        ("a = 1  # type: float", "float"),
    ],
)
def test_the_type_comes_from_the_annotation_or_the_value(line: str, kind: str) -> None:
    found = read(line)
    assert [p.type for p in found.parameters] == [kind]
    assert found.diagnostics == ()


def test_a_type_comment_leaves_the_help() -> None:
    (parameter,) = read("a = 1  # type: float share of rows").parameters
    assert (parameter.type, parameter.help) == ("float", "share of rows")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("b = a * 2", "is computed"),
        ("b = f()", "is computed"),
        ("b = f'{x}'", "is computed"),
        ("b = (1, 2)", "is a tuple"),
        ("b = {1, 2}", "is a set"),
        ("b = {1: 2}", "keys that are not texts"),
        ("b = b'x'", "of type bytes"),
        ("b = 1j", "of type complex"),
        ("b = 1e999", "not a finite number"),
        ("b = [f()]", "is computed"),
        ("b: int", "no default value"),
        ("import os", "no parameter: import os"),
        ("a, b = 1, 2", "no parameter: a, b = (1, 2)"),
        ("a = b = 1", "no parameter"),
        ("if x: y = 1", "no parameter: if x:"),
        ("a.b = 1", "no parameter"),
        ("x += 1", "no parameter"),
        ("!ls", "runs '!'"),
        ("%matplotlib inline", "runs 'matplotlib'"),
        ("b = -'x'", "is computed"),
    ],
)
def test_what_is_no_literal_is_an_error_at_its_line(line: str, words: str) -> None:
    found = read(f"first = 1\n{line}")
    (diagnostic,) = found.diagnostics
    assert diagnostic.code == "MLC010"
    assert words in diagnostic.message
    assert diagnostic.place is not None
    assert (diagnostic.place.cell, diagnostic.place.line) == (3, 2)
    assert [p.name for p in found.parameters] == ["first"]


@pytest.mark.parametrize(
    "line", ["a: int = 'x'", "a: int = 1.5", "a: bool = 1", "a: int = True", "a: str = None"]
)
def test_a_value_that_is_not_of_its_type_is_an_error(line: str) -> None:
    assert codes(line) == ["MLC011"]


def test_a_type_of_your_own_is_a_warning_and_the_value_decides() -> None:
    found = read("a: Path = 'x'")
    assert [d.code for d in found.diagnostics] == ["MLC012"]
    assert found.parameters[0].type == "str"


def test_a_name_given_twice_is_an_error() -> None:
    found = read("a = 1\na = 2")
    assert [d.code for d in found.diagnostics] == ["MLC013"]
    assert [p.default for p in found.parameters] == [2]


def test_a_cell_that_is_no_python_is_one_error() -> None:
    assert codes("a = = 1") == ["MLC014"]


def test_texts_comments_and_nothing_are_no_parameters() -> None:
    found = read('"""What can be changed."""\n# nothing\n')
    assert (found.parameters, found.diagnostics) == ((), ())


def test_a_cell_without_any_parameter_can_be_tagged_setup() -> None:
    (diagnostic,) = read("import os").diagnostics
    assert diagnostic.fix is not None
    assert diagnostic.fix.tag == "setup"


def test_large_and_nested_values_come_through() -> None:
    value: Any = {"a": [1, {"b": None}], "c": -3}
    assert read(f"a = {value!r}").parameters[0].default == value
