"""The papermill engine by itself, as `papermill --engine mlcode` uses it."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from jupyter_mlcode.runner import engine, files
from jupyter_mlcode.runner.kernel import kernel_manager, private_folder
from jupyter_mlcode.runner.session import Session

v4: Any = nbformat.v4
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def execute(tmp_path: Path, *cells: str, **options: Any) -> Any:
    source = tmp_path / "in.ipynb"
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell(c) for c in cells], metadata=KERNEL), source)
    return papermill.execute_notebook(
        str(source),
        str(tmp_path / "out.ipynb"),
        engine_name=engine.register_engine(),
        progress_bar=False,
        **options,
    )


def test_it_saves_now_and_then_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saves: list[Path] = []
    write = files.write_notebook_atomically
    monkeypatch.setattr(
        engine,
        "write_notebook_atomically",
        lambda path, notebook: (saves.append(path), write(path, notebook)),
    )
    execute(tmp_path, *["1"] * 30, session=Session(save_every=3600))
    assert len(saves) == 2
    done = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert [c.metadata.papermill.status for c in done.cells] == ["completed"] * 30
    assert done.cells[29].outputs[0].data["text/plain"] == "1"


def test_what_did_not_run_is_not_called_completed(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        execute(tmp_path, "1", "1 / 0", "3")
    done = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    code = [c for c in done.cells if c.cell_type == "code"]
    assert [c.metadata.papermill.status for c in code] == ["completed", "failed", "pending"]


def test_silent_code_leaves_no_trace(tmp_path: Path) -> None:
    from jupyter_mlcode.runner.silent_code import around_the_stage

    orders = around_the_stage(tmp_path / "pipeline", tmp_path / "environment.json")
    done = execute(
        tmp_path,
        "a = 1",
        "sorted(n for n in vars() if 'mlcode' in n), len(In)",
        session=Session(silent=orders),
    )
    assert done.cells[1].outputs[0].data["text/plain"] == "([], 3)"
    assert done.cells[1].execution_count == 2
    assert (tmp_path / "environment.json").is_file()


def test_a_full_disk_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.json"
    files.write_text_atomically(target, "earlier")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        files.write_text_atomically(target, "later")
    assert target.read_text() == "earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_kernels_talk_over_sockets_in_a_private_folder() -> None:
    with private_folder() as folder:
        manager = kernel_manager("python3", folder)
        assert manager.transport == "ipc"
        assert Path(manager.ip).parent == folder
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_a_folder_too_deep_for_a_socket_uses_ports(tmp_path: Path) -> None:
    assert kernel_manager("python3", tmp_path / ("d" * 120)).transport == "tcp"


def test_the_entry_point_names_the_engine() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    module, name = project["entry-points"]["papermill.engine"][engine.ENGINE_NAME].split(":")
    found = getattr(import_module(module), name)
    assert found.execute_notebook == engine.ThrottledEngine.execute_notebook
