"""Contracts of the source tables: the one place that readers, suites, lake views and `docs/extracts.md` read.

Belongs here: the vocabulary (`Table`, `Column`, `Kind`) and the register of all tables.
Does not belong here: the tables themselves (each source's package declares its own) and rules that need other data
than one row (`expectations`).
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from enum import StrEnum

SOURCES = (
    "kolada",
    "hr",
    "ledger",
    "care",
    "survey",
    "work_environment",
    "training",
    "region_report",
    "kpb",
    "support_need",
    "homecare_index",
    "goals",
    "internal_control",
    "providers",
    "grants",
    "investments",
    "forecasts",
    "population",
    "local_counts",
)
DELIVERED_SOURCES = SOURCES[1:]
"""Those whose extracts are files in the inbox; Kolada is fetched."""


class Kind(StrEnum):
    """How a delivered text becomes a typed value.

    PERSON is a personnummer: it becomes the columns `person_id` (keyed hash), `gender` (K/M) and `birth_month` (first
    day of the month) and is itself never written. DROPPED is read, checked and left behind (names, free text).
    MONTH is delivered as 2024-03 or 202403 and kept as '2024-03'.
    """

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    DATE = "date"
    BOOLEAN = "boolean"
    MONTH = "month"
    YEAR = "year"
    PERSON = "person"
    DROPPED = "dropped"


class Holds(StrEnum):
    """What a column of texts holds, so that nobody's name comes in where a code or a role belongs (rule G115).

    NUMBER is what a system or a chart of accounts hands out: it has a digit in it. KEY is an id in words (hemtjanst_centrum), of which
    the configuration has a list. ROLE is a title or a body (Enhetschef). PROSE is whatever is written, on things: only in tables without
    rows on persons, or where the words are given (a question).
    """

    NUMBER = "number"
    KEY = "key"
    ROLE = "role"
    PROSE = "prose"


_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀ-ɏΆ-ΫЀ-ЯḀ-ỿ", "a-zß-öø-ÿĀ-ɏά-ώа-џḀ-ỿ"
"""Letters of the Latin, Greek and Cyrillic alphabets, small and capital ones (where a block mixes them, both): a pattern of all scripts'
(`\\p{Lu}`) takes DuckDB longer to compile than to look through a month."""
LETTER = f"[{_UPPER}{_LOWER}]"
CAPITALISED = f"[{_UPPER}][{_LOWER}]{{2,}}"
NO_CODE = f"{CAPITALISED}|[^0-9{_UPPER}{_LOWER}_.:/+=& -]|[^0-9] | [^0-9]"
"""In a code: a capitalised word, a mark that codes do not have, or a blank that does not stand between digits (a moment's)."""
_NAME_WORD = f"[{_UPPER}][{_LOWER}]+(-[{_UPPER}][{_LOWER}]+)*"
NAME = rf"^{_NAME_WORD}(,? ({_NAME_WORD}|[{_UPPER}]\.))+$"
"""Two Ord, every word with a capital, and nothing else: how people are written. A title has its capital first only."""
CAPITALISED_WORD = re.compile(CAPITALISED)


SQL_TYPES = {
    Kind.TEXT: "varchar",
    Kind.INTEGER: "bigint",
    Kind.DECIMAL: "decimal(18, 2)",
    Kind.DOUBLE: "double",
    Kind.DATE: "date",
    Kind.BOOLEAN: "boolean",
    Kind.MONTH: "varchar",
    Kind.YEAR: "varchar",
}

PERSON_COLUMNS = (("person_id", "varchar"), ("gender", "varchar"), ("birth_month", "date"))


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    name: in the lake (English, snake_case). header: as delivered (Swedish). required: empty cells are refused.
    allowed: code list; empty means any value. low/high: inclusive bounds for numbers. public: the value may be quoted
    in a message (codes, accounts); all other values are described by their shape only. holds: of a text without code list, what it is;
    the strictest unless somebody has said otherwise.
    """

    name: str
    header: str
    kind: Kind
    description: str
    example: str
    required: bool = True
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    public: bool = False
    holds: Holds = Holds.NUMBER

    @property
    def is_free_text(self) -> bool:
        """Whether anything could stand in it: a text without code list."""
        return self.kind is Kind.TEXT and not self.allowed

    def may_be_quoted(self, value: str) -> bool:
        """Whether a message may show the value as it stands: the column is public, and it is no word where none belongs (a surname)."""
        if not self.public or (self.is_free_text and self.holds in (Holds.ROLE, Holds.PROSE)):
            return self.public
        if self.is_free_text and self.holds is Holds.NUMBER and not re.search("[0-9]", value):
            return False
        return not CAPITALISED_WORD.search(value)


MUNICIPALITY = Column("municipality_id", "kommun", Kind.TEXT, "The municipality's four-digit id in Kolada.", "1489", public=True)
PERIOD = Column("period", "period", Kind.MONTH, "The month that the row describes.", "2024-03", public=True)
"""What every row of every extract names."""

DEPARTMENT = Column(
    "department",
    "avdelning",
    Kind.TEXT,
    "Department, by its id in the municipality's configuration.",
    "hemtjanst",
    public=True,
    holds=Holds.KEY,
)
"""What rows on one department name."""


@dataclass(frozen=True)
class Table:
    """One table of one source.

    period_column: the column whose single value is the load's period ('2024-03' or '2024'); None for tables that are
    fetched as a whole (period 'all'). is_log: loads are changes to be laid on top of each other, not replacements. is_occasional: periods
    come when there is something to deliver; none of them is due. youngest: the age in years under which nobody is expected in the table
    (None: children are); minors: (lake column, values) of the rows that may be of children all the same.
    """

    source: str
    name: str
    description: str
    grain: str
    delivered_by: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    period_column: str | None = "period"
    is_log: bool = False
    is_occasional: bool = False
    youngest: int | None = None
    minors: tuple[str, tuple[str, ...]] | None = None

    @property
    def full_name(self) -> str:
        """'hr_employments': the name of the table's view for dbt, of its suite and of its folder in docs."""
        return f"{self.source}_{self.name}"

    @property
    def has_person(self) -> bool:
        """Whether its rows carry a person's pseudonym."""
        return any(column.kind is Kind.PERSON for column in self.columns)

    def lake_columns(self) -> tuple[tuple[str, str], ...]:
        """(name, SQL type) of every column in the lake's Parquet, in order: what dbt's sources see.

        `source_row` is the row in the delivered file (1 = header), `load_id` the load that the row came with.
        """
        typed: list[tuple[str, str]] = []
        for column in self.columns:
            if column.kind is Kind.PERSON:
                typed.extend(PERSON_COLUMNS)
            elif column.kind is not Kind.DROPPED:
                typed.append((column.name, SQL_TYPES[column.kind]))
        return (*typed, ("source_row", "bigint"), ("load_id", "varchar"))

    def column(self, name: str) -> Column:
        """The column called `name` in the lake; that of the person for what a personnummer becomes. KeyError if there is none."""
        derived = {column_name for column_name, _ in PERSON_COLUMNS}
        for column in self.columns:
            if column.name == name or (column.kind is Kind.PERSON and name in derived):
                return column
        raise KeyError(f"{self.full_name} has no column {name}")


def tables(source: str | None = None) -> tuple[Table, ...]:
    """All tables, or those of one source, in the order in which they must be taken in."""
    sources = SOURCES if source is None else (source,)
    return tuple(table for name in sources for table in importlib.import_module(f"ingestion.contracts.{name}").TABLES)


def table(source: str, name: str) -> Table:
    """The table `name` of `source`; KeyError if there is none."""
    for candidate in tables(source):
        if candidate.name == name:
            return candidate
    raise KeyError(f"{source} has no table {name}")
