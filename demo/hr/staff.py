"""Who is employed: permanent, temporary and hourly-paid employments of the board, and the other boards' permanent ones.

Belongs here: hires, leavers, moves, degrees and ages, built to the stocks of `plan`. Does not belong here: time and
absence. Stocks and leavers are chosen exactly (a month-end stock path per occupation, and who leaves when); hires are
what is missing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

from demo.hr.people import Person, Register
from demo.hr.plan import (
    EXCHANGES,
    GROUPS,
    HOURLY,
    LAST_MONTH,
    MEAN_AGE,
    PATHS,
    PERMANENT_FTE,
    TEMPORARY_FTE,
    YEARS,
    Group,
    first_day,
    last_day,
    month_index,
)

DAY = timedelta(days=1)
PART_TIME_DEGREES = (50, 60, 70, 75, 75, 80, 80, 85, 90)
DEPARTMENT_COST_CENTRES = {
    "hemtjanst": 71000,
    "aldreboende": 72000,
    "lss_boende_och_arbete": 73000,
    "personlig_assistans_och_stod": 74000,
    "myndighet_och_kommunal_primarvard": 75000,
    "verksamhetsstod": 76000,
}


@dataclass(frozen=True)
class Post:
    """Title, occupation and place of an employment from a month on."""

    group: str
    title: str
    aid: str
    department: str
    unit: str
    cost_centre: str


@dataclass(eq=False)
class Employment:
    """One employment; `posts` and `degrees` change at month starts, keyed by the month from which they hold."""

    person: Person
    form: str
    full_time_hours: float
    start: date
    posts: dict[int, Post]
    degrees: dict[int, int]
    has_shifts: bool = True
    is_manager: bool = False
    end: date | None = None
    reason: str = ""
    is_protected: bool = False
    id: str = ""

    @property
    def is_monthly(self) -> bool:
        """Paid by the month (not by the hour)."""
        return self.form != "timavlönad"

    def post(self, month: int) -> Post:
        """The post in month `month`."""
        return self.posts[max((m for m in self.posts if m <= month), default=min(self.posts))]

    def degree(self, month: int) -> int:
        """The contracted degree in month `month`."""
        return self.degrees[max((m for m in self.degrees if m <= month), default=min(self.degrees))]

    def in_force(self, day: date) -> bool:
        """Whether employed on `day`."""
        return self.start <= day and (self.end is None or self.end >= day)

    def months(self) -> range:
        """The months of the extracts (1-36) with at least one day employed."""
        last = LAST_MONTH if self.end is None else min(LAST_MONTH, month_index(self.end))
        return range(max(1, month_index(self.start)), last + 1)


@dataclass(eq=False)
class OtherEmployment:
    """A permanent employment at another board."""

    person: Person
    start: date
    end: date | None = None
    id: str = ""


@dataclass
class Staff:
    """Everyone and everything employed."""

    register: Register
    employments: list[Employment]
    others: list[OtherEmployment]


def build_staff(rng: random.Random) -> Staff:
    """All employments in force in any month of the extracts, with their ids; people still lack names and numbers."""
    register = Register(rng)
    permanent = _Permanent(rng, register)
    permanent.build()
    temporary = _temporary(rng, register, permanent)
    hourly = _hourly(rng, register, permanent.employments)
    _link_former_hourly(rng, permanent, hourly)
    staff = Staff(
        register, [*permanent.employments, *temporary, *hourly], _others(rng, register, permanent.employments)
    )
    _settle_degrees(rng, permanent.employments, PERMANENT_FTE)
    _settle_degrees(rng, temporary, TEMPORARY_FTE)
    _settle_ages(rng, permanent.employments)
    _exchange_places(permanent.employments)
    # In the systems' own order of registration, so that an id tells nothing about the form of employment.
    staff.employments.sort(key=lambda e: e.start)
    staff.others.sort(key=lambda o: o.start)
    for number, employment in zip(count(100_211, 7), staff.employments, strict=False):
        employment.id = f"A{number}"
    for number, other in zip(count(100_213, 7), staff.others, strict=False):
        other.id = f"A{number}"
    return staff


@dataclass
class _Exit:
    """A planned end: in which month it is first missing from the month-end stock, the last day, and why."""

    month: int
    end: date
    kind: str  # own, move, pension, promotion, restart


class _Permanent:
    def __init__(self, rng: random.Random, register: Register) -> None:
        self.rng = rng
        self.register = register
        self.employments: list[Employment] = []
        self.active: dict[str, list[Employment]] = {group.id: [] for group in GROUPS}
        self.conversions: list[tuple[Group, Employment]] = []
        self.from_hourly: list[Employment] = []
        self.men = dict.fromkeys(
            self.active, 0.5
        )  # men not yet hired of the share of men: keeps the share even over time

    def build(self) -> None:
        paths = {group.id: _path(group) for group in GROUPS}
        exits = {group.id: self._plan_exits(group, paths[group.id]) for group in GROUPS}
        for group in GROUPS:
            for _ in range(paths[group.id][0]):
                self._hire(
                    group, self._opening_start(), 21 + 43.5 * self.rng.betavariate(1.0, 0.92), date(2021, 12, 31)
                )
        self._double_employments()
        for month in range(1, LAST_MONTH + 1):
            promoted: list[Employment] = []
            restarted: dict[str, list[Person]] = defaultdict(list)
            leaving = {group.id: [e for e in exits[group.id] if e.month == month] for group in GROUPS}
            for group in GROUPS:
                for planned in leaving[group.id]:
                    employment = self._choose(group, planned)
                    self.active[group.id].remove(employment)
                    if planned.kind == "promotion":
                        promoted.append(employment)
                        continue
                    employment.end, employment.reason = planned.end, self._reason(planned.kind)
                    if planned.kind == "restart":
                        restarted[group.id].append(employment.person)
            for group in GROUPS:
                path = paths[group.id]
                hires = path[month] - path[month - 1] + len(leaving[group.id])
                self._fill(group, month, hires, promoted if group.id == "underskoterska" else [], restarted[group.id])
            self._move_within(month)
        for month in (18, 29):  # one of a person's two employments ends: the person has not left
            double = next(e for e in self.active["service"] if e.is_protected)
            double.end, double.reason, double.is_protected = last_day(month), "egen begäran", False
            self.active["service"].remove(double)
            replacement = self._hire(GROUPS_BY_ID["service"], first_day(month + 1), 38, first_day(month))
            replacement.degrees = {month_index(replacement.start): 50}

    def _plan_exits(self, group: Group, path: list[int]) -> list[_Exit]:
        exits: list[_Exit] = []
        for index in range(len(YEARS)):
            kinds = ["own"] * group.leavers[index] + ["move"] * group.moves[index] + ["pension"] * group.pensions[index]
            kinds += ["promotion"] * (5 if group.id == "vardbitrade" else 0)
            kinds += ["restart"] * (3 if group.id in ("underskoterska", "stodassistent") else 0)
            self.rng.shuffle(kinds)
            base = 12 * index
            already = [e.month for e in exits]
            months = [
                m for m in range(base + 1, base + 13) for _ in range(max(0, path[m - 1] - path[m] - already.count(m)))
            ]
            while len(months) < len(kinds):
                months.append(
                    self.rng.choices(range(base + 1, base + 14), (6, 7, 7, 7, 8, 9, 8, 12, 11, 8, 7, 6, 3))[0]
                )
            exits += [self._exit(kind, month, base) for kind, month in zip(kinds, months, strict=True)]
        return [e for e in exits if e.month <= LAST_MONTH + 1]

    def _exit(self, kind: str, month: int, base: int) -> _Exit:
        # A year's leavers end within the year: in January never on the last of December, and month 13 is 31 December.
        if kind in ("promotion", "restart"):
            month = min(max(month, base + 2), base + 12) if month in (base + 1, base + 13) else month
            return _Exit(month, last_day(month - 1), kind)
        if month == base + 13 and (kind == "move" or month > LAST_MONTH):
            month = base + 12
        on_last = month == base + 13 or (month > base + 1 and self.rng.random() < 0.6)
        end = last_day(month - 1) if on_last else first_day(month) + self.rng.randint(4, 25) * DAY
        return _Exit(month, end, kind)

    def _choose(self, group: Group, planned: _Exit) -> Employment:
        pool = [e for e in self.active[group.id] if not e.is_protected and e.start < planned.end - 60 * DAY]
        if planned.kind == "pension":
            oldest = min(pool, key=lambda e: e.person.birth)
            missing = 64.5 + 2.5 * self.rng.random() - oldest.person.age(planned.end)
            if abs(missing) > 1.5:
                oldest.person.born_earlier(round(missing))
            return oldest
        shifted = {2022: 1.9, 2024: 0.6}.get(
            planned.end.year, 1.0
        )  # the nursing homes lose most in 2022, least in 2024
        weights = []
        for employment in pool:
            age = employment.person.age(planned.end)
            weight = 2.0 ** (-(age - 30) / 9) if age < 61 else 0.0
            weights.append(
                weight * (shifted if employment.post(planned.month - 1).department == "aldreboende" else 1.0)
            )
        return self.rng.choices(pool, weights)[0]

    def _reason(self, kind: str) -> str:
        if kind == "own":
            return self.rng.choices(("egen begäran", "avliden", "arbetsbrist", "övrigt"), (88, 2, 2, 8))[0]
        return {"move": "annan förvaltning", "pension": "pension", "restart": "övrigt"}[kind]

    def _fill(self, group: Group, month: int, hires: int, promoted: list[Employment], restarted: list[Person]) -> None:
        if hires < len(promoted) + len(restarted):
            raise ValueError(
                f"{group.id}, month {month}: {hires} posts for {len(promoted)} promoted and {len(restarted)} restarted."
            )
        for employment in promoted:
            place = employment.post(month)
            employment.posts[month] = Post(
                group.id, "Undersköterska", "207024", place.department, place.unit, place.cost_centre
            )
            self.active[group.id].append(employment)
        for person in restarted:
            self._hire(group, first_day(month), 0, first_day(month), person)
        for _ in range(hires - len(promoted) - len(restarted)):
            start = first_day(month) if self.rng.random() < 0.6 else first_day(month) + self.rng.randint(1, 24) * DAY
            employment = self._hire(group, start, 20 + 43 * self.rng.betavariate(0.9, 1.5), start)
            kind = self.rng.random()
            if kind < 0.15 and group.temporary[0] >= 5:
                self.conversions.append((group, employment))
            elif kind < 0.28 and month > 6:
                self.from_hourly.append(employment)

    def _hire(self, group: Group, start: date, age: float, on: date, person: Person | None = None) -> Employment:
        if person is None:
            self.men[group.id] += group.men
            is_man = self.men[group.id] >= 1
            self.men[group.id] -= is_man
            person = self.register.born("M" if is_man else "K", max(age, 19.5), on)
        if (start.year - person.birth.year) < 19:
            start = date(person.birth.year + 20, start.month, 1)
        employment = make_employment(self.rng, group, person, "tillsvidare", start)
        self.employments.append(employment)
        self.active[group.id].append(employment)
        return employment

    def _opening_start(self) -> date:
        return max(date(1984, 1, 1), date(2021, 10, 1) - round(self.rng.expovariate(1 / 2900)) * DAY)

    def _double_employments(self) -> None:
        """Four people hold two half-time employments."""
        for first, second in zip(self.active["aktivitetsledare"][:4], self.active["service"][:4], strict=True):
            second.person = first.person
            for employment in (first, second):
                employment.start = max(employment.start, date(first.person.birth.year + 21, 3, 1))
                employment.is_protected = True
                employment.degrees = {min(employment.degrees): 50}

    def _move_within(self, month: int) -> None:
        for _ in range(2):
            employment = self.rng.choice(self.active["underskoterska"])
            post = employment.post(month)
            department, unit, centre = _place(self.rng, GROUPS_BY_ID["underskoterska"])
            employment.posts[month] = Post(post.group, post.title, post.aid, department, unit, centre)


GROUPS_BY_ID = {group.id: group for group in GROUPS}


def make_employment(rng: random.Random, group: Group, person: Person, form: str, start: date) -> Employment:
    """A monthly-paid employment of `group` with a random title, place and degree."""
    title, aid, _ = rng.choices(group.titles, [t[2] for t in group.titles])[0]
    department, unit, centre = _place(rng, group)
    part_time = group.part_time * (0.6 if person.gender == "M" else 1.06)
    degree = rng.choice(PART_TIME_DEGREES) if rng.random() < part_time else 100
    month = month_index(start)
    hours = 34.33 if unit == "hemtjanst_natt" else group.full_time_hours
    post = Post(group.id, title, aid, department, unit, centre)
    return Employment(person, form, hours, start, {month: post}, {month: degree}, group.has_shifts, group.is_manager)


def _place(rng: random.Random, group: Group) -> tuple[str, str, str]:
    department, unit, _ = rng.choices(group.places, [p[2] for p in group.places])[0]
    return department, unit, cost_centre(department, unit)


def cost_centre(department: str, unit: str) -> str:
    """The cost centre of a unit: the department's thousand and a hundred per unit."""
    units = sorted(
        {p[1] for g in GROUPS for p in g.places if p[0] == department}
        | {u for h in HOURLY if h[2] == department for u in h[3]}
    )
    return str(DEPARTMENT_COST_CENTRES[department] + 100 * (1 + units.index(unit)))


