"""Values come back from a file as they went in: content, type, layout and sharing."""

from __future__ import annotations

import array
import collections
import copy
import datetime
import decimal
import enum
import io
import json
import math
import os
import pathlib
import queue
import re
import socket
import sqlite3
import subprocess
import tempfile
import threading
import types
import weakref
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as npst
import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mlcode.artifacts import mlcode_handoff
from jupyter_mlcode.artifacts.mlcode_handoff import HandoffError

mpl.use("agg")


def write(value: Any, folder: Path, key: str = "x") -> Path:
    path = folder / "a" / f"{key}.pkl"
    mlcode_handoff._write(path, value, {"format": 1, "stage": "a", "key": key, "kind": "value"})
    return path


@pytest.fixture
def again(tmp_path: Path) -> Any:
    return lambda value: mlcode_handoff.read_artifact(write(value, tmp_path))


class Color(enum.Enum):
    RED = 1


PLAIN = [
    *(None, True, 0, -(10**40), 1.5, float("inf"), 2j, "", "é\ud800\x00", b"", b"\x00" * 100, ...),
    *(
        [],
        {},
        set(),
        (),
        [1, [2]],
        {"a": {1: (2,)}},
        {1, "a"},
        frozenset({1}),
        bytearray(b"ab"),
        range(3),
        slice(1, None),
    ),
    *(
        pathlib.PurePosixPath("a/b"),
        datetime.datetime(2024, 1, 31, tzinfo=datetime.UTC),
        datetime.timedelta(1),
    ),
    *(decimal.Decimal("1.10"), re.compile("a", re.IGNORECASE), Color.RED, types.SimpleNamespace(a=1)),
    *(collections.Counter("aab"), collections.OrderedDict(b=1, a=2), collections.deque([1], 3)),
    *(
        np.float32(1.5),
        np.str_("a"),
        np.datetime64("2024-01-31"),
        np.dtype("i4"),
        pd.Timestamp("2024"),
        pd.NaT,
        pd.NA,
    ),
    *(pd.Timedelta(1), pd.Interval(0, 1), pd.Period("2024"), np.newaxis, np.sin),
]


@pytest.mark.parametrize("value", PLAIN, ids=[f"{n}-{type(value).__name__}" for n, value in enumerate(PLAIN)])
def test_plain_values(again: Any, value: Any) -> None:
    found = again(value)
    assert type(found) is type(value)
    assert found is value or found == value


ARRAYS = {
    "empty": np.zeros((0, 3)),
    "a number": np.array(1.5),
    "C": np.arange(12.0).reshape(3, 4),
    "Fortran": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "every second": np.arange(24).reshape(4, 6)[::2, 1:4],
    "backwards": np.arange(24).reshape(4, 6)[::-1, ::-2],
    "transposed": np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1),
    "one column of a wide table": np.arange(1_000_000.0).reshape(1000, 1000)[:, 7],
    "broadcast": np.broadcast_to(np.arange(3), (4, 3)),
    "big endian": np.arange(3, dtype=">i4"),
    "structured": np.array([(1, 2.5, b"a")], dtype=[("i", "i1"), ("f", "f8"), ("s", "S3")]),
    "text": np.array(["a", "é"]),
    "times": np.array(["2024-01-31"], dtype="M8[D]"),
    "objects": np.array([1, "a", None, [2]], dtype=object),
    "strings": np.array(["a", "", "é\ud800"] * 1000 + [None, float("inf")], dtype=object).reshape(-1, 2),
    "strings with the separator": np.array(["a\x1fb"] * 2000, dtype=object),
    "read only": np.arange(3),
}
ARRAYS["read only"].flags.writeable = False


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_keep_their_layout(again: Any, name: str) -> None:
    value = ARRAYS[name]
    found = again(value)
    np.testing.assert_array_equal(found, value)
    assert (found.dtype, found.shape, found.flags.writeable) == (
        value.dtype,
        value.shape,
        value.flags.writeable,
    )
    assert found.strides == value.strides or value.dtype == object or not value.size


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_view_of_any_array(again: Any, data: st.DataObject) -> None:
    base = data.draw(npst.arrays(npst.scalar_dtypes(), npst.array_shapes(max_dims=3, min_side=0, max_side=6)))
    view = base[data.draw(npst.basic_indices(base.shape))]
    found = again({"base": base, "view": view})
    np.testing.assert_array_equal(found["base"], base)
    np.testing.assert_array_equal(found["view"], view)
    if isinstance(view, np.ndarray) and view.size:
        assert np.shares_memory(found["base"], found["view"]) == np.shares_memory(base, view)
        assert found["view"].strides == view.strides


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(texts=st.lists(st.one_of(st.text(), st.none(), st.just(1.5)), min_size=1, max_size=20))
def test_any_strings(again: Any, texts: list[Any]) -> None:
    value = np.array([copy.copy(text) for text in texts * 1000], dtype=object)
    assert again(value).tolist() == value.tolist()


