"""Programs that once came out different, made small: each must be equal, or refused where that is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

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
    "the name of an exception hides a variable that the same cell has bound": """
# one
e = [1]
try:
    int("no number")
except ValueError as e:
    pass
x = 1
# two
try:
    print(e, x)
except NameError:
    print("no e", x)
""",
    "a partial function of a method of a list": """
# one
from functools import partial
rows = []
add = partial(rows.append)
# two
add(2)
# three
print(rows)
""",
    "a partial function of a library's function, and what it holds": """
# one
from functools import partial
rows = []
add = partial(list.append, rows)
# two
list(map(add, [2]))
# three
print(rows)
""",
    "a method of lists given to map": """
# one
rows = [[0]]
# two
list(map(list.append, rows, [1]))
# three
print(rows)
""",
    "a method called by its name": """
# one
import operator
rows = [0]
go = operator.methodcaller("append", 1)
# two
list(map(go, [rows]))
# three
print(rows)
""",
    "a copy that is none": """
# one
import copy
class Box:
    def __copy__(self):
        return self
    def __deepcopy__(self, memo):
        return self
box, other = Box(), Box()
a, b = copy.copy(box), copy.deepcopy(other)
# two
a.x = b.x = 1
# three
print(box.x, other.x)
""",
    "an attribute that holds a function and is called like a method of lists": """
# one
class Box:
    def __init__(self, f):
        self.copy = f
rows = [1]
box = Box(lambda: rows)
y = box.copy()
# two
y.append(2)
# three
print(rows)
""",
    "a class attribute that hides a property": """
# one
class Base:
    @property
    def x(self):
        pass
class Sub(Base):
    x = [1]
y = Sub().x
# two
y.append(2)
# three
print(Sub.x)
""",
    "an object set on a class, changed through an instance": """
# one
class Box:
    def go(self):
        self.rows.append(1)
early = Box()
Box.rows = []
setattr(Box, "more", {})
# two
Box().rows.append(2)
early.rows.append(3)
early.go()
Box().more["a"] = 1
# three
print(Box.rows, Box.more)
""",
    "an object set on a class, changed through an instance of a class below it": """
# one
class Base:
    @classmethod
    def start(cls):
        cls.rows = []
