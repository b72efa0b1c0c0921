"""What an exporter returns: paths and texts in memory, nothing written yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    r"""Files of an export: POSIX paths relative to the pipeline folder, and their texts (UTF-8, `\n`).

    `keep` lists paths that belong to the user once they exist (params.yaml): the text is what to
    write when the file is absent, and `write` merges instead of replacing.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
