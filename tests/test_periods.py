"""Periods are read, written and stepped through as the calendar has them."""

from __future__ import annotations

from datetime import date

import pytest

from ingestion.periods import Period


@pytest.mark.parametrize(
    ("text", "first", "last", "before", "after"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-01", "2024-03"),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31), "2023-11", "2024-01"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "2023", "2025"),
        ("2024-Q4", date(2024, 10, 1), date(2024, 12, 31), "2024-Q3", "2025-Q1"),
        ("2024-T1", date(2024, 1, 1), date(2024, 4, 30), "2023-T3", "2024-T2"),
    ],
)
def test_a_period_has_its_days_and_neighbours(text: str, first: date, last: date, before: str, after: str) -> None:
    period = Period.parse(text)
    assert (str(period), period.first_day, period.last_day) == (text, first, last)
    assert (str(period.shifted(-1)), str(period.shifted(1))) == (before, after)


def test_periods_between_two_are_listed_with_both() -> None:
    listed = Period.parse("2023-11").until(Period.parse("2024-02"))
    assert [str(period) for period in listed] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert Period.parse("2024-02").until(Period.parse("2023-11")) == []


@pytest.mark.parametrize(
    "text", ["all", "2024-13", "2024-00", "24-01", "2024-3", "2024-Q5", "2024-T4", "2024-03-01", ""]
)
def test_what_is_no_period_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        Period.parse(text)
