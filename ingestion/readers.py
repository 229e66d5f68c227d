"""File formats: from a delivered file to a raw relation of texts, one column per delivered header.

Belongs here: recognising format, encoding and header; CSV through DuckDB, XLSX through openpyxl; refusing what cannot be
read, row by row named. SIE has a module of its own (`ingestion.ledger.sie`).
Does not belong here: types and contracts (`delivery`), rules on content (`expectations`).

A delivered file's name is never part of a pattern or of SQL text other than as a quoted literal, and nothing but the file's
bytes decides how it is read (no extension, no globbing, no folder names as columns).

Rules R101-R108, R114 and R115 are raised here.
"""

from __future__ import annotations

import codecs
import csv
import errno
import io
import re
import secrets
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb

from ingestion.findings import DeliveryRefused, Finding
from ingestion.lake import literal, without_pattern

MAX_HEADER_BYTES = 64 * 1024
MAX_LINE_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024**2
"""Of a workbook: about five million cells. Larger tables come as CSV, which is streamed."""
MAX_XLSX_ROWS, MAX_XLSX_COLUMNS = 1_048_576, 16_384
MAX_RECODED_BYTES = 1024**3
NAMED_ROWS = 20
"""How many failing rows are named before the rest are only counted."""

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
_XML_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)|\x00")


@dataclass(frozen=True)
class Header:
    """What the first look at a file tells: its format, its encoding (csv), its sheet (xlsx) and its column headers."""

    format: str
    headers: tuple[str, ...]
    encoding: str = "utf-8"
    sheet: str | None = None


def refuse(
    path: Path, rule: str, found: str, expected: str, advice: str, row: int | None = None, column: str | None = None
) -> DeliveryRefused:
    """A refusal with one finding on the file."""
    return DeliveryRefused([Finding(rule, "error", path.name, found, expected, advice, row, column)])


