"""From Helsingborg's ledger files through the gate to the marts, against the printed figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from test_demo_ledger_helsingborg import AREAS, RESULTS, STATEMENT

from demo.ledger.helsingborg import FORECAST_RESULT, write_helsingborg
from testkit.deliveries import MUNICIPALITIES, Deliveries

pytestmark = pytest.mark.slow

HELSINGBORG = "1283"


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    made = Deliveries(tmp_path_factory.mktemp("ledger"))
    folder = made.inbox / "1283-helsingborg" / "ledger"
    folder.mkdir(parents=True)
    write_helsingborg(folder, MUNICIPALITIES[HELSINGBORG])
    made.take_in("ledger")
    assert not [path for path in (made.root / "rejected").rglob("*") if path.is_file()]
    return made


@pytest.fixture(scope="module")
def con(deliveries: Deliveries) -> Iterator[duckdb.DuckDBPyConnection]:
    with deliveries.build(
        [
            "+int_ledger__value",
            "+int_ledger__figure_loads",
            "+operating_statement",
            "+operating_statement_ytd",
            "+ledger_monthly",
        ]
    ) as opened:
        yield opened


def tkr(amount: float | None) -> int:
    return 0 if amount is None else round(amount / 1000)


def test_the_income_statement_as_printed_with_the_right_sum_of_costs(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select line_id, previous_actual, budget, actual from marts.operating_statement where year = 2024 order by line_order"
    ).fetchall()
    assert {line: tuple(tkr(amount) for amount in amounts) for line, *amounts in rows} == STATEMENT
    assert [line for line, *_ in rows] == list(STATEMENT)


def figures(con: duckdb.DuckDBPyConnection, indicator: str, year: int) -> dict[str | None, float]:
    found = con.execute(
        "select org_unit, value from intermediate.int_ledger__value where indicator_id = ? and period_end = ? and measure_time = 'period'",
        [indicator, date(year, 12, 31)],
    ).fetchall()
    return dict(found)


def test_the_result_of_five_years_all_closed(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "select extract(year from period_end), value, is_preliminary from intermediate.int_ledger__value "
        "where indicator_id = 'ledger_result' order by 1"
    ).fetchall()
    assert {str(year): tkr(value) for year, value, _ in found} == RESULTS
    assert not any(preliminary for *_, preliminary in found)


def test_result_and_frame_of_every_area(con: duckdb.DuckDBPyConnection) -> None:
    before, frames, after = (
        figures(con, "result_by_area", 2023),
        figures(con, "net_frame_by_area", 2024),
        figures(con, "result_by_area", 2024),
    )
    found = {area: (tkr(before[area]), round(frames[area] / 100_000) * 100, tkr(after[area])) for area in AREAS}
    assert found == AREAS
    assert (tkr(before[None]), tkr(frames[None]), tkr(after[None])) == (22327, 2486989, 15715)
    assert [round(after[unit] / 1_000_000, 1) for unit in ("hsl", "ordinart_boende")] == [-15.8, 4.6]
    assert figures(con, "result_by_area", 2022) == {}  # no budget was delivered to compare with


def test_costs_that_are_followed_by_themselves(con: duckdb.DuckDBPyConnection) -> None:
    hired = [figures(con, "hired_staff_cost", year)[None] / 1_000_000 for year in (2023, 2024)]
    assert [round(cost, 1) for cost in hired] == [20.5, 15.9]
    placed = [figures(con, "external_placement_cost", year)[None] / 1_000_000 for year in (2023, 2024)]
    assert round(placed[1] - placed[0]) == -57
    so_far = con.execute(
        "select value from intermediate.int_ledger__value where indicator_id = 'hired_staff_cost' and measure_time = 'ytd' "
        "and extract(year from period_end) = 2024 order by period_end"
    ).fetchall()
    assert len(so_far) == 12 and so_far == sorted(so_far) and so_far[-1][0] == pytest.approx(hired[1] * 1_000_000)


def test_what_the_board_follows_in_august(con: duckdb.DuckDBPyConnection) -> None:
    of_august = "from marts.operating_statement_ytd where period_end = date '2024-08-31'"
    [(forecast, deviation, change, status)] = con.execute(
        "select forecast_year, forecast_deviation, forecast_change, ledger_status "
        f"{of_august} and org_unit is null and line_id = 'year_result'"
    ).fetchall()
    assert (tkr(forecast), tkr(deviation), status) == (FORECAST_RESULT[2024][8], FORECAST_RESULT[2024][8], "closed")
    assert tkr(change) == FORECAST_RESULT[2024][8] - FORECAST_RESULT[2024][5]
    lines = dict(con.execute(f"select line_id, actual_ytd {of_august} and org_unit is null").fetchall())
    assert lines["year_result"] == pytest.approx(lines["total_income"] + lines["total_costs"])
    departments = con.execute(
        f"select sum(actual_ytd) {of_august} and org_unit is not null and line_id = 'year_result'"
    ).fetchone()
    assert departments == (pytest.approx(lines["year_result"]),)


def test_december_so_far_is_the_year(con: duckdb.DuckDBPyConnection) -> None:
    different = con.execute(
        "select * from marts.operating_statement as s inner join marts.operating_statement_ytd as y "
        "on s.municipality_id = y.municipality_id and s.line_id = y.line_id and y.org_unit is null "
        "and y.period_end = make_date(s.year, 12, 31) where abs(s.actual - y.actual_ytd) > 0.005 "
        "or abs(s.budget - y.budget_ytd) > 0.005 or abs(s.previous_actual - y.previous_actual_ytd) > 0.005"
    ).fetchall()
    assert different == []


def test_the_closing_entries_are_the_difference_to_the_key_figure_as_printed(con: duckdb.DuckDBPyConnection) -> None:
    [(closing,)] = con.execute("select sum(closing_entries) from marts.ledger_monthly where year = 2024").fetchall()
    assert RESULTS["2024"] - tkr(closing) == 15907


def test_lineage_is_the_years_loads(con: duckdb.DuckDBPyConnection) -> None:
    unresolved = con.execute(
        "select distinct lineage_id from intermediate.int_ledger__value "
        "where lineage_id not in (select lineage_id from intermediate.int_ledger__figure_loads)"
    ).fetchall()
    assert unresolved == []