def _path(group: Group) -> list[int]:
    """Month-end stocks, months 0-36: as planned, else straight between the year-ends."""
    ends = group.permanent
    if group.id in PATHS:
        return [ends[0], *PATHS[group.id]]
    return [ends[0]] + [
        round(ends[y] + (ends[y + 1] - ends[y]) * m / 12) for y in range(len(YEARS)) for m in range(1, 13)
    ]


def _temporary(rng: random.Random, register: Register, permanent: _Permanent) -> list[Employment]:
    """Temporary employments; some of their holders are the permanent hires of the same group."""
    made: list[Employment] = []
    for group in GROUPS:
        ends = group.temporary
        path = [ends[0]] + [
            round(ends[y] + (ends[y + 1] - ends[y]) * m / 12) for y in range(len(YEARS)) for m in range(1, 13)
        ]
        wanted = defaultdict(list)
        for converted, hired in permanent.conversions:
            if converted is group:
                wanted[month_index(hired.start)].append(hired)

        def hire(start: date, group: Group = group) -> Employment:
            age = max(19.5, 20 + 44 * rng.betavariate(1.2, 2.0))
            person = register.born("M" if rng.random() < group.men * 1.15 else "K", age, start)
            employment = make_employment(rng, group, person, "visstid", start)
            made.append(employment)
            return employment

        active = [hire(date(2021, 12, 1) - rng.randint(0, 250) * DAY) for _ in range(path[0])]
        for month in range(1, LAST_MONTH + 1):
            gone = 0
            for hired in wanted[month]:
                ready = [e for e in active if e.start < hired.start - 90 * DAY]
                if ready:
                    employment = rng.choice(ready)
                    employment.end, employment.reason = hired.start - DAY, "visstid slut"
                    _replace(permanent.employments, hired.person, employment.person)
                    active.remove(employment)
                    gone += 1
            due = max(path[month - 1] - path[month] - gone, sum(rng.random() < 0.11 for _ in active))
            for _ in range(due):
                oldest = min(rng.sample(active, min(3, len(active))), key=lambda e: e.start)
                on_last = rng.random() < 0.6 and oldest.start < last_day(month - 1)
                oldest.end = (
                    last_day(month - 1) if on_last and month > 1 else first_day(month) + rng.randint(3, 24) * DAY
                )
                oldest.end = max(oldest.end, oldest.start)
                oldest.reason = "egen begäran" if rng.random() < 0.1 else "visstid slut"
                active.remove(oldest)
            gone += due
            active += [
                hire(first_day(month) + rng.choice((0, 0, 0, 7, 14)) * DAY)
                for _ in range(path[month] - path[month - 1] + gone)
            ]
    return made


