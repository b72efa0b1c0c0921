"""Which kernels are installed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jupyter_mlcode.errors import UnknownNameError
from jupyter_mlcode.runner.home import folder_for_ipython


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelSpec:
    """An installed kernel: the file that describes it, and the program that it runs."""

    file: Path
    program: str


def kernel_spec(name: str) -> KernelSpec:
    """Return the installed kernel of that name.

    Raises:
        UnknownNameError: there is none; the message lists those that are.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    with folder_for_ipython():
        manager = KernelSpecManager()
        try:
            spec = manager.get_kernel_spec(name)
        except NoSuchKernel as error:
            raise UnknownNameError("kernel", name, manager.find_kernel_specs()) from error
    return KernelSpec(file=Path(spec.resource_dir, "kernel.json"), program=spec.argv[0])


def known_kernel(name: str) -> str:
    """Return the kernel's name if it is installed.

    Raises:
        UnknownNameError: it is not; the message lists those that are.
    """
    kernel_spec(name)
    return name