class Early(Base): pass
Base.start()
class Late(Base): pass
# two
Early().rows.append(1)
Late().rows.append(2)
# three
print(Base.rows)
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
    "a cached draw": """
# setup
import random
from functools import lru_cache
random.seed(1)
@lru_cache(maxsize=None)
def draw(k):
    return random.random()
# one
x = draw(1)
print(x)
# two
print(x == draw(1), draw.cache_info())
""",
    "a cache travels with its order and counts": """
# setup
from functools import lru_cache
@lru_cache(maxsize=2, typed=True)
def slow(k, *, m=1):
    print("computing", k)
    return [k, m]
# one
x = slow(1); slow(2, m=3); slow("a", m=3); slow(2, m=3)
# two
x.append(1)
print(x, slow(1), slow("a", m=3), slow(2, m=3))
print(slow.cache_info())
""",
    "a decorated function counts": """
# setup
def counted(f):
    def w(*a):
        w.calls += 1
        return f(*a)
    w.calls = 0
    return w
@counted
def add(a, b):
    return a + b
# one
x = add(1, 2)
# two
y = add(x, 2)
print(y, add.calls)
""",
    "a class decorator that registers": """
# setup
registry = {}
def register(cls):
    registry[cls.__name__] = cls
    return cls
# one
@register
class A:
    pass
a = 1
# two
print(a, sorted(registry))
""",
    "register function by method": """
# setup
class App:
    def __init__(self):
        self.routes = []
    def route(self, path):
        def deco(f):
            self.routes.append(path)
            return f
        return deco
app = App()
# one
@app.route("/x")
def view():
    return 1
# two
print(app.routes)
""",
    "metaclass registry": """
# setup
names = []
class Meta(type):
    def __init__(cls, name, bases, ns):
        super().__init__(name, bases, ns)
        names.append(name)
# one
class A(metaclass=Meta):
    pass
# two
print(names)
""",
    "a descriptor that is told its name": """
# setup
seen = []
class Field:
    def __set_name__(self, owner, name):
        seen.append(name)
# one
class A:
    x = Field()
# two
print(seen)
""",
    "sqlite committed": """
# setup
import sqlite3
con = sqlite3.connect("x.db")
# one
con.execute("create table if not exists t(a int)")
con.execute("insert into t values (1)")
con.commit()
# two
print(con.execute("select count(*) from t").fetchall())
""",
    "partial of a method": """
# setup
import functools
class A:
    def __init__(self):
        self.xs = []
    def add(self, x):
        self.xs.append(x); return len(self.xs)
a = A()
# one
h = functools.partial(a.add, 4)
# two
a.add(1)
# three
print(h(), a.xs)
""",
    "partial twice": """
# setup
import functools
seen = []
def f(x, y):
    seen.append(x); return len(seen)
# one
h = functools.partial(functools.partial(f, 1), 2)
# two
h()
# three
print(h(), seen)
""",
    "operator methodcaller": """
# setup
import operator
# one
xs = [1]
call = operator.methodcaller("append", 2)
# two
call(xs)
# three
print(xs)
""",
    "an object of the setup in another, changed": """
# setup
cfg = {"a": 1}
# one
m = [cfg]
# two
cfg["a"] = 2
print(m)
""",
    "an object of the setup in another, compared": """
# setup
cfg = {"a": 1}
# one
m = [cfg]
# two
print(m[0] is cfg)
""",
    "a partial of a function with a mutable default": """
# setup
import functools
def f1(x, seen=[]):
    seen.append(x)
    return len(seen)
# three
h = functools.partial(f1, 4)
# four
b = [x + f1(3) for x in [1]]
g = h()
print(b, g)
""",
    "dict of function": """
# setup
def f1(x, seen=[]):
    seen.append(x)
    return len(seen)
# three
h = {"f": f1}
# four
b = f1(1)
g = h["f"](1)
print(b, g)
""",
    "dict of pure function": """
# setup
def f1(x):
    return x
# three
h = {"f": f1, "g": [1]}
# four
b = f1(1)
g = h["f"](1)
h["g"].append(g)
print(b, g, h["f"] is f1)
""",
    "function and holder in one": """
# one
def f1(x, seen=[]):
    seen.append(x)
    return len(seen)
h = {"f": f1}
# four
b = f1(1)
g = h["f"](1)
print(b, g)
""",
    "deletion of setup": """
# setup
b = 0
# two
del b
# three
try:
    print('b', type(b).__name__)
except NameError:
    print('no b')
""",
    "two objects of the setup": """
# setup
cfg = {"a": 1}
opts = [cfg]
# one
m = {"c": cfg}
# two
cfg["a"] = 2
print(m, opts)
""",
    "enum member kept": """
# setup
from enum import Enum
class C(Enum):
    A = 1
    B = 2
class R:
    def __init__(self, c):
        self.c = c
        self.xs = []
# one
r = R(C.A)
r.xs.append(1)
# two
r.xs.append(2)
print(r.c is C.A, r.c, r.xs)
""",
    "class kept": """
# setup
class Model:
    def __init__(self, a=1):
        self.a = a
class Trainer:
    def __init__(self, cls):
        self.cls = cls
        self.log = []
    def fit(self):
        self.log.append(1)
        return self.cls(2)
# one
t = Trainer(Model)
m = t.fit()
# two
m2 = t.fit()
print(m.a, m2.a, t.log)
""",
    "eager default loaded later": """
# one
u = [1]
# two
v = u
def g(x=v):
    return x
# three
u.append(3)
# four
print(g(), u is g())
""",
    "match names": """
# one
t = (1, [2])
# two
match t:
    case (a, b):
        b.append(3)
print(a, b)
# three
print(t, b)
""",
    "module in a partial": """
# setup
import functools
# one
import math
def f(x):
    return math.sqrt(x)
h = functools.partial(f, 4)
# two
print(h())
""",
    "alias saved too late": """
# four
h = [3]
# four
a = h
# four
a.append(4)
# one
a = sum(a)
print('a', a)
# four
del h[1:]
""",
    "alias saved too late, two names at once": """
# one
c = b = [1, 0]
# two
b = ([x + 9 for x in b[:4]], 3)
# one
c[:1] = [7]
# four
print('b', b)
""",
    "bound method as key": """
# setup
class T:
    def __init__(self):
        self.seen = []
    def key(self, x):
        self.seen.append(x); return x
t = T()
# one
ys = sorted([3, 1], key=t.key)
# two
print(ys, t.seen)
""",
    "bound method of a list": """
# setup
import pandas as pd
xs = []
# one
pd.Series([1, 2]).apply(xs.append)
# two
print(xs)
""",
    "context manager": """
# setup
class Timer:
    def __init__(self):
        self.n = 0
    def __enter__(self):
        self.n += 1; return self
    def __exit__(self, *a):
        self.n += 10
t = Timer()
# one
with t:
    pass
# two
print(t.n)
""",
    "context manager as": """
# setup
class Timer:
    def __init__(self):
        self.n = 0
    def __enter__(self):
        self.n += 1; return self
    def __exit__(self, *a):
        self.n += 10
# one
with Timer() as t:
    t.n += 100
# two
print(t.n)
""",
    "pipeline fits its parts": """
# setup
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LinearRegression
import numpy as np
X = np.arange(12.0).reshape(6, 2); y = np.arange(6.0)
sc = StandardScaler(); lr = LinearRegression()
pipe = Pipeline([("s", sc), ("m", lr)])
# one
pipe.fit(X, y)
# two
print(sc.mean_, lr.coef_.shape)
""",
    "pipeline made by make": """
# setup
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LinearRegression
import numpy as np
X = np.arange(12.0).reshape(6, 2); y = np.arange(6.0)
# one
sc = StandardScaler(); lr = LinearRegression()
pipe = make_pipeline(sc, lr)
# two
pipe.fit(X, y)
# three
print(sc.mean_, lr.coef_.shape, pipe.predict(X)[0])
""",
    "in consumes": """
# setup
it = iter([1, 2, 3, 4])
# one
print(2 in it)
# two
print(list(it))
""",
    "element plus equal": """
# setup
import numpy as np
a = np.zeros(3)
d = {"a": a}
# one
d["a"] += 1
# two
print(a)
""",
    "loop over arrays": """
# setup
import numpy as np
ws = [np.zeros(2), np.zeros(2)]
w0 = ws[0]
# one
for i, w in enumerate(ws):
    w += 1
# two
print(w0, ws)
""",
    "loop with index": """
# setup
import numpy as np
ws = [np.zeros(2), np.zeros(2)]
w0 = ws[0]
# one
for i in range(2):
    ws[i] -= 0.1
# two
print(w0, ws)
""",
    "not and minus": """
# setup
class N:
    def __init__(self):
        self.n = 0
    def __bool__(self):
        self.n += 1; return True
    def __neg__(self):
        self.n += 5; return self
x = N()
# one
print(not x)
-x
# two
print(x.n)
""",
    "list mul": """
# one
grid = [[0] * 2] * 2
# two
grid[0][0] = 1
# three
print(grid)
""",
    "list mul 2": """
# one
x = [[1]]
b = x * 2
# two
x[0].append(2)
# three
print(b)
""",
    "dict union": """
# one
a = {'k': [1]}
e = a | {}
# two
a['k'].append(2)
# three
print(e)
""",
    "kwargs dict": """
# setup
def upd(**kw):
    kw['z'].append(1); kw['n'] = 1
# one
z = []; d = {'z': z}
# two
upd(**d)
# three
print(d, z)
""",
    "copy shallow": """
# one
import copy
a = {'k': [1]}
b = copy.copy(a); c = dict(a); d = {**a}; e = a | {}
# two
a['k'].append(2)
# three
print(b, c, d, e)
""",
    "map dict default": """
# one
from collections import defaultdict
import pandas as pd
ids = defaultdict(lambda: len(ids))
s = pd.Series(list('abca'))
# two
t = s.map(ids)
# three
print(t.tolist(), dict(ids))
""",
    "memo decorator class": """
# setup
class Memo:
    def __init__(self, f): self.f = f; self.c = {}
    def __call__(self, x):
        if x not in self.c:
            print('calc', x); self.c[x] = self.f(x)
        return self.c[x]
@Memo
def sq(x): return x * x
# one
a = sq(2)
# two
print(sq(2), sq.c)
""",
    "ndarray in list view": """
# one
import numpy as np
a = np.zeros((3, 2))
rows = [r for r in a]
# two
rows[1] += 4
# three
print(a.tolist())
""",
    "pipe set_params": """
# one
from sklearn.pipeline import Pipeline
from sklearn.linear_model import Ridge
m = Ridge()
pipe = Pipeline([('m', m)])
# two
pipe.set_params(m__alpha=5)
# three
print(m.alpha)
""",
    "decorator registry in stage": """
# one
REG = {}
def reg(name):
    def deco(f):
        REG[name] = f
        return f
    return deco
@reg('a')
def fa(x): return x + 1
# two
@reg('b')
def fb(x): return x + 2
# three
print({k: f(1) for k, f in REG.items()}, REG['a'] is fa)
""",
    "default factories read their names": """
# setup
from collections import defaultdict
import numpy as np
# one
d = defaultdict(lambda: np.zeros(2))
d['a'][0] = 1
# two
d['b'] += 1
print(len(d))
""",
    "a dataclass with a factory": """
# setup
from dataclasses import dataclass, field
COLS = ['a']
@dataclass
class C:
    cols: list = field(default_factory=lambda: list(COLS))
# one
c = C()
# two
print(C(), c)
""",
    "a tree of defaultdicts": """
# setup
from collections import defaultdict
tree = lambda: defaultdict(tree)
# one
t = tree()
t["a"]["b"] = 1
# two
t["c"]["d"] = 2
print(sorted(t))
""",
    "a bare cache": """
# setup
from functools import lru_cache
@lru_cache
def load(n): return [n]
# one
a = load(1)
# two
b = load(1); b.append(2)
# three
print(load(1), a)
""",
    "a defaultdict of a class": """
# setup
from collections import defaultdict
class St:
    def __init__(self): self.n = 0
# one
d = defaultdict(St)
d['a'].n += 1
# two
print({k: v.n for k, v in d.items()})
""",
    "instances made by map": """
# setup
class P:
    def __init__(self, x): self.x = x
# one
ps = list(map(P, [1, 2]))
ps[0].x = 5
# two
print([p.x for p in ps])
""",
    "values of a frame": """
# one
import pandas as pd
df = pd.DataFrame({'a': [1., -2.]})
y = df['a'].values
# two
df.loc[df.a < 0, 'a'] = 0
# three
print(y.sum(), df.a.sum())
""",
    "a library's function as callback draws": """
# one
import random, pandas as pd
random.seed(0)
# two
r = pd.Series([3, 4]).apply(random.randrange)
# three
print(r.tolist(), random.random())
""",
    "a clone draws": """
# one
import numpy as np
from sklearn.base import clone
from sklearn.cluster import KMeans
np.random.seed(0)
X = np.random.rand(10, 2)
km = KMeans(2)
# two
k2 = clone(km).fit(X)
# three
print(np.random.rand())
""",
    "format of locals": """
# one
name = "x"
v = 3
# two
print('{name} {v}'.format(**locals()))
""",
    "percent globals": """
# one
name = "x"
# two
print('%(name)s' % globals())
""",
    "einsum view": """
# one
import numpy as np
a = np.eye(2)
d = np.einsum('ii->i', a)
# two
d[:] = 7
# three
print(a.tolist())
""",
    "exceptions of the notebook": """
# setup
class Bad(Exception):
    pass
errs = []
# one
try:
    raise Bad("x")
except Bad as e:
    errs.append(e)
# two
print(errs)
""",
    "default of a list": """
# setup
from collections import defaultdict
base = [1]
d = defaultdict(lambda: base)
# one
d['a'].append(5)
# two
print(base)
""",
    "values then another frame": """
# one
import pandas as pd
df = pd.DataFrame({'a': [1., -2.], 'b': [3., 4.]})
d2 = df.copy()
y = d2.values
z = df
# two
d2.loc[0, 'a'] = 9
df.loc[1, 'b'] = 8
# three
print(y.tolist(), df.values.tolist(), d2.values.tolist(), z.values.tolist())
""",
    "class state changed by way of type(self)": """
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
    "class state changed by way of __class__": """
