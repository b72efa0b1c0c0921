from __future__ import annotations

import ast
import asyncio
import subprocess
import types
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.utils.text import DollarFormatter

from jupyter_mlcode.codegen.expansion import expanded
from jupyter_mlcode.codegen.magics import with_notebook_lines
from jupyter_mlcode.codegen.translation import future_features, to_script

CASES = [
    ("x = 1\n# a comment\n\ny = 2", "x = 1\n# a comment\n\ny = 2"),
    ("%matplotlib inline\nx = 1", "# notebook: %matplotlib inline\nx = 1"),
    ("%load_ext autoreload\n%autoreload 2", "# notebook: %load_ext autoreload\n# notebook: %autoreload 2"),
    ("%%time\nx = f()", "# notebook: %%time\nx = f()"),
    ("%%capture\nx = f()", "# notebook: %%capture\nx = f()"),
    (
        "%%capture --no-stderr out\nx = f()",
        "# notebook: %%capture --no-stderr out\nfrom contextlib import ExitStack\n"
        "from IPython.utils.capture import capture_output\ncapturing = ExitStack()\n"
        "out = capturing.enter_context(capture_output(stderr=False))\nx = f()\ncapturing.close()",
    ),
    ("%%prun -q f(1)\ny = 1", "# notebook: %%prun -q f(1)\nf(1)\ny = 1"),
    ("%time x = f()", "x = f()"),
    ("%timeit -n 3 f(x)", "f(x)"),
    ("!ls {folder}/*.csv $out", 'stage.shell(f"ls {folder}/*.csv {out}")'),
    ("files = !ls {folder}", 'files = stage.shell_lines(f"ls {folder}")'),
    ("!awk '{print $1}' a.txt", "stage.shell(\"awk '{print $1}' a.txt\")"),
    ("%env A=1", '__import__("os").environ["A"] = "1"'),
    ("%set_env A {x}", '__import__("os").environ["A"] = f"{x}"'),
    ("home = %env HOME", 'home = __import__("os").environ["HOME"]'),
    ("%pip install pandas", "# notebook: %pip install pandas"),
    ("!pip install -q pandas", "# notebook: !pip install -q pandas"),
    ("!pip freeze", 'stage.shell("pip freeze")'),
    ("%cd data", '__import__("os").chdir("data")'),
    ("%cd ~/x", '__import__("os").chdir(__import__("os").path.expanduser("~/x"))'),
    ("%xdel x", "del x"),
    ("%debug", "# notebook: %debug"),
    ("%ls -l", 'stage.shell("ls -l")'),
    ("df.head?", "# notebook: df.head?"),
    ("if x:\n    %matplotlib inline", "if x:\n    pass  # notebook: %matplotlib inline"),
    ("if x:\n    !ls", 'if x:\n    stage.shell("ls")'),
    ("%%bash\nls\npwd", 'stage.shell("""\\\nbash <<\'EOF\'\nls\npwd\nEOF""")'),
    ("from __future__ import annotations\nx = 1", "# at the top: from __future__ import annotations\nx = 1"),
    ("import os; from __future__ import annotations; x = 1", "import os; pass; x = 1"),
    ("get_ipython().run_line_magic('matplotlib', 'inline')", "# notebook: %matplotlib inline"),
    ("if x:\n    get_ipython().system('ls -l')", 'if x:\n    stage.shell("ls -l")'),
    ("get_ipython().run_line_magic(name, 'x')", "get_ipython().run_line_magic(name, 'x')"),
    ("\ufeffx = 1\r\ny = 2\r\n", "x = 1\ny = 2"),
    ("s = 'a\u2028b'\n%time f()", "s = 'a\u2028b'\nf()"),
    ("folder = %pwd", 'folder = __import__("os").getcwd()'),
    ("%cd -q data", '__import__("os").chdir("data")'),
    ("%%sx\necho 1\necho x\n", 'stage.shell_lines("echo 1\\necho x")'),
    (
        "get_ipython().run_line_magic('time', 'f()\\ng()')",
        "get_ipython().run_line_magic('time', 'f()\\ng()')",
    ),
    ("%%html\n<b>\nimport os", "# notebook only, %%html\n# <b>\n# import os"),
]


