"""Every rule turns red on its own fault, and only on that; faultless extracts pass.

The faults of Kolada, HR and the ledger are here, as rows; those of the other sources are files in tests of their own,
and here is held that none of their rules is without one. What a contract alone says is tried on every table here.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from expectations.judge import NAMED_ROWS, Verdict, judge
from expectations.rules import OWN_RULES_OF_AGE
from expectations.shape import RULE_NUMBERS
from expectations.suites import suite
from ingestion.contracts import Column, Holds, Kind, Table, table, tables
from ingestion.lake import Lake
from testkit.small_extracts import MAKERS, Row, accepted, alingsas, candidate, control_totals, make, personnummer

MARCH, FEBRUARY = "2024-03", "2024-02"
ROOT = Path(__file__).resolve().parents[1]
MUNICIPALITY = alingsas()


@dataclass(frozen=True)
class Case:
    """A fault: `change` spoils faultless rows in place. bare: judged against an empty lake. also: rules that cannot but
    fail with it.
    """

    number: str
    change: Callable[[list[Row]], object]
    format_: str = "csv"
    file: str | None = None
    bare: bool = False
    also: tuple[str, ...] = ()


def put(row: int, **values: object) -> Callable[[list[Row]], object]:
    return lambda rows: rows[row].update(values)


def cut(to: int) -> Callable[[list[Row]], object]:
    return lambda rows: rows.__delitem__(slice(to, None))


def again(rows: list[Row]) -> None:
    rows.append(dict(rows[3]))


def every(**values: object) -> Callable[[list[Row]], object]:
    return lambda rows: [row.update(values) for row in rows]


def another_month(name: str) -> Callable[[list[Row]], object]:
    """February's rows with March in the columns that say the month."""

    def change(rows: list[Row]) -> None:
        rows[:] = make(table(*name.split("_", 1)), FEBRUARY)
        for row in rows:
            row["period"] = MARCH
            if "accounting_period" in row:
                row["accounting_period"] = "202403"

    return change


def budget_of_the_year_before(rows: list[Row]) -> None:
    """2023's budget with 2024 in the columns that say the year."""
    rows[:] = [
        row | {"year": "2024", "month": f"2024{row['month'][4:]}"} for row in make(table("ledger", "budget"), "2023")
    ]


def twice(rows: list[Row]) -> None:
    rows += [{**row, "employment_id": f"{row['employment_id']}x"} for row in rows]


NOTHING = cut(0)
UNTOUCHED: Callable[[list[Row]], object] = lambda rows: None  # noqa: E731
ELSEWHERE = put(2, municipality_id="1480")
OTHER_MONTH = put(2, period=FEBRUARY)

