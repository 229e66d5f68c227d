"""File formats: from a delivered file to a raw relation of texts, one column per delivered header.

Belongs here: recognising format, encoding and header; CSV through DuckDB, XLSX through openpyxl; refusing what cannot be
read, row by row named. SIE has a module of its own (`ingestion.ledger.sie`).
Does not belong here: types and contracts (`delivery`), rules on content (`expectations`).

Rules R101-R108, R114 and R115 are raised here.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb

from ingestion.findings import DeliveryRefused, Finding, quote
from ingestion.lake import literal

MAX_HEADER_BYTES = 64 * 1024
MAX_LINE_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 1024**3
MAX_RECODED_BYTES = 1024**3
NAMED_ROWS = 20
"""How many failing rows are named before the rest are only counted."""

_UNDEFINED_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_CHUNK = 4 * 1024 * 1024


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
    if start.lstrip().upper().startswith(b"#FLAGGA"):
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
        yield _register_xlsx(con, path, header)
        con.unregister("delivered")
        return
    location = str(path)
    if header.encoding != "utf-8":
        location = _recode(con, path, header.encoding)
    try:
        yield f"(select row_number() over () + 1 as source_row, * from {_read_csv(location, header)})"
    finally:
        if location != str(path):
            _memory_filesystem().rm(location)


def structural_findings(con: duckdb.DuckDBPyConnection, path: Path, header: Header) -> list[Finding]:
    """Rows of a CSV that do not have the header's cells (R106) or are not closed (R107), never quoting them."""
    location = str(path) if header.encoding == "utf-8" else _recode(con, path, header.encoding)
    con.execute(f"create or replace temp table _drained as select count(*) as n from {_read_csv(location, header, rejects=True)}")
    rejects = con.execute("select line, error_type, error_message from reject_errors order by line").fetchall()
    findings = []
    for line, kind, message in rejects[:NAMED_ROWS]:
        if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
            found = message.rsplit("Found:", 1)[-1].strip()
            findings.append(
                Finding(
                    "R106", "error", path.name, f"{found} cells", f"{len(header.headers)} cells as in the header",
                    "The file is cut off or a cell holds an unquoted semicolon: deliver it again, whole.", line, None, len(rejects),
                )
            )  # fmt: skip
        else:
            findings.append(
                Finding(
                    "R107", "error", path.name, f"a row that cannot be read ({str(kind).lower()})",
                    "cells separated by semicolons, quotes closed",
                    "Open the file at this row and mend the quotes, or deliver it again.", line, None, len(rejects),
                )
            )  # fmt: skip
    return findings


def _read_csv(location: str, header: Header, rejects: bool = False) -> str:
    columns = ", ".join(f"'c{index}': 'varchar'" for index in range(len(header.headers)))
    return (
        f"read_csv({literal(location)}, auto_detect = false, header = true, delim = ';', quote = '\"', escape = '\"', "
        f"columns = {{{columns}}}, strict_mode = true, max_line_size = {MAX_LINE_BYTES}{', store_rejects = true' if rejects else ''})"
    )


def _csv_header(path: Path) -> Header:
    encoding = _encoding(path)
    with path.open("rb") as file:
        start = file.read(MAX_HEADER_BYTES)
    line = start.split(b"\n", 1)[0] if b"\n" in start else start
    if len(line) == MAX_HEADER_BYTES:
        raise refuse(path, "R104", "a first line without end", "a header line", "Deliver the extract with a header line and line ends.", 1)
    text = line.decode("utf-8-sig" if encoding == "utf-8" else encoding).strip("\r")
    if ";" not in text:
        other = "tabs" if "\t" in text else "commas" if "," in text else "no separator"
        raise refuse(path, "R104", f"a header with {other}", "headers separated by semicolons", "Export with semicolon as separator.", 1)
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
            is_1252 = is_1252 and not _UNDEFINED_1252.intersection(chunk)
            in_line = in_line + len(chunk) if b"\n" not in chunk and b"\r" not in chunk else len(chunk) - chunk.rfind(b"\n") - 1
            if in_line > 4 * MAX_LINE_BYTES and b"\r" not in chunk:
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
    twice = sorted({header for header in headers if headers.count(header) > 1})
    if twice:
        found = ", ".join(quote(header, public=True) for header in twice)
        raise refuse(path, "R105", f"the header {found} more than once", "every header once", "Remove or rename the column.", 1)
    return headers


