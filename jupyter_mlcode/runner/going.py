"""A run that has something to do, from its first decision to its report."""

from __future__ import annotations

import gc
import itertools
import threading
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from jupyter_mlcode.model.run import EventSink, RunReport, RunStatus, RunWaits, StageRun
from jupyter_mlcode.runner.ahead import KernelsAhead
from jupyter_mlcode.runner.cache.decide import Decider
from jupyter_mlcode.runner.cache.open import open_decider
from jupyter_mlcode.runner.folder import GUARDS
from jupyter_mlcode.runner.guard_records import begin_records
from jupyter_mlcode.runner.local.database import STATE
from jupyter_mlcode.runner.local.history import folder_of_same, note_run
from jupyter_mlcode.runner.local.memo import Memo
from jupyter_mlcode.runner.locks import one_at_a_time
from jupyter_mlcode.runner.orders import Orders
from jupyter_mlcode.runner.passed import all_passed, note_passed
from jupyter_mlcode.runner.place import RunPlace
from jupyter_mlcode.runner.report import write_report
from jupyter_mlcode.runner.schedule import Schedule
from jupyter_mlcode.runner.times import utc_now
from jupyter_mlcode.runner.work import StageWorker

_RUNS = itertools.count()
REPORTER = "jupyter_mlcode.runner.html_report"
WAITING = "another run of this pipeline goes on; waiting for its end"


def run_stages(orders: Orders, memo: Memo, ahead: KernelsAhead, events: EventSink) -> RunReport:
    """Run what has to run, while no other run of this pipeline does, and write the reports.

    Raises:
        OSError: the folder of the run cannot be written.
    """
    if next(_RUNS):
        gc.collect()  # an earlier run in this process: sockets and notebooks in cycles, which cost more than they count
    with one_at_a_time(orders.folder.root / STATE, lambda: events(RunWaits(what=WAITING))):
        if orders.guards is None:
            passed = all_passed(orders.folder, orders.chosen, orders.artifacts / GUARDS)
            orders = replace(orders, guards=not passed)
        begin_records(orders.folder, orders.chosen, orders.artifacts / GUARDS)
        decider = open_decider(orders, memo)
        report = _reported(orders, decider, ahead, events)
        if not all(stage.cached for stage in report.stages):
            decider.store.trim()
            memo.trim()
        return report


def _reported(orders: Orders, decider: Decider, ahead: KernelsAhead, events: EventSink) -> RunReport:
    started, began = utc_now(), time.monotonic()
    place = RunPlace(orders.folder, orders.runs_dir, [entry.name for entry in orders.chosen], events)
    worker = StageWorker(orders, decider, place, ahead, events)
    slow_to_import = threading.Thread(
        target=import_module, args=(REPORTER,), name="mlcode-import", daemon=True
    )
    slow_to_import.start()  # while the stages run
    stages = Schedule(orders.chosen, worker, jobs=orders.jobs).run()
    worker.finish()
    database = decider.memo.database
    same = None
    if orders.runs_dir is None and all(stage.cached for stage in stages):
        same = folder_of_same(database, worker.keys)
    target = place.open(same)
    report = RunReport(
        pipeline=orders.folder.name,
        status=_overall(stages),
        started=started,
        finished=utc_now(),
        seconds=round(time.monotonic() - began, 3),
        folder=str(target),
        stages=stages,
        parameters=orders.values,
        notes=(*database.notes, *worker.notes),
    )
    if same is None:
        slow_to_import.join()
        _write(orders, report, target)
    note_run(database, report, worker.keys, orders.folder)
    return report


def _write(orders: Orders, report: RunReport, target: Path) -> None:
    done = {stage.name for stage in report.stages if stage.status == "completed"}
    if orders.guards:
        passed = tuple(entry for entry in orders.chosen if entry.name in done)
        note_passed(orders.folder, passed, orders.artifacts / GUARDS)
    from jupyter_mlcode.runner.html_report import write_html_report

    write_report(report, target / "report.json")
    write_html_report(report, target)


def _overall(stages: tuple[StageRun, ...]) -> RunStatus:
    found = {stage.status for stage in stages}
    order: tuple[RunStatus, ...] = ("interrupted", "failed", "not_run")
    return next((status for status in order if status in found), "completed")