class Label(str):
    """A string with something in it."""

    def __init__(self, _: str) -> None:
        self.me = [self]


MANY = [f"number {i}" for i in range(3000)]
OBJECTS = {
    "few strings": [f"{i % 3} of three" for i in range(3000)],
    "few strings, many more behind": [f"{i % 3} of three" for i in range(300_000)] + MANY,
    "few strings and a subclass": [f"{i % 3} of three" for i in range(3000)] + [Label("0 of three")],
    "few tricky strings": ["", "\0", "a\0b", "a\0c", "a", "\ud83d\ude00", "😀", "\ud800", "é\udfff"] * 500,
    "all different": [*MANY, "", "\0", "a\0b", "\x1f", "\n", "\ud83d\ude00", "😀", "\ud800", "é"],
    "very long": [*MANY, "x" * 3_000_000, "é" * 100_000],
    "subclasses": [*MANY, np.str_("number 1"), Label("number 2"), *(text + "!" for text in MANY)],
    "each twice": MANY * 2,
    "some missing": [
        *MANY,
        *[None, np.nan, pd.NA, pd.NaT] * 20,
        *map(float, ["nan"] * 50),
        decimal.Decimal("nan"),
    ],
    "of all kinds": [1, 1.0, True, -0.0, 0, "a", b"a", None, (1, 2), 2**80, [3], {}, Color.RED] * 300,
    "different lists": [[text] for text in MANY],
}


def check_objects(found: Any, wanted: Any) -> None:
    """The same content and types, and the same object wherever it was the same one."""
    twins: dict[int, int] = {}
    for one, other in zip(found.tolist(), wanted.tolist(), strict=True):
        assert type(one) is type(other)
        assert repr(one) == repr(other)
        assert twins.setdefault(id(other), id(one)) == id(one)


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_keep_type_and_identity(again: Any, name: str) -> None:
    value = np.empty(len(OBJECTS[name]), object)
    value[:] = OBJECTS[name]
    check_objects(again(value), value)
    check_objects(again(pd.Series(value, dtype=object)).to_numpy(), value)
    table = np.asfortranarray([value, value[::-1]])
    for fortran in (table, table.copy("C")):
        found = again(fortran)
        assert (found.strides, found.flags.owndata) == (fortran.strides, True)
        for row, wanted in zip(found, fortran, strict=True):
            check_objects(row, wanted)


def test_missing_values_stay_the_ones_that_they_are(again: Any) -> None:
    found = again(np.array([*MANY, None, pd.NA, pd.NaT, pd.NA], object))
    assert all(one is other for one, other in zip(found[-4:], [None, pd.NA, pd.NaT, pd.NA], strict=True))


@pytest.mark.parametrize("more", [[], MANY, MANY * 2, ["a"] * 3000])
def test_an_array_that_holds_itself(again: Any, more: list[str]) -> None:
    value, others = np.empty(len(more) + 3, object), [1]
    value[3:] = more
    value[0], value[1], value[2] = value, others, others
    found, loose = again((value, others))
    assert found[0] is found
    assert found[1] is found[2] is loose


@pytest.mark.parametrize("name", ["few strings", "few tricky strings", "all different", "each twice"])
def test_equal_strings_make_equal_files(tmp_path: Path, name: str) -> None:
    files = set()
    for _ in range(3):
        texts = {text: (text + "-")[:-1] for text in OBJECTS[name]}  # other objects, shared in the same way
        value = np.array([texts[text] for text in OBJECTS[name]], object)
        files.add(write(value, tmp_path).read_bytes())
    assert len(files) == 1


