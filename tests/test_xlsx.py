"""A document as a workbook, read back by openpyxl and, where it is installed, LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports.document import Cell, Document
from reports.format import number
from reports.xlsx import number_format, sheet_names, to_xlsx
from testkit import document_fixture


@pytest.fixture(scope="module")
def document() -> Document:
    return document_fixture.document()


@pytest.fixture(scope="module")
def made(document: Document) -> bytes:
    return to_xlsx(document)


@pytest.fixture(scope="module")
def book(made: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(made))


def rows(sheet: Worksheet) -> list[dict[str, object]]:
    """The rows of a table's sheet by column name."""
    values = [list(row) for row in sheet.iter_rows(values_only=True)]
    head = next(place for place, row in enumerate(values) if "Källa" in row)
    body = values[head + 1 :]
    return [
        dict(zip(map(str, values[head]), row, strict=True))
        for row in body[: next(i for i, row in enumerate(body) if not any(row))]
    ]


def test_a_sheet_per_table_and_one_with_contents(document: Document, book: Workbook) -> None:
    assert len(book.sheetnames) == 1 + len(document.tables)
    assert book.sheetnames[:2] == ["Innehåll", "T1 Effektivitetsindex"]
    first = [str(value) for row in book["Innehåll"].iter_rows(values_only=True) for value in row if value]
    assert all(name in first for name in book.sheetnames[1:])
    for words in (*document.method, "pub-1", "preliminärt värde", "load-ledger-1", "Källan är inte ansluten."):
        assert words in first
    links = {cell.hyperlink.location for row in book["Innehåll"].iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in book.sheetnames[1:]}


def test_figures_are_unrounded_numbers_that_show_as_printed(document: Document, book: Workbook) -> None:
    for sheet, table in zip(book.worksheets[1:], document.tables, strict=True):
        for row, line in zip(rows(sheet), table.lines, strict=True):
            for column, cell in zip(table.columns, line.cells, strict=True):
                assert row[column] == (cell.text if cell.value is None else pytest.approx(cell.value))
    statement = book["T2 Drift, tkr"]
    assert [statement.cell(5, column).number_format for column in (2, 3, 4)] == ["#,##0", "#,##0", "#,##0"]


@pytest.mark.parametrize(
    ("text", "value", "decimals", "expected"),
    [
        ("8,2\u00a0%", 8.2, 1, '0.0"\u00a0%"'),
        ("-0,8\u00a0%-enh.", -0.8, 1, '0.0"\u00a0%-enh."'),
        ("-802\u00a0020", -802020.0, 0, "#,##0"),
        ("1315", 1315.0, 0, "0"),
        ("+2,4", 2.4, 1, "+0.0;-0.0;0.0"),
        ("95%", 95.4, 0, '0"%"'),
    ],
)
def test_number_formats(text: str, value: float, decimals: int, expected: str) -> None:
    assert number_format(Cell(text, value=value, decimals=decimals)) == expected


def test_every_row_has_its_source_and_every_figure_its_key(document: Document, book: Workbook) -> None:
    for sheet, table in zip(book.worksheets[1:], document.tables, strict=True):
        for row, line in zip(rows(sheet), table.lines, strict=True):
            origins = [cell.origin for cell in line.cells if cell.origin]
            if not origins:
                continue
            assert all(row[column] for column in ("Nyckeltal (id)", "Period", "Källa", "Laddning"))
            assert all(o.source in str(row["Källa"]) and o.indicator_id in str(row["Nyckeltal (id)"]) for o in origins)
            for column, cell in zip(table.columns, line.cells, strict=True):
                assert row[f"Nyckel: {column}"] == (f"{cell.origin.key}#{cell.origin.measure}" if cell.origin else None)


def test_marks_notes_and_gaps_are_said_on_the_row(book: Workbook) -> None:
    said = [row["Anmärkning"] for row in rows(book["T1 Effektivitetsindex"])]
    assert said[2] is not None and "Alingsås 2024: preliminärt värde" in str(said[2]) and "avser 2023" in str(said[2])
    assert said[3:] == ["Källan är inte ansluten", "Avser 31 december"]


def test_no_text_is_a_formula_whatever_it_begins_with(document: Document, made: bytes, book: Workbook) -> None:
    labels = [row["Mått"] for row in rows(book["T3 Sjukfrånvaro"])]
    assert labels[-3:] == [document_fixture.HOSTILE, "-2+3", "@SUM(A1)"]
    hostile = replace(document, title="=1+1", board="+cmd|' /C calc'!A0", method=("=HYPERLINK(1)", "https://x.example"))
    for workbook in (book, openpyxl.load_workbook(BytesIO(to_xlsx(hostile)))):
        assert all(cell.data_type in ("s", "n") for sheet in workbook for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(BytesIO(made)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets and not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_sheet_names_are_valid_and_unique() -> None:
    long = "Väntetid i antal dagar från ansökan till erbjudande"
    names = sheet_names(
        [
            ("Tabell 1", "a/b:c*[d]?'"),
            ("Diagram", long),
            ("Diagram", long),
            ("Diagram", long.upper()),
            ("Tabell 2", "'x'"),
        ]
    )
    assert names[0] == "T1 a b c d" and names[4] == "T2 'x"
    assert len({name.casefold() for name in names}) == 5
    assert all(
        len(name) <= 31 and not set(name) & set("[]:*?/\\") and name[0] != "'" and name[-1] != "'" for name in names
    )


def test_demonstration_is_called_so_on_every_sheet_and_live_is_not(book: Workbook) -> None:
    live = openpyxl.load_workbook(BytesIO(to_xlsx(document_fixture.document(environment="production"))))
    for workbook, expected in ((book, True), (live, False)):
        for sheet in workbook:
            top = [str(row[0]) for row in sheet.iter_rows(max_row=4, values_only=True)]
            assert any(line.startswith("Demonstrationsdata.") for line in top) is expected


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another time zone than that of the machine."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_the_same_document_gives_the_same_bytes_in_less_than_half_a_second(document: Document, made: bytes) -> None:
    assert to_xlsx(document) == made
    large = document_fixture.document(repeated=12)
    began = time.process_time()
    to_xlsx(large)
    assert time.process_time() - began < 0.5


def test_libreoffice_opens_it_and_computes_nothing(made: bytes, document: Document, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed (soffice)")
    source = tmp_path / "report.xlsx"
    source.write_bytes(made)
    # ; UTF-8, as shown, every sheet
    options = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1"
    command = [
        office,
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        options,
    ]
    subprocess.run([*command, "--outdir", str(tmp_path), str(source)], check=True, capture_output=True, timeout=120)
    written = {
        path.stem.removeprefix("report-"): path.read_text(encoding="utf-8") for path in tmp_path.glob("report-*.csv")
    }
    assert len(written) == 1 + len(document.tables)
    sick = written["T3 Sjukfrånvaro"]
    assert '=HYPERLINK(""http://x.example""' in sick and "-2+3" in sick and "@SUM(A1)" in sick
    assert number(-821815).replace("\u00a0", "") in written["T2 Drift, tkr"].replace(",", "").replace(
        "\u00a0", ""
    ).replace(" ", "")
