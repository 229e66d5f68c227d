"""The delivery calendar: which month of which municipality and table is in force, missing, late or rejected.

Belongs here: the states, told from the loads in force and the refusals.
Does not belong here: how the calendar is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ingestion.contracts import Kind, Table
from ingestion.lake import Load, Rejection

State = Literal["in force", "missing", "late", "rejected"]

DAYS_TO_DELIVER = 10
"""Days after a month's end until its deliveries are late (the contracts promise the 5th and the 8th)."""


@dataclass(frozen=True)
class Month:
    """One month of one municipality: the state of each table (by name) of which a month was due."""

    municipality_id: str
    period: str
    states: dict[str, State]


def delivery_calendar(tables: Iterable[Table], loads: Iterable[Load], unresolved: Iterable[Rejection], today: date | None) -> list[Month]:
    """Months from a municipality's first delivery on, newest first; monthly tables only, each from its own first month.

    loads: those in force. unresolved: refusals that nothing has mended. today: months until now are due, and late after
    `DAYS_TO_DELIVER`; None: only months until the last delivered one are due (bundled demonstration data end there).
    A gap before a later delivery is 'missing'; a month after the last delivery is 'late'.
    """
    monthly = [table for table in tables if table.period_column and table.column(table.period_column).kind is Kind.MONTH]
    in_force = {(load.municipality_id, load.table, load.period) for load in loads}
    refused = {(refusal.municipality_id, refusal.table, refusal.period) for refusal in unresolved}
    names = {table.name for table in monthly}
    months: list[Month] = []
    for municipality_id in sorted({municipality for municipality, table, _ in in_force | refused if municipality and table in names}):
        spans = {
            table.name: sorted(p for m, t, p in in_force | refused if (m, t) == (municipality_id, table.name) and p) for table in monthly
        }
        spans = {name: periods for name, periods in spans.items() if periods}
        if not spans:
            continue
        last_delivered = max(periods[-1] for periods in spans.values())
        last = last_delivered if today is None else max(last_delivered, _last_due(today))
        for period in reversed(_months(min(periods[0] for periods in spans.values()), last)):
            states: dict[str, State] = {}
            for name, periods in spans.items():
                if period < periods[0]:
                    continue
                if (municipality_id, name, period) in refused:
                    states[name] = "rejected"
                elif (municipality_id, name, period) in in_force:
                    states[name] = "in force"
                else:
                    states[name] = "missing" if period < periods[-1] else "late"
            months.append(Month(municipality_id, period, states))
    return months


def _last_due(today: date) -> str:
    """The newest month that ended at least `DAYS_TO_DELIVER` days ago."""
    moment = today - timedelta(days=DAYS_TO_DELIVER)
    last_of_previous = moment.replace(day=1) - timedelta(days=1)
    return f"{last_of_previous:%Y-%m}"


def _months(first: str, last: str) -> list[str]:
    """'2023-11', '2024-01' -> 2023-11, 2023-12, 2024-01."""
    start, end = (int(text[:4]) * 12 + int(text[5:7]) - 1 for text in (first, last))
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(start, end + 1)]
