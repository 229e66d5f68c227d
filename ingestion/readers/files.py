"""File formats: from a delivered file to a `RawDelivery`, its texts as a relation, one column per delivered header.

Belongs here: recognising format, encoding and header; CSV through DuckDB, XLSX through openpyxl; rejecting what cannot
be read, row by row named. SIE has a module of its own (`ingestion.readers.sie`).
Does not belong here: which table it is (`recognition`), types (`cell_sql`, `typed_rows`), rules on content
(`expectations`).

A delivered file's name is never part of a pattern or of SQL text other than as a quoted literal, and nothing but the
file's bytes decides how it is read (no extension, no globbing, no folder names as columns).

Rules R101-R109, R114, R115, R128 and R129 are raised here.
"""

from __future__ import annotations

import codecs
import csv
import errno
import io
import itertools
import re
import secrets
import threading
import unicodedata
import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ingestion.findings import DeliveryRejected, Finding
from ingestion.in_memory import in_memory
from ingestion.sql import literal, without_pattern

MAX_HEADER_BYTES = 64 * 1024
MAX_LINE_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024**2
"""Of a workbook: about five million cells. Larger tables come as CSV, which is streamed."""
MAX_XLSX_ROWS, MAX_XLSX_COLUMNS = 1_048_576, 16_384
MAX_RECODED_BYTES = 1024**3
NAMED_ROWS = 20
"""How many failing rows are named before the rest are only counted."""
SMALL_BYTES = 8 * 1024**2
"""Up to so many bytes a file is read by one thread."""

_UNDEFINED_1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_CHUNK = 4 * 1024 * 1024
_WHOLE = threading.Lock()
"""Of files that are held in memory whole, one at a time is read: two would need twice the memory."""
_NO_VALUE = {"f": "a formula", "e": "an Excel error"}
"""Types of workbook cells that hold no value that was delivered."""
_SIE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:#(?:FLAGGA|KSUMMA|PROGRAM|FORMAT|GEN|SIETYP|ORGNR|FNAMN|RAR|KONTO|VER)\b|<(?:.*?<)?(?:\w+:)?Sie(?:Entry)?\b)",
    re.IGNORECASE | re.DOTALL,
)
"""How a SIE file begins, also one that has lost its first line, and SIE 5, which is XML."""
_SIE_BELOW = re.compile(rb"[\r\n][ \t]*#FLAGGA\b", re.IGNORECASE)
"""How it begins below a line that somebody put above it."""
_UNSEEN = ("\u00ad", "\u200b", "\u2060")
"""Soft hyphen, blank of no width and word joiner: what is pasted from web pages and documents has them, and nobody sees
them.
"""
_WITHOUT = dict.fromkeys(map(ord, _UNSEEN))
_TO_FOLD = (b"\xcc", b"\xcd", b"\xad", b"\xe2\x80\x8b", b"\xe2\x81\xa0")
"""What letters in two parts (the combining marks U+0300 to U+036F: an å that a Mac has written as a and a ring) and
what nobody sees (the soft hyphen in Windows-1252 too) begin with. None is ASCII.
"""
_EXCELS_LINE_END = b"_x000"
"""What Excel's `_x000D_` begins with."""
_OTHER_FILES = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"7z\xbc\xaf", "a compressed file (.7z)"),
    (b"Rar!", "a compressed file (.rar)"),
    (b"{\\rtf", "a text document (.rtf)"),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype|html|table|\?xml|meta|head|body)", re.IGNORECASE)
_XML_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)|\x00")


@dataclass(frozen=True)
class Layout:
    """Where the table stands in a file that a mapping reads: the row of its headers, its sheet (None: the one that is
    visible), what separates cells. shares: headers over numbers that may be shown as per cent. leave_out: by header,
    what rows begin with that are none of the table: a sum may be a formula.
    """

    header_row: int = 1
    sheet: str | None = None
    separator: str = ";"
    shares: frozenset[str] = frozenset()
    leave_out: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def leaves_out(self, cells: Mapping[str, str | None]) -> bool:
        """Whether a row, by header, is none of the table; a text that ends with * stands for whatever follows."""
        return any(
            folded.startswith(text[:-1].casefold()) if text.endswith("*") else folded == text.casefold()
            for name, texts in self.leave_out
            for folded in [(cells.get(name) or "").strip().casefold()]
            for text in texts
        )


@dataclass(frozen=True)
class Header:
    """What the first look at a file tells: its format, its encoding (csv), its sheet (xlsx) and its column headers.

    layout: of a file that a mapping reads; what it does not read may then be what it likes. row: where the headers
    stand (2 after Excel's line `sep=;`). is_folded: there may be letters in two parts, or what nobody sees.
    has_empty_end: the last rows hold nothing but separators. is_strict: a workbook in the form 'Strict Open XML'.
    """

    format: str
    headers: tuple[str, ...]
    encoding: str = "utf-8"
    sheet: str | None = None
    row: int = 1
    is_folded: bool = False
    has_empty_end: bool = False
    is_strict: bool = False
    layout: Layout | None = None

    @property
    def separator(self) -> str:
        """What separates the cells of a CSV."""
        return self.layout.separator if self.layout else ";"


