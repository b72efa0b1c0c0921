"""What can stand where a file should, and names that files can have."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.integration.hostile.contents import GOOD
from tests.integration.hostile.notebooks import PWNED

Place = Callable[[Path], object]


def _socket(path: Path) -> None:
    """Make a socket; its path may be longer than an address, so it is made from within the folder."""
    here = os.open(".", os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as made:
        os.chdir(path.parent)
        try:
            made.bind(path.name)
        finally:
            os.fchdir(here)
            os.close(here)


def _loop(path: Path) -> None:
    path.symlink_to("other")
    path.with_name("other").symlink_to(path.name)


def _unreadable(path: Path) -> None:
    path.write_bytes(GOOD)
    path.chmod(0)


def _below_unreadable(path: Path) -> None:
    path.parent.joinpath("closed").mkdir()
    path.parent.joinpath("closed", "nb.ipynb").write_bytes(GOOD)
    path.symlink_to("closed/nb.ipynb")
    path.parent.joinpath("closed").chmod(0)


PLACES: dict[str, tuple[Place, str]] = {
    "pipe": (os.mkfifo, "cannot be read (no regular file, but a pipe)"),
    "socket": (_socket, "cannot be read (no regular file, but a socket)"),
    "folder": (Path.mkdir, "is a folder"),
    "loop of links": (_loop, "cannot be read (too many levels of symbolic links)"),
    "link that leads nowhere": (lambda path: path.symlink_to("nothing"), "no such file"),
    "link to a folder": (lambda path: path.symlink_to("."), "is a folder"),
    "endless device": (lambda path: path.symlink_to("/dev/zero"), "no regular file, but a device"),
    "empty device": (lambda path: path.symlink_to("/dev/null"), "no regular file, but a device"),
    "memory of the process": (lambda path: path.symlink_to("/proc/self/mem"), "cannot be read ("),
    "no permission": (_unreadable, "cannot be read (permission denied)"),
    "a folder without permission": (_below_unreadable, "cannot be read (permission denied)"),
    "nothing": (lambda path: None, "no such file"),
}
"""How each is made, and what must be said of it; all are no notebook: exit code 3."""

NAMES: dict[str, tuple[bytes, int, str]] = {
    "newline": (b"a\nb.ipynb", 0, ""),
    "carriage return": (b"a\rb.ipynb", 0, ""),
    "only a newline": (b"\n.ipynb", 0, ""),
    "terminal": (b"\x1b]0;t\x07\x1b[2Jb.ipynb", 0, ""),
    "not UTF-8": (b"caf\xe9\xff.ipynb", 3, "is not UTF-8  hint: Rename it"),
    "turned around": ("a\u202egpj.ipynb".encode(), 0, ""),
    "line separator": ("a\u2028b.ipynb".encode(), 0, ""),
    "spaces and quotes": (b" a 'b' \"c\" .ipynb", 0, ""),
    "shell": (f"$(touch {PWNED}).ipynb".encode(), 0, ""),
    "semicolon": (f"a;touch {PWNED}.ipynb".encode(), 0, ""),
    "format": (b"{0.__class__}%s%(a)s.ipynb", 0, ""),
    "jinja": (b"{{ 1 }}{% raw %}.ipynb", 0, ""),
    "html": (b"<b onclick=x>.ipynb", 0, ""),
    "markdown": (b"[a](b) *c* `d` | e # f.ipynb", 0, ""),
    "python": (f"'''; import os; os.system('touch {PWNED}') #.ipynb".encode(), 0, ""),
    "docstring": (b'""" + a + """.ipynb', 0, ""),
    "yaml": (b"- a: !!python [x, &y.ipynb", 0, ""),
    "backslashes": (b"a\\..\\..\\b.ipynb", 0, ""),
    "module": (b"json.ipynb", 0, ""),
    "only an ending": (b".ipynb", 2, "Choose a folder with --output."),
    "two dots": (b"...ipynb", 2, "leads to no folder"),
    "no ending": (b"notebook", 2, "Choose a folder with --output."),
    "very long": (b"a" * 249 + b".ipynb", 0, ""),
    "emoji": ("\U0001f600.ipynb".encode(), 0, ""),
    "dash": (b"-x.ipynb", 0, ""),
    "dashes": (b"--output=x.ipynb", 0, ""),
}
"""Each with the exit code of its export, and what must be said."""