def sniff(path: Path) -> str:
    """'sie', 'xlsx' or 'csv', by content; refuses (R101) the empty file, old Excel files and other binaries."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start.strip():
        raise refuse(path, "R101", "an empty file", "a file with a header and rows", "Deliver the extract again.")
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(path, "R101", "an old or encrypted Excel file (.xls)", "CSV or XLSX", "Save the workbook as XLSX without password.")
    if _SIE.match(start):
        return "sie"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in start:
        raise refuse(path, "R102", "UTF-16 text or binary data", "UTF-8 or Windows-1252", "Export the file as CSV UTF-8.")
    return "csv"


def read_header(path: Path) -> Header:
    """Format, encoding and headers of a CSV or XLSX file. Refuses with R101-R105, R113-R115."""
    return _xlsx_header(path) if sniff(path) == "xlsx" else _csv_header(path)


@contextmanager
def raw_relation(con: duckdb.DuckDBPyConnection, path: Path, header: Header) -> Iterator[str]:
    """SQL of a relation over the file: columns c0, c1 … (texts, in header order) and source_row (1 is the header).

    Reading is lazy; `structural_findings` explains a CSV that breaks off. Nothing is written to disk.
    """
    if header.format == "xlsx":
        with _WHOLE:
            yield _register_xlsx(con, path, header)
            con.unregister("delivered")
    elif header.encoding == "utf-8":
        yield _numbered(str(path), header)
    else:
        with _WHOLE:
            location = _recode(con, path, header.encoding)
            try:
                yield _numbered(location, header)
            finally:
                _memory_filesystem().rm(location)


def _numbered(location: str, header: Header) -> str:
    return f"(select row_number() over () + 1 as source_row, * from {_read_csv(location, header)})"


def structural_findings(path: Path, header: Header) -> list[Finding]:
    """Rows of a CSV that do not have the header's cells (R106) or cannot be told apart (R107), never quoting them.

    For files that DuckDB did not take: it stops at the first fault and names bytes and lines, here every faulty row is found.
    Rows are counted as everywhere: 1 is the header, lines without any text do not count.
    """
    csv.field_size_limit(MAX_LINE_BYTES)
    width, faults, row, ends = len(header.headers), list[tuple[str, int, str]](), 0, set[str]()
    with path.open(encoding=header.encoding, newline="") as file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=";", strict=True)
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
            if row > 1 and len(cells) != width:
                faults.append(("R106", row, f"{len(cells)} cells"))
    expected = {
        "R106": (f"{width} cells as in the header", "The file is cut off or a cell holds an unquoted semicolon: deliver it again, whole."),
        "R107": ("cells separated by semicolons, quotes closed, one kind of line end",
                 "Mend the file at this row, or make the extract again and deliver it untouched."),
    }  # fmt: skip
    return [Finding(rule, "error", path.name, found, *expected[rule], at, None, len(faults)) for rule, at, found in faults[:NAMED_ROWS]]


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
        f"read_csv({literal(without_pattern(location))}, auto_detect = false, header = true, delim = ';', quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, strict_mode = true, max_line_size = {MAX_LINE_BYTES}, buffer_size = {2 * MAX_LINE_BYTES}, "
        "compression = 'none', hive_partitioning = false)"
    )


def _csv_header(path: Path) -> Header:
    encoding = _encoding(path)
    with path.open("rb") as file:
        start = file.read(MAX_HEADER_BYTES)
    line = re.split(rb"[\r\n]", start, maxsplit=1)[0]
    if len(line) == MAX_HEADER_BYTES:
        raise refuse(path, "R104", "a first line without end", "a header line", "Deliver the extract with a header line and line ends.", 1)
    text = line.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    if ";" not in text:
        other = "tabs" if "\t" in text else "commas" if "," in text else "no separator"
        raise refuse(path, "R104", f"a header with {other}", "headers separated by semicolons", "Export with semicolon as separator.", 1)
    if text.count('"') % 2:
        raise refuse(path, "R104", "a header with a quote that is not closed", "a header line", "Mend the quotes in the first row.", 1)
    headers = tuple(cell.strip().casefold() for cell in next(csv.reader([text], delimiter=";")))
    return Header("csv", _distinct(path, headers), encoding)


def _encoding(path: Path) -> str:
    """'utf-8' or 'cp1252', by decoding the whole file; refuses what is neither (R102) and a line without end (R103)."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8, is_1252, in_line = True, True, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\x00" in chunk:
                raise refuse(path, "R102", "binary data", "text", "Deliver the file as CSV, UTF-8 or Windows-1252.")
            if is_utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
            is_1252 = is_1252 and not any(byte in chunk for byte in _UNDEFINED_1252)
            end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
            in_line = len(chunk) - end - 1 if end >= 0 else in_line + len(chunk)
            if in_line > 4 * MAX_LINE_BYTES:
                raise refuse(path, "R103", "a line of several megabytes", "one row a line", "Deliver the file with line ends.")
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
            return "utf-8"
        except UnicodeDecodeError:
            pass
    if is_1252:
        return "cp1252"
    raise refuse(path, "R102", "bytes that are neither UTF-8 nor Windows-1252", "UTF-8 or Windows-1252", "Export the file as CSV UTF-8.")


def _distinct(path: Path, headers: tuple[str, ...]) -> tuple[str, ...]:
    # by position: in a file without headers the first row is a person's
    twice = [str(position) for position, header in enumerate(headers, start=1) if header and headers.count(header) > 1]
    if twice:
        found = f"the same header over columns {', '.join(twice[:10])}"
        raise refuse(path, "R105", found, "every header once", "Remove or rename the column.", 1)
    return headers


def _memory_filesystem() -> Any:
    import fsspec

    return fsspec.filesystem("memory")


