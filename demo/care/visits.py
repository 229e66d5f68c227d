"""Homecare visits as the planning system registers them.

Belongs here: a month of all clients, for pay by performed hours, and the fortnight by which continuity is measured.
Does not belong
here: who has homecare (`elderly`), file formats (`files`).
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date

from demo.care.casebook import DAY, Casebook, Decision
from demo.care.files import Row
from demo.hr.people import Person

_HOURS = (7, 8, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21)
_MINUTES = (15, 20, 25, 30, 30, 40, 45, 60, 75, 90)
_MEAN_MINUTES = sum(_MINUTES) / len(_MINUTES)
FORTNIGHT = 14


def whole_month(book: Casebook, homecare: Sequence[Decision], year: int, month: int, performed: float) -> Iterator[Row]:
    """All visits of a month. performed: hours given, as a share of those granted."""
    rng = book.rng
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    days = last.day
    number = 1_000_000 * (year - 2020) + 80_000 * month
    for decision in homecare:
        if decision.executed is None or decision.executed > last or decision.last_day() < first or not decision.hours:
            continue
        begin = max(first, decision.executed)
        length = (min(last, decision.last_day()) - begin).days + 1
        planned = decision.hours * 60 * length / days * performed / _MEAN_MINUTES
        staff = [f"M{rng.randint(100, 420)}" for _ in range(min(14, 3 + round(planned / 4)))]
        for _ in range(int(planned + rng.random())):
            number += 1
            kind = "omsorg" if rng.random() < 0.97 else "larm"
            chance = rng.random()
            started = f"{begin + int(chance * length) * DAY} {rng.choice(_HOURS):02d}:{rng.randrange(0, 60, 5):02d}"
            row = (
                f"V{number}",
                decision.person.number,
                rng.choice(staff),
                started,
                rng.choice(_MINUTES),
                decision.provider,
            )
            is_missed = rng.random() < 0.03
            yield (*row, "ja" if is_missed else "nej", kind)
            if rng.random() < 0.03 and not is_missed:
                other = rng.choice(staff)
                if other != row[2]:
                    yield (*row[:2], other, *row[3:], "nej", kind)


def fortnight(
    book: Casebook, clients: Sequence[tuple[Person, str]], first: date, staff_met: Sequence[int]
) -> Iterator[Row]:
    """Fourteen days of visits to `clients` (with their providers), of whom the first len(staff_met) are visited twice a
    day or more.

    staff_met: how many different members of staff each of these meets by day; alarms, meals, nights and nurses come
    beside it. The others miss a day in hospital, or have fewer visits.
    """
    rng = book.rng
    number = 1_000_000 * (first.year - 2010)
    for index, (person, provider) in enumerate(clients):
        met = staff_met[index] if index < len(staff_met) else rng.randint(2, 12)
        team = [f"M{100 + serial}" for serial in rng.sample(range(900), met)]
        for day, hour, kind, member, is_missed in _days(rng, team, index < len(staff_met)):
            number += 1
            started = f"{first + day * DAY} {hour:02d}:{rng.randrange(0, 60, 5):02d}"
            yield (
                f"V{number}",
                person.number,
                member,
                started,
                rng.choice(_MINUTES),
                provider,
                "ja" if is_missed else "nej",
                kind,
            )


def _days(rng: random.Random, team: list[str], is_daily: bool) -> Iterator[tuple[int, int, str, str, bool]]:
    """(day, hour, kind, member of staff, missed) of one client's fortnight, the whole team seen at least once by day."""
    if is_daily:
        counts = [rng.choice((2, 2, 2, 3, 4)) for _ in range(FORTNIGHT)]
        while sum(counts) < len(team):
            counts[rng.randrange(FORTNIGHT)] += 1
    else:
        counts = [rng.choice((0, 1, 1, 2)) for _ in range(FORTNIGHT)]
        counts[rng.randrange(FORTNIGHT)] = 1
    visits = [day for day, count in enumerate(counts) for _ in range(count)]
    members = team[: len(visits)] + rng.choices(team, k=max(0, len(visits) - len(team)))
    rng.shuffle(members)
    for day, member in zip(visits, members, strict=True):
        yield day, rng.choice(_HOURS), "omsorg", member, False
    for day in range(FORTNIGHT):
        if rng.random() < 0.02:
            yield day, rng.choice(_HOURS), "omsorg", f"M{rng.randint(1000, 1099)}", True
        if rng.random() < 0.03:
            yield day, rng.choice(_HOURS), rng.choice(("larm", "mat", "hsl")), f"M{rng.randint(1100, 1199)}", False
        if is_daily and rng.random() < 0.04:
            yield day, rng.choice((23, 2, 4)), "omsorg", f"M{rng.randint(1200, 1219)}", False