def _hourly(rng: random.Random, register: Register, permanent: list[Employment]) -> list[Employment]:
    """The hourly-paid: about 640 at a time, some of them permanent part-timers too, some hired for good later."""
    made: list[Employment] = []
    shares = [h[4] for h in HOURLY]

    def hire(start: date, place: int, person: Person | None = None) -> Employment:
        title, aid, department, units, _ = HOURLY[place]
        unit = rng.choice(units)
        age = 19 + 49 * rng.betavariate(0.75, 1.4) if rng.random() < 0.85 else rng.uniform(65.5, 72)
        person = person or register.born("M" if rng.random() < 0.26 else "K", age, start)
        month = month_index(start)
        post = Post(f"hourly_{aid}", title, aid, department, unit, cost_centre(department, unit))
        employment = Employment(person, "timavlönad", 37.0, start, {month: post}, {month: 0})
        made.append(employment)
        return employment

    active: list[Employment] = []
    for place, share in enumerate(shares):
        fixed = 2 if HOURLY[place][1] == "351012" else max(2, round(620 * share))
        for _ in range(fixed):
            employment = hire(date(2021, 11, 1) - round(rng.expovariate(1 / 500)) * DAY, place)
            employment.is_protected = fixed == 2
            active.append(employment)
    part_timers = [
        e for e in permanent if not e.is_protected and e.degree(1) < 80 and e.start.year < 2020 and e.end is None
    ]
    for employment in rng.sample(part_timers, 15):
        active.append(hire(date(2021, rng.randint(1, 10), 1), rng.choices(range(8), shares[:8])[0], employment.person))
    for month in range(1, LAST_MONTH + 1):
        leaving = [
            e for e in active if not e.is_protected and e.start < first_day(month) - 60 * DAY and rng.random() < 0.026
        ]
        for employment in leaving:
            employment.end = first_day(month) + rng.randint(3, 26) * DAY
            employment.reason = rng.choices(("visstid slut", "egen begäran", "övrigt"), (70, 20, 10))[0]
            active.remove(employment)
        for employment in leaving:
            place = next(
                i
                for i, h in enumerate(HOURLY)
                if (h[1], h[2]) == (employment.post(month).aid, employment.post(month).department)
            )
            active.append(hire(first_day(month) + rng.randint(0, 20) * DAY, place))
        if month % 2 == 0:
            active.append(hire(first_day(month), rng.choices(range(8), shares[:8])[0]))
    return made


