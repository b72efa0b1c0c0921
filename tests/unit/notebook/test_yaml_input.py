"""YAML of strangers: plain values, in bounds, or one line."""

from __future__ import annotations

import pytest

from jupyter_mlcode.notebook.yaml_input import YamlInputError, parse_yaml

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)


def test_aliases_may_repeat_a_value() -> None:
    assert parse_yaml("a: &x [1]\nb: *x\nc: {<<: &y {k: 1}, l: 2}") == {
        "a": [1],
        "b": [1],
        "c": {"k": 1, "l": 2},
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (LAUGHS, "its aliases stand for more values"),
        ("&a [*a]", "a value holds itself"),
        ("n: " + "[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ("n: !!python/object/apply:os.system ['exit 1']", "not YAML: could not determine a constructor"),
        ("a: [1", "not YAML: "),
        ("\0", "not YAML: "),
    ],
)
def test_what_is_refused_is_one_line(text: str, problem: str) -> None:
    with pytest.raises(YamlInputError, match=problem) as caught:
        parse_yaml(text)
    assert "\n" not in str(caught.value)
