"""Fuzzing of every reader: mutated files either are rejected, or give exactly the rows that another parser sees in
them.

Belongs here: making files from a name (the same name, the same bytes: `python -m trials.fuzz csv-000042` tries one
alone and keeps it), mutating them, comparing. Does not belong here: the other parsers (`trials.parsers`), the gate's
rules.
"""

from __future__ import annotations

import random
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from unittest import mock

import duckdb

from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.contracts import DELIVERED_SOURCES, Kind, Table, tables
from ingestion.findings import DeliveryRejected
from ingestion.lake import Candidate, Lake
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers import cell_sql, sie
from ingestion.readers import files as readers
from ingestion.readers.delivery import read_delivery
from ingestion.sql import read_parquet
from trials import parsers
from trials.extracts import FOLDER, csv_text, rows, sie_text
from trials.trial import Attempt, Break, Trial, part

PROJECT = Path(__file__).resolve().parents[1]
FILES = {"csv": 12_000, "xlsx": 4_000, "sie": 4_000}
PROCESSES = 2
CHUNK = 40

Mutation = Callable[[random.Random, bytes], bytes]

NASTY = (
    "",
    " ",
    "0",
    "-0",
    "1",
    "-1",
    "1,5",
    "1.5",
    "1,255",
    "1 000",
    "1\u00a0000,50",
    "10 00",
    "1 0 0",
    "\u22125",
    "5-",
    "(5)",
    "+5",
    "1e3",
    "NaN",
    "inf",
    "0x10",
    "007",
    "999999999999999999",
    "9999999999999999999",
    "123456789012345,67",
    "1234567890123456",
    "٣",
    "½",
    "2024-03",
    "202403",
    "2024-13",
    "2024-3",
    "2024",
    "0202",
    "2024-02-30",
    "2024-02-29",
    "20240229",
    "20230229",
    "9999-12-31",
    "31/03/2024",
    "45292",
    "ja",
    "JA",
    "Nej",
    "true",
    "ja ",
    "\u00a0nej",
    "1489",
    "1480",
    "01489",
    "'1489",
    "=1+1",
    "@x",
    '"',
    '""',
    'a"b',
    'a""b',
    "a;b",
    "a\nb",
    "a\r\nb",
    "\t",
    "\x1f",
    "\x00",
    "\ufeff",
    "\ufffd",
    "å",
    "Ã¥",
    "é",
    "\u2028",
    "\x85",
    "\x0b",
    "\x0c",
    "19800101-0001",
    "800101-0001",
    "198001010001",
    "x" * 3000,
    "null",
    "NULL",
    "\\N",
    "#",
    "--",
    "';--",
    "*",
    "?",
    "[a]",
    "$1",
    "{}",
    "\\",
    "//",
    "<x>",
    "&amp;",
    "]]>",
)


@dataclass(frozen=True)
class File:
    """A made file: its bytes, and whose it is."""

    content: bytes
    source: str
    suffix: str


def make(name: str, keep: Sequence[int] | None = None) -> tuple[File, tuple[str, ...]]:
    """The file called `name`, and the names of the mutations that made it; keep: only the mutations at these positions."""
    kind = name.split("-", maxsplit=1)[0]
    drawn = random.Random(name)
    of = drawn.choice(_tables())
    start, mutations = {"csv": (_csv, _CSV), "xlsx": (_xlsx, _XLSX), "sie": (_sie, _SIE)}[kind]
    content = start(drawn, of)
    chosen = drawn.choices(
        list(mutations), weights=[weight for weight, _ in mutations.values()], k=drawn.choice((0, 1, 1, 1, 1, 2, 2, 3))
    )
    seeds = [drawn.random() for _ in chosen]
    for position, (mutation, seed) in enumerate(zip(chosen, seeds, strict=True)):
        if keep is None or position in keep:
            content = mutations[mutation][1](random.Random(seed), content)
    return File(content, "ledger" if kind == "sie" else of.source, kind), tuple(chosen)


@cache
def _tables() -> tuple[Table, ...]:
    return tuple(of for source in DELIVERED_SOURCES for of in tables(source))


