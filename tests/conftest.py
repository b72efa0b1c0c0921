"""Options and fixtures for every test."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

# Probes run in forked children: with several threads of OpenMP in the parent, scikit-learn hangs there.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine is no failure.
settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files instead of comparing"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Mapping[str, str]], None]:
    """Compare files with the folder `tests/golden/<name>`; a missing or extra file fails."""

    def compare(name: str, files: Mapping[str, str]) -> None:
        folder = GOLDEN / name
        if request.config.getoption("--update-golden"):
            for path, text in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(text.encode())
        found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert found == set(files)
        for path, text in files.items():
            assert (folder / path).read_bytes().decode() == text, path

    return compare
