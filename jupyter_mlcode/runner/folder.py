"""A pipeline folder as the runner reads it: `pipeline.yaml`, checked, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_mlcode import __version__
from jupyter_mlcode.errors import InputError, UnknownNameError
from jupyter_mlcode.exporters.transaction import recover
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.parts import FileUse, Parameter
from jupyter_mlcode.notebook.plain_files import read_regular
from jupyter_mlcode.notebook.yaml_input import YamlInputError, parse_yaml
from jupyter_mlcode.runner.local.memo import Memo, digest_of

GUARDS = ".guards"
"""The folder, among the artifacts, with what the run-time guards wrote."""


class PipelineError(InputError):
    """The folder is not a pipeline that this version can run."""

    code = "MLC310"

    def __init__(self, path: Path, problem: str, *, hint: str = "Export the notebook again.") -> None:
        super().__init__(f"{path}: {problem}", hint=hint)
        self.path = path


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntry:
    """One stage of `pipeline.yaml`: what it needs and what it must leave behind.

    `inputs` maps each name to its `stage/key`; `loads` are all artifacts it reads, also those
    without a variable's name. `state` maps the kinds of state it takes over to their stage, `kinds`
    are those that it hands on or draws from, `seeded` the random numbers that somebody has seeded.
    """

    name: str
    cells: tuple[str, ...]
    inputs: Mapping[str, str]
    outputs: tuple[str, ...]
    params: tuple[str, ...]
    needs: tuple[str, ...]
    reads: tuple[FileUse, ...]
    writes: tuple[FileUse, ...]
    loads: tuple[str, ...]
    state: Mapping[str, str]
    kinds: tuple[str, ...]
    seeded: tuple[str, ...]
    changed: tuple[str, ...]
    volatile: tuple[str, ...] = ()

    @property
    def script(self) -> str:
        """The file name of the stage's script."""
        return f"stage_{self.name}.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFolder:
    """A pipeline on disk; `stages` are in the order in which they run.

    `shown` is how the user named the folder: messages use it, the code uses `root`. `code` is the
    hash of `pipeline.yaml` and everything that stages run, as they were when the folder was read.
    """

    root: Path
    shown: str
    notebook_path: Path
    kernel: str
    definitions: str
    parameters: tuple[Parameter, ...]
    stages: tuple[StageEntry, ...]
    code: str = ""

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.root.name

    @property
    def working_folder(self) -> Path:
        """The notebook's folder: relative paths in the code start there."""
        return self.notebook_path.parent

    @property
    def is_the_same(self) -> bool:
        """Whether nothing was exported into the folder, and nothing edited, since it was read."""
        try:
            return self.code == _code(self, _text(self.root / "pipeline.yaml"))
        except PipelineError:
            return False

    def stage(self, name: str) -> StageEntry:
        """Return the stage of that name.

        Raises:
            UnknownNameError: there is none.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise UnknownNameError("stage", name, (s.name for s in self.stages))


def read_folder(path: str | Path, memo: Memo | None = None) -> PipelineFolder:
    """Return the pipeline in this folder (or of this `pipeline.yaml`); a `memo` knows what was checked before.

    An export that was killed on its way is finished first: until then old and new files lie side by side.

    Raises:
        PipelineError: there is no pipeline, or it is broken.
        FolderInUseError: an export is writing it.
    """
    given = Path(path)
    file = given if given.name == "pipeline.yaml" else given / "pipeline.yaml"
    _finish_export(file)
    text = _text(file)
    document = _document(file, text, memo)
    root = file.parent.resolve()
    parameters = document.get("parameters", {})
    folder = PipelineFolder(
        root=root,
        shown=str(file.parent),
        notebook_path=Path(root, document["folder"]).resolve() / Path(document["notebook"]).name,
        kernel=document.get("kernel", "python3"),
        definitions=document.get("definitions", ""),
        parameters=tuple(_parameter(name, entry) for name, entry in parameters.items()),
        stages=tuple(_stage(name, entry) for name, entry in document["stages"].items()),
    )
    _check(file, folder)
    return replace(folder, code=_code(folder, text))


def _finish_export(file: Path) -> None:
    try:
        recover(file.parent)
    except OSError as error:
        raise PipelineError(file, f"an export was interrupted and cannot be finished: {error}") from error


def _text(file: Path) -> str:
    try:
        return read_regular(file).decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        hint = "Export a notebook first: `jupyter mlcode export NOTEBOOK`."
        raise PipelineError(file, "there is no such file", hint=hint) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise PipelineError(file, f"cannot be read ({problem})") from error


def _code(folder: PipelineFolder, text: str) -> str:
    modules = ["mlcode_handoff.py", *([f"{folder.definitions}.py"] if folder.definitions else ())]
    files = [folder.root / name for name in (*modules, *(stage.script for stage in folder.stages))]
    return digest_of(text, *(file.read_bytes() if file.is_file() else b"" for file in files))


def _document(file: Path, text: str, memo: Memo | None) -> Mapping[str, Any]:
    """Return the file's content once it satisfies the schema that is shipped with the exporter."""
    key = digest_of(__version__, text)
    known = None if memo is None else memo.recall("pipeline", key)
    if known is None:
        known = _checked(file, text)
        if memo is not None:
            memo.remember("pipeline", key, known)
    return dict(known)


