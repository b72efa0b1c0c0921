"""A group of commands that imports a verb's module only when the verb is called.

`--help` and `--version` must answer at once, and importing papermill or nbformat costs a second.
"""

from __future__ import annotations

import importlib

import click

from jupyter_mlcode.errors import UnknownNameError

VERBS = {
    "check": "Look for everything that would make a pipeline differ from the notebook.",
    "graph": "Show the stages and what flows between them.",
    "export": "Write the pipeline folder: scripts, graph, parameters.",
    "run": "Run a pipeline, every stage in a fresh kernel.",
    "verify": "Compare the pipeline's results with the notebook's own.",
    "suggest": "Propose stages for a notebook without tags.",
    "status": "Tell whether an export is up to date, and what a run would do and why.",
    "history": "List past runs, or show where two of them differ.",
    "clean": "Remove what runs left behind.",
}
"""The verbs in the order in which they are used, and what each does."""


class VerbGroup(click.Group):
    """The commands of `VERBS`, each in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in their order of use, not of the alphabet."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one verb's command."""
        if cmd_name not in VERBS:
            raise UnknownNameError("command", cmd_name, VERBS)
        module = importlib.import_module(f"jupyter_mlcode.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))
