"""An invented board of 120 employees: 37 months of HR and ledger, three years of decisions, with what honest months
hold.

Belongs here: rows by lake column, the same every time, with turnover, absences by season, substitutes, closing entries.
Does not belong here: faults.
"""

from __future__ import annotations

import random
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]

EMPLOYEES = 120
MONTHS = tuple(f"{year}-{month:02d}" for year in (2021, 2022, 2023) for month in range(1, 13))
NEXT = "2024-01"

UNITS = (
    ("hemtjanst", "hemtjanst_centrum", "71100"),
    ("hemtjanst", "hemtjanst_norra", "71200"),
    ("aldreboende", "brogarden", "72100"),
    ("aldreboende", "kaptenen", "72200"),
    ("lss_boende_och_arbete", "gruppbostader", "73100"),
)
TITLES = (
    ("Undersköterska", "207024"),
    ("Vårdbiträde", "207009"),
    ("Sjuksköterska", "206010"),
    ("Enhetschef", "151011"),
)


def _last(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), monthrange(int(period[:4]), int(period[5:]))[1])


def _first(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)


class Board:
    """Rows of every month, drawn once in order."""

    def __init__(self, seed: int = 4711) -> None:
        self._draw = random.Random(seed)
        self.rows: dict[tuple[str, str], list[Row]] = {}
        self._number = 0
        self._staff = [
            self._hired(date(self._draw.randint(2000, 2020), self._draw.randint(1, 12), self._draw.randint(1, 28)))
            for _ in range(EMPLOYEES)
        ]
        self._spells: list[Row] = []
        self._voucher = 0
        for period in (*MONTHS, NEXT):
            self._month(period)
        self._others()
        for year in ("2021", "2022", "2023"):
            self._year(year)

    def _hired(self, day: date) -> Row:
        self._number += 1
        department, unit, cost_centre = self._draw.choice(UNITS)
        title, aid = self._draw.choices(TITLES, (70, 20, 8, 3))[0]
        form = self._draw.choices(("tillsvidare", "visstid", "timavlönad"), (80, 8, 12))[0]
        return {
            "employment_id": f"{990 + self._number}",
            "person_id": f"{self._number:032x}",
            "gender": self._draw.choice("KKKKM"),
            "birth_month": date(self._draw.randint(1958, 2001), self._draw.randint(1, 12), 1),
            "title": title,
            "aid_code": aid,
            "department": department,
            "unit": unit,
            "cost_centre": cost_centre,
            "employment_form": form,
            "pay_form": "tim" if form == "timavlönad" else "månad",
            "degree": 0 if form == "timavlönad" else self._draw.choices((100, 75, 80, 50, 90), (50, 20, 15, 8, 7))[0],
            "full_time_hours": self._draw.choice((37, 38.25)),
            "start_date": day,
            "end_date": None,
            "leave_reason": None,
            "is_manager": title == "Enhetschef",
        }

    def _month(self, period: str) -> None:
        draw, first, last = self._draw, _first(period), _last(period)
        common = {"municipality_id": "1489", "period": period}
        staff = [one for one in self._staff if one["end_date"] is None or one["end_date"] >= first]
        for one in staff:
            if one["end_date"] is None and draw.random() < (0.04 if one["employment_form"] == "timavlönad" else 0.012):
                one |= {"end_date": last, "leave_reason": draw.choice(("egen begäran", "pension", "visstid slut"))}
        staff += [self._hired(first) for _ in range(sum(one["end_date"] == last for one in staff))]
        summer = period[5:] in ("07", "08")
        if period[5:] == "06":  # substitutes for the summer
            staff += [
                self._hired(first) | {"employment_form": "timavlönad", "pay_form": "tim", "degree": 0}
                for _ in range(18)
            ]
        self._staff = staff
        self.rows["hr_employments", period] = [common | one for one in staff]
        self.rows["hr_time_records", period] = [
            self._hours(common, one, summer) for one in staff if not (draw.random() < 0.06)
        ]
        self.rows["hr_absences", period] = self._absences(common, staff, period)
        self.rows["ledger_transactions", period] = self._transactions(common, period)
        self.rows["ledger_control_totals", period] = _totals(common, self.rows["ledger_transactions", period])

    def _hours(self, common: Row, one: Row, summer: bool) -> Row:
        draw, hourly = self._draw, one["pay_form"] == "tim"
        scheduled = round(draw.uniform(15, 90) if hourly else 1.6 * one["degree"] * draw.uniform(0.93, 1.05), 2)
        worked = round(scheduled * (draw.uniform(0.3, 0.7) if summer and not hourly else draw.uniform(0.7, 1)), 2)
        return common | {
            "employment_id": one["employment_id"],
            "scheduled_hours": scheduled,
            "worked_hours": 0 if hourly else worked,
            "hourly_paid_hours": scheduled if hourly else 0,
            "additional_hours": round(draw.uniform(1, 12), 2) if 0 < one["degree"] < 100 and draw.random() < 0.3 else 0,
            "overtime_hours": round(draw.uniform(1, 9), 2) if draw.random() < 0.06 else 0,
        }

    def _absences(self, common: Row, staff: list[Row], period: str) -> list[Row]:
        draw, first, last = self._draw, _first(period), _last(period)
        here = {one["employment_id"]: one for one in staff}
        going_on = [
            s for s in self._spells if s["employment_id"] in here and (s["end_date"] is None or s["end_date"] >= first)
        ]
        for spell in going_on:
            if spell["end_date"] is None and draw.random() < 0.12:
                spell["end_date"] = first + timedelta(days=draw.randint(0, 27))
        winter = period[5:] in ("01", "02", "03", "12")
        for _ in range(draw.randint(24, 40) if winter else draw.randint(12, 26)):
            one = draw.choice(staff)
            start = first + timedelta(days=draw.randint(0, 27))
            kind, days = draw.choices(
                (("sjuk", 4), ("vård av barn", 2), ("semester", 10), ("föräldraledig", 200)), (70, 20, 25, 4)
            )[0]
            self._number += 1
            going_on.append(
                {
                    "spell_id": f"F{self._number}",
                    "employment_id": one["employment_id"],
                    "absence_type": kind,
                    "start_date": start,
                    "end_date": None
                    if days > 100 or draw.random() < 0.05
                    else start + timedelta(days=draw.randint(0, days)),
                    "degree": draw.choices((100, 50, 25, 75), (85, 9, 3, 3))[0],
                    "hours": 8 if one["pay_form"] == "tim" else None,
                }
            )
        self._spells = going_on
        return [common | spell for spell in going_on if spell["start_date"] <= last]

    def _transactions(self, common: Row, period: str) -> list[Row]:
        draw, rows = self._draw, []
        year, month = period.split("-")
        closing = 1.5 if month == "12" else 0.8 if month == "07" else 1
        for _ in range(int(draw.randint(55, 85) * closing)):
            self._voucher += 1
            _, _, cost_centre = draw.choice(UNITS)
            for row in (1, 2):
                income = draw.random() < 0.18
                account = (
                    draw.choice(("3011", "3511"))
                    if income
                    else draw.choice(("4601", "5011", "5611", "6011", "6411", "7011"))
                )
                amount = (
                    round(draw.lognormvariate(8, 1.6), 2) * (-1 if income else 1) * (-1 if draw.random() < 0.04 else 1)
                )
                rows.append(
                    common
                    | {
                        "voucher_series": draw.choice("LKB"),
                        "voucher": f"{40000000 + self._voucher}",
                        "voucher_row": row,
                        "posting_date": _first(period) + timedelta(days=draw.randint(0, 27)),
                        "accounting_period": f"{year}{month}",
                        "account": account,
                        "cost_centre": cost_centre,
                        "activity": draw.choices(("510", "520", "530", "513"), (5, 3, 2, 1))[0],
                        "sub_activity": None,
                        "project": f"P{year[2:]}{draw.randint(1, 4):02d}" if draw.random() < 0.08 else None,
                        "counterparty": draw.choice(("871", "100", "84")) if draw.random() < 0.6 else None,
                        "is_internal": draw.random() < 0.2,
                        "amount": amount,
                    }
                )
        return rows

    def _others(self) -> None:
        draw = self._draw
        known = [(f"B{i:04d}", date(draw.randint(2000, 2020), 3, 1 + i % 28)) for i in range(400)]
        for period in (*MONTHS, NEXT):
            known = [one for one in known if draw.random() > 0.01] + [
                (f"B{period[2:4]}{period[5:]}{i:02d}", _first(period)) for i in range(draw.randint(2, 6))
            ]
            self.rows["hr_other_employments", period] = [
                {
                    "municipality_id": "1489",
                    "period": period,
                    "employment_id": number,
                    "person_id": f"{number:0>32}",
                    "gender": "K",
                    "birth_month": date(1980, 1, 1),
                    "employment_form": "tillsvidare",
                    "start_date": hired,
                    "end_date": None,
                }
                for number, hired in known
            ]

    def _year(self, year: str) -> None:
        draw, rows = self._draw, []
        open_ones = [
            one for one in self.rows.get(("care_decisions", str(int(year) - 1)), []) if one["closed_date"] is None
        ]
        for one in open_ones:
            closed = date(int(year), draw.randint(1, 12), draw.randint(1, 28)) if draw.random() < 0.5 else None
            rows.append(
                one
                | {
                    "year": year,
                    "closed_date": closed,
                    "end_reason": draw.choice(("avliden", "upphört")) if closed else None,
                }
            )
        for _ in range(draw.randint(90, 130) + (220 if year == "2021" else 0)):
            self._number += 1
            applied = date(int(year), draw.randint(1, 10), draw.randint(1, 28))
            decided = applied + timedelta(days=draw.randint(1, 30))
            service = draw.choices(("hemtjänst", "särskilt boende", "trygghetslarm"), (6, 3, 3))[0]
            rows.append(
                {
                    "municipality_id": "1489",
                    "year": year,
                    "decision_id": f"B{200000 + self._number}",
                    "person_id": f"{self._number:032x}",
                    "gender": draw.choice("KKM"),
                    "birth_month": date(draw.randint(1930, 1950), draw.randint(1, 12), 1),
                    "law": "SoL",
                    "law_version": "2001:453",
                    "service": service,
                    "decision_type": draw.choices(("bifall", "delvis bifall"), (9, 1))[0],
                    "is_renewal": draw.random() < 0.3,
                    "application_date": applied,
                    "decision_date": decided,
                    "valid_from": decided,
                    "valid_to": None,
                    "executed_date": decided + timedelta(days=draw.randint(0, 20)),
                    "interrupted_date": None,
                    "resumed_date": None,
                    "closed_date": None,
                    "end_reason": None,
                    "waiting_reason": None,
                    "unit": draw.choice(("brogarden", "hemtjanst_centrum", "kaptenen")),
                    "provider": draw.choice(("egen regi", "privat")),
                    "hours_per_month": round(draw.uniform(4, 60), 2) if service == "hemtjänst" else None,
                    "paying_municipality": None,
                }
            )
        self.rows["care_decisions", year] = rows


def _totals(common: Row, of: list[Row]) -> list[Row]:
    """What the month's transactions add up to."""
    cells: dict[tuple[str, str], list[float]] = {}
    for row in of:
        cells.setdefault((row["accounting_period"], row["account"][0]), []).append(row["amount"])
    return [
        common
        | {
            "accounting_period": accounting,
            "account_class": kind,
            "row_count": len(amounts),
            "amount": round(sum(amounts), 2),
        }
        for (accounting, kind), amounts in sorted(cells.items())
    ]
