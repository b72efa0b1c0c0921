"""Equal, different, or not known: fingerprints never call two different values equal."""

from __future__ import annotations

import collections
import copy
import decimal
import functools
import logging
import os
import pickle
import random
import re
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlcode.artifacts import fingerprints
from jupyter_mlcode.artifacts.fingerprints import compare, fingerprint

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner) | st.sets(st.integers())
    ),
)


@given(one=values, other=values)
def test_values_that_differ_are_never_called_equal(one: Any, other: Any) -> None:
    verdict = compare(fingerprint(one), fingerprint(other))
    assert verdict != "equal" or one == other
    assert compare(fingerprint(one), fingerprint(copy.deepcopy(one))) == "equal"


class Own:
    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


def cyclic(last: int) -> Any:
    ring: list[Any] = [1]
    ring.append({"ring": ring, "last": last})
    return ring


def adder(n: int) -> Any:
    return lambda x: x + n


FRAME = pd.DataFrame(
    {"a": [1.0, np.nan], "s": ["x", None], "c": pd.Categorical(["u", "v"])}, index=["i", "j"]
)
DIFFERENT: dict[str, tuple[Any, Any]] = {
    "int and float": (1, 1.0),
    "signed zero": (np.array([0.0]), np.array([-0.0])),
    "dtype": (np.zeros(2, "f4"), np.zeros(2, "f8")),
    "shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "one cell": (FRAME, FRAME.assign(s=["x", "y"])),
    "index": (FRAME, FRAME.set_axis(["i", "k"])),
    "columns": (FRAME, FRAME.rename(columns={"a": "b"})),
    "category": (FRAME, FRAME.assign(c=pd.Categorical(["u", "v"], categories=["v", "u"]))),
    "attrs": (FRAME, FRAME.copy().assign()),
    "name": (pd.Series([1], name="a"), pd.Series([1], name="b")),
    "order of a list": ([1, 2], [2, 1]),
    "order that counts": (collections.OrderedDict(a=1, b=2), collections.OrderedDict(b=2, a=1)),
    "attribute": (Own(a=1), Own(a=2)),
    "private attribute of an own class": (Own(_a=1), Own(_a=2)),
    "cycle": (cyclic(1), cyclic(2)),
    "constant of a function": (lambda: 1, lambda: 2),
    "closure": (adder(1), adder(2)),
    "default": (lambda x=1: x, lambda x=2: x),
    "generator": (np.random.default_rng(1), np.random.default_rng(2)),
    "python generator": (random.Random(1), random.Random(2)),
    "sparse": (scipy.sparse.eye(3, format="csr"), 2 * scipy.sparse.eye(3, format="csr")),
    "partial": (functools.partial(max, 1), functools.partial(max, 2)),
    "default factory": (collections.defaultdict(list), collections.defaultdict(set)),
    "error": (ValueError("a"), ValueError("b")),
    "module": (os, sys),
    "decimal": (decimal.Decimal("1.0"), decimal.Decimal("1.00")),
}
DIFFERENT["attrs"][1].attrs["unit"] = "m"


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a: Any) -> None:
        self.a = a

    def shown(self) -> Any:
        return self.a


class Metres(float):
    """A number with attributes of its own."""


