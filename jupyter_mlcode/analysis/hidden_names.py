"""Names of notebook variables that stand inside string arguments.

`query` and `eval`: pandas' `@name`. `formula`: patsy and formulaic evaluate the functions and
names of a formula in the caller's namespace. `numexpr`: every identifier. `sql`: DuckDB finds
tables after FROM and JOIN among the caller's variables; jupysql binds `:name`.

What Python evaluates are names in NFKC (language reference, 2.3): the variable that `ﬁ` means is called `fi`.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import Final

_AT: Final = re.compile(r"@([^\W\d]\w*)")
_IDENTIFIER: Final = re.compile(r"(?<![\w.'\"])([^\W\d]\w*)")
_CALLED: Final = re.compile(r"(?<![\w.])([^\W\d]\w*)(?:\.\w+)*\s*\(")
_TABLE: Final = re.compile(r"\b(?:from|join)\s+([^\W\d]\w*)", re.IGNORECASE)
_STRING: Final = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_FORMULA_OWN: Final = frozenset(
    {
        "C",
        "I",
        "Q",
        "bs",
        "cr",
        "cc",
        "te",
        "center",
        "scale",
        "standardize",
        "Treatment",
        "Sum",
        "Poly",
        "Helmert",
        "Diff",
    }
)


def names(text: str, syntax: str) -> list[str]:
    r"""Return the candidate names in `text`, in order of appearance.

    Examples:
        >>> names("age > @limit", "query")
        ['limit']
        >>> names("y ~ np.log(x) + f(z)", "formula")
        ['y', 'np', 'x', 'f', 'z']
        >>> names("x < @\ufb01 + @größe", "query")
        ['fi', 'größe']
    """
    if syntax == "sql":
        return list(dict.fromkeys(_TABLE.findall(text)))
    text = unicodedata.normalize("NFKC", text)
    if syntax in ("query", "eval"):
        found = _AT.findall(text)
    else:
        found = [n for n in _IDENTIFIER.findall(_STRING.sub(" ", text)) if not keyword.iskeyword(n)]
    return list(dict.fromkeys(found))


def certain(text: str, name: str, syntax: str) -> bool:
    """Whether the name must be the caller's, even when the notebook does not define it."""
    if syntax == "formula":
        return name in _CALLED.findall(unicodedata.normalize("NFKC", text)) and name not in _FORMULA_OWN
    return True
