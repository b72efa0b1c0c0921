"""Functions and classes of generated programs: closed, open, with memory, changing what they are given."""

from __future__ import annotations

from tests.property.vocabulary import CLASSES, FUNCTIONS, NAMES, Function, Statement, Vocabulary


class Definitions(Vocabulary):
    """Writes definitions."""

    def define(self) -> Statement:
        """Define a function: closed, reading or changing globals, calling others, with memory of its own."""
        number = self.choose.number(0, len(FUNCTIONS) - 1)
        name = FUNCTIONS[number]
        options = [self._closed, self._reads, self._writes, self._mutates, self._argument, self._same]
        options += [self._remembers, self._default, self._closure, self._lambda, self._draws, self._keeps]
        if number:
            options += [self._calls] * 2
        text, function = self.choose.pick(options)(name, number)
        self.functions[name] = function
        self.kinds.pop(name, None)
        return Statement(text, setup=True)

    def _closed(self, name: str, number: int) -> tuple[str, Function]:
        return f"def {name}(x):\n    return x * {self.literal()} % 97", Function("int")

    def _reads(self, name: str, number: int) -> tuple[str, Function]:
        wanted = self.choose.pick([*self.having("int"), *NAMES])
        return f"def {name}(x):\n    return (x + {wanted}) % 97", Function("int", ((wanted, "int"),))

    def _writes(self, name: str, number: int) -> tuple[str, Function]:
        wanted = self.choose.pick([*self.having("int"), *NAMES])
        body = f"    global {wanted}\n    {wanted} = ({wanted} + x) % 97\n    return {wanted}"
        return f"def {name}(x):\n{body}", Function("int", ((wanted, "int"),))

    def _mutates(self, name: str, number: int) -> tuple[str, Function]:
        wanted = self.choose.pick([*self.having("list"), *NAMES])
        body = f"    {wanted}.append(x)\n    return len({wanted})"
        return f"def {name}(x):\n{body}", Function("int", ((wanted, "list"),))

    def _argument(self, name: str, number: int) -> tuple[str, Function]:
        return f"def {name}(seq, x):\n    seq.append(x)\n    return len(seq)", Function("list")

    def _same(self, name: str, number: int) -> tuple[str, Function]:
        body = self.choose.pick(("seq", "seq[:]", "seq if seq else []"))
        return f"def {name}(seq):\n    return {body}", Function("same")

    def _keeps(self, name: str, number: int) -> tuple[str, Function]:
        wanted = self.choose.pick([*self.having("nest"), *NAMES])
        body = f"    {wanted}['p'] = seq\n    return seq"
        return f"def {name}(seq):\n{body}", Function("same", ((wanted, "nest"),))

    def _remembers(self, name: str, number: int) -> tuple[str, Function]:
        body = "    seen.append(x)\n    return len(seen)"
        return f"def {name}(x, seen=[]):\n{body}", Function("int")

    def _default(self, name: str, number: int) -> tuple[str, Function]:
        ints = self.having("int")
        default = self.choose.pick(ints) if ints else self.literal()
        return f"def {name}(x, y={default}):\n    return (x + y) % 97", Function("int")

    def _closure(self, name: str, number: int) -> tuple[str, Function]:
        inner = "    def inner(x):\n        nonlocal total\n        total += x\n        return total\n    return inner"
        return f"def make(total):\n{inner}\n{name} = make({self.literal()})", Function("int")

    def _lambda(self, name: str, number: int) -> tuple[str, Function]:
        wanted = self.choose.pick([*self.having("int"), *NAMES])
        return f"{name} = lambda x: (x * {wanted}) % 97", Function("int", ((wanted, "int"),))

    def _draws(self, name: str, number: int) -> tuple[str, Function]:
        return f"def {name}(x):\n    return random.randint(0, 50) + x", Function("int")

    def _calls(self, name: str, number: int) -> tuple[str, Function]:
        other = FUNCTIONS[self.choose.number(0, number - 1)]
        known = self.functions.get(other)
        if known is None or known.takes != "int":
            return self._closed(name, number)
        return f"def {name}(x):\n    return ({other}(x) + 1) % 97", Function("int", (), (other,))

    def define_class(self) -> Statement:
        """Define a class whose methods change the instance, and sometimes the class or a global."""
        name = self.choose.pick(CLASSES)
        extra = self.choose.pick(("pass", f"{name}.count += 1", "self.items.append(self.v)"))
        text = (
            f"class {name}:\n    count = 0\n"
            f"    def __init__(self, v):\n        self.v = v\n        self.items = [v]\n"
            f"    def bump(self):\n        self.v += 1\n        {extra}\n        return self.v"
        )
        for other, kind in list(self.kinds.items()):
            if kind == f"object:{name}":
                del self.kinds[other]
        self.kinds[name] = "class"
        return Statement(text, setup=True)
