"""A project's own knowledge: each key says what a call does that no built-in library needs here."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.library import built_in, with_project
from jupyter_mlcode.analysis.session import CellResult, CellSource, Session

OWN = """
library: acme
families:
  acme.table:
    types: [acme.Table]
    methods:
      chained: {returns: self, mutates: [self]}
functions:
  acme.Table: {returns: acme.table, keeps: all}
  acme.fetch: {returns: pandas, sets_if: {parameters: [cache, 1], kinds: ["replay:acme"]}}
  acme.fill: {returns: none, out: [out]}
  acme.dump: {returns: none, writes: {arg: [where, 0], kind: file, suffix: .acme}}
  acme.draw: {returns: scalar, draws: {state: numpy.random, unless_false: shuffle}}
  acme.layout: {returns: fresh, mutates_if: {any_of: [store], params: [0]}}
"""


@pytest.fixture
def cell(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Return the analysis of one cell that has `import acme` before it."""
    (tmp_path / "acme.yml").write_text(OWN, "utf-8")
    library = with_project([tmp_path / "acme.yml"])

    def analysed(source: str) -> CellResult:
        return Session(library).analyse([CellSource("a", "import acme"), CellSource("b", source)])[1]

    return analysed


def effects(facts: StatementFacts) -> set[tuple[str, str]]:
    return {(e.kind, e.what) for e in facts.effects}


def test_without_files_of_its_own_a_project_has_what_ships() -> None:
    assert with_project([]) is built_in()


def test_a_setting_that_only_one_parameter_makes(cell) -> None:  # type: ignore[no-untyped-def]
    for call in ("acme.fetch('t', cache='x')", "acme.fetch('t', 'x')"):
        assert ("sets", "replay:acme") in effects(cell(call).statements[0]), call
    assert ("sets", "replay:acme") not in effects(cell("acme.fetch('t')").statements[0])


def test_each_member_of_a_tuple_of_outputs_is_written(cell) -> None:  # type: ignore[no-untyped-def]
    found = cell("a, b, c = [0], [0], [0]\nacme.fill(out=(a, b))")
    assert found.changes[1].known == {"a", "b"}


def test_a_method_that_returns_its_object_changes_it_every_time(cell) -> None:  # type: ignore[no-untyped-def]
    found = cell("t = acme.Table()\nu = t.chained()\nu.chained()")
    assert {"t", "u"} <= found.changes[2].known


def test_a_file_gets_its_ending_unless_it_has_it(cell) -> None:  # type: ignore[no-untyped-def]
    for path in ("out", "out.acme"):
        assert ("writes", "out.acme") in effects(cell(f"acme.dump({path!r})").statements[0])


def test_an_open_file_that_is_given_instead_of_a_path_changes(cell) -> None:  # type: ignore[no-untyped-def]
    found = cell("import io\nf = open('x', 'wb')\nb = io.BytesIO()\nacme.dump(f)\nacme.dump(b)")
    assert [c.known for c in found.changes[3:]] == [{"f"}, {"b"}]
    assert ("writes", "") not in effects(found.statements[3]) | effects(found.statements[4])


def test_a_call_draws_unless_it_is_told_not_to(cell) -> None:  # type: ignore[no-untyped-def]
    assert ("draws", "numpy.random") in effects(cell("acme.draw()").statements[0])
    assert ("draws", "numpy.random") in effects(cell("acme.draw(shuffle=flag)").statements[0])
    assert ("draws", "numpy.random") not in effects(cell("acme.draw(shuffle=False)").statements[0])


def test_a_parameter_decides_whether_an_argument_changes(cell) -> None:  # type: ignore[no-untyped-def]
    for text, changed in (("store='p'", {"g"}), ("store=None", set()), ("store=False", set())):
        found = cell(f"g = [1]\nx = acme.layout(g, {text})")
        assert found.changes[1].known == changed, text


def test_a_library_that_nobody_taught_may_seed_by_name_or_keyword(cell) -> None:  # type: ignore[no-untyped-def]
    for call in ("other.seed_all(3)", "other.Model(random_state=3)", "other.run(data_seed=1)"):
        assert ("seeds", "any") in effects(cell(f"import other\n{call}").statements[1]), call
    assert ("seeds", "any") not in effects(cell("import other\nother.run(3)").statements[1])
