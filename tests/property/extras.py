"""Rarer statements: tables, functions in containers, iterators, nested lists, conditional aliases, options."""

from __future__ import annotations

from tests.property.definitions import Definitions
from tests.property.vocabulary import KEYS, Function, Statement


class Extras(Definitions):
    """Writes the rarer statements; `imports` collects what they need at the top."""

    def bind(self, kind: str, value: str) -> Statement:
        """Bind some name to the value."""
        name = self.fresh()
        self.kinds[name] = kind
        return Statement(f"{name} = {value}")

    def extra(self) -> Statement:
        """Return one of the rarer statements."""
        options = [self.frame, self.frame_change, self.held, self.iterator, self.collection, self.either]
        options += [
            self.grid,
            self.grid,
            self.identity,
            self.copied,
            self.option,
            self.generator,
            self.matched,
        ]
        options += [self.walrus, self.looped, self.query, self.inherited]
        return self.choose.pick(options)()

    # --- tables -----------------------------------------------------------------------------

    def frame(self) -> Statement:
        """Make a table, from nothing or from another one: a copy, a view, an alias."""
        self.imports.add("import pandas as pd")
        frames = self.having("frame")
        if not frames or self.chance(3):
            return self.bind(
                "frame", f"pd.DataFrame({{'x': [1, 2, 3], 'y': [{self.whole()}, 5, {self.whole()}]}})"
            )
        name = self.choose.pick(frames)
        forms = [
            "{0}",
            "{0}[{0}.x > 1]",
            "{0}.copy()",
            "{0}.assign(z=7)",
            "{0}.head(2)",
            "{0}.sort_values('y')",
        ]
        forms += ["{0}[['x', 'y']]", "{0}.rename(columns={{'z': 'w'}})", "{0}.reset_index(drop=True)"]
        if self.chance(4):
            return self.bind("list", f"{name}['y'].tolist()")
        if self.chance(4):
            return self.bind(
                "int", f"int({name}.sample(1)['x'].iloc[0])" if self.chance(2) else f"int({name}.y.sum())"
            )
        return self.bind("frame", self.choose.pick(forms).format(name))

    def frame_change(self) -> Statement:
        """Change a table in place."""
        frames = self.having("frame")
        if not frames:
            return self.frame()
        forms = [
            "{0}['y'] = {1}",
            "{0}.loc[{0}.x > 1, 'y'] = {1}",
            "{0}['z'] = {0}.x + {1}",
            "{0}.iloc[0, 0] = {1}",
        ]
        forms += [
            "{0}.sort_values('y', inplace=True)",
            "{0}.drop(columns='z', inplace=True, errors='ignore')",
        ]
        forms += [
            "{0}.x += 1",
            "{0}.columns = [c.lower() for c in {0}.columns]",
            "{0}.fillna(0, inplace=True)",
        ]
        forms += ["{0}.loc[{0}.index[0], 'y'] += {1}"]
        return Statement(self.choose.pick(forms).format(self.choose.pick(frames), self.whole()))

    def query(self) -> Statement:
        """Read a number through a text."""
        frames, ints = self.having("frame"), self.having("int")
        if not ints:
            return self.bind("int", self.literal())
        if not frames:
            return self.frame()
        name, number = self.choose.pick(frames), self.choose.pick(ints)
        if self.chance(2):
            return Statement(f"{name}.eval('z = x + @{number}', inplace=True)")
        return self.bind("frame", f"{name}.query('x > @{number}')")

    # --- functions as values ----------------------------------------------------------------

    def held(self) -> Statement:
        """Keep a function, or a method of an instance, under another name or in a container; or call a kept one."""
        kept = [n for n in self.having("held") if self.can_run(self.kept[n][1])]
        if kept and self.chance(2):
            name = self.choose.pick(kept)
            return self.bind("int", self.kept[name][0].format(name))
        functions = self.callable_functions("int")
        if (objects := self.having("object")) and (not functions or self.chance(3)):
            return self._keep("{0}()", Function("int"), f"{self.choose.pick(objects)}.bump")
        if not functions:
            return self.define()
        name = self.choose.pick(functions)
        function = self.functions[name]
        late = Function("int", (), (name,))
        self.imports.add("import functools")
        forms = [
            ("{0}(3)", function, name),
            ("{0}[0](3)", function, f"[{name}]"),
            ("{0}['f'](2)", function, f"{{'f': {name}}}"),
        ]
        forms += [
            ("{0}()", function, f"functools.partial({name}, 4)"),
            ("{0}(1)", late, f"lambda x: {name}(x) + 1"),
        ]
        return self._keep(*self.choose.pick(forms))

    def _keep(self, call: str, function: Function, value: str) -> Statement:
        made = self.bind("held", value)
        self.kept[made.text.split(" = ")[0]] = (call, function)
        return made

    # --- iterators and containers -----------------------------------------------------------

    def iterator(self) -> Statement:
        """Make an iterator, or take from one."""
        iterators, lists = self.having("iterator"), self.having("list")
        if iterators and self.chance(2):
            name = self.choose.pick(iterators)
            if self.chance(4):
                return self.bind("iterator", name)
            return (
                self.bind("int", f"next({name}, 0)") if self.chance(2) else self.bind("list", f"list({name})")
            )
        if not lists:
            return self.bind("list", f"[{self.whole()}, {self.whole()}, 3]")
        name = self.choose.pick(lists)
        forms = [f"iter({name})", f"map(abs, {name})", f"reversed({name})", f"(x + 1 for x in {name})"]
        return self.bind("iterator", self.choose.pick(forms[:3] if self.chance(4) else forms[:1]))

    def collection(self) -> Statement:
        """Make or change a defaultdict, Counter or deque."""
        self.imports.add("from collections import Counter, defaultdict, deque")
        groups, counts, queues = self.having("groups"), self.having("counts"), self.having("queue")
        lists = self.having("list") or ["[1]"]
        key, some = self.choose.pick(KEYS), self.choose.pick(lists)
        options = [
            lambda: self.bind("groups", "defaultdict(list)"),
            lambda: self.bind("counts", f"Counter({some})"),
        ]
        options += [lambda: self.bind("queue", f"deque({some}, maxlen=3)")]
        options += [lambda: Statement(f"{self.choose.pick(groups)}[{key!r}].append({self.whole()})")] * bool(
            groups
        )
        options += [lambda: self.bind("list", f"{self.choose.pick(groups)}[{key!r}]")] * bool(groups)
        options += [lambda: Statement(f"{self.choose.pick(counts)}.update({some})")] * bool(counts)
        options += [lambda: Statement(f"{self.choose.pick(queues)}.append({self.whole()})")] * bool(queues)
        return self.choose.pick(options)()

    def grid(self) -> Statement:
        """Make or change a list of lists."""
        grids = self.having("grid")
        if not grids or self.chance(3):
            return self.bind(
                "grid", self.choose.pick((f"[{self.listing()}, {self.listing()}]", f"[{self.listing()}] * 2"))
            )
        name = self.choose.pick(grids)
        options = [
            f"{name}[0].append({self.whole()})",
            f"{name}.append({self.listing()})",
            f"{name}[0] = {self.listing()}",
        ]
        options += [f"for row in {name}:\n    row.append({self.whole()})", f"{name}[-1] += [{self.whole()}]"]
        options += [f"[row.sort() for row in {name}]", f"{name}.reverse()", f"random.shuffle({name})"]
        if self.chance(3):
            return self.bind(
                "list",
                self.choose.pick((f"{name}[0]", f"{name}[-1]", f"random.choice({name})", f"sum({name}, [])")),
            )
        if self.chance(6):
            return self.bind(
                "grid", self.choose.pick((name, f"list({name})", f"[list(row) for row in {name}]"))
            )
        return Statement(self.choose.pick(options))

    def either(self) -> Statement:
        """Bind one of two lists: which one is known only when it runs."""
        lists = self.having("list")
        if len(lists) < 2:
            return self.bind("list", f"[{self.whole()}]")
        one, other = self.choose.pick(lists), self.choose.pick(lists)
        forms = (
            f"{one} if {self.condition()} else {other}",
            f"{one} or {other}",
            f"({one}, {other})[{self.whole()} % 2]",
        )
        return self.bind("list", self.choose.pick(forms))

    def copied(self) -> Statement:
        """Copy a container, shallow or deep."""
        self.imports.add("import copy")
        sources = self.having("nest", "grid", "list", "object")
        if not sources:
            return self.bind("grid", f"[{self.listing()}, {self.listing()}]")
        name = self.choose.pick(sources)
        return self.bind(self.kinds[name], f"copy.{self.choose.pick(('copy', 'deepcopy'))}({name})")

    def identity(self) -> Statement:
        """Ask whether two names are one object, and print the answer."""
        lists = self.having("list")
        if len(lists) < 2:
            return self.bind("list", self.listing())
        one, other = self.choose.pick(lists), self.choose.pick(lists)
        return Statement(f"print({one!r}, 'is', {other!r}, {one} is {other})", shows=True)

    # --- control and state ------------------------------------------------------------------

    def matched(self) -> Statement:
        """Take a pair apart by a pattern."""
        pairs = self.having("pair")
        if not pairs:
            return self.bind("pair", f"({self.listing()}, {self.whole()})")
        pair = self.choose.pick(pairs)
        self.kinds |= {"g": "list", "h": "int"}
        return Statement(f"match {pair}:\n    case (g, h):\n        pass")

    def walrus(self) -> Statement:
        """Bind inside an expression."""
        value, name = self.whole(), self.fresh()
        self.kinds[name] = "int"
        return Statement(f"print(({name} := {value}) + 1)")

    def looped(self) -> Statement:
        """Change what a dictionary holds through the loop's name."""
        nests = self.having("nest")
        if not nests:
            return self.bind("nest", f"{{'p': {self.listing()}, 'q': {self.listing()}}}")
        body = self.choose.pick((f"rows.append({self.whole()})", "rows.sort()", f"rows += [{self.whole()}]"))
        return Statement(f"for key, rows in {self.choose.pick(nests)}.items():\n    {body}")

    def inherited(self) -> Statement:
        """Define a class from another one."""
        if self.kinds.get("K") != "class":
            return self.define_class()
        for other, kind in list(self.kinds.items()):
            if kind == "object:L":
                del self.kinds[other]
        self.kinds["L"] = "class"
        return Statement("class L(K):\n    def twice(self):\n        return self.v * 2", setup=True)

    def option(self) -> Statement:
        """Set or show an option of the process."""
        self.imports |= {"from decimal import Decimal, getcontext"}
        number = self.choose.number(2, 5)
        forms = [
            f"getcontext().prec = {number}",
            "print(Decimal(1) / 7)",
            f"np.set_printoptions(precision={number})",
        ]
        forms += ["print(np.array([1.23456789]))"]
        text = self.choose.pick(forms)
        return Statement(text, shows=text.startswith("print"))

    def generator(self) -> Statement:
        """Make or use a generator of numpy's own."""
        generators = self.having("generator")
        if generators and self.chance(2):
            return self.bind("int", f"int({self.choose.pick(generators)}.integers(0, 99))")
        if generators and self.chance(3):
            return self.bind("generator", self.choose.pick(generators))
        return self.bind("generator", f"np.random.default_rng({self.literal()})")
