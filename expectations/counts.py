"""What DuckDB counts of a candidate for its suite: the library's metrics, pushed down into one SELECT.

Belongs here: the one statement, and the counts of each expectation. Does not belong here: what is expected (`standard`,
`rules`), what follows from the counts (`validation`).

Columns of numbers and days are counted in one scan of the candidate; texts by their different values, of which there
are few, in one scan of `texts`; what no single row can tell, and what a rule says in SQL of its own, by a subquery
each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from expectations.standard import VALUE, Open, Standard
from ingestion.contracts import Table
from ingestion.sql import literal


@dataclass(frozen=True)
class Counts:
    """Of one expectation: rows that break it, rows without a value, rows that it looks at."""

    unexpected: int
    missing: int
    looked_at: int


class Counted:
    """The counts of a candidate, asked for first and then made at once.

    open_values: what the open sets of the suite are for this load.
    """

    def __init__(self, table: Table, open_values: Mapping[str, Sequence[str]]) -> None:
        self._texts = {name for name, kind in table.lake_columns() if kind == "varchar"}
        self._open = open_values
        self._asked: dict[_Asked, None] = {_ROWS: None}
        self._found: dict[_Asked, int] = {}

    def ask(self, said: Standard | str, checked: str) -> None:
        """Count what breaks an expectation; one in SQL gives the breaking rows, and what it looks at is counted by
        `checked`.
        """
        self._asked |= dict.fromkeys(asked for asked in self._asked_of(said, checked) if asked)

    def ask_query(self, sql: str) -> None:
        """Ask for the number that a query gives."""
        self._asked |= {("query", sql, ""): None}

    def count(self, con: duckdb.DuckDBPyConnection) -> None:
        """Run the statement."""
        rows, texts, queries = ([one for one in self._asked if one[0] == kind] for kind in ("rows", "texts", "query"))
        origin = f"(select {', '.join(f'{sql} as r{place}' for place, (_, sql, _) in enumerate(rows))} from candidate as c) as of_rows"
        if texts:
            origin += f", ({_by_different_text(texts)}) as of_texts"
        columns = [f"r{place}" for place in range(len(rows))] + [f"t{place}" for place in range(len(texts))]
        [found] = con.execute(
            f"select {', '.join([*columns, *(f'({sql})' for _, sql, _ in queries)])} from {origin}"
        ).fetchall()
        self._found = dict(zip([*rows, *texts, *queries], found, strict=True))

    @property
    def rows(self) -> int:
        """How many rows the candidate has."""
        return self._found[_ROWS]

    def of(self, said: Standard | str, checked: str) -> Counts:
        """The counts of an expectation that was asked for."""
        unexpected, missing, looked_at = (
            self._found[asked] if asked else None for asked in self._asked_of(said, checked)
        )
        if looked_at is None:
            looked_at = self.rows - (missing or 0)
        return Counts(unexpected or 0, missing or 0, looked_at)

    def of_query(self, sql: str) -> int:
        """The number that a query gave."""
        return self._found["query", sql, ""]

    def _asked_of(self, said: Standard | str, checked: str) -> tuple[_Asked | None, _Asked | None, _Asked | None]:
        """What tells of an expectation how many break it, have no value, and are looked at (None: none, none, and all
        that have one).
        """
        if isinstance(said, str):
            return ("query", f"select count(*) from ({said})", ""), None, ("query", checked, "")
        first = said.columns[0] if said.columns else ""
        is_text = len(said.columns) == 1 and first in self._texts
        unexpected: _Asked | None = None
        if said.count is not None:
            unexpected = ("query", said.count, "")
        elif said.breaks and is_text:
            unexpected = ("texts", self._condition(said, "v"), first)
        elif said.breaks:
            unexpected = ("rows", f"count(case when {self._condition(said, f'c.{first}')} then 1 end)", "")
        if len(said.columns) == 1:
            missing: _Asked = ("texts", "v is null", first) if is_text else ("rows", f"count(*) - count(c.{first})", "")
            return unexpected, missing, None
        if said.breaks:
            return (
                unexpected,
                None,
                ("rows", f"count(case when {' and '.join(f'c.{n} is not null' for n in said.columns)} then 1 end)", ""),
            )
        return unexpected, None, None

    def _condition(self, said: Standard, value: str) -> str:
        """What breaks the expectation, with the set that was left open."""
        condition = said.breaks.replace(VALUE, value)
        for _, argument in said.kwargs:
            if isinstance(argument, Open):
                members = self._open[argument.name]
                if not members:
                    return f"{value} is not null" if condition.endswith("not in") else "false"
                condition += f" ({', '.join(map(literal, members))})"
        return condition


_Asked = tuple[Literal["rows", "texts", "query"], str, str]
"""A count of the scan of the rows, a condition on the different texts (of the column that is named last), or a query of
its own.
"""

_ROWS: _Asked = ("rows", "count(*)", "")


def _by_different_text(asked: Sequence[_Asked]) -> str:
    """One scan of `texts`: the n-th condition on every column side by side, then each column's own picked out."""
    places: dict[str, list[str]] = {}
    for _, condition, column in asked:
        places.setdefault(column, []).append(condition)
    sums = []
    for place in range(max(map(len, places.values()))):
        branches = " ".join(
            f"when {literal(column)} then {conditions[place]}"
            for column, conditions in places.items()
            if len(conditions) > place
        )
        sums.append(f"sum(case when case column_name {branches} else false end then n else 0 end) as n{place}")
    own = (
        f"case when column_name = {literal(column)} then n{places[column].index(condition)} end"
        for _, condition, column in asked
    )
    picked = ", ".join(
        f"cast(coalesce(max({sum_of_own}), 0) as bigint) as t{number}" for number, sum_of_own in enumerate(own)
    )
    return f"select {picked} from (select column_name, {', '.join(sums)} from texts group by column_name)"
