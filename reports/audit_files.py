"""The files made of a document judged against it: what a reader of the page or of the workbook meets is what the
document claims.

Belongs here: reading the files back. Does not belong here: judging the document (`audit`), and the PDF, which is set
from the same data as the page and of which no program reads a figure back without guessing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO

from openpyxl import load_workbook

from reports.apparatus import Apparatus
from reports.audit import Fault
from reports.document import Cell, Document

Shown = tuple[str, str, str, str, str]
"""A figure as shown: key, measure, text, marks, unit set apart from it."""


def contradictions(document: Document, page: str, workbook: bytes) -> list[Fault]:
    """Every figure that the page or the workbook shows otherwise than the document, or does not show."""
    return [*_of_page(document, page), *_of_workbook(document, workbook)]


class _Figures(HTMLParser):
    """The figures of a page: every element with data-key, with its text, its marks and the unit beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._open: list[
            tuple[str, str]
        ] = []  # tag, and what its text is: figure, mark, unit, beside or nothing of these

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "br", "input", "path", "circle", "rect", "line"):
            return
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        role = self._open[-1][1] if self._open else ""
        if "data-key" in given:
            self.found.append([given["data-key"], given.get("data-measure", ""), "", "", ""])
            role = "figure"
        elif "mark" in classes:
            role = "mark"
        elif "also" in classes:
            role = "beside"
        elif tag == "small" and role == "figure":
            role = "unit"
        self._open.append((tag, role))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        role = self._open[-1][1] if self._open else ""
        place = {"figure": 2, "mark": 3, "unit": 4}.get(role)
        if place is not None and self.found:
            self.found[-1][place] += data


def _of_page(document: Document, page: str) -> Iterator[Fault]:
    reader = _Figures()
    reader.feed(page)
    shown = Counter(
        (key, measure, text.strip(" \n"), marks, unit.strip(" \n")) for key, measure, text, marks, unit in reader.found
    )
    wanted = Counter(
        [*(_shown(card.cell, card.unit) for card in document.highlights if card.cell.origin), *_of_cells(document)]
    )
    for key, measure, text, marks, unit in sorted((shown - wanted).keys() | (wanted - shown).keys()):
        one = (key, measure, text, marks, unit)
        said = " ".join(part for part in (text, marks, unit) if part)
        expected = f"{wanted[one]} times, as in the document"
        yield Fault("page", "the web page", f"{key}#{measure}", f"{said!r} {shown[one]} times", expected)


def _of_cells(document: Document) -> Iterator[Shown]:
    for table in document.tables:
        yield from (_shown(cell) for cell in table.cells if cell.origin)
    for sentence in document.sentences:
        yield from (_shown(cell) for cell in sentence.cells if cell.origin)


def _shown(cell: Cell, unit: str = "") -> Shown:
    key, measure = (cell.origin.key, cell.origin.measure) if cell.origin else ("", "")
    return key, measure, cell.text.strip(" \n"), "".join(cell.marks), unit


def _of_workbook(document: Document, workbook: bytes) -> Iterator[Fault]:
    book = load_workbook(BytesIO(workbook), read_only=True)
    around = Apparatus(document)
    for table, sheet in zip(document.tables, book.worksheets[1:], strict=True):
        where = f"sheet {sheet.title}"
        rows = iter(sheet.iter_rows())
        first = 1 + any(section.heading for section in table.sections)
        width = first + len(table.columns)
        head = next(
            (row for row in rows if tuple(_text(cell.value) for cell in row[first:width]) == table.columns), None
        )
        if head is None:
            yield Fault("workbook", where, table.title, "no such columns", ", ".join(table.columns))
            continue
        names = [_text(cell.value) for cell in head]
        for line, row in zip(table.lines, rows, strict=False):
            for place, cell in enumerate(line.cells):
                written = row[first + place]
                named = f"row {line.label!r}, column {table.columns[place]!r}"
                if cell.value is not None and table.kind == "figures":
                    number, source = written.value, around.captions[table.table_id]
                    decimals = len(m.group(1)) if (m := re.search(r"0\.(0+)", str(written.number_format))) else 0
                    if not isinstance(number, int | float) or abs(number - cell.value) > 1e-9 * max(
                        1.0, abs(cell.value)
                    ):
                        yield Fault("workbook", where, named, repr(number), f"{cell.value:.12g}, as in {source}")
                    elif decimals != cell.decimals:
                        yield Fault(
                            "workbook", where, named, f"{decimals} decimals", f"{cell.decimals}, as in {source}"
                        )
                elif _text(written.value) != cell.text.strip():
                    yield Fault("workbook", where, named, repr(written.value), repr(cell.text))
                key = f"Nyckel: {table.columns[place]}"
                if cell.origin and key in names and len(row) > (at := names.index(key)):
                    wanted = f"{cell.origin.key}#{cell.origin.measure}"
                    if table.columns.count(table.columns[place]) == 1 and _text(row[at].value) != wanted:
                        yield Fault("workbook", where, named, _text(row[at].value), wanted)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
