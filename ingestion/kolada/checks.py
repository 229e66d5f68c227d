"""What must hold of every answer of Kolada, whatever it is about: the shape of ids, the types of fields, one row per
key.

Belongs here: rules K101-K103, as counts over a relation of one connection. Does not belong here: rules that compare
with what is in force (`fetch`, `values`), requests (`client`).
"""

from __future__ import annotations

from typing import Any

import duckdb

from ingestion.contracts import Kind, Table
from ingestion.contracts.kolada import MUNICIPALITY_GROUPS
from ingestion.findings import Finding
from ingestion.kolada.client import KoladaPermanentError
from ingestion.sql import literal

# Shape of an id, by the column that holds it: Kolada's, and never a number that lost its leading zeros.
SHAPES = {
    "kpi_id": r"[NU]\d{5}",
    "municipality_id": r"\d{4}",
    "member_id": r"\d{4}",
    "group_id": r"G\d+",
    "ou_id": r"V\d{2}\w+",
}


def flag(name: str) -> str:
    """SQL: the text field `name` as a boolean; null where it is neither true nor false."""
    return (
        f"case lower({name}) when 'true' then true when '1' then true when 'false' then false when '0' then false end"
    )


def has_shape(column: str) -> str:
    """SQL condition: the id in `column` has its shape; null where there is none."""
    return f"regexp_full_match({column}, {literal(SHAPES[column])})"


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    """The one row that `sql` gives. ValueError where it gives another number of rows."""
    (row,) = con.execute(sql).fetchall()
    found: tuple[Any, ...] = row
    return found


def read_objects(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run SQL that reads delivered objects. KoladaPermanentError for what the client let through and DuckDB cannot
    read.
    """
    try:
        con.execute(sql)
    except duckdb.InvalidInputException as error:
        raise KoladaPermanentError(
            f"Kolada's answer could not be read: {str(error).splitlines()[0][:200]}. Nothing was taken in; report it to RKA if it stays."
        ) from error


def badly_shaped(con: duckdb.DuckDBPyConnection, table: Table, origin: str, relation: str) -> list[Finding]:
    """K101: ids that are not Kolada's, above all municipalities that lost their leading zeros."""
    findings = []
    for column in table.columns:
        if column.name not in SHAPES or (table is MUNICIPALITY_GROUPS and column.name == "municipality_id"):
            continue
        count, first = one(
            con,
            f"select count(*), min({column.name}) from {relation} where not {has_shape(column.name)}",
        )
        if count:
            advice = "Ids are text and keep their leading zeros; look at what stands between Kolada and the platform."
            expected = f"an id like {column.example}"
            findings.append(
                Finding("K101", "error", origin, f"'{first[:20]}'", expected, advice, column=column.header, count=count)
            )
    return findings


def missing(con: duckdb.DuckDBPyConnection, table: Table, origin: str, relation: str) -> list[Finding]:
    """K103: required fields without a value (a flag that is neither true nor false is one)."""
    findings = []
    for column in table.columns:
        if column.required and column.kind is not Kind.DROPPED:
            (count,) = one(con, f'select count(*) from {relation} where "{column.name}" is null')
            if count:
                advice = "Read Kolada's changes to API v3: the field may have been renamed."
                expected = f"a value like {column.example}"
                findings.append(
                    Finding("K103", "error", origin, "no value", expected, advice, column=column.header, count=count)
                )
    return findings


def untyped(con: duckdb.DuckDBPyConnection, origin: str, column: str, select: str) -> list[Finding]:
    """K103: texts that should be numbers or dates; `select` finds them."""
    count, first = one(con, f"select count(*), min(x) from ({select}) t(x)")
    if not count:
        return []
    advice, expected = "Read Kolada's changes to API v3.", "a number or a date, as in the contract"
    return [Finding("K103", "error", origin, f"'{first[:20]}'", expected, advice, column=column, count=count)]


def contradictions(con: duckdb.DuckDBPyConnection, table: Table, origin: str, relation: str) -> list[Finding]:
    """K102: one key with two different rows (equal ones were folded together before)."""
    key = ", ".join(table.key)
    bad = con.execute(f"select {key} from {relation} group by {key} having count(*) > 1 order by {key}").fetchall()
    if not bad:
        return []
    advice = "Fetch again: Kolada may have been publishing while it was read."
    found = f"two different rows of {'/'.join(map(str, bad[0]))}"
    return [Finding("K102", "error", origin, found, "one row", advice, column=", ".join(table.key), count=len(bad))]
