"""Small, faultless extracts of every table, made of the contracts' own examples: what the trials damage.

Belongs here: rows that every rule accepts, and writing them as CSV, XLSX and SIE 4. Does not belong here: any fault.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from ingestion.contracts import Kind, Table, table

FOLDER = "1489-alingsas"
ORGANISATION_NUMBER = "212000-1553"
Row = dict[str, str]
"""Delivered cells by header."""

_DIFFERENT: Mapping[str, Mapping[str, str]] = {
    "hr_employments": {"anstalld_till": "", "avgangsorsak": ""},
    "hr_other_employments": {"anstalld_till": ""},
    "hr_absences": {"timmar": ""},
    "care_offers": {"svar": "ja"},
    "region_report_figures": {
        "omfattning": "kommun",
        "medlem": "1489",
        "nyckeltal": "kpv_80_share",
        "specialisering": "",
        "befattning": "",
        "vagning": "",
    },
    "goals_measures": {"effektmatt": "Minskade övertidskostnader"},
    "grants_grants": {"periodiserat_till_senare_ar": "0,00", "aterbetalt": "0,00"},
    "local_counts_counts": {"verksamhetstyp": ""},
}
"""Where a table's examples, each right alone, do not go together."""

_NUMBERED = {
    "hr_employments": ("anstallningsid", "personnummer"),
    "hr_absences": ("franvaroid", "anstallningsid"),
    "hr_time_records": ("anstallningsid",),
    "hr_other_employments": ("anstallningsid", "personnummer"),
}
"""Tables that are delivered with a dozen rows, and the columns that number them; of the others one row, or a list's."""

ROWS = 12


def personnummer(i: int) -> str:
    """An invented number with a right check digit, born in January 1960 + i months."""
    ten = f"{60 + i // 12 % 30:02d}{i % 12 + 1:02d}15{238 + i % 500:03d}"
    doubled = (int(digit) * (2 - k % 2) for k, digit in enumerate(ten))
    return f"19{ten[:6]}-{ten[6:]}{-sum(value // 10 + value % 10 for value in doubled) % 10}"


def rows(table: Table, period: str) -> list[Row]:
    """Faultless rows of a table for '2024-03' or '2024': accepted on their own, whatever is in force."""
    if table.full_name in ("ledger_transactions", "ledger_control_totals"):
        return _postings(period) if table.name == "transactions" else control_totals(_postings(period))
    made = []
    for i in range(ROWS if table.full_name in _NUMBERED else 1):
        row = {column.header: column.example for column in table.columns} | dict(_DIFFERENT.get(table.full_name, {}))
        for header in _NUMBERED.get(table.full_name, ()):
            row[header] = personnummer(i) if header == "personnummer" else f"{row[header][0]}{1000 + i}"
        for column in table.columns:
            if column.kind is Kind.PERSON and column.header not in _NUMBERED.get(table.full_name, ()):
                row[column.header] = personnummer(i)
            if column.header == "namn":
                row[column.header] = "Quistberg, Alvfrid"
        if table.full_name == "hr_time_records":  # no two months are alike
            row["schemalagd_tid"] = f"{110 + i + int(period[5:7])},75"
        if table.full_name == "hr_employments" and i == 0:
            row["anstalld_fran"] = f"{period}-01"
        if table.full_name == "hr_absences":
            row |= {"fran": f"{period}-{1 + i:02d}", "till": f"{period}-{3 + i:02d}"}
        made.append(row | _of_period(table, period))
    if table.full_name == "population_inhabitants":
        living = {age: str(200 - age + int(period[3])) for age in range(101)}  # no two years are alike
        return [made[0] | {"alder": str(age), "kon": sex, "folkmangd": n} for age, n in living.items() for sex in "KM"]
    if table.full_name == "homecare_index_results":
        return [
            made[0] | {"del": part, "plats": "116" if part == "index" else ""} for part in table.column("part").allowed
        ]
    if table.full_name == "care_patients":
        return [made[0] | {"profession": one} for one in table.column("profession").allowed]
    return made


def _of_period(table: Table, period: str) -> Row:
    """The cells that say the period, and the days of the examples moved into it where a rule wants them there."""
    column = table.column(table.period_column or "period")
    moved = {column.header: period}
    for other in table.columns:
        if table.source != "hr" and other.kind in (Kind.DATE, Kind.MONTH) and other.example and other is not column:
            moved[other.header] = (
                str(int(period[:4]) + int(other.example[:4]) - int(column.example[:4])) + other.example[4:]
            )
    if any(other.header == "beslutsid" for other in table.columns):
        moved["beslutsid"] = f"B{period}17"
    if table.full_name == "care_visits":
        moved["start"] = f"{period}-07 07:40"
    if table.full_name == "ledger_forecast":
        moved["datum"] = f"{period}-12"
    return moved


