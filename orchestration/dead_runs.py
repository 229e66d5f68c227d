"""End runs whose process is gone, and free the slots that they hold.

Belongs here: telling a dead run from a slow one, on the machine that ran it. Does not belong here: starting runs.

Dagster's own monitoring cannot see the processes of its default launcher: a run that was killed together with the
daemon stays 'started', and with one run at a time nothing starts any more. A limit on a run's time would end long runs
that are alive.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

SAID = re.compile(r"\(pid: (\d+)\)")


def is_dead(instance: DagsterInstance, run: DagsterRun) -> bool:
    """Whether the processes that the run named are all gone; False for a run that has named none yet."""
    from dagster import DagsterEventType

    named = [
        (int(found[1]), entry.timestamp)
        for entry in instance.all_logs(run.run_id, of_type=DagsterEventType.ENGINE_EVENT)
        if (found := SAID.search(entry.message or entry.user_message or ""))
        or (found := SAID.search(str(entry.dagster_event)))
    ]
    return bool(named) and not any(_runs(pid, since) for pid, since in named)


def end_dead_runs(instance: DagsterInstance) -> list[str]:
    """Report dead runs as failed and free the pools' slots of all runs that have ended; ids of the runs that were
    ended.
    """
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
    ended = []
    for run in instance.get_runs(filters=RunsFilter(statuses=unfinished)):
        if is_dead(instance, run):
            instance.report_run_failed(
                run, "The run's process is gone: it was killed. What it had accepted is kept; start the job again."
            )
            ended.append(run.run_id)
    for run_id in instance.event_log_storage.get_concurrency_run_ids():
        holder = instance.get_run_by_id(run_id)
        if holder is None or holder.is_finished:
            instance.event_log_storage.free_concurrency_slots_for_run(run_id)
    return ended


def _runs(pid: int, since: float) -> bool:
    """Whether the process is there, and was there at `since`: numbers are used again."""
    process = Path(f"/proc/{pid}")
    try:
        zombie = process.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
        return not zombie and process.stat().st_ctime <= since + 1
    except OSError:
        return False