DIFFERENT |= {
    "slot": (Slotted(1), Slotted(2)),
    "method of another object": (Slotted(1).shown, Slotted(2).shown),
    "number of an own class": (Metres(1), Metres(2)),
    "pattern": (re.compile("a"), re.compile("a", re.IGNORECASE)),
    "masked cell": (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2], mask=[1, 1])),
    "fill value": (np.ma.array([1], fill_value=3), np.ma.array([1], fill_value=4)),
    "type of numpy": (np.dtype("f4"), np.dtype("f8")),
    "function of numpy": (np.add, np.multiply),
    "old generator": (np.random.RandomState(1), np.random.RandomState(2)),
    "bits of a generator": (np.random.PCG64(1), np.random.PCG64(2)),
    "field": (np.array([(1, 2.0)], "i4,f8"), np.array([(1, 3.0)], "i4,f8")),
    "object in an array": (np.array([[1], None], object), np.array([[2], None], object)),
    "level": (
        pd.MultiIndex.from_product([["a"], [1, 2]]),
        pd.MultiIndex.from_product([["a"], [1, 3]]),
    ),
    "name of a level": (
        pd.MultiIndex.from_product([["a"], [1]], names=["x", "y"]),
        pd.MultiIndex.from_product([["a"], [1]], names=["x", "z"]),
    ),
    "moment": (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02")),
    "zone": (pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-01", tz="UTC")),
    "missing value": (pd.NaT, pd.NA),
    "period": (pd.Period("2024-01", "M"), pd.Period("2024-01-01", "D")),
    "type of pandas": (pd.CategoricalDtype(["a"]), pd.CategoricalDtype(["b"])),
    "grouped column": (FRAME.groupby("a")["s"], FRAME.groupby("a")["c"]),
    "logger": (logging.getLogger("a"), logging.getLogger("b")),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_is_found(name: str) -> None:
    one, other = DIFFERENT[name]
    assert compare(fingerprint(one), fingerprint(other)) == "different"


@pytest.mark.parametrize("name", DIFFERENT)
def test_the_same_again_is_equal(name: str) -> None:
    one, _ = DIFFERENT[name]
    again = (
        one
        if isinstance(one, types.FunctionType)
        else copy.deepcopy(one)
        if not isinstance(one, types.ModuleType)
        else one
    )
    assert compare(fingerprint(one), fingerprint(again)) == "equal"


def test_what_using_an_object_leaves_in_it_is_no_difference() -> None:
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from statsmodels.api import OLS

    features, target = load_iris(return_X_y=True)
    models = [
        RandomForestClassifier(5),
        LogisticRegression(max_iter=500),
        KNeighborsClassifier(algorithm="kd_tree"),
    ]
    for model in models:
        model.fit(features, target)
        before = fingerprint(model)
        model.predict(features)
        assert compare(before, fingerprint(model)) != "different", model
        assert compare(before, fingerprint(pickle.loads(pickle.dumps(model)))) != "different", model
        model.fit(features[::2], target[::2])
        assert compare(before, fingerprint(model)) != "equal", model
    fitted = OLS(target, features).fit()
    before = fingerprint(fitted)
    fitted.summary()
    assert compare(before, fingerprint(fitted)) != "different"
    index = pd.Index(["b", "a"])
    before = fingerprint(index)
    assert index.get_loc("a") == 1
    assert compare(before, fingerprint(index)) == "equal"


def test_figures_by_what_they_show() -> None:
    import matplotlib.pyplot as plt

    def draw(title: str) -> Any:
        fig, ax = plt.subplots()
        ax.plot([1, 2])
        ax.set_title(title)
        return fig

    one, same, other = draw("a"), draw("a"), draw("b")
    before = fingerprint(one)
    one.canvas.draw()
    assert compare(before, fingerprint(one)) == "unknown"
    assert compare(fingerprint(one), fingerprint(same)) == "unknown"
    assert compare(fingerprint(one), fingerprint(other)) == "different"
    plt.close("all")


@pytest.mark.parametrize(
    "value", [(x for x in [1]), iter([1]), threading.Lock(), [threading.Lock()], zip([1], [2], strict=False)]
)
def test_what_cannot_be_looked_into_is_not_known(value: Any) -> None:
    found = fingerprint(value)
    assert found["digest"] is None
    assert found["reason"]
    assert compare(found, found) == "unknown"


def test_a_value_too_large_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "BUDGET", 10)
    one, other = [[i] for i in range(100)], [[i] for i in range(101)]
    assert compare(fingerprint(one), fingerprint(other)) == "unknown"


def test_an_object_that_raises_when_looked_at_is_not_known() -> None:
    class Bad:
        __slots__ = ("x",)

        def __getattribute__(self, name: str) -> Any:
            raise RuntimeError(name)

    assert fingerprint(Bad())["digest"] is None


def test_digests_do_not_depend_on_the_process(tmp_path: Path) -> None:
    code = """
import sys; sys.path.insert(0, sys.argv[1])
import fingerprints, numpy as np, pandas as pd
class A:
    def __init__(self): self.tags = {"x", "y", "z"}; self.d = {"b": 1, "a": {1.5, "q"}}
    def f(self, k=frozenset({"p", "q"})): return k in {"u", "v", "w"}
value = [A(), A, A.f, {"a", "b", "c"}, {(i, str(i)) for i in range(9)}, pd.DataFrame({"s": list("abc")}), np.arange(3)]
print([fingerprints.fingerprint(v)["digest"] for v in value])
"""
    folder = str(Path(fingerprints.__file__).parent)
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, folder],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert b"None" not in runs.pop()


def test_short_texts_run_no_code_of_the_notebook() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise RuntimeError

    assert fingerprint(Loud())["repr"] == "Loud"
    assert fingerprint([Loud()])["repr"] == "list"
    assert fingerprint(FRAME)["repr"] == "DataFrame (2, 3)"
    assert fingerprint(np.zeros((2, 3)))["repr"] == "ndarray (2, 3) float64"
    assert fingerprint("x" * 1000)["repr"][:5] == "'xxxx"
