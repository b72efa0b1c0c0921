"""What files a taught call reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from jupyter_mlcode.analysis.arguments import Arguments
from jupyter_mlcode.analysis.calls import Calls
from jupyter_mlcode.analysis.conditions import listed, several
from jupyter_mlcode.analysis.paths import UNKNOWN
from jupyter_mlcode.analysis.values import Value

_FILES: Final[tuple[Literal["reads"], Literal["writes"]]] = ("reads", "writes")
_PATHLIKE: Final = ("python.str", "python.path", "scalar")


class FileEffects(Calls):
    """Applies `reads`, `writes` and `opens` of knowledge entries."""

    def files(self, raw: Mapping[str, Any], base: Value, args: Arguments) -> None:
        """Record the files that an entry says a call with these arguments uses."""
        opens = raw.get("opens")
        if opens:
            self._open(opens, base, args)
        for key in _FILES:
            for use in several(raw.get(key)):
                self._file(key, use, base, args)

    def _open(self, opens: Mapping[str, Any], base: Value, args: Arguments) -> None:
        mode_value = args.get(*listed(opens["mode"]))
        mode = "r" if mode_value is None else mode_value.const if isinstance(mode_value.const, str) else "r+"
        use = {"arg": opens["arg"], "kind": opens.get("kind", "file")}
        if any(c in mode for c in "r+a") or mode == "":
            self._file("reads" if "a" not in mode else "writes", use, base, args)
        if any(c in mode for c in "wax+"):
            self._file("writes", use, base, args)

    def _file(
        self, key: Literal["reads", "writes"], use: Mapping[str, Any], base: Value, args: Arguments
    ) -> None:
        parameters = listed(use.get("arg", []))
        kind = use.get("kind", "file")
        target = base if "self" in parameters else args.get(*parameters)
        if target is None:
            if args.rest or not parameters:
                self.effect(key, "", kind)
            return
        self._use_file(key, kind, _with_ending(target, use))

    def _use_file(self, key: Literal["reads", "writes"], kind: str, target: Value) -> None:
        """A path is read or written; an open file or a buffer changes."""
        if isinstance(target.const, str):
            self.effect(key, "" if target.const == UNKNOWN else target.const, kind)
        elif target.const is None:
            return
        elif target.family == "python.connection":
            self.mutate(target, known=key == "writes")
        elif target.family in ("python.file", "python.buffer", "python.archive"):
            self.mutate(target)
        elif target.family in (*_PATHLIKE, None) or "parameter" in target.traits:
            self.effect(key, "", kind)
            self.mutate(target, known=False)
        else:
            self.mutate(target)


def _with_ending(target: Value, use: Mapping[str, Any]) -> Value:
    """Return the path with the ending that the library adds: `np.save("a")` writes a.npy."""
    path, suffix, extension = target.const, use.get("suffix"), use.get("extension")
    if not isinstance(path, str) or not (suffix or extension):
        return target
    if suffix and not path.endswith(suffix):
        return Value(target.family, const=path + suffix)
    if extension and "." not in path.rsplit("/", 1)[-1] and not path.endswith(("*", "}")):
        return Value(target.family, const=path + extension)
    return target
