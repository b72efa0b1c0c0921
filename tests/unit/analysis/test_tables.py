"""Tables of small parts: libraries that a test teaches, rules, linked regions, values and conditions."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from typing import Any

import pytest

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.callees import name_of, noticing
from jupyter_mlcode.analysis.conditions import (
    immovable,
    is_found,
    is_given,
    listed,
    may_be_false,
    may_be_true,
    one_of,
    returns_if,
    several,
)
from jupyter_mlcode.analysis.library import Library, original
from jupyter_mlcode.analysis.patterns import RuleError, Rules, imported, read_rules, resolver
from jupyter_mlcode.analysis.regions import Classes, items_of, made_in_function, objects, without_classes
from jupyter_mlcode.analysis.session import CellSource, Session
from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.analysis.values import (
    NO_CONST,
    NONE,
    OBJECTS,
    REGION_LIMIT,
    SCALAR,
    WORLD,
    Value,
    any_of,
    container,
    iterator_over,
    join,
    part_of,
    whole_of,
)

# -- libraries -------------------------------------------------------------------------------
ACME: Mapping[str, Any] = {
    "modules": "acme acmelib",
    "submodules": "acme.deep",
    "default": {"returns": "any", "notices": ["acme.config"]},
    "import_draws": True,
    "notices": ["acme.config"],
    "classes": {"acme.Table acme.Sheet": "acme.table", "acme.Made": {"returns": "acme.view", "keeps": "all"}},
    "functions": {
        "acme.read_*": {"returns": "acme.table"},
        "acme.read_all_*": {"returns": "scalar"},
        "acme.read_one": {"returns": "none"},
        "acme.quiet_plot": {"returns": "none", "figure": False},
        "acme.unknown_plot": {"unknown": True},
    },
    "values": {"acme.LIMIT": "scalar", "acme.config": {"returns": "acme.table", "notices": ["acme.config"]}},
    "families": {
        "acme.table": {
            "types": "acme.Grid",
            "immutable": False,
            "elements": True,
            "consumed": True,
            "movable": {"no": "a table"},
            "default": {"returns": "likeself", "view": True},
            "subscript": {"returns": "scalar"},
            "pure": "count size",
            "methods": {"grow shrink": {"mutates": ["self"]}, "name": {"returns": "scalar"}},
            "attributes": {"default": {"returns": "scalar"}, "T": {"returns": "likeself"}},
            "reseeds": {"parameters": ["seed"], "methods": ["fit"], "state": "acme.random"},
            "constructor_mutates": {"only_if": {"copy": [False]}, "methods": ["fit"], "params": [0]},
        },
        "acme.view": {"base": "acme.table", "methods": {"grow": {"returns": "none"}}, "movable": True},
        "acme.part": {"base": "acme.table", "guess": False, "methods": {"hidden": {"returns": "none"}}},
        "acme.frozen": {"immutable": True, "movable": False, "methods": {"grow": {"returns": "scalar"}}},
    },
}
OTHER: Mapping[str, Any] = {"modules": ["plain"], "functions": {"plain.go": {"returns": "none"}}}


@functools.cache
def library() -> Library:
    return Library([ACME, OTHER])


def raw(path: str) -> Mapping[str, Any]:
    entry = library().function(path)
    assert entry is not None, path
    return entry.raw


def test_the_longest_pattern_that_matches_a_path_counts() -> None:
    assert raw("acme.read_csv") == {"returns": "acme.table"}
    assert raw("acme.read_all_csv") == {"returns": "scalar"}
    assert raw("acme.read_one") == {"returns": "none"}
    assert raw("acme.Sheet") == raw("acme.Table") == {"returns": "acme.table"}
    assert raw("acme.Made") == {"returns": "acme.view", "keeps": "all"}


def test_what_nobody_describes_does_what_its_library_does() -> None:
    assert raw("acme.other.thing") == raw("acmelib.x") == {"returns": "any", "notices": ["acme.config"]}
    assert raw("plain.other") == {"returns": "fresh"}
    assert library().function("nobody.go") is None
    assert library().function("nobody.go") is None  # what was found is kept


def test_what_is_called_like_a_plot_draws_a_figure() -> None:
    for name in ("plot", "plot_rows", "draw", "my_hist", "heatmap", "visualise", "scatterplot"):
        found = raw(f"acme.{name}")
        assert found["figure"] is True, name
        assert found["view"] is True
        assert found["returns"] == "any"
        assert found["mutates"] == ["ax", "fig", "figure"]
        assert found["notices"] == ["acme.config", "matplotlib.rcParams"]
    assert "figure" not in raw("acme.withdraw")
    assert raw("acme.quiet_plot")["figure"] is False
    assert raw("acme.unknown_plot") == {"unknown": True}


def test_modules_are_taught_by_name_and_by_family() -> None:
    assert library().taught("acme.x")
    assert library().taught("plain")
    assert not library().taught("nobody")
    assert library().draw_on_import == {"acme", "acmelib"}
    assert library().notices == {"acme": ("acme.config",), "acmelib": ("acme.config",)}
    assert library().submodules == {"acme.deep"}
    assert library().types == {
        "acme.Table": "acme.table",
        "acme.Sheet": "acme.table",
        "acme.Made": "acme.view",
        "acme.Grid": "acme.table",
    }
    assert library().values["acme.LIMIT"].returns == "scalar"
    assert library().values["acme.config"]["notices"] == ["acme.config"]


def test_a_family_has_what_its_base_has() -> None:
    table, view, part = (library().families[f"acme.{name}"] for name in ("table", "view", "part"))
    assert (table.immovable, view.immovable, part.immovable) == ("a table", "", "a table")
    assert view.elements
    assert view.consumed
    assert not view.immutable
    assert view.reseeds == table.reseeds is not None
    assert view.constructor_mutates == table.constructor_mutates is not None
    assert view.methods["shrink"] is table.methods["shrink"]
    assert view.methods["grow"].raw == {"returns": "none"}
    assert library().families["acme.frozen"].immovable == "acme.frozen"


@pytest.mark.parametrize(
    ("family", "method", "expected"),
    [
        ("acme.table", "grow", {"returns": "likeself", "view": True, "mutates": ["self"]}),
        ("acme.table", "count", {"returns": "likeself", "view": True}),
        ("acme.table", "name", {"returns": "scalar"}),
        ("acme.table", "anything", {"returns": "likeself", "view": True}),
        ("acme.frozen", "anything", None),
        ("acme.view", "size", {"returns": "likeself", "view": True}),
        (None, "name", {"returns": "scalar"}),
        (None, "hidden", None),
        ("nothing", "nothing", None),
    ],
)
def test_methods(family: str | None, method: str, expected: Mapping[str, Any] | None) -> None:
    found = library().method(family, method)
    assert (found.raw if found is not None else None) == expected


def test_a_method_of_an_unknown_object_is_that_of_any_family() -> None:
    found = library().method(None, "grow")
    assert found is not None
    assert found.raw == {"unsure_mutates": ["self"], "returns": "unsure", "view": True}
    shrunk = library().method(None, "shrink")
    assert shrunk is not None
    assert shrunk["mutates"] == ["self"]


def test_a_change_by_a_usual_class_is_sure() -> None:
    usual = Library(
        [
            {
                "families": {
                    "sklearn.a": {"methods": {"fit": {"returns": "self", "mutates": ["self"], "keeps": [0]}}},
                    "other.b": {"methods": {"fit": {"returns": "self", "keeps": [0, 1], "view": "items"}}},
                }
            }
        ]
    )
    found = usual.method(None, "fit")
    assert found is not None
    assert found.raw == {"mutates": ["self"], "keeps": [0, 1], "returns": "self", "view": "items"}


def test_attributes_and_operations_of_families() -> None:
    assert library().attribute("acme.table", "T").returns == "likeself"
    assert library().attribute("acme.view", "x").returns == "scalar"
    assert library().attribute("acme.frozen", "x").raw == {"returns": "any", "view": True}
    assert library().attribute(None, "x").raw == {"returns": "any", "view": True}
    subscript = library().special("acme.view", "subscript")
    assert subscript is not None
    assert subscript.returns == "scalar"
    assert library().special("acme.view", "iterate") is None
    assert library().special(None, "subscript") is None
    assert [library().immutable(f) for f in (None, "scalar", "nothing", "acme.frozen", "acme.table")] == [
        *(False, True, False, True, False)
    ]


def test_abbreviations_of_libraries_inside_others() -> None:
    assert [original(f"x.{name}") for name in ("np", "pd", "plt", "mpl", "sns", "y")] == [
        *("numpy", "pandas", "matplotlib.pyplot", "matplotlib", "seaborn", "x.y")
    ]


# -- rules -----------------------------------------------------------------------------------
RULE = """
id: own
language: python
metadata: {code: OWN001, callee: [go, run], resolves: {F: [acme.go, "acme.sub.*"]}, builtins: [id]}
rule: {pattern: $F($$$ARGS)}
---
id: plain
language: python
metadata: {code: OWN002, callee: [go], predefined: [kit], resolves: {F: [kit.go]}}
rule: {pattern: $F($$$ARGS)}
"""


def test_a_rule_holds_what_stands_in_its_file() -> None:
    own, plain = read_rules(RULE, "x.yml")
    assert (own.id, own.code, own.callee) == ("own", "OWN001", ("go", "run"))
    assert own.resolves == {"F": ("acme.go", "acme.sub.*")}
    assert own.builtins == ("id",)
    assert plain.builtins == ()
    assert own.config == '{"rule": {"pattern": "$F($$$ARGS)"}}'


BROKEN = [
    ("- a", "x.yml: a rule needs `id`, `metadata` and `rule`"),
    ("metadata: 3\nrule: {}", "x.yml: a rule needs `id`, `metadata` and `rule`"),
    ("metadata: {}", "x.yml: a rule needs `id`, `metadata` and `rule`"),
    ("metadata: {odd: 1, code: A}\nrule: {}\nid: r", "x.yml: rule 'r' has an unknown key 'odd'"),
    (
        "metadata: {code: A, callee: [a]}\nrule: {}",
        "x.yml: rule '' needs an id, a code and `callee`",
    ),
    ("metadata: {callee: [a]}\nrule: {}\nid: r", "x.yml: rule 'r' needs an id, a code and `callee`"),
    ("metadata: {code: A, callee: a}\nrule: {}\nid: r", "x.yml: rule 'r' needs an id, a code and `callee`"),
    ("metadata: {code: A, callee: []}\nrule: {}\nid: r", "x.yml: rule 'r' needs an id, a code and `callee`"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_broken_rule_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_rules(text, "x.yml")
    assert str(caught.value).startswith(message)


MATCHES = [
    ("import acme\nacme.go(1)", [("own", 2, 1, 2, "acme.go(1)")]),
    ("from acme import go as g\ng(1)", [("own", 2, 1, 2, "g(1)")]),
    ("import acme.sub\nx = acme.sub.run(\n  1)", [("own", 2, 5, 3, "acme.sub.run(\n  1)")]),
    ("import acme\nacme . go(1)", [("own", 2, 1, 2, "acme . go(1)")]),
    ("go(1)", []),
    ("import acme\nacme.stop(1)", []),
    ("kit.go(); import acme; acme.go()", [("plain", 1, 1, 1, "kit.go()"), ("own", 1, 24, 1, "acme.go()")]),
]


@pytest.mark.parametrize(("source", "found"), MATCHES)
def test_where_rules_match(source: str, found: list[tuple[str, int, int, int, str]]) -> None:
    rules, aliases = Rules(read_rules(RULE, "x.yml")), imported(source)
    matches = rules.find(source, aliases, resolver(aliases))
    assert [(m.rule.id, m.line, m.column, m.end_line, m.text) for m in matches] == found


def test_rules_that_cannot_match_are_left_out() -> None:
    rules = Rules(read_rules(RULE, "x.yml"))
    assert [r.id for r in rules.within({}).all] == ["plain"]
    assert [r.id for r in rules.within({"a": "acme.x"}).all] == ["own", "plain"]
    assert [r.id for r in rules.candidates("go()", {})] == ["own", "plain"]
    assert [r.id for r in rules.candidates("run()", {})] == ["own"]
    assert [r.id for r in rules.candidates("r()", {"r": "acme.run"})] == ["own"]
    assert rules.candidates("running()", {}) == []


IMPORTED = [
    ("import os.path", {"os": "os"}),
    ("import os.path as p, sys", {"p": "os.path", "sys": "sys"}),
    ("from a import b as c, d", {"c": "a.b", "d": "a.d"}),
    ("from a import B\nx = B(1)", {"B": "a.B", "x": "a.B()"}),
    ("import a\na = 3", {"a": ""}),
    ("x = open('a')", {"x": "builtins.open()"}),
    ("x = f()", {"x": ""}),
    ("a.b = 1", {}),
]


@pytest.mark.parametrize(("source", "found"), IMPORTED)
def test_what_names_stand_for(source: str, found: dict[str, str]) -> None:
    assert imported(source) == found


def test_a_dotted_name_is_resolved() -> None:
    resolve = resolver({"np": "numpy", "x": ""})
    assert [
        resolve(n) for n in ("np.random.rand", "np", "x.go", "x", "open", "open.x", "other", "other.x")
    ] == [*("numpy.random.rand", "numpy", "", "", "builtins.open", "open.x", "other", "other.x")]


# -- regions ---------------------------------------------------------------------------------
def test_names_hold_regions_until_they_are_bound_again() -> None:
    classes = Classes()
    classes.bind("x", Value(None, frozenset({"a"}), frozenset({"b"})))
    classes.bind("y", Value(None, frozenset({"b"})))
    assert (classes.names("a"), classes.names("b"), classes.names("c")) == ({"x"}, {"x", "y"}, frozenset())
    assert classes.everybody == {"x", "y"}
    classes.bind("x", Value(None, frozenset({"c"})))
    assert (classes.names("a"), classes.names("b"), classes.names("c")) == (frozenset(), {"y"}, {"x"})
    classes.unbind("y")
    assert (classes.names("b"), classes.everybody) == (frozenset(), {"x"})
    classes.unbind("nobody")


def test_linked_regions_are_one() -> None:
    classes = Classes()
    for name, region in (("x", "a"), ("y", "b"), ("z", "c")):
        classes.bind(name, Value(None, frozenset({region})))
    classes.merge(["a", "b"], 1)
    assert classes.find("a") == classes.find("b") != classes.find("c")
    assert classes.names(classes.find("a")) == {"x", "y"}
    classes.merge(["b", "c"], 3)
    assert classes.names(classes.find("a")) == {"x", "y", "z"}
    assert classes.find("a") == classes.find("c")
    classes.merge(["a"], 4)
    of = [classes.of(Value(None, frozenset({"a"}), frozenset({"c"})), time) for time in (0, 1, 2, 3)]
    assert [len(found) for found in of] == [2, 2, 2, 1]
    both = [classes.of(Value(None, frozenset({"a"}), frozenset({"b"})), time) for time in (0, 1)]
    assert [len(found) for found in both] == [2, 1]
    classes.hold(frozenset({"a"}), "w")
    assert classes.names(classes.find("c")) == {"w", "x", "y", "z"}
    classes.unbind("x")
    assert classes.names(classes.find("c")) == {"w", "y", "z"}


def test_who_reaches_any_object_is_known() -> None:
    classes = Classes()
    classes.bind("x", Value(None, frozenset({WORLD})))
    assert classes.worldly == {"x"}
    classes.bind("x", Value(None, frozenset({"a"})))
    assert classes.worldly == set()


def test_kinds_of_regions() -> None:
    mixed = frozenset({"1", "2C", "3LC", "4A"})
    assert made_in_function(mixed) == {"3LC"}
    assert without_classes(mixed) == {"1", "4A"}
    assert items_of([Value(None, inner=mixed), Value(None, frozenset({"5"}))]) == {"1", "2C", "3LC"}
    assert objects(mixed) == {"1", "4A"}
    assert objects(frozenset({WORLD, "1"})) == {OBJECTS, "1"}


# -- values ----------------------------------------------------------------------------------
A, B = Value("python.list", frozenset({"a"})), Value("python.list", frozenset({"b"}), frozenset({"c"}))


def test_either_of_two_values() -> None:
    both = join(A, B)
    assert (both.family, both.tops, both.inner) == ("python.list", {"a", "b"}, {"c"})
    assert join(A, A) is A
    assert join(A, Value("python.list", frozenset({"a"}))) is A
    assert join(A, SCALAR).family is None
    assert join(Value("scalar", const=1), Value("scalar", const=1)).const == 1
    assert join(Value("scalar", const=1), Value("scalar", const=2)).const is NO_CONST
    assert join(Value("scalar", const=1), Value("scalar", const=True)).const is NO_CONST
    assert join(Value(None, path="a"), Value(None, path="a", traits=frozenset({"x"}))).path == "a"
    assert join(Value(None, path="a"), Value(None, path="b")).path is None


def test_too_many_regions_are_the_world() -> None:
    many = frozenset(map(str, range(REGION_LIMIT + 1)))
    few = frozenset(map(str, range(REGION_LIMIT)))
    assert A.with_regions(many, few).tops == {WORLD}
    assert A.with_regions(many, few).inner == few
    assert join(Value(None, few), Value(None, frozenset({"x"}))).tops == {WORLD}
    assert container("", [Value(None, many)]).inner == {WORLD}


def test_values_that_say_the_same() -> None:
    full = Value("f", frozenset("a"), frozenset("b"), path="p", traits=frozenset({"t"}), const=1)
    same = {"family": "f", "tops": frozenset("a"), "inner": frozenset("b")}
    rest = {"path": "p", "traits": frozenset({"t"}), "const": 1}
    assert full.same(Value(**same, **rest))  # type: ignore[arg-type]
    other = {"family": "g", "tops": frozenset("c"), "inner": frozenset("c"), "path": "q"}
    for key, value in {**other, "traits": frozenset({"u"}), "const": True}.items():
        assert not full.same(Value(**{**same, **rest, key: value})), key  # type: ignore[arg-type]
    assert full.reach == {"a", "b"}
    assert repr(NO_CONST) == "NO_CONST"
    assert repr(full) == "Value(p, ['a'], ['b'])"


def test_what_a_parameter_may_be() -> None:
    assert any_of(None, []).family is None
    assert any_of(A, []) is A
    assert any_of(None, [B]) is B
    assert any_of(A, [B, Value(None, frozenset({"d"}))]).tops == {"a", "b", "d"}


def test_containers_hold_their_parts() -> None:
    traits = frozenset({"draws=x", "bound", "class", "parameter", "plain", "parts"})
    made = container(
        "python.list", [A, B, Value("numpy.generator"), Value(None, path="m.f"), Value(None, traits=traits)]
    )
    assert (made.family, made.tops, made.inner) == ("python.list", frozenset(), {"a", "b", "c"})
    assert made.traits == {"draws=x", "rng", "calls=m.f"}
    assert part_of(made).tops == {"a", "b", "c"}
    assert part_of(Value(None, traits=traits)).traits == traits - {"class"}
    assert whole_of(B, "x").tops == {"b"}


def test_iterators_use_up_iterators() -> None:
    sources = [
        Value(f, frozenset({f})) for f in ("python.list", "numpy", "python.dictview", "python.iterator", "x")
    ]
    assert iterator_over(container("", sources), sources).traits == {"consumes=python.iterator", "consumes=x"}


# -- conditions ------------------------------------------------------------------------------
def const(value: object) -> Value:
    return Value("scalar", const=value)


@pytest.mark.parametrize(
    ("value", "given", "true", "false"),
    [
        (None, False, False, None),
        (NONE, False, False, False),
        (const(False), False, False, True),
        (const(True), True, True, False),
        (const(3), True, True, True),
        (SCALAR, True, True, True),
    ],
)
def test_what_an_argument_may_be(value: Value | None, given: bool, true: bool, false: bool | None) -> None:
    assert is_given(value) is given
    assert may_be_true(value) is true
    if value is not None:
        assert may_be_false(value) is false


def test_one_of_several_values() -> None:
    assert [one_of(v, ["a", False]) for v in (None, const("a"), const(False), const("b"), SCALAR, NONE)] == [
        *(False, True, True, False, True, False)
    ]
    assert one_of(const("b"), "any")  # type: ignore[arg-type]
    assert not one_of(None, "any")  # type: ignore[arg-type]
    assert (listed(1), listed([1]), tuple(several(None)), tuple(several(1)), tuple(several([1, 2]))) == (
        *([1], [1], (), (1,), (1, 2)),
    )


def test_conditions_of_entries() -> None:
    none, one = Arguments([], {}, []), Arguments([SCALAR], {"k": SCALAR, "n": NONE}, [])
    rule = {"returns": "a", "returns_if": {"any_of": ["k", [0, "x"]], "family": "b"}}
    assert (returns_if(rule, none), returns_if(rule, one), returns_if({}, one)) == ("a", "b", "any")
    assert returns_if({**rule, "returns_if": {"any_of": ["n"], "family": "b"}}, one) == "a"
    given = {"any_of": ["k"], "reason": "why"}
    assert immovable({"immovable_if": given}, one) == "why"
    assert immovable({"immovable_if": given}, none) == ""
    assert immovable({"immovable_unless": given}, none) == "why"
    assert immovable({"immovable_unless": given}, one) == ""
    assert immovable({"immovable": "always", "immovable_if": given}, none) == "always"
    found = {"given": [0, "k"], "other_than": ["a.b"]}
    assert is_found(None, none)
    assert is_found(found, one)
    assert not is_found(found, none)
    assert not is_found(found, Arguments([Value("x", frozenset({"module:a.b"}))], {}, []))
    assert not is_found(found, Arguments([const(False)], {}, []))


def test_arguments_by_position_and_name() -> None:
    args = Arguments([A], {"k": B}, [SCALAR])
    assert args.all == [A, B, SCALAR]
    assert Arguments([A], {}, []).all == [A]
    assert (args.get(0), args.get(1), args.get("k"), args.get(1, "k"), args.get()) == (A, None, B, B, None)
    assert args.gives([3, "k"])
    assert not args.gives([3, "x"])


@pytest.mark.parametrize(
    ("text", "name"), [("a", "a"), ("a.b.c", "a.b.c"), ("a.b(1).c", "a.b.c"), ("a[0].b", ".b"), ("1", "")]
)
def test_the_text_of_a_callee(text: str, name: str) -> None:
    assert name_of(ast.parse(text, mode="eval").body) == name
    assert text_of(ast.parse("a.b", mode="eval").body) == "a.b"


def test_who_notices_what_a_module_keeps() -> None:
    paths = ("sys.x", "warnings.y.z", "sys", "frob.a.b")
    assert [noticing(p) for p in paths] == ["process", "process", "process", "frob"]


# -- sessions --------------------------------------------------------------------------------
def test_a_cell_that_cannot_be_read_says_where() -> None:
    cells = ["x = (", "\0", "%%timeit\nx = (", "a" + "+a" * 20_000]
    problems = [Session().analyse([CellSource("a", text)])[0].problem for text in cells]
    assert [(p.line, p.column) for p in problems if p is not None] == [(1, 5), (1, 1), (2, 5), (1, 1)]
    assert problems[-1] is not None
    assert problems[-1].message


def test_local_modules_are_the_projects_own() -> None:
    session = Session()
    cells = [CellSource("a", "import mine"), CellSource("b", "mine.go()\nmine.set_x(1)")]
    before = session.analyse(cells)
    session.local_modules = frozenset({"mine"})
    after = session.analyse(cells)
    assert session.evaluated == 2
    kinds = [
        [(e.kind, e.what, e.detail) for s in r[0].statements for e in s.effects] for r in (before, after)
    ]
    assert kinds == [
        [("module", "mine", "untaught"), ("loads", "mine", "")],
        [("module", "mine", "untaught"), ("sets", "replay:mine", "")],
    ]
    details = [[e.detail for e in r[1].statements[0].effects if e.kind == "foreign"] for r in (before, after)]
    assert details == [["called alone"], ["called"]]


def test_a_cell_that_reads_what_nobody_defines_is_not_evaluated_again() -> None:
    session = Session()
    cells = [CellSource("a", "x = 1"), CellSource("b", "y = nowhere"), CellSource("c", "z = x")]
    session.analyse(cells)
    session.analyse([CellSource("a", "x = [1]"), *cells[1:]])
    assert session.evaluated == 3  # the edited cell is looked at alone first, then with all others
    session.analyse([CellSource("a", "x = [1]"), *cells[1:]])
    assert session.evaluated == 0


def test_a_cell_that_becomes_parameters_is_evaluated_again() -> None:
    session = Session()
    plain, tagged = CellSource("a", "x = 'a'"), CellSource("a", "x = 'a'", is_parameters=True)
    texts = []
    for cell in (plain, tagged, plain):
        found = session.analyse([cell, CellSource("b", "open(x)")])
        texts.append([e.what for e in found[1].statements[0].effects if e.kind == "reads"])
    assert texts == [["a"], ["${x}"], ["a"]]
