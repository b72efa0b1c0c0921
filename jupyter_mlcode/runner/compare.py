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
SHOWN = 200
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
    if one.read_bytes() == other.read_bytes():
        return True
    texts = _texts(one, other, folders)
    return texts is not None and texts[0] == texts[1]


def different_parts(one: Path, other: Path, folders: Mapping[str, str]) -> tuple[str, str]:
    """Return what two files that differ hold, from the first line on that differs; else how large they are."""
    texts = _texts(one, other, folders)
    parts = first_difference(*texts) if texts is not None else ("", "")
    # Bytes that are no text, or the end of a line, cannot be seen.
    return parts if parts[0] != parts[1] else (_size(one), _size(other))


def first_difference(one: str, other: str) -> tuple[str, str]:
    r"""Return the two texts from the first line on that differs.

    Examples:
        >>> first_difference("same\na", "same\nb")
        ('a', 'b')
    """
    first, second = one.splitlines(), other.splitlines()
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    return "\n".join(first[start:])[:SHOWN], "\n".join(second[start:])[:SHOWN]


def _texts(one: Path, other: Path, folders: Mapping[str, str]) -> tuple[str, str] | None:
    try:
        first, second = one.read_bytes().decode("utf-8"), other.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
    return normalised(first, folders), normalised(second, folders)


def _size(path: Path) -> str:
    content = path.read_bytes()
    return f"{len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()[:8]}"
