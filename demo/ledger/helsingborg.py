"""Helsingborg's ledger: transactions 2020-2024, control totals, budgets and forecasts of 2023 and 2024, made from a
seed.

Belongs here: the areas of the annual report of 2024 with what they came to, spread over cost centres, accounts and
months. 2020-2022
are in print only as a result: a few rows a month carry them, too few for drift to be judged by. Does not belong here:
any formula of the platform.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from demo.ledger.bookings import CLOSING, PROFILES, forecast, spread, texts, vouchers
from demo.ledger.files import budget_extract, forecast_extract, sie, write_csv, write_month
from ingestion.configuration.municipality import Municipality

SEED = 1283
XLSX_MONTH = "2024-09"
SIE_MONTHS = 11
TKR = 100_000
"""Öre in a thousand kronor: amounts below are in tkr, in the signs of the operating statement."""

WHOLE_YEARS = {
    2020: (2_030_400, 0, 331_260, -6_627),
    2021: (2_118_700, 0, 352_140, 77_389),
    2022: (2_231_900, 0, 366_480, 88_704),
}
"""Municipal grant, disposition of the accumulated result, income and (printed) result; the costs are the rest."""

DISPOSITION = 1_200
CLOSING_COSTS = {2020: 45, 2021: 60, 2022: 71, 2023: 84, 2024: 192}
"""Costs booked in period 13, tkr. The key figures of 2024 were taken before the closing: they print the result as 15
907, not 15 715.
"""


@dataclass(frozen=True)
class Year:
    """An area's year, tkr: the frame that it was given, its budgeted and its booked income, and its result (outcome -
    budget).
    """

    frame: int
    budgeted_income: int
    income: int
    result: int


@dataclass(frozen=True)
class Area:
    """An area of the print, or a part of one: its cost centres, the accounts of its costs (`MIXES`) and its years."""

    id: str
    department: str
    centres: tuple[str, ...]
    activity: str
    mix: str
    years: dict[int, Year]


def _centres(first: int, count: int, step: int = 100) -> tuple[str, ...]:
    return tuple(str(first + step * i) for i in range(count))


_HOMES = tuple(code for home in range(230_100, 238_000, 1_000) for code in _centres(home, 2))
# The frames of 2024 are printed in whole hundreds of tkr, the grant to the thousand: they add up to the grant here.
AREAS = (
    Area(
        "intakter",
        "intakter",
        _centres(100_100, 2),
        "900",
        "",
        {
            2023: Year(-190_000, 190_000, 203_579, 13_579),
            2024: Year(-200_000, 200_000, 211_268, 11_268),
        },
    ),
    Area("hsl", "aldreomsorg", _centres(210_100, 6), "530", "care", {2024: Year(262_400, 9_000, 14_100, -15_812)}),
    Area(
        "ordinart_boende",
        "aldreomsorg",
        _centres(220_100, 10),
        "510",
        "care",
        {
            2023: Year(634_200, 24_000, 25_600, -9_400),
            2024: Year(498_000, 24_000, 25_300, 4_618),
        },
    ),
    Area(
        "vardboenden",
        "aldreomsorg",
        _HOMES,
        "512",
        "care",
        {
            2023: Year(778_300, 80_000, 81_400, -16_200),
            2024: Year(755_980, 96_000, 87_500, -10_790),
        },
    ),
    Area(
        "utveckling_aldreomsorg",
        "aldreomsorg",
        _centres(290_100, 1),
        "535",
        "office",
        {
            2023: Year(25_500, 2_500, 2_450, 367),
            2024: Year(28_000, 3_000, 2_900, 680),
        },
    ),
    Area(
        "funktionsstod",
        "funktionsstod",
        _centres(300_100, 16),
        "513",
        "care",
        {
            2023: Year(468_000, 40_000, 38_700, -9_425),
            2024: Year(543_412, 46_000, 44_900, -20_242),
        },
    ),
    Area(
        "myndighetsavdelning",
        "myndighetsavdelning",
        _centres(400_100, 4),
        "511",
        "office",
        {
            2023: Year(61_500, 2_000, 3_200, 3_271),
            2024: Year(65_986, 2_000, 2_300, 2_775),
        },
    ),
    Area(
        "stodfunktion",
        "stodfunktion",
        _centres(500_100, 4),
        "900",
        "office",
        {
            2023: Year(128_000, 3_000, 2_900, 9_333),
            2024: Year(139_021, 3_000, 2_750, 4_944),
        },
    ),
    Area(
        "upphandlad_verksamhet",
        "upphandlad_verksamhet",
        _centres(600_100, 3),
        "516",
        "procured",
        {
            2023: Year(82_000, 7_000, 5_100, 2_734),
            2024: Year(89_975, 7_000, 4_900, -2_413),
        },
    ),
    Area(
        "externa_placeringar",
        "externa_placeringar",
        _centres(650_100, 2),
        "517",
        "placed",
        {
            2023: Year(306_400, 2_000, 2_030, 10_771),
            2024: Year(243_030, 2_000, 2_058, 4_442),
        },
    ),
    Area(
        "forvaltningsgemensamt",
        "forvaltningsgemensamt",
        _centres(900_100, 3),
        "901",
        "office",
        {
            2023: Year(54_941, 9_500, 9_655, 17_297),
            2024: Year(61_185, 8_000, 8_735, 36_245),
        },
    ),
)
MOVED = {2023: {}, 2024: {"hsl": 4_000, "forvaltningsgemensamt": -4_000}}
"""The part of the frames that was moved between areas during the year (ombudgetering, from September), tkr."""

ACCOUNTS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "30110": ("Avgifter", "K", "even", ("881",)),
    "32110": ("Måltidsavgifter", "K", "even", ("881",)),
    "34110": ("Hyror vårdboende", "K", "even", ("881",)),
    "35110": ("Äldreomsorgssatsningen", "K", "decisions", ("811",)),
    "35120": ("Äldreomsorgslyftet", "K", "decisions", ("811",)),
    "35130": ("God och nära vård", "K", "decisions", ("811",)),
    "35140": ("Habiliteringsersättning", "K", "decisions", ("811",)),
    "35150": ("Beredskap", "K", "decisions", ("811",)),
    "35160": ("Ofrivillig ensamhet", "K", "decisions", ("811",)),
    "35170": ("Återhämtningsbonus", "K", "decisions", ("811",)),
    "35180": ("Utökad sjuksköterskebemanning", "K", "decisions", ("811",)),
    "36110": ("Försäljning av verksamhet", "K", "even", ("820", "811")),
    "42110": ("Sjukvårdsmaterial", "L", "colds", ("871", "830")),
    "45110": ("Köpta platser i vårdboende", "L", "even", ("871", "820")),
    "45210": ("Köpta platser enligt LSS", "L", "even", ("871", "820")),
    "45310": ("Vårdboende på entreprenad", "L", "even", ("871",)),
    "45320": ("Daglig verksamhet enligt LOV", "L", "even", ("871", "861")),
    "50110": ("Månadslöner", "P", "even", ()),
    "51110": ("Timlöner", "P", "summer", ()),
    "52110": ("Ersättning för obekväm arbetstid", "P", "even", ()),
    "53110": ("Semester- och sjuklön", "P", "holiday", ()),
    "56110": ("Arbetsgivaravgifter", "P", "even", ()),
    "60110": ("Lokalhyror", "I", "even", ("110",)),
    "64110": ("IT och telefoni", "I", "even", ("130",)),
    "65110": ("Övriga kostnader", "L", "invoices", ("871", "874")),
    "68110": ("Inhyrd vårdpersonal", "L", "summer", ("871",)),
    "81010": ("Kommunbidrag", "I", "even", ("101",)),
    "81110": ("Disposition av ackumulerat resultat", "I", "even", ("101",)),
}
"""Name, voucher series, how the year runs, counterparties."""

LINES = {"3": "income", "4": "costs", "5": "costs", "6": "costs", "810": "municipal_grant", "811": "accumulated_result"}

MIXES: dict[str, dict[str, float]] = {
    "care": {
        "50110": 0.46,
        "51110": 0.085,
        "52110": 0.055,
        "53110": 0.06,
        "56110": 0.205,
        "60110": 0.07,
        "42110": 0.03,
        "64110": 0.015,
        "65110": 0.02,
    },
    "office": {"50110": 0.52, "53110": 0.05, "56110": 0.22, "60110": 0.05, "64110": 0.08, "65110": 0.08},
    "procured": {"45310": 0.8, "45320": 0.2},
    "placed": {"45110": 0.45, "45210": 0.55},
    "": {},
}
BUDGETED = {
    "care": {"50110": 0.87, "60110": 0.07, "65110": 0.06},
    "office": {"50110": 0.79, "60110": 0.05, "65110": 0.16},
}
"""Accounts that costs are budgeted on, where they are fewer than those that are booked on."""

MORE_HOURLY_PAID = 0.002
"""How much more of the costs of care went to hourly-paid in 2024 than in 2023; monthly pay had the less."""

OTHER_INCOME = {"intakter": {"30110": 0.7, "34110": 0.3}, "vardboenden": {"32110": 1.0}}
"""Accounts of the income that is no state grant; other areas sell."""

GRANTS: dict[int, dict[str, dict[str, int]]] = {
    2023: {
        "ordinart_boende": {"35130": 17_800},
        "vardboenden": {"35110": 53_300, "35120": 22_600},
        "funktionsstod": {"35140": 4_800},
        "myndighetsavdelning": {"35160": 2_300},
        "forvaltningsgemensamt": {"35170": 4_300},
    },
    2024: {
        "hsl": {"35130": 13_700},
        "vardboenden": {"35110": 53_800, "35120": 22_800},
        "funktionsstod": {"35140": 4_800},
        "stodfunktion": {"35150": 1_500},
        "myndighetsavdelning": {"35160": 1_300},
        "forvaltningsgemensamt": {"35180": 7_800},
    },
}
HIRED = {(2023, "ordinart_boende"): 20_463, (2024, "hsl"): 15_912}

FORECAST_RESULT: dict[int, dict[int, int]] = {
    2023: {3: 4_000, 4: 6_500, 8: 15_000, 10: 19_000},
    2024: {2: -14_000, 3: -12_500, 4: -9_000, 5: -6_000, 8: 1_500, 9: 4_000, 10: 8_500, 11: 12_000},
}
"""Forecast of the year's result by month, tkr; none is printed."""


