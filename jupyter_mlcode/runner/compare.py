"""What two executions of the same cells show, and where it differs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mlcode.model.verify import Compared

FIGURES = ("image/png", "image/jpeg", "image/svg+xml")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
KERNEL_FILE = re.compile(r"\S*[/\\]ipykernel_\d+[/\\]\d+\.py|<ipython-input-[^>]*>")
TIMINGS = re.compile(
    r"^(?:CPU times: .*|Wall time: .*|.* ± .* per loop .*|[\d.]+ [mnµu]?s ± .*|Compiler ?: .*)$\n?",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """What one executed cell shows, made comparable: texts without addresses, times and folders."""

    printed: str = ""
    results: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    error: str = ""

    def aspects(self) -> tuple[tuple[Compared, str], ...]:
        """Return each thing that is compared, as text."""
        return (
            ("error", self.error),
            ("printed", self.printed),
            ("result", "\n".join(self.results)),
            ("figure", " ".join(self.figures)),
        )


def cell_views(notebook: Path, folders: Mapping[str, str]) -> dict[str, CellView]:
    """Return what the cells of an executed notebook show, by cell id.

    `folders` maps paths that differ from run to run to what stands for them.
    """
    document = json.loads(notebook.read_text("utf-8"))
    return {
        cell["id"]: _view(cell.get("outputs", ()), folders)
        for cell in document["cells"]
        if cell["cell_type"] == "code"
    }


def _view(outputs: Sequence[Mapping[str, Any]], folders: Mapping[str, str]) -> CellView:
    printed, results, figures, error = "", [], [], ""
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream" and output["name"] == "stdout":
            printed += _text(output["text"])
        elif kind == "error":
            error = f"{output['ename']}: {normalised(_text(output['evalue']), folders)}"
        elif kind in ("execute_result", "display_data"):
            content = output["data"]
            results.append(normalised(_text(content.get("text/plain", "")), folders))
            figures += [_figure(m, _text(content[m])) for m in FIGURES if m in content]
    return CellView(
        printed=normalised(printed, folders), results=tuple(results), figures=tuple(figures), error=error
    )


def _figure(kind: str, content: str) -> str:
    return f"{kind} {hashlib.sha256(content.strip().encode()).hexdigest()[:16]}"


def _text(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def normalised(text: str, folders: Mapping[str, str]) -> str:
    r"""Return the text without what differs in every process.

    Examples:
        >>> normalised("<f at 0x7f3a2b1c9d40>\nWall time: 3 ms\n/tmp/a/b.csv", {"/tmp/a": "."})
        '<f at 0x...>\n./b.csv'
    """
    for path, name in sorted(folders.items(), key=lambda item: -len(item[0])):
        text = text.replace(path, name)
    text = KERNEL_FILE.sub("<cell>", text)
    return TIMINGS.sub("", ADDRESS.sub("0x...", text))


def same_file(one: Path, other: Path, folders: Mapping[str, str]) -> bool:
    """Tell whether two files hold the same, byte by byte or, for JSON and text, by what they say."""
    first, second = one.read_bytes(), other.read_bytes()
    if first == second:
        return True
    try:
        texts = [normalised(content.decode("utf-8"), folders) for content in (first, second)]
    except UnicodeDecodeError:
        return False
    return texts[0] == texts[1]
