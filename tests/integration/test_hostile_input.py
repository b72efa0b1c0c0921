"""Whatever somebody gives to the command line: one documented answer, soon, in little memory, and nothing written.

Every command is a process of its own, as people start it; its time is the processor's, so a busy machine is no
failure.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integration.hostile import contents, exported, files, notebooks, sizes, yaml_texts
from tests.integration.hostile.command import Done, complaints, mlcode, tree

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="pipes, /proc and what wait4 counts are Linux's"
)

GOOD = contents.GOOD


class Place:
    """A folder three levels down, in which commands are given."""

    def __init__(self, root: Path) -> None:
        self.root = root / "work"
        self.folder = self.root / "a" / "b"
        self.scratch = root / "scratch"
        self.folder.mkdir(parents=True)

    def ask(self, *arguments: str | bytes, limited: bool = False) -> Done:
        return mlcode(self.folder, *arguments, scratch=self.scratch, limited=limited)

    def refuses(self, *arguments: str | bytes, code: int, said: str, limited: bool = False) -> Done:
        """Give a command that must end so, and change nothing but what we remember ourselves."""
        before = self.seen()
        done = self.ask(*arguments, limited=limited)
        assert not complaints(done, [code], said)
        assert self.seen() == before
        return done

    def exports(self, *arguments: str | bytes, code: int, said: str, source: str = "") -> None:
        """Export; when that succeeds, everything that is new must be one sound folder."""
        if code:
            self.refuses("export", *arguments, code=code, said=said)
            return
        before = self.seen()
        done = self.ask("export", *arguments)
        assert not complaints(done, [0], said)
        after = self.seen()
        made = [Path(os.fsdecode(path)) for path in after.keys() - before.keys()]
        (folder,) = (path for path in made if path.parent == self.folder)
        assert all(folder in (path, *path.parents) for path in made)
        assert {path: after[path] for path in before} == before
        assert not exported.faults(folder, source)

    def seen(self) -> dict[bytes, tuple[int, object]]:
        """Return everything there is, but for the memory of earlier commands and the folders that tell its age."""
        return {p: found for p, found in tree(self.root).items() if b"/.mlcode" not in p}

    def put(self, content: bytes, name: str = "nb.ipynb") -> None:
        (self.folder / name).write_bytes(content)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="module")
def exported_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported pipeline with a parameter of each kind."""
    made = Place(tmp_path_factory.mktemp("exported"))
    values = "word: str = 'a'\ncount: int = 1\nrate: float = 0.5\nitems: list = []\npairs: dict = {}"
    use = "print(word, count, rate, items, pairs)"
    cells = (notebooks.cell(values, "parameters"), notebooks.cell(use, "stage:a"))
    made.put(notebooks.text(notebooks.notebook(*cells)))
    assert made.ask("export", "nb.ipynb").code == 0
    assert made.ask("status", "nb.ipynb").code == 0
    return made.folder


@pytest.fixture
def pipeline(place: Place, exported_once: Path) -> Place:
    """A copy of the pipeline."""
    shutil.copytree(exported_once, place.folder, dirs_exist_ok=True)
    return place


@pytest.mark.parametrize("name", contents.USELESS)
def test_what_is_no_notebook_is_one_line_and_exit_code_3(name: str, place: Place) -> None:
    content, said = contents.USELESS[name]
    place.put(content)
    done = place.refuses("export", "nb.ipynb", code=3, said=said)
    assert done.shown.startswith(("MLC301 nb.ipynb: ", "MLC305 nb.ipynb: "))


def test_many_that_are_no_notebook_are_one_line_each(place: Place) -> None:
    names = [f"{number}.ipynb" for number in range(len(contents.USELESS))]
    for name, (content, _) in zip(names, contents.USELESS.values(), strict=True):
        place.put(content, name)
    before = place.seen()
    done = place.ask("check", *names)
    assert (done.code, place.seen()) == (3, before)
    for line, name, (_, said) in zip(done.shown.splitlines(), names, contents.USELESS.values(), strict=True):
        assert line.startswith(f"MLC301 {name}: ")
        assert said in line


