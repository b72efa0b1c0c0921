"""Findings at their cells, and silence where there is nothing to find."""

from __future__ import annotations

import pytest

from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.diagnostics import Diagnostic
from jupyter_mlcode.model.notebook import Cell, Notebook


def notebook(*cells: tuple[str, str]) -> Notebook:
    """Return a notebook from (tag, source) pairs; an empty tag is none."""
    made = tuple(
        Cell(index=i, id=f"c{i}", kind="code", source=source, tags=(tag,) if tag else ())
        for i, (tag, source) in enumerate(cells)
    )
    return Notebook(path="nb.ipynb", cells=made)


def found(*cells: tuple[str, str]) -> tuple[Diagnostic, ...]:
    return plan(notebook(*cells)).diagnostics


def codes(*cells: tuple[str, str]) -> list[tuple[str, int]]:
    """Return (code, cell number) of each finding."""
    return [(d.code, d.place.cell if d.place else 0) for d in found(*cells)]


def one(source: str) -> list[str]:
    """Return the codes for a notebook of one stage cell."""
    return [code for code, _ in codes(("stage:a", source))]


# -- names -------------------------------------------------------------------------------------
def test_an_undefined_name_is_an_error_with_the_nearest_name() -> None:
    (only,) = found(("stage:a", "df_cleaned = 1"), ("stage:a", "x = 1\nprint(df_clean)"))
    assert (only.code, only.place and only.place.line) == ("MLC021", 2)
    assert "df_cleaned" in only.hint


@pytest.mark.parametrize(
    "source",
    [
        "if verbose():\n    print(gone)\ndef verbose(): pass",
        "flag = True\nif flag:\n    print(gone)",
        "try:\n    gone\nexcept NameError:\n    pass",
        "ok = 1 or gone",
    ],
)
def test_an_undefined_name_that_need_not_be_read_is_no_error(source: str) -> None:
    assert not [d for d in found(("stage:a", source)) if d.code == "MLC021" and "gone" in d.message]


@pytest.mark.parametrize("name", ["__file__", "__name__", "get_ipython", "display", "__builtins__"])
def test_names_of_the_kernel_are_defined(name: str) -> None:
    assert "MLC021" not in one(f"x = {name}")


def test_a_value_bound_in_a_branch_may_be_missing_in_a_later_stage() -> None:
    assert codes(("stage:a", "f = 1\nif f:\n    best = 1"), ("stage:b", "print(best)")) == [("MLC024", 1)]


def test_a_value_bound_in_both_branches_is_there() -> None:
    source = "f = 1\nif f:\n    best = 1\nelse:\n    best = 2"
    assert codes(("stage:a", source), ("stage:b", "print(best)")) == []


def test_a_class_attribute_in_a_method_is_no_comprehension_trap() -> None:
    body = "n = 2\n    xs = [i for i in range(n)]\n    def f(self):\n        return [n for n in 'a']"
    assert one(f"class C:\n    {body}") == []


# -- interactive -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "source", ["for _ in 'ab':\n    pass\nprint(_)", "_ = 3\nprint(_)", "a, _ = 1, 2\nprint(_)"]
)
def test_an_underscore_of_ones_own_is_no_history(source: str) -> None:
    assert "MLC080" not in one(source)


@pytest.mark.parametrize(
    "source", ["best = _3", "print(Out[2])", "if True:\n    x = In[1]", "def f():\n    return __\nf()"]
)
def test_history_is_an_error(source: str) -> None:
    assert one(source) == ["MLC080"]


@pytest.mark.parametrize("source", ["if 'x' not in globals():\n    x = 1", "dir()", "d = {}\nd[k := 1] = 2"])
def test_a_look_at_the_namespace_is_no_error(source: str) -> None:
    assert "MLC092" not in one(source)


def test_eval_is_said_once() -> None:
    assert codes(("stage:a", "s = str(3)\neval(s)"), ("stage:a", "eval(s)")) == [("MLC093", 1)]


# -- secrets -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "source",
    [
        "API_KEY = 'a8f5f167f44f4964e6c998de'",
        "connect(host='h', password='hunter2-hunter2')",
        "cfg = {'db_password': 'tr0ub4dor&3'}",
        "import os\nos.environ['AWS_SECRET_ACCESS_KEY'] = 'wJalrXUtnFEMIK7MDENGbPxRfiCYzzzz12'",
        "url = 'postgresql://me:s3cretpw@db.example.org/x'",
        "x = 'AKIAIOSFODNN7ABCDEFG'",
        "def f(token='ghp_0123456789abcdefghijABCDEFGHIJ456789'):\n    pass",
        "%env GITHUB_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ456789",
    ],
)
def test_a_secret_is_an_error_that_does_not_repeat_it(source: str) -> None:
    secrets = [d for d in found(("stage:a", source)) if d.code == "MLC120"]
    assert len(secrets) == 1
    parts = ("a8f5", "hunter2", "tr0ub", "wJal", "s3cret", "AKIA", "ghp_")
    assert not any(part in secrets[0].message for part in parts)


