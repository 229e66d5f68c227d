"""Other parsers of the three formats, written for the trials only: what an accepted file must hold, seen by other eyes.

Belongs here: CSV by the csv module, workbooks by zipfile and ElementTree, SIE by hand, and the contract's types in
Python. Does not
belong here: anything of the platform's readers (`ingestion.readers`): none is imported.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import Column, Kind, Table
from ingestion.privacy.pseudonyms import Pseudonymiser

Row = tuple[object, ...]
APART = " \xa0\u202f\u2009\u2007"
BLANKS = f"\t{APART}"
NO_VALUE = "\0no value"
"""Of a cell that holds a formula, an error or a share: it must not be read."""


class Malformed(Exception):
    """The file is not what its format asks for, or a cell not what the contract asks for: it must not be accepted."""


def parse(
    content: bytes, kind: str, table: Table, municipality: Municipality, pseudonymiser: Pseudonymiser
) -> list[Row]:
    """The file's rows, typed as the contract says, without bookkeeping; of a SIE file by month, then in the file's
    order.
    """
    if kind == "sie" or content.removeprefix(codecs.BOM_UTF8).lstrip()[:7].upper() == b"#FLAGGA":
        return _sie(content, table, municipality)
    headers, body = _workbook(content) if content[:4] == b"PK\x03\x04" else _text(content)
    named = [
        " ".join(unicodedata.normalize("NFC", header).lstrip(f"\ufeff{BLANKS}").split()).casefold()
        for header in headers
    ]
    if len({name for name in named if name}) < len([name for name in named if name]):
        raise Malformed("a header stands twice")
    if missing := {column.header for column in table.columns} - set(named):
        raise Malformed(f"{len(missing)} headers are missing")
    at = {column.header: named.index(column.header) for column in table.columns}
    typed = [_typed_row([cells[at[column.header]] for column in table.columns], table, pseudonymiser) for cells in body]
    names = [name for name, _ in table.lake_columns()]
    if {row[names.index("municipality_id")] for row in typed} != {municipality.id}:
        raise Malformed("rows are of other municipalities")
    if len({row[names.index(table.period_column or "")] for row in typed}) != 1:
        raise Malformed("rows are of several periods")
    return typed


# CSV


def _text(content: bytes) -> tuple[list[str], list[list[str | None]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    csv.field_size_limit(1 << 30)
    rows = [
        row
        for row in csv.reader(io.StringIO(unicodedata.normalize("NFC", text), newline=""), delimiter=";", strict=True)
        if row
    ]
    if [cell.casefold() for cell in rows[0][:2]] == ["sep=", ""]:  # Excel's line
        rows = rows[1:]
    while not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    width = len(rows[0])
    body: list[list[str | None]] = []
    for row in rows[1:]:
        while len(row) > width and not row[-1]:
            row.pop()
        if len(row) != width:
            raise Malformed("a row has other cells than the header")
        body.append([*row])
    return rows[0], body


# Workbooks


_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _workbook(content: bytes) -> tuple[list[str], list[list[str | None]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    book = ElementTree.fromstring(parts["xl/workbook.xml"])
    links = {
        link.get("Id"): link.get("Target") or "" for link in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    settings = book.find(f"{_SPACE}workbookPr")
    since = (
        date(1904, 1, 1) if settings is not None and settings.get("date1904") in ("1", "true") else date(1899, 12, 30)
    )
    strings = []
    if "xl/sharedStrings.xml" in parts:
        strings = [_string(item) for item in ElementTree.fromstring(parts["xl/sharedStrings.xml"])]
    formats = []
    if "xl/styles.xml" in parts:
        styles = ElementTree.fromstring(parts["xl/styles.xml"]).find(f"{_SPACE}cellXfs")
        formats = [int(style.get("numFmtId") or 0) for style in styles] if styles is not None else []
    sheets = []
    for sheet in book.iter(f"{_SPACE}sheet"):
        if sheet.get("state", "visible") == "visible":
            cells = _cells(ElementTree.fromstring(parts["xl/" + links[sheet.get(_LINK)]]), strings, formats, since)
            if cells:
                sheets.append(cells)
    if len(sheets) != 1:
        raise Malformed(f"{len(sheets)} sheets are visible and have content")
    [cells] = sheets
    width = max((column for row, column in cells if row == 1), default=0)
    headers = [cells.get((1, column), "") for column in range(1, width + 1)]
    if "" in headers or any(column > width for _, column in cells):
        raise Malformed("a cell has no header")
    numbers = sorted({row for row, _ in cells if row > 1})
    return headers, [[cells.get((row, column)) for column in range(1, width + 1)] for row in numbers]


def _string(item: ElementTree.Element) -> str:
    """The text of an item: its own, or that of its runs; not how it is pronounced."""
    own = [item.find(f"{_SPACE}t")] if item.find(f"{_SPACE}t") is not None else []
    runs = [run.find(f"{_SPACE}t") for run in item.findall(f"{_SPACE}r")]
    return "".join(part.text or "" for part in [*own, *runs] if part is not None)


def _cells(
    sheet: ElementTree.Element, strings: list[str], formats: list[int], since: date
) -> dict[tuple[int, int], str]:
    if sheet.find(f"{_SPACE}mergeCells") is not None and len(sheet.find(f"{_SPACE}mergeCells") or ()):
        raise Malformed("cells are merged")
    found: dict[tuple[int, int], str] = {}
    row_number = 0
    for row in sheet.iter(f"{_SPACE}row"):
        before, row_number = row_number, int(row.get("r") or row_number + 1)
        if row_number <= before:
            raise Malformed("rows are out of order")
        column = 0
        for cell in row:
            before, column = column, _column(cell.get("r")) or column + 1
            if column <= before:
                raise Malformed("cells are out of order")
            text = _shown(cell, strings, formats, since)
            if text is not None and text != "":
                found[row_number, column] = text
    return found


def _column(reference: str | None) -> int:
    column = 0
    for letter in re.sub(r"\d", "", reference or ""):
        column = column * 26 + ord(letter.upper()) - 64
    return column


def _shown(cell: ElementTree.Element, strings: list[str], formats: list[int], since: date) -> str | None:
    """A cell as the contract would have it written."""
    if cell.find(f"{_SPACE}f") is not None or cell.get("t") == "e":
        return NO_VALUE
    value, kind = cell.findtext(f"{_SPACE}v"), cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_SPACE}is")
        return _string(inline) if inline is not None else None
    if not value:
        return None
    match kind:
        case "s":
            return strings[int(value)]
        case "b":
            return "ja" if int(value) else "nej"
        case "n":
            number = Decimal(value)
            style = formats[int(cell.get("s") or 0)] if formats else 0
            if style == 9:
                return NO_VALUE
            if style == 14:
                if 0 <= number < 1:  # a time of day without a day
                    return str((datetime.combine(since, datetime.min.time()) + timedelta(days=float(number))).time())
                if since.year == 1899 and 0 < number < 60:  # Excel counts a 29 February 1900
                    number += 1
                days = timedelta(days=float(number))
                moment = datetime.combine(since, datetime.min.time()) + days
                return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(sep=" ")
            near = round(number, 2)
            exact = near if abs(number - near) < Decimal("1e-6") else number
            return f"{exact.normalize():f}".replace(".", ",")
    return value


# The contract's types


def _typed_row(cells: list[str | None], table: Table, pseudonymiser: Pseudonymiser) -> Row:
    typed: list[object] = []
    for column, cell in zip(table.columns, cells, strict=True):
        if cell == NO_VALUE and column.kind is not Kind.DROPPED:
            raise Malformed("a cell is a formula, an error or a share")
        text = (cell or "").strip(BLANKS) or None
        if column.kind is Kind.PERSON:
            person = pseudonymiser.person(text, datetime.now(UTC).date()) if text else None
            if text and person is None:
                raise Malformed("a person's number is none")
            typed += [person.person_id, person.gender, person.birth_month] if person else [None, None, None]
        elif column.kind is not Kind.DROPPED:
            typed.append(_typed(text, column) if text is not None else None)
    return tuple(typed)


def _typed(text: str, column: Column) -> object:
    number = f"-{text[1:]}" if text.startswith(("\u2212", "\u2013")) else text
    match column.kind:
        case Kind.TEXT:
            return text
        case Kind.BOOLEAN if text.lower() in ("ja", "nej"):
            return text.lower() == "ja"
        case Kind.YEAR if re.fullmatch("[12][0-9]{3}", text):
            return text
        case Kind.MONTH if re.fullmatch("[12][0-9]{3}-?(0[1-9]|1[0-2])(-01)?", text):
            return f"{text[:4]}-{re.sub('-', '', text)[4:6]}"
        case Kind.DATE if day := re.fullmatch("([0-9]{4})-?([0-9]{2})-?([0-9]{2})([ T]00:00(:00([.,]0+)?)?)?", text):
            try:
                return date(int(day[1]), int(day[2]), int(day[3]))
            except ValueError:
                raise Malformed("a day is none") from None
        case Kind.INTEGER if re.fullmatch(f"-?([0-9]{{1,18}}|[0-9]{{1,3}}([{APART}][0-9]{{3}})+)(,0+)?", number):
            return int(re.sub(f"[{APART}]", "", number).split(",")[0])
        case Kind.DECIMAL if re.fullmatch(
            f"-?([0-9]{{1,15}}|[0-9]{{1,3}}([{APART}][0-9]{{3}})+)(,[0-9]{{1,2}}0*)?", number
        ):
            return Decimal(re.sub(f"[{APART}]", "", number).replace(",", "."))
    raise Malformed(f"a cell of {column.name} is no {column.kind}")


# SIE


def _sie(content: bytes, table: Table, municipality: Municipality) -> list[Row]:
    headers = {number: column for column, number in municipality.sie_dimensions.items()}
    names = [name for name, _ in table.lake_columns()[:-2]]
    months: dict[str, list[Row]] = {}
    series = number = on = ""
    count, inside, ignored, last = 0, False, False, ""
    for line in _records(content):
        if line == ["{"]:
            inside, ignored = last == "#VER", last != "#VER"
        elif line == ["}"]:
            inside = ignored = False
        elif ignored:
            continue
        else:
            last = str(line[0]).upper()
            own = (municipality.organisation_number or "").replace("-", "")
            if last == "#ORGNR" and "".join(re.findall(r"\d", str(line[1])))[-10:] != own:
                raise Malformed("the organisation is another")
            if last == "#VER":
                series, number, on, count = str(line[1]), str(line[2]), str(line[3]), 0
            if last == "#TRANS":
                if not inside:
                    raise Malformed("a row stands outside a voucher")
                count += 1
                row = _posting(line, series, number, on, count, headers, municipality.id)
                months.setdefault(on[:6], []).append(tuple(row.get(name) for name in names))
    return [row for month in sorted(months) for row in months[month]]


def _posting(
    line: list[object], series: str, number: str, on: str, count: int, headers: dict[str, str], of: str
) -> dict[str, object]:
    objects = line[2]
    if not isinstance(objects, list) or not re.fullmatch(
        r"[+-]?([0-9]{1,15}(\.[0-9]{0,2}0*)?|\.[0-9]{1,2}0*)", str(line[3])
    ):
        raise Malformed("a row is none")
    if len(set(objects[::2]) & set(headers)) < sum(dimension in headers for dimension in objects[::2]):
        raise Malformed("a dimension stands twice in a row")
    posted = str(line[4]) if len(line) > 4 and line[4] else on
    row: dict[str, object] = {
        "municipality_id": of,
        "period": f"{on[:4]}-{on[4:6]}",
        "voucher_series": series,
        "voucher": number,
        "voucher_row": count,
        "posting_date": datetime.strptime(posted, "%Y%m%d").date(),
        "accounting_period": on[:6],
        "account": line[1],
        "amount": Decimal(str(line[3])).quantize(Decimal("0.01")),
    }
    for dimension, code in zip(objects[::2], objects[1::2], strict=True):
        if dimension in headers:
            text = str(code).strip(BLANKS) or None
            name = headers[dimension]
            row[name] = {"ja": True, "nej": False}[text.lower()] if name == "is_internal" and text else text
    return {name: value.strip(BLANKS) or None if isinstance(value, str) else value for name, value in row.items()}


def _records(content: bytes) -> Iterator[list[object]]:
    """The records that rows are made of, and the labels of the others; a line without any ASCII mark is none."""
    for line in _of_code_page(content).replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        text, ended, _ = line.partition("\x1a")
        text = text.strip()
        label = text.split(None, 1)[0].upper() if text else ""
        if text in ("{", "}"):
            yield [text]
        elif label in ("#ORGNR", "#VER", "#TRANS"):
            yield _fields(text)
        elif any("!" <= character <= "~" for character in text):
            yield [label]
        if ended:
            return


def _of_code_page(content: bytes) -> str:
    """UTF-8, or whichever of the two old code pages makes Swedish letters of more of the bytes that are not ASCII."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pages = (content.removeprefix(codecs.BOM_UTF8).decode(page, "replace") for page in ("cp437", "cp1252"))
        return max(pages, key=lambda text: sum(letter in "åäöÅÄÖ" for letter in text))


def _fields(text: str) -> list[object]:
    """The fields of a record, character by character, as far as its quotes are closed; what stands in braces is one
    field, a list.
    """
    fields: list[object] = []
    group: list[object] | None = None
    position = 0
    while position < len(text):
        character = text[position]
        into = fields if group is None else group
        if character.isspace():
            position += 1
        elif character == '"':
            value, position = "", position + 1
            while position < len(text) and text[position] != '"':
                if text[position : position + 2] == '\\"':
                    position += 1
                value, position = value + text[position], position + 1
            if position == len(text):
                break
            into.append(value)
            position += 1
        elif character == "{" and group is not None:
            break
        elif character == "{":
            group, position = [], position + 1
        elif character == "}" and group is None:
            break
        elif character == "}":
            fields.append(group)
            group, position = None, position + 1
        else:
            start = position
            while position < len(text) and not text[position].isspace() and text[position] not in '{}"':
                position += 1
            into.append(text[start:position])
    return fields
