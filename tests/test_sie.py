"""The SIE 4 reader: what it keeps, what it must never keep, and one file for every fault."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from ingestion.contracts.ledger import TRANSACTIONS
from ingestion.findings import DeliveryRejected
from ingestion.readers.sie import SieFile, read_sie
from ingestion.readers.sie_bytes import checksums

DIMENSIONS = {
    "cost_centre": "1",
    "project": "6",
    "activity": "20",
    "sub_activity": "21",
    "counterparty": "22",
    "is_internal": "23",
}

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
TOTALS = "#IB 0 2440 -100.00\n#UB 0 2440 -1340.50\n#RES 0 5011 1240.50\n#RES -1 5011 7.00\n#PSALDO 0 202301 5011 {} 1250.50\n"
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


def rejected(folder: Path, text: str, encoding: str = "cp437") -> DeliveryRejected:
    with pytest.raises(DeliveryRejected) as caught:
        read(folder, text, encoding)
    message = str(caught.value)
    assert "bokforing.se" in message
    assert "Påhittad" not in message and "hej" not in message
    return caught.value


def test_reads_rows_of_two_months(tmp_path: Path) -> None:
    sie = read(tmp_path, HEAD + TOTALS + VOUCHERS)
    assert sie.organisation_number == "212000-1553"
    assert sie.notes == ()

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
    assert sie.rows["source_row"].tolist() == [22, 25, 29, 30]


def test_texts_employees_and_unknown_dimensions_are_not_kept(tmp_path: Path) -> None:
    sie = read(tmp_path, HEAD + VOUCHERS)
    held = sie.rows.to_csv()
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


def test_totals_that_agree_are_accepted(tmp_path: Path) -> None:
    parts_and_other_years = '#PSALDO 0 202301 5011 {1 "71100"} 3.00\n#PSALDO -1 202201 5011 {} 3.00\n'
    assert len(read(tmp_path, HEAD + TOTALS + parts_and_other_years + VOUCHERS).rows) == 4


BROKEN_VOUCHER = '#VER L 1 20230115\n{\n#TRANS 5011 {1 "71100"} 1.00\n'
FAULTS = {
    "empty": ("", "S101", None),
    "no SIE": ("kommun;period\n1489;2023-01\n", "S101", 1),
    "SIE 5": ('<?xml version="1.0"?><Sie/>\n', "S101", 1),
    "a beginning that was lost": (HEAD.removeprefix("#FLAGGA 0\n") + VOUCHERS, "S101", 1),
    "type 2": (HEAD.replace("#SIETYP 4", "#SIETYP 2") + TOTALS, "S103", None),
    "no #SIETYP": (HEAD.replace("#SIETYP 4\n", "") + VOUCHERS, "S103", 14),
    "type 4I": (HEAD.replace("#SIETYP 4", "#SIETYP 4I") + VOUCHERS, "S103", 15),
    "open quote before the amount": (HEAD + VOUCHERS.replace('"71100" 7', '"71100 7'), "S107", 17),
    "text with a line end": (HEAD + VOUCHERS.replace("för Påhittad", "för\nPåhittad"), "S104", 16),
    "no record": (HEAD + "5011;12\n" + VOUCHERS, "S104", 15),
    "binary": (HEAD + "\x00\x01\n" + VOUCHERS, "S104", 15),
    "null bytes at the end": (HEAD + VOUCHERS + "\x00" * 50, "S104", 27),
    "end mark in the middle": (HEAD + "\x1a\n" + VOUCHERS, "S104", 15),
    "endless line": (HEAD + "#FNAMN " + "x" * 70_000 + "\n" + VOUCHERS, "S104", 15),
    "no #ORGNR": (HEAD.replace("#ORGNR 212000-1553\n", "") + VOUCHERS, "S105", 14),
    "broken #ORGNR": (HEAD.replace("212000-1553", "212000") + VOUCHERS, "S105", 6),
    "no #RAR": (HEAD.replace("#RAR 0 ", "#RAR -2 ") + VOUCHERS, "S105", 15),
    "two fiscal years 0": (HEAD + "#RAR 0 20220101 20221231\n" + VOUCHERS, "S105", 15),
    "fiscal year that ends before it begins": (
        HEAD.replace("20230101 20231231", "20231231 20230101") + VOUCHERS,
        "S105",
        8,
    ),
    "two files in one": (HEAD + VOUCHERS + HEAD, "S105", 27),
    "two organisations": (HEAD + "#ORGNR 212000-1157\n" + VOUCHERS, "S105", 15),
    "#VER without braces": (HEAD + "#VER L 1 20230115\n#TRANS 5011 {} 1.00\n", "S106", 15),
    "#VER without block": (HEAD + "#VER L 1 20230115\n#VER L 2 20230115\n{\n}\n", "S106", 15),
    "half a file": (HEAD + VOUCHERS + BROKEN_VOUCHER, "S106", 29),
    "voucher not closed": (HEAD + BROKEN_VOUCHER + VOUCHERS, "S106", 15),
    "block closed twice": (HEAD + VOUCHERS + "}\n", "S106", 27),
    "block without voucher": (HEAD + "{\n}\n", "S106", 15),
    "row outside voucher": (HEAD + "#TRANS 5011 {} 1.00\n", "S106", 15),
    "#RTRANS outside voucher": (HEAD + "#RTRANS 5011 {} 1.00\n", "S106", 15),
    "#VER without number": (HEAD + VOUCHERS.replace('"1002"', '""'), "S107", 22),
    "#VER of number only": (HEAD + VOUCHERS.replace('L "1002" 20230630', '""'), "S107", 22),
    "account in words": (HEAD + VOUCHERS.replace("#TRANS 2440", "#TRANS LÖN"), "S107", 20),
    "#TRANS without account": (HEAD + VOUCHERS.replace("#TRANS 2440", "#TRANS"), "S107", 20),
    "#TRANS without amount": (HEAD + VOUCHERS.replace("#TRANS 2440 {} -1250.50", "#TRANS 2440 {}"), "S107", 20),
    "#TRANS without objects": (HEAD + VOUCHERS.replace("2440 {} -1250.50\n}", "2440 -1250.50\n}"), "S107", 20),
    "#TRANS with half an object": (HEAD + VOUCHERS.replace('"71100" 7', "7"), "S107", 17),
    "amount with comma": (HEAD + VOUCHERS.replace(" 1250.50", " 1250,50"), "S108", 17),
    "amount with thousands apart": (HEAD + VOUCHERS.replace(" 1250.50", " 1 250.50"), "S108", 17),
    "open quote before the account": (HEAD + VOUCHERS.replace("#TRANS 5011", '#TRANS "5011', 1), "S107", 17),
    "a quote that is written out and closes nothing": (
        HEAD + VOUCHERS.replace('7 "104412"', '7 "104412\\"', 1),
        "S107",
        17,
    ),
    "amount with thousands apart, quoted": (HEAD + VOUCHERS.replace(" 1250.50", ' "1 250.50"'), "S108", 17),
    "amount with exponent": (HEAD + VOUCHERS.replace(" 1250.50", " 1.2505E+03"), "S108", 17),
    "amount with thousandths": (HEAD + VOUCHERS.replace(" 1250.50", " 1250.505"), "S108", 17),
    "amount in words": (HEAD + TOTALS.replace(" 1240.50", " tolv") + VOUCHERS, "S108", 17),
    "day that is none": (HEAD + VOUCHERS.replace("20230630", "20230631"), "S109", 22),
    "date with dashes": (HEAD + VOUCHERS.replace("20230116", "2023-01-16"), "S109", 17),
    "no date": (HEAD + VOUCHERS.replace("20230630", '""'), "S109", 22),
    "another fiscal year": (HEAD + VOUCHERS.replace("20230630", "20240630"), "S110", 22),
    "voucher twice": (HEAD + VOUCHERS.replace('"1002"', "1001"), "S111", 22),
    "#RES contradicts": (HEAD + TOTALS.replace(" 1240.50", " 1240.51") + VOUCHERS, "S112", 17),
    "#UB contradicts": (HEAD + TOTALS.replace("-1340.50", "-1340.49") + VOUCHERS, "S112", 16),
    "#PSALDO contradicts": (HEAD + TOTALS.replace("202301", "202302") + VOUCHERS, "S112", 19),
    "cut between two vouchers": (HEAD + TOTALS + VOUCHERS.split('#VER L "1002"', maxsplit=1)[0], "S112", 16),
    "no vouchers": (HEAD, "S113", None),
    "#KSUMMA that does not agree": (HEAD + "#KSUMMA\n" + VOUCHERS + "#KSUMMA 4711\n", "S114", 28),
    "#KSUMMA in words": (HEAD + "#KSUMMA\n" + VOUCHERS + "#KSUMMA ja\n", "S114", 28),
    "#KSUMMA that is not closed": (HEAD + "#KSUMMA\n" + VOUCHERS, "S114", 15),
    "two cost centres in a row": (HEAD + VOUCHERS.replace('7 "104412"', '1 "71200"'), "S115", 17),
    "two cost centres in a row, the short way": (
        HEAD + VOUCHERS.replace('{"1" "71100"}', '{"1" "71100" "1" "71200"}'),
        "S115",
        24,
    ),
    "#RTRANS without its #TRANS": (
        HEAD + VOUCHERS.replace("#RTRANS 2440 {} -1250.50", "#RTRANS 2440 {} -1.00"),
        "S116",
        19,
    ),
    "two #RTRANS and one #TRANS": (HEAD + VOUCHERS.replace("#RTRANS", "#RTRANS 2440 {} -1250.50\n#RTRANS"), "S116", 20),
    "cost centre in another dimension": (
        HEAD + VOUCHERS.replace('1 "71100"', '7 "71100"').replace('"1" "71100"', ""),
        "S117",
        17,
    ),
    "no dimensions": (HEAD + re.sub(r"\{.*?\}", "{}", VOUCHERS), "S117", 17),
    "activity in another dimension": (HEAD + '#DIM 25 "Verksamhet"\n' + VOUCHERS.replace("20 ", "25 "), "S117", 18),
    "amounts in euro": (HEAD + "#VALUTA EUR\n" + VOUCHERS, "S122", 15),
    "a voucher after the checksum": (HEAD + "#KSUMMA 5\n" + VOUCHERS, "S114", 16),
    "#VER without series": (HEAD + VOUCHERS.replace('#VER "L" 1001', "#VER 1001"), "S107", 15),
    "#VER as the last record": (HEAD + VOUCHERS + "#VER L 9 20230115\n", "S106", 27),
    "another fiscal year, told at the end": (
        HEAD.replace("#RAR 0 20230101 20231231\n", "") + VOUCHERS + "#RAR 0 20240101 20241231\n",
        "S110",
        14,
    ),
    "a dimension by another's name": (HEAD + '#DIM 20 "Ansvar"\n' + VOUCHERS, "S117", 15),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_rejected(tmp_path: Path, fault: str) -> None:
    text, rule, line = FAULTS[fault]
    finding = rejected(tmp_path, text).findings[0]
    assert (finding.rule, finding.severity, finding.row) == (rule, "error", line)


def warned(sie: SieFile) -> set[str]:
    assert all(note.severity == "warning" and note.advice for note in sie.notes)
    return {note.rule for note in sie.notes}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_says_what_it_is_and_quotes_no_text(tmp_path: Path, fault: str) -> None:
    finding = rejected(tmp_path, FAULTS[fault][0]).findings[0]
    assert finding.found and finding.expected and finding.advice
    assert not re.search("Hemtjänst|sa .hej|xx|104412", finding.sentence())


SWEDISH = VOUCHERS.replace('"L" 1001', '"LÖ" 1001').replace('22 "871"', '22 "SÅÄ" 6 "é-1"')


@pytest.mark.parametrize(
    ("encoding", "named", "row"),
    [
        ("cp437", "", None),
        ("utf-8", "UTF-8", 7),
        ("utf-8-sig", "UTF-8 with a byte-order mark", 1),
        ("cp1252", "Windows-1252 (Latin-1)", 7),
        ("latin-1", "Windows-1252 (Latin-1)", 7),
        ("iso8859_15", "Windows-1252 (Latin-1)", 7),
    ],
)
def test_every_code_page_is_read_and_its_letters_come_out_right(
    tmp_path: Path, encoding: str, named: str, row: int | None
) -> None:
    sie = read(tmp_path, HEAD + TOTALS + SWEDISH, encoding)
    first = sie.rows.iloc[0]
    assert (first["serie"], first["motpart"], first["projekt"], first["belopp"]) == ("LÖ", "SÅÄ", "é-1", "1250,50")
    assert [(note.rule, note.row, note.found) for note in sie.notes] == (
        [("S102", row, f"letters in {named}")] if named else []
    )


@pytest.mark.parametrize("said", ["UTF-8", "ANSI", ""])
def test_another_format_than_pc8_is_told_and_read(tmp_path: Path, said: str) -> None:
    sie = read(tmp_path, HEAD.replace("#FORMAT PC8\n", f"#FORMAT {said}\n" if said else "") + TOTALS + SWEDISH, "utf-8")
    assert sie.rows["serie"][0] == "LÖ"
    assert [(note.rule, note.column) for note in sie.notes] == [("S102", None), ("S102", "#FORMAT")]


def test_a_code_in_another_code_page_than_the_rest_is_rejected(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + TOTALS + SWEDISH)
    path.write_bytes(path.read_bytes().replace("SÅÄ".encode("cp437"), "SÅÄ".encode("cp1252")))
    with pytest.raises(DeliveryRejected) as caught:
        read_sie(path, DIMENSIONS)
    [finding] = caught.value.findings
    assert (finding.rule, finding.row) == ("S102", 22)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r\n"])
def test_lines_may_end_in_any_way(tmp_path: Path, end: bytes) -> None:
    path = write(tmp_path, HEAD + TOTALS + VOUCHERS)
    path.write_bytes(path.read_bytes().replace(b"\r\n", end))
    sie = read_sie(path, DIMENSIONS)
    assert len(sie.rows) == 4 and sie.notes == ()
    assert sie.rows["source_row"][0] == (22 if end != b"\r\r\n" else 43)


def test_two_rows_that_a_lone_carriage_return_parts_are_two(tmp_path: Path) -> None:
    joined = VOUCHERS.replace("10.00\n}", '10.00 20230630 "text"\r#TRANS 2440 {} 5.00\r#TRANS 2440 {} -5.00\n}')
    assert read(tmp_path, HEAD + joined).rows["belopp"].tolist()[3:] == ["10,00", "5,00", "-5,00"]


@pytest.mark.parametrize(
    "record", ["#SIETYP 4\n", "#ORGNR 212000-1553\n", "#RAR 0 20230101 20231231\n", "#FORMAT PC8\n"]
)
def test_what_a_file_says_of_itself_may_stand_behind_its_vouchers(tmp_path: Path, record: str) -> None:
    assert warned(read(tmp_path, "\n\n" + HEAD.replace(record, "") + TOTALS + VOUCHERS + record)) == set()


@pytest.mark.parametrize("number", ["2120001553", "162120001553", "212000–1553", '"212000 1553"'])
def test_the_organisation_number_may_be_written_in_any_way(tmp_path: Path, number: str) -> None:
    assert read(tmp_path, HEAD.replace("212000-1553", number) + VOUCHERS, "utf-8").organisation_number == "212000-1553"


def test_a_block_without_rows_may_stand_on_one_line(tmp_path: Path) -> None:
    assert len(read(tmp_path, HEAD + "#VER L 9 20230115\n{}\n" + VOUCHERS).rows) == 4


def test_what_is_wrong_with_an_object_list_is_told(tmp_path: Path) -> None:
    [finding] = rejected(tmp_path, HEAD + VOUCHERS.replace('{1 "71100" 7', '{1 "71100 7')).findings
    assert (finding.rule, finding.found) == ("S107", "an object list that does not end, or has quotes or braces in it")
    [finding] = rejected(
        tmp_path, HEAD + VOUCHERS.replace('{"1" "71100"}\t-10\t""', '{"1" "71100"}\t-10\t""\nen rad till')
    ).findings
    assert finding.found == "a line that is no record (after #TRANS)"


@pytest.mark.parametrize("odd", [b"\xff", b"\xa0", b"\xc2\xa0", b"\xef\xbb\xbf", b"\t \x1f"[:2]])
def test_a_line_of_one_odd_byte_is_an_empty_line(tmp_path: Path, odd: bytes) -> None:
    path = write(tmp_path, HEAD + TOTALS + VOUCHERS)
    path.write_bytes(path.read_bytes().replace(b"#DIM", odd + b"\r\n#DIM"))
    sie = read_sie(path, DIMENSIONS)
    assert len(sie.rows) == 4 and sie.notes == ()


@pytest.mark.parametrize(
    "record",
    [
        '#FNR "D:\\Bok\\2024\\"',
        '#ADRESS "c/o "Boden" "" "12 34" x',
        '#PROSA Det blev { fel " i \\ går',
        '#KONTO 6110 "Löner "fasta',
        '#OBJEKT 7 "1" "Rör 3/4""',
        "#GEN",
        '#GEN "" "xx"',
        '#GEN "20230705',
        "#VALUTA",
        "#prosa lower case",
        '#RTYP "x',
    ],
)
def test_what_nobody_needs_may_be_written_in_any_way(tmp_path: Path, record: str) -> None:
    sie = read(tmp_path, HEAD.replace('#GEN 20230705 "xx"\n', "") + record + "\n" + TOTALS + VOUCHERS)
    assert len(sie.rows) == 4 and sie.notes == ()


@pytest.mark.parametrize("text", ['"3/4" rör', '"C:\\temp\\"', '"ett "två" tre', "{ett", '"a} b"', '""'])
def test_texts_behind_what_is_needed_may_hold_any_quote(tmp_path: Path, text: str) -> None:
    changed = VOUCHERS.replace('"Räkning för Påhittad Åsa"', text).replace('"sa \\"hej\\" {inte block}"', text)
    assert changed.count(text) >= 2
    rows = read(tmp_path, HEAD + TOTALS + changed).rows
    assert (
        rows["belopp"].tolist() == ["1250,50", "-1250,50", "-10", "10,00"]
        and rows["bokforingsdatum"][0] == "2023-01-16"
    )


def test_an_empty_series_is_none_and_numbers_tell_vouchers_apart(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + TOTALS + VOUCHERS.replace('"L" 1001', '"" 1001').replace("#VER L", '#VER ""')).rows
    assert rows["serie"].isna().all() and rows["verifikation"].tolist() == ["1001", "1001", "1002", "1002"]


def test_a_row_may_be_dated_before_the_fiscal_year(tmp_path: Path) -> None:
    rows = read(tmp_path, HEAD + TOTALS + VOUCHERS.replace("20230116", "20221229")).rows
    assert (rows["period"][0], rows["bokforingsdatum"][0]) == ("2023-01", "2022-12-29")


def test_rows_of_nothing_and_vouchers_without_rows_are_bookkeeping(tmp_path: Path) -> None:
    nothing = '#VER L 1003 20230630 "Tom"\n{\n}\n#VER L 1004 20230630\n{\n#TRANS 5011 {1 "71100"} 0.00\n#TRANS 2440 {} -0.00\n}\n'
    rows = read(tmp_path, HEAD + TOTALS + VOUCHERS + nothing).rows
    assert rows["verifikation"].tolist()[4:] == ["1004", "1004"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("+10.00", "10,00"), ("10.5000", "10,50"), (".50", "0,50"), ("10.", "10,00"), ('"10.00"', "10,00")],
)
def test_amounts_that_say_one_thing_are_read(tmp_path: Path, written: str, kept: str) -> None:
    assert read(tmp_path, HEAD + VOUCHERS.replace("10.00\n}", f"{written}\n}}")).rows["belopp"].tolist()[3] == kept


def test_dimensions_may_be_quoted_or_begin_with_nought(tmp_path: Path) -> None:
    rows = read(
        tmp_path, HEAD + TOTALS + VOUCHERS.replace('{1 "71100"', '{"01" "71100"').replace('20 "510"', '"20" 510')
    ).rows
    assert (rows["ansvar"][0], rows["verksamhet"][0]) == ("71100", "510")


def test_tabs_blanks_small_letters_and_the_end_mark_are_no_matter(tmp_path: Path) -> None:
    loose = (HEAD + TOTALS + VOUCHERS).replace("#TRANS", "\t#trans").replace("#VER", "  #ver").replace("\n", " \t \n")
    sie = read(tmp_path, loose.replace("#FLAGGA", "#flagga") + "\x1a\x1a\x00\x00")
    assert len(sie.rows) == 4 and sie.notes == ()


def checked(text: str) -> bytes:
    """The file with its checksum, counted bit by bit as the standard has it: labels and fields, no blanks, quotes or
    braces.
    """
    crc = 0xFFFFFFFF
    for line in text.split("#KSUMMA\n")[1].splitlines():
        for byte in (
            re.sub(r'(?<!\\)"|[{}]|\s(?=(?:[^"]*"[^"]*")*[^"]*$)', "", line).replace('\\"', '"').encode("cp437")
        ):
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return f"{text}#KSUMMA {crc ^ 0xFFFFFFFF}\n".encode("cp437")


CHECKED = checked(
    HEAD.replace("#FLAGGA 0\n", "#FLAGGA 0\n#KSUMMA\n")
    + TOTALS
    + VOUCHERS.replace('"sa \\"hej\\" {inte block}"', '"sa hej" 0 ""')
)


def of_bytes(folder: Path, content: bytes) -> SieFile:
    path = folder / "bokforing.se"
    path.write_bytes(content)
    return read_sie(path, DIMENSIONS)


def test_a_checksum_that_agrees_says_nothing(tmp_path: Path) -> None:
    assert of_bytes(tmp_path, CHECKED).notes == ()
    assert of_bytes(tmp_path, CHECKED.replace(b"\n", b"\r\n").replace(b" {", b"   {")).notes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_checksum_of_pc8_holds_for_a_file_that_became_another_code_page(tmp_path: Path, encoding: str) -> None:
    converted = CHECKED.decode("cp437").encode(encoding)
    assert warned(of_bytes(tmp_path, converted)) == {"S102"}
    with pytest.raises(DeliveryRejected, match="S114"):
        of_bytes(
            tmp_path,
            converted.replace(b"1250.50", b"1350.50")
            .replace(b"1240.50", b"1340.50")
            .replace(b"1340.50", b"1440.50", 1),
        )


def test_a_checksum_of_a_file_written_in_another_code_page_is_of_its_own_bytes(tmp_path: Path) -> None:
    head, _, said = CHECKED.rpartition(b"#KSUMMA ")
    own = head.decode("cp437").encode("utf-8")
    path = tmp_path / "own.se"
    path.write_bytes(own + b"#KSUMMA 0\n")
    [of_own] = checksums(path, "utf-8") - {int(said)}
    assert warned(of_bytes(tmp_path, own + b"#KSUMMA %d\n" % (of_own - 2**32))) == {
        "S102"
    }  # written with a sign by some


WARNINGS = {
    "no totals": (HEAD + VOUCHERS, "S118", None),
    "vouchers after what the file covers": (HEAD + "#OMFATTN 20230531\n" + TOTALS + VOUCHERS, "S119", 15),
    "half a month": (HEAD + TOTALS + "#OMFATTN 20230629\n" + VOUCHERS.replace("20230630", "20230615"), "S119", 20),
    "a misspelt row": (HEAD + TOTALS + VOUCHERS.replace("#BTRANS", "#TRNAS"), "S120", 23),
    "a misspelt voucher": (HEAD + TOTALS + VOUCHERS + "#VERS L 7 20230115\n{\n#TRANS 5011 {} 5.00\n}\n", "S120", 33),
    "made before the month was over": (HEAD.replace("20230705", "20230630") + TOTALS + VOUCHERS, "S119", 4),
    "a dimension twice with one code": (HEAD + TOTALS + VOUCHERS.replace('7 "104412"', '1 "71100"'), "S115", 22),
    "an account that no #KONTO declares": (
        HEAD + TOTALS.replace("5011", "5012") + VOUCHERS.replace("5011", "5012"),
        "S121",
        22,
    ),
}


@pytest.mark.parametrize("warning", WARNINGS)
def test_what_hinders_nothing_is_said(tmp_path: Path, warning: str) -> None:
    text, rule, row = WARNINGS[warning]
    [note] = read(tmp_path, text).notes
    assert (note.rule, note.row, note.severity) == (rule, row, "warning")


def test_a_fault_in_many_rows_is_named_once_and_counted(tmp_path: Path) -> None:
    findings = rejected(
        tmp_path, HEAD + VOUCHERS.replace("1250.50", "1250,50").replace("20230630", "20240630")
    ).findings
    assert {(finding.rule, finding.row, finding.count) for finding in findings} == {
        ("S108", 17, 2),
        ("S108", 19, 1),
        ("S110", 22, 1),
    }


def test_amounts_are_not_told(tmp_path: Path) -> None:
    assert "19800101" not in str(rejected(tmp_path, HEAD + VOUCHERS.replace(" 1250.50", " 19800101-1234x")))


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