CASES: dict[str, tuple[Case, ...]] = {
    "hr_employments": (
        Case("G101", again),
        Case("G102", put(4, title=None)),
        Case("G103", put(4, degree=120)),
        Case("G104", put(4, leave_reason="flyttat", end_date=date(2024, 3, 5))),
        Case("G105", put(4, title=f"Vikarie för {personnummer(3)}")),
        Case("G106", ELSEWHERE),
        Case("G107", OTHER_MONTH),
        Case("G108", NOTHING, bare=True),
        Case("G109", UNTOUCHED, file="anstallningar_2024-04.csv"),
        Case("G110", another_month("hr_employments")),
        Case("HR101", put(4, start_date=date(2024, 3, 20), end_date=date(2024, 3, 10), leave_reason="pension")),
        Case("HR102", put(4, end_date=date(2024, 2, 29))),
        Case("HR103", put(9, degree=50)),
        Case("HR104", put(4, degree=0)),
        Case("HR105", put(4, employment_form="tillsvidare", pay_form="tim", degree=0)),
        Case("HR106", put(4, department="okand")),
        Case("HR107", put(4, unit="okand")),
        Case("HR108", put(4, unit="brogarden")),
        Case("HR109", put(4, leave_reason="pension")),
        Case("HR110", put(4, end_date=date(2024, 3, 15))),
        Case("HR111", put(4, birth_month=date(2012, 1, 1))),
        Case("HR112", put(4, cost_centre="10000")),
        Case(
            "D101",
            lambda rows: rows.extend(
                {**row, "employment_form": "visstid", "person_id": "x", "employment_id": f"{row['employment_id']}v"}
                for row in list(rows[:20])
            ),
        ),
        Case(
            "D102",
            lambda rows: [row.update(employment_form="visstid") for row in rows if row["pay_form"] == "månad"][:0],
            also=("D203",),
        ),
    ),
    "hr_absences": (
        Case("G101", again),
        Case("G102", put(4, start_date=None)),
        Case("G103", put(4, degree=101)),
        Case("G104", put(4, absence_type="ledig")),
        Case("G105", put(4, spell_id="8001011231")),
        Case("G106", ELSEWHERE),
        Case("G107", OTHER_MONTH),
        Case("G108", NOTHING, bare=True, also=("HR204",)),
        Case("G109", UNTOUCHED, file="2024_02 sjuk.csv"),
        Case("G110", another_month("hr_absences"), also=("HR202", "D205")),
        Case("HR201", put(4, start_date=date(2024, 3, 9), end_date=date(2024, 3, 8))),
        Case("HR202", put(4, start_date=date(2024, 1, 2), end_date=date(2024, 2, 8))),
        Case("HR203", put(4, employment_id="A9999")),
        Case("HR204", UNTOUCHED, bare=True),
        Case("HR205", put(4, degree=0)),
        Case("HR206", put(4, hours=80)),
        Case("HR207", put(9, hours=None)),
        Case("HR208", lambda rows: rows.append({**rows[4], "spell_id": "F9"})),
        Case("D101", cut(8), also=("D205",)),
    ),
    "hr_time_records": (
        Case("G101", again),
        Case("G102", put(4, worked_hours=None)),
        Case("G103", put(4, overtime_hours=-1)),
        Case("G105", put(4, employment_id="800101-1234"), also=("HR301",)),
        Case("G106", ELSEWHERE),
        Case("G107", OTHER_MONTH),
        Case("G108", NOTHING, bare=True, also=("HR302",)),
        Case("G109", UNTOUCHED, file="tid202402.xlsx"),
        Case("G110", another_month("hr_time_records")),
        Case("HR301", put(4, employment_id="A9999")),
        Case("HR302", UNTOUCHED, bare=True),
        Case("HR303", put(4, worked_hours=180)),
        Case("HR304", put(9, worked_hours=122)),
        Case("HR305", put(4, hourly_paid_hours=740), also=("HR306",)),
        Case("HR306", put(4, overtime_hours=300)),
        Case("HR307", put(1, additional_hours=3)),
        Case("D101", lambda rows: [rows.pop() for _ in range(18)], also=("D102", "D205")),
        Case("D102", lambda rows: [row.update(scheduled_hours=row["scheduled_hours"] * 1.7) for row in rows]),
    ),
    "hr_other_employments": (
        Case("G101", again),
        Case("G102", put(4, start_date=None)),
        Case("G104", put(4, employment_form="fast")),
        Case("G105", put(4, employment_id="19800101+1234")),
        Case("G117", put(4, birth_month=date(2014, 1, 1))),
        Case("G106", ELSEWHERE),
        Case("G107", OTHER_MONTH),
        Case("G108", NOTHING, bare=True),
        Case("G109", UNTOUCHED, file="2023-03.csv"),
        Case("HR401", put(4, start_date=date(2024, 3, 9), end_date=date(2024, 3, 8))),
        Case("HR402", put(4, start_date=date(2024, 4, 1))),
        Case("HR403", put(4, employment_id="A0003")),
        Case("D101", cut(18)),
    ),
    "ledger_control_totals": (
        Case("G101", again),
        Case("G102", put(4, amount=None)),
        Case("G103", put(4, row_count=-1)),
        Case("G104", put(4, account_class="0")),
        Case("G105", put(4, accounting_period="800101-1234"), also=("L101",)),
        Case("G106", ELSEWHERE),
        Case("G107", OTHER_MONTH),
        Case("G108", NOTHING, bare=True),
        Case("G109", UNTOUCHED, file="avst 2024-02.csv"),
        Case("G110", another_month("ledger_control_totals")),
        Case("L101", put(4, accounting_period="202413")),
        Case("L102", put(4, row_count=0)),
        Case("D102", put(4, row_count=400)),
    ),
    "ledger_transactions": (
        Case("G101", again, format_="sie", also=("L201", "L211")),
        Case("G102", put(4, amount=None), also=("L202",)),
        Case("G103", put(4, voucher_row=0)),
        Case("G105", put(4, project="Vård 19800101 1234"), also=("G115",)),
        Case("G106", ELSEWHERE),
        Case("G107", OTHER_MONTH),
        Case("G108", NOTHING, bare=True, also=("L203",)),
        Case("G109", UNTOUCHED, file="huvudbok_202402.csv"),
        Case("G110", another_month("ledger_transactions"), also=("L202",)),
        Case("L201", put(4, amount=7), format_="sie", also=("L211",)),
        Case("L202", put(4, amount=7)),
        Case("L203", UNTOUCHED, bare=True),
        Case("L204", put(4, accounting_period="202402"), also=("L202",)),
        Case("L205", put(4, posting_date=date(2023, 3, 4))),
        Case("L206", put(4, account="8999"), also=("L202",)),
        Case("L207", put(4, cost_centre="10000")),
        Case("L208", put(4, account="701")),
        Case("L210", put(4, cost_centre=None)),
        Case("L209", put(4, counterparty="556012-3456")),
        Case("L211", lambda rows: [rows[4].update(amount=150), rows[5].update(amount=-150)], format_="sie"),
        Case(
            "D101",
            lambda rows: rows.extend({**row, "voucher": row["voucher"] + str(k)} for row in list(rows) for k in (1, 2)),
            format_="sie",
            also=("L211",),
        ),
    ),
    "ledger_budget": (
        Case("G101", again),
        Case("G102", put(4, cost_centre=" "), also=("L303",)),
        Case("G104", put(4, version="utkast")),
        Case("G105", put(4, activity="8001011231")),
        Case("G106", ELSEWHERE),
        Case("G107", put(2, year="2023", month="2023-01")),
        Case("G108", NOTHING, bare=True, also=("L305",)),
        Case("G109", UNTOUCHED, file="budget 2025.csv"),
        Case("G110", budget_of_the_year_before),
        Case("L301", put(4, month="2023-12")),
        Case("L302", put(4, account="8999")),
        Case("L303", put(4, cost_centre="10000")),
        Case("L304", put(4, account="701")),
        Case("L305", every(version="ombudgetering"), bare=True),
        Case("D101", cut(24), also=("D102",)),
        Case("D102", lambda rows: [row.update(amount=row["amount"] * 2) for row in rows]),
    ),
    "ledger_forecast": (
        Case("G101", again),
        Case("G102", put(4, amount=None)),
        Case("G105", put(4, line_id="8001011231"), also=("L402",)),
        Case("G106", ELSEWHERE),
        Case("G107", OTHER_MONTH),
        Case("G108", NOTHING, bare=True),
        Case("G109", UNTOUCHED, file="prognos 2024-02.xlsx"),
        Case("L401", put(4, department="okand")),
        Case("L402", put(4, line_id="okand")),
        Case("L403", put(4, line_id="result")),
        Case("L404", put(4, made_on=date(2024, 8, 1))),
        Case("D101", cut(18)),
    ),
    "kolada_kpi": (
        Case("G101", again),
        Case("G102", put(4, title="")),
        Case("G108", NOTHING, bare=True),
        Case("K201", put(4, kpi_id="X1")),
        Case("K202", put(4, prel_publication_date=date(2027, 1, 1))),
        Case("D101", cut(25)),
    ),
    "kolada_municipality": (
        Case("G101", again, also=("K302",)),
        Case("G102", put(4, title="")),
        Case("G104", put(290, type="R")),
        Case("G108", NOTHING, bare=True, also=("K302",)),
        Case("K301", put(4, municipality_id="189")),
        Case("K302", put(4, type="L")),
        Case("D101", cut(200), also=("K302",)),
    ),
    "kolada_municipality_groups": (
        Case("G101", again),
        Case("G102", put(4, member_title="")),
        Case("G108", NOTHING, bare=True),
        Case("K401", put(4, group_id="96190")),
        Case("K402", put(4, member_id="9999")),
        Case("D101", cut(20)),
    ),
    "kolada_ou": (
        Case("G101", again),
        Case("G102", put(4, title="")),
        Case("G108", NOTHING, bare=True),
        Case("K501", put(4, municipality_id="9999")),
        Case("D101", cut(15)),
    ),
    "kolada_withdrawn": (
        Case("G101", again),
        Case("G102", put(4, withdrawn_on=None)),
        Case("G108", NOTHING, bare=True),
        Case("K701", put(4, kpi_id="X1")),
        Case("K702", put(5, withdrawn_until=date(2024, 1, 1))),
    ),
    "kolada_data": (
        Case("G101", again),
        Case("G102", put(4, year=None), also=("K606",)),
        Case("G103", every(year=1900)),
        Case("G104", put(0, gender="F")),
        Case("G108", NOTHING, bare=True),
        Case("K601", put(0, municipality_id="G96190"), also=("K602",)),
        Case("K602", put(0, municipality_id="9999")),
        Case("K603", put(0, kpi_id="U99999")),
        Case("K604", every(year=2031)),
        Case("K605", put(0, value=120.0)),
        Case("K606", lambda rows: (every(year=2021)(rows), rows.pop(0))[:0]),
        Case("K607", put(0, status="okand")),
        Case("K608", put(0, is_deleted=True)),
        Case("K609", put(0, status="simulated", value=1.0)),
    ),
}

