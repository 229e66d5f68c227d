"""The delivery calendar: in force, missing, late, rejected."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ingestion.contracts import tables
from ingestion.lake import Load, Rejection
from ingestion.monitoring.calendar import delivery_calendar


def load(table: str, period: str, municipality: str = "1489") -> Load:
    return Load(
        load_id=f"{table}-{period}",
        sequence=1,
        source="hr",
        table=table,
        municipality_id=municipality,
        period=period,
        content_hash="h",
        file="f.csv",
        format="csv",
        received_at="2024-01-01T00:00:00+00:00",
        accepted_at="2024-01-01T00:00:00+00:00",
        rows=1,
        size=1,
        data_through=None,
        key_id=None,
        is_simulated=False,
        suite={},
        directory=Path("x"),
    )


def rejection(table: str, period: str) -> Rejection:
    return Rejection("r", "hr", table, "1489", period, "f.csv", "2024-01-01T00:00:00+00:00", ())


def states(months: list, table: str) -> dict[str, str]:
    return {month.period: month.states[table] for month in months if table in month.states}


def test_a_gap_is_missing_and_what_has_not_come_yet_is_late() -> None:
    loads = [load("employments", "2023-11"), load("employments", "2024-01"), load("absences", "2024-01")]
    months = delivery_calendar(tables("hr"), loads, [rejection("employments", "2024-02")], date(2024, 4, 11))
    assert states(months, "employments") == {
        "2023-11": "in force",
        "2023-12": "missing",
        "2024-01": "in force",
        "2024-02": "rejected",
        "2024-03": "late",
    }
    assert states(months, "absences") == {"2024-01": "in force", "2024-02": "late", "2024-03": "late"}
    assert [month.period for month in months] == ["2024-03", "2024-02", "2024-01", "2023-12", "2023-11"]


def test_a_month_is_not_late_before_its_deliveries_were_promised() -> None:
    months = delivery_calendar(tables("hr"), [load("employments", "2024-02")], [], date(2024, 4, 10))
    assert states(months, "employments") == {"2024-02": "in force"}


def test_bundled_deliveries_end_where_they_end() -> None:
    months = delivery_calendar(tables("hr"), [load("employments", "2024-12"), load("absences", "2024-11")], [], None)
    assert states(months, "employments") == {"2024-12": "in force"}
    assert states(months, "absences") == {"2024-11": "in force", "2024-12": "late"}


def test_municipalities_have_calendars_of_their_own() -> None:
    loads = [load("employments", "2024-01"), load("employments", "2024-03", "1283")]
    months = delivery_calendar(tables("hr"), loads, [], None)
    assert [(month.municipality_id, month.period) for month in months] == [("1283", "2024-03"), ("1489", "2024-01")]


def test_yearly_tables_and_tables_fetched_whole_have_no_months() -> None:
    assert delivery_calendar(tables("kolada"), [], [], date(2024, 4, 11)) == []
