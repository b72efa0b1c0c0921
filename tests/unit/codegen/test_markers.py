from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mlcode.codegen.markers import ScriptCell, join_cells, script_cells
from jupyter_mlcode.codegen.translation import to_script
from jupyter_mlcode.errors import InputError

LINES = st.one_of(
    st.sampled_from(
        ["# %% begin", "# %% end", "# %% Load [ab]", "# %%% begin", "# %%% x [y]", "# %% free", "", "   ", '"""', "#%%",
         "def f():", "    pass", "x = 'a\u2028b'", "\x0c", "# %% setup [ab]"]
    ),
    st.text(alphabet=st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=20),
)  # fmt: skip
SOURCES = st.lists(LINES, min_size=1, max_size=6).map("\n".join)
HEADINGS = st.sampled_from(["Load", "setup", "begin", "A [b]", "end [x]"])


@given(st.lists(st.tuples(HEADINGS, SOURCES), min_size=1, max_size=5))
def test_every_cell_comes_back_from_the_script(cells: list[tuple[str, str]]) -> None:
    own = [
        ScriptCell(kind="own", heading=heading, cell_id=f"id{number}", source=to_script(source))
        for number, (heading, source) in enumerate(cells)
    ]
    header = ScriptCell(kind="header", source='"""Title.\n\n# %% begin\n"""')
    begin = ScriptCell(kind="begin", source="x = 1")
    found = script_cells(join_cells([header, begin, *own]))
    assert found[:2] == (header, begin)
    assert [(cell.kind, cell.cell_id, cell.source) for cell in found[2:]] == [
        ("own", cell.cell_id, cell.source) for cell in own
    ]


def test_a_users_marker_makes_the_fence_longer_not_the_code_different() -> None:
    header = ScriptCell(kind="header", source='"""T."""')
    cells = [
        header,
        ScriptCell(kind="begin", source=""),
        ScriptCell(kind="own", cell_id="a", source="# %% x [a]"),
    ]
    assert "# %%% begin" in join_cells(cells)
    assert script_cells(join_cells(cells))[2].source == "# %% x [a]"


def test_windows_line_ends_and_a_byte_order_mark_are_read_too() -> None:
    assert script_cells("\ufeff# %% begin\r\nx = 1\r\n")[1].source == "x = 1"


def test_a_file_without_markers_is_no_script() -> None:
    with pytest.raises(InputError):
        script_cells("x = 1\n")
