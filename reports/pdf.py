"""A document as PDF, by typst: tagged (PDF/UA-1), for the archive (PDF/A-2a), with bookmarks, and the same bytes every
time.

Belongs here: the document as the data that the typst template reads, and the compiling. Does not belong here: the look
(templates/document.typ) and what the document holds. Texts go to typst as data, never as markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from math import sqrt
from pathlib import Path
from typing import Any

import font_source_sans_pro
import font_source_serif_pro
import typst

from ingestion.failures import PermanentFailure
from reports import apparatus, format, markdown
from reports.apparatus import Apparatus
from reports.cells import MARKS, SIGNS
from reports.chart_style import with_type
from reports.document import (
    Absent,
    Block,
    Cell,
    Diagram,
    DiagramRow,
    Document,
    FactLine,
    Judgement,
    Line,
    Paragraph,
    Part,
    Prose,
    Table,
)

TEMPLATE = Path(__file__).parent / "templates" / "document.typ"
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
NO_GLYPH = "\u25a1"
_UNDISPLAYED = re.compile(r'the (?:text|PDF contains the codepoint) `"(.+?)"`')
LINE = 105  # characters of a table's width
LABEL = 45  # characters of a label in a row of print
WHOLE = 20  # rows of print; tables of figures up to here are not broken over pages
NARROW = 4  # columns that a diagram's values may have beside the first to share a page's width with another
WIDE = 4  # text tables with so many columns beside the first lie down


class PdfNotMade(PermanentFailure):
    """typst could not make the PDF, or made it with warnings; the message is typst's own, with its hints."""


def to_pdf(document: Document) -> bytes:
    """The PDF. The same document gives the same bytes. PdfNotMade with what typst says.

    Control characters are left out; a character that no font of the PDF has (an emoji in somebody's text) becomes
    `NO_GLYPH`.
    """
    data = _document(document)
    unprintable: dict[int, str | None] = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)))
    while True:
        try:
            return _compiled(data, unprintable)
        except typst.TypstError as error:
            # The standards forbid characters without a glyph; typst names them all, and knows its fonts better than we
            # do.
            found = {
                ord(char)
                for text in _UNDISPLAYED.findall(error.diagnostic)
                for char in _unescaped(text)
                if ord(char) > 127
            }
            if not found - unprintable.keys():
                raise PdfNotMade(f"{document.kind} {document.municipality_id}: {error.diagnostic.strip()}") from error
            unprintable |= dict.fromkeys(found, NO_GLYPH)


def _compiled(data: dict[str, Any], unprintable: dict[int, str | None]) -> bytes:
    compiler = typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=_fonts(), ignore_system_fonts=True)
    inputs = {"data": json.dumps(_translated(data, unprintable), ensure_ascii=False)}
    made, warnings = compiler.compile_with_warnings(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS)
    if warnings or not isinstance(made, bytes):
        raise PdfNotMade("; ".join(str(warning.message) for warning in warnings))
    return made


def _translated(value: Any, unprintable: dict[int, str | None]) -> Any:
    """`value` with every text in it translated."""
    if isinstance(value, str):
        return value.translate(unprintable)
    if isinstance(value, dict):
        return {key: _translated(item, unprintable) for key, item in value.items()}
    return [_translated(item, unprintable) for item in value] if isinstance(value, list | tuple) else value


def _unescaped(text: str) -> str:
    """A text as typst quotes it in a message, as it was."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), text)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The fonts of the PDF and no others: a system's own would make other bytes on every machine."""
    folders = [font_source_sans_pro.font_directory, font_source_serif_pro.font_directory]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _document(document: Document) -> dict[str, Any]:
    about, around = document.about, Apparatus(document)
    facts = [
        ("Period", document.period),
        ("Framtagen", format.moment(about.created_at)),
        ("Kunskapsläge", format.moment(about.as_of)),
    ]
    if document.data_through:
        facts.append(("Uppgifter till och med", format.day(document.data_through)))
    return {
        "title": document.title,
        "author": f"{document.board}, {document.municipality}",
        "board": document.board,
        "municipality": document.municipality,
        "date": [about.created_at.year, about.created_at.month, about.created_at.day],
        "demo": about.is_demo,
        "notice": apparatus.DEMONSTRATION,
        "notice-long": apparatus.DEMONSTRATION_LONG,
        "facts": facts,
        "highlights": [
            {
                "label": h.label,
                "text": h.cell.text,
                "marks": "".join(h.cell.marks),
                "unit": h.unit,
                "beside": apparatus.spoken(h),
            }
            for h in document.highlights
        ],
        "groups": [
            {"wide": wide, "parts": [_part(part, around) for part, _ in parts]}
            for wide, parts in groupby(
                zip(document.parts, _lying(document.parts), strict=True), key=lambda item: item[1]
            )
        ],
        "closing": [(number, heading) for _, number, heading in apparatus.closing(document)],
        "reading": apparatus.READING,
        "signs": [*MARKS.items(), *SIGNS.items()],
        "method": document.method,
        "publication": f"Publikation {about.publication_id}, innehåll {about.content_hash[:16]}, programversion {about.git_sha[:12]}.",
        "gaps": document.gaps,
        "loads": [
            (
                s.source,
                s.table,
                str(s.loads),
                format.day(s.data_through) if s.data_through else "-",
                format.moment(s.accepted_at),
            )
            for s in around.source_tables
        ],
        "definitions": [
            (i.indicator, i.indicator_id, i.unit, i.definition or "Se Kolada.") for i in around.definitions
        ],
        "accessibility": apparatus.accessibility(document),
        "values": [
            {**_table(diagram.table, around), "narrow": len(diagram.table.columns) <= NARROW}
            for diagram in around.diagrams
        ],
    }


