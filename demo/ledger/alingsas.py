"""Alingsås' ledger: transactions, control totals, budget and forecasts, 2022-2024, made from a seed.

Belongs here: invented rows, spread over accounts, cost centres and months, and scaled so that the year adds up to the
printed figures of 2023 and 2024. Does not belong here: any formula of the platform. Nothing is shared with the models:
what they arrive at, they compute from these rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from demo.ledger.bookings import CLOSING, PROFILES, forecast, spread, texts, vouchers
from demo.ledger.files import budget_extract, forecast_extract, sie, write_csv, write_month
from ingestion.configuration.municipality import Municipality

YEARS = (2022, 2023, 2024)
SIE_MONTHS = tuple(f"2023-{month:02}" for month in range(1, 7))
XLSX_MONTHS = ("2022-09", "2024-05")
UNMAPPED_MONTH, UNMAPPED_ACCOUNT = "2024-03", "8690"
SEED = 1489

# What the year comes to, in kronor and in the signs of the operating statement (income +, cost -). 2023 and 2024 print
# as in the board's annual report of 2024, every cell rounded by itself; 2022 was not printed and is invented.
OUTCOME: dict[int, dict[str, float]] = {
    2022: {
        "income": 221_406_310.24,
        "personnel_costs": -733_918_442.61,
        "premises_rent": -95_221_706.00,
        "purchased_services": -176_304_118.42,
        "other_costs": -82_776_905.33,
        "municipal_grant": 869_400_000.00,
        "financial_net": 2_140.00,
    },
    2023: {
        "income": 237_998_104.18,
        "personnel_costs": -772_705_021.40,
        "premises_rent": -100_637_011.36,
        "purchased_services": -187_011_873.20,
        "other_costs": -89_874_098.22,
        "municipal_grant": 913_280_000.00,
        "financial_net": 8_700.00,
    },
    2024: {
        "income": 254_669_214.37,
        "personnel_costs": -821_815_087.12,
        "premises_rent": -114_173_911.50,
        "purchased_services": -188_450_893.25,
        "other_costs": -94_684_922.50,
        "municipal_grant": 966_333_000.00,
        "financial_net": -4_600.00,
    },
}
BUDGET: dict[int, dict[str, int]] = {
    2022: {
        "income": 186_900_000,
        "personnel_costs": -719_400_000,
        "premises_rent": -95_000_000,
        "purchased_services": -166_200_000,
        "other_costs": -75_700_000,
        "municipal_grant": 869_400_000,
    },
    2023: {
        "income": 197_260_000,
        "personnel_costs": -760_190_000,
        "premises_rent": -100_400_000,
        "purchased_services": -171_350_000,
        "other_costs": -78_600_000,
        "municipal_grant": 913_280_000,
    },
    2024: {
        "income": 206_297_000,
        "personnel_costs": -802_020_000,
        "premises_rent": -113_241_000,
        "purchased_services": -176_046_000,
        "other_costs": -81_323_000,
        "municipal_grant": 966_333_000,
    },
}
SUPPLEMENT: dict[int, dict[str, int]] = {
    2022: {"personnel_costs": -4_000_000, "other_costs": -500_000, "municipal_grant": 4_500_000},
    2023: {"personnel_costs": -5_200_000, "purchased_services": -2_000_000, "municipal_grant": 7_200_000},
    2024: {
        "income": 1_500_000,
        "personnel_costs": -6_400_000,
        "premises_rent": -3_100_000,
        "municipal_grant": 8_000_000,
    },
}
"""The part of `BUDGET` that was decided during the year (tilläggsanslag); the rest is the budget of the council."""

FORECAST_RESULT: dict[int, dict[int, int]] = {
    2022: {2: -1_500, 3: -900, 4: 0, 5: 300, 6: 800, 8: 1_000, 9: 1_400, 10: 1_900, 11: 2_300, 12: 2_500},
    2023: {2: -6_000, 3: -5_200, 4: -4_000, 5: -3_500, 6: -2_800, 8: -1_500, 9: -900, 10: 0, 11: 700, 12: 1_000},
    2024: {2: -3_500, 3: -2_000, 4: 0, 5: -1_400, 6: -600, 8: 0, 9: 700, 10: 1_100, 11: 1_500, 12: 1_800},
}
"""Forecast of the year's result by month, tkr. April (extended follow-up) and August (interim report) of 2024 are
printed: 0.
"""

EVERY = 0
"""Rows of an account: one or more for each cost centre, instead of a number a month."""

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


_PA, _OFFICE, _LSS = (
    ("personlig_assistans_och_stod",),
    ("myndighet_och_kommunal_primarvard",),
    ("lss_boende_och_arbete",),
)
_HOMES = ("aldreboende", "lss_boende_och_arbete")
ACCOUNTS = (
    Account("3110", "Avgifter hemtjänst", "income", 0.10, 190, "K", ("881",), departments=("hemtjanst",)),
    Account("3120", "Hyror särskilt boende", "income", 0.17, 220, "K", ("881",), spread=0.3, departments=_HOMES),
    Account("3130", "Måltidsavgifter", "income", 0.07, 180, "K", ("881",), spread=0.3, departments=_HOMES),
    Account(
        "3410", "Försäljning till andra kommuner", "income", 0.05, 30, "K", ("820",), departments=(*_LSS, *_OFFICE)
    ),
    Account(
        "3510",
        "Statsbidrag",
        "income",
        0.12,
        12,
        "K",
        ("811",),
        "decisions",
        departments=("verksamhetsstod", "aldreboende"),
    ),
    Account(
        "3511",
        "Äldreomsorgslyftet",
        "income",
        0.03,
        6,
        "K",
        ("811",),
        "decisions",
        departments=("aldreboende",),
        budgeted=False,
    ),
    Account(
        "3512",
        "Bidrag god och nära vård",
        "income",
        0.02,
        3,
        "K",
        ("811",),
        departments=_OFFICE,
        since="2023-08",
        budgeted=False,
    ),
    Account(
        "3513",
        "Statsbidrag äldreomsorg 2024",
        "income",
        0.04,
        4,
        "K",
        ("811",),
        "decisions",
        since="2024-02",
        budgeted=False,
    ),
    Account(
        "3520", "Ersättning från Försäkringskassan", "income", 0.26, 60, "K", ("811",), spread=0.3, departments=_PA
    ),
    Account("3530", "Särskild momsersättning", "income", 0.04, 8, "I", ("101",), departments=_HOMES),
    Account("3610", "Interna intäkter", "income", 0.14, 210, "I", ("101", "140")),
    Account("4110", "Hjälpmedel", "other_costs", 0.07, 190, "L", ("871", "830"), "invoices"),
    Account(
        "4510",
        "Assistansersättning, första 20 timmarna",
        "other_costs",
        0.21,
        45,
        "L",
        ("811",),
        spread=0.3,
        departments=_PA,
    ),
    Account(
        "4610", "Hemtjänst enligt LOV", "purchased_services", 0.26, 70, "L", ("871",), "summer", departments=_OFFICE
    ),
    Account("4620", "Köp av särskilt boende", "purchased_services", 0.28, 85, "L", ("871", "820"), departments=_OFFICE),
    Account(
        "4630",
        "Köp av boende enligt LSS",
        "purchased_services",
        0.24,
        55,
        "L",
        ("871", "820"),
        departments=(*_OFFICE, *_LSS),
    ),
    Account("4640", "Köp av personlig assistans", "purchased_services", 0.13, 50, "L", ("871", "861"), departments=_PA),
    Account(
        "4650",
        "Utskrivningsklara patienter",
        "purchased_services",
        0.0,
        3,
        "L",
        ("830",),
        departments=_OFFICE,
        budgeted=False,
    ),
    Account("5011", "Månadslöner", "personnel_costs", 0.495, EVERY, "P", (), spread=0.04),
    Account("5012", "Timlöner", "personnel_costs", 0.072, EVERY, "P", (), "summer", 0.25),
    Account(
        "5020",
        "Ersättning för obekväm arbetstid",
        "personnel_costs",
        0.058,
        EVERY,
        "P",
        (),
        spread=0.12,
        budgeted=False,
    ),
    Account("5030", "Övertid", "personnel_costs", 0.009, EVERY, "P", (), "summer", 0.6, budgeted=False),
    Account("5031", "Fyllnadstid", "personnel_costs", 0.003, EVERY, "P", (), "summer", 0.6, budgeted=False),
    Account("5040", "Semesterlön", "personnel_costs", 0.060, EVERY, "P", (), "holiday", 0.1, budgeted=False),
    Account("5050", "Sjuklön", "personnel_costs", 0.022, EVERY, "P", (), "colds", 0.3, budgeted=False),
    Account("5510", "Kostnadsersättningar", "personnel_costs", 0.002, EVERY, "P", (), spread=0.5, budgeted=False),
    Account("5610", "Arbetsgivaravgifter", "personnel_costs", 0.212, EVERY, "P", (), spread=0.04),
    Account("5620", "Avtalspensioner", "personnel_costs", 0.060, EVERY, "P", (), spread=0.04),
    Account(
        "5910",
        "Personalsociala kostnader",
        "personnel_costs",
        0.007,
        120,
        "L",
        ("871", "861"),
        "invoices",
        budgeted=False,
    ),
    Account("6010", "Lokalhyror, kommunens lokaler", "premises_rent", 0.82, EVERY, "I", ("110",), spread=0.02),
    Account(
        "6011",
        "Lokalhyror, andra hyresvärdar",
        "premises_rent",
        0.18,
        45,
        "L",
        ("850", "871"),
        spread=0.2,
        departments=_HOMES,
    ),
    Account("6130", "El och värme", "other_costs", 0.04, 110, "L", ("850", "871"), "winter"),
    Account(
        "6160",
        "Brandskydd",
        "other_costs",
        0.02,
        14,
        "L",
        ("871", "110"),
        departments=_HOMES,
        since="2024-03",
        budgeted=False,
    ),
    Account("6410", "Förbrukningsinventarier", "other_costs", 0.07, 310, "L", ("871",), "invoices", 0.9),
    Account("6420", "Livsmedel", "other_costs", 0.10, 620, "L", ("871",), "invoices", 0.6),
    Account("6430", "Sjukvårdsmaterial", "other_costs", 0.07, 390, "L", ("871", "830"), "colds", 0.8),
    Account("6440", "Kontorsmaterial", "other_costs", 0.01, 90, "L", ("871", "874"), "invoices"),
    Account("6510", "Telefoni och IT", "other_costs", 0.07, 240, "I", ("130",), spread=0.4),
    Account("6930", "Bilar, leasing", "other_costs", 0.05, 130, "L", ("871",), spread=0.3),
    Account("7010", "Transporter", "other_costs", 0.04, 160, "L", ("871", "874"), "invoices"),
    Account("7110", "Resor", "other_costs", 0.01, 90, "L", ("871",), "invoices"),
    Account("7420", "Inhyrd personal", "purchased_services", 0.08, 75, "L", ("871", "874"), "summer"),
    Account(
        "7421",
        "Inhyrda chefer",
        "purchased_services",
        0.02,
        6,
        "L",
        ("871", "874"),
        departments=_PA,
        since="2023-09",
        budgeted=False,
    ),
    Account("7510", "Utbildning", "other_costs", 0.02, 90, "L", ("871", "861"), "decisions"),
    Account(
        "7610", "Måltider från kostenheten", "other_costs", 0.17, 230, "I", ("120",), spread=0.4, departments=_HOMES
    ),
    Account("7910", "Avskrivningar", "other_costs", 0.05, 40, "I", ("101",), spread=0.2),
    Account(
        "8410",
        "Ränteintäkter",
        "financial_net",
        0.0,
        1,
        "B",
        ("871",),
        departments=("verksamhetsstod",),
        budgeted=False,
    ),
    Account(
        "8520",
        "Dröjsmålsräntor",
        "financial_net",
        0.0,
        3,
        "B",
        ("871",),
        departments=("verksamhetsstod",),
        budgeted=False,
    ),
)
FIXED = {
    2022: {"8410": -4_410, "8520": 2_270, "4650": 811_600},
    2023: {"8410": -10_950, "8520": 2_250, "4650": 599_900},
    2024: {"8410": -1_180, "8520": 5_780, "4650": 99_900},
}
"""Accounts whose year is known by itself, kronor in the ledger's signs: the two financial ones work against each other,
so shares do not do; what is paid for patients ready for discharge is told in the review of 2025-2026 (600 tkr, 500 000
kr less the year after).
"""
GRANT = Account("9010", "Kommunbidrag", "municipal_grant", 1.0, EVERY, "I", ("101",))

NAMES = {account.number: account.name for account in (*ACCOUNTS, GRANT)}


@dataclass(frozen=True)
class _CostCentre:
    code: str
    department: str
    activities: tuple[str, ...]
    size: float


def write_alingsas(folder: Path, municipality: Municipality, seed: int = SEED) -> list[Path]:
    """Write all extracts into `folder`; returns their paths, the same bytes for the same seed.

    36 months of transactions (December with period 13), control totals for every month but those of the SIE file, three
    budgets and thirty forecasts. KeyError if the municipality lacks one of the departments of the demonstration.
    """
    written: list[Path] = []
    for year in YEARS:
        rng = np.random.default_rng([seed, year])
        centres = _cost_centres(municipality, np.random.default_rng(seed))
        budget = _budget(year, centres)
        rows = _transactions(year, centres, budget, rng)
        rows["text"] = texts(rows, rng)
        written.append(
            write_csv(folder / f"budget_{year}.csv", budget_extract(budget, municipality, year), _encoding(year))
        )
        for month in range(1, 13):
            period = f"{year}-{month:02}"
            if period not in SIE_MONTHS:
                delivered = rows[(rows["month"] == month) | ((month == 12) & (rows["month"] == CLOSING))]
                written += write_month(
                    folder, municipality, period, delivered, None if period in XLSX_MONTHS else _encoding(year)
                )
            if month in FORECAST_RESULT[year]:
                expected = forecast(
                    month, budget, rows, FORECAST_RESULT[year][month], ("verksamhetsstod", "other_costs"), rng
                )
                delivered = forecast_extract(expected, municipality, year, month, _authors(year))
                written.append(write_csv(folder / f"prognos_{period}.csv", delivered, "utf-8-sig"))
        if f"{year}-01" in SIE_MONTHS:
            path = folder / f"bokforing_{SIE_MONTHS[0]}_{SIE_MONTHS[-1]}.se"
            path.write_bytes(sie(municipality, year, len(SIE_MONTHS), rows, NAMES, sick_pay="5050"))
            written.append(path)
    return written


def _cost_centres(municipality: Municipality, rng: np.random.Generator) -> list[_CostCentre]:
    """Cost centres within each department's first interval: x100, x120, … with sizes that stay the same all years."""
    intervals = {department.id: department.cost_centres[0] for department in municipality.departments}
    centres = []
    for department, (count, activities, _) in DEPARTMENTS.items():
        first = int(intervals[department][0]) + 100
        sizes = rng.uniform(0.5, 1.5, count)
        centres += [
            _CostCentre(str(first + 20 * i), department, activities, size / sizes.sum()) for i, size in enumerate(sizes)
        ]
    return centres


