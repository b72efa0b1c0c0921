"""Reading a pipeline folder: what is in it, and one line for each way to be broken."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from jupyter_mlcode.errors import InputError, UnknownNameError, UsageError
from jupyter_mlcode.runner.folder import read_folder
from jupyter_mlcode.runner.plan import plan_run
from tests.pipelines.build import StageText, write_pipeline


@pytest.fixture
def root(tmp_path: Path) -> Path:
    stages = {
        "load": StageText(cells=["x = 1"], outputs=["x"], more={"random": {"numpy": "seeds"}}),
        "fit": StageText(
            cells=["y = x"], inputs={"x": "load"}, outputs=["y"], more={"random": {"numpy": "load"}}
        ),
        "show": StageText(cells=["y"], inputs={"y": "fit"}),
    }
    return write_pipeline(tmp_path, stages)


def change(root: Path, **changes: object) -> None:
    file = root / "pipeline.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | changes, sort_keys=False))


def test_what_a_stage_loads_includes_the_random_state(root: Path) -> None:
    folder = read_folder(root)
    assert folder.stage("fit").loads == ("load/x", "load/@state")
    assert folder.stage("fit").state == {"numpy.random": "load"}
    assert folder.working_folder == root.parent
    assert read_folder(root / "pipeline.yaml") == folder


def test_the_working_folder_is_found_by_the_relative_path(root: Path) -> None:
    (root.parent / "deep").mkdir()
    change(root, folder="../deep")
    assert read_folder(root).working_folder == root.parent / "deep"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "a: [",
        "format: 2\nnotebook: a\nfolder: ..\nstages: {}",
        "format: 1\nnotebook: a\nfolder: ..\nstages: {}",
    ],
)
def test_broken_files_are_one_line(root: Path, content: str) -> None:
    (root / "pipeline.yaml").write_text(content)
    with pytest.raises(InputError) as caught:
        read_folder(root)
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", ["../x", "CON", "a/b", "A", "stage one"])
def test_hostile_stage_names_are_refused(root: Path, name: str) -> None:
    change(root, stages={name: {"cells": []}})
    with pytest.raises(InputError):
        read_folder(root)


@pytest.mark.parametrize("entry", [{"inputs": {"x": "show"}}, {"needs": ["show"]}, {"params": ["gone"]}])
def test_references_that_lead_nowhere_are_refused(root: Path, entry: dict[str, object]) -> None:
    stages = {"load": {"cells": [], **entry}, "show": {"cells": []}}
    change(root, stages=stages)
    with pytest.raises(InputError, match="stage 'load'"):
        read_folder(root)


def test_no_pipeline_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        read_folder(tmp_path)
    assert "export" in caught.value.hint


def plan(root: Path, **choice: str | None) -> list[str]:
    chosen = {"stage": None, "from_stage": None} | choice
    entries = plan_run(read_folder(root), root / "artifacts", **chosen)
    return [entry.name for entry in entries]


def test_all_stages_run_in_their_order(root: Path) -> None:
    assert plan(root) == ["load", "fit", "show"]


def test_a_missing_input_names_the_stage_to_run_first(root: Path) -> None:
    with pytest.raises(UsageError, match="'load/x'") as caught:
        plan(root, from_stage="fit")
    assert "--stage load" in caught.value.hint


def test_from_a_stage_on_everything_runs(root: Path) -> None:
    for key in ("x", "@state"):
        (root / "artifacts/load").mkdir(parents=True, exist_ok=True)
        (root / f"artifacts/load/{key}.pkl").touch()
        (root / f"artifacts/load/{key}.json").touch()
    assert plan(root, from_stage="fit") == ["fit", "show"]
    assert plan(root, stage="fit") == ["fit"]


def test_unknown_and_double_choices_are_refused(root: Path) -> None:
    with pytest.raises(UnknownNameError, match="'fti'"):
        plan(root, stage="fti")
    with pytest.raises(UsageError, match="exclude"):
        plan(root, stage="fit", from_stage="fit")