@pytest.mark.parametrize("name", contents.ODD)
def test_what_no_program_writes_is_read_or_refused(name: str, place: Place) -> None:
    content, code, said = contents.ODD[name]
    place.put(content)
    place.exports("nb.ipynb", code=code, said=said)


@pytest.mark.parametrize("name", sizes.SOURCES)
def test_code_that_is_too_deep_too_long_or_too_wide(name: str, place: Place) -> None:
    source, code, said = sizes.SOURCES[name]
    place.put(notebooks.one(source))
    place.exports("nb.ipynb", code=code, said=said, source=source)
    if said == sizes.TOO_DEEP:
        place.refuses("suggest", "nb.ipynb", code=0, said="every code cell has its tag")


@pytest.mark.parametrize("name", sizes.LARGE)
def test_megabytes_take_seconds_and_less_than_a_gibibyte(name: str, place: Place) -> None:
    place.put(sizes.LARGE[name]())
    place.exports("nb.ipynb", code=0, said="")


@pytest.mark.parametrize("name", files.PLACES)
def test_what_stands_where_a_file_should(name: str, place: Place) -> None:
    make, said = files.PLACES[name]
    make(place.folder / "nb.ipynb")
    limited = "permission" in name
    try:
        for verb in ("check", "export"):
            done = place.refuses(verb, "nb.ipynb", code=3, said=said, limited=limited)
            assert done.shown.startswith("MLC301 nb.ipynb: ")
    finally:
        for path in place.folder.iterdir():
            if not path.is_symlink():
                path.chmod(0o700)


@pytest.mark.parametrize("name", files.NAMES)
def test_names_that_a_file_can_have(name: str, place: Place) -> None:
    file, code, said = files.NAMES[name]
    with open(os.path.join(os.fsencode(place.folder), file), "wb") as opened:
        opened.write(GOOD)
    place.exports("--", file, code=code, said=said)


@pytest.mark.parametrize("file", ["-x.ipynb", "--output=x.ipynb", "-\nx.ipynb", "--\x1b[2J"])
def test_a_name_with_a_dash_is_an_option_and_the_error_says_what_to_do(file: str, place: Place) -> None:
    said = (
        "MLC400 missing argument"
        if "output" in file
        else "A file name that begins with a dash comes after `--`."
    )
    place.refuses("export", file, code=2, said=said)


ALL = [code for code in notebooks.CODE.values() if "/tmp" not in code]


@pytest.mark.parametrize(
    ("where", "codes", "code", "said"),
    [
        ("stage", ALL, 1, "MLC001"),
        *((where, ALL, 0, "") for where in ("tag", "metadata", "cell id", "heading", "language_info")),
        *((where, ALL, 0, "") for where in ("parameter", "help", "key", "file")),
        *((where, [code], 0, "") for where in ("name", "display_name") for code in ALL[:3]),
        *(
            ("language", [notebooks.CODE[name]], 3, "MLC305")
            for name in ("shell", "newline", "terminal", "jinja")
        ),
    ],
)
def test_code_where_none_belongs_stays_text(
    where: str, codes: Sequence[str], code: int, said: str, place: Place
) -> None:
    content = notebooks.with_code(where, codes)
    place.put(content)
    place.exports("nb.ipynb", code=code, said=said)


@pytest.mark.parametrize("by", ["-p", "files and -y"])
def test_code_as_the_value_of_a_parameter_is_that_value(by: str, place: Place) -> None:
    codes = [code for code in notebooks.CODE.values() if "\ud800" not in code and len(code) < 1000]
    values = {f"p{n}": code for n, code in enumerate(codes)}
    lines = "\n".join(f"{name}: str = ''" for name in values)
    write = f"import json\nwith open('out.json', 'w') as file:\n    json.dump([{', '.join(values)}], file)"
    cells = (notebooks.cell(lines, "parameters"), notebooks.cell(write, "stage:a"))
    place.put(notebooks.text(notebooks.notebook(*cells)))
    assert place.ask("export", "nb.ipynb").code == 0
    given = [part for pair in values.items() for part in ("-p", *pair)]
    if by != "-p":
        thirds = [json.dumps(dict(list(values.items())[n::3])) for n in range(3)]
        place.put(thirds[0].encode(), "nb/params.yaml")
        place.put(thirds[1].encode(), "values.yaml")
        given = ["-f", "values.yaml", "-y", thirds[2]]
    done = place.ask("run", "nb", *given)
    assert not complaints(done, [0], "completed")
    assert json.loads((place.folder / "out.json").read_text()) == codes
    assert notebooks.PWNED not in {os.path.basename(path) for path in map(os.fsdecode, place.seen())}


