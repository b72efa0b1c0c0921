"""Magics are masked at the same positions, and described beside the Python."""

from __future__ import annotations

import ast

import pytest

from jupyter_mlcode.notebook.magics import Magic, mask, may_have_magics


def only(source: str) -> Magic:
    (magic,) = mask(source).magics
    return magic


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%time x = f()", "0    ;x = f()"),
        ("%time for i in r: g(i)", "for i in r: g(i)      "),
        ("%time", "0    "),
        ("%%time\nx = 1", "      \nx = 1"),
        ("%%prun -s cumtime\nx = 1", "                 \nx = 1"),
        ("%%capture out\n%%time\nx = 1\n!ls", "             \n      \nx = 1\n0  "),
        ("%timeit -n 3 f(x)", "0                "),
        ("%%timeit\nx = 1", "        \n     "),
        ("files = !ls", "files = 0  "),
        ("x = %time f(y)", "x =       f(y)"),
        ("d['k'] = !ls", "d['k'] = 0  "),
        ("!ls \\\n  data\nx = 1", "0    \n      \nx = 1"),
        ("if x:\n    !ls\nelse:\n\t%cd ..", "if x:\n    0  \nelse:\n\t0     "),
        ("x?", "0 "),
        ("?x", "0 "),
        ("df.head??", "0        "),
        ("%time?", "0     "),
        ("%%bash\nit's\n", "      \n    \n"),
        ("\n\n%%html\n<b>", "\n\n      \n   "),
        ("pip install x", "0            "),
        ("ls -la", "0     "),
        ("%time !ls {a}", "0    ;0      "),
        ("%matplotlib inline\nimport a", "0                 \nimport a"),
        ("/f a b", "0     "),
    ],
)
def test_only_python_is_left_and_every_position_stays(source: str, python: str) -> None:
    assert mask(source).python == python


@pytest.mark.parametrize(
    "source",
    [
        "x = a % b",
        "x = (a\n  % b)",
        "x = a \\\n  % b",
        "s = '''\n%time x\n!ls\nwhat?\n'''",
        "f'{x!r}'",
        "print('100%')  # really?",
        "x != y",
        "text = 'a = %d b' % 3",
        'x = "unfinished\n%time'.replace("%", "5 %"),
        "s = r'\\'\nt = 1 % 2",
    ],
)
def test_plain_python_stays(source: str) -> None:
    masked = mask(source)
    assert (masked.python, masked.magics, masked.shifted) == (source, (), False)


def test_a_percent_sign_without_a_magic_does_not_start_the_search() -> None:
    assert not may_have_magics("x = a % b\nprint('%d%%' % x)\nif x != y: pass")


@pytest.mark.parametrize(
    ("source", "kind", "name", "argument"),
    [
        ("%matplotlib inline", "line", "matplotlib", "inline"),
        ("%%bash -e\nls", "shell_cell", "bash", "-e"),
        ("%%writefile a.py\nx", "cell", "writefile", "a.py"),
        ("!ls a", "shell", "!", "ls a"),
        ("!!ls a", "shell", "!!", "ls a"),
        ("x = !ls", "assign_shell", "!", "ls"),
        ("x = %sql select 1", "assign_magic", "sql", "select 1"),
        ("np.sum?", "help", "?", "np.sum"),
        ("??x", "help", "??", "x"),
        ("cd data", "line", "cd", "data"),
        ("!echo a \\\n  b", "shell", "!", "echo a    b"),
    ],
)
def test_a_magic_has_kind_name_and_argument(source: str, kind: str, name: str, argument: str) -> None:
    magic = only(source)
    assert (magic.kind, magic.name, magic.argument) == (kind, name, argument)


@pytest.mark.parametrize(
    ("source", "targets"),
    [
        ("files = !ls", ("files",)),
        ("a, b = !ls", ("a", "b")),
        ("d['k'] = !ls", ()),
        ("%%capture --no-stderr out\nx", ("out",)),
        ("%%R -i df -o fit,res\nx", ("fit", "res")),
        ("%%bash --out text --err bad\nls", ("text", "bad")),
        ("%%sql result <<\nselect 1", ("result",)),
        ("res = %sql select 1", ("res",)),
        ("%store -r a b", ("a", "b")),
        ("%%cython\ncpdef int f(int x):\n    return x\ndef g(x): return x", ("f", "g")),
        ("%timeit -o f()", ()),
    ],
)
def test_what_a_magic_binds(source: str, targets: tuple[str, ...]) -> None:
    assert only(source).targets == targets


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("!cp {src} $dst $$HOME", ("src", "dst")),
        ("!echo {{plain}} {f(x)[0]:>3}", ("f", "x")),
        ("!awk '{print $1}' f", ()),
        ("!echo ${name}", ("name",)),
        ("%cd {folder}", ("folder",)),
        ("%%R -i df\nx", ("df",)),
        ("%%bash\necho $x {y}", ()),
        ("%%!\necho $x", ("x",)),
        ("%time f('{x}')", ()),
        ("%store df", ("df",)),
        ("df.head?", ("df",)),
        ("%%sql\nselect * from t where a = :limit and b = {{ top }}", ("limit", "top")),
        ("%lprun -f slow slow(x)", ("slow",)),
    ],
)
def test_what_a_magic_reads(source: str, uses: tuple[str, ...]) -> None:
    assert only(source).uses == uses


def test_a_timed_body_has_a_namespace_of_its_own() -> None:
    magic = only("%%timeit -n 2 x = 1\ny = x")
    assert (magic.body, magic.body_line, magic.body_is_local) == ("x = 1\ny = x", 1, True)


def test_a_visible_body_is_marked() -> None:
    magic = only("import a\n%time x = f()")
    assert (magic.body, magic.line, magic.body_visible, magic.body_is_local) == ("x = f()", 2, True, False)


def test_positions_are_the_sources() -> None:
    magic = only("for i in r:\n    z = %sql a \\\n  b")
    assert (magic.line, magic.column, magic.end_line) == (2, 8, 3)


@pytest.mark.parametrize(
    ("source", "python"),
    [
        (">>> x = 1\n>>> if x:\n...     y\n", "x = 1\nif x:\n    y\n"),
        ("In [1]: x = 1\n   ...: y = 2", "x = 1\ny = 2"),
        ("    x = 1\n    y = 2", "x = 1\ny = 2"),
        ("%%time\n    x = 1", "      \nx = 1"),
    ],
)
def test_prompts_and_a_common_indentation_are_stripped(source: str, python: str) -> None:
    masked = mask(source)
    assert (masked.python, masked.shifted) == (python, True)


def test_a_prompt_inside_a_docstring_is_text() -> None:
    source = 'def f():\n    """Doc.\n\n    >>> f()\n    """'
    assert mask(source).python == source


@pytest.mark.parametrize(
    "source", ["foo(\n!ls", "'''\n%time", "x = (1,\n%magic", "!", "%", "%%", "?", "%%%", "=!", "\\"]
)
def test_broken_cells_keep_their_length(source: str) -> None:
    assert len(mask(source).python) == len(source)


def test_the_masked_text_parses_with_the_sources_line_numbers() -> None:
    tree = ast.parse(mask("%load_ext x\n\n%time y = 2\n!ls\nz = 3").python)
    lines = [node.lineno for node in tree.body if isinstance(node, ast.Assign)]
    assert lines == [3, 5]