@dataclass(frozen=True)
class RawDelivery:
    """A delivered file, opened: its texts as a relation, before anything is typed.

    What rewrites headers or texts of a delivery makes one RawDelivery of another; the path is only for messages then.
    con: where the relation lives. relation: SQL that can stand after `from`, with a column of texts for each header and
    source_row (1 is the first row of the file). columns: by header, the relation's column. notes: warnings so far.
    made_of: the file's own texts, where a mapping made these of them; mapping: what is told of it.
    """

    con: duckdb.DuckDBPyConnection
    path: Path
    header: Header
    relation: str
    columns: Mapping[str, str]
    notes: tuple[Finding, ...] = ()
    made_of: RawDelivery | None = None
    mapping: Mapping[str, Any] | None = None

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query over the relation; DeliveryRejected names the rows of a CSV that breaks off."""
        try:
            return self.con.execute(sql).fetchall()
        except (duckdb.IOException, duckdb.OutOfMemoryException):
            raise  # the machine's fault, not the file's
        except duckdb.Error:
            raise DeliveryRejected(structural_findings(self) or [unreadable(self.path)]) from None


def reject(  # noqa: PLR0913 (the facts of a finding)
    path: Path, rule: str, found: str, expected: str, advice: str, row: int | None = None, column: str | None = None
) -> DeliveryRejected:
    """A rejection with one finding on the file."""
    return DeliveryRejected([Finding(rule, "error", path.name, found, expected, advice, row, column)])


def sniff(path: Path) -> str:
    """'sie', 'xlsx' or 'csv', by content; rejects (R101) the empty file, old Excel files and other binaries."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start.strip():
        raise reject(path, "R101", "an empty file", "a file with a header and rows", "Deliver the extract again.")
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        with path.open("rb") as file:
            is_locked = "EncryptedPackage".encode("utf-16-le") in file.read(64 * MAX_LINE_BYTES)
        if is_locked:
            raise reject(
                path,
                "R101",
                "a workbook with a password",
                "a workbook that can be opened",
                "Save it as XLSX without password.",
            )
        raise reject(
            path, "R101", "an old Excel file (.xls)", "CSV or XLSX", "Save the workbook as XLSX, without password."
        )
    if _SIE.match(start) or _SIE_BELOW.search(start):
        return "sie"
    for begins, what in _OTHER_FILES:
        if start.startswith(begins):
            raise reject(path, "R101", what, "CSV or XLSX", "Export the table itself, as CSV UTF-8 or XLSX.")
    if _WEB_PAGE.match(start.removeprefix(codecs.BOM_UTF8)):
        what = "a web page or XML, whatever the file is called"
        raise reject(
            path, "R101", what, "CSV or XLSX", "Open it in Excel, save it as XLSX or CSV UTF-8, and deliver that."
        )
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in start:
        if _SIE.match(start.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE).replace(b"\x00", b"")):
            raise reject(
                path,
                "R102",
                "a SIE file in UTF-16",
                "code page 437 (#FORMAT PC8)",
                "Export it again from the ledger, as SIE type 4.",
            )
        raise reject(
            path, "R102", "UTF-16 text or binary data", "UTF-8 or Windows-1252", "Export the file as CSV UTF-8."
        )
    return "csv"


def read_header(path: Path, layout: Layout | None = None) -> Header:
    """Format, encoding and headers of a CSV or XLSX file. Rejects with R101-R105, R113-R115.

    layout: of a file that a mapping reads, whose other headers may be empty or stand twice.
    """
    return _xlsx_header(path, layout) if sniff(path) == "xlsx" else _csv_header(path, layout)


def headers_at(path: Path, layout: Layout) -> tuple[str, ...]:
    """The texts of a CSV's or workbook's row of headers, as headers are compared; none where there is no such sheet or
    row. Looks at the beginning only.
    """
    if sniff(path) == "xlsx":
        with _workbook(path, _inspect(path)) as workbook:
            sheets = [sheet for sheet in workbook.worksheets if layout.sheet in (None, sheet.title)]
            for sheet in sheets:
                if sheet.sheet_state == "visible" or layout.sheet is not None:
                    for number, cells in _sheet_rows(path, sheet):
                        if number == layout.header_row:
                            return tuple(header_text(cell["value"]) for cell in cells)
                        if number > layout.header_row:
                            break
        return ()
    lines = _beginning(path).splitlines()[layout.header_row - 1 : layout.header_row]
    return _cells(lines, layout.separator)


def _beginning(path: Path) -> str:
    """The text that a CSV begins with."""
    with path.open("rb") as file:
        start = file.read(MAX_HEADER_BYTES)
    try:
        return start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # the last letter may be cut in two
        is_utf8 = error.start > len(start) - len("\U0010ffff".encode())
        return start.decode("utf-8-sig" if is_utf8 else "cp1252", errors="ignore")


def _cells(lines: Sequence[str], separator: str) -> tuple[str, ...]:
    """The cells of a CSV's row as headers are compared."""
    return tuple(header_text(cell) for cell in next(csv.reader(lines, delimiter=separator), ()))