# Needs another schema than a reader can make, so it has a test of its own.
TESTED_APART = {"G100", "G113"}
BY_COLUMN = {"G111", "G112", "G114", "G115"}
"""Rules whose faults are made from the contract, column by column, for every table."""

IN_TEST_SHAPE = {*RULE_NUMBERS, "D101"}
"""Rules that every table has, and whose faults are in `test_shape` (of D101: where a table has limits of its own, here
too).
"""

# Where the faults of the other sources are, as `FAULTS`; rules that need more than one file are named in
# `TESTED_APART`.
FAULTS_OF = {
    "test_care": ("care",),
    "test_survey": ("survey",),
    "test_work_environment": ("work_environment",),
    "test_training": ("training",),
    "test_dbt_region_report": ("region_report",),
    "test_delivered_statistics": ("population", "kpb", "support_need", "homecare_index", "local_counts"),
    "test_follow_up": ("goals", "internal_control", "providers", "grants", "investments", "forecasts"),
}
GENERIC, DRIFT = re.compile(r"G\d{3}"), re.compile(r"D\d{3}")  # GO101 and GR101 are rules of goals and grants
WITH_ROWS = tuple(of for of in tables() if of.full_name in MAKERS)
AS_FILES = tuple(of for of in tables() if of.full_name not in MAKERS)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with faultless loads of February, and of March what other tables are held against."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for of in WITH_ROWS:
        if of.name != "data":
            accepted(lake, of.source, of.name, "2023" if of.name == "budget" else FEBRUARY)
    for source, name in (("hr", "employments"), ("hr", "absences"), ("ledger", "control_totals"), ("kolada", "data")):
        accepted(lake, source, name, MARCH)
    return lake


