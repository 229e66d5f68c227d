"""Mappings: how a municipality's own systems write a table, in `mappings/<source>_<table>.yaml` beside `municipality.yaml`.

Belongs here: the schema of a mapping, its loading, and the rules that hold it against the contract (C601-C605). Does not
belong here: reading files by it (`ingestion.readers.mapping`), and proposing one (`ingestion.readers.proposal`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, ValidationError

from ingestion.configuration.form import Strict, mistakes_of_form, schema_for_editors
from ingestion.configuration.lines import YamlFile, read_yaml
from ingestion.configuration.mistakes import PATH, Mistake, dotted, nearest, one_of, shown
from ingestion.configuration.references import ids, units
from ingestion.contracts import DELIVERED_SOURCES, Column, Kind, Table, tables
from ingestion.durable import file_checksum
from ingestion.findings import PERSONNUMMER

MAPPINGS = "mappings"
SCHEMA = "../../mapping.schema.json"

BUDGET_RECORD = "#PBUDGET"
SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}
HOURS = "h:mm"
"""How hours and minutes are written, in `written_as`."""

WAYS = ("header", "together", "constant", "file_name")
"""How a column comes about; one of them."""

NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
_DAY_PARTS = {
    Kind.DATE: ("yyyy", "mm", "dd"),
    Kind.MONTH: ("yyyy", "mm"),
    Kind.YEAR: ("yyyy",),
    Kind.TEXT: ("yyyy", "mm"),
}
"""What a column must be told of a day; of texts, those of the accounting period (202403) are meant."""


class ColumnSpec(Strict):
    """How a column of the contract is made of the file.

    One of: header (a column of the file), together (several, with `by` between them), constant, file_name (what stands
    for {} in a pattern such as '*_{}.csv'). Then, in this order: part (the so many-th piece, divided at split_at);
    values (what the system writes: what the contract does; a * at the end stands for whatever follows); cost_centres
    (the department or unit that municipality.yaml gives the cost centre); written_as (of a day, as dd/mm/yyyy; of
    hours, h:mm); minus (a header whose number is subtracted), multiply, divide.
    """

    header: str | None = Field(default=None, min_length=1)
    together: tuple[str, ...] = ()
    by: str = ""
    constant: str | None = None
    file_name: str | None = Field(default=None, pattern=r"^[^{}]*\{\}[^{}]*$")
    part: StrictInt | None = Field(default=None, ge=1)
    split_at: str | None = Field(default=None, min_length=1)
    values: dict[str, str] = Field(default={})
    cost_centres: Literal["department", "unit"] | None = None
    written_as: str | None = None
    minus: str | None = Field(default=None, min_length=1)
    multiply: float | None = None
    divide: float | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns of the file that it is made of."""
        return tuple(name for name in (self.header, *self.together, self.minus) if name is not None)


def _long(column: object) -> object:
    """`anstallningsid: Anst.nr` is `anstallningsid: {header: Anst.nr}`."""
    return {"header": column} if isinstance(column, str) else column


class WideSpec(Strict):
    """Columns beside each other that are rows of the table: months, questions.

    headers: of these columns, each with what it says. name, cell: the headers under which `columns` names what the
    column said and what stood in it. An empty cell makes no row.
    """

    headers: dict[str, str] = Field(min_length=1)
    name: str = Field(min_length=1)
    cell: str = Field(min_length=1)