def _rows(drawn: random.Random, table: Table) -> list[dict[str, str]]:
    period = "2024-03" if table.column(table.period_column or "").kind is Kind.MONTH else "2024"
    return rows(table, period)[: drawn.choice((1, 2, 3, 12))]


def _csv(drawn: random.Random, table: Table) -> bytes:
    end = drawn.choice(("\r\n", "\r\n", "\n", "\n", "\r"))
    return csv_text(table, _rows(drawn, table), end).encode(drawn.choice(("utf-8", "utf-8", "utf-8-sig", "cp1252")))


def _sie(drawn: random.Random, table: Table) -> bytes:
    text = sie_text(months=range(1, drawn.choice((1, 2, 3)) + 1)).replace(
        "\n", drawn.choice(("\r\n", "\r\n", "\n", "\n", "\r"))
    )
    return text.encode(drawn.choice(("cp437", "cp437", "utf-8", "utf-8-sig", "cp1252")))


# Bytes


def _flip(drawn: random.Random, content: bytes) -> bytes:
    at = drawn.randrange(len(content) or 1)
    return content[:at] + bytes([drawn.randrange(256)]) + content[at + 1 :]


def _insert(drawn: random.Random, content: bytes) -> bytes:
    at = drawn.randrange(len(content) + 1)
    piece = drawn.choice(
        (
            b";",
            b'"',
            b"\r",
            b"\n",
            b"\r\n",
            b" ",
            b"\t",
            b",",
            b"{",
            b"}",
            b"#",
            b"\\",
            b"\xe5",
            b"\xc3\xa5",
            b"\x1a",
            b"\x00",
        )
    )
    return content[:at] + piece + content[at:]


def _remove(drawn: random.Random, content: bytes) -> bytes:
    at = drawn.randrange(len(content) or 1)
    return content[:at] + content[at + drawn.choice((1, 1, 2, 5, 30)) :]


def _cut(drawn: random.Random, content: bytes) -> bytes:
    return content[: drawn.randrange(len(content) or 1)]


def _repeat(drawn: random.Random, content: bytes) -> bytes:
    at = drawn.randrange(len(content) or 1)
    return content[:at] + content[at : at + drawn.randrange(200)] * 2 + content[at:]


# Texts of cells and rows


