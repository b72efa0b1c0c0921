"""A project's settings: `[tool.jupyter-mlcode]` of the nearest pyproject.toml above the notebook."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.errors import InputError


class SettingsError(InputError):
    """`[tool.jupyter-mlcode]` is not what it should be."""

    code = "MLC330"

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}", hint="See docs/teaching.md.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Files that teach libraries (`knowledge`) and patterns to warn of (`rules`), beside the built-in ones."""

    knowledge: tuple[Path, ...] = ()
    rules: tuple[Path, ...] = ()


def read_settings(folder: Path) -> Settings:
    """Return the settings of the project that this folder belongs to; empty ones when it has none.

    Raises:
        SettingsError: pyproject.toml cannot be read, or a setting is not a list of files that exist.
    """
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        if file.is_file():
            try:
                table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("jupyter-mlcode", {})
            except (OSError, ValueError, AttributeError) as error:
                raise SettingsError(file, str(error)) from error
            return Settings(knowledge=_files(file, table, "knowledge"), rules=_files(file, table, "rules"))
    return Settings()


def _files(file: Path, table: object, key: str) -> tuple[Path, ...]:
    names = table.get(key, []) if isinstance(table, dict) else None
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise SettingsError(file, f"`{key}` of [tool.jupyter-mlcode] is a list of file names")
    found = tuple(file.parent / name for name in names)
    for path in found:
        if not path.is_file():
            raise SettingsError(file, f"`{key}` names {path.name!r}, which is no file")
    return found
