"""What crosses an edge, and where it is made and read."""

from __future__ import annotations

from jupyter_mlcode.checks.plan import plan
from jupyter_mlcode.model.pipeline import Carried
from tests.unit.graph.notebooks import notebook


def crossing(text: str) -> dict[tuple[str, str], tuple[Carried, ...]]:
    return {(edge.source, edge.target): edge.carries for edge in plan(notebook(text)).edges}


def test_a_variable_names_the_cells_and_lines_where_it_is_made_and_read() -> None:
    found = crossing("""# --- [stage:a]
import os
x = [os.sep]
# --- [stage:b]
# nothing yet
y = 1
print(x, y)
""")
    (item,) = found["a", "b"]
    assert (item.kind, item.name, item.made, item.read) == ("variable", "x", (1, 2), (2, 3))


def test_a_file_names_the_cells_and_lines_where_it_is_written_and_read() -> None:
    found = crossing("""# --- [stage:a]
x = 1
with open("out.txt", "w") as f:
    f.write("1")
# --- [stage:b]
print(open("out.txt").read())
# --- [stage:c]

open("out.txt", "w").close()
""")
    (written,) = found["a", "b"]
    assert (written.kind, written.name, written.made, written.read) == ("file", "out.txt", (1, 2), (2, 1))
    assert found["b", "c"][0].read == (3, 2)
    assert ("a", "c") in found


def test_files_that_cannot_meet_make_no_edge() -> None:
    found = crossing("""# --- [stage:a]
open("a.txt", "w").close()
# --- [stage:b]
print(open("b.txt").read())
# --- [stage:c]
print(open("a.txt").read())
""")
    assert set(found) == {("a", "c")}


def test_readers_of_a_file_are_not_ordered() -> None:
    found = crossing("""# --- [stage:a]
print(open("a.txt").read())
# --- [stage:b]
print(open("a.txt").read())
""")
    assert found == {}


def test_draws_from_one_generator_are_ordered_as_in_the_notebook() -> None:
    found = crossing("""# --- [stage:a]
import random
random.seed(1)
# --- [stage:b]
b = random.random()
# --- [stage:c]
c = random.random()
""")
    assert [item.kind for item in found["a", "b"]] == ["random"]
    assert [(item.kind, item.made[0], item.read[0]) for item in found["b", "c"]] == [("random", 2, 3)]
    assert ("a", "c") not in found
