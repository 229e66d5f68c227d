"""The check of concerns: everything that is late, rejected, failed or damaged, until it is mended.

Belongs here: concerns that runs and publications tell, all concerns together, and their table. Does not belong here:
those of deliveries and loads (`ingestion.monitoring.concerns`), the asset (`assets.concerns`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dagster as dg

from ingestion.configuration.mistakes import ConfigurationError, Mistake
from ingestion.monitoring.concerns import Concern, concerns_of_loads
from orchestration.adoption import damaged_reports
from orchestration.loads import PUBLICATION, first_finding
from orchestration.markdown import line, row
from orchestration.sensors import INBOX, TAKE_IN
from orchestration.settings import TIMEZONE

if TYPE_CHECKING:
    from orchestration.resources import Workspace

ENDED_BADLY = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
# As in the freshness policies: what is refreshed on the 10th at 05:00 must be new by noon of that day.
DEADLINE_DAY, DEADLINE_HOUR, LOWER_BOUND = 10, 12, timedelta(hours=12)
TO_PUBLISH = timedelta(hours=24)
TO_LOOK = timedelta(minutes=10)
"""A sensor that has not looked for so long does not look."""


def all_concerns(
    workspace: Workspace, instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey], now: datetime
) -> list[Concern]:
    """Every concern. keys: the assets that there are (an instance remembers those that are gone). now: with time zone."""
    settings = workspace.settings
    today = settings.due_through(now)
    return [
        *_of_deliveries(workspace, instance, now, today),
        *_failed(instance, keys),
        *_unpublished(workspace, instance, now),
        *_told_breaks(workspace),
        *_adopted(workspace),
        *_untold(workspace),
    ]


def _waiting(workspace: Workspace, instance: dg.DagsterInstance, now: datetime) -> Iterable[Concern]:
    """What lies in the inbox and is not taken in; of files that wait, also what became of the newest run that was to
    take them in.
    """
    from expectations.inbox import concerns_of_inbox

    looked = _looked(instance)
    is_watched = looked is not None and now - looked < TO_LOOK
    found = concerns_of_inbox(workspace.settings.inbox, workspace.municipalities.keys(), now, is_watched)
    if not any(one.key.startswith("waiting/") for one in found):
        return found
    runs = [run for name in TAKE_IN for run in instance.get_run_records(dg.RunsFilter(job_name=name), limit=1)]
    newest = max(runs, key=lambda run: run.create_timestamp, default=None)
    said = "no run was started for them" if newest is None else _how(newest)
    if not is_watched:
        when = f"has not looked since {looked:%Y-%m-%d %H:%M}" if looked else "has never looked"
        said = f"the sensor {INBOX} {when}; {said}"
    return [replace(one, what=f"{one.what}; {said}") if one.key.startswith("waiting/") else one for one in found]


def _looked(instance: dg.DagsterInstance) -> datetime | None:
    """When the inbox's sensor last looked."""
    known = instance.all_instigator_state() if instance.schedule_storage is not None else []
    states = [state for state in known if state.instigator_name == INBOX]
    moments = [getattr(state.instigator_data, "last_tick_timestamp", None) for state in states]
    return max((datetime.fromtimestamp(moment, UTC) for moment in moments if moment), default=None)


def _how(run: dg.RunRecord) -> str:
    """How a run that takes in ended, or that it has not."""
    name = f"the newest run of the job {run.dagster_run.job_name} ({run.dagster_run.run_id[:8]})"
    if run.dagster_run.status in ENDED_BADLY:
        return f"{name} failed"
    return f"{name} has succeeded" if run.dagster_run.is_finished else f"{name} is queued or under way"


