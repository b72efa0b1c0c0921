"""Make one process look like a fresh one: a new `__main__`, unknown random state, put-back settings."""

from __future__ import annotations

import decimal
import logging
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OURS = ("mlcode_handoff", "mlcode_guards")
GIVEN_UP = 180
ROOT = Path(__file__).resolve().parents[2]


def reset_options() -> None:
    """Give decimal, numpy and pandas the options that a new process has."""
    decimal.setcontext(decimal.Context())
    if "numpy" in sys.modules:
        sys.modules["numpy"].set_printoptions(precision=8, threshold=1000, suppress=False)
    if "pandas" in sys.modules:
        sys.modules["pandas"].reset_option("display.precision")


def scramble() -> None:
    """Seed every generator from the operating system, as a new process does."""
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


@contextmanager
def fresh_main(folder: Path, file: Path | None = None) -> Iterator[dict[str, Any]]:
    """Give an empty `__main__` namespace with `folder` as working folder; put everything back after."""
    before = set(sys.modules)
    saved = (os.getcwd(), list(sys.path), list(sys.argv), dict(os.environ), sys.modules["__main__"])
    known = logging.root.manager.loggerDict.values()
    handlers = {logger for logger in known if isinstance(logger, logging.Logger) and logger.handlers}
    random_states = random.getstate(), _numpy_state()
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    if file is None:
        sys.path.insert(0, "")
    else:
        module.__file__ = str(file)
        sys.path.insert(0, str(file.parent))
    os.chdir(folder)
    scramble()
    reset_options()
    try:
        yield module.__dict__
    finally:
        os.chdir(saved[0])
        for logger in logging.root.manager.loggerDict.values():
            if isinstance(logger, logging.Logger) and logger not in handlers:
                logger.handlers.clear()
        sys.path[:], sys.argv[:] = saved[1], saved[2]
        os.environ.clear()
        os.environ.update(saved[3])
        sys.modules["__main__"] = saved[4]
        _forget(before)
        random.setstate(random_states[0])
        if random_states[1] is not None:
            sys.modules["numpy.random"].set_state(random_states[1])


def _numpy_state() -> Any:
    generator = sys.modules.get("numpy.random")
    return None if generator is None else generator.get_state()


def _forget(before: set[str]) -> None:
    """Drop the modules that stand beside the notebook or in its pipeline; library modules may stay."""
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if name in OURS or (file is not None and not file.startswith((sys.prefix, sys.base_prefix))):
            del sys.modules[name]


def in_new_process(work: Callable[[], Any], environment: Mapping[str, str], seconds: int = 300) -> Any:
    """Return what the importable `work` returns in an interpreter that knows nothing of this one."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "asked"), Path(folder, "answered")
        asked.write_bytes(pickle.dumps(work))
        command = [sys.executable, "-c", _ANSWER, str(ROOT), str(asked), str(answered)]
        subprocess.run(command, env=dict(environment), timeout=seconds, check=True)
        return pickle.loads(answered.read_bytes())


_ANSWER = """
import pathlib, pickle, sys
sys.path.insert(0, sys.argv[1])
asked, answered = map(pathlib.Path, sys.argv[2:])
answered.write_bytes(pickle.dumps(pickle.loads(asked.read_bytes())()))
"""


def in_child(work: Callable[[], Any], seconds: int = GIVEN_UP) -> Any:
    """Return what `work` returns in a forked process, so that nothing it does to the interpreter stays."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            signal.alarm(seconds)
            logging.root.handlers.clear()  # pytest's: a new process has none
            logging.root.setLevel(logging.WARNING)
            content = pickle.dumps(work())
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(content)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    if status or not content:
        raise ChildProcessError(f"the child ended with status {status}")
    return pickle.loads(content)
