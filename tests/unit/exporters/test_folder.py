from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlcode.artifacts import handoff_source
from jupyter_mlcode.exporters.folder import FolderExporter
from jupyter_mlcode.exporters.pipeline_yaml import pipeline_schema
from jupyter_mlcode.exporters.protocol import default_target
from jupyter_mlcode.exporters.readme import mermaid, readme
from jupyter_mlcode.exporters.yaml_text import Line, Row, inline, yaml_text
from jupyter_mlcode.model.pipeline import Artifact, FileUse, LeftOut, Pipeline, Stage
from tests.unit.codegen.churn import churn_pipeline, notebook

PIPELINE = churn_pipeline()
TARGET = default_target("churn.ipynb")
BUNDLE = FolderExporter(stage_notebooks=True).export(PIPELINE, TARGET)


def test_the_export_is_what_a_reviewer_should_see(golden: Callable[[str, Mapping[str, str]], None]) -> None:
    golden("churn", {path: text for path, text in BUNDLE.files.items() if path != "mlcode_handoff.py"})


def test_the_hand_over_module_is_the_vendored_one() -> None:
    assert BUNDLE.files["mlcode_handoff.py"] == handoff_source()


def test_every_script_of_the_export_compiles() -> None:
    for path, text in BUNDLE.files.items():
        if path.endswith(".py"):
            ast.parse(text, path)


def test_stage_notebooks_come_only_on_request() -> None:
    assert "stage_load.ipynb" in BUNDLE.files
    assert "stage_load.ipynb" not in FolderExporter().export(PIPELINE, TARGET).files


def test_a_pipeline_without_parameters_has_no_params_file() -> None:
    files = FolderExporter().export(replace(PIPELINE, parameters=()), TARGET)
    assert "params.yaml" not in files.files
    assert "-f " not in files.files["README.md"]


def test_one_changed_default_changes_one_line_in_each_file_that_holds_it() -> None:
    first, *others = PIPELINE.parameters
    cells = list(PIPELINE.notebook.cells)
    cells[1] = replace(cells[1], source=cells[1].source.replace("data/churn.csv", "data/other.csv"))
    other = replace(
        PIPELINE,
        parameters=(replace(first, default="data/other.csv"), *others),
        notebook=replace(PIPELINE.notebook, cells=tuple(cells)),
    )
    made = FolderExporter().export(other, TARGET).files
    changed = {
        path: sum(a != b for a, b in zip(text.split("\n"), BUNDLE.files[path].split("\n"), strict=True))
        for path, text in made.items()
        if text != BUNDLE.files[path]
    }
    assert changed == {"params.yaml": 1, "pipeline.ipynb": 1, "pipeline.yaml": 1}


def test_pipeline_yaml_satisfies_its_schema() -> None:
    schema = pipeline_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(BUNDLE.files["pipeline.yaml"]), schema)


def test_every_field_of_a_stage_satisfies_the_schema() -> None:
    stage = Stage(
        name="a-b",
        title="Über",
        cells=(0,),
        inputs=(("df", "load/df.2"), ("x", "load")),
        outputs=(Artifact(key="a+b.2", names=("a", "b")), Artifact(key="c", names=("c",), maybe=True)),
        params=("n",),
        needs=("load",),
        state_in=(("os.cwd", "load"), ("python.random", "load")),
        state_out=("os.cwd",),
        seeds=("numpy.random",),
        draws=("torch.random",),
        changed=("df",),
        reads=(FileUse(path=None, kind="folder"), FileUse(path=None, kind="folder")),
        writes=(FileUse(path="a/*.csv", kind="glob"),),
        carries_everything="cell 3 calls exec",
    )
    book = notebook((("12345678", "", "x"), ("c2", "", "y")), kernel="py311")
    left_out = (LeftOut(cell=1, reason="a: b # c"),)
    pipeline = Pipeline(name="p", notebook=book, stages=(stage,), left_out=left_out)
    document = yaml.safe_load(FolderExporter().export(pipeline, TARGET).files["pipeline.yaml"])
    jsonschema.validate(document, pipeline_schema())
    entry = document["stages"]["a-b"]
    assert entry["cells"] == ["12345678"]
    assert entry["random"] == {"python": "load", "numpy": "seeds", "torch": "unseeded"}
    assert entry["state"] == {"os.cwd": "load", "saves": ["os.cwd"]}
    assert entry["reads"] == [{"path": None, "kind": "folder"}]
    assert document["left_out"] == {"c2": "a: b # c"}


def test_the_schema_rejects_what_no_export_writes() -> None:
    document = yaml.safe_load(BUNDLE.files["pipeline.yaml"])
    for broken in (
        {**document, "format": 2},
        {**document, "folder": "/abs"},
        {**document, "stages": {"../x": {}}},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, pipeline_schema())


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text("ab: #\n", min_size=1, max_size=4)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_values_come_back_from_yaml(value: object) -> None:
    assert yaml.safe_load(yaml_text({"k": Line(v=value), "r": Row([value])})) == {
        "k": {"v": value},
        "r": [value],
    }
    assert "\n" not in inline(value)
    assert yaml.safe_load(inline({"k": value})) == {"k": value}


ODD = ["5e123", "12345678", "0x1f", "0o17", "on", "12:30", "2024-01-31", "~", "1_000", ".5", "é"]


@pytest.mark.parametrize("text", ODD)
def test_text_that_another_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert yaml.safe_load(yaml_text([text])) == [text]
    assert inline(text)[0] == "'" or text == "é"


def test_labels_cannot_break_the_graph() -> None:
    hostile = replace(PIPELINE.edges[0].carries[0], kind="file", name='a"] --> x["\n```')
    edge = replace(PIPELINE.edges[0], carries=(hostile,))
    text = mermaid(replace(PIPELINE, edges=(edge,)))
    assert text.split("\n")[-1] == '    s1 -->|"a#34;#93; --#62; x#91;#34; #96;#96;#96;"| s2'


def test_the_readme_escapes_and_lists_what_is_not_in_the_pipeline() -> None:
    cells = (("c1", "", "%pip install -q pandas\n!pip install `x`"), ("c2", "", "y"))
    pipeline = Pipeline(name="a|b", notebook=notebook(cells), left_out=(LeftOut(cell=1, reason="<b>*x*"),))
    text = readme(pipeline, default_target("a b.ipynb"), shared=_shared(pipeline))
    assert text.startswith("# a\\|b\n")
    assert "## Before the first run\n\n- `pip install -q pandas`\n- `pip install 'x'`" in text
    assert "- `c2` \\<b\\>\\*x\\*" in text
    assert "papermill 'a b/pipeline.ipynb' out.ipynb --cwd .  #" in text


def _shared(pipeline: Pipeline) -> object:
    from jupyter_mlcode.codegen.conventions import conventions

    return conventions(pipeline)


def test_no_file_names_this_machine() -> None:
    there = replace(PIPELINE, notebook=replace(PIPELINE.notebook, path="/home/someone/work/churn.ipynb"))
    assert FolderExporter(stage_notebooks=True).export(there, TARGET) == BUNDLE
    assert json.loads(BUNDLE.files["pipeline.ipynb"])["nbformat"] == 4
