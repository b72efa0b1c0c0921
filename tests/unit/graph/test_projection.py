"""What a stage replays, loads, restores and saves."""

from __future__ import annotations

from tests.unit.graph.notebooks import codes, files, inputs, planned, replays, restored, stage


def test_a_stage_loads_only_what_it_reads():
    pipeline = planned("# --- [stage:a]\nx = [1]\ny = [2]\n# --- [stage:b]\nprint(x)\n")
    assert inputs(pipeline, "b") == {"x": "a"}
    assert [a.key for a in stage(pipeline, "a").outputs] == ["x"]


def test_a_change_is_a_new_version():
    text = "# --- [stage:a]\nx = [1]\n# --- [stage:b]\nx.append(2)\n# --- [stage:c]\nprint(x)\n"
    assert inputs(planned(text), "c") == {"x": "b"}


def test_a_maybe_passes_the_earlier_value_through():
    text = (
        "# --- [stage:a]\nx = 1\n# --- [stage:b]\nif len('ab') > 5:\n    x = 2\n# --- [stage:c]\nprint(x)\n"
    )
    pipeline = planned(text)
    assert inputs(pipeline, "c") == {"x": "b"}
    assert inputs(pipeline, "b") == {"x": "a"}


def test_a_name_that_may_be_absent_is_saved_as_absent():
    text = "# --- [stage:a]\nif len('ab') > 5:\n    x = 2\n# --- [stage:b]\nprint(x)\n"
    assert stage(planned(text), "a").outputs[0].maybe


def test_imports_of_other_stages_are_replayed_without_unused_names():
    text = "# --- [stage:a]\nfrom math import sin, cos\nx = sin(1)\n# --- [stage:b]\nprint(cos(2))\n"
    assert replays(planned(text), "b") == ["from math import cos"]


def test_a_submodule_that_another_import_brought_along_is_imported():
    text = "# --- []\nimport os\n# --- []\nimport os.path as osp\n# --- [stage:a]\nprint(os.path.join('a', 'b'))\n"
    assert "import os" in replays(planned(text), "a")


def test_a_seed_runs_once_and_its_state_is_handed_on():
    text = (
        "# --- [setup]\nimport numpy as np\nnp.random.seed(1)\n"
        "# --- [stage:a]\nx = np.random.rand(3)\n# --- [stage:b]\ny = np.random.rand(3)\n"
    )
    pipeline = planned(text)
    assert "np.random.seed(1)" in replays(pipeline, "a")
    assert "np.random.seed(1)" not in replays(pipeline, "b")
    assert restored(pipeline, "b") == {"numpy.random": "a"}


def test_a_seed_in_a_branch_does_not_hide_the_one_before():
    text = (
        "# --- [setup]\nimport random\nrandom.seed(4)\n# --- [stage:a]\nif 1 > len('ab'):\n    random.seed(2)\n"
        "# --- [stage:b]\nprint(random.random())\n"
    )
    pipeline = planned(text)
    assert restored(pipeline, "b") == {"python.random": "a"}
    assert "random.seed(4)" in replays(pipeline, "a")


def test_draws_without_any_seed_do_not_order_stages():
    text = (
        "# --- []\nimport numpy as np\n# --- [stage:a]\nx = np.random.rand(3)\n"
        "# --- [stage:b]\ny = np.random.rand(3)\n"
    )
    pipeline = planned(text)
    assert not pipeline.edges
    assert "MLC070" in {d.code for d in pipeline.diagnostics}


def test_a_function_brings_the_globals_it_reads_when_it_is_called():
    text = (
        "# --- [stage:a]\nlimit = [3]\ndef f(x):\n    return x in limit\n"
        "# --- [stage:b]\nlimit = [4]\n# --- [stage:c]\nprint(f(4))\n"
    )
    pipeline = planned(text)
    assert inputs(pipeline, "c") == {"limit": "b"}
    assert any("def f(x)" in r for r in replays(pipeline, "c"))


def test_a_function_that_reads_a_parameter_stays_in_the_script():
    text = "# --- [parameters]\nt = 0.5\n# --- [setup]\ndef f(p):\n    return p > t\n# --- [stage:a]\nprint(f(1))\n"
    pipeline = planned(text)
    assert pipeline.definitions == ()
    assert stage(pipeline, "a").params == ("t",)


def test_a_closed_function_moves_to_the_definitions_module_with_its_imports():
    text = "# --- [setup]\nimport math\ndef f(p):\n    return math.sqrt(p)\n# --- [stage:a]\nprint(f(1))\n"
    pipeline = planned(text)
    assert [d.name for d in pipeline.definitions] == ["math", "f"]
    assert "import math" not in replays(pipeline, "a")


