"""Judges a candidate: its table's suite, on counts that DuckDB pushed down.

Belongs here: the views that rules read, the order of judgement, the naming of failing rows.
Does not belong here: the rules, counting (`counts`), Great Expectations (`validation`), and what follows from a verdict
(`gate`).

Great Expectations gets counts. It never sees a delivered value, so none can end up in its results, and its cost does
not grow with the rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from expectations import shape
from expectations.counts import Counted
from expectations.rules import Rule
from expectations.suites import suite
from expectations.validation import validated
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Column, Kind, Table, table
from ingestion.findings import PERSONNUMMER, Finding, quote
from ingestion.in_memory import in_memory
from ingestion.lake import VALIDATION_FILE, WHOLE, Candidate, Lake, LakeDamaged, Load, select_lake
from ingestion.periods import Period
from ingestion.sql import read_parquet

NAMED_ROWS = 20
"""How many findings a rule names; the counts tell of the rest."""

MEMORY = "512MB"
"""What judging a larger load may hold. On all of Kolada that is half of what DuckDB would take, and a third faster."""

SMALL_ROWS = 1_000_000
"""Up to so many rows, a load is held in memory while its rules run (twenty scans of one small file cost most of a
judgement) by one thread (which has no others to wait for); larger ones are streamed from their files by several.
"""

_MONTH_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_]?(0[1-9]|1[0-2])(?![-_]?\d)")
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d{2})(?![-_]?\d)")


@dataclass(frozen=True)
class RuleResult:
    """One rule's outcome. checked: things looked at, 0 where the rule had nothing to say. failing: of those, how many."""

    rule: Rule
    checked: int
    failing: int
    passed: bool


@dataclass(frozen=True)
class Verdict:
    """The suite's outcome on one candidate. rows: of the candidate. findings: at most `NAMED_ROWS` per rule, errors and
    warnings. validation: the library's ExpectationSuiteValidationResult.
    """

    table: Table
    municipality_id: str
    period: str
    file: str
    rows: int
    results: tuple[RuleResult, ...]
    findings: tuple[Finding, ...]
    validation: Any

    @property
    def accepted(self) -> bool:
        """No rule of severity error failed."""
        return not self._broken()

    @property
    def drift_only(self) -> bool:
        """Rejected for nothing but drift: what a named person may release."""
        broken = self._broken()
        return bool(broken) and all(result.rule.kind == "drift" for result in broken)

    def as_dict(self) -> dict[str, Any]:
        """What `load.json` keeps: {"rules": n, "warnings": [finding], "results": [{number, title, severity, checked,
        failing}]}.
        """
        return {
            "rules": len(self.results),
            "warnings": [finding.as_dict() for finding in self.findings],
            "results": [
                {
                    "number": r.rule.number,
                    "title": r.rule.title,
                    "severity": r.rule.severity,
                    "checked": r.checked,
                    "failing": r.failing,
                }
                for r in self.results
            ],
        }

    def _broken(self) -> list[RuleResult]:
        return [result for result in self.results if not result.passed and result.rule.severity == "error"]


def judge(candidate: Candidate, municipality: Municipality | None, lake: Lake) -> Verdict:
    """Judge `candidate` by its table's suite against what is in force in `lake`.

    municipality: whose delivery it must be; None for sources that are fetched as a whole. Reads, and leaves the
    library's result and the shape profile beside the candidate.
    """
    with _connection(candidate) as con:
        rules = _views(con, candidate, municipality, lake)
        open_values = _open_values(candidate, municipality)
        counted = Counted(candidate.table, open_values)
        for rule in rules:
            counted.ask_query(rule.checked)
            for part in rule.parts:
                counted.ask(part, rule.checked)
        counted.count(con)
        columns = [name for (name,) in con.execute("select column_name from shape").fetchall()]
        validation = validated(candidate.table, rules, counted, columns, open_values, candidate.load_id)
        (candidate.path / VALIDATION_FILE).write_text(validation.text, encoding="utf-8")
        results = tuple(
            RuleResult(
                rule, counted.of_query(rule.checked), validation.failing[rule.number], validation.passed[rule.number]
            )
            for rule in rules
        )
        named = {
            "period": candidate.period,
            "municipality": municipality.id if municipality else candidate.municipality_id,
        }
        findings = tuple(
            finding for result in results if not result.passed for finding in _name(con, candidate, result.rule, named)
        )
    return Verdict(
        candidate.table,
        candidate.municipality_id,
        candidate.period,
        candidate.file,
        candidate.rows,
        results,
        findings,
        validation.result,
    )


