"""Demonstration extracts of the HR system: Alingsås' care board, January 2022 - December 2024, with invented people.

Belongs here: one call that writes all deliveries. Does not belong here: any figure of a report, and anything that the
platform's readers or models use: nothing of them is imported here, so that their agreement with print proves something.
`plan` holds the numbers chosen, `people` the names, `staff` who is employed, `leave` hours and absence, `files` the
formats, `helsingborg` the other municipality's employments.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from demo.hr.files import Cell, write_table
from demo.hr.helsingborg import write_helsingborg
from demo.hr.leave import DAYS, MONTH_STARTS, Clock, Leave, day_date
from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES, Person
from demo.hr.plan import FOLDER, LAST_MONTH, MUNICIPALITY_ID, first_day, last_day, month_index, month_year
from demo.hr.staff import Employment, OtherEmployment, build_staff

__all__ = ["INVENTED_FIRST_NAMES", "INVENTED_LAST_NAMES", "SEED", "write_hr_extracts"]

SEED = 14892024


def write_hr_extracts(inbox: Path, seed: int = SEED) -> list[Path]:
    """Write the four tables of 36 months into `<inbox>/1489-alingsas/hr/`, and Helsingborg's employments; returns the
    files in order.

    Same seed, same bytes. ValueError if a seed's draw cannot be made to hold the plan.
    """
    rng = random.Random(seed)
    staff = build_staff(rng)
    leave = Leave(rng, staff.employments)
    staff.register.give_names_and_numbers()
    folder = inbox / FOLDER / "hr"
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for month in range(1, LAST_MONTH + 1):
        period = "{}-{:02d}".format(*month_year(month))
        tables = {
            "employments": _employments(month, staff.employments),
            "absences": _absences(month, leave),
            "time_records": _time_records(month, leave.clocks),
            "other_employments": _other_employments(month, staff.others),
        }
        for table, rows in tables.items():
            files.append(write_table(folder, table, period, ((MUNICIPALITY_ID, period, *row) for row in rows)))
    return files + write_helsingborg(inbox)


def _employments(month: int, employments: list[Employment]) -> Iterator[tuple[Cell, ...]]:
    for e in employments:
        if month in e.months():
            post = e.post(month)
            ended = e.end is not None and month_index(e.end) == month
            yield (
                e.id,
                _number(e.person, month),
                e.person.name,
                post.title,
                post.aid,
                post.department,
                post.unit,
                post.cost_centre,
                e.form,
                "månad" if e.is_monthly else "tim",
                float(e.degree(month)),
                e.full_time_hours,
                e.start,
                e.end if ended else None,
                e.reason if ended else None,
                "ja" if e.is_manager else "nej",
            )


def _absences(month: int, leave: Leave) -> Iterator[tuple[Cell, ...]]:
    """Spells that touch the month; those that go on have no end yet, for nobody knows it on the 5th."""
    for spell in leave.by_month[month]:
        ended = spell.end < min(MONTH_STARTS[month], DAYS)
        hours = None if spell.hours is None else spell.hours_in(month)
        yield (
            spell.id,
            spell.clock.employment.id,
            spell.type,
            day_date(spell.start),
            day_date(spell.end) if ended else None,
            float(spell.degree),
            hours,
        )


def _time_records(month: int, clocks: list[Clock]) -> Iterator[tuple[Cell, ...]]:
    for clock in clocks:
        scheduled = clock.scheduled.get(month)
        if scheduled is not None:
            worked = round(max(0.0, scheduled - clock.lost.get(month, 0.0)), 2)
            hourly = 0.0 if clock.employment.is_monthly else worked
            yield (
                clock.employment.id,
                scheduled,
                worked,
                hourly,
                clock.additional.get(month, 0.0),
                clock.overtime.get(month, 0.0),
            )


def _other_employments(month: int, others: list[OtherEmployment]) -> Iterator[tuple[Cell, ...]]:
    for other in others:
        if other.start <= last_day(month) and (other.end is None or other.end >= first_day(month)):
            ended = other.end is not None and month_index(other.end) == month
            yield other.id, _number(other.person, month), "tillsvidare", other.start, other.end if ended else None


def _number(person: Person, month: int) -> str:
    """The number as the system of the day spelt it: with a dash, without, and for two months with ten digits."""
    if month in (10, 11):
        return person.number.replace("-", "")
    return person.number[2:] if month in (20, 21) else person.number
