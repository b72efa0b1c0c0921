from __future__ import annotations

import json
from dataclasses import replace

import nbformat
import pytest

from jupyter_mlcode.codegen.notebooks import notebook_text, pipeline_notebook, stage_notebook
from jupyter_mlcode.codegen.script import stage_script
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.model.notebook import Cell
from jupyter_mlcode.model.pipeline import OwnCell, Pipeline, Replay, Stage
from tests.unit.codegen.churn import churn_pipeline, notebook

PIPELINE = churn_pipeline()
WHOLE = pipeline_notebook(PIPELINE)


def stage_form(script: str, whole: Json = WHOLE) -> Json:
    return stage_notebook(script, whole["cells"], PIPELINE.parameters, whole["metadata"])


def source(cell: Json) -> str:
    return "".join(cell["source"])


@pytest.mark.parametrize("made", [WHOLE, *[stage_form(stage_script(PIPELINE, s)) for s in PIPELINE.stages]])
def test_notebooks_are_valid_and_cleared(made: Json) -> None:
    nbformat.validate(nbformat.from_dict(made))
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])


def test_the_text_is_what_nbformat_writes() -> None:
    text = notebook_text(WHOLE)
    assert nbformat.writes(nbformat.reads(text, 4)) + "\n" == text


def test_a_stage_notebook_starts_with_its_parameters_and_reads_them_no_more() -> None:
    made = stage_form(stage_script(PIPELINE, PIPELINE.stages[3]))
    about, parameters, begin = made["cells"][:3]
    assert source(about).startswith("# Evaluate\n")
    assert parameters["metadata"] == {"tags": ["parameters"]}
    assert source(parameters) == "threshold: float = 0.5  # at or above: we call the customer"
    assert "params" not in source(begin)


def test_an_untouched_cell_comes_back_with_its_magics_and_metadata() -> None:
    text = "%%time\n!ls\ndraw()"
    cell = Cell(index=0, id="c1", kind="code", source=text, tags=("stage:a", "mine"), metadata={"k": 1})
    pipeline = Pipeline(name="p", notebook=notebook((), cells=(cell,)), kept=(0,))
    script = stage_script(pipeline, Stage(name="a", title="A", steps=(OwnCell(cell=0, closes_figures=True),)))
    own = stage_form(script, pipeline_notebook(pipeline))["cells"][-1]
    assert (own["id"], source(own), own["metadata"]) == (
        "c1",
        cell.source,
        {"k": 1, "tags": ["stage:a", "mine"]},
    )


def test_an_edit_by_hand_counts() -> None:
    script = stage_script(PIPELINE, PIPELINE.stages[3]).replace("bins=20", "bins=7")
    sources = [source(cell) for cell in stage_form(script)["cells"]]
    assert 'plt.hist(proba, bins=7)\nplt.savefig("scores.png")' in sources


def test_replayed_front_end_magics_work_in_the_stage_notebook() -> None:
    text = "%matplotlib inline\nimport os"
    pipeline = Pipeline(
        name="p", notebook=notebook((("c1", "setup", text), ("c2", "stage:a", "os.name"))), kept=(0, 1)
    )
    steps = (Replay(cell=0, lines=(1, 2), text=text), OwnCell(cell=1))
    script = stage_script(pipeline, Stage(name="a", title="A", steps=steps))
    assert "# notebook: %matplotlib inline" in script
    made = stage_form(script, pipeline_notebook(pipeline))
    assert source(made["cells"][2]) == text


def test_left_out_cells_are_gone_and_markdown_stays() -> None:
    ids = [cell["id"] for cell in WHOLE["cells"]]
    assert "99aa0001" not in ids
    assert ids[:3] == ["m0", "b1c0ffee", "0a51e7d2"]


def test_odd_ids_become_hashes_of_the_source() -> None:
    book = notebook((("", "", "x = 1"), ("a b", "", "x = 1"), ("ok", "", "y = 2")))
    made = pipeline_notebook(Pipeline(name="p", notebook=book, kept=(0, 1, 2)))
    first, second, third = (cell["id"] for cell in made["cells"])
    assert (len(first), second, third) == (8, f"{first}-2", "ok")


def test_what_a_run_leaves_in_metadata_is_dropped_and_foreign_metadata_stays() -> None:
    cell = Cell(
        index=0, id="c", kind="code", source="x", metadata={"execution": {"t": 1}, "slideshow": {"a": 1}}
    )
    metadata = {
        "papermill": {},
        "authors": [1],
        "language_info": {"name": "python", "version": "3", "pygments_lexer": "ipython3"},
        "kernelspec": {"display_name": "Mine", "language": "python", "name": "python3"},
    }
    book = notebook((), cells=(cell,), metadata=metadata)
    made = pipeline_notebook(Pipeline(name="p", notebook=book, kept=(0,)))
    assert made["cells"][0]["metadata"] == {"slideshow": {"a": 1}}
    assert set(made["metadata"]) == {"authors", "language_info", "kernelspec"}
    assert made["metadata"]["language_info"] == {"name": "python"}
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert made["metadata"]["kernelspec"] == kernelspec


def test_odd_characters_survive() -> None:
    text = "s = 'a\u2028b\x0c'\r\nt = '\ud800'\n"
    book = notebook((("c", "", text),))
    written = notebook_text(pipeline_notebook(Pipeline(name="p", notebook=book, kept=(0,))))
    assert written.encode()
    lines = json.loads(written)["cells"][0]["source"]
    assert lines == ["s = 'a\u2028b\x0c'\r\n", "t = '\ud800'\n"]


def test_one_changed_literal_changes_one_line() -> None:
    cells = list(PIPELINE.notebook.cells)
    cells[9] = replace(cells[9], source=cells[9].source.replace("stratify=y", "stratify=None"))
    other = pipeline_notebook(replace(PIPELINE, notebook=replace(PIPELINE.notebook, cells=tuple(cells))))
    old, new = notebook_text(WHOLE).split("\n"), notebook_text(other).split("\n")
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1
