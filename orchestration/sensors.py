"""What happens by itself when something else happens.

The inbox: deliveries are taken in when they have stopped growing, whatever was delivered before, one run at a time.
Runs: a failed one is told once, and its recovery once; after every run the check of concerns looks at what it left.
"""

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

import dagster as dg

from ingestion.contracts import DELIVERED_SOURCES
from orchestration.jobs import concerns_check, deliveries, refresh
from orchestration.resources import Workspace

if TYPE_CHECKING:
    from orchestration.alerts import Alert

INBOX = "inbox"
INTERVAL_SECONDS = 30
FIRST_WAIT, LONGEST_WAIT = 300.0, 6 * 3600.0
"""Seconds until a file is asked for again that a run left behind: the cause is the machine's, and somebody mends it or
it passes.
"""

TAKE_IN = (deliveries.name, refresh.name)
TO_START = (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING)
UNDER_WAY = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)

KNOWN_FAILURES = {
    "LakeBusy": "another refresh was writing to the lake",
    "LakeDamaged": "a file of the lake is missing or damaged",
    "NotPublishable": "the warehouse did not pass; the publication stays as it was",
    "TakeInFailed": "files could not be taken in and stay in the inbox",
    "SettingsError": "a setting forbids it",
    "OSError": "the disk or its rights",
    "PdfNotMade": "a report could not be typeset",
}
"""What an alert says of a step's failure. Never the failure's own words: they may quote files."""


@dataclass(frozen=True)
class Sighting:
    """A file as one look found it. seen: size and modification time in ns: these stay when it has stopped growing.
    came: seconds.
    """

    source: str
    seen: list[int]
    came: float


def sightings(inbox: Path) -> dict[str, Sighting]:
    """What waits, by its name below the inbox."""
    from expectations.gate import waiting

    found = {}
    for source in DELIVERED_SOURCES:
        for path, _ in waiting(inbox, source):
            with suppress(FileNotFoundError):  # a run has just taken it
                stat = path.lstat()
                found[str(path.relative_to(inbox))] = Sighting(source, [stat.st_size, stat.st_mtime_ns], stat.st_ctime)
    return found


def in_a_run(instance: dg.DagsterInstance, waiting: Mapping[str, Sighting]) -> dict[str, str]:
    """The names of waiting files that a run which is queued or under way takes in, each with the run's id.

    A run that is under way takes in what lay there when the step of the file's source began: what came later is in no
    run.
    """
    found: dict[str, str] = {}
    for run in instance.get_runs(dg.RunsFilter(statuses=[*TO_START, *UNDER_WAY])):
        chosen = {key.path[0] for key in run.asset_selection or ()}
        takes_all = run.asset_selection is None and run.job_name in TAKE_IN
        sources = sorted({one.source for one in waiting.values() if takes_all or one.source in chosen})
        begun: dict[str, float] = {}
        if run.status in UNDER_WAY and sources:
            statistics = instance.get_run_step_stats(run.run_id, sources)
            begun = {step.step_key: step.start_time for step in statistics if step.start_time is not None}
        found |= {
            name: run.run_id
            for name, one in waiting.items()
            if one.source in sources and one.came <= begun.get(one.source, math.inf)
        }
    return found


def wait(times: int) -> float:
    """Seconds until files are asked for again that still lie there after they were asked for so many times."""
    return min(FIRST_WAIT * 2 ** (times - 1), LONGEST_WAIT) if times else 0.0


