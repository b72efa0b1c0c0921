"""What was compared, stage by stage: how much of it is equal, close, different, or varies by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from jupyter_mlcode.model.verify import Difference, StageVerdict, VariableVerdict, Verdict
from jupyter_mlcode.runner.judge import Key, key_of

# Those that matter come first: whoever shows only some shows these.
_ORDER: Final[tuple[Verdict, ...]] = ("different", "close", "unstable", "equal")


class Found(NamedTuple):
    """A difference, its key before it was located, and whether only numbers differ that are close."""

    difference: Difference
    key: Key
    is_close: bool


def in_order(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Return the differences in notebook order; those without a cell come last."""
    return tuple(sorted(differences, key=lambda d: (d.cell is None, d.cell or 0)))


def stage_verdicts(
    stages: Iterable[str], seen: Mapping[Key, str], found: Sequence[Found], unstable: Sequence[Difference]
) -> tuple[StageVerdict, ...]:
    """Return what was compared in each of these stages, and then what belongs to none, where there is some.

    What was `seen` and is neither found to differ nor unstable is equal.
    """
    owners = dict(seen)
    verdicts: dict[Key, Verdict] = dict.fromkeys(seen, "equal")
    for difference in unstable:
        if key_of(difference) in seen:
            verdicts[key_of(difference)] = "unstable"
    for one in found:
        owners[one.key] = one.difference.stage
        verdicts[one.key] = "close" if one.is_close else "different"
    of_stage: dict[str, dict[Key, Verdict]] = {name: {} for name in stages}
    for key, owner in owners.items():
        name = owner if owner in of_stage else ""
        of_stage.setdefault(name, {})[key] = verdicts[key]
    return tuple(_verdict(name, part) for name, part in of_stage.items())


def _verdict(stage: str, verdicts: Mapping[Key, Verdict]) -> StageVerdict:
    counts = Counter(verdicts.values())
    variables = [
        VariableVerdict(name=name, verdict=verdict)
        for (kind, _, name), verdict in verdicts.items()
        if kind == "variable"
    ]
    return StageVerdict(
        stage=stage,
        judged=counts["equal"] + counts["close"] + counts["different"],
        equal=counts["equal"],
        close=counts["close"],
        different=counts["different"],
        unstable=counts["unstable"],
        variables=tuple(sorted(variables, key=lambda v: (_ORDER.index(v.verdict), v.name))),
    )
