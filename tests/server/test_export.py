"""Export from the panel: seen first, written then, never over an edit by hand unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.integration.hostile import contents, files
from tests.server.conftest import exporting


@pytest.fixture(autouse=True)
def notebook(put_notebook):
    return put_notebook("work/nb.ipynb")


def _export(**other):
    return exporting(path="work/nb.ipynb", **other)


async def test_a_difference_writes_nothing(ask, notebook):
    status, reply = await ask("POST", "export", body=_export(mode="diff"))
    assert (status, reply["state"], reply["first"]) == (200, "differs", True)
    assert {"pipeline.yaml", "stage_load.py", "params.yaml"} <= {c["path"] for c in reply["changes"]}
    assert all(c["kind"] == "new" and c["diff"].startswith("--- /dev/null") for c in reply["changes"])
    assert not (notebook.parent / "nb").exists()


async def test_an_export_and_the_same_again(ask, notebook):
    status, reply = await ask("POST", "export", body=_export())
    assert (status, reply["state"], reply["folder"]) == (200, "written", "work/nb")
    assert reply["scripts"] == ["work/nb/mlcode_handoff.py", "work/nb/stage_load.py", "work/nb/stage_sum.py"]
    assert reply["command"].startswith("papermill work/nb/pipeline.ipynb out.ipynb -f work/nb/params.yaml")
    before = notebook.read_bytes()
    _, reply = await ask("POST", "export", body=_export())
    assert (reply["state"], reply["changes"], reply["first"]) == ("up_to_date", [], False)
    assert notebook.read_bytes() == before


async def test_a_file_edited_by_hand_is_safe(ask, notebook):
    await ask("POST", "export", body=_export())
    script = notebook.parent / "nb" / "stage_sum.py"
    script.write_text(script.read_text() + "# mine\n")
    _, reply = await ask("POST", "export", body=_export())
    assert reply["state"] == "blocked"
    assert [(c["path"], c["kind"]) for c in reply["changes"]] == [("stage_sum.py", "edited")]
    assert script.read_text().endswith("# mine\n")
    _, reply = await ask("POST", "export", body=_export(overwrite=True))
    assert reply["state"] == "written"
    assert not script.read_text().endswith("# mine\n")


async def test_errors_refuse_and_say_where(ask, put_notebook):
    put_notebook("work/nb.ipynb", [("a", "print(missing)", "stage:a")])
    status, reply = await ask("POST", "export", body=_export())
    assert (status, reply["state"]) == (200, "refused")
    assert [(p["code"], p["cell_id"]) for p in reply["problems"]] == [("MLC021", "a")]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"cells": 1, "nbformat": 4, "nbformat_minor": 5}'])
async def test_what_is_no_notebook_is_said_in_a_sentence(ask, notebook, content):
    notebook.write_bytes(content)
    status, reply = await ask("POST", "export", body=_export())
    assert status == 422
    assert reply["code"].startswith("MLC3")


async def test_no_useless_file_is_more_than_a_sentence_here_either(ask, notebook):
    for name, (content, said) in contents.USELESS.items():
        notebook.write_bytes(content)
        status, reply = await ask("POST", "export", body=_export())
        assert (status, reply["code"]) == (422, "MLC301"), name
        assert said in reply["message"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("name", ["pipe", "socket", "endless device", "loop of links"])
async def test_what_is_no_file_is_not_waited_for(ask, notebook, name):
    notebook.unlink()
    files.PLACES[name][0](notebook)
    status, reply = await ask("POST", "export", body=_export())
    assert 400 <= status < 500
    assert "message" in reply


async def test_a_folder_of_somebody_else_stays_as_it_is(ask, notebook):
    other = notebook.parent / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    status, reply = await ask("POST", "export", body=_export(folder="work/other"))
    assert (status, reply["code"]) == (409, "MLC411")
    assert [p.name for p in Path(other).iterdir()] == ["mine.txt"]
