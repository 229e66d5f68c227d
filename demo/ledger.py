"""The demonstration's ledger extracts: transactions, control totals, budget and forecasts, 2022-2024, made from a seed.

Belongs here: invented rows in the shapes that ledgers deliver (CSV of several kinds, XLSX, a year-to-date SIE 4 file),
spread over accounts, cost centres and months, and scaled so that the year adds up to the printed figures of 2023 and 2024.
Does not belong here: any formula of the platform. Nothing is shared with the models: what they arrive at, they compute
from these rows.
"""

from __future__ import annotations

import calendar
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from ingestion.municipality import Municipality

YEARS = (2022, 2023, 2024)
SIE_MONTHS = tuple(f"2023-{month:02}" for month in range(1, 7))
XLSX_MONTHS = ("2022-09", "2024-05")
UNMAPPED_MONTH, UNMAPPED_ACCOUNT = "2024-03", "8690"
CLOSING = 13
SEED = 1489

# What the year comes to, in kronor and in the signs of the operating statement (income +, cost -). 2023 and 2024 print
# as in the board's annual report of 2024, every cell rounded by itself; 2022 was not printed and is invented.
OUTCOME: dict[int, dict[str, float]] = {
    2022: {
        "income": 221_406_310.24, "personnel_costs": -733_918_442.61, "premises_rent": -95_221_706.00,
        "purchased_services": -176_304_118.42, "other_costs": -82_776_905.33, "municipal_grant": 869_400_000.00, "financial_net": 2_140.00,
    },
    2023: {
        "income": 237_998_104.18, "personnel_costs": -772_705_021.40, "premises_rent": -100_637_011.36,
        "purchased_services": -187_011_873.20, "other_costs": -89_874_098.22, "municipal_grant": 913_280_000.00, "financial_net": 8_700.00,
    },
    2024: {
        "income": 254_669_214.37, "personnel_costs": -821_815_087.12, "premises_rent": -114_173_911.50,
        "purchased_services": -188_450_893.25, "other_costs": -94_684_922.50, "municipal_grant": 966_333_000.00, "financial_net": -4_600.00,
    },
}  # fmt: skip
BUDGET: dict[int, dict[str, int]] = {
    2022: {
        "income": 186_900_000, "personnel_costs": -719_400_000, "premises_rent": -95_000_000,
        "purchased_services": -166_200_000, "other_costs": -75_700_000, "municipal_grant": 869_400_000,
    },
    2023: {
        "income": 197_260_000, "personnel_costs": -760_190_000, "premises_rent": -100_400_000,
        "purchased_services": -171_350_000, "other_costs": -78_600_000, "municipal_grant": 913_280_000,
    },
    2024: {
        "income": 206_297_000, "personnel_costs": -802_020_000, "premises_rent": -113_241_000,
        "purchased_services": -176_046_000, "other_costs": -81_323_000, "municipal_grant": 966_333_000,
    },
}  # fmt: skip
SUPPLEMENT: dict[int, dict[str, int]] = {
    2022: {"personnel_costs": -4_000_000, "other_costs": -500_000, "municipal_grant": 4_500_000},
    2023: {"personnel_costs": -5_200_000, "purchased_services": -2_000_000, "municipal_grant": 7_200_000},
    2024: {"income": 1_500_000, "personnel_costs": -6_400_000, "premises_rent": -3_100_000, "municipal_grant": 8_000_000},
}
"""The part of `BUDGET` that was decided during the year (tilläggsanslag); the rest is the budget of the council."""

FORECAST_RESULT: dict[int, dict[int, int]] = {
    2022: {2: -1_500, 3: -900, 4: 0, 5: 300, 6: 800, 8: 1_000, 9: 1_400, 10: 1_900, 11: 2_300, 12: 2_500},
    2023: {2: -6_000, 3: -5_200, 4: -4_000, 5: -3_500, 6: -2_800, 8: -1_500, 9: -900, 10: 0, 11: 700, 12: 1_000},
    2024: {2: -3_500, 3: -2_000, 4: 0, 5: -1_400, 6: -600, 8: 0, 9: 700, 10: 1_100, 11: 1_500, 12: 1_800},
}
"""Forecast of the year's result by month, tkr. April (extended follow-up) and August (interim report) of 2024 are printed: 0."""

EVERY = 0
"""Rows of an account: one or more for each cost centre, instead of a number a month."""