# setup
class Acc:
    n = 1
# one
a = Acc(); a.__class__.n = 5
# two
print(Acc.n)
""",
    "a mutable default of an initializer": """
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
    "a class statement registers in its base": """
# setup
class Base:
    kinds = []
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Base.kinds.append(cls.__name__)
# one
class A(Base):
    pass
a = 1
# two
class B(Base):
    pass
print(a, Base.kinds)
""",
    "class changed by an instance of the setup": """
# setup
class Acc:
    n = 1
    def add(self, x):
        type(self).n += x
acc = Acc()
# one
acc.add(2)
# two
print(acc.n)
""",
    "class list changed by an instance": """
# setup
class Acc:
    xs = []
    def add(self, x):
        self.xs.append(x)
a, b = Acc(), Acc()
# one
a.add(2)
# two
print(b.xs)
""",
    "singleton": """
# setup
class One:
    made = None
    def __new__(cls):
        if cls.made is None:
            cls.made = super().__new__(cls)
        return cls.made
# one
a = One(); a.x = 1
# two
b = One(); print(b.x, a is b)
""",
    "instance counter": """
# setup
class P:
    count = 0
    def __init__(self):
        P.count += 1
        self.id = P.count
# one
a = P()
# two
b = P(); print(a.id, b.id)
""",
    "class in a dict, its list changed": """
# setup
class Model:
    registry = []
d = {"m": Model}
# one
d["m"].registry.append(1)
# two
print(Model.registry)
""",
    "class in an instance, its counter changed": """
# setup
class Model:
    n = 0
class T:
    def __init__(self, c):
        self.c = c
    def go(self):
        self.c.n += 1
t = T(Model)
# one
t.go()
# two
print(Model.n)
""",
    "class method registry": """
# setup
class Model:
    registry = {}
    @classmethod
    def register(cls, name):
        cls.registry[name] = 1
# one
Model.register("a")
# two
print(Model.registry)
""",
    "class in list changed in loop": """
# setup
class A:
    n = 0
class B:
    n = 0
# one
for c in [A, B]:
    c.n = 5
# two
print(A.n, B.n)
""",
    "class by type()": """
# setup
class A:
    n = 0
a = A()
# one
type(a).n = 3
# two
print(A.n)
""",
    "monkeypatched method": """
# setup
class A:
    def f(self):
        return 1
a = A()
# one
A.f = lambda self: 2
# two
print(a.f())
""",
}