@pytest.mark.parametrize(
    "source",
    [
        "key = 'customer_id'",
        "sort_key = 'order_date_2020'",
        "KEY_COLUMN = 'customer_id_1'",
        "token_pattern = r'(?u)\\b\\w\\w+\\b'",
        "vectorizer = dict(token='word2vec tokens')",
        "API_KEY = 'YOUR_API_KEY_123'",
        "API_KEY = '<put your key 1 here>'",
        "import os\nAPI_KEY = os.environ.get('API_KEY_1', '')",
        "password = input_field = 'password'",
        "password_column = 'passwords2019'",
        "pad_token = '<pad0001>'",
        "url = 'https://user:{pw}@example.org'",
        "task = 'risk-free-rate-estimation-2020'",
        "primary_key = 'id_order_2020'",
    ],
)
def test_an_ordinary_text_is_no_secret(source: str) -> None:
    assert "MLC120" not in one(source)


# -- world ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/home/me/a.csv", "~/a.csv", "C:/data/a.csv"])
def test_an_absolute_path_is_a_warning(path: str) -> None:
    assert "MLC121" in one(f"import pandas as pd\ndf = pd.read_csv({path!r})")


@pytest.mark.parametrize(
    "source", ["df = 1\ndf.plot(title='/a/b')", "print('/home/me')", "open('data/a.csv').read()"]
)
def test_a_text_with_a_slash_is_no_absolute_path(source: str) -> None:
    assert "MLC121" not in one(source)


def test_a_clock_inside_one_stage_is_nothing_to_say() -> None:
    assert one("import time\nt = time.time()\nprint(time.time() - t)") == []


def test_columns_count_characters() -> None:
    (only,) = found(("stage:a", "import os; name = 'é'; os.chdir('data')"))
    assert (only.code, only.place and only.place.column) == ("MLC135", 24)


# -- cells outside the stages ------------------------------------------------------------------
def test_a_skipped_cell_that_changes_a_value_is_a_warning() -> None:
    cells = (("stage:a", "xs = [1]"), ("skip", "xs = [2]"), ("stage:b", "print(xs)"))
    assert codes(*cells) == [("MLC032", 2)]


def test_a_skipped_cell_that_only_shows_something_is_silent() -> None:
    assert codes(("stage:a", "xs = [1]"), ("skip", "print(xs)"), ("stage:b", "print(xs)")) == []


def test_a_skipped_cell_that_alone_makes_a_name_is_an_error() -> None:
    assert ("MLC031", 1) in codes(("skip", "xs = [2]"), ("stage:b", "print(xs)"))


def test_an_untagged_cell_that_shows_something_is_left_out_with_a_note() -> None:
    assert codes(("stage:a", "xs = [1]"), ("", "print(xs)")) == [("MLC033", 2)]


def test_an_untagged_cell_that_writes_a_file_is_an_error_with_a_fix() -> None:
    (only,) = found(("stage:a", "xs = [1]"), ("", "open('out.txt', 'w').write('x')"))
    assert only.code == "MLC034"
    assert only.fix is not None
    assert only.fix.tag == "stage:a"


# -- sharing, figures, draws -------------------------------------------------------------------
def test_a_counter_in_a_closure_must_not_cross() -> None:
    inner = "def inc():\n        nonlocal n\n        n += 1\n        return n"
    maker = f"def counter():\n    n = 0\n    {inner}\n    return inc"
    assert ("MLC064", 1) in codes(("stage:a", f"{maker}\nc = counter()"), ("stage:b", "print(c())"))


def test_a_figure_saved_where_it_is_drawn_is_nothing_to_say() -> None:
    plot = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.savefig('a.png')"
    assert not [c for c in codes(("stage:a", plot), ("stage:b", plot)) if c[0] == "MLC099"]


def test_a_figure_drawn_by_something_unknown_may_be_there() -> None:
    first = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()"
    second = "import shap\nshap.summary_plot(1)\nplt.title('x')\nplt.savefig('a.png')"
    assert not [c for c in codes(("stage:a", first), ("stage:b", second)) if c[0] == "MLC099"]


