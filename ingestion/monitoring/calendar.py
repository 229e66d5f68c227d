"""The delivery calendar: which month of which municipality and table is in force, missing, late or rejected.

Belongs here: the states, told from the loads in force and the rejections.
Does not belong here: how the calendar is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Kind, Table
from ingestion.lake import Load, Rejection
from ingestion.periods import Period

State = Literal["in force", "missing", "late", "rejected"]

DAYS_TO_DELIVER = 10
"""Days after a month's end until its deliveries are late (the contracts promise the 5th and the 8th)."""

DAYS_TO_DELIVER_YEAR = 180
"""Days after a year's end until its deliveries are late (the latest yearly statistics come in early summer)."""


@dataclass(frozen=True)
class Month:
    """One month of one municipality: the state of each table (by name) of which a month was due."""

    municipality_id: str
    period: str
    states: dict[str, State]


def delivery_calendar(
    tables: Iterable[Table],
    loads: Iterable[Load],
    unresolved: Iterable[Rejection],
    today: date | None,
    municipalities: Mapping[str, Municipality] | None = None,
) -> list[Month]:
    """Months from a municipality's first delivery on, newest first; monthly tables only, each from its own first month.

    loads: those in force. unresolved: rejections that nothing has mended. today: months until now are due, and late
    after `DAYS_TO_DELIVER`; None: only months until the last delivered one are due (bundled demonstration data end
    there). A gap before a later delivery is 'missing'; a month after the last delivery is 'late'. municipalities: what
    they declare removed is not due from then on.
    """
    monthly = [
        table for table in tables if table.period_column and table.column(table.period_column).kind is Kind.MONTH
    ]
    in_force = {(load.municipality_id, load.table, load.period) for load in loads}
    rejected = {(rejection.municipality_id, rejection.table, rejection.period) for rejection in unresolved}
    by_name = {table.name: table for table in monthly}
    months: list[Month] = []
    for municipality_id in sorted({m for m, t, _ in in_force | rejected if m and t in by_name}):
        spans = {
            table.name: sorted(p for m, t, p in in_force | rejected if (m, t) == (municipality_id, table.name) and p)
            for table in monthly
        }
        spans = {name: periods for name, periods in spans.items() if periods}
        if not spans:
            continue
        last_delivered = max(periods[-1] for periods in spans.values())
        last = last_delivered if today is None else max(last_delivered, _last_due(today))
        municipality = (municipalities or {}).get(municipality_id)
        first = min(periods[0] for periods in spans.values())
        for period in map(str, reversed(Period.parse(first).until(Period.parse(last)))):
            states: dict[str, State] = {}
            for name, periods in spans.items():
                if period < periods[0]:
                    continue
                if (municipality_id, name, period) in rejected:
                    states[name] = "rejected"
                elif (municipality_id, name, period) in in_force:
                    states[name] = "in force"
                elif not by_name[name].is_occasional and not (
                    municipality and municipality.is_removed(by_name[name], period)
                ):
                    states[name] = "missing" if period < periods[-1] else "late"
            months.append(Month(municipality_id, period, states))
    return months


def late_years(
    tables: Iterable[Table], loads: Iterable[Load], today: date, municipalities: Mapping[str, Municipality]
) -> list[tuple[str, Table, str]]:
    """(municipality, table, year) of every table delivered by the year whose next delivery is overdue.

    The next year is the one after the last, later by as many years as the table has ever let go by between two
    deliveries: a survey that is made every second year is not late in between.
    """
    due = (today - timedelta(days=DAYS_TO_DELIVER_YEAR)).year - 1
    listed, late = list(loads), []
    for of in tables:
        if of.is_occasional or not of.period_column or of.column(of.period_column).kind is not Kind.YEAR:
            continue
        years: dict[str, set[int]] = {}
        for load in listed:
            if (load.source, load.table) == (of.source, of.name):
                years.setdefault(load.municipality_id, set()).add(int(load.period))
        for municipality_id, delivered in sorted(years.items()):
            ordered = sorted(delivered)
            following = ordered[-1] + max((after - before for before, after in pairwise(ordered)), default=1)
            municipality = municipalities.get(municipality_id)
            if following <= due and not (municipality and municipality.is_removed(of, str(following))):
                late.append((municipality_id, of, str(following)))
    return late


def _last_due(today: date) -> str:
    """The newest month that ended at least `DAYS_TO_DELIVER` days ago."""
    moment = today - timedelta(days=DAYS_TO_DELIVER)
    return str(Period.of(moment.year, moment.month).shifted(-1))
