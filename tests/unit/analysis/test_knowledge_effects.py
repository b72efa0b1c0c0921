"""Entries that claim an effect (a change, a draw, a file, a setting) are right: the call has it."""

from __future__ import annotations

import json
import os
import pickle
import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
import sklearn
from sklearn.model_selection import train_test_split

from jupyter_mlcode.analysis.library import built_in
from tests.unit.analysis.knowledge_samples import X, Y, digest, drawn, frame, resolve, settings

LIBRARY = built_in()
INPLACE: dict[str, tuple[Any, ...]] = {
    "drop": ([10],),
    "dropna": (),
    "fillna": (0,),
    "ffill": (),
    "bfill": (),
    "drop_duplicates": ("b",),
    "rename": ({10: 20},),
    "rename_axis": ("n",),
    "sort_values": ("a",),
    "sort_index": (),
    "where": (frame() > 1,),
    "mask": (frame() > 1,),
    "clip": (1.5, 2.0),
    "interpolate": (),
    "replace": (1.0, 9.0),
    "set_index": ("a",),
    "reset_index": (),
    "eval": ("c = a + b",),
    "query": ("a > 1",),
}


@pytest.mark.parametrize("name", INPLACE)
def test_inplace_changes_the_table_and_its_absence_does_not(name: str) -> None:
    keyword = LIBRARY.families["pandas"].methods[name]["inplace"]
    make = frame if name not in ("sort_index", "bfill") else lambda: frame().iloc[::-1]
    table = make()
    getattr(table, name)(*INPLACE[name])
    assert digest(table) == digest(make())
    getattr(table, name)(*INPLACE[name], **{keyword: True})
    assert digest(table) != digest(make())


def test_every_method_with_an_inplace_parameter_is_listed_with_it() -> None:
    for cls in (pd.DataFrame, pd.Series):
        for name in dir(cls):
            method = getattr(cls, name, None)
            if not name.startswith("_") and callable(method) and "inplace" in _parameters(method):
                assert LIBRARY.families["pandas"].methods[name]["inplace"] == "inplace", name


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    import inspect

    try:
        return tuple(inspect.signature(function).parameters)
    except ValueError:
        return ()


GLOBAL_DRAWS: dict[str, Callable[[], Any]] = {
    "numpy.random.rand": lambda: np.random.rand(2),
    "numpy.random.randint": lambda: np.random.randint(5),
    "numpy.random.choice": lambda: np.random.choice([1, 2]),
    "numpy.random.permutation": lambda: np.random.permutation(4),
    "numpy.random.shuffle": lambda: np.random.shuffle([1, 2, 3]),
    "numpy.random.multivariate_normal": lambda: np.random.multivariate_normal([0], [[1]]),
    "random.random": random.random,
    "random.choice": lambda: random.choice([1, 2]),
    "random.sample": lambda: random.sample([1, 2], 1),
    "random.shuffle": lambda: random.shuffle([1, 2]),
    "random.gauss": lambda: random.gauss(0, 1),
    "sklearn.model_selection.train_test_split": lambda: train_test_split(X),
    "sklearn.utils.shuffle": lambda: sklearn.utils.shuffle(X),
    "sklearn.datasets.make_blobs": lambda: resolve("sklearn.datasets.make_blobs")(),
    "scipy.stats.norm.rvs": lambda: resolve("scipy.stats.norm.rvs")(size=2),
    "seaborn.stripplot": lambda: sns.stripplot(data=frame(), x="b", y="a"),
}


@pytest.mark.parametrize("path", GLOBAL_DRAWS)
def test_a_call_that_draws_advances_the_state_it_names(path: str) -> None:
    entry = LIBRARY.function(path)
    assert entry is not None
    state = entry["draws"]["state"]
    before = drawn(state)
    GLOBAL_DRAWS[path]()
    plt.close("all")
    assert drawn(state) != before


def test_a_seed_in_the_call_leaves_the_global_state_alone() -> None:
    before = drawn("numpy.random")
    frame().sample(2, random_state=1)
    train_test_split(X, random_state=1)
    resolve("sklearn.linear_model.LogisticRegression")().fit(X, Y)
    assert drawn("numpy.random") == before
    frame().sample(2)
    assert drawn("numpy.random") != before


def test_a_generator_in_place_of_a_seed_is_advanced() -> None:
    generator = np.random.default_rng(1)
    before = digest(generator)
    frame().sample(2, random_state=generator)
    assert digest(generator) != before


