"""What the panel gets of a verify is a message of the schema, and has a bound whatever was found."""

from __future__ import annotations

import json
from dataclasses import replace

from jupyter_mlcode.model.verify import Difference, StageVerdict, VariableVerdict, VerifyReport
from jupyter_mlcode.server.messages import is_message
from jupyter_mlcode.server.verification import LONGEST, MOST, MOST_VARIABLES, verification

ONE = Difference(kind="variable", stage="fit", name="df", cell=3, cell_id="c3", expected="1", found="2")
REPORT = VerifyReport(notebook="a.ipynb", equal=False, judged=1, differences=(ONE,))


def test_a_difference_has_place_sentence_and_hint() -> None:
    found = verification(REPORT)
    assert is_message("Verification", found)
    assert found["differences"] == {
        "count": 1,
        "first": [
            {
                "kind": "variable",
                "stage": "fit",
                "name": "df",
                "cell": 3,
                "cell_id": "c3",
                "text": "variable df differs in stage 'fit': notebook '1', pipeline '2'",
                "hint": ONE.hint,
            }
        ],
    }


def test_hundreds_of_long_differences_have_a_bound() -> None:
    long = replace(ONE, name="n" * 100_000, found="x" * 100_000)
    variables = tuple(VariableVerdict(name=f"v{i}", verdict="equal") for i in range(1000))
    stage = StageVerdict(
        stage="fit", judged=1900, equal=1000, close=0, different=900, unstable=0, variables=variables
    )
    report = replace(
        REPORT,
        differences=(long,) * 900,
        unstable=(long,) * 900,
        compared=(stage,),
        notes=("note" * 999,) * 99,
    )
    found = verification(report)
    assert is_message("Verification", found)
    assert (found["differences"]["count"], len(found["differences"]["first"])) == (900, MOST)
    assert found["compared"][0]["more"] == 1000 - MOST_VARIABLES
    assert all(len(d["text"]) <= LONGEST for d in found["differences"]["first"])
    assert len(json.dumps(found)) < 150_000
