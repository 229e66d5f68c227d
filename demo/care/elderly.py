"""Care of the elderly and other help under the Social Services Act: who has homecare, who moves into a home, who waits.

Belongs here: the flow between homecare, the queue and the homes, month by month; services beside it. Does not belong
here: the numbers of a municipality (its own module gives a `Plan`), disability services (`disability`).
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

from demo.care.casebook import DAY, Casebook, Decision, Offer, quiet
from demo.hr.people import Person

HOME, HOMECARE, SHORT_STAY = "särskilt boende", "hemtjänst", "korttidsboende"


@dataclass(frozen=True)
class Plan:
    """Sizes and habits of a municipality's elderly care.

    waiting: persons in the queue for a home on the last day of each year, from the year before the first. term: days of
    a homecare decision, None if they are open-ended. Shares are of one, flows per month.
    """

    homecare: int
    homecare_under_65: int
    homes: int
    arrivals: int
    waiting: dict[int, int]
    term: int | None
    homecare_units: tuple[str, ...]
    home_units: tuple[str, ...]
    private_share: float
    bought_homes: float
    over_80: float = 0.72
    alarm_only: int = 0
    day_care: int = 0
    meals: int = 0
    housing_support: int = 0
    short_stays: int = 0
    refusals: int = 0
    withdrawals: int = 0
    died_waiting: int = 0
    declined_first_offer: float = 0.15


@dataclass(eq=False)
class Career:
    """One client's way: homecare, perhaps a home, the end."""

    person: Person
    homecare_from: date | None
    home_from: date | None = None
    end: date | None = None
    reason: str = ""

    @property
    def first_day(self) -> date:
        """First day with any of the two."""
        return min(day for day in (self.homecare_from, self.home_from) if day)

    def has_care(self, day: date) -> bool:
        """Whether in homecare or in a home on `day`."""
        return self.first_day <= day and (self.end is None or self.end > day)


@dataclass
class ElderlyCare:
    """What the simulation gives on: careers, the runs of homecare and the decisions about homes."""

    careers: list[Career]
    homecare: list[Decision] = field(default_factory=list)
    homes: list[Decision] = field(default_factory=list)


def live(book: Casebook, plan: Plan) -> list[Career]:
    """Careers from the first day to the horizon: a vacancy in a home is filled by somebody with homecare, the oldest
    likelier.
    """
    rng, begin = book.rng, book.first_day
    at_home, in_homes, careers = [], [], []

    def older(start: date) -> Person:
        return (
            book.client(81, 100, 84, start, 0.66)
            if rng.random() < plan.over_80
            else book.client(66, 80, 78, start, 0.56)
        )

    for _ in range(plan.homecare):
        at_home.append(Career(older(begin), quiet(begin - round(20 + rng.expovariate(1 / 700)) * DAY)))
    for _ in range(plan.homecare_under_65):
        careers.append(Career(book.client(24, 60, 55, begin), quiet(begin - rng.randint(40, 1500) * DAY)))
    for _ in range(plan.homes):
        in_homes.append(Career(older(begin), None, quiet(begin - round(20 + rng.expovariate(1 / 800)) * DAY)))
    careers += at_home + in_homes
    for first in _months(begin, book.horizon):
        last = first.replace(day=monthrange(first.year, first.month)[1])
        for group, hazards in ((at_home, (0.0105, 0.0015, 0.0025)), (in_homes, (0.0265, 0.0005, 0.0))):
            for career in list(group):
                chance = rng.random()
                for hazard, reason in zip(hazards, ("avliden", "flyttat", "upphört"), strict=True):
                    if chance < hazard and career.first_day < first:
                        career.end, career.reason = book.day_in(first, last), reason
                        group.remove(career)
                        break
                    chance -= hazard
        ready = [c for c in at_home if c.first_day < first - 200 * DAY and c.person.age(first) > 67]
        wanted = plan.homes - len(in_homes)
        for career in sorted(rng.sample(ready, min(len(ready), 2 * wanted)), key=lambda c: c.person.birth)[:wanted]:
            career.home_from = book.day_in(first, last)
            at_home.remove(career)
            in_homes.append(career)
        for _ in range(rng.randint(plan.arrivals - 2, plan.arrivals + 2)):
            start = book.day_in(first, last)
            newcomer = Career(older(start), start)
            careers.append(newcomer)
            at_home.append(newcomer)
    return careers