REFUSED = {
    "cached method": (
        "MLC061",
        """
# setup
from functools import lru_cache
class A:
    @lru_cache(maxsize=None)
    def f(self, k):
        print("computing", k)
        return k
a = A()
# one
x = a.f(1)
# two
print(x, a.f(1))
""",
    ),
    "singledispatch": (
        "MLC060",
        """
# setup
from functools import singledispatch
@singledispatch
def show(x):
    return "any"
# one
@show.register(int)
def _(x):
    return "int"
# two
print(show(1))
""",
    ),
    "sqlite uncommitted": (
        "MLC063",
        """
# setup
import sqlite3
con = sqlite3.connect("x.db")
# one
con.execute("create table if not exists t(a int)")
con.execute("insert into t values (1)")
n = 1
# two
print(n, con.execute("select count(*) from t").fetchall())
""",
    ),
    "a name deleted between two cells of a stage": (
        "MLC052",
        """
# one
b = 0
# two
del b
# one
try:
    print('b', type(b).__name__)
except NameError:
    print('no b')
""",
    ),
    "a name bound twice to what it is": (
        "MLC062",
        """
# one
k = [9]
# two
c = [k] * 2
# three
k, k = k, k
# two
k.extend(x for x in range(1))
# four
print('c', c)
""",
    ),
    "a name bound again under a condition that fails": (
        "MLC062",
        """
# one
k = [9]
# two
c = [k] * 2
# three
if len(k) > 3: k = []
# two
k.extend(x for x in range(1))
# four
print('c', c)
""",
    ),
}


