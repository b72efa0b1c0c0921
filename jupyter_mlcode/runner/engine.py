"""The papermill engine `mlcode`: saves now and then instead of twice per cell, and tells the truth.

papermill's own engine writes the whole notebook before and after every cell, marks every cell
`completed` when the kernel dies, and leaves the kernel behind when the process is ended. It is
registered through papermill's entry point `papermill.engine`, and by `register_engine()` where
the package is not installed: `papermill --engine mlcode in.ipynb out.ipynb` works too.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.iorw import write_ipynb

from jupyter_mlcode.runner.files import write_notebook_atomically
from jupyter_mlcode.runner.greeting import greet
from jupyter_mlcode.runner.kernel import look_again
from jupyter_mlcode.runner.kernel_order import KernelOrder
from jupyter_mlcode.runner.listening import hear_everything, is_silent, join_printed
from jupyter_mlcode.runner.session import CellBegan, CellEnded, CellPrinted, EngineError, Session
from jupyter_mlcode.runner.started import StartedKernel, start
from jupyter_mlcode.runner.to_the_end import run_to_the_end

ENGINE_NAME = "mlcode"
START_TIMEOUT = 120
LINES_OF_LOG = 60
# A notebook whose writing takes long (large outputs) is written less often than that.
SHARE_OF_TIME_SAVING = 0.05


class ThrottledManager(NotebookExecutionManager):  # type: ignore[misc]
    """papermill's book-keeping, with a save at most every few seconds and atomic."""

    def __init__(self, nb: Any, session: Session, **options: Any) -> None:
        super().__init__(nb, progress_bar=False, autosave_cell_every=0, **options)
        self.session = session
        self._next_save = 0.0

    def save(self, **_: Any) -> None:
        """Write the notebook if the last time is long enough ago."""
        if time.monotonic() >= self._next_save:
            self.save_now()

    def autosave_cell(self, **_: Any) -> None:
        """A message of a running cell arrived: long cells are saved while they run."""
        self.save()

    def save_now(self) -> None:
        """Write the notebook."""
        began = time.monotonic()
        target = self.session.save_to or self.output_path
        if target and "://" in str(target):
            write_ipynb(self.nb, str(target))
        elif target:
            write_notebook_atomically(Path(target), self.nb)
        ended = time.monotonic()
        pause = max(self.session.save_every, (ended - began) / SHARE_OF_TIME_SAVING)
        self._next_save = ended + pause

    def notebook_complete(self, **_: Any) -> None:
        """Close the book: the end time, and the save that always happens.

        papermill turns every cell that never ran into `completed` here; ours stay `pending`.
        """
        self.end_time = self.now()
        record = self.nb.metadata.papermill
        record["end_time"] = self.end_time.isoformat()
        record["duration"] = (self.end_time - self.start_time).total_seconds()
        self.save_now()


class ThrottledEngine(NBClientEngine):  # type: ignore[misc]
    """nbclient's execution with our saving, our kernel and our ending."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        session: Session | None = None,
        **options: Any,
    ) -> Any:
        """Execute the notebook and return it; `session` carries what papermill has no word for."""
        session = Session() if session is None else session
        session.notebook = nb
        manager = ThrottledManager(nb, session, output_path=output_path, log_output=log_output)
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, log_output=log_output, **options)
        finally:
            manager.notebook_complete()
        return manager.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: ThrottledManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = START_TIMEOUT,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> Any:
        """Run all cells in a kernel that is gone when this returns or raises."""
        options.pop("input_path", None)
        client = StageClient(
            nb_man,
            kernel_name=kernel_name,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
            startup_timeout=start_timeout,
            timeout=nb_man.session.timeout or execution_timeout,
            **options,
        )
        return run_to_the_end(client.run, client.interrupted, client.kill)


class SilentCodeError(RuntimeError):
    """Code of ours failed in the kernel: the kernel cannot be used as we need it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


class StageTimeoutError(RuntimeError):
    """The stage's time is over."""


