"""What DuckDB counts and Great Expectations concludes from it is what the library's own pandas engine finds in the same
rows.

Every expectation of every suite that needs nothing but the load, over faultless rows, over every fault of
`test_suites`, and over rows that
are drawn to break whatever they can: nulls, blanks, codes outside their lists, numbers beyond their limits, keys that
come again.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from test_suites import AS_FILES, CASES, MUNICIPALITY, WITH_ROWS, Case, _period, _spoilt, failed, lake, period, plain  # noqa: F401

from expectations import validation
from expectations.counts import Counted, Counts
from expectations.judge import NAMED_ROWS, Verdict, judge
from expectations.standard import Standard
from expectations.suites import suite
from ingestion.contracts import Column, Kind, Table, table, tables
from ingestion.lake import VALIDATION_FILE, Candidate, Lake
from ingestion.sql import read_parquet
from testkit.small_extracts import Row, candidate, make

pytestmark = pytest.mark.slow  # the library takes a second for a load

COMPARED = ("element_count", "unexpected_count", "missing_count", "observed_value", "details")
OWN = "expect_no_rows_to_break_rule"
BESIDE = re.compile(
    r"\b(info|baseline|unlike|shape|contracted|control|employments|absences|decisions|catalogue_\w+|history|known_\w+|account_intervals|cost_centres)\b"
)
"""Views that a rule of the project's own may read beside the load; the library alone cannot run such a one."""

SEEN: dict[tuple[str, str], set[bool]] = {}
"""By suite and standard expectation, the verdicts that were compared."""

TABLE: Counter[tuple[str, str]] = Counter()
"""What was compared: (what, how many of)."""


@cache
def _batches() -> Any:
    gx = validation._library()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas("loads")
        .add_dataframe_asset("load")
        .add_batch_definition_whole_dataframe("rows")
    )


