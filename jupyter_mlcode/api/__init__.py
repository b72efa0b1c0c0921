"""The functions that everything else calls: the command line, the server, other programs.

Each one connects rooms and adds nothing of its own. Heavy rooms are imported when they are needed:
papermill and a kernel's client cost a second that `check` must not pay.
"""

from __future__ import annotations

from jupyter_mlcode.api.notebooks import (
    Source,
    apply_suggestions,
    check,
    diagnostic_document,
    export,
    graph,
    live_plan,
    mermaid,
    params_findings,
    pipeline_folder,
    plan,
    read,
    suggest,
    target_of,
    write,
)
from jupyter_mlcode.api.remembered import check_all
from jupyter_mlcode.api.runs import (
    clean,
    compare_runs,
    forecast,
    given_parameters,
    history,
    metrics_files,
    observe,
    report_document,
    run,
    status,
    verify,
    write_observed,
)

__all__ = [
    "Source",
    "apply_suggestions",
    "check",
    "check_all",
    "clean",
    "compare_runs",
    "diagnostic_document",
    "export",
    "forecast",
    "given_parameters",
    "graph",
    "history",
    "live_plan",
    "mermaid",
    "metrics_files",
    "observe",
    "params_findings",
    "pipeline_folder",
    "plan",
    "read",
    "report_document",
    "run",
    "status",
    "suggest",
    "target_of",
    "verify",
    "write",
    "write_observed",
]