def test_strings_in_arrow_memory_are_not_copied(again: Any) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame({"a": MANY, "b": [None, "é", "\0"] * 1000}, dtype="string[pyarrow]")
    for part in (frame, frame.iloc[5:2000:3], frame.iloc[10:20], pd.concat([frame, frame]), frame.iloc[:0]):
        found = again(part)
        pd.testing.assert_frame_equal(found, part)
        found.iloc[:1, 0] = "changed"
        pd.testing.assert_frame_equal(again(part), part)
    memory = mlcode_handoff._Pickler(mlcode_handoff._Output(), False)
    memory.dump(frame)
    buffers = {
        buffer.address
        for name in frame
        for buffer in frame[name].array._pa_array.chunk(0).buffers()
        if buffer
    }
    assert buffers <= {address for _, address, _ in memory.memory.spans}


def test_masked_arrays_and_matrices_and_read_only_memmaps(again: Any, tmp_path: Path) -> None:
    masked = np.ma.array([1, 2, 3], mask=[0, 1, 0])
    np.testing.assert_array_equal(again(masked).mask, masked.mask)
    np.arange(4).tofile(tmp_path / "m")
    np.testing.assert_array_equal(again(np.memmap(tmp_path / "m", dtype=int, mode="r")), np.arange(4))
    with pytest.raises(HandoffError, match="MLC219"):
        again(np.memmap(tmp_path / "m", dtype=int, mode="r+"))


def test_a_loaded_array_can_be_changed_and_the_file_stays(tmp_path: Path) -> None:
    path = write(np.zeros(1_000_000), tmp_path)
    mlcode_handoff.read_artifact(path)[:] = 1
    assert mlcode_handoff.read_artifact(path).sum() == 0


def test_views_of_object_arrays_stay_views(again: Any) -> None:
    base = np.array([[1, "a"], [None, 2.5]], dtype=object)
    found, row = again((base, base[1]))
    row[0] = "changed"
    assert found[1, 0] == "changed"


def test_small_views_of_something_big_share_its_memory_where_it_is_used_too(again: Any) -> None:
    table, objects, memory = np.zeros((300, 1000)), np.array([[1, "a"]] * 50, object), bytearray(1 << 20)
    for whole, part in (
        (table, table[:, 7]),
        (objects, objects[3]),
        (memory, np.frombuffer(memory, "u1")[:9]),
    ):
        found, view, same = again((whole, part, part[:]))
        view[0] = 77
        assert same[0] == 77
        assert 77 in (found if isinstance(found, bytearray) else found.ravel())


def test_small_views_go_alone_where_nobody_else_uses_the_memory(tmp_path: Path) -> None:
    table = np.zeros((300, 1000))
    assert write([table[:, 7], table[:, 8]], tmp_path).stat().st_size < 10_000
    assert write([np.zeros((300, 1000))[:, 7] for _ in range(9)], tmp_path).stat().st_size < 50_000


def test_masked_arrays_share_data_and_mask(again: Any) -> None:
    raw = np.array([1, 2, 3])
    masked = np.ma.masked_where(raw > 2, raw, copy=False)
    masked.harden_mask()
    masked.fill_value = 7
    found, one, two = again((raw, masked, masked[:]))
    one[0] = 100
    two.mask[1] = True
    assert (found[0], one.mask.tolist(), two.mask.tolist()) == (100, [False, True, True], [False, True, True])
    assert (one.hardmask, one.sharedmask, one.fill_value) == (True, masked.sharedmask, 7)
    assert again(np.ma.array([1])).mask is np.ma.nomask
    assert again(np.ma.masked) is np.ma.masked
    objects = np.ma.array(np.array(["a", None], object), mask=[0, 1])
    first, part = again((objects, objects[:1]))
    part[0] = "changed"
    assert first.tolist() == ["changed", None]


class Masked(np.ma.MaskedArray):
    pass


@pytest.mark.parametrize(
    "kind", [np.recarray, np.memmap, np.matrix, np.ma.MaskedArray, Masked, "Measured"], ids=str
)
@pytest.mark.parametrize("dtype", [float, object, [("a", "i4"), ("b", "O")]], ids=str)
def test_arrays_of_other_classes_share_their_memory(again: Any, kind: Any, dtype: Any) -> None:
    kind = Measured if kind == "Measured" else kind
    base = np.zeros((3, 4), dtype)
    other = base.T.view(kind)
    other.flags.writeable = dtype is not float
    found, view, twin = again((base, other, other[1:]))
    found[2, 1] = 5
    assert (type(view), type(twin), view.dtype, view.dtype.type) == (
        kind,
        type(other[1:]),
        other.dtype,
        other.dtype.type,
    )
    assert (view.tolist()[1][2], twin.tolist()[0][2]) == (found.tolist()[2][1],) * 2
    assert (view.strides, view.flags.writeable) == (other.strides, other.flags.writeable)
    assert vars(again(other)).keys() == vars(other).keys()


