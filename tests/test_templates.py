"""The templates: every table's workbook as somebody fills it in, and as the readers take it."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import DELIVERED_SOURCES, OWNERS, Column, Kind, Table, tables
from ingestion.findings import DeliveryRejected
from ingestion.lake import Lake
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers.delivery import read_delivery
from ingestion.readers.recognition import source_of
from ingestion.readers.templates import EXAMPLE, TemplatesExist, write_templates
from testkit.command import invoke
from testkit.small_extracts import alingsas, make, personnummer

TABLES = [table for source in DELIVERED_SOURCES for table in tables(source)]
PERIODS = {"period": "2024-03", "year": "2024"}


@pytest.fixture(scope="module")
def municipality() -> Municipality:
    return alingsas()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, municipality: Municipality) -> Path:
    made = tmp_path_factory.mktemp("templates") / "1489-alingsas"
    write_templates(made, municipality)
    return made


def template(folder: Path, of: Table) -> Path:
    return folder / of.source / f"{of.name}.xlsx"


def filled(folder: Path, of: Table, to: Path, period: str) -> Path:
    """The template as somebody fills it in: the example row is gone, rows of the testkit stand in its place."""
    book = openpyxl.load_workbook(template(folder, of))
    sheet = book.worksheets[0]
    sheet.delete_rows(2)
    for number, row in enumerate(make(of, period)[:2], start=2):
        for place, column in enumerate(of.columns, start=1):
            sheet.cell(number, place).value = typed(column, row, number)
    to.mkdir()
    book.save(to / f"{of.name}.xlsx")
    return to / f"{of.name}.xlsx"


def typed(column: Column, row: dict, number: int) -> object:
    if column.kind is Kind.PERSON:
        return personnummer(number)
    value = row.get(column.name)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("of", TABLES, ids=lambda of: of.full_name)
def test_a_template_has_headers_lists_an_example_and_who_delivers(
    folder: Path, of: Table, municipality: Municipality
) -> None:
    book = openpyxl.load_workbook(template(folder, of))
    sheet, lists = book.worksheets
    assert lists.sheet_state == "hidden", "a delivery has one visible sheet"
    headers, example = (list(row) for row in sheet.iter_rows(max_row=2, values_only=True))
    assert headers == [column.header for column in of.columns]
    assert example[0] == EXAMPLE and len(list(sheet.iter_rows())) == 2
    assert OWNERS[of.owner] in sheet.cell(1, 1).comment.text
    typed_as = {
        place: one.number_format for one in sheet.column_dimensions.values() for place in range(one.min, one.max + 1)
    }
    ruled = {next(iter(one.sqref.ranges)).min_col: one.formula1 for one in sheet.data_validations.dataValidation}
    for place, column in enumerate(of.columns, start=1):
        assert (typed_as[place] == "@") is (column.kind not in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE)), (
            "codes stay as typed"
        )
        comment = sheet.cell(1, place).comment.text
        assert column.description in comment and ("Måste fyllas i" in comment) is column.required
        below = (lists.cell(row, place).value for row in range(1, lists.max_row + 1))
        listed = [value for value in below if value]
        if column.allowed:
            assert listed == list(column.allowed) and place in ruled
        assert (place in ruled) == bool(listed)


@pytest.mark.parametrize("of", TABLES, ids=lambda of: of.full_name)
def test_a_template_is_known_by_its_headers(folder: Path, of: Table) -> None:
    assert source_of(template(folder, of)) == of.source


@pytest.mark.parametrize("of", TABLES, ids=lambda of: of.full_name)
def test_an_example_row_that_is_left_in_rejects_the_file(
    folder: Path, of: Table, municipality: Municipality, tmp_path: Path
) -> None:
    with pytest.raises(DeliveryRejected) as rejected:
        read_delivery(template(folder, of), of.source, municipality, Lake(tmp_path), Pseudonymiser(b"k" * 32))
    assert any(finding.row == 2 for finding in rejected.value.findings), rejected.value


@pytest.mark.parametrize("name", ["hr_employments", "hr_absences", "ledger_transactions", "ledger_budget"])
def test_a_template_that_is_filled_in_is_read(
    folder: Path, municipality: Municipality, tmp_path: Path, name: str
) -> None:
    of = next(one for one in TABLES if one.full_name == name)
    period = PERIODS[of.period_column or "period"]
    path = filled(folder, of, tmp_path / "filled", period)
    (candidate,) = read_delivery(path, of.source, municipality, Lake(tmp_path / "lake"), Pseudonymiser(b"k" * 32))
    assert (candidate.table, candidate.period, candidate.rows) == (of, period, 2)


def test_what_the_municipality_names_itself_is_listed(folder: Path, municipality: Municipality) -> None:
    of = next(one for one in TABLES if one.full_name == "hr_employments")
    lists = openpyxl.load_workbook(template(folder, of)).worksheets[1]
    said = {value for row in lists.iter_rows(values_only=True) for value in row}
    assert {department.id for department in municipality.departments} | municipality.unit_ids <= said


def test_a_template_that_somebody_may_have_filled_in_is_never_written_over(
    folder: Path, municipality: Municipality
) -> None:
    with pytest.raises(TemplatesExist, match="is there already"):
        write_templates(folder, municipality)


def test_the_command_writes_them_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMLYSNING_ENV", "demo")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(tmp_path))
    ended = invoke("templates", "1489")
    assert ended.exit_code == 0 and f"{len(TABLES)} templates in {tmp_path}" in ended.stdout
    files = list((tmp_path / "templates" / "1489-alingsas").glob("*/*.xlsx"))
    assert len(files) == len(TABLES) and all(zipfile.is_zipfile(file) for file in files)
    assert "is there already" in invoke("templates", "1489").stderr
    ended = invoke("templates", "1441")
    assert ended.exit_code == 1 and "genomlysning new 1441" in ended.stderr
