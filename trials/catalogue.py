"""The catalogue of bad deliveries: what is delivered, and what must become of it. `docs/deliveries.md` is written from
it.

Belongs here: the deliveries, made of faultless extracts by one change each, and their fate, said beforehand. Does not
belong
here: trying them (`trials.deliveries`).
"""

from __future__ import annotations

import os
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.contracts import DELIVERED_SOURCES, Holds, tables
from ingestion.readers import files as readers
from trials.extracts import Row, csv_text, personnummer, rows, sie_text, table_of, write_xlsx

Make = Callable[[Path], Path]
"""Writes a delivery into the inbox's folder of its source; returns the file."""


@dataclass(frozen=True)
class Case:
    """One delivery and its fate.

    name: unique. delivered: in words. source: whose inbox. rule: the rule that rejects it; None where it is in fact
    right and accepted, then rows and total (lake column, sum) say as what. row, column, told: what the finding of
    `rule` names and tells. kept_as: the name under which the file is known, where its own cannot be shown. passed_over:
    it is no delivery, and stays.
    """

    group: str
    name: str
    delivered: str
    source: str
    make: Make
    rule: str | None = None
    row: int | None = None
    column: str | None = None
    told: str = ""
    rows: int = 0
    total: tuple[str, str] = ("", "")
    warning: str | None = None
    kept_as: str | None = None
    passed_over: bool = False


# Ways of making a delivery


def text(
    full_name: str,
    change: Callable[[list[Row]], object] = lambda _: None,
    spoil: Callable[[bytes], bytes] = lambda content: content,
    encoding: str = "utf-8",
    end: str = "\r\n",
    period: str | None = None,
    name: str = "leverans.csv",
) -> Make:
    """A CSV: its rows changed in place, then its bytes spoilt."""

    def make(folder: Path) -> Path:
        of = table_of(full_name)
        these = rows(of, period or _period(full_name))
        change(these)
        path = folder / name
        path.write_bytes(spoil(csv_text(of, these, end).encode(encoding)))
        return path

    return make


def content(of: bytes, name: str = "leverans.csv") -> Make:
    """A file of these bytes."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(of)
        return folder / name

    return make


def book(
    full_name: str,
    edit: Callable[[Any], object] = lambda _: None,
    part: Callable[[str, bytes], bytes] = lambda _, data: data,
    more: tuple[tuple[str, bytes], ...] = (),
    name: str = "leverans.xlsx",
    change: Callable[[list[Row]], object] = lambda _: None,
) -> Make:
    """A workbook: edited as openpyxl has it, then the parts of its zip file changed, then parts added."""

    def make(folder: Path) -> Path:
        import openpyxl

        of = table_of(full_name)
        these = rows(of, _period(full_name))
        change(these)
        path = write_xlsx(folder / name, of, these)
        workbook = openpyxl.load_workbook(path)
        edit(workbook)
        workbook.save(path)
        with zipfile.ZipFile(path) as archive:
            parts = [(item.filename, archive.read(item)) for item in archive.infolist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, data in [*((file, part(file, data)) for file, data in parts), *more]:
                archive.writestr(file, data)
        return path

    return make


def sie(
    change: Callable[[str], str] = lambda of: of,
    encoding: str = "cp437",
    name: str = "bokforing.se",
    spoil: Callable[[bytes], bytes] = lambda content: content,
) -> Make:
    """A SIE 4 file of January and February: its text changed, then its bytes spoilt."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(spoil(change(sie_text()).replace("\n", "\r\n").encode(encoding)))
        return folder / name

    return make


def _period(full_name: str) -> str:
    of = table_of(full_name)
    return "2024-03" if of.column(of.period_column or "").header != "ar" else "2024"


def put(row: int, **cells: str) -> Callable[[list[Row]], object]:
    """Cells of one row; 2 is the first, as in the file."""
    return lambda these: these[row - 2].update(cells)


def every(**cells: str) -> Callable[[list[Row]], object]:
    """Cells of all rows."""
    return lambda these: [row.update(cells) for row in these]


def _swap(left: str, right: str) -> Callable[[list[Row]], object]:
    return lambda these: [row.update({left: row[right], right: row[left]}) for row in these]


def _below(*lines: str) -> Callable[[bytes], bytes]:
    return lambda of: of + "".join(f"{line}\r\n" for line in lines).encode()


def _as_strict(file: str, data: bytes) -> bytes:
    for strict, transitional in readers._TRANSITIONAL:
        data = data.replace(transitional, strict)
    return data


def _hide(*rows: int) -> Callable[[Any], None]:
    def edit(workbook: Any) -> None:
        for row in rows:
            workbook.worksheets[0].row_dimensions[row].hidden = True

    return edit


def _hide_table(workbook: Any) -> None:
    workbook.worksheets[0].sheet_state = "hidden"
    workbook.create_sheet("Blad1")


