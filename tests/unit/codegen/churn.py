"""The pipeline of the churn notebook, built by hand: what the graph room makes of it."""

from __future__ import annotations

from typing import Any

from jupyter_mlcode.model.notebook import Cell, CellKind, Notebook
from jupyter_mlcode.model.pipeline import (
    Artifact,
    Carried,
    Definition,
    Edge,
    FileUse,
    ImportDefinitions,
    LeftOut,
    Load,
    OwnCell,
    Parameter,
    Pipeline,
    Replay,
    RestoreState,
    Save,
    SaveState,
    Stage,
)

NUMPY = "numpy.random"
SETUP = """\
import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split

plt.rcParams["figure.figsize"] = (8, 4)
np.random.seed(42)"""
PARAMETERS = """\
data_path: str = "data/churn.csv"  # one row per customer
test_size: float = 0.25
n_estimators: int = 120
threshold: float = 0.5  # at or above: we call the customer"""
ADD_RATIOS = """\
def add_ratios(table):
    table["calls_per_month"] = table["calls"] / table["tenure"]"""
DECIDE = "def decide(p):\n    return p >= threshold"
CELLS: tuple[tuple[str, str, str], ...] = (
    ("m0", "", "# Churn"),
    ("b1c0ffee", "parameters", PARAMETERS),
    ("0a51e7d2", "setup", SETUP),
    ("m1", "", "## Load"),
    ("7d20aa01", "stage:load", "df = pd.read_csv(data_path)\ndf.head()"),
    ("99aa0001", "", "df.describe()"),
    ("m2", "", "## Prepare\nRows without a bill are customers in their first month; we leave them out."),
    ("c3f1be77", "setup", ADD_RATIOS),
    ("5be90c12", "stage:prepare", "df = df.dropna()\nadd_ratios(df)  # in place"),
    (
        "e01d44f3",
        "stage:prepare",
        'X, y = df.drop(columns="churned"), df["churned"]\n'
        "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=test_size, stratify=y)",
    ),
    ("m3", "", "## Train"),
    ("3fd2a9b0", "stage:train", "model = RandomForestClassifier(n_estimators)\nhistory = []"),
    (
        "81c64be5",
        "stage:train",
        "model.fit(X_train, y_train)\nhistory.append(model.score(X_train, y_train))  # train accuracy",
    ),
    ("m4", "", "## Evaluate"),
    ("d0e8127a", "setup", DECIDE),
    (
        "46a0f9d8",
        "stage:evaluate",
        "proba = model.predict_proba(X_test)[:, 1]\n"
        "boot = [roc_auc_score(y_test.iloc[i], proba[i]) for i in "
        "np.random.randint(0, len(y_test), (50, len(y_test)))]\n"
        'metrics = {"auc": roc_auc_score(y_test, proba), "auc_low": float(np.quantile(boot, 0.05)), '
        '"f1": f1_score(y_test, decide(proba)), "train": history[-1]}\n'
        "print(metrics)",
    ),
    ("aa10bc39", "stage:evaluate", 'plt.hist(proba, bins=20)\nplt.savefig("scores.png")'),
    (
        "f4c2d951",
        "stage:evaluate",
        'with open("metrics.json", "w") as f:\n    json.dump(metrics, f, indent=1)',
    ),
)


def notebook(
    triples: tuple[tuple[str, str, str], ...] = CELLS, path: str = "churn.ipynb", **more: Any
) -> Notebook:
    """Return a notebook of (id, tag, source) triples; an id that starts with m makes it Markdown."""
    made = []
    for index, (name, tag, source) in enumerate(triples):
        kind: CellKind = "markdown" if name.startswith("m") else "code"
        tags = (tag,) if tag else ()
        made.append(Cell(index=index, id=name, kind=kind, source=source, tags=tags))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return Notebook(**{"path": path, "cells": tuple(made), "metadata": metadata, **more})


def _artifacts(*names: str) -> tuple[Artifact, ...]:
    return tuple(Artifact(key=name, names=(name,)) for name in names)


def _setup(*lines: tuple[int, str]) -> tuple[Replay, ...]:
    return tuple(Replay(cell=2, lines=(number, number), text=text) for number, text in lines)


def _load() -> Stage:
    return Stage(
        name="load",
        title="Load",
        cells=(4,),
        steps=(
            *_setup((4, "import numpy as np"), (5, "import pandas as pd"), (11, "np.random.seed(42)")),
            OwnCell(cell=4),
            Save(artifacts=_artifacts("df")),
            SaveState(kinds=(NUMPY,)),
        ),
        outputs=_artifacts("df"),
        params=("data_path",),
        state_out=(NUMPY,),
        seeds=(NUMPY,),
        reads=(FileUse(path="${data_path}"),),
    )


