"""What happens by itself when something else happens.

The inbox: deliveries are taken in when they have stopped growing, and no content runs twice. Runs: a failed one is told once, and its
recovery once; after every run the standing check looks at what it left.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from ingestion.contracts import SOURCES
from orchestration.jobs import deliveries, standing_check
from orchestration.resources import Workspace

if TYPE_CHECKING:
    from orchestration.alerts import Alert

INTERVAL_SECONDS = 30

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


def sightings(files: Iterable[Path], inbox: Path) -> dict[str, list[int]]:
    """Name below the inbox -> [size, modification time in ns]."""
    return {str(path.relative_to(inbox)): [path.stat().st_size, path.stat().st_mtime_ns] for path in files}


def content_key(names: Iterable[str], inbox: Path) -> str:
    """Hash of what waits: folders and contents, not names or times, so that a corrected file is new and a copied one is not."""
    digest = hashlib.sha256()
    for folder, content in sorted((str(Path(name).parent), _sha256(inbox / name)) for name in names):
        digest.update(f"{folder}\n{content}\n".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inbox_sensor(environment: str) -> dg.SensorDefinition:
    """The sensor. Runs by itself in live only: a demonstration is started by hand."""

    @dg.sensor(
        name="inbox",
        job=deliveries,
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="Takes in deliveries that two looks in a row found with the same size and time.",
        default_status=dg.DefaultSensorStatus.RUNNING if environment == "live" else dg.DefaultSensorStatus.STOPPED,
    )
    def inbox(context: dg.SensorEvaluationContext, workspace: dg.ResourceParam[Workspace]) -> dg.RunRequest | dg.SkipReason:
        from expectations.gate import waiting

        folder = workspace.settings.inbox
        before = json.loads(context.cursor or "{}")
        now = sightings((path for source in SOURCES for path, _ in waiting(folder, source)), folder)
        context.update_cursor(json.dumps(now))
        if not now:
            return dg.SkipReason("The inbox is empty.")
        # The run takes all that waits, so it must wait for all: a file that grows would be read as half a file.
        growing = sorted(name for name, seen in now.items() if before.get(name) != seen)
        if growing:
            return dg.SkipReason(f"Waiting for {len(growing)} of {len(now)} files to stop growing: {', '.join(growing[:5])}")
        return dg.RunRequest(run_key=content_key(now, folder), tags={"inbox/files": str(len(now))})

    return inbox


def run_sensors(environment: str) -> list[dg.SensorDefinition]:
    """The two sensors on runs. They run by themselves in live only."""
    status = dg.DefaultSensorStatus.RUNNING if environment == "live" else dg.DefaultSensorStatus.STOPPED

    @dg.run_failure_sensor(
        name="failed_runs",
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="Tells that a job fails, once until it succeeds again, and lets the standing check look.",
        default_status=status,
        request_job=standing_check,
    )
    def failed_runs(context: dg.RunFailureSensorContext, workspace: dg.ResourceParam[Workspace]) -> dg.RunRequest | dg.SkipReason:
        return _told(context, workspace, failure_of(context))

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="succeeded_runs",
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="Tells that a job that failed succeeds again, and lets the standing check look.",
        default_status=status,
        request_job=standing_check,
    )
    def succeeded_runs(context: dg.RunStatusSensorContext, workspace: dg.ResourceParam[Workspace]) -> dg.RunRequest | dg.SkipReason:
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


def _told(context: dg.RunStatusSensorContext, workspace: Workspace, alert: "Alert | None") -> dg.RunRequest | dg.SkipReason:
    """Tell, and look at what the run left; the standing check's own runs are looked at by the next one."""
    job = context.dagster_run.job_name
    troubles = workspace.alerts.tell(f"job/{job}", [alert] if alert else [])
    for trouble in troubles:
        context.log.error(trouble)
    if job == standing_check.name:
        return dg.SkipReason(" ".join(troubles) or "A standing check ended; nothing else to look at.")
    return dg.RunRequest(run_key=context.dagster_run.run_id)