@pytest.mark.parametrize("kind", [np.ndarray, np.recarray])
@pytest.mark.parametrize("dtype", [[("a", "i4"), ("b", "f8")], [("a", "O"), ("b", "f8")]], ids=str)
@pytest.mark.parametrize("length", [3, 300])
def test_a_row_is_a_view_of_its_array(again: Any, kind: Any, dtype: Any, length: int) -> None:
    table = np.zeros(length, dtype).view(kind)
    found, row, field, same = again((table, table[1], table["b"], table[1]))
    row["b"] = 2.5
    assert (found[1]["b"], field[1], same["b"]) == (2.5, 2.5, 2.5)
    assert (type(row), row.dtype) == (type(table[1]), table.dtype)
    assert again(table[1]) == table[1]


def test_arrays_over_a_buffer_follow_it(again: Any) -> None:
    text = bytearray(8)
    numbers = array.array("d", [1, 2])
    over = np.frombuffer(text, "u1")
    fixed = np.frombuffer(text, ">u2")[1:].view(Measured)
    fixed.flags.writeable = False
    value = text, numbers, over, over[::-1], fixed, np.frombuffer(numbers)
    found, changed, plain, back, late, doubles = again(value)
    found[2], changed[1] = 9, 7
    assert (plain[2], back[5], late[0], doubles[1]) == (9, 9, 9 << 8, 7)
    assert (type(late), late.flags.writeable, plain.flags.writeable) == (Measured, False, True)
    with pytest.raises(BufferError):
        found.append(1)


class Weighed(np.ndarray):
    def __reduce__(self) -> Any:
        make, made, state = super().__reduce__()
        return make, made, (state, "kg")

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state[0])
        self.unit = state[1]


def test_a_class_that_pickles_its_arrays_itself_does_so(again: Any) -> None:
    found = again(np.arange(3).view(Weighed))
    assert (type(found), found.tolist(), found.unit) == (Weighed, [0, 1, 2], "kg")


def test_a_copy_of_memory_that_values_share_is_refused(tmp_path: Path) -> None:
    from scipy.spatial import KDTree
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeRegressor

    points = np.random.default_rng(0).normal(size=(20, 2))
    tree, model = KDTree(points), DecisionTreeRegressor().fit(points, points[:, 0])
    for pair in ((points, tree), (model.tree_.value, model), (points, points.view(Weighed))):
        with pytest.raises(HandoffError, match=r"MLC210 x\+y: .* pickles a copy"):
            write(pair, tmp_path, "x+y")
        write(list(pair), tmp_path, "x")
    near = KNeighborsClassifier(algorithm="kd_tree").fit(points, np.arange(20) % 2)
    for pair in ((points.copy(), tree), (model, [model]), (tree, [tree]), (points, near), (points, model)):
        write(pair, tmp_path, "x+y")


FRAME = pd.DataFrame(
    {
        "f": [1.5, float("nan"), 3],
        "i": [1, 2, 3],
        "s": ["a", None, "é"],
        "c": pd.Categorical(["x", "y", "x"], ordered=True),
        "t": pd.date_range("2024", periods=3, tz="Europe/Berlin"),
        "I": pd.array([1, None, 3], dtype="Int64"),
        "o": [[1], {"a": 2}, None],
        "p": pd.period_range("2024", periods=3, freq="M"),
        "iv": pd.interval_range(0, 3),
        "sp": pd.arrays.SparseArray([0, 0, 1]),
    },
    index=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["k", "n"]),
)


@pytest.mark.parametrize(
    "cut", [lambda df: df, lambda df: df.iloc[::2, 1:], lambda df: df[["i"]].T, lambda df: df.iloc[:0]]
)
def test_frames(again: Any, cut: Any) -> None:
    frame = cut(FRAME)
    frame.attrs["unit"] = "m"
    found = again(frame)
    pd.testing.assert_frame_equal(found, frame)
    assert found.attrs == {"unit": "m"}


def test_frames_that_share_memory_until_one_changes_are_apart_after_loading(again: Any) -> None:
    one = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    two = one.rename(columns={"a": "c"})
    first, second = again((one, two))
    second.loc[0, "c"] = 99.0
    assert first.loc[0, "a"] == 1.0


