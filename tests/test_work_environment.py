"""Injuries, incidents and inspections: rules on their own faults, and the demonstration against what the årsbokslut
prints.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from demo.work_environment import write_work_environment_extracts
from testkit.deliveries import Cells, Deliveries, changed

Change = Callable[[list[Cells]], object]
MODELS = ("path:models/staging/work_environment", "path:models/intermediate/work_environment")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """The demonstration's reports, accepted."""
    made = Deliveries(tmp_path_factory.mktemp("work_environment"))
    files = write_work_environment_extracts(made.inbox)
    assert [outcome.state for outcome in made.take_in("work_environment")] == ["accepted"] * len(files), made.said
    return made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's files as delivered, to be spoilt."""
    inbox = tmp_path_factory.mktemp("files")
    write_work_environment_extracts(inbox)
    return inbox / "1489-alingsas" / "work_environment"


def put(row: int, **cells: str) -> Change:
    return lambda rows: rows[row].update(cells)


FAULTS: tuple[tuple[str, str, Change], ...] = (
    ("skador_tillbud_2024", "G101", lambda rows: rows.append(dict(rows[0]))),
    ("skador_tillbud_2024", "G104", put(0, typ="olycka")),
    ("skador_tillbud_2024", "WE101", put(0, handelsedatum="2023-12-30")),
    ("skador_tillbud_2024", "WE102", put(5, handelsedatum="2024-12-30")),
    ("skador_tillbud_2024", "WE103", put(0, anmalningsdatum="2025-03-04")),
    ("skador_tillbud_2024", "WE104", put(0, uttagsdatum="2025-03-05")),
    ("skador_tillbud_2024", "WE105", put(0, avdelning="okand")),
    ("skador_tillbud_2024", "WE106", put(0, enhet="okand")),
    ("inspektioner_2024", "WE201", put(0, datum="2023-11-14")),
)


@pytest.mark.parametrize(("file", "rule", "change"), FAULTS, ids=[rule for _, rule, _ in FAULTS])
def test_a_fault_turns_its_rule_red_and_no_other(
    deliveries: Deliveries, files: Path, tmp_path: Path, file: str, rule: str, change: Change
) -> None:
    assert deliveries.broken_rules("work_environment", "1489", changed(files / f"{file}.csv", tmp_path, change)) == {
        rule
    }


def test_same_seed_same_bytes(files: Path, tmp_path: Path) -> None:
    again = {path.name: path.read_bytes() for path in write_work_environment_extracts(tmp_path)}
    assert again == {path.name: path.read_bytes() for path in files.iterdir()}


@pytest.fixture(scope="module")
def figures(deliveries: Deliveries) -> duckdb.DuckDBPyConnection:
    """The models, built from the accepted extracts."""
    return deliveries.build(MODELS)


@pytest.mark.slow
def test_the_printed_counts_come_out_of_the_reports(figures: duckdb.DuckDBPyConnection) -> None:
    """Årsbokslut 2024: 146 and 154 injuries, 485 and 713 incidents; four planned inspections and one event-driven."""
    years = figures.execute(
        "select indicator_id, year(period_end), value, is_preliminary from intermediate.int_work_environment__value "
        "where period_grain = 'year' and org_unit is null and (breakdown is null or breakdown like 'type=%') order by 1, 2, 3"
    ).fetchall()
    assert years == [
        ("incidents_count", 2023, 485, False),
        ("incidents_count", 2024, 713, False),
        ("work_environment_inspections_count", 2024, 1, False),
        ("work_environment_inspections_count", 2024, 4, False),
        ("work_injuries_count", 2023, 146, False),
        ("work_injuries_count", 2024, 154, False),
    ]


