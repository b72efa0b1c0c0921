"""The diagnostic codes from MLC095 on, but for a few: habits of notebooks that a pipeline makes worse."""

from __future__ import annotations

from typing import Final

from jupyter_mlcode.checks.code import ERROR, NOTE, WARNING, Code

ADVICE: Final = {
    "MLC095": Code(
        ERROR,
        "{text} works on one host only",
        "Tag the cell `skip` and make the folder a parameter.",
    ),
    "MLC096": Code(
        WARNING,
        "this library looks up names of the text among the notebook's variables",
        "Register the table or pass the values by name.",
    ),
    "MLC097": Code(
        WARNING,
        "`__name__` is '__main__' in the notebook and in the scripts, but not when a script is imported",
        "Call the function without the test.",
    ),
    "MLC098": Code(
        WARNING,
        "a notebook has no `__file__`, and a script has another one",
        "Use Path.cwd(): every stage runs in the notebook's folder.",
    ),
    "MLC099": Code(
        ERROR,
        "this saves pyplot's current figure, which stage {stage!r} has drawn: in a process of its own it is empty",
        "Draw and save in one cell, or keep the figure in a variable (`fig`).",
    ),
    "MLC120": Code(
        ERROR,
        "{what} looks like a secret",
        "Take it from the environment: os.environ['...'], and change the secret, since it has been in a file.",
    ),
    "MLC121": Code(
        WARNING,
        "{path!r} is a path of this machine",
        "Use a path relative to the notebook, or a parameter.",
    ),
    "MLC122": Code(
        WARNING,
        "this talks to the network: it can fail, and give something else tomorrow",
        "Download once, in a stage of its own, into a file.",
    ),
    "MLC123": Code(
        WARNING,
        "this downloads data or a model into a cache of the user",
        "Make the download a stage of its own.",
    ),
    "MLC124": Code(
        WARNING,
        "{name!r} comes from {source} and goes on to stage {stage!r}: every run gives another value",
        "Make it a parameter, or keep its use in this stage.",
    ),
    "MLC125": Code(
        NOTE,
        "what is written here depends on {source}",
    ),
    "MLC126": Code(
        WARNING,
        "this reads the environment: the value is an input that nobody declares",
        "Make it a parameter, or name the variable in the README.",
    ),
    "MLC127": Code(
        WARNING,
        "which file this {verb} is known only when it runs: it counts as every file",
        "Write the path as a literal, or with parameters.",
    ),
    "MLC128": Code(
        NOTE,
        "which file this {verb} depends on variables: {path!r} as far as it is known",
    ),
    "MLC129": Code(
        WARNING,
        "loading this file executes code from it, and no cell above writes it",
        "Load only files that you made; better a format without code (parquet, json).",
    ),
    "MLC130": Code(
        NOTE,
        "this loads a pickle that an earlier cell writes",
        "Use the variable: stages hand over values by themselves.",
    ),
    "MLC131": Code(
        WARNING,
        "the order of a set of texts changes from process to process",
        "Use sorted(...).",
    ),
    "MLC132": Code(
        WARNING,
        "this moves the model to a device that the next stage may not have",
        "Choose the device once, in setup, and hand over on the CPU.",
    ),
    "MLC133": Code(
        ERROR,
        "a value of id() does not mean the same object in another process",
        "Use a name or a key of the data.",
    ),
    "MLC134": Code(
        ERROR,
        "{name!r} belongs to a Spark session and cannot be handed to stage {stage!r}",
        "Write it to a table or to parquet and read that, or use toPandas().",
    ),
    "MLC135": Code(
        WARNING,
        "this changes the working folder: every relative path after it means another file",
        "Write the folder into the paths.",
    ),
    "MLC136": Code(
        NOTE,
        "child processes must be able to import what they run",
        "Use joblib, or a function of a module.",
    ),
    "MLC137": Code(
        WARNING,
        "the run that is tracked belongs to this process: later stages do not see it",
        "Open the run in each stage that logs, by its id.",
    ),
}