def _of_deliveries(
    workspace: Workspace, instance: dg.DagsterInstance, now: datetime, today: date | None
) -> list[Concern]:
    """What deliveries, loads and the inbox tell; of a wrong configuration its mistakes: nothing else can be told then."""
    try:
        municipalities = workspace.municipalities
    except ConfigurationError as error:
        files: dict[str, list[Mistake]] = {}
        for mistake in error.mistakes:
            files.setdefault(mistake.file, []).append(mistake)
        advice = "Mend the files (genomlysning check-configuration lists all mistakes)."
        return [
            Concern(
                f"configuration/{name}",
                "configuration",
                f"{len(found)} mistakes in a file, the first: {found[0].sentence()}",
                "",
                advice,
            )
            for name, found in files.items()
        ]
    return [
        *concerns_of_loads(workspace.lake, workspace.rejected, municipalities, today),
        *_waiting(workspace, instance, now),
    ]


def _failed(instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey]) -> list[Concern]:
    """One concern for the steps that failed in the newest run of any asset, however many assets wait for them."""
    waiting: dict[str, list[dg.AssetKey]] = {}
    for record in instance.get_asset_records(keys):
        entry = record.asset_entry
        run_id, made = entry.last_planned_materialization_run_id or entry.last_run_id, entry.last_materialization
        if run_id is not None and (made is None or made.run_id != run_id):
            waiting.setdefault(run_id, []).append(record.asset_entry.asset_key)
    if not waiting:
        return []
    found: dict[str, Concern] = {}
    runs = instance.get_run_records(dg.RunsFilter(run_ids=list(waiting), statuses=list(ENDED_BADLY)))
    for run in runs:  # newest first
        run_id, job = run.dagster_run.run_id, run.dagster_run.job_name
        statistics = instance.get_run_step_stats(run_id)
        steps = sorted(step.step_key for step in statistics if step.status and step.status.value == "FAILURE")
        where = f"at {', '.join(steps)}" if steps else "before any step said why (killed or cancelled)"
        what = f"the newest run of {len(waiting[run_id])} assets, of the job {_job(job)}, failed {where} (run {run_id[:8]})"
        ended = datetime.fromtimestamp(run.end_time, UTC).date().isoformat() if run.end_time else ""
        key = f"failed/{','.join(steps) or _job(job)}"
        found.setdefault(
            key,
            Concern(
                key, "failed", what, ended, "Read the failed step of the run, mend the cause, and run the job again."
            ),
        )
    return list(found.values())


def _job(name: str) -> str:
    return "that was started by hand" if name.startswith("__") else name


def _unpublished(workspace: Workspace, instance: dg.DagsterInstance, now: datetime) -> Iterable[Concern]:
    """The publication: there, whole, as new as promised, holding what was accepted, made of what is still there."""
    from ingestion.failures import PermanentFailure
    from ingestion.monitoring.published_loads import SECTION, lost_loads
    from publication.publish import POINTER, current, published_loads

    settings = workspace.settings
    pointer = settings.published / POINTER
    try:
        published, made_of = current(settings.published), published_loads(settings.published)
    except (PermanentFailure, OSError):
        what = f"the publication that {POINTER} names cannot be read"
        advice = "Point it at an earlier file in published/, or remove the link; then run marts_only."
        return [Concern("damaged/publication", "damaged", what, "", advice)]
    if published is None and pointer.is_symlink():
        what = f"{POINTER} names a file that is not there"
        return [
            Concern(
                "damaged/publication",
                "damaged",
                what,
                "",
                "Point it at an earlier file in published/, or run marts_only.",
            )
        ]
    accepted = [datetime.fromisoformat(load.accepted_at) for load in workspace.lake.loads()]
    event = instance.get_latest_materialization_event(PUBLICATION)
    made = datetime.fromtimestamp(event.timestamp, UTC) if event else None
    found = []
    # A home that was moved without its runs' history has a publication all the same, as old as its file says.
    if made is None and published is not None:
        made = published.created_at.replace(tzinfo=UTC)
    late = sorted(moment for moment in accepted if (made is None or moment > made) and now - moment > TO_PUBLISH)
    if late:
        what = f"{len(late)} loads that were accepted more than a day ago are not published"
        found.append(
            Concern(
                "unpublished",
                "unpublished",
                what,
                late[0].date().isoformat(),
                "Run marts_only, and read why it does not pass.",
            )
        )
    if missing := lost_loads(workspace.lake, made_of):
        what = (
            f"loads that the publication was made of are no longer in the lake: {len(missing)}, the first {missing[0]}"
        )
        found.append(Concern("damaged/gone", "damaged", what, "", f"See docs/runbook.md, {SECTION}."))
    deadline = last_deadline(now)
    if settings.environment == "live" and made is not None and made < deadline - LOWER_BOUND and now > deadline:
        what = f"the publication was last made on {made.date().isoformat()}, before the refresh of {deadline.date().isoformat()}"
        advice = "See that the daemon runs and the schedule monthly_refresh is on; run the job refresh."
        found.append(Concern("publication/late", "late", what, deadline.date().isoformat(), advice))
    return found


