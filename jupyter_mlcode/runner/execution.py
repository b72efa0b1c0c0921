"""One notebook through papermill and our engine; how it ended is a value, not an exception."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from jupyter_mlcode.codegen.notebooks import notebook_text
from jupyter_mlcode.model.json_value import Json
from jupyter_mlcode.runner.engine import SilentCodeError, register_engine
from jupyter_mlcode.runner.files import write_notebook_atomically, write_text_atomically
from jupyter_mlcode.runner.session import EngineError, Session

# What they have to say is in the report; on a terminal it would tear the progress apart.
logging.getLogger("traitlets").addHandler(logging.NullHandler())
logging.getLogger("papermill").addHandler(logging.NullHandler())


def execute_notebook(document: Json, parameters: Mapping[str, Json], kernel: str, session: Session) -> None:
    """Execute the notebook into `session.save_to`; `session.error` says what ended it early.

    The file holds the notebook from the start: papermill reads it there, the engine writes it back.
    """
    target = session.save_to
    if target is None:
        raise ValueError("the session must say where the executed notebook goes")
    write_text_atomically(target, notebook_text(document))
    try:
        papermill.execute_notebook(
            str(target).replace("{", "{{").replace("}", "}}"),  # papermill formats paths
            None,  # the engine writes, atomically
            parameters=dict(parameters),
            engine_name=register_engine(),
            kernel_name=kernel,
            language="python",
            progress_bar=False,
            session=session,
        )
    except PapermillExecutionError:
        if session.error is not None:  # papermill has put its error marks into the notebook
            write_notebook_atomically(target, session.notebook)
    except (DeadKernelError, CellTimeoutError, SilentCodeError, RuntimeError, OSError) as ending:
        error = EngineError(kind="kernel", name=type(ending).__name__, message=str(ending))
        session.error = session.error or error
    except KeyboardInterrupt:
        error = EngineError(kind="interrupted", name="KeyboardInterrupt", message="")
        session.error = session.error or error
