"""The package and the module beside the scripts mean the same files."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlcode.artifacts import layout, mlcode_handoff


def test_the_format_is_one() -> None:
    assert layout.FORMAT == mlcode_handoff.FORMAT


@pytest.mark.parametrize(
    "key", ["x", "x.2", "a+b.3", "@state", "@all", "ä", "x" * 120, "x" * 121, "a+" * 80 + "b"]
)
def test_a_key_has_one_place(key: str) -> None:
    ours, theirs = (m.artifact_path(Path("root"), "train", key) for m in (layout, mlcode_handoff))
    assert ours == theirs


@pytest.mark.parametrize(
    ("stage", "key"), [("../up", "x"), ("a", "../x"), ("a", ""), ("a", "x/y"), ("a\n", "x")]
)
def test_what_leads_elsewhere_is_refused_by_both(stage: str, key: str) -> None:
    with pytest.raises(ValueError, match="is not the name"):
        layout.artifact_path(Path("root"), stage, key)
    with pytest.raises(mlcode_handoff.HandoffError, match="is not the name"):
        mlcode_handoff.artifact_path(Path("root"), stage, key)
