"""What a stage has written, without loading it: the JSON files beside its artifacts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_mlcode.artifacts.layout import FORMAT, artifact_path
from jupyter_mlcode.errors import InputError

__all__ = ["ArtifactError", "Sidecar", "artifact_path", "read_sidecar", "read_sidecars"]


class ArtifactError(InputError):
    """A file among the artifacts is not what a stage writes."""

    code = "MLC203"

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}", hint="Export and run the pipeline again.")
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """One finished artifact.

    `skipped` names the variables that `save_all` could not write, and why; `uses` the functions and
    classes of the definitions module that the value refers to.
    """

    stage: str
    key: str
    kind: str
    type: str
    bytes: int
    sha256: str
    python: str
    skipped: Mapping[str, str] = field(default_factory=dict)
    uses: Sequence[str] = ()


def read_sidecar(path: Path) -> Sidecar:
    """Return what the JSON file beside an artifact says.

    Raises:
        ArtifactError: The file is not a sidecar of this format.
    """
    try:
        about = json.loads(path.read_text("utf-8"))
        if about.pop("format") != FORMAT:
            raise ArtifactError(path, f"not of format {FORMAT}")
        return Sidecar(**about)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArtifactError(path, "not the sidecar of an artifact") from error


def read_sidecars(root: Path, stage: str) -> dict[str, Sidecar]:
    """Return the artifacts that a stage has finished, by key."""
    found = (read_sidecar(path) for path in sorted((root / stage).glob("*.json")))
    return {sidecar.key: sidecar for sidecar in found}
