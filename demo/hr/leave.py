"""What employments do: scheduled and booked hours, absence spells, additional time and overtime.

Belongs here: hours and spells, and their calibration. Does not belong here: who is employed (`staff`), files (`files`).
The calibration works on rows only: long sick spells are drawn until the planned hours of the later day spans are
reached without any group, sex, age or department getting more than its part; short spells fill the rest; at last the
shift hours that the system books for some of the short spells are raked by a few per cent, so that all margins agree at
once.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from demo.hr import plan
from demo.hr.people import Person
from demo.hr.plan import YEARS, first_day, last_day
from demo.hr.staff import Employment

ORIGIN = date(2022, 1, 1)  # day 0; spells of earlier years have negative days
DAYS = (date(2024, 12, 31) - ORIGIN).days + 1
YEAR_STARTS = tuple((date(year, 1, 1) - ORIGIN).days for year in (*YEARS, 2025))
MONTH_STARTS = tuple((first_day(m) - ORIGIN).days for m in range(1, plan.LAST_MONTH + 2))
SPAN_STARTS = (0, 14, 59)  # days since the first day of the spell: day 1, day 15, day 60
SICK_GAP = 9  # days kept free between two spells, so that only intended relapses are relapses
UNPAID = ("föräldraledig", "tjänstledig")
SICK = ("sjuk", "arbetsskada", "rehabilitering")

Key = tuple[str, str]  # (dimension, value)


def day_number(day: date) -> int:
    """Days since ORIGIN."""
    return (day - ORIGIN).days


def day_date(number: int) -> date:
    """The date of a day number."""
    return ORIGIN + timedelta(days=number)


def month_of(day: int) -> int:
    """The month (1-36) of a day number within the extracts."""
    return bisect_right(MONTH_STARTS, day)


@dataclass(eq=False)
class Spell:
    """One absence spell; days inclusive. hours: booked shift hours by month where the system has them."""

    clock: Clock
    type: str
    start: int
    end: int
    degree: int = 100
    chain_start: int = 0
    hours: dict[int, float] | None = None
    id: str = ""

    def months(self) -> range:
        """Months of the extracts that the spell touches."""
        if self.end < 0 or self.start >= DAYS:
            return range(0)
        return range(month_of(max(0, self.start)), month_of(min(self.end, DAYS - 1)) + 1)

    def hours_in(self, month: int) -> float:
        """Scheduled hours lost in a month."""
        if self.hours is not None:
            return self.hours.get(month, 0.0)
        return (
            self.clock.between(max(self.start, MONTH_STARTS[month - 1]), min(self.end, MONTH_STARTS[month] - 1))
            * self.degree
            / 100
        )


@dataclass(eq=False)
class Clock:
    """An employment's hours: by month, and (monthly-paid) cumulated by day."""

    employment: Employment
    scheduled: dict[int, float]
    cumulated: NDArray[np.float64]
    busy: list[tuple[int, int, bool]] = field(default_factory=list)
    books_shifts: bool = False
    known_keys: dict[int, tuple[Key, ...]] = field(default_factory=dict)
    unpaid: dict[int, float] = field(default_factory=dict)
    lost: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    additional: dict[int, float] = field(default_factory=dict)
    overtime: dict[int, float] = field(default_factory=dict)

    def between(self, first: int, last: int) -> float:
        """Scheduled hours of the days first..last."""
        first, last = max(first, 0), min(last, DAYS - 1)
        return float(self.cumulated[last + 1] - self.cumulated[first]) if last >= first else 0.0

    @property
    def first(self) -> int:
        """First day employed."""
        return day_number(self.employment.start)

    @property
    def last(self) -> int:
        """Last day employed (far away while in force)."""
        return 10_000 if self.employment.end is None else day_number(self.employment.end)

    def is_free(self, first: int, last: int, is_sick: bool) -> bool:
        """Whether a spell may lie there."""
        if first < self.first or last > self.last:
            return False
        return all(
            last < start - (SICK_GAP if is_sick and sick else 1) or first > end + (SICK_GAP if is_sick and sick else 1)
            for start, end, sick in self.busy
        )

    def group(self, month: int) -> str:
        """The value of dimension `group`: the staff group for monthly-paid, hourly-paid apart."""
        post = self.employment.post(month)
        if self.employment.is_monthly:
            return post.group if post.group in plan.SICK_MONTHLY[2024] else "rest"
        return {"207027": "hourly_stodassistent", "351012": "hourly_socialsekreterare"}.get(post.aid, "hourly_rest")

    def keys(self, month: int) -> tuple[Key, ...]:
        """The margins that hours of a month count in; age is that of the year's last day."""
        if month not in self.known_keys:
            self.known_keys[month] = self._keys(month)
        return self.known_keys[month]

    def _keys(self, month: int) -> tuple[Key, ...]:
        department = self.employment.post(month).department
        return (
            ("group", self.group(month)),
            ("gender", self.employment.person.gender),
            ("age", age_band(plan.month_year(month)[0] - self.employment.person.birth.year)),
            ("department", department if department in plan.SICK_DEPARTMENT[2024] else "rest"),
        )