def inbox_sensor(environment: str) -> dg.SensorDefinition:
    """The sensor. It runs by itself in every environment: what is dropped into a demonstration's inbox is taken in,
    too.
    """

    @dg.sensor(
        name=INBOX,
        job=deliveries,
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="Takes in deliveries that two looks in a row found with the same size and time. What a run leaves behind is asked for "
        "again, ever more seldom.",
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def inbox(
        context: dg.SensorEvaluationContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.RunRequest | dg.SkipReason:
        before: dict[str, list[Any]] = json.loads(context.cursor or "{}")
        now = sightings(workspace.settings.inbox)
        # A file that changed, or left and came again, has not been asked for; what waited before keeps how often it
        # was, and when.
        growing = sorted(name for name, one in now.items() if before.get(name, [])[:2] != one.seen)
        asked: dict[str, tuple[int, float]] = {
            name: (0, 0.0) if name in growing else tuple(before[name][2:]) or (0, 0.0) for name in now
        }

        def skipped(why: str) -> dg.SkipReason:
            context.update_cursor(json.dumps({name: [*now[name].seen, *asked[name]] for name in now}))
            return dg.SkipReason(why)

        if not now:
            return skipped("The inbox is empty.")
        # The run takes all that waits, so it must wait for all: a file that grows would be read as half a file.
        if growing:
            return skipped(f"Waiting for {len(growing)} of {len(now)} files to stop growing: {', '.join(growing[:5])}")
        taken = in_a_run(context.instance, now)
        # The wait for another try begins when the run has ended.
        asked |= {name: (asked[name][0], time()) for name in taken}
        left = [name for name in now if name not in taken]
        if not left:
            return skipped(f"What waits is in run {taken.popitem()[1][:8]}, which is queued or under way.")
        due = {name: at + wait(times) for name, (times, at) in asked.items() if name in left}
        if time() < min(due.values()):
            return skipped(
                f"{len(left)} files are still here after {max(asked[name][0] for name in left)} runs: read how the newest one ended. "
                f"They are asked for again in {(min(due.values()) - time()) / 60:.0f} minutes."
            )
        asked |= {name: (asked[name][0] + 1, time()) for name in left}
        context.update_cursor(json.dumps({name: [*now[name].seen, *asked[name]] for name in now}))
        # No run key: Dagster takes one once and for ever, and a content may come again after another.
        return dg.RunRequest(tags={"inbox/files": str(len(now))})

    return inbox


def run_sensors(environment: str) -> list[dg.SensorDefinition]:
    """The two sensors on runs. They run by themselves in live only."""
    status = dg.DefaultSensorStatus.RUNNING if environment == "live" else dg.DefaultSensorStatus.STOPPED

    @dg.run_failure_sensor(
        name="failed_runs",
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="Tells that a job fails, once until it succeeds again, and lets the check of concerns look.",
        default_status=status,
        request_job=concerns_check,
    )
    def failed_runs(
        context: dg.RunFailureSensorContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.RunRequest | dg.SkipReason:
        return _told(context, workspace, failure_of(context))

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="succeeded_runs",
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="Tells that a job that failed succeeds again, and lets the check of concerns look.",
        default_status=status,
        request_job=concerns_check,
    )
    def succeeded_runs(
        context: dg.RunStatusSensorContext, workspace: dg.ResourceParam[Workspace]
    ) -> dg.RunRequest | dg.SkipReason:
        return _told(context, workspace, None)

    return [failed_runs, succeeded_runs]


def failure_of(context: dg.RunFailureSensorContext) -> "Alert":
    """The failed run as an alert: job, steps and kinds of failure, without a word of what was delivered."""
    from orchestration.alerts import Alert

    run, causes = context.dagster_run, []
    for event in context.get_step_failure_events():
        error = event.step_failure_data.error
        # Dagster's own wrappers say nothing: the kind is that of the failure that the step was left with.
        while error is not None and error.cause is not None and error.cls_name not in KNOWN_FAILURES:
            error = error.cause
        kind = (error.cls_name if error else None) or "no error was left"
        causes.append(f"{event.step_key}: {KNOWN_FAILURES.get(kind, kind)}")
    where = "; ".join(causes) or "the run ended before any step said why"
    return Alert("failed", f"the job {run.job_name} failed ({where})", f"Open run {run.run_id[:8]} in Dagster.")


def _told(
    context: dg.RunStatusSensorContext, workspace: Workspace, alert: "Alert | None"
) -> dg.RunRequest | dg.SkipReason:
    """Tell, and look at what the run left; the check of concerns's own runs are looked at by the next one."""
    job = context.dagster_run.job_name
    troubles = workspace.alerts.tell(f"job/{job}", [alert] if alert else [])
    for trouble in troubles:
        context.log.error(trouble)
    if job == concerns_check.name:
        return dg.SkipReason(" ".join(troubles) or "A check of concerns ended; nothing else to look at.")
    return dg.RunRequest(run_key=context.dagster_run.run_id)