def period(table: Table) -> str:
    return "2024" if table.name == "budget" else MARCH


def judged(lake: Lake, table: Table, rows: list[Row], case: Case | None = None) -> Verdict:
    made = candidate(lake, table, rows, period(table), case.file if case else None, case.format_ if case else "csv")
    try:
        return judge(made, None if table.source == "kolada" else MUNICIPALITY, lake)
    finally:
        lake.discard(made)


def failed(verdict: Verdict) -> set[str]:
    return {result.rule.number for result in verdict.results if not result.passed}


@pytest.mark.parametrize("table", WITH_ROWS, ids=lambda table: table.full_name)
def test_a_faultless_extract_passes_every_rule(lake: Lake, table: Table) -> None:
    verdict = judged(lake, table, make(table, period(table)))
    assert failed(verdict) == set(), [finding.sentence() for finding in verdict.findings]
    assert verdict.accepted and not verdict.findings
    assert [result.rule for result in verdict.results] == list(suite(table))


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}-{case.number}") for name, cases in CASES.items() for case in cases],
)
def test_a_fault_turns_its_rule_red_and_no_other(lake: Lake, tmp_path: Path, name: str, case: Case) -> None:
    of = table(*name.split("_", 1))
    rows = make(of, period(of))
    case.change(rows)
    verdict = judged(Lake(tmp_path / "bare") if case.bare else lake, of, rows, case)
    assert failed(verdict) == {case.number, *case.also}, [finding.sentence() for finding in verdict.findings]
    [result] = [result for result in verdict.results if result.rule.number == case.number]
    assert result.failing > 0 and result.checked > 0
    named = [finding for finding in verdict.findings if finding.rule == case.number]
    assert named and all(
        finding.file and finding.expected and finding.advice and "{" not in finding.expected for finding in named
    )
    if result.rule.kind == "row":
        assert all(finding.row is not None and finding.row >= 2 and finding.column for finding in named)
    assert verdict.accepted == all(r.passed or r.rule.severity == "warning" for r in verdict.results)


