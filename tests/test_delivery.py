"""Reading deliveries: formats, encodings, types, pseudonyms, and every structural rejection with its row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import openpyxl
import pytest

from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.contracts import Table, table
from ingestion.findings import DeliveryRejected
from ingestion.lake import Candidate, Lake
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers.delivery import read_delivery

ROOT = Path(__file__).parent.parent
TIME = table("hr", "time_records")
EMPLOYMENTS = table("hr", "employments")


@pytest.fixture
def municipality() -> Municipality:
    return load_municipality(ROOT / "municipalities" / "1489-alingsas")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def read(lake: Lake, municipality: Municipality):
    def reader(path: Path, source: str = "hr") -> list[Candidate]:
        return read_delivery(path, source, municipality, lake, Pseudonymiser(b"k" * 32))

    return reader


def header_of(table: Table) -> str:
    return ";".join(column.header for column in table.columns)


def time_row(number: int = 1, **changes: str) -> str:
    values = {
        "kommun": "1489",
        "period": "2024-03",
        "anstallningsid": f"A{number}",
        "schemalagd_tid": "120,75",
        "arbetad_tid": "100",
        "timavlonad_tid": "0",
        "fyllnadstid": "3,5",
        "overtid": "0,00",
    }
    return ";".join({**values, **changes}.values())


def write(path: Path, *lines: str, encoding: str = "utf-8", end: str = "\n") -> Path:
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def rows(candidate: Candidate, columns: str) -> list[tuple]:
    return duckdb.sql(f"select {columns} from read_parquet('{candidate.parquet}') order by source_row").fetchall()


def rejection(read, path: Path, source: str = "hr") -> DeliveryRejected:
    with pytest.raises(DeliveryRejected) as caught:
        read(path, source)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_in_the_encodings_that_municipalities_deliver(tmp_path, read, encoding, end):
    path = write(
        tmp_path / "t.csv", header_of(TIME), time_row(1), time_row(2, anstallningsid="Å2"), encoding=encoding, end=end
    )
    [candidate] = read(path)
    assert (candidate.table, candidate.municipality_id, candidate.period, candidate.rows) == (
        TIME,
        "1489",
        "2024-03",
        2,
    )
    got = rows(
        candidate, "employment_id, cast(scheduled_hours as varchar), cast(additional_hours as varchar), source_row"
    )
    assert got == [("A1", "120.75", "3.50", 2), ("Å2", "120.75", "3.50", 3)]


def test_xlsx_gives_the_same_content_as_csv(tmp_path, read):
    [from_csv] = read(write(tmp_path / "t.csv", header_of(TIME), time_row(1)))
    workbook = openpyxl.Workbook()
    workbook.active.append([column.header for column in TIME.columns])
    workbook.active.append([1489, "2024-03", "A1", 120.75, 100, 0, 3.5, 0.0])
    workbook.save(tmp_path / "t.xlsx")
    [from_xlsx] = read(tmp_path / "t.xlsx")
    assert from_xlsx.content_hash == from_csv.content_hash


def test_row_order_and_column_order_do_not_change_the_content(tmp_path, read):
    [first] = read(write(tmp_path / "a.csv", header_of(TIME), time_row(1), time_row(2)))
    turned = [";".join(reversed(line.split(";"))) for line in (header_of(TIME), time_row(2), time_row(1))]
    [second] = read(write(tmp_path / "b.csv", *turned))
    assert first.content_hash == second.content_hash


@pytest.mark.parametrize("spelling", ["1 250,50", "1\u00a0250,50", "1250,5", "1250,50"])
def test_amounts_with_thousands_marks(tmp_path, read, spelling):
    forecast = table("ledger", "forecast")
    path = write(tmp_path / "f.csv", header_of(forecast), f"1489;2024-03;hemtjanst;income;;2024-04-12;\u2212{spelling}")
    [candidate] = read(path, "ledger")
    assert rows(candidate, "cast(amount as varchar)") == [("-1250.50",)]


def test_person_becomes_pseudonym_and_name_is_left_behind(tmp_path, read):
    line = "1489;2024-03;A1;{};Quistberg, Alvfrid;Usk;207024;hemtjanst;hemtjanst_centrum;71100;tillsvidare;månad;75;37;20190812;;;nej"
    path = write(
        tmp_path / "e.csv",
        header_of(EMPLOYMENTS),
        line.format("19800101-0001"),
        line.replace("A1", "A2").format("800101-0001"),
    )
    [candidate] = read(path)
    got = rows(candidate, "person_id, gender, cast(birth_month as varchar), cast(start_date as varchar), end_date")
    assert got[0] == got[1]
    assert got[0][1:] == ("K", "1980-01-01", "2019-08-12", None)
    described = duckdb.sql(f"describe select * from read_parquet('{candidate.parquet}')").fetchall()
    assert [(name, kind.lower().replace(",", ", ")) for name, kind, *_ in described] == list(EMPLOYMENTS.lake_columns())
    assert b"Quistberg" not in candidate.parquet.read_bytes()


def test_a_wrong_check_digit_is_rejected_without_telling_the_number(tmp_path, read):
    line = "1489;2024-03;A1;19800101-0009;;Usk;207024;hemtjanst;hemtjanst_centrum;71100;tillsvidare;månad;75;37;20190812;;;nej"
    error = rejection(read, write(tmp_path / "e.csv", header_of(EMPLOYMENTS), line))
    [finding] = error.findings
    assert (finding.rule, finding.row, finding.column) == ("R113", 2, "personnummer")
    assert "19800101" not in str(error)


CASES = {
    "empty": ("R101", b""),
    "utf16": ("R102", "kommun;period\n".encode("utf-16")),
    "neither encoding": ("R102", b"kommun;period\n\xff\x81\n"),
    "commas": ("R104", b"kommun,period,anstallningsid\n"),
    "tabs": ("R104", b"kommun\tperiod\tanstallningsid\n"),
    "header twice": ("R105", (header_of(TIME) + ";kommun\n").encode()),
    "half a row": ("R106", f"{header_of(TIME)}\n{time_row(1)}\n{time_row(2)[:30]}".encode()),
    "too many cells": ("R106", f"{header_of(TIME)}\n{time_row(1)};x\n".encode()),
    "open quote": ("R107", f"{header_of(TIME)}\n{time_row(1, anstallningsid=chr(34) + 'A1')}\n".encode()),
    "other headers": ("R110", b"a;b;c\n1;2;3\n"),
    "missing column": ("R111", (header_of(TIME).replace(";overtid", "") + "\n").encode()),
    "text in number": ("R113", f"{header_of(TIME)}\n{time_row(1, overtid='Quistberg')}\n".encode()),
    "decimal point": ("R113", f"{header_of(TIME)}\n{time_row(1, overtid='1.5')}\n".encode()),
    "no rows": ("R120", f"{header_of(TIME)}\n".encode()),
    "wrong municipality": ("R121", f"{header_of(TIME)}\n{time_row(1, kommun='1283')}\n".encode()),
    "two months": ("R122", f"{header_of(TIME)}\n{time_row(1)}\n{time_row(2, period='2024-02')}\n".encode()),
    "no month": ("R122", f"{header_of(TIME)}\n{time_row(1, period='')}\n".encode()),
    "zip": ("R101", b"PK\x03\x04rubbish"),
    "xls": ("R101", b"\xd0\xcf\x11\xe0rubbish"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_read_is_rejected_with_its_rule_and_leaves_nothing(tmp_path, read, lake, case):
    rule, content = CASES[case]
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    error = rejection(read, path)
    assert {finding.rule for finding in error.findings} == {rule}
    assert "Quistberg" not in str(error)
    assert all(finding.file == "bad.csv" and finding.advice for finding in error.findings)
    assert list((lake.root / ".incoming").glob("*")) == []


def test_the_failing_rows_are_named(tmp_path, read):
    lines = [time_row(n, overtid="x" if n in (3, 5) else "0") for n in range(1, 7)]
    error = rejection(read, write(tmp_path / "t.csv", header_of(TIME), *lines))
    assert [(finding.row, finding.column, finding.count) for finding in error.findings] == [
        (4, "overtid", 2),
        (6, "overtid", 2),
    ]


def test_unknown_column_is_left_behind_with_a_warning(tmp_path, read):
    path = write(tmp_path / "t.csv", header_of(TIME) + ";anteckning", time_row(1) + ";hemligt")
    [candidate] = read(path)
    assert [(note.rule, note.severity) for note in candidate.notes] == [("R112", "warning")]
    assert b"hemligt" not in candidate.parquet.read_bytes()


def test_formulas_and_errors_in_a_workbook_are_rejected(tmp_path, read):
    workbook = openpyxl.Workbook()
    workbook.active.append([column.header for column in TIME.columns])
    workbook.active.append(["1489", "2024-03", "A1", "=1+1", 100, 0, 0, 0])
    workbook.save(tmp_path / "t.xlsx")
    [finding] = rejection(read, tmp_path / "t.xlsx").findings
    assert (finding.rule, finding.row, finding.column) == ("R108", 2, "schemalagd_tid")


def test_source_rows_stay_right_in_a_large_file(tmp_path, read):
    path = write(tmp_path / "t.csv", header_of(TIME), *(time_row(n) for n in range(200_000)))
    [candidate] = read(path)
    wrong = duckdb.sql(
        f"select count(*) from read_parquet('{candidate.parquet}') where employment_id <> 'A' || (source_row - 2)"
    ).fetchone()
    assert (candidate.rows, wrong) == (200_000, (0,))
