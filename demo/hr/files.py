"""Writing the extracts as an HR system's operator would deliver them: one file per table and month, in changing
formats.

Belongs here: file names, headers, spellings, encodings. Does not belong here: what the rows say (`staff`, `leave`).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import openpyxl

Cell = str | float | date | None

HEADERS: dict[str, tuple[str, ...]] = {
    "employments": (
        "kommun",
        "period",
        "anstallningsid",
        "personnummer",
        "namn",
        "befattning",
        "aid",
        "avdelning",
        "enhet",
        "ansvar",
        "anstallningsform",
        "loneform",
        "sysselsattningsgrad",
        "heltidsmatt",
        "anstalld_fran",
        "anstalld_till",
        "avgangsorsak",
        "chef",
    ),
    "absences": (
        "kommun",
        "period",
        "franvaroid",
        "anstallningsid",
        "franvarotyp",
        "fran",
        "till",
        "omfattning",
        "timmar",
    ),
    "time_records": (
        "kommun",
        "period",
        "anstallningsid",
        "schemalagd_tid",
        "arbetad_tid",
        "timavlonad_tid",
        "fyllnadstid",
        "overtid",
    ),
    "other_employments": (
        "kommun",
        "period",
        "anstallningsid",
        "personnummer",
        "anstallningsform",
        "anstalld_fran",
        "anstalld_till",
    ),
}
_NAMES = {
    "employments": "anstallningar",
    "absences": "franvaro",
    "time_records": "tidposter",
    "other_employments": "ovriga_namnder",
}
_BY_HAND = {
    "employments": "Anställningar",
    "absences": "Frånvaro",
    "time_records": "Tidposter",
    "other_employments": "Övriga nämnder",
}
# Months that somebody exported by hand, as a workbook.
_WORKBOOKS = {
    ("absences", "2022-07"),
    ("other_employments", "2023-03"),
    ("time_records", "2023-12"),
    ("absences", "2024-08"),
}
_NEW_SYSTEM = "2022-10"  # before: Windows-1252 throughout
_FIXED_TIME = (2025, 1, 7, 8, 0, 0)


def write_table(folder: Path, table: str, period: str, rows: Iterable[tuple[Cell, ...]]) -> Path:
    """Write one table of one month into `folder`; returns the file. Same rows, same bytes."""
    if (table, period) in _WORKBOOKS:
        path = folder / f"{_BY_HAND[table]} VOF {period}.xlsx"
        path.write_bytes(workbook(_BY_HAND[table], [HEADERS[table], *rows]))
        return path
    stamp = period.replace("-", "")
    path = folder / (
        f"VON_{_NAMES[table]}_{stamp}.csv" if period < _NEW_SYSTEM else f"{_NAMES[table]}-1489-{stamp}.csv"
    )
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS[table])
    writer.writerows([_text(cell) for cell in row] for row in rows)
    path.write_bytes(text.getvalue().encode(_encoding(table, period)))
    return path


def _encoding(table: str, period: str) -> str:
    """The old system wrote Windows-1252; the new one UTF-8, with a byte order mark until somebody turned it off."""
    if period < _NEW_SYSTEM or (table == "employments" and period == "2024-05"):
        return "cp1252"
    return "utf-8-sig" if period < "2024-01" else "utf-8"


def _text(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return cell.isoformat()
    return cell or ""


def workbook(title: str, rows: Iterable[tuple[Cell, ...]]) -> bytes:
    """A workbook of one sheet, with the times of writing replaced by a fixed one (else no two runs are alike)."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    fixed = io.BytesIO()
    stamp = "{}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*_FIXED_TIME).encode()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            target.writestr(zipfile.ZipInfo(name, _FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