@pytest.mark.slow
def test_departments_and_categories_come_in_the_printed_order(figures: duckdb.DuckDBPyConnection) -> None:
    def ranked(indicator: str, by: str, rest: str) -> list[str]:
        return [
            name
            for (name,) in figures.execute(
                f"select {by} from intermediate.int_work_environment__value where indicator_id = ? and period_grain = 'year' "
                f"and year(period_end) = 2024 and {by} is not null and {rest} order by value desc",
                [indicator],
            ).fetchall()
        ]

    assert ranked("work_injuries_count", "org_unit", "breakdown is null")[:2] == [
        "lss_boende_och_arbete",
        "aldreboende",
    ]
    incidents = ["personlig_assistans_och_stod", "lss_boende_och_arbete", "aldreboende"]
    assert ranked("incidents_count", "org_unit", "breakdown is null")[:3] == incidents
    assert ranked("work_injuries_count", "breakdown", "org_unit is null")[0] == "category=ej_angivet"
    assert ranked("incidents_count", "breakdown", "org_unit is null")[:2] == [
        "category=hot_och_vald",
        "category=psykisk_overbelastning",
    ]


@pytest.mark.slow
def test_parts_add_up(figures: duckdb.DuckDBPyConnection) -> None:
    """Departments, categories and both, and the months, are each the year; the year to date ends with it."""
    parts = figures.execute(
        "select case when period_grain = 'month' and measure_time = 'ytd' then 'december' when period_grain = 'month' then 'months' "
        "else concat_ws(' ', case when org_unit is not null then 'departments' end, case when breakdown is not null then 'categories' end) "
        "end as part, sum(value) from intermediate.int_work_environment__value "
        "where indicator_id = 'incidents_count' and year(period_end) = 2024 and (period_grain = 'year' or org_unit is null) "
        "and (measure_time <> 'ytd' or period_end = date '2024-12-31') group by 1 order by 1"
    ).fetchall()
    assert parts == [
        (part, 713) for part in ("", "categories", "december", "departments", "departments categories", "months")
    ]


@pytest.mark.slow
def test_a_late_report_changes_the_month_that_it_happened_in(
    figures: duckdb.DuckDBPyConnection, files: Path, tmp_path: Path
) -> None:
    """One more incident of May, reported in the next extract: May, the year to date from May on, the year, and nothing
    else.
    """
    other = Deliveries(tmp_path)
    write_work_environment_extracts(other.inbox)
    path = other.inbox / "1489-alingsas" / "work_environment" / "skador_tillbud_2024.csv"
    late = {
        "arendenummer": "AM-2024-9999",
        "handelsedatum": "2024-05-14",
        "anmalningsdatum": "2025-02-27",
        "typ": "tillbud",
        "kategori": "annat",
        "avdelning": "hemtjanst",
        "enhet": "",
    }
    changed(path, path.parent, lambda rows: rows.append({**rows[0], **late}))
    other.take_in("work_environment")
    query = (
        "select indicator_id, org_unit, breakdown, period_start, period_end, period_grain, value "
        "from intermediate.int_work_environment__value"
    )
    before, after = (set(con.execute(query).fetchall()) for con in (figures, other.build(MODELS)))
    months = {(date(2024, 5, 1), date(2024, 5, 31), "month")} | {
        (start, end, "month")
        for _, _, _, start, end, grain, _ in before
        if start == date(2024, 1, 1) and end >= date(2024, 5, 31)
        if grain == "month"
    }
    year = (date(2024, 1, 1), date(2024, 12, 31), "year")
    assert {row[:-1] for row in after - before} == {
        ("incidents_count", unit, None, *period) for unit in (None, "hemtjanst") for period in (*months, year)
    } | {("incidents_count", unit, "category=annat", *year) for unit in (None, "hemtjanst")}


@pytest.mark.slow
def test_every_figure_names_its_load(figures: duckdb.DuckDBPyConnection) -> None:
    lineages = figures.execute(
        "select distinct lineage_id from intermediate.int_work_environment__value order by 1"
    ).fetchall()
    named = figures.execute(
        "select distinct lineage_id from intermediate.int_work_environment__figure_loads order by 1"
    ).fetchall()
    assert lineages == named and len(named) == 3
