"""The HR figures of the warehouse against an independent calculation that counts day by day.

The models intersect intervals and number weekdays; the calculation here walks through every day of every spell and
knows nothing of them. Both see the same random extracts (seeded), with what extracts hold in real life: spells over
month and year ends, relapses, overlapping spells, ends registered late, employments that vanish, people with two
employments, moves within the board and to another board, months that were not delivered.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.configuration.municipality import Municipality
from ingestion.contracts import tables
from testkit.warehouse import failures, run_dbt, write_sources

DAY = timedelta(days=1)
AS_OF = datetime(2025, 1, 10)
pytestmark = pytest.mark.slow

ALL_DAYS = (1, 10**6)
DEPARTMENTS = ("hemtjanst", "aldreboende", "lss")
UNITS = {f"{department}_{end}": department for department in DEPARTMENTS for end in ("norr", "soder")}
STAFF_GROUPS = {"underskoterska": ("207024", "207025"), "vardbitrade": ("207026",), "rehab": ("208011",)}
AID_CODES = ("207024", "207025", "207026", "208011", "999999")
NUMBERS = ("relapse_days", "full_time_hours_year")
STAFFING_OF_A_UNIT = (
    "employees_headcount",
    "employees_fte",
    "employment_rate_contract",
    "full_time_contract_share",
    "sick_leave_all_forms",
    "sick_leave_span_1_14",
    "sick_leave_span_15_59",
    "sick_leave_span_60_plus",
    "turnover_excl_pension_total",
    "turnover_incl_pension_total",
    "hourly_paid_work_fte",
    "additional_time_fte",
    "overtime_fte",
)
SHARES = {"nurse_assistants_share_own": (("underskoterska",), ("underskoterska", "vardbitrade"))}

Key = tuple[Any, ...]
Figure = tuple[float | None, int | None, bool]


def days(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both inclusive."""
    while first <= last:
        yield first
        first += DAY


def month_end(month: date) -> date:
    """The last day of the month that begins on `month`."""
    return (month.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def month_starts(first: date, last: date) -> list[date]:
    """The first days of the months from that of `first` to that of `last`."""
    return [day for day in days(first, last) if day.day == 1]


def weekdays(first: date, last: date) -> list[date]:
    """The days Monday to Friday from `first` to `last`."""
    return [day for day in days(first, last) if day.weekday() < 5]


@dataclass
class Employment:
    """What is true of an employment; `posts` holds (unit, AID code) by month, `records` the hours by month."""

    employment_id: str
    person: Person
    form: str
    pay_form: str
    degree: Decimal
    start: date
    end: date | None
    reason: str | None
    posts: dict[date, tuple[str, str]] = field(default_factory=dict)
    records: dict[date, dict[str, Decimal]] = field(default_factory=dict)

    @property
    def is_manager(self) -> bool:
        """Whether the post leads staff: every fourth does."""
        return int("".join(filter(str.isdigit, self.employment_id))) % 4 == 0

    def is_in(self, org_unit: str, month: date) -> bool:
        """Whether the post of `month` is in a department or unit."""
        unit = self.posts[month][0]
        return org_unit in (unit, UNITS[unit])

    def covers(self, day: date) -> bool:
        """Whether the employment is in force on `day`."""
        return self.start <= day and (self.end is None or day <= self.end)

    def days_of(self, month: date) -> tuple[date, date]:
        """First and last day in force within the month; the first lies after the last if there is none."""
        return max(self.start, month), min(self.end or date.max, month_end(month))


@dataclass(frozen=True)
class Person:
    """A person as the lake knows him or her."""

    person_id: str
    gender: str
    birth_month: date

    def age(self, day: date) -> int:
        """Completed years on `day`, if born on the 15th."""
        birthday = self.birth_month.replace(day=15)
        return day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))


@dataclass
class Spell:
    """A spell of absence; `booked` holds the hours by month where the system books shifts."""

    spell_id: str
    employment: Employment
    kind: str
    start: date
    end: date
    degree: Decimal
    booked: dict[date, Decimal] = field(default_factory=dict)

    def days_of(self, month: date) -> tuple[date, date]:
        """First and last day of the spell within the month."""
        return max(self.start, month), min(self.end, month_end(month))


@dataclass
class World:
    """One municipality: what is true, which months were delivered by table, and its choices."""

    municipality_id: str
    months: list[date]
    employments: list[Employment]
    others: list[Employment]
    spells: list[Spell]
    choices: dict[str, tuple[str, ...]]
    undelivered: frozenset[tuple[str, date]] = frozenset()

    def delivered(self, table: str, month: date) -> bool:
        """Whether the table's extract of the month is in the lake."""
        return month in self.months and (table, month) not in self.undelivered


