"""What was compared, stage by stage."""

from __future__ import annotations

from jupyter_mlcode.model.verify import Difference, StageVerdict, VerifyReport
from jupyter_mlcode.runner.verdicts import Found, in_order, stage_verdicts

SEEN = {
    ("printed", "c1", ""): "load",
    ("variable", "c1", "df"): "load",
    ("variable", "c2", "model"): "fit",
    ("variable", "c2", "seconds"): "fit",
    ("file", "", "out.csv"): "",
}
MODEL = Difference(kind="variable", stage="fit", name="model", cell=2, cell_id="c2")
SECONDS = Difference(kind="variable", stage="fit", name="seconds", cell=2, cell_id="c2")
GUARD = Difference(kind="guard", stage="fit", name="df", cell=2, cell_id="c2", found="MLC221 ...")


def counts(verdict: StageVerdict) -> tuple[str, int, int, int, int, int]:
    return (
        verdict.stage,
        verdict.judged,
        verdict.equal,
        verdict.close,
        verdict.different,
        verdict.unstable,
    )


def test_what_is_not_found_to_differ_is_equal() -> None:
    verdicts = stage_verdicts(["load", "fit"], SEEN, [], [])
    assert [counts(v) for v in verdicts] == [
        ("load", 2, 2, 0, 0, 0),
        ("fit", 2, 2, 0, 0, 0),
        ("", 1, 1, 0, 0, 0),
    ]


def test_a_difference_counts_where_it_was_compared_and_not_where_it_begins() -> None:
    located = Difference(kind="variable", stage="fit", name="model", cell=1, cell_id="c9", since="cell")
    key = ("variable", "c2", "model")
    fit = stage_verdicts(["load", "fit"], SEEN, [Found(located, key, False)], [SECONDS])[1]
    assert counts(fit) == ("fit", 1, 0, 0, 1, 1)
    assert [(v.name, v.verdict) for v in fit.variables] == [("model", "different"), ("seconds", "unstable")]
    close = stage_verdicts(["load", "fit"], SEEN, [Found(located, key, True)], [])[1]
    assert counts(close) == ("fit", 2, 1, 1, 0, 0)


def test_a_guard_counts_although_nothing_was_compared() -> None:
    fit = stage_verdicts(["fit"], {}, [Found(GUARD, ("guard", "c2", "df"), False)], [])[0]
    assert counts(fit) == ("fit", 1, 0, 0, 1, 0)


def test_what_no_cell_makes_comes_last() -> None:
    nowhere = Difference(kind="file", stage="", name="out.csv")
    assert in_order([nowhere, MODEL]) == (MODEL, nowhere)


def test_the_verdict_is_a_sentence() -> None:
    equal = VerifyReport(notebook="a.ipynb", equal=True, judged=1)
    assert equal.verdict == "equal, 1 thing compared"
    close = VerifyReport(notebook="a.ipynb", equal=True, judged=4, close=(MODEL,), tolerance=1e-9)
    assert close.verdict == "equal but for 1 that are close, 4 things compared"
    different = VerifyReport(notebook="a.ipynb", equal=False, judged=4, differences=(MODEL, GUARD))
    assert different.verdict == "2 differences, 4 things compared"


def test_what_varies_by_itself_is_not_called_the_pipelines() -> None:
    assert "pipeline" not in SECONDS.line("a.ipynb", "second run")
