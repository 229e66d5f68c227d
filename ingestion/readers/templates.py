"""An empty workbook for each table, to be filled in and delivered: what the readers take, as a form.

Belongs here: headers, lists of allowed values, an example row, who delivers. Does not belong here: columns (the contracts)
and how a workbook is read (`files`).

The example row has a word in place of the municipality, so that a file in which somebody left it is rejected by that row
and never read as data. All that is not a column stands in notes and in a hidden sheet: a delivery has one visible sheet.
"""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import DELIVERED_SOURCES, MUNICIPALITY, OWNERS, Column, Kind, Table, tables
from ingestion.failures import PermanentFailure

EXAMPLE = "EXEMPEL"
"""Stands in the example row where the municipality's id should."""

LISTS = "listor"
_LAST_ROW = 1_048_575
_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE)
_HOW_WRITTEN = {
    Kind.TEXT: "text",
    Kind.INTEGER: "heltal",
    Kind.DECIMAL: "tal, högst två decimaler",
    Kind.DOUBLE: "tal",
    Kind.DATE: "datum, 2024-03-31",
    Kind.BOOLEAN: "ja eller nej",
    Kind.MONTH: "månad, 2024-03",
    Kind.YEAR: "år, 2024",
    Kind.PERSON: "personnummer; blir en pseudonym innan något sparas",
    Kind.DROPPED: "text; läses och sparas aldrig",
}


class TemplatesExist(PermanentFailure):
    """The folder is there: somebody may have filled a template in."""


def write_templates(folder: Path, municipality: Municipality) -> list[Path]:
    """Write `<source>/<table>.xlsx` into a new folder, for every table that municipalities deliver; gives the files.

    Raises TemplatesExist where the folder is there already.
    """
    if folder.exists():
        raise TemplatesExist(
            f"{folder} is there already, and may hold what somebody has filled in. Move it, or remove it."
        )
    return [
        _write(folder / source / f"{table.name}.xlsx", table, municipality)
        for source in DELIVERED_SOURCES
        for table in tables(source)
    ]


def _write(path: Path, table: Table, municipality: Municipality) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": table.full_name, "subject": municipality.name, "comments": _delivered(table)})
        sheet = book.add_worksheet(table.name[:31])
        lists = book.add_worksheet(LISTS)
        lists.hide()
        header = book.add_format({"bold": True, "bottom": 1})
        example = book.add_format({"italic": True, "font_color": "#666666"})
        as_text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            # a code must not become a number, nor a month a date, while somebody types it
            sheet.set_column(
                place, place, max(12, len(column.header) + 2), None if column.kind in _NUMBERS else as_text
            )
            sheet.write_string(0, place, column.header, header)
            note = _note(column, municipality) + (f"\n\n{_delivered(table)}" if place == 0 else "")
            sheet.write_comment(0, place, note, {"x_scale": 2.5, "y_scale": 2.5, "author": "genomlysning"})
            _write_example(sheet, place, column, example)
            if allowed := municipality.values_of(column):
                lists.write_column(0, place, allowed)
                letter = xlsxwriter.utility.xl_col_to_name(place, col_abs=True)
                source = f"={LISTS}!{letter}$1:{letter}${len(allowed)}"
                sheet.data_validation(2, place, _LAST_ROW, place, {"validate": "list", "source": source})
    return path


def _write_example(sheet: Worksheet, place: int, column: Column, style: object) -> None:
    text = EXAMPLE if column.name == MUNICIPALITY.name else column.example
    if column.kind in _NUMBERS and text:
        sheet.write_number(1, place, float(text.replace(",", ".")), style)
    else:
        sheet.write_string(1, place, text, style)


def _note(column: Column, municipality: Municipality) -> str:
    """What a reader of the header is told of the column."""
    must = "Måste fyllas i." if column.required else "Får vara tom."
    said = [column.description, f"Skrivs som {_HOW_WRITTEN[column.kind]}. {must}"]
    if allowed := municipality.values_of(column):
        said.append(f"Tillåtna värden: {', '.join(allowed)}.")
    if column.example and column.name != MUNICIPALITY.name:
        said.append(f"Exempel: {column.example}")
    return "\n".join(said)


def _delivered(table: Table) -> str:
    """Who delivers the table, and what to do with the example row."""
    return (
        f"Levereras av: {OWNERS[table.owner]} ({table.delivered_by}). "
        f"Ta bort exempelraden: en fil med {EXAMPLE} i kolumnen {MUNICIPALITY.header} avvisas."
    )