def write_helsingborg(folder: Path, municipality: Municipality, seed: int = SEED) -> list[Path]:
    """Write all extracts into `folder`; returns their paths, the same bytes for the same seed.

    2020-2022: a SIE file to November, and December with period 13. 2023 and 2024: every month, the budget, and the
    forecasts.
    """
    names = {number: name for number, (name, *_) in ACCOUNTS.items()}
    written: list[Path] = []
    for year, totals in WHOLE_YEARS.items():
        rng = np.random.default_rng([seed, year])
        rows = _booked(year, _whole_year(year, totals), rng)
        path = folder / f"bokforing_{year}-01_{year}-{SIE_MONTHS}.se"
        path.write_bytes(sie(municipality, year, SIE_MONTHS, rows, names))
        written += [path, *write_month(folder, municipality, f"{year}-12", rows[rows["month"] >= 12], "cp1252")]
    for year, results in FORECAST_RESULT.items():
        rng = np.random.default_rng([seed, year])
        budget = _budget(year, np.random.default_rng(seed))
        rows = _booked(year, [*_granted(budget), *_year(year, np.random.default_rng(seed), rng)], rng)
        encoding = "cp1252" if year == 2023 else "utf-8"
        written.append(write_csv(folder / f"budget_{year}.csv", budget_extract(budget, municipality, year), encoding))
        for month in range(1, 13):
            period = f"{year}-{month:02}"
            delivered = rows[(rows["month"] == month) | ((month == 12) & (rows["month"] == CLOSING))]
            written += write_month(folder, municipality, period, delivered, None if period == XLSX_MONTH else encoding)
            if month in results:
                rest = ("forvaltningsgemensamt", "costs")
                expected = forecast(month, budget, rows, results[month], rest, rng)
                extract = forecast_extract(expected, municipality, year, month, _authors(expected))
                written.append(write_csv(folder / f"prognos_{period}.csv", extract, "utf-8-sig"))
    return written


