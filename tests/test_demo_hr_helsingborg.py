"""Helsingborg's employments of the demonstration, read back from the files, against the managers whom the annual report
counts.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from demo.hr.helsingborg import write_helsingborg
from ingestion.configuration.municipality import load_municipality
from testkit.deliveries import Deliveries

FOLDER = Path(__file__).parents[1] / "municipalities" / "1283-helsingborg"

Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    files = write_helsingborg(tmp_path_factory.mktemp("inbox"))
    read = [list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";")) for path in files]
    return {rows[0]["period"]: rows for rows in read}


def managers(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["chef"] == "ja" and row["anstallningsform"] == "tillsvidare"]


def test_managers_as_printed(months: Rows) -> None:
    assert sum(row["anstalld_till"] == "" for row in managers(months["2024-12"])) == 126
    of_2024 = [row for period, rows in months.items() if period > "2024" for row in managers(rows)]
    assert len({row["anstallningsid"] for row in of_2024 if row["anstalld_fran"] >= "2024-01-01"}) == 23
    assert len({row["anstallningsid"] for row in of_2024 if "2024-01-01" <= row["anstalld_till"] <= "2024-12-31"}) == 13


def test_managers_who_are_not_permanent_would_be_seen(months: Rows) -> None:
    assert sum(row["chef"] == "ja" for row in months["2024-12"]) > 126


def test_every_post_is_in_the_configuration(months: Rows) -> None:
    departments = load_municipality(FOLDER).departments
    units = {(department.id, unit.id) for department in departments for unit in department.units}
    centres = {department.id: department.cost_centres for department in departments}
    for row in months["2024-12"]:
        assert (row["avdelning"], row["enhet"]) in units
        assert any(first <= row["ansvar"] <= last for first, last in centres[row["avdelning"]])


def test_every_row_is_of_its_month_and_every_number_is_one_persons(months: Rows) -> None:
    assert sorted(months) == ["2023-12", *(f"2024-{month:02}" for month in range(1, 13))]
    people: dict[str, set[str]] = {}
    for period, rows in months.items():
        assert len({row["anstallningsid"] for row in rows}) == len(rows)
        for row in rows:
            assert row["anstalld_fran"][:7] <= period and (
                not row["anstalld_till"] or row["anstalld_till"][:7] == period
            )
            people.setdefault(row["personnummer"], set()).add(row["namn"])
    assert all(len(names) == 1 for names in people.values())


def test_the_same_bytes_every_time(tmp_path: Path) -> None:
    first, again = write_helsingborg(tmp_path / "first"), write_helsingborg(tmp_path / "again")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@pytest.mark.slow
def test_the_models_count_the_printed_managers(tmp_path: Path) -> None:
    """126 permanent managers at the end of 2024, 23 hired and 13 gone; of 2023 one month is no year."""
    deliveries = Deliveries(tmp_path)
    write_helsingborg(deliveries.inbox)
    assert {outcome.state for outcome in deliveries.take_in("hr")} == {"accepted"}, deliveries.said
    con = deliveries.build(["path:models/staging/hr", "path:models/intermediate/hr"])
    rows = con.execute(
        "select indicator_id, period_end, value from intermediate.int_hr__value where indicator_id like 'managers%' order by 1"
    ).fetchall()
    assert rows == [
        (indicator, date(2024, 12, 31), n)
        for indicator, n in (("managers_hired", 23), ("managers_left", 13), ("managers_permanent", 126))
    ]
