"""Sample objects, a digest of what they hold, and a picture of the process's state."""

from __future__ import annotations

import array
import collections
import functools
import importlib
import itertools
import os
import pickle
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sklearn
import sklearn.experimental.enable_halving_search_cv
import sklearn.experimental.enable_iterative_imputer

mpl.use("Agg")


def resolve(path: str) -> Any:
    """Return the object at a dotted path, importing what has to be imported."""
    parts = path.split(".")
    for n in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:n]))
        except ImportError:
            continue
        return functools.reduce(getattr, parts[n:], found)
    raise AttributeError(path)


def public_path(cls: type) -> str:
    """Return the dotted path by which a class is imported: its module up to the first private part."""
    parts = itertools.takewhile(lambda part: not part.startswith("_"), cls.__module__.split("."))
    return ".".join([*parts, cls.__name__])


def digest(value: Any, depth: int = 6) -> Any:
    """Return nested tuples that are equal when two objects hold the same; caches do not count."""
    if value is np.ma.masked:
        return "masked"
    if isinstance(value, np.ndarray):
        content = (
            tuple(digest(v, depth - 1) for v in value.ravel()) if value.dtype == object else value.tobytes()
        )
        return ("array", str(value.dtype), value.shape, value.flags.writeable, content)
    if isinstance(value, pd.DataFrame):
        columns = tuple(digest(value.iloc[:, i], depth) for i in range(value.shape[1]))
        return ("frame", digest(value.columns, depth), columns, digest(value.attrs, depth))
    if isinstance(value, pd.Series):
        return (
            "series",
            repr(value.name),
            str(value.dtype),
            digest(value.index, depth),
            digest(list(value), depth),
        )
    if isinstance(value, pd.Index):
        return ("index", repr(value.names), str(value.dtype), digest(list(value), depth))
    if depth == 0:
        return type(value).__name__
    if isinstance(value, dict):
        return ("dict", tuple((repr(k), digest(v, depth - 1)) for k, v in value.items()))
    if isinstance(value, (set, frozenset)):
        return ("set", tuple(sorted(repr(v) for v in value)))
    if isinstance(value, (list, tuple, collections.deque, array.array)):
        return (type(value).__name__, tuple(digest(v, depth - 1) for v in value))
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if hasattr(value, "__dict__") and not callable(value):
        return (type(value).__name__, digest(_without_caches(vars(value)), depth - 1))
    return type(value).__name__ if "object at 0x" in repr(value) else repr(value)


def _without_caches(held: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in held.items() if not k.startswith(("_cache", "_rng", "_item_cache"))}


def drawn(state: str) -> Any:
    """Return the state of a global random generator."""
    if state == "python.random":
        return random.getstate()
    kind, key, *rest = np.random.get_state()
    return (kind, key.tobytes(), *rest)


def settings() -> tuple[Any, ...]:
    """Return what a library could change in the process without touching an argument."""
    return (
        dict(dict.items(mpl.rcParams)),
        [pd.get_option(name) for name in ("display.max_rows", "display.precision")],
        np.get_printoptions(),
        np.geterr(),
        sklearn.get_config(),
        plt.get_fignums(),
        os.getcwd(),
        dict(os.environ),
    )


def frame() -> pd.DataFrame:
    """A small table of numbers with a missing value."""
    return pd.DataFrame({"a": [3.0, 1.0, 2.0, np.nan], "b": [1.0, 1.0, 2.0, 2.0]}, index=[10, 11, 12, 13])


def _fitted(name: str, x: Any, y: Any) -> Callable[[], Any]:
    """Return how to make the same fitted estimator again, quickly."""
    estimator = resolve(name)()
    if "n_estimators" in estimator.get_params():
        estimator.set_params(n_estimators=3)
    return functools.partial(pickle.loads, pickle.dumps(estimator.fit(x, y)))


X = np.abs(np.random.RandomState(0).randn(60, 4))
Y = (X[:, 0] > 0.6).astype(int)


def receivers() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield (family, how to make a fresh value of it)."""
    yield "pandas", frame
    yield "pandas", lambda: frame()["a"]
    yield "pandas", lambda: frame().index
    yield "pandas", lambda: pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    yield "pandas", lambda: pd.Series(pd.date_range("2020-01-01", periods=4))
    yield "pandas", lambda: pd.date_range("2020-01-01", periods=4)
    yield "pandas", lambda: pd.Series([1.0, 2.0, 3.0], index=pd.date_range("2020-01-01", periods=3))
    yield "pandas", lambda: pd.MultiIndex.from_product([[1, 2], ["a", "b"]])
    yield "pandas", lambda: pd.Series(["a b", "c"]).str
    yield "pandas", lambda: pd.Series(pd.date_range("2020-01-01", periods=3)).dt
    yield "pandas", lambda: pd.Series(pd.to_timedelta([1, 2], unit="D")).dt
    yield "pandas", lambda: pd.Series(["a", "b", "a"], dtype="category").cat
    yield "pandas", lambda: pd.Series(["a", "b", "a"], dtype="category")
    yield "pandas", lambda: frame().groupby("b")
    yield "pandas", lambda: frame().groupby("b")["a"]
    yield "pandas", lambda: frame().rolling(2)
    yield "pandas", lambda: frame().ewm(1.0)
    yield "pandas", lambda: frame().T
    yield "numpy", lambda: np.array([3.0, 1.0, 2.0])
    yield "numpy", lambda: np.arange(12.0).reshape(3, 4)
    yield "numpy", lambda: np.arange(12).reshape(3, 4)
    yield "numpy", lambda: np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0])
    yield "numpy", lambda: np.poly1d([1, 2, 3])
    yield "numpy", lambda: np.float64(3.5)
    yield "python.list", lambda: [3, [1], 2]
    yield "python.list", lambda: [3, 1, 2]
    yield "python.list", lambda: collections.deque([3, 1, 2])
    yield "python.list", lambda: array.array("d", [1.0, 2.0])
    yield "python.dict", lambda: {"a": [1], "b": 2}
    yield "python.dict", lambda: collections.Counter("abca")
    yield "python.dict", lambda: collections.OrderedDict(a=1, b=2)
    yield "python.set", lambda: {1, 2, 3}
    yield "python.random", lambda: random.Random(1)
    yield "numpy.generator", lambda: np.random.default_rng(1)
    for name in (
        "linear_model.LogisticRegression",
        "preprocessing.StandardScaler",
        "preprocessing.MinMaxScaler",
        "decomposition.PCA",
        "tree.DecisionTreeClassifier",
        "svm.SVC",
        "naive_bayes.GaussianNB",
        "cluster.KMeans",
        "mixture.GaussianMixture",
        "ensemble.RandomForestClassifier",
        "ensemble.GradientBoostingClassifier",
        "feature_selection.SelectKBest",
        "linear_model.LinearRegression",
        "covariance.EmpiricalCovariance",
    ):
        yield "sklearn", _fitted(f"sklearn.{name}", X, Y)
