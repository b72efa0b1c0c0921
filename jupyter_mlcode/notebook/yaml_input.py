"""YAML that somebody else may have written: plain values only, no deeper and no larger than people write."""

from __future__ import annotations

from typing import Any

from jupyter_mlcode.model.json_value import Json

MOST_VALUES = 1_000_000
"""Of a file in which every alias is written out."""
MOST_DIGITS = 3_000
"""Of a number: Python writes no more than 4,300, and hexadecimal ones grow."""
_WRONG_SCALARS = (ValueError, LookupError, AttributeError, ArithmeticError, TypeError)
"""What PyYAML raises for `!!int abc`, `!!bool abc`, `!!timestamp abc`, `!!int ''` and the like."""


class YamlInputError(ValueError):
    """The text is not YAML, or too much of it; the message is one line."""


def parse_yaml(text: str, loader: Any = None) -> Json:
    """Return the value of a YAML text.

    Aliases may repeat a value, but not until it is larger than memory: https://en.wikipedia.org/wiki/Billion_laughs_attack.
    That is seen before values are made: merge keys (`<<`) copy what they name.

    Raises:
        YamlInputError: not YAML, tags of objects, nested too deeply, too large.
    """
    import yaml

    try:
        reader = (loader or yaml.SafeLoader)(text)
        node = reader.get_single_node()
        if node is None:
            return None
        if _size(node, {}, set()) > MOST_VALUES:
            raise YamlInputError("its aliases stand for more values than anybody can use")
        return reader.construct_document(node)
    except YamlInputError:
        raise
    except yaml.YAMLError as error:
        raise YamlInputError(f"not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise YamlInputError("nested too deeply") from error
    except _WRONG_SCALARS as error:
        raise YamlInputError(f"a value is not of its type: {' '.join(str(error).split())}") from error


def _size(node: Any, known: dict[int, int], above: set[int]) -> int:
    """Return how many values there are when every alias is written out; each is looked at once."""
    if node.id == "scalar":
        if len(node.value) > MOST_DIGITS and node.tag.endswith((":int", ":float")):
            raise YamlInputError("holds a number that is too long")
        return 1
    place = id(node)
    if place in above:
        raise YamlInputError("a value holds itself")
    if place not in known:
        above.add(place)
        parts = [part for pair in node.value for part in pair] if node.id == "mapping" else node.value
        known[place] = 1 + sum(_size(part, known, above) for part in parts)
        above.discard(place)
    return known[place]