def _recode(con: duckdb.DuckDBPyConnection, path: Path, encoding: str) -> str:
    """Windows-1252 as UTF-8 in memory: DuckDB reads no Windows-1252, and a file on disk would hold personnummer."""
    if path.stat().st_size > MAX_RECODED_BYTES:
        raise refuse(path, "R102", "more than 1 GB of Windows-1252", "UTF-8 for large files", "Export the file as CSV UTF-8.")
    filesystem = _memory_filesystem()
    location = f"/recoded/{secrets.token_hex(8)}.csv"
    with io.TextIOWrapper(path.open("rb"), encoding=encoding, newline="") as source, filesystem.open(location, "wb") as target:
        while text := source.read(_CHUNK):
            target.write(text.encode("utf-8"))
    if not con.filesystem_is_registered("memory"):
        con.register_filesystem(filesystem)
    return f"memory:/{location}"


def _xlsx_header(path: Path) -> Header:
    """Headers of the one visible sheet that has any."""
    _inspect(path)
    found: dict[str, tuple[str, ...]] = {}
    with _workbook(path) as workbook:
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            headers = list[str]()
            for number, cells in _sheet_rows(path, sheet):
                if number == 1:
                    headers = [""] * max((cell["column"] for cell in cells), default=0)
                    for cell in cells:
                        headers[cell["column"] - 1] = str(cell["value"] if cell["value"] is not None else "").strip().casefold()
                elif not headers and any(cell["value"] is not None for cell in cells):
                    raise refuse(path, "R104", "an empty first row", "a header row", "Put the headers in the first row.", 1)
                break
            while headers and not headers[-1]:
                headers.pop()
            if headers:
                found[sheet.title] = tuple(headers)
    if len(found) != 1:
        raise refuse(
            path,
            "R114",
            f"{len(found)} visible sheets with content",
            "one sheet",
            "Deliver one table in one sheet; remove or hide the others.",
        )
    [(sheet_title, headers_found)] = found.items()
    if "" in headers_found:
        raise refuse(
            path,
            "R104",
            "an empty header cell",
            "a header over every column",
            "Put the headers in the first row, one in each column; no merged cells.",
            1,
        )
    return Header("xlsx", _distinct(path, headers_found), sheet=sheet_title)


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """The opened workbook (`_inspect` it first); what is no whole one is refused (R101)."""
    import openpyxl

    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")  # they quote values of cells
    with _damage_refused(path):
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        yield workbook
    finally:
        workbook.close()