def test_one_frame_under_two_names_is_one_frame_after_loading(again: Any) -> None:
    one, two = again((FRAME, FRAME))
    assert one is two


def test_sparse_matrices_models_generators_and_figures(again: Any) -> None:
    from matplotlib import pyplot as plt
    from sklearn.ensemble import RandomForestClassifier

    features, y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 2
    assert (again(scipy.sparse.csr_array(features)) != features).sum() == 0
    model = RandomForestClassifier(5, random_state=0).fit(features, y)
    np.testing.assert_array_equal(again(model).predict_proba(features), model.predict_proba(features))
    rng = np.random.default_rng(1)
    rng.random(3)
    assert again(rng).random() == rng.random()
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    found_fig, found_ax = again((fig, ax))
    assert found_fig.axes == [found_ax]
    plt.close("all")


def test_the_global_random_generators_stay_the_global_ones(again: Any) -> None:
    import random

    assert again(np.random.mtrand._rand) is np.random.mtrand._rand
    assert again({"f": np.random.rand})["f"].__self__ is np.random.mtrand._rand
    assert again(random.shuffle).__self__ is random.shuffle.__self__  # type: ignore[attr-defined]


def test_views_of_dicts_follow_their_dict(again: Any) -> None:
    value = {"a": 1}
    found, keys, proxy = again((value, value.keys(), types.MappingProxyType(value)))
    found["b"] = 2
    assert (list(keys), dict(proxy)) == (["a", "b"], {"a": 1, "b": 2})
    assert again([types.CellType, type(None), type(...)]) == [types.CellType, type(None), type(...)]


def never_movable(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "x.csv").write_text("a\n1\n2\n")
    return {
        "MLC211": (number for number in [1]),
        "MLC212": open(tmp_path / "log", "w"),
        "MLC212 read": open(tmp_path / "x.csv"),
        "MLC213": sqlite3.connect(":memory:"),
        "MLC213 socket": socket.socket(),
        "MLC214": threading.Lock(),
        "MLC214 thread": threading.Thread(),
        "MLC214 queue": {"jobs": queue.Queue()},
        "MLC214 process": subprocess.Popen(["true"]),
        "MLC215": pd.read_csv(tmp_path / "x.csv", chunksize=1),
        "MLC216": weakref.ref(Color),
        "MLC218": tempfile.TemporaryDirectory(),
    }


def test_what_cannot_move_is_refused_by_name_type_and_cure(tmp_path: Path) -> None:
    for code, value in never_movable(tmp_path).items():
        with pytest.raises(HandoffError) as caught:
            write(value, tmp_path, "thing")
        assert str(caught.value).startswith(f"{code[:6]} thing: "), caught.value
        assert not (tmp_path / "a" / "thing.pkl").exists()
        assert not list((tmp_path / "a").glob("*.part"))


def test_any_other_failure_to_pickle_is_refused_too(tmp_path: Path) -> None:
    class Unwilling:
        def __reduce__(self) -> Any:
            raise ZeroDivisionError("never")

    with pytest.raises(HandoffError, match=r"MLC210 x: .*ZeroDivisionError: never"):
        write([Unwilling()], tmp_path)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(HandoffError, match="nested too deeply"):
        write(deep, tmp_path)


def test_a_value_that_does_not_load_is_refused_by_name(tmp_path: Path) -> None:
    path = write(io.StringIO("x"), tmp_path)
    content = path.read_bytes().replace(b"StringIO", b"StrangIO")
    path.write_bytes(content)
    sidecar = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps(sidecar))  # newer than the artifact: its hash is not read
    with pytest.raises(HandoffError, match=r"MLC205 a/x: a _io.StringIO that does not load: .*StrangIO"):
        mlcode_handoff.read_artifact(path)


@pytest.mark.parametrize("harm", ["a byte", "shorter", "longer"])
def test_a_tampered_file_is_refused(tmp_path: Path, harm: str) -> None:
    path = write(np.zeros(1000), tmp_path)
    content = path.read_bytes()
    os.utime(path.with_suffix(".json"), ns=(1, 1))  # as if edited long after
    changed = {
        "a byte": content[:500] + b"\x01" + content[501:],
        "shorter": content[:-1],
        "longer": content + b"\x00",
    }
    path.write_bytes(changed[harm])
    with pytest.raises(HandoffError, match="MLC202 a/x is not what its stage wrote"):
        mlcode_handoff.read_artifact(path)


