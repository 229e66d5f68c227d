"""Files of one table and period that come together, and parts that come alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_gate import FEBRUARY, MARCH, Office

from expectations import gate
from expectations.gate import Outcome
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import table
from ingestion.sql import read_parquet
from testkit.small_extracts import Row, alingsas, make

EMPLOYMENTS = table("hr", "employments")
IN_PARTS = alingsas().model_copy(update={"parts": {"hr_employments": "avdelning", "ledger_forecast": "avdelning"}})


class Divided(Office):
    """An office of which the board's employments come in parts, by department."""

    def take_in(self, source: str = "hr", municipality: Municipality = IN_PARTS) -> list[Outcome]:
        from testkit.small_extracts import KEY

        with self.lake.writer():
            return gate.Gate(self.lake, self.rejected, {"1489": municipality}, KEY, self.said.append).take_in(
                source, self.root / "inbox"
            )

    def part(
        self, department: str, file: str, period: str = MARCH, change: Row | None = None, at: int = 1_700_000_000
    ) -> None:
        rows = [row | (change or {}) for row in make(EMPLOYMENTS, period) if row["department"] == department]
        os.utime(self.deliver("hr_employments", period, rows, file), (at, at))

    def in_force(self, period: str = MARCH) -> list[tuple[str, str]]:
        import duckdb

        load = self.lake.in_force_for(EMPLOYMENTS, "1489", period)
        assert load is not None
        return duckdb.sql(f"select employment_id, title from {read_parquet(load.parquet)} order by 1").fetchall()


@pytest.fixture
def office(tmp_path: Path) -> Divided:
    office = Divided(tmp_path)
    office.deliver("hr_employments", FEBRUARY, file="februari.csv")
    assert [outcome.state for outcome in office.take_in()] == ["accepted"]
    return office


def test_parts_that_come_together_are_one_load(office: Divided) -> None:
    office.part("hemtjanst", "hemtjänst.csv")
    office.part("aldreboende", "äldreboende.csv", at=1_700_000_001)
    outcomes = office.take_in()
    assert [(outcome.file, outcome.state) for outcome in outcomes] == [
        ("hemtjänst.csv", "accepted"),
        ("äldreboende.csv", "accepted"),
    ]
    assert {outcome.load.file for outcome in outcomes if outcome.load} == {"hemtjänst.csv + äldreboende.csv"}
    assert len(office.in_force()) == 30 and office.waiting() == [] and len(office.lake.loads()) == 2
    assert not list((office.root / "lake" / ".incoming").glob("*"))


def test_a_part_that_comes_alone_replaces_its_own_rows_and_says_what_stays(office: Divided) -> None:
    office.part("hemtjanst", "a.csv")
    office.part("aldreboende", "b.csv")
    office.take_in()
    office.part("aldreboende", "b igen.csv", change={"title": "Vårdbiträde"})
    [outcome] = office.take_in()
    assert outcome.state == "accepted" and [f.rule for f in outcome.findings if f.rule == "R127"] == ["R127"]
    held = office.in_force()
    assert len(held) == 30 and [title for _, title in held].count("Vårdbiträde") == 15
    office.part("aldreboende", "b tredje.csv", change={"title": "Vårdbiträde"})
    assert [outcome.state for outcome in office.take_in()] == ["unchanged"]


def test_a_first_part_without_the_others_is_rejected_with_what_is_missing_and_may_be_released(office: Divided) -> None:
    office.part("hemtjanst", "a.csv")
    [outcome] = office.take_in()
    assert outcome.state == "rejected"
    assert [
        finding.found for finding in outcome.findings if finding.rule == "D205" and finding.column == "avdelning"
    ] == ["no row of 'aldreboende', which had 50% of the rows of 2024-02"]
    [rejection] = office.rejected.unresolved(office.lake)
    with office.lake.writer():
        from testkit.small_extracts import KEY

        gate.Gate(office.lake, office.rejected, {"1489": IN_PARTS}, KEY, office.said.append).release(
            rejection, "Controller", "resten kommer"
        )
    office.part("aldreboende", "b.csv")
    [outcome] = office.take_in()
    assert outcome.state == "accepted" and len(office.in_force()) == 30


def test_a_part_with_a_key_of_another_is_rejected_with_both_files_named(office: Divided) -> None:
    office.part("hemtjanst", "a.csv")
    rows = [row for row in make(EMPLOYMENTS, MARCH) if row["department"] == "aldreboende"]
    rows[0]["employment_id"] = "A0000"  # of hemtjanst
    office.deliver("hr_employments", MARCH, rows, "b.csv")
    outcomes = office.take_in()
    assert {outcome.state for outcome in outcomes} == {"rejected"} and len(outcomes) == 2
    assert all("a.csv, b.csv" in outcome.findings[-1].found for outcome in outcomes)
    assert [finding.rule for outcome in outcomes for finding in outcome.findings] == ["R125", "R125"]


def test_parts_of_a_table_that_is_not_declared_are_rejected_with_both_files_named(office: Divided) -> None:
    office.part("hemtjanst", "a.csv")
    office.part("aldreboende", "b.csv")
    before = office.force()
    outcomes = office.take_in(municipality=alingsas())
    assert [(outcome.file, outcome.state) for outcome in outcomes] == [("a.csv", "rejected"), ("b.csv", "rejected")]
    assert all("a.csv, b.csv" in outcome.findings[-1].sentence() for outcome in outcomes)
    assert office.force() == before and office.waiting() == [] and len(office.rejected.all()) == 2
    assert not list((office.root / "lake" / ".incoming").glob("*"))


def test_a_correction_that_comes_with_what_it_corrects_is_in_force_and_says_so(office: Divided) -> None:
    rows = make(EMPLOYMENTS, MARCH)
    os.utime(office.deliver("hr_employments", MARCH, rows, "mars.csv"), (1_700_000_000, 1_700_000_000))
    office.deliver("hr_employments", MARCH, [row | {"full_time_hours": 38.25} for row in rows], "mars rättad.csv")
    first, second = office.take_in(municipality=alingsas())
    assert (first.file, first.state, second.file, second.state) == (
        "mars.csv",
        "accepted",
        "mars rättad.csv",
        "accepted",
    )
    assert [finding.rule for finding in first.findings] == [] and "R126" in {
        finding.rule for finding in second.findings
    }


def test_files_with_the_same_content_are_one_delivery(office: Divided) -> None:
    for file in ("a.csv", "b.csv"):
        office.part("hemtjanst", file)
    office.part("aldreboende", "c.csv")
    states = {outcome.file: outcome.state for outcome in office.take_in()}
    assert states.pop("c.csv") == "accepted" and sorted(states.values()) == ["accepted", "unchanged"]
    assert len(office.in_force()) == 30


def test_a_department_that_is_gone_is_found_where_nothing_is_declared(office: Divided) -> None:
    moved = {"department": "hemtjanst", "unit": "hemtjanst_centrum", "cost_centre": "71100"}
    office.deliver("hr_employments", MARCH, [row | moved for row in make(EMPLOYMENTS, MARCH)])
    [outcome] = office.take_in(municipality=alingsas())
    assert "avdelning" in {finding.column for finding in outcome.findings if finding.rule == "D205"}


@pytest.mark.parametrize(
    "declared", [{"hr_employment": "avdelning"}, {"hr_employments": "avdelningen"}, {"hr_employments": "namn"}]
)
def test_parts_are_declared_of_tables_and_columns_that_there_are(declared: dict[str, str]) -> None:
    values = alingsas().model_dump() | {"parts": declared}
    with pytest.raises(ValueError, match="expected one of"):
        Municipality.model_validate(values)
