"""Texts that mean something: paths put together, names hidden in strings, names of scopes."""

from __future__ import annotations

import ast

import pytest

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.hidden_names import certain, names
from jupyter_mlcode.analysis.paths import absolute, joined, parent, path_result, renamed
from jupyter_mlcode.analysis.scopes import free_globals, scope_of
from jupyter_mlcode.analysis.values import Value

JOINED = [
    ([], "."),
    (["a"], "a"),
    (["a", "b.csv"], "a/b.csv"),
    (["a/", "b"], "a/b"),
    (["a", "/b", "c"], "/b/c"),
    (["a", "**", "c"], "**/c"),
    (["", "b"], "b"),
    (["/", "b"], "/b"),
    (["a", "*"], "a/*"),
    (["${folder}", "x"], "${folder}/x"),
]
PARENTS = [
    ("out/a.csv", "out"),
    ("a.csv", "."),
    ("/a", "/"),
    ("**", "**"),
    ("**/a", "**"),
    ("${file}", "**"),
    ("*", "**"),
    ("a?", "**"),
    ("a[0]", "**"),
    ("x/y/z", "x/y"),
]
ABSOLUTE = [
    ("a.txt", "**/a.txt"),
    ("../a.txt", "**/a.txt"),
    ("../../a.txt", "**/a.txt"),
    ("./a.txt", "**/a.txt"),
    ("/a.txt", "/a.txt"),
    ("**/a", "**/a"),
    ("~/a.txt", "**/a.txt"),
    ("~me/a.txt", "**/a.txt"),
    (".", "**"),
    ("..", "**"),
    ("~", "**"),
]
RENAMED = [
    (("out/a.csv", "name", "b"), "out/b"),
    (("a.csv", "name", "b"), "b"),
    (("**", "name", "b"), "**/b"),
    (("a.csv", "stem", "b"), "b.csv"),
    (("out/a", "stem", "b"), "out/b"),
    (("out/*", "stem", "b"), "out/b*"),
    (("out/a.csv", "suffix", ".bak"), "out/a.bak"),
    (("out/a", "suffix", ".bak"), "out/a.bak"),
    (("out/${n}", "suffix", ".bak"), "out/*.bak"),
    (("out/${n}.csv", "suffix", ".bak"), "out/${n}.bak"),
]


@pytest.mark.parametrize(("parts", "path"), JOINED)
def test_parts_make_a_path(parts: list[str], path: str) -> None:
    assert joined(parts) == path


@pytest.mark.parametrize(("path", "folder"), PARENTS)
def test_the_folder_of_a_path(path: str, folder: str) -> None:
    assert parent(path) == folder


@pytest.mark.parametrize(("path", "found"), ABSOLUTE)
def test_where_a_path_leads_from_an_unknown_folder(path: str, found: str) -> None:
    assert absolute(path) == found


@pytest.mark.parametrize(("given", "found"), RENAMED)
def test_a_path_with_another_part(given: tuple[str, str, str], found: str) -> None:
    assert renamed(*given) == found


PATH, TEXT, NUMBER = Value("python.path", const="a/b.csv"), Value("python.str", const="c"), Value("scalar")
RESULTS = [
    (PATH, [], "parent", "a"),
    (PATH, [], "absolute", "**/a/b.csv"),
    (NUMBER, [], "absolute", "**"),
    (NUMBER, [PATH], "absolute", "**/a/b.csv"),
    (PATH, [TEXT], "joined", "a/b.csv/c"),
    (NUMBER, [TEXT, TEXT], "joined", "c/c"),
    (PATH, [NUMBER], "joined", "a/b.csv/*"),
    (NUMBER, [Value("python.path"), TEXT], "joined", "**/c"),
    (PATH, [TEXT], "name", "a/c"),
    (PATH, [TEXT], "moved", "c"),
]


@pytest.mark.parametrize(("base", "args", "rule", "text"), RESULTS)
def test_calls_give_paths(base: Value, args: list[Value], rule: str, text: str) -> None:
    made = path_result("python.path", base, Arguments(args, {}, []), rule)
    assert (made.family, made.const) == ("python.path", text)


@pytest.mark.parametrize(
    ("family", "args", "rule"),
    [
        ("python.str", Arguments([TEXT], {}, []), None),
        ("python.str", Arguments([TEXT], {}, [TEXT]), "joined"),
        ("python.str", Arguments([], {}, []), "joined"),
        ("python.str", Arguments([TEXT], {}, []), "name"),
    ],
)
def test_a_path_that_nobody_can_tell(family: str, args: Arguments, rule: str | None) -> None:
    made = path_result(family, NUMBER, args, rule)
    assert (made.family, isinstance(made.const, str)) == (family, False)


NAMES = [
    ("a > @low and b < @high and c == @low", "query", ["low", "high"]),
    ("c = a + @rate", "eval", ["rate"]),
    ("y ~ np.log(x) + f(z) + C(k, Treatment(ref='a'))", "formula", "y np x f z C k Treatment ref".split()),
    ("a + 2 * `b c` if d else 'e'", "numexpr", ["a", "d"]),
    ("select * from t1 JOIN t2 on t1.a = t2.b", "sql", ["t1", "t2"]),
    ("1.5e3 + a.b", "numexpr", ["a"]),
]