class MappingSpec(Strict):
    """What a mapping says. version: raised whenever it is changed. columns: by the contract's header.

    header_row: where the headers stand, below titles. decimal: the mark before decimals, if numbers are written with
    marks or in another way than the contract's. several_periods: the file holds several months or years, each a load.
    leave_out: by header, the texts of rows that are none of the table (sums); only: of rows that are. record: #PBUDGET,
    the budget in a SIE file. dimensions: of its objects, those that a row names, all of them.
    """

    version: StrictInt = Field(ge=1)
    sheet: str | None = Field(default=None, min_length=1)
    header_row: StrictInt = Field(default=1, ge=1, le=100)
    separator: Literal["semicolon", "comma", "tab", "bar"] = "semicolon"
    decimal: Literal["comma", "point"] | None = None
    record: Literal["#PBUDGET"] | None = None
    dimensions: tuple[str, ...] = ()
    several_periods: StrictBool = False
    leave_out: dict[str, tuple[str, ...]] = Field(default={})
    only: dict[str, tuple[str, ...]] = Field(default={})
    wide: WideSpec | None = None
    columns: dict[str, Annotated[ColumnSpec, BeforeValidator(_long)]]


@dataclass(frozen=True, eq=False)
class TableMapping:
    """A sound mapping of one table. file: with its lines. sha256: of its bytes."""

    table: Table
    spec: MappingSpec
    file: YamlFile
    sha256: str

    def told(self) -> dict[str, Any]:
        """What a load says of it."""
        told = {"file": self.file.path.name, "version": self.spec.version, "sha256": self.sha256}
        return told | ({"several_periods": True} if self.spec.several_periods else {})

    def place(self, *where: str) -> str:
        """A place of the file for a message, with its line: 'mappings/hr_employments.yaml, line 12'."""
        folder = self.file.path.parent.parent
        return f"{folder.name}/{MAPPINGS}/{self.file.path.name}, line {self.file.line(where)}"


def mapped_tables() -> dict[str, Table]:
    """The tables that can have a mapping, by full name."""
    return {of.full_name: of for source in DELIVERED_SOURCES for of in tables(source)}


def read_mappings(folder: Path, configuration: YamlFile) -> tuple[dict[str, TableMapping], list[Mistake]]:
    """The mappings of a municipality's folder by table, and what is wrong with them; configuration: its
    `municipality.yaml`.
    """
    found: dict[str, TableMapping] = {}
    mistakes: list[Mistake] = []
    inside = folder / MAPPINGS
    for path in sorted(inside.iterdir()) if inside.is_dir() else ():
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        named = [f"{name}.yaml" for name in mapped_tables()]
        if path.name not in named:
            near = nearest(path.name, named)
            mistakes.append(
                Mistake(
                    "C601",
                    shown(path),
                    f"the file '{path.name}'",
                    "<source>_<table>.yaml of a table that is delivered",
                    nearest=near,
                )
            )
            continue
        mapping, wrong = read_mapping(path, configuration)
        mistakes += wrong
        if mapping is not None:
            found[mapping.table.full_name] = mapping
    return found, mistakes


def read_mapping(path: Path, configuration: YamlFile) -> tuple[TableMapping | None, list[Mistake]]:
    """The mapping in `path`, which is called after a table, and what is wrong with it (then None)."""
    table, file = mapped_tables()[path.stem], read_yaml(path)
    mistakes = [*file.mistakes, *judge_mapping(file, table, configuration)]
    spec = None
    if isinstance(file.value, dict):
        try:
            spec = MappingSpec.model_validate(file.value)
        except ValidationError as error:
            mistakes += mistakes_of_form(MappingSpec, file, error, mistakes)
    if mistakes or spec is None:
        return None, mistakes
    return TableMapping(table, spec, file, file_checksum(path)), []


