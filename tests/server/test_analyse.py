"""Live analysis: the whole notebook once, then only what changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import fastjsonschema
import pytest

from jupyter_mlcode.server.messages import schema
from tests.server.conftest import CELLS, analysis


@pytest.fixture(autouse=True)
def a_notebook(put_notebook):
    put_notebook("nb.ipynb")


def _is(name: str, document: object) -> None:
    whole = schema()
    fastjsonschema.compile({"$ref": f"#/$defs/{name}", "$defs": whole["$defs"]})(document)


async def test_a_notebook_comes_back_as_a_graph(ask):
    status, reply = await ask("POST", "analyse", body=analysis())
    assert status == 200
    _is("Analysis", reply)
    assert [s["name"] for s in reply["stages"]] == ["load", "sum"]
    assert reply["stages"][1]["inputs"] == [{"name": "x", "stage": "load"}]
    assert reply["parameters"][0] == {
        "name": "rate",
        "type": "float",
        "default": 0.5,
        "help": "",
        "cell_id": "load",
        "line": 1,
    }
    assert {key: mark["role"] for key, mark in reply["cells"].items()} == {
        "load": "parameters",
        "one": "stage",
        "two": "stage",
    }


async def test_an_edge_says_where_its_value_was_made_changed_and_read(ask):
    cells = [
        ("a", "df = [3]", "stage:a"),
        ("b", "df.append(4)", "stage:a"),
        ("c", "print(df)", "stage:c"),
    ]
    _, reply = await ask("POST", "analyse", body=analysis(cells))
    assert reply["edges"][0]["carries"] == [
        {
            "kind": "variable",
            "name": "df",
            "made": {"cell": 1, "cell_id": "a", "line": 1},
            "changed": [{"cell": 2, "cell_id": "b", "line": 1, "text": "df.append(4)"}],
            "read": {"cell": 3, "cell_id": "c", "line": 1},
        }
    ]


def _edit(source: str, **other: object) -> dict[str, object]:
    cell = {"type": "code", "source": source, "tags": ["stage:sum"]}
    return {**analysis(), "revision": 2, "base": 1, "order": None, "cells": {"two": cell}, **other}


async def test_an_edit_that_concerns_nobody_leaves_the_graph(ask):
    await ask("POST", "analyse", body=analysis())
    status, reply = await ask("POST", "analyse", body=_edit("x.append(rate)\ny = sum(x)\nprint(y)  # !"))
    assert (status, reply) == (200, {"revision": 2, "base": 1, "problems": None})


async def test_an_edit_that_makes_a_problem(ask):
    await ask("POST", "analyse", body=analysis())
    _, reply = await ask("POST", "analyse", body=_edit("x.append(rate)\ny = total(x)\nprint(y)"))
    assert [(p["code"], p["cell_id"], p["line"]) for p in reply["problems"]] == [("MLC021", "two", 2)]


async def test_a_cell_that_is_no_python_hides_no_other(ask):
    await ask("POST", "analyse", body=analysis())
    _, reply = await ask("POST", "analyse", body=_edit("x.append(rate\n"))
    assert [p["code"] for p in reply["problems"]] == ["MLC020"]
    assert [s["name"] for s in reply["stages"]] == ["load", "sum"]


async def test_cells_that_are_moved_and_removed(ask):
    await ask("POST", "analyse", body=analysis())
    body = {**_edit("print(1)"), "order": ["two", "one"]}
    _, reply = await ask("POST", "analyse", body=body)
    assert [s["name"] for s in reply["stages"]] == ["sum", "load"]
    assert list(reply["cells"]) == ["two", "one"]


@pytest.mark.parametrize("other", [{"base": 7}, {"session": "s-2"}, {"order": ["one", "two", "new"]}])
async def test_what_the_server_does_not_have_is_sent_again(ask, other):
    await ask("POST", "analyse", body=analysis())
    _, reply = await ask("POST", "analyse", body=_edit("print(1)", **other))
    assert reply == {"resync": True}


async def test_another_kernel_is_said_in_a_sentence(ask):
    _, reply = await ask("POST", "analyse", body=analysis(kernel="ir", language="R"))
    _is("Unreadable", reply)
    assert reply["code"] == "MLC305"


async def test_suggestions(ask):
    cells = [(key, source, "") for key, source, _ in CELLS]
    _, reply = await ask("POST", "suggest", body=analysis(cells))
    _is("SuggestReply", reply)
    assert {s["cell_id"]: s["tag"] for s in reply["suggestions"]}["load"] == "parameters"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"session": 1}', b"\xff", b'{"session": "' + b"a" * 65 + b'"}']
)
async def test_other_bodies_are_refused(ask, body):
    status, reply = await ask("POST", "analyse", body=body)
    assert status == 400
    assert reply["message"]


async def test_the_source_is_never_run(ask, jp_root_dir):
    cells = [("a", "open('ran', 'w').write('x')", "stage:a")]
    await ask("POST", "analyse", body=analysis(cells))
    await ask("POST", "suggest", body=analysis(cells))
    assert not (Path(jp_root_dir) / "ran").exists()


async def test_modules_in_the_folder_are_not_imported_by_the_server(ask, jp_root_dir):
    for name in ("ast", "json", "yaml", "jupyter_mlcode"):
        (Path(jp_root_dir) / f"{name}.py").write_text("open('imported', 'w')")
    status, _ = await ask("POST", "analyse", body=analysis())
    assert status == 200
    assert not (Path(jp_root_dir) / "imported").exists()


async def test_many_requests_at_once_are_all_answered(ask):
    await ask("POST", "analyse", body=analysis())
    bodies = [analysis(session=f"s-{n % 10}", revision=n) for n in range(50)]
    replies = await asyncio.gather(*(ask("POST", "analyse", body=body) for body in bodies))
    assert [status for status, _ in replies] == [200] * 50
    assert all("revision" in reply for _, reply in replies)


async def test_a_request_that_takes_too_long_costs_the_worker_only(jp_serverapp, ask):
    office = jp_serverapp.web_app.settings["mlcode_office"]
    await ask("POST", "analyse", body=analysis())
    office._seconds = 0.05
    cells = [
        (f"c{n}", "\n".join(f"x{m} = [x{m - 1}, {n}]" for m in range(1, 300)), "stage:a") for n in range(60)
    ]
    status, reply = await ask("POST", "analyse", body=analysis(cells))
    assert (status, reply["code"]) == (503, "MLC501")
    office._seconds = 30
    status, _ = await ask("POST", "analyse", body=analysis())
    assert status == 200
