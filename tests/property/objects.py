"""Programs of callables: classes, instances, closures, bound methods, containers of them, called from anywhere.

Every object has `v`, `items`, `hit(x)` and `peek()`; every callable takes a number and returns one. So any of
them can stand where another stood, and what a call changes depends on who is called.
"""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

from tests.harness.choosers import Chooser
from tests.property.vocabulary import Statement

CLASSES = ("A", "B", "C", "D")
OBJECTS = ("o", "p", "q", "r")
CALLABLES = ("f", "g", "h", "k")
MANY = ("objs", "pool")
CALLS = ("fns", "hooks")
FACTORIES = ("make", "build")
LISTS = ("log", "seen", "acc")
NUMBERS = ("n", "m")
KEYS = ("x", "y")


class ObjectWriter:
    """Writes statements that run, from names of few kinds."""

    def __init__(self, choose: Chooser) -> None:
        self.choose = choose
        self.imports: set[str] = {"import functools"}
        self.kinds: dict[str, str] = {}
        self.opening = [self.bind_list, self.define_class, self.define_class, self.define_factory]

    def statement(self) -> list[Statement]:
        """Return one statement, often followed by a look at something."""
        if self.opening:
            return [self.opening.pop(0)()]
        options = [
            self.bind_list, self.bind_number, self.define_class, self.define_factory, self.define_function,
            self.bind_object, self.bind_object, self.bind_object, self.bind_callable, self.bind_callable,
            self.bind_many, self.bind_calls, self.change, self.change, self.change, self.call, self.call, self.call,
            self.loop, self.loop, self.branch, self.decorate,
        ]  # fmt: skip
        made = [self.choose.pick(options)()]
        if self.choose.number(0, 1):
            made.append(self.show())
        return made

    def parameters_cell(self) -> str:
        """Return nothing: these programs have no parameters."""
        return ""

    # --- asking ---------------------------------------------------------------------------

    def chance(self, one_in: int) -> bool:
        """Say yes once in so many times."""
        return self.choose.number(0, one_in - 1) == one_in - 1

    def having(self, kind: str) -> list[str]:
        """Return the names surely bound to this kind."""
        return sorted(name for name, known in self.kinds.items() if known == kind)

    def bind(self, kind: str, names: tuple[str, ...], value: str) -> Statement:
        """Bind one of the names."""
        name = self.choose.pick(names)
        self.kinds[name] = kind
        return Statement(f"{name} = {value}")

    def pick(self, *texts: str) -> str:
        """Return one of the texts."""
        return self.choose.pick(texts)

    # --- expressions ------------------------------------------------------------------------

    def number(self) -> str:
        """Return an expression for a number."""
        options = [str(self.choose.number(1, 9))] * 2
        options += self.having("number")
        options += [f"len({name})" for name in self.having("list")]
        options += [f"{name}.v" for name in self.having("object")]
        return self.choose.pick(options)

    def listing(self) -> str:
        """Return an expression for a list of numbers, new or shared."""
        options = ["[]", f"[{self.number()}]"]
        options += self.having("list") * 2
        options += [f"{name}.items" for name in self.having("object")]
        return self.choose.pick(options)

    def object_(self) -> str | None:
        """Return an expression for an object that exists."""
        options = self.having("object") * 2
        options += [f"{name}[{self.pick('0', '-1')}]" for name in self.having("objects")]
        options += [f"{name}.other" for name in self.having("object") if self.chance(3)]
        options += [
            f"max({name}, key=lambda one: one.v)" for name in self.having("objects") if self.chance(3)
        ]
        return self.choose.pick(options) if options else None

    def new_object(self) -> str:
        """Return an expression that makes an object, or names one."""
        options = [f"{name}({self.number()})" for name in self.having("class")] * 2
        if known := self.object_():
            options.append(known)
        if not options:
            return "type('T', (), {'v': 1, 'items': [], 'hit': lambda self, x: x, 'peek': lambda self: 0})()"
        return self.choose.pick(options)

    def callable_(self) -> str:
        """Return an expression for something that takes a number and gives one."""
        options = self.having("callable") * 2
        options += [f"{name}({self.listing()})" for name in self.having("factory")]
        options += [f"{name}[{self.pick('0', '-1')}]" for name in self.having("callables")]
        options += [f"{name}[{key!r}]" for name in self.having("table") for key in KEYS]
        if target := self.object_():
            options += [f"{target}.hit", f"functools.partial(type({target}).hit, {target})"]
            options += [f"lambda x: {target}.hit(x) + 1"]
        options += [f"{name}.shared" for name in self.having("class")]
        if lists := self.having("list"):
            options.append(f"lambda x: ({self.choose.pick(lists)}.append(x), x)[1]")
        return self.choose.pick(options) if options else "abs"

    # --- definitions -------------------------------------------------------------------------

    def define_class(self) -> Statement:
        """Define a class, often one that inherits from another."""
        name = self.choose.pick(CLASSES)
        bases = [c for c in self.having("class") if c < name]
        base = self.choose.pick(bases) if bases and self.choose.number(0, 2) else ""
        second = [c for c in bases if c != base]
        parts = [f"count = {self.choose.number(0, 3)}"]
        parts.append(f"table = {self.pick('{}', '[]')}")
        parts += [self._init(base), self._hit(name, base), self._peek(), self._shared(name)]
        if base and self.chance(2):
            parts = parts[3:] or ["pass"]  # most is inherited
        extra = [self._special, self._property, self._other][self.choose.number(0, 2)]
        parts.append(extra())
        heads = f"({base})" if base else ""
        if base and second and self.chance(4):
            heads = f"({base}, {second[0]})"
        self.kinds[name] = "class"
        body = indent("\n".join(parts), "    ")
        return Statement(f"class {name}{heads if self._sound(heads) else f'({base})'}:\n{body}", setup=True)

    def _sound(self, heads: str) -> bool:
        """Two bases are asked for only where any order of them is possible: none is known to inherit."""
        return "," not in heads or self.chance(2)

    def _init(self, base: str) -> str:
        own = "self.v = v\nself.items = [v]\nself.other = self"
        if base and self.chance(2):
            own = "super().__init__(v)\nself.items.append(v)"
        if (lists := self.having("list")) and self.chance(4):
            own += f"\n{self.choose.pick(lists)}.append(self.v)"
        if self.chance(12):
            own += "\ntype(self).count += 1"
        return "def __init__(self, v):\n" + indent(own, "    ")

    def _hit(self, name: str, base: str) -> str:
        options = [
            "self.v += x", "self.items.append(x)", "self.other.v += 1", "self.other.items.append(x)",
            "x = self.peek() + x", "self.v = x", "self.v += x", "self.items.append(x)",
        ]  # fmt: skip
        if self.chance(8):
            options += [f"{name}.count += x", "type(self).count += 1"] * 4
        if base:
            options += ["x = super().hit(x)"] * 3
        options += [f"{log}.append(x)" for log in self.having("list")]
        options += [f"x = {fn}(x)" for fn in self.having("callable")[:1]]
        lines = [self.choose.pick(options) for _ in range(self.choose.number(1, 2))]
        return "def hit(self, x):\n" + indent("\n".join([*lines, "return x + self.v"]), "    ")

    def _peek(self) -> str:
        return f"def peek(self):\n    return {self.pick('self.v', 'len(self.items)', 'self.count', 'self.other.v')}"

    def _shared(self, name: str) -> str:
        kind = self.pick("classmethod", "staticmethod")
        if kind == "classmethod":
            change = self.pick("cls.count += x", *["pass"] * 6, f"{name}.count += 1")
            return f"@classmethod\ndef shared(cls, x):\n    {change}\n    return cls.count + x"
        logs = self.having("list")
        body = f"{self.choose.pick(logs)}.append(x)" if logs else "pass"
        return f"@staticmethod\ndef shared(x):\n    {body}\n    return x"

    def _special(self) -> str:
        head = self.pick(
            "__call__(self, x)", "__getitem__(self, x)", "__add__(self, x)", "__contains__(self, x)"
        )
        change = self.pick("self.v += 1", "self.items.append(1)", "self.other.items.append(2)", "pass")
        return f"def {head}:\n    {change}\n    return self.v"

    def _property(self) -> str:
        change = self.pick("self.v += 1", "self.items.append(3)", "pass")
        setter = "@size.setter\ndef size(self, value):\n    self.items.append(value)"
        return f"@property\ndef size(self):\n    {change}\n    return len(self.items)\n{setter}"

    def _other(self) -> str:
        return "def link(self, other):\n    self.other = other\n    return self"

    def define_factory(self) -> Statement:
        """Define what makes a closure over the list that it is given."""
        name = self.choose.pick(FACTORIES)
        self.kinds[name] = "factory"
        options = [
            "def inner(x):\n    items.append(x)\n    return len(items)",
            "total = 0\ndef inner(x):\n    nonlocal total\n    total += x\n    items.append(total)\n    return total",
            "own = list(items)\ndef inner(x):\n    own.append(x)\n    return sum(own)",
            "def inner(x, memory=[]):\n    memory.append(x)\n    return len(memory) + len(items)",
            "def deeper(x):\n    items.append(x)\n    return x\ndef inner(x):\n    return deeper(x) + 1",
            "inner = items.count",
        ]
        if target := self.having("object"):
            options.append(f"def inner(x):\n    items.append({target[0]}.hit(x))\n    return x")
        if classes := self.having("class"):
            made = self.choose.pick(classes)
            options.append(f"inner = {made}(len(items)).hit")
        body = indent(self.choose.pick(options) + "\nreturn inner", "    ")
        return Statement(f"def {name}(items):\n{body}", setup=True)

    def define_function(self) -> Statement:
        """Define a function that uses what there is."""
        name = self.choose.pick(CALLABLES)
        options = ["return x + 1", "x += len(str(x))\nreturn x"]
        options += [f"{log}.append(x)\nreturn len({log})" for log in self.having("list")]
        options += [f"return {o}.hit(x)" for o in self.having("object")]
        options += [f"return sum(one.hit(x) for one in {m})" for m in self.having("objects")]
        options += [f"return sum(one(x) for one in {c})" for c in self.having("callables")]
        options += [f"global {n}\n{n} += x\nreturn {n}" for n in self.having("number")]
        options += [f"return {c}(x).hit(1)" for c in self.having("class")]
        self.kinds[name] = "callable"
        return Statement(f"def {name}(x):\n{indent(self.choose.pick(options), '    ')}", setup=True)

    def decorate(self) -> Statement:
        """Define a function through a decorator that keeps, counts or replaces."""
        name, log = self.choose.pick(CALLABLES), self.pick("calls", "kept")
        lines = [
            f"{log} = []\ndef keep(fn):\n    {log}.append(fn)\n    return fn",
            f"{log} = []\ndef keep(fn):\n    def wrapped(x):\n        {log}.append(x)\n        return fn(x)\n"
            "    return wrapped",
            f"{log} = []\ndef keep(fn):\n    @functools.wraps(fn)\n    def wrapped(x):\n        return fn(len({log}))\n"
            "    return wrapped",
        ]
        kept = self.choose.pick(lines)
        self.kinds[name] = "callable"
        if kept is lines[0]:
            self.kinds[log] = "callables"
        elif kept is lines[1]:
            self.kinds[log] = "list"
        else:
            self.kinds.pop(log, None)
        logs = self.having("list")
        change = f"{self.choose.pick(logs)}.append(x)" if logs else "pass"
        return Statement(f"{kept}\n@keep\ndef {name}(x):\n    {change}\n    return x * 2")

    # --- bindings ---------------------------------------------------------------------------

    def bind_list(self) -> Statement:
        """Bind a list, new or shared."""
        return self.bind("list", LISTS, self.listing())

    def bind_number(self) -> Statement:
        """Bind a number, sometimes what a call gives."""
        value = self.pick(self.number(), f"{self.number()} + 1")
        return self.bind("number", NUMBERS, value)

    def bind_object(self) -> Statement:
        """Bind an object, new or known."""
        return self.bind("object", OBJECTS, self.new_object())

    def bind_callable(self) -> Statement:
        """Bind something callable."""
        value = self.callable_()
        return self.bind("callable", CALLABLES, value)

    def bind_many(self) -> Statement:
        """Bind a list of objects."""
        one, two = self.new_object(), self.new_object()
        options = [f"[{one}, {two}]", f"[{one}]"]
        options += [f"[*{m}, {one}]" for m in self.having("objects")] + self.having("objects")
        options += [f"[{c}(i) for i in range(2)]" for c in self.having("class")]
        return self.bind("objects", MANY, self.choose.pick(options))

    def bind_calls(self) -> Statement:
        """Bind a list or a dictionary of callables."""
        one, two = self.callable_(), self.callable_()
        if self.chance(3):
            return self.bind("table", ("table", "routes"), f"{{'x': {one}, 'y': {two}}}")
        options = [f"[{one}, {two}]", f"[{one}]"]
        options += [f"[{f}([{self.number()}]) for _ in range(2)]" for f in self.having("factory")]
        options += [f"[one.hit for one in {m}]" for m in self.having("objects")]
        return self.bind("callables", CALLS, self.choose.pick(options))

    # --- what happens -----------------------------------------------------------------------

    def change(self) -> Statement:
        """Change something in place."""
        options = [f"{log}.append({self.number()})" for log in self.having("list")]
        if target := self.object_():
            options += [f"{target}.v += {self.number()}", f"{target}.items.append({self.number()})"]
            options += [f"{target}.items = {self.listing()}", f"{target}.other = {self.new_object()}"]
            options += [f"{target}.hit({self.number()})", f"setattr({target}, 'v', {self.number()})"]
            options += [f"{target}.on = {self.callable_()}\nprint('on', {target}.on(1))"]
        options += [f"{c}.count += {self.number()}" for c in self.having("class") if self.chance(4)]
        options += [f"{m}.append({self.new_object()})" for m in self.having("objects")]
        options += [f"{m}[0] = {self.new_object()}" for m in self.having("objects")]
        options += [f"{c}.append({self.callable_()})" for c in self.having("callables")]
        options += [f"{t}['x'] = {self.callable_()}" for t in self.having("table")]
        if not options:
            return self.bind_list()
        return Statement(self.choose.pick(options))

    def call(self) -> Statement:
        """Call something and print what it gives."""
        options = [f"({self.callable_()})({self.number()})" for _ in range(3)]
        if target := self.object_():
            options += [f"{target}.hit({self.number()})", f"{target}.peek()", f"getattr({target}, 'hit')(2)"]
        options += [f"{c}.shared({self.number()})" for c in self.having("class")]
        options += [f"functools.reduce(lambda a, one: a + one(1), {c}, 0)" for c in self.having("callables")]
        options += [f"list(map({f}, [1, 2]))" for f in self.having("callable")]
        options += [f"sorted([3, 1, 2], key={f})" for f in self.having("callable")]
        return Statement(f"print('got', {self.choose.pick(options)})")

    def loop(self) -> Statement:
        """Call all of them."""
        options: list[Callable[[], str]] = []
        for many in self.having("objects"):
            body = self.pick("one.hit(i)", "one.peek()", "one.v", "len(one.items)")
            options += [lambda m=many, b=body: f"for i, one in enumerate({m}):\n    print('each', {b})"]
            options += [lambda m=many: f"for one in {m}:\n    one.other = {m}[0]"]
            options += [lambda m=many: f"print('all', [one.hit(1) for one in {m}])"]
        for calls in self.having("callables"):
            options += [lambda c=calls: f"for fn in {c}:\n    print('ran', fn(2))"]
            options += [lambda c=calls: f"print('ran', [fn(1) for fn in {c}])"]
        for table in self.having("table"):
            options += [lambda t=table: f"for key, fn in {t}.items():\n    print(key, fn(2))"]
        return Statement(self.choose.pick(options)()) if options else self.call()

    def branch(self) -> Statement:
        """Bind one name on two ways."""
        test = f"{self.number()} > {self.number()}"
        if self.chance(2):
            one, two = self.callable_(), self.callable_()
            name, kind = self.choose.pick(CALLABLES), "callable"
        else:
            one, two = self.new_object(), self.new_object()
            name, kind = self.choose.pick(OBJECTS), "object"
        self.kinds[name] = kind
        if self.chance(2):
            return Statement(f"{name} = ({one}) if {test} else ({two})")
        return Statement(f"if {test}:\n    {name} = {one}\nelse:\n    {name} = {two}")

    def show(self) -> Statement:
        """Print the value of something."""
        options = [f"print('{log}', {log})" for log in self.having("list")]
        options += [f"print('{o}', {o}.v, {o}.items, {o}.other.v)" for o in self.having("object")]
        options += [f"print('{m}', [(one.v, one.items) for one in {m}])" for m in self.having("objects")]
        options += [f"print('{c}', {c}.count)" for c in self.having("class")]
        options += [f"print('{n}', {n})" for n in self.having("number")]
        return (
            Statement(self.choose.pick(options), shows=True) if options else Statement("print(0)", shows=True)
        )