@pytest.mark.parametrize("name", yaml_texts.BAD)
def test_parameters_from_yaml_that_nobody_should_have_written(name: str, pipeline: Place) -> None:
    text, said = yaml_texts.BAD[name]
    pipeline.put(text.encode(), "values.yaml")
    pipeline.refuses("run", "nb", "-f", "values.yaml", code=3, said=said)
    if name in yaml_texts.WORST and len(text) < 100_000:
        pipeline.refuses("run", "nb", "-y", text, code=3, said=said)


@pytest.mark.parametrize("name", yaml_texts.WORST)
def test_files_of_a_pipeline_that_were_edited_by_hand(name: str, pipeline: Place) -> None:
    text, said = yaml_texts.BAD[name]
    pipeline.put(text.encode(), "nb/params.yaml")
    pipeline.refuses("run", "nb", code=3, said=said)
    pipeline.refuses("export", "nb.ipynb", code=3, said="MLC320 params.yaml: ")
    pipeline.put(text.encode(), "nb/pipeline.yaml")
    pipeline.refuses("run", "nb", code=3, said=said)


@pytest.mark.parametrize("name", yaml_texts.BAD_PIPELINES)
def test_a_pipeline_yaml_edited_by_hand(name: str, pipeline: Place) -> None:
    edit, said = yaml_texts.BAD_PIPELINES[name]
    good = (pipeline.folder / "nb" / "pipeline.yaml").read_text("utf-8")
    pipeline.put(_edited(good, edit).encode(), "nb/pipeline.yaml")
    pipeline.refuses("run", "nb", code=3, said=said or "MLC310 nb/pipeline.yaml: ")


def _edited(good: str, edit: str) -> str:
    old, _, new = edit.partition(" => ")
    assert old in good
    return good.replace(old, new, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("items", "[" * 50_000),
        ("items", "[" * 900 + "]" * 900),
        ("items", "[" * 50_000 + "]" * 50_000),
        ("count", "9" * 10_000),
        ("count", "\x1b[2J\n"),
        ("count", b"\xff"),
        ("a\nb", "1"),
        ("../../x", "1"),
        ("__class__", "1"),
    ],
)
def test_values_that_are_no_value_of_the_parameter(name: str, value: str | bytes, pipeline: Place) -> None:
    done = pipeline.refuses("run", "nb", "-p", name, value, code=2, said="MLC40")
    assert len(done.shown) < 1000


@pytest.mark.parametrize(
    ("name", "file"),
    [
        *(("pipe", file) for file in ("pipeline.yaml", "params.yaml", "stage_a.py", "pipeline.ipynb")),
        ("socket", "README.md"),
        ("endless device", "params.yaml"),
        ("endless device", "stage_a.py"),
        ("loop of links", "params.yaml"),
        ("folder", "pipeline.yaml"),
    ],
)
def test_what_stands_where_an_exported_file_should(name: str, file: str, pipeline: Place) -> None:
    path = pipeline.folder / "nb" / file
    path.unlink()
    files.PLACES[name][0](path)
    done = pipeline.ask("export", "nb.ipynb")
    assert not complaints(done, [1, 2, 3], file)
    if name == "pipe":
        assert f"MLC400 '{file}' in 'nb' is a pipe" in done.err