def _visible_rows(path: Path, count: int) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """(sheet, row, cells) of the first rows of a workbook's visible sheets."""
    with _workbook(path, _inspect(path)) as workbook:
        for sheet in workbook.worksheets:
            for number, cells in _sheet_rows(path, sheet) if sheet.sheet_state == "visible" else ():
                if number > count:
                    break
                yield sheet.title, number, cells


def beginnings(path: Path, count: int = 30) -> Iterator[tuple[Layout, tuple[str, ...]]]:
    """The first rows of a workbook's visible sheets, or of a CSV by each separator that it may have: where each stands,
    and its cells as headers are compared.
    """
    if sniff(path) == "xlsx":
        for sheet, number, cells in _visible_rows(path, count):
            yield Layout(number, sheet), tuple(header_text(cell["value"]) for cell in cells)
        return
    lines = _beginning(path).splitlines()[:count]
    for separator in (";", "\t", ",", "|"):
        for place in range(len(lines)):
            if len(headers := _cells(lines[place : place + 1], separator)) > 1:
                yield Layout(place + 1, None, separator), headers


def sheets(path: Path) -> tuple[str, ...]:
    """The names of a workbook's visible sheets; none of a CSV."""
    if sniff(path) != "xlsx":
        return ()
    with _workbook(path, _inspect(path)) as workbook:
        return tuple(sheet.title for sheet in workbook.worksheets if sheet.sheet_state == "visible")


def first_rows(path: Path, count: int = 30) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(row, cells as headers are compared) of the first rows that hold anything: to find headers that stand further
    down.
    """
    if sniff(path) == "xlsx":
        for _, number, cells in _visible_rows(path, count):
            yield number, tuple(header_text(cell["value"]) for cell in cells if cell["value"] is not None)
        return
    with path.open(encoding=_encoding(path)[0], newline="", errors="replace") as file:
        for number, line in enumerate(io.StringIO(file.read(MAX_HEADER_BYTES), newline=None), start=1):
            if number > count:
                break
            yield number, tuple(header_text(cell.strip('"')) for cell in line.split(";"))


@contextmanager
def opened(path: Path, header: Header, wanted: Collection[str]) -> Iterator[RawDelivery]:
    """The CSV or XLSX file of this header, to be read within the context.

    wanted: the headers whose cells are read; what stands in others may be what it likes. Reading is lazy;
    `structural_findings` explains a CSV that breaks off. Nothing is written to disk.
    """
    columns = {name: f"c{index}" for index, name in enumerate(header.headers)}
    with in_memory(threads(path)) as con:
        if header.format == "xlsx":
            with _WHOLE:
                notes = _register_xlsx(con, path, header, wanted)
                yield RawDelivery(con, path, header, "delivered", columns, notes)
                con.unregister("delivered")
        elif header.encoding == "utf-8":
            yield RawDelivery(con, path, header, _numbered(str(path), header), columns)
        else:
            with _WHOLE:
                location = _recode(con, path, header.encoding)
                try:
                    yield RawDelivery(con, path, header, _numbered(location, header), columns)
                finally:
                    _memory_filesystem().rm(location)


def threads(path: Path) -> int:
    """How many threads read `path`."""
    return 1 if path.stat().st_size <= SMALL_BYTES else 2


def unreadable(path: Path) -> Finding:
    """What is said of a file that could not be read, where nothing tells why (R109)."""
    return Finding(
        "R109",
        "error",
        path.name,
        "a file that could not be read",
        "a table as in docs/extracts.md",
        "Deliver the extract again; if it is rejected again, ask whoever runs the platform to look at the file.",
    )


_FOLDED = f"nfc_normalize(regexp_replace(translate({{}}, '{''.join(_UNSEEN)}', ''), '_x000[9ADad]_', ' ', 'g'))"
"""SQL: a CSV's text as people see it."""


def _numbered(location: str, header: Header) -> str:
    names = [f"c{index}" for index in range(len(header.headers))]
    columns = ", ".join(f"{_FOLDED.format(name)} as {name}" for name in names) if header.is_folded else "*"
    rows = f"select row_number() over () + {header.row} as source_row, {columns} from {_read_csv(location, header)}"
    if header.has_empty_end:
        rows = f"select * from ({rows}) where trim(concat({', '.join(names)})) <> ''"
    return f"({rows})"


def structural_findings(raw: RawDelivery) -> list[Finding]:
    """Rows of a CSV that do not have the header's cells (R106) or cannot be told apart (R107), never quoting them; none
    of another format.

    For files that DuckDB did not take: it stops at the first fault and names bytes and lines, here every faulty row is
    found. Rows are counted as everywhere: 1 is the first of the file, lines without any text do not count.
    """
    path, header = raw.path, raw.header
    if header.format != "csv":
        return []
    csv.field_size_limit(MAX_LINE_BYTES)
    odd: list[tuple[int, list[str]]] = []
    width, faults, row, ends = len(header.headers), list[tuple[str, int, str]](), 0, set[str]()
    with path.open(encoding=header.encoding, newline="") as file:
        lines = _Lines(file)
        for _ in range(header.row - 1 if header.layout else 0):
            row += next(lines, None) is not None
        reader = csv.reader(lines, delimiter=header.separator, strict=True)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                faults.append(("R107", row + 1, "quotes that are not closed, or a cell without end"))
                break
            if not cells:
                continue
            row += 1
            if lines.end and len(ends | {lines.end}) > 1:
                faults.append(("R107", row, "another line end than in the rows before"))
                break
            ends |= {lines.end} if lines.end else set()
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if row > header.row and len(cells) != width:
                faults.append(("R106", row, f"{len(cells)} cells"))
                odd.append((row, cells))
    if faults and (besides := rows_besides(path, {at for _, at, _ in faults}, odd, row, header)):
        return besides
    expected = {
        "R106": (
            f"{width} cells as in the header",
            "The file is cut off or a cell holds an unquoted semicolon: deliver it again, whole.",
        ),
        "R107": (
            "cells separated by semicolons, quotes closed, one kind of line end",
            "Mend the file at this row, or make the extract again and deliver it untouched.",
        ),
    }
    return [
        Finding(rule, "error", path.name, found, *expected[rule], at, None, len(faults))
        for rule, at, found in faults[:NAMED_ROWS]
    ]