@contextmanager
def _damage_refused(path: Path) -> Iterator[None]:
    """Whatever the parsers of zip and XML raise at a damaged workbook refuses it (R101), without the values that they quote."""
    try:
        yield
    except (DeliveryRefused, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the disk's fault, not the file's (EINVAL: a damaged zip file makes zipfile seek before its beginning)
        raise refuse(
            path, "R101", "a workbook that cannot be read", "a whole XLSX file", "Open it in Excel, save it again as XLSX and deliver that."
        ) from None


def _inspect(path: Path) -> None:
    """Refuse, before anything is parsed, what would unpack too large (R115) and parts that no plain workbook has (R101)."""
    with _damage_refused(path), zipfile.ZipFile(path) as archive:
        items = archive.infolist()
        unpacked = sum(item.file_size for item in items)
        if unpacked > MAX_UNPACKED_BYTES:
            limit = f"at most {MAX_UNPACKED_BYTES // 1024**2} MB"
            raise refuse(path, "R115", f"{unpacked // 1024**2} MB when unpacked", limit, "Deliver the table as CSV.")
        names = [item.filename for item in items]
        if "xl/workbook.xml" not in names:
            raise refuse(path, "R101", "a zip file that is no workbook", "CSV or XLSX", "Deliver the workbook itself, as XLSX.")
        if len(set(names)) < len(names):
            raise refuse(path, "R101", "a workbook with two parts of one name", "a whole XLSX file", "Save it again as XLSX in Excel.")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise refuse(path, "R101", "a workbook with macros", "a workbook without macros", "Save the workbook as XLSX, not as XLSM.")
        for item in items:
            # every part, also those that nothing parses: reading is what sees that a part is damaged (its name, its checksum), and
            # openpyxl reads a workbook whose styles it does not find as if no number were a date or a share
            is_xml = item.filename.lower().endswith((".xml", ".rels"))
            with archive.open(item) as part:
                before = b""
                while chunk := part.read(_CHUNK):
                    if is_xml and _XML_FORBIDDEN.search(before + chunk):
                        raise refuse(
                            path, "R101", "XML with declarations of its own, or not in UTF-8", "a plain XLSX file",
                            "Save the workbook again as XLSX in Excel.",
                        )  # fmt: skip
                    before = chunk[-16:]


def _sheet_rows(path: Path, sheet: Any) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """(row number, cells) of a sheet as the file has them; each cell is {column, value, data_type, style_id}.

    openpyxl's own `iter_rows` believes the sheet's dimension tag, which many exports write wrongly, and leaves out rows that
    come out of order: both lose rows without a word. Here such a sheet is refused (R101). So are merged cells (R108): all but
    the first of them are empty, whatever the sheet seems to say.
    """
    from openpyxl.worksheet._reader import WorkSheetParser

    book = sheet.parent
    with _damage_refused(path), sheet._get_source() as source:
        parser = WorkSheetParser(
            source, sheet._shared_strings, epoch=book.epoch, date_formats=book._date_formats, timedelta_formats=book._timedelta_formats
        )
        last = 0
        for number, cells in parser.parse():
            columns = [cell["column"] for cell in cells]
            ordered = all(left < right for left, right in zip(columns, columns[1:], strict=False))
            if not ordered or not last < number <= MAX_XLSX_ROWS or (columns and columns[-1] > MAX_XLSX_COLUMNS):
                raise refuse(
                    path, "R101", "rows or cells out of order", "a whole XLSX file", "Open it in Excel, save it again and deliver that.",
                    min(number, MAX_XLSX_ROWS) if number > 0 else None,
                )  # fmt: skip
            last = number
            yield number, cells
        if parser.merged_cells is not None and parser.merged_cells.mergeCell:
            at = int(re.sub(r"\D", "", parser.merged_cells.mergeCell[0].ref.split(":")[0]))
            raise refuse(path, "R108", "merged cells", "every value in a cell of its own", "Unmerge the cells and fill in each.", at)


def _register_xlsx(con: duckdb.DuckDBPyConnection, path: Path, header: Header) -> str:
    import pandas as pd

    width = len(header.headers)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    rows: list[int] = []
    findings: list[Finding] = []
    with _workbook(path) as workbook:
        sheet = workbook[header.sheet]
        shares = _styles_of_shares(workbook)
        for number, cells in _sheet_rows(path, sheet):
            if number == 1:
                continue
            texts: list[str | None] = [None] * width
            for cell in cells:
                index, value = cell["column"] - 1, cell["value"]
                what = _NO_VALUE.get(cell["data_type"])
                if what is None and index >= width and value is not None:
                    what = "a cell without header"
                if what is None and cell["style_id"] in shares and isinstance(value, int | float):
                    what = "a number shown as per cent: 0,75 in the file is 75 % on the screen"
                if what:
                    name = header.headers[index] if index < width else None
                    advice = "Paste the values, as plain numbers and texts, and deliver the file again."
                    findings.append(Finding("R108", "error", path.name, what, "a value", advice, number, name))
                elif index < width:
                    texts[index] = _cell_text(value)
            if any(texts):
                rows.append(number)
                for column, text in zip(columns, texts, strict=True):
                    column.append(text)
            if len(findings) >= NAMED_ROWS:
                break
    if findings:
        raise DeliveryRefused(findings)
    frame = pd.DataFrame({f"c{index}": pd.Series(values, dtype="str") for index, values in enumerate(columns)})
    frame["source_row"] = rows
    con.register("delivered", frame)
    return "delivered"


def _styles_of_shares(workbook: Any) -> frozenset[int]:
    """The cell styles of a workbook that show a number as per cent."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    own = dict(enumerate(workbook._number_formats, start=164))
    formats = (own.get(style.numFmtId) or BUILTIN_FORMATS.get(style.numFmtId, "") for style in workbook._cell_styles)
    return frozenset(index for index, text in enumerate(formats) if "%" in text)


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
    return str(value)
