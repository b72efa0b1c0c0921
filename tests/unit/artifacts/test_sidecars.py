"""What the runner reads without loading any value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_mlcode.artifacts import artifact_path, guards_path, handoff_source, read_sidecar, read_sidecars
from jupyter_mlcode.artifacts.sidecars import ArtifactError


def test_what_a_stage_has_finished_is_read_from_its_sidecars(pipeline: Any) -> None:
    pipeline.run("a", "x = 1; gen = (i for i in [])\nstage.save(x=[1])\nstage.save_all(globals())")
    root = pipeline.folder / "artifacts"
    found = read_sidecars(root, "a")
    assert sorted(found) == ["@all", "x"]
    assert (found["x"].type, found["x"].kind) == ("builtins.list", "value")
    assert found["x"].bytes == artifact_path(root, "a", "x").stat().st_size
    assert list(found["@all"].skipped) == ["gen"]
    assert read_sidecars(root, "none") == {}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "stage": "a"}', "\x00"])
def test_a_file_that_is_no_sidecar_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ArtifactError, match=r"x\.json: not "):
        read_sidecar(path)


def test_what_is_vendored_needs_only_python_and_pyyaml() -> None:
    assert "jupyter_mlcode" not in handoff_source()
    for name in ("guards.py", "fingerprints.py", "sharing.py"):
        assert "from jupyter_mlcode" not in guards_path().with_name(name).read_text("utf-8")