def test_every_rule_has_a_fault() -> None:
    missing = {(of.full_name, rule.number) for of in WITH_ROWS for rule in suite(of)} - {
        (name, case.number) for name, cases in CASES.items() for case in cases
    }
    assert {number for _, number in missing} == TESTED_APART | BY_COLUMN | set(RULE_NUMBERS)


@pytest.mark.parametrize("module", FAULTS_OF)
def test_every_rule_of_a_source_with_tests_of_its_own_has_a_fault_there(module: str) -> None:
    tests = importlib.import_module(module)
    shown = {
        text
        for fault in tests.FAULTS
        for text in fault
        if isinstance(text, str) and re.fullmatch(r"[A-Z]{1,2}\d{3}", text)
    }
    own = {
        rule.number
        for source in FAULTS_OF[module]
        for of in tables(source)
        for rule in suite(of)
        if not GENERIC.fullmatch(rule.number)
    }
    apart: set[str] = getattr(tests, "TESTED_APART", set())
    assert own - shown - (IN_TEST_SHAPE - apart) == apart
    assert {number for number in shown if not GENERIC.fullmatch(number)} <= own, "a fault of a rule that is no more"


def test_every_source_has_its_faults_somewhere() -> None:
    elsewhere = [source for sources in FAULTS_OF.values() for source in sources]
    assert sorted(elsewhere) == sorted({of.source for of in AS_FILES})


def plain(table: Table) -> Row:
    """A row with which no generic rule finds fault, made from the contract."""
    row: Row = {
        column.name: _plain(column) for column in table.columns if column.kind not in (Kind.PERSON, Kind.DROPPED)
    }
    if any(column.kind is Kind.PERSON for column in table.columns):
        row |= {"person_id": "0" * 32, "gender": "K", "birth_month": date(1940, 1, 1)}
    return row | {"municipality_id": "1489", str(table.period_column): _period(table)}


def _plain(column: Column) -> object:
    if column.kind is Kind.TEXT:
        return column.allowed[0] if column.allowed else "x1"
    if column.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE):
        return column.low if column.low is not None else column.high if column.high is not None else 1
    return {Kind.DATE: date(2024, 3, 1), Kind.BOOLEAN: False, Kind.MONTH: MARCH, Kind.YEAR: "2024"}[column.kind]


