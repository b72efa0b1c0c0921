"""A stage that imports a module which another one writes runs after it."""

from __future__ import annotations

from tests.unit.graph.notebooks import planned

WRITES = "# --- [stage:a]\nwith open({path!r}, 'w') as f: f.write('V = 5')\n"
READS = "# --- [stage:b]\nimport {name}\nprint({name})\n"


def _needs(path: str, name: str) -> tuple[str, ...]:
    return planned(WRITES.format(path=path) + READS.format(name=name)).stages[1].needs


def test_a_module_a_package_and_a_module_in_a_folder() -> None:
    assert _needs("helper_x.py", "helper_x") == ("a",)
    assert _needs("pkg_x/__init__.py", "pkg_x") == ("a",)
    assert _needs("lib/helper_x.py", "helper_x") == ("a",)


def test_another_module_is_not_meant() -> None:
    assert _needs("helper_x.py", "helper_y") == ()
    assert _needs("helper_x.txt", "helper_x") == ()


def test_the_import_that_a_later_stage_repeats_reads_it_too() -> None:
    text = WRITES.format(path="helper_x.py") + READS.format(name="helper_x")
    later = planned(text + "# --- [stage:c]\nprint(helper_x.V)\n").stages[2]
    assert "a" in later.needs
    assert [use.path for use in later.reads] == ["helper_x.py"]


def test_an_object_of_an_unknown_library_may_write_a_file_that_another_stage_reads() -> None:
    save = "# --- [stage:a]\nimport boosting_x\nboosting_x.Model().save_model('a.bin')\n"
    load = "# --- [stage:b]\nimport boosting_x\nprint(boosting_x.Model().load_model('a.bin'))\n"
    assert planned(save + load).stages[1].needs == ("a",)