def _weights(account: Account, centres: list[_CostCentre], tilt: dict[str, float] | None = None) -> np.ndarray:
    """How an account's year is spread over the cost centres; adds up to 1."""
    share = {
        d: parts[SPREAD_LINES.index(account.line)] if account.line in SPREAD_LINES else 1.0
        for d, (_, _, parts) in DEPARTMENTS.items()
    }
    chosen = account.departments or tuple(DEPARTMENTS)
    weights = np.array(
        [c.size * share[c.department] * (tilt or {}).get(c.department, 1.0) * (c.department in chosen) for c in centres]
    )
    shares: np.ndarray = weights / weights.sum()
    return shares


def _budget(year: int, centres: list[_CostCentre]) -> pd.DataFrame:
    """The year's budget, kronor in the ledger's signs: version, month, account, line, cost_centre, department,
    activity.
    """
    first = {centre.department: centre for centre in reversed(centres)}
    departments = np.array([centre.department for centre in centres])
    found: list[tuple[str, int, str, str, _CostCentre, int]] = []
    balance: dict[tuple[str, str, int], int] = {}

    def put(version: str, account: Account, centre: _CostCentre, profile: Sequence[float], amount: int) -> None:
        for month, part in enumerate(spread(amount, np.array(profile, dtype=float)), start=1):
            if part:
                found.append((version, month, account.number, account.line, centre, int(part)))
                key = (version, centre.department, month)
                balance[key] = balance.get(key, 0) + int(part)

    late = (0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)  # decided in April
    for line in SPREAD_LINES:
        decided_later = -SUPPLEMENT[year].get(line, 0)
        accounts = [account for account in ACCOUNTS if account.line == line and account.budgeted]
        shares = np.array([account.share for account in accounts])
        for account, amount in zip(accounts, spread(-BUDGET[year][line] - decided_later, shares), strict=True):
            weights = _weights(account, centres, BUDGET_TILT)
            if (
                account.rows != EVERY
            ):  # only pay and rents are budgeted on every cost centre, the rest on the department's first
                weights = np.array(
                    [weights[departments == c.department].sum() if first[c.department] is c else 0.0 for c in centres]
                )
            for centre, part in zip(centres, spread(int(amount), weights), strict=True):
                put("kf-budget", account, centre, PROFILES[account.profile], int(part))
        heaviest = accounts[int(np.argmax(shares))]
        if decided_later:
            for centre, part in zip(centres, spread(decided_later, _weights(heaviest, centres)), strict=True):
                put("tilläggsanslag", heaviest, centre, late, int(part))
    # Every department is granted what its budget costs, month by month.
    for (version, department, month), amount in balance.items():
        found.append((version, month, GRANT.number, GRANT.line, first[department], -amount))
    frame = pd.DataFrame(found, columns=["version", "month", "account", "line", "centre", "amount"])
    frame["cost_centre"] = [centre.code for centre in frame["centre"]]
    frame["department"] = [centre.department for centre in frame["centre"]]
    frame["activity"] = [centre.activities[0] for centre in frame["centre"]]
    return frame.drop(columns="centre").sort_values(["version", "month", "account", "cost_centre"], ignore_index=True)


