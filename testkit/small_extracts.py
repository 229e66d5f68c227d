"""Small, faultless extracts of every table, as rows by lake column, as candidates in a lake, and as CSV files.

Belongs here: invented rows that satisfy every rule, for tests of rules, gate and pages. Does not belong here: faults.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.contracts import Kind, Table, table
from ingestion.findings import Finding
from ingestion.lake import BOOKKEEPING, WHOLE, Candidate, Lake
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.sql import content_hash, literal

ROOT = Path(__file__).parents[1]
Row = dict[str, Any]
KEY = Pseudonymiser(b"k" * 32)


def alingsas() -> Municipality:
    """The demonstration's first municipality, as its folder has it."""
    return load_municipality(ROOT / "municipalities" / "1489-alingsas")


def personnummer(i: int) -> str:
    """An invented number with a right check digit, born in January 1970 + i months."""
    ten = f"{70 + i // 12 % 20:02d}{i % 12 + 1:02d}15{238 + i % 500:03d}"
    total = sum(sum(divmod(int(digit) * (2 - k % 2), 10)) for k, digit in enumerate(ten))
    return f"19{ten[:6]}-{ten[6:]}{-total % 10}"


def _person(i: int) -> Row:
    return {
        "person_id": f"{i:032x}",
        "gender": "K" if i % 2 else "M",
        "birth_month": date(1970 + i // 12 % 20, i % 12 + 1, 1),
        "person": personnummer(i),
    }


def _day(period: str, day: int) -> date:
    return date(int(period[:4]), int(period[5:7]), day)


def employments(period: str, n: int = 30) -> list[Row]:
    """One of them is hired in the month, so that no two months are alike."""
    units = (("hemtjanst", "hemtjanst_centrum", "71100"), ("aldreboende", "brogarden", "72100"))
    rows = []
    for i in range(n):
        department, unit, cost_centre = units[i % 2]
        hourly = i % 10 == 9
        rows.append(
            {
                "municipality_id": "1489",
                "period": period,
                "employment_id": f"A{i:04d}",
                **_person(i),
                "title": "Undersköterska",
                "aid_code": "207024",
                "department": department,
                "unit": unit,
                "cost_centre": cost_centre,
                "employment_form": "timavlönad" if hourly else "tillsvidare",
                "pay_form": "tim" if hourly else "månad",
                "degree": 0 if hourly else 100 if i == 1 else 75 + i % 3,
                "full_time_hours": 37,
                "start_date": _day(period, 1) if i == 0 else date(2019, 1 + i % 12, 1),
                "end_date": None,
                "leave_reason": None,
                "is_manager": i == 1,
            }
        )
    return rows


def absences(period: str, n: int = 30) -> list[Row]:
    """Absence spells of a month."""
    return [
        {
            "municipality_id": "1489",
            "period": period,
            "spell_id": f"F{period[5:7]}{i:04d}",
            "employment_id": f"A{i:04d}",
            "absence_type": "sjuk",
            "start_date": _day(period, 1 + i % 20),
            "end_date": _day(period, 3 + i % 20),
            "degree": 100,
            "hours": 8 if i % 10 == 9 else None,
        }
        for i in range(n)
    ]


def time_records(period: str, n: int = 30) -> list[Row]:
    """Hours of a month, one row per employment."""
    month = int(period[5:7])
    return [
        {
            "municipality_id": "1489",
            "period": period,
            "employment_id": f"A{i:04d}",
            "scheduled_hours": 110 + i + month,
            "worked_hours": 90 + i + month,
            "hourly_paid_hours": 0,
            "additional_hours": 2 if i % 4 == 0 else 0,
            "overtime_hours": 0,
        }
        for i in range(n)
    ]


def other_employments(period: str, n: int = 30) -> list[Row]:
    """Other boards' employments of a month."""
    return [
        {
            "municipality_id": "1489",
            "period": period,
            "employment_id": f"B{i:04d}",
            **_person(100 + i),
            "employment_form": "tillsvidare",
            "start_date": date(2018, 1 + i % 12, 1),
            "end_date": None,
        }
        for i in range(n)
    ]


ACCOUNTS = ("3011", "4601", "5011", "6011", "7011", "8411")


def transactions(period: str, n: int = 30) -> list[Row]:
    """Vouchers of two rows; pairs balance, so that the same rows will do as a full SIE file."""
    month = int(period[5:7])
    return [
        {
            "municipality_id": "1489",
            "period": period,
            "voucher_series": "L",
            "voucher": f"40{month:02d}{i // 2:04d}",
            "voucher_row": 1 + i % 2,
            "posting_date": _day(period, 1 + i % 28),
            "accounting_period": period.replace("-", ""),
            "account": ACCOUNTS[i % 6],
            "cost_centre": "71100",
            "activity": "510",
            "sub_activity": None,
            "project": None,
            "counterparty": "871",
            "is_internal": False,
            "amount": (100 + i // 2 + month) * (-1) ** (i % 2),
        }
        for i in range(n)
    ]


def control_totals(period: str, of: Sequence[Row] | None = None) -> list[Row]:
    """What `of` (default: the month's transactions) add up to."""
    cells: dict[tuple[str, str], list[Any]] = {}
    for row in transactions(period) if of is None else of:
        cells.setdefault((row["accounting_period"], row["account"][0]), []).append(row["amount"])
    return [
        {
            "municipality_id": "1489",
            "period": period,
            "accounting_period": accounting,
            "account_class": account_class,
            "row_count": len(amounts),
            "amount": sum(amounts),
        }
        for (accounting, account_class), amounts in sorted(cells.items())
    ]


def budget(year: str, months: int = 12) -> list[Row]:
    """A budget of a year, in the version that the council adopted."""
    return [
        {
            "municipality_id": "1489",
            "year": year,
            "version": "kf-budget",
            "month": f"{year}-{month:02d}",
            "account": account,
            "cost_centre": "71100",
            "activity": "510",
            "amount": 1000 + month + int(year) % 100,
        }
        for month in range(1, months + 1)
        for account in ("5011", "6011", "7011")
    ]


def forecast(period: str) -> list[Row]:
    """The forecast of a month, line by line and department."""
    departments = (
        "hemtjanst",
        "aldreboende",
        "lss_boende_och_arbete",
        "personlig_assistans_och_stod",
        "myndighet_och_kommunal_primarvard",
        "verksamhetsstod",
    )
    lines = ("income", "personnel_costs", "premises_rent", "purchased_services", "other_costs")
    return [
        {
            "municipality_id": "1489",
            "period": period,
            "department": department,
            "line_id": line,
            "made_on": _day(period, 12),
            "amount": 5000,
        }
        for department in departments
        for line in lines
    ]


def kpi(_: str) -> list[Row]:
    """Kolada's catalogue of indicators."""
    return [
        {
            "kpi_id": f"U{23400 + i}",
            "title": "Brukarbedömning, andel (%)" if i == 1 else f"Antal {i}",
            "description": "…",
            "is_divided_by_gender": True,
            "municipality_type": "K",
            "auspice": "T",
            "operating_area": "Äldre",
            "perspective": "Volymer",
            "prel_publication_date": date(2026, 5, 4),
            "publication_date": date(2026, 9, 30),
            "publication_period": "2025",
            "has_ou_data": False,
        }
        for i in range(30)
    ]


def municipality(_: str) -> list[Row]:
    """Kolada's municipalities and Riket."""
    return [{"municipality_id": f"{1200 + i:04d}", "title": f"Kommun {i}", "type": "K"} for i in range(290)] + [
        {"municipality_id": "0000", "title": "Riket", "type": "L"}
    ]


def municipality_groups(_: str) -> list[Row]:
    """Kolada's groups and their members."""
    return [
        {
            "group_id": f"G{96190 + i % 3}",
            "group_title": "Grupp",
            "member_id": f"{1200 + i:04d}",
            "member_title": f"Kommun {i}",
        }
        for i in range(30)
    ]


def ou(_: str) -> list[Row]:
    """Kolada's units."""
    return [{"ou_id": f"V21E1200{i:05d}", "title": "Hemtjänst", "municipality_id": "1200"} for i in range(30)]


def data(_: str) -> list[Row]:
    """Values of one indicator, by sex."""
    return [
        {
            "kpi_id": "U23401",
            "municipality_id": f"{1200 + i:04d}",
            "year": 2024,
            "gender": gender,
            "value": 70.0 + i,
            "count": 1,
            "status": "",
            "is_deleted": False,
        }
        for i in range(10)
        for gender in "TKM"
    ]


def withdrawn(_: str) -> list[Row]:
    """Indicators that Kolada has withdrawn, and given back."""
    return [
        {
            "kpi_id": f"U2340{i}",
            "withdrawn_on": date(2024, 5, 10),
            "withdrawn_until": date(2024, 6, 10) if i % 2 else None,
        }
        for i in range(10)
    ]


MAKERS: dict[str, Callable[[str], list[Row]]] = {
    "hr_employments": employments,
    "hr_absences": absences,
    "hr_time_records": time_records,
    "hr_other_employments": other_employments,
    "ledger_control_totals": control_totals,
    "ledger_transactions": transactions,
    "ledger_budget": budget,
    "ledger_forecast": forecast,
    "kolada_kpi": kpi,
    "kolada_municipality": municipality,
    "kolada_municipality_groups": municipality_groups,
    "kolada_ou": ou,
    "kolada_data": data,
    "kolada_withdrawn": withdrawn,
}


def make(table: Table, period: str) -> list[Row]:
    """Faultless rows of a table for '2024-03' (tables by year: '2024'; Kolada: any text)."""
    return MAKERS[table.full_name](period)


def candidate(
    lake: Lake,
    table: Table,
    rows: list[Row],
    period: str,
    file: str | None = None,
    format_: str = "csv",
    notes: tuple[Finding, ...] = (),
) -> Candidate:
    """A candidate of `rows` (row 2 is the first), as the reader would leave it; a row may miss columns (null)."""
    folder = lake.new_candidate_dir()
    columns = table.lake_columns()
    with duckdb.connect() as con:
        con.execute(f"create table t ({', '.join(f'{name} {kind}' for name, kind in columns)})")
        values = [
            [row.get(name) for name, _ in columns[:-2]] + [number, folder.name]
            for number, row in enumerate(rows, start=2)
        ]
        if values:
            con.executemany(f"insert into t values ({', '.join('?' * len(columns))})", values)
        con.execute(f"copy t to {literal(folder / 'data.parquet')} (format parquet)")
        hashed = content_hash(con, "t", [name for name, _ in columns if name not in BOOKKEEPING])
    whole = table.source == "kolada"
    return Candidate(
        load_id=folder.name,
        table=table,
        municipality_id=WHOLE if whole else "1489",
        period=WHOLE if whole else period,
        file=file or f"{table.name}.csv",
        format="api" if whole else format_,
        path=folder,
        rows=len(rows),
        content_hash=hashed,
        data_through=None,
        key_id=KEY.key_id if any(name == "person_id" for name, _ in columns) else None,
        received_at=datetime(2024, 4, 8, tzinfo=UTC),
        notes=notes,
    )


def accepted(lake: Lake, source: str, name: str, period: str) -> None:
    """Put a faultless load into the lake."""
    of = table(source, name)
    lake.accept(candidate(lake, of, make(of, period), period), {"rules": 0, "warnings": []})


def write_csv(path: Path, table: Table, rows: list[Row], leave_out: str | None = None) -> Path:
    """`rows` as a municipality delivers them: semicolons, Swedish headers, decimal comma."""
    columns = [column for column in table.columns if column.name != leave_out]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(column.header for column in columns)
        writer.writerows([_cell(row.get(column.name), column.kind) for column in columns] for row in rows)
    return path


def _cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    if kind is Kind.BOOLEAN:
        return "ja" if value else "nej"
    if kind is Kind.DECIMAL and not isinstance(value, str):
        return f"{value:.2f}".replace(".", ",")
    return str(value)
