"""Every diagnostic code of the checks room: severity, sentence and hint. `docs/diagnostics/` has a page each."""

from __future__ import annotations

from typing import Final

from jupyter_mlcode.checks.advice import ADVICE
from jupyter_mlcode.checks.code import ERROR, NOTE, WARNING, Code
from jupyter_mlcode.model.diagnostics import Diagnostic, Fix, Place

CODES: Final = {
    "MLC020": Code(ERROR, "the cell is not Python: {problem}", "Correct the cell, or tag it `skip`."),
    "MLC021": Code(
        ERROR,
        "no cell defines {name!r}",
        "{known}",
    ),
    "MLC022": Code(
        WARNING,
        "no cell surely defines {name!r} before it is read here",
        "{known}",
    ),
    "MLC023": Code(
        WARNING,
        "{name!r} hides Python's builtin of that name from here on",
        "Give the variable another name.",
    ),
    "MLC024": Code(
        WARNING,
        "{name!r}, bound here under a condition, may be unbound when stage {stage!r} reads it in cell {reader}",
        "Give {name!r} a value on every path.",
    ),
    "MLC025": Code(
        NOTE,
        "{name!r} is bound here only under a condition: stage {stage!r} may get the earlier value in cell {reader}",
    ),
    "MLC026": Code(
        WARNING,
        "a function called here binds the global {name!r}",
        "Return the value and assign it: {name} = ...",
    ),
    "MLC027": Code(
        NOTE,
        "changing {through!r} here also changes {names}, which stage {stage!r} reads: they may share an object",
    ),
    "MLC028": Code(
        NOTE,
        "{names} share an object that a later stage changes: they are handed over together, in one file",
    ),
    "MLC029": Code(
        WARNING,
        "{name!r} in this comprehension is the global one, not the attribute of the class {owner!r}",
        "Compute it in a loop, or outside of the class.",
    ),
    "MLC030": Code(
        ERROR,
        "{name!r} is made here and read in cell {reader} by stage {stage!r}, but the cell is in no stage",
        "Add the cell to a stage.",
    ),
    "MLC031": Code(
        ERROR,
        "{name!r} is made only in this skipped cell, and stage {stage!r} reads it in cell {reader}",
        "Remove the tag `skip`, or do without {name!r}.",
    ),
    "MLC032": Code(
        WARNING,
        "this skipped cell {what}, which later cells would notice",
        "Remove the tag `skip`, or check that the rest means the same without the cell.",
    ),
    "MLC033": Code(
        NOTE,
        "this cell is left out: it {reason}",
    ),
    "MLC034": Code(
        ERROR,
        "this cell {what}, but it is in no stage",
        "Add the cell to a stage.",
    ),
    "MLC036": Code(
        NOTE,
        "the cell reads {name!r} of cell {made} and binds the name again: run twice, it gives something else",
        "Bind another name.",
    ),
    "MLC037": Code(
        NOTE,
        "the names that {module!r} brings are those its file has now",
        "Import by name: from {module} import ...",
    ),
    "MLC040": Code(
        ERROR,
        "setup cannot be run again in every stage: making {name!r} reads or writes files, draws random numbers "
        "or asks the world",
        "Tag the cell as a stage.",
    ),
    "MLC050": Code(
        ERROR,
        "stages depend on each other: {path} ({what})",
        "Split stage {stage!r}: give its cells from cell {cell} on a stage of their own.",
    ),
    "MLC051": Code(
        ERROR,
        "stage {stage!r} changes {name} again in cell {reader} after another stage went on with it",
        "Split stage {stage!r} at cell {reader}.",
    ),
    "MLC052": Code(
        ERROR,
        "{name!r} is deleted here, but stage {stage!r}, which has it, asks for it in cell {reader}",
        "Delete it in stage {stage!r}, or split that stage above cell {reader}.",
    ),
    "MLC060": Code(
        ERROR,
        "{name!r} cannot be handed to stage {stage!r}, which reads it in cell {reader}: it is {detail}",
        "Make and use {name!r} in one stage.",
    ),
    "MLC061": Code(
        ERROR,
        "the class {name!r} is changed here and used in stage {stage!r} (cell {reader}): the change would be lost",
        "Make the change in the class statement, or use the class in one stage.",
    ),
    "MLC062": Code(
        ERROR,
        "{detail} share an object but come from different stages, and stage {stage!r} changes it in cell {reader}",
        "Put the cells that make them share it into one stage.",
    ),
    "MLC063": Code(
        ERROR,
        "this change of the database is not committed: stage {stage!r} (cell {reader}) would not see it",
        "Call `commit()` on the connection, or make the change under `with connection:`.",
    ),
    "MLC143": Code(
        ERROR,
        "{path!r} is left open here: stage {stage!r} (cell {reader}) reads what was written, the notebook perhaps less",
        "Write under `with open(...) as file:`, or call `close()` before the file is read.",
    ),
    "MLC064": Code(
        ERROR,
        "{name!r} is a function with a hidden state that stage {stage!r} would lose",
        "Keep the state in a variable, or use {name!r} in one stage.",
    ),
    "MLC068": Code(
        WARNING,
        "stage {stage!r} uses a library in cell {reader} whose state this may change; nothing can carry it ({name})",
        "Make the change in a statement of its own, in a setup cell.",
    ),
    "MLC066": Code(
        WARNING,
        "{name!r} is an iterator: stage {stage!r} gets it as far as it has been used here",
        "Make a list of it: list(...).",
    ),
    "MLC067": Code(
        ERROR,
        "stage {stage!r} needs {name!r} as it is here, in the middle of a cell that changes it again further down",
        "Split the cell below this line.",
    ),
    "MLC069": Code(
        ERROR,
        "the module {name!r} keeps state that stage {stage!r} touches too (cell {reader}): here it begins anew",
        "Return the state and pass it on, or use it in one stage.",
    ),
    "MLC070": Code(
        WARNING,
        "random numbers are drawn from {kind} without a seed: every run gives others",
        "Set a seed, or pass `random_state=`.",
    ),
    "MLC071": Code(
        WARNING,
        "this draws from the shared generator of {kind}: all stages that draw must run one after the other",
        "Pass `{keyword}=`.",
    ),
    "MLC072": Code(
        NOTE,
        "stage {target!r} draws from {kind} where stage {source!r} left off: they run one after the other",
        "Pass `random_state=` or use generators of their own to make the stages independent.",
    ),
    "MLC080": Code(
        ERROR,
        "{name!r} is the history of an interactive session: no other run has it",
        "Give the result a name in the cell that computes it.",
    ),
    "MLC081": Code(
        ERROR,
        "this asks the user for input: nobody answers when the pipeline runs",
        "Make the value a parameter.",
    ),
    "MLC082": Code(
        ERROR,
        "the cell is in another language ({what})",
        "Do the step in Python, or tag the cell `skip`.",
    ),
    "MLC083": Code(
        WARNING,
        "this installs packages: the exported scripts leave it out",
        "Put the packages into the project's requirements.",
    ),
    "MLC084": Code(
        WARNING,
        "a shell command: what it reads and writes is not known, and it must exist where the pipeline runs",
        "Use Python for it: pathlib, shutil, subprocess.run([...], check=True).",
    ),
    "MLC085": Code(
        WARNING,
        "the magic {what!r} is not known: what it changes is not known either",
        "Load the extension in setup, or write the step in Python.",
    ),
    "MLC086": Code(
        ERROR,
        "%store keeps values between sessions of one user: no other run has them",
        "Make the value in the notebook, or read it from a file.",
    ),
    "MLC087": Code(
        ERROR,
        "this redirects the output of the whole process",
        "Use contextlib.redirect_stdout around what is meant.",
    ),
    "MLC138": Code(
        ERROR,
        "this replaces an object of a library for the rest of the process: other stages have the original",
        "Use `with patch(...):` around what is meant.",
    ),
    "MLC146": Code(
        ERROR,
        "{what} is lost when {name!r} goes from stage to stage",
        "Ask for it in the stage that makes {name!r}, and hand over the answer.",
    ),
    "MLC147": Code(
        ERROR,
        "with this plot backend figures stay open: stage {stage!r} may have left one that this draws on",
        "Begin with plt.figure() or plt.subplots(), or leave the backend to Jupyter.",
    ),
    "MLC148": Code(
        ERROR,
        "this writes the module {name!r}, which is imported already: stage {stage!r} (cell {reader}) gets the new text",
        "Load it again in this stage, importlib.reload({name}), or give the new text another file name.",
    ),
    "MLC149": Code(
        ERROR,
        "the name of this thread counts on from those of {stage!r}, and the notebook asks threads for their names",
        "Give the threads names: threading.Thread(..., name=...).",
    ),
    "MLC150": Code(
        NOTE,
        "what {name!r} keeps between calls is unknown; stage {stage!r} calls it in cell {reader}, here it begins anew",
        "Compare with `jupyter mlcode verify`, or describe the library in a knowledge file.",
    ),
    "MLC152": Code(
        ERROR,
        "{detail!r}, which stage {stage!r} reads in cell {reader}, is of an earlier class {name!r} than this one",
        "Give one of the two classes another name.",
    ),
    "MLC153": Code(
        WARNING,
        "the character {text} shows this code in another order than that in which it runs",
        "Delete it; it is invisible. In a text, write it as an escape: '\\u202e'.",
    ),
    "MLC151": Code(
        NOTE,
        "{name!r} prints a traceback: functions of other cells stand in other lines where a stage has them",
        "Print the exception without its traceback where outputs are compared.",
    ),
    "MLC145": Code(
        ERROR,
        "stage {stage!r} (cell {reader}) does not have what this sets for the whole process, and this cannot run twice",
        "Set it in a statement of its own, without files, clock or random numbers; best in a setup cell.",
    ),
    "MLC144": Code(
        ERROR,
        "a library keeps a function that {does} {names}, and stage {stage!r} uses the library: it would have "
        "another {names}",
        "Let the function use only what it is given, or move the call into the stage that needs it.",
    ),
    "MLC139": Code(
        ERROR,
        "this handler of logging collects in memory: every stage would have a new one with its own messages only",
        "Let the handler write to a file, or tag the cell as part of the one stage that logs.",
    ),
    "MLC088": Code(
        WARNING,
        "interactive controls do nothing when the pipeline runs",
        "Make the value a parameter and call the function with it.",
    ),
    "MLC089": Code(
        ERROR,
        "{text} depends on what a person did with the widget",
        "Make the value a parameter.",
    ),
    "MLC090": Code(
        WARNING,
        "this ends the stage's process",
        "Raise an exception, which says what is wrong.",
    ),
    "MLC091": Code(
        ERROR,
        "the text that this executes is not known",
        "Import the module, or write the code into the cell.",
    ),
    "MLC092": Code(
        ERROR,
        "{what} is used to reach variables: which ones is known only when it runs",
        "Keep the values in a dictionary of your own.",
    ),
    "MLC093": Code(
        WARNING,
        "{what}: what this does is known only when it runs",
        "Import the names that are meant; write the code into the cell.",
    ),
    "MLC094": Code(
        WARNING,
        "{what} with a literal is understood, but only here",
        "Write the statement itself.",
    ),
    **ADVICE,
}


def make(code: str, place: Place | None, *, fix: Fix | None = None, **values: object) -> Diagnostic:
    """Return the diagnostic of this code, its templates filled in."""
    known = CODES[code]
    return Diagnostic(
        code=code,
        severity=known.severity,
        message=known.message.format(**values),
        hint=known.hint.format(**values),
        place=place,
        fix=fix,
    )
