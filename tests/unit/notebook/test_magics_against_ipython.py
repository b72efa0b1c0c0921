"""What is left after masking is what IPython itself would leave, magics apart."""

from __future__ import annotations

import ast

from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_mlcode.notebook import magic_arguments as arguments
from jupyter_mlcode.notebook.magics import mask

SIMPLE = st.sampled_from(
    [
        "x = a % b",
        "y = [1,\n     2 %\n     3]",
        's = """\n%time no\n!no\nwhat?\n"""',
        "print('100%', f'{x!r}')  # really?",
        "t = a \\\n    % b",
        "x != y",
        "def f(a=1): return a",
        "# only a comment?",
        "",
    ]
)
MAGIC = st.sampled_from(
    [
        "%matplotlib inline",
        "%time x = f(y)",
        "%timeit -n 2 f(x)",
        "%prun -s time f(x)",
        '!ls {x} | grep "it\'s"',
        "!!pwd",
        "!ls \\\n  more",
        "files = !ls {x}",
        "res = %time f(x)",
        "rows = %sql select '(' from t",
        "x?",
        "?x.y",
        "df.head??",
        "%load_ext autoreload",
    ]
)
LINE = st.one_of(SIMPLE, SIMPLE, MAGIC)
CELL_MAGIC = st.sampled_from(["", "", "", "%%time\n", "%%capture out\n", "%%bash\n", "\n%%timeit -n 2\n"])


@st.composite
def cells(draw: st.DrawFn) -> str:
    parts: list[str] = []
    for line in draw(st.lists(LINE, max_size=6)):
        head = draw(st.sampled_from(["", "", "if x:", "for i in x:"]))
        indented = line.replace("\n", "\n    ") if '"""' not in line else line
        parts.append(f"{head}\n    {indented}\n    pass" if head else line)
    return draw(CELL_MAGIC) + "\n".join(parts)


class _Expected(ast.NodeTransformer):
    """IPython's calls replaced by what the masking leaves: the statement in sight, or 0."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        match _ipython_call(node.value):
            case "run_cell_magic", (name, _, body):
                return self._inner(body) if name in arguments.CELL_BODY else []
            case "run_line_magic", (name, argument) if _is_visible(name):
                statement = argument[arguments.statement_start(name, argument) :]
                return [ast.Expr(ast.Constant(0)), *self._inner(statement)]
            case None:
                return self.generic_visit(node)
        return ast.Expr(ast.Constant(0))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match _ipython_call(node):
            case "run_line_magic", (name, argument) if _is_visible(name):
                (statement,) = self._inner(argument[arguments.statement_start(name, argument) :])
                assert isinstance(statement, ast.Expr)
                return statement.value
            case None:
                return self.generic_visit(node)
        return ast.Constant(0)

    def _inner(self, source: str) -> list[ast.stmt]:
        tree = self.visit(_transformed(source))
        assert isinstance(tree, ast.Module)
        return tree.body


def _is_visible(name: str) -> bool:
    return name in arguments.STATEMENT_OPTIONS and name not in arguments.LOCAL_BODY


def _ipython_call(node: ast.expr) -> tuple[str, tuple[str, ...]] | None:
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("get_ipython()."):
        return None
    return ast.unparse(node.func).rpartition(".")[2], tuple(ast.literal_eval(a) for a in node.args)


def _transformed(source: str) -> ast.Module:
    return ast.parse(TransformerManager().transform_cell(source))


@settings(max_examples=100, deadline=None)
@given(cells())
def test_the_python_is_ipythons_python(source: str) -> None:
    expected = _Expected().visit(_transformed(source))
    assert ast.dump(ast.parse(mask(source).python)) == ast.dump(expected)


ODD = st.text(alphabet="%!?=x '\"\\\n\t()#{}$>.;/,é\u2028\U0001f600ab1", max_size=60)


@settings(max_examples=500, deadline=None)
@given(st.one_of(ODD, st.text(max_size=60)))
def test_any_text_keeps_its_length_and_its_lines(source: str) -> None:
    masked = mask(source)
    assert masked.python.count("\n") == source.count("\n")
    assert masked.shifted or len(masked.python) == len(source)