def _connection(candidate: Candidate) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A small load is judged in memory; what a larger one needs beyond the limit lies beside it in the lake's incoming
    folder.
    """
    if candidate.rows <= SMALL_ROWS:
        return in_memory()
    spill = str(candidate.path.with_suffix(".tmp"))
    return duckdb.connect(
        config={"threads": 2, "memory_limit": MEMORY, "temp_directory": spill, "autoinstall_known_extensions": "false"}
    )


def _views(
    con: duckdb.DuckDBPyConnection, candidate: Candidate, municipality: Municipality | None, lake: Lake
) -> tuple[Rule, ...]:
    """Make the views of `expectations.rules`; gives the rules that can be judged (columns that lack leave only G100)."""
    of, period = candidate.table, candidate.period
    held = "table" if candidate.rows <= SMALL_ROWS else "view"
    con.execute(f"create temp {held} candidate as select * from {read_parquet(candidate.parquet)}")
    con.execute(
        "create temp table shape as select column_name, lower(column_type) as column_type from (describe candidate)"
    )
    _table(
        con,
        "contracted",
        "column_name varchar, column_type varchar",
        [(name, kind.replace(", ", ",")) for name, kind in of.lake_columns()],
    )
    rules = suite(of)
    if con.execute(
        "select 1 from contracted full join shape using (column_name, column_type) where contracted.rowid is null or shape.rowid is null"
    ).fetchone():
        return tuple(rule for rule in rules if rule.number == "G100")

    con.execute(f"create temp table texts as {shape.texts_sql(shape.written_columns(of), 'candidate')}")
    baseline = _sound(lake.baseline(candidate), candidate)
    if shape.is_profiled(of) and period != WHOLE:
        replaced = _sound(lake.in_force_for(of, candidate.municipality_id, period), candidate)
        shape.look(con, candidate, baseline, replaced, municipality)
    loads = {"baseline": (of, [baseline] if baseline else []), **_beside(candidate, lake)}
    _info(con, candidate, municipality, {name: found[0] for name, (_, found) in loads.items() if found})
    for name, (other, found) in loads.items():
        _in_force(con, rules, name, other, [load.parquet for load in found])
    _configuration(con, rules, municipality)
    return rules


def _info(
    con: duckdb.DuckDBPyConnection, candidate: Candidate, municipality: Municipality | None, loads: Mapping[str, Load]
) -> None:
    """Make table `info`, one row of what rules ask about the candidate beside its rows. loads: by view."""
    days = None if candidate.period == WHOLE else Period.parse(candidate.period)
    con.execute(
        "create temp table info as select ? as municipality_id, ? as period, ? as format, "
        "?::date as received_on, ?::date as month_start, ?::date as month_end, "
        "?::varchar as baseline_period, ?::varchar as control_file, ?::varchar[] as file_periods",
        [
            municipality.id if municipality else candidate.municipality_id,
            candidate.period,
            candidate.format,
            candidate.received_at.date(),
            days.first_day if days else None,
            days.last_day if days else None,
            loads["baseline"].period if "baseline" in loads else None,
            loads["control"].file if "control" in loads else None,
            _periods_in_name(candidate),
        ],
    )


def _beside(candidate: Candidate, lake: Lake) -> dict[str, tuple[Table, list[Load]]]:
    """By view, the table and the loads in force that rules of the candidate's source hold it against."""
    of, municipality_id, period = candidate.table, candidate.municipality_id, candidate.period
    beside: dict[str, tuple[Table, list[Load]]] = {}
    for name, source, table_name in (
        ("control", "ledger", "control_totals"),
        ("employments", "hr", "employments"),
        ("absences", "hr", "absences"),
    ):
        other = table(source, table_name)
        load = lake.in_force_for(other, municipality_id, period) if of.source == source else None
        beside[name] = other, [sound] if (sound := _sound(load, candidate)) else []
    # an offer or a follow-up may come in the year after its decision was closed
    decisions = [
        load
        for load in (lake.in_force() if of.full_name in ("care_offers", "care_follow_ups") else ())
        if (load.source, load.table, load.municipality_id) == ("care", "decisions", municipality_id)
    ]
    beside["decisions"] = table("care", "decisions"), decisions
    for name in ("kpi", "municipality"):
        catalogue = table("kolada", name)
        load = lake.in_force_for(catalogue, WHOLE, WHOLE) if of.source in ("kolada", "region_report") else None
        beside[f"catalogue_{name}"] = catalogue, [load] if load else []
    history = lake.in_force() if of.is_log else ()
    log = [load for load in history if (load.source, load.table) == ("kolada", "data")]
    beside["history"] = table("kolada", "data"), log
    return beside


def _sound(load: Load | None, candidate: Candidate) -> Load | None:
    """The load, verified; None for the one that the candidate replaces: it may come for the very reason that its file
    is damaged.

    Raises LakeDamaged.
    """
    if load is None:
        return None
    try:
        load.verify()
    except LakeDamaged:
        if (load.source, load.table, load.period) != (candidate.table.source, candidate.table.name, candidate.period):
            raise
        return None
    return load


