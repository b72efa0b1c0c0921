"""Names that share an object: one file where identity matters, files of their own elsewhere."""

from __future__ import annotations

from tests.unit.graph.notebooks import codes, files, inputs, planned, stage


def test_names_of_one_object_cross_together_when_it_is_changed():
    text = "# --- [stage:a]\nx = y = []\n# --- [stage:b]\nx.append(1)\nprint(y)\n"
    assert files(planned(text), "b") == ["x+y"]


def test_names_of_one_object_cross_apart_when_nobody_changes_it():
    text = "# --- [stage:a]\nx = y = []\n# --- [stage:b]\nprint(x, y)\n"
    assert files(planned(text), "b") == ["x", "y"]


def test_a_change_through_one_name_is_a_change_of_the_other():
    text = "# --- [stage:a]\nx = []\ny = x\n# --- [stage:b]\ny.append(1)\n# --- [stage:c]\nprint(x)\n"
    assert inputs(planned(text), "c") == {"x": "b"}


def test_a_stage_in_between_passes_the_group_on():
    text = "# --- [stage:a]\nx = [1]\n# --- [stage:b]\ny = x\n# --- [stage:c]\ny.append(2)\nprint(x)\n"
    pipeline = planned(text)
    assert files(pipeline, "c") == ["x+y"]
    assert inputs(pipeline, "c") == {"x": "b", "y": "b"}


def test_an_element_of_a_tuple_can_change():
    text = "# --- [stage:a]\nx = ([], 3)\n# --- [stage:b]\nx[0].append(1)\n# --- [stage:c]\nprint(x)\n"
    assert inputs(planned(text), "c") == {"x": "b"}


def test_an_unknown_call_may_link_its_arguments():
    text = (
        "# --- []\nimport nobody\n# --- [stage:a]\nx = []\ny = {}\nnobody.link(x, y)\n"
        "# --- [stage:b]\nx.append(1)\n# --- [stage:c]\nprint(y)\n"
    )
    assert inputs(planned(text), "c") == {"y": "b"}


def test_a_counter_carries_its_count():
    text = (
        "# --- [stage:a]\ndef counter():\n    n = 0\n    def inc():\n        nonlocal n\n        n += 1\n"
        "        return n\n    return inc\nc = counter()\n"
        "# --- [stage:b]\nc()\n# --- [stage:c]\nprint(c())\n"
    )
    pipeline = planned(text)
    if "MLC064" not in codes(pipeline):
        assert inputs(pipeline, "c") == {"c": "b"}


def test_parts_that_a_split_returns_are_objects_of_their_own():
    text = (
        "# --- []\nimport pandas as pd\nfrom sklearn.model_selection import train_test_split\n"
        "# --- [stage:a]\ndf = pd.DataFrame({'a': range(9)})\ntrain, test = train_test_split(df, random_state=1)\n"
        "# --- [stage:b]\ntrain['b'] = 1\n# --- [stage:c]\nprint(test)\n"
    )
    assert inputs(planned(text), "c") == {"test": "a"}


def test_a_copy_is_another_object():
    text = (
        "# --- []\nimport numpy as np\n# --- [stage:a]\nx = np.zeros(3)\ny = x.copy()\nz = x[1:]\n"
        "# --- [stage:b]\nx[0] = 1\n# --- [stage:c]\nprint(y)\n# --- [stage:d]\nprint(z)\n"
    )
    pipeline = planned(text)
    assert inputs(pipeline, "c") == {"y": "a"}
    assert inputs(pipeline, "d") == {"z": "b"}
    assert stage(pipeline, "c").needs == ("a",)