def _transactions(
    year: int, centres: list[_CostCentre], budget: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """All rows of the year with vouchers and dates; amounts in öre, in the ledger's signs; month 13 is the closing."""
    parts = [_account_rows(year, account, centres, rng) for account in ACCOUNTS]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    rows["amount"] = np.int64(0)
    for line, kronor in OUTCOME[year].items():
        if line != "municipal_grant":
            _scale(rows, year, line, -round(kronor * 100))
    rows = pd.concat(
        [rows, _corrections(rows, centres, rng), _grant_rows(budget), _unmapped_rows(year, centres)], ignore_index=True
    )
    return vouchers(year, rows, rng)


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
    in_project = (rng.random(len(rows)) < 0.6) & (
        account.counterparties == ("811",)
    )  # most government grants are projects
    rows["project"] = np.where(in_project, f"P{year % 100}{account.number[2:]}", "")
    return rows.drop(columns="centre")


def _scale(rows: pd.DataFrame, year: int, line: str, total: int) -> None:
    """Set the line's amounts (öre) so that they add up to `total`: accounts by share, rows of an account by size."""
    accounts = [account for account in ACCOUNTS if account.line == line and account.since <= f"{year}-12"]
    fixed = {account.number: 100 * FIXED[year][account.number] for account in accounts if account.number in FIXED[year]}
    rest = [account for account in accounts if account.number not in fixed]
    shares = [account.share * sum(account.since <= f"{year}-{month:02}" for month in range(1, 13)) for account in rest]
    by_share = spread(total - sum(fixed.values()), np.array(shares)) if rest else np.array([])
    for number, amount in (
        fixed | {account.number: int(part) for account, part in zip(rest, by_share, strict=True)}
    ).items():
        mine = rows["account"] == number
        rows.loc[mine, "amount"] = spread(amount, rows.loc[mine, "size"].to_numpy())


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
    rows = granted.groupby(["month", "account", "line", "cost_centre", "department", "activity"], as_index=False)[
        "amount"
    ].sum()
    booked: pd.DataFrame = rows.assign(
        series=GRANT.series, counterparty=GRANT.counterparties[0], project="", amount=rows["amount"] * 100
    )
    return booked


def _unmapped_rows(year: int, centres: list[_CostCentre]) -> pd.DataFrame:
    """An account outside the configured intervals, with next to nothing that nets to zero: the warning should be seen."""
    if not UNMAPPED_MONTH.startswith(str(year)):
        return pd.DataFrame()
    last = centres[-1]
    row = {
        "month": int(UNMAPPED_MONTH[5:]),
        "series": "B",
        "account": UNMAPPED_ACCOUNT,
        "line": "",
        "cost_centre": last.code,
    }
    row |= {
        "department": last.department,
        "activity": last.activities[0],
        "counterparty": "871",
        "project": "",
        "pair": -1,
    }
    return pd.DataFrame([row | {"amount": 37}, row | {"amount": -37}])


def _encoding(year: int) -> str:
    """What the ledger exported in: Windows-1252 until it was upgraded."""
    return "cp1252" if year == 2022 else "utf-8-sig" if year == 2023 else "utf-8"


def _authors(year: int) -> dict[str, str]:
    """Who made each department's forecasts."""
    people = enumerate(DEPARTMENTS, start=year - YEARS[0])
    return {department: f"{INVENTED_FIRST_NAMES[i]} {INVENTED_LAST_NAMES[i]}" for i, department in people}