def _lying(parts: Iterable[Part]) -> list[bool]:
    """Which parts stand on lying pages: those with a wide text table, and headings that have nothing of their own
    before one.
    """
    found: list[bool] = []
    following: Part | None = None
    for part in reversed(list(parts)):
        own = any(
            isinstance(block, Table) and block.kind == "text" and len(block.columns) >= WIDE for block in part.blocks
        )
        leads = not part.blocks and following is not None and following.level > part.level and found[-1]
        found.append(own or leads)
        following = part
    return found[::-1]


def _part(part: Part, around: Apparatus) -> dict[str, Any]:
    return {
        "level": part.level,
        "number": part.number,
        "heading": part.heading,
        "blocks": [_block(block, around) for block in part.blocks],
    }


def _block(block: Block, around: Apparatus) -> dict[str, Any]:
    match block:
        case Table():
            return {"kind": "table", **_table(block, around)}
        case DiagramRow():
            return {"kind": "diagrams", "row": [_diagram(diagram) for diagram in block.diagrams]}
        case Paragraph():
            return {"kind": "paragraph", "words": _words(block)}
        case Prose():
            return {"kind": "prose", "nodes": markdown.parse(block.markdown)}
        case Judgement():
            basis = [text for text in (block.basis, apparatus.described(block)) if text]
            return {"kind": "judgement", "level": block.level, "label": block.label, "basis": basis}
        case FactLine():
            return {"kind": "fact", "label": block.label, "words": block.text}
        case Absent():
            return {"kind": "absent", "what": block.what, "reason": block.reason}


def _words(paragraph: Paragraph) -> list[tuple[str, str]]:
    """The paragraph as (text, marks that stand after it) in turn."""
    found: list[tuple[str, str]] = []
    for place, sentence in enumerate(paragraph.sentences):
        found += [(" ", "")] if place else []
        found += [(run, "") if isinstance(run, str) else (run.text, "".join(run.marks)) for run in sentence.runs]
    return found


def _diagram(diagram: Diagram) -> dict[str, Any]:
    return {
        "name": apparatus.diagram_name(diagram),
        "title": diagram.title,
        "svg": with_type(diagram.svg),
        "alt": f"{diagram.title}. {diagram.description}",
        "words": [run for paragraph in apparatus.paragraphs(diagram) for run in _words(paragraph)],
        "sources": " ".join(diagram.table.sources),
        "remarks": " ".join(diagram.table.remarks),
    }


def _table(table: Table, around: Apparatus) -> dict[str, Any]:
    notes = table.notes

    def line(row: Line) -> dict[str, Any]:
        refs = [str(notes.index(text) + 1) for text in (row.gap, row.note) if text]
        cells = [_cell(cell, table.kind == "text") for cell in row.cells]
        return {"label": row.label, "refs": refs, "level": row.level, "sum": row.is_sum, "cells": cells}

    return {
        "name": around.captions[table.table_id],
        "title": table.title,
        "first": table.first_column,
        "columns": table.columns,
        "widths": _widths(table),
        "text": table.kind == "text",
        "whole": table.kind == "figures" and _rows(table) <= WHOLE,
        "sections": [
            {"heading": section.heading, "lines": [line(row) for row in section.lines]} for section in table.sections
        ],
        "sources": " ".join(table.sources),
        "remarks": " ".join(table.remarks),
        "legend": apparatus.legend(table),
        "notes": notes,
    }


def _cell(cell: Cell, is_text: bool) -> dict[str, Any]:
    return {
        "text": cell.text,
        "also": cell.also,
        "marks": "".join(cell.marks),
        "known": is_text or cell.origin is not None,
    }


def _longest(text: str) -> int:
    """The length of the longest word; a number with its spaces is one."""
    return max((len(word) for word in re.split(r"[ \n]", text)), default=0)


def _rows(table: Table) -> int:
    """About how many rows of print a table of figures takes: long labels take several."""
    return sum(1 + len(line.label) // LABEL for line in table.lines) + sum(
        bool(section.heading) for section in table.sections
    )


def _widths(table: Table) -> list[float]:
    """Shares of the width, in characters: a column of figures holds its longest word, the first column as much of its
    labels as there is room for; columns of texts are by how much stands in them.
    """
    if table.kind == "figures":
        texts = [
            [column, *(line.cells[place].text for line in table.lines if place < len(line.cells))]
            for place, column in enumerate(table.columns)
        ]
        figures = [min(max(7, *(_longest(text) for text in column)) + 2.5, 22.0) for column in texts]
        labels = max([len(table.first_column), *(len(line.label) for line in table.lines)]) + 2
        return [float(min(labels, max(LINE - sum(figures), 24))), *figures]
    rows = [[line.label, *(cell.text for cell in line.cells)] for line in table.lines]
    heads = [table.first_column, *table.columns]
    lengths = [
        max([len(head) * 2, *(len(row[place]) for row in rows if place < len(row))]) for place, head in enumerate(heads)
    ]
    return [round(sqrt(min(max(length, 16), 900)), 2) for length in lengths]