CLOSING_ROWS = 5
"""How many rows at the end may be sums and remarks."""
_SUM = re.compile(r"(?i)\W*(?:\w*summ(?:a|or|ering)|(?:sub|grand |grand)?tot(?:al\w*)?|sum|s:a)\b.*")
_REMARK = re.compile(
    r"(?i)\W*(?:antal(?: (?:rader|poster|personer|anställda))?|medel(?:värde)?|genomsnitt|utskriven|utskriftsdatum|uttag\w*|källa)\b.*"
)
_WORDS = re.compile(r"(?=.*[^\W\d]).*\S\s+\S.*")
_NUMBER = re.compile(r"[-−(]?\d[\d \u00a0.,]*[-)]?|=.*")


def is_sum(cells: Sequence[object]) -> bool:
    """Whether a row says that it is a sum, or of how many rows."""
    return _says(_SUM, cells) or _says(_REMARK, cells)


def _says(pattern: re.Pattern[str], cells: Sequence[object]) -> bool:
    return any(pattern.fullmatch(str(cell)) is not None for cell in cells if cell is not None)


def _is_below(cells: Sequence[object], is_whole: bool) -> bool:
    """Whether one of the last rows is no row of the table: a sum, a remark or, where it has all its cells (`is_whole`),
    nothing but numbers below some of the columns. A row of fewer cells may be cut off.
    """
    filled = [str(cell) for cell in cells if cell is not None and str(cell).strip()]
    is_remark = _says(_REMARK, cells) or (len(filled) == 1 and _WORDS.fullmatch(filled[0]) is not None)
    is_unnamed = (
        is_whole
        and cells[0] in (None, "")
        and 2 * len(filled) <= len(cells)
        and all(_NUMBER.fullmatch(cell) for cell in filled)
    )
    return is_remark or is_unnamed


def rows_besides(
    path: Path, wrong: Collection[int | None], of: Sequence[tuple[int, Sequence[object]]], end: int, header: Header
) -> list[Finding]:
    """What to say of a file of which all that is wrong stands in rows that are none of the table (R128): sums, the
    headers once more, and below the table remarks too; nothing if there is more. wrong: rows. of: their cells. end: the
    last row of the file.
    """
    besides: dict[int, Finding] = {}
    below = False
    for row, cells in sorted((one for one in of if one[0] in wrong), key=lambda one: one[0]):
        is_last = row > end - CLOSING_ROWS
        if tuple(map(header_text, cells)) == header.headers:
            besides[row] = _beside(
                path, row, "the headers once more", "Export the list without page breaks, and join no files."
            )
        elif _says(_SUM, cells) or (is_last and _is_below(cells, len(cells) == len(header.headers))):
            advice = "Leave it out: export the list without totals and subtotals, or delete the row."
            if header.layout is not None:
                advice = "Say in the mapping what such rows begin with (leave_out), or delete the row."
            besides[row], below = _beside(path, row, "a sum or a remark", advice), is_last
        elif not below:
            return []
    return list(besides.values()) if set(wrong) <= {row for row, _ in of} else []


def _beside(path: Path, row: int, found: str, advice: str) -> Finding:
    """What is said of a row that is none of the table (R128)."""
    return Finding(
        "R128", "error", path.name, f"{found}, no row of the table", "rows of the table only, to the end", advice, row
    )


class _Lines:
    """A file's lines, remembering how the last one ended."""

    def __init__(self, file: Iterator[str]) -> None:
        self._file = file
        self.end = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self.end = line[len(line.rstrip("\r\n")) :]
        return line


def _read_csv(location: str, header: Header) -> str:
    columns = ", ".join(f"'c{index}': 'varchar'" for index in range(len(header.headers)))
    return (
        f"read_csv({literal(without_pattern(location))}, auto_detect = false, header = true, delim = {literal(header.separator)}, "
        f"quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, strict_mode = true, max_line_size = {MAX_LINE_BYTES}, buffer_size = {2 * MAX_LINE_BYTES}, "
        f"compression = 'none', hive_partitioning = false, skip = {header.row - 1})"
    )


_EMPTY_END = rb"[\r\n][%(by)s \t\"]*%(by)s[%(by)s \t\"]*\s*\Z"
"""Rows at the end that hold nothing but separators."""