def _told_breaks(workspace: Workspace) -> Iterable[Concern]:
    """Breaks of a series that Kolada's descriptions tell of and nobody configured: figures would be compared over them."""
    from ingestion.failures import PermanentFailure
    from ingestion.kolada.breaks import unconfigured
    from publication.publish import published_descriptions

    try:
        told = unconfigured(published_descriptions(workspace.settings.published))
    except (PermanentFailure, OSError):
        return  # `_unpublished` tells of a publication that cannot be read
    for indicator_id, year in told.items():
        what = f"Kolada's description of {indicator_id} tells of another way of counting from {year}, and no such break is configured"
        advice = (
            f"Read kolada_description in marts.dim_indicator and write {year} into series_break_year (or _2) of {indicator_id} in "
            "dbt_project/seeds/kolada_indicators.csv."
        )
        yield Concern(f"break/{indicator_id}", "break", what, "", advice)


def _adopted(workspace: Workspace) -> Iterable[Concern]:
    """Adopted reports that are not what the board adopted."""
    for told in damaged_reports(workspace.settings):
        key = hashlib.sha256(told.encode()).hexdigest()[:16]
        yield Concern(f"adopted/{key}", "damaged", told, "", "Restore the adopted report's folder from backup.")


def last_deadline(now: datetime) -> datetime:
    """The newest moment, at or before `now`, by which a monthly refresh was promised."""
    local = now.astimezone(ZoneInfo(TIMEZONE))
    promised = local.replace(day=DEADLINE_DAY, hour=DEADLINE_HOUR, minute=0, second=0, microsecond=0)
    if promised > local:
        before = date(local.year, local.month, 1) - timedelta(days=1)
        promised = promised.replace(year=before.year, month=before.month)
    return promised


def _untold(workspace: Workspace) -> list[Concern]:
    return [
        Concern(
            f"alerts/{name}",
            "alerts",
            f"alerts by {name} are not reaching anybody",
            since[:10],
            "Read the log of the newest check.",
        )
        for name, since in sorted(workspace.alerts.troubles().items())
    ]


def summary(listed: Sequence[Concern]) -> str:
    """What the check says without a click: how many of which kinds, and the first in full."""
    if not listed:
        return "Nothing stands."
    first, kinds = listed[0], sorted({one.kind for one in listed})
    told = f"{first.what}, since {first.since}." if first.since else f"{first.what}."
    finding = first_finding([first.finding]) if first.finding else ""
    return line(
        " ".join(filter(None, (f"{len(listed)} stand: {', '.join(kinds)}. First:", told, finding or first.advice)))
    )


def table(listed: Sequence[Concern]) -> str:
    """The concerns as a Markdown table."""
    lines = ["| kind | what | since | what to do |", "|---|---|---|---|"]
    return "\n".join([*lines, *(row(one.kind, one.what, one.since or "unknown", one.advice) for one in listed)])
