"""Files that somebody else may have made, read without waiting for ever."""

from __future__ import annotations

import errno
import os
import stat

_KINDS = {
    stat.S_IFREG: "a file",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a symbolic link that leads nowhere",
}


def read_regular(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a regular file; a pipe or a device could keep us waiting.

    Raises:
        OSError: nothing there, a folder, a pipe, not readable.
    """
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        if error.errno != errno.ENXIO:  # which a socket gives
            raise
        raise _irregular(path) from error
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        os.close(number)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        raise _irregular(path)
    with open(number, "rb") as file:
        return file.read()


def kind_of(path: str | os.PathLike[str]) -> str:
    """Return what stands there, with its article; links are followed as far as they lead."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        mode = os.lstat(path).st_mode
    return _KINDS.get(stat.S_IFMT(mode), "no regular file")


def _irregular(path: str | os.PathLike[str]) -> OSError:
    return OSError(errno.EINVAL, f"no regular file, but {kind_of(path)}", os.fspath(path))