def amount(number: float) -> Decimal:
    """A number with two decimals, as extracts hold it."""
    return Decimal(str(round(number, 2)))


def random_world(
    municipality_id: str, seed: int, choices: dict[str, tuple[str, ...]], undelivered: frozenset[tuple[str, date]]
) -> World:
    """A small municipality drawn at random; two full years and a month."""
    draw = random.Random(seed)
    months = month_starts(date(2022, 12, 1), date(2024, 12, 31))
    first, last = months[0], month_end(months[-1])
    people = [
        Person(f"p{i}", draw.choice("KKKM"), date(draw.randint(1957, 2005), draw.randint(1, 12), 1)) for i in range(60)
    ]

    def employment(number: str, person: Person, board: bool) -> Employment:
        form = (
            draw.choice(("permanent", "permanent", "permanent", "temporary", "hourly"))
            if board
            else draw.choice(("permanent", "permanent", "temporary"))
        )
        start = first + timedelta(days=draw.randint(-700, 650))
        end = start + timedelta(days=draw.randint(0, 900)) if draw.random() < 0.5 else None
        if end is not None and draw.random() < 0.3:
            end = month_end(end.replace(day=1))
        if end is not None and end < first:
            end = first + timedelta(days=draw.randint(0, 400))
        reason = draw.choice(("pension", "egen begäran", "avliden", "annan förvaltning")) if end else None
        made = Employment(
            number,
            person,
            form,
            "hourly" if form == "hourly" else "monthly",
            amount(draw.choice((100, 75, 80.5))),
            start,
            end,
            reason,
        )
        post = (draw.choice(list(UNITS)), draw.choice(AID_CODES))
        for month in months:
            if draw.random() < 0.04:
                post = (draw.choice(list(UNITS)), draw.choice(AID_CODES))
            made.posts[month] = post
            begin, stop = made.days_of(month)
            scheduled = (
                8 * len(weekdays(begin, stop)) * float(made.degree) / 100
                if form != "hourly"
                else draw.choice((0, 24, 36.5))
            )
            if begin <= stop and draw.random() < 0.98:
                made.records[month] = {
                    "scheduled_hours": amount(scheduled),
                    "worked_hours": amount(scheduled * 0.9),
                    "hourly_paid_hours": amount(
                        draw.choice((0, 31.25)) if form == "hourly" else draw.choice((0, 0, 6))
                    ),
                    "additional_hours": amount(draw.choice((0, 3.5))),
                    "overtime_hours": amount(draw.choice((0, 0, 7.75))),
                }
        return made

    employments, others = [], []
    for number, person in enumerate(people):
        employments.append(employment(f"e{number}", person, board=True))
        if draw.random() < 0.4:  # a second employment, often from the day after the first
            second = employment(f"e{number}b", person, board=True)
            if employments[-1].end and draw.random() < 0.5:
                second.start, second.end, second.reason = employments[-1].end + DAY, None, None
                second.records.clear()
            employments.append(second)
        if draw.random() < 0.4:
            other = employment(f"o{number}", person, board=False)
            if employments[-1].end and draw.random() < 0.6:
                other.form, other.start, other.end = (
                    "permanent",
                    employments[-1].end + draw.choice((DAY, DAY, 2 * DAY)),
                    None,
                )
            others.append(other)
    spells: list[Spell] = []
    for owner in employments:
        day = max(owner.start, first - timedelta(days=100)) + timedelta(days=draw.randint(0, 60))
        while day <= min(owner.end or last, last):
            length = draw.choice((1, 2, 3, 5, 9, 16, 40, 75, 130))
            kind = draw.choice(
                (
                    "sjuk",
                    "sjuk",
                    "sjuk",
                    "sjuk",
                    "arbetsskada",
                    "rehabilitering",
                    "föräldraledig",
                    "tjänstledig",
                    "vård av barn",
                    "semester",
                )
            )
            end = min(day + timedelta(days=length - 1), owner.end or date.max)
            spell = Spell(f"s{len(spells)}", owner, kind, day, end, amount(draw.choice((100, 100, 50, 25))))
            for month in months:
                begin, stop = spell.days_of(month)
                if begin <= stop and (owner.form == "hourly" or draw.random() < 0.15):
                    spell.booked[month] = amount(draw.choice((0, 6, 7.5, 3)))
            spells.append(spell)
            leave = kind in ("föräldraledig", "tjänstledig")
            day = end + timedelta(
                days=draw.choice((1, 2, 4, 5, 6, 7, 20, 70) if leave else (-1, 1, 2, 4, 5, 6, 7, 20, 70, 150))
            )
            day = max(day, spell.start + DAY)
    return World(municipality_id, months, employments, others, spells, choices, undelivered)


