"""The guards in processes of their own: what they find, and that they are silent where nothing is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from jupyter_mlcode.artifacts import guards_path


class Stages:
    """Runs stages one after the other, each in a fresh process under the guards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records: list[str] = []

    def run(self, name: str, before: str, own: str, **config: Any) -> list[tuple[str, str]]:
        record = str(self.folder / f"{name}.json")
        known = {"stage": name, "record": record, "previous": list(self.records), "folder": str(self.folder)}
        full = {**known, **config}
        self.records.append(record)
        start = f"__import__('runpy').run_path({str(guards_path())!r})['start']({full!r})"
        end = "__import__('sys').modules['mlcode_guards'].end()"
        code = "\n".join([textwrap.dedent(before), start, textwrap.dedent(own), end])
        environ = {**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": ""}
        line = [sys.executable, "-c", code]
        done = subprocess.run(line, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        found = json.loads(Path(record).read_text("utf-8"))["findings"]
        return [(finding["code"], finding["entry"]) for finding in found]


@pytest.fixture
def stages(tmp_path: Path) -> Stages:
    return Stages(tmp_path)


@pytest.mark.slow
def test_stages_that_import_different_libraries_give_no_alarm(stages: Stages) -> None:
    imports = [
        "import pandas as pd",
        "import json",
        "import seaborn as sns, matplotlib.pyplot as plt",
        "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import train_test_split",
        "import scipy.stats, scipy.optimize, statsmodels.api as sm",
        "import numpy as np",
        "import statsmodels.formula.api as smf, sklearn.linear_model, seaborn, pandas, matplotlib.pyplot as plt",
    ]
    work = """
        import sys
        if "seaborn" in sys.modules:
            import matplotlib.pyplot as plt
            fig, ax = plt.subplots()
            sys.modules["seaborn"].histplot([1, 2, 2, 3], ax=ax)
            fig.savefig("f.png")
            plt.close("all")
        if "pandas" in sys.modules:
            frame = sys.modules["pandas"].DataFrame({"a": [1.0, 2, 3, 4], "b": [0, 1, 0, 1]})
            frame.describe().to_string()
            frame.to_csv("f.csv")
        if "sklearn.linear_model" in sys.modules:
            sys.modules["sklearn.linear_model"].LogisticRegression().fit([[0], [1], [2], [3]], [0, 1, 0, 1])
        if "statsmodels.api" in sys.modules:
            str(sys.modules["statsmodels.api"].OLS([1.0, 2, 3], [1.0, 2, 4]).fit().params)
    """
    for number, line in enumerate(imports):
        assert stages.run(f"s{number}", line, work) == []
    assert stages.run("all", "\n".join(imports), work) == []
    inside = "\n".join(imports) + textwrap.dedent(work)
    assert (
        stages.run("inside", "", inside, state=["python.random"]) == []
    )  # rich, if there, draws when imported


def test_an_input_that_changes_undeclared(stages: Stages) -> None:
    setup = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]}); xs = [1]; kept = [2]; ok = {}; ys = [3]"
    own = "df.loc[0, 'a'] = 5; xs.append(2); ok['a'] = 1; ys = ys + [4]; kept[0]"
    found = stages.run("a", setup, own, inputs=["df", "xs", "kept", "ok", "ys", "gone"], changed=["ok"])
    assert found == [("MLC221", "df"), ("MLC221", "xs")]


