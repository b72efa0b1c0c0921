"""The knowledge files are well formed, name things that exist, and load quickly."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from jupyter_mlcode.analysis.library import Library
from tests.unit.analysis.knowledge_samples import resolve

FOLDER = Path(str(resources.files("jupyter_mlcode.analysis") / "knowledge"))
SCHEMA = json.loads((FOLDER.parent / "knowledge.schema.json").read_text("utf-8"))
FILES = {
    path.stem: yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) for path in sorted(FOLDER.glob("*.yml"))
}
FAMILIES: dict[str, Any] = {
    n: raw for file in FILES.values() for n, raw in (file.get("families") or {}).items()
}
BUILT_IN_FAMILIES = {"self", "none", "fresh", "any", "likeself", "ufunc"}


def installed(stem: str) -> bool:
    """Whether the library of a file can be imported here; only optional ones may be missing."""
    if not FILES[stem].get("optional"):
        return True
    try:
        resolve(words(FILES[stem]["modules"])[0])
    except AttributeError:
        return False
    return True


def words(raw: str | list[str] | None) -> list[str]:
    """Return the names of a list or of a string of names."""
    return raw.split() if isinstance(raw, str) else list(raw or ())


def names(section: Any) -> Iterator[str]:
    """Yield every name of a section's keys, which may hold several."""
    for key in section or {}:
        yield from str(key).split()


def listed(raw: Any) -> list[str]:
    """Return every method that a family lists."""
    return [*names(raw.get("methods")), *raw.get("pure", "").split()]


def types_of(family: str) -> list[str]:
    """Return the dotted paths of the real classes of a family."""
    found = words(FAMILIES[family].get("types"))
    for file in FILES.values():
        for key, made in (file.get("classes") or {}).items():
            if (made if isinstance(made, str) else made.get("returns")) == family:
                found += [path for path in key.split() if "*" not in path]
    return found


def entries(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every entry anywhere in a file."""
    if isinstance(value, dict):
        if "returns" in value:
            yield value
        for inner in value.values():
            yield from entries(inner)


@pytest.mark.parametrize("stem", FILES)
def test_a_file_follows_the_schema(stem: str) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [(list(e.absolute_path), e.message[:200]) for e in validator.iter_errors(FILES[stem])] == []


@pytest.mark.parametrize("stem", FILES)
def test_every_dotted_path_exists_in_the_installed_version(stem: str) -> None:
    if not installed(stem):
        pytest.skip(f"{stem} is not installed")
    file = FILES[stem]
    missing = []
    elsewhere = set(words(file.get("other_versions")))
    for section in ("values", "classes", "functions"):
        for path in names(file.get(section)):
            if "*" in path or path in elsewhere:
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    resolve(path)
            except AttributeError:
                missing.append(path)
    assert missing == []


@pytest.mark.parametrize("stem", FILES)
def test_every_method_exists_in_the_installed_version(stem: str) -> None:
    if not installed(stem):
        pytest.skip(f"{stem} is not installed")
    elsewhere = set(words(FILES[stem].get("other_versions")))
    missing = []
    for family, raw in (FILES[stem].get("families") or {}).items():
        types = [resolve(path) for path in types_of(family)]
        missing += [
            f"{family}.{name}"
            for name in listed(raw)
            if types and f"{family}.{name}" not in elsewhere and not any(hasattr(t, name) for t in types)
        ]
    assert missing == []


@pytest.mark.parametrize("stem", FILES)
def test_a_name_is_listed_once(stem: str) -> None:
    file = FILES[stem]
    sections = [[*names(file.get("classes")), *names(file.get("functions"))]]
    sections += [listed(raw) for raw in (file.get("families") or {}).values()]
    assert [name for section in sections for name, n in Counter(section).items() if n > 1] == []


def test_every_family_that_is_named_is_described() -> None:
    named = {entry["returns"] for file in FILES.values() for entry in entries(file)}
    named |= {
        made
        for file in FILES.values()
        for made in (file.get("classes") or {}).values()
        if isinstance(made, str)
    }
    named |= {raw["base"] for raw in FAMILIES.values() if "base" in raw}
    unknown = {
        n for n in named - BUILT_IN_FAMILIES if not re.fullmatch(r"(arg|like|item)\d", n)
    } - FAMILIES.keys()
    assert unknown == set()


def test_a_family_that_cannot_move_says_why() -> None:
    library = Library(FILES.values())
    assert library.families["python.file"].immovable == "an open file"
    assert library.families["python.buffer"].immovable == ""


def test_the_files_are_small_enough_to_load_in_60_milliseconds() -> None:
    """4 microseconds per event of the parser; counted, so that a busy machine gives the same answer."""
    texts = [path.read_text("utf-8") for path in FOLDER.glob("*.yml")]
    assert sum(1 for text in texts for _ in yaml.parse(text, yaml.CSafeLoader)) < 15_000