class StageClient(PapermillNotebookClient):  # type: ignore[misc]
    """Executes the cells of one notebook, in one event loop, and reports what really happened."""

    def __init__(self, manager: ThrottledManager, **options: Any) -> None:
        super().__init__(manager, **options)
        self.session = manager.session
        self._kernel: StartedKernel | None = None
        self._interrupted = False
        self._overdue = False

    async def run(self) -> Any:
        """Start the kernel, execute, stop the kernel; an interrupted run kills it."""
        self.reset_execution_trackers()
        try:
            with self._in_time():
                await self._start()
                await self._execute_cells()
            self.set_widgets_metadata()
        except BaseException:
            self.kill()  # no graceful shutdown of a kernel that is in the middle of a cell
            raise
        finally:
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()  # what nbclient left waiting would complain about the closed channels
            if self.km is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.shield(self._async_cleanup_kernel())
            if self._kernel is not None:
                self._kernel.bury()
        return self.nb

    @contextlib.contextmanager
    def _in_time(self) -> Iterator[None]:
        """Cancel what goes on when the stage's time is over; that ends as a timeout, not as an interruption."""
        limit, task = self.session.stage_timeout, asyncio.current_task()
        if limit is None or task is None:
            yield
            return
        alarm = asyncio.get_running_loop().call_later(limit, self._too_late, task)
        try:
            yield
        except asyncio.CancelledError as cancelled:
            if not self._overdue:
                raise
            self.session.error = self.session.error or self._out_of_time()
            raise StageTimeoutError(self._out_of_time().message) from cancelled
        finally:
            alarm.cancel()

    def _too_late(self, task: asyncio.Task[Any]) -> None:
        self._overdue = True
        task.cancel()

    def _out_of_time(self) -> EngineError:
        message = f"the stage ran longer than {self.session.stage_timeout:g} s"
        return EngineError(kind="timeout", name="TimeoutError", message=message)

    def interrupted(self) -> None:
        """Note that the coming cancellation is ours."""
        self._interrupted = True

    def kill(self) -> None:
        """Kill the kernel and what its cells started, at once."""
        if self._kernel is not None:
            self._kernel.kill()

    async def _start(self) -> None:
        """Take the kernel that waits, or start one, and wait for its first word."""
        order = KernelOrder(
            name=self.kernel_name,
            folder=self.session.working_folder,
            environment=self.session.environment,
            arguments=tuple(self.extra_arguments),
        )
        try:
            waiting = self.session.ahead.take(order) if self.session.ahead is not None else None
            if waiting is None or not await self._answers(waiting):
                await self._greet(await start(order))
        except (RuntimeError, OSError) as error:
            self.session.error = EngineError(kind="kernel", name=type(error).__name__, message=str(error))
            raise
        if self.session.ready is not None:
            self.session.ready()

    async def _answers(self, waiting: StartedKernel) -> bool:
        """Greet a kernel that waited; tell whether it lives: nobody has looked after it until now."""
        try:
            await self._greet(waiting)
        except RuntimeError:
            await self._async_cleanup_kernel()
            waiting.bury()
            return False
        return True

    async def _greet(self, kernel: StartedKernel) -> None:
        self._kernel, self.km = kernel, kernel.manager
        self.kc = kernel.manager.client()
        self.kc.start_channels()
        about = await greet(self.kc, self.startup_timeout)
        self.kc.allow_stdin = False
        self.nb.metadata["language_info"] = about["language_info"]
        look_again(self.kc.shell_channel)

    async def _execute_cells(self) -> None:
        hear_everything(self)
        await self._silently(-1)
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            if not await self._execute_one(cell, index):
                return
            await self._silently(index)
        await self._silently(None)

    async def _execute_one(self, cell: Any, index: int) -> bool:
        """Execute the cell and return whether to go on; the kernel's death is raised."""
        began = time.monotonic()
        self.nb_man.cell_start(cell, index)
        self.session.tell(CellBegan(index=index))
        error: EngineError | None = None
        try:
            await self.async_execute_cell(cell, index)
        except CellExecutionError as failure:
            error = _raised(failure, cell)
        except (DeadKernelError, CellTimeoutError, asyncio.CancelledError) as failure:
            error = self._ending(failure)
            raise
        finally:
            if error is not None:
                self.session.error = error
                self.nb_man.cell_exception(cell, cell_index=index)
            join_printed(self, cell, index)
            self.nb_man.cell_complete(cell, cell_index=index)
            self.session.tell(CellEnded(index=index, seconds=time.monotonic() - began, error=error))
        return error is None

    def _ending(self, failure: BaseException) -> EngineError:
        """Name what ended the run; nbclient takes every cancellation for a dead kernel."""
        if self._overdue:
            return self._out_of_time()
        if self._interrupted or isinstance(failure, asyncio.CancelledError):
            return EngineError(kind="interrupted", name="KeyboardInterrupt", message="")
        if is_silent(failure):
            message = "the kernel cannot be heard any more: a cell closed its channels"
            return EngineError(kind="dead_kernel", name="DeadKernelError", message=message)
        if isinstance(failure, CellTimeoutError):
            message = f"the cell ran longer than {self.session.timeout or self.timeout} s"
            return EngineError(kind="timeout", name="TimeoutError", message=message)
        return EngineError(
            kind="dead_kernel",
            name="DeadKernelError",
            message="the kernel died",
            traceback=self._last_words(),
        )

    def _last_words(self) -> tuple[str, ...]:
        """Return the end of what the kernel's process wrote beside its messages."""
        text = "" if self._kernel is None else self._kernel.log.read_text("utf-8", "replace")
        return tuple(text.splitlines()[-LINES_OF_LOG:])

    async def _silently(self, after: int | None) -> None:
        for order in self.session.silent:
            if order.after == after:
                request = self.kc.execute(order.code, silent=True, store_history=False)
                reply = await self.async_wait_for_reply(request)
                if reply is not None and reply["content"]["status"] == "error":
                    content = reply["content"]
                    if order.optional:
                        self.session.notes.append(f"{content['ename']}: {content['evalue']}")
                        continue
                    raise SilentCodeError(content["ename"], content["evalue"])

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take one message of the running cell, and pass printed text on."""
        output = super().process_message(msg, cell, cell_index)
        if msg["msg_type"] == "stream":
            content = msg["content"]
            self.session.tell(CellPrinted(index=cell_index, stream=content["name"], text=content["text"]))
        return output


def _raised(failure: CellExecutionError, cell: Any) -> EngineError:
    """Return what the cell's code raised, with the traceback of its error output."""
    traceback: tuple[str, ...] = ()
    for output in cell.outputs:
        if output.output_type == "error":
            traceback = tuple(output.traceback)
    kind = "exit" if failure.ename == "SystemExit" else "error"
    return EngineError(kind=kind, name=failure.ename, message=failure.evalue, traceback=traceback)


def register_engine() -> str:
    """Make `mlcode` known to papermill where our entry point is not installed; return its name."""
    papermill_engines.register(ENGINE_NAME, ThrottledEngine)
    return ENGINE_NAME
