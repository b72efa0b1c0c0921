"""Small realistic programs, cut into stages: each is equal, or refused where its title says so.

The whole program and every stage run in a process of their own (forked), so that what one leaves in
the interpreter cannot hide what the pipeline forgot. What is known to be wrong stands in KNOWN; its
test asserts that it is wrong still, so a fix has to take the entry away.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot
import numpy.random
import pandas  # the libraries are loaded once, before anything is forked
import pytest

from tests.harness.isolate import in_child
from tests.harness.notebooks import CellText
from tests.harness.product import export
from tests.harness.results import Outcome, differences
from tests.harness.runs import join, run_script_here, run_whole
from tests.probes.reading import Probe, read_probes
from tests.property.judge import Verdict

LOADED = (matplotlib.pyplot, numpy.random, pandas)
SILENT, FAILS, REFUSAL, CRASH = "silent", "fails at run time", "false refusal", "crash"

# name of a variant -> one of the four words above, and what is wrong
KNOWN: dict[str, str] = {
    "a RandomState shared by an instance and a split": "silent: a generator given by ** is not seen to draw",
    "a default factory of a dataclass that is a global list": (
        "silent: default_factory=lambda: shared gives out the global list"
    ),
    "a default factory of a dataclass that is a global list (setup)": (
        "silent: default_factory=lambda: shared gives out the global list"
    ),
    "a frozen distribution with its own generator": (
        "silent: rvs() draws from the object's generator, the object is not saved again"
    ),
    "a function in a list returns a global dictionary": (
        "silent: what a function in a container returns is not known as the global"
    ),
    "a generator in a closure of a decorator": (
        "silent: a decorator with arguments holds a generator in its closure"
    ),
    "a generator in a closure of a decorator (setup)": (
        "silent: a decorator with arguments holds a generator in its closure"
    ),
    "a lambda kept in a dictionary returns a global list": (
        "silent: what a function in a container returns is not known as the global"
    ),
    "a module written and imported later": (
        "silent: a module that the notebook wrote keeps state, changed in a stage"
    ),
    "a module written, imported, rewritten and loaded again": (
        "silent: the next stage imports the new text before the reload"
    ),
    "a namedtuple made in a function": "silent: the class is made anew: isinstance fails",
    "a namespace prefix of element trees": "silent: register_namespace is only warned about (MLC068)",
    "a new unit of time zones in the path": "silent: zoneinfo.reset_tzpath is not replayed",
    "a new unit of time zones in the path (setup)": "silent: zoneinfo.reset_tzpath is not replayed",
    "a parallel backend of joblib": "silent: parallel_config is not replayed",
    "a parallel backend of joblib (setup)": "silent: parallel_config is not replayed",
    "a partial over a function that returns a global": (
        "silent: what a partial returns is not known as the global"
    ),
    "a row of a matrix kept and written later": (
        "silent: shares_memory is asked, row and matrix are saved apart"
    ),
    "a sentinel object of a stage": (
        "silent: object() in a list and its name are saved apart; `v is EMPTY` in a comprehension"
    ),
    "a sentinel object of the notebook": "silent: object() in a container and its name are saved apart",
    "a sentinel object of the notebook (setup)": (
        "silent: object() in a container and its name are saved apart"
    ),
    "a series of a frame kept before the frame is changed": (
        "silent: copy on write is lost: a write to the frame shows in the series"
    ),
    "a set of objects hashed by identity": (
        "silent: a set of instances and a list of them are saved apart: other objects"
    ),
    "a set of objects hashed by identity (setup)": (
        "silent: a set of instances and a list of them are saved apart: other objects"
    ),
    "a shared factory list": "silent: default_factory=lambda: pool gives out the global list",
    "a shared factory list (setup)": "silent: default_factory=lambda: pool gives out the global list",
    "a signal handler": "silent: signal.signal is not handed on",
    "a sympy-free symbol table by intern": "silent: an interned text is another object after loading",
    "an exception group split": "silent: identity of a member, asked through a call, in objects saved apart",
    "an exception object kept with its cause": "silent: __cause__ and __suppress_context__ are gone",
    "base of an array and may share memory": "silent: array.base is asked, views are saved apart",
    "borg shares its state": "silent: self.__dict__ = the class's dictionary is a change of the class",
    "borg shares its state (setup)": (
        "silent: self.__dict__ = the class's dictionary is a change of the class"
    ),
    "callbacks of an axes": "silent: callbacks of matplotlib are not pickled",
    "check_random_state of None": "silent: the global generator under another name; MLC223 in run",
    "colour bar attached to an image": "silent: the colour bar no longer follows its image",
    "columns by attribute and by item": "silent: an attribute set on a frame is gone",
    "count of distinct objects by a set of identities": (
        "silent: id() of members: list and name are saved apart (MLC133 does not say so)"
    ),
    "difference of sets of objects": (
        "silent: a set of instances and a list of them are saved apart: other objects"
    ),
    "difference of sets of objects (setup)": (
        "silent: a set of instances and a list of them are saved apart: other objects"
    ),
    "figure numbers": "silent: with the agg backend figures live across cells; MLC223 in run",
    "file limits and the name of the program": "silent: sys.argv set in a stage is not handed on",
    "global RandomState in a dictionary": "silent: the global generator under another name",
    "global RandomState kept under a name through sklearn": "silent: the global generator under another name",
    "groupby and rolling objects": "silent: copy on write is lost: a write to the frame shows in the window",
    "masked arrays with a fill value": "silent: a hard mask is soft after loading",
    "mime types and locale tables": "silent: mimetypes.add_type is not replayed",
    "modules in a dictionary set the options": (
        "silent: a module in a list or dictionary sets options, nobody sees it"
    ),
    "names counted by a library: threads": "silent: numbers of threads begin again",
    "numbers tower registration of a notebook class": (
        "silent: ABC.register is not replayed, in setup neither"
    ),
    "numbers tower registration of a notebook class (setup)": (
        "silent: ABC.register is not replayed, in setup neither"
    ),
    "numpy functions that may give the input": "silent: astype(copy=False) gives the array itself",
    "numpy module in an instance seeds": "silent: a module in an attribute seeds, nobody sees it",
    "numpy module in an instance seeds (setup)": "silent: a module in an attribute seeds, nobody sees it",
    "set_sca and draw by pyplot": "silent: with the agg backend figures live across cells; MLC223 in run",
    "special floating point values": "silent: identity of nan: membership and lookups differ",
    "strings that are interned and identical": "silent: identity of texts and numbers",
    "the current axes of pyplot": "silent: with the agg backend figures live across cells; MLC223 in run",
    "the garbage collector switched off": "silent: gc.disable and gc.set_threshold are not handed on",
    "the generator of a scipy distribution of the module": (
        "silent: stats.norm.random_state of the module is not handed on"
    ),
    "the module random under another name in a dictionary": (
        "silent: a module in a dictionary seeds, nobody sees it"
    ),
    "the prompt and display hook of the interpreter": (
        "silent: a list set on the module sys is not handed on after a change"
    ),
    "the stack size of threads": "silent: threading.stack_size is not replayed",
    "the stack size of threads (setup)": "silent: threading.stack_size is not replayed",
    "the traceback of a kept exception": "silent: __traceback__ is gone",
    "tracing of memory": "silent: tracemalloc.start is not handed on",
    "traps of the decimal context": "silent: traps set by item are not handed on; MLC223 in run",
    "two columns taken and one filled": (
        "silent: copy on write is lost: a write to the frame shows in the series"
    ),
    "weak keys kept apart by strong ones": (
        "silent: keys of a dictionary and a list of them are saved apart: other objects"
    ),
    "weak keys kept apart by strong ones (setup)": (
        "silent: keys of a dictionary and a list of them are saved apart: other objects"
    ),
    "writeable after a hand over": "silent: an array does not own its data after loading",
    "xml tree changed through an element": "silent: identity asked through a call, in objects saved apart",
    "a class defined in a function with a closure": (
        "fails at run time: the class of the instance is looked up in a module that is not imported"
    ),
    "a class of loggers": "fails at run time: setLoggerClass is not replayed for later stages",
    "a class of loggers (setup)": "fails at run time: setLoggerClass is not replayed for later stages",
    "a codec error handler": "fails at run time: codecs.register_error is not replayed",
    "a codec error handler in setup": (
        "fails at run time: codecs.register_error is not replayed, in setup neither"
    ),
    "a codec error handler in setup (setup)": (
        "fails at run time: codecs.register_error is not replayed, in setup neither"
    ),
    "a coroutine kept unawaited": "fails at run time: MLC211 when it is saved; export says nothing",
    "a fake module in sys.modules": "fails at run time: sys.modules is not handed on",
    "a file-like object of the notebook with a lock": (
        "fails at run time: MLC214 when it is saved; export says nothing"
    ),
    "a file-like object of the notebook with a lock (setup)": (
        "fails at run time: MLC214 when it is saved; export says nothing"
    ),
    "a finder on the import path": "fails at run time: sys.meta_path is not handed on",
    "a format of archives": "fails at run time: register_archive_format is not replayed",
    "a format of archives (setup)": "fails at run time: register_archive_format is not replayed",
    "a function of a module replaced": (
        "fails at run time: the patch is replayed, what its function reads is missing"
    ),
    "a level name of logging": "fails at run time: addLevelName is not replayed when a stage calls it",
    "a method put on the frame class in a stage": (
        "fails at run time: the patch is replayed, what its function reads is missing"
    ),
    "a random seed of a hash function by environment (setup)": (
        "fails at run time: os.environ.setdefault of setup is missing where setup reads it"
    ),
    "a record factory of logging": "fails at run time: setLogRecordFactory is not replayed",
    "a record factory of logging (setup)": "fails at run time: setLogRecordFactory is not replayed",
    "a type made by a call of type": (
        "fails at run time: MLC217: type(...) as a statement of a stage is not run again"
    ),
    "a yaml constructor": "fails at run time: add_constructor is not replayed, in setup neither",
    "a yaml constructor (setup)": "fails at run time: add_constructor is not replayed, in setup neither",
    "an array made longer in place": (
        "fails at run time: an array does not own its data after loading: resize raises"
    ),
    "an event loop kept": "fails at run time: MLC214 when it is saved; export says nothing",
    "an extension type of pandas with a name": (
        "fails at run time: register_extension_dtype as a decorator is not replayed"
    ),
    "an extension type of pandas with a name (setup)": (
        "fails at run time: register_extension_dtype as a decorator is not replayed"
    ),
    "an npz archive kept open": "fails at run time: MLC212 when it is saved; export says nothing",
    "an opener for addresses": "fails at run time: install_opener is not replayed",
    "an opener for addresses (setup)": "fails at run time: install_opener is not replayed",
    "an own exception with a keyword argument": (
        "fails at run time: MLC205: __init__ is called with args when it is loaded"
    ),
    "an own exception with a keyword argument (setup)": (
        "fails at run time: MLC205: __init__ is called with args when it is loaded"
    ),
    "an own exception with arguments and state": (
        "fails at run time: MLC205: __init__ is called with args when it is loaded"
    ),
    "an own exception with arguments and state (setup)": (
        "fails at run time: MLC205: __init__ is called with args when it is loaded"
    ),
    "decimal context": "fails at run time: traps set by item are not handed on",
    "everything of a module": (
        "fails at run time: `from os.path import *` after another star import takes its names away"
    ),
    "getattr hands out an inner dictionary": (
        "fails at run time: __getattr__ is asked for __setstate__ while it is loaded"
    ),
    "getattr hands out an inner dictionary (setup)": (
        "fails at run time: __getattr__ is asked for __setstate__ while it is loaded"
    ),
    "logging to a list": "fails at run time: MLC214 when a handler is saved; export says nothing",
    "logging to a list (setup)": "fails at run time: MLC214 when a handler is saved; export says nothing",
    "made by make_dataclass": "fails at run time: MLC210 when it is saved; export says nothing",
    "names in a formula": "fails at run time: MLC205: the model looks up its function while it is loaded",
    "names in eval of pandas": "fails at run time: names in pd.eval are not followed",
    "numpy error callback": "fails at run time: seterrcall is replayed, the lambda's list is missing",
    "pandas eval of two frames by name": "fails at run time: names in pd.eval are not followed",
    "query with a local function": "fails at run time: what a function called in query reads is not followed",
    "the way warnings are shown": (
        "fails at run time: warnings.showwarning is replayed, what its function reads is missing"
    ),
    "the way warnings are shown (setup)": (
        "fails at run time: warnings.showwarning is replayed, what its function reads is missing"
    ),
    "typing helpers and new types in setup": (
        "fails at run time: MLC217: a TypeVar of a stage is not made again"
    ),
    "a class attribute that is a module function that draws": (
        "false refusal: a draw through a class attribute is no change of the class"
    ),
    "a class attribute that is a module function that draws (setup)": (
        "false refusal: a draw through a class attribute is no change of the class"
    ),
    "a class registry by explicit calls in setup": (
        "false refusal: a decorator that registers, used twice in a cell"
    ),
    "a class registry by explicit calls in setup (setup)": (
        "false refusal: a decorator that registers, used twice in a cell"
    ),
    "a context manager made by a generator": (
        "false refusal: what `with ... as n` binds is a number, not the generator"
    ),
    "a context manager made by a generator (setup)": (
        "false refusal: what `with ... as n` binds is a number, not the generator"
    ),
    "a counter on the class used in one stage only": "false refusal: nobody reads the class attribute later",
    "a counter on the class used in one stage only (setup)": (
        "false refusal: nobody reads the class attribute later"
    ),
    "a generic container of the notebook": "false refusal: Stack[int]() counts as a change of the class",
    "a generic container of the notebook (setup)": (
        "false refusal: Stack[int]() counts as a change of the class"
    ),
    "a joblib memory on disk (setup)": "false refusal: Memory(folder) can be made again",
    "a loop in setup fills a table (setup)": (
        "false refusal: a list of numbers out of a dictionary shares nothing with it"
    ),
    "a namespace prefix of element trees (setup)": (
        "false refusal: the address of a namespace is taken for a look into the network"
    ),
    "a subclass of ndarray": "false refusal: Unit(...) counts as a change of the class",
    "a subclass of ndarray (setup)": "false refusal: Unit(...) counts as a change of the class",
    "a subclass registers itself in its base in setup only": (
        "false refusal: calling a class taken from a registry counts as a change"
    ),
    "a subclass registers itself in its base in setup only (setup)": (
        "false refusal: calling a class taken from a registry counts as a change"
    ),
    "aliases of an enumeration": "false refusal: counts[member] += 1 counts as a change of the enumeration",
    "aliases of an enumeration (setup)": (
        "false refusal: counts[member] += 1 counts as a change of the enumeration"
    ),
    "exec of literal text": "false refusal: the text is a literal: MLC094 would do",
    "method added to a class by a function of setup": (
        "false refusal: set in the same cell as the class, nobody changes it later"
    ),
    "object with a context that restores a list": (
        "false refusal: what `with ... as xs` binds is a list, not the generator"
    ),
    "object with a context that restores a list (setup)": (
        "false refusal: what `with ... as xs` binds is a list, not the generator"
    ),
    "patsy matrices with a variable": "false refusal: np.asarray makes a plain array of the design matrix",
    "singledispatch with types of the notebook (setup)": (
        "false refusal: register(list) in setup is said to read files or ask the world"
    ),
    "sqlite in a file, opened in every stage": "false refusal: `with connect(...) as con` commits",
    "star import hides a variable": "false refusal: the star import simply binds the name again",
}


def run_scripts_forked(scripts: Sequence[Path], arguments: Sequence[str] = ()) -> Outcome:
    """Run every stage in a process of its own that has seen no other one."""
    outcomes = []
    for script in scripts:
        outcomes.append(in_child(functools.partial(run_script_here, script, arguments)))
        if outcomes[-1].error:
            break
    return join(outcomes)


def judge(cells: Sequence[CellText]) -> Verdict:
    """Judge as tests.property.judge does, with the whole program in a process of its own too."""
    with tempfile.TemporaryDirectory(prefix="probe") as place:
        whole_folder, cut_folder = Path(place, "whole"), Path(place, "cut")
        whole_folder.mkdir()
        cut_folder.mkdir()
        outcome = in_child(functools.partial(run_whole, cells, whole_folder))
        if outcome.error:
            return Verdict(problem=f"the program itself raises {outcome.error}")
        exported = export(cells, cut_folder)
        if exported.refused:
            return Verdict(refused=tuple(sorted(d.code for d in exported.errors)), said=exported.said())
        pipeline = run_scripts_forked(exported.scripts)
        found = differences(outcome, pipeline, exported.own_cells)
        return Verdict(differences=tuple(found), said=exported.said())


def kind(verdict: Verdict) -> str:
    """Return in one word what is wrong with a program that should have been equal."""
    if verdict.problem:
        return CRASH
    if verdict.refused:
        return REFUSAL
    if any(line.startswith("error:") for line in verdict.differences):
        return FAILS
    return SILENT if verdict.differences else ""


@pytest.mark.parametrize("probe", read_probes(), ids=lambda probe: probe.name)
def test_it_is_equal_or_refused(probe: Probe) -> None:
    verdict = judge(probe.cells)
    said = (verdict.refused, verdict.differences, verdict.problem, verdict.said)
    if probe.name in KNOWN:
        assert KNOWN[probe.name].startswith(kind(verdict) or "equal"), said
    elif probe.codes:
        assert set(probe.codes) & set(verdict.refused), said
    else:
        assert verdict.equal, said


def test_what_is_known_is_among_the_probes() -> None:
    assert {probe.name for probe in read_probes()} >= set(KNOWN)