def library_results(table: Table, parquet: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    """What the library's pandas engine says of a file, by expectation; of those expectations that read nothing beside
    it.
    """
    gx = validation._library()
    every = validation._expected(table, suite(table))
    alone = [one.expectation for one in every if not (isinstance(one.part, str) and BESIDE.search(one.part))]
    with duckdb.connect() as con:
        frame = con.execute(f"select * from {read_parquet(parquet)}").df()
    told = (
        _batches()
        .get_batch({"dataframe": frame})
        .validate(
            gx.ExpectationSuite(name=table.full_name, expectations=alone),
            result_format=validation.FORMAT,
            expectation_parameters=parameters,
        )
    )
    return {_key(result): result for result in told.results}


def _key(result: Any) -> str:
    config = result.expectation_config
    return json.dumps(
        [
            config.meta["number"],
            config.type,
            *(config.kwargs.get(k) for k in ("column", "column_A", "column_list", "sql")),
        ]
    )


def _facts(result: Any) -> dict[str, Any]:
    facts = {name: result.result[name] for name in COMPARED if name in result.result}
    if isinstance(facts.get("observed_value"), list):
        facts["observed_value"] = sorted(facts["observed_value"])
    return {"success": bool(result.success), **facts}


def compared(verdict: Verdict, made: Candidate) -> list[str]:
    """Where the pushed-down results and the library's own differ."""
    ours = {_key(result): result for result in verdict.validation.results}
    theirs = library_results(made.table, made.parquet, verdict.validation.suite_parameters)
    for key, result in theirs.items():
        assert result.result, (key, result.exception_info)
        TABLE["own" if OWN in key else "standard", "expectations judged"] += 1
        TABLE["own" if OWN in key else "standard", "of them failed"] += not result.success
        if OWN not in key:
            SEEN.setdefault((made.table.full_name, key), set()).add(bool(result.success))
    return [
        f"{key}: {_facts(ours[key])} in DuckDB, {_facts(result)} in the library"
        for key, result in theirs.items()
        if _facts(ours[key]) != _facts(result)
    ]


def judged_both_ways(
    lake: Lake,  # noqa: F811
    table: Table,
    rows: list[Row],
    period: str,
    file: str | None = None,
    format_: str = "csv",
) -> list[str]:
    made = candidate(lake, table, rows, period, file, format_)
    try:
        verdict = judge(made, None if table.source == "kolada" else MUNICIPALITY, lake)
        _holds_counts_only(verdict, made)
        TABLE["all", "loads"] += 1
        TABLE["all", "faulty loads"] += bool(failed(verdict))
        return compared(verdict, made)
    finally:
        lake.discard(made)


def _holds_counts_only(verdict: Verdict, made: Candidate) -> None:
    """The kept result is the library's; the rules' own counts are its sums; what is named agrees with what is counted."""
    kept = json.loads((made.path / VALIDATION_FILE).read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(verdict.validation.to_json_dict()))
    for result in verdict.results:
        named = [finding for finding in verdict.findings if finding.rule == result.rule.number]
        assert len(named) == NAMED_ROWS or sum(finding.count for finding in named) == result.failing, result.rule.number
    for one in kept["results"]:
        assert set(one["result"]) <= {
            "element_count",
            "unexpected_count",
            "unexpected_percent",
            "missing_count",
            "missing_percent",
            "unexpected_percent_total",
            "unexpected_percent_nonmissing",
            "observed_value",
            "details",
        }, one["result"]


@pytest.mark.parametrize("table", WITH_ROWS, ids=lambda table: table.full_name)
def test_faultless_rows_are_judged_alike(lake: Lake, table: Table) -> None:  # noqa: F811
    assert judged_both_ways(lake, table, make(table, period(table)), period(table)) == []


@pytest.mark.parametrize(
    ("name", "case"),
    [pytest.param(name, case, id=f"{name}-{case.number}") for name, cases in CASES.items() for case in cases],
)
def test_every_fault_is_judged_alike(lake: Lake, tmp_path: Path, name: str, case: Case) -> None:  # noqa: F811
    of = table(*name.split("_", 1))
    rows = make(of, period(of))
    case.change(rows)
    assert (
        judged_both_ways(Lake(tmp_path / "bare") if case.bare else lake, of, rows, period(of), case.file, case.format_)
        == []
    )


@pytest.mark.parametrize("table", AS_FILES, ids=lambda table: table.full_name)
def test_what_contracts_say_is_judged_alike(tmp_path: Path, table: Table) -> None:
    for rows in ([plain(table)], [], _spoilt(table)[0]):
        assert judged_both_ways(Lake(tmp_path), table, rows, _period(table)) == []


def _drawn(table: Table, draw: random.Random) -> Iterator[Row]:
    """Rows that break what they can, and each column empty once."""
    for number in range(60):
        row = {
            column.name: _cell(column, draw)
            for column in table.columns
            if column.kind not in (Kind.PERSON, Kind.DROPPED)
        }
        if table.has_person:
            row |= {
                "person_id": draw.choice(("a" * 32, "b" * 32, None, " ")),
                "gender": draw.choice("KM"),
                "birth_month": _day(draw),
            }
        if table.period_column and draw.random() < 0.8:
            row[table.period_column] = period(table) if table in WITH_ROWS else _period(table)
        if table.source != "kolada" and draw.random() < 0.8:
            row["municipality_id"] = "1489"
        yield row
        if number % 7 == 0:
            yield dict(row)
    for name in row:
        yield {**row, name: None}
    yield {**row, "municipality_id": " "}


def _cell(column: Column, draw: random.Random) -> object:
    if draw.random() < 0.15:
        return None
    if column.kind is Kind.TEXT:
        odd = (
            "",
            " ",
            "\u00a0\u2003",
            "\t",
            "x\n",
            "1489\n",
            "å",
            "hemtjanst",
            "hemtjanst_centrum",
            "5011",
            "501",
            "N12345",
            "2001:453",
        )
        if column.allowed and draw.random() < 0.7:
            return draw.choice((*column.allowed, f"{column.allowed[0]} ", column.allowed[0].upper()))
        return draw.choice((*odd, " ", " ", "556012-3456", "16556012+3456", "law=SoL", "personnel_costs", "result"))
    if column.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE):
        ends = [end for end in (column.low, column.high) if end is not None]
        large = 10**11 if column.kind is Kind.DECIMAL else 10**8
        steps = (0, 1, -1) if column.kind is Kind.INTEGER else (0, 0.01, -0.01)
        return draw.choice(
            [0, 1, -1, 2, 7, 10**8, 10**8 - 1, large, -large, *(end + step for end in ends for step in steps)]
        )
    if column.kind is Kind.DATE:
        return _day(draw)
    if column.kind is Kind.BOOLEAN:
        return draw.random() < 0.5
    return draw.choice(("2024-03", "2024-02") if column.kind is Kind.MONTH else ("2024", "2023"))