def _read() -> None:
    """Add the programs of `found/`: `=== name`, or `=== name | code` where it is refused."""
    for path in sorted((Path(__file__).parent / "found").glob("*.txt")):
        for part in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            title, _, text = part.partition("\n")
            name, _, code = title.partition(" | ")
            assert name not in EQUAL | REFUSED, name
            if code:
                REFUSED[name] = (code, text)
            else:
                EQUAL[name] = text


_read()


def _cells(text: str, *, role: bool) -> tuple[CellText, ...]:
    """`# name` begins a cell of that stage; `# setup` is a stage too, or the role of that name."""
    parts = re.split(r"^# (\w+)\n", text, flags=re.MULTILINE)[1:]
    return tuple(
        CellText(tag if role and tag == "setup" else f"stage:{tag}", source)
        for tag, source in zip(parts[::2], parts[1::2], strict=True)
    )


def _variants(programs: Mapping[str, object]) -> list[tuple[str, bool]]:
    """Each program, and again with its setup as one where it has any."""
    again = [(name, True) for name, text in programs.items() if "# setup" in str(text)]
    return [*((name, False) for name in programs), *again]


@pytest.mark.parametrize(("name", "role"), _variants(EQUAL))
def test_it_is_equal_now(name: str, role: bool) -> None:
    verdict = judge(_cells(EQUAL[name], role=role))
    assert verdict.equal, (verdict.refused, verdict.differences, verdict.problem, verdict.said)


@pytest.mark.parametrize(("name", "role"), _variants(REFUSED))
def test_it_is_refused_now(name: str, role: bool) -> None:
    code, text = REFUSED[name]
    assert code in judge(_cells(text, role=role)).refused
