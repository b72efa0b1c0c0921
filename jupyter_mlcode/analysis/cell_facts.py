"""The facts of one cell on its own, as the idiom contract states them."""

from __future__ import annotations

import builtins
from typing import Final

from jupyter_mlcode.analysis.evaluate import HISTORY
from jupyter_mlcode.analysis.facts import CellFacts, StatementFacts
from jupyter_mlcode.analysis.session import CellSource, Changes, Session

CONVENTIONAL: Final = """
import json, os, pickle, random, re, sqlite3, subprocess, sys, threading, warnings, logging, math, time, glob
import duckdb
import numexpr as ne
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.api as sm
import statsmodels.formula.api as smf
from collections import Counter, defaultdict, namedtuple
from dataclasses import dataclass
from datetime import datetime
from decimal import getcontext
from functools import lru_cache, partial
from pathlib import Path
from sklearn import set_config
from sklearn.datasets import fetch_openml
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
"""
"""What names like `np` mean in a cell seen on its own; a notebook's own imports say it otherwise."""
_AMBIENT: Final = frozenset(dir(builtins)) - {"__name__"}


def cell_facts(source: str, session: Session | None = None) -> CellFacts:
    """Return what a cell defines, uses and changes when nothing is known of earlier cells.

    `uses` has the names needed from earlier cells, those that its functions read when called
    included; `mutates` the names changed in place by a rule, `may_mutate` by an unknown call.

    Examples:
        >>> facts = cell_facts("df['ratio'] = df['a'] / df['b']")
        >>> sorted(facts.defines), sorted(facts.uses), sorted(facts.mutates)
        ([], ['df'], ['df'])
    """
    cells = [CellSource("imports", CONVENTIONAL), CellSource("cell", source)]
    result = (session or Session()).analyse(cells)[1]
    defined: set[str] = set()
    surely: set[str] = set()
    uses: set[str] = set()
    known: set[str] = set()
    maybe: set[str] = set()
    for facts, changes in zip(result.statements, result.changes, strict=True):
        uses |= facts.uses.keys() - surely
        uses |= facts.deferred - surely - facts.must
        uses |= {e.what for e in facts.effects if e.kind == "ambient"}
        surely |= facts.must
        defined |= facts.must | facts.may
        known |= _changed(facts, changes)
        maybe |= changes.maybe
        opaque = {e.what for e in facts.effects if e.kind == "opaque"}
        if any(e.kind == "star" for e in facts.effects):
            defined.add("*")
        if opaque & {"eval", "vars"}:
            uses.add("*")
        if opaque - {"eval", "vars"}:
            defined.add("*")
    used = frozenset(n for n in uses if n[0] != "@" and (n not in _AMBIENT or n in HISTORY))
    defines = frozenset(n for n in defined if n[0] != "@")
    return CellFacts(
        defines, used, frozenset(known), frozenset(maybe - known), result.statements, result.problem
    )


def _changed(facts: StatementFacts, changes: Changes) -> frozenset[str]:
    """Return the names changed in place, also those the statement binds again to the same object."""
    again = frozenset(
        n for n in facts.must if n in facts.used_values and facts.used_values[n].tops & facts.known
    )
    return changes.known | facts.roots | again
