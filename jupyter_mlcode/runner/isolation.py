"""Folders for a comparison: copies of the notebook's folder, and folders with declared files only."""

from __future__ import annotations

import ast
import glob
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jupyter_mlcode.errors import InputError
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Notebook
from jupyter_mlcode.model.pipeline import FileUse
from jupyter_mlcode.notebook.magics import mask
from jupyter_mlcode.runner.outputs import filled_in

NOT_COPIED = frozenset(
    ".git .hg .svn .venv venv node_modules __pycache__ .ipynb_checkpoints .mypy_cache .tox".split()
)
LARGEST_FOLDER = 4 << 30
# Downloads that libraries keep in the home folder: read-only for our purpose, expensive to repeat.
DOWNLOADS = {
    "SCIKIT_LEARN_DATA": "scikit_learn_data",
    "SEABORN_DATA": ".cache/seaborn",
    "NLTK_DATA": "nltk_data",
    "HF_HOME": ".cache/huggingface",
    "TORCH_HOME": ".cache/torch",
    "KERAS_HOME": ".keras",
    "PYTHONUSERBASE": ".local",
}


class FolderTooLargeError(InputError):
    """The notebook's folder cannot be copied for a comparison."""

    code = "MLC312"

    def __init__(self, folder: Path, size: int) -> None:
        super().__init__(
            f"{folder}: {size / (1 << 30):.1f} GB are too much to copy for a comparison",
            hint="Keep the notebook in a folder of its own, with the files that it reads.",
        )


def copy_folder(source: Path, target: Path, leave_out: Iterable[Path] = ()) -> None:
    """Copy the notebook's folder, without what no notebook reads.

    Raises:
        FolderTooLargeError: there is more than a comparison should copy.
    """
    left_out = {path.resolve() for path in leave_out}

    def ignored(folder: str, names: list[str]) -> set[str]:
        return {n for n in names if _is_left_out(Path(folder, n), left_out)}

    size = 0
    for folder, names, files in os.walk(source):
        names[:] = [n for n in names if not _is_left_out(Path(folder, n), left_out)]
        size += sum(os.lstat(os.path.join(folder, f)).st_size for f in files)
        if size > LARGEST_FOLDER:
            raise FolderTooLargeError(source, size)
    shutil.copytree(source, target, symlinks=True, ignore=ignored, dirs_exist_ok=True)


def _is_left_out(path: Path, left_out: set[Path]) -> bool:
    if path.name in NOT_COPIED or path.resolve() in left_out:
        return True
    return path.is_dir() and (path / "pyvenv.cfg").is_file()


def snapshot(folder: Path, leave_out: Path | None = None) -> dict[str, tuple[int, int]]:
    """Return size and time of every file, by its path from the folder."""
    found: dict[str, tuple[int, int]] = {}
    for where, names, files in os.walk(folder):
        names[:] = [n for n in names if n not in NOT_COPIED and Path(where, n) != leave_out]
        for name in files:
            path = Path(where, name)
            stat = path.lstat()
            found[path.relative_to(folder).as_posix()] = (stat.st_size, stat.st_mtime_ns)
    return found


def written_since(before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]) -> set[str]:
    """Return the files that are new or changed."""
    return {path for path, stat in after.items() if before.get(path) != stat}


def levels_above(uses: Iterable[FileUse], values: Mapping[str, Json]) -> int:
    """Return how many folders up the declared paths lead: a copy needs as many above it."""
    paths = [filled_in(use.path, values) for use in uses if use.path is not None]
    up = [os.path.normpath(p).split(os.sep).count("..") for p in paths if not os.path.isabs(p)]
    return max(up, default=0)


def declared_files(
    uses: Iterable[FileUse], values: Mapping[str, Json], folder: Path, present: Iterable[str]
) -> Iterator[str]:
    """Yield the paths, from the folder, of the files that these uses name; `present` are all there are."""
    for use in uses:
        if use.path is None:
            yield from present
            continue
        path = filled_in(use.path, values)
        if os.path.isabs(path):
            continue
        for found in glob.glob(path, root_dir=folder, recursive=True) if use.kind == "glob" else [path]:
            yield from _files_below(folder, os.path.normpath(found))


def _files_below(folder: Path, path: str) -> Iterator[str]:
    target = folder / path
    if target.is_dir():
        for where, _, names in os.walk(target):
            yield from (Path(os.path.relpath(where, folder), name).as_posix() for name in names)
    elif target.exists():
        yield Path(path).as_posix()


def place(source: Path, target: Path, paths: Iterable[str]) -> None:
    """Copy these files from one folder to the same place in another."""
    for path in paths:
        if (source / path).is_file():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / path, target / path)


def make_folders(source: Path, target: Path, uses: Iterable[FileUse], values: Mapping[str, Json]) -> None:
    """Make the folders in which these files lie, where `source` has them: who writes `out/a.csv` needs `out`."""
    for use in uses:
        path = Path(os.path.normpath(filled_in(use.path, values))) if use.path is not None else Path()
        for folder in (path, *path.parents):
            if not path.is_absolute() and (source / folder).is_dir():
                (target / folder).mkdir(parents=True, exist_ok=True)


def local_modules(notebook: Notebook, folder: Path) -> set[str]:
    """Return the Python files of the folder that the notebook imports, and those that they import."""
    pending = {name for cell in notebook.code_cells for name in _imported(mask(cell.source).python)}
    known: set[str] = set()
    found: set[str] = set()
    while pending - known:
        name = (pending - known).pop()
        known.add(name)
        package = folder / name
        files = [folder / f"{name}.py"] if not package.is_dir() else sorted(package.rglob("*.py"))
        for file in files:
            if file.is_file():
                found.add(file.relative_to(folder).as_posix())
                pending |= _imported(file.read_text("utf-8", "replace"))
    return found


def _imported(source: str) -> set[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def hermetic_environment(home: Path, hash_seed: int) -> dict[str, str]:
    """Return the variables of a stage's kernel: an empty home, hashes of another process.

    They are the same for every stage, so that a stage which looks at them sees no difference.
    """
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    kept = {name: Path.home() / path for name, path in DOWNLOADS.items()}
    variables = {name: str(path) for name, path in kept.items() if path.exists() and name not in os.environ}
    fonts = home.with_name("matplotlib")
    fonts.mkdir(exist_ok=True)
    for cached in (Path.home() / ".cache/matplotlib").glob("fontlist-*.json"):
        shutil.copy2(cached, fonts)  # looking for fonts takes matplotlib many seconds
    return {**variables, "HOME": str(home), "MPLCONFIGDIR": str(fonts), "PYTHONHASHSEED": str(hash_seed)}