def _csv_header(path: Path, layout: Layout | None) -> Header:
    encoding, is_folded = _encoding(path)
    separator = layout.separator if layout else ";"
    with path.open("rb") as file:
        start = file.read(MAX_HEADER_BYTES)
        file.seek(max(0, path.stat().st_size - MAX_HEADER_BYTES))
        end = file.read()
    at, row = 0, 1
    if separator_line := re.match(rb"(?:\xef\xbb\xbf)?sep=;;*[ \t]*(?:\r\n|\r|\n)", start, re.IGNORECASE):
        at, row = separator_line.end(), 2
    if layout is not None and layout.header_row > 1:
        lines = start.splitlines(keepends=True)[: layout.header_row - 1]
        at, row = sum(map(len, lines)), layout.header_row
    line = _first_line(start[at:])
    if len(line) == MAX_HEADER_BYTES:
        raise reject(
            path,
            "R104",
            "a first line without end",
            "a header line",
            "Deliver the extract with a header line and line ends.",
            1,
        )
    text = line.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    if separator not in text:
        other = "tabs" if "\t" in text else "commas" if "," in text else "no separator"
        raise reject(
            path,
            "R104",
            f"a header with {other}",
            "headers separated by semicolons",
            "Export with semicolon as separator.",
            1,
        )
    if text.count('"') % 2:
        raise reject(
            path,
            "R104",
            "a header with a quote that is not closed",
            "a header line",
            "Mend the quotes in the first row.",
            1,
        )
    if re.search(r"[\r\n]", text):  # DuckDB then takes the rest of the file for nothing
        raise reject(
            path, "R104", "a header that is broken over lines", "a header line", "Write each header on one line.", row
        )
    headers = tuple(header_text(cell) for cell in next(csv.reader([text], delimiter=separator)))
    has_empty_end = re.search(_EMPTY_END % {b"by": re.escape(separator.encode())}, end) is not None
    headers = _distinct(path, headers) if layout is None else headers
    return Header("csv", headers, encoding, None, row, is_folded, has_empty_end, layout=layout)


def _first_line(start: bytes) -> bytes:
    """The bytes before the first line end that is not inside quotes (a header may be broken over lines)."""
    for end in re.finditer(rb"[\r\n]", start):
        if start.count(b'"', 0, end.start()) % 2 == 0:
            return start[: end.start()]
    return re.split(rb"[\r\n]", start, maxsplit=1)[0]


def header_text(cell: object) -> str:
    """A header as it is compared: without the blanks, line breaks, capitals and ways of writing letters that people do
    not see.
    """
    text = unicodedata.normalize("NFKC", _unescaped(str(cell)) if cell is not None else "").replace("\ufeff", "")
    return " ".join(text.split()).casefold()


def _encoding(path: Path) -> tuple[str, bool]:
    """'utf-8' or 'cp1252', by decoding the whole file, and whether it may hold what is folded.

    Rejects what is neither (R102) and a line without end (R103).
    """
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8, is_1252, in_line, is_folded, before = True, True, 0, False, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\x00" in chunk:
                raise reject(path, "R102", "binary data", "text", "Deliver the file as CSV, UTF-8 or Windows-1252.")
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
            if not is_folded:
                seen = before + chunk
                is_folded, before = (
                    _EXCELS_LINE_END in seen or (not seen.isascii() and any(mark in seen for mark in _TO_FOLD)),
                    chunk[-4:],
                )
            is_1252 = is_1252 and not any(byte in chunk for byte in _UNDEFINED_1252)
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            in_line = len(chunk) - end - 1 if end >= 0 else in_line + len(chunk)
            if in_line > 4 * MAX_LINE_BYTES:
                raise reject(
                    path, "R103", "a line of several megabytes", "one row a line", "Deliver the file with line ends."
                )
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
            return "utf-8", is_folded  # noqa: TRY300 - the decoding is what may raise
        except UnicodeDecodeError:
            pass
    if is_1252:
        return "cp1252", is_folded
    raise reject(
        path,
        "R102",
        "bytes that are neither UTF-8 nor Windows-1252",
        "UTF-8 or Windows-1252",
        "Export the file as CSV UTF-8.",
    )


def _distinct(path: Path, headers: tuple[str, ...]) -> tuple[str, ...]:
    # by position: in a file without headers the first row is a person's
    twice = [str(position) for position, header in enumerate(headers, start=1) if header and headers.count(header) > 1]
    if twice:
        found = f"the same header over columns {', '.join(twice[:10])}"
        raise reject(path, "R105", found, "every header once", "Remove or rename the column.", 1)
    return headers


def _memory_filesystem() -> Any:
    import fsspec

    return fsspec.filesystem("memory")


