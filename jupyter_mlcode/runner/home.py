"""A folder for IPython where the user has no home that can be written."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

VARIABLE = "IPYTHONDIR"


@contextlib.contextmanager
def folder_for_ipython() -> Iterator[None]:
    """Give IPython, here and in kernels, a folder that is removed at the end, where it would find none.

    It makes one in the temporary folder in each process, with a warning, and leaves it there.
    """
    if VARIABLE in os.environ or _has_one():
        yield
        return
    from jupyter_mlcode.runner.kernel import private_folder

    with private_folder() as folder:
        os.environ[VARIABLE] = str(folder / "ipython")
        try:
            yield
        finally:
            del os.environ[VARIABLE]


def _has_one() -> bool:
    home = os.path.expanduser("~")
    folder = os.path.join(home, ".ipython")
    return os.access(folder if os.path.exists(folder) else home, os.W_OK)
