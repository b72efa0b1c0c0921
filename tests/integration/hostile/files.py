"""What can stand where a file should, and names that files can have."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.integration.hostile.notebooks import PWNED, small, text

Place = Callable[[Path], object]
GOOD = text(small())


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

NAMES: dict[str, bytes] = {
    "newline": b"a\nb.ipynb",
    "carriage return": b"a\rb.ipynb",
    "only a newline": b"\n.ipynb",
    "terminal": b"\x1b]0;t\x07\x1b[2Jb.ipynb",
    "not UTF-8": b"caf\xe9\xff.ipynb",
    "turned around": "a\u202egpj.ipynb".encode(),
    "line separator": "a\u2028b.ipynb".encode(),
    "next line": "a\x85b.ipynb".encode(),
    "spaces and quotes": b" a 'b' \"c\" .ipynb",
    "shell": f"$(touch {PWNED}).ipynb".encode(),
    "backticks": f"`touch {PWNED}`.ipynb".encode(),
    "semicolon": f"a;touch {PWNED}.ipynb".encode(),
    "format": b"{0.__class__}%s%(a)s.ipynb",
    "jinja": b"{{ 1 }}{% raw %}.ipynb",
    "html": b"<b onclick=x>.ipynb",
    "markdown": b"[a](b) *c* `d` | e # f.ipynb",
    "python": f"'''; import os; os.system('touch {PWNED}') #.ipynb".encode(),
    "docstring": b'""" + a + """.ipynb',
    "yaml": b"- a: !!python [x, &y.ipynb",
    "backslashes": b"a\\..\\..\\b.ipynb",
    "colon": b"C:a.ipynb",
    "keyword": b"class.ipynb",
    "module": b"json.ipynb",
    "digits": b"123.ipynb",
    "only an ending": b".ipynb",
    "two dots": b"...ipynb",
    "no ending": b"notebook",
    "very long": b"a" * 249 + b".ipynb",
    "emoji": "\U0001f600.ipynb".encode(),
    "dash": b"-x.ipynb",
    "dashes": b"--output=x.ipynb",
    "tilde": b"~root.ipynb",
    "at": b"@a.ipynb",
    "star": b"*.ipynb",
}
