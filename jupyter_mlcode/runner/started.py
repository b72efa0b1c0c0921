"""A kernel's process from its start to its end: the same whether it is started at once or ahead of time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from jupyter_mlcode.runner.kernel import kernel_manager, private_folder
from jupyter_mlcode.runner.kernel_order import KernelOrder

SECONDS_TO_DIE = 5
NO_HISTORY = "--HistoryManager.hist_file=:memory:"


@dataclass(slots=True, kw_only=True)
class StartedKernel:
    """A kernel's process with its private folder; whoever holds it closes it."""

    manager: AsyncKernelManager
    log: Path
    folders: contextlib.ExitStack
    place: tuple[int, int] | None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The process; None for kernels that run elsewhere."""
        return getattr(self.manager.provisioner, "process", None)

    def is_fresh(self, order: KernelOrder) -> bool:
        """Tell whether the kernel lives, in the folder that has the order's name now."""
        process = self.process
        return process is not None and process.poll() is None and self.place == place_of(order)

    def kill(self) -> None:
        """Kill the process group at once: also what a cell started (`!sleep 100`)."""
        provisioner = self.manager.provisioner
        group = getattr(provisioner, "pgid", None) or getattr(provisioner, "pid", None)
        if group is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(group, signal.SIGKILL)
            else:
                os.kill(group, signal.SIGTERM)

    def bury(self) -> None:
        """Wait for the process's end and remove its folder: a kernel that was killed for being slow is a zombie yet."""
        process = self.process
        if process is not None and process.poll() is None:
            self.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_DIE)
        self.folders.close()


async def start(order: KernelOrder) -> StartedKernel:
    """Start the kernel's process; nobody has talked to it when this returns.

    Raises:
        NoSuchKernel: it is not installed.
        OSError, RuntimeError: it cannot be started.
    """
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(private_folder())
        kernel = StartedKernel(
            manager=kernel_manager(order.name, folder),
            log=folder / "kernel.log",
            folders=stack.pop_all(),
            place=place_of(order),
        )
    try:
        with kernel.log.open("ab") as log:
            await kernel.manager.start_kernel(stdout=log, stderr=log, **_options(order, kernel.manager))
    except BaseException:  # an interrupt, too: its process may be there already
        kernel.kill()
        kernel.bury()
        raise
    return kernel


async def end(kernel: StartedKernel) -> None:
    """End a kernel that nobody needs."""
    kernel.kill()
    kernel.bury()
    await kernel.manager.cleanup_resources()


def _options(order: KernelOrder, manager: AsyncKernelManager) -> dict[str, Any]:
    arguments = list(order.arguments)
    if manager.ipykernel and not any(a.startswith("--HistoryManager.hist_file") for a in arguments):
        arguments.append(NO_HISTORY)
    options: dict[str, Any] = {"extra_arguments": arguments}
    if order.folder is not None:
        options["cwd"] = str(order.folder)
    if order.environment is not None:
        options["env"] = dict(order.environment)
    return options


def place_of(order: KernelOrder) -> tuple[int, int] | None:
    """Return device and number of the order's folder; None when it is not there."""
    try:
        found = os.stat(order.folder or ".")
    except OSError:
        return None
    return found.st_dev, found.st_ino