def age_band(age: int) -> str:
    """The age groups of the statutory sick-leave report."""
    return "0-29" if age < 30 else "30-49" if age < 50 else "50-"


class Leave:
    """Hours and absence of a staff, 2022-2024."""

    def __init__(self, rng: random.Random, employments: list[Employment]) -> None:
        """Build everything; the results are `clocks`, `spells` and `by_month` (the spells that touch a month)."""
        self.rng = rng
        self.spells: list[Spell] = []
        self.clocks = [self._clock(e) for e in employments]
        self.monthly = [c for c in self.clocks if c.employment.is_monthly]
        self.hourly = [c for c in self.clocks if not c.employment.is_monthly]
        # A second employment of somebody gets no sick spells of its own: relapses are counted per employment.
        seen: set[int] = set()
        self.sickable: list[Clock] = []
        for clock in [*self.monthly, *self.hourly]:
            shared = [
                c
                for c in (self.clocks if clock.employment.is_protected else ())
                if c.employment.person is clock.employment.person
            ]
            if id(clock.employment.person) in seen and (shared or not clock.employment.is_monthly):
                continue
            seen.add(id(clock.employment.person))
            self.sickable.append(clock)
        self._book_hourly()
        self._unpaid_leave()
        self._settle_hourly_people()
        for clock in self.hourly:
            clock.known_keys.clear()
        self.ordinary = self._ordinary_hours()
        self.chains: list[list[Spell]] = []
        for index in range(len(YEARS)):
            targets = self._sick_targets(index)
            self._long_spells(index, targets)
            self._short_spells(index, targets)
        self.spells += [s for chain in self.chains for s in chain]
        self._holidays_and_children()
        self.spells = sorted(
            (s for s in self.spells if s.months()), key=lambda s: (s.start, s.clock.employment.id, s.type)
        )
        self.by_month: dict[int, list[Spell]] = defaultdict(list)
        for spell in self.spells:
            for month in spell.months():
                self.by_month[month].append(spell)
                spell.clock.lost[month] += spell.hours_in(month)
        self._extra_time()
        for number, spell in enumerate(self.spells):
            spell.id = f"F{61_003 + 3 * number}"

    # -- scheduled hours ---------------------------------------------------------------------------------------------

    def _clock(self, employment: Employment) -> Clock:
        hours = np.zeros(DAYS + 1)
        scheduled: dict[int, float] = {}
        first, last = day_number(employment.start), DAYS if employment.end is None else day_number(employment.end)
        if employment.is_monthly:
            for month in employment.months():
                start, end = MONTH_STARTS[month - 1], MONTH_STARTS[month] - 1
                weekdays = [
                    d for d in range(max(start, first), min(end, last) + 1) if (d + 5) % 7 < 5
                ]  # day 0 was a Saturday
                total = employment.degree(month) / 100 * employment.full_time_hours / 5 * len(weekdays)
                if employment.has_shifts:  # a rota gives and takes a few hours between months
                    total = round(total * self.rng.choice((0.96, 0.98, 0.99, 1.0, 1.0, 1.01, 1.02, 1.04)) * 4) / 4
                scheduled[month] = round(total, 2)
                if weekdays:
                    hours[np.array(weekdays) + 1] = scheduled[month] / len(weekdays)
        share = {"stodpedagog": 0.7, "stodbitrade": 0.7, "rehab": 0.6, "socialsekreterare": 0.5}.get(
            next(iter(employment.posts.values())).group, 0.4
        )
        return Clock(
            employment, scheduled, np.cumsum(hours), books_shifts=not employment.is_monthly or self.rng.random() < share
        )

    def _book_hourly(self) -> None:
        """Book shifts: hours worked by year as planned, plus the booked hours that sickness will take."""
        weights: dict[tuple[str, str], dict[int, dict[Clock, float]]] = defaultdict(lambda: defaultdict(dict))
        for clock in self.hourly:
            post = clock.employment.post(1)
            habit = self.rng.lognormvariate(0, 0.5)
            for month in clock.employment.months():
                days = min(last_day(month), clock.employment.end or last_day(month)) - max(
                    first_day(month), clock.employment.start
                )
                if clock.employment.is_protected or (days.days >= 6 and self.rng.random() < 0.82):
                    weights[post.aid, post.department][month][clock] = (
                        habit * self.rng.uniform(0.5, 1.5) * min(1.0, days.days / 28)
                    )
        shares = {(aid, department): share for _, aid, department, _, share in plan.HOURLY}
        for index, year in enumerate(YEARS):
            booked = plan.HOURLY_WORK[year] * plan.FULL_TIME_HOURS_YEAR / (1 - plan.SICK_HOURLY / 100)
            months = range(12 * index + 1, 12 * index + 13)
            parts = {(k, m): shares[k] * _season(k[1], plan.month_year(m)) for k in shares for m in months}
            scale = booked / sum(parts.values())
            for (kind, month), part in parts.items():
                members = weights[kind][month]
                for clock, hours in _spread(part * scale, members, 158.0).items():
                    if hours >= 2:
                        clock.scheduled[month] = round(hours * 4) / 4

    def _unpaid_leave(self) -> None:
        for clock in self.monthly:
            employment = clock.employment
            woman = employment.person.gender == "K"
            day = max(clock.first, day_number(date(2021, 4, 1)))
            while day < min(clock.last, DAYS):
                day += self.rng.randint(20, 140)
                if day > min(clock.last, DAYS) - 20:
                    break
                age = day_date(day).year - employment.person.birth.year
                chance = self.rng.random()
                if 23 <= age <= 43 and chance < (0.032 if woman else 0.016):
                    length = self.rng.randint(150, 330) if woman else self.rng.randint(40, 150)
                    self._add_leave(
                        clock, "föräldraledig", day, day + length, self.rng.choices((100, 50, 20), (80, 12, 8))[0]
                    )
                elif employment.form == "tillsvidare" and chance > 0.990:
                    self._add_leave(
                        clock,
                        "tjänstledig",
                        day,
                        day + self.rng.randint(60, 365),
                        self.rng.choices((100, 50, 25, 20), (50, 15, 15, 20))[0],
                    )
                else:
                    continue
                day = clock.busy[-1][1]
        for spell in self.spells:
            for month in spell.months():
                spell.clock.unpaid[month] = spell.clock.unpaid.get(month, 0.0) + spell.hours_in(month)

    def _add_leave(self, clock: Clock, kind: str, first: int, last: int, degree: int) -> None:
        last = min(last, clock.last)
        self.spells.append(Spell(clock, kind, first, last, degree))
        clock.busy.append((first, last, False))

    def _settle_hourly_people(self) -> None:
        """Change sex and age of hourly-paid people until the rates by sex and by age give the same total as planned."""
        ordinary = self._ordinary_hours()
        shared = {id(c.employment.person) for c in self.monthly}
        free: dict[Person, list[float]] = {}
        starts: dict[Person, int] = {}
        for clock in self.hourly:
            person = clock.employment.person
            if id(person) not in shared:
                hours = free.setdefault(person, [0.0] * len(YEARS))
                for month, booked in clock.scheduled.items():
                    hours[(month - 1) // 12] += booked
                starts[person] = min(starts.get(person, 9_999), clock.employment.start.year)

        def gap() -> float:
            result = 0.0
            for year, hours in zip(YEARS[1:], ordinary[1:], strict=True):
                for dimension, rates in (("gender", plan.SICK_GENDER[year]), ("age", plan.SICK_AGE[year])):
                    sick = sum(rate * hours[dimension, value] for value, rate in rates.items())
                    result += abs(sick / hours["total", ""] - plan.SICK_TOTAL[year])
            return result

        def count(person: Person, sign: int) -> None:
            for year, hours, amount in zip(YEARS, ordinary, free[person], strict=True):
                hours["gender", person.gender] += sign * amount
                hours["age", age_band(year - person.birth.year)] += sign * amount

        people, now = list(free), gap()
        for _ in range(30_000):
            if now < 0.004:
                return
            person = self.rng.choice(people)
            before = person.gender, person.birth
            gender, birth = ("M" if person.gender == "K" else "K"), person.birth
            if self.rng.random() < 0.7:
                gender, birth = person.gender, person.birth.replace(year=person.birth.year + self.rng.randint(-25, 25))
            if starts[person] - birth.year < 19 or 2024 - birth.year > 72:
                continue
            count(person, -1)
            person.gender, person.birth = gender, birth
            count(person, 1)
            then = gap()
            if then < now:
                now = then
                continue
            count(person, -1)
            person.gender, person.birth = before
            count(person, 1)
        raise ValueError(
            f"The hourly-paid do not close a gap of {now:.3f} percentage points between sexes, ages and total."
        )

    def _ordinary_hours(self) -> list[dict[Key, float]]:
        """Per year: scheduled hours less those on unpaid leave, by margin; the whole under ('total', '')."""
        result: list[dict[Key, float]] = [defaultdict(float) for _ in YEARS]
        for clock in self.clocks:
            for month, hours in clock.scheduled.items():
                ordinary = hours - clock.unpaid.get(month, 0.0)
                for key in (*clock.keys(month), ("total", "")):
                    result[(month - 1) // 12][key] += ordinary
        return result

    # -- sick leave --------------------------------------------------------------------------------------------------

    def _sick_targets(self, index: int) -> dict[Key, float]:
        """Sick hours of a year by margin; every dimension adds up to the total."""
        year, ordinary = YEARS[index], self.ordinary[index]
        total = plan.SICK_TOTAL[year] / 100 * ordinary["total", ""]
        targets: dict[Key, float] = {("total", ""): total}
        for dimension, rates, fixed in (
            ("gender", plan.SICK_GENDER[year], ()),
            ("age", plan.SICK_AGE[year], ("0-29",)),
        ):
            hours = {value: rate / 100 * ordinary[dimension, value] for value, rate in rates.items()}
            movable = sum(ordinary[dimension, value] for value in rates if value not in fixed)
            shift = (total - sum(hours.values())) / movable
            if abs(shift) > 0.0004 and year != 2022:
                raise ValueError(
                    f"{year}: the rates by {dimension} miss the total by {100 * shift:.3f} percentage points."
                )
            for value in rates:
                targets[dimension, value] = hours[value] + (0 if value in fixed else shift * ordinary[dimension, value])
        departments = {
            value: rate / 100 * ordinary["department", value] for value, rate in plan.SICK_DEPARTMENT[year].items()
        }
        departments["rest"] = total - sum(departments.values())
        groups = {value: rate / 100 * ordinary["group", value] for value, rate in plan.SICK_MONTHLY[year].items()}
        worked = plan.HOURLY_WORK[year] * plan.FULL_TIME_HOURS_YEAR
        left = sum(ordinary["group", f"hourly_{v}"] for v in ("stodassistent", "socialsekreterare", "rest")) - worked
        for value, rate in plan.SICK_HOURLY_GROUP.items():
            booked = ordinary["group", f"hourly_{value}"]
            both = plan.SICK_ALL_FORMS.get(year, {}).get(value)
            groups[f"hourly_{value}"] = (
                rate / 100 * booked
                if both is None
                else both / 100 * (booked + ordinary["group", value]) - groups[value]
            )
            left -= groups[f"hourly_{value}"]
        groups["hourly_rest"] = left
        groups["rest"] = total - sum(groups.values())
        targets |= {("department", value): hours for value, hours in departments.items()}
        return targets | {("group", value): hours for value, hours in groups.items()}

    def _by_span(self, chain: Iterable[Spell], index: int) -> list[float]:
        """A chain's hours in a year by day span."""
        spans = [0.0, 0.0, 0.0]
        for spell in chain:
            for number, start in enumerate(SPAN_STARTS):
                stop = SPAN_STARTS[number + 1] - 1 if number < 2 else 10_000
                first = max(spell.start, spell.chain_start + start, YEAR_STARTS[index])
                last = min(spell.end, spell.chain_start + stop, YEAR_STARTS[index + 1] - 1)
                if last >= first:
                    spans[number] += spell.clock.between(first, last) * spell.degree / 100
        return spans

    def _long_spells(self, index: int, targets: dict[Key, float]) -> None:
        """Spells of 15 days or more, until days 15-59 and days 60- have their hours of the year."""
        year, ordinary = YEARS[index], self.ordinary[index]
        all_hours = ordinary["total", ""]
        late, middle = plan.SICK_SPAN_60[year] / 100 * all_hours, plan.SICK_SPAN_15_59[year] / 100 * all_hours
        room = _room(targets, ordinary, late + middle + 0.0055 * all_hours)
        used: dict[Key, float] = defaultdict(float)
        total = [0.0, 0.0, 0.0]
        keys = {clock: clock.keys(min(12 * index + 12, max(clock.scheduled, default=1))) for clock in self.monthly}

        def count(chain: list[Spell], sign: int) -> None:
            spans = self._by_span(chain, index)
            for key in keys[chain[0].clock]:
                used[key] += sign * sum(spans)
            for number in range(3):
                total[number] += sign * spans[number]

        for chain in self.chains:
            count(chain, 1)
        carried = [c for c in self.chains if sum(self._by_span(c, index)) > 0]
        self.rng.shuffle(carried)
        for chain in carried:  # those who are sick into the year get well early where the year has no room for them
            over = max((used[k] - 0.9 * room[k] for k in keys[chain[0].clock]), default=0.0)
            if over > 0 or total[2] > 0.82 * late:
                early = YEAR_STARTS[index] + self.rng.randint(5, 100)
                if early < chain[-1].end:
                    self._move_end(chain, early, count)
        pools: dict[str, list[Clock]] = defaultdict(list)
        for clock in self.sickable:
            if clock.employment.is_monthly:
                pools[dict(keys[clock])["group"]].append(clock)
        for kind, target, number in (("long", late, 2), ("medium", middle, 1)):
            failures = 0
            while total[number] < target - 60:
                slack = 1.0 + failures / 12_000 - (0.12 if kind == "long" else 0.0)
                if failures > 12_000:
                    raise ValueError(
                        f"{year}: no room for more {kind} sick spells ({total[number]:.0f} of {target:.0f} hours)."
                    )
                if (
                    kind == "long"
                    and failures % 5 == 4
                    and self._extend(index, slack, room, used, target - total[number], count)
                ):
                    continue
                lacking = {g: max(room["group", g] * slack - used["group", g], 0.01) for g in pools}
                clock = self.rng.choice(pools[self.rng.choices(list(lacking), list(lacking.values()))[0]])
                chain = self._draw_chain(index, clock, kind, target - total[number])
                spans = self._by_span(chain, index) if chain else [0.0, 0.0, 0.0]
                fits = 0 < spans[number] <= target - total[number] + 60 and not (
                    kind == "long" and total[1] + spans[1] > 0.9 * middle
                )
                if not fits or any(
                    used[k] + sum(spans) > slack * room[k] + 0.002 * ordinary[k] for k in keys[chain[0].clock]
                ):
                    failures += 1
                    continue
                count(chain, 1)
                self.chains.append(chain)
                chain[0].clock.busy.append((chain[0].start, chain[-1].end, True))

    def _extend(
        self,
        index: int,
        slack: float,
        room: dict[Key, float],
        used: dict[Key, float],
        missing: float,
        count: Callable[[list[Spell], int], None],
    ) -> bool:
        """Let somebody who is long sick and gets well this year stay sick longer: later days without new first days."""
        chain = self.rng.choice(self.chains)
        end = chain[-1].end
        longer = end + self.rng.randint(20, 150)
        if not YEAR_STARTS[index] <= end < YEAR_STARTS[index + 1] - 1 or end - chain[0].start < SPAN_STARTS[2]:
            return False
        hours = chain[0].clock.between(end + 1, min(longer, YEAR_STARTS[index + 1] - 1)) * chain[-1].degree / 100
        month = month_of(end)
        if not 0 < hours <= missing + 60 or any(
            used[k] + hours > slack * room.get(k, 0.0) for k in chain[0].clock.keys(month)
        ):
            return False
        return self._move_end(chain, longer, count)

    def _draw_chain(self, index: int, clock: Clock, kind: str, missing: float) -> list[Spell]:
        """One person's long sickness, of one or two spells (the second part-time); [] where it does not fit."""
        year_start, year_end = YEAR_STARTS[index], YEAR_STARTS[index + 1] - 1
        start = self.rng.randint(year_start, year_end)
        if kind == "long":
            length = min(720, round(80 + self.rng.expovariate(1 / 380)))
            if index == 0 and self.rng.random() < 0.5:
                start = -self.rng.randint(1, min(420, length))
            if missing < 1500:
                start, length = (
                    self.rng.randint(year_start, year_end - 70),
                    62 + round(missing / 7.0 * 7 / 5 * self.rng.uniform(0.3, 1.0)),
                )
        else:
            length = self.rng.randint(15, 54)
        end = min(start + length, clock.last)
        if end - start < (62 if kind == "long" else 15) or not clock.is_free(start, end, True):
            return []
        if kind == "long" and end - start > 120 and start >= 0 and self.rng.random() < 0.45:
            turn = start + self.rng.randint(60, end - start - 30)
            second = "rehabilitering" if self.rng.random() < 0.4 else "sjuk"
            return [
                Spell(clock, "sjuk", start, turn, 100, start),
                Spell(clock, second, turn + 1, end, self.rng.choice((75, 50, 50, 25)), start),
            ]
        kind_of = self.rng.choices(("sjuk", "arbetsskada", "rehabilitering"), (93, 4, 3))[0]
        return [Spell(clock, kind_of, start, end, self.rng.choices((100, 75, 50, 25), (80, 3, 14, 3))[0], start)]

    def _move_end(self, chain: list[Spell], end: int, count: Callable[[list[Spell], int], None]) -> bool:
        """Let a chain end on another day, if its days are free; whether it did."""
        first, last, clock = chain[0].start, chain[-1].end, chain[0].clock
        if end < max(first + 20, chain[-1].start):
            return False
        clock.busy.remove((first, last, True))
        is_free = clock.is_free(first, end, True)
        if is_free:
            count(chain, -1)
            chain[-1].end = end
            count(chain, 1)
        clock.busy.append((first, chain[-1].end, True))
        return is_free

    def _short_spells(self, index: int, targets: dict[Key, float]) -> None:
        """Spells of up to 14 days that fill every margin; booked hours are raked so that all agree."""
        months = range(12 * index + 1, 12 * index + 13)
        booked = self._hourly_case(targets["group", "hourly_socialsekreterare"]) if index == len(YEARS) - 1 else []
        lost: dict[Clock, float] = defaultdict(float)
        for chain in self.chains:
            lost[chain[0].clock] += sum(self._by_span(chain, index))
        wanted: list[tuple[Clock, float]] = []
        for clock in self.sickable:
            if booked and clock.group(months[-1]) == booked[0].clock.group(months[-1]):
                continue
            hours = sum(clock.scheduled.get(m, 0.0) - clock.unpaid.get(m, 0.0) for m in months)
            hours -= lost[clock]
            seldom = 0.2 if clock.employment.is_monthly else 0.0 if clock.employment.is_protected else 0.3
            rate = 0.0 if self.rng.random() < seldom else self.rng.gammavariate(1.6, 0.6)
            if hours > 60 and rate > 0:
                wanted.append((clock, 0.038 * rate * hours))
        keys = [clock.keys(min(max(clock.scheduled), months[-1])) for clock, _ in wanted]
        for part in (
            0.8,
            1.0,
        ):  # twice: whoever found no free days the first time is made up for by others of the same margins
            fixed = self._fixed_hours(index)
            missing = {key: hours - fixed[key] for key, hours in targets.items() if key[0] != "total"}
            amounts = part * _rake(np.array([h for _, h in wanted]), keys, missing, 40)
            for (clock, _), amount in zip(wanted, amounts, strict=True):
                made = (
                    self._monthly_short(clock, index, amount)
                    if clock.employment.is_monthly
                    else self._hourly_short(clock, index, amount)
                )
                self.spells += made
                booked += [s for s in made if s.hours is not None]
        self._settle(booked, index, targets)

    def _fixed_hours(self, index: int) -> dict[Key, float]:
        fixed: dict[Key, float] = defaultdict(float)
        for spell in self._sick():
            if spell.end >= YEAR_STARTS[index] and spell.start < YEAR_STARTS[index + 1]:
                for month in spell.months():
                    if (month - 1) // 12 == index:
                        hours = spell.hours_in(month)
                        for key in spell.clock.keys(month):
                            fixed[key] += hours
        return fixed

    def _sick(self) -> Iterator[Spell]:
        yield from (s for chain in self.chains for s in chain)
        yield from (s for s in self.spells if s.type in SICK)

    def _monthly_short(self, clock: Clock, index: int, amount: float) -> list[Spell]:
        made: list[Spell] = []
        months = [m for m in range(12 * index + 1, 12 * index + 13) if clock.scheduled.get(m, 0.0) > 20]
        for _ in range(60):
            if not months or amount < 3.5:
                break
            month = self.rng.choices(months, [_SICK_SEASON[(m - 1) % 12] for m in months])[0]
            start = self.rng.randint(MONTH_STARTS[month - 1], MONTH_STARTS[month] - 1)
            length = self.rng.choices(range(1, 15), (24, 20, 16, 12, 10, 4, 5, 3, 2, 2, 1, 1, 0, 1))[0]
            while length > 1 and clock.between(start, start + length - 1) > amount + 2:
                length -= 1
            end = start + length - 1
            hours = clock.between(start, end)
            crosses_year = clock.books_shifts and end >= YEAR_STARTS[index + 1]
            if not 0 < hours <= amount + 4 or crosses_year or not clock.is_free(start, end, True):
                continue
            parts = [(start, end)]
            if length <= 5 and self.rng.random() < 0.04:  # back for a day or two, then sick again: one spell in law
                relapse = (end + 2 + self.rng.randint(0, 1), end + 4)
                if clock.is_free(start, relapse[1], True) and month_of(min(relapse[1], DAYS - 1)) == month:
                    parts.append(relapse)
            for first, last in parts:
                spell = Spell(clock, "sjuk", first, last, 100, start)
                if clock.books_shifts:
                    spell.hours = {m: Spell(clock, "sjuk", first, last).hours_in(m) for m in spell.months()}
                    spell.hours = {m: h for m, h in spell.hours.items() if h > 0}
                made.append(spell)
                amount -= clock.between(first, last)
            clock.busy.append((start, parts[-1][1], True))
        return made

    def _hourly_short(self, clock: Clock, index: int, amount: float) -> list[Spell]:
        made: list[Spell] = []
        taken: dict[int, float] = defaultdict(float)
        months = [m for m in range(12 * index + 1, 12 * index + 13) if clock.scheduled.get(m, 0.0) >= 20]
        for _ in range(40):
            if not months or amount < 3:
                break
            month = self.rng.choice(months)
            shifts = self.rng.choices((1, 2, 3), (55, 30, 15))[0]
            hours = min(shifts * self.rng.choice((6.0, 7.0, 7.5, 8.0)), amount + 2)
            start = self.rng.randint(MONTH_STARTS[month - 1], MONTH_STARTS[month] - 6)
            end = start + shifts + (shifts > 1) - 1
            if taken[month] + hours <= 0.5 * clock.scheduled[month] and clock.is_free(start, end, True):
                made.append(Spell(clock, "sjuk", start, end, 100, start, {month: hours}))
                clock.busy.append((start, end, True))
                taken[month] += hours
                amount -= hours
        return made

    def _hourly_case(self, sick: float) -> list[Spell]:
        """An hourly-paid case officer with booked shifts, sick from January 2024 on: why all forms print more than
        monthly-paid.

        sick: what the hourly-paid case officers are to lose in the year; all of it is this one's.
        """
        clock = max(
            (c for c in self.hourly if c.employment.post(1).aid == "351012"),
            key=lambda c: sum(c.scheduled[m] for m in range(25, 37)),
        )
        start = day_number(date(2024, 1, 8))
        kept = [s for s in self.spells if not (s.clock is clock and s.end >= start - SICK_GAP)]
        booked = {
            m: clock.scheduled[m] * (0.7 if m == month_of(start) else 1.0)
            for m in range(month_of(start), plan.LAST_MONTH + 1)
        }
        share = min(1.0, sick / sum(booked.values()))
        spell = Spell(clock, "sjuk", start, 9_999, 100, start, {m: share * hours for m, hours in booked.items()})
        self.spells = [*kept, spell]
        clock.busy.append((start, 9_999, True))
        return [spell]

    def _settle(self, booked: list[Spell], index: int, targets: dict[Key, float]) -> None:
        """Rake the booked hours of the year's short spells until every margin holds."""
        rows = [(s, m) for s in booked for m in (s.hours or {}) if (m - 1) // 12 == index]
        before = np.array([(s.hours or {})[m] for s, m in rows])
        keys = [s.clock.keys(m) for s, m in rows]
        fixed = self._fixed_hours(index)
        for values, amount in zip(keys, before, strict=True):
            for key in values:
                fixed[key] -= amount
        missing = {key: hours - fixed[key] for key, hours in targets.items() if key[0] != "total"}
        after = _rake(before, keys, missing, 400)
        reached: dict[Key, float] = defaultdict(float)
        for values, amount in zip(keys, after, strict=True):
            for key in values:
                reached[key] += amount
        missed = [key for key, hours in missing.items() if abs(reached[key] - hours) > 0.5]
        if missed:
            raise ValueError(f"{YEARS[index]}: booked sick hours cannot fill all margins at once: {missed}.")
        factors = after / before
        if factors.min() < 0.6 or factors.max() > 1.6:
            raise ValueError(
                f"{YEARS[index]}: booked sick hours would change by factors {factors.min():.2f} to {factors.max():.2f}."
            )
        for (spell, month), amount in zip(rows, after, strict=True):
            assert spell.hours is not None
            spell.hours[month] = round(float(amount), 2)

    # -- holidays, care of children, extra time ----------------------------------------------------------------------

    def _holidays_and_children(self) -> None:
        for clock in self.monthly:
            for year in YEARS:
                start = day_number(date(year, 6, 10)) + self.rng.randint(0, 40)
                start -= (start + 5) % 7  # a Monday
                self._add_if_free(clock, "semester", start, start + self.rng.choice((20, 20, 27)) - 1)
                for _ in range(self.rng.randint(1, 4)):
                    start = YEAR_STARTS[YEARS.index(year)] + self.rng.randint(0, 359)
                    self._add_if_free(clock, "semester", start, start + self.rng.choice((0, 0, 1, 4)))
                if 27 <= year - clock.employment.person.birth.year <= 46 and self.rng.random() < 0.45:
                    for _ in range(self.rng.randint(1, 4)):
                        start = YEAR_STARTS[YEARS.index(year)] + self.rng.randint(0, 359)
                        self._add_if_free(clock, "vård av barn", start, start + self.rng.choice((0, 0, 1, 2)))

    def _add_if_free(self, clock: Clock, kind: str, first: int, last: int) -> None:
        if last < DAYS and clock.between(first, last) > 0 and clock.is_free(first, last, False):
            self.spells.append(Spell(clock, kind, first, last, 100))
            clock.busy.append((first, last, False))

    def _extra_time(self) -> None:
        """Part-timers' additional hours and overtime, by clock hour; more in summer."""
        for index, year in enumerate(YEARS):
            additional: dict[tuple[Clock, int], float] = {}
            overtime: dict[tuple[Clock, int], float] = {}
            for clock in self.monthly:
                if clock.employment.is_manager:
                    continue
                for month in clock.employment.months():
                    if (month - 1) // 12 != index or clock.scheduled[month] - clock.lost[month] < 30:
                        continue
                    season = (
                        1.7
                        if (month - 1) % 12 in (5, 6, 7) and year != 2024
                        else 1.3
                        if (month - 1) % 12 in (5, 6, 7)
                        else 1.0
                    )
                    degree = clock.employment.degree(month)
                    if degree < 100 and self.rng.random() < 0.35:
                        limit = clock.scheduled[month] * (100 / degree - 1)
                        additional[clock, month] = min(season * self.rng.expovariate(1 / 8.0), 0.8 * limit)
                    if self.rng.random() < 0.28:
                        overtime[clock, month] = min(season * self.rng.expovariate(1 / 6.0), 45.0)
            for drawn, full_time, name in (
                (additional, plan.ADDITIONAL, "additional"),
                (overtime, plan.OVERTIME, "overtime"),
            ):
                for (clock, month), hours in _to_quarters(drawn, full_time[year] * plan.FULL_TIME_HOURS_YEAR).items():
                    getattr(clock, name)[month] = hours


_SICK_SEASON = (1.3, 1.35, 1.2, 1.0, 0.9, 0.75, 0.55, 0.75, 1.0, 1.1, 1.15, 1.25)


def _season(department: str, month: tuple[int, int]) -> float:
    """How much of its hourly-paid work a department books in a month (000 l.895-900 tells the direction of 2024)."""
    year, number = month
    weight = 1.45 if number in (6, 7, 8) else 1.1 if number == 12 else 0.92
    if year == 2024:
        autumn = number >= 9
        weight *= {
            "personlig_assistans_och_stod": 1.15,
            "aldreboende": 1.14 if autumn else 1.0,
            "lss_boende_och_arbete": 1.10 if number >= 3 else 1.0,
            "hemtjanst": 0.88 if autumn else 1.0,
        }.get(department, 1.0)
    return weight


def _spread(total: float, weights: dict[Clock, float], most: float) -> dict[Clock, float]:
    """`total` in proportion to the weights, at most `most` each."""
    free, result = dict(weights), dict.fromkeys(weights, 0.0)
    while free and total > 0:
        scale = total / sum(free.values())
        full = [c for c, w in free.items() if w * scale > most]
        for clock in full or list(free):
            result[clock] = min(free.pop(clock) * scale, most)
            total -= result[clock] if full else 0.0
        if not full:
            break
    return result


def _room(targets: dict[Key, float], ordinary: dict[Key, float], total: float) -> dict[Key, float]:
    """How many hours of long spells each margin may get: what is left above a usual short sick leave, scaled to
    `total`.
    """
    room: dict[Key, float] = {}
    for dimension in ("group", "gender", "age", "department"):
        raw = {}
        for (name, value), hours in targets.items():
            if name == dimension and not value.startswith("hourly"):
                usual = min((0.026 if value in ("M", "rest") else 0.034) * ordinary[name, value], 0.52 * hours)
                raw[value] = hours - usual
                if dimension == "age" and value == "0-29":
                    raw[value] *= 0.75
        scale = total / sum(raw.values())
        room |= {
            (dimension, value): min(scale * hours, 0.82 * targets[dimension, value]) for value, hours in raw.items()
        }
    return room


def _rake(
    start: NDArray[np.float64], keys: list[tuple[Key, ...]], targets: dict[Key, float], rounds: int
) -> NDArray[np.float64]:
    """Scale hours, margin by margin, until each margin has its target (iterative proportional fitting)."""
    hours = start.copy()
    members: dict[Key, list[int]] = defaultdict(list)
    for number, values in enumerate(keys):
        for key in values:
            members[key].append(number)
    margins = [(np.array(members[key]), target) for key, target in sorted(targets.items()) if key in members]
    short = [key for key, target in targets.items() if (target <= 0 if key in members else abs(target) > 1)]
    if short:
        raise ValueError(f"Nothing to fill, or nobody to fill it: {[(k, round(targets[k])) for k in short]}")
    for _ in range(rounds):
        for numbers, target in margins:
            hours[numbers] *= target / hours[numbers].sum()
    return hours


def _to_quarters(drawn: dict[tuple[Clock, int], float], total: float) -> dict[tuple[Clock, int], float]:
    """Scale to `total` in quarters of an hour; the rest of a quarter goes to the longest."""
    scale = total / sum(drawn.values())
    rounded = {key: round(hours * scale * 4) / 4 for key, hours in drawn.items()}
    longest = max(rounded, key=lambda k: rounded[k])
    rounded[longest] = round(rounded[longest] + total - sum(rounded.values()), 2)
    return {key: hours for key, hours in rounded.items() if hours > 0}