@pytest.mark.parametrize(("source", "script"), CASES)
def test_a_cell_reads_as_plain_python(source: str, script: str) -> None:
    assert to_script(source) == script
    ast.parse(script)


NO_COUNTERPART = [
    "%sql select 1",
    "rows = %sql select 1",
    "%%R -i df\nplot(df)",
    "%cd -",
    "%run nb.ipynb",
    "%set_env A",
    "%%writefile",
]


@pytest.mark.parametrize("source", NO_COUNTERPART)
def test_a_magic_without_counterpart_raises_an_error_that_names_it(source: str) -> None:
    name = source.split("%")[-1].split()[0]
    with pytest.raises(NotImplementedError, match=f"%{name}.*no such magic"):
        exec(to_script(source), {})


def test_the_stage_variable_is_the_one_of_the_script() -> None:
    assert to_script("!ls", stage="mlcode_stage") == 'mlcode_stage.shell("ls")'


BODIES = ['x = """a\\n\t\u2028"""\n', "plain\n\n", 'ends with quote"\n', "\\\n", "\x0c\x00"]


@pytest.mark.parametrize("body", BODIES)
def test_writefile_writes_the_body(body: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(to_script(f"%%writefile {{name}}.txt\n{body}"), {"name": "out"})
    written = (tmp_path / "out.txt").read_bytes().decode()
    assert written == (body if body.endswith("\n") else f"{body}\n")


def test_writefile_goes_on_with_a_file_and_knows_the_home_folder(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    exec(to_script("%%writefile ~/a.txt\none"), {})
    exec(to_script("%%writefile -a ~/a.txt\ntwo"), {})
    assert (tmp_path / "a.txt").read_text() == "one\ntwo\n"


def test_a_shell_cell_with_a_document_of_its_own_runs_as_a_whole() -> None:
    body = "cat <<EOF\nhello\nEOF\necho after\n"
    commands: list[str] = []
    exec(to_script(f"%%bash\n{body}"), {"stage": types.SimpleNamespace(shell=commands.append)})
    done = subprocess.run(["sh", "-c", *commands], capture_output=True, text=True, check=True)
    assert done.stdout == "hello\nafter\n"


def test_run_binds_the_names_of_the_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("x = 1\ndef f():\n    return x")
    names: dict[str, Any] = {"__name__": "mine"}
    exec(to_script("%run a.py"), names)
    assert (names["x"], names["f"](), names["__name__"]) == (1, 1, "mine")


NAMESPACE = {"x": 3, "path": "a b", "d": {"k": [1, 2]}, "f": len, "name": "n"}


@pytest.mark.parametrize(
    "command",
    [
        "cp {path} $x", "echo $HOME", "echo {x} $HOME", "awk '{print $1}'", "echo $$x {{x}}", "echo {d['k'][0]}",
        "echo '$x' $x", 'echo "{d["k"]}"', "echo {x!r} {path!r}", "echo {x:>5}", "echo {f(path)}", "echo {", "echo }",
        "echo {}", "echo {[i for i in d['k']]}", "echo {d['k'][0:1]}", 'echo "quoted {x}"', "echo {missing} {x}",
        "echo \\n {x}", "echo {x if x else 0}", "echo $1", "echo {{x}}", "echo {{ {x} }}",
        "a\u2028 {x}",         "echo {'a' 'b'}", "echo {(lambda y: y)(x)}", "echo ${x}", "echo {{", "{ {1: 2}[1] }",
        "echo {x, 'a'}", "echo {x#}{{", "echo {x  # {'a'}\n}", "echo {'#'}{x}",
    ],
)  # fmt: skip
def test_commands_expand_as_in_ipython(command: str) -> None:
    assert eval(expanded(command, frozenset(NAMESPACE)), dict(NAMESPACE)) == _ipython(command)


@given(st.text(alphabet="x{}$'\" !r:a.[]()\\\n#", max_size=12))
def test_any_command_expands_as_in_ipython_or_raises(command: str) -> None:
    code = expanded(command, frozenset(NAMESPACE))
    try:
        value = eval(code, dict(NAMESPACE))
    except (AttributeError, TypeError, ValueError, KeyError, IndexError):
        return  # IPython would run the text as it stands; a script says no
    assert value == _ipython(command)


def _ipython(command: str) -> str:
    try:
        return str(DollarFormatter().vformat(command, args=[], kwargs=dict(NAMESPACE)))
    except Exception:  # noqa: BLE001 - as IPython's own var_expand
        return command


class Loop:
    def run_async(self, coroutine: Any) -> Any:
        return asyncio.run(coroutine)


def test_top_level_await_binds_the_same_names() -> None:
    source = (
        "import asyncio as aio\n"
        "async def f(n):\n    await aio.sleep(0)\n    return n\n"
        "x: int = await f(1)\n"
        "later: str\n"
        "text = '''a\n  b'''\n"
        "y, *rest = [await f(i) for i in range(3)]\n"
        "if (z := await f(5)):\n    w = [i async for i in aiter_of(3)]\n"
        "with open(__import__('os').devnull) as handle:\n    pass\n"
        "class Own(*[await f(object)]):\n    inside = 1\n"
        "Own.size: int = 4\n"
        "match {'a': 1, 'b': 2}:\n    case {'a': first, **others}:\n        pass\n"
        "match [1, 2, 3]:\n    case [_, *tail]:\n        pass\n"
        "error = 1\n"
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    pass\n"
    )
    names: dict[str, Any] = {"stage": Loop(), "aiter_of": _aiter_of}
    exec(to_script(source), names)
    found = {name: names[name] for name in ("x", "text", "y", "rest", "z", "w")}
    assert found == {"x": 1, "text": "a\n  b", "y": 0, "rest": [1, 2], "z": 5, "w": [0, 1, 2]}
    assert (names["Own"].size, names["first"], names["others"], names["tail"]) == (4, 1, {"b": 2}, [2, 3])
    assert "handle" in names
    assert not {"later", "error", "inside"} & set(names)


def test_a_star_import_beside_an_await_says_what_to_do() -> None:
    with pytest.raises(NotImplementedError, match="use two cells"):
        exec(to_script("from math import *\nx = await f()"), {"stage": Loop()})


async def _aiter_of(count: int) -> Any:
    for number in range(count):
        yield number


def test_a_coroutine_that_is_only_defined_stays_as_it_is() -> None:
    source = "async def f():\n    await g()"
    assert to_script(source) == source


def test_what_timeit_assigns_is_lost_and_what_it_changes_stays() -> None:
    names: dict[str, Any] = {"items": []}
    exec(to_script("%%timeit -n1 -r1 k = 1\nitems.append(k)\nj = 2"), names)
    assert names["items"] == [1]
    exec(to_script("%timeit -n1 -r1 k = items.append(2)"), names)
    assert names["items"] == [1, 2]
    assert not {"k", "j"} & set(names)


def test_front_end_lines_come_back_in_a_notebook() -> None:
    source = "%matplotlib inline\nif x:\n    %config A.b = 'retina'"
    assert with_notebook_lines(to_script(source)) == source


def test_future_imports_are_found_behind_magics() -> None:
    assert future_features("%matplotlib inline\nfrom __future__ import annotations, division\nx=1") == (
        "annotations",
        "division",
    )
    assert future_features("text = 'from __future__ import x'") == ()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("global x\nx = 1", "pass\nx = 1"),
        ("if y:\n    global x; x = 1  # é", "if y:\n    pass; x = 1  # é"),
        ("def f():\n    global x\n    x = 1", "def f():\n    global x\n    x = 1"),
        ("print(x)\\\n\n", "print(x)"),
        ("x = 1  # a \\", "x = 1  # a \\"),
    ],
)
def test_what_a_cell_may_say_and_a_module_not(source: str, text: str) -> None:
    assert to_script(source) == text
