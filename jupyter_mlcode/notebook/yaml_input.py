"""YAML that somebody else may have written: plain values only, no deeper and no larger than people write."""

from __future__ import annotations

from typing import Any

from jupyter_mlcode.model.json_value import Json

MOST_VALUES = 1_000_000
"""Of a file in which every alias is written out."""


class YamlInputError(ValueError):
    """The text is not YAML, or too much of it; the message is one line."""


def parse_yaml(text: str, loader: Any = None) -> Json:
    """Return the value of a YAML text.

    Aliases may repeat a value, but not until it is larger than memory: https://en.wikipedia.org/wiki/Billion_laughs_attack.

    Raises:
        YamlInputError: not YAML, tags of objects, nested too deeply, too large.
    """
    import yaml

    try:
        value = yaml.load(text, Loader=loader or yaml.SafeLoader)
        size = _size(value, {}, set())
    except yaml.YAMLError as error:
        raise YamlInputError(f"not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise YamlInputError("nested too deeply") from error
    if size > MOST_VALUES:
        raise YamlInputError("its aliases stand for more values than anybody can use")
    return value


def _size(value: Any, known: dict[int, int], above: set[int]) -> int:
    """Return how many values there are when every alias is written out; each is looked at once."""
    if not isinstance(value, (dict, list)):
        return 1
    place = id(value)
    if place in above:
        raise YamlInputError("a value holds itself")
    if place not in known:
        above.add(place)
        items = value.values() if isinstance(value, dict) else value
        known[place] = 1 + sum(_size(item, known, above) for item in items)
        above.discard(place)
    return known[place]
