"""Contracts of the source tables: the one place that readers, suites, lake views and `docs/extracts.md` read.

Belongs here: the vocabulary (`Table`, `Column`, `Kind`) and the register of all tables, which is found and not written.
Does not belong here: the tables themselves (each source's package declares its own) and rules that need other data
than one row (`expectations`).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass, field
from enum import StrEnum

FETCHED = "kolada"
OF_ALL_SOURCES = ("dbt_models", "dbt_sources", "document")
"""The modules here that are no source's: every other one is the contract of the source that it is named after."""
DELIVERED_SOURCES = tuple(
    sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in (FETCHED, *OF_ALL_SOURCES))
)
"""Those whose extracts are files in the inbox, by name. No order among them matters: a suite compares a table with
others of its own source only, and in which order these are taken in, the source's `TABLES` say.
"""
SOURCES = (FETCHED, *DELIVERED_SOURCES)

OWNERS = {
    "team:hr": "Personalfunktionen",
    "team:ekonomi": "Ekonomifunktionen",
    "team:myndighet": "Myndighets- och systemförvaltningen",
    "team:kvalitet": "Kvalitets- och utvecklingsfunktionen",
}
"""What municipal readers call those who deliver, by the owner of a table."""


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

    NUMBER is what a system or a chart of accounts hands out: it has a digit in it. KEY is an id in words
    (hemtjanst_centrum), of which the configuration has a list. ROLE is a title or a body (Enhetschef). PROSE is
    whatever is written, on things: only in tables without rows on persons, or where the words are given (a question).
    """

    NUMBER = "number"
    KEY = "key"
    ROLE = "role"
    PROSE = "prose"


_UPPER, _LOWER = "A-ZÀ-ÖØ-ÞĀ-ɏΆ-ΫЀ-ЯḀ-ỿ", "a-zß-öø-ÿĀ-ɏά-ώа-џḀ-ỿ"
"""Letters of the Latin, Greek and Cyrillic alphabets, small and capital ones (where a block mixes them, both): a
pattern of all scripts' (`\\p{Lu}`) takes DuckDB longer to compile than to look through a month.
"""
LETTER = f"[{_UPPER}{_LOWER}]"
CAPITALISED = f"[{_UPPER}][{_LOWER}]{{2,}}"
NO_CODE = f"{CAPITALISED}|[^0-9{_UPPER}{_LOWER}_.:/+=& -]|[^0-9] | [^0-9]"
"""In a code: a capitalised word, a mark that codes do not have, or a blank that does not stand between digits (a
moment's).
"""
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


class Treatment(StrEnum):
    """What becomes of a personal field on its way into the lake."""

    PSEUDONYM = "the personnummer becomes a keyed hash before anything is written"
    DERIVED = "derived from the personnummer before it is forgotten"
    NUMBER = "kept as delivered: the source system's own number, which only that system can turn into a person"
    DAY = "kept as delivered: a day or a moment in a person's life"
    KEPT = "kept as delivered"
    DROPPED = "read, checked and left behind; never written"


@dataclass(frozen=True)
class Personal:
    """What a column says of a person.

    treatment: what becomes of it. purpose: what it is needed for. age: of a personnummer, what the month of birth is
    needed for.
    leads: a number of the source that leads from a table with persons to those without. is_of_another: a person's
    number in a row that is somebody else's too: who is erased loses the number, the row stays.
    """

    treatment: Treatment
    purpose: str
    age: str = ""
    leads: bool = False
    is_of_another: bool = False


@dataclass(frozen=True)
class Persons:
    """A table whose rows are on persons. subjects: whose data. secrecy: the chapters of OSL that cover it."""

    subjects: str
    secrecy: str


@dataclass(frozen=True)
class Things:
    """A table without rows on persons. note: why, and what else could point at somebody."""

    note: str


@dataclass(frozen=True)
class DriftLimit:
    """An aggregate over a load's rows that must be between `low` and `high` times the earlier load's.

    number: of the rule. what: in words. aggregate: SQL. by_chance: a count of what happens anew in every period. grows:
    a year is delivered before it is over, and is then not compared with the year before; with its own earlier delivery
    only for what it has lost.
    """

    number: str
    what: str
    aggregate: str
    low: float
    high: float
    by_chance: bool = False
    grows: bool = False


def rows_within(low: float = 0.7, high: float = 1.5, by_chance: bool = False, grows: bool = False) -> DriftLimit:
    """The limit on how many rows there are."""
    return DriftLimit("D101", "rows", "count(*)", low, high, by_chance, grows)


ANY_ROWS = (rows_within(0.25, 25, by_chance=True, grows=True),)
"""Of tables whose rows differ much from year to year: what surveys, goals and lists hold."""


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    name: in the lake (English, snake_case). header: as delivered (Swedish). required: empty cells are rejected.
    allowed: code list; empty means any value. low/high: inclusive bounds for numbers. public: the value may be quoted
    in a message (codes, accounts); all other values are described by their shape only. holds: of a text without code
    list, what it is; the strictest unless somebody has said otherwise. personal: what it says of a person, None if
    nothing; without a default, since a default is what nobody has thought about.
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
    personal: Personal | None = field(kw_only=True)

    @property
    def is_free_text(self) -> bool:
        """Whether anything could stand in it: a text without code list."""
        return self.kind is Kind.TEXT and not self.allowed

    def may_be_quoted(self, value: str) -> bool:
        """Whether a message may show the value as it stands: the column is public, and it is no word where none belongs
        (a surname).
        """
        if not self.public or (self.is_free_text and self.holds in (Holds.ROLE, Holds.PROSE)):
            return self.public
        if self.is_free_text and self.holds is Holds.NUMBER and not re.search("[0-9]", value):
            return False
        return not CAPITALISED_WORD.search(value)


MUNICIPALITY = Column(
    "municipality_id",
    "kommun",
    Kind.TEXT,
    "The municipality's four-digit id in Kolada.",
    "1489",
    public=True,
    personal=None,
)
PERIOD = Column(
    "period", "period", Kind.MONTH, "The month that the row describes.", "2024-03", public=True, personal=None
)
"""What every row of every extract names."""

YEAR = Column("year", "ar", Kind.YEAR, "The year that the extract covers.", "2024", public=True, personal=None)
"""What every row of an extract names that is of a year."""

NAME_OF_PERSON = Column(
    "name",
    "namn",
    Kind.DROPPED,
    "The person's name: read, never kept.",
    "Efternamn, Förnamn",
    required=False,
    personal=Personal(Treatment.DROPPED, "none: extracts hold it, the platform does not need it"),
)
"""What extracts with a personnummer bring beside it."""

DEPARTMENT = Column(
    "department",
    "avdelning",
    Kind.TEXT,
    "Department, by its id in the municipality's configuration.",
    "hemtjanst",
    public=True,
    holds=Holds.KEY,
    personal=None,
)
"""What rows on one department name."""


@dataclass(frozen=True)
class Table:
    """One table of one source.

    period_column: the column whose single value is the load's period ('2024-03' or '2024'); None for tables that are
    fetched as a whole (period 'all'). is_log: loads are changes to be laid on top of each other, not replacements.
    is_occasional: periods come when there is something to deliver; none of them is due. youngest: the age in years
    under which nobody is expected in the table (None: children are); minors: (lake column, values) of the rows that may
    be of children all the same. owner: the team that answers for it in Dagster. subjects: whose data it is. drift: how
    far a load may be from the last accepted one (none: no limit).
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
    owner: str = field(kw_only=True)
    subjects: Persons | Things = field(kw_only=True)
    drift: tuple[DriftLimit, ...] = field(kw_only=True)

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
        """The column called `name` in the lake; that of the person for what a personnummer becomes. KeyError if there
        is none.
        """
        derived = {column_name for column_name, _ in PERSON_COLUMNS}
        for column in self.columns:
            if column.name == name or (column.kind is Kind.PERSON and name in derived):
                return column
        raise KeyError(f"{self.full_name} has no column {name}")


def called(source: str) -> str:
    """What municipal readers call a delivered source: its contract's CALLED, else what its CITATION cites."""
    contract = importlib.import_module(f"ingestion.contracts.{source}")
    name: str = getattr(contract, "CALLED", "") or re.sub(
        r"^(Källa: |.* data från )", "", getattr(contract, "CITATION", source)
    )
    return name[:1].upper() + name[1:]


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
