"""A home at a glance: of each municipality and source what is in force, late, missing, rejected and waiting, and what
stands.

Belongs here: counting, without Dagster, without a lock and without changing anything. Does not belong here: the states
themselves (`ingestion.monitoring`), and what runs tell (`orchestration.concerns`, on the check `operations/concerns`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import home

if TYPE_CHECKING:
    from ingestion.configuration.municipality import Municipality
    from ingestion.lake import Load, Rejection
    from ingestion.monitoring.concerns import Concern
    from orchestration.resources import Workspace
    from publication.publish import Publication

NOT_TOLD = "?"
"""The municipality of a rejected delivery whose municipality could not be told."""


@dataclass(frozen=True)
class SourceStatus:
    """One municipality's source. municipality_id: 'all' for what is fetched for all of them.

    loads: how many are in force. first, last: their periods; empty where they have none. data_through: the newest day
    that they hold.
    late, missing: months and years of tables. rejected: open rejections. waiting: files in the inbox.
    """

    municipality_id: str
    source: str
    loads: int
    first: str
    last: str
    data_through: str
    late: int
    missing: int
    rejected: int
    waiting: int


@dataclass(frozen=True)
class Status:
    """publication: None before the first. sources: a line each. concerns: what deliveries and loads tell, worst first."""

    publication: Publication | None
    sources: tuple[SourceStatus, ...]
    concerns: tuple[Concern, ...]


def status_of(workspace: Workspace, now: datetime) -> Status:
    """The home as it is. now: with time zone. Every file of the lake is read once, for its checksum.

    Raises SettingsError where the home is another environment's, ConfigurationError, LakeDamaged and NotPublishable.
    """
    from expectations.inbox import concerns_of_inbox
    from ingestion.monitoring.concerns import concerns_of_loads
    from publication.publish import current

    settings, lake = workspace.settings, workspace.lake
    home.refuse(settings)
    municipalities = workspace.municipalities
    today = settings.due_through(now)
    in_force, unresolved = lake.in_force(), workspace.rejected.unresolved(lake)
    overdue = _overdue(in_force, unresolved, municipalities, today)
    return Status(
        current(settings.published),
        tuple(_sources(in_force, unresolved, overdue, _waiting(settings.inbox))),
        (
            *concerns_of_loads(lake, workspace.rejected, municipalities, today),
            *concerns_of_inbox(settings.inbox, municipalities.keys(), now, is_watched=False),
        ),
    )


Key = tuple[str, str]
"""Municipality and source."""


def _overdue(
    in_force: Sequence[Load],
    unresolved: Sequence[Rejection],
    municipalities: Mapping[str, Municipality],
    today: date | None,
) -> dict[tuple[Key, str], int]:
    """How many months and years are 'late' or 'missing'."""
    from ingestion.contracts import SOURCES, tables
    from ingestion.monitoring.calendar import delivery_calendar, late_years

    found: Counter[tuple[Key, str]] = Counter()
    for source in SOURCES:
        loads = [load for load in in_force if load.source == source]
        rejections = [rejection for rejection in unresolved if rejection.source == source]
        for month in delivery_calendar(tables(source), loads, rejections, today, municipalities):
            found.update(((month.municipality_id, source), state) for state in month.states.values())
        if today is not None:
            found.update(
                ((name, source), "late") for name, _, _ in late_years(tables(source), loads, today, municipalities)
            )
    return found


def _waiting(inbox: Path) -> Counter[Key]:
    """How many files lie in each source's folder; the step that takes them in also renames some, which a look must not."""
    from expectations.gate import passed_over

    files = (
        path for path in inbox.glob("*/*/*") if not passed_over(path.name) and (path.is_symlink() or path.is_file())
    )
    return Counter((path.parents[1].name.partition("-")[0], path.parent.name) for path in files)


def _sources(
    in_force: Sequence[Load],
    unresolved: Iterable[Rejection],
    overdue: Mapping[tuple[Key, str], int],
    waiting: Mapping[Key, int],
) -> Iterable[SourceStatus]:
    by_key: dict[Key, list[Load]] = {}
    for load in in_force:
        by_key.setdefault((load.municipality_id, load.source), []).append(load)
    rejected = Counter((rejection.municipality_id or NOT_TOLD, rejection.source) for rejection in unresolved)
    for key in sorted({*by_key, *rejected, *waiting}):
        loads = by_key.get(key, [])
        periods = sorted(load.period for load in loads if load.period[:1].isdigit())
        yield SourceStatus(
            *key,
            loads=len(loads),
            first=periods[0] if periods else "",
            last=periods[-1] if periods else "",
            data_through=max((load.data_through for load in loads if load.data_through), default=""),
            late=overdue.get((key, "late"), 0),
            missing=overdue.get((key, "missing"), 0),
            rejected=rejected[key],
            waiting=waiting.get(key, 0),
        )
