"""The statements generated programs are made of, each with what it needs and what it leaves bound."""

from __future__ import annotations

from textwrap import indent

from tests.property.extras import Extras
from tests.property.vocabulary import KEYS, NAMES, Statement


class Writer(Extras):
    """Writes statements that run."""

    def statement(self) -> list[Statement]:
        """Return one statement, often followed by a look at something."""
        made = [self._one()]
        if self.choose.number(0, 2):
            made.append(self.show())
        return made

    def _one(self) -> Statement:
        options = [
            self.bind_int, self.bind_int, self.bind_list, self.bind_list, self.bind_other, self.bind_other,
            self.change, self.change, self.change, self.change, self.define, self.define, self.define_class,
            self.draw, self.control, self.control, self.remove, self.guarded, self.swap, self.state, self.parameter,
            self.extra, self.extra, self.extra, self.extra, self.extra, self.extra, self.extra, self.extra,
        ]  # fmt: skip
        return self.choose.pick(options)()

    def simple(self) -> str:
        """Return a statement that may stand in a block."""
        if self.depth < 2 and self.chance(6):
            return self.control().text
        options = [self.bind_int, self.bind_list, self.change, self.change, self.draw, self.show, self.remove]
        return self.choose.pick(options)().text

    def bind_int(self) -> Statement:
        """Bind a name to a number."""
        value, name = self.whole(), self.fresh()
        self.kinds[name] = "int"
        return Statement(f"{name} = {value}", setup=value.isdigit())

    def bind_list(self) -> Statement:
        """Bind a name to a list, perhaps one that another name has."""
        value, name = self.listing(), self.fresh()
        if self.chance(8):
            other = self.fresh()
            self.kinds[name] = self.kinds[other] = "list"
            return Statement(f"{name} = {other} = {value}")
        self.kinds[name] = "list"
        return Statement(f"{name} = {value}")

    def bind_other(self) -> Statement:
        """Bind a name to a dictionary, string, nest, pair, object, array or generator of random numbers."""
        kind = self.choose.pick("dict str nest pair array view rng object object lookup partial".split())
        made = getattr(self, f"_make_{kind}")()
        if made is None:
            return self.bind_list()
        value, real = made
        name = self.fresh()
        self.kinds[name] = real
        return Statement(f"{name} = {value}")

    def _make_dict(self) -> tuple[str, str]:
        if (dicts := self.having("dict")) and self.chance(3):
            name = self.choose.pick(dicts)
            return self.choose.pick((name, f"dict({name})", f"{{**{name}, 'r': {self.whole()}}}")), "dict"
        return f"{{{self.choose.pick(KEYS)!r}: {self.whole()}}}", "dict"

    def _make_str(self) -> tuple[str, str]:
        if names := self.having("str"):
            return f"{self.choose.pick(names)} + 'x'", "str"
        return f"f'{{{self.whole()}}}-{self.literal()}'", "str"

    def _make_nest(self) -> tuple[str, str]:
        if (nests := self.having("nest")) and self.chance(3):
            return self.choose.pick(nests), "nest"
        return f"{{'p': {self.listing()}, 'q': {self.listing()}}}", "nest"

    def _make_pair(self) -> tuple[str, str]:
        return f"({self.listing()}, {self.whole()})", "pair"

    def _make_array(self) -> tuple[str, str]:
        return self.choose.pick((f"np.arange({self.choose.number(3, 6)})", "np.zeros(4, dtype=int)")), "array"

    def _make_view(self) -> tuple[str, str] | None:
        if arrays := self.having("array"):
            name = self.choose.pick(arrays)
            return self.choose.pick(
                (f"{name}[:2]", name, f"{name} + 1", f"{name}.copy()", f"{name}[::-1]")
            ), "array"
        return None

    def _make_rng(self) -> tuple[str, str]:
        if (rngs := self.having("rng")) and self.chance(3):
            return self.choose.pick(rngs), "rng"
        return f"random.Random({self.literal()})", "rng"

    def _make_object(self) -> tuple[str, str] | None:
        if (objects := self.having("object")) and self.chance(3):
            name = self.choose.pick(objects)
            return name, self.kinds[name]
        classes = self.having("class")
        if not classes:
            return None
        name = self.choose.pick(classes)
        return f"{name}({self.whole()})", f"object:{name}"

    def _make_lookup(self) -> tuple[str, str] | None:
        if pairs := self.having("pair"):
            return f"{self.choose.pick(pairs)}[1]", "int"
        return None

    def _make_partial(self) -> tuple[str, str] | None:
        if lists := self.having("list"):
            name = self.choose.pick(lists)
            return f"sum(x for x in {name} if x > {self.literal()})", "int"
        return None

    def change(self) -> Statement:
        """Change an object in place, or by an augmented assignment."""
        options: list[str] = []
        options += [f"{n}.append({self.whole()})" for n in self.having("list")]
        if lists := self.having("list"):
            name = self.choose.pick(lists)
            options += [f"{name} += [{self.whole()}]", f"{name}.sort()", f"{name}[:1] = [{self.whole()}]"]
            options += [f"del {name}[1:]", f"{name}.extend(x for x in range({self.choose.number(0, 3)}))"]
            options += [f"{f}({name}, {self.whole()})" for f in self.callable_functions("list")]
        for name in self.having("dict"):
            key = self.choose.pick(KEYS)
            options += [f"{name}[{key!r}] = {self.whole()}", f"{name}.update(q={self.whole()})"]
            options += [f"{name}.pop({key!r}, None)"]
        for name in self.having("nest"):
            options += [f"{name}['q'].append({self.whole()})", f"{name}['p'] = {self.listing()}"]
            options += [f"{name}.setdefault('r', []).append({self.whole()})"]
        for name in self.having("object"):
            options += [f"{name}.v += {self.whole()}", f"{name}.items.append({self.whole()})"]
            options += [f"{name}.bump()", f"{name}.items = {self.listing()}"]
        options += [f"{n}.count += {self.literal()}" for n in self.having("class")]
        for name in self.having("array"):
            options += [f"{name}[:2] = {self.whole()}", f"{name} += {self.literal()}", f"{name}.sort()"]
        options += [f"{n} += {self.whole()}" for n in self.having("int")]
        options += [f"{n} += 'y'" for n in self.having("str")]
        options += [f"{n}[0].append({self.whole()})" for n in self.having("pair")]
        if not options:
            return self.bind_list()
        return Statement(self.choose.pick(options))

    def swap(self) -> Statement:
        """Exchange or unpack."""
        lists = self.having("list")
        if not lists or self.chance(2):
            one, other = self.fresh(), self.fresh()
            first, second = self.whole(), self.whole()
            self.kinds[one] = self.kinds[other] = "int"
            return Statement(f"{one}, {other} = {first}, {second}")
        one, other = self.choose.pick(lists), self.choose.pick(lists)
        if self.chance(2):
            first, rest = self.fresh(), self.fresh()
            source = self.choose.pick(lists)
            self.kinds[first] = "int"
            self.kinds[rest] = "list"
            if first == rest:
                return Statement(f"{rest} = list({source})")
            return Statement(f"{first}, *{rest} = [{self.literal()}, *{source}]")
        return Statement(f"{one}, {other} = {other}, {one}")

    def draw(self) -> Statement:
        """Draw from the global random generators, or shuffle with them."""
        lists = self.having("list")
        if lists and self.chance(3):
            return Statement(f"random.shuffle({self.choose.pick(lists)})")
        if self.chance(8):
            return Statement(f"random.seed({self.literal()})")
        value = self.choose.pick(("random.randint(0, 99)", "int(np.random.randint(0, 99))"))
        name = self.fresh()
        self.kinds[name] = "int"
        return Statement(f"{name} = {value}")

    # --- control ----------------------------------------------------------------------------

    def control(self) -> Statement:
        """Branch, loop, or try."""
        self.depth += 1
        text = self.choose.pick((self._branch, self._loop, self._try, self._each, self._while))()
        self.depth -= 1
        return Statement(text)

    def _block(self, least: int = 1) -> tuple[str, dict[str, str]]:
        """Write a block that may or may not run; return it and the kinds at its end."""
        before = dict(self.kinds)
        lines = [self.simple() for _ in range(self.choose.number(least, 2))]
        after, self.kinds = self.kinds, before
        return indent("\n".join(lines), "    "), after

    def _merge(self, *ends: dict[str, str]) -> None:
        """Keep only what is bound to the same kind on every way."""
        first = self.kinds if not ends else ends[0]
        self.kinds = {n: k for n, k in first.items() if all(end.get(n) == k for end in ends)}

    def _branch(self) -> str:
        test, before = self.condition(), dict(self.kinds)
        body, end = self._block()
        if self.chance(2):
            other, other_end = self._block()
            self._merge(end, other_end)
            return f"if {test}:\n{body}\nelse:\n{other}"
        self._merge(before, end)
        return f"if {test}:\n{body}"

    def _loop(self) -> str:
        before = dict(self.kinds)
        self.kinds["i"] = "int"
        kept = dict(self.kinds)
        body, end = self._block()
        self._merge(before, kept, end)
        if not self._stable(body, before, end):
            return f"for i in range(1):\n{body}"
        return f"for i in range({self.choose.number(0, 3)}):\n{body}"

    def _each(self) -> str:
        source, before = self.listing(), dict(self.kinds)
        self.kinds["x"] = "int"
        body, end = self._block()
        self._merge(before, end)
        cut = "1" if not self._stable(body, before, end) else "3"
        return f"for x in list({source})[:{cut}]:\n{body}"

    def _while(self) -> str:
        before = dict(self.kinds)
        body, end = self._block()
        self._merge(before, end)
        limit = 1 if not self._stable(body, before, end) else 2
        return f"for turn in range(9):\n    if turn >= {limit}:\n        break\n{body}"

    def _stable(self, body: str, before: dict[str, str], end: dict[str, str]) -> bool:
        """Say whether a second turn meets the kinds the first one met."""
        return all(end.get(n) == k for n, k in before.items())

    def _try(self) -> str:
        before = dict(self.kinds)
        body, end = self._block()
        self._merge(before, end)
        handler = "except (ZeroDivisionError, KeyError) as problem:\n    print(type(problem).__name__)"
        bad = self.choose.pick((f"    {self.whole()} // {self.whole()}", "    {}['no']", "    pass"))
        if self.chance(2):
            return f"try:\n{bad}\n{body}\n{handler}"
        return f"try:\n{body}\n{bad}\n{handler}\nfinally:\n    print('done')"

    def remove(self) -> Statement:
        """Delete a name; a later use is guarded."""
        names = [n for n in self.having("int", "list", "dict", "object", "str") if n in NAMES]
        if not names or (self.depth and self.chance(2)):
            return self.show()
        name = self.choose.pick(names)
        del self.kinds[name]
        return Statement(f"del {name}")

    def guarded(self) -> Statement:
        """Use a name that may be absent."""
        name = self.fresh()
        return Statement(
            f"try:\n    print({name!r}, type({name}).__name__)\nexcept NameError:\n    print('no {name}')"
        )

    def state(self) -> Statement:
        """Use a file or an environment variable."""
        file = self.choose.pick(("t1.txt", "t2.txt"))
        if self.chance(2):
            variable = self.choose.pick(("GREETING", "COLOUR"))
            if self.chance(2):
                return Statement(f"os.environ[{variable!r}] = str({self.whole()})")
            return Statement(f"print({variable!r}, os.environ.get({variable!r}))")
        if self.chance(2):
            return Statement(f"with open({file!r}, 'w') as out:\n    _ = out.write(str({self.whole()}))")
        missing = "except FileNotFoundError:\n    print('no file')"
        return Statement(f"try:\n    with open({file!r}) as source:\n        print(source.read())\n{missing}")

    def parameter(self) -> Statement:
        """Read a parameter."""
        name = self.choose.pick(("p1", "p2"))
        self.parameters.setdefault(name, self.choose.number(0, 9))
        self.kinds.setdefault(name, "int")
        target = self.fresh()
        value = self.choose.pick((name, f"({name} + {self.whole()}) % 97"))
        self.kinds[target] = "int"
        return Statement(f"{target} = {value}")

    def parameters_cell(self) -> str:
        """Return the source of the parameters cell, empty when nothing reads one."""
        return "\n".join(f"{name}: int = {value}" for name, value in sorted(self.parameters.items()))

    # --- showing ----------------------------------------------------------------------------

    def show(self) -> Statement:
        """Print the value of something."""
        hidden = ("rng", "class", "held", "iterator", "generator")
        names = [n for n in self.kinds if self.kinds[n] not in hidden]
        if not names:
            return Statement(f"print({self.literal()})", shows=True)
        name = self.choose.pick(sorted(names))
        kind = self.kinds[name].split(":")[0]
        seen = {
            "object": f"({name}.v, {name}.items)",
            "array": f"{name}.tolist()",
            "frame": f"{name}.to_dict('list')",
            "groups": f"dict({name})",
            "counts": f"sorted({name}.items())",
            "queue": f"list({name})",
        }.get(kind, name)
        return Statement(f"print({name!r}, {seen})", shows=True)