def extracts(world: World, seed: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of the four extracts, with what a system did not know yet when it delivered them."""
    draw = random.Random(seed)
    last_month = world.months[-1]
    forms = {"permanent": "tillsvidare", "temporary": "visstid", "hourly": "timavlönad"}
    rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables("hr")}

    def end_as_delivered(end: date | None, month: date) -> date | None:
        """The end as known then: later ends often not, an end with the month sometimes not; never wrong in the last
        month.
        """
        if end is None or month == last_month:
            return end
        if end > month_end(month):
            return draw.choice((None, None, end, end + 30 * DAY))
        if end == month_end(month) and draw.random() < 0.5:
            return draw.choice((None, end + 40 * DAY))
        return end

    for month in world.months:
        base = {"municipality_id": world.municipality_id, "period": f"{month:%Y-%m}"}
        for table, group in (("employments", world.employments), ("other_employments", world.others)):
            for e in group:
                begin, stop = e.days_of(month)
                if begin > stop or not world.delivered(table, month):
                    continue
                row: dict[str, Any] = base | {
                    "employment_id": e.employment_id,
                    "person_id": e.person.person_id,
                    "gender": e.person.gender,
                    "birth_month": e.person.birth_month,
                    "employment_form": forms[e.form],
                    "start_date": e.start,
                    "end_date": end_as_delivered(e.end, month),
                }
                if table == "employments":
                    unit, aid_code = e.posts[month]
                    row |= {
                        "title": "Titel",
                        "aid_code": aid_code,
                        "department": UNITS[unit],
                        "unit": unit,
                        "cost_centre": "71000",
                        "pay_form": "tim" if e.pay_form == "hourly" else "månad",
                        "degree": Decimal(0) if e.form == "hourly" else e.degree,
                        "full_time_hours": Decimal(37),
                        "leave_reason": e.reason if row["end_date"] or (e.end and e.end <= month_end(month)) else None,
                        "is_manager": e.is_manager,
                    }
                rows[table].append(row)
        for e in world.employments:
            if month in e.records and world.delivered("time_records", month):
                rows["time_records"].append(base | {"employment_id": e.employment_id} | e.records[month])
        for s in world.spells:
            begin, stop = s.days_of(month)
            if begin <= stop and world.delivered("absences", month):
                rows["absences"].append(
                    base
                    | {
                        "spell_id": s.spell_id,
                        "employment_id": s.employment.employment_id,
                        "absence_type": s.kind,
                        "start_date": s.start,
                        "end_date": end_as_delivered(s.end, month),
                        "degree": s.degree,
                        "hours": s.booked.get(month),
                    }
                )
    return rows


def deliver(path: Path, worlds: Sequence[World]) -> None:
    """The build file before dbt: the worlds' extracts, their loads and their configurations."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for seed, world in enumerate(worlds):
        for name, delivered in extracts(world, seed).items():
            rows[f"hr_{name}"] += [
                row | {"source_row": 2, "load_id": f"{name}-{world.municipality_id}-{row['period']}"}
                for row in delivered
            ]
        for table in tables("hr"):
            for month in (month for month in world.months if world.delivered(table.name, month)):
                load_id, received = f"{table.name}-{world.municipality_id}-{month:%Y-%m}", month_end(month) + 5 * DAY
                load = {
                    "load_id": load_id,
                    "sequence": len(rows["loads"]) + 1,
                    "source": "hr",
                    "table_name": table.name,
                }
                load |= {
                    "municipality_id": world.municipality_id,
                    "period": f"{month:%Y-%m}",
                    "content_hash": load_id,
                    "file": "f.csv",
                }
                load |= {
                    "received_at": received,
                    "accepted_at": received,
                    "rows": 1,
                    "is_simulated": True,
                    "warnings": 0,
                }
                rows["loads"].append(load)
    municipalities = {world.municipality_id: configured(world.municipality_id, world.choices) for world in worlds}
    write_sources(path, municipalities, rows, AS_OF)


def configured(municipality_id: str, choices: dict[str, tuple[str, ...]]) -> Municipality:
    """A municipality with the choices, the staff groups and the shares of this test."""
    return Municipality.model_validate(
        {
            "id": municipality_id,
            "name": f"Kommun {municipality_id}",
            "organisation_number": "212000-0000",
            "board": "Nämnden",
            "administration": "Förvaltningen",
            "report_year": 2024,
            "comparison_groups": {"region": {"group_id": "G1", "label": "Region"}, "similar": {}},
            "staff_groups": [
                {"id": group, "label": group, "aid_codes": codes, "service_area": "äldreomsorg"}
                for group, codes in STAFF_GROUPS.items()
            ],
            "staff_shares": [
                {"indicator_id": indicator, "numerator": part, "denominator": parts}
                for indicator, (part, parts) in SHARES.items()
            ],
            "choices": {name: int(values[0]) if name in NUMBERS else values for name, values in choices.items()},
            "folder": ".",
        }
    )


class Oracle:
    """The figures of one municipality, counted day by day from what is true and what was delivered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.figures: dict[Key, Figure] = {}
        self.sick_days = self._sick_days()
        self.chain_starts: dict[tuple[str, date], date] = {}

    def _sick_days(self) -> dict[str, set[date]]:
        """Known sick days of every employment: a spell is known up to the last delivered month that it touches."""
        known: dict[str, set[date]] = defaultdict(set)
        for s in self.world.spells:
            if s.kind not in self.world.choices["sick_types"]:
                continue
            touched = [
                m
                for m in self.world.months
                if s.days_of(m)[0] <= s.days_of(m)[1] and self.world.delivered("absences", m)
            ]
            if touched:
                known[s.employment.employment_id].update(days(s.start, min(s.end, month_end(touched[-1]))))
        return known

    def chain_start(self, employment_id: str, day: date) -> date:
        """The first day of the chain of sick days that `day` is in: back over gaps that are not longer than a relapse
        allows.
        """
        if (employment_id, day) in self.chain_starts:
            return self.chain_starts[employment_id, day]
        allowed = int(self.world.choices["relapse_days"][0])
        sick = self.sick_days[employment_id]
        start = day
        while earlier := [start - gap * DAY for gap in range(1, allowed + 1) if start - gap * DAY in sick]:
            start = earlier[0]
        self.chain_starts[employment_id, day] = start
        return start

    def ordinal(self, employment_id: str, chain: date, day: date) -> int:
        """Which sick day of the chain a day is; the days on which nobody was sick are none."""
        return sum(chain <= sick <= day for sick in self.sick_days[employment_id])

    def lost(self, month: date, kinds: tuple[str, ...]) -> Iterator[tuple[Employment, date, float]]:
        """(employment, day, hours lost on that day) for every spell of these kinds in the month's extract."""
        for s in self.world.spells:
            e = s.employment
            scheduled = float(e.records.get(month, {}).get("scheduled_hours", 0))
            begin, stop = max(s.days_of(month)[0], e.days_of(month)[0]), min(s.days_of(month)[1], e.days_of(month)[1])
            if s.kind not in kinds or begin > stop or scheduled == 0:
                continue
            absent = weekdays(begin, stop)
            if month in s.booked:
                carriers = absent or list(days(begin, stop))
                yield from ((e, day, float(s.booked[month]) / len(carriers)) for day in carriers)
            else:
                a_day = scheduled / (len(weekdays(*e.days_of(month))) or 1) * float(s.degree) / 100
                yield from ((e, day, a_day) for day in absent)

    def put(
        self,
        indicator: str,
        start: date,
        end: date,
        grain: str,
        time: str,
        value: float | None,
        n: int | None,
        **cell: Any,
    ) -> None:
        """One figure; a key that is put twice is a mistake of this oracle."""
        key = (
            indicator,
            cell.get("org_unit"),
            cell.get("staff_group"),
            cell.get("breakdown"),
            cell.get("gender", "T"),
            start,
            end,
            grain,
            time,
        )
        assert key not in self.figures, key
        self.figures[key] = (value, n, cell.get("preliminary", False))

    def spans(self, needed: tuple[str, ...]) -> Iterator[tuple[str, str, date, date, list[date]]]:
        """(grain, measure time, first day, last day, months) of whole years, years to date and rolling years."""
        complete = [m for m in self.world.months if all(self.world.delivered(table, m) for table in needed)]
        for month in complete:
            of_year = [m for m in complete if m.year == month.year and m <= month]
            of_12 = [m for m in complete if m <= month and (month.year - m.year) * 12 + month.month - m.month < 12]
            if len(of_year) == month.month:
                yield "month", "ytd", date(month.year, 1, 1), month_end(month), of_year
            if len(of_12) == 12:
                yield "month", "rolling_12", of_12[0], month_end(month), of_12
            if len(of_year) == 12:
                yield "year", "period", date(month.year, 1, 1), month_end(month), of_year

    def stock(self) -> None:
        """Headcount, full-time equivalents, employment rate, mean age and shares."""
        for month in (m for m in self.world.months if self.world.delivered("employments", m)):
            day = month_end(month)
            whole = (
                month.month == 12
                and all(
                    self.world.delivered("employments", date(month.year, m, 1))
                    for m in range(1, 13)
                    if date(month.year, m, 1) in self.world.months
                )
                and date(month.year, 1, 1) in self.world.months
            )
            grain = "year" if whole else "month"
            there = [e for e in self.world.employments if e.covers(day)]
            for form in ("permanent", "temporary"):
                some = [e for e in there if e.form == form]
                cells: list[tuple[dict[str, Any], list[Employment]]] = [({}, some)]
                if whole:
                    cells += [({"gender": g}, [e for e in some if e.person.gender == g]) for g in "KM"]
                cells += [({"org_unit": d}, [e for e in some if e.is_in(d, month)]) for d in (*DEPARTMENTS, *UNITS)]
                for cell, group in cells:
                    if not group:
                        continue
                    n = len({e.person for e in group})
                    split = {"breakdown": f"employment_form={form}", **cell}
                    self.put("employees_headcount", day, day, grain, "point", len(group), n, **split)
                    if "gender" in cell:
                        continue
                    fte, full = sum(float(e.degree) for e in group) / 100, sum(e.degree == 100 for e in group)
                    self.put("employees_fte", day, day, grain, "point", fte, n, **split)
                    if form == "permanent":
                        self.put(
                            "employment_rate_contract", day, day, grain, "point", 100 * fte / len(group), n, **split
                        )
                        self.put(
                            "full_time_contract_share", day, day, grain, "point", 100 * full / len(group), n, **split
                        )
                if some:
                    n = len({e.person for e in some})
                    if whole and form == "permanent":
                        ages = [(day - p.birth_month.replace(day=15)).days / 365.25 for p in {e.person for e in some}]
                        self.put(
                            "mean_age",
                            day,
                            day,
                            grain,
                            "point",
                            sum(ages) / len(ages),
                            n,
                            breakdown="employment_form=permanent",
                        )
            if whole:
                for indicator, (part, parts) in SHARES.items():
                    codes, part_codes = ([code for g in groups for code in STAFF_GROUPS[g]] for groups in (parts, part))
                    base = [e for e in there if e.pay_form == "monthly" and e.posts[month][1] in codes]
                    share = [e for e in base if e.posts[month][1] in part_codes]
                    if base:
                        self.put(
                            indicator,
                            day,
                            day,
                            grain,
                            "point",
                            100 * len(share) / len(base),
                            len({e.person for e in base}),
                        )

    def hours(self) -> None:
        """Hours as full-timers, by month, year to date and year."""
        needed = ("employments", "time_records")
        complete = [m for m in self.world.months if all(self.world.delivered(table, m) for table in needed)]
        periods = [("month", "period", month, month_end(month), [month]) for month in complete]
        periods += [span for span in self.spans(needed) if span[1] != "rolling_12"]
        for grain, time, start, end, months in periods:
            for indicator, column in (
                ("hourly_paid_work_fte", "hourly_paid_hours"),
                ("additional_time_fte", "additional_hours"),
                ("overtime_fte", "overtime_hours"),
            ):
                divisor = int(self.world.choices["full_time_hours_year"][0]) / 12 * len(months)
                for org_unit in (None, *DEPARTMENTS, *UNITS) if (grain, time) == ("month", "period") else (None,):
                    with_hours = [
                        (e, m)
                        for e in self.world.employments
                        for m in months
                        if m in e.records and (org_unit is None or e.is_in(org_unit, m))
                    ]
                    own = [
                        (e.person, float(e.records[m][column]))
                        for e, m in with_hours
                        if e.pay_form == "monthly" or column == "hourly_paid_hours"
                    ]
                    if with_hours:
                        n = len({p for p, h in own if h})
                        self.put(
                            indicator, start, end, grain, time, sum(h for _, h in own) / divisor, n, org_unit=org_unit
                        )

    def sick_leave(self) -> None:
        """Sick leave in all its cells, spans, the long share and by occupation."""
        needed = ("employments", "absences", "time_records")
        choices = self.world.choices
        ordinary: dict[tuple[str, date], float] = {}
        sick: dict[tuple[str, date], list[tuple[int, date, float]]] = defaultdict(list)
        by_id = {e.employment_id: e for e in self.world.employments}
        complete = [m for m in self.world.months if all(self.world.delivered(table, m) for table in needed)]
        for month in complete:
            for e in self.world.employments:
                if month in e.records and e.records[month]["scheduled_hours"] > 0:
                    ordinary[e.employment_id, month] = float(e.records[month]["scheduled_hours"])
            for e, _, hours in self.lost(month, choices["unpaid_leave_types"]):
                ordinary[e.employment_id, month] -= hours
            for e, day, hours in self.lost(month, choices["sick_types"]):
                chain = self.chain_start(e.employment_id, day)
                sick[e.employment_id, month].append((self.ordinal(e.employment_id, chain, day), chain, hours))
        single = [("month", "period", month, month_end(month), [month]) for month in complete]
        for grain, time, start, end, months in [*single, *self.spans(needed)]:
            inside = [(by_id[i], m) for i, m in ordinary if m in months]
            after_next = months[-1].year * 12 + months[-1].month + 1  # months since year 0, two after
            passed = AS_OF.date() >= date(after_next // 12, after_next % 12 + 1, 1)
            preliminary = months[-1] == complete[-1] and not passed

            cells: list[tuple[str, list[tuple[Employment, date]], tuple[int, int], dict[str, Any]]] = []
            cells.append(("sick_leave_all_forms", inside, ALL_DAYS, {}))
            if grain == "year" or time == "rolling_12":
                for gender in "KM":
                    cells.append(
                        (
                            "sick_leave_all_forms",
                            [(e, m) for e, m in inside if e.person.gender == gender],
                            ALL_DAYS,
                            {"gender": gender},
                        )
                    )
            if grain == "year":
                monthly = [(e, m) for e, m in inside if e.pay_form == "monthly"]
                for label, youngest, oldest in (("0-29", 0, 29), ("30-49", 30, 49), ("50-", 50, 200)):
                    group = [(e, m) for e, m in inside if youngest <= e.person.age(end) <= oldest]
                    cells.append(("sick_leave_all_forms", group, ALL_DAYS, {"breakdown": f"age_band={label}"}))
                for staff_group, codes in STAFF_GROUPS.items():
                    group = [(e, m) for e, m in monthly if e.posts[m][1] in codes]
                    cells.append(("sick_leave_monthly_by_occupation", group, ALL_DAYS, {"staff_group": staff_group}))
                    all_forms = [(e, m) for e, m in inside if e.posts[m][1] in codes]
                    cells.append(("sick_leave_by_occupation", all_forms, ALL_DAYS, {"staff_group": staff_group}))
            places: list[str | None] = [None] if time == "period" else []
            if time == "period":
                places += [*DEPARTMENTS, *(UNITS if grain == "month" else ())]
            for place in places:
                group = inside if place is None else [(e, m) for e, m in inside if e.is_in(place, m)]
                if place is not None:
                    cells.append(("sick_leave_all_forms", group, ALL_DAYS, {"org_unit": place}))
                if place is None or grain == "month":
                    for span, low, high in (("1_14", 1, 14), ("15_59", 15, 59), ("60_plus", 60, ALL_DAYS[1])):
                        cells.append((f"sick_leave_span_{span}", group, (low, high), {"org_unit": place}))
            for indicator, group, (low, high), cell in cells:
                lost = sum(h for e, m in group for ordinal, _, h in sick[e.employment_id, m] if low <= ordinal <= high)
                total = sum(ordinary[e.employment_id, m] for e, m in group)
                n = len({e.person for e, m in group if ordinary[e.employment_id, m] > 1e-6})
                value = 100 * lost / total if total > 1e-6 else None
                if group:
                    self.put(indicator, start, end, grain, time, value, n, preliminary=preliminary, **cell)
            if grain != "year":
                continue
            chains: dict[tuple[str, date], float] = defaultdict(float)
            for e, m in inside:
                for _, chain, hours in sick[e.employment_id, m]:
                    chains[e.employment_id, chain] += hours
            long = sum(hours for (number, chain), hours in chains.items() if self.reached(number, chain, months) >= 60)
            persons = len({by_id[number].person for (number, _), hours in chains.items() if hours})
            if chains:
                self.put(
                    "sick_leave_long_share",
                    start,
                    end,
                    grain,
                    time,
                    100 * long / sum(chains.values()),
                    persons,
                    preliminary=preliminary,
                )

    def is_known(self, table: str, e: Employment) -> bool:
        """Whether a delivered extract holds the employment."""
        return any(e.days_of(m)[0] <= e.days_of(m)[1] for m in self.world.months if self.world.delivered(table, m))

    def reached(self, employment_id: str, chain: date, months: list[date]) -> int:
        """The highest day of the chain that lies in the months."""
        last = max(
            d
            for d in self.sick_days[employment_id]
            if d.replace(day=1) in months and self.chain_start(employment_id, d) == chain
        )
        return self.ordinal(employment_id, chain, last)

    def leaving(self, permanent: list[Employment], scope: list[Employment]) -> list[tuple[date, Employment]]:
        """(day, employment) of everybody who holds none in the scope the day after; one for a person and day."""
        found = []
        for day in days(self.world.months[0], month_end(self.world.months[-1])):
            left: dict[Person, Employment] = {}
            for e in sorted((e for e in permanent if e.end == day), key=lambda e: (-e.degree, e.employment_id)):
                if not any(other.person == e.person and other.covers(day + DAY) for other in scope):
                    left.setdefault(e.person, e)
            found += [(day, e) for e in left.values()]
        return found

    def managers(self) -> None:
        """Permanent managers at the year's end, hired and gone in the year."""
        permanent = [e for e in self.world.employments if e.form == "permanent" and self.is_known("employments", e)]
        leads = [e for e in permanent if e.is_manager]
        for _, time, start, end, _ in self.spans(("employments",)):
            if time != "period":
                continue
            there = {e.person for e in leads if e.covers(end)}
            hired = {
                e.person
                for e in leads
                if start <= e.start <= end
                and not any(
                    o.person == e.person and o.start < e.start and (o.end is None or o.end >= e.start - DAY)
                    for o in leads
                )
            }
            left = {e.person for day, e in self.leaving(permanent, permanent) if e.is_manager and start <= day <= end}
            if there:
                self.put("managers_permanent", end, end, "year", "point", len(there), len(there))
            self.put("managers_hired", start, end, "year", "period", len(hired), len(hired))
            self.put("managers_left", start, end, "year", "period", len(left), len(left))

    def turnover(self) -> None:
        """Those who left, over the mean of the month-ends; an employment that begins after the last extract is not
        known yet.
        """
        permanent = [e for e in self.world.employments if e.form == "permanent" and self.is_known("employments", e)]
        everywhere = permanent + [
            e for e in self.world.others if e.form == "permanent" and self.is_known("other_employments", e)
        ]

        def rate(
            indicator: str,
            scope: list[Employment],
            needed: tuple[str, ...],
            pension: bool,
            cell_of: Any,
            times: tuple[str, ...],
        ) -> None:
            events = [
                (day, e)
                for day, e in self.leaving(permanent, scope)
                if pension or e.reason not in self.world.choices["pension_reasons"]
            ]
            for grain, time, start, end, months in self.spans(needed):
                if time not in times:
                    continue
                last = {
                    e.person: (day, e) for day, e in sorted(events, key=lambda event: event[0]) if start <= day <= end
                }
                left: dict[Any, int] = defaultdict(int)
                for day, e in last.values():
                    left[cell_of(e, day.replace(day=1))] += 1
                mean: dict[Any, float] = defaultdict(float)
                people: dict[Any, set[Person]] = defaultdict(set)
                for month in months:
                    at_end = {(cell_of(e, month), e.person) for e in permanent if e.covers(month_end(month))}
                    for cell, person in at_end:
                        mean[cell] += 1 / 12
                        people[cell].add(person)
                for cell in (set(left) | set(mean)) - {None}:
                    value = 100 * left[cell] / mean[cell] if cell in mean else None
                    self.put(indicator, start, end, grain, time, value, len(people[cell]), **dict(cell))

        group_of = {code: group for group, codes in STAFF_GROUPS.items() for code in codes}

        def occupation(e: Employment, month: date) -> Any:
            group = group_of.get(e.posts[month][1])
            return (("staff_group", group),) if group else None

        own, both = ("employments",), ("employments", "other_employments")

        def whole(e: Employment, month: date) -> Any:
            return ()

        def department(e: Employment, month: date) -> Any:
            return (("org_unit", UNITS[e.posts[month][0]]),)

        def unit(e: Employment, month: date) -> Any:
            return (("org_unit", e.posts[month][0]),)

        for indicator, scope, needed, pension in (
            ("turnover_excl_pension_total", permanent, own, False),
            ("turnover_incl_pension_total", everywhere, both, True),
        ):
            rate(indicator, scope, needed, pension, whole, ("rolling_12", "period"))
            rate(indicator, scope, needed, pension, department, ("rolling_12", "period"))
            rate(indicator, scope, needed, pension, unit, ("rolling_12",))
        rate("turnover_excl_pension_by_occupation", everywhere, both, False, occupation, ("period",))

    def all_figures(self) -> dict[Key, Figure]:
        """Every figure of the municipality by its key."""
        self.stock()
        self.hours()
        self.sick_leave()
        self.turnover()
        self.managers()
        return self.figures


DEFAULTS = {
    "sick_types": ("sjuk", "arbetsskada", "rehabilitering"),
    "unpaid_leave_types": ("föräldraledig", "tjänstledig"),
    "pension_reasons": ("pension",),
    "relapse_days": ("5",),
    "full_time_hours_year": ("1980",),
}
WORLDS = (
    random_world("0001", 1, DEFAULTS, frozenset()),
    random_world(
        "0002", 2, DEFAULTS, frozenset({("absences", date(2023, 6, 1)), ("other_employments", date(2024, 3, 1))})
    ),
    random_world(
        "0003",
        3,
        {
            "sick_types": ("sjuk",),
            "unpaid_leave_types": (),
            "pension_reasons": ("pension", "avliden"),
            "relapse_days": ("2",),
            "full_time_hours_year": ("1900",),
        },
        frozenset({("time_records", date(2024, 12, 1))}),
    ),
)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build file after dbt has built and tested the HR models on the random extracts."""
    path = tmp_path_factory.mktemp("dbt_hr") / "warehouse.duckdb"
    deliver(path, WORLDS)
    assert (
        failures(
            run_dbt(path, "build", "--select", "+int_hr__figure_loads", "--indirect-selection", "cautious", "--quiet")
        )
        == []
    )
    with duckdb.connect(str(path), read_only=True) as con:
        yield con


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.municipality_id)
def test_every_figure_equals_the_count_day_by_day(build: duckdb.DuckDBPyConnection, world: World) -> None:
    """Same rows, same values, same number of persons, same preliminary marks."""
    rows = build.execute(
        "select indicator_id, org_unit, staff_group, breakdown, gender, period_start, period_end, period_grain, measure_time, "
        "value, n, is_preliminary from intermediate.int_hr__value where municipality_id = ?",
        [world.municipality_id],
    ).fetchall()
    built: dict[Key, Figure] = {row[:9]: row[9:] for row in rows}
    expected = Oracle(world).all_figures()
    assert len(rows) == len(built)
    assert set(built) ^ set(expected) == set()
    different = {
        key: (built[key], expected[key])
        for key in expected
        if built[key][1:] != expected[key][1:] or built[key][0] != pytest.approx(expected[key][0], rel=1e-6, abs=1e-6)
    }
    assert different == {}
    assert {key[0] for key in built} >= {
        "managers_left",
        "sick_leave_long_share",
        "turnover_excl_pension_by_occupation",
        "mean_age",
    }
    assert {key[0] for key in built if key[7] == "month" and key[1] in UNITS} == set(STAFFING_OF_A_UNIT)


def test_a_month_that_is_missing_makes_a_gap(build: duckdb.DuckDBPyConnection) -> None:
    """A year with a month not delivered has no figure, rather than eleven months' sum."""
    years = build.execute(
        "select municipality_id, indicator_id, year(period_end) from intermediate.int_hr__value where period_grain = 'year' and "
        "indicator_id in ('sick_leave_span_1_14', 'turnover_incl_pension_total', 'overtime_fte')"
    ).fetchall()
    assert ("0002", "sick_leave_span_1_14", 2023) not in years
    assert ("0002", "sick_leave_span_1_14", 2024) in years
    assert ("0002", "turnover_incl_pension_total", 2024) not in years
    assert ("0003", "overtime_fte", 2024) not in years
    assert ("0001", "overtime_fte", 2024) in years


def test_every_figure_names_the_loads_of_its_months(build: duckdb.DuckDBPyConnection) -> None:
    """A year rests on its 48 loads, a month-end on that month's four."""
    counts = dict(
        build.execute(
            "select lineage_id, count(*) from intermediate.int_hr__figure_loads group by lineage_id"
        ).fetchall()
    )
    assert counts["hr:0001:2024-01-01:2024-12-31"] == 48
    assert counts["hr:0001:2024-02-29:2024-02-29"] == 4
    without = build.execute(
        "select count(*) from intermediate.int_hr__value where lineage_id not in (select lineage_id from intermediate.int_hr__figure_loads)"
    ).fetchone()
    assert without == (0,)
