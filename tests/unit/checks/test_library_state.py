"""What libraries that nobody taught may keep between the calls of two stages."""

from __future__ import annotations

import dataclasses

import pytest

from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.pipeline import Replay
from tests.unit.checks.test_findings import codes, found, notebook

USE = ("stage:b", "print(frob.show())")


def replayed(name: str, *cells: tuple[str, str]) -> str:
    """Return the text that a stage runs again."""
    (stage,) = (s for s in plan(notebook(*cells)).stages if s.name == name)
    return "\n".join(step.text for step in stage.steps if isinstance(step, Replay))


@pytest.mark.parametrize(
    "source",
    [
        "frob.keep(1)",
        "frob.keep([1])",
        "def go(x):\n    frob.keep(x)\ngo(1)",
        "for x in range(3):\n    frob.keep(x)",
        "await frob.keep(1)",
        "frob.set_data([1])",
        "from frob.parts import keep\nkeep(1)",
    ],
)
def test_a_call_for_its_effect_is_warned_of(source: str) -> None:
    assert [(c, n) for c, n in codes(("stage:a", f"import frob\n{source}"), USE) if c != "MLC141"] == [
        ("MLC068", 1)
    ]


@pytest.mark.parametrize(
    "source", ["frob.configure(1)", "frob.setup()", "frob.initialize('x')", "frob.use_gpu(False)"]
)
def test_a_setting_is_made_again_instead(source: str) -> None:
    cells = (("stage:a", f"import frob\n{source}"), USE)
    assert codes(*cells) == []
    assert source in replayed("b", *cells)


def test_in_setup_the_call_is_made_again_in_every_stage_that_uses_the_library() -> None:
    cells = (("setup", "import frob\nfrob.keep(1)"), ("stage:a", "x = frob.get()"), ("stage:b", "y = 1"))
    assert codes(*cells) == []
    assert "frob.keep(1)" in replayed("a", *cells)
    assert "frob" not in replayed("b", *cells)


def test_each_call_is_warned_of_once_at_its_first_reader() -> None:
    cells = (("stage:a", "import frob\nfrob.keep(1)"), USE, ("stage:c", "print(frob.x)"))
    (only,) = found(*cells)
    assert (only.code, "stage 'b'" in only.message, "(frob)" in only.message) == ("MLC068", True, True)


@pytest.mark.parametrize(
    "use", ["print(frob.total)", "m = frob.get()", "from frob import total\nprint(total)"]
)
def test_a_call_for_its_result_is_noted(use: str) -> None:
    cells = (("stage:a", "import frob\nn = frob.add(3)"), ("stage:b", use), ("stage:c", use))
    assert codes(*cells) == [("MLC150", 2)]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("import frob\nn = frob.add(3)", "print(n)"),
        ("import frob", "n = frob.add(3)\nm = frob.add(n)"),
        ("import frob\nfrob.keep(1)", "print(1)"),
        ("import json\njson.dumps(1)", "json.dumps(2)"),
    ],
)
def test_nothing_is_said_of_one_stage(one: str, two: str) -> None:
    assert codes(("stage:a", one), ("stage:b", two)) == []


def test_nothing_is_said_of_modules_beside_the_notebook() -> None:
    cells = (("stage:a", "import frob\nfrob.keep(1)\nn = frob.add(1)"), USE)
    made = dataclasses.replace(notebook(*cells), modules={"frob": frozenset()})
    assert plan(made).diagnostics == ()
