"""A pipeline folder in which scripts run as stages, each in its own process."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from jupyter_mlcode.artifacts import handoff_source


@dataclass(frozen=True)
class Pipeline:
    """`folder` holds the hand-over module and the scripts; its parent is the notebook's folder."""

    folder: Path

    @classmethod
    def at(cls, root: Path) -> Pipeline:
        folder = root / "notebooks" / "churn"
        folder.mkdir(parents=True)
        (folder / "mlcode_handoff.py").write_text(handoff_source(), "utf-8")
        return cls(folder)

    def declare(self, **about: object) -> None:
        (self.folder / "pipeline.yaml").write_text(yaml.safe_dump({"format": 1, **about}), "utf-8")

    def run(
        self,
        stage: str,
        code: str,
        *argv: str,
        cwd: Path | None = None,
        code_expected: int = 0,
        **environ: str,
    ) -> str:
        """Run a stage script and return what it printed; with another expected exit code, its stderr."""
        script = self.folder / f"stage_{stage}.py"
        begin = f"from mlcode_handoff import Stage, HandoffError\n\nstage = Stage({stage!r})\n"
        script.write_text(begin + textwrap.dedent(code), "utf-8")
        done = subprocess.run(
            [sys.executable, str(script), *argv],
            cwd=cwd or self.folder.parent.parent,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code_expected, done.stderr
        return done.stderr if code_expected else done.stdout


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline.at(tmp_path)
