"""Retention: which rows, rejected files and kept files have had their time, and their erasure.

Belongs here: the plan (what is due) and carrying it out. Does not belong here: the schedule
(`orchestration.retention`), one person's erasure (`erasure`), publications (they hold figures, which are kept).

A load's time counts from the end of the calendar year that it describes, not from the end of its month: a year's
figures need all its months, and erasing them one by one would make next year's build compute wrong figures from what is
left, instead of none. All loads of a table and year go together, also those that were replaced. Rows are erased by the
board's decision, named in its configuration; without one the plan is only told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Table, table
from ingestion.lake import WHOLE, Lake, Load, Rejected
from ingestion.lake.raw import KeptRaw
from ingestion.periods import Period
from ingestion.privacy.register import RETENTION_MONTHS, holds_persons

REJECTED_DAYS = 90
"""How long a rejected file waits for its correction; its reasons are kept."""


@dataclass(frozen=True)
class Due:
    """A load whose time is over. kept_until: its last day. decision: the board's; empty: not decided, so nothing is
    erased.
    """

    load: Load
    kept_until: date
    decision: str

    @property
    def years_rows(self) -> tuple[str, str, str]:
        """(municipality, table, year): what is erased together."""
        return (
            self.load.municipality_id,
            f"{self.load.source}_{self.load.table}",
            str(Period.parse(self.load.period).year),
        )


def kept_until(period: str, months: int) -> date:
    """Last day that rows of a period ('2024-03' or '2024') are kept: `months` after the end of its calendar year."""
    return Period.of(Period.parse(period).year, 12).shifted(months).last_day


def months_kept(table: Table, municipality: Municipality) -> int | None:
    """How long a table's rows are kept: as the municipality says for the source, else 25 months for rows on persons;
    None: for ever.
    """
    if table.source in municipality.retention.months:
        return municipality.retention.months[table.source]
    return RETENTION_MONTHS if holds_persons(table) else None


def due(lake: Lake, municipalities: Mapping[str, Municipality], today: date) -> list[Due]:
    """Every load whose time is over, oldest acceptance first. Kolada's are never due."""
    found = []
    for load in lake.loads():
        municipality = municipalities.get(load.municipality_id)
        if load.period == WHOLE or municipality is None:
            continue
        months = months_kept(table(load.source, load.table), municipality)
        if months is not None and (last := kept_until(load.period, months)) < today:
            found.append(Due(load, last, municipality.retention.decision))
    return found


def erase_rows(lake: Lake, decided: Iterable[Due], publication: str | None) -> list[Due]:
    """Erase the decided ones. Whoever calls holds the lake for writing. Killed at any moment it is run again.

    publication: the file that holds the figures of the rows; kept with the record of each load. Oldest acceptance
    first: were the newest of a period erased before those that it replaced, one of them would be in force again.
    """
    lake.sweep()
    at, erased = datetime.now(UTC).isoformat(), []
    for one in sorted(decided, key=lambda one: one.load.sequence):
        why = f"time over on {one.kept_until}; {one.decision}"
        lake.erase(one.load, {"at": at, "why": why, "publication": publication})
        erased.append(one)
    return erased


def erase_rejected(rejected: Rejected, now: datetime) -> int:
    """Remove rejected files whose time is over; how many. The reasons stay."""
    removed = 0
    for rejection in rejected.all():
        path = rejected.raw(rejection)
        if path is not None and now - datetime.fromisoformat(rejection.rejected_at) > timedelta(days=REJECTED_DAYS):
            path.unlink()
            removed += 1
    return removed


def erase_kept(raw: KeptRaw, municipalities: Mapping[str, Municipality], now: datetime) -> int:
    """Remove kept files whose time is over; how many. Counted from the end of the year that they were accepted in."""
    removed = 0
    for path in raw.all():
        source, municipality_id, moment = path.relative_to(raw.root).parts[:3]
        municipality = municipalities.get(municipality_id)
        months = municipality.retention.months.get(source, RETENTION_MONTHS) if municipality else RETENTION_MONTHS
        if kept_until(moment[:4], months) < now.date():
            path.unlink()
            path.parent.rmdir()
            removed += 1
    return removed


def keep_publication(current: Path | None, archive: Path) -> str | None:
    """Put a link to the current publication where none is ever retired; its name, None if there is none."""
    if current is None:
        return None
    archive.mkdir(parents=True, exist_ok=True)
    kept = archive / current.name
    if not kept.exists():
        kept.hardlink_to(current)
    return current.name