def judge_mapping(file: YamlFile, table: Table, configuration: YamlFile) -> Iterator[Mistake]:
    """What is wrong with a mapping beside its form (rules C602-C605). A value of a wrong form is passed over: the schema
    tells it.
    """
    value = file.value
    columns = value.get("columns") if isinstance(value, dict) else None
    if not isinstance(columns, dict):
        return
    kept = {column.header: column for column in table.columns if column.kind is not Kind.DROPPED}
    dropped = {column.header for column in table.columns} - set(kept)
    for header in columns:
        if header in dropped:
            yield file.mistake(
                "C602",
                ("columns", header),
                f"'{header}', which is never kept",
                "it left out: nothing personal is read that is not needed",
            )
        elif header not in kept:
            yield file.mistake(
                "C602", ("columns", header), f"'{header}'", one_of(list(kept), table.full_name), nearest(header, kept)
            )
    for header, column in kept.items():
        if column.required and header not in columns:
            yield file.mistake(
                "C602", ("columns",), f"no column '{header}'", f"'{header}', which is required ({column.description})"
            )
    read: dict[tuple[Any, ...], str] = {}
    for header, said in columns.items():
        if header not in kept:
            continue
        yield from _ways(file, header, said)
        if isinstance(said := _long(said), dict):
            yield from _values(file, kept[header], said, configuration)
            yield from _kinds(file, kept[header], said)
            yield from _again(file, kept[header], said, read)
    yield from _layout(file, table)


def _ways(file: YamlFile, header: str, said: Any) -> Iterator[Mistake]:
    """One header for one column, unless they are put together."""
    at: PATH = ("columns", header)
    listed = said if isinstance(said, list) else said.get("header") if isinstance(said, dict) else None
    if isinstance(listed, list):
        found = f"{len(listed)} headers for one column"
        yield file.mistake(
            "C604", at, found, "one header; what is put together stands under together, with by for what stands between"
        )
        return
    if not isinstance(said, dict):
        return
    ways = [way for way in WAYS if said.get(way) is not None]
    if len(ways) != 1:
        found = f"{' and '.join(ways)}" if ways else "nothing that it is made of"
        yield file.mistake("C604", at, found, f"one of {', '.join(WAYS)}")
    for key, needs in (("by", "together"), ("part", "split_at"), ("split_at", "part"), ("minus", "header")):
        if said.get(key) is not None and said.get(needs) is None:
            yield file.mistake("C604", (*at, key), f"{key} without {needs}", f"{needs} beside it")


def _again(
    file: YamlFile, column: Column, said: Mapping[str, Any], read: dict[tuple[Any, ...], str]
) -> Iterator[Mistake]:
    """Two columns of numbers or days that are the same one of the file."""
    if said.get("header") is None or column.kind in (Kind.TEXT, Kind.MONTH, Kind.YEAR):
        return
    reading = (column.kind, repr(sorted(said.items(), key=str)))
    if (other := read.setdefault(reading, column.header)) != column.header:
        line = file.line(("columns", other))
        yield file.mistake(
            "C604",
            ("columns", column.header),
            f"'{said['header']}' again",
            f"another header than that of {other} (line {line})",
        )


def allowed_values(column: Column, configuration: YamlFile) -> tuple[list[str], str]:
    """The values that a column may have, and where they stand; none where anything may."""
    if column.kind is Kind.BOOLEAN:
        return ["ja", "nej"], "contract"
    if column.name == "municipality_id" and isinstance(configuration.value, dict):
        return [str(configuration.value.get("id"))], "municipality.yaml"
    if column.name == "department":
        return [name for _, name in ids(configuration.value, "departments")], "departments in municipality.yaml"
    if column.name == "unit":
        return [name for _, name in units(configuration.value)], "units in municipality.yaml"
    return list(column.allowed), "contract"


def _values(file: YamlFile, column: Column, said: Mapping[str, Any], configuration: YamlFile) -> Iterator[Mistake]:
    values = said.get("values")
    for key in (said.get("constant"), *(values if isinstance(values, dict) else ())):
        if isinstance(key, str) and PERSONNUMMER.search(key):
            line = file.line(("columns", column.header, "values", key))
            found, at = "a personnummer, or what looks like one", dotted(("columns", column.header))
            yield Mistake("C603", shown(file.path), found, "codes: nobody's number stands in a mapping", line, at)
    known, where_else = allowed_values(column, configuration)
    if not known:
        return
    constant = said.get("constant")
    given: list[tuple[PATH, Any]] = [((), None)] if not isinstance(values, dict) else []
    if isinstance(values, dict):
        given = [(("columns", column.header, "values", str(key)), value) for key, value in values.items()]
    elif constant is not None:
        given = [(("columns", column.header, "constant"), constant)]
    for where, value in given:
        if isinstance(value, str) and value not in known and not (value == "" and not column.required):
            yield file.mistake("C603", where, f"'{value}'", one_of(known, where_else), nearest(value, known))


