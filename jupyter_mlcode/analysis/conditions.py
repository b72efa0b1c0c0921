"""What a knowledge entry asks of an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.values import Value


def listed(value: Any) -> list[Any]:
    """Return a list, of one value when it is none."""
    return value if isinstance(value, list) else [value]


def several(value: Any) -> Iterable[Any]:
    """Return the values of a key that may be absent, one or a list."""
    return () if value is None else value if isinstance(value, list) else (value,)


def is_given(value: Value | None) -> bool:
    """Whether the argument is there and neither None nor False."""
    return value is not None and value.const is not None and value.const is not False


def may_be_true(value: Value | None) -> bool:
    """Whether the argument is there and may be true."""
    return value is not None and (value.const is True or not isinstance(value.const, (bool, type(None))))


def may_be_false(value: Value) -> bool:
    """Whether the argument may be false (None is not)."""
    return value.const is not True and value.const is not None


def one_of(value: Value | None, values: list[Any]) -> bool:
    """Whether the argument is there and may be one of these values; `any` is every value."""
    if value is None:
        return False
    if not isinstance(values, list):
        return True
    return value.const in values or not isinstance(value.const, (bool, int, float, str, type(None)))


def is_found(condition: Mapping[str, Any] | None, args: Arguments) -> bool:
    """Return whether a finding's condition holds: the parameter is given, and is none of the excepted ones."""
    if condition is None:
        return True
    given = args.get(*condition["given"])
    spared = frozenset(f"module:{path}" for path in condition["other_than"])
    return given is not None and is_given(given) and spared.isdisjoint(given.tops)


def returns_if(raw: Mapping[str, Any], args: Arguments) -> str:
    """Return the family of the result: another one when certain arguments are given."""
    condition = raw.get("returns_if")
    if condition and any(is_given(args.get(*listed(p))) for p in condition["any_of"]):
        return str(condition["family"])
    return str(raw.get("returns", "any"))


def immovable(raw: Mapping[str, Any], args: Arguments) -> str:
    """Return why the result cannot be saved, or nothing."""
    for key, wanted in (("immovable_if", True), ("immovable_unless", False)):
        condition = raw.get(key)
        if condition and wanted == any(is_given(args.get(*listed(p))) for p in condition["any_of"]):
            return str(condition["reason"])
    return str(raw.get("immovable", ""))