def _prepare() -> Stage:
    outputs = _artifacts("X_train", "X_test", "y_train", "y_test")
    return Stage(
        name="prepare",
        title="Prepare",
        purpose="Rows without a bill are customers in their first month; we leave them out.",
        cells=(8, 9),
        steps=(
            *_setup((8, "from sklearn.model_selection import train_test_split")),
            ImportDefinitions(names=("add_ratios",)),
            Load(stage="load", artifacts=_artifacts("df")),
            RestoreState(stage="load", kinds=(NUMPY,)),
            OwnCell(cell=8),
            OwnCell(cell=9),
            Save(artifacts=outputs),
            SaveState(kinds=(NUMPY,)),
        ),
        inputs=(("df", "load"),),
        outputs=outputs,
        params=("test_size",),
        needs=("load",),
        state_in=((NUMPY, "load"),),
        state_out=(NUMPY,),
        draws=(NUMPY,),
        changed=("df",),
    )


def _train() -> Stage:
    return Stage(
        name="train",
        title="Train",
        cells=(11, 12),
        steps=(
            *_setup((6, "from sklearn.ensemble import RandomForestClassifier")),
            Load(stage="prepare", artifacts=_artifacts("X_train", "y_train")),
            RestoreState(stage="prepare", kinds=(NUMPY,)),
            OwnCell(cell=11),
            OwnCell(cell=12),
            Save(artifacts=_artifacts("model", "history")),
            SaveState(kinds=(NUMPY,)),
        ),
        inputs=(("X_train", "prepare"), ("y_train", "prepare")),
        outputs=_artifacts("model", "history"),
        params=("n_estimators",),
        needs=("prepare",),
        state_in=((NUMPY, "prepare"),),
        state_out=(NUMPY,),
        draws=(NUMPY,),
    )


def _evaluate() -> Stage:
    return Stage(
        name="evaluate",
        title="Evaluate",
        cells=(15, 16, 17),
        steps=(
            *_setup(
                (1, "import json"),
                (3, "import matplotlib.pyplot as plt"),
                (4, "import numpy as np"),
                (7, "from sklearn.metrics import f1_score, roc_auc_score"),
                (10, 'plt.rcParams["figure.figsize"] = (8, 4)'),
            ),
            Load(stage="prepare", artifacts=_artifacts("X_test", "y_test")),
            Load(stage="train", artifacts=_artifacts("model", "history")),
            RestoreState(stage="train", kinds=(NUMPY,)),
            Replay(cell=14, lines=(1, 2), text=DECIDE),
            OwnCell(cell=15),
            OwnCell(cell=16, closes_figures=True),
            OwnCell(cell=17),
        ),
        inputs=(("X_test", "prepare"), ("y_test", "prepare"), ("model", "train"), ("history", "train")),
        params=("threshold",),
        needs=("prepare", "train"),
        state_in=((NUMPY, "train"),),
        draws=(NUMPY,),
        writes=(FileUse(path="metrics.json", kind="metrics"), FileUse(path="scores.png")),
    )


def _edge(source: str, target: str, *names: str) -> Edge:
    values = tuple(
        Carried(kind="variable", name=name, made=(1, 1), read=(2, 1)) for name in names if "." not in name
    )
    state = tuple(
        Carried(kind="random", name=name, made=(1, 1), read=(2, 1)) for name in names if "." in name
    )
    return Edge(source=source, target=target, carries=values + state)


def churn_pipeline() -> Pipeline:
    """Return the pipeline whose export a reviewer should see."""
    return Pipeline(
        name="churn",
        notebook=notebook(),
        parameters=(
            Parameter(
                name="data_path", type="str", default="data/churn.csv", help="one row per customer", cell=1
            ),
            Parameter(name="test_size", type="float", default=0.25, cell=1, line=2),
            Parameter(name="n_estimators", type="int", default=120, cell=1, line=3),
            Parameter(
                name="threshold",
                type="float",
                default=0.5,
                help="at or above: we call the customer",
                cell=1,
                line=4,
            ),
        ),
        stages=(_load(), _prepare(), _train(), _evaluate()),
        edges=(
            _edge("load", "prepare", "df", NUMPY),
            _edge("prepare", "train", "X_train", "y_train", NUMPY),
            _edge("prepare", "evaluate", "X_test", "y_test"),
            _edge("train", "evaluate", "model", "history", NUMPY),
        ),
        definitions=(Definition(cell=7, name="add_ratios", text=ADD_RATIOS),),
        kept=(1, 2, 4, 7, 8, 9, 11, 12, 14, 15, 16, 17),
        left_out=(LeftOut(cell=5, reason="shows df.describe(); nothing later needs it"),),
        setup=(2, 7, 14),
    )