def _postings(period: str) -> list[Row]:
    accounts = ("3011", "4601", "5011", "6011", "7011", "8411")
    return [
        {
            "kommun": "1489",
            "period": period,
            "serie": "L",
            "verifikation": f"40{period[5:7]}{i // 2:04d}",
            "rad": str(1 + i % 2),
            "bokforingsdatum": f"{period}-{1 + i:02d}",
            "redovisningsperiod": period.replace("-", ""),
            "konto": accounts[i % 6],
            "ansvar": "71100",
            "verksamhet": "510",
            "aktivitet": "",
            "projekt": "",
            "motpart": "871",
            "intern": "nej",
            "text": "",
            "belopp": f"{(1000 + i // 2 + int(period[5:7])) * (-1) ** (i % 2)},50"
            if i % 2
            else f"{1000 + i // 2 + int(period[5:7])},50",
        }
        for i in range(ROWS)
    ]


def control_totals(of: Sequence[Row]) -> list[Row]:
    """What transactions add up to, by accounting period and account class."""
    cells: dict[tuple[str, str], list[Decimal]] = {}
    for row in of:
        cells.setdefault((row["redovisningsperiod"], row["konto"][0]), []).append(number(row["belopp"]))
    return [
        {
            "kommun": "1489",
            "period": of[0]["period"],
            "redovisningsperiod": month,
            "kontoklass": account_class,
            "antal": str(len(amounts)),
            "summa": str(sum(amounts)).replace(".", ","),
        }
        for (month, account_class), amounts in sorted(cells.items())
    ]


def number(cell: str) -> Decimal:
    """A delivered number."""
    return Decimal(cell.replace(" ", "").replace(",", "."))


def csv_text(table: Table, these: Iterable[Row], end: str = "\r\n") -> str:
    """The rows as a municipality delivers them: semicolons, a header, CRLF."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.header for column in table.columns], delimiter=";", lineterminator=end)
    writer.writeheader()
    writer.writerows(these)
    return text.getvalue()


def write_xlsx(path: Path, table: Table, these: Iterable[Row]) -> Path:
    """The rows as a workbook of one sheet, all cells texts but the numbers."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet.append([column.header for column in table.columns])
    for row in these:
        sheet.append([_workbook_cell(row[column.header], column.kind) for column in table.columns])
    workbook.save(path)
    return path


def _workbook_cell(cell: str, kind: Kind) -> str | float | None:
    if not cell:
        return None
    return float(number(cell)) if kind in (Kind.DECIMAL, Kind.INTEGER) else cell


def sie_text(year: str = "2024", months: Sequence[int] = (1, 2), more: str = "") -> str:
    """A SIE 4 file of vouchers of two rows; `more` stands before the first of them."""
    head = (
        f'#FLAGGA 0\n#PROGRAM "Ekonomi" 7.2\n#FORMAT PC8\n#GEN {year}0705\n#SIETYP 4\n#ORGNR {ORGANISATION_NUMBER}\n'
        f'#FNAMN "Kommunen på slätten"\n#RAR 0 {year}0101 {year}1231\n#KONTO 5011 "Löner, månadsavlönade"\n#KONTO 2440 "Skulder"\n{more}'
    )
    vouchers = "".join(
        f'#VER L 40{month:02d}{n:04d} {year}{month:02d}{10 + n} "Påhittad text"\n{{\n'
        f'#TRANS 5011 {{1 "71100" 20 "510" 22 "871"}} {1000 * month + n}.50\n#TRANS 2440 {{1 "71100"}} -{1000 * month + n}.50\n}}\n'
        for month in months
        for n in range(3)
    )
    return head + vouchers


def good_file(folder: Path, full_name: str, period: str, name: str | None = None) -> Path:
    """Write a faultless CSV of a table into `folder`; returns it."""
    of = table_of(full_name)
    path = folder / (name or f"{of.name} {period}.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_text(of, rows(of, period)).encode())
    return path


def table_of(full_name: str) -> Table:
    """The table called 'hr_employments'."""
    from ingestion.contracts import tables

    for of in tables():
        if of.full_name == full_name:
            return table(of.source, of.name)
    raise KeyError(full_name)
