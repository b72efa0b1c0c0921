from __future__ import annotations

import pytest
import yaml

from jupyter_mlcode.exporters.params_yaml import ParamsFileError, merged_params, params_findings, params_yaml
from jupyter_mlcode.model.pipeline import Parameter

A = Parameter(name="a", type="int", default=1, help="the first")
B = Parameter(name="b", type="str", default="on", help="two\nlines # here")
C = Parameter(name="c", type="list", default=[1, {"k": "v: w"}])
FRESH = params_yaml((A, B, C))


def test_a_new_file_has_defaults_and_help() -> None:
    assert FRESH == "a: 1  # the first\nb: 'on'  # two lines # here\nc: [1, {k: 'v: w'}]\n"
    assert yaml.safe_load(FRESH) == {"a": 1, "b": "on", "c": [1, {"k": "v: w"}]}


@pytest.mark.parametrize(
    ("existing", "merged"),
    [
        (FRESH, FRESH),
        ("# mine\nb: x   # why\n\na:   0x10\n", "# mine\nb: x   # why\n\na:   0x10\nc: [1, {k: 'v: w'}]\n"),
        ("a: 1", "a: 1\nb: 'on'  # two lines # here\nc: [1, {k: 'v: w'}]\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\r\nb: 2\r\nc: [1, {k: 'v: w'}]\r\n"),
        ("", FRESH),
        ("# nothing yet\n", f"# nothing yet\n{FRESH}"),
        ("  a: 1\n  b: 2\n", "  a: 1\n  b: 2\n  c: [1, {k: 'v: w'}]\n"),
        ("{a: 1, b: 2}\n", "{a: 1, b: 2, c: [1, {k: 'v: w'}]}\n"),
        ("{}", "{a: 1, b: 'on', c: [1, {k: 'v: w'}]}"),
        ("\ufeffa: 1\nb: 2\nc: 3\ndead: 4\n", "\ufeffa: 1\nb: 2\nc: 3\ndead: 4\n"),
        ("a: &x [1]\nb: *x\n", "a: &x [1]\nb: *x\nc: [1, {k: 'v: w'}]\n"),
        ("a: 1\nb: |\n  text\n", "a: 1\nb: |\n  text\nc: [1, {k: 'v: w'}]\n"),
    ],
)
def test_the_users_file_keeps_its_bytes_and_gets_new_names(existing: str, merged: str) -> None:
    assert merged_params(existing, FRESH) == merged


BROKEN = ["a: [1", "- a\n", "just text", "a: 1\n---\nb: 2\n", "a: 1\n...\n", "\x00", "a: 1\nb: |\n  x\n ..."]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_cannot_be_added_to_is_refused(broken: str) -> None:
    with pytest.raises(ParamsFileError):
        merged_params(broken, FRESH)


def test_findings_name_dead_names_other_values_and_wrong_types() -> None:
    findings = params_findings((A, B, C), "a: 1\nb: on\nc: [2]\nold: 3\n")
    assert [(found.code, found.message.split("'")[1]) for found in findings] == [
        ("MLC140", "old"),
        ("MLC142", "b"),
        ("MLC141", "c"),
    ]


def test_a_bool_is_no_int_and_an_int_is_a_float() -> None:
    ratio = Parameter(name="r", type="float", default=1.0)
    assert [found.code for found in params_findings((A, ratio), "a: true\nr: 1\n")] == ["MLC142"]
