"""How invented postings become bookkeeping: spread over the year, put into vouchers with dates, and given texts.

Belongs here: what both municipalities' ledgers do alike. Does not belong here: accounts, amounts (`alingsas`,
`helsingborg`) and files (`files`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES

CLOSING = 13
"""The accounting period of the closing entries."""

PROFILES: dict[str, Sequence[float]] = {
    "even": (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    "invoices": (0.8, 0.95, 1.05, 1, 1, 1.05, 0.75, 0.9, 1.05, 1.1, 1.1, 1.25),
    "summer": (0.9, 0.85, 0.9, 0.9, 0.95, 1.2, 1.65, 1.5, 0.95, 0.85, 0.85, 1.1),
    "holiday": (0.5, 0.6, 0.7, 0.7, 0.7, 1.3, 3.2, 1.9, 0.6, 0.6, 0.5, 0.9),
    "winter": (1.5, 1.4, 1.25, 1.0, 0.75, 0.6, 0.6, 0.6, 0.75, 1.0, 1.25, 1.4),
    "colds": (1.35, 1.4, 1.2, 1.0, 0.9, 0.75, 0.6, 0.7, 1.0, 1.1, 1.2, 1.3),
    "decisions": (0.3, 0.5, 1.4, 0.6, 0.7, 1.5, 0.3, 0.5, 1.5, 0.9, 1.1, 2.6),
}

SERIES_BASE = {"L": 40_000_000, "K": 20_000_000, "P": 70_000_000, "I": 60_000_000, "B": 80_000_000}
SERIES_BALANCE = {"L": "2440", "K": "1510", "P": "2710", "I": "1690", "B": "2990"}
BALANCE_ACCOUNTS = {
    "1510": "Kundfordringar",
    "1690": "Avräkning inom kommunen",
    "2440": "Leverantörsskulder",
    "2710": "Personalens skatter och löner",
    "2990": "Interimsskulder",
}
INTERNAL = {
    "101": "Kommunstyrelsen",
    "110": "Samhällsbyggnad, lokaler",
    "120": "Kostenheten",
    "130": "IT-enheten",
    "140": "Egna nämnden",
}
EXTERNAL = {
    "811": "Staten",
    "820": "Kommuner",
    "830": "Regioner",
    "850": "Kommunala bolag",
    "861": "Föreningar",
    "871": "Företag",
    "874": "Enskilda näringsidkare",
    "881": "Hushåll",
}
TEXTS = {
    "L": (
        "Faktura {number}",
        "Placering {name}, vecka {week}",
        "Utlägg {name}",
        "{last} Fotvård {number}",
        "Beställning {number}",
    ),
    "K": ("Avgift {name}", "Faktura {number}", "Hyra {name}", "Återbetalning {name}"),
    "P": ("Löner", "Löner", "Lönerättelse {name}", "Sjuklön {name}"),
    "I": ("Internfaktura {number}", "Månadsdebitering"),
    "B": ("Rättelse {name}", "Omföring enligt {name}", "Periodisering"),
}


def spread(total: int, weights: np.ndarray) -> np.ndarray:
    """`total` in whole units, spread by `weights`; what rounding leaves goes to the heaviest."""
    parts: np.ndarray = np.rint(total * weights / weights.sum()).astype(np.int64)
    parts[np.argmax(np.abs(weights))] += total - parts.sum()
    return parts


def vouchers(year: int, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Group rows into vouchers of one series, month and day; a payroll voucher is a cost centre's month.

    rows: month (13 is the closing), series, account, cost_centre, counterparty, amount (öre, debit positive), size, and
    pair (rows with the same number stand in one voucher; null for none). Adds voucher, voucher_row, posted,
    accounting_period, internal.
    """
    rows["pair"] = rows["pair"].fillna(-2).astype(int)
    order = rng.random(len(rows))  # invoices arrive in no order; payroll, corrections and internal debits do
    rows["order"] = np.where(rows["series"].isin(["L", "K"]), order, 0.0)
    rows = rows.sort_values(
        ["month", "series", "order", "pair", "cost_centre", "account"], kind="stable", ignore_index=True
    )
    position = rng.integers(1, 5, len(rows)).cumsum() // 8  # about three rows to a voucher
    grouped = np.where(rows["series"].isin(["L", "K", "I"]), position.astype(str), rows["pair"].astype(str))
    rows["group"] = np.where(rows["series"] == "P", rows["cost_centre"], grouped)
    rows["group"] = rows["month"].astype(str) + rows["series"] + rows["group"].astype(str)
    heads = rows.drop_duplicates("group")[["group", "series", "month"]].reset_index(drop=True)
    heads["voucher"] = heads.groupby("series").cumcount() + 1 + heads["series"].map(SERIES_BASE)
    days = {"P": (27, 28), "I": (15, 21), "B": (22, 29)}
    low = [days.get(series, (2, 29))[0] for series in heads["series"]]
    high = [days.get(series, (2, 29))[1] for series in heads["series"]]
    day = rng.integers(low, high)
    heads["posted"] = [
        date(year, 12, 31) if month == CLOSING else date(year, month, int(on))
        for month, on in zip(heads["month"], day, strict=True)
    ]
    rows = rows.merge(heads[["group", "voucher", "posted"]], on="group", how="left", validate="many_to_one")
    rows["voucher_row"] = rows.groupby("group").cumcount() + 1
    rows["accounting_period"] = [f"{year}{month:02}" for month in rows["month"]]
    rows["internal"] = np.where(rows["counterparty"].isin(list(INTERNAL)), "ja", "nej")
    rows = rows.sort_values(["month", "posted", "series", "voucher", "voucher_row"], kind="stable", ignore_index=True)
    return rows.drop(columns=["size", "order", "pair", "group"])


def texts(rows: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Voucher texts that name people, as real ones do: the platform must drop them."""
    picks = rng.integers(0, 2**31, (4, len(rows)))
    written = []
    for series, template, first, last, number in zip(rows["series"], *picks, strict=True):
        family = INVENTED_LAST_NAMES[last % len(INVENTED_LAST_NAMES)]
        name = f"{INVENTED_FIRST_NAMES[first % len(INVENTED_FIRST_NAMES)]} {family}"
        pattern = TEXTS[series][template % len(TEXTS[series])]
        written.append(pattern.format(name=name, last=family, number=100_000 + number % 900_000, week=1 + number % 52))
    return written


def forecast(
    month: int, budget: pd.DataFrame, rows: pd.DataFrame, result: int, rest: tuple[str, str], rng: np.random.Generator
) -> pd.Series:
    """The full-year forecast made after `month`, tkr by department and line, in the ledger's signs.

    Between budget and outcome, nearer the outcome as the year goes on. What the controllers' total was is given
    (`result`); the department and line `rest` holds what is left.
    """
    decided = budget.groupby(["department", "line"])["amount"].sum()
    came_to = rows[rows["line"] != ""].groupby(["department", "line"])["amount"].sum() / 100
    both = pd.concat([decided.rename("budget"), came_to.rename("actual")], axis=1).fillna(0.0).sort_index()
    known = (month / 12) ** 0.7
    noise = rng.normal(0, 0.01, len(both)) * (1 - known) * both["budget"].abs()
    expected = (
        both["budget"] + (both["actual"] - both["budget"]) * known + noise.where(both["budget"] != both["actual"], 0.0)
    )
    thousands: pd.Series = (expected / 1000).round().astype(int)
    thousands[rest] += -result - thousands.sum()
    return thousands
