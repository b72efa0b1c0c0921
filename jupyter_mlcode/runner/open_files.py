"""How many files this process and its kernels may have open at once."""

from __future__ import annotations

import contextlib
import errno

from jupyter_mlcode.errors import DiskError

WANTED = 4096
NEEDED = 128
"""Of a run: ZeroMQ ends the whole process where it gets no more, without a word to anybody."""


def allow_open_files() -> None:
    """Raise the limit as far as a run likes it, where the system lets us; macOS begins with 256.

    Raises:
        DiskError: the limit is too low for a run.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    possible = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < possible:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
            soft = possible
    if soft != resource.RLIM_INFINITY and soft < NEEDED:
        problem = f"at most {soft} files may be open at once (ulimit -n), and a run needs {NEEDED}"
        raise DiskError(OSError(errno.EMFILE, problem))