def _replace(employments: list[Employment], old: Person, new: Person) -> None:
    """Give all employments of one person to another: an employment begun anew stays with its holder."""
    for employment in employments:
        if employment.person is old:
            employment.person = new


def _link_former_hourly(rng: random.Random, permanent: _Permanent, hourly: list[Employment]) -> None:
    """Let some permanent hires be people whose hourly-paid employment ended the day before."""
    taken = {id(e.person) for e in permanent.employments}
    for employment in permanent.from_hourly:
        ready = [
            h
            for h in hourly
            if not h.is_protected
            and id(h.person) not in taken
            and h.end is None
            and h.start < employment.start - 90 * DAY
            and 20 <= h.person.age(employment.start) <= 60
            and h.post(1).department == employment.post(1).department
        ]
        if ready:
            former = rng.choice(ready)
            former.end, former.reason = employment.start - DAY, "övrigt"
            taken.add(id(former.person))
            _replace(permanent.employments, employment.person, former.person)


def _others(rng: random.Random, register: Register, permanent: list[Employment]) -> list[OtherEmployment]:
    """Other boards' permanent employments: about 1,950 at a time, with the moves to and from the board."""

    def age() -> float:
        return 21 + 43 * rng.betavariate(1.3, 1.2)

    def newcomer(on: date) -> Person:
        return register.born("M" if rng.random() < 0.24 else "K", age(), on)

    others = []
    for _ in range(1930):
        person = newcomer(date(2021, 12, 31))
        start = max(date(2021, 11, 1) - round(rng.expovariate(1 / 2900)) * DAY, date(person.birth.year + 21, 1, 1))
        others.append(OtherEmployment(person, min(start, date(2021, 12, 1))))
    for month in range(1, LAST_MONTH + 1):
        for other in rng.sample([o for o in others if o.end is None], rng.randint(14, 24)):
            other.end = last_day(month) if rng.random() < 0.7 else first_day(month) + 14 * DAY
        others += [
            OtherEmployment(newcomer(first_day(month)), first_day(month) + rng.choice((0, 0, 7, 14)) * DAY)
            for _ in range(rng.randint(15, 24))
        ]
    for employment in permanent:
        if employment.reason == "annan förvaltning" and employment.end is not None:
            others.append(OtherEmployment(employment.person, employment.end + DAY))
    hired = [
        e
        for e in permanent
        if e.start >= date(2022, 2, 1) and e.person.age(e.start) > 25 and e.post(1).group != "underskoterska"
    ]
    for employment in rng.sample(hired, 30):
        if sum(e.person is employment.person for e in permanent) == 1:
            others.append(
                OtherEmployment(
                    employment.person,
                    date(employment.start.year - rng.randint(1, 2), rng.randint(1, 9), 1),
                    employment.start - DAY,
                )
            )
    # Two who leave the board had half a post elsewhere and keep it: they have not left the municipality.
    leavers = [
        e
        for e in permanent
        if e.reason == "egen begäran" and e.post(1).group == "vardbitrade" and e.end is not None and e.end.year < 2024
    ]
    others += [OtherEmployment(e.person, max(e.start, date(2020, 1, 1))) for e in rng.sample(leavers, 2)]
    return others


