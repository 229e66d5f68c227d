"""Deliveries as systems write them: foreign shapes read by mappings alone, and wrong ones told in words."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from expectations.gate import Outcome, take_in
from ingestion.configuration.mistakes import ConfigurationError
from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.contracts import Table, table
from ingestion.findings import DeliveryRejected
from ingestion.lake import Lake, Rejected
from ingestion.readers.delivery import read_delivery
from ingestion.readers.proposal import propose
from testkit import small_extracts
from testkit.command import invoke
from testkit.small_extracts import KEY, Row, write_csv

ROOT = Path(__file__).parents[1]
EMPLOYMENTS, ABSENCES, TIME = table("hr", "employments"), table("hr", "absences"), table("hr", "time_records")
TRANSACTIONS, BUDGET = table("ledger", "transactions"), table("ledger", "budget")
DECISIONS, PULSE = table("care", "decisions"), table("survey", "pulse")


@dataclass
class Board:
    """A municipality with mappings, its lake and inbox."""

    root: Path

    def __post_init__(self) -> None:
        self.folder = self.root / "municipalities" / "1489-alingsas"
        self.folder.mkdir(parents=True)
        shutil.copy(ROOT / "municipalities" / "1489-alingsas" / "municipality.yaml", self.folder)
        self.lake, self.inbox = Lake(self.root / "lake"), self.root / "inbox" / "1489-alingsas"

    def map(self, name: str, text: str) -> Path:
        path = self.folder / "mappings" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def municipality(self) -> Municipality:
        return load_municipality(self.folder)

    def file(self, source: str, name: str) -> Path:
        path = self.inbox / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def take_in(self, source: str) -> list[Outcome]:
        rejected = Rejected(self.root / "rejected")
        with self.lake.writer():
            return take_in(source, self.inbox.parent, self.lake, rejected, {"1489": self.municipality}, KEY, print)

    def content(self, source: str, of: Table, rows: list[Row]) -> str:
        """What the same rows are as a file in the contract's own shape."""
        path = write_csv(self.root / "own" / "own.csv", of, rows)
        [candidate] = read_delivery(path, source, self.municipality, self.lake, KEY)
        self.lake.discard(candidate)
        return candidate.content_hash

    def rejection(self, source: str, path: Path) -> list[str]:
        with pytest.raises(DeliveryRejected) as caught:
            read_delivery(path, source, self.municipality, self.lake, KEY)
        assert not list((self.lake.root / ".incoming").glob("*")), "something is left behind"
        return [finding.sentence() for finding in caught.value.findings]


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def write_text(
    path: Path, rows: Iterable[Sequence[Any]], separator: str = ";", encoding: str = "utf-8", above: str = ""
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(above)
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def write_sheets(path: Path, **sheets: Iterable[Sequence[Any]]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


HR = """\
version: 3
sheet: Personal
header_row: 3
leave_out: {Anst.nr: ["Summa*"]}
columns:
  kommun: {constant: "1489"}
  period: {header: Uttagsdatum, written_as: dd/mm/yyyy}
  anstallningsid: Anst.nr
  personnummer: {together: [Född, Nr], by: "-"}
  befattning: Befattningsbenämning
  aid: AID
  avdelning: {header: Org.kod, values: {"711*": hemtjanst, "7210": aldreboende}}
  enhet: {header: Org.kod, values: {"7110": hemtjanst_centrum, "7210": brogarden}}
  ansvar: Kst
  anstallningsform:
    header: Anst.form
    values:
      Tillsvidareanställd: tillsvidare
      Timavlönad med tim: timavlönad
  loneform: {header: Lönesätt, values: {M: månad, T: tim}}
  sysselsattningsgrad: {header: Syss.grad, multiply: 100}
  heltidsmatt: Heltidsmått
  anstalld_fran: {header: Fr.o.m., written_as: dd/mm/yyyy}
  anstalld_till: {header: T.o.m., written_as: dd/mm/yyyy, values: {"31/12/9999": ""}}
  chef: {header: Chef, values: {X: ja, "": nej}}
"""


def hr_rows(rows: list[Row]) -> list[list[Any]]:
    forms = {"tillsvidare": "Tillsvidareanställd", "timavlönad": "TIMAVLÖNAD MED TIM"}
    units = {"hemtjanst_centrum": "7110", "brogarden": "7210"}
    headers = "Anst.nr,Efternamn,Förnamn,Född,Nr,Befattningsbenämning,AID,Org.kod,Kst,Anst.form,Lönesätt,Syss.grad,Heltidsmått"
    found: list[list[Any]] = [
        [*headers.split(","), "Fr.o.m.", "T.o.m.", "Chef", "Uttagsdatum", "Anmärkning", "Anmärkning"]
    ]
    for row in rows:
        born, _, number = row["person"].partition("-")
        found.append(
            [
                row["employment_id"],
                "Efternamnsson",
                "Förnamn",
                born,
                number,
                row["title"],
                row["aid_code"],
                units[row["unit"]],
                row["cost_centre"],
                forms[row["employment_form"]],
                {"månad": "M", "tim": "T"}[row["pay_form"]],
                row["degree"] / 100,
                row["full_time_hours"],
                f"{row['start_date']:%d/%m/%Y}",
                "31/12/9999",
                "X" if row["is_manager"] else None,
                "31/03/2024",
                "fri text",
                None,
            ]
        )
    return found


def hr_file(path: Path, change: Callable[[list[list[Any]]], object] = lambda rows: None) -> Path:
    rows = hr_rows(small_extracts.employments("2024-03"))
    change(rows)
    title = [["Personallista"], ["Förvaltning: Vård och omsorg"]]
    write_sheets(path, Försättsblad=[["Om uttaget"]], Personal=[*title, *rows, ["Summa anställda", 30]])
    workbook = openpyxl.load_workbook(path)
    for row in workbook["Personal"].iter_rows(min_row=4, min_col=12, max_col=12):
        row[0].number_format = "0%"
    workbook["Personal"].merge_cells("A1:F1")
    workbook["Personal"].cell(workbook["Personal"].max_row, 12, "=SUM(L4:L33)")
    workbook.save(path)
    return path


def hr(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A HR system: names and numbers split, organisation codes, days of its own, degrees as fractions, a title and a
    sum, beside a cover sheet.
    """
    board.map("hr_employments", HR)
    return hr_file(board.file("hr", "personal.xlsx")), [(EMPLOYMENTS, small_extracts.employments("2024-03"))]


TIME_SYSTEM = """\
version: 1
separator: tab
several_periods: true
columns:
  kommun: {constant: "1489"}
  period: {header: Månad, written_as: yyyymm}
  anstallningsid: {header: Anställning, part: 2, split_at: /}
  schemalagd_tid: {header: Schema (min), divide: 60}
  arbetad_tid: {header: Arbetat, written_as: "h:mm"}
  timavlonad_tid: {header: Timlön, written_as: "h:mm", values: {"": "0:00"}}
  fyllnadstid: {header: Fyllnad, written_as: "h:mm", values: {"": "0:00", "-": "0:00"}}
  overtid: {header: Övertid, written_as: "h:mm", values: {"": "0:00"}}
"""


def time_system(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A time system: minutes, hours and minutes, two months in a file, tabs, Windows-1252, blanks for nothing."""
    board.map("hr_time_records", TIME_SYSTEM)
    months = [small_extracts.time_records(period) for period in ("2024-02", "2024-03")]
    rows: list[list[Any]] = [["Månad", "Anställning", "Schema (min)", "Arbetat", "Timlön", "Fyllnad", "Övertid", ""]]
    for row in (row for month in months for row in month):
        row["scheduled_hours"] += 0.33
        row["worked_hours"] += 0.5
        rows.append(
            [
                row["period"].replace("-", ""),
                f"1489/{row['employment_id']}",
                round(row["scheduled_hours"] * 60),
                f"{int(row['worked_hours'])}:30",
                "",
                f"{row['additional_hours']}:00" if row["additional_hours"] else "-",
                "",
                "",
            ]
        )
    path = write_text(board.file("hr", "tid 2024-02 2024-03.txt"), rows, "\t", "cp1252")
    return path, [(TIME, month) for month in months]


LEDGER = """\
version: 1
separator: comma
decimal: point
columns:
  kommun: {constant: "1489"}
  period: {header: Bokf.datum, written_as: yyyy.mm.dd}
  serie: {header: Ver, part: 1, split_at: " "}
  verifikation: {header: Ver, part: 2, split_at: " "}
  rad: Rad
  bokforingsdatum: {header: Bokf.datum, written_as: yyyy.mm.dd}
  redovisningsperiod: {header: Bokf.datum, written_as: yyyy.mm.dd}
  konto: Konto
  ansvar: {header: Kodsträng, part: 1, split_at: "-"}
  verksamhet: {header: Kodsträng, part: 2, split_at: "-"}
  projekt: {header: Kodsträng, part: 3, split_at: "-"}
  motpart: Motpart
  intern: {header: Intern, values: {"1": ja, "0": nej}}
  belopp: {header: Debet, minus: Kredit}
"""


def ledger(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A ledger: the objects in one column, debit and credit apart, decimal points, commas between cells."""
    board.map("ledger_transactions", LEDGER)
    rows = small_extracts.transactions("2024-03")
    found: list[list[Any]] = [
        ["Ver", "Rad", "Bokf.datum", "Konto", "Kodsträng", "Motpart", "Intern", "Text", "Debet", "Kredit"]
    ]
    for place, row in enumerate(rows):
        row["amount"] = row["amount"] * 1000 + 0.25
        row["project"] = "P2401" if place % 3 == 0 else None
        codes = "-".join(filter(None, (row["cost_centre"], row["activity"], row["project"])))
        debit = f"{row['amount']:,.2f}" if row["amount"] > 0 else ""
        credit = f"{-row['amount']:,.2f}" if row["amount"] < 0 else ""
        voucher = f"{row['voucher_series']} {row['voucher']}"
        day = f"{row['posting_date']:%Y.%m.%d}"
        found.append([voucher, row["voucher_row"], day, row["account"], codes, "871", "0", "en text", debit, credit])
    totals = small_extracts.control_totals("2024-03", rows)
    write_csv(board.file("ledger", "avstamning.csv"), table("ledger", "control_totals"), totals)
    return write_text(board.file("ledger", "huvudbok.csv"), found, ","), [(TRANSACTIONS, rows)]


WIDE_BUDGET = """\
version: 1
header_row: 2
decimal: comma
leave_out: {Konto: ["Summa*", ""]}
wide:
  headers:
    {Jan: "01", Feb: "02", Mar: "03", Apr: "04", Maj: "05", Jun: "06",
     Jul: "07", Aug: "08", Sep: "09", Okt: "10", Nov: "11", Dec: "12"}
  name: Månad
  cell: Tkr
columns:
  kommun: {constant: "1489"}
  ar: {file_name: "*_{}.csv"}
  version: {constant: kf-budget}
  manad: {together: [År, Månad], by: "-"}
  konto: {header: Konto, part: 1, split_at: " "}
  ansvar: Ansvar
  verksamhet: Vht
  belopp: {header: Tkr, multiply: -1000}
"""


def wide_budget(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A budget tool: months beside each other, thousands with the signs turned, sums between the rows, the year in the
    file's name.
    """
    board.map("ledger_budget", WIDE_BUDGET)
    rows = small_extracts.budget("2024")
    months = ["Jan", "Feb", "Mar", "Apr", "Maj", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dec"]
    found: list[list[Any]] = [["Konto", "Ansvar", "Vht", "År", *months, "Helår"]]
    for account in ("5011", "6011", "7011"):
        amounts = [row["amount"] for row in rows if row["account"] == account]
        told = [f"-{amount / 1000:.3f}".replace(".", ",") for amount in amounts]
        found += [[f"{account} Löner", "71100", "510", "2024", *told, "x"], ["Summa", "", "", "", *["1"] * 13]]
    path = write_text(board.file("ledger", "budget_2024.csv"), found, above="Budget;;;\r\n")
    return path, [(BUDGET, rows)]


SIE_BUDGET = """\
version: 1
record: "#PBUDGET"
dimensions: ["1", "20"]
columns:
  kommun: {constant: "1489"}
  ar: Ar
  version: {constant: kf-budget}
  manad: Manad
  konto: Konto
  ansvar: Dimension 1
  verksamhet: Dimension 20
  belopp: Belopp
"""


def sie_budget(board: Board, centre: str = "71100") -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A budget tool that exports SIE: #PBUDGET by object, beside totals and another breakdown of the same."""
    board.map("ledger_budget", SIE_BUDGET)
    rows = small_extracts.budget("2024")
    lines = ["#FLAGGA 0", "#FORMAT PC8", "#SIETYP 2", "#ORGNR 212000-1553", "#RAR 0 20240101 20241231"]
    lines += [f'#OBJEKT 1 {centre} "Centrum hemtjänst"', '#OBJEKT 20 510 "Hemtjänst"']
    for row in rows:
        month, amount = row["month"].replace("-", ""), f"{row['amount']}.00"
        begin = f"#PBUDGET 0 {month} {row['account']}"
        lines += [f"{begin} {{}} {amount}", f'{begin} {{1 "{centre}" 20 510}} {amount} 0', f"{begin} {{6 P1}} {amount}"]
        lines.append(f"#PBUDGET -1 {int(month) - 100} {row['account']} {{1 {centre} 20 510}} 17.00")
    path = board.file("ledger", "budget.se")
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp437"))
    return path, [(BUDGET, rows)]


def named_objects(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """The same with object codes that mean nothing outside the tool: the name that #OBJEKT gives tells the place."""
    path, rows = sie_budget(board, "K1")
    by_name = 'ansvar: {header: Dimension 1 namn, values: {"Centrum hemtjänst": "71100"}}'
    board.map("ledger_budget", SIE_BUDGET.replace("ansvar: Dimension 1", by_name))
    return path, rows


CASES = """\
version: 1
header_row: 4
leave_out: {Ärendenr: ["Antal*", ""]}
columns:
  kommun: {constant: "1489"}
  ar: {header: T.o.m. datum, written_as: yyyy-mm-dd}
  beslutsid: Ärendenr
  personnummer: Personnr
  lag: {header: Lagrum, part: 1, split_at: " "}
  lagversion: {header: Lagrum, part: 2, split_at: " "}
  insats: {header: Insatskod, values: {HTJ: hemtjänst, SÄBO: särskilt boende}}
  beslutstyp: {header: Beslut, values: {B: bifall, A: avslag, "": ""}}
  omprovning: {header: Omprövn., values: {J: ja, N: nej}}
  ansokningsdatum: {header: Ansökan, written_as: d}
  beslutsdatum: Beslutad
"""


def decisions() -> list[Row]:
    return [
        {
            "municipality_id": "1489",
            "year": "2024",
            "decision_id": f"B{i:04d}",
            "person": small_extracts.personnummer(i),
            "law": "SoL",
            "law_version": "2001:453",
            "service": "hemtjänst" if i % 2 else "särskilt boende",
            "decision_type": None if i == 5 else "avslag" if i % 7 == 3 else "bifall",
            "is_renewal": i % 3 == 0,
            "application_date": date(2024, 1 + i % 10, 3),
            "decision_date": None if i == 5 else date(2024, 1 + i % 10, 9),
        }
        for i in range(24)
    ]


def cases(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A case system: three lines of title, codes, a sum for each service and one at the end."""
    board.map("care_decisions", CASES.replace("written_as: d}", "written_as: yyyymmdd}"))
    rows = decisions()
    found: list[list[Any]] = [["Beslut"], ["Urval: alla"], []]
    found.append(
        [
            "Ärendenr",
            "Personnr",
            "Namn",
            "Lagrum",
            "Insatskod",
            "Beslut",
            "Omprövn.",
            "Ansökan",
            "Beslutad",
            "T.o.m. datum",
        ]
    )
    for place, row in enumerate(rows):
        letters = {"bifall": "B", "avslag": "A", None: None}
        code = {"hemtjänst": "HTJ", "särskilt boende": "SÄBO"}[row["service"]]
        law = f"{row['law']} {row['law_version']}"
        applied = int(f"{row['application_date']:%Y%m%d}")
        renewed = "J" if row["is_renewal"] else "N"
        decided = row["decision_date"]
        found.append(
            [
                row["decision_id"],
                row["person"],
                "En Person",
                law,
                code,
                letters[row["decision_type"]],
                renewed,
                applied,
                decided,
                date(2024, 12, 31),
            ]
        )
        if place % 8 == 7:
            found.append([None, None, None, None, "Delsumma", 8])
    found.append(["Antal beslut: 24"])
    return write_sheets(board.file("care", "beslut.xlsx"), Lista=found), [(DECISIONS, rows)]


QUESTIONS = {"P01": "Jag har tydliga mål", "P07": "Vi har mål som följs upp", "P09": "Jag trivs"}
SURVEY = """\
version: 2
wide:
  headers: {F1 Jag har tydliga mål: P01, F7 Vi har mål som följs upp: P07, F9 Jag trivs: P09}
  name: Fråga
  cell: Svar
columns:
  kommun: {constant: "1489"}
  ar: {header: Omgång, part: 1, split_at: " kv "}
  kvartal: {header: Omgång, part: 2, split_at: " kv "}
  avdelning: {header: Kostnadsställe, cost_centres: department}
  fraga_id: Fråga
  frageversion: {constant: "1"}
  fraga: {header: Fråga, values: {P01: Jag har tydliga mål, P07: Vi har mål som följs upp, P09: Jag trivs}}
  nyckeltal: {header: Fråga, values: {P07: pulse_goals_followed_up_share, "P*": ""}}
  svar: {header: Svar, values: {Instämmer helt: "4", Instämmer: "3", Instämmer delvis: "2", Instämmer inte: "1", Vet ej: vet ej}}
  antal_svar: {constant: "1"}
  svarande: Respondent
"""


def survey(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A survey's supplier: a row for each who answered, a column for each question, answers in words."""
    board.map("survey_pulse", SURVEY)
    words = {
        "4": "Instämmer helt",
        "3": "Instämmer",
        "2": "Instämmer delvis",
        "1": "Instämmer inte",
        "vet ej": "Vet ej",
    }
    found: list[list[Any]] = [
        ["Respondent", "Omgång", "Kostnadsställe", *(f"F{int(name[1:])} {text}" for name, text in QUESTIONS.items())]
    ]
    rows: list[Row] = []
    for i in range(40):
        answers = [
            None if (i, name) == (3, "P09") else list(words)[(i + place) % 5] for place, name in enumerate(QUESTIONS)
        ]
        found.append(
            [f"R{i:03d}", "2024 kv 4", "71100" if i % 2 else "72300", *(words[one] if one else None for one in answers)]
        )
        rows += [
            {
                "municipality_id": "1489",
                "year": "2024",
                "quarter": 4,
                "department": "hemtjanst" if i % 2 else "aldreboende",
                "question_id": name,
                "question_version": "1",
                "question": QUESTIONS[name],
                "indicator_id": "pulse_goals_followed_up_share" if name == "P07" else None,
                "answer": answer,
                "answers": 1,
                "respondent_id": f"R{i:03d}",
            }
            for name, answer in zip(QUESTIONS, answers, strict=True)
            if answer
        ]
    return write_sheets(board.file("survey", "svar.xlsx"), Svar=found), [(PULSE, rows)]


TWO_OF_TIME = """\
version: 1
only: {Posttyp: [T*]}
columns:
  kommun: {constant: "1489"}
  period: Period
  anstallningsid: Anst
  schemalagd_tid: Schema
  arbetad_tid: Arbetat
  timavlonad_tid: {constant: "0"}
  fyllnadstid: Fyllnad
  overtid: {constant: "0"}
"""
TWO_OF_ABSENCE = """\
version: 1
only: {Posttyp: [F]}
columns:
  kommun: {constant: "1489"}
  period: Period
  franvaroid: Nr
  anstallningsid: Anst
  franvarotyp: {header: Orsak, values: {"10": sjuk}}
  fran: Från
  till: Till
  omfattning: {header: Andel, multiply: 100}
  timmar: Timmar
"""


def two_tables(board: Board) -> tuple[Path, list[tuple[Table, list[Row]]]]:
    """A system that writes two tables into one file, told apart by a column."""
    board.map("hr_time_records", TWO_OF_TIME)
    board.map("hr_absences", TWO_OF_ABSENCE)
    times, absences = small_extracts.time_records("2024-03"), small_extracts.absences("2024-03")
    found: list[list[Any]] = [
        ["Posttyp", "Period", "Anst", "Schema", "Arbetat", "Fyllnad", "Nr", "Orsak", "Från", "Till", "Andel", "Timmar"]
    ]
    found += [
        [
            "TID",
            row["period"],
            row["employment_id"],
            row["scheduled_hours"],
            row["worked_hours"],
            row["additional_hours"],
            *[""] * 6,
        ]
        for row in times
    ]
    found += [
        [
            "F",
            row["period"],
            row["employment_id"],
            "",
            "",
            "",
            row["spell_id"],
            "10",
            row["start_date"],
            row["end_date"],
            "1,00",
            row["hours"],
        ]
        for row in absences
    ]
    return write_text(board.file("hr", "poster.csv"), found), [(ABSENCES, absences), (TIME, times)]


SHAPES = (hr, time_system, ledger, wide_budget, sie_budget, named_objects, cases, survey, two_tables)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_foreign_shape_becomes_the_rows_of_the_contracts_own(
    board: Board, shape: Callable[[Board], tuple[Path, list[tuple[Table, list[Row]]]]]
) -> None:
    path, expected = shape(board)
    source = path.parent.name
    outcomes = board.take_in(source)
    assert {outcome.state for outcome in outcomes} == {"accepted"}
    loads = {(load.table, load.period): load for load in board.lake.loads() if load.mapping}
    assert len(loads) == len(expected)
    for of, rows in expected:
        period = rows[0][of.period_column or "period"]
        load = loads[of.name, period]
        assert load.rows == len(rows)
        assert load.content_hash == board.content(source, of, rows)
        mapping = board.municipality.mappings[of.full_name]
        assert load.mapping is not None
        assert (load.mapping["file"], load.mapping["version"], load.mapping["sha256"]) == (
            f"{of.full_name}.yaml",
            mapping.spec.version,
            mapping.sha256,
        )
        assert load.read_by == f"{of.full_name}.yaml, version {mapping.spec.version} ({mapping.sha256[:12]})"
    assert not path.exists()


def test_nothing_personal_is_kept_of_a_foreign_file(board: Board) -> None:
    hr(board)
    names = {text for row in hr_rows(small_extracts.employments("2024-03"))[1:] for text in row[1:5]}
    board.take_in("hr")
    [load] = board.lake.loads()
    kept = load.parquet.read_bytes() + (load.directory / "load.json").read_bytes()
    assert [name for name in names if len(name) > 4 and name.encode() in kept] == []
    assert load.mapping is not None
    assert load.mapping["left_out"] == 1


def test_a_file_in_the_contracts_own_shape_needs_no_mapping(board: Board) -> None:
    board.map("hr_employments", HR)
    write_csv(board.file("hr", "a.csv"), EMPLOYMENTS, small_extracts.employments("2024-03"))
    [outcome] = board.take_in("hr")
    assert outcome.load is not None
    assert outcome.load.mapping is None


def test_a_changed_mapping_makes_other_rows_of_the_same_file(board: Board) -> None:
    hr(board)
    [first] = board.take_in("hr")
    board.map("hr_employments", HR.replace("version: 3", "version: 4"))
    hr_file(board.file("hr", "personal.xlsx"))
    [same] = board.take_in("hr")
    assert (first.state, same.state) == ("accepted", "unchanged")
    changed = HR.replace("version: 3", "version: 5").replace("M: månad, T: tim", "M: månad, T: månad")
    board.map("hr_employments", changed)
    hr_file(board.file("hr", "personal.xlsx"))
    [other] = board.take_in("hr")
    assert other.load is not None
    assert other.load.mapping is not None
    assert (other.state, other.load.mapping["version"]) == ("accepted", 5)


def cell(row: int, column: int, value: Any) -> Callable[[list[list[Any]]], object]:
    return lambda rows: rows[row].__setitem__(column, value)


@dataclass(frozen=True)
class Broken:
    """A HR file or its mapping, spoilt; told: what the controller reads."""

    what: str
    told: str
    file: Callable[[list[list[Any]]], object] = lambda rows: None
    mapping: tuple[str, str] = ("", "")


BROKEN = (
    Broken(
        "a value without mapping",
        "M104: personal.xlsx, row 5, column anst.form: found 'allmän visstid'; expected a text that the mapping has a value "
        "for (anstallningsform). Add a line under columns, anstallningsform, values (1489-alingsas/mappings/hr_employments.yaml, "
        "line 17): what stands in the cell, a colon, and one of tillsvidare, visstid, timavlönad; raise version.",
        cell(2, 9, "allmän visstid"),
    ),
    Broken(
        "a value without mapping that could be a name is masked",
        "M104: personal.xlsx, row 4, column anst.form: found a text of the shape 'Aaaa Aaaaaaaa'",
        cell(1, 9, "Anna Svensson"),
    ),
    Broken(
        "an organisation code without mapping",
        "M104: personal.xlsx, row 7, column org.kod: found '7399'; expected a text that the mapping has a value for (avdelning)",
        cell(4, 7, "7399"),
    ),
    Broken(
        "a renamed column",
        "M101: personal.xlsx, row 3, column anst.form: found no column 'anst.form', but 'anställn.form'; expected the columns "
        "that the mapping of hr_employments reads. If the system has renamed it, write the new header in "
        "1489-alingsas/mappings/hr_employments.yaml, line 15, and raise version; else add it to the export.",
        cell(0, 9, "Anställn.form"),
    ),
    Broken(
        "a header twice",
        "M103: personal.xlsx, row 3, column kst: found two headers for one column: 'kst' over columns 9, 18; expected a header "
        "that is read once. Rename one of them in the export",
        cell(0, 17, "Kst"),
    ),
    Broken(
        "a day written in another way",
        "M106: personal.xlsx, row 4, column fr.o.m.: found a text of the shape '99.99.9999'; expected a day or month written as "
        "dd/mm/yyyy. Correct the cell; if the system writes all so, say it in 1489-alingsas/mappings/hr_employments.yaml, line 23",
        cell(1, 13, "12.01.2019"),
    ),
    Broken(
        "a word where a number is",
        "M106: personal.xlsx, row 4, column syss.grad: found a text of the shape 'aaaaa'; expected a number",
        cell(1, 11, "heltid"[:5]),
    ),
    Broken(
        "a sum that the mapping does not leave out",
        "R128: personal.xlsx, row 34: found a sum or a remark, no row of the table; expected rows of the table only, to the end. "
        "Say in the mapping what such rows begin with (leave_out), or delete the row.",
        mapping=("Summa*", "Totalt*"),
    ),
    Broken(
        "another sheet",
        "M102: personal.xlsx: found the sheets 'Försättsblad', 'Personal'; expected a sheet 'Anställda'. Name the sheet as before, "
        "or correct 1489-alingsas/mappings/hr_employments.yaml, line 2",
        mapping=("sheet: Personal", "sheet: Anställda"),
    ),
    Broken(
        "another file name",
        "M105: personal.xlsx, column period: found another file name; expected a name as 'personal_{}.xlsx'. Name the file so, or "
        "correct 1489-alingsas/mappings/hr_employments.yaml, line 7.",
        mapping=("{header: Uttagsdatum, written_as: dd/mm/yyyy}", "{file_name: 'personal_{}.xlsx'}"),
    ),
    Broken(
        "several periods where the mapping says one",
        "R122: personal.xlsx, row 4, column period: found '2024-04'; expected one and the same period in every row",
        cell(1, 16, "30/04/2024"),
    ),
)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.what)
def test_what_a_mapping_cannot_read_is_told_in_words(board: Board, broken: Broken) -> None:
    board.map("hr_employments", HR.replace(*broken.mapping) if broken.mapping[0] else HR)
    told = board.rejection("hr", hr_file(board.file("hr", "personal.xlsx"), broken.file))
    assert any(broken.told in sentence for sentence in told), told


def test_a_rejected_foreign_file_is_its_own_tables(board: Board) -> None:
    board.map("hr_employments", HR)
    hr_file(board.file("hr", "personal.xlsx"), cell(0, 9, "Anställn.form"))
    [outcome] = board.take_in("hr")
    assert (outcome.state, outcome.table) == ("rejected", EMPLOYMENTS)


WRONG = (
    ("a column that the contract does not have", "  aid: AID", "  aidkod: AID", "C602", "line 11", "'aidkod'"),
    ("a required column is missing", "  aid: AID\n", "", "C602", "line 5", "no column 'aid'"),
    ("a name is read", "  aid: AID", "  aid: AID\n  namn: Efternamn", "C602", "line 12", "never kept"),
    (
        "a value that is not allowed",
        ": tillsvidare\n",
        ": tillsvidar\n",
        "C603",
        "line 18",
        "Did you mean 'tillsvidare'?",
    ),
    (
        "a department that is none",
        '"711*": hemtjanst,',
        '"711*": hemtjnst,',
        "C603",
        "line 12",
        "Did you mean 'hemtjanst'?",
    ),
    ("another municipality", 'constant: "1489"', 'constant: "1283"', "C603", "line 6", "one of 1489"),
    (
        "two headers for one column",
        "  aid: AID",
        "  aid: [AID, Etikett]",
        "C604",
        "line 11",
        "2 headers for one column",
    ),
    ("two ways", "{header: Chef,", "{header: Chef, constant: ja,", "C604", "line 25", "header and constant"),
    (
        "two numbers of one header",
        "heltidsmatt: Heltidsmått",
        "heltidsmatt: {header: Syss.grad, multiply: 100}",
        "C604",
        "line 22",
        "again",
    ),
    ("a text is multiplied", "  ansvar: Kst", "  ansvar: {header: Kst, multiply: 2}", "C605", "line 14", "multiply"),
    (
        "a day without year",
        "written_as: dd/mm/yyyy}\n  anstallningsid",
        "written_as: dd/mm}\n  anstallningsid",
        "C605",
        "line 7",
        "yyyy",
    ),
    ("a misspelt key", "header_row: 3", "headers_row: 3", "C105", "line 3", "Did you mean 'header_row'?"),
    ("a version in words", "version: 3", "version: ny", "C107", "line 1", "a whole number"),
    ("a budget's record", "version: 3", 'version: 3\nrecord: "#PBUDGET"', "C605", "line 2", "ledger_budget.yaml"),
)


@pytest.mark.parametrize(("what", "right", "wrong", "rule", "line", "told"), WRONG, ids=[one[0] for one in WRONG])
def test_a_wrong_mapping_is_told_with_the_configuration(
    board: Board, what: str, right: str, wrong: str, rule: str, line: str, told: str
) -> None:
    assert HR.count(right) >= 1
    board.map("hr_employments", HR.replace(right, wrong, 1))
    with pytest.raises(ConfigurationError) as caught:
        load_municipality(board.folder)
    mistakes = [one.sentence() for one in caught.value.mistakes if one.rule == rule]
    assert any(f"mappings/hr_employments.yaml, {line}," in one and told in one for one in mistakes), mistakes


def test_nobodys_number_stands_in_a_mapping(board: Board) -> None:
    number = small_extracts.personnummer(3)
    board.map("hr_employments", HR.replace("      Timavlönad", f"      {number}: tillsvidare\n      Timavlönad"))
    with pytest.raises(ConfigurationError, match=r"C603.*line 19") as caught:
        load_municipality(board.folder)
    assert number not in str(caught.value)


@pytest.mark.parametrize("above", ["Budget;;;\r\n\r\n", '"Budget";"2024"\r\nUrval\r\n'])
def test_rows_are_counted_as_in_the_file(board: Board, above: str) -> None:
    path, _ = wide_budget(board)
    board.map("ledger_budget", WIDE_BUDGET.replace("header_row: 2", "header_row: 3"))
    rows = path.read_text(encoding="utf-8").splitlines()[1:]
    rows[3] = rows[3].replace("71100", "")[:60].replace("-1,0", "-x", 1)
    whole = rows[3] + ";" * (rows[0].count(";") - rows[3].count(";"))
    path.write_text(above + "\r\n".join([*rows[:3], whole, *rows[4:]]) + "\r\n", encoding="utf-8", newline="")
    [told] = board.rejection("ledger", path)
    assert told.startswith("M106: budget_2024.csv, row 6, column tkr: found")
    path.write_text(above + "\r\n".join([*rows[:3], rows[3] + ";", *rows[4:]]) + "\r\n", encoding="utf-8", newline="")
    [told] = board.rejection("ledger", path)
    assert told.startswith("R106: budget_2024.csv, row 6: found")


def test_a_mapping_of_no_table_is_told(board: Board) -> None:
    board.map("hr_employment", HR)
    with pytest.raises(ConfigurationError, match=r"C601.*Did you mean 'hr_employments.yaml'"):
        load_municipality(board.folder)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "{} 1025.00",
            "{} 1026.00",
            "S124: budget.se, row 8, column #PBUDGET: found 1026.00 for account 5011 in 202401; expected 1025.00",
        ),
        ("{} 1025.00", "{} tusen", "S123: budget.se, row 8, column #PBUDGET: found a record of another form"),
        (
            "#ORGNR 212000-1553",
            "#ORGNR 212000-1157",
            "R121: budget.se, column #ORGNR: found organisation number '212000-1157'",
        ),
        ("20 510}", "21 510}", "S125: budget.se, column #PBUDGET: found no budget by these objects"),
    ],
)
def test_a_budget_that_contradicts_itself_is_rejected(board: Board, right: str, wrong: str, told: str) -> None:
    path, _ = sie_budget(board)
    path.write_bytes(path.read_bytes().replace(right.encode(), wrong.encode()))
    assert any(told in sentence for sentence in board.rejection("ledger", path))


@pytest.fixture
def home(board: Board, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demonstration's home beside the board's municipalities, for the command."""
    monkeypatch.setenv("GENOMLYSNING_ENV", "demo")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(board.root / "home"))
    monkeypatch.setenv("GENOMLYSNING_MUNICIPALITIES", str(board.folder.parent))
    monkeypatch.delenv("GENOMLYSNING_INBOX", raising=False)
    return board.root / "home"


ANSWERS = ("hemtjanst", "aldreboende", "", "hemtjanst_centrum", "brogarden", "månad", "tim")
"""Of the department of two codes, the unit's column as proposed, the unit of the codes, and two ways of pay."""


def test_the_command_proposes_asks_writes_and_judges(board: Board, home: Path) -> None:
    path = hr_file(board.file("hr", "personal.xlsx"))
    done = invoke("map", str(path), given="".join(f"{answer}\n" for answer in ANSWERS))
    assert done.exit_code == 0, done.output
    assert "personal.xlsx: would be accepted (hr_employments 1489 2024-03, 30 rows)" in done.output
    assert path.exists(), "nothing is taken in"
    assert list(home.rglob("data.parquet")) == []
    written = (board.folder / "mappings" / "hr_employments.yaml").read_text(encoding="utf-8")
    rows = small_extracts.employments("2024-03")
    names = {str(text) for row in hr_rows(rows)[1:] for text in row[1:5]} | {row["employment_id"] for row in rows}
    assert [name for name in names if name in done.output or name in written] == []
    [outcome] = board.take_in("hr")
    assert outcome.load is not None
    assert outcome.load.content_hash == board.content("hr", EMPLOYMENTS, rows)


def test_a_file_that_a_mapping_reads_is_checked_wherever_it_lies(board: Board, home: Path) -> None:
    board.map("hr_employments", HR)
    done = invoke("check", str(hr_file(board.root / "personal.xlsx")))
    assert "personal.xlsx: would be accepted (hr_employments 1489 2024-03, 30 rows)" in done.output


def test_the_command_writes_over_no_mapping(board: Board, home: Path) -> None:
    hr(board)
    done = invoke("map", str(board.file("hr", "personal.xlsx")), "--yes")
    assert done.exit_code == 1
    assert "hr_employments.yaml is there already" in done.output
    assert (board.folder / "mappings" / "hr_employments.yaml").read_text(encoding="utf-8") == HR


def test_a_mapping_that_is_not_whole_is_printed_and_not_written(board: Board, home: Path) -> None:
    path = hr_file(board.file("hr", "personal.xlsx"))
    done = invoke("map", str(path), "--yes")
    assert done.exit_code == 1
    assert "# enhet: MISSING" in done.output
    assert "C602: hr_employments.yaml" in done.output
    assert not (board.folder / "mappings").exists()


def test_what_is_no_table_is_not_proposed_as_one(board: Board, home: Path) -> None:
    path = write_text(board.file("hr", "lista.csv"), [["Mat", "Pris"], ["Soppa", "12"]])
    done = invoke("map", str(path))
    assert done.exit_code == 1
    assert "no row looks like the headers of a table of hr" in done.output


def test_a_budget_with_months_beside_each_other_is_proposed_as_rows(board: Board) -> None:
    path, _ = wide_budget(board)
    proposal = propose(path, board.municipality, "ledger").answered("=kf-budget")
    assert proposal.questions == ()
    assert proposal.columns["manad"] == {"together": ["år", "(month)"], "by": "-"}
    in_thousands = 'belopp: {header: "(amount)", multiply: -1000}'
    board.map("ledger_budget", proposal.text().replace('belopp: "(amount)"', in_thousands))
    [candidate] = read_delivery(path, "ledger", board.municipality, board.lake, KEY)
    assert (candidate.rows, candidate.period) == (36, "2024")
