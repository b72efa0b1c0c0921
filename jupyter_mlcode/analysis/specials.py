"""Builtins that reach into namespaces: exec, eval, globals, setattr, super, get_ipython, input."""

from __future__ import annotations

import ast
import functools

from jupyter_mlcode.analysis.callables import ANY_NAME, Class, Function
from jupyter_mlcode.analysis.calls import Arguments
from jupyter_mlcode.analysis.effects import Effects
from jupyter_mlcode.analysis.expressions import class_of, receivers
from jupyter_mlcode.analysis.values import (
    BARE,
    FRESH,
    MADE_PLAINLY,
    MEMBER,
    NONE,
    PROPERTY,
    SCALAR,
    Value,
    container,
    join,
    methods_of,
    part_of,
)


class Specials(Effects):
    """Evaluates calls that no data file can describe."""

    def special_exec(self, args: Arguments, node: ast.Call) -> Value:
        """`exec(text)`: a literal is evaluated; anything else may read, bind and change every name."""
        text = args.positional[0] if args.positional else FRESH
        own_namespace = len(args.positional) > 1 or "globals" in args.keywords
        if own_namespace:
            self.unknown_call(FRESH, args, "exec")
            return NONE
        tree = _parsed(_written(node, text), "exec")
        if tree is None:
            self.effect("opaque", "exec")
        else:
            self.body(tree.body)  # type: ignore[attr-defined]
        return NONE

    def special_eval(self, args: Arguments, node: ast.Call) -> Value:
        """`eval(text)`: a literal is evaluated; anything else may read every name."""
        text = args.positional[0] if args.positional else FRESH
        tree = _parsed(_written(node, text), "eval")
        if tree is not None and len(args.positional) == 1:
            return self.eval(tree.body)  # type: ignore[attr-defined]
        if len(args.positional) > 1 or "globals" in args.keywords:
            return self.unknown_call(FRESH, args, "eval")
        self.effect("opaque", "eval")
        return Value(None, frozenset("*"), frozenset("*"))

    def special_namespace(self, args: Arguments, node: ast.Call) -> Value:
        """`globals()` and module-level `locals()`: the whole namespace."""
        if node.func.__class__ is ast.Name and node.func.id == "locals" and self.frame is not None:
            return container("python.dict", self.frame.values.values())
        return Value("namespace", frozenset("*"))

    def special_vars(self, args: Arguments, node: ast.Call) -> Value:
        """`vars(x)` is a view of x; `vars()` and `dir()` are the namespace."""
        if args.positional:
            return part_of(args.positional[0])
        self.effect("opaque", "vars")
        return Value("namespace", frozenset("*"))

    def special_setattr(self, args: Arguments, node: ast.Call) -> Value:
        """`setattr(x, name, value)` and `delattr(x, name)` change their first argument."""
        if args.positional:
            base = args.positional[0]
            if base.path is not None:
                self.store_on_import(base.path, node.args[0], container("", args.positional[2:]))
            self.mutate(class_of(base) if base.family == MEMBER else base, told=True)
            for given in args.positional[2:]:
                part = self.put_attribute(base, given)
                self.absorb(base, part)
                if "class" in base.traits and part.functions:
                    name = args.positional[1].const
                    self.put_method(base, name if isinstance(name, str) else "*", part)
        return NONE

    def special_getattr(self, args: Arguments, node: ast.Call) -> Value:
        """`getattr(x, 'name')` is `x.name`; with an unknown name it is a part of x."""
        base = args.positional[0] if args.positional else FRESH
        name = args.positional[1].const if len(args.positional) > 1 else None
        otherwise = args.positional[2:]
        if isinstance(name, str) and name.isidentifier():
            return functools.reduce(join, otherwise, self.attribute(base, name, node))
        if otherwise:
            return functools.reduce(join, otherwise, part_of(base))
        if base.path is not None:
            return Value(None, traits=base.traits)
        return part_of(base)

    def special_replace(self, args: Arguments, node: ast.Call) -> Value:
        """`dataclasses.replace(x, field=value)` makes an instance of the class of x, with its other fields."""
        base = args.get(0) or FRESH
        fields = Value(None, base.reach, base.inner, functions=base.functions)
        if base.classes:
            return self.instantiate(class_of(base), Arguments([], args.keywords, [*args.rest, fields]))
        entry = self.library.function("dataclasses.replace")
        return self.apply(entry, FRESH, args, node) if entry is not None else FRESH

    def special_copy(self, args: Arguments, node: ast.Call) -> Value:
        """`copy.copy(x)`: what `__copy__` of the notebook's classes gives may be no copy."""
        return self._copied("copy.copy", "__copy__", args, node)

    def special_deepcopy(self, args: Arguments, node: ast.Call) -> Value:
        """`copy.deepcopy(x)`: as `copy.copy`, with `__deepcopy__`."""
        return self._copied("copy.deepcopy", "__deepcopy__", args, node)

    def _copied(self, path: str, name: str, args: Arguments, node: ast.Call) -> Value:
        base = args.get(0, "x") or FRESH
        entry = self.library.function(path)
        made = self.apply(entry, NONE, args, node, path=path) if entry is not None else FRESH
        for method, classes in methods_of(base, name).items():
            given = [base.of_classes(classes), FRESH][: method.takes]
            made = join(made, self.run_function(method, given, {}))
        return made

    def special_property(self, args: Arguments, node: ast.Call) -> Value:
        """`x = property(get, put)` in a class."""
        made = container(PROPERTY, args.all)
        return Value(PROPERTY, made.inner, functions=made.functions)

    def special_type(self, args: Arguments, node: ast.Call) -> Value:
        """`type(x)`: the class of an instance; with three arguments a class made by a call."""
        if len(args.all) == 1 and args.positional and args.positional[0].classes:
            return class_of(args.positional[0])
        if len(args.all) == 1:
            return SCALAR
        made = self.special_made_class(args, node)
        body = node.args[2] if len(node.args) > 2 else None
        keys = (
            [k.value for k in body.keys if isinstance(k, ast.Constant)] if isinstance(body, ast.Dict) else []
        )
        if isinstance(body, ast.Dict) and len(keys) == len(body.keys):
            values = [self.eval(value) for value in body.values]
            found = {str(k): f for k, v in zip(keys, values, strict=True) for f in v.functions}
            made.classes[0].methods = found
        return made

    def special_super(self, args: Arguments, node: ast.Call) -> Value:
        """`super()`: the instance, of whose classes only those after the method's are asked."""
        if len(args.positional) > 1:
            return _above(args.positional[1], args.positional[0].classes)
        frame = self.frame
        while frame is not None and frame.function is None:
            frame = frame.outer
        if frame is None or frame.function is None:
            return FRESH
        function, first = frame.function, next(iter(frame.values.values()), FRESH)
        if any(function in m.every_method for c in first.classes for m in c.metaclass):
            return first  # a metaclass goes on to what Python does with the class
        above = _above(first, tuple(c for cls in first.classes for c in cls.lineage if c.defines(function)))
        plain = not above.classes and self.taught_above(first)
        return above.with_traits(above.traits | {MADE_PLAINLY}) if plain else above

    def special_ipython(self, args: Arguments, node: ast.Call) -> Value:
        """`get_ipython()`: its methods are magics written as Python."""
        return Value("ipython")

    def special_input(self, args: Arguments, node: ast.Call) -> Value:
        """`input()`: nobody answers in a pipeline."""
        self.effect("impure", "stdin")
        self.effect("finding", "input")
        return Value("python.str")

    def special_made_class(self, args: Arguments, node: ast.Call) -> Value:
        """`namedtuple('P', 'x y')` and alike: a class, by a call; what it is given may be methods of any name."""
        named = args.positional[0].const if args.positional else None
        name = named if isinstance(named, str) else "made"
        body = ast.ClassDef(
            name=name, bases=[], keywords=[], body=[], decorator_list=[], lineno=node.lineno, col_offset=0
        )
        bases = tuple(a for a in args.all if a.classes)
        held = container("", args.all)
        methods = {f"{ANY_NAME}{number}": function for number, function in enumerate(held.functions)}
        cls = Class(body, name, methods, bases, f"{self.cell_mark}:{node.lineno}:class {name}")
        if held.inner:
            cls.attributes[ANY_NAME] = Value(None, held.inner, held.inner)
        made = self.class_value(cls, held.inner)
        cls.regions = made.tops
        return made

    def store_on_import(self, path: str, target: ast.expr, value: Value) -> None:
        """Store on a module or a class of a library; defined by the class that knows statements."""
        raise NotImplementedError


def _above(instance: Value, starts: tuple[Class, ...]) -> Value:
    """Return the instance as `super()` sees it: the methods found there get the instance itself."""

    def bound(method: Function) -> Function:
        return next((method.bound_to(r) for r in receivers(method, instance)), method)

    seen = tuple(c for cls in instance.classes if (c := cls.above(starts, bound)) is not None)
    bare = not seen and instance.classes and not any(cls.has_foreign_base for cls in instance.classes)
    return Value(BARE if bare else None, instance.tops, instance.inner, classes=seen)


def _written(node: ast.Call, text: Value) -> str:
    """Return the text that a call is given; nothing when it is not known (`*` stands for unknown parts)."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    known = isinstance(text.const, str) and "*" not in text.const and "${" not in text.const
    return str(text.const) if known else ""


def _parsed(text: str, mode: str) -> ast.AST | None:
    if not text:
        return None
    try:
        return ast.parse(text, mode=mode)
    except (SyntaxError, ValueError):
        return None
