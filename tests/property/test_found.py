"""Programs that once came out different, made small: each must be equal, or refused where that is said."""

from __future__ import annotations

import re

import pytest

from tests.harness.notebooks import CellText
from tests.property.judge import judge

EQUAL = {
    "two names of one object swapped": """
# one
k = c = [7, 7]
# two
k, c = c, k
# four
k[:1] = [0]; print(c)
""",
    "identity asked in another stage": """
# one
a = k = [9, 2]
b = [9, 2]
# three
print(k is a, k is not b)
""",
    "membership by identity": """
# one
class Thing:
    pass
a = Thing()
b = [a, Thing()]
# two
print(a in b, b.index(a), b[1] == a)
""",
    "a deletion in a loop that does not run": """
# two
c = []
# two
for x in list([])[:1]: del c
# four
try:
    print('c', type(c).__name__)
except NameError:
    print('no c')
""",
    "a deletion in a loop that runs": """
# two
c, n = [], 1
# two
for x in range(n): del c
# four
try:
    print('c', type(c).__name__)
except NameError:
    print('no c')
""",
    "the name of an exception hides a variable only when it is caught": """
# one
e = [1]
# two
try:
    pass
except ValueError as e:
    print(e)
# three
print(e)
""",
    "an alias held in a tuple, in stages that lie between each other": """
# one
def f3(x):
    return x
# two
k = c = [8, 1]
# three
c = (c, sum(c) % 97)
# three
import copy
d = copy.copy(k)
# one
c[0].append(len(k))
print('k', k)
""",
    "an eager default after a change in the same cell": """
# one
g = 6
# two
g += 4
def f2(x, y=g):
    return (x + y) % 97
# two
c = [g, f2(0)]
# three
c = {'p': c, 'q': c}
# four
c.setdefault('r', []).append(f2(9))
print(c)
""",
    "an unknown callable draws after a seed": """
# one
import random
random.seed(3)
draw = {'f': random.random, 'g': random.Random}
# two
x = draw['f']()
# three
print(x, random.random())
""",
    "a numpy function gives the frame it was given": """
# one
import numpy as np, pandas as pd
df = pd.DataFrame({'a': [1.0, 4.0]})
# two
root = np.sqrt(2 * df)
root.rename(columns={'a': 'b'}, inplace=True)
# three
print(list(root.columns))
""",
    "an estimator made to change its input": """
# one
from sklearn.preprocessing import StandardScaler
import numpy as np
X = np.array([[1., 2.], [3., 4.]])
# two
scaler = StandardScaler(copy=False)
# three
Y = scaler.fit_transform(X)
# four
print(X)
""",
    "a submodule that another import loaded": """
# one
import xml
import xml.etree.ElementTree as tree
# two
print(xml.etree.ElementTree.fromstring('<a/>').tag)
""",
    "a figure and its axes, made apart": """
# one
import matplotlib
matplotlib.use('agg')
import matplotlib.pyplot as plt
fig = plt.figure()
ax = plt.axes()
# two
ax.set_title('seen')
print(fig.axes[0].get_title())
""",
    "estimators that share a generator": """
# one
import numpy as np
from sklearn.ensemble import RandomForestClassifier
rs = np.random.RandomState(0)
X = np.arange(16).reshape(8, 2); y = [0, 1, 0, 1, 0, 1, 1, 0]
m1 = RandomForestClassifier(5, random_state=rs)
m2 = RandomForestClassifier(5, random_state=rs)
# two
m1.fit(X, y)
# three
m2.fit(X, y); print(m2.predict_proba(X)[:, 0], rs.randint(1000))
""",
    "a cached property": """
# setup
import random
from functools import cached_property
class D:
    @cached_property
    def v(self):
        return random.random()
# one
d = D()
# two
x = d.v
# three
print(d.v == x)
""",
    "an element changed in place": """
# one
e = [9, 3]
# two
a = [[1], e]
# three
a[-1] += [len(e)]
print(e)
""",
    "a deep copy of an instance": """
# setup
import copy
# one
class K:
    def __init__(self, v):
        self.v = v
a = K(0)
b = copy.deepcopy(a)
# two
print(b.v)
""",
    "reading a defaultdict": """
# one
from collections import defaultdict
groups = defaultdict(list)
# two
if groups["z"]: print("never")
# three
print(dict(groups))
""",
    "a registry filled by a decorator in setup": """
# setup
REG = {}
def register(f):
    REG[f.__name__] = f
    return f
@register
def one():
    return 1
# one
print(REG["one"]())
# two
print(sorted(REG))
""",
    "folders made in setup": """
# setup
from pathlib import Path
OUT = Path("o")
OUT.mkdir(exist_ok=True)
# one
(OUT / "m.txt").write_text("1")
# two
print((OUT / "m.txt").read_text())
""",
    "text and a column make a column": """
# one
import pandas as pd
names = 'x' + pd.Series(['a', None])
# two
names.fillna('none', inplace=True)
# three
print(list(names))
""",
}


REFUSED = {
    "class state changed by way of type(self)": (
        "MLC061",
        """
# setup
class Acc:
    n = 1
    def add(self, x):
        type(self).n += x
# one
a = Acc(); a.add(3)
# two
b = Acc(); b.add(3); print(Acc.n)
""",
    ),
    "class state changed by way of __class__": (
        "MLC061",
        """
# setup
class Acc:
    n = 1
# one
a = Acc(); a.__class__.n = 5
# two
print(Acc.n)
""",
    ),
    "a mutable default of an initializer": (
        "MLC061",
        """
# setup
class Bag:
    def __init__(self, xs=[]):
        self.xs = xs
    def add(self, x):
        self.xs.append(x)
        return self
# one
b1 = Bag().add(1)
# two
b2 = Bag().add(2); print(b2.xs)
""",
    ),
}


def _cells(text: str) -> tuple[CellText, ...]:
    parts = re.split(r"^# (\w+)\n", text, flags=re.MULTILINE)[1:]
    return tuple(
        CellText(f"stage:{tag}", source) for tag, source in zip(parts[::2], parts[1::2], strict=True)
    )


@pytest.mark.parametrize("name", EQUAL)
def test_it_is_equal_now(name: str) -> None:
    verdict = judge(_cells(EQUAL[name]))
    assert verdict.equal, (verdict.refused, verdict.differences, verdict.problem, verdict.said)


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_now(name: str) -> None:
    code, text = REFUSED[name]
    assert code in judge(_cells(text)).refused