def _memory_filesystem() -> Any:
    import fsspec

    return fsspec.filesystem("memory")


def _recode(con: duckdb.DuckDBPyConnection, path: Path, encoding: str) -> str:
    """Windows-1252 as UTF-8 in memory: DuckDB reads no Windows-1252, and a file on disk would hold personnummer."""
    if path.stat().st_size > MAX_RECODED_BYTES:
        raise refuse(path, "R102", "more than 1 GB of Windows-1252", "UTF-8 for large files", "Export the file as CSV UTF-8.")
    filesystem = _memory_filesystem()
    location = f"/recoded/{path.name}"
    with io.TextIOWrapper(path.open("rb"), encoding=encoding, newline="") as source, filesystem.open(location, "wb") as target:
        while text := source.read(_CHUNK):
            target.write(text.encode("utf-8"))
    con.register_filesystem(filesystem)
    return f"memory:/{location}"


def _xlsx_header(path: Path) -> Header:
    """Headers of the one visible sheet that has any."""
    workbook = _open_workbook(path)
    try:
        found: dict[str, tuple[str, ...]] = {}
        for sheet in workbook.worksheets:
            if sheet.sheet_state != "visible":
                continue
            first = next(sheet.iter_rows(min_row=1, max_row=1, values_only=True), ())
            headers = [str(cell).strip().casefold() if cell is not None else "" for cell in first]
            while headers and not headers[-1]:
                headers.pop()
            if headers:
                found[sheet.title] = tuple(headers)
    finally:
        workbook.close()
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


def _open_workbook(path: Path) -> Any:
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
            names = set(archive.namelist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise refuse(path, "R115", f"{unpacked // 1024**2} MB when unpacked", "at most 1024 MB", "Deliver the table as CSV.")
        if "xl/workbook.xml" not in names:
            raise refuse(path, "R101", "a zip file that is no workbook", "CSV or XLSX", "Deliver the workbook itself, as XLSX.")
        return openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise refuse(
            path, "R101", "a workbook that cannot be opened", "a whole XLSX file", "Save it again as XLSX, without password."
        ) from error


def _register_xlsx(con: duckdb.DuckDBPyConnection, path: Path, header: Header) -> str:
    import pandas as pd

    width = len(header.headers)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    rows: list[int] = []
    findings: list[Finding] = []
    workbook = _open_workbook(path)
    try:
        sheet = workbook[header.sheet]
        for number, cells in enumerate(sheet.iter_rows(min_row=2), start=2):
            texts: list[str | None] = []
            for index, cell in enumerate(cells):
                if cell.data_type in ("f", "e") or (index >= width and cell.value is not None):
                    what = {"f": "a formula", "e": "an Excel error"}.get(cell.data_type, "a cell without header")
                    name = header.headers[index] if index < width else None
                    findings.append(
                        Finding("R108", "error", path.name, what, "a value", "Paste the values and deliver the file again.", number, name)
                    )
                texts.append(_cell_text(cell.value))
            if any(texts):
                rows.append(number)
                for index in range(width):
                    columns[index].append(texts[index] if index < len(texts) else None)
            if len(findings) >= NAMED_ROWS:
                break
    finally:
        workbook.close()
    if findings:
        raise DeliveryRefused(findings)
    frame = pd.DataFrame({f"c{index}": pd.Series(values, dtype="str") for index, values in enumerate(columns)})
    frame["source_row"] = rows
    con.register("delivered", frame)
    return "delivered"


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
