"""The ledger of plans: small notebooks of every kind, and all that the plan makes of them."""

from __future__ import annotations

import pytest

from tests.unit.graph.ledger import HERE, Entry, entries, plan_of, written

ENTRIES = [(path, entry) for path in sorted(HERE.glob("*.txt")) for entry in entries(path)]


@pytest.mark.parametrize(("entry"), [pytest.param(e, id=f"{path.stem}: {e.title}") for path, e in ENTRIES])
def test_the_plan_is_as_written(entry: Entry, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--update-golden"):
        assert plan_of(entry.text) == entry.said


def test_titles_are_unique_and_files_are_written_alike(request: pytest.FixtureRequest) -> None:
    for path in sorted(HERE.glob("*.txt")):
        read = list(entries(path))
        assert len({entry.title for entry in read}) == len(read)
        if request.config.getoption("--update-golden"):
            read = [Entry(e.title, e.text, plan_of(e.text)) for e in read]
            path.write_text(written(read), "utf-8")
        assert path.read_text("utf-8") == written(read)