def _settle_degrees(rng: random.Random, employments: list[Employment], targets: dict[int, float]) -> None:
    """Raise part-timers' degrees (or lower new ones) month by month until each year-end holds its full-time
    equivalents.
    """
    for year, target in targets.items():
        december = 12 * (year - 2021)
        stock = [e for e in employments if e.in_force(date(year, 12, 31)) and not e.is_protected]
        total = sum(e.degree(december) for e in employments if e.in_force(date(year, 12, 31))) / 100
        while abs(target - total) > 0.06:
            employment = rng.choice(stock)
            old = employment.degree(december)
            month = max(month_index(employment.start), rng.randint(december - 11, december))
            if target > total and old < 100:
                new = min(100, old + (5 if target - total < 0.25 else rng.choice((10, 15, 20, 25))))
            elif target < total and old > 50 and not employment.is_manager:
                new = old - (5 if total - target < 0.25 else rng.choice((10, 15, 20)))
            else:
                continue
            for later in [m for m in employment.degrees if m >= month]:
                del employment.degrees[later]
            employment.degrees[month] = new
            if month > month_index(employment.start) and not any(m < month for m in employment.degrees):
                employment.degrees[month_index(employment.start)] = old
            total += (new - old) / 100


def _settle_ages(rng: random.Random, employments: list[Employment]) -> None:
    """Move births by whole years until the mean ages of both year-ends hold: stayers for the first, new hires for the
    second.
    """
    first, second = date(2023, 12, 31), date(2024, 12, 31)

    def stock(day: date) -> dict[int, Person]:
        return {id(e.person): e.person for e in employments if e.in_force(day)}

    before, after = stock(first), stock(second)
    starts: dict[int, date] = {}
    for employment in employments:
        starts[id(employment.person)] = min(employment.start, starts.get(id(employment.person), employment.start))
    stayers = [p for key, p in before.items() if key in after]
    hired = [p for key, p in after.items() if key not in before]
    for day, people, movable in ((first, before, stayers), (second, after, hired)):
        excess = sum(p.age(day) for p in people.values()) - MEAN_AGE[day.year] * len(people)
        while abs(excess) > 0.6:
            person = rng.choice(movable)
            years = -1 if excess > 0 else 1
            age = person.age(day) + years
            if 22 <= age <= 63.5 and starts[id(person)].year - person.birth.year + years >= 19:
                person.born_earlier(years)
                excess += years


def _exchange_places(employments: list[Employment]) -> None:
    """Let leavers of 2022 and of 2024 change departments, as `EXCHANGES` says."""

    def leavers(group: str, year: int, department: str) -> list[Employment]:
        return [
            e
            for e in employments
            if e.end is not None
            and e.end.year == year
            and e.reason in ("egen begäran", "pension")
            and len(e.posts) == 1
            and (post := e.post(0)).group == group
            and post.department == department
            and post.unit != "hemtjanst_natt"
        ]

    for group, department, other, number in EXCHANGES:
        pairs = list(zip(leavers(group, 2022, department), leavers(group, 2024, other), strict=False))[:number]
        if len(pairs) < number:
            raise ValueError(f"{group}: {len(pairs)} of {number} can change places between {department} and {other}.")
        for pair in pairs:
            (first_month, first), (second_month, second) = (next(iter(e.posts.items())) for e in pair)
            places = [
                {"department": p.department, "unit": p.unit, "cost_centre": p.cost_centre} for p in (first, second)
            ]
            pair[0].posts = {first_month: replace(first, **places[1])}
            pair[1].posts = {second_month: replace(second, **places[0])}