def _zip_of(path: Path, *parts: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return path


def _running_numbers(these: list[Row]) -> None:
    for place, row in enumerate(these):  # 2403152000 and on: none has its check digit by chance
        row["verifikation"] = str(2403152000 + place // 2)


def _replace(old: str, new: str, count: int = -1) -> Callable[[bytes], bytes]:
    def change(of: bytes) -> bytes:
        if old.encode() not in of:
            raise ValueError(f"nothing to replace: {old}")
        return of.replace(old.encode(), new.encode(), count)

    return change


_FOREIGN = b"kommun;period;anstallningsid;pnr;fullt_namn;befattning;kod;avd;plats;kst;form;lon;grad;veckotid;start;slut;orsak;ledare"
"""Headers of another system, over rows of employments."""


def _lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda of: b"\r\n".join(change(of.split(b"\r\n")))


def _line(number: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return _lines(lambda of: [change(line) if n == number else line for n, line in enumerate(of, start=1)])


def _said(old: str, new: str, count: int = -1) -> Callable[[str], str]:
    def change(of: str) -> str:
        if old not in of:
            raise ValueError(f"nothing to replace: {old}")
        return of.replace(old, new, count)

    return change


def _part(name: str, old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    def change(file: str, data: bytes) -> bytes:
        if file != name:
            return data
        if old not in data:
            raise ValueError(f"nothing to replace in {name}")
        return data.replace(old, new, 1)

    return change


SHEET = "xl/worksheets/sheet1.xml"
NUMBER = personnummer(7)
TIME, STAFF, POSTINGS, FORECAST = "hr_time_records", "hr_employments", "ledger_transactions", "ledger_forecast"
ALL_HOURS = ("scheduled_hours", "1431.00")


def _in_sheet(cell: str, value: object, shown_as: str | None = None) -> Callable[[Any], object]:
    def edit(workbook: Any) -> None:
        workbook.worksheets[0][cell] = value
        if shown_as:
            workbook.worksheets[0][cell].number_format = shown_as

    return edit


def _second_sheet(state: str) -> Callable[[Any], object]:
    def edit(workbook: Any) -> None:
        sheet = workbook.create_sheet("Underlag")
        sheet.append(["personnummer", "namn"])
        sheet.append([NUMBER, "Quistberg, Alvfrid"])
        sheet.sheet_state = state

    return edit


def _real_dates(workbook: Any) -> None:
    for [cell] in workbook.worksheets[0].iter_rows(min_row=2, min_col=15, max_col=15):
        cell.value = datetime.fromisoformat(cell.value)


def _since_1904(workbook: Any) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    workbook.epoch = CALENDAR_MAC_1904
    _real_dates(workbook)


def _link(folder: Path) -> Path:
    outside = folder.parents[2] / "utanfor.csv"
    text(TIME, name=outside.name)(outside.parent)
    (folder / "leverans.csv").symlink_to(outside)
    return folder / "leverans.csv"


def _sparse(folder: Path) -> Path:
    path = folder / "leverans.csv"
    text(TIME)(folder)
    os.truncate(path, 10 * 1024**3)
    return path


def _one_line(folder: Path) -> Path:
    path = folder / "leverans.csv"
    with path.open("wb") as file:
        for _ in range(64):
            file.write(b"kommun;period;" * 75_000)
    return path


def _endless_cell(folder: Path) -> Path:
    path = text(TIME)(folder)
    with path.open("ab") as file:
        file.write(b'1489;2024-03;"')
        for _ in range(64):
            file.write(b"text utan slut\r\n" * 65_000)
    return path


def _zip_bomb(folder: Path) -> Path:
    path = book(TIME)(folder)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/bild.bin", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(1024**2))
    return path


def _other_municipality(folder: Path) -> Path:
    unknown = folder.parents[1] / "9999-okand" / folder.name
    unknown.mkdir(parents=True)
    return text(TIME)(unknown)


def _twice_in_zip(folder: Path) -> Path:
    import warnings

    path = book(TIME)(folder)
    with zipfile.ZipFile(path) as archive:
        data = archive.read(SHEET)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")  # the doubled name is the point
        archive.writestr(SHEET, data)
    return path


def _part_renamed_in_directory(folder: Path) -> Path:
    path = book(TIME)(folder)
    head, tail = path.read_bytes().rsplit(b"xl/styles.xml", 1)
    path.write_bytes(head + b"xl/styles.3ml" + tail)
    return path


def _picture_damaged(folder: Path) -> Path:
    path = book(TIME)(folder)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"pixels" * 99)  # not compressed
    path.write_bytes(path.read_bytes().replace(b"pixels", b"pixelz", 1))
    return path


def _entities(file: str, data: bytes) -> bytes:
    if file != SHEET:
        return data
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    )
    return bomb + b"]>" + data.replace(b"<v>", b"<v>&j;", 1)


def _utf16_part(file: str, data: bytes) -> bytes:
    return data.decode().encode("utf-16") if file == "xl/styles.xml" else data


CSV, CELLS, SHAPE, TIMES, PEOPLE, PERSONS, NAMES, BOOKS, LEDGER, OTHERS, SIZE = (
    "Text files: encodings, separators, line ends",
    "Cells: numbers and dates as people write them",
    "Headers, columns and rows",
    "Municipality, period, corrections",
    "Personnummer where none belong",
    "Names of people where codes and roles belong",
    "Names of files, and ways out of the inbox",
    "Workbooks",
    "SIE 4 and the ledger",
    "The other sources",
    "Too large",
)


def _name_cases() -> Iterator[Case]:
    """A name in every column that is kept and is neither a list of codes nor prose, and a surname alone where only a
    number belongs.
    """
    for of in (of for source in DELIVERED_SOURCES for of in tables(source)):
        for column in of.columns:
            if (
                not column.is_free_text or column.holds is Holds.PROSE or column.name == "municipality_id"
            ):  # (R121 rejects a municipality)
                continue
            written = [("surname, first name", "Quistberg, Alvfrid", "Aaaaaaaaa, Aaaaaaa")]
            if column.holds is Holds.NUMBER:
                written.append(("a surname in small letters", "quistberg", "aaaaaaaaa"))
            for what, name, shape in written:
                yield Case(
                    PERSONS,
                    f"{of.full_name}-{column.header}-{name.split(',')[0]}",
                    f"{what} as {column.header} of {of.name}",
                    of.source,
                    text(of.full_name, put(2, **{column.header: name})),
                    rule="G115",
                    row=2,
                    column=column.header,
                    told=f"a text of the shape '{shape}'",
                )


CASES: tuple[Case, ...] = (
    Case(
        CSV,
        "utf8-bom",
        "UTF-8 with a byte order mark",
        "hr",
        text(TIME, encoding="utf-8-sig"),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CSV, "windows-1252", "Windows-1252", "hr", text(STAFF, encoding="cp1252"), rows=12, total=("degree", "900.00")
    ),
    Case(
        CSV,
        "utf16",
        "UTF-16 with a byte order mark",
        "hr",
        text(TIME, encoding="utf-16"),
        rule="R102",
        told="UTF-16 text or binary data",
    ),
    Case(
        CSV,
        "utf16-no-bom",
        "UTF-16 without a byte order mark",
        "hr",
        text(TIME, encoding="utf-16-be"),
        rule="R102",
        told="UTF-16 text or binary data",
    ),
    Case(CSV, "utf32", "UTF-32", "hr", text(TIME, encoding="utf-32"), rule="R102", told="UTF-16 text or binary data"),
    Case(
        CSV,
        "c1-bytes",
        "bytes that are neither UTF-8 nor Windows-1252",
        "hr",
        text(STAFF, spoil=lambda of: of.replace("ö".encode(), b"\xf6\x8d", 1)),
        rule="R102",
        told="bytes that are neither UTF-8 nor Windows-1252",
    ),
    Case(
        CSV,
        "mixed-encodings",
        "UTF-8, but one row in Windows-1252",
        "hr",
        text(STAFF, spoil=_line(5, lambda line: line.decode().encode("cp1252"))),
        rule="G111",
        row=2,
        column="befattning",
        told="'UnderskÃ¶terska'",
    ),
    Case(
        CSV,
        "double-encoded",
        "UTF-8 that was taken for Windows-1252 and encoded again",
        "hr",
        text(STAFF, spoil=lambda of: of.decode("cp1252").encode()),
        rule="G111",
        row=2,
        column="befattning",
        told="'UnderskÃ¶terska'",
    ),
    Case(
        CSV,
        "dos-encoded",
        "DOS text (code page 437)",
        "hr",
        text(STAFF, encoding="cp437"),
        rule="G111",
        row=2,
        column="befattning",
        told="'Undersk”terska'",
    ),
    Case(
        CSV,
        "mac-encoded",
        "Mac OS Roman text",
        "hr",
        text(STAFF, encoding="mac_roman"),
        rule="G104",
        row=2,
        column="loneform",
        told="a text of the shape 'aAaaa'",  # a capital within a word: what is no code is not quoted
    ),
    Case(
        CSV,
        "lost-letters",
        "letters lost as U+FFFD on the way",
        "hr",
        text(STAFF, put(4, befattning="Undersk\ufffdterska")),
        rule="G111",
        row=4,
        column="befattning",
        told="'Undersk�terska'",
    ),
    Case(
        CSV,
        "control-character",
        "a control character inside a text",
        "hr",
        text(STAFF, put(4, befattning="Under\x1fsköterska")),
        rule="G111",
        row=4,
        column="befattning",
        told="a text of the shape 'Aaaaa?aaaaaaaaa'",
    ),
    Case(
        CSV,
        "nul",
        "a null byte in a row",
        "hr",
        text(TIME, spoil=_line(6, lambda line: line[:10] + b"\x00" + line[10:])),
        rule="R102",
        told="UTF-16 text or binary data",
    ),
    Case(
        CSV,
        "joined-files",
        "two files with byte order marks, joined",
        "hr",
        text(TIME, encoding="utf-8-sig", spoil=lambda of: of + of),
        rule="R128",
        row=14,
        told="the headers once more, no row of the table",
    ),
    Case(
        CSV,
        "bom-inside",
        "a byte order mark before the second row",
        "hr",
        text(TIME, spoil=_line(3, lambda line: b"\xef\xbb\xbf" + line)),
        rule="R121",
        row=3,
        column="kommun",
        told="a text of the shape '?9999'",
    ),
    Case(
        CSV,
        "bom-twice",
        "two byte order marks",
        "hr",
        text(TIME, encoding="utf-8-sig", spoil=lambda of: b"\xef\xbb\xbf" + of),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CSV,
        "commas",
        "commas between the cells",
        "hr",
        text(TIME, spoil=lambda of: of.replace(b";", b",")),
        rule="R104",
        row=1,
        told="a header with commas",
    ),
    Case(
        CSV,
        "tabs",
        "tabs between the cells",
        "hr",
        text(TIME, spoil=lambda of: of.replace(b";", b"\t")),
        rule="R104",
        row=1,
        told="a header with tabs",
    ),
    Case(
        CSV,
        "pipes",
        "vertical bars between the cells",
        "hr",
        text(TIME, spoil=lambda of: of.replace(b";", b"|")),
        rule="R104",
        row=1,
        told="a header with no separator",
    ),
    Case(
        CSV,
        "sep-line",
        "a first line 'sep=;' for Excel",
        "hr",
        text(TIME, spoil=lambda of: b"sep=;\r\n" + of),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CSV,
        "title-line",
        "a title above the headers",
        "hr",
        text(TIME, spoil=lambda of: b"Tidrapport mars\r\n" + of),
        rule="R104",
        row=2,
        told="the headers in row 2",
    ),
    Case(
        CSV,
        "blank-first-line",
        "an empty line above the headers",
        "hr",
        text(TIME, spoil=lambda of: b"\r\n" + of),
        rule="R104",
        row=2,
        told="the headers in row 2",
    ),
    Case(
        CSV,
        "open-quote",
        "a quote that is never closed",
        "hr",
        text(TIME, spoil=_line(5, lambda line: line.replace(b";A", b';"A'))),
        rule="R107",
        row=5,
        told="quotes that are not closed, or a cell without end",
    ),
    Case(
        CSV,
        "after-quote",
        "text behind a closing quote",
        "hr",
        text(TIME, spoil=_line(5, lambda line: line.replace(b";A1003;", b';"A1003"x;'))),
        rule="R107",
        row=5,
        told="quotes that are not closed, or a cell without end",
    ),
    Case(
        CSV,
        "header-quote",
        "a quote in the header that is never closed",
        "hr",
        text(TIME, spoil=lambda of: b'"' + of),
        rule="R104",
        row=1,
        told="a header with a quote that is not closed",
    ),
    Case(
        CSV,
        "bare-semicolon",
        "a semicolon inside an unquoted text",
        "hr",
        text(STAFF, spoil=_line(6, lambda line: line.replace("Undersköterska".encode(), b"Usk; natt"))),
        rule="R106",
        row=6,
        told="19 cells",
    ),
    Case(
        CSV,
        "quoted-semicolon",
        "a semicolon inside a quoted text",
        "hr",
        text(STAFF, put(6, befattning="Usk; natt")),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        CSV,
        "quoted-line-end",
        "a line end inside a quoted text",
        "hr",
        text(STAFF, put(6, befattning="Usk\nnatt")),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        CSV,
        "quotes-everywhere",
        "every cell in quotes",
        "hr",
        text(TIME, spoil=lambda of: b'"' + of.strip().replace(b";", b'";"').replace(b"\r\n", b'"\r\n"') + b'"\r\n'),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(CSV, "cr-only", "line ends of old Macs (CR)", "hr", text(TIME, end="\r"), rows=12, total=ALL_HOURS),
    Case(CSV, "lf-only", "line ends of Unix (LF)", "hr", text(TIME, end="\n"), rows=12, total=ALL_HOURS),
    Case(
        CSV,
        "mixed-line-ends",
        "CRLF, from the fifth row on LF",
        "hr",
        text(TIME, spoil=lambda of: b"\r\n".join(of.split(b"\r\n")[:5]) + b"\n" + b"\n".join(of.split(b"\r\n")[5:])),
        rule="R107",
        row=5,
        told="another line end than in the rows before",
    ),
    Case(
        CSV,
        "cr-cr-lf",
        "line ends doubled by a transfer in text mode (CR CR LF)",
        "hr",
        text(TIME, end="\r\r\n"),
        rule="R109",
        told="a file that could not be read",
    ),
    Case(
        CSV,
        "ctrl-z",
        "the end mark of DOS in a row of its own",
        "hr",
        text(TIME, spoil=lambda of: of + b"\x1a"),
        rule="R106",
        row=14,
        told="1 cells",
    ),
    Case(
        CSV,
        "blank-lines-last",
        "empty lines at the end",
        "hr",
        text(TIME, spoil=lambda of: of + b"\r\n\r\n"),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CSV,
        "empty-columns-last",
        "semicolons at the end of every line",
        "hr",
        text(TIME, spoil=lambda of: of.replace(b"\r\n", b";;\r\n")),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CSV,
        "row-of-semicolons",
        "a row of nothing but semicolons, as Excel leaves it",
        "hr",
        text(TIME, spoil=lambda of: of + b";;;;;;;\r\n"),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CSV,
        "html",
        "an HTML page called .csv",
        "hr",
        content(b"<!DOCTYPE html><html><body>Logga in</body></html>"),
        rule="R101",
        told="a web page or XML, whatever the file is called",
    ),
    Case(
        CSV,
        "json",
        "JSON called .csv",
        "hr",
        content(b'[{"kommun": "1489", "period": "2024-03"}]'),
        rule="R104",
        row=1,
        told="a header with commas",
    ),
    Case(
        CSV,
        "gzip",
        "a gzipped CSV",
        "hr",
        content(
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x04\x00\x43\xbe\xb7\xe8\x01\x00\x00\x00", "leverans.csv.gz"
        ),
        rule="R101",
        told="a compressed file (.gz)",
    ),
    Case(
        CELLS,
        "nbsp-thousands",
        "a thousands mark that is a no-break space",
        "ledger",
        text(FORECAST, every(belopp="1\u00a0250,50")),
        rows=1,
        total=("amount", "1250.50"),
    ),
    Case(
        CELLS,
        "narrow-thousands",
        "a thousands mark that is a narrow no-break space",
        "ledger",
        text(FORECAST, every(belopp="1\u202f250,50")),
        rows=1,
        total=("amount", "1250.50"),
    ),
    Case(
        CELLS,
        "typographic-minus",
        "a minus sign that is U+2212",
        "ledger",
        text(FORECAST, every(belopp="\u2212250,50")),
        rows=1,
        total=("amount", "-250.50"),
    ),
    Case(
        CELLS,
        "blanks-around",
        "blanks and tabs around the cells",
        "ledger",
        text(FORECAST, every(belopp=" \t250,50\u00a0", kommun="1489 ")),
        rows=1,
        total=("amount", "250.50"),
    ),
    Case(
        CELLS,
        "dot-thousands",
        "1.250,50",
        "ledger",
        text(FORECAST, every(belopp="1.250,50")),
        rule="R113",
        row=2,
        column="belopp",
        told="'1.250,50'",
    ),
    Case(
        CELLS,
        "decimal-point",
        "1250.50",
        "ledger",
        text(FORECAST, every(belopp="1250.50")),
        rule="R113",
        row=2,
        column="belopp",
        told="'1250.50'",
    ),
    Case(
        CELLS,
        "american-number",
        "1,250.50",
        "ledger",
        text(FORECAST, every(belopp="1,250.50")),
        rule="R113",
        row=2,
        column="belopp",
        told="'1,250.50'",
    ),
    Case(
        CELLS,
        "two-numbers",
        "12 50: two numbers in a cell",
        "ledger",
        text(FORECAST, every(belopp="12 50")),
        rule="R113",
        row=2,
        column="belopp",
        told="'12 50'",
    ),
    Case(
        CELLS,
        "bracketed-negative",
        "(125,00) for a negative amount",
        "ledger",
        text(FORECAST, every(belopp="(125,00)")),
        rule="R113",
        row=2,
        column="belopp",
        told="'(125,00)'",
    ),
    Case(
        CELLS,
        "trailing-minus",
        "125,00- for a negative amount",
        "ledger",
        text(FORECAST, every(belopp="125,00-")),
        rule="R113",
        row=2,
        column="belopp",
        told="'125,00-'",
    ),
    Case(
        CELLS,
        "three-decimals",
        "an amount with three decimals",
        "ledger",
        text(FORECAST, every(belopp="125,005")),
        rule="R113",
        row=2,
        column="belopp",
        told="'125,005'",
    ),
    Case(
        CELLS,
        "currency",
        "1250 kr",
        "ledger",
        text(FORECAST, every(belopp="1250 kr")),
        rule="R113",
        row=2,
        column="belopp",
        told="'1250 kr'",
    ),
    Case(
        CELLS,
        "scientific",
        "1,25E+06, as Excel shortens large numbers",
        "ledger",
        text(FORECAST, every(belopp="1,25E+06")),
        rule="R113",
        row=2,
        column="belopp",
        told="'1,25E+06'",
    ),
    Case(
        CELLS,
        "hashes",
        "##### of a column that was too narrow",
        "ledger",
        text(FORECAST, every(belopp="#####")),
        rule="R113",
        row=2,
        column="belopp",
        told="'#####'",
    ),
    Case(
        CELLS,
        "dash-for-zero",
        "a dash for zero",
        "ledger",
        text(FORECAST, every(belopp="-")),
        rule="R113",
        row=2,
        column="belopp",
        told="'-'",
    ),
    Case(
        CELLS,
        "decimals-in-count",
        "a count with decimals",
        "population",
        text("population_inhabitants", put(9, folkmangd="171,5")),
        rule="R113",
        row=9,
        column="folkmangd",
        told="'171,5'",
    ),
    Case(
        CELLS,
        "word-for-number",
        "a word where a number belongs",
        "hr",
        text(TIME, put(4, overtid="många")),
        rule="R113",
        row=4,
        column="overtid",
        told="a text of the shape 'aaaaa'",
    ),
    Case(
        CELLS,
        "yes-in-english",
        "true for ja",
        "hr",
        text(STAFF, put(7, chef="true")),
        rule="R113",
        row=7,
        column="chef",
        told="'true'",
    ),
    Case(
        CELLS,
        "excel-serial",
        "45292, Excel's number of a day",
        "hr",
        text(STAFF, put(4, anstalld_fran="45292")),
        rule="R113",
        row=4,
        column="anstalld_fran",
        told="a text of the shape '99999'",
    ),
    Case(
        CELLS,
        "american-date",
        "03/31/2024",
        "hr",
        text(STAFF, put(4, anstalld_fran="03/31/2024")),
        rule="R113",
        row=4,
        column="anstalld_fran",
        told="a text of the shape '99/99/9999'",
    ),
    Case(
        CELLS,
        "spoken-date",
        "31 mars 2024",
        "hr",
        text(STAFF, put(4, anstalld_fran="31 mars 2024")),
        rule="R113",
        row=4,
        column="anstalld_fran",
        told="a text of the shape '99 aaaa 9999'",
    ),
    Case(
        CELLS,
        "february-30",
        "30 February",
        "hr",
        text(STAFF, put(4, anstalld_fran="2023-02-30")),
        rule="R113",
        row=4,
        column="anstalld_fran",
        told="a text of the shape '9999-99-99'",
    ),
    Case(
        CELLS,
        "short-year",
        "23-03-31",
        "hr",
        text(STAFF, put(4, anstalld_fran="23-03-31")),
        rule="R113",
        row=4,
        column="anstalld_fran",
        told="a text of the shape '99-99-99'",
    ),
    Case(
        CELLS,
        "timestamp",
        "a date with a time",
        "hr",
        text(STAFF, put(4, anstalld_fran="2023-03-31 00:00:00")),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        CELLS,
        "year-0202",
        "the year 0202",
        "hr",
        text(STAFF, put(4, anstalld_fran="0202-03-31")),
        rule="G112",
        row=4,
        column="anstalld_fran",
        told="a text of the shape '9999-99-99'",
    ),
    Case(
        CELLS,
        "year-9999",
        "9999-12-31 for 'until further notice'",
        "hr",
        text(STAFF, put(4, anstalld_till="9999-12-31")),
        rule="G112",
        row=4,
        column="anstalld_till",
        told="a text of the shape '9999-99-99'",
    ),
    Case(
        CELLS,
        "month-13",
        "2024-13",
        "hr",
        text(TIME, every(period="2024-13")),
        rule="R113",
        row=2,
        column="period",
        told="'2024-13'",
    ),
    Case(
        CELLS,
        "formula-texts",
        "texts that a spreadsheet would take for formulas: kept as texts, made harmless where they are shown",
        "hr",
        text(
            STAFF,
            lambda these: [
                row.update(befattning=t) for row, t in zip(these, ("=1+1", "+46", "-2", "@SUM(A1)"), strict=False)
            ],
        ),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(SHAPE, "empty", "an empty file", "hr", content(b""), rule="R101", told="an empty file"),
    Case(
        SHAPE,
        "blanks",
        "a file of blanks and line ends",
        "hr",
        content(b" \r\n\r\n"),
        rule="R101",
        told="an empty file",
    ),
    Case(
        SHAPE,
        "bom-only",
        "a byte order mark and nothing else",
        "hr",
        content(b"\xef\xbb\xbf"),
        rule="R104",
        row=1,
        told="a header with no separator",
    ),
    Case(
        SHAPE,
        "header-only",
        "headers and no rows",
        "hr",
        text(TIME, lambda these: these.clear()),
        rule="R120",
        told="a header and no rows",
    ),
    Case(
        SHAPE,
        "no-header",
        "rows without headers",
        "hr",
        text(STAFF, spoil=_lines(lambda of: of[1:])),
        rule="R110",
        row=1,
        told="headers of no table of this source",
    ),
    Case(
        SHAPE,
        "header-twice",
        "a header twice",
        "hr",
        text(TIME, spoil=_replace("overtid", "fyllnadstid", 1)),
        rule="R105",
        row=1,
        told="the same header over columns 7, 8",
    ),
    Case(
        SHAPE,
        "headers-in-capitals",
        "headers in capitals, with blanks",
        "hr",
        text(TIME, spoil=_line(1, lambda line: line.upper().replace(b";", b" ; "))),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        SHAPE,
        "columns-in-another-order",
        "columns in another order",
        "hr",
        text(TIME, spoil=_lines(lambda of: [b";".join(reversed(line.split(b";"))) for line in of])),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        SHAPE,
        "column-missing",
        "a column missing",
        "hr",
        text(TIME, spoil=_lines(lambda of: [b";".join(line.split(b";")[:-1]) for line in of])),
        rule="R111",
        row=1,
        column="overtid",
        told="no such column",
    ),
    Case(
        SHAPE,
        "column-unknown",
        "a column that nobody asked for: left behind",
        "hr",
        text(
            TIME,
            spoil=_lines(
                lambda of: [
                    line + (b";anteckning" if n == 0 else b";hemligt") if line else line for n, line in enumerate(of)
                ]
            ),
        ),
        rows=12,
        total=ALL_HOURS,
        warning="R112",
    ),
    Case(
        SHAPE,
        "swapped-municipality",
        "names and municipality swapped",
        "hr",
        text(STAFF, _swap("kommun", "namn")),
        rule="R121",
        row=2,
        column="kommun",
        told="a text of the shape 'Aaaaaaaaa, Aaaaaaa'",
    ),
    Case(
        SHAPE,
        "swapped-numbers",
        "personnummer and employment number swapped",
        "hr",
        text(STAFF, _swap("personnummer", "anstallningsid")),
        rule="R113",
        row=2,
        column="personnummer",
        told="a text of the shape 'A9999'",
    ),
    Case(
        SHAPE,
        "swapped-units",
        "department and unit swapped",
        "hr",
        text(STAFF, _swap("avdelning", "enhet")),
        rule="HR106",
        row=2,
        column="avdelning",
        told="'hemtjanst_centrum'",
    ),
    Case(
        SHAPE,
        "too-many-cells",
        "a row with a cell too many",
        "hr",
        text(TIME, spoil=_line(8, lambda line: line + b";1,00")),
        rule="R106",
        row=8,
        told="9 cells",
    ),
    Case(
        SHAPE,
        "cut-in-a-row",
        "cut off in the middle of a row",
        "hr",
        text(TIME, spoil=lambda of: of[:-30]),
        rule="R106",
        row=13,
        told="4 cells",
    ),
    Case(
        SHAPE,
        "cut-between-rows",
        "cut off between two rows: half of the month",
        "hr",
        text(TIME, lambda these: these.__delitem__(slice(5, None))),
        rule="D102",
        row=6,
        told="578.75 against 1419.00 in 2024-02 (41 %)",
    ),
    Case(
        SHAPE,
        "key-twice",
        "the same employment twice",
        "hr",
        text(TIME, lambda these: these.append(dict(these[3]))),
        rule="G101",
        row=5,
        column="anstallningsid",
        told="a text of the shape 'A9999'",
    ),
    Case(
        SHAPE,
        "required-empty",
        "a required cell empty",
        "hr",
        text(TIME, put(6, arbetad_tid="")),
        rule="G102",
        row=6,
        column="arbetad_tid",
        told="an empty cell",
    ),
    Case(
        SHAPE,
        "unknown-code",
        "a code that is in no list",
        "hr",
        text(STAFF, put(6, anstallningsform="konsult")),
        rule="G104",
        row=6,
        column="anstallningsform",
        told="'konsult'",
    ),
    Case(
        SHAPE,
        "foreign-headers",
        "another system's export of employments",
        "hr",
        text(STAFF, spoil=_lines(lambda of: [_FOREIGN, *of[1:]])),
        rule="R110",
        row=1,
        told="headers of no table of this source",
    ),
    Case(
        SHAPE,
        "wrong-source",
        "the ledger's file in the inbox of hr",
        "hr",
        text(POSTINGS),
        rule="R110",
        row=1,
        told="headers of no table of this source",
    ),
    Case(
        SHAPE,
        "long-text",
        "a text of 20,000 characters",
        "hr",
        text(STAFF, put(6, befattning="x" * 20_000)),
        rule="G111",
        row=6,
        column="befattning",
        told="'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
    ),
    Case(
        SHAPE,
        "absurd-degree",
        "a degree of employment of 750 per cent",
        "hr",
        text(STAFF, put(6, sysselsattningsgrad="750")),
        rule="G103",
        row=6,
        column="sysselsattningsgrad",
        told="a text of the shape '999.99'",
    ),
    Case(
        SHAPE,
        "absurd-hours",
        "5,000 hours in a month",
        "hr",
        text(TIME, put(6, arbetad_tid="5000")),
        rule="G103",
        row=6,
        column="arbetad_tid",
        told="a text of the shape '9999.99'",
    ),
    Case(
        SHAPE,
        "absurd-amount",
        "a forecast of a million million kronor",
        "ledger",
        text(FORECAST, every(belopp="1000000000000")),
        rule="G114",
        row=2,
        column="belopp",
        told="'1000000000000.00'",
    ),
    Case(
        SHAPE,
        "unknown-unit",
        "a unit that the municipality does not have",
        "hr",
        text(STAFF, put(6, enhet="hemtjanst_sodra")),
        rule="HR107",
        row=6,
        column="enhet",
        told="'hemtjanst_sodra'",
    ),
    Case(
        TIMES,
        "wrong-municipality",
        "another municipality's rows",
        "hr",
        text(TIME, every(kommun="1480")),
        rule="R121",
        row=2,
        column="kommun",
        told="'1480'",
    ),
    Case(
        TIMES,
        "one-row-elsewhere",
        "one row of another municipality",
        "hr",
        text(TIME, put(7, kommun="1480")),
        rule="R121",
        row=7,
        column="kommun",
        told="'1480'",
    ),
    Case(
        TIMES,
        "unknown-inbox",
        "a file in the inbox of a municipality that is not configured",
        "hr",
        _other_municipality,
        rule="G106",
        told="the inbox folder of municipality '9999'",
    ),
    Case(
        TIMES,
        "two-months",
        "two months in one file",
        "hr",
        text(TIME, put(7, period="2024-02")),
        rule="R122",
        row=7,
        column="period",
        told="'2024-02'",
    ),
    Case(
        TIMES,
        "no-month",
        "a row without month",
        "hr",
        text(TIME, put(7, period="")),
        rule="R122",
        row=7,
        column="period",
        told="an empty cell",
    ),
    Case(
        TIMES,
        "month-of-another-age",
        "the month 1024-03",
        "hr",
        text(TIME, every(period="1024-03")),
        rule="G113",
        row=2,
        column="period",
        told="1024-03",
    ),
    Case(
        TIMES,
        "wrong-month-in-name",
        "March in a file called February",
        "hr",
        text(TIME, name="tid 2024-02.csv"),
        rule="G109",
        row=2,
        column="period",
        told="rows of 2024-03 in a file whose name says 2024-02",
    ),
    Case(
        TIMES,
        "last-month-again",
        "last month's rows under this month's name",
        "hr",
        text(TIME, every(period="2024-03"), period="2024-02"),
        rule="G110",
        row=2,
        column="period",
        told="12 of 12 rows equal to those of 2024-02",
    ),
    Case(
        TIMES,
        "correction",
        "a correction to an old month: it replaces it",
        "hr",
        text(TIME, put(3, fyllnadstid="4,50"), period="2024-02"),
        rows=12,
        total=("additional_hours", "43.00"),
    ),
    Case(
        TIMES,
        "year-to-date-again",
        "January and February again with March: three months, each whole",
        "ledger",
        sie(lambda _: sie_text(months=(1, 2, 3))),
        rows=18,
        total=("amount", "0.00"),
    ),
    Case(
        TIMES,
        "correction-in-open-month",
        "a correction of February booked in March",
        "ledger",
        text(POSTINGS, lambda these: [row.update(bokforingsdatum="2024-02-15") for row in these[:2]]),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        PEOPLE,
        "in-unit",
        "a personnummer in the name of a unit",
        "hr",
        text(STAFF, put(9, enhet=f"Hos {NUMBER}")),
        rule="G105",
        row=9,
        column="enhet",
        told="a text of the shape 'Aaa 99999999-9999'",
    ),
    Case(
        PEOPLE,
        "in-text-of-goal",
        "a personnummer in a free text that is kept",
        "goals",
        text("goals_goals", every(namndmal=f"Ärendet {NUMBER.replace('-', ' ')} avslutas")),
        rule="G105",
        row=2,
        column="namndmal",
        told="a text of the shape 'Aaaaaaa 99999999 9999 aaaaaaaa'",
    ),
    Case(
        PEOPLE,
        "in-project",
        "ten digits without hyphen as a project",
        "ledger",
        text(POSTINGS, put(3, projekt=NUMBER[2:].replace("-", ""))),
        rule="G105",
        row=3,
        column="projekt",
        told="a text of the shape '9999999999'",
    ),
    Case(
        PEOPLE,
        "in-count",
        "a personnummer as a number of inhabitants",
        "population",
        text("population_inhabitants", put(9, folkmangd=NUMBER.replace("-", ""))),
        rule="G114",
        row=9,
        column="folkmangd",
        told="a text of the shape '999999999999'",
    ),
    *_name_cases(),
    Case(
        PERSONS,
        "title-of-two-words",
        "a title of several words, a unit's name in it",
        "hr",
        text(STAFF, every(befattning="Undersköterska natt, Brunnsgården")),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        PEOPLE,
        "in-header",
        "a personnummer as a header: left behind with its column",
        "hr",
        text(
            TIME,
            spoil=_lines(
                lambda of: [
                    line + (f";{NUMBER}".encode() if n == 0 else b";x") if line else line for n, line in enumerate(of)
                ]
            ),
        ),
        rows=12,
        total=ALL_HOURS,
        warning="R112",
    ),
    Case(
        PEOPLE,
        "in-left-behind",
        "names and personnummer in columns that are left behind",
        "ledger",
        text(POSTINGS, every(text=f"Quistberg {NUMBER}")),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        PEOPLE,
        "in-file-name",
        "a personnummer in the file's name: the digits are masked",
        "hr",
        text(TIME, name=f"tid {NUMBER}.csv"),
        rows=12,
        total=ALL_HOURS,
        kept_as="tid 99999999-9999.csv",
    ),
    Case(
        PEOPLE,
        "person-in-file-name",
        "a name in the file's name: its letters are masked",
        "hr",
        text(TIME, name="Tid Alvfrid Quistberg mars.csv"),
        rows=12,
        total=ALL_HOURS,
        kept_as="Tid Aaaaaaa Aaaaaaaaa mars.csv",
    ),
    Case(
        PEOPLE,
        "in-sheet-name",
        "a personnummer as the name of the sheet",
        "hr",
        book(TIME, lambda workbook: setattr(workbook.worksheets[0], "title", NUMBER)),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        PEOPLE,
        "check-digit",
        "a personnummer with a wrong check digit",
        "hr",
        text(STAFF, put(6, personnummer=f"{NUMBER[:-1]}{(int(NUMBER[-1]) + 1) % 10}")),
        rule="R113",
        row=6,
        column="personnummer",
        told="a text of the shape '99999999-9999'",
    ),
    *(
        Case(
            PEOPLE,
            f"spelling-{what.split(' ')[-1]}",
            what,
            "hr",
            text(STAFF, put(6, personnummer=number)),
            rows=12,
            total=("degree", "900.00"),
        )
        for what, number in (
            ("a personnummer with a dash of a word processor", NUMBER.replace("-", "–")),
            ("a personnummer with a minus sign", NUMBER.replace("-", "\u2212")),
            ("a samordningsnummer whose day is unknown", "19850460-3211"),
            ("a samordningsnummer whose day is known and whose month is not", "19850081-3210"),
            ("a national reservnummer of a woman", "22450817-RH20"),
            ("a national reservnummer of nobody's sex", "25780404-KHD5"),
            ("a reservnummer of old: T123", "790312-T214"),
            ("a reservnummer of a region", "19790312-K127"),
            ("a personnummer as a spreadsheet's text", f"'{NUMBER}"),
            ("a personnummer that went through a float", NUMBER.replace("-", "") + ".0"),
            ("a personnummer with characters of no width", f"\u200e{NUMBER}\u200d"),
        )
    ),
    Case(
        PEOPLE,
        "century-lost-homecare",
        "home care of ten digits without sign: a child, or somebody aged a hundred",
        "care",
        text("care_decisions", put(2, personnummer="2302143215")),
        rule="R124",
        row=2,
        column="personnummer",
        told="ten digits of a child, or of somebody a hundred years older",
    ),
    Case(
        PEOPLE,
        "century-lost-employee",
        "an employee of ten digits, aged one or a hundred and one",
        "hr",
        text(STAFF, put(6, personnummer="230214-3215")),
        rule="R124",
        row=6,
        column="personnummer",
        told="ten digits of a child, or of somebody a hundred years older",
    ),
    Case(
        PEOPLE,
        "century-lost-lss",
        "LSS of ten digits without sign: a child",
        "care",
        text(
            "care_decisions",
            put(2, personnummer="1402143216", lag="LSS", lagversion="1993:387", insats="korttidsvistelse"),
        ),
        rows=1,
        total=("hours_per_month", "24.50"),
        warning="R124",
    ),
    Case(
        PEOPLE,
        "plus-sign",
        "home care of ten digits with the plus sign of who is a hundred",
        "care",
        text("care_decisions", put(2, personnummer="230214+3215")),
        rows=1,
        total=("hours_per_month", "24.50"),
    ),
    *(
        Case(
            PEOPLE,
            name,
            why,
            "hr",
            text(STAFF, put(6, personnummer=number)),
            rule="R113",
            row=6,
            column="personnummer",
            told=told,
        )
        for name, why, number, told in (
            (
                "person-organisation",
                "the number of an organisation",
                "212000-1553",
                "a text of the shape '999999-9999'",
            ),
            ("person-letter", "a letter O for the digit 0", "19800101-O001", "a text of the shape '99999999-A999'"),
            ("person-too-old", "somebody born in 1850", "18500101-M001", "a text of the shape '99999999-A999'"),
            (
                "reserve-no-birth",
                "a reservnummer that tells no day of birth",
                "991980123456",
                "a text of the shape '999999999999'",
            ),
        )
    ),
    Case(
        PEOPLE,
        "reserve-check-digit",
        "a national reservnummer with a wrong check digit",
        "hr",
        text(STAFF, put(6, personnummer="22450817-RH21")),
        rule="R113",
        row=6,
        column="personnummer",
        told="a text of the shape '99999999-AA99'",
    ),
    Case(
        PEOPLE,
        "running-number",
        "voucher numbers that begin with the day and have no check digit",
        "ledger",
        text(POSTINGS, _running_numbers),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        PEOPLE,
        "name-for-number",
        "a name where the personnummer belongs",
        "hr",
        text(STAFF, put(6, personnummer="Quistberg, Alvfrid")),
        rule="R113",
        row=6,
        column="personnummer",
        told="a text of the shape 'Aaaaaaaaa, Aaaaaaa'",
    ),
    Case(
        NAMES,
        "sql-in-name",
        "a file's name with quotes, semicolons and SQL",
        "hr",
        text(TIME, name='\'); drop table x; --"q".csv'),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        NAMES,
        "pattern-in-name",
        "a file called *.csv: not its neighbours",
        "hr",
        text(TIME, name="*.csv"),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        NAMES,
        "brackets-in-name",
        "a file called tid [1]?.csv",
        "hr",
        text(TIME, name="tid [1]?.csv"),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        NAMES,
        "dots-in-name",
        "a name with dots and percent signs that other systems take for a path",
        "hr",
        text(TIME, name="tid..%2f..\\..%5c.csv", spoil=lambda of: of.decode().encode("cp1252")),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        NAMES,
        "formula-in-name",
        "a name that a spreadsheet would take for a formula",
        "hr",
        text(TIME, name="=cmd|'calc'!A1.csv"),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        NAMES,
        "line-end-in-name",
        "a name with a line end in it",
        "hr",
        text(TIME, name="tid\naccepted: allt.csv"),
        rows=12,
        total=ALL_HOURS,
        kept_as="tid_accepted: allt.csv",
    ),
    Case(
        NAMES,
        "bytes-in-name",
        "a name in bytes that are no text",
        "hr",
        text(TIME, name=os.fsdecode(b"tid \xe5.csv")),
        rows=12,
        total=ALL_HOURS,
        kept_as="tid _.csv",
    ),
    Case(
        NAMES, "called-gz", "a plain CSV called .csv.gz", "hr", text(TIME, name="tid.csv.gz"), rows=12, total=ALL_HOURS
    ),
    Case(
        NAMES,
        "called-rejection",
        "an empty file with the name of the record of a rejection",
        "hr",
        content(b"", "rejection.json"),
        rule="R101",
        told="an empty file",
    ),
    *(
        Case(
            NAMES,
            f"system-file-{name}",
            f"`{name}`, which the system puts into a folder",
            "hr",
            content(b"\xd0\xcf\x11\xe0 of the system", name),
            passed_over=True,
        )
        for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "leverans.csv:Zone.Identifier")
    ),
    Case(
        NAMES,
        "link-out",
        "a link to a file outside the inbox",
        "hr",
        _link,
        rule="R116",
        told="a link to another place",
    ),
    Case(BOOKS, "workbook", "a workbook of one sheet", "hr", book(TIME), rows=12, total=ALL_HOURS),
    Case(
        BOOKS,
        "real-dates",
        "dates that are Excel's",
        "hr",
        book(STAFF, _real_dates),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        BOOKS,
        "since-1904",
        "Excel's dates counted from 1904",
        "hr",
        book(STAFF, _since_1904),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        BOOKS,
        "number-as-text",
        "a number kept as a text, with decimal comma",
        "hr",
        book(TIME, _in_sheet("D2", "113,75")),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        BOOKS,
        "binary-noise",
        "a number with the noise of binary fractions",
        "hr",
        book(TIME, _in_sheet("D2", 113.75 + 1e-10)),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        BOOKS,
        "hidden-sheet",
        "a hidden second sheet with persons: not read",
        "hr",
        book(TIME, _second_sheet("hidden")),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        BOOKS,
        "protected-sheet",
        "a sheet protected against changes",
        "hr",
        book(TIME, lambda workbook: setattr(workbook.worksheets[0].protection, "sheet", True)),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        BOOKS,
        "wrong-dimension",
        "a dimension tag that says fewer rows and columns than there are",
        "hr",
        book(TIME, part=_part(SHEET, b'<dimension ref="A1:H13"', b'<dimension ref="A1:C4"')),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        BOOKS,
        "two-sheets",
        "two visible sheets with content",
        "hr",
        book(TIME, _second_sheet("visible")),
        rule="R114",
        told="2 visible sheets with content",
    ),
    Case(
        BOOKS,
        "formula",
        "a formula",
        "hr",
        book(TIME, _in_sheet("D4", "=D3+1")),
        rule="R108",
        row=4,
        column="schemalagd_tid",
        told="a formula",
    ),
    Case(
        BOOKS,
        "excel-error",
        "#N/A",
        "hr",
        book(TIME, _in_sheet("D4", "#N/A")),
        rule="R108",
        row=4,
        column="schemalagd_tid",
        told="an Excel error",
    ),
    Case(
        BOOKS,
        "per-cent",
        "0,75 shown as 75 %",
        "hr",
        book(STAFF, _in_sheet("M4", 0.75, "0%")),
        rule="R108",
        row=4,
        column="sysselsattningsgrad",
        told="a number shown as per cent: 0,75 in the file is 75 % on the screen",
    ),
    Case(
        BOOKS,
        "merged-cells",
        "merged cells",
        "hr",
        book(STAFF, lambda workbook: workbook.worksheets[0].merge_cells("Q5:Q7")),
        rule="R108",
        row=5,
        told="merged cells",
    ),
    Case(
        BOOKS,
        "cell-without-header",
        "a note beside the table",
        "hr",
        book(TIME, _in_sheet("K4", "se bilaga")),
        rule="R108",
        row=4,
        told="a cell without header",
    ),
    Case(
        BOOKS,
        "empty-header-cell",
        "an empty cell among the headers",
        "hr",
        book(TIME, _in_sheet("D1", None)),
        rule="R104",
        row=1,
        told="an empty header cell",
    ),
    Case(
        BOOKS,
        "empty-first-row",
        "an empty row above the headers",
        "hr",
        book(TIME, lambda workbook: workbook.worksheets[0].insert_rows(1)),
        rule="R104",
        row=2,
        told="the headers in row 2",
    ),
    Case(
        BOOKS,
        "serial-for-date",
        "a date that Excel shows as a number",
        "hr",
        book(STAFF, _in_sheet("O4", 45292)),
        rule="R113",
        row=4,
        column="anstalld_fran",
        told="a text of the shape '99999'",
    ),
    Case(
        BOOKS,
        "date-for-month",
        "the month as a date",
        "hr",
        book(TIME, _in_sheet("B4", datetime(2024, 3, 1))),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CSV,
        "title-lines-with-separators",
        "a title of three lines, with semicolons, above the headers",
        "hr",
        text(TIME, spoil=lambda of: b"Rapport;;;\r\nUttag 2024-04-08;;;\r\n;;;\r\n" + of),
        rule="R104",
        row=4,
        told="the headers in row 4",
    ),
    *(
        Case(CSV, f"other-file-{name}", f"{told} called .csv", "hr", content(of), rule="R101", told=told)
        for name, told, of in (
            ("pdf", "a PDF", b"%PDF-1.7 ..."),
            ("rtf", "a text document (.rtf)", b"{\\rtf1 ...}"),
            ("xml", "a web page or XML, whatever the file is called", b'<?xml version="1.0"?><Workbook/>'),
            ("7z", "a compressed file (.7z)", b"7z\xbc\xaf\x27\x1c"),
        )
    ),
    Case(
        CSV,
        "decomposed-letters",
        "letters in two parts, as a Mac writes them, in cells, codes and headers",
        "hr",
        text(
            STAFF, every(befattning="Underskötare"), spoil=lambda of: unicodedata.normalize("NFD", of.decode()).encode()
        ),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        SHAPE,
        "headers-with-blanks",
        "headers with capitals, no-break spaces and blanks at their ends",
        "hr",
        text(TIME, spoil=_line(1, lambda line: b" " + line.upper().replace(b";", " \u00a0; ".encode()) + b"  ")),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        SHAPE,
        "header-with-line-break",
        "a header that is broken over two lines",
        "hr",
        text(
            TIME,
            spoil=_line(1, lambda line: line.replace(b";overtid", b';"over\n"').replace(b'"over\n"', b'"\novertid\n"')),
        ),
        rule="R104",
        row=1,
        told="a header that is broken over lines",
    ),
    *(
        Case(
            SHAPE,
            f"sum-row-{i}",
            f"a row below the table: {last}",
            "hr",
            text(STAFF, spoil=_below(last)),
            rule="R128",
            row=14,
            told="a sum or a remark, no row of the table",
        )
        for i, last in enumerate(
            (
                "Summa;;;;;;;;;;;;900,00;;;;;",
                ";;;Totalt;;;;;;;;;12;;;;;",
                "Summa;12",
                "1489;2024-03;;;Summa;;;;;;;;900,00;;x;;;",
                "Summering;;;;;;;;;;;;900,00;;;;;",
                ";;;;;;;;;;;;900,00;;;;;",
                "Antal: 12",
                "12 rader",
                "*** Slut på listan ***",
            )
        )
    ),
    Case(
        SHAPE,
        "sum-and-remark",
        "a sum and a remark below the table",
        "hr",
        text(TIME, spoil=_below("Summa;;;1431,00;;;;", "Utskriven 2024-04-08 av löneenheten;;;;;;;")),
        rule="R128",
        row=14,
        told="a sum or a remark, no row of the table",
    ),
    Case(
        SHAPE,
        "subtotal",
        "a sum between the rows",
        "hr",
        text(TIME, spoil=_lines(lambda of: [*of[:6], b"Delsumma;;;595,75;;;;", *of[6:]])),
        rule="R128",
        row=7,
        told="a sum or a remark, no row of the table",
    ),
    Case(
        SHAPE,
        "headers-on-every-page",
        "the headers once more between the rows",
        "hr",
        text(TIME, spoil=_lines(lambda of: [*of[:6], of[0], *of[6:]])),
        rule="R128",
        row=7,
        told="the headers once more, no row of the table",
    ),
    Case(
        CSV,
        "unseen-characters",
        "soft hyphens and blanks of no width in a title and a code: read as they are seen",
        "hr",
        text(STAFF, every(befattning="Under\u00adsköterska", enhet="hemtjanst_centrum\u200b")),
        rows=12,
        total=("cast(title = 'Undersköterska' and unit = 'hemtjanst_centrum' as integer)", "12"),
    ),
    Case(
        CSV,
        "escaped-in-csv",
        "a carriage return as Excel writes it, and a line end behind a text, in a CSV",
        "hr",
        text(STAFF, every(befattning="Undersköterska_x000D_\n")),
        rows=12,
        total=("cast(title = 'Undersköterska' as integer)", "12"),
    ),
    Case(
        CELLS,
        "moment-for-month",
        "the month as a moment",
        "hr",
        text(TIME, every(period="2024-03-01 00:00:00")),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        CELLS,
        "four-decimals",
        "four decimals that are noughts",
        "hr",
        text(STAFF, every(sysselsattningsgrad="75,0000")),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        CELLS,
        "four-decimals-that-count",
        "four decimals that are not noughts",
        "hr",
        text(STAFF, put(6, sysselsattningsgrad="75,2525")),
        rule="R113",
        row=6,
        column="sysselsattningsgrad",
        told="a text of the shape '99,9999'",
    ),
    Case(
        CELLS,
        "thin-spaces",
        "thousands set apart by thin and figure spaces, and an en dash for minus",
        "ledger",
        text(FORECAST, every(belopp="–1\u2009250\u2007000,50")),
        rows=1,
        total=("amount", "-1250000.50"),
    ),
    Case(
        BOOKS,
        "shown-with-zeros",
        "a code that is a number shown with leading zeros: read as it is shown",
        "ledger",
        book(
            "ledger_budget",
            lambda workbook: (_in_sheet("G2", 51, "0000")(workbook), _in_sheet("F2", 7110, '00"-"000')(workbook)),
        ),
        rows=1,
        total=("cast(activity = '0051' and cost_centre = '07-110' as integer)", "1"),
    ),
    Case(
        BOOKS,
        "shown-with-letters",
        "a code that is a number shown with a letter: read as it is shown",
        "ledger",
        book("ledger_budget", _in_sheet("G2", 51, '"A"000')),
        rows=1,
        total=("cast(activity = 'A051' as integer)", "1"),
    ),
    Case(BOOKS, "strict", "the form 'Strict Open XML'", "hr", book(TIME, part=_as_strict), rows=12, total=ALL_HOURS),
    Case(
        BOOKS,
        "escaped-characters",
        "a carriage return and a real underscore as Excel writes them",
        "hr",
        book(STAFF, change=every(befattning="Undersköterska_x000D__x000A_"), edit=_in_sheet("F3", "Natt_x005F_x000D_")),
        rows=12,
        total=("cast(title in ('Undersköterska', 'Natt_x000D_') as integer)", "12"),
    ),
    Case(
        BOOKS,
        "formula-not-read",
        "a formula, an error and a share in columns that are not read",
        "hr",
        book(
            STAFF,
            lambda workbook: (
                _in_sheet("E3", "=A1")(workbook),
                _in_sheet("E4", "#REF!")(workbook),
                _in_sheet("S1", "egen")(workbook),
                _in_sheet("S2", 0.5, "0%")(workbook),
                _in_sheet("S3", "=1/0")(workbook),
            ),
        ),
        rows=12,
        total=("degree", "900.00"),
        warning="R112",
    ),
    Case(
        BOOKS,
        "hidden-rows",
        "rows that a filter hides: read, and told",
        "hr",
        book(TIME, _hide(4, 5)),
        rows=12,
        total=ALL_HOURS,
        warning="R129",
    ),
    Case(
        BOOKS,
        "title-above",
        "a title in merged cells above the headers",
        "hr",
        book(
            TIME,
            lambda workbook: (
                workbook.worksheets[0].insert_rows(1, 3),
                _in_sheet("A1", "Tidrapport")(workbook),
                workbook.worksheets[0].merge_cells("A1:D1"),
            ),
        ),
        rule="R104",
        row=4,
        told="the headers in row 4",
    ),
    Case(
        BOOKS,
        "sum-in-workbook",
        "a sum below the table of a workbook",
        "hr",
        book(TIME, lambda workbook: workbook.worksheets[0].append(["Summa", None, None, 1431.0])),
        rule="R128",
        row=14,
        told="a sum or a remark, no row of the table",
    ),
    Case(
        BOOKS,
        "sum-formula",
        "a sum below the table of a workbook, as a formula",
        "hr",
        book(TIME, lambda workbook: workbook.worksheets[0].append([None, None, None, "=SUM(D2:D13)"])),
        rule="R128",
        row=14,
        told="a sum or a remark, no row of the table",
    ),
    Case(
        BOOKS,
        "rows-of-blanks",
        "rows of blanks below the table of a workbook",
        "hr",
        book(
            TIME, lambda workbook: (workbook.worksheets[0].append([" "] * 8), workbook.worksheets[0].append(["\u00a0"]))
        ),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        BOOKS,
        "merged-elsewhere",
        "merged cells beside the table, and in a column that is not read",
        "hr",
        book(
            STAFF,
            lambda workbook: (
                workbook.worksheets[0].merge_cells("Z3:AB4"),
                workbook.worksheets[0].merge_cells("E3:E4"),
            ),
        ),
        rows=12,
        total=("degree", "900.00"),
    ),
    Case(
        BOOKS,
        "long-number",
        "a number of seventeen digits, of which a spreadsheet keeps fifteen",
        "hr",
        book(TIME, _in_sheet("C5", 12345678901234567)),
        rule="R108",
        row=5,
        column="anstallningsid",
        told="a number of more than fifteen digits, of which a spreadsheet keeps fifteen",
    ),
    Case(
        BOOKS,
        "escaped-halves",
        "half a character, as Excel writes it",
        "hr",
        book(STAFF, _in_sheet("F5", "Natt_xD83D_")),
        rule="G111",
        row=5,
        column="befattning",
        told="'Natt\ufffd'",
    ),
    Case(
        BOOKS,
        "table-hidden",
        "the only sheet with content hidden",
        "hr",
        book(TIME, _hide_table),
        rule="R114",
        told="0 visible sheets with content, and 1 hidden",
    ),
    Case(
        BOOKS,
        "empty-sheet-in-front",
        "an empty sheet in front of the table",
        "hr",
        book(TIME, lambda workbook: workbook.create_sheet("Blad1", 0)),
        rows=12,
        total=ALL_HOURS,
    ),
    Case(
        BOOKS,
        "with-password",
        "a workbook with a password",
        "hr",
        content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "l.xlsx"),
        rule="R101",
        told="a workbook with a password",
    ),
    Case(
        BOOKS,
        "opendocument",
        "an OpenDocument sheet called .xlsx",
        "hr",
        lambda folder: _zip_of(folder / "l.xlsx", "mimetype", "content.xml"),
        rule="R101",
        told="an OpenDocument sheet (.ods)",
    ),
    Case(
        BOOKS,
        "macros",
        "a workbook with macros",
        "hr",
        book(TIME, more=(("xl/vbaProject.bin", b"\xd0\xcf"),), name="leverans.xlsm"),
        rule="R101",
        told="a workbook with macros",
    ),
    Case(
        BOOKS,
        "encrypted",
        "an old workbook (.xls) called .xlsx",
        "hr",
        content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "l.xlsx"),
        rule="R101",
        told="an old Excel file (.xls)",
    ),
    Case(
        BOOKS,
        "cut-workbook",
        "half a workbook",
        "hr",
        lambda folder: _cut(book(TIME)(folder)),
        rule="R101",
        told="a workbook that cannot be read",
    ),
    Case(
        BOOKS,
        "zip-of-csv",
        "a zip file with a CSV in it",
        "hr",
        lambda folder: _zipped(folder),  # noqa: PLW0108 - it comes below
        rule="R101",
        told="a zip file that is no workbook",
    ),
    Case(
        BOOKS,
        "rows-out-of-order",
        "rows out of order in the sheet's XML",
        "hr",
        book(TIME, part=_part(SHEET, b'<row r="4"', b'<row r="9"')),
        rule="R101",
        row=5,
        told="rows or cells out of order",
    ),
    Case(
        BOOKS,
        "cell-twice",
        "two values for one cell",
        "hr",
        book(TIME, part=_part(SHEET, b'r="E4"', b'r="D4"')),
        rule="R101",
        row=4,
        told="rows or cells out of order",
    ),
    Case(
        BOOKS,
        "row-without-end",
        "a row number beyond the last",
        "hr",
        book(TIME, part=_part(SHEET, b'<row r="13"', b'<row r="999999999999"')),
        rule="R101",
        row=1048576,
        told="rows or cells out of order",
    ),
    Case(
        BOOKS,
        "not-a-number",
        "NaN as a number",
        "hr",
        book(TIME, part=_part(SHEET, b"<v>113.75</v>", b"<v>NaN</v>")),
        rule="R101",
        told="a workbook that cannot be read",
    ),
    Case(
        BOOKS,
        "lost-text",
        "a text that the workbook does not have",
        "hr",
        book(TIME, part=_part(SHEET, b'<c r="C4" t="inlineStr"><is><t>A1002</t></is>', b'<c r="C4" t="s"><v>999</v>')),
        rule="R101",
        told="a workbook that cannot be read",
    ),
    Case(
        BOOKS,
        "entity-bomb",
        "XML entities that grow to gigabytes",
        "hr",
        book(TIME, part=_entities),
        rule="R101",
        told="XML with declarations of its own, or not in UTF-8",
    ),
    Case(
        BOOKS,
        "utf16-part",
        "a part in UTF-16",
        "hr",
        book(TIME, part=_utf16_part),
        rule="R101",
        told="XML with declarations of its own, or not in UTF-8",
    ),
    Case(
        BOOKS,
        "part-twice",
        "two sheets under one name in the zip file",
        "hr",
        _twice_in_zip,
        rule="R101",
        told="a workbook with two parts of one name",
    ),
    Case(
        BOOKS,
        "part-renamed",
        "the styles under another name in the zip file's directory than in the file",
        "hr",
        _part_renamed_in_directory,
        rule="R101",
        told="a workbook that cannot be read",
    ),
    Case(
        BOOKS,
        "damaged-picture",
        "a damaged byte in a part that nobody reads",
        "hr",
        _picture_damaged,
        rule="R101",
        told="a workbook that cannot be read",
    ),
    Case(LEDGER, "sie", "January and February", "ledger", sie(), rows=12, total=("amount", "0.00")),
    Case(
        LEDGER,
        "sie-unknown-records",
        "records and dimensions that nobody knows, the employee among them: left behind",
        "ledger",
        sie(
            lambda of: _said("#KONTO 5011", '#OKAND 1 "x"\n#OBJEKT 7 "104412" "Quistberg Alvfrid"\n#KONTO 5011')(
                of
            ).replace("{1 ", '{7 "104412" 1 ')
        ),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-ctrl-z",
        "the end mark of DOS",
        "ledger",
        sie(lambda of: of + "\x1a"),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-utf8",
        "SIE in UTF-8, which says PC8: read as UTF-8",
        "ledger",
        sie(encoding="utf-8"),
        rows=12,
        total=("amount", "0.00"),
        warning="S102",
    ),
    Case(
        LEDGER,
        "sie-utf8-mark",
        "SIE in UTF-8 with a byte-order mark: read as UTF-8",
        "ledger",
        sie(encoding="utf-8-sig"),
        rows=12,
        total=("amount", "0.00"),
        warning="S102",
    ),
    Case(
        LEDGER,
        "sie-1252",
        "SIE in Windows-1252, which says PC8: read as Windows-1252",
        "ledger",
        sie(encoding="cp1252"),
        rows=12,
        total=("amount", "0.00"),
        warning="S102",
    ),
    Case(
        LEDGER,
        "sie-format",
        "#FORMAT of another code page: read as what it is",
        "ledger",
        sie(_said("PC8", "ANSI")),
        rows=12,
        total=("amount", "0.00"),
        warning="S102",
    ),
    Case(
        LEDGER,
        "sie-no-format",
        "no #FORMAT: read as what it is",
        "ledger",
        sie(_said("#FORMAT PC8\n", "")),
        rows=12,
        total=("amount", "0.00"),
        warning="S102",
    ),
    Case(
        LEDGER,
        "sie-two-code-pages",
        "codes in two code pages: the letters of one are wrong",
        "ledger",
        sie(_said('"510"', '"5Å0"'), spoil=lambda of: of.replace("Å".encode("cp437"), "Å".encode("cp1252"), 1)),
        rule="S102",
        row=13,
        column="#TRANS",
        told="a code with letters of another code page than the rest of the file",
    ),
    Case(
        LEDGER,
        "sie-cr",
        "lines that end as on old Macs",
        "ledger",
        sie(spoil=lambda of: of.replace(b"\r\n", b"\r")),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-odd-line",
        "a line of one no-break space",
        "ledger",
        sie(spoil=lambda of: of.replace(b"#KONTO 2440", b"\xff\r\n#KONTO 2440")),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-one-series",
        "a ledger with one series, which is left empty",
        "ledger",
        sie(lambda _: _said("#VER L", '#VER ""')(sie_text("2021"))),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-path",
        "a Windows path that ends in a backslash, in a record that nobody needs",
        "ledger",
        sie(_said("#KONTO 2440", '#FNR "D:\\Bok\\2024\\"\n#KONTO 2440')),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-quotes",
        "stray quotes in texts that nobody needs",
        "ledger",
        sie(
            lambda of: _said('"Påhittad text"', '"3/4" rör"')(of).replace(
                "#KONTO 2440", '#ADRESS "c/o "x" "" y\n#PROSA 3/4" rör {\n#KONTO 2440'
            )
        ),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-gen",
        "#GEN without a day",
        "ledger",
        sie(_said("#GEN 20240705", '#GEN ""')),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-december",
        "a row of a January voucher, dated in December",
        "ledger",
        sie(_said("1000.50", "1000.50 20231229", 1)),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-nothing",
        "rows of 0.00, and a voucher without rows",
        "ledger",
        sie(
            lambda of: (
                of
                + "#VER L 900 20240220\n{\n}\n#VER L 901 20240221\n{\n#TRANS 5011 {1 71100} 0.00\n#TRANS 2440 {} -0.00\n}\n"
            )
        ),
        rows=14,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-quoted-dimensions",
        "dimensions in quotes",
        "ledger",
        sie(_said('{1 "71100" 20 "510"', '{"1" "71100" "20" "510"')),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-added-rows",
        "an added row, with the same row as #TRANS",
        "ledger",
        sie(_said("#TRANS 2440", '#RTRANS 2440 {1 "71100"} -1000.50\n#TRANS 2440', 1)),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-no-totals",
        "no totals beside the vouchers: nothing shows whether all came",
        "ledger",
        sie(),
        rows=12,
        total=("amount", "0.00"),
        warning="S118",
    ),
    Case(
        LEDGER,
        "sie-half-month",
        "a file that covers half of its last month",
        "ledger",
        sie(_said("#KONTO 2440", "#OMFATTN 20240215\n#KONTO 2440")),
        rows=12,
        total=("amount", "0.00"),
        warning="S119",
    ),
    Case(
        LEDGER,
        "sie-made-early",
        "a file made before its last month was over",
        "ledger",
        sie(_said("#GEN 20240705", "#GEN 20240220")),
        rows=12,
        total=("amount", "0.00"),
        warning="S119",
    ),
    Case(
        LEDGER,
        "sie-dimension-again",
        "a dimension twice in an object list, with one code",
        "ledger",
        sie(_said('20 "510"', '1 "71100" 20 "510"', 1)),
        rows=12,
        total=("amount", "0.00"),
        warning="S115",
    ),
    Case(
        LEDGER,
        "sie-order",
        "what a file says of itself behind its vouchers, and blank lines above",
        "ledger",
        sie(lambda of: "\n\n" + _said("#RAR 0 20240101 20241231\n", "")(of) + "#RAR 0 20240101 20241231\n"),
        rows=12,
        total=("amount", "0.00"),
    ),
    Case(
        LEDGER,
        "sie-misspelt",
        "a misspelt record with a block: skipped, as the standard has it",
        "ledger",
        sie(lambda of: of + "#VERS L 900 20240220\n{\n#TRANS 5011 {} 1.00\n}\n"),
        rows=12,
        total=("amount", "0.00"),
        warning="S120",
    ),
    Case(
        LEDGER,
        "sie-undeclared",
        "an account that no #KONTO declares",
        "ledger",
        sie(lambda _: _said("#TRANS 5011", "#TRANS 5012")(sie_text("2021"))),
        rows=12,
        total=("amount", "0.00"),
        warning="S121",
    ),
    Case(
        LEDGER,
        "sie-checksum",
        "a checksum that does not agree",
        "ledger",
        sie(lambda of: _said("#FLAGGA 0\n", "#FLAGGA 0\n#KSUMMA\n")(of) + "#KSUMMA 4711\n"),
        rule="S114",
        row=42,
        column="#KSUMMA",
        told="a checksum that does not agree with the file",
    ),
    Case(
        LEDGER,
        "sie-checksum-cut",
        "a checksum that is opened and never closed",
        "ledger",
        sie(_said("#FLAGGA 0\n", "#FLAGGA 0\n#KSUMMA\n")),
        rule="S114",
        row=2,
        column="#KSUMMA",
        told="a checksum that is opened and not closed: half a file",
    ),
    Case(
        LEDGER,
        "sie-dimension-twice",
        "two cost centres in one row",
        "ledger",
        sie(_said('20 "510"', '1 "71200"', 1)),
        rule="S115",
        row=13,
        column="#TRANS",
        told="dimension 1 (cost centre) twice in one object list",
    ),
    Case(
        LEDGER,
        "sie-other-dimension",
        "the cost centre in the dimension of employees",
        "ledger",
        sie(lambda of: _said('1 "71100"', '7 "71100"')(of).replace("#KONTO 2440", '#DIM 7 "Ansvar"\n#KONTO 2440')),
        rule="S117",
        row=14,
        column="#TRANS",
        told="dimensions 7 ('Ansvar'), 20, 22 in the rows, and never the cost centre's",
    ),
    Case(
        LEDGER,
        "sie-activity-elsewhere",
        "the activity in another dimension than the configuration says",
        "ledger",
        sie(
            lambda of: of.replace('20 "510"', '25 "510"').replace("#KONTO 2440", '#DIM 25 "Verksamhet"\n#KONTO 2440', 1)
        ),
        rule="S117",
        row=14,
        column="#TRANS",
        told="dimension 25 of the file is 'Verksamhet', and no row has activity's",
    ),
    Case(
        LEDGER,
        "sie-euro",
        "amounts in another currency",
        "ledger",
        sie(_said("#KONTO 2440", "#VALUTA EUR\n#KONTO 2440")),
        rule="S122",
        row=10,
        column="#VALUTA",
        told="amounts in 'EUR'",
    ),
    Case(
        LEDGER,
        "sie-after-checksum",
        "a voucher behind the checksum",
        "ledger",
        sie(_said("#VER L 40010000 ", "#KSUMMA 4711\n#VER L 40010000 ")),
        rule="S114",
        row=12,
        column="#KSUMMA",
        told="records after the checksum, which it does not count",
    ),
    Case(
        LEDGER,
        "sie-no-series",
        "vouchers without a series",
        "ledger",
        sie(_said("#VER L 40010000 ", "#VER 100 ")),
        rule="S107",
        row=11,
        column="#VER",
        told="a date where the voucher's number belongs: series or number is missing",
    ),
    Case(
        LEDGER,
        "sie-utf16",
        "SIE in UTF-16",
        "ledger",
        sie(encoding="utf-16"),
        rule="R102",
        told="a SIE file in UTF-16",
    ),
    Case(
        LEDGER,
        "sie-line-above",
        "a line above the first record",
        "ledger",
        sie(lambda of: "Export klar\n" + of),
        rule="S101",
        row=1,
        told="a file that does not begin with #FLAGGA",
    ),
    Case(
        LEDGER,
        "sie-swapped-dimensions",
        "a dimension that the file calls by another's name",
        "ledger",
        sie(_said("#KONTO 2440", '#DIM 1 "Projekt"\n#KONTO 2440')),
        rule="S117",
        row=10,
        column="#DIM",
        told="dimension 1 of the file is 'Projekt', not cost centre's",
    ),
    Case(
        LEDGER,
        "sie-account-in-words",
        "an account that is a word",
        "ledger",
        sie(_said("#TRANS 5011", "#TRANS SAKNAS", 1)),
        rule="S107",
        row=13,
        column="#TRANS",
        told="the account 'SAKNAS', which is no number",
    ),
    Case(
        LEDGER,
        "sie-added-row-alone",
        "an added row without the same row as #TRANS",
        "ledger",
        sie(_said("#TRANS 5011", "#RTRANS 5011", 1)),
        rule="S116",
        row=13,
        column="#RTRANS",
        told="voucher L 40010000: an added row without the same row as #TRANS",
    ),
    Case(
        LEDGER,
        "sie-import",
        "vouchers on their way into a ledger (SIE 4I): no fiscal year",
        "ledger",
        sie(_said("#RAR 0 20240101 20241231\n", "")),
        rule="S105",
        row=10,
        column="#RAR",
        told="no fiscal year (#RAR 0): is it an import file (SIE 4I)?",
    ),
    Case(
        LEDGER,
        "sie-no-number",
        "vouchers without numbers, not booked yet (SIE 4I)",
        "ledger",
        sie(_said("#VER L 40010000 ", '#VER "" "" ')),
        rule="S107",
        row=11,
        column="#VER",
        told="a voucher without number: not booked yet, as in an import file (SIE 4I)",
    ),
    Case(
        LEDGER,
        "sie-thousands",
        "an amount with thousands apart",
        "ledger",
        sie(_said("1000.50", "1 000.50", 1)),
        rule="S108",
        row=13,
        column="#TRANS",
        told="an amount in two pieces (a text of the shape '9 999.99')",
    ),
    Case(
        LEDGER,
        "sie-null-bytes",
        "null bytes behind the last record",
        "ledger",
        sie(spoil=lambda of: of + bytes(100)),
        rule="S104",
        row=41,
        column=None,
        told="a line with null bytes",
    ),
    Case(
        LEDGER,
        "sie-line-end-in-text",
        "a text with a line end in it",
        "ledger",
        sie(_said("hittad text", "hittad\ntext", 1)),
        rule="S104",
        row=12,
        column=None,
        told="a line that is no record (after #VER)",
    ),
    Case(
        LEDGER,
        "sie-first-line-lost",
        "a file that has lost its first line",
        "ledger",
        sie(_said("#FLAGGA 0\n", "")),
        rule="S101",
        row=1,
        column=None,
        told="a file that does not begin with #FLAGGA",
    ),
    Case(
        LEDGER,
        "sie-type-1",
        "SIE of type 1",
        "ledger",
        sie(_said("#SIETYP 4", "#SIETYP 1")),
        rule="S103",
        row=11,
        told="SIE type '1'",
    ),
    Case(
        LEDGER,
        "sie-5",
        "SIE 5 (XML)",
        "ledger",
        content(b'<?xml version="1.0"?><Sie xmlns="http://www.sie.se/sie5"/>', "b.sie"),
        rule="S101",
        row=1,
        told="XML, perhaps SIE 5",
    ),
    Case(
        LEDGER,
        "sie-cut",
        "cut off inside a voucher",
        "ledger",
        sie(lambda of: of[: of.rindex("#TRANS")]),
        rule="S106",
        row=38,
        told="the end of the file inside a block: half a file",
    ),
    Case(
        LEDGER,
        "sie-stray-row",
        "a row outside a voucher",
        "ledger",
        sie(_said("#VER L 40010001 ", "#TRANS 5011 {} 1.00\n#VER L 40010001 ")),
        rule="S106",
        row=16,
        told="a #TRANS outside a voucher",
    ),
    Case(
        LEDGER,
        "sie-long-line",
        "a line of 100,000 characters",
        "ledger",
        sie(_said("#KONTO 5011", f'#KONTO 5010 "{"x" * 100_000}"\n#KONTO 5011')),
        rule="S104",
        row=9,
        told="a line of more than 64 kB",
    ),
    Case(
        LEDGER,
        "sie-no-orgnr",
        "no organisation number",
        "ledger",
        sie(_said("#ORGNR 212000-1553\n", "")),
        rule="S105",
        row=10,
        column="#ORGNR",
        told="no organisation number",
    ),
    Case(
        LEDGER,
        "sie-two-organisations",
        "the bookkeeping of two organisations, joined",
        "ledger",
        sie(_said("#KONTO 2440", "#ORGNR 212000-1157\n#KONTO 2440")),
        rule="S105",
        row=10,
        column="#ORGNR",
        told="a second organisation number",
    ),
    Case(
        LEDGER,
        "sie-half-row",
        "a row without amount",
        "ledger",
        sie(_said("} 1000.50", "}")),
        rule="S107",
        row=13,
        column="#TRANS",
        told="a row without amount",
    ),
    Case(
        LEDGER,
        "sie-comma",
        "an amount with decimal comma",
        "ledger",
        sie(_said("1000.50", "1000,50")),
        rule="S108",
        row=13,
        column="#TRANS",
        told="a text of the shape '9999,99'",
    ),
    Case(
        LEDGER,
        "sie-february-30",
        "30 February",
        "ledger",
        sie(_said("20240210", "20240230")),
        rule="S109",
        row=26,
        column="#VER",
        told="a text of the shape '99999999'",
    ),
    Case(
        LEDGER,
        "sie-other-year",
        "a voucher of another year",
        "ledger",
        sie(_said("20240210", "20230210")),
        rule="S110",
        row=26,
        column="#VER",
        told="the date 2023-02-10",
    ),
    Case(
        LEDGER,
        "sie-voucher-twice",
        "the same voucher twice",
        "ledger",
        sie(_said("#VER L 40010001 ", "#VER L 40010000 ")),
        rule="S111",
        row=16,
        column="#VER",
        told="voucher 'L' '40010000' again, first on line 11",
    ),
    Case(
        LEDGER,
        "sie-contradiction",
        "totals that its own vouchers contradict",
        "ledger",
        sie(_said("#KONTO 2440", "#RES 0 5011 99.00\n#KONTO 2440")),
        rule="S112",
        row=10,
        column="#RES",
        told="99.00 for account '5011'",
    ),
    Case(
        LEDGER,
        "sie-no-vouchers",
        "no vouchers",
        "ledger",
        sie(lambda of: of[: of.index("#VER")]),
        rule="S113",
        told="no transactions",
    ),
    Case(
        LEDGER,
        "sie-unbalanced",
        "a voucher that does not balance",
        "ledger",
        sie(_said("-1000.50", "-1000.00")),
        rule="L201",
        row=13,
        column="serie, verifikation",
        told="L 40010000 sums to 0.50",
    ),
    Case(
        LEDGER,
        "sie-other-organisation",
        "another organisation's bookkeeping",
        "ledger",
        sie(_said("212000-1553", "212000-1157")),
        rule="R121",
        column="#ORGNR",
        told="organisation number '212000-1157'",
    ),
    Case(LEDGER, "sie-in-hr", "a SIE file in the inbox of hr", "hr", sie(), rule="R110", told="a SIE file"),
    Case(
        LEDGER,
        "control-totals",
        "transactions that do not add up to the control totals",
        "ledger",
        text(POSTINGS, put(3, belopp="-1,00")),
        rule="L202",
        row=3,
        column="redovisningsperiod, konto",
        told="period 202403, account class 4: 2 rows and -1007.50 kronor, but control_totals 2024-03.csv says 2 rows and -2010.00 kronor",
    ),
    Case(
        LEDGER,
        "unknown-account",
        "an account outside the municipality's intervals: kept, in no line of the statement",
        "ledger",
        sie(_said("#TRANS 5011", "#TRANS 9999", 1)),
        rows=12,
        total=("amount", "0.00"),
        warning="L206",
    ),
    Case(
        LEDGER,
        "unknown-cost-centre",
        "a cost centre that the configuration does not have: kept, outside the departments",
        "ledger",
        text(POSTINGS, put(2, ansvar="99999")),
        rows=12,
        total=("amount", "0.00"),
        warning="L207",
    ),
    Case(
        LEDGER,
        "unknown-line",
        "a forecast on a line that the statement does not have",
        "ledger",
        text(FORECAST, every(rad="övrigt")),
        rule="L402",
        row=2,
        column="rad",
        told="'övrigt'",
    ),
    Case(
        OTHERS,
        "care-decisions",
        "a decision before its application",
        "care",
        text("care_decisions", every(ansokningsdatum="2024-01-17")),
        rule="CA101",
        row=2,
        column="beslutsdatum",
        told="a text of the shape '9999-99-99'",
    ),
    Case(
        OTHERS,
        "care-visits",
        "a visit that starts at 25 o'clock",
        "care",
        text("care_visits", every(start="2024-03-07 25:40")),
        rule="CA401",
        row=2,
        column="start",
        told="a text of the shape '9999-99-99 99:99'",
    ),
    Case(
        OTHERS,
        "care-places",
        "a kind of housing that is in no list",
        "care",
        text("care_places", every(boendeform="hotell")),
        rule="G104",
        row=2,
        column="boendeform",
        told="'hotell'",
    ),
    Case(
        OTHERS,
        "survey-users",
        "more positive answers than answers",
        "survey",
        text("survey_users", every(antal_positiva="42")),
        rule="SU302",
        row=2,
        column="antal_positiva",
        told="a text of the shape '99'",
    ),
    Case(
        OTHERS,
        "survey-patients",
        "an answer outside the scale",
        "survey",
        text("survey_patients", every(pastaende_3="9")),
        rule="G103",
        row=2,
        column="pastaende_3",
        told="a text of the shape '9'",
    ),
    Case(
        OTHERS,
        "work-environment",
        "a report before the event",
        "work_environment",
        text("work_environment_reports", every(anmalningsdatum="2024-05-01")),
        rule="WE102",
        row=2,
        column="anmalningsdatum",
        told="a text of the shape '9999-99-99'",
    ),
    Case(
        OTHERS,
        "training",
        "a course that ends before it begins",
        "training",
        text("training_participants", every(till="2024-01-01")),
        rule="TR101",
        row=2,
        column="till",
        told="a text of the shape '9999-99-99'",
    ),
    Case(
        OTHERS,
        "region-report",
        "a weighting in a member's row",
        "region_report",
        text("region_report_figures", every(vagning="ovägt")),
        rule="RR103",
        row=2,
        column="vagning",
        told="'ovägt'",
    ),
    Case(
        OTHERS,
        "kpb",
        "a cost per user that cost and users contradict",
        "kpb",
        text("kpb_services", every(snittkostnad="-837000,00")),
        rule="G103",
        row=2,
        column="snittkostnad",
        told="'-837000.00'",
    ),
    Case(
        OTHERS,
        "support-need",
        "a level of need that does not exist",
        "support_need",
        text("support_need_measurements", every(niva="9")),
        rule="G103",
        row=2,
        column="niva",
        told="a text of the shape '9'",
    ),
    Case(
        OTHERS,
        "homecare-index",
        "a part of the index missing",
        "homecare_index",
        text("homecare_index_results", lambda these: these.pop()),
        rule="HI101",
        row=2,
        column="del",
        told="4 of 5 parts",
    ),
    Case(
        OTHERS,
        "goals",
        "an effect without what it is measured in",
        "goals",
        text("goals_measures", every(effektmatt="")),
        rule="GO401",
        row=2,
        column="effekt_kronor",
        told="'2000000.00'",
    ),
    Case(
        OTHERS,
        "internal-control",
        "more fulfilled than were looked at",
        "internal_control",
        text("internal_control_controls", every(uppfyllda="94")),
        rule="IC101",
        row=2,
        column="uppfyllda",
        told="'94'",
    ),
    Case(
        OTHERS,
        "providers",
        "'delvis' where ja or nej belongs",
        "providers",
        text("providers_follow_ups", every(i_huvudsak_uppfyllt="delvis")),
        rule="R113",
        row=2,
        column="i_huvudsak_uppfyllt",
        told="'delvis'",
    ),
    Case(
        OTHERS,
        "grants",
        "more recognised than was awarded",
        "grants",
        text("grants_grants", every(intaktsfort="1500000,01")),
        rule="GR101",
        row=2,
        column="intaktsfort",
        told="'1500000.01'",
    ),
    Case(
        OTHERS,
        "investments",
        "a kind of flow that does not exist",
        "investments",
        text("investments_postings", every(flode="båda")),
        rule="G104",
        row=2,
        column="flode",
        told="'båda'",
    ),
    Case(
        OTHERS,
        "forecasts",
        "a decision on 31 September",
        "forecasts",
        text("forecasts_occasions", every(beslutsdatum="2024-09-31")),
        rule="R113",
        row=2,
        column="beslutsdatum",
        told="'2024-09-31'",
    ),
    Case(
        OTHERS,
        "population",
        "a year of age missing",
        "population",
        text("population_inhabitants", lambda these: these.pop(17)),
        rule="PO101",
        column="alder, kon",
        told="ages 0-100, 201 of 202 rows",
    ),
    Case(
        OTHERS,
        "local-counts",
        "a count that nobody defined",
        "local_counts",
        text("local_counts_counts", every(nyckeltal="besok_total")),
        rule="G104",
        row=2,
        column="nyckeltal",
        told="'besok_total'",
    ),
    Case(SIZE, "sparse", "10 GB, all but the beginning zeros", "hr", _sparse, rule="R102", told="binary data"),
    Case(
        SIZE, "one-line", "67 MB without a line end", "hr", _one_line, rule="R103", told="a line of several megabytes"
    ),
    Case(
        SIZE,
        "endless-cell",
        "a cell of 67 MB",
        "hr",
        _endless_cell,
        rule="R107",
        row=14,
        told="quotes that are not closed, or a cell without end",
    ),
    Case(
        SIZE,
        "zip-bomb",
        "a workbook of 300 kB that unpacks to 300 MB",
        "hr",
        _zip_bomb,
        rule="R115",
        told="300 MB when unpacked",
    ),
)
"""In the order of the page."""


def _cut(path: Path) -> Path:
    os.truncate(path, path.stat().st_size // 2)
    return path


def _zipped(folder: Path) -> Path:
    path = folder / "leverans.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("leverans.csv", csv_text(table_of(TIME), rows(table_of(TIME), "2024-03")))
    return path