def _period(table: Table) -> str:
    return MARCH if table.column(str(table.period_column)).kind is Kind.MONTH else "2024"


def _spoilt(table: Table) -> tuple[list[Row], dict[str, list[str]]]:
    """Rows with one fault each, and by generic rule the header of the column that each of its faults is in."""
    row = plain(table)
    period = table.column(str(table.period_column))
    rows: list[Row] = [row, dict(row), {**row, "municipality_id": "1480"}, {**row, period.name: "2023"}]
    told: dict[str, list[str]] = {"G106": ["kommun"], "G107": [period.header]}

    def fault(rule: str, column: Column, **cells: object) -> None:
        rows.append({**row, **cells})
        told.setdefault(rule, []).append(column.header)

    for column in table.columns:
        if column.kind is Kind.PERSON:
            fault("G102", column, person_id=None)
            if table.full_name not in OWN_RULES_OF_AGE:
                fault("G117", column, birth_month=date(2030, 1, 1))
        elif column.required and column.kind is not Kind.DROPPED:
            fault("G102", column, **{column.name: None})
        if column.low is not None:
            fault("G103", column, **{column.name: column.low - 1})
        if column.high is not None:
            fault("G103", column, **{column.name: column.high + 1})
        if column.allowed:
            fault("G104", column, **{column.name: "okänd kod"})
        elif column.kind is Kind.TEXT:
            fault("G105", column, **{column.name: f"Hos {personnummer(3)}"})
            fault("G111", column, **{column.name: "UnderskÃ¶terska"})
            if table.source != "kolada" and column.holds is not Holds.PROSE:
                fault("G115", column, **{column.name: "Quistberg, Alvfrid"})
        if column.kind is Kind.DATE:
            fault("G112", column, **{column.name: date(202, 3, 1)})
        if column.kind in (Kind.INTEGER, Kind.DECIMAL) and column.high is None:
            fault("G114", column, **{column.name: 10**11})
    return rows, told


@pytest.mark.parametrize("table", AS_FILES, ids=lambda table: table.full_name)
def test_what_the_contract_says_is_held_in_every_column(tmp_path: Path, table: Table) -> None:
    """One row for each fault: every generic rule turns red, counts them all and names every column that it is about."""
    lake = Lake(tmp_path)
    generic = (
        {rule.number for rule in suite(table) if GENERIC.fullmatch(rule.number)} - TESTED_APART - {"G110"}
    )  # a load's, not a column's

    def judge_file(rows: list[Row], file: str) -> Verdict:
        return judge(candidate(lake, table, rows, _period(table), file), MUNICIPALITY, lake)

    assert not failed(judge_file([plain(table)], f"fil {_period(table)}.csv")) & generic
    assert failed(judge_file([], "fil.csv")) & generic == {"G108"}
    rows, told = _spoilt(table)
    verdict = judge_file(rows, f"fil {_period(table).replace('2024', '2019')}.csv")
    assert failed(verdict) & generic == generic - {"G108"}
    counted = {result.rule.number: result.failing for result in verdict.results}
    for rule, headers in told.items():
        named = {finding.column for finding in verdict.findings if finding.rule == rule}
        assert counted[rule] >= len(headers) and named <= set(headers)
        assert named == set(headers) or len(headers) > NAMED_ROWS


@pytest.mark.parametrize(
    ("period", "is_ours"),
    [("1024-03", False), ("1989-12", False), ("1990-01", True), ("2029-04", True), ("2029-05", False)],
)
def test_a_period_of_another_age_is_rejected(tmp_path: Path, period: str, is_ours: bool) -> None:
    lake, of = Lake(tmp_path), table("hr", "time_records")  # received in April 2024
    verdict = judge(candidate(lake, of, [{**plain(of), "period": period}], period), MUNICIPALITY, lake)
    assert ("G113" in failed(verdict)) is not is_ours