Posting = tuple[int, str, str, str, str, int]
"""Month (13: closing), account, cost centre, department, activity, öre in the ledger's signs."""


def _whole_year(year: int, totals: tuple[int, int, int, int]) -> list[Posting]:
    """A year of which only the result is known: grant, income and pay in three areas, evenly."""
    grant, disposition, income, result = totals
    areas = [area for area in AREAS if area.id in ("vardboenden", "funktionsstod", "forvaltningsgemensamt")]
    frames = np.array([area.years[2023].frame for area in areas], dtype=float)
    found: list[Posting] = []
    for account, total in (("81010", -grant), ("30110", -income), ("50110", grant + disposition + income - result)):
        for area, part in zip(areas, spread(total * TKR, frames), strict=True):
            at = (area.centres[0], area.department, area.activity)
            found += [
                (month, account, *at, int(amount))
                for month, amount in enumerate(spread(int(part), np.ones(12)), start=1)
            ]
    last, late = areas[-1], CLOSING_COSTS[year] * TKR
    closing = (last.centres[0], last.department, last.activity)
    return [*found, (12, "65110", *closing, -late), (CLOSING, "65110", *closing, late)]


def _sizes(area: Area, sizes: np.random.Generator) -> np.ndarray:
    """How large a part of the area each cost centre is; the same in all years."""
    drawn = sizes.uniform(0.7, 1.3, len(area.centres))
    shares: np.ndarray = drawn / drawn.sum()
    return shares