def settle(book: Casebook, plan: Plan, careers: list[Career]) -> ElderlyCare:
    """The decisions behind the careers."""
    rng = book.rng
    care = ElderlyCare(careers)
    for career in careers:
        if career.homecare_from:
            provider = "privat" if rng.random() < plan.private_share else "egen regi"
            unit = rng.choice(plan.homecare_units) if provider == "egen regi" else ""
            end, reason = (career.home_from, "upphört") if career.home_from else (career.end, career.reason)
            hours = max(1.0, round(2 * rng.lognormvariate(2.25, 0.85)) / 2)
            care.homecare += book.run(
                career.person,
                HOMECARE,
                career.homecare_from,
                end,
                reason,
                term=plan.term,
                waiting=rng.choice((1, 1, 2, 2, 3, 4, 7)),
                hours=min(hours, 150.0),
                unit=unit,
                provider=provider,
            )
        if career.home_from and not career.homecare_from:
            care.homes += _home(book, plan, career, rng.randint(20, 90))
    movers = sorted(
        (c for c in careers if c.home_from and c.homecare_from), key=lambda c: (c.home_from, c.person.birth)
    )
    for career, waiting in zip(movers, _waits(book, plan, [c.home_from for c in movers if c.home_from]), strict=True):
        care.homes += _home(book, plan, career, waiting)
    _never_moved(book, plan, care)
    return care


def _home(book: Casebook, plan: Plan, career: Career, waiting: int) -> list[Decision]:
    rng = book.rng
    assert career.home_from
    is_bought = rng.random() < plan.bought_homes
    [decision] = book.run(
        career.person,
        HOME,
        career.home_from,
        career.end,
        career.reason,
        waiting=waiting,
        unit="" if is_bought else rng.choice(plan.home_units),
        provider="externt köpt" if is_bought else "egen regi",
    )
    assert decision.decided
    decision.application = decision.decided - rng.randint(12, 38) * DAY
    decision.offers = offers(book, decision.decided, career.home_from, plan.declined_first_offer)
    if len(decision.offers) > 1:
        decision.waiting_reason = "tackat nej"
    elif waiting > 90:
        decision.waiting_reason = rng.choice(("resursbrist", "resursbrist", "egna önskemål"))
    return [decision]


def offers(book: Casebook, decided: date, move_in: date, declined: float) -> list[Offer]:
    """The offers before a move: the one accepted, and with probability `declined` an earlier one that was not."""
    rng = book.rng
    accepted = Offer(max(decided, move_in - rng.randint(4, 16) * DAY), move_in, "ja")
    room = (accepted.made - decided).days - 25
    if room < 0 or rng.random() > declined:
        return [accepted]
    first = decided + (12 + rng.randint(0, room)) * DAY
    return [Offer(first - rng.randint(3, 9) * DAY, first, "nej"), accepted]


def _waits(book: Casebook, plan: Plan, moves: list[date]) -> list[int]:
    """Days from decision to move for each of `moves` (sorted): first come, first served, with the planned number
    waiting.

    Whoever is the n-th to move was decided on the day when those who had moved and those in the queue made n.
    """
    ends = {date(year, 12, 31): persons for year, persons in plan.waiting.items()}
    usual = max(10, round(plan.waiting[book.years[0] - 1] * (moves[-1] - moves[0]).days / len(moves)))
    decided: list[date] = [
        move - round(usual * book.rng.uniform(0.85, 1.15)) * DAY for move in moves[: min(ends.values())]
    ]
    decided += [
        min(book.first_day - DAY, move - usual * DAY + book.rng.randint(-9, 9) * DAY)
        for move in moves[len(decided) : plan.waiting[book.years[0] - 1]]
    ]
    day = book.first_day
    while len(decided) < len(moves) and day <= book.horizon:
        due = bisect_right(moves, day) + _queue(ends, day)
        if eve := min((end for end in ends if end >= day), default=None):
            due = min(
                due, bisect_right(moves, eve) + ends[eve]
            )  # nobody is decided whom the queue of New Year's Eve has no room for
        while len(decided) < min(due, len(moves)):
            decided.append(day)
        day += DAY
    decided += moves[len(decided) :]
    return [max(0, (move - of).days) for move, of in zip(moves, decided, strict=True)]


def _queue(ends: dict[date, int], day: date) -> int:
    """Persons waiting at the end of `day`, between two New Years in proportion."""
    before = max(d for d in ends if d <= day)
    after = min((d for d in ends if d >= day), default=None)
    if after is None or after == before:
        return ends[before]
    return ends[before] + round((ends[after] - ends[before]) * (day - before).days / (after - before).days)