@pytest.mark.parametrize("file", ["export.json", "journal.json", "lock"])
@pytest.mark.parametrize("name", ["pipe", "endless device", "loop of links"])
def test_what_stands_where_an_export_remembers(name: str, file: str, pipeline: Place) -> None:
    path = pipeline.folder / "nb" / ".mlcode" / file
    path.unlink(missing_ok=True)
    files.PLACES[name][0](path)
    pipeline.put(GOOD)
    done = pipeline.ask("export", "nb.ipynb")
    assert not complaints(done, [0, 1, 2, 3], "")
    outside = [p for p in map(os.fsdecode, tree(pipeline.root)) if "/b/nb/" not in p]
    assert sorted(map(os.path.basename, outside)) == ["a", "b", "nb", "nb.ipynb"]


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"stages": 1}', '{"stages": [], "status": [], "started": {}, "seconds": "x"}']
)
def test_a_report_that_no_run_wrote(content: str, pipeline: Place) -> None:
    (pipeline.folder / "nb" / "runs" / "7").mkdir(parents=True)
    pipeline.put(content.encode(), "nb/runs/7/report.json")
    pipeline.refuses("status", "nb.ipynb", code=0, said="nb/runs/7: unfinished")


@pytest.mark.parametrize("name", ["pipe", "socket", "endless device", "folder", "loop of links"])
def test_what_stands_where_a_module_or_settings_could(name: str, place: Place) -> None:
    place.put(GOOD)
    for file in ("module.py", "pyproject.toml", "nb.observed.yml"):
        files.PLACES[name][0](place.folder / file)
        (place.folder / "other").unlink(missing_ok=True)
    place.refuses("check", "nb.ipynb", code=0, said="no findings")


NFKC = [
    ("ﬁ: int = 3  # one character", "parameters"),
    ("import math as ｍ\n𝐱 = [fi]\ndef ｆ(ｎ=1):\n    return x + [n]", "setup"),
    ("x.append(ﬁ)\n%time 𝐲 = fi + 1\nk = f'{ﬁ}'\n!echo {ﬁ} $ﬁ > out.txt", "stage:a"),
    ("import pandas as pd\nz = pd.DataFrame({'v': [1, 5]}).query('v > @ﬁ')", "stage:q"),
    ("w = ｆ(n=ｙ)\n𝓍.append(w[-1])\nprint(x, m.pi, k)", "stage:b"),
    ("print(𝕩, ｙ, ℤ)\ndel 𝐱\nprint('x' in globals())".replace("ℤ", "ｚ"), "stage:c"),
]


def test_names_that_look_different_are_one_variable_where_python_says_so(place: Place) -> None:
    place.put(notebooks.text(notebooks.notebook(*(notebooks.cell(source, tag) for source, tag in NFKC))))
    done = place.ask("verify", "nb.ipynb")
    assert (done.code, "nb.ipynb: equal" in done.err) == (0, True), done.shown


def test_names_that_look_alike_are_two_variables_where_python_says_so(place: Place) -> None:
    cells = (
        notebooks.cell("a = 1", "stage:a"),
        notebooks.cell("print(\u0430)", "stage:b"),
    )  # the second is Cyrillic
    place.put(notebooks.text(notebooks.notebook(*cells)))
    place.refuses("check", "nb.ipynb", code=1, said="MLC021 no cell defines '\u0430'")


def test_the_commands_of_a_readme_are_what_they_say(place: Place) -> None:
    """A shell takes each path of a README for one argument, which is a path."""
    for name in (b"-x.ipynb", b"a\nb.ipynb", b"$(touch pwned).ipynb", b"a'b\x1b.ipynb"):
        with open(os.path.join(os.fsencode(place.folder), name), "wb") as opened:
            opened.write(GOOD)
        assert place.ask("export", "--", name).code == 0
        folder = place.folder / os.fsdecode(name).removesuffix(".ipynb")
        lines = [
            line for line in (folder / "README.md").read_text("utf-8").splitlines() if "    python " in line
        ]
        for line in lines:
            shell = f'python() {{ test $# = 1 && test -f "$1" && test "${{1#-}}" = "$1"; }}; {line.strip()}'
            assert subprocess.run(["bash", "-c", shell], cwd=place.folder, check=False).returncode == 0, line
        assert len(lines) == 2
    assert not (place.folder / notebooks.PWNED).exists()
