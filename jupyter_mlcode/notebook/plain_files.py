"""Files that somebody else may have made, read without waiting for ever."""

from __future__ import annotations

import errno
import os
import stat


def read_regular(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a regular file; a pipe or a device could keep us waiting.

    Raises:
        OSError: nothing there, a folder, a pipe, not readable.
    """
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        raise OSError(errno.EINVAL, "no regular file, but a pipe or a device", os.fspath(path))
    with open(number, "rb") as file:
        return file.read()
