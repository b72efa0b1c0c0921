"""The real command line as a process: what it said, what it used, and what it left on the disk."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CPU_SECONDS = 5.0
PEAK_BYTES = 1 << 30
TIMEOUT = 60
"""Seconds by the clock: only there so that nothing waits for ever."""
ROOT = Path(__file__).resolve().parents[3]

# The system counts the memory of whoever forks to the child, so a small process stands between the tests and the
# command. It also lets go of root's right to read every file (24 is PR_CAPBSET_DROP, 1 and 2 are the two rights), and
# keeps a mistake of ours from taking the machine's memory; what is asserted is what was really used.
_LAUNCHER = """
import json, os, resource, signal, sys
usage, limited, timeout, command = sys.argv[1], sys.argv[2] == "limited", int(sys.argv[3]), sys.argv[4:]
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    if limited and os.geteuid() == 0:
        import ctypes
        if any(ctypes.CDLL(None, use_errno=True).prctl(24, right, 0, 0, 0) for right in (1, 2)):
            os._exit(99)
    os.execv(command[0], command)
signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
signal.alarm(timeout)
_, status, used = os.wait4(child, 0)
with open(usage, "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss], file)
"""
_CODE = re.compile(r"\bMLC\d{3}\b")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended. `cpu` counts seconds of all its processes, `peak` the bytes of the largest."""

    code: int
    out: str
    err: str
    cpu: float
    peak: int

    @property
    def shown(self) -> str:
        """Everything that a terminal would show."""
        return self.out + self.err

    @property
    def codes(self) -> set[str]:
        """The codes of all that it said."""
        return set(_CODE.findall(self.shown))


def mlcode(folder: Path, *arguments: str | bytes, scratch: Path, limited: bool = False) -> Done:
    """Run `jupyter mlcode` in this folder; `limited` takes root's right to read every file from it."""
    (scratch / "home").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "jupyter_mlcode.cli.main", *arguments]
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(scratch / "usage")]
    with open(scratch / "out", "wb") as out, open(scratch / "err", "wb") as err:
        subprocess.run(
            [*launcher, "limited" if limited else "free", str(TIMEOUT), *command],
            cwd=folder,
            env=_environment(scratch / "home"),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            check=True,
            timeout=TIMEOUT + 30,
        )
    code, cpu, peak = json.loads((scratch / "usage").read_text())
    texts = [(scratch / name).read_bytes().decode("utf-8") for name in ("out", "err")]
    return Done(code=code, out=texts[0], err=texts[1], cpu=cpu, peak=peak * 1024)


def _environment(home: Path) -> dict[str, str]:
    """Return the environment of the command: ours, without what another place could change."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLCODE_", "XDG_", "COV_", "COVERAGE"))}
    return {
        **kept,
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def tree(root: Path) -> dict[bytes, tuple[int, object]]:
    """Return everything below a folder: the type of each thing, and what it holds."""
    found: dict[bytes, tuple[int, object]] = {}
    for place, folders, files in os.walk(os.fsencode(root)):
        for name in (*folders, *files):
            path = os.path.join(place, name)
            kind = stat.S_IFMT(os.lstat(path).st_mode)
            content: object = None
            if stat.S_ISLNK(kind):
                content = os.readlink(path)
            elif stat.S_ISREG(kind):
                content = Path(os.fsdecode(path)).read_bytes()
            found[path] = (kind, content)
    return found


def complaints(done: Done, codes: Sequence[int], said: str) -> Mapping[str, object]:
    """Return what is wrong with how a command ended, apart from what it wrote; empty when all is well."""
    lines = done.shown.splitlines()
    wrong = {
        "exit code": done.code if done.code not in codes else None,
        "traceback": "Traceback" in done.shown or None,
        "CPU": done.cpu if done.cpu > CPU_SECONDS else None,
        "memory": done.peak if done.peak > PEAK_BYTES else None,
        "not said": said if said not in done.shown else None,
        "unseen": _UNSEEN.findall(done.shown) or None,
        "several lines": lines if done.code in (2, 3) and len(lines) != 1 else None,
        "no code": lines if done.code and not done.codes else None,
    }
    found = {name: value for name, value in wrong.items() if value is not None}
    return {**found, "shown": done.shown[-600:]} if found else {}