@pytest.mark.parametrize("text", ["m†nad", "a\x1fb", "borta\ufffd", "\ufeff1489", "x" * 10_001])
def test_damaged_text_is_rejected_and_whole_text_is_not(tmp_path: Path, text: str) -> None:
    lake, of = Lake(tmp_path), table("hr", "time_records")
    whole = [
        {**plain(of), "employment_id": good} for good in ("Åsa-Öä é 'x' \"y\" – š", "rad 1\nrad 2\tslut", "x" * 10_000)
    ]
    verdict = judge(candidate(lake, of, [{**plain(of), "employment_id": text}, *whole], MARCH), MUNICIPALITY, lake)
    assert [result.failing for result in verdict.results if result.rule.number == "G111"] == [1]


def test_numbers_are_unique_within_a_suite_and_own_numbers_across_them() -> None:
    own: list[str] = []
    for of in tables():
        numbers = [rule.number for rule in suite(of)]
        assert len(numbers) == len(set(numbers))
        own += [number for number in numbers if not GENERIC.fullmatch(number) and not DRIFT.fullmatch(number)]
    assert len(own) == len(set(own))


def test_a_schema_that_is_not_the_contracts_is_rejected_before_other_rules(lake: Lake) -> None:
    import duckdb

    of = table("hr", "time_records")
    made = candidate(lake, of, make(of, MARCH), MARCH)
    other = made.path / "other.parquet"
    duckdb.sql(
        f"copy (select * exclude (worked_hours), 1 as extra from read_parquet('{made.parquet}')) to '{other}' (format parquet)"
    )
    other.replace(made.parquet)
    verdict = judge(made, MUNICIPALITY, lake)
    lake.discard(made)
    assert not verdict.accepted and failed(verdict) == {"G100"}
    assert {(finding.column, finding.found) for finding in verdict.findings} == {
        ("arbetad_tid", "no such column of type decimal(18,2)"),
        ("extra", "a column outside the contract"),
    }


def test_messages_name_file_row_and_header_and_hide_what_is_not_public(lake: Lake) -> None:
    of = table("hr", "employments")
    rows = make(of, MARCH)
    rows[4]["degree"], rows[6]["unit"], rows[7]["unit"] = 120, f"Centrum {personnummer(5)}", "okand"
    verdict = judged(lake, of, rows)
    told = {finding.rule: finding for finding in verdict.findings if finding.row in (6, 8)}
    assert (
        told["G103"]
        .sentence()
        .startswith(
            "G103: employments.csv, row 6, column sysselsattningsgrad: found a text of the shape '999.99'; expected"
        )
    )
    assert (
        told["G105"].row == 8
        and told["G105"].column == "enhet"
        and told["HR107"].found == "a text of the shape 'Aaaaaaa 99999999-9999'"
    )
    assert [finding.found for finding in verdict.findings if finding.rule == "HR107" and finding.row == 9] == [
        "'okand'"
    ]
    assert not any(personnummer(5)[2:] in finding.sentence() for finding in verdict.findings)


@pytest.mark.parametrize(
    "spelling",
    [
        "198001011231",
        "19800101-1234",
        "8001011231",
        "19800101–1234",
        "19800160-1234",
        "19800061-1234",
        "19800101-T214",
        "22450817RH20",
        "00342145-BZ31",
        "800101-1234",
        "800101+1234",
        "800101 1234",
        "1980-01-01-1234",
        "19800161-1234",
        "x800101-1234y",
    ],
)
def test_a_personnummer_is_found_in_any_spelling(lake: Lake, spelling: str) -> None:
    of = table("hr", "employments")
    rows = make(of, MARCH)
    rows[4]["title"] = spelling
    assert failed(judged(lake, of, rows)) == {"G105"}


