"""YAML for people: block style outside, one line for each small thing, keys in the order given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from jupyter_mlcode.codegen.literals import printable

_LOOKS_LIKE_NUMBER = re.compile(r"[-+.]?[0-9][0-9_]*(?:\.?[0-9_]*)?(?:[eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F]+")


_LINE_WIDTH = 92


class Line(dict[str, Any]):
    """A mapping that stands on one line where it fits: `{type: float, default: 0.5}`."""


class Row(list[Any]):
    """A sequence that stands on one line where it fits: `[X_train, y_train]`."""


class _Dumper(yaml.SafeDumper):
    """PyYAML's safe dumper without anchors, and with our one-line values."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Quote what another YAML reader would take for a number: PyYAML reads `5e123` as text, others do not."""
    style = "'" if _LOOKS_LIKE_NUMBER.fullmatch(text) else None
    if not text.isprintable():
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _line(dumper: _Dumper, mapping: Mapping[str, Any]) -> yaml.MappingNode:
    short = _width(mapping) <= _LINE_WIDTH
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items(), flow_style=short)


def _row(dumper: _Dumper, items: Sequence[Any]) -> yaml.SequenceNode:
    short = _width(items) <= _LINE_WIDTH
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=short)


def _width(value: Any) -> int:
    """Return about how many columns a value takes on one line."""
    if isinstance(value, dict):
        return 2 + sum(_width(key) + 4 + _width(item) for key, item in value.items())
    if isinstance(value, list):
        return 2 + sum(2 + _width(item) for item in value)
    return len(str(value))


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Line, _line)
_Dumper.add_representer(Row, _row)


def yaml_text(value: Any) -> str:
    """Return the value as YAML; the same value gives the same bytes everywhere.

    Examples:
        >>> print(yaml_text({"stages": {"load": {"outputs": Row(["df"])}}}), end="")
        stages:
          load:
            outputs: [df]
    """
    return _dumped(value, on_one_line=False)


def inline(value: Any) -> str:
    """Return a JSON value as YAML on one line, however long.

    Examples:
        >>> inline([1, "on"]), inline("plain text"), inline(0.5)
        ("[1, 'on']", 'plain text', '0.5')
    """
    text = _dumped(value, on_one_line=True)
    return text.removesuffix("\n").removesuffix("\n...")


def _dumped(value: Any, *, on_one_line: bool) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
        default_flow_style=on_one_line,
    )
    return printable(text)  # such characters stand in double quotes, where the same escapes mean them
