"""Typed rows: a delivery's texts become the lake's Parquet, by the contract.

Belongs here: typing whole rows in one streaming pass, and naming every row that cannot be typed. Does not belong here:
one cell (`cell_sql`), what the rows must have in common (`delivery`), rules on content (`expectations`).

DuckDB reads, types and writes Parquet in one pass; a cell that cannot be typed stops it, and only then a second pass
finds and names every such row. Rule R113 is raised here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from ingestion.contracts import SQL_TYPES, Column, Kind, Table
from ingestion.findings import DeliveryRejected, Finding, quote
from ingestion.lake import Lake
from ingestion.privacy.personnummer import read_number
from ingestion.privacy.register import check_columns
from ingestion.readers import cell_sql
from ingestion.readers.files import NAMED_ROWS, RawDelivery, rows_besides, structural_findings, unreadable
from ingestion.readers.persons import read_on
from ingestion.sql import literal, quoted

_WHAT_IS_EXPECTED = {
    Kind.INTEGER: ("a whole number", "Write digits only."),
    Kind.DECIMAL: ("a number with decimal comma and at most two decimals", "Write the number as 1234,50."),
    Kind.DATE: ("a date", "Write the date as 2024-03-31."),
    Kind.BOOLEAN: ("ja or nej", "Write ja or nej."),
    Kind.MONTH: ("a month", "Write the month as 2024-03."),
    Kind.YEAR: ("a year", "Write the year as 2024."),
}
A_PERSON = "a personnummer, samordningsnummer or reservnummer"


@dataclass(frozen=True)
class TypedRows:
    """A delivery as the lake's rows. folder: of a candidate to be, with `data.parquet` in it."""

    raw: RawDelivery
    table: Table
    folder: Path

    @property
    def parquet(self) -> Path:
        """The file of the rows."""
        return self.folder / "data.parquet"

    def discard(self) -> None:
        """Remove what was written."""
        for path in self.folder.glob("*"):
            path.unlink()
        self.folder.rmdir()


def type_rows(raw: RawDelivery, table: Table, lake: Lake) -> TypedRows:
    """Type the delivery into Parquet in `lake`'s incoming folder; its persons are registered (`persons.with_persons`).

    Raises ColumnNotRegistered before anything is written, and DeliveryRejected with every cell that cannot be typed;
    nothing is left behind then. Nearly every file is written as it should be throughout, and SQL for all that is
    allowed besides takes as long to plan as a month to read: it is made only for a file that needs it.
    """
    check_columns(table, (name for name, _ in table.lake_columns()))
    rows = TypedRows(raw, table, lake.new_candidate_dir())
    for as_written in (True, False):
        try:
            raw.con.execute(
                f"copy ({_select(raw, table, rows.folder.name, as_written=as_written)}) "
                f"to {literal(rows.parquet)} (format parquet, compression zstd)"
            )
            break
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            rows.discard()
            raise  # the machine's fault, not the file's
        except duckdb.Error:
            if as_written:
                continue
            rows.discard()
            raise DeliveryRejected(_explain(raw, table)) from None
    return rows


def _select(raw: RawDelivery, table: Table, load_id: str, *, as_written: bool) -> str:
    """SQL for the lake's rows of the raw relation; it fails at the first cell that cannot be typed."""
    typed, select, from_, order = ["r.source_row"], [], f"{raw.relation} as r", ""
    for column in table.columns:
        if column.kind is Kind.DROPPED:
            continue
        position, name = f"r.{raw.columns[column.header]}", quoted(column.name)
        if column.kind is Kind.TEXT:  # there is no text that is none
            typed.append(f"{cell_sql.typed(column, position)} as {name}")
            select.append(name)
            continue
        cell = quoted(f"delivered {column.name}")
        typed.append(f"{position} as {cell}")
        read = f"nullif({cell}, '')" if as_written else cell_sql.trimmed(cell)
        stop = "error('untyped')"
        if column.kind is Kind.PERSON:
            from_, order = (
                f"{raw.relation} as r left join persons as p on p.delivered = {cell_sql.trimmed(position)}",
                "order by source_row",
            )
            typed += ["p.person_id", "p.gender", "p.birth_month"]
            select += [
                f"case when person_id is null and {read} is not null then {stop} else person_id end as person_id"
            ]
            select += ["gender", "birth_month"]
        else:
            typed.append(f"{cell_sql.typed(column, position, as_written=as_written)} as {name}")
            kind = SQL_TYPES[column.kind]
            select.append(
                f"case when {name} is null and {read} is not null then cast({stop} as {kind}) else {name} end as {name}"
            )
    select += ["source_row", f"{literal(load_id)} as load_id"]
    return f"select {', '.join(select)} from (select {', '.join(typed)} from {from_}) {order}"


def _explain(raw: RawDelivery, table: Table) -> list[Finding]:
    """The second pass, only for files that could not be typed: every reason, with rows."""
    if structural := structural_findings(raw):
        return structural
    findings: list[Finding] = []
    for column in table.columns:
        if column.kind in (Kind.TEXT, Kind.DROPPED):
            continue
        try:
            findings += _untyped(raw, table, column)
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error:
            return [unreadable(raw.path)]
    return besides(raw, findings) or findings or [unreadable(raw.path)]


def _untyped(raw: RawDelivery, table: Table, column: Column) -> list[Finding]:
    """The cells of a column that cannot be typed (R113)."""
    cell, is_person = cell_sql.of(raw, column), column.kind is Kind.PERSON
    if is_person:
        wrong = f"{cell} is not null and not exists (select 1 from persons as p where p.delivered = {cell})"
    else:
        wrong = f"{cell} is not null and {cell_sql.typed(column, raw.columns[column.header])} is null"
    rows = raw.con.execute(
        f"select source_row, {cell}, count(*) over () from {raw.relation} as r where {wrong} order by 1 limit {NAMED_ROWS}"
    ).fetchall()
    on, findings = read_on(raw, table) if is_person else date.max, []
    for row, value, count in rows:
        if is_person:
            expected, advice = A_PERSON, str(read_number(value, on, datetime.now(UTC).date()).flaw)
        else:
            expected, advice = _WHAT_IS_EXPECTED[column.kind]
            if column.kind in (Kind.DATE, Kind.MONTH) and re.fullmatch("[0-9]{5}([.,][0-9]+)?", value):
                advice = "A spreadsheet has kept the day as a number: give the column the form of a date, and export it again."
        found = quote(value, column.may_be_quoted(value))
        findings.append(Finding("R113", "error", raw.path.name, found, expected, advice, row, column.header, count))
    return findings


def besides(raw: RawDelivery, findings: Sequence[Finding]) -> list[Finding]:
    """What to say instead if all that is wrong stands in rows that are none of the table: sums, remarks, the headers
    once more.
    """
    if raw.header.format == "sie":
        return []
    raw = raw.made_of or raw
    wrong = {finding.row for finding in findings}
    [(end,)] = raw.con.execute(f"select max(source_row) from {raw.relation}").fetchall()
    named = ", ".join(str(row) for row in wrong if row is not None)
    at = f"select source_row, * exclude (source_row) from {raw.relation} where source_row in ({named})"
    found = raw.con.execute(at).fetchall() if named else []
    return rows_besides(raw.path, wrong, [(row, texts) for row, *texts in found], end, raw.header)