@pytest.mark.parametrize(
    "number", ["8001011234", "2403152001", "240315200100", "24031520010001", "2024-03-15", "B8001011231x5"]
)
def test_numbers_that_look_like_a_day_are_no_personnummer(lake: Lake, number: str) -> None:
    of = table("hr", "employments")
    rows = make(of, MARCH)
    rows[4]["employment_id"] = number
    told = judged(lake, of, rows)
    assert ("G105" in failed(told)) == (number == "B8001011231x5")
    [rule] = [result.rule for result in told.results if result.rule.number == "G105"]
    assert "If they are no personnummer" in rule.advice


def test_equal_values_are_told_once_with_their_number_and_a_rule_names_at_most_twenty(lake: Lake) -> None:
    of = table("ledger", "transactions")
    rows = make(of, MARCH)
    for number, row in enumerate(rows):
        row["cost_centre"] = "10000" if number < 5 else f"2{number:04d}"
    findings = [finding for finding in judged(lake, of, rows).findings if finding.rule == "L207"]
    assert findings[0].count == 5 and findings[0].row == 2 and len(findings) == NAMED_ROWS


def test_control_totals_tell_period_class_both_sums_and_the_other_file(lake: Lake) -> None:
    of = table("ledger", "transactions")
    rows = make(of, MARCH)
    rows.pop(1)
    [finding] = [finding for finding in judged(lake, of, rows).findings if finding.rule == "L202"]
    assert (
        "account class 4: 4 rows" in finding.found
        and "control_totals.csv says 5 rows" in finding.found
        and finding.row == 8
    )


def test_a_voucher_of_a_ledger_with_one_series_is_named_by_its_number(lake: Lake) -> None:
    of = table("ledger", "transactions")
    rows = make(of, MARCH)
    for row in rows:
        row["voucher_series"] = None
    rows[4]["amount"] = 7
    [finding] = [
        found
        for found in judged(lake, of, rows, Case("L201", UNTOUCHED, format_="sie")).findings
        if found.rule == "L201"
    ]
    assert finding.found.startswith(f"{rows[4]['voucher']} sums to ")


def test_balance_accounts_of_a_sie_file_need_no_line_and_no_cost_centre(lake: Lake) -> None:
    of = table("ledger", "transactions")
    rows = make(of, MARCH)
    rows[5].update(account="2440", cost_centre=None)
    made = candidate(lake, of, rows, MARCH, format_="sie")
    verdict = judge(made, MUNICIPALITY, lake)
    lake.discard(made)
    assert failed(verdict) == {"L211"}, [finding.sentence() for finding in verdict.findings]
    rows[5].update(account="5440")
    assert failed(judged(lake, of, rows, Case("L210", UNTOUCHED, format_="sie"))) == {"L210", "L211"}


def test_forty_per_cent_fewer_rows_is_drift_only_and_thirty_is_let_in(lake: Lake) -> None:
    of = table("hr", "other_employments")
    less = judged(lake, of, make(of, MARCH)[:18])
    assert not less.accepted and less.drift_only
    assert less.findings[0].found == "18 against 30 in 2024-02 (60 %)"
    assert judged(lake, of, make(of, MARCH)[:21]).accepted


def test_december_may_hold_period_13(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    of = table("ledger", "transactions")
    rows = make(of, "2024-12")
    for row in rows[20:]:
        row.update(accounting_period="202413", posting_date=date(2024, 12, 31))
    totals = table("ledger", "control_totals")
    lake.accept(candidate(lake, totals, control_totals("2024-12", rows), "2024-12"), {})
    verdict = judge(candidate(lake, of, rows, "2024-12"), MUNICIPALITY, lake)
    assert verdict.accepted and not verdict.findings


def test_a_number_of_reading_is_of_one_rule() -> None:
    """Numbers outside the suites stand as literals where they are raised; a reader and what finds headers lower down
    share two.
    """
    raised: dict[str, set[str]] = {}
    for path in (path for folder in ("ingestion", "expectations") for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[RS]1\d\d", node.value)
            ):
                raised.setdefault(node.value, set()).add(path.stem)
    assert {number for number, modules in raised.items() if len(modules) > 1} == {"R104", "R105"}, raised
