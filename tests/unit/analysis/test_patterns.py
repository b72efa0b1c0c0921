"""Every rule matches what its cases say, and user projects can bring their own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
import yaml

from jupyter_mlcode.analysis import patterns
from jupyter_mlcode.analysis.patterns import (
    RuleError,
    Rules,
    built_in,
    imported,
    read_rules,
    resolver,
)
from jupyter_mlcode.notebook.settings import SettingsError, read_settings

FOLDER = Path(str(resources.files("jupyter_mlcode.analysis") / "rules"))
BY_ID = {rule.id: rule for rule in built_in().all}


def cases() -> Iterator[tuple[str, bool, str]]:
    for file in sorted(FOLDER.glob("*.cases.yml")):
        for rule, both in yaml.safe_load(file.read_text("utf-8")).items():
            yield from ((rule, True, source) for source in both["match"])
            yield from ((rule, False, source) for source in both["no_match"])


@pytest.mark.parametrize(("rule", "matches", "source"), list(cases()))
def test_a_rule_matches_what_its_cases_say(rule: str, matches: bool, source: str) -> None:
    aliases = imported(source)
    found = Rules([BY_ID[rule]]).find(source, aliases, resolver(aliases))
    assert bool(found) == matches


def test_every_rule_has_cases_of_both_kinds() -> None:
    kinds = {(rule, matches) for rule, matches, _ in cases()}
    assert kinds == {(rule, matches) for rule in BY_ID for matches in (True, False)}
    assert len(BY_ID) == len(built_in().all)


def test_positions_count_characters_from_one() -> None:
    source = "x = 1\nname = 'é'; model.to('cuda')"
    match = built_in().find(source, {}, resolver({}))[0]
    assert (match.line, match.column, match.text) == (2, 13, "model.to('cuda')")


def test_a_cell_without_the_names_of_a_rule_is_never_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(python: str) -> object:
        raise AssertionError(python)

    monkeypatch.setattr(patterns, "_tree", parse)
    assert built_in().find("df = pd.read_csv('a.csv')\ndf.head()", {"pd": "pandas"}, resolver({})) == []


def test_an_imported_name_is_looked_up_by_what_it_stands_for() -> None:
    aliases = {"attach": "google.colab.drive.mount"}
    assert [r.id for r in built_in().candidates("attach('/x')", aliases)] == ["mounts-a-drive"]


OWN = """
id: no-print
metadata: {code: ACME1, callee: [print], message: printed, severity: note}
rule: {pattern: print($$$ARGS)}
"""


def test_a_project_names_its_rule_files(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.jupyter-mlcode]\nrules = ['acme.yml']\n", encoding="utf-8"
    )
    (tmp_path / "acme.yml").write_text(OWN, encoding="utf-8")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    rules = patterns.with_project(read_settings(folder).rules)
    assert [m.rule.code for m in rules.find("print(1)", {}, resolver({}))] == ["ACME1"]
    assert len(rules.all) == len(built_in().all) + 1


def test_a_folder_without_a_project_has_only_the_built_in_rules(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    assert patterns.with_project(read_settings(tmp_path).rules) is built_in()


@pytest.mark.parametrize(
    "text",
    [
        "- 1",
        "id: a\nrule: {pattern: x}",
        "id: a\nmetadata: {code: A}\nrule: {pattern: x}",
        "id: a\nmetadata: {code: A, callee: [x], color: red}\nrule: {pattern: x}",
        "id: [",
    ],
)
def test_a_rule_that_cannot_be_used_is_an_error(text: str) -> None:
    with pytest.raises(RuleError, match=r"own\.yml"):
        read_rules(text, "own.yml")


def test_a_rule_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"gone\.yml"):
        patterns.with_project([tmp_path / "gone.yml"])


def test_rules_of_a_project_are_a_list_of_names(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.jupyter-mlcode]\nrules = 'acme.yml'\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="list of file names"):
        read_settings(tmp_path)