def _budget(year: int, sizes: np.random.Generator) -> pd.DataFrame:
    """The year's budget, kronor in the ledger's signs: every cost centre may cost its frame and its income."""
    found = []
    for area in AREAS:
        weights = _sizes(area, sizes)
        if year not in area.years:
            continue
        moved = MOVED[year].get(area.id, 0)
        this = area.years[year]
        for version, frame, income, months in (
            ("kf-budget", this.frame - moved, this.budgeted_income, np.ones(12)),
            ("ombudgetering", moved, 0, np.arange(1, 13) > 8),
        ):
            frames, incomes = spread(frame * 1000, weights), spread(income * 1000, weights)
            for centre, granted, earned in zip(area.centres, frames, incomes, strict=True):
                amounts = {"81010": -int(granted), _sold(area): -int(earned)}
                mix = BUDGETED.get(area.mix) or MIXES[area.mix]
                if mix:
                    parts = spread(int(granted + earned), np.array(list(mix.values())))
                    amounts |= dict(zip(mix, (int(part) for part in parts), strict=True))
                for account, amount in amounts.items():
                    for month, part in enumerate(spread(amount, months.astype(float)), start=1):
                        if part:
                            found.append(
                                (
                                    version,
                                    month,
                                    account,
                                    _line(account),
                                    centre,
                                    area.department,
                                    area.activity,
                                    int(part),
                                )
                            )
    columns = ["version", "month", "account", "line", "cost_centre", "department", "activity", "amount"]
    return pd.DataFrame(found, columns=columns).sort_values(
        ["version", "month", "account", "cost_centre"], ignore_index=True
    )


def _sold(area: Area) -> str:
    return next(iter(OTHER_INCOME.get(area.id, {"36110": 1.0})))


def _line(account: str) -> str:
    return LINES.get(account[0]) or LINES[account[:3]]


def _granted(budget: pd.DataFrame) -> Iterable[Posting]:
    """The grant, paid as budgeted, month by month."""
    granted = budget[budget["account"] == "81010"]
    summed = granted.groupby(["month", "account", "cost_centre", "department", "activity"], as_index=False)[
        "amount"
    ].sum()
    for row in summed.itertuples(index=False):
        yield (row.month, row.account, row.cost_centre, row.department, row.activity, row.amount * 100)


