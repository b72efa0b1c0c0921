"""`jupyter mlcode`: the entry point, and what each kind of error looks like in a terminal.

Exit codes: 0 ok, 1 findings, refused or out of date, 2 usage, 3 invalid input, 4 a stage failed,
5 a bug of ours, 130 interrupted (Ctrl-C, or a signal that asks the process to end).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

import click

from jupyter_mlcode import __version__
from jupyter_mlcode.cli.group import VerbGroup
from jupyter_mlcode.cli.output import say, say_error
from jupyter_mlcode.errors import DiskError, MlcodeError, UsageError
from jupyter_mlcode.runner.signals import signals_unwind

INTERRUPTED = 130
BUG = 5

EXAMPLES = """\b
Examples:
  jupyter mlcode suggest churn.ipynb --apply
  jupyter mlcode check churn.ipynb
  jupyter mlcode export churn.ipynb
  jupyter mlcode run churn -p threshold 0.3
"""


@click.group(
    cls=VerbGroup,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="jupyter-mlcode", message="%(prog)s %(version)s")
def cli() -> None:
    """Turn a tagged notebook into a pipeline that gives the same results.

    Exit codes: 0 ok, 1 findings, refused or out of date, 2 usage, 3 invalid input,
    4 a stage failed, 5 internal error.
    """


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    _occupy_closed_streams()
    sys.exit(call(sys.argv[1:]))


def call(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are shown, never raised."""
    try:
        with signals_unwind():
            result = cli.main(list(arguments), prog_name="jupyter mlcode", standalone_mode=False)
            if sys.stdout is not None:  # closed from the start: `>&-`
                sys.stdout.flush()
    except MlcodeError as error:
        say_error(error)
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except getattr(
        click.exceptions, "NoArgsIsHelpError", ()
    ) as error:  # of click 8.2: the help is its message
        error.show()
        return UsageError.exit_code
    except click.ClickException as error:
        say_error(_wrong_call(error))
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        _write_no_more()
        return 1
    except OSError as error:
        if os.environ.get("MLCODE_DEBUG"):
            raise
        _write_no_more()
        say_error(DiskError(error))
        return DiskError.exit_code
    except Exception as error:
        if os.environ.get("MLCODE_DEBUG"):
            raise
        return _bug(error)
    return result if isinstance(result, int) else 0


def _occupy_closed_streams() -> None:
    """Keep the numbers of closed standard streams: the next file that is opened would get what is printed."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one


def _write_no_more() -> None:
    """Let go of what stdout still holds: the interpreter would try to write it once more at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _wrong_call(error: click.ClickException) -> UsageError:
    """Return what click complains of as one of our errors: one line, with a way out."""
    text = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f"See `{context.command_path if context is not None else 'jupyter mlcode'} --help`."
    if isinstance(error, click.NoSuchOption):
        hint = f"A file name that begins with a dash comes after `--`. {hint}"
    return UsageError(f"{text[:1].lower()}{text[1:]}", hint=hint)


def _bug(error: Exception) -> int:
    """Say in one line that this is our fault, and where to tell us."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    say(
        f"internal error: {text:.300} (this is a bug in jupyter-mlcode; MLCODE_DEBUG=1 shows the traceback to report)"
    )
    return BUG


if __name__ == "__main__":
    main()
