"""The ledger of facts: small statements of every kind, and all that the analysis says of them."""

from __future__ import annotations

import pytest

from tests.unit.analysis.ledger import HERE, Entry, entries, facts_of, written

ENTRIES = [(path, entry) for path in sorted(HERE.glob("*.txt")) for entry in entries(path)]


@pytest.mark.parametrize(("entry"), [pytest.param(e, id=f"{path.stem}: {e.title}") for path, e in ENTRIES])
def test_the_facts_are_as_written(entry: Entry, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--update-golden"):
        assert facts_of(entry.cells) == entry.facts


def test_titles_are_unique_and_files_are_written_alike(request: pytest.FixtureRequest) -> None:
    for path in sorted(HERE.glob("*.txt")):
        read = list(entries(path))
        assert len({entry.title for entry in read}) == len(read)
        if request.config.getoption("--update-golden"):
            read = [Entry(e.title, e.cells, facts_of(e.cells)) for e in read]
            path.write_text(written(read), "utf-8")
        assert path.read_text("utf-8") == written(read)