def test_outputs_that_share_an_object(stages: Stages) -> None:
    own = """
        import numpy as np
        X = np.zeros(10); head = X[:3]; other = np.zeros(3)
        xs = [1]; holder = {"deep": [xs]}; text = "shared text"; texts = [text]
        def counter():
            n = 0
            def step():
                nonlocal n
                n += 1
            def look():
                return n
            return step, look
        step, look = counter()
    """
    names = ["X", "head", "other", "xs", "holder", "text", "texts", "step", "look"]
    outputs = {name: [name] for name in names}
    assert stages.run("a", "", own, outputs=outputs) == [
        *(("MLC222", "X, head"), ("MLC222", "xs, holder"), ("MLC222", "step, look"))
    ]
    assert stages.run("b", "", own, outputs=outputs, exposed=["xs"]) == [("MLC222", "xs, holder")]
    grouped = {"X+head": ["X", "head"], "holder+xs": ["xs", "holder"], "look+step": ["step", "look"]}
    assert stages.run("c", "", own, outputs=grouped) == []


def test_frames_that_share_memory_under_copy_on_write_do_not_share_objects(stages: Stages) -> None:
    own = "import pandas as pd\ndf = pd.DataFrame({'a': [1.5, 2]}); df2 = df.rename(columns={'a': 'b'}); s = df['a']"
    assert stages.run("a", "", own, outputs={name: [name] for name in ("df", "df2", "s")}) == []


def test_frames_that_hold_the_same_list_in_a_cell_share_it(stages: Stages) -> None:
    own = "import pandas as pd\ndf = pd.DataFrame({'n': [1, 2], 'a': [[1], [2]]}); other = df[df.n > 1]; one = df['n']"
    outputs = {name: [name] for name in ("df", "other", "one")}
    assert stages.run("a", "", own, outputs=outputs) == [("MLC222", "df, other")]


STATES = {
    "os.cwd": "import os; os.makedirs('data', exist_ok=True); os.chdir('data')",
    "os.environ": "import os; os.environ['MODE'] = 'x'",
    "sys.path": "import sys; sys.path.append('src')",
    "sys.recursionlimit": "import sys; sys.setrecursionlimit(5000)",
    "locale": "import locale; locale.setlocale(locale.LC_NUMERIC, 'C.UTF-8')",
    "decimal.context": "import decimal; decimal.getcontext().prec = 5",
    "logging.config": "import logging; logging.basicConfig(level=10)",
    "warnings.filters": "import warnings; warnings.filterwarnings('ignore')",
    "numpy.printoptions": "numpy.set_printoptions(precision=2)",
    "numpy.errstate": "numpy.seterr(all='ignore')",
    "pandas.options": "pandas.set_option('mode.chained_assignment', None) if pandas.__version__ < '3' else "
    "pandas.set_option('display.max_rows', 5)",
    "sklearn.config": "sklearn.set_config(transform_output='pandas')",
    "matplotlib.rcParams": "matplotlib.rcParams['figure.dpi'] = 50",
}
IMPORTS = "import numpy, pandas, sklearn, matplotlib.pyplot"


def test_every_kind_of_state_that_changes_undeclared_and_does_not_reach_the_next_stage(
    stages: Stages,
) -> None:
    changed = [("MLC224", kind) for kind in STATES]
    everything = "\n".join(STATES.values())
    assert sorted(stages.run("a", IMPORTS, everything)) == sorted(changed)
    assert sorted(stages.run("b", IMPORTS, "")) == sorted(("MLC223", kind) for kind in STATES)
    stages.records.pop()
    assert stages.run("c", "import json", "") == [
        ("MLC223", kind)
        for kind in STATES
        if kind.split(".")[0] in ("os", "sys", "locale", "decimal", "logging", "warnings")
    ]
    stages.records.pop()
    assert stages.run("d", IMPORTS, "", ignore=list(STATES)) == []
    stages.records.pop()
    assert stages.run("e", f"{IMPORTS}\n{everything}", "") == []
    assert stages.run("f", IMPORTS, everything, state=list(STATES), ignore=list(STATES)) == []