PROFILES: dict[str, Sequence[float]] = {
    "even": (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    "invoices": (0.8, 0.95, 1.05, 1, 1, 1.05, 0.75, 0.9, 1.05, 1.1, 1.1, 1.25),
    "summer": (0.9, 0.85, 0.9, 0.9, 0.95, 1.2, 1.65, 1.5, 0.95, 0.85, 0.85, 1.1),
    "holiday": (0.5, 0.6, 0.7, 0.7, 0.7, 1.3, 3.2, 1.9, 0.6, 0.6, 0.5, 0.9),
    "winter": (1.5, 1.4, 1.25, 1.0, 0.75, 0.6, 0.6, 0.6, 0.75, 1.0, 1.25, 1.4),
    "colds": (1.35, 1.4, 1.2, 1.0, 0.9, 0.75, 0.6, 0.7, 1.0, 1.1, 1.2, 1.3),
    "decisions": (0.3, 0.5, 1.4, 0.6, 0.7, 1.5, 0.3, 0.5, 1.5, 0.9, 1.1, 2.6),
}

SPREAD_LINES = ("income", "personnel_costs", "premises_rent", "purchased_services", "other_costs")
# Department: number of cost centres, activities, and its weight in each of `SPREAD_LINES`.
DEPARTMENTS: dict[str, tuple[int, tuple[str, ...], tuple[float, ...]]] = {
    "hemtjanst": (16, ("510", "515"), (0.13, 0.21, 0.03, 0.02, 0.15)),
    "aldreboende": (20, ("512", "516"), (0.31, 0.28, 0.55, 0.04, 0.28)),
    "lss_boende_och_arbete": (26, ("513", "517"), (0.13, 0.24, 0.34, 0.12, 0.17)),
    "personlig_assistans_och_stod": (14, ("514", "518"), (0.28, 0.15, 0.04, 0.14, 0.20)),
    "myndighet_och_kommunal_primarvard": (8, ("511", "530"), (0.05, 0.08, 0.02, 0.66, 0.10)),
    "verksamhetsstod": (6, ("900", "535"), (0.10, 0.04, 0.02, 0.02, 0.10)),
}
# The departments that the annual report says overspent were given less than their share, and the other way round.
BUDGET_TILT = {
    "hemtjanst": 1.02,
    "aldreboende": 0.99,
    "lss_boende_och_arbete": 0.98,
    "personlig_assistans_och_stod": 0.965,
    "verksamhetsstod": 1.12,
}

SERIES_BASE = {"L": 40_000_000, "K": 20_000_000, "P": 70_000_000, "I": 60_000_000, "B": 80_000_000}
SERIES_BALANCE = {"L": "2440", "K": "1510", "P": "2710", "I": "1690", "B": "2990"}
BALANCE_ACCOUNTS = {
    "1510": "Kundfordringar", "1690": "Avräkning inom kommunen", "2440": "Leverantörsskulder", "2710": "Personalens skatter och löner",
    "2990": "Interimsskulder",
}  # fmt: skip
INTERNAL = {"101": "Kommunstyrelsen", "110": "Samhällsbyggnad, lokaler", "120": "Kostenheten", "130": "IT-enheten", "140": "Egna nämnden"}
EXTERNAL = {
    "811": "Staten", "820": "Kommuner", "830": "Regioner", "850": "Kommunala bolag", "861": "Föreningar", "871": "Företag",
    "874": "Enskilda näringsidkare", "881": "Hushåll",
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """An account in use: its share of the line's year, how many rows a month, where and from whom; `since` a new one."""

    number: str
    name: str
    line: str
    share: float
    rows: int
    series: str
    counterparties: tuple[str, ...]
    profile: str = "even"
    spread: float = 0.7
    departments: tuple[str, ...] = ()
    since: str = "2022-01"
    budgeted: bool = True


_PA, _OFFICE, _LSS = ("personlig_assistans_och_stod",), ("myndighet_och_kommunal_primarvard",), ("lss_boende_och_arbete",)
_HOMES = ("aldreboende", "lss_boende_och_arbete")
ACCOUNTS = (
    Account("3110", "Avgifter hemtjänst", "income", 0.10, 190, "K", ("881",), departments=("hemtjanst",)),
    Account("3120", "Hyror särskilt boende", "income", 0.17, 220, "K", ("881",), spread=0.3, departments=_HOMES),
    Account("3130", "Måltidsavgifter", "income", 0.07, 180, "K", ("881",), spread=0.3, departments=_HOMES),
    Account("3410", "Försäljning till andra kommuner", "income", 0.05, 30, "K", ("820",), departments=(*_LSS, *_OFFICE)),
    Account("3510", "Statsbidrag", "income", 0.12, 12, "K", ("811",), "decisions", departments=("verksamhetsstod", "aldreboende")),
    Account("3511", "Äldreomsorgslyftet", "income", 0.03, 6, "K", ("811",), "decisions", departments=("aldreboende",), budgeted=False),
    Account("3512", "Bidrag god och nära vård", "income", 0.02, 3, "K", ("811",), departments=_OFFICE, since="2023-08", budgeted=False),
    Account("3513", "Statsbidrag äldreomsorg 2024", "income", 0.04, 4, "K", ("811",), "decisions", since="2024-02", budgeted=False),
    Account("3520", "Ersättning från Försäkringskassan", "income", 0.26, 60, "K", ("811",), spread=0.3, departments=_PA),
    Account("3530", "Särskild momsersättning", "income", 0.04, 8, "I", ("101",), departments=_HOMES),
    Account("3610", "Interna intäkter", "income", 0.14, 210, "I", ("101", "140")),
    Account("4110", "Hjälpmedel", "other_costs", 0.07, 190, "L", ("871", "830"), "invoices"),
    Account("4510", "Assistansersättning, första 20 timmarna", "other_costs", 0.21, 45, "L", ("811",), spread=0.3, departments=_PA),
    Account("4610", "Hemtjänst enligt LOV", "purchased_services", 0.26, 70, "L", ("871",), "summer", departments=_OFFICE),
    Account("4620", "Köp av särskilt boende", "purchased_services", 0.28, 85, "L", ("871", "820"), departments=_OFFICE),
    Account("4630", "Köp av boende enligt LSS", "purchased_services", 0.24, 55, "L", ("871", "820"), departments=(*_OFFICE, *_LSS)),
    Account("4640", "Köp av personlig assistans", "purchased_services", 0.13, 50, "L", ("871", "861"), departments=_PA),
    Account("5011", "Månadslöner", "personnel_costs", 0.495, EVERY, "P", (), spread=0.04),
    Account("5012", "Timlöner", "personnel_costs", 0.072, EVERY, "P", (), "summer", 0.25),
    Account("5020", "Ersättning för obekväm arbetstid", "personnel_costs", 0.058, EVERY, "P", (), spread=0.12, budgeted=False),
    Account("5030", "Övertid", "personnel_costs", 0.009, EVERY, "P", (), "summer", 0.6, budgeted=False),
    Account("5031", "Fyllnadstid", "personnel_costs", 0.003, EVERY, "P", (), "summer", 0.6, budgeted=False),
    Account("5040", "Semesterlön", "personnel_costs", 0.060, EVERY, "P", (), "holiday", 0.1, budgeted=False),
    Account("5050", "Sjuklön", "personnel_costs", 0.022, EVERY, "P", (), "colds", 0.3, budgeted=False),
    Account("5510", "Kostnadsersättningar", "personnel_costs", 0.002, EVERY, "P", (), spread=0.5, budgeted=False),
    Account("5610", "Arbetsgivaravgifter", "personnel_costs", 0.212, EVERY, "P", (), spread=0.04),
    Account("5620", "Avtalspensioner", "personnel_costs", 0.060, EVERY, "P", (), spread=0.04),
    Account("5910", "Personalsociala kostnader", "personnel_costs", 0.007, 120, "L", ("871", "861"), "invoices", budgeted=False),
    Account("6010", "Lokalhyror, kommunens lokaler", "premises_rent", 0.82, EVERY, "I", ("110",), spread=0.02),
    Account("6011", "Lokalhyror, andra hyresvärdar", "premises_rent", 0.18, 45, "L", ("850", "871"), spread=0.2, departments=_HOMES),
    Account("6130", "El och värme", "other_costs", 0.04, 110, "L", ("850", "871"), "winter"),
    Account("6160", "Brandskydd", "other_costs", 0.02, 14, "L", ("871", "110"), departments=_HOMES, since="2024-03", budgeted=False),
    Account("6410", "Förbrukningsinventarier", "other_costs", 0.07, 310, "L", ("871",), "invoices", 0.9),
    Account("6420", "Livsmedel", "other_costs", 0.10, 620, "L", ("871",), "invoices", 0.6),
    Account("6430", "Sjukvårdsmaterial", "other_costs", 0.07, 390, "L", ("871", "830"), "colds", 0.8),
    Account("6440", "Kontorsmaterial", "other_costs", 0.01, 90, "L", ("871", "874"), "invoices"),
    Account("6510", "Telefoni och IT", "other_costs", 0.07, 240, "I", ("130",), spread=0.4),
    Account("6930", "Bilar, leasing", "other_costs", 0.05, 130, "L", ("871",), spread=0.3),
    Account("7010", "Transporter", "other_costs", 0.04, 160, "L", ("871", "874"), "invoices"),
    Account("7110", "Resor", "other_costs", 0.01, 90, "L", ("871",), "invoices"),
    Account("7420", "Inhyrd personal", "purchased_services", 0.08, 75, "L", ("871", "874"), "summer"),
    Account("7421", "Inhyrda chefer", "purchased_services", 0.02, 6, "L", ("871", "874"), departments=_PA, since="2023-09", budgeted=False),
    Account("7510", "Utbildning", "other_costs", 0.02, 90, "L", ("871", "861"), "decisions"),
    Account("7610", "Måltider från kostenheten", "other_costs", 0.17, 230, "I", ("120",), spread=0.4, departments=_HOMES),
    Account("7910", "Avskrivningar", "other_costs", 0.05, 40, "I", ("101",), spread=0.2),
    Account("8410", "Ränteintäkter", "financial_net", 0.0, 1, "B", ("871",), departments=("verksamhetsstod",), budgeted=False),
    Account("8520", "Dröjsmålsräntor", "financial_net", 0.0, 3, "B", ("871",), departments=("verksamhetsstod",), budgeted=False),
)
FINANCIAL = {2022: {"8410": -4_410, "8520": 2_270}, 2023: {"8410": -10_950, "8520": 2_250}, 2024: {"8410": -1_180, "8520": 5_780}}
"""The two financial accounts of each year, kronor in the ledger's signs: they work against each other, so shares do not do."""
GRANT = Account("9010", "Kommunbidrag", "municipal_grant", 1.0, EVERY, "I", ("101",))

NAMES = {account.number: account.name for account in (*ACCOUNTS, GRANT)} | BALANCE_ACCOUNTS
TEXTS = {
    "L": ("Faktura {number}", "Placering {name}, vecka {week}", "Utlägg {name}", "{last} Fotvård {number}", "Beställning {number}"),
    "K": ("Avgift {name}", "Faktura {number}", "Hyra {name}", "Återbetalning {name}"),
    "P": ("Löner", "Löner", "Lönerättelse {name}", "Sjuklön {name}"),
    "I": ("Internfaktura {number}", "Månadsdebitering"),
    "B": ("Rättelse {name}", "Omföring enligt {name}", "Periodisering"),
}  # fmt: skip


@dataclass(frozen=True)
class _CostCentre:
    code: str
    department: str
    activities: tuple[str, ...]
    size: float


def write_ledger_extracts(inbox: Path, municipality: Municipality, seed: int = SEED) -> list[Path]:
    """Write all ledger extracts into `<inbox>/<id>-<name>/ledger/`; returns their paths, the same bytes for the same seed.

    36 months of transactions (December with period 13), control totals for every month but those of the SIE file, three
    budgets and thirty forecasts. KeyError if the municipality lacks one of the departments of the demonstration.
    """
    folder = inbox / municipality.folder.name / "ledger"
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for year in YEARS:
        rng = np.random.default_rng([seed, year])
        centres = _cost_centres(municipality, np.random.default_rng(seed))
        budget = _budget(year, centres)
        rows = _transactions(year, centres, budget, rng)
        rows["text"] = _texts(rows, rng)
        written.append(_write_csv(folder / f"budget_{year}.csv", _budget_extract(budget, municipality, year), _encoding(year)))
        for month in range(1, 13):
            period = f"{year}-{month:02}"
            if period not in SIE_MONTHS:
                delivered = rows[(rows["month"] == month) | ((month == 12) & (rows["month"] == CLOSING))]
                written += _write_month(folder, municipality, period, delivered)
            if month in FORECAST_RESULT[year]:
                forecast = _forecast(year, month, budget, rows, municipality, rng)
                written.append(_write_csv(folder / f"prognos_{period}.csv", forecast, "utf-8-sig"))
        if f"{year}-01" in SIE_MONTHS:
            path = folder / f"bokforing_{SIE_MONTHS[0]}_{SIE_MONTHS[-1]}.se"
            path.write_bytes(_sie(municipality, year, rows[rows["month"] <= len(SIE_MONTHS)]))
            written.append(path)
    return written


def _cost_centres(municipality: Municipality, rng: np.random.Generator) -> list[_CostCentre]:
    """Cost centres within each department's first interval: x100, x120, … with sizes that stay the same all years."""
    intervals = {department.id: department.cost_centres[0] for department in municipality.departments}
    centres = []
    for department, (count, activities, _) in DEPARTMENTS.items():
        first = int(intervals[department][0]) + 100
        sizes = rng.uniform(0.5, 1.5, count)
        centres += [_CostCentre(str(first + 20 * i), department, activities, size / sizes.sum()) for i, size in enumerate(sizes)]
    return centres


def _weights(account: Account, centres: list[_CostCentre], tilt: dict[str, float] | None = None) -> np.ndarray:
    """How an account's year is spread over the cost centres; adds up to 1."""
    share = {
        d: parts[SPREAD_LINES.index(account.line)] if account.line in SPREAD_LINES else 1.0 for d, (_, _, parts) in DEPARTMENTS.items()
    }
    chosen = account.departments or tuple(DEPARTMENTS)
    weights = np.array([c.size * share[c.department] * (tilt or {}).get(c.department, 1.0) * (c.department in chosen) for c in centres])
    return weights / weights.sum()


def _spread(total: int, weights: np.ndarray) -> np.ndarray:
    """`total` in whole units, spread by `weights`; what rounding leaves goes to the heaviest."""
    parts = np.rint(total * weights / weights.sum()).astype(np.int64)
    parts[np.argmax(np.abs(weights))] += total - parts.sum()
    return parts


def _budget(year: int, centres: list[_CostCentre]) -> pd.DataFrame:
    """The year's budget, kronor in the ledger's signs: version, month, account, line, cost_centre, department, activity."""
    first = {centre.department: centre for centre in reversed(centres)}
    departments = np.array([centre.department for centre in centres])
    found: list[tuple[str, int, str, str, _CostCentre, int]] = []
    balance: dict[tuple[str, str, int], int] = {}

    def put(version: str, account: Account, centre: _CostCentre, profile: Sequence[float], amount: int) -> None:
        for month, part in enumerate(_spread(amount, np.array(profile, dtype=float)), start=1):
            if part:
                found.append((version, month, account.number, account.line, centre, int(part)))
                key = (version, centre.department, month)
                balance[key] = balance.get(key, 0) + int(part)

    late = (0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)  # decided in April
    for line in SPREAD_LINES:
        decided_later = -SUPPLEMENT[year].get(line, 0)
        accounts = [account for account in ACCOUNTS if account.line == line and account.budgeted]
        shares = np.array([account.share for account in accounts])
        for account, amount in zip(accounts, _spread(-BUDGET[year][line] - decided_later, shares), strict=True):
            weights = _weights(account, centres, BUDGET_TILT)
            if account.rows != EVERY:  # only pay and rents are budgeted on every cost centre, the rest on the department's first
                weights = np.array([weights[departments == c.department].sum() if first[c.department] is c else 0.0 for c in centres])
            for centre, part in zip(centres, _spread(int(amount), weights), strict=True):
                put("kf-budget", account, centre, PROFILES[account.profile], int(part))
        heaviest = accounts[int(np.argmax(shares))]
        if decided_later:
            for centre, part in zip(centres, _spread(decided_later, _weights(heaviest, centres)), strict=True):
                put("tilläggsanslag", heaviest, centre, late, int(part))
    # Every department is granted what its budget costs, month by month.
    for (version, department, month), amount in balance.items():
        found.append((version, month, GRANT.number, GRANT.line, first[department], -amount))
    frame = pd.DataFrame(found, columns=["version", "month", "account", "line", "centre", "amount"])
    frame["cost_centre"] = [centre.code for centre in frame["centre"]]
    frame["department"] = [centre.department for centre in frame["centre"]]
    frame["activity"] = [centre.activities[0] for centre in frame["centre"]]
    return frame.drop(columns="centre").sort_values(["version", "month", "account", "cost_centre"], ignore_index=True)


def _transactions(year: int, centres: list[_CostCentre], budget: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """All rows of the year with vouchers and dates; amounts in öre, in the ledger's signs; month 13 is the closing."""
    parts = [_account_rows(year, account, centres, rng) for account in ACCOUNTS]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    rows["amount"] = np.int64(0)
    for line, kronor in OUTCOME[year].items():
        if line != "municipal_grant":
            _scale(rows, year, line, -round(kronor * 100))
    rows = pd.concat([rows, _corrections(rows, centres, rng), _grant_rows(budget), _unmapped_rows(year, centres)], ignore_index=True)
    return _vouchers(year, rows, rng)


def _account_rows(year: int, account: Account, centres: list[_CostCentre], rng: np.random.Generator) -> pd.DataFrame:
    weights = _weights(account, centres)
    found = []
    for month in range(1, CLOSING + 1):
        if f"{year}-{min(month, 12):02}" < account.since or (month == CLOSING and account.rows == EVERY):
            continue
        season = PROFILES[account.profile][min(month, 12) - 1]
        if account.rows == EVERY:
            chosen = np.repeat(np.flatnonzero(weights), 2 if account.series == "P" else 1)
            size = weights[chosen] * season
        elif month == CLOSING:
            chosen = rng.choice(len(centres), 2, p=weights)
            size = rng.choice([-0.4, 1.0], 2, p=[0.3, 0.7]) / account.rows  # accruals: most add, some are taken back
        else:
            count = max(1, round(account.rows * season**0.5 * rng.uniform(0.95, 1.05) * (1 + 0.02 * (year - YEARS[0]))))
            chosen = rng.choice(len(centres), count, p=weights)
            size = np.where(rng.random(count) < 0.02, -0.5, 1.0) * season / count  # one in fifty is a credit note
        size = size * rng.lognormal(0, account.spread, len(chosen)) * (1 + 0.003 * month)
        found.append(pd.DataFrame({"month": month, "centre": chosen, "size": size}))
    if not found:
        return pd.DataFrame()
    rows = pd.concat(found, ignore_index=True)
    rows["series"], rows["account"], rows["line"] = account.series, account.number, account.line
    rows["cost_centre"] = [centres[i].code for i in rows["centre"]]
    rows["department"] = [centres[i].department for i in rows["centre"]]
    second = rng.random(len(rows)) < 0.25
    rows["activity"] = [centres[i].activities[int(other)] for i, other in zip(rows["centre"], second, strict=True)]
    rows["counterparty"] = rng.choice(account.counterparties, len(rows)) if account.counterparties else ""
    in_project = (rng.random(len(rows)) < 0.6) & (account.counterparties == ("811",))  # most government grants are projects
    rows["project"] = np.where(in_project, f"P{year % 100}{account.number[2:]}", "")
    return rows.drop(columns="centre")


def _scale(rows: pd.DataFrame, year: int, line: str, total: int) -> None:
    """Set the line's amounts (öre) so that they add up to `total`: accounts by share, rows of an account by size."""
    accounts = [account for account in ACCOUNTS if account.line == line and account.since <= f"{year}-12"]
    if line == "financial_net":
        shares = [float(FINANCIAL[year][account.number]) for account in accounts]
    else:
        shares = [account.share * sum(account.since <= f"{year}-{month:02}" for month in range(1, 13)) for account in accounts]
    for account, amount in zip(accounts, _spread(total, np.array(shares)), strict=True):
        mine = rows["account"] == account.number
        rows.loc[mine, "amount"] = _spread(int(amount), rows.loc[mine, "size"].to_numpy())


def _corrections(rows: pd.DataFrame, centres: list[_CostCentre], rng: np.random.Generator) -> pd.DataFrame:
    """Rows of earlier months moved to another cost centre, booked in the month that was open; nothing is redelivered."""
    movable = rows[(rows["series"] == "L") & (rows["month"] < 12) & (rows["amount"] > 0)]
    wrong = movable.iloc[np.sort(rng.choice(len(movable), 170, replace=False))].copy()
    wrong["month"] = np.minimum(wrong["month"] + rng.integers(1, 4, len(wrong)), 12)
    wrong["series"], wrong["pair"] = "B", range(len(wrong))
    right = wrong.copy()
    chosen = rng.integers(0, len(centres), len(wrong))
    right["cost_centre"] = [centres[i].code for i in chosen]
    right["department"] = [centres[i].department for i in chosen]
    right["activity"] = [centres[i].activities[0] for i in chosen]
    wrong["amount"] *= -1
    return pd.concat([wrong, right]).sort_values("pair", kind="stable")


def _grant_rows(budget: pd.DataFrame) -> pd.DataFrame:
    """The grant, paid as budgeted: each department's, each month."""
    granted = budget[budget["line"] == GRANT.line]
    rows = granted.groupby(["month", "account", "line", "cost_centre", "department", "activity"], as_index=False)["amount"].sum()
    return rows.assign(series=GRANT.series, counterparty=GRANT.counterparties[0], project="", amount=rows["amount"] * 100)


def _unmapped_rows(year: int, centres: list[_CostCentre]) -> pd.DataFrame:
    """An account outside the configured intervals, with next to nothing that nets to zero: the warning should be seen."""
    if not UNMAPPED_MONTH.startswith(str(year)):
        return pd.DataFrame()
    last = centres[-1]
    row = {"month": int(UNMAPPED_MONTH[5:]), "series": "B", "account": UNMAPPED_ACCOUNT, "line": "", "cost_centre": last.code}
    row |= {"department": last.department, "activity": last.activities[0], "counterparty": "871", "project": "", "pair": -1}
    return pd.DataFrame([row | {"amount": 37}, row | {"amount": -37}])


def _vouchers(year: int, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Group rows into vouchers of one series, month and day; a payroll voucher is a cost centre's month."""
    rows["pair"] = rows["pair"].fillna(-2).astype(int)
    order = rng.random(len(rows))  # invoices arrive in no order; payroll, corrections and internal debits do
    rows["order"] = np.where(rows["series"].isin(["L", "K"]), order, 0.0)
    rows = rows.sort_values(["month", "series", "order", "pair", "cost_centre", "account"], kind="stable", ignore_index=True)
    position = rng.integers(1, 5, len(rows)).cumsum() // 8  # about three rows to a voucher
    grouped = np.where(rows["series"].isin(["L", "K", "I"]), position.astype(str), rows["pair"].astype(str))
    rows["group"] = np.where(rows["series"] == "P", rows["cost_centre"], grouped)
    rows["group"] = rows["month"].astype(str) + rows["series"] + rows["group"].astype(str)
    vouchers = rows.drop_duplicates("group")[["group", "series", "month"]].reset_index(drop=True)
    vouchers["voucher"] = vouchers.groupby("series").cumcount() + 1 + vouchers["series"].map(SERIES_BASE)
    days = {"P": (27, 28), "I": (15, 21), "B": (22, 29)}
    low = [days.get(series, (2, 29))[0] for series in vouchers["series"]]
    high = [days.get(series, (2, 29))[1] for series in vouchers["series"]]
    day = rng.integers(low, high)
    vouchers["posted"] = [
        date(year, 12, 31) if month == CLOSING else date(year, month, int(on)) for month, on in zip(vouchers["month"], day, strict=True)
    ]
    rows = rows.merge(vouchers[["group", "voucher", "posted"]], on="group", how="left", validate="many_to_one")
    rows["voucher_row"] = rows.groupby("group").cumcount() + 1
    rows["accounting_period"] = [f"{year}{month:02}" for month in rows["month"]]
    rows["internal"] = np.where(rows["counterparty"].isin(list(INTERNAL)), "ja", "nej")
    rows = rows.sort_values(["month", "posted", "series", "voucher", "voucher_row"], kind="stable", ignore_index=True)
    return rows.drop(columns=["size", "order", "pair", "group"])


def _texts(rows: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Voucher texts that name people, as real ones do: the platform must drop them."""
    picks = rng.integers(0, 2**31, (4, len(rows)))
    texts = []
    for series, template, first, last, number in zip(rows["series"], *picks, strict=True):
        family = INVENTED_LAST_NAMES[last % len(INVENTED_LAST_NAMES)]
        name = f"{INVENTED_FIRST_NAMES[first % len(INVENTED_FIRST_NAMES)]} {family}"
        pattern = TEXTS[series][template % len(TEXTS[series])]
        texts.append(pattern.format(name=name, last=family, number=100_000 + number % 900_000, week=1 + number % 52))
    return texts


def _encoding(year: int) -> str:
    """What the ledger exported in: Windows-1252 until it was upgraded."""
    return "cp1252" if year == 2022 else "utf-8-sig" if year == 2023 else "utf-8"


def _write_month(folder: Path, municipality: Municipality, period: str, rows: pd.DataFrame) -> Iterable[Path]:
    """The month's transactions and control totals, both as CSV or both as XLSX."""
    spelt = period.replace("-", "") if period < "2023" else period  # the contract knows both spellings
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
    classes = rows.assign(account_class=rows["account"].str[0]).groupby(["accounting_period", "account_class"])["amount"]
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
    if period in XLSX_MONTHS:
        yield _write_xlsx(folder / f"kontrollsummor_{period}.xlsx", controls, "summa")
        yield _write_xlsx(folder / f"transaktioner_{period}.xlsx", transactions, "belopp")
        return
    encoding = _encoding(int(period[:4]))
    yield _write_csv(folder / f"kontrollsummor_{period}.csv", controls.assign(summa=_comma(controls["summa"])), encoding)
    yield _write_csv(folder / f"transaktioner_{period}.csv", transactions.assign(belopp=_comma(transactions["belopp"])), encoding)


def _budget_extract(budget: pd.DataFrame, municipality: Municipality, year: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kommun": municipality.id,
            "ar": str(year),
            "version": budget["version"],
            "manad": [f"{year}-{month:02}" for month in budget["month"]],
            "konto": budget["account"],
            "ansvar": budget["cost_centre"],
            "verksamhet": budget["activity"],
            "belopp": _comma(budget["amount"] * 100),
        }
    )


def _forecast(
    year: int, month: int, budget: pd.DataFrame, rows: pd.DataFrame, municipality: Municipality, rng: np.random.Generator
) -> pd.DataFrame:
    """The full-year forecast made after `month`: between budget and outcome, nearer the outcome as the year goes on.

    Whole thousands. What the controllers' total was is given (`FORECAST_RESULT`); verksamhetsstöd's other costs hold the rest.
    """
    decided = budget.groupby(["department", "line"])["amount"].sum()
    came_to = rows[rows["line"] != ""].groupby(["department", "line"])["amount"].sum() / 100
    both = pd.concat([decided.rename("budget"), came_to.rename("actual")], axis=1).fillna(0.0).sort_index()
    known = (month / 12) ** 0.7
    noise = rng.normal(0, 0.01, len(both)) * (1 - known) * both["budget"].abs()
    expected = both["budget"] + (both["actual"] - both["budget"]) * known + noise.where(both["budget"] != both["actual"], 0.0)
    thousands = (expected / 1000).round().astype(int)
    thousands["verksamhetsstod", "other_costs"] += -FORECAST_RESULT[year][month] - thousands.sum()
    made_on = date(year + month // 12, month % 12 + 1, 12)
    authors = {
        department: f"{INVENTED_FIRST_NAMES[i]} {INVENTED_LAST_NAMES[i]}" for i, department in enumerate(DEPARTMENTS, start=year - YEARS[0])
    }
    index = thousands.index.to_frame(index=False)
    return pd.DataFrame(
        {
            "kommun": municipality.id,
            "period": f"{year}-{month:02}",
            "avdelning": index["department"],
            "rad": index["line"],
            "upprattad_av": index["department"].map(authors),
            "datum": made_on.isoformat(),
            "belopp": _comma(thousands.reset_index(drop=True) * 100_000),
        }
    )


def _comma(amounts: pd.Series) -> list[str]:
    """Öre as kronor with a decimal comma and no mark between thousands."""
    return [f"{'-' if amount < 0 else ''}{abs(amount) // 100},{abs(amount) % 100:02}" for amount in amounts]


def _write_csv(path: Path, frame: pd.DataFrame, encoding: str) -> Path:
    frame.to_csv(path, sep=";", index=False, encoding=encoding, lineterminator="\r\n" if encoding == "cp1252" else "\n")
    return path


def _write_xlsx(path: Path, frame: pd.DataFrame, amount: str) -> Path:
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


def _sie(municipality: Municipality, year: int, rows: pd.DataFrame) -> bytes:
    """The months as one SIE 4E file, year to date, with the balance sheet rows that make every voucher balance."""
    dimensions = municipality.sie_dimensions
    last_day = calendar.monthrange(year, len(SIE_MONTHS))[1]
    lines = [
        "#FLAGGA 0", '#PROGRAM "Demonstrationsekonomi" 1.0', "#FORMAT PC8", f'#GEN {year}{len(SIE_MONTHS) + 1:02}08 "Ekonomi"', "#SIETYP 4",
        f"#ORGNR {municipality.organisation_number}", f'#FNAMN "{municipality.name} kommun, {municipality.board}"',
        f"#RAR 0 {year}0101 {year}1231", f"#RAR -1 {year - 1}0101 {year - 1}1231", f"#OMFATTN {year}{len(SIE_MONTHS):02}{last_day}",
    ]  # fmt: skip
    lines += [f'#KONTO {number} "{name}"' for number, name in sorted(NAMES.items())]
    titles = {"cost_centre": "Ansvar", "project": "Projekt", "activity": "Verksamhet", "counterparty": "Motpart", "is_internal": "Intern"}
    lines += [f'#DIM {dimensions[column]} "{title}"' for column, title in titles.items()] + ['#DIM 7 "Anställd"']
    lines += [f'#OBJEKT {dimensions["counterparty"]} "{code}" "{name}"' for code, name in (INTERNAL | EXTERNAL).items()]
    employees = {str(104_000 + i): f"{first} {INVENTED_LAST_NAMES[i]}" for i, first in enumerate(INVENTED_FIRST_NAMES[:20])}
    lines += [f'#OBJEKT 7 "{number}" "{name}"' for number, name in employees.items()]

    booked: Counter[tuple[int, str]] = Counter()  # öre by month and account: for the file's own totals
    vouchers: list[str] = []
    for _, group in groupby(rows.to_dict("records"), key=lambda row: row["voucher"]):  # the rows stand in vouchers
        voucher = list(group)
        series, number, posted = voucher[0]["series"], voucher[0]["voucher"], f"{voucher[0]['posted']:%Y%m%d}"
        vouchers += [f'#VER "{series}" {number} {posted} "{_quoted(voucher[0]["text"])}" {posted}', "{"]
        for row in voucher:
            objects = [
                f'{dimensions[column]} "{row[column]}"' for column in ("cost_centre", "activity", "project", "counterparty") if row[column]
            ]
            objects.append(f'{dimensions["is_internal"]} "{row["internal"]}"')
            if row["account"] == "5050":
                objects.append(f'7 "{104_000 + number % len(employees)}"')
            vouchers.append(f'#TRANS {row["account"]} {{{" ".join(objects)}}} {_point(row["amount"])} {posted} "{_quoted(row["text"])}"')
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
    lines += [f"#PSALDO 0 {year}{month:02} {account} {{}} {_point(booked[month, account])}" for month, account in sorted(booked)]
    return "".join(f"{line}\r\n" for line in [*lines, *vouchers]).encode("cp437")


def _point(amount: int) -> str:
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02}"


def _quoted(text: str) -> str:
    return text.replace('"', '\\"')