def test_the_hash_is_read_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(np.zeros(1000), tmp_path)
    stamp = path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes()[:500] + b"\x01" + path.read_bytes()[501:])
    os.utime(path, ns=(stamp, stamp))
    assert mlcode_handoff.read_artifact(path).sum() != 0
    monkeypatch.setenv("MLCODE_VERIFY_HASH", "1")
    with pytest.raises(HandoffError, match="MLC202"):
        mlcode_handoff.read_artifact(path)


def test_writing_is_all_or_nothing(tmp_path: Path) -> None:
    path = write([1], tmp_path)
    with pytest.raises(HandoffError):
        write([1, threading.Lock()], tmp_path)
    assert mlcode_handoff.read_artifact(path) == [1]
    assert sorted(found.name for found in path.parent.iterdir()) == ["x.json", "x.pkl"]


@pytest.mark.parametrize(
    "part", ["../x", "a/b", "..", ".", "", "/x", "a\\b", "a\x00", "a b", "a+", ".x", "x\n"]
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, part: str) -> None:
    for stage, key in (("a", part), (part, "x")):
        with pytest.raises(HandoffError, match="MLC208"):
            mlcode_handoff.artifact_path(tmp_path, stage, key)


def test_a_group_with_a_long_name_gets_a_file(tmp_path: Path) -> None:
    key = "+".join(f"a_rather_long_name_{i}" for i in range(40))
    assert mlcode_handoff.read_artifact(write(1, tmp_path, "x")) == 1
    path = mlcode_handoff.artifact_path(tmp_path, "a", key)
    assert len(path.name) < 100
    assert path != mlcode_handoff.artifact_path(tmp_path, "a", key + "1")


class Measured(np.ndarray):
    unit: str


class Proxy:
    def __init__(self, inside: dict[str, Any]) -> None:
        object.__setattr__(self, "inside", inside)

    def __getattr__(self, name: str) -> Any:
        return self.inside[name]


def test_attributes_set_on_frames_and_arrays(again: Any) -> None:
    frame, series, array = pd.DataFrame({"a": [1]}), pd.Series([1.0]), np.arange(2.0).view(Measured)
    frame.origin, series.note, array.unit = ["survey"], "n", "m"
    frame.lock = threading.Lock()  # left out, as pandas leaves out all of them
    loaded, one, row = again((frame, series, array))
    assert (loaded.origin, one.note, row.unit, type(row)) == (["survey"], "n", "m", Measured)
    pd.testing.assert_frame_equal(loaded, frame)
    assert not hasattr(loaded, "lock")


def test_an_object_that_answers_for_every_attribute(again: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Proxy, "__module__", "__main__")
    monkeypatch.setattr("__main__.Proxy", Proxy, raising=False)
    assert again(Proxy({"x": [1]})).x == [1]


def test_a_colour_bar_follows_its_image(again: Any) -> None:
    figure = mpl.figure.Figure()
    image = figure.add_subplot().imshow(np.eye(2))
    bar = figure.colorbar(image)
    loaded, follower = again((image, bar))
    loaded.set_clim(0, 10)
    assert (follower.vmax, follower.mappable is loaded) == (10, True)


def test_a_nan_is_the_object_that_it_was(again: Any) -> None:
    own, negative = float("nan"), -float("nan")
    column = pd.Series(["a", np.nan, own] * 500, dtype=object)
    values, lookup, column, minus = again(([math.nan, np.nan, own, own], {own: 1}, column, negative))
    assert values[0] is math.nan
    assert values[1] is np.nan
    assert values[2] is values[3]
    assert lookup[values[2]] == 1
    assert column[1] is np.nan
    assert column[2] is values[2]
    assert math.copysign(1, minus) == -1


def test_nan_is_kept_in_a_file_written_over(tmp_path: Path) -> None:
    many = [float(i) for i in range(100_000)]
    for value in ([*many, np.nan], [np.nan], many):
        assert mlcode_handoff.read_artifact(write(value, tmp_path))[-1] is value[-1] or value is many


def test_a_column_of_texts_is_pickled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlcode_handoff, "_NanPickler", None)  # for values with a NaN of Python only
    frame = pd.DataFrame({"a": ["x", "y"], "n": [1.0, np.nan]})
    loaded = mlcode_handoff.read_artifact(write(frame, tmp_path))
    pd.testing.assert_frame_equal(loaded, frame)
    assert loaded.dtypes.equals(frame.dtypes)
