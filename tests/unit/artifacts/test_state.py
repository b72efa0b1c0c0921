"""Each kind of interpreter state, changed in one process and gone on with in the next."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.artifacts.conftest import Pipeline

# kind: (change it, show it, what a fresh process must have imported)
KINDS = {
    "python.random": ("random.seed(1); random.random()", "random.random()", "random"),
    "numpy.random": (
        "numpy.random.seed(1); numpy.random.normal()",
        "numpy.random.normal(size=2).tolist()",
        "numpy",
    ),
    "os.cwd": ("os.mkdir('data'); os.chdir('data')", "os.path.relpath(os.getcwd(), stage.folder)", "os"),
    "os.environ": (
        "os.environ['NEW_ONE'] = 'x'; del os.environ['OLD_ONE']",
        "[os.environ.get('NEW_ONE'), os.environ.get('OLD_ONE'), os.environ['OTHER']]",
        "os",
    ),
    "sys.path": ("sys.path.insert(0, '../src')", "[sys.path[0], sys.path.count(''), len(sys.path)]", "sys"),
    "sys.recursionlimit": ("sys.setrecursionlimit(4321)", "sys.getrecursionlimit()", "sys"),
    "locale": (
        "locale.setlocale(locale.LC_NUMERIC, 'C.UTF-8')",
        "locale.setlocale(locale.LC_NUMERIC)",
        "locale",
    ),
    "decimal.context": (
        "decimal.getcontext().prec = 50; decimal.getcontext().traps[decimal.Inexact] = False",
        "str(decimal.Decimal(1) / 3)",
        "decimal",
    ),
    "logging.config": (
        "logging.basicConfig(level=logging.INFO, format='%(message)s'); logging.getLogger('mine').setLevel(5);"
        " logging.getLogger('mine').addHandler(logging.StreamHandler(__import__('sys').stdout))",
        "[logging.root.level, [[type(h).__name__, h.formatter._fmt] for h in logging.root.handlers],"
        " logging.getLogger('mine').level, len(logging.getLogger('mine').handlers)]",
        "logging",
    ),
    "matplotlib.rcParams": (
        "__import__('seaborn').set_theme(); matplotlib.rcParams['figure.dpi'] = 77",
        "[matplotlib.rcParams['figure.dpi'], matplotlib.rcParams['axes.facecolor'], matplotlib.colors.to_hex('b'),"
        " str(matplotlib.rcParams['axes.prop_cycle'])]",
        "matplotlib.colors",
    ),
    "pandas.options": (
        "pandas.set_option('display.max_rows', 7); pandas.set_option('display.float_format', lambda x: f'<{x}>')",
        "[pandas.get_option(f'display.{name}') for name in ('max_rows', 'precision')]"
        " + [pandas.get_option('display.float_format')(1.5)]",
        "pandas",
    ),
    "sklearn.config": (
        "sklearn.set_config(transform_output='pandas')",
        "sklearn.get_config()['transform_output']",
        "sklearn",
    ),
    "numpy.printoptions": (
        "numpy.set_printoptions(precision=2, formatter={'float': lambda x: f'{x:.1f}!'})",
        "str(numpy.array([1.23456]))",
        "numpy",
    ),
    "numpy.errstate": ("numpy.seterr(divide='raise', over='ignore')", "numpy.geterr()", "numpy"),
    "warnings.filters": (
        "warnings.filterwarnings('ignore', message='be.*', category=FutureWarning);"
        " warnings.simplefilter('error', UserWarning)",
        "[[f[0], getattr(f[1], 'pattern', f[1]), f[2].__name__, f[4]] for f in warnings.filters]",
        "warnings",
    ),
}


MODULES = "import matplotlib.colors; matplotlib.colors.to_hex('b')  # now it is cached\n" + "\n".join(
    f"import {module}" for module in sorted({module for _, _, module in KINDS.values()})
)
SHOW = (
    "import json\nprint(json.dumps({"
    + ", ".join(f"{kind!r}: {show}" for kind, (_, show, _) in KINDS.items())
    + "}))"
)
ENVIRON = {"OLD_ONE": "1", "OTHER": "2"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each kind shows in a stage that changes it, in the one after, and in the one after that."""
    pipeline = Pipeline.at(tmp_path_factory.mktemp("state"))
    kinds = ", ".join(map(repr, KINDS))
    change = "\n".join(change for change, _, _ in KINDS.values())
    codes = {
        "changed": f"{MODULES}\n{change}\nstage.save_state({kinds})\n{SHOW}",
        "imported before": f"{MODULES}\nstage.restore_state('changed', {kinds})\nstage.save_state({kinds})\n{SHOW}",
        "imported by restoring": f"stage.restore_state('imported-before', {kinds})\n{MODULES}\n{SHOW}",
    }
    return {
        name: json.loads(pipeline.run(name.replace(" ", "-"), code, **ENVIRON))
        for name, code in codes.items()
    }


