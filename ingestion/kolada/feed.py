"""What a fetch of Kolada's values must ask for: everything, or what changed since the last accepted fetch.

Belongs here: the record that an accepted fetch leaves in its load, the choice between a full fetch and the change feed,
the form of the feed's requests. Does not belong here: requests (`client`), what the answers mean (`fetch`).

Kolada's `from_date` gives whatever changed since a day, withdrawn values included. What it cannot give is an indicator
that was withdrawn whole, nor anything about an indicator or a unit that was not followed then: those need a full fetch.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from ingestion.kolada.client import MOST_VALUES
from ingestion.lake import Load

RECORD = "fetch.json"
OVERLAP = timedelta(days=30)  # Kolada dates a change by the day that it was made, and publishes it later
FULL_EVERY = timedelta(days=180)
FIRST_YEAR, YEARS_AHEAD = 1970, 10
# Pages that all of Kolada's changes of one window take, whoever follows them: a year brings some three million objects.
CHANGED_PAGES = 60


@dataclass(frozen=True)
class Record:
    """What a fetch asked for, kept in its load (`fetch.json`) and so accepted or rejected with it.

    from_date: of the change feed; None for a full fetch. units: all that were asked for. values: per followed indicator
    that Kolada has, the number of its values (not null, not deleted) in the lake after this load.
    """

    from_date: str | None
    units: tuple[str, ...]
    values: dict[str, int]

    def write(self, folder: Path) -> None:
        """Put the record into a candidate's folder."""
        (folder / RECORD).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, load: Load) -> Record | None:
        """The record of a load; None for a load that was accepted before there were records."""
        path = load.directory / RECORD
        if not path.exists():
            return None
        made = json.loads(path.read_text(encoding="utf-8"))
        return cls(made["from_date"], tuple(made["units"]), made["values"])


@dataclass(frozen=True)
class Plan:
    """What to ask for. whole: indicators that are fetched whole. changed: those of which only changes since
    `from_date`.

    values: of each `changed` indicator the number of its values in the lake. why: for the log.
    """

    whole: tuple[str, ...]
    changed: tuple[str, ...]
    from_date: date | None
    values: dict[str, int]
    why: str


def plan(
    log: Sequence[Load],
    followed: Sequence[str],
    units: Sequence[str],
    now: datetime,
    full: bool,
    withdrawn: Collection[str] = (),
) -> Plan:
    """Decide what to ask for. log: accepted loads of values, in order. now: when the fetch began. full: asked for by a
    person.
    withdrawn: indicators that were gone at the last fetch: the feed could not tell that they are back, so they are
    asked for whole.

    The feed reaches back to the newest accepted load less the overlap. A run that found nothing new leaves no load, so
    the
    next one reaches back further: never less than was missed.
    """

    def everything(why: str) -> Plan:
        return Plan(tuple(followed), (), None, {}, f"full fetch: {why}")

    if full:
        return everything("asked for")
    if not log:
        return everything("the lake holds no values")
    newest = Record.read(log[-1])
    if newest is None:
        return everything("the newest load does not say what was fetched")
    received = datetime.fromisoformat(log[-1].received_at)
    if received > now:
        return everything(f"the newest load is of {received:%Y-%m-%d %H:%M}, later than now")
    last_full = next(
        (load for load in reversed(log) if (record := Record.read(load)) and record.from_date is None), None
    )
    if last_full is None or now - datetime.fromisoformat(last_full.received_at) > FULL_EVERY:
        return everything(f"the last one is more than {FULL_EVERY.days} days old")
    if set(units) - set(newest.units):
        return everything("Kolada has new units")
    since = received.date() - OVERLAP
    added = tuple(kpi for kpi in followed if kpi not in newest.values or kpi in withdrawn)
    changed = tuple(kpi for kpi in followed if kpi not in added)
    why = f"changes since {since}" + (
        f", and {len(added)} indicators that were not followed before, or were withdrawn" if added else ""
    )
    return Plan(added, changed, since, {kpi: newest.values[kpi] for kpi in changed}, why)


def by_unit(kpis: int, units: int, years: int) -> bool:
    """Whether the feed is asked for by unit and year (for all indicators) rather than by followed indicator and unit.

    Whichever takes fewer requests: by unit they do not grow with the indicators, but the pages bring also those that
    nobody follows. With 312 units that is cheaper from about 175 indicators on.
    """
    unit_batches = _batches(units)
    return unit_batches * _batches(years) + CHANGED_PAGES < unit_batches * _batches(kpis)


def feed_years(now: datetime) -> list[int]:
    """All years that may hold values: from Kolada's first to some years ahead of `now` (forecasts), in whole batches."""
    least = now.year + YEARS_AHEAD - FIRST_YEAR
    return list(range(FIRST_YEAR, FIRST_YEAR + MOST_VALUES * _batches(least)))


def _batches(count: int) -> int:
    return -(-count // MOST_VALUES)