def _line_ends(content: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in content else b"\n" if b"\n" in content else b"\r"


def _any_row(change: Callable[[random.Random, list[bytes], int], list[bytes]]) -> Mutation:
    def mutate(drawn: random.Random, content: bytes) -> bytes:
        end = _line_ends(content)
        lines = content.split(end)
        return end.join(change(drawn, lines, drawn.randrange(len(lines))))

    return mutate


def _any_cell(change: Callable[[random.Random, bytes], bytes], first: int = 1) -> Mutation:
    def cell(drawn: random.Random, lines: list[bytes], at: int) -> list[bytes]:
        at = max(first, at) if first < len(lines) else at
        cells = lines[at].split(b";")
        which = drawn.randrange(len(cells))
        cells[which] = change(drawn, cells[which])
        return [*lines[:at], b";".join(cells), *lines[at + 1 :]]

    return _any_row(cell)


def _nasty(drawn: random.Random, _: bytes) -> bytes:
    return drawn.choice(NASTY).encode(drawn.choice(("utf-8", "utf-8", "cp1252")), "replace")


def _quoted_nasty(drawn: random.Random, _: bytes) -> bytes:
    return b'"' + drawn.choice(NASTY).replace('"', '""').encode() + b'"'


def _swap_cells(drawn: random.Random, lines: list[bytes], at: int) -> list[bytes]:
    cells = lines[at].split(b";")
    left, right = drawn.randrange(len(cells)), drawn.randrange(len(cells))
    cells[left], cells[right] = cells[right], cells[left]
    return [*lines[:at], b";".join(cells), *lines[at + 1 :]]


def _swap_columns(drawn: random.Random, content: bytes) -> bytes:
    end = _line_ends(content)
    table = [line.split(b";") for line in content.split(end)]
    left, right = drawn.randrange(len(table[0])), drawn.randrange(len(table[0]))
    for cells in table:
        if max(left, right) < len(cells):
            cells[left], cells[right] = cells[right], cells[left]
    return end.join(b";".join(cells) for cells in table)


def _recoded(drawn: random.Random, content: bytes) -> bytes:
    from_, to = (
        drawn.choice(("utf-8", "cp1252")),
        drawn.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16", "cp437", "mac_roman", "utf-7")),
    )
    return content.decode(from_, "replace").encode(to, "replace")


def _one_end(drawn: random.Random, content: bytes) -> bytes:
    end = _line_ends(content)
    at = [match.start() for match in re.finditer(re.escape(end), content)]
    if not at:
        return content
    where = drawn.choice(at)
    return (
        content[:where]
        + drawn.choice((b"\n", b"\r", b"\r\n", b"\n\n", b"\r\r\n", b"\n\r", b""))
        + content[where + len(end) :]
    )


_BYTES: dict[str, tuple[int, Mutation]] = {
    "flip": (3, _flip),
    "insert": (3, _insert),
    "remove": (2, _remove),
    "cut": (1, _cut),
    "repeat": (1, _repeat),
}
_CSV: dict[str, tuple[int, Mutation]] = _BYTES | {
    "cell": (12, _any_cell(_nasty)),
    "quoted-cell": (6, _any_cell(_quoted_nasty)),
    "quotes": (3, _any_cell(lambda _, cell: b'"' + cell + b'"', 0)),
    "blanks": (3, _any_cell(lambda drawn, cell: drawn.choice((b" ", b"\t", b"\xc2\xa0")) + cell + b" ", 0)),
    "header": (1, _any_cell(_nasty, 0)),
    "capitals": (1, lambda _, content: content.upper()),
    "swap-cells": (2, _any_row(_swap_cells)),
    "swap-columns": (3, _swap_columns),
    "row-twice": (2, _any_row(lambda _, lines, at: [*lines[: at + 1], *lines[at:]])),
    "row-gone": (2, _any_row(lambda _, lines, at: lines[:at] + lines[at + 1 :])),
    "row-blank": (
        2,
        _any_row(lambda drawn, lines, at: [*lines[:at], drawn.choice((b"", b" ", b";", b";;;")), *lines[at:]]),
    ),
    "row-longer": (
        1,
        _any_row(
            lambda drawn, lines, at: [*lines[:at], lines[at] + drawn.choice((b";", b";;", b";x")), *lines[at + 1 :]]
        ),
    ),
    "recoded": (2, _recoded),
    "line-end": (3, _one_end),
    "joined": (1, lambda _, content: content + content),
    "delimiter": (1, lambda drawn, content: content.replace(b";", drawn.choice((b",", b"\t", b"|", b";;")))),
}
_SIE: dict[str, tuple[int, Mutation]] = (
    _BYTES
    | {
        "word": (8, lambda drawn, content: _word(drawn, content)),  # noqa: PLW0108 - it comes below
        "line-twice": (3, _any_row(lambda _, lines, at: [*lines[: at + 1], *lines[at:]])),
        "line-gone": (3, _any_row(lambda _, lines, at: lines[:at] + lines[at + 1 :])),
        "line-moved": (2, _any_row(lambda drawn, lines, at: _moved(drawn, lines, at))),  # noqa: PLW0108
        "line-added": (4, _any_row(lambda drawn, lines, at: [*lines[:at], drawn.choice(_RECORDS), *lines[at:]])),
        "recoded": (
            1,
            lambda drawn, content: content.decode("cp437").encode(
                drawn.choice(("utf-8", "cp1252", "utf-16")), "replace"
            ),
        ),
        "odd-line": (
            2,
            _any_row(
                lambda drawn, lines, at: [
                    *lines[:at],
                    drawn.choice((b"\xff", b"\xa0", b"\xc2\xa0", b"\x86")),
                    *lines[at:],
                ]
            ),
        ),
        "line-end": (2, _one_end),
        "blanks": (2, lambda drawn, content: content.replace(b" ", drawn.choice((b"\t", b"  ", b" \t ")))),
        "joined": (1, lambda _, content: content + content),
    }
)
_RECORDS: tuple[bytes, ...] = (
    b"",
    b" ",
    b"{",
    b"}",
    b"#OKAND 1 2",
    b"#OKAND",
    b"#RES 0 5011 1.00",
    b"#IB 0 2440 5.00",
    b"#UB 0 2440 5.00",
    b"#PSALDO 0 202401 5011 {} 7.00",
    b"#TRANS 5011 {} 1.00",
    b"#TRANS 5011 {1 71100} 0",
    b"#TRANS 5011 {7 1} -0.5 20240112",
    b"#RTRANS 5011 {} 5.00",
    b"#BTRANS 5011 {} 5.00",
    b"#TRANS ORD {} 5.00",
    b'#TRANS 5011 {1 "71100" 1 "71200"} 0.00',
    b'#FNR "D:\\Bok\\"',
    b'#PROSA en "tum',
    b"#GEN",
    b"#OMFATTN 20240115",
    b"#KSUMMA 4711",
    b'#DIM 1 "Ansvar"',
    b'#DIM 1 "Projekt"',
    b'#VER X 9 20240115 "x"',
    b"#VER X 9 20240115",
    b"#FLAGGA 1",
    b"#SIETYP 4",
    b"#RAR 0 20240101 20241231",
    b"#RAR 0 20230101 20231231",
    b"#ORGNR 212000-1553",
    b"#ORGNR 212000-1157",
    b"#KSUMMA",
    b"#DIM 7 x",
    b'#OBJEKT 1 "71100" "x"',
    b"#KONTO 5011 x",
    b"#VALUTA SEK",
    b'#"',
)
_WORDS: tuple[bytes, ...] = (
    b"",
    b"{}",
    b"{1}",
    b'{1 "71100"}',
    b'{"1" 71100 "20" 510}',
    b"0",
    b"-0.00",
    b"1.5",
    b"1,5",
    b"1.555",
    b"+5.00",
    b"1e5",
    b"1 000.50",
    b".5",
    b"5.",
    b"1.5000",
    b"20231229",
    b"20240131",
    b"20240231",
    b"20250101",
    b"202401",
    b"5011",
    b"9999",
    b"x",
    b'"',
    b'""',
    b'"a b"',
    b'"a\\"b"',
    b"\\",
    b"L",
    b"101",
    b"\x86",
    b"#TRANS",
)


def _word(drawn: random.Random, content: bytes) -> bytes:
    words = [match.span() for match in re.finditer(rb"[^\s]+", content)]
    start, end = drawn.choice(words) if words else (0, 0)
    return content[:start] + drawn.choice(_WORDS) + content[end:]


def _moved(drawn: random.Random, lines: list[bytes], at: int) -> list[bytes]:
    rest = lines[:at] + lines[at + 1 :]
    to = drawn.randrange(len(rest) + 1)
    return [*rest[:to], lines[at], *rest[to:]]


# Workbooks


_WORKBOOK = (
    '<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="Tabell" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SPACE = "http://schemas.openxmlformats.org"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_OFFICE = f"{_SPACE}/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_LINKS = f'{_HEAD}<Relationships xmlns="{_SPACE}/package/2006/relationships">'
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_SPACE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MAIN}worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_MAIN}sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_MAIN}styles+xml"/></Types>',
    "_rels/.rels": f'{_LINKS}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": _WORKBOOK,
    "xl/_rels/workbook.xml.rels": f'{_LINKS}<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_SPACE}/spreadsheetml/2006/main">'
    '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="2"/></cellXfs></styleSheet>',
}
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def _xlsx(drawn: random.Random, table: Table) -> bytes:
    shared: dict[str, int] = {}
    xml = []
    for number, row in enumerate(
        [{column.header: column.header for column in table.columns}, *_rows(drawn, table)], start=1
    ):
        cells = []
        for at, column in enumerate(table.columns, start=1):
            where, text = f"{_letters(at)}{number}", row[column.header]
            plain = text.replace(",", ".")
            if not text:
                continue
            if number > 1 and column.kind in (Kind.INTEGER, Kind.DECIMAL) and drawn.random() < 0.8:
                cells.append(f'<c r="{where}"><v>{plain}</v></c>')
            elif drawn.random() < 0.3:
                cells.append(f'<c r="{where}" t="inlineStr"><is><t>{_escaped(text)}</t></is></c>')
            else:
                cells.append(f'<c r="{where}" t="s"><v>{shared.setdefault(text, len(shared))}</v></c>')
        xml.append(f'<row r="{number}">{"".join(cells)}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    dimension = f'<dimension ref="A1:{_letters(len(table.columns))}{len(xml)}"/>'
    sheet = f"{_HEAD}<worksheet {space}>{dimension}<sheetData>{''.join(xml)}</sheetData></worksheet>"
    strings = f"{_HEAD}<sst {space}>{''.join(f'<si><t>{_escaped(text)}</t></si>' for text in shared)}</sst>"
    return _packed(
        [
            *((name, text.encode()) for name, text in _PARTS.items()),
            (SHEET, sheet.encode()),
            (STRINGS, strings.encode()),
        ]
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _letters(column: int) -> str:
    return (chr(64 + (column - 1) // 26) if column > 26 else "") + chr(65 + (column - 1) % 26)


def _packed(parts: Sequence[tuple[str, bytes]]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _in_part(name: str, change: Mutation) -> Mutation:
    """A mutation of one part of a workbook; of one that is a zip file no more, none."""

    def mutate(drawn: random.Random, content: bytes) -> bytes:
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                parts = [(item.filename, archive.read(item)) for item in archive.infolist()]
        except Exception:
            return content
        return _packed([(file, change(drawn, data) if file == name else data) for file, data in parts])

    return mutate


def _gone(drawn: random.Random, content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = [(item.filename, archive.read(item)) for item in archive.infolist()]
    except Exception:
        return content
    which = drawn.randrange(len(parts))
    return _packed(parts[:which] + parts[which + 1 :])


def _any_match(pattern: bytes, change: Callable[[random.Random, bytes], bytes]) -> Mutation:
    def mutate(drawn: random.Random, data: bytes) -> bytes:
        found = [match.span() for match in re.finditer(pattern, data)]
        if not found:
            return data
        start, end = drawn.choice(found)
        return data[:start] + change(drawn, data[start:end]) + data[end:]

    return mutate


_NUMBERS: tuple[bytes, ...] = (
    b"1",
    b"0",
    b"1.5",
    b"45292",
    b"45292.5",
    b"-1",
    b"1e20",
    b"1E-3",
    b"NaN",
    b"inf",
    b"0.1",
    b"1.005",
    b"113.75000000001",
    b"x",
    b"",
)


def _cell_like(drawn: random.Random, cell: bytes) -> bytes:
    where = cell.split(b'"')[1]
    value = _escaped(drawn.choice(NASTY)).encode()
    number = drawn.choice(
        (
            b"1",
            b"0",
            b"1.5",
            b"45292",
            b"45292.5",
            b"-1",
            b"1e20",
            b"1E-3",
            b"NaN",
            b"inf",
            b"0.1",
            b"1.005",
            b"113.75000000001",
            b"x",
            b"",
        )
    )
    return drawn.choice(
        (
            b'<c r="%b" t="inlineStr"><is><t>%b</t></is></c>' % (where, value),
            b'<c r="%b" t="str"><v>%b</v></c>' % (where, value),
            b'<c r="%b"><v>%b</v></c>' % (where, number),
            b'<c r="%b" s="1"><v>%b</v></c>' % (where, number),
            b'<c r="%b" s="2"><v>%b</v></c>' % (where, number),
            b'<c r="%b" s="3"><v>%b</v></c>' % (where, number),
            b'<c r="%b" t="b"><v>%b</v></c>' % (where, drawn.choice((b"0", b"1", b"2", b"x"))),
            b'<c r="%b" t="e"><v>#N/A</v></c>' % where,
            b'<c r="%b" t="d"><v>2024-03-31</v></c>' % where,
            b'<c r="%b"><f>1+1</f><v>2</v></c>' % where,
            b'<c r="%b" t="s"><v>%d</v></c>' % (where, drawn.randrange(60)),
            b"<c><v>1</v></c>",
            b"",
        )
    )


def _other_reference(drawn: random.Random, _: bytes) -> bytes:
    return b'r="%b%d"' % (drawn.choice((b"A", b"C", b"Z", b"XFD", b"ZZZZ")), drawn.randrange(20))


def _merged(drawn: random.Random, end: bytes) -> bytes:
    return end + b'<mergeCells count="1"><mergeCell ref="A2:B%d"/></mergeCells>' % drawn.randrange(2, 5)


def _state(drawn: random.Random, text: bytes) -> bytes:
    return text + drawn.choice((b' state="hidden"', b' state="veryHidden"', b' state="visible"'))


_CELL = rb'<c r="[A-Z]+\d+".*?</c>'
_XLSX: dict[str, tuple[int, Mutation]] = {name: (1, mutation) for name, (_, mutation) in _BYTES.items()} | {
    "part-gone": (1, _gone),
    "cell": (14, _in_part(SHEET, _any_match(_CELL, _cell_like))),
    "reference": (3, _in_part(SHEET, _any_match(rb'r="[A-Z]+\d+"', _other_reference))),
    "row-number": (
        3,
        _in_part(
            SHEET,
            _any_match(rb'<row r="\d+"', lambda drawn, _: b'<row r="%d"' % drawn.choice((0, 1, 2, 3, 9, 2**20, 2**40))),
        ),
    ),
    "row-unnumbered": (2, _in_part(SHEET, _any_match(rb'<row r="\d+"', lambda *_: b"<row"))),
    "row-twice": (2, _in_part(SHEET, _any_match(rb"<row .*?</row>", lambda _, row: row + row))),
    "row-gone": (2, _in_part(SHEET, _any_match(rb"<row .*?</row>", lambda *_: b""))),
    "dimension": (
        3,
        _in_part(
            SHEET,
            _any_match(
                rb"<dimension[^>]*>",
                lambda drawn, _: b'<dimension ref="%b"/>' % drawn.choice((b"A1", b"B2:C3", b"A1:XFD1048576")),
            ),
        ),
    ),
    "merged": (2, _in_part(SHEET, _any_match(rb"</sheetData>", _merged))),
    "text": (
        3,
        _in_part(
            STRINGS,
            _any_match(rb"<t>[^<]*</t>", lambda drawn, _: b"<t>%b</t>" % _escaped(drawn.choice(NASTY)).encode()),
        ),
    ),
    "text-parts": (
        2,
        _in_part(STRINGS, _any_match(rb"<t>[^<]*</t>", lambda _, text: b"<r>" + text + b"</r><r><t>x</t></r>")),
    ),
    "xml": (4, _in_part(SHEET, lambda drawn, data: drawn.choice((_flip, _insert, _remove, _cut))(drawn, data))),
    "sheet-state": (2, _in_part("xl/workbook.xml", _any_match(rb'sheetId="1"', _state))),
    "since-1904": (
        1,
        _in_part("xl/workbook.xml", _any_match(rb"<sheets>", lambda _, text: b'<workbookPr date1904="1"/>' + text)),
    ),
}


# Trying


@dataclass
class _Desk:
    """What a process needs to read files: made once in it."""

    folder: Path

    def __post_init__(self) -> None:
        self.municipality: Municipality = load_municipality(PROJECT / "municipalities" / FOLDER)
        self.lake, self.pseudonymiser = Lake(self.folder / "lake"), Pseudonymiser(b"k" * 32)
        self.con = duckdb.connect(config={"threads": 1})

    def wrong(self, file: File, name: str) -> str:
        """What is wrong with how the platform reads the file; empty if nothing. Values of files are not told."""
        path = self.folder / f"{name}.{file.suffix}"
        path.write_bytes(file.content)
        try:
            candidates = read_delivery(path, file.source, self.municipality, self.lake, self.pseudonymiser)
        except DeliveryRejected as rejection:
            return (
                ""
                if all(f.rule and f.advice and f.file == path.name for f in rejection.findings) and rejection.findings
                else "rejected without saying why"
            )
        except Exception as error:
            return f"a crash: {type(error).__name__}"
        finally:
            path.unlink()
        try:
            return self._different(file, candidates)
        finally:
            for candidate in candidates:
                self.lake.discard(candidate)

    def _different(self, file: File, candidates: list[Candidate]) -> str:
        try:
            seen = parsers.parse(file.content, file.suffix, candidates[0].table, self.municipality, self.pseudonymiser)
        except parsers.Malformed as malformed:
            return f"accepted, but {malformed}"
        except (
            Exception
        ) as error:  # the other parser gave up: then nobody knows what the file holds, and it was accepted
            return f"accepted, but another parser cannot read it: {type(error).__name__}"
        read = list[tuple[object, ...]]()
        for candidate in candidates:
            columns = ", ".join(name for name, _ in candidate.table.lake_columns()[:-2])
            select = f"select {columns} from {read_parquet(candidate.parquet)} order by source_row"
            read += self.con.execute(select).fetchall()
        if len(read) != len(seen):
            return f"accepted {len(read)} rows of {len(seen)}"
        names = [name for name, _ in candidates[0].table.lake_columns()[:-2]]
        differing = sorted(
            {names[i] for left, right in zip(read, seen, strict=True) for i in range(len(names)) if left[i] != right[i]}
        )
        return f"accepted, with other values in {', '.join(differing)}" if differing else ""


_desk: _Desk | None = None


def try_names(folder: Path, names: Sequence[str]) -> list[Attempt]:
    """Try these files in this process."""
    global _desk  # noqa: PLW0603 - one a process
    if _desk is None or _desk.folder.parent != folder:
        _desk = _Desk(Path(tempfile.mkdtemp(dir=folder)))
    return [_try(_desk, name) for name in names]


def _try(desk: _Desk, name: str) -> Attempt:
    file, mutations = make(name)
    wrong = desk.wrong(file, name)
    if not wrong:
        return Attempt(name, True)
    keep = list(range(len(mutations)))
    for position in range(len(mutations)):  # the fewest of its mutations that do it
        fewer = [other for other in keep if other != position]
        if desk.wrong(make(name, fewer)[0], name):
            keep = fewer
    which = ", ".join(mutations[position] for position in keep) or "no mutation"
    return Attempt(name, False, f"{wrong} (by {which}; again: python -m trials.fuzz {name})")


def run(kind: str, folder: Path, share: float) -> Iterator[Attempt]:
    """A share of the files of one kind, in two processes."""
    names = [f"{kind}-{number:06d}" for number in range(part(FILES[kind], share))]
    chunks = [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        for attempts in pool.map(partial(try_names, folder), chunks):
            yield from attempts


TRIALS = tuple(
    Trial(
        f"fuzz-{kind}",
        f"mutated {kind.upper()} files: no crash, and what is accepted is what another parser sees",
        partial(run, kind),
    )
    for kind in FILES
)


def _believing() -> AbstractContextManager[object]:
    """Workbooks read as openpyxl does by itself: its dimension tag believed, rows out of order left out."""

    def sheet_rows(path: Path, sheet: object) -> Iterator[tuple[int, list[dict[str, object]]]]:
        for number, cells in enumerate(sheet.iter_rows(), start=1):  # type: ignore[attr-defined]
            yield (
                number,
                [
                    {
                        "column": column,
                        "value": cell.value,
                        "data_type": cell.data_type,
                        "style_id": getattr(cell, "_style_id", 0),
                    }
                    for column, cell in enumerate(cells, start=1)
                ],
            )

    return mock.patch.object(readers, "_sheet_rows", sheet_rows)


def _loose_number(position: str) -> str:
    return f"nullif(replace(trim({position}), ' ', ''), '')"


BREAKS = (
    Break(
        "blanks inside a cell are kept", "fuzz-csv", lambda: mock.patch.object(cell_sql, "trimmed", _loose_number), 0.05
    ),
    Break("workbooks are read row by row as they are", "fuzz-xlsx", _believing, 0.02),
    Break(
        "a SIE record that cannot be read rejects the file",
        "fuzz-sie",
        lambda: mock.patch.object(sie._Reader, "_fault", lambda *_: None),
        0.01,
    ),
)


def main(names: Sequence[str]) -> int:
    """Try single files, and keep them in the folder that is told."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    held = True
    for name in names:
        file, mutations = make(name)
        (folder / f"{name}.{file.suffix}").write_bytes(file.content)
        [attempt] = try_names(folder, [name])
        held = held and attempt.held
        print(
            f"{name} of {file.source}, {', '.join(mutations) or 'no mutation'}: {'held' if attempt.held else attempt.said}"
        )
        if _desk:
            shutil.rmtree(_desk.folder)
    print(f"kept in {folder}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
