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


def test_what_a_plot_draws_depends_on_the_settings_of_plots() -> None:
    assert ("notices", "matplotlib.rcParams") in effects("import matplotlib.pyplot as plt\nplt.plot([1, 2])")
    assert ("figure", "") in effects("import matplotlib.pyplot as plt\nplt.plot([1, 2])")


def test_texts_given_to_an_untaught_library_may_be_files() -> None:
    found = effects("import frob\nmodel = frob.Model()", "model.save_model('a.bin')")
    assert {("reads", "a.bin"), ("writes", "a.bin")} <= found
    assert not any(
        kind in ("reads", "writes") for kind, _ in effects("import frob\nm = frob.M()", "m.fit('fast')")
    )


def test_a_command_may_read_and_write_any_file() -> None:
    assert {("reads", ""), ("writes", "")} <= effects("!python prepare.py")


def test_only_asking_for_membership_uses_an_iterator_up() -> None:
    assert changed("it = iter([1, 2, 3])", "found = 2 in it") == {"it"}
    assert changed("it = iter([1, 2, 3])", "found = 2 not in it") == {"it"}
    assert changed("it = iter([1, 2, 3])", "same = it == 1") == set()
    assert changed("xs = [1, 2, 3]", "found = 2 in xs") == set()


def test_whoever_gets_a_bound_method_may_call_it() -> None:
    kept = last("xs = [1]", "add = xs.append").changes[-1]
    assert kept.maybe == {"xs"}
    assert "xs" not in kept.known


def test_names_stored_in_a_function_are_its_own() -> None:
    own = "def f(rows):\n    for total in rows:\n        pass\n    return total"
    assert "total" not in facts("total = 1", own).deferred
    other = "def f(rows):\n    for row in rows:\n        print(row, total)"
    assert "total" in facts("total = 1", other).deferred


def test_an_object_put_into_a_cell_of_a_frame_is_shared_with_its_copies() -> None:
    frame = "import pandas as pd\ndf = pd.DataFrame({'a': [None]}, dtype=object)\nxs = [1]"
    for place in ("df.at[0, 'a']", "df.iat[0, 0]"):
        later = last(frame, f"{place} = xs\nother = df.copy()", "other.iloc[0, 0].append(2)").changes[-1]
        assert {"df", "xs"} <= later.known | later.maybe