WRITES: dict[str, Callable[[Path], Any]] = {
    "pandas:to_csv": lambda p: frame().to_csv(p),
    "pandas:to_json": lambda p: frame().to_json(p),
    "pandas:to_pickle": lambda p: frame().to_pickle(p),
    "pandas:to_html": lambda p: frame().to_html(p),
    "pandas:to_string": lambda p: frame().to_string(p),
    "pandas:to_stata": lambda p: frame().to_stata(p),
    "numpy:tofile": lambda p: np.arange(3).tofile(p),
    "numpy:dump": lambda p: np.arange(3).dump(p),
    "matplotlib:savefig": lambda p: plt.figure().savefig(p),
    "python.path:write_text": lambda p: p.write_text("x"),
    "python.path:touch": lambda p: p.touch(),
    "numpy.save": lambda p: np.save(p, [1]),
    "numpy.savetxt": lambda p: np.savetxt(p, [1]),
    "numpy.savez": lambda p: np.savez(p, [1]),
    "matplotlib.pyplot.savefig": lambda p: plt.savefig(p),
    "joblib.dump": lambda p: joblib.dump([1], p),
    "scipy.io.savemat": lambda p: resolve("scipy.io.savemat")(p, {"a": 1}),
    "scipy.sparse.save_npz": lambda p: resolve("scipy.sparse.save_npz")(
        p, resolve("scipy.sparse.eye")(2).tocsr()
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_call_that_writes_makes_a_file(name: str, tmp_path: Path) -> None:
    family, _, method = name.partition(":")
    entry = LIBRARY.method(family, method) if method else LIBRARY.function(name)
    assert entry is not None
    assert entry["writes"]["kind"] == "file"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        WRITES[name](tmp_path / "made.png")
    plt.close("all")
    assert list(tmp_path.iterdir()) != []


SETS: dict[str, Callable[[], Any]] = {
    "pandas.set_option": lambda: pd.set_option("display.max_rows", 7),
    "numpy.set_printoptions": lambda: np.set_printoptions(precision=3),
    "numpy.seterr": lambda: np.seterr(all="ignore"),
    "sklearn.set_config": lambda: sklearn.set_config(display="text"),
    "matplotlib.pyplot.rc": lambda: plt.rc("lines", linewidth=7),
    "matplotlib.style.use": lambda: resolve("matplotlib.style.use")("ggplot"),
    "seaborn.set_theme": lambda: sns.set_theme(),
    "seaborn.set_palette": lambda: sns.set_palette("deep"),
    "os.chdir": lambda: os.chdir("/"),
    "os.putenv": lambda: os.environ.update(MLCODE_TEST="1"),
}


@pytest.mark.parametrize("path", SETS)
def test_a_call_that_sets_something_changes_the_settings(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = LIBRARY.function(path)
    assert entry is not None
    assert entry["sets"]
    monkeypatch.chdir(Path.cwd())
    monkeypatch.delenv("MLCODE_TEST", raising=False)
    with (
        pd.option_context("display.max_rows", 60),
        np.printoptions(),
        np.errstate(),
        sklearn.config_context(),
        plt.rc_context(),
    ):
        before = settings()
        SETS[path]()
        changed = settings() != before
    assert changed


def test_getters_of_axes_and_figures_leave_the_picture_as_it_is() -> None:
    touched, untouched = _picture(), _picture()
    artists = [touched, *touched.axes, touched.axes[0].xaxis, touched.axes[0].lines[0], touched.axes[0].title]
    family = LIBRARY.families["matplotlib"]
    pure = [name for name, entry in family.methods.items() if not entry["mutates"] and not entry["writes"]]
    called = 0
    for artist in artists:
        for name in pure:
            if hasattr(artist, name):
                try:
                    getattr(artist, name)()
                except TypeError:
                    continue
                called += 1
    try:
        assert _rendered(touched) == _rendered(untouched)
    finally:
        plt.close("all")
    assert called > 100


def _picture() -> Any:
    figure, axes = plt.subplots(figsize=(3, 2))
    axes.plot([1, 2, 3], [2.0, 1.0, 3.5], label="line")
    axes.set_title("title")
    axes.legend()
    return figure


def _rendered(figure: Any) -> bytes:
    figure.canvas.draw()
    return bytes(figure.canvas.buffer_rgba())


UNMOVABLE: dict[str, Callable[[Path], Any]] = {
    "python.generator": lambda _: (i for i in ()),
    "python.file": lambda p: p.open("w"),
    "python.dictview": lambda _: {}.items(),
    "python.match": lambda _: __import__("re").match("a", "a"),
    "python.lock": lambda _: __import__("threading").Lock(),
    "python.connection": lambda _: __import__("sqlite3").connect(":memory:"),
    "python.queue": lambda _: __import__("queue").Queue(),
    "python.hash": lambda _: __import__("hashlib").sha256(),
    "python.csv": lambda _: __import__("csv").reader([]),
    "python.archive": lambda p: __import__("zipfile").ZipFile(p, "w"),
}


@pytest.mark.parametrize("family", UNMOVABLE)
def test_what_is_said_not_to_move_cannot_be_pickled(family: str, tmp_path: Path) -> None:
    assert LIBRARY.families[family].immovable
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(UNMOVABLE[family](tmp_path / "f"))


def test_json_schema_is_valid_json_with_a_title() -> None:
    schema = Path(resolve("jupyter_mlcode.analysis").__file__).with_name("knowledge.schema.json")
    assert json.loads(schema.read_text("utf-8"))["title"] == "Knowledge of one library"