def _recode(con: duckdb.DuckDBPyConnection, path: Path, encoding: str) -> str:
    """Windows-1252 as UTF-8 in memory: DuckDB reads no Windows-1252, and a file on disk would hold personnummer."""
    if path.stat().st_size > MAX_RECODED_BYTES:
        raise reject(
            path, "R102", "more than 1 GB of Windows-1252", "UTF-8 for large files", "Export the file as CSV UTF-8."
        )
    filesystem = _memory_filesystem()
    location = f"/recoded/{secrets.token_hex(8)}.csv"
    with (
        io.TextIOWrapper(path.open("rb"), encoding=encoding, newline="") as source,
        filesystem.open(location, "wb") as target,
    ):
        while text := source.read(_CHUNK):
            target.write(text.encode("utf-8"))
    if not con.filesystem_is_registered("memory"):
        con.register_filesystem(filesystem)
    return f"memory:/{location}"


def _xlsx_header(path: Path, layout: Layout | None) -> Header:
    """Headers of the one visible sheet that has any, or of the sheet and row that a mapping names."""
    if layout is not None:
        return _mapped_xlsx_header(path, layout)
    is_strict = _inspect(path)
    found: dict[str, tuple[str, ...]] = {}
    hidden = 0
    with _workbook(path, is_strict) as workbook:
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                hidden += any(cell["value"] is not None for _, cells in _sheet_rows(path, sheet) for cell in cells)
                continue
            headers = list[str]()
            for number, cells in _sheet_rows(path, sheet):
                if number == 1:
                    headers = [""] * max((cell["column"] for cell in cells), default=0)
                    for cell in cells:
                        headers[cell["column"] - 1] = header_text(cell["value"])
                elif not headers and any(cell["value"] is not None for cell in cells):
                    raise reject(
                        path, "R104", "an empty first row", "a header row", "Put the headers in the first row.", 1
                    )
                break
            while headers and not headers[-1]:
                headers.pop()
            if headers:
                found[sheet.title] = tuple(headers)
    if len(found) != 1:
        raise reject(
            path,
            "R114",
            f"{len(found)} visible sheets with content" + (f", and {hidden} hidden" if hidden and not found else ""),
            "one sheet",
            "Deliver one table in one visible sheet; remove or hide the others.",
        )
    [(sheet_title, headers_found)] = found.items()
    if "" in headers_found:
        raise reject(
            path,
            "R104",
            "an empty header cell",
            "a header over every column",
            "Put the headers in the first row, one in each column; no merged cells.",
            1,
        )
    return Header("xlsx", _distinct(path, headers_found), sheet=sheet_title, is_strict=is_strict)


def _mapped_xlsx_header(path: Path, layout: Layout) -> Header:
    is_strict = _inspect(path)
    headers, title = list[str](), ""
    with _workbook(path, is_strict) as workbook:
        for sheet in workbook.worksheets:
            if layout.sheet != sheet.title and (layout.sheet is not None or sheet.sheet_state != "visible"):
                continue
            for number, cells in _sheet_rows(path, sheet):
                if number == layout.header_row and cells:
                    title, headers = sheet.title, [""] * max(cell["column"] for cell in cells)
                    for cell in cells:
                        headers[cell["column"] - 1] = header_text(cell["value"])
                if number >= layout.header_row:
                    break
            if headers:
                break
    return Header("xlsx", tuple(headers), sheet=title, row=layout.header_row, is_strict=is_strict, layout=layout)


@contextmanager
def _workbook(path: Path, is_strict: bool) -> Iterator[Any]:
    """The opened workbook (`_inspect` it first); what is no whole one is rejected (R101)."""
    import openpyxl

    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")  # they quote values of cells
    with _damage_rejected(path):
        content = _transitional(path) if is_strict else path
        workbook = openpyxl.load_workbook(content, read_only=True, data_only=False, keep_links=False)
    try:
        yield workbook
    finally:
        workbook.close()


@contextmanager
def _damage_rejected(path: Path) -> Iterator[None]:
    """Whatever the parsers of zip and XML raise at a damaged workbook rejects it (R101), without the values that they
    quote.
    """
    try:
        yield
    except (DeliveryRejected, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            # the disk's fault, not the file's (EINVAL: a damaged zip file makes zipfile seek before its beginning)
            raise
        raise reject(
            path,
            "R101",
            "a workbook that cannot be read",
            "a whole XLSX file",
            "Open it in Excel, save it again as XLSX and deliver that.",
        ) from None


_STRICT = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
)
"""The names that 'Strict Open XML' gives the same things, and those of every other workbook."""


