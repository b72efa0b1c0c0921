"""What few notebooks do: facts that nothing else would notice if they were lost."""

from __future__ import annotations

from jupyter_mlcode.analysis.facts import StatementFacts
from jupyter_mlcode.analysis.session import CellResult, CellSource, Session


def last(*cells: str) -> CellResult:
    """Return the analysis of the last of these cells."""
    return Session().analyse([CellSource(str(n), text) for n, text in enumerate(cells)])[-1]


def effects(*cells: str) -> set[tuple[str, str]]:
    return {(e.kind, e.what) for facts in last(*cells).statements for e in facts.effects}


def changed(*cells: str) -> set[str]:
    """Return the names whose objects the last cell changes, surely or perhaps."""
    return {name for change in last(*cells).changes for name in (*change.known, *change.maybe)}


def facts(*cells: str) -> StatementFacts:
    (only,) = last(*cells).statements
    return only


ARRAY = "import numpy as np\nx = np.arange(6).reshape(2, 3)"


def test_a_list_or_a_mask_among_the_indices_copies() -> None:
    assert changed(ARRAY, "y = x[:, [0, 1]]\ny[0] = 7") == {"y"}
    assert changed(ARRAY, "y = x[(x > 2) & (x < 5)]\ny[0] = 7") == {"y"}
    assert changed(ARRAY, "y = x[~(x > 2)]\ny[0] = 7") == {"y"}
    assert changed(ARRAY, "y = x[:, 0]\ny[0] = 7") == {"x", "y"}


def test_a_cell_that_asks_for_every_class_is_evaluated_after_every_edit() -> None:
    base, asks = (
        CellSource("a", "rows = []\nclass Base: pass"),
        CellSource("c", "Base.__subclasses__()[0]().go()"),
    )
    before = CellSource("b", "class Other:\n    def go(self): pass")
    after = CellSource("b", "class Sub(Base):\n    def go(self): rows.append(1)")
    session = Session()
    session.analyse([base, before, asks, CellSource("d", "print(rows)")])
    edited = session.analyse([base, after, asks, CellSource("d", "print(rows)")])
    assert "rows" in edited[2].changes[0].known | edited[2].changes[0].maybe


def test_arrays_and_frames_give_frames() -> None:
    table = "import pandas as pd\nimport numpy as np\ns = pd.Series([3, 1])\na = np.arange(2)"
    for sum_ in ("a + s", "s + a", "a * s"):
        last_changes = last(table, f"c = {sum_}\nc.sort_values(inplace=True)").changes[-1]
        assert last_changes.known == {"c"}
        assert not last_changes.maybe


def test_loading_from_the_network_counts_as_asking_the_world() -> None:
    assert ("impure", "network") in effects("!wget https://example.org/a.csv -O a.csv")
    assert ("impure", "network") in effects("!curl -o a.csv https://example.org/a.csv")
    assert not any(kind == "impure" for kind, _ in effects("!ls a.csv"))


def test_a_method_of_an_unknown_base_class_may_draw() -> None:
    base = "import frob\nclass Mine(frob.Base):\n    def own(self):\n        return 1\nmine = Mine()"
    assert ("draws", "any") in effects(base, "mine.go()")
    assert ("draws", "any") not in effects(base, "mine.own()")


def test_installing_packages_is_an_effect_whoever_installs() -> None:
    found = {tool: effects(f"%{tool} install frob") for tool in ("pip", "conda", "mamba", "uv")}
    assert len(set(map(frozenset, found.values()))) == 1
    assert found["mamba"]