def test_the_class_of_a_loaded_instance_is_replayed():
    text = (
        "# --- [stage:a]\nclass Net:\n    def __init__(self, k):\n        self.k = k\nnet = Net(3)\n"
        "# --- [stage:b]\nprint(net.k)\n"
    )
    pipeline = planned(text)
    assert inputs(pipeline, "b") == {"net": "a"}
    assert any(r.startswith("class Net") for r in replays(pipeline, "b"))


def test_a_named_tuple_is_a_class():
    text = (
        "# --- [setup]\nfrom collections import namedtuple\n# --- [stage:a]\nP = namedtuple('P', 'x y')\npt = P(1, 2)\n"
        "# --- [stage:b]\nprint(pt)\n"
    )
    assert "P = namedtuple('P', 'x y')" in replays(planned(text), "b")


def test_a_star_import_is_replayed_for_names_nobody_else_defines():
    text = "# --- []\nfrom math import *\n# --- [stage:a]\nprint(floor(2.5))\n"
    assert replays(planned(text), "a") == ["from math import *"]


def test_state_that_one_stage_sets_is_restored_in_the_next():
    text = (
        "# --- [stage:a]\nimport matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 50\n"
        "# --- [stage:b]\nplt.plot([1, 2])\n"
    )
    assert restored(planned(text), "b") == {"matplotlib.rcParams": "a"}


def test_a_patched_library_is_patched_again():
    text = (
        "# --- [stage:a]\nimport pandas as pd\npd.DataFrame.head2 = lambda self: self.head(2)\n"
        "# --- [stage:b]\ndf = pd.DataFrame({'a': [1]})\nprint(df.head2())\n"
    )
    assert any("head2" in r for r in replays(planned(text), "b"))


def test_a_value_from_the_middle_of_a_cell_is_refused():
    text = "# --- [stage:a]\nn = [1]\ndef f(k=n):\n    return k\nn = [2]\n# --- [stage:b]\nprint(f())\n"
    assert codes(planned(text)) == {"MLC067"}


def test_interleaved_stages_save_versions_apart():
    text = "# --- [stage:a]\nx = [1]\n# --- [stage:b]\nprint(x)\n# --- [stage:a]\nx = [2]\n# --- [stage:b]\nprint(x)\n"
    assert files(planned(text), "b") == ["x.1", "x"]


def test_stages_that_need_each_other_are_refused():
    text = "# --- [stage:a]\nx = [1]\n# --- [stage:b]\ny = x\n# --- [stage:a]\nz = y\n"
    assert codes(planned(text)) == {"MLC050"}


def test_a_generator_cannot_cross():
    text = "# --- [stage:a]\ng = (i for i in range(3))\n# --- [stage:b]\nprint(next(g))\n"
    assert codes(planned(text)) == {"MLC060"}


def test_what_is_set_on_a_class_is_handed_over():
    text = "# --- [stage:a]\nclass C:\n    n = 0\nC.n = 5\n# --- [stage:b]\nprint(C.n)\n"
    assert planned(text).stages[1].inputs == (("C", "a"),)


def test_an_instance_brings_what_is_set_on_its_class():
    text = "# --- [stage:a]\nclass C:\n    n = 0\no = C()\n# --- [stage:b]\nC.n = 5\n# --- [stage:c]\nprint(o.n)\n"
    assert planned(text).stages[2].inputs == (("C", "b"), ("o", "a"))


def test_a_changed_class_with_a_metaclass_cannot_cross():
    head = "class M(type): pass\nclass C(metaclass=M):\n    n = 0\nC.n = 5\n"
    assert codes(planned(f"# --- [stage:a]\n{head}# --- [stage:b]\nprint(C.n)\n")) == {"MLC061"}


def test_a_class_under_a_name_that_is_bound_again_cannot_cross():
    again = "class C:\n    n = 0\n"
    text = f"# --- [stage:a]\n{again}C.n = 5\n# --- [stage:b]\nprint(C.n)\n# --- [stage:c]\n{again}"
    assert codes(planned(text)) == {"MLC061"}


def test_setup_that_reads_a_file_is_refused():
    text = "# --- [setup]\nimport pandas as pd\ndf = pd.read_csv('x.csv')\n# --- [stage:a]\nprint(df)\n"
    assert codes(planned(text)) == {"MLC040"}


def test_a_needed_cell_in_no_stage_is_refused_with_a_fix():
    text = "# --- [stage:a]\nx = [1]\n# --- []\ny = sorted(x)\n# --- [stage:b]\nprint(y)\n"
    finding = next(d for d in planned(text).diagnostics if d.code == "MLC030")
    assert finding.fix is not None
    assert finding.fix.tag == "stage:a"


def test_a_cell_that_only_shows_is_left_out():
    text = "# --- [stage:a]\nx = [1]\n# --- []\nlen(x)\n# --- [stage:b]\nprint(x)\n"
    assert [item.cell for item in planned(text).left_out] == [1]
