"""The library's own expectations that rules are said by, each with its meaning in SQL.

Belongs here: one small function per kind of expectation (null, in a set, within limits, of a form, unique, one column
against another), and the values that a suite leaves open until it judges a load.
Does not belong here: which rule is said by which (`rules`, `suites`), Great Expectations itself (`validation`),
counting (`counts`).

An expectation is here only if Great Expectations and DuckDB mean exactly the same by it, nulls included:
`tests/test_suite_parity.py` lets the library's own pandas engine judge the same rows and holds success and both counts
against the counts made in DuckDB.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ingestion.sql import literal

VALUE = "{v}"
"""In a condition: the column's value, which is counted by row or, for texts, by different value."""

OPEN_VALUES = {
    "municipality": "select municipality_id from info",
    "period": "select period from info",
    "departments": "select department from known_units",
    "units": "select unit from known_units",
    "lines": "select line_id from known_lines",
    "sums": "select line_id from known_lines where is_sum",
}
"""Sets that differ from load to load, with the SQL that gives them; in a suite they are the library's suite parameters.
"""

NOT_BLANK = "[^ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
"""Anything but the blanks that DuckDB's `trim` takes away (Unicode's space separators)."""


@dataclass(frozen=True)
class Standard:
    """One of Great Expectations' own expectations.

    type: its name in the library. kwargs: its arguments; a tuple is a list there, `Open` a suite parameter. failing:
    SQL, as a rule's, for the rows that break it. breaks: SQL, whether a value (`VALUE`) or a row of the candidate (`c`)
    breaks it. count: SQL for the number of breaking rows, where no row can tell by itself.
    """

    type: str
    kwargs: tuple[tuple[str, Any], ...]
    columns: tuple[str, ...]
    failing: str
    breaks: str = ""
    count: str | None = None


@dataclass(frozen=True)
class Open:
    """A set that is known when a load is judged: a key of `OPEN_VALUES`."""

    name: str


def rows(column: str, where: str, joined: str = "") -> str:
    """SQL for the candidate's rows that satisfy `where`, telling the value of `column`."""
    found = f"c.source_row, '{column}' as column_name, cast(c.{column} as varchar) as found"
    return f"select {found} from candidate as c {joined} where {where}"


def filled(column: str) -> Standard:
    """The column has no nulls."""
    return _of_values("expect_column_values_to_not_be_null", column, f"{VALUE} is null")


def not_blank(column: str) -> Standard:
    """A text is more than blanks."""
    return _of_values("expect_column_values_to_match_regex", column, f"trim({VALUE}) = ''", regex=NOT_BLANK)


def in_set(column: str, values: Sequence[str] | Open) -> Standard:
    """The values are of a list, or null."""
    return _of_set("expect_column_values_to_be_in_set", column, values, "not in")


def not_in_set(column: str, values: Sequence[Any] | Open) -> Standard:
    """The values are none of a list's."""
    return _of_set("expect_column_values_to_not_be_in_set", column, values, "in")


def between(column: str, low: float | None = None, high: float | None = None, is_strict: bool = False) -> Standard:
    """Numbers are within limits, which belong to what is allowed unless `is_strict`."""
    below, above = ("<=", ">=") if is_strict else ("<", ">")
    outside = " or ".join(
        [f"{VALUE} {below} {low}"] * (low is not None) + [f"{VALUE} {above} {high}"] * (high is not None)
    )
    limits: dict[str, Any] = {"min_value": low} if low is not None else {}
    limits |= {"max_value": high} if high is not None else {}
    strict = {"strict_min": True, "strict_max": True} if is_strict else {}
    return _of_values("expect_column_values_to_be_between", column, outside, **limits, **strict)


def of_form(column: str, pattern: str) -> Standard:
    """Texts are of a form as a whole. pattern: what RE2 and Python read alike, so no classes of digits or letters by
    their short names.
    """
    whole = rf"\A(?:{pattern})\Z"
    return _of_values(
        "expect_column_values_to_match_regex",
        column,
        f"not regexp_full_match({VALUE}, {literal(pattern)})",
        regex=whole,
    )


