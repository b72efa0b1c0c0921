"""Runs belong to the server: started, watched, cancelled, and the same after a restart."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from jupyter_mlcode.server.files import Root
from jupyter_mlcode.server.messages import is_message
from jupyter_mlcode.server.runs import Runs
from tests.server.conftest import exporting, starting

pytestmark = pytest.mark.slow
SLOW = (("one", "import time\nprint('begun', flush=True)\ntime.sleep(60)", "stage:wait"),)


@pytest.fixture
def exported(put_notebook, ask):
    async def export(cells=None):
        file = put_notebook("nb.ipynb", *([cells] if cells is not None else []))
        _, reply = await ask("POST", "export", body=exporting())
        assert reply["state"] == "written"
        return file

    return export


async def _ended(ask, key, seconds=60.0):
    for _ in range(int(seconds / 0.2)):
        _, run = await ask("GET", "runs", key)
        if run["state"] != "running":
            return run
        await asyncio.sleep(0.2)
    raise AssertionError("the run does not end")


async def test_a_run_with_another_parameter(ask, exported):
    notebook = await exported()
    before = notebook.read_bytes()
    status, run = await ask("POST", "runs", body=starting(parameters={"rate": 2.5}))
    assert (status, run["state"], run["parameters"]) == (200, "running", {"rate": 2.5})
    run = await _ended(ask, run["id"])
    assert (run["state"], run["outcome"], run["failure"]) == ("completed", "2 stages completed", None)
    assert [(s["name"], s["state"], s["done"] == s["cells"]) for s in run["stages"]] == [
        ("load", "completed", True),
        ("sum", "completed", True),
    ]
    assert run["stages"][1]["notebook"] == "nb/runs/1/sum.ipynb"
    assert run["report"] == "nb/runs/1/report.html"
    _, log = await ask("GET", "runs", run["id"], "log")
    assert "--- sum\n8.5\n" in log["text"]
    assert notebook.read_bytes() == before
    _, listed = await ask("GET", "runs", path="nb.ipynb")
    assert [r["id"] for r in listed["runs"]] == [run["id"]]


async def test_what_is_unchanged_runs_only_anew(ask, exported):
    await exported()
    seen = []
    for anew in (False, False, True):
        _, run = await ask("POST", "runs", body=starting(anew=anew))
        run = await _ended(ask, run["id"])
        seen.append([stage["state"] for stage in run["stages"]])
    assert seen == [["completed"] * 2, ["unchanged"] * 2, ["completed"] * 2]


async def test_a_failure_leads_to_cell_and_line(ask, exported):
    await exported([("one", "x = {}\nx['gone']", "stage:load"), ("two", "print(1)", "stage:more")])
    _, run = await ask("POST", "runs", body=starting())
    run = await _ended(ask, run["id"])
    assert run["state"] == "failed"
    assert run["failure"] == {
        "stage": "load",
        "text": "KeyError: 'gone'",
        "cell_id": "one",
        "cell": 1,
        "line": 2,
    }
    assert [s["state"] for s in run["stages"]] == ["failed", "completed"]  # it needs nothing of the first
    assert "\x1b" not in json.dumps(run)


async def test_cancel_leaves_no_process(ask, exported):
    await exported(SLOW)
    _, run = await ask("POST", "runs", body=starting())
    for _ in range(150):
        _, log = await ask("GET", "runs", run["id"], "log")
        if "begun" in log["text"]:
            break
        await asyncio.sleep(0.2)
    status, again = await ask("POST", "runs", body=starting())
    assert (status, "goes on" in again["message"]) == (409, True)
    status, run = await ask("POST", "runs", run["id"], "cancel", body={})
    assert status == 200
    run = await _ended(ask, run["id"])
    assert run["state"] == "cancelled"
    assert run["stages"][0]["state"] == "interrupted"


async def test_another_server_tells_the_same(ask, exported, jp_root_dir):
    await exported(SLOW)
    _, run = await ask("POST", "runs", body=starting())
    other = Runs(Root(folder=str(jp_root_dir)))
    assert [r["state"] for r in other.listed("nb.ipynb", None)] == ["running"]
    order = json.loads((Path(jp_root_dir) / "nb" / "runs" / "1" / "order.json").read_text())
    os.killpg(order["pid"], signal.SIGKILL)
    found = await _ended(ask, run["id"])
    assert (found["state"], found["outcome"]) == ("lost", "its process is gone and left no report")
    assert [r["state"] for r in other.listed("nb.ipynb", None)] == ["lost"]
    other.close()


async def test_verify(ask, exported):
    await exported()
    _, run = await ask("POST", "runs", body=starting(kind="verify"))
    assert (run["verify"], run["tolerance"]) == (None, None)
    run = await _ended(ask, run["id"], 120)
    assert (run["kind"], run["state"]) == ("verify", "completed"), run
    found = run["verify"]
    assert is_message("Run", run)
    assert run["outcome"] == f"equal, {found['judged']} things compared"
    assert [(c["stage"], c["equal"] == c["judged"] > 0) for c in found["compared"]] == [
        ("load", True),
        ("sum", True),
    ]
    assert found["compared"][0]["variables"] == [{"name": "x", "verdict": "equal"}]
    assert [found[name]["count"] for name in ("differences", "close", "unstable")] == [0, 0, 0]


LYING = (
    ("start", "import acme\nimport uuid", "setup"),
    ("one", "rows = [1.0, 2.0]\nfirst = acme.score(rows)\nprint(uuid.uuid4())", "stage:load"),
    ("two", "total = acme.score(rows)", "stage:sum"),
    ("three", "print(first, total)", "stage:show"),
)


@pytest.fixture
def lying_library(jp_root_dir):
    """A module that is said to be pure, but whose second call in a process gives more than the first."""

    def put(step: float) -> None:
        source = f"def score(rows, calls=[]):\n    calls.append({step})\n    return sum(rows) + sum(calls)\n"
        files = {
            "acme.py": source,
            "acme.yml": "library: acme\nmodules: [acme]\nfunctions:\n  acme.score: {returns: scalar}\n",
            "pyproject.toml": '[tool.jupyter-mlcode]\nknowledge = ["acme.yml"]\n',
        }
        for name, text in files.items():
            (Path(jp_root_dir) / name).write_text(text, "utf-8")

    return put


async def test_every_difference_has_its_cell_and_what_varies_is_told_apart(
    ask, exported, lying_library, jp_root_dir
):
    lying_library(0.5)
    await exported(LYING)
    _, run = await ask("POST", "runs", body=starting(kind="verify"))
    run = await _ended(ask, run["id"], 240)
    assert (run["state"], run["outcome"].split(",")[0]) == ("failed", "2 differences"), run
    found = run["verify"]
    variable, printed = found["differences"]["first"]
    assert variable["text"].startswith(
        "variable total differs from this cell on in stage 'sum': notebook '4.0'"
    )
    assert (variable["cell"], variable["cell_id"], bool(variable["hint"])) == (3, "two", True)
    assert (printed["kind"], printed["cell_id"]) == ("printed", "three")
    restarted = Runs(Root(folder=str(jp_root_dir)))
    assert [r["verify"] for r in restarted.listed("nb.ipynb", None)] == [found]
    restarted.close()
    (own,) = found["unstable"]["first"]
    assert (own["cell_id"], "second run" in own["text"], "pipeline" in own["text"]) == ("one", True, False)


async def test_what_is_close_counts_as_equal_only_when_asked_for(ask, exported, lying_library):
    lying_library(5e-13)
    await exported(LYING)
    _, run = await ask("POST", "runs", body=starting(kind="verify", tolerance=1e-9))
    run = await _ended(ask, run["id"], 240)
    assert (run["state"], run["tolerance"]) == ("completed", 1e-9), run
    assert run["outcome"].startswith("equal but for 2 that are close")
    assert run["verify"]["close"]["count"] == 2


@pytest.mark.parametrize("tolerance", [0, -1, 0.2, "1e-9", True, float("nan")])
async def test_a_tolerance_is_a_small_number(ask, exported, tolerance):
    await exported()
    status, reply = await ask("POST", "runs", body=starting(kind="verify", tolerance=tolerance))
    assert status == 400, reply


async def test_what_an_other_version_wrote_down_is_left_out(ask, exported, jp_root_dir):
    await exported()
    folder = Path(jp_root_dir) / "nb" / "runs" / "1"
    folder.mkdir(parents=True)
    (folder / "result.json").write_text('{"state": "completed", "verify": {"equal": true}}')
    _, listed = await ask("GET", "runs", path="nb.ipynb")
    assert [(r["state"], r["verify"]) for r in listed["runs"]] == [("completed", None)]


async def test_the_socket_tells_of_it(ask, exported, jp_ws_fetch):
    await exported()
    socket = await jp_ws_fetch("mlcode", "events")
    _, run = await ask("POST", "runs", body=starting(stage="load"))
    kinds, states = set(), set()
    while not states & {"completed", "failed"}:
        message = json.loads(await asyncio.wait_for(socket.read_message(), 60))
        kinds.add(message["type"])
        if message["type"] == "run":
            assert message["run"]["id"] == run["id"]
            states.add(message["run"]["state"])
    assert kinds == {"run", "log"}
    assert states == {"running", "completed"}
    socket.close()


async def test_nothing_is_exported_yet(ask, put_notebook):
    put_notebook("nb.ipynb")
    status, reply = await ask("POST", "runs", body=starting())
    assert (status, reply["message"]) == (409, "export the notebook first: it has no pipeline yet")


async def test_a_parameter_of_the_wrong_type(ask, exported):
    await exported()
    _, run = await ask("POST", "runs", body=starting(parameters={"rate": "fast"}))
    run = await _ended(ask, run["id"])
    assert run["state"] == "failed"
    assert "'rate' is a float" in run["outcome"]