def _kinds(file: YamlFile, column: Column, said: Mapping[str, Any]) -> Iterator[Mistake]:
    """What changes a text, where the column's kind has no use for it."""
    at: PATH = ("columns", column.header)
    for key in ("multiply", "divide", "minus"):
        if said.get(key) is not None and column.kind not in NUMBERS:
            yield file.mistake(
                "C605", (*at, key), f"{key} in a column of the kind {column.kind}", "it in columns of numbers only"
            )
    if said.get("divide") == 0:
        yield file.mistake("C605", (*at, "divide"), "0", "another number")
    if said.get("cost_centres") is not None and column.name not in ("department", "unit"):
        yield file.mistake("C605", (*at, "cost_centres"), "cost_centres", "it in columns of departments and units only")
    written = said.get("written_as")
    if not isinstance(written, str):
        return
    if column.kind in NUMBERS:
        if written != HOURS:
            yield file.mistake(
                "C605",
                (*at, "written_as"),
                f"'{written}'",
                f"'{HOURS}', or nothing: decimal says how numbers are written",
            )
        return
    needed = _DAY_PARTS.get(column.kind, ())
    if (
        not needed
        or any(written.count(part) != 1 for part in needed)
        or re.search("[a-z]", re.sub("yyyy|mm|dd", "", written))
    ):
        expected = (
            f"{', '.join(needed)} once each, with what stands between them, as dd/mm/yyyy"
            if needed
            else "it in columns of days and hours only"
        )
        yield file.mistake("C605", (*at, "written_as"), f"'{written}'", expected)


def _layout(file: YamlFile, table: Table) -> Iterator[Mistake]:
    value = file.value
    if value.get("record") is not None:
        if table.full_name != "ledger_budget":
            yield file.mistake(
                "C605", ("record",), "record", "it in ledger_budget.yaml only: transactions follow sie_dimensions"
            )
        if not value.get("dimensions"):
            yield file.mistake(
                "C605", ("record",), "no dimensions", "dimensions: the numbers of those that a row of the budget names"
            )
        for key in ("sheet", "header_row", "separator", "wide", "several_periods"):
            if value.get(key) is not None:
                yield file.mistake("C605", (key,), f"{key} of a SIE file", "it for CSV and XLSX only")
    elif value.get("dimensions"):
        yield file.mistake("C605", ("dimensions",), "dimensions without record", f"record: '{BUDGET_RECORD}' beside it")
    wide = value.get("wide")
    if isinstance(wide, dict):
        used = {name for said in value["columns"].values() for name in _headers(_long(said))}
        for key in ("name", "cell"):
            if isinstance(wide.get(key), str) and wide[key] not in used:
                yield file.mistake(
                    "C604",
                    ("wide", key),
                    f"'{wide[key]}', which no column is made of",
                    "a column that names it as its header",
                )


def _headers(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        together = said.get("together")
        named = [said.get("header"), said.get("minus"), *(together if isinstance(together, list) else ())]
        yield from (name for name in named if isinstance(name, str))


def json_schema() -> dict[str, Any]:
    """The schema of a mapping for editors (JSON Schema, draft 2020-12); committed beside the municipalities."""
    schema = schema_for_editors(MappingSpec, f"{MAPPINGS}/<source>_<table>.yaml")
    columns = schema["properties"]["columns"]
    columns["additionalProperties"] = {"anyOf": [{"type": "string"}, columns["additionalProperties"]]}
    return schema
