"""The files that a ledger delivers: CSV of several kinds, XLSX with numbers as numbers, and SIE 4; the same bytes every
time.

Belongs here: formats and the headers of each extract. Does not belong here: what the rows say.
"""

from __future__ import annotations

import calendar
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import openpyxl
import pandas as pd

from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from demo.ledger.bookings import BALANCE_ACCOUNTS, EXTERNAL, INTERNAL, SERIES_BALANCE
from ingestion.configuration.municipality import Municipality


def write_month(
    folder: Path, municipality: Municipality, period: str, rows: pd.DataFrame, encoding: str | None
) -> Iterable[Path]:
    """The month's transactions and control totals, both as CSV in `encoding` or (None) both as XLSX."""
    spelt = period.replace("-", "") if encoding == "cp1252" else period  # the contract knows both spellings
    transactions = pd.DataFrame(
        {
            "kommun": municipality.id,
            "period": spelt,
            "serie": rows["series"],
            "verifikation": rows["voucher"].astype(str),
            "rad": rows["voucher_row"],
            "bokforingsdatum": rows["posted"],
            "redovisningsperiod": rows["accounting_period"],
            "konto": rows["account"],
            "ansvar": rows["cost_centre"],
            "verksamhet": rows["activity"],
            "aktivitet": "",
            "projekt": rows["project"],
            "motpart": rows["counterparty"],
            "intern": rows["internal"],
            "text": rows["text"],
            "belopp": rows["amount"],
        }
    )
    classes = rows.assign(account_class=rows["account"].str[0]).groupby(["accounting_period", "account_class"])[
        "amount"
    ]
    totals = classes.agg(["size", "sum"]).reset_index()
    controls = pd.DataFrame(
        {
            "kommun": municipality.id,
            "period": spelt,
            "redovisningsperiod": totals["accounting_period"],
            "kontoklass": totals["account_class"],
            "antal": totals["size"],
            "summa": totals["sum"],
        }
    )
    if encoding is None:
        yield write_xlsx(folder / f"kontrollsummor_{period}.xlsx", controls, "summa")
        yield write_xlsx(folder / f"transaktioner_{period}.xlsx", transactions, "belopp")
        return
    yield write_csv(folder / f"kontrollsummor_{period}.csv", controls.assign(summa=comma(controls["summa"])), encoding)
    yield write_csv(
        folder / f"transaktioner_{period}.csv", transactions.assign(belopp=comma(transactions["belopp"])), encoding
    )


def budget_extract(budget: pd.DataFrame, municipality: Municipality, year: int) -> pd.DataFrame:
    """The budget as delivered, from version, month, account, cost_centre, activity and amount (kronor, in the ledger's
    signs).
    """
    return pd.DataFrame(
        {
            "kommun": municipality.id,
            "ar": str(year),
            "version": budget["version"],
            "manad": [f"{year}-{month:02}" for month in budget["month"]],
            "konto": budget["account"],
            "ansvar": budget["cost_centre"],
            "verksamhet": budget["activity"],
            "belopp": comma(budget["amount"] * 100),
        }
    )