def _checked(file: Path, text: str) -> Mapping[str, Any]:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    from jupyter_mlcode.exporters.pipeline_yaml import pipeline_schema

    try:
        document = parse_yaml(text)
    except YamlInputError as error:
        raise PipelineError(file, str(error)) from error
    wrong = best_match(Draft202012Validator(pipeline_schema()).iter_errors(document))
    if wrong is not None:
        where = "/".join(map(str, wrong.absolute_path))
        raise PipelineError(file, f"is no pipeline: {where + ': ' if where else ''}{wrong.message[:200]}")
    return dict(document)


def _parameter(name: str, entry: Mapping[str, Json]) -> Parameter:
    return Parameter(name=name, type=entry["type"], default=entry["default"], help=entry.get("help", ""))


def _stage(name: str, entry: Mapping[str, Json]) -> StageEntry:
    inputs = {k: v if "/" in v else f"{v}/{k}" for k, v in entry.get("inputs", {}).items()}
    state = {k: v for k, v in entry.get("state", {}).items() if k != "saves"}
    drawn = {k: v for k, v in entry.get("random", {}).items() if v not in ("seeds", "unseeded")}
    sources = [*state.values(), *drawn.values()]
    return StageEntry(
        name=name,
        cells=tuple(entry["cells"]),
        inputs=inputs,
        outputs=tuple(entry.get("outputs", ())),
        params=tuple(entry.get("params", ())),
        needs=tuple(entry.get("needs", ())),
        reads=_files(entry.get("reads", ())),
        writes=_files(entry.get("writes", ())),
        loads=tuple(dict.fromkeys([*inputs.values(), *(f"{source}/@state" for source in sources)])),
        state={**state, **{f"{kind}.random": source for kind, source in drawn.items()}},
        kinds=tuple(
            dict.fromkeys(
                [*entry.get("state", {}).get("saves", ()), *(f"{k}.random" for k in entry.get("random", {}))]
            )
        ),
        seeded=tuple(f"{k}.random" for k, v in entry.get("random", {}).items() if v != "unseeded"),
        changed=tuple(entry.get("changed", ())),
        volatile=_volatile(entry),
    )


def _volatile(entry: Mapping[str, Json]) -> tuple[str, ...]:
    """Return what keeps the stage's results from being used again; numbers that nobody has seeded are one reason."""
    unseeded = ["random"] if "unseeded" in entry.get("random", {}).values() else []
    return (*entry.get("volatile", ()), *unseeded)


def _files(entries: Json) -> tuple[FileUse, ...]:
    return tuple(FileUse(path=entry["path"], kind=entry.get("kind", "file")) for entry in entries)


def _check(file: Path, folder: PipelineFolder) -> None:
    """Find what a schema cannot say: the order of the stages, names that lead nowhere."""
    if not folder.stages:
        raise PipelineError(file, "has no stages")
    earlier: set[str] = set()
    known = {p.name for p in folder.parameters}
    for stage in folder.stages:
        sources = {ref.split("/", 1)[0] for ref in stage.loads} | set(stage.needs)
        for source in sorted(sources - earlier):
            raise PipelineError(file, f"stage {stage.name!r} stands before {source!r}, which it needs")
        for name in sorted(set(stage.params) - known):
            raise PipelineError(file, f"stage {stage.name!r} takes a parameter {name!r} that is not there")
        if not (folder.root / stage.script).is_file():
            raise PipelineError(folder.root / stage.script, "there is no such file")
        earlier.add(stage.name)