def _never_moved(book: Casebook, plan: Plan, care: ElderlyCare) -> None:
    """Those granted a home who died before they got it, each within one year; and homes refused or no longer wanted."""
    rng = book.rng
    for year in book.years:
        with_homecare = [
            c
            for c in care.careers
            if c.homecare_from
            and not c.home_from
            and c.reason == "avliden"
            and c.end
            and c.end.year == year
            and c.end.month > 6
            and c.homecare_from < date(year - 1, 12, 1)
            and c.person.age(c.end) > 67
        ]
        for career in rng.sample(with_homecare, min(plan.died_waiting, len(with_homecare))):
            assert career.end
            decided = career.end - rng.randint(15, 80) * DAY
            care.homes.append(
                Decision(
                    career.person,
                    "SoL",
                    HOME,
                    decided - rng.randint(12, 38) * DAY,
                    decided,
                    "bifall",
                    valid_from=decided,
                    closed=career.end,
                    end_reason="avliden",
                )
            )
            book.decisions.append(care.homes[-1])
        for _ in range(plan.withdrawals // 3):
            applied = date(year, rng.randint(2, 8), rng.randint(3, 26))
            book.withdraw(book.client(72, 95, 85, book.first_day, 0.66), "SoL", HOME, applied, 60, True)


def beside(book: Casebook, plan: Plan, care: ElderlyCare) -> None:
    """Alarms, day care, meals, short stays, housing support; refusals, withdrawals, interruptions; a few paid for by
    others.
    """
    rng = book.rng
    for career in care.careers:
        if career.homecare_from and rng.random() < 0.5:
            end, reason = (career.home_from, "upphört") if career.home_from else (career.end, career.reason)
            book.run(career.person, "trygghetslarm", career.homecare_from, end, reason, waiting=3)
    for service, stock, ages in (
        ("trygghetslarm", plan.alarm_only, (70, 97, 84)),
        ("dagverksamhet", plan.day_care, (68, 94, 83)),
        ("matlådor", plan.meals, (67, 96, 85)),
        ("boendestöd", plan.housing_support, (20, 66, 40)),
        ("kontaktperson", plan.housing_support // 9, (22, 60, 35)),
    ):
        _stock(book, service, stock, ages)
    with_homecare = [c for c in care.careers if c.homecare_from]
    for year in book.years:
        for _ in range(plan.short_stays):
            start, length = book.day_in(date(year, 1, 1), date(year, 12, 31)), rng.choice((14, 14, 21, 28))
            over = start + length * DAY
            at_home = [
                c
                for c in rng.sample(with_homecare, 12)
                if c.has_care(start) and min(c.home_from or over, c.end or over) == over
            ]
            person = at_home[0].person if at_home else book.client(70, 95, 84, start, 0.6)
            book.run(person, SHORT_STAY, start, over, "upphört", term=length, waiting=rng.choice((0, 1, 1, 2, 4)))
        for _ in range(plan.refusals):
            service = rng.choice((HOMECARE, HOME, HOME, SHORT_STAY, "dagverksamhet", "boendestöd"))
            low = 22 if service == "boendestöd" else 67
            applicant = book.client(low, low + 25, low + 14, book.first_day)
            book.refuse(applicant, "SoL", service, book.day_in(date(year, 1, 1), date(year, 12, 31)))
        for _ in range(plan.withdrawals):
            person, applied = (
                book.client(67, 95, 83, book.first_day, 0.6),
                book.day_in(date(year, 1, 1), date(year, 11, 25)),
            )
            book.withdraw(person, "SoL", rng.choice((HOMECARE, SHORT_STAY)), applied, rng.randint(3, 24), False)


def _stock(book: Casebook, service: str, stock: int, ages: tuple[float, float, float]) -> None:
    """A service with `stock` clients at any time: open-ended, some interrupted, about a fifth replaced every year."""
    rng = book.rng
    unit = "boendestod" if service == "boendestöd" and book.years[0] == 2022 else ""
    begin = book.first_day
    for index in range(stock):
        start = quiet(begin - rng.randint(30, 1600) * DAY)
        while start <= book.horizon:
            person = book.client(*ages, max(start, begin))
            end = quiet(max(start, begin) + round(30 + rng.expovariate(1 / 1600)) * DAY)
            is_over = end <= book.horizon
            [decision] = book.run(
                person,
                service,
                start,
                end if is_over else None,
                rng.choice(("upphört", "avliden", "flyttat")) if is_over else "",
                waiting=_wait(book, service),
                unit=unit,
            )
            decision.waiting_reason = rng.choice(("resursbrist", "egna önskemål", "annat"))
            if service in ("dagverksamhet", "boendestöd") and rng.random() < 0.12:
                _interrupt(book, decision)
            if service == "dagverksamhet" and index < 2:
                decision.paying_municipality = "1480"
            start = quiet(end + rng.randint(5, 40) * DAY)


def _wait(book: Casebook, service: str) -> int:
    """Days from decision to start; a contact person is seldom found at once, and support in the home may wait for
    staff.
    """
    if book.rng.random() < {"kontaktperson": 0.6, "boendestöd": 0.07, "dagverksamhet": 0.07}.get(service, 0.0):
        return book.rng.randint(70, 210)
    return book.rng.choice((0, 1, 2, 3, 5, 8))


def _interrupt(book: Casebook, decision: Decision) -> None:
    """An interruption, most often of some weeks, sometimes of many months."""
    assert decision.executed
    start = max(decision.executed, book.first_day) + book.rng.randint(20, 900) * DAY
    length = book.rng.choice((18, 30, 45, 120, 200))
    if start + (length + 5) * DAY < min(decision.last_day(), book.horizon):
        decision.interrupted = quiet(start)
        decision.resumed = None if length == 200 else quiet(start + length * DAY)


def _months(first: date, last: date) -> list[date]:
    return [date(m // 12, m % 12 + 1, 1) for m in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]
