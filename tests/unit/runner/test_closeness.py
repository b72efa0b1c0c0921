"""Close numbers are close, everything else is not: in texts, and in values that were never loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jupyter_mlcode.artifacts.fingerprints import fingerprint
from jupyter_mlcode.runner import numbers
from jupyter_mlcode.runner.closeness import close_texts, close_values


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("0.1 0.2", "0.1 0.2000000000001", True),
        ("r2 0.81\nn 12", "r2 0.82\nn 12", True),  # the last printed digit
        ("r2 0.81", "r2 0.83", False),
        ("n 12", "n 13", False),
        ("1e-12", "1.1e-12", True),
        ("-0.5", "0.5", False),
        ("nan 1.0", "nan 1.0", True),
        ("inf", "-1.5", False),
        ("1.0 2.0", "1.0", False),
        ("a 1.0", "b 1.0", False),
        ("v1.2.3", "v1.2.4", False),
    ],
)
def test_texts(one: str, other: str, close: bool) -> None:
    assert close_texts(one, other, 1e-9) is close


LOOP: list[object] = [1.0]
LOOP.append(LOOP)
STEP = 1 + 1e-13


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        (1.5, 1.5 * STEP, True),
        (1.5, 1.6, False),
        (1.5, np.float64(1.5), False),
        (3, 4, False),
        (complex(1, 2), complex(1, 2 * STEP), True),
        (np.ones((2, 3)), np.ones((2, 3)) * STEP, True),
        (np.ones((2, 3)), np.ones((3, 2)) * STEP, False),
        (np.ones(3, "f4"), np.ones(3), False),
        (np.arange(3), np.arange(3), True),
        (np.arange(3), np.arange(3) + 1, False),
        ([1.0, {"a": 2.0}], [STEP, {"a": 2.0 * STEP}], True),
        ([1.0, {"a": 2.0}], [1.0, {"b": 2.0}], False),
        (pd.Series([1.0, np.nan]), pd.Series([STEP, np.nan]), True),
        (pd.Series([1.0], name="x"), pd.Series([1.0], name="y"), False),
        (pd.DataFrame({"a": [1.0], "b": ["x"]}), pd.DataFrame({"a": [STEP], "b": ["x"]}), True),
        (pd.DataFrame({"a": [1.0], "b": ["x"]}), pd.DataFrame({"a": [STEP], "b": ["y"]}), False),
        (pd.DataFrame({"a": [1.0]}, index=[1]), pd.DataFrame({"a": [1.0]}, index=[2]), False),
        (LOOP, LOOP, True),
    ],
)
def test_values(tmp_path: Path, one: object, other: object, close: bool) -> None:
    for folder, value in (("one", one), ("other", other)):
        numbers.write(str(tmp_path / folder), ["value", "gone"], {"value": value}, fingerprint)
    assert close_values("value", tmp_path / "one", tmp_path / "other", 1e-9) is close
    assert not close_values("gone", tmp_path / "one", tmp_path / "other", 1e-9)
