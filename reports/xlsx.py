"""A document as a workbook: a sheet per table, numbers as numbers, and the origin of every figure on its row.

Belongs here: sheets, columns and number formats. Does not belong here: what a table holds. No text becomes a formula or
a link, whatever it begins with, and the same document gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from reports import apparatus, format
from reports.apparatus import Apparatus
from reports.cells import MARKS, SIGNS
from reports.document import Cell, Document, Line, Table

SHEET_NAME = 31  # Excel's limit
CELL_TEXT = 32_767  # Excel's limit
ORIGIN = ("Nyckeltal (id)", "Period", "Källa", "Laddning")
INK, MUTED, ACCENT, WASH, DEMO, DEMO_INK = "#1d2b30", "#55636a", "#0b5563", "#f5f3ee", "#fff3d6", "#5c3b00"
NOT_TEXT = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "in_memory": True,
    "default_date_format": "yyyy-mm-dd",
}


def to_xlsx(document: Document) -> bytes:
    """The workbook: a first sheet with contents and notes, then one sheet per table in print order, those of diagrams
    too.

    A sheet has a line per row of the table: heading, label, the figures as numbers in the unit of print (missing ones
    as the sign that is printed), marks and notes, then indicator, period, source and load of the row, and last the key
    of each figure's mart row and column.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, NOT_TEXT)
    about = document.about
    book.set_properties(
        {
            "title": document.title,
            "author": f"{document.board}, {document.municipality}",
            "comments": apparatus.DEMONSTRATION if about.is_demo else "",
            "created": about.created_at,
        }
    )
    around, formats = Apparatus(document), _Formats(book)
    names = sheet_names((around.captions[table.table_id], table.title) for table in document.tables)
    _contents(_Sheet(book.add_worksheet("Innehåll")), document, around, formats, names)
    for name, table in zip(names, document.tables, strict=True):
        _table(_Sheet(book.add_worksheet(name)), table, document, around, formats)
    book.close()
    return buffer.getvalue()


def sheet_names(captions: Iterable[tuple[str, str]]) -> list[str]:
    """A valid and unique sheet name for each (caption, title): 'T1 Effektivitetsindex', 'D9 Väntetid i antal dagar'."""
    names: list[str] = []
    taken = {"innehåll", "history"}
    for caption, title in captions:
        plain = re.sub(
            r"[\[\]:*?/\\\x00-\x1f]", " ", f"{caption.replace('Tabell ', 'T').replace('Diagram ', 'D')} {title}"
        )
        plain = re.sub(r"\s+", " ", plain).strip(" '")
        name, place = plain[:SHEET_NAME].rstrip(" '"), 1
        while name.casefold() in taken:
            place += 1
            name = f"{plain[: SHEET_NAME - len(str(place)) - 1].rstrip()} {place}"
        taken.add(name.casefold())
        names.append(name)
    return names


def number_format(cell: Cell) -> str:
    """The number format that shows the cell's value as printed: its decimals, grouped thousands, and what is printed
    after it.
    """
    is_grouped = abs(cell.value or 0) >= 1000 and re.search(r"\d[\u00a0 ]\d", cell.text)
    after = re.sub(r"^[^\d]*[\d\u00a0 ,.]*\d", "", cell.text).replace('"', "")
    shown = (
        ("#,##0" if is_grouped else "0")
        + ("." + "0" * cell.decimals if cell.decimals else "")
        + (f'"{after}"' if after else "")
    )
    return f"+{shown};-{shown};{shown}" if cell.text.startswith("+") else shown


class _Formats:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **wanted: Any) -> Any:
        """The format with the wanted properties and the workbook's type."""
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top", **wanted}
            )
        return self._made[key]


class _Sheet:
    """A worksheet that is written as text or as number, and never by guessing."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.row = 0

    def text(self, column: int, text: str, look: Any) -> None:
        """Write a text into the present row; an empty one as a blank cell."""
        if text:
            self.sheet.write_string(self.row, column, _storable(text), look)
        else:
            self.sheet.write_blank(self.row, column, None, look)

    def number(self, column: int, value: float, look: Any) -> None:
        """Write a number into the present row."""
        self.sheet.write_number(self.row, column, value, look)

    def line(self, text: str, look: Any) -> None:
        """Write a text into the first column, and go to the next row."""
        self.text(0, text, look)
        self.row += 1


def _storable(text: str) -> str:
    """`text` without what a workbook cannot hold: control characters, and what exceeds a cell."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)[:CELL_TEXT]


def _title(sheet: _Sheet, title: str, document: Document, formats: _Formats) -> None:
    sheet.line(title, formats.of(bold=True, font_size=14, font_color=ACCENT))
    sheet.line(f"{document.title} · {document.board}, {document.municipality}", formats.of(font_color=MUTED))
    if document.about.is_demo:
        sheet.line(
            f"{apparatus.DEMONSTRATION} {apparatus.DEMONSTRATION_LONG}",
            formats.of(bold=True, font_color=DEMO_INK, bg_color=DEMO),
        )


