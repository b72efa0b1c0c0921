"""Stores into objects and modules: `x.name = v`, `x[key] = v`, `library.name = v`."""

from __future__ import annotations

import ast

from jupyter_mlcode.analysis.callees import noticing
from jupyter_mlcode.analysis.definitions import Definitions
from jupyter_mlcode.analysis.expressions import class_of
from jupyter_mlcode.analysis.values import MEMBER, Value, part_of


class Stores(Definitions):
    """Records what storing into an attribute or an item changes."""

    def _store(self, target: ast.expr, base: Value, value: Value, index: Value) -> None:
        if base.path is not None:
            name = target.attr if isinstance(target, ast.Attribute) else ""
            self.store_on_import(f"{base.path}.{name}" if name else base.path, target, value)
            return
        if base.family == "namespace":
            self._store_name(index, value)
            return
        self.look_up(base, index)
        value = self.put_attribute(base, value)
        if base.classes and "class" not in base.traits:
            self.may_end(part_of(base))  # what was there
        self._note_module_root(target)
        if base.classes and "class" in base.traits:
            self.effect("module", f"class {base.classes[0].name}")
        if base.family == MEMBER:
            self.mutate(class_of(base))  # a member of an enumeration goes by its name: its class has it
        if base.functions and base.family == "function" and not base.tops:
            self.effect("finding", "function-attribute")
        entry = self.library.special(base.family, "store")
        if entry is not None:
            self._note_access(entry)
        self.mutate(base, told=isinstance(target, ast.Attribute))
        if isinstance(target, ast.Attribute):
            self.attribute_set(base, target.attr, value)
            if "class" in base.traits and value.functions:
                self.put_method(base, target.attr, value)
        else:
            self._run_special("__setitem__", base, [index, value])
            if (index.classes or index.functions) and (base.family or "python.").startswith("python."):
                self.absorb(base, index)  # a key of a dictionary, not the name of a column
        if base.classes and isinstance(target, ast.Attribute) and base.family != "instance":
            self.known = self.known | base.tops  # it may be one of the classes that something refers to
        self.absorb(base, self.as_item(target, base, value))

    def _store_name(self, index: Value, value: Value) -> None:
        if isinstance(index.const, str) and index.const and "*" not in index.const and "$" not in index.const:
            self.bind_global(index.const, value)
        else:
            self.effect("opaque", "globals")

    def _note_module_root(self, target: ast.expr) -> None:
        root: ast.expr = target
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        name = root.id if isinstance(root, ast.Name) and self.frame is None else ""
        if name and self.knows(name) and self.env[name].path is not None:
            self.roots.add(name)

    def store_on_import(self, path: str, target: ast.expr, value: Value) -> None:
        """`pd.DataFrame.head2 = f`, `plt.rcParams[...] = v`: interpreter state changes."""
        self._note_module_root(target)
        entry = self.library.function(path)
        kinds = (entry["sets"] if entry is not None else None) or (f"replay:{noticing(path)}",)
        for kind in kinds:
            self.effect("sets", kind)
        if value.functions or value.classes:
            self.run_hook(value)
        if path in ("sys.stdout", "sys.stderr", "sys.stdin"):
            self.effect("finding", "redirect")
        elif path.startswith("builtins.") or path.endswith(".random_state"):
            self.effect("finding", "patch")
