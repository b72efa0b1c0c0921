"""Every act on the disk of an export fails, is interrupted, or is its last one: one whole state is left."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mlcode.cli.main import call
from jupyter_mlcode.exporters.transaction import MANIFEST, STATE
from jupyter_mlcode.runner.signals import StopRequestedError
from tests.harness.faults import Faults
from tests.integration.cache.project import notebook_text

TIMES = int(os.environ.get("MLCODE_KILLS", "5"))
NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EMFILE)
ALWAYS_THERE = {".gitignore", "export.json", "local.sqlite3", "lock"}
OLD = """# --- [parameters]
n: int = 1
# --- [setup]
def double(x):
    return 2 * x
# --- [stage:a]
a = [double(n), 2]
# --- [stage:b]
b = sum(a)
# --- [stage:gone]
print(b)
"""
NEW = (
    OLD.replace("sum(a)", "sum(a) + 1")
    .replace("stage:gone", "stage:new")
    .replace("n: int", "m: int = 2\nn: int")
)


class Exports:
    """A notebook before and after an edit; `old` and `new` are what its exports are.

    The new one also depends on what was there: `params.yaml` only grows.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "here"
        self.notebook = self.folder / "nb.ipynb"
        self.root = self.folder / "nb"
        self.folder.mkdir()
        self._kept = folder / "kept"
        self.old: dict[str, dict[str, bytes]] = {"": {}}
        self.new: dict[str, dict[str, bytes]] = {}
        self.start("", OLD)
        assert self.export() == 0
        self.old[OLD] = self.found()
        shutil.copytree(self.root, self._kept)
        for before in ("", OLD):
            self.start(before, NEW)
            assert self.export() == 0
            self.new[before] = self.found()

    def start(self, before: str, text: str) -> None:
        """Put the notebook there, and beside it the export of an earlier one."""
        shutil.rmtree(self.root, ignore_errors=True)
        if before:
            shutil.copytree(self._kept, self.root)
        self.notebook.write_text(notebook_text(text), "utf-8")

    def export(self) -> int:
        """Export with the command line, in this process."""
        return call(["export", str(self.notebook)])

    def found(self) -> dict[str, bytes]:
        """Return the files of the export, without our own bookkeeping but for what tells edits by hand."""
        files = (p for p in self.root.rglob("*") if not p.is_dir() and STATE not in p.parts)
        if (self.root / STATE / MANIFEST).exists():
            files = (*files, self.root / STATE / MANIFEST)
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in files}

    def litter(self) -> list[str]:
        """Return what nobody would miss: temporary files of an export, empty folders."""
        state = self.root / STATE
        left = {p.name for p in state.iterdir()} - ALWAYS_THERE if state.is_dir() else set()
        beside = {p.name for p in self.folder.iterdir()} - {"nb", "nb.ipynb"}
        return sorted(left | beside | ({"nb"} if self.root.is_dir() and not self.found() else set()))


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    return Exports(tmp_path_factory.mktemp("exports"))


def each_act(exports: Exports, before: str, look: Callable[[Faults], None], **how: object) -> int:
    """Export once for each act on the disk, which goes otherwise, and look; return how many there are."""
    at, acts = 0, 1
    while at < acts:
        at += 1
        exports.start(before, NEW)
        faults = Faults(exports.folder, at, **how)  # type: ignore[arg-type]
        look(faults)
        acts = at + 1 if len(faults.seen) >= at else at - 1
    return acts


@pytest.mark.parametrize("before", ["", OLD], ids=["first", "again"])
@pytest.mark.parametrize("turn", range(len(NUMBERS) if len(NUMBERS) < TIMES else 1))
def test_a_failure_leaves_one_whole_state(
    exports: Exports, capsys: pytest.CaptureFixture[str], before: str, turn: int
) -> None:
    """By turns for each of the reasons; with MLCODE_KILLS=100 every act for every reason."""

    def look(faults: Faults) -> None:
        faults.number = NUMBERS[(faults.fail_at + turn) % len(NUMBERS)]
        capsys.readouterr()
        with faults.injected():
            code = exports.export()
        out, err = capsys.readouterr()
        if faults.fail_at > len(faults.seen):
            assert code == 0
            return
        found = exports.found()
        assert found in (exports.old[before], exports.new[before]), faults.last
        assert exports.notebook.read_text("utf-8") == notebook_text(NEW)
        cleans = faults.last.startswith(("unlink", "rmdir"))
        assert cleans or not exports.litter(), faults.last
        if code:  # linking has a second way, and of what is only cleaned up nobody wants to hear
            assert (code, out) == (3, ""), faults.last
            assert err.count("\n") == 1, err
            assert os.strerror(faults.number) in err
        else:
            assert found == exports.new[before], faults.last
        assert exports.export() == 0
        assert exports.found() == exports.new[before]
        assert not exports.litter(), faults.last

    assert each_act(exports, before, look) > 50


