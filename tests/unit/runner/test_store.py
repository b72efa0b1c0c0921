"""Results on disk: found again, replaced, and removed when there are too many."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from jupyter_mlcode.runner.cache import open as opening
from jupyter_mlcode.runner.cache.store import MOST_VARIANTS, Kept, Result, Store
from jupyter_mlcode.runner.local.database import Database
from jupyter_mlcode.runner.local.memo import Memo


def store(folder: Path, limit: int = 1 << 30) -> Store:
    return Store(folder / "cache", Memo(Database(None)), limit)


def kept(place: Store, folder: Path, text: str) -> Kept:
    """Keep a file with this text."""
    source = folder / "source"
    source.write_text(text)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    place.keep(source, sha256, link=False)
    return Kept(sha256=sha256, size=len(text))


def put(place: Store, folder: Path, key: str, text: str, age: int = 0, **conditions: str) -> Result:
    """Keep a result with one file, used so many seconds ago."""
    result = Result(
        key=key,
        stage="s",
        components={"cells": {"a": "1"}},
        conditions=conditions,
        artifacts={},
        files={"f.txt": kept(place, folder, text)},
    )
    place.put(result)
    path = place.root / "entries" / key[:2] / key / f"{result.variant}.json"
    os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    return result


def test_results_of_a_key_come_newest_first(tmp_path: Path) -> None:
    place = store(tmp_path)
    old = put(place, tmp_path, "aa1", "x", 10, f="1")
    new = put(place, tmp_path, "aa1", "y", 0, f="2")
    assert place.find("aa1") == [new, old]
    assert place.find("bb2") == []


def test_a_key_has_only_so_many_results(tmp_path: Path) -> None:
    place = store(tmp_path)
    for number in range(MOST_VARIANTS + 3):
        put(place, tmp_path, "aa1", "x", 100 - number, f=str(number))
    found = [result.conditions["f"] for result in place.find("aa1")]
    assert found == [str(number) for number in range(MOST_VARIANTS + 2, 2, -1)]


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    place = store(tmp_path, limit=250)
    results = [put(place, tmp_path, f"a{n}", str(n) * 100, 50 - n) for n in range(5)]
    assert place.trim() == 300
    assert [bool(place.find(f"a{n}")) for n in range(5)] == [False, False, False, True, True]
    assert place.size() == 200
    assert place.fetch(results[4].files["f.txt"].sha256, tmp_path / "back", link=False)
    assert not place.fetch(results[0].files["f.txt"].sha256, tmp_path / "gone", link=False)


def test_a_content_that_two_results_share_stays_with_one(tmp_path: Path) -> None:
    place = store(tmp_path, limit=150)
    put(place, tmp_path, "a1", "x" * 100, 50)
    put(place, tmp_path, "a2", "x" * 100, 0)
    put(place, tmp_path, "a3", "y" * 100, 90)
    place.trim()
    assert [bool(place.find(key)) for key in ("a1", "a2", "a3")] == [True, True, False]


def test_nothing_goes_while_there_is_room(tmp_path: Path) -> None:
    place = store(tmp_path)
    put(place, tmp_path, "a1", "x" * 100)
    assert place.trim() == 0
    assert place.find("a1")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', '{"format": 1, "key": 3}'])
def test_an_entry_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    place = store(tmp_path)
    put(place, tmp_path, "aa1", "x")
    for path in place.root.glob("entries/*/*/*.json"):
        path.write_text(text)
    assert place.find("aa1") == []


def test_a_damaged_content_is_not_given_out(tmp_path: Path) -> None:
    place = store(tmp_path)
    result = put(place, tmp_path, "aa1", "x" * 10)
    sha256 = result.files["f.txt"].sha256
    place.object(sha256).write_text("y" * 10)
    assert not place.fetch(sha256, tmp_path / "back", link=False)
    assert not (tmp_path / "back").exists()
    assert not place.object(sha256).exists()


def test_a_source_that_changes_while_it_is_copied_is_not_kept(tmp_path: Path) -> None:
    place = store(tmp_path)
    source = tmp_path / "source"
    source.write_text("new")
    place.keep(source, hashlib.sha256(b"old").hexdigest(), link=False)
    assert place.size() == 0


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 20 << 30),
        ("0", 0),
        ("500M", 500 << 20),
        ("1.5GB", 3 << 29),
        ("2 GiB", 2 << 30),
        ("many", 20 << 30),
    ],
)
def test_the_limit_is_read_as_people_write_it(monkeypatch: pytest.MonkeyPatch, text: str, size: int) -> None:
    monkeypatch.setenv("MLCODE_CACHE_SIZE", text)
    assert opening.cache_limit() == size
