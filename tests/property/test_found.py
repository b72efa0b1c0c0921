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


def _cells(text: str) -> tuple[CellText, ...]:
    parts = re.split(r"^# (\w+)\n", text, flags=re.MULTILINE)[1:]
    return tuple(
        CellText(f"stage:{tag}", source) for tag, source in zip(parts[::2], parts[1::2], strict=True)
    )


@pytest.mark.parametrize("name", EQUAL)
def test_it_is_equal_now(name: str) -> None:
    verdict = judge(_cells(EQUAL[name]))
    assert verdict.equal, (verdict.refused, verdict.differences, verdict.problem, verdict.said)
