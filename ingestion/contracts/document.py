"""`docs/extracts.md`, written from the contracts: what a municipality delivers, column by column.

Belongs here: that one page (`genomlysning generate`; a test sees that it is up to date).
Does not belong here: the contracts, and the rules that judge deliveries (`docs/rules.md`).
"""

from __future__ import annotations

from ingestion.contracts import DELIVERED_SOURCES, Column, Kind, Table, tables

_HOW_WRITTEN = {
    Kind.TEXT: "text",
    Kind.INTEGER: "whole number",
    Kind.DECIMAL: "number, decimal comma, at most two decimals",
    Kind.DATE: "date, 2024-03-31 or 20240331",
    Kind.BOOLEAN: "ja or nej",
    Kind.MONTH: "month, 2024-03 or 202403",
    Kind.YEAR: "year, 2024",
    Kind.PERSON: "personnummer, with or without century and sign",
    Kind.DROPPED: "text",
}

_OPENING = """# Extracts

What a municipality delivers, one section for each table. Written from the contracts in `ingestion/` by
`genomlysning generate`; the rules that judge a delivery are in [rules.md](rules.md).

- **Where**: `var/inbox/<id>-<name>/<source>/`, any file name. The table is told from the headers, municipality and
  period from the rows; the file's name decides nothing. It must hold nobody's name either: capitalised words that the
  platform does not know, and the digits of a personnummer, are masked (`Aaaa Aaaaaaaa 2024-03.csv`) before the file is read.
- **Format**: CSV with semicolons, decimal comma, a header row, UTF-8 (with or without BOM) or Windows-1252; or XLSX with one
  visible sheet, values only. Transactions also as SIE 4E, year to date: it is split by month ([sources.md](sources.md) says what is read).
- **A file as the system writes it**, with other headers, codes or layout, is read by a mapping ([mapping.md](mapping.md)).
- **Columns** may come in any order. A missing column rejects the file; an unknown one is not read, with a warning.
- **One file holds one period, and all of it.** The same content again changes nothing; other content replaces the period as a whole. Of
  two files of one table and period that come together, the later is in force if it holds most of the earlier's keys (with a warning, R126);
  else both are rejected (R125). A later file that holds few of the keys of what it is to replace is rejected (D205), and can be released.
- **A table may come in parts** (one file for each department, one for each controller), if `municipality.yaml` says so and by which
  column it is divided: `parts: {hr_employments: avdelning}`. Each file holds all rows of its values in that column. Parts that lie in the
  inbox together are put together into one load, if no two share a key or a value of the column; else all are rejected (R125), each with the
  names of all. **Lay all parts of a new period into the inbox together**: a part of the month before that is missing rejects the load
  (D205); a named person can release it, and the parts that come later are added. A part that comes alone afterwards replaces the rows of
  its own values; all other rows stay as they are in force, and a warning says so (R127). To take a part's last rows away, deliver all
  parts. SIE files are split by month and are no parts.
- **A column is compared with the load before**: how it is written, its codes, size, sign, how often it is filled in (rules D201-D205 in
  [rules.md](rules.md)). What has changed in most rows is rejected, like much fewer rows, until somebody releases it.
- **Kept as** says what becomes of a column: a personnummer becomes `person_id` (keyed hash), `gender` and `birth_month`;
  a column that is *not kept* is read and left behind.
"""


def extracts_markdown() -> str:
    """The whole page."""
    return _OPENING + "".join(_section(table) for source in DELIVERED_SOURCES for table in tables(source))


def _section(table: Table) -> str:
    lines = [
        f"\n## {table.source}: {table.name}\n",
        f"{table.description} {table.grain[0].upper()}{table.grain[1:]}.\n",
        f"Delivered by: {table.delivered_by}. Key: {', '.join(f'`{table.column(name).header}`' for name in table.key)}.\n",
        "| column | required | written as | allowed | example | kept as | what it is |",
        "|---|---|---|---|---|---|---|",
        *(_row(column) for column in table.columns),
        "",
    ]
    return "\n".join(lines)


def _row(column: Column) -> str:
    kept = {Kind.PERSON: "`person_id`, `gender`, `birth_month`", Kind.DROPPED: "not kept"}.get(
        column.kind, f"`{column.name}`"
    )
    required = "yes" if column.required else "no"
    example = f"`{column.example}`" if column.example else ""
    cells = (
        f"`{column.header}`",
        required,
        _HOW_WRITTEN[column.kind],
        _allowed(column),
        example,
        kept,
        column.description,
    )
    return "| " + " | ".join(cells) + " |"


def _allowed(column: Column) -> str:
    if column.allowed:
        return ", ".join(column.allowed)
    if column.low is not None and column.high is not None:
        return f"{column.low:g}-{column.high:g}"
    return f"at least {column.low:g}" if column.low is not None else ""
