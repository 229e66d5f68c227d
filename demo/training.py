"""Demonstration of the training register: both municipalities' participants, invented people.

Belongs here: who took part in what. Does not belong here: any figure of a report: the files hold one row per person and
course. How many they are is printed in Alingsås' årsbokslut 2024 (kompetensförsörjning) and Helsingborg's
(kompetensförsörjning, nyckeltal medarbetare, offentliga bidrag).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from demo.extract_files import Cell, write_csv
from demo.hr.people import Person, Register

SEED = 116330
HEADERS = ("kommun", "ar", "personnummer", "namn", "program", "utbildning", "roll", "fran", "till", "finansiering")
LIFT, CHAMPIONS, JOBS, NUTRITION = "äldreomsorgslyftet", "språkombud", "framstegsjobb", "undernäring"
NURSE, SPECIALIST, TUTOR, OTHER = "undersköterska", "specialistundersköterska", "handledare och språkombud", "övrig"
FUNDED_BY = {
    LIFT: "Socialstyrelsen",
    CHAMPIONS: "egen budget",
    JOBS: "arbetsmarknadsförvaltningen",
    NUTRITION: "egen budget",
}


@dataclass(frozen=True)
class Course:
    """People who begin something in a year: how many, of what, and how long it goes on (None: until further notice)."""

    year: int
    programme: str
    people: int
    education: str | None = None
    role: str | None = None
    days: int | None = 120


COURSES: dict[str, tuple[Course, ...]] = {
    "1489": (
        Course(2021, LIFT, 34, NURSE),
        Course(2021, LIFT, 6, OTHER),
        Course(2022, LIFT, 41, NURSE),
        Course(2022, LIFT, 8, SPECIALIST),
        Course(2023, LIFT, 36, NURSE),
        Course(2023, LIFT, 6, SPECIALIST),
        Course(2024, LIFT, 60, NURSE),
        Course(2024, LIFT, 6, SPECIALIST),
    ),
    "1283": (
        Course(2022, CHAMPIONS, 28, days=None),
        Course(2023, CHAMPIONS, 61, days=None),
        Course(2024, CHAMPIONS, 39, days=None),
        Course(2022, LIFT, 52, NURSE),
        Course(2022, LIFT, 70, TUTOR),
        Course(2023, LIFT, 49, NURSE),
        Course(2023, LIFT, 15, SPECIALIST),
        Course(2023, LIFT, 98, TUTOR),
        Course(2024, LIFT, 46, NURSE),
        Course(2024, LIFT, 20, SPECIALIST),
        Course(2024, LIFT, 134, TUTOR),
        Course(2024, LIFT, 6, OTHER),
        Course(2023, JOBS, 38, role="avdelningsassistent", days=300),
        Course(2024, JOBS, 59, role="avdelningsassistent", days=300),
        Course(2024, JOBS, 5, role="resursperson", days=300),
        Course(2024, NUTRITION, 330, days=1),
    ),
}
# Champions who have given up the commission: in the year, so many.
LEFT = {("1283", CHAMPIONS): {2023: 4, 2024: 8}}


def write_training_extracts(inbox: Path, seed: int = SEED) -> list[Path]:
    """Write the register's yearly extracts of both municipalities; returns the files. Same seed, same bytes."""
    rng = random.Random(seed)
    files = []
    for municipality_id, courses in COURSES.items():
        register = Register(rng)
        entries = [entry for course in courses for entry in _entries(rng, register, course)]
        for (of, programme), by_year in LEFT.items():
            if of == municipality_id:
                _end(rng, [entry for entry in entries if entry.programme == programme], by_year)
        register.give_names_and_numbers()
        for year in sorted({course.year for course in courses}):
            rows = [entry.row(municipality_id, year) for entry in entries if entry.goes_on_in(year)]
            files.append(write_csv(inbox, municipality_id, "training", f"utbildningar_{year}", HEADERS, rows))
    return files


@dataclass
class _Entry:
    person: Person
    programme: str
    education: str | None
    role: str | None
    start: date
    end: date | None

    def goes_on_in(self, year: int) -> bool:
        return self.start.year <= year and (self.end is None or self.end.year >= year)

    def row(self, municipality_id: str, year: int) -> tuple[Cell, ...]:
        """As the register of that year's end knows it: what ends later has no end yet."""
        end = self.end if self.end is not None and self.end.year == year else None
        return (
            municipality_id,
            year,
            self.person.number,
            self.person.name,
            self.programme,
            self.education,
            self.role,
            self.start,
            end,
            FUNDED_BY[self.programme],
        )


def _entries(rng: random.Random, register: Register, course: Course) -> list[_Entry]:
    made = []
    for _ in range(course.people):
        person = register.born("M" if rng.random() < 0.15 else "K", rng.uniform(21, 62), date(course.year, 1, 1))
        room = 320 if course.days is None else max(1, 364 - course.days)
        start = date(course.year, 1, 1) + timedelta(days=rng.randrange(room))
        end = None if course.days is None else start + timedelta(days=course.days - 1)
        made.append(_Entry(person, course.programme, course.education, course.role, start, end))
    return made


def _end(rng: random.Random, entries: list[_Entry], by_year: dict[int, int]) -> None:
    """End as many open entries of earlier years as `by_year` says, within the year."""
    for year, number in by_year.items():
        for entry in rng.sample([entry for entry in entries if entry.end is None and entry.start.year < year], number):
            entry.end = date(year, rng.randint(1, 11), 28)