def _open_values(candidate: Candidate, municipality: Municipality | None) -> dict[str, list[str]]:
    """What the sets that suites leave open (`standard.OPEN_VALUES`) are for a candidate."""
    departments = municipality.departments if municipality else ()
    lines = municipality.operating_statement if municipality else ()
    return {
        "municipality": [municipality.id if municipality else candidate.municipality_id],
        "period": [candidate.period],
        "departments": [department.id for department in departments if department.units],
        "units": sorted(municipality.unit_ids) if municipality else [],
        "lines": [line.id for line in lines],
        "sums": [line.id for line in lines if line.sum_of],
    }


@cache
def _read_by(rules: tuple[Rule, ...]) -> frozenset[str]:
    """The words of the rules' SQL, names of views among them: what no rule reads is not made."""
    return frozenset(word for rule in rules for word in re.findall(r"\w+", f"{rule.failing} {rule.checked}"))


def _in_force(
    con: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...], name: str, table: Table, files: list[Any]
) -> None:
    if name in _read_by(rules):
        con.execute(f"create temp view {name} as {select_lake(table, files)}")


def _configuration(con: duckdb.DuckDBPyConnection, rules: tuple[Rule, ...], municipality: Municipality | None) -> None:
    units, lines, accounts, centres = [], [], [], []
    if municipality is not None:
        units = [(department.id, unit.id) for department in municipality.departments for unit in department.units]
        lines = [(line.id, bool(line.sum_of)) for line in municipality.operating_statement]
        accounts = [(interval.first, interval.last) for interval in municipality.accounts]
        centres = [interval for department in municipality.departments for interval in department.cost_centres]
    for name, columns, values in (
        ("known_units", "department varchar, unit varchar", units),
        ("known_lines", "line_id varchar, is_sum boolean", lines),
        ("account_intervals", "first varchar, last varchar", accounts),
        ("cost_centres", "first varchar, last varchar", centres),
    ):
        if name in _read_by(rules):
            _table(con, name, columns, values)


def _table(con: duckdb.DuckDBPyConnection, name: str, columns: str, pairs: Sequence[tuple[Any, Any]]) -> None:
    con.execute(f"create temp table {name} ({columns})")
    if pairs:
        con.execute(
            f"insert into {name} values " + ", ".join(["(?, ?)"] * len(pairs)),
            [item for pair in pairs for item in pair],
        )


def _name(con: duckdb.DuckDBPyConnection, candidate: Candidate, rule: Rule, named: dict[str, str]) -> list[Finding]:
    """The rows that break `rule`, equal values together, in order of their first row."""
    found = con.execute(
        f"select min(source_row), column_name, found, count(*) from ({rule.failing}) "
        f"group by column_name, found order by 1, 2, 3 limit {NAMED_ROWS}"
    ).fetchall()
    expected = rule.expected.format_map(named)
    findings = []
    for row, column_name, value, count in found:
        columns = [_delivered(candidate.table, name) for name in (column_name or "").split(",") if name]
        if value is None or value == "":
            shown = "an empty cell"
        else:
            public = rule.tells == "statement" or (
                bool(columns) and all(column is not None and column.may_be_quoted(value) for column in columns)
            )
            shown = quote(value, public) if rule.tells == "value" else _statement(value)
        header = ", ".join(
            dict.fromkeys(
                column.header if column else name
                for column, name in zip(columns, (column_name or "").split(","), strict=False)
            )
        )
        findings.append(
            Finding(
                rule.number, rule.severity, candidate.file, shown, expected, rule.advice, row, header or None, count
            )
        )
    return findings


def _statement(text: str) -> str:
    """A statement of a rule holds counts, sums, months and codes; a code that looks like a personnummer is masked like
    a value.
    """
    return text if not PERSONNUMMER.search(text) else quote(text, public=False)


def _delivered(table: Table, name: str) -> Column | None:
    """The contract's column that the lake column `name` came from; None for bookkeeping."""
    for column in table.columns:
        if column.name == name or (column.kind is Kind.PERSON and name in ("person_id", "gender", "birth_month")):
            return column
    return None


def misnamed(candidate: Candidate) -> bool:
    """Whether the file's name says another period than its rows (what G109 rejects)."""
    named = _periods_in_name(candidate)
    return candidate.format != "sie" and bool(named) and candidate.period not in named


def _periods_in_name(candidate: Candidate) -> list[str]:
    """The periods that a file's name says, in the form of its table's; a full date is no month. None of a file of
    several periods: its name says from when to when.
    """
    table, file = candidate.table, candidate.file
    if table.period_column is None or (candidate.mapping or {}).get("several_periods"):
        return []
    if table.column(table.period_column).kind is Kind.YEAR:
        return _YEAR_IN_NAME.findall(file)
    return [f"{year}-{month}" for year, month in _MONTH_IN_NAME.findall(file)]