def test_a_draw_names_the_keyword_that_makes_it_independent() -> None:
    source = (
        "import numpy as np\nnp.random.seed(1)\nimport pandas as pd\ns = pd.DataFrame({'a': [1]}).sample(1)"
    )
    (only,) = found(("stage:a", source))
    assert (only.code, "random_state" in only.hint) == ("MLC071", True)


def test_a_seeded_draw_is_nothing_to_say() -> None:
    assert one("import pandas as pd\ns = pd.DataFrame({'a': [1]}).sample(1, random_state=0)") == []


@pytest.mark.parametrize(
    "reader", ["for w in words:\n    print(w)", "x = list(words)", "x = words.pop()", "x = ','.join(words)"]
)
def test_the_order_of_a_set_that_crosses(reader: str) -> None:
    assert ("MLC131", 2) in codes(("stage:a", "words = {'a', 'b'}"), ("stage:b", reader))


@pytest.mark.parametrize("reader", ["print('a' in words)", "x = len(words)", "x = sorted(words)"])
def test_a_set_that_crosses_and_is_only_asked(reader: str) -> None:
    assert ("MLC131", 2) not in codes(("stage:a", "words = {'a', 'b'}"), ("stage:b", reader))


# -- logging -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("buf", True),
        ("stream=io.StringIO()", True),
        ("sys.stdout", False),
        ("sys.stderr", False),
        ("", False),
    ],
)
def test_a_handler_of_setup_that_collects_in_memory_is_refused(stream: str, expected: bool) -> None:
    setup = f"import io, logging, sys\nbuf = io.StringIO()\nh = logging.StreamHandler({stream})"
    use = ("stage:a", "logging.getLogger().addHandler(h)\nlogging.info('x')")
    assert (("MLC139", 1) in codes(("setup", setup), use)) is expected
    assert ("MLC139", 1) not in codes(("stage:a", setup), use)


# -- what lives in the process -----------------------------------------------------------------
HOOK = "import warnings\nseen = []\ndef show(*a): {body}\nwarnings.showwarning = show"


@pytest.mark.parametrize(
    ("body", "later", "expected"),
    [
        ("seen.append(a)", "x = 1", ["MLC144"]),
        ("print(a)", "x = 1", []),
        ("print(limit)", "x = limit", []),
        ("print(limit)", "limit = 3\nx = limit", ["MLC144"]),
    ],
)
def test_a_function_that_a_library_keeps(body: str, later: str, expected: list[str]) -> None:
    setup = ("setup", "limit = 2\n" + HOOK.format(body=body))
    found = codes(setup, ("stage:a", later), ("stage:b", "warnings.warn('w')"))
    assert [code for code, _ in found if code in ("MLC144", "MLC145")][:1] == expected


def test_what_is_set_for_the_process_by_work_that_must_run_once_is_refused() -> None:
    sets = "import codecs\ntext = open('t').read()\ncodecs.register_error(open('n').read(), str)"
    assert ("MLC145", 1) in codes(("stage:a", sets), ("stage:b", "print('é'.encode('ascii', 'n'))"))


_EXTRACT = "import traceback\ndef where(e):\n    return traceback.extract_tb(e.__traceback__)"


@pytest.mark.parametrize(
    ("made", "asked", "cell"),
    [
        ("def f(): return 1", "print(f.__code__.co_firstlineno)", 2),
        (_EXTRACT, "print(where(error)[-1].lineno)", 2),
        ("from traceback import extract_tb", "for file, line, name, text in extract_tb(e): print(line)", 2),
        ("import traceback as tb", "print(tb.extract_stack()[-1][1])", 2),
        ("import inspect as i", "print(i.stack()[0].lineno)", 2),
        ("import inspect\ndef f(): pass", "print(inspect.getsourcelines(f)[1])", 2),
        ("import warnings", "with warnings.catch_warnings(record=True) as w: go()\nprint(w[0].lineno)", 2),
        ("import logging\nlogging.basicConfig(format='%(lineno)d %(message)s')", "logging.warning('x')", 1),
        (_EXTRACT, "print(where(error)[-1].name)", 0),
        ("import ast\ntree = ast.parse('a = 1')", "print(tree.body[0].lineno)", 0),
        ("text = '%(lineno)d'", "print(text)", 0),
    ],
)
def test_numbers_of_lines_are_refused(made: str, asked: str, cell: int) -> None:
    found = {c for code, c in codes(("stage:a", made), ("stage:b", asked)) if code == "MLC146"}
    assert found == ({cell} if cell else set())