def _transitional(path: Path) -> io.BytesIO:
    """A Strict workbook in the names that openpyxl knows; in memory, for its cells may be personal."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(path) as archive,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for item in archive.infolist():
            data = archive.read(item)
            if _is_xml(item.filename):
                for strict, transitional in _TRANSITIONAL:
                    data = data.replace(strict, transitional)
            target.writestr(item.filename, data)
    return content


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _inspect(path: Path) -> bool:
    """Reject, before anything is parsed, what would unpack too large (R115) and parts that no plain workbook has
    (R101).

    Gives whether the workbook is in the Strict form.
    """
    is_strict = False
    with _damage_rejected(path), zipfile.ZipFile(path) as archive:
        items = archive.infolist()
        unpacked = sum(item.file_size for item in items)
        if unpacked > MAX_UNPACKED_BYTES:
            limit = f"at most {MAX_UNPACKED_BYTES // 1024**2} MB"
            raise reject(path, "R115", f"{unpacked // 1024**2} MB when unpacked", limit, "Deliver the table as CSV.")
        names = [item.filename for item in items]
        if "xl/workbook.xml" not in names:
            what = "a zip file that is no workbook"
            if "content.xml" in names:
                what = "an OpenDocument sheet (.ods)"
            elif any(name.startswith("word/") for name in names):
                what = "a text document (.docx)"
            elif "xl/workbook.bin" in names:
                what = "a binary workbook (.xlsb)"
            raise reject(path, "R101", what, "CSV or XLSX", "Deliver the workbook itself, saved as XLSX.")
        if len(set(names)) < len(names):
            raise reject(
                path,
                "R101",
                "a workbook with two parts of one name",
                "a whole XLSX file",
                "Save it again as XLSX in Excel.",
            )
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise reject(
                path,
                "R101",
                "a workbook with macros",
                "a workbook without macros",
                "Save the workbook as XLSX, not as XLSM.",
            )
        for item in items:
            # every part, also those that nothing parses: reading is what sees that a part is damaged (its name, its
            # checksum), and openpyxl reads a workbook whose styles it does not find as if no number were a date or a
            # share
            is_xml = _is_xml(item.filename)
            with archive.open(item) as part:
                before = b""
                while chunk := part.read(_CHUNK):
                    if is_xml and _XML_FORBIDDEN.search(before + chunk):
                        raise reject(
                            path,
                            "R101",
                            "XML with declarations of its own, or not in UTF-8",
                            "a plain XLSX file",
                            "Save the workbook again as XLSX in Excel.",
                        )
                    is_strict = is_strict or (item.filename == "xl/workbook.xml" and _STRICT in before + chunk)
                    before = chunk[-64:]
    return is_strict


def _sheet_rows(
    path: Path, sheet: Any, hidden: list[int] | None = None, is_read: Sequence[bool] = (), first_row: int = 1
) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """(row number, cells) of a sheet as the file has them; each cell is {column, value, data_type, style_id}. hidden:
    such rows are added.
    is_read: of each column. first_row: what is merged above it is a title.

    openpyxl's own `iter_rows` believes the sheet's dimension tag, which many exports write wrongly, and leaves out rows
    that come out of order: both lose rows without a word. Here such a sheet is rejected (R101). So are merged cells
    in columns that are read (R108): all but the first of them are empty, whatever the sheet seems to say.
    """
    from openpyxl.utils import range_boundaries
    from openpyxl.worksheet._reader import WorkSheetParser

    book = sheet.parent
    with _damage_rejected(path), sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        last = 0
        for number, cells in parser.parse():
            columns = [cell["column"] for cell in cells]
            ordered = all(left < right for left, right in itertools.pairwise(columns))
            if not ordered or not last < number <= MAX_XLSX_ROWS or (columns and columns[-1] > MAX_XLSX_COLUMNS):
                raise reject(
                    path,
                    "R101",
                    "rows or cells out of order",
                    "a whole XLSX file",
                    "Open it in Excel, save it again and deliver that.",
                    min(number, MAX_XLSX_ROWS) if number > 0 else None,
                )
            last = number
            if hidden is not None and parser.row_dimensions.pop(str(number), {}).get("hidden") in ("1", "true"):
                hidden.append(number)
            yield number, cells
        for merged in parser.merged_cells.mergeCell if parser.merged_cells is not None else ():
            first, row, end, last_row = range_boundaries(merged.ref)
            if last_row >= first_row and any(is_read[first - 1 : end]):
                raise reject(
                    path,
                    "R108",
                    "merged cells",
                    "every value in a cell of its own",
                    "Unmerge the cells and fill in each.",
                    row,
                )


def _by_column(cells: list[dict[str, Any]], width: int) -> list[object]:
    values: list[object] = [None] * width
    for cell in cells:
        if cell["column"] <= width:
            values[cell["column"] - 1] = cell["value"]
    return values


@dataclass(frozen=True)
class _Styles:
    """What a workbook's cell styles say of numbers: the styles that show shares, and by style the form of numbers that
    are shown with leading zeros.
    """

    shares: frozenset[int]
    padded: Mapping[int, str]

    @classmethod
    def of(cls, workbook: Any) -> _Styles:
        formats = _number_formats(workbook)
        return cls(
            frozenset(index for index, text in enumerate(formats) if "%" in text),
            {index: digits for index, text in enumerate(formats) if (digits := _zeros(text))},
        )

    def no_value(self, cell: Mapping[str, Any], has_header: bool, is_share: bool) -> str | None:
        """What a cell holds instead of a value that was delivered; None if it is one. is_share: a mapping says what
        shares become.
        """
        value = cell["value"]
        if what := _NO_VALUE.get(cell["data_type"]):
            return what
        if not has_header and value is not None:
            return "a cell without header"
        if not is_share and cell["style_id"] in self.shares and isinstance(value, int | float):
            return "a number shown as per cent: 0,75 in the file is 75 % on the screen"
        if has_header and isinstance(value, int | float) and abs(value) >= 1e15:
            return "a number of more than fifteen digits, of which a spreadsheet keeps fifteen"
        return None

    def text(self, cell: Mapping[str, Any]) -> str | None:
        """The cell as a CSV would have written it."""
        form = self.padded.get(cell["style_id"])
        return _cell_text(cell["value"]) if form is None else _padded(cell["value"], form)


def _register_xlsx(
    con: duckdb.DuckDBPyConnection, path: Path, header: Header, wanted: Collection[str]
) -> tuple[Finding, ...]:
    """Register relation `delivered` with the sheet's texts; gives the warnings."""
    import pandas as pd

    width = len(header.headers)
    is_read = [name in wanted for name in header.headers]
    shares = header.layout.shares if header.layout else frozenset[str]()
    columns: list[list[str | None]] = [[] for _ in range(width)]
    rows: list[int] = []
    findings: list[Finding] = []
    hidden: list[int] = []
    odd: dict[int, list[object]] = {}
    advice = "Paste the values, as plain numbers and texts (long numbers as texts), and deliver the file again."
    with _workbook(path, header.is_strict) as workbook:
        styles = _Styles.of(workbook)
        for number, cells in _sheet_rows(path, workbook[header.sheet], hidden, is_read, header.row):
            if number <= header.row:
                continue
            texts: list[str | None] = [None] * width
            wrong: list[Finding] = []
            for cell in cells:
                index = cell["column"] - 1
                if not is_read[index] if index < width else header.layout is not None:
                    continue
                if what := styles.no_value(cell, index < width, index < width and header.headers[index] in shares):
                    name = header.headers[index] if index < width else None
                    wrong.append(Finding("R108", "error", path.name, what, "a value", advice, number, name))
                elif index < width:
                    texts[index] = styles.text(cell)
            if wrong and not (
                header.layout and header.layout.leaves_out(dict(zip(header.headers, texts, strict=True)))
            ):
                findings += wrong
                odd[number] = _by_column(cells, width)
            if any(text and not text.isspace() for text in texts):
                rows.append(number)
                for column, text in zip(columns, texts, strict=True):
                    column.append(text)
            if len(findings) >= NAMED_ROWS:
                break
    if findings:
        raise DeliveryRejected(rows_besides(path, odd.keys(), list(odd.items()), number, header) or findings)
    frame = pd.DataFrame({f"c{index}": pd.Series(values, dtype="str") for index, values in enumerate(columns)})
    frame["source_row"] = rows
    con.register("delivered", frame)
    unseen = sorted(set(hidden) & set(rows))
    return (_hidden_rows(path, unseen),) if unseen else ()


