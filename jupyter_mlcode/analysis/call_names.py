"""Callees that mean something by their name alone."""

from __future__ import annotations

import re
from typing import Final

SETTING: Final = re.compile(
    r"(?:set|setup|use|enable|disable|init|initiali[sz]e|register|unregister|config|configure|auto|patch|install"
    r"|activate|manual_seed|seed|style|theme|options?|pandas|filter)(?:_|$|[A-Z])|autolog|start_run|.*(?:_|^)seed$|set[a-z]+$"
)
"""Names by which a call on a module that nobody taught changes the module rather than does a job."""
CALLED: Final = "called"
ALONE: Final = "called alone"
"""Say of a function of an untaught library that it is called; in a statement of its own."""
NAMESPACE_WRITES: Final = ("update", "setdefault", "pop", "clear", "popitem", "__setitem__")
CHANGING: Final = frozenset(
    "append add update extend insert pop popitem remove discard clear setdefault sort reverse appendleft".split()
)
"""Methods by which the containers of Python change."""
STRING_CALLS: Final = {"query": "query", "eval": "eval"}
ELSEWHERE: Final = CHANGING.union(
    "fit partial_fit fit_transform fit_predict set_params step load write seek read next send close".split()
)
"""Names of methods that objects of libraries have too, and change by."""
SPECIAL: Final = {
    "builtins.exec": "special_exec",
    "builtins.eval": "special_eval",
    "builtins.globals": "special_namespace",
    "builtins.locals": "special_namespace",
    "builtins.vars": "special_vars",
    "builtins.dir": "special_vars",
    "builtins.setattr": "special_setattr",
    "builtins.delattr": "special_setattr",
    "builtins.getattr": "special_getattr",
    "dataclasses.replace": "special_replace",
    "copy.replace": "special_replace",
    "copy.copy": "special_copy",
    "copy.deepcopy": "special_deepcopy",
    "builtins.type": "special_type",
    "builtins.property": "special_property",
    "builtins.super": "special_super",
    "IPython.get_ipython": "special_ipython",
    "builtins.input": "special_input",
    "getpass.getpass": "special_input",
    "collections.namedtuple": "special_made_class",
    "typing.NamedTuple": "special_made_class",
    "typing.TypedDict": "special_made_class",
    "typing.NewType": "special_made_class",
    "dataclasses.make_dataclass": "special_made_class",
    "enum.Enum": "special_made_class",
    "enum.IntEnum": "special_made_class",
    "types.new_class": "special_made_class",
}