@pytest.mark.parametrize(
    ("made", "asked", "expected"),
    [
        ("import numpy as np\nv = np.arange(6)[2:]", "print(v.base is None)", True),
        ("import numpy as np\nv = np.arange(6)", "print(v.flags.owndata)", True),
        ("class Base: base = 1\nv = Base()", "print(v.base)", False),
        ("v = ValueError('x')", "print(v.__traceback__)", True),
        ("v = ValueError('x')", "import traceback\ntraceback.print_exception(v)", True),
        ("v = ValueError('x')", "import traceback\nprint(traceback.format_exc(), v)", False),
        ("v = w = 'text'", "print(v is w)", True),
        ("v = w = 'text'", "print(v == w, v is None)", False),
        ("v = w = [1]", "print(v is w)", False),
    ],
)
def test_questions_whose_answer_is_lost_between_stages(made: str, asked: str, expected: bool) -> None:
    assert (("MLC146", 2) in codes(("stage:a", made), ("stage:b", asked))) is expected
    assert "MLC146" not in one(f"{made}\n{asked}")


@pytest.mark.parametrize(
    ("backend", "later", "expected"),
    [
        ("mpl.use('agg')", "plt.plot([1])", True),
        ("mpl.use('agg')", "plt.figure()\nplt.plot([1])", False),
        ("mpl.use('agg')", "fig, ax = plt.subplots()\nax.plot([1])", False),
        ("mpl.use('agg')\n%matplotlib inline", "plt.plot([1])", False),
        ("%matplotlib widget", "plt.gca()", True),
        ("", "plt.plot([1])", False),
    ],
)
def test_figures_that_stay_open(backend: str, later: str, expected: bool) -> None:
    first = f"import matplotlib as mpl\n{backend}\nimport matplotlib.pyplot as plt\nplt.plot([2])"
    assert (("MLC147", 2) in codes(("stage:a", first), ("stage:b", later))) is expected


@pytest.mark.parametrize(
    ("again", "reader", "expected"),
    [
        ("open('helpers.py', 'w').write('x')", "helpers.f()", True),
        ("%%writefile helpers.py\nx = 1", "print(helpers)", True),
        (
            "open('helpers.py', 'w').write('x')\nimport importlib\nimportlib.reload(helpers)",
            "helpers.f()",
            False,
        ),
        ("open('other.py', 'w').write('x')", "helpers.f()", False),
        ("open('helpers.py', 'w').write('x')", "print(1)", False),
    ],
)
def test_a_module_that_is_written_again(again: str, reader: str, expected: bool) -> None:
    cells = (("stage:a", "import helpers\nhelpers.f()"), ("stage:b", again), ("stage:c", reader))
    assert (("MLC148", 2) in codes(*cells)) is expected


@pytest.mark.parametrize(
    ("more", "asked", "expected"),
    [
        ("", "threading.current_thread().name", True),
        (", name='x'", "threading.current_thread().name", False),
        ("", "1", False),
    ],
)
def test_threads_whose_names_count_on(more: str, asked: str, expected: bool) -> None:
    start = f"threading.Thread(target=print{more}).start()"
    cells = (("stage:a", f"import threading\n{start}\nprint({asked})"), ("stage:b", start))
    assert (("MLC149", 2) in codes(*cells)) is expected


@pytest.mark.parametrize(
    "line",
    [
        "traceback.print_exc()",
        "log.exception('no')",
        "log.error('no', exc_info=True)",
        "print(traceback.format_exc())",
    ],
)
def test_a_printed_traceback_is_noted_where_other_cells_define_functions(line: str) -> None:
    use = f"import logging, traceback\nlog = logging.getLogger()\ntry:\n    go()\nexcept ValueError:\n    {line}"
    assert ("MLC151", 2) in codes(("setup", "def go():\n    raise ValueError"), ("stage:a", use))
    assert "MLC151" not in one("def go():\n    raise ValueError\n" + use)


def test_exceptions_that_are_printed_without_a_traceback_are_not_noted() -> None:
    use = "import logging\ntry:\n    go()\nexcept ValueError as e:\n    logging.error('no', exc_info=0)\n    print(e)"
    assert "MLC151" not in dict(codes(("setup", "def go():\n    raise ValueError"), ("stage:a", use)))


@pytest.mark.parametrize("control", [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
def test_characters_that_turn_the_text_around_are_warned_of(control: int) -> None:
    assert ("MLC153", 1) in codes(("stage:a", f"x = 1\ny = 'ä{chr(control)}'  # {chr(control)}"))


def test_other_languages_are_no_finding() -> None:
    assert "MLC153" not in one("x = 'שלום עולם'  # مرحبا\nℌ = 1\nprint(H)")