def test_random_numbers_that_do_not_go_on(stages: Stages) -> None:
    draw = "numpy.random.rand(); random.random()"
    setup = "import numpy, random; numpy.random.seed(1); random.seed(1)"
    kinds = ["numpy.random", "python.random"]
    assert stages.run("a", setup, draw, state=kinds) == []
    assert stages.run("b", "import numpy, random", "") == []  # draws nothing
    assert stages.run("c", "import numpy, random", draw, state=kinds) == [
        *(("MLC223", "python.random"), ("MLC223", "numpy.random"))
    ]
    stages.records.pop()
    assert stages.run("d", setup + "; " + draw, draw, state=kinds) == []
    assert [code for code, _ in stages.run("e", setup + ";" + draw + ";" + draw, draw)] == [
        "MLC224",
        "MLC224",
    ]


def test_a_seed_in_the_first_stage_counts_although_it_draws_nothing(stages: Stages) -> None:
    assert stages.run("a", "import random; random.seed(1)", "", state=["python.random"]) == []
    assert ("MLC223", "python.random") in stages.run(
        "b", "import random", "random.random()", state=["python.random"]
    )


def test_figures_left_open_for_the_next_stage(stages: Stages) -> None:
    assert stages.run("a", IMPORTS, "matplotlib.pyplot.figure()") == []
    assert stages.run("b", IMPORTS, "") == [("MLC223", "matplotlib.figures")]


def test_setup_that_gives_another_value(stages: Stages) -> None:
    setup = "import os\ndef f(x): return x + {}\nK = {}; same = [1]"
    bound = dict.fromkeys(("f", "K", "same"), "one")
    assert stages.run("a", setup.format(1, 1), "", setup=bound) == []
    assert stages.run("b", "\n\n" + setup.format(1, 1), "", setup=bound) == []
    found = stages.run("c", setup.format(2, 3), "", setup={**bound, "not there": "one"})
    assert sorted(set(found)) == [("MLC225", "K"), ("MLC225", "f")]
    assert stages.run("d", setup.format(4, 5), "", setup=dict.fromkeys(bound, "another statement")) == []


def test_declared_files_that_are_missing(stages: Stages) -> None:
    own = """
        import os
        os.makedirs("out/a")
        for name in ("there.json", "out/a/x.png"):
            open(name, "w").close()
        os.chdir("out")
    """
    files = ["there.json", "out/**/*.png", "missing.csv"]
    assert stages.run("a", "", own, files=files, state=["os.cwd"]) == [("MLC226", "missing.csv")]


def test_a_record_holds_no_value_of_the_environment(stages: Stages) -> None:
    stages.run("a", "import os; os.environ['TOKEN'] = 'very-secret'", "os.environ['OTHER'] = 'hidden-too'")
    text = (stages.folder / "a.json").read_text("utf-8")
    assert "TOKEN" in text
    assert "secret" not in text
    assert "hidden" not in text


def test_the_state_is_the_same_wherever_the_folder_is(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "data").mkdir(parents=True)
    stages = Stages(one)
    change = "import os, sys; sys.path.append(os.getcwd() + '/src'); os.chdir('data')"
    stages.run("a", "", change, state=["os.cwd", "sys.path"], folder=str(one))
    stages.folder = other
    assert stages.run("b", change, "", folder=str(other)) == []


def test_a_snapshot_names_all_variables_and_the_state(stages: Stages) -> None:
    own = "x = [1]; _mine = 2; import json\nsys = __import__('sys'); sys.modules['mlcode_guards'].snapshot('shot.json')"
    stages.run("a", "", own)
    found = json.loads((stages.folder / "shot.json").read_text())
    assert {"x", "_mine", "json"} <= found["variables"].keys()
    assert found["variables"]["x"]["repr"] == "[1]"
    assert "python.random" in found["state"]


def test_the_guards_leave_the_notebooks_names_and_random_numbers_alone(stages: Stages) -> None:
    setup = "import random, warnings; random.seed(1)\n"
    setup += "before = (set(globals()), random.getstate(), list(warnings.filters))"
    own = "assert (set(globals()) - {'before'}, random.getstate(), list(warnings.filters)) == before"
    assert stages.run("a", setup, own) == []