def _year(year: int, sizes: np.random.Generator, rng: np.random.Generator) -> Iterable[Posting]:
    """Everything but the grant. Each area's income and costs are some kronor off the thousand: print rounds them."""
    common = AREAS[-1]
    yield (6, "81110", common.centres[0], common.department, common.activity, -DISPOSITION * TKR)
    for area in AREAS:
        weights = _sizes(area, sizes)
        if year not in area.years:
            continue
        this, is_common = area.years[year], area is common
        late = CLOSING_COSTS[year] if is_common else 0
        income = this.income * TKR + int(rng.integers(-4_000, 4_000))
        grants = {account: tkr * TKR for account, tkr in GRANTS[year].get(area.id, {}).items()}
        sold = OTHER_INCOME.get(area.id, {"36110": 1.0})
        rest = spread(income - sum(grants.values()), np.array(list(sold.values())))
        amounts = {
            account: -amount for account, amount in (grants | dict(zip(sold, map(int, rest), strict=True))).items()
        }
        mix = MIXES[area.mix]
        if mix:
            costs = (this.frame + this.income - this.result + is_common * DISPOSITION - late) * TKR + int(
                rng.integers(-4_000, 4_000)
            )
            hired = HIRED.get((year, area.id), 0) * TKR
            if area.mix == "care" and year == 2024:
                mix = mix | {"51110": mix["51110"] + MORE_HOURLY_PAID, "50110": mix["50110"] - MORE_HOURLY_PAID}
            amounts |= dict(zip(mix, map(int, spread(costs - hired, np.array(list(mix.values())))), strict=True))
            amounts |= {"68110": hired} if hired else {}
        if late:
            yield (CLOSING, "65110", area.centres[0], area.department, area.activity, late * TKR)
        for account, amount in amounts.items():
            yield from _spread_over_year(area, account, amount, weights, rng)


def _spread_over_year(
    area: Area, account: str, total: int, weights: np.ndarray, rng: np.random.Generator
) -> Iterable[Posting]:
    """An account's year over the area's cost centres and months: pay once a month, invoices two or three times."""
    _, series, profile, _ = ACCOUNTS[account]
    rows = 1 if series in "PI" else 2
    season: Sequence[float] = PROFILES[profile]
    centre, month = np.meshgrid(np.repeat(np.arange(len(weights)), rows), np.arange(12), indexing="ij")
    size = weights[centre] * np.array(season)[month] * rng.lognormal(0, 0.03 if series in "PI" else 0.3, centre.shape)
    for at, when, amount in zip(centre.ravel(), month.ravel(), spread(total, size.ravel()), strict=True):
        yield (int(when) + 1, account, area.centres[at], area.department, area.activity, int(amount))


def _booked(year: int, postings: Iterable[Posting], rng: np.random.Generator) -> pd.DataFrame:
    """The postings as vouchers with dates, counterparties and texts."""
    rows = pd.DataFrame(postings, columns=["month", "account", "cost_centre", "department", "activity", "amount"])
    rows = rows[rows["amount"] != 0].reset_index(drop=True)
    rows["line"] = rows["account"].map(_line)
    rows["series"] = np.where(rows["month"] == CLOSING, "B", rows["account"].map(lambda account: ACCOUNTS[account][1]))
    drawn = rng.integers(0, 2, len(rows))
    rows["counterparty"] = [
        ACCOUNTS[account][3][i % len(ACCOUNTS[account][3])] if ACCOUNTS[account][3] else ""
        for account, i in zip(rows["account"], drawn, strict=True)
    ]
    rows = vouchers(year, rows.assign(project="", pair=-1, size=0.0), rng)
    rows["text"] = texts(rows, rng)
    return rows


def _authors(expected: pd.Series) -> dict[str, str]:
    """Who made each department's forecasts."""
    departments = dict.fromkeys(expected.index.get_level_values("department"))
    return {
        department: f"{INVENTED_FIRST_NAMES[i]} {INVENTED_LAST_NAMES[-i - 1]}"
        for i, department in enumerate(departments)
    }