@pytest.mark.parametrize("stage", ["imported before", "imported by restoring"])
@pytest.mark.parametrize("kind", KINDS)
def test_state_goes_on_where_the_stage_before_left_it(shown: Any, kind: str, stage: str) -> None:
    assert shown[stage][kind] == shown["changed"][kind]


def test_state_of_a_library_that_was_not_imported_is_left_alone(pipeline: Any) -> None:
    kinds = "'numpy.random', 'pandas.options', 'matplotlib.rcParams', 'sklearn.config', 'torch.random'"
    pipeline.run("a", f"stage.save_state({kinds})")
    code = f"import sys; stage.restore_state('a', {kinds})\nprint('numpy' in sys.modules, 'pandas' in sys.modules)"
    out = pipeline.run("b", code)
    assert out.strip() == "False False"


def test_options_that_were_reset_are_reset(pipeline: Any) -> None:
    pipeline.run("a", "import pandas; stage.save_state('pandas.options')")
    code = """
        import pandas
        pandas.set_option("display.max_rows", 3)
        stage.restore_state("a", "pandas.options")
        print(pandas.get_option("display.max_rows"))
    """
    assert pipeline.run("b", code).strip() == "60"


def test_restoring_gives_no_warning(pipeline: Any) -> None:
    kinds = ", ".join(map(repr, KINDS))
    pipeline.run("a", f"import pandas, matplotlib.pyplot, sklearn\nstage.save_state({kinds})")
    pipeline.run("b", f"import warnings; warnings.simplefilter('error')\nstage.restore_state('a', {kinds})")


def test_a_logger_that_writes_to_a_file_goes_on_writing_there(pipeline: Any) -> None:
    begin = "import logging\nlogging.basicConfig(filename='run.log', level='INFO')\nlogging.info('one')\n"
    pipeline.run("a", begin + "stage.save_state('logging.config')")
    pipeline.run("b", "import logging\nstage.restore_state('a', 'logging.config')\nlogging.info('two')")
    assert (pipeline.folder.parent / "run.log").read_text() == "INFO:root:one\nINFO:root:two\n"


def test_unknown_kinds_and_kinds_that_were_not_saved_are_refused(pipeline: Any) -> None:
    assert "did you mean 'numpy.random'" in pipeline.run(
        "a", "stage.save_state('numpy.randon')", code_expected=1
    )
    pipeline.run("a", "stage.save_state('os.cwd')")
    err = pipeline.run("b", "stage.restore_state('a', 'python.random')", code_expected=1)
    assert "stage 'a' did not save python.random" in err


def test_a_moved_pipeline_goes_on_in_its_own_folders(pipeline: Any, tmp_path: Any) -> None:
    change = "import os, sys; os.mkdir('data'); os.chdir('data'); sys.path.append('../src')\n"
    pipeline.run("a", change + "stage.save_state('os.cwd', 'sys.path')")
    moved = pipeline.folder.parent.rename(tmp_path / "moved")
    show = "import os, sys, json; print(json.dumps([os.getcwd(), sys.path[-2:]]))"
    out = Pipeline(moved / "churn").run("b", f"stage.restore_state('a', 'os.cwd', 'sys.path')\n{show}")
    assert json.loads(out) == [str((moved / "data").resolve()), [str((moved / "churn").resolve()), "../src"]]