def _contents(sheet: _Sheet, document: Document, around: Apparatus, formats: _Formats, names: list[str]) -> None:
    about, plain, head = document.about, formats.of(), formats.of(bold=True, bottom=1)
    sheet.sheet.set_column(0, 0, 34)
    sheet.sheet.set_column(1, 1, 90)
    _title(sheet, document.title, document, formats)
    facts = [
        ("Period", document.period),
        ("Framtagen", format.moment(about.created_at)),
        ("Kunskapsläge", format.moment(about.as_of)),
    ]
    facts += [("Uppgifter till och med", format.day(document.data_through))] if document.data_through else []
    facts += [
        ("Publikation", about.publication_id),
        ("Innehåll", about.content_hash),
        ("Programversion", about.git_sha),
    ]
    for label, text in facts:
        sheet.text(1, text, plain)
        sheet.line(label, formats.of(font_color=MUTED))
    sheet.row += 1
    sheet.text(1, "Tabell", head)
    sheet.line("Blad", head)
    for name, table in zip(names, document.tables, strict=True):
        target = name.replace("'", "''")
        sheet.sheet.write_url(
            sheet.row,
            0,
            f"internal:'{target}'!A1",
            formats.of(font_color=ACCENT, underline=1),
            string=_storable(name),
            tip="Gå till bladet",
        )
        sheet.text(1, f"{around.captions[table.table_id]}: {table.title}", plain)
        sheet.row += 1
    sheet.row += 1
    for heading, pairs in (
        ("Tecken", [*MARKS.items(), *SIGNS.items()]),
        ("Metod", [("", text) for text in document.method]),
        ("Det som saknas", list(document.gaps)),
        (
            "Definitioner",
            [(f"{i.indicator} ({i.indicator_id})", i.definition or "Se Kolada.") for i in around.definitions],
        ),
        ("Laddningar", [(load.load_id, f"{load.source} {load.table_name} {load.period}") for load in around.loads]),
    ):
        if not pairs:
            continue
        sheet.text(1, "", head)
        sheet.line(heading, head)
        for label, text in pairs:
            sheet.text(1, text, formats.of(text_wrap=True))
            sheet.line(label, formats.of(text_wrap=True))
        sheet.row += 1


def _table(sheet: _Sheet, table: Table, document: Document, around: Apparatus, formats: _Formats) -> None:
    _title(sheet, f"{around.captions[table.table_id]}: {table.title}", document, formats)
    has_headings = any(section.heading for section in table.sections)
    labels = ["Avsnitt", table.first_column] if has_headings else [table.first_column]
    keys = [f"Nyckel: {column}" for column in table.columns] if any(cell.origin for cell in table.cells) else []
    columns = [*labels, *table.columns, "Anmärkning", *ORIGIN, *keys]
    head_row = sheet.row
    for place, column in enumerate(columns):
        number = len(labels) <= place < len(labels) + len(table.columns) and table.kind == "figures"
        sheet.text(
            place,
            column,
            formats.of(bold=True, bottom=1, text_wrap=True, align="right" if number else "left", bg_color=WASH),
        )
    sheet.row += 1
    for section in table.sections:
        for line in section.lines:
            _line(sheet, section.heading if has_headings else None, line, table, around, formats, bool(keys))
            sheet.row += 1
    last = max(sheet.row - 1, head_row)
    sheet.sheet.freeze_panes(head_row + 1, len(labels))
    sheet.sheet.autofilter(head_row, 0, last, len(columns) - 1)
    width = 14 if table.kind == "figures" else 40
    sheet.sheet.set_column(0, len(labels) - 1, 26 if has_headings else 44)
    sheet.sheet.set_column(len(labels) - 1, len(labels) - 1, 44)
    sheet.sheet.set_column(len(labels), len(labels) + len(table.columns) - 1, width)
    sheet.sheet.set_column(len(labels) + len(table.columns), len(columns) - 1, 28)
    sheet.row += 1
    for text in (*table.sources, *table.remarks):
        sheet.line(text, formats.of(font_color=MUTED))


def _line(  # noqa: PLR0913 (what a row is written with)
    sheet: _Sheet, heading: str | None, line: Line, table: Table, around: Apparatus, formats: _Formats, has_keys: bool
) -> None:
    weight = {"bold": True, "bg_color": WASH} if line.is_sum else {}
    place = 0
    if heading is not None:
        sheet.text(0, heading, formats.of(font_color=MUTED, **weight))
        place = 1
    sheet.text(place, line.label, formats.of(text_wrap=True, indent=line.level, **weight))
    for cell in line.cells:
        place += 1
        if cell.value is not None and table.kind == "figures":
            sheet.number(place, cell.value, formats.of(num_format=number_format(cell), **weight))
        else:
            align = "right" if table.kind == "figures" else "left"
            sheet.text(place, cell.text, formats.of(align=align, text_wrap=table.kind == "text", **weight))
    place = (1 if heading is not None else 0) + len(table.columns) + 1
    sheet.text(place, _remark(line, table), formats.of(text_wrap=True))
    origins = [cell.origin for cell in line.cells if cell.origin]
    for offset, texts in enumerate(
        (
            [around.named(o) for o in origins],
            [o.period for o in origins],
            [o.source for o in origins],
            [around.loads_text(o.lineage_id) for o in origins],
        )
    ):
        sheet.text(
            place + 1 + offset, "; ".join(dict.fromkeys(text for text in texts if text)), formats.of(font_color=MUTED)
        )
    if has_keys:
        for offset, cell in enumerate(line.cells):
            key = f"{cell.origin.key}#{cell.origin.measure}" if cell.origin else ""
            sheet.text(place + 1 + len(ORIGIN) + offset, key, formats.of(font_color=MUTED))


def _remark(line: Line, table: Table) -> str:
    """What is said of a line beside its figures: marks and other years per column, its note, why it has no figure."""
    parts = []
    for column, cell in zip(table.columns, line.cells, strict=False):
        said = [MARKS[mark] for mark in cell.marks] + ([f"avser {cell.also.strip('()')}"] if cell.also else [])
        parts += [f"{column}: {', '.join(said)}"] if said else []
    return ". ".join(text.rstrip(".") for text in (*parts, line.gap, line.note) if text)