def _hidden_rows(path: Path, rows: Sequence[int]) -> Finding:
    """What is said of rows that hold something and that nobody sees (R129)."""
    return Finding(
        "R129",
        "warning",
        path.name,
        "a hidden row",
        "rows that everybody sees",
        "Hidden and filtered rows are read too. Take the filter away, or delete the rows.",
        rows[0],
        None,
        len(rows),
    )


def _number_formats(workbook: Any) -> list[str]:
    """How each cell style of a workbook shows a number."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    own = dict(enumerate(workbook._number_formats, start=164))
    return [own.get(style.numFmtId) or BUILTIN_FORMATS.get(style.numFmtId, "") for style in workbook._cell_styles]


def _zeros(form: str) -> str | None:
    """The form of a number that is shown with leading zeros, digits as 0 and all else as it is shown; None if it is
    not.

    A few letters may stand in front, as in the codes of projects and units.

    >>> _zeros("0000"), _zeros('00"-"000'), _zeros('"A"000'), _zeros("0"), _zeros("0.00"), _zeros('0" kr"')
    ('0000', '00-000', 'A000', None, None, None)
    """
    shown = re.sub(
        r'\\(.)|"([^"]*)"|\[[^\]]*\]|[_*].',
        lambda part: (part[1] or part[2] or "").replace("0", "\0"),
        form.split(";", maxsplit=1)[0],
    )
    return shown if re.fullmatch(r"[^\W\d_]{0,3}[0 /-]*", shown) and shown.count("0") > 1 else None


def _padded(value: object, form: str) -> str | None:
    """A whole number as it is shown in a form with leading zeros: 51 as 0051."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        return _cell_text(value)
    digits = list(str(int(value)).zfill(form.count("0")))
    shown = [digits.pop() if mark == "0" else mark for mark in reversed(form)]
    return "".join([*digits, *reversed(shown)])


def _cell_text(value: object) -> str | None:
    """A workbook's cell as a CSV would have written it: ISO dates, decimal comma, ja/nej."""
    match value:
        case None:
            return None
        case bool():
            return "ja" if value else "nej"
        case int():
            return str(value)
        case float():
            near = round(value, 2)
            exact = near if abs(value - near) < 1e-6 else value
            return str(int(exact)) if exact == int(exact) else repr(exact).replace(".", ",")
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"
    return _unescaped(str(value))


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _unescaped(text: str) -> str:
    """A workbook's text as it is shown: what Excel writes as `_x000D_` (a carriage return) or `_x005F_` (a real
    underscore) as it was, line ends as line feeds and none at the ends, letters in one part, and nothing that nobody
    sees.
    """
    if "_x" in text:
        text = (
            _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n").strip("\n")
        )
        text = text.encode("utf-16", "surrogatepass").decode(
            "utf-16", "replace"
        )  # what two of these codes are one character of
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_WITHOUT))