@pytest.mark.parametrize("before", ["", OLD], ids=["first", "again"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, StopRequestedError])
def test_an_interruption_leaves_one_whole_state(
    exports: Exports, before: str, error: type[BaseException]
) -> None:
    def happen() -> None:
        raise error

    def look(faults: Faults) -> None:
        with faults.injected():
            code = exports.export()
        assert code == (130 if faults.fail_at <= len(faults.seen) else 0), faults.last
        assert exports.found() in (exports.old[before], exports.new[before]), faults.last
        assert faults.last.startswith(("unlink", "rmdir")) or not exports.litter(), faults.last
        assert exports.export() == 0
        assert exports.found() == exports.new[before]
        assert not exports.litter(), faults.last

    each_act(exports, before, look, happen=happen)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be split")
@pytest.mark.parametrize("before", ["", OLD], ids=["first", "again"])
@pytest.mark.parametrize("then", ["export", "status"])
def test_a_kill_at_any_act_leaves_what_the_next_command_finishes(
    exports: Exports, before: str, then: str
) -> None:
    def look(faults: Faults) -> None:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            with faults.injected():
                exports.export()
            os._exit(0)
        os.close(writer)
        os.close(reader)
        _, status = os.waitpid(child, 0)
        killed = os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        faults.seen = [""] * (faults.fail_at - (not killed))
        if then == "status" and (exports.root / "pipeline.yaml").is_file():
            call(["status", str(exports.notebook)])  # reads the folder as a run does
            assert exports.found() in (exports.old[before], exports.new[before]), faults.fail_at
        assert exports.export() == 0
        assert exports.found() == exports.new[before], faults.fail_at
        assert not exports.litter(), faults.fail_at

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    assert each_act(exports, before, look, happen=die) > 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be split")
def test_a_kill_while_a_failure_is_taken_back(exports: Exports) -> None:
    """The worst moment: the new export has failed half-way, and the old one is only half there again."""

    class FailsThenDies(Faults):
        later = 0

        def hit(self, what: str, path: object) -> None:
            if len(self.seen) + 1 == self.fail_at + self.later:
                os.kill(os.getpid(), signal.SIGKILL)
            super().hit(what, path)

    exports.start(OLD, NEW)
    counted = Faults(exports.folder, 0)
    with counted.injected():
        exports.export()
    deaths = 0
    for at in range(1, len(counted.seen) + 1):
        for later in (1, 4):
            exports.start(OLD, NEW)
            child = os.fork()
            if not child:
                faults = FailsThenDies(exports.folder, at)
                faults.later = later
                with faults.injected():
                    exports.export()
                os._exit(0)
            died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
            deaths += died
            assert exports.export() == 0, (at, later)
            assert exports.found() == exports.new[OLD], (at, later)
            assert not exports.litter(), (at, later)
    assert deaths > 50


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_a_signal_at_any_moment(exports: Exports, number: int) -> None:
    chance = random.Random(20261123)
    command = [sys.executable, "-m", "jupyter_mlcode.cli.main", "export", str(exports.notebook)]
    exports.start(OLD, NEW)
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - began
    for _ in range(TIMES):
        exports.start(OLD, NEW)
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        time.sleep(chance.uniform(whole / 2, whole * 1.1))
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        if number == signal.SIGTERM:
            assert process.returncode in (0, 130, -number)  # the last: before our first line of code
            assert exports.found() in (exports.old[OLD], exports.new[OLD])
            assert not exports.litter()
        assert exports.export() == 0
        assert exports.found() == exports.new[OLD]
        assert not exports.litter()
