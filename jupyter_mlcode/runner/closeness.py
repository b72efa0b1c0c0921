"""Which differences are small: asked for only by `verify --close`, and reported as what they are."""

from __future__ import annotations

import array
import json
import math
import re
from pathlib import Path
from typing import Final

NUMBER: Final = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\b(?:nan|inf)\b")


def are_close(one: float, other: float, tolerance: float) -> bool:
    """Tell whether two numbers differ by at most `tolerance` times the larger, or by a thousandth of `tolerance`.

    Examples:
        >>> are_close(1.0, 1.0 + 1e-12, 1e-9), are_close(1.0, 1.1, 1e-9), are_close(math.nan, math.nan, 1e-9)
        (True, False, True)
    """
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance / 1000)


def close_texts(one: str, other: str, tolerance: float) -> bool:
    """Tell whether two texts differ only in numbers that are close, or that differ in their last printed digit.

    Examples:
        >>> close_texts("score 0.1235 of 10", "score 0.1234 of 10", 1e-9), close_texts("1 of 10", "2 of 10", 1e-9)
        (True, False)
    """
    if NUMBER.sub("", one) != NUMBER.sub("", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=False)
    same_count = len(NUMBER.findall(one)) == len(NUMBER.findall(other))
    return same_count and all(a == b or _close_words(a, b, tolerance) for a, b in pairs)


def _close_words(one: str, other: str, tolerance: float) -> bool:
    if "." not in one and "." not in other and "e" not in f"{one}{other}".lower():
        return False  # whole numbers count things
    first, second = float(one), float(other)
    if math.isnan(first) or math.isinf(first):
        return one == other
    return are_close(first, second, tolerance) or abs(first - second) <= 1.01 * max(_unit(one), _unit(other))


def _unit(word: str) -> float:
    """Return what the last printed digit stands for."""
    mantissa, _, exponent = word.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - digits)


def close_values(name: str, whole: Path, alone: Path, tolerance: float) -> bool:
    """Tell whether a variable that both folders tell of differs only in numbers that are close."""
    found = []
    for folder in (whole, alone):
        try:
            index, rest = json.loads((folder / "about.json").read_text("utf-8"))[name]
        except (OSError, KeyError):
            return False
        numbers = array.array("d")
        numbers.frombytes((folder / f"{index}.f64").read_bytes())
        found.append((rest, numbers))
    (rest, first), (other_rest, second) = found
    return (
        rest == other_rest
        and len(first) == len(second)
        and all(a == b or are_close(a, b, tolerance) for a, b in zip(first, second, strict=True))
    )


def close_files(one: Path, other: Path, tolerance: float) -> bool:
    """Tell whether two texts on disk differ only in numbers that are close."""
    try:
        first, second = (path.read_bytes().decode("utf-8") for path in (one, other))
    except (OSError, UnicodeDecodeError):
        return False
    return close_texts(first, second, tolerance)