def not_of_form(column: str, pattern: str) -> Standard:
    """No text is of a form; see `of_form`."""
    whole = rf"\A(?:{pattern})\Z"
    return _of_values(
        "expect_column_values_to_not_match_regex",
        column,
        f"regexp_full_match({VALUE}, {literal(pattern)})",
        regex=whole,
    )


def at_least(column: str, other: str, told: str | None = None) -> Standard:
    """The column is at least the other, where both are filled in. told: the column whose value a finding names, if not
    the first.
    """
    return Standard(
        "expect_column_pair_values_a_to_be_greater_than_b",
        (("column_A", column), ("column_B", other), ("or_equal", True), ("ignore_row_if", "either_value_is_missing")),
        (column, other),
        rows(told or column, f"c.{column} < c.{other}"),
        f"c.{column} < c.{other}",
    )


def unique(column: str) -> Standard:
    """A value stands once; nulls may stand more often."""
    again = f"select {column} from candidate where {column} is not null group by {column} having count(*) > 1"
    return Standard(
        "expect_column_values_to_be_unique",
        (("column", column),),
        (column,),
        rows(column, f"c.{column} in ({again})"),
        count=_in_groups([column], f"where {column} is not null"),
    )


def unique_together(columns: Sequence[str]) -> Standard:
    """The values of several columns stand together once; a null is a value like others."""
    keys = ", ".join(columns)
    same = " and ".join(f"c.{name} is not distinct from d.{name}" for name in columns)
    found = "concat_ws(' / ', " + ", ".join(f"c.{name}" for name in columns) + ")"
    return Standard(
        "expect_compound_columns_to_be_unique",
        (("column_list", tuple(columns)), ("ignore_row_if", "never")),
        tuple(columns),
        f"select c.source_row, '{','.join(columns)}' as column_name, {found} as found from candidate as c "
        f"join (select {keys} from candidate group by {keys} having count(*) > 1) as d on {same}",
        count=_in_groups(columns),
    )


def columns_of(names: Iterable[str]) -> Standard:
    """The batch has these columns and no others."""
    return Standard(
        "expect_table_columns_to_match_set",
        (("column_set", tuple(names)), ("exact_match", True)),
        (),
        "select cast(null as bigint) as source_row, column_name, 'no such column of type ' || column_type as found "
        "from contracted anti join shape using (column_name) union all "
        "select cast(null as bigint) as source_row, column_name, 'a column outside the contract' as found "
        "from shape anti join contracted using (column_name)",
    )


def not_empty() -> Standard:
    """The batch has rows."""
    return Standard(
        "expect_table_row_count_to_be_between",
        (("min_value", 1),),
        (),
        "select cast(null as bigint) as source_row, cast(null as varchar) as column_name, 'no rows' as found "
        "from (select count(*) as n from candidate) where n = 0",
    )


def _of_values(type_: str, column: str, breaks: str, **kwargs: Any) -> Standard:
    return Standard(
        type_,
        (("column", column), *kwargs.items()),
        (column,),
        rows(column, breaks.replace(VALUE, f"c.{column}")),
        breaks,
    )


def _of_set(type_: str, column: str, values: Sequence[Any] | Open, unless: Literal["in", "not in"]) -> Standard:
    if isinstance(values, Open):
        kwargs = (("column", column), ("value_set", values))
        return Standard(
            type_,
            kwargs,
            (column,),
            rows(column, f"c.{column} {unless} ({OPEN_VALUES[values.name]})"),
            f"{VALUE} {unless}",
        )
    listed = ", ".join(literal(value) if isinstance(value, str) else str(value) for value in values)
    return _of_values(type_, column, f"{VALUE} {unless} ({listed})", value_set=tuple(values))


def _in_groups(columns: Sequence[str], where: str = "") -> str:
    grouped = f"select count(*) as n from candidate {where} group by {', '.join(columns)} having count(*) > 1"
    return f"select cast(coalesce(sum(n), 0) as bigint) from ({grouped})"