@pytest.mark.parametrize(("text", "syntax", "found"), NAMES)
def test_names_in_texts(text: str, syntax: str, found: list[str]) -> None:
    assert names(text, syntax) == found


CERTAIN = [
    ("y ~ f(z)", "f", "formula", True),
    ("y ~ f.g(z)", "f", "formula", True),
    ("y ~ f (z)", "f", "formula", True),
    ("y ~ f(z)", "z", "formula", False),
    ("y ~ C(z)", "C", "formula", False),
    ("y ~ bs(z) + scale(x)", "bs", "formula", False),
    ("y ~ bs(z) + scale(x)", "scale", "formula", False),
    ("a > @b", "b", "query", True),
    ("from t", "t", "sql", True),
]


@pytest.mark.parametrize(("text", "name", "syntax", "sure"), CERTAIN)
def test_what_must_be_a_variable(text: str, name: str, syntax: str, sure: bool) -> None:
    assert certain(text, name, syntax) is sure


SCOPES = [
    ("def f(a, /, b, *c, d, **e): x = 1", "a b c d e x", "", ""),
    ("def f():\n global x\n x = 1\n y = 2", "y", "x", ""),
    ("def f():\n def g():\n  nonlocal x\n  x = 1\n x = 2", "g x", "", ""),
    ("def f():\n nonlocal x\n x = 1", "", "", "x"),
    ("def f():\n import a.b, c as d\n from e import g, h as i", "a d g i", "", ""),
    ("def f():\n try: pass\n except E as e: pass", "e", "", ""),
    (
        "def f():\n match x:\n  case [a, *b]: pass\n  case {'k': c, **d}: pass\n  case e: pass",
        "a b c d e",
        "",
        "",
    ),
    ("def f():\n with a as b: pass\n for c in d: pass\n del g", "b c g", "", ""),
    ("def f(): return [x for x in y if (z := x)]", "z", "", ""),
    ("def f(): return lambda x: (y := x)", "", "", ""),
    ("def f():\n class A:\n  x = 1\n @deco\n def g(): pass\n async def h(): pass", "A g h", "", ""),
    ("class A:\n x = 1\n def f(self): y = 1", "x f", "", ""),
    ("lambda a, b=1: (c := a)", "a b c", "", ""),
    ("def f():\n x: int = 1\n y += 1", "x y", "", ""),
]


def _node(text: str) -> ast.FunctionDef:
    node = ast.parse(text).body[0]
    return node.value if isinstance(node, ast.Expr) else node  # type: ignore[return-value]


@pytest.mark.parametrize(("text", "own", "declared", "outer"), SCOPES)
def test_what_a_scope_binds(text: str, own: str, declared: str, outer: str) -> None:
    scope = scope_of(_node(text))
    assert (scope.locals, scope.globals, scope.nonlocals) == (
        set(own.split()),
        set(declared.split()),
        set(outer.split()),
    )


FREE = [
    ("def f(x): return x + scale", "scale", ""),
    ("def f(x): return lambda: x + scale", "scale", ""),
    ("def f():\n global n\n n = n + 1", "n", "n"),
    ("def f():\n global n\n def n(): pass", "", "n"),
    ("def f():\n global n\n class n: pass", "", "n"),
    ("def f():\n global n\n print(n)", "n print", ""),
    ("def f():\n global n\n del n", "n", "n"),
    ("def f():\n x = 1\n def g(): return x + y\n return g", "y", ""),
    ("def f():\n def g():\n  global m\n  m = 1\n return g", "m", "m"),
    ("def f(): return [x + k for x in xs if x > low]", "k low xs", ""),
    ("def f(): return [y for x in xs for y in x]", "xs", ""),
    ("def f(): return {k: v for k, v in d.items()}", "d", ""),
    ("def f(): return [x for x in x]", "x", ""),
    ("def f(): return [(lambda: x + k) for x in xs]", "k xs", ""),
    ("def f():\n class A(Base, metaclass=M):\n  y = x\n  def g(self): return y\n return A", "Base M x y", ""),
    ("class A:\n y = x\n z = y\n def g(self): return y", "x y", ""),
    ("class A:\n z = [(lambda: q + w) for q in qs]", "qs w", ""),
    ("def f():\n @deco(a)\n def g(b=c, *, d=e, k): return b\n return g", "a c deco e", ""),
    ("def f():\n def g(x: T) -> R: return x\n return g", "R T", ""),
    ("def f():\n @deco\n class A: pass", "deco", ""),
    ("lambda x=1: x + y", "y", ""),
    ("def f():\n import a\n return a.b + c", "c", ""),
    ("def f():\n x = y\n y = 1", "", ""),
]


@pytest.mark.parametrize(("text", "reads", "writes"), FREE)
def test_what_a_body_reads_and_writes_of_the_notebook(text: str, reads: str, writes: str) -> None:
    assert free_globals(_node(text)) == (frozenset(reads.split()), frozenset(writes.split()))