def forecast_extract(
    expected: pd.Series, municipality: Municipality, year: int, month: int, authors: dict[str, str]
) -> pd.DataFrame:
    """A forecast as delivered, from thousands of kronor by department and line, in the ledger's signs; made the 12th of
    the month after.
    """
    index = expected.index.to_frame(index=False)
    return pd.DataFrame(
        {
            "kommun": municipality.id,
            "period": f"{year}-{month:02}",
            "avdelning": index["department"],
            "rad": index["line"],
            "upprattad_av": index["department"].map(authors),
            "datum": date(year + month // 12, month % 12 + 1, 12).isoformat(),
            "belopp": comma(expected.reset_index(drop=True) * 100_000),
        }
    )


def comma(amounts: pd.Series) -> list[str]:
    """Öre as kronor with a decimal comma and no mark between thousands."""
    return [f"{'-' if amount < 0 else ''}{abs(amount) // 100},{abs(amount) % 100:02}" for amount in amounts]


def write_csv(path: Path, frame: pd.DataFrame, encoding: str) -> Path:
    """Write `frame` with semicolons; an old Windows export has its line ends too."""
    frame.to_csv(path, sep=";", index=False, encoding=encoding, lineterminator="\r\n" if encoding == "cp1252" else "\n")
    return path


def write_xlsx(path: Path, frame: pd.DataFrame, amount: str) -> Path:
    """A workbook with numbers and dates as Excel holds them, and always the same bytes."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Export")
    sheet.append(list(frame.columns))
    for row in frame.assign(**{amount: frame[amount] / 100}).astype(object).itertuples(index=False):
        sheet.append([None if value == "" else value for value in row])
    workbook.properties.created = datetime(2025, 1, 8)
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():  # the clock stands in every entry and in the properties
            content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2025-01-08T00:00:00Z", source.read(item))
            target.writestr(zipfile.ZipInfo(item.filename, (2025, 1, 8, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def sie(
    municipality: Municipality, year: int, months: int, rows: pd.DataFrame, names: dict[str, str], sick_pay: str = ""
) -> bytes:
    """The first `months` of the year as one SIE 4E file, with the balance sheet rows that make every voucher balance.

    names: every account's. sick_pay: the account whose rows name an employee (dimension 7, which nobody may read).
    """
    rows = rows[rows["month"] <= months]
    dimensions = municipality.sie_dimensions
    last_day = calendar.monthrange(year, months)[1]
    lines = [
        "#FLAGGA 0",
        '#PROGRAM "Demonstrationsekonomi" 1.0',
        "#FORMAT PC8",
        f'#GEN {year}{months + 1:02}08 "Ekonomi"',
        "#SIETYP 4",
        f"#ORGNR {municipality.organisation_number}",
        f'#FNAMN "{municipality.name} kommun, {municipality.board}"',
        f"#RAR 0 {year}0101 {year}1231",
        f"#RAR -1 {year - 1}0101 {year - 1}1231",
        f"#OMFATTN {year}{months:02}{last_day}",
    ]
    lines += [f'#KONTO {number} "{name}"' for number, name in sorted((names | BALANCE_ACCOUNTS).items())]
    titles = {
        "cost_centre": "Ansvar",
        "project": "Projekt",
        "activity": "Verksamhet",
        "counterparty": "Motpart",
        "is_internal": "Intern",
    }
    lines += [f'#DIM {dimensions[column]} "{title}"' for column, title in titles.items()] + ['#DIM 7 "Anställd"']
    lines += [f'#OBJEKT {dimensions["counterparty"]} "{code}" "{name}"' for code, name in (INTERNAL | EXTERNAL).items()]
    employees = {
        str(104_000 + i): f"{first} {INVENTED_LAST_NAMES[i]}" for i, first in enumerate(INVENTED_FIRST_NAMES[:20])
    }
    lines += [f'#OBJEKT 7 "{number}" "{name}"' for number, name in employees.items()]

    booked: Counter[tuple[int, str]] = Counter()  # öre by month and account: for the file's own totals
    vouchers: list[str] = []
    for _, group in groupby(rows.to_dict("records"), key=lambda row: row["voucher"]):  # the rows stand in vouchers
        voucher = list(group)
        series, number, posted = voucher[0]["series"], voucher[0]["voucher"], f"{voucher[0]['posted']:%Y%m%d}"
        vouchers += [f'#VER "{series}" {number} {posted} "{_quoted(voucher[0]["text"])}" {posted}', "{"]
        for row in voucher:
            objects = [
                f'{dimensions[column]} "{row[column]}"'
                for column in ("cost_centre", "activity", "project", "counterparty")
                if row[column]
            ]
            objects.append(f'{dimensions["is_internal"]} "{row["internal"]}"')
            if row["account"] == sick_pay:
                objects.append(f'7 "{104_000 + number % len(employees)}"')
            vouchers.append(
                f'#TRANS {row["account"]} {{{" ".join(objects)}}} {_point(row["amount"])} {posted} "{_quoted(row["text"])}"'
            )
            booked[row["month"], row["account"]] += row["amount"]
        difference = -sum(row["amount"] for row in voucher)
        if difference:
            vouchers.append(f"#TRANS {SERIES_BALANCE[series]} {{}} {_point(difference)}")
            booked[voucher[0]["month"], SERIES_BALANCE[series]] += difference
        vouchers.append("}")

    for account in sorted({account for _, account in booked}):
        amount = sum(booked[key] for key in booked if key[1] == account)
        if account in BALANCE_ACCOUNTS:
            opening = 1_250_000_00 if account < "2" else -1_250_000_00
            lines += [f"#IB 0 {account} {_point(opening)}", f"#UB 0 {account} {_point(opening + amount)}"]
        else:
            lines.append(f"#RES 0 {account} {_point(amount)}")
    lines += [
        f"#PSALDO 0 {year}{month:02} {account} {{}} {_point(booked[month, account])}"
        for month, account in sorted(booked)
    ]
    return "".join(f"{line}\r\n" for line in [*lines, *vouchers]).encode("cp437")


def _point(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"


def _quoted(text: str) -> str:
    return text.replace('"', '\\"')
