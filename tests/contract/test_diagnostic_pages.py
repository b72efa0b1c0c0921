"""Every code has a page that tells the user what to do, and no page is about a code that nobody emits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "diagnostics"
CODE = re.compile(r"\bMLC\d{3}\b")


def _emitted() -> set[str]:
    sources = (ROOT / "jupyter_mlcode").rglob("*.py")
    return {code for path in sources for code in CODE.findall(path.read_text(encoding="utf-8"))}


def _pages() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in PAGES.glob("MLC*.md")}


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert _emitted() == set(_pages())


@pytest.mark.parametrize("code", sorted(_pages()))
def test_a_page_says_what_to_do(code: str) -> None:
    text = _pages()[code]
    assert text.startswith(f"# {code}: ")
    assert "\n## Example\n" in text
    assert "\n## What to do\n" in text


def test_the_index_lists_every_page() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((MLC\d{3})\.md\)", index)) == set(_pages())


def test_the_pages_agree_with_the_registry() -> None:
    from jupyter_mlcode.checks.codes import CODES

    for code, known in CODES.items():
        assert f"Severity: {known.severity.value}." in _pages()[code], code
