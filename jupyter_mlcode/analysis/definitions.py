"""Definitions and imports: functions, classes and modules bound to names."""

from __future__ import annotations

import ast
import sys
from typing import Final

from jupyter_mlcode.analysis.callables import Class
from jupyter_mlcode.analysis.calls import Arguments
from jupyter_mlcode.analysis.recorder import Frame
from jupyter_mlcode.analysis.scopes import free_globals, scope_of
from jupyter_mlcode.analysis.specials import Specials
from jupyter_mlcode.analysis.trees import text_of
from jupyter_mlcode.analysis.values import PROPERTY, SCALAR, SET_LATER, Value, held

_PROPERTIES: Final = (
    "builtins.property",
    "functools.cached_property",
    "abc.abstractproperty",
    "enum.property",
)
_CACHES: Final = ("functools.lru_cache", "functools.cache")


class Definitions(Specials):
    """Executes `def`, `class` and `import`."""

    # -- definitions -------------------------------------------------------------------------
    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = [(d, self.eval(d)) for d in node.decorator_list]
        value = self.make_function(node, node.name)
        if isinstance(node, ast.AsyncFunctionDef):
            value = Value("function", value.tops, value.inner, functions=value.functions)
        if decorators:
            value = self.located(value)
        for text, decorator in reversed(decorators):
            if (accessors := self._accessors(node.name, text, decorator, value)) is not None:
                value = accessors
                continue
            result = self._decorated(text, decorator, value)
            if result is not None and result.family == "instance":
                value = result
            elif result is not None:
                value = Value(
                    "function",
                    result.tops,
                    result.inner,
                    functions=result.functions or value.functions,
                    traits=frozenset(t for t in result.traits if t.startswith("immovable=")),
                )
            elif (
                decorator.path in _CACHES
                or decorator.path is None
                or not self.library.function(decorator.path)
            ):
                value = Value(None, value.tops, value.inner, functions=value.functions)
        self.bind(node.name, value)

    def _accessors(self, name: str, text: ast.expr, decorator: Value, value: Value) -> Value | None:
        """Return the property that `@property` or `@x.setter` makes; None for any other decorator."""
        if decorator.path in _PROPERTIES:
            return Value(PROPERTY, value.tops, value.inner, functions=value.functions)
        if isinstance(text, ast.Attribute) and decorator.family == PROPERTY:
            before = decorator.functions
            return Value(PROPERTY, value.tops, value.inner, functions=(*before, *value.functions))
        return None

    def _decorated(self, text: ast.expr, decorator: Value, value: Value) -> Value | None:
        """Return what a decorator of the notebook makes of the value; an unknown one may keep it."""
        arguments = Arguments([value], {}, [])
        if decorator.functions and decorator.family == "function":
            return self._run_all(decorator, arguments)
        if decorator.classes and "class" in decorator.traits:
            return self.instantiate(decorator, arguments)
        made_by = self.eval(text.func) if isinstance(text, ast.Call) else decorator
        known = made_by.path is not None and self.library.function(made_by.path) is not None
        if decorator.classes:
            self._call_method(decorator, "__call__", arguments, ast.Call(text, [], []))
        elif (
            known and made_by.path is not None and (entry := self.library.function(made_by.path)) is not None
        ):
            for kind in entry["sets"] or ():
                self.effect("sets", kind)
                self.run_hook(value)
            if "immovable" in entry.raw:
                traits = value.traits | {f"immovable={entry.raw['immovable']}"}
                return Value(None, value.tops, value.inner, functions=value.functions, traits=traits)
        elif decorator.reach:
            self.mutate(decorator, known=False, deep=True)
            self.absorb(decorator, value)
        return None

    def _class(self, node: ast.ClassDef) -> None:
        decorators = [(d, self.eval(d)) for d in node.decorator_list]
        bases = tuple(self.eval(b) for b in node.bases)
        keywords = {k.arg: self.eval(k.value) for k in node.keywords}
        outer = self.frame
        if outer is None:
            self.deferred |= free_globals(node)[0]
        scope = scope_of(node)
        frame = self.frame = Frame(scope.locals, outer)
        frame.is_class = True
        frame.globals = scope.globals
        self.body(node.body)
        self.frame = outer
        cls = Class(node, node.name, {}, bases, f"{self.cell_mark}:{node.lineno}:class {node.name}")
        _set_members(cls, frame)
        inner = frozenset().union(*(v.reach for v in frame.values.values())) if frame.values else frozenset()
        cls.attributes = _shared_attributes(node, frame)
        cls.imported = {name: value for name, value in frame.values.items() if value.path is not None}
        inner = inner.union(*(held(v) for v in cls.seen()))
        if cls.enumerates and not cls.is_enumeration:
            inner |= {self.new_region()}  # its members may change
        later = [b for b in bases if SET_LATER in b.traits]
        made = self.class_value(cls, inner.union(*(b.inner for b in later)))
        made = made.with_traits(made.traits | {SET_LATER}) if later else made
        cls.regions = made.tops
        cls.factories = tuple(
            v
            for v in frame.values.values()
            if (v.functions and v.family not in ("function", PROPERTY)) or v.traits
        )
        cls.metaclasses = tuple(keywords["metaclass"].classes if "metaclass" in keywords else ())
        bound = made
        for text, decorator in reversed(decorators):
            result = self._decorated(text, decorator, bound)
            if result is not None and (result.functions or result.classes):
                bound = result
        self.bind(node.name, bound)
        self._class_made(made, bases, frame)

    def _class_made(self, made: Value, bases: tuple[Value, ...], body: Frame) -> None:
        """Run what a class statement runs of its own accord."""
        hooks = [c.method("__init_subclass__") for base in bases for c in base.classes]
        hooks += [m.method(name) for m in made.classes[0].metaclass for name in ("__new__", "__init__")]
        for hook in dict.fromkeys(hooks):
            if hook is not None:
                self.run_function(hook, [made], {})
        for name, value in body.values.items():
            named = [c.method("__set_name__") for c in value.classes if "class" not in value.traits]
            for hook in named:
                if hook is not None:
                    self.run_function(hook, [value, made, Value("python.str", const=name)], {})

    # -- imports -----------------------------------------------------------------------------
    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            top = alias.name.split(".", 1)[0]
            self._imports(top)
            self._submodule(alias.name)
            if top == "seaborn":
                self.effect("sets", "replay:colormaps")
            if alias.asname:
                self.bind(alias.asname, self.imported(alias.name))
            else:
                self.bind(top, self.imported(top))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self._imports(module.split(".", 1)[0] if not node.level else module)
        self._submodule(module)
        if module == "sklearn.experimental":
            self.effect("sets", "replay:sklearn")
        elif module == "seaborn":
            self.effect("sets", "replay:colormaps")
        for alias in node.names:
            if alias.name == "*":
                self.effect("star", module)
            else:
                self.bind(alias.asname or alias.name, self.imported(f"{module}.{alias.name}"))
                self._submodule(f"{module}.{alias.name}")

    def _submodule(self, module: str) -> None:
        """`import a.b` anywhere makes `a.b` work through every other name for `a`."""
        parts = module.split(".")
        for end in range(2, len(parts) + 1):
            if parts[0]:
                self.bind_global("@import:" + ".".join(parts[:end]), SCALAR)

    def _import_local(self, top: str) -> None:
        """A module of the project may set anything when it is first imported: whoever notices imports it too."""
        self.effect("module", top, "untaught")
        key = f"@import:{top}"
        if self.knows(key):
            self.load_global(key)
        else:
            self.effect("sets", f"replay:{top}")
            self.bind_global(key, SCALAR)

    def _imports(self, top: str) -> None:
        if top == "__future__":
            self.effect("module", "__future__")
        elif top in self.local_modules:
            self._import_local(top)
        elif not self.library.taught(top):
            self.effect("module", top, "untaught")
            if top not in sys.stdlib_module_names:
                self.effect("loads", top)
        elif top in self.library.draw_on_import:
            self.effect("loads", top)


def _set_members(cls: Class, body: Frame) -> None:
    """Tell the class its methods and properties; of a field the functions make its value."""
    fields = {text_of(s.target) for s in cls.node.body if isinstance(s, ast.AnnAssign)}
    for name, value in body.values.items():
        if value.family == PROPERTY:
            cls.properties[name] = value.functions
        elif value.functions and name not in fields:
            cls.methods[name] = value.functions[-1]
            if len(value.functions) > 1:
                cls.alternatives[name] = value.functions
    cls.others = frozenset(body.values.keys() - cls.methods.keys() - cls.properties.keys())


def _shared_attributes(node: ast.ClassDef, body: Frame) -> dict[str, Value]:
    """Return what all instances share; a decorator or a foreign base makes fields of annotated names."""
    names = {
        t.id for n in node.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)
    }
    if not node.decorator_list and not node.bases:
        names |= {
            n.target.id for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
        }
    found = {name: body.values[name] for name in names & body.values.keys()}
    return {name: value for name, value in found.items() if value.tops and not value.functions}