def _day(draw: random.Random) -> date:
    return date(draw.choice((2023, 2024, 2024, 202, 2400)), draw.randint(1, 12), 1)


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.full_name)
def test_drawn_rows_are_judged_alike(lake: Lake, table: Table) -> None:  # noqa: F811
    rows = list(_drawn(table, random.Random(table.full_name)))
    assert judged_both_ways(lake, table, rows, period(table) if table in WITH_ROWS else _period(table)) == []


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.full_name)
def test_other_columns_are_told_alike(tmp_path: Path, table: Table) -> None:
    made = candidate(Lake(tmp_path), table, [], period(table) if table in WITH_ROWS else _period(table))
    gone = table.lake_columns()[0][0]
    other = made.path / "other.parquet"
    duckdb.sql(
        f"copy (select * exclude ({gone}), 1 as extra from {read_parquet(made.parquet)}) to '{other}' (format parquet)"
    )
    other.replace(made.parquet)
    verdict = judge(made, MUNICIPALITY, Lake(tmp_path))
    [ours] = [result for result in verdict.validation.results if "columns_to_match_set" in _key(result)]
    theirs = library_results(table, made.parquet, verdict.validation.suite_parameters)[_key(ours)]
    SEEN.setdefault((table.full_name, _key(ours)), set()).add(bool(theirs.success))
    assert (
        not theirs.success
        and _facts(ours) == _facts(theirs)
        and {r.rule.number: r.failing for r in verdict.results} == {"G100": 2}
    )


@pytest.mark.parametrize("what", ["unexpected", "missing", "looked_at"])
def test_a_count_that_differs_by_one_is_told(lake: Lake, monkeypatch: pytest.MonkeyPatch, what: str) -> None:  # noqa: F811
    """What would happen if the SQL of an expectation meant something else than the library does."""
    right = Counted.of
    of = table("ledger", "budget")

    def wrong(counted: Counted, said: Standard | str, checked: str) -> Counts:
        counts = right(counted, said, checked)
        is_ours = (
            isinstance(said, Standard)
            and said.type == "expect_column_values_to_be_in_set"
            and said.columns == ("version",)
        )
        return replace(counts, **{what: getattr(counts, what) + 1}) if is_ours else counts

    monkeypatch.setattr(Counted, "of", wrong)
    made = candidate(lake, of, make(of, period(of)), period(of))
    different = compared(judge(made, MUNICIPALITY, lake), made)
    lake.discard(made)
    told = [] if what == "looked_at" else ["G104"]  # rows looked at are asked for by other expectations only
    assert [json.loads(line.partition(": {")[0])[0] for line in different] == told


def test_every_standard_expectation_was_seen_to_fail_and_to_hold() -> None:
    """Last in the module: nothing that the comparison above never saw broken."""
    typed = {
        (of.full_name, column.name)
        for of in tables()
        for column in of.columns
        if column.kind in (Kind.MONTH, Kind.YEAR)
    }
    never = {
        (name, key)
        for (name, key), seen in SEEN.items()
        if False not in seen
        and not ("match_regex" in key and (name, json.loads(key)[2]) in typed)  # readers leave no blank month
    }
    print(*(f"{what} {kind}: {many}" for (kind, what), many in sorted(TABLE.items())), sep="\n")
    print(f"standard expectations: {len(SEEN)} in {len(tables())} suites, {len(never)} never seen broken")
    assert not never, "\n".join(map(str, sorted(never)))
