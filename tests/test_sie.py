"""The SIE 4 reader: what it keeps, what it must never keep, and one file for every fault."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from ingestion.findings import DeliveryRefused
from ingestion.ledger import TRANSACTIONS
from ingestion.ledger.sie import SieFile, read_sie

DIMENSIONS = {"cost_centre": "1", "project": "6", "activity": "20", "sub_activity": "21", "counterparty": "22", "is_internal": "23"}

HEAD = """\
#FLAGGA 0
#PROGRAM "Ekonomi \\"Plus\\"" 7.2
#FORMAT PC8
#GEN 20230705 "xx"
#SIETYP 4
#ORGNR 212000-1553
#FNAMN "Alingsås kommun"
#RAR 0 20230101 20231231
#RAR -1 20220101 20221231
#KONTO 2440 "Leverantörsskulder"
#KONTO 5011 "Löner, månadsavlönade"
#DIM 7 "Anställd"
#OBJEKT 1 "71100" "Hemtjänst centrum"
#OBJEKT 7 "104412" "Påhittad Åsa"
"""
VOUCHERS = """\
#VER "L" 1001 20230115 "Räkning för Påhittad Åsa"
{
#TRANS 5011 {1 "71100" 7 "104412" 20 "510" 22 "871" 23 "nej" 99 "okänt"} 1250.50 20230116 "sa \\"hej\\" {inte block}" 0 "xx"
#BTRANS 5011 {1 "71100"} 99.00
#RTRANS 2440 {} -1250.50
#TRANS 2440 {} -1250.50
}
#VER L "1002" 20230630
{
\t#TRANS\t5011\t{"1" "71100"}\t-10\t""
\t#TRANS\t2440\t{ }\t10.00
}
"""


def write(folder: Path, text: str, encoding: str = "cp437") -> Path:
    path = folder / "bokforing.se"
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


def read(folder: Path, text: str, encoding: str = "cp437") -> SieFile:
    return read_sie(write(folder, text, encoding), DIMENSIONS)


def refused(folder: Path, text: str, encoding: str = "cp437") -> DeliveryRefused:
    with pytest.raises(DeliveryRefused) as caught:
        read(folder, text, encoding)
    message = str(caught.value)
    assert "bokforing.se" in message
    assert "Påhittad" not in message and "hej" not in message
    return caught.value


def test_reads_heading_and_rows_of_two_months(tmp_path: Path) -> None:
    sie = read(tmp_path, HEAD + VOUCHERS)
    assert sie.organisation_number == "212000-1553"
    assert sie.program == 'Ekonomi "Plus" 7.2'
    assert sie.generated == date(2023, 7, 5)
    assert (sie.fiscal_year_start, sie.fiscal_year_end) == (date(2023, 1, 1), date(2023, 12, 31))
    assert sie.accounts == {"2440": "Leverantörsskulder", "5011": "Löner, månadsavlönade"}
    assert sie.objects["cost_centre"] == ("71100",)

    headers = [column.header for column in TRANSACTIONS.columns if column.header not in ("kommun", "text")]
    assert list(sie.rows.columns) == [*headers, "source_row"]
    kept = [header for header in headers if header not in ("aktivitet", "projekt")]
    rows = [tuple(None if value != value else value for value in row) for row in sie.rows[kept].itertuples(index=False)]
    assert rows == [
        ("2023-01", "L", "1001", "1", "2023-01-16", "202301", "5011", "71100", "510", "871", "nej", "1250,50"),
        ("2023-01", "L", "1001", "2", "2023-01-15", "202301", "2440", None, None, None, None, "-1250,50"),
        ("2023-06", "L", "1002", "1", "2023-06-30", "202306", "5011", "71100", None, None, None, "-10"),
        ("2023-06", "L", "1002", "2", "2023-06-30", "202306", "2440", None, None, None, None, "10,00"),
    ]
    assert sie.rows["source_row"].tolist() == [17, 20, 24, 25]


def test_texts_employees_and_unknown_dimensions_are_not_kept(tmp_path: Path) -> None:
    sie = read(tmp_path, HEAD + VOUCHERS)
    held = sie.rows.to_csv() + repr(sie.accounts) + repr(sie.objects)
    for never in ("Påhittad", "104412", "okänt", "hej", "Hemtjänst"):
        assert never not in held
    with pytest.raises(ValueError, match="employee"):
        read_sie(write(tmp_path, HEAD), {**DIMENSIONS, "project": "7"})
    with pytest.raises(ValueError, match="employee_name"):
        read_sie(write(tmp_path, HEAD), {"employee_name": "30"})


def test_a_voucher_keeps_its_month_when_a_row_has_another_date(tmp_path: Path) -> None:
    voucher = '#VER A 1 20230131\n{\n#TRANS 5011 {1 "71100"} 5.00 20230201\n#TRANS 2440 {} -5.00\n}\n'
    rows = read(tmp_path, HEAD + voucher).rows
    assert rows["period"].tolist() == ["2023-01", "2023-01"]
    assert rows["bokforingsdatum"].tolist() == ["2023-02-01", "2023-01-31"]


def test_unknown_records_and_their_blocks_are_skipped(tmp_path: Path) -> None:
    unknown = '#NYTT 1 "x"\n{\n#DETALJ 5\n}\n#KPTYP BAS2014\n'
    assert len(read(tmp_path, HEAD + unknown + VOUCHERS + "\x1a").rows) == 4


def test_a_backslash_that_escapes_nothing_is_itself(tmp_path: Path) -> None:
    assert read(tmp_path, HEAD + '#KONTO 6110 "C:\\mapp"\n' + VOUCHERS).accounts["6110"] == "C:\\mapp"


TOTALS = "#IB 0 2440 -100.00\n#UB 0 2440 -1340.50\n#RES 0 5011 1240.50\n#RES -1 5011 7.00\n#PSALDO 0 202301 5011 {} 1250.50\n"


def test_totals_that_agree_are_accepted(tmp_path: Path) -> None:
    parts_and_other_years = '#PSALDO 0 202301 5011 {1 "71100"} 3.00\n#PSALDO -1 202201 5011 {} 3.00\n'
    assert len(read(tmp_path, HEAD + TOTALS + parts_and_other_years + VOUCHERS).rows) == 4


BROKEN_VOUCHER = '#VER L 1 20230115\n{\n#TRANS 5011 {1 "71100"} 1.00\n'
FAULTS = {
    "empty": ("", "S101", None),
    "no SIE": ("kommun;period\n1489;2023-01\n", "S101", 1),
    "SIE 5": ('<?xml version="1.0"?><Sie/>\n', "S101", 1),
    "another #FORMAT": (HEAD.replace("PC8", "UTF8") + VOUCHERS, "S102", 15),
    "no #FORMAT": (HEAD.replace("#FORMAT PC8\n", "") + VOUCHERS, "S102", 14),
    "type 2": (HEAD.replace("#SIETYP 4", "#SIETYP 2") + TOTALS, "S103", None),
    "no #SIETYP": (HEAD.replace("#SIETYP 4\n", "") + VOUCHERS, "S103", 14),
    "open quote": (HEAD + VOUCHERS.replace('20230115 "Räkning för', "20230115 Räkning för"), "S104", 15),
    "no record": (HEAD + "5011;12\n" + VOUCHERS, "S104", 15),
    "binary": (HEAD + "\x00\x01\n" + VOUCHERS, "S104", 15),
    "endless line": (HEAD + "#FNAMN " + "x" * 70_000 + "\n" + VOUCHERS, "S104", 15),
    "no #ORGNR": (HEAD.replace("#ORGNR 212000-1553\n", "") + VOUCHERS, "S105", 14),
    "broken #ORGNR": (HEAD.replace("212000-1553", "212000") + VOUCHERS, "S105", 6),
    "no #RAR": (HEAD.replace("#RAR 0 ", "#RAR -2 ") + VOUCHERS, "S105", 15),
    "#VER without block": (HEAD + "#VER L 1 20230115\n#VER L 2 20230115\n{\n}\n", "S106", 15),
    "half a file": (HEAD + VOUCHERS + BROKEN_VOUCHER, "S106", 29),
    "voucher not closed": (HEAD + BROKEN_VOUCHER + VOUCHERS, "S106", 15),
    "block closed twice": (HEAD + VOUCHERS + "}\n", "S106", 27),
    "block without voucher": (HEAD + "{\n}\n", "S106", 15),
    "row outside voucher": (HEAD + "#TRANS 5011 {} 1.00\n", "S106", 15),
    "#VER without number": (HEAD + VOUCHERS.replace("#VER L", "#VER"), "S107", 22),
    "#TRANS without objects": (HEAD + VOUCHERS.replace("2440 {} -1250.50\n}", "2440 -1250.50\n}"), "S107", 20),
    "#TRANS with half an object": (HEAD + VOUCHERS.replace('"71100" 7', "7"), "S107", 17),
    "amount with comma": (HEAD + VOUCHERS.replace(" 1250.50", " 1250,50"), "S108", 17),
    "amount in words": (HEAD + TOTALS.replace(" 1240.50", " tolv") + VOUCHERS, "S108", 17),
    "day that is none": (HEAD + VOUCHERS.replace("20230630", "20230631"), "S109", 22),
    "date with dashes": (HEAD + VOUCHERS.replace("20230116", "2023-01-16"), "S109", 17),
    "another fiscal year": (HEAD + VOUCHERS.replace("20230630", "20240630"), "S110", 22),
    "voucher twice": (HEAD + VOUCHERS.replace('"1002"', "1001"), "S111", 22),
    "#RES contradicts": (HEAD + TOTALS.replace(" 1240.50", " 1240.51") + VOUCHERS, "S112", 17),
    "#UB contradicts": (HEAD + TOTALS.replace("-1340.50", "-1340.49") + VOUCHERS, "S112", 16),
    "#PSALDO contradicts": (HEAD + TOTALS.replace("202301", "202302") + VOUCHERS, "S112", 19),
    "cut between two vouchers": (HEAD + TOTALS + VOUCHERS.split('#VER L "1002"')[0], "S112", 16),
    "no vouchers": (HEAD, "S113", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_refused(tmp_path: Path, fault: str) -> None:
    text, rule, line = FAULTS[fault]
    finding = refused(tmp_path, text).findings[0]
    assert (finding.rule, finding.severity, finding.row) == (rule, "error", line)


@pytest.mark.parametrize(("encoding", "line"), [("utf-8", 7), ("utf-8-sig", 1), ("cp1252", 7)])
def test_another_code_page_is_named(tmp_path: Path, encoding: str, line: int) -> None:
    finding = refused(tmp_path, HEAD + VOUCHERS, encoding).findings[0]
    assert (finding.rule, finding.row) == ("S102", line)
    assert ("UTF-8" if encoding.startswith("utf-8") else "Windows-1252") in finding.found


def test_a_fault_in_many_rows_is_named_once_and_counted(tmp_path: Path) -> None:
    findings = refused(tmp_path, HEAD + VOUCHERS.replace("1250.50", "1250,50").replace("20230630", "20240630")).findings
    assert {(finding.rule, finding.row, finding.count) for finding in findings} == {("S108", 17, 2), ("S110", 22, 1)}


def test_amounts_are_not_told(tmp_path: Path) -> None:
    assert "19800101" not in str(refused(tmp_path, HEAD + VOUCHERS.replace(" 1250.50", " 19800101-1234x")))


def test_300_000_rows_in_seconds(tmp_path: Path) -> None:
    lines = [HEAD]
    for voucher in range(60_000):
        lines.append(f'#VER "L" {voucher} 2023{voucher % 12 + 1:02}15 "En text"\n{{\n')
        lines.append('#TRANS 5011 {1 "71100" 20 "510" 22 "871" 23 "nej"} 250.25 20230115 "En text"\n' * 4)
        lines.append("#TRANS 2440 {} -1001.00\n}\n")
    path = write(tmp_path, "".join(lines))
    started = time.perf_counter()
    rows = read_sie(path, DIMENSIONS).rows
    assert len(rows) == 300_000
    assert time.perf_counter() - started < 30  # about 4 s on an idle machine; the test machine is shared
