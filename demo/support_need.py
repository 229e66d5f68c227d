"""Demonstration extracts of the measurements of support need, 2023 and 2024, of invented people.

Belongs here: who was measured, where, and what came out. Does not belong here: means.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from demo.extract_files import Cell, write_csv
from demo.hr.people import Person, Register

MUNICIPALITY_ID = "1489"
HEADERS = ("kommun", "ar", "personnummer", "enhet", "insats", "matdatum", "niva", "poang")
SEED = 1489_41
# Service: unit, people, and the weights of levels 1-6. In group and service homes the measurements found lower needs
# than elsewhere.
SERVICES = {
    "gruppbostad": ("gruppbostader", 84, (10, 24, 28, 20, 12, 6)),
    "servicebostad": ("servicebostader", 66, (26, 34, 22, 12, 5, 1)),
    "daglig verksamhet": ("daglig_verksamhet", 132, (14, 26, 28, 18, 10, 4)),
}
MEASURED = {2023: ("daglig verksamhet",), 2024: tuple(SERVICES)}
"""Daily activities began; group and service homes followed the year after."""
POINTS_PER_LEVEL = 16


def write_support_need_extracts(inbox: Path) -> list[Path]:
    """Write a file per year into `<inbox>/1489-alingsas/support_need/`; returns them. Same bytes every time."""
    rng = random.Random(SEED)
    register = Register(rng)
    people = {
        service: [
            (
                register.born(rng.choice("KM"), rng.uniform(21, 66), date(2023, 1, 1)),
                rng.choices(range(1, 7), weights)[0],
            )
            for _ in range(n)
        ]
        for service, (_, n, weights) in SERVICES.items()
    }
    register.give_names_and_numbers()
    files = []
    for year, services in MEASURED.items():
        rows = [
            row
            for service in services
            for person, level in people[service]
            for row in _measurements(rng, year, service, person, level)
        ]
        files.append(write_csv(inbox, MUNICIPALITY_ID, "support_need", f"stodbehov_{year}", HEADERS, rows))
    return files


def _measurements(rng: random.Random, year: int, service: str, person: Person, level: int) -> list[tuple[Cell, ...]]:
    """One in eight is measured anew in the same year, a level up or down."""
    first = date(year, 2, 1) + timedelta(days=rng.randint(0, 120))
    rounds = [(first, level)]
    if rng.random() < 0.125:
        rounds.append((first + timedelta(days=rng.randint(60, 180)), min(6, max(1, level + rng.choice((-1, 1))))))
    unit = SERVICES[service][0]
    return [
        (
            MUNICIPALITY_ID,
            year,
            person.number,
            unit,
            service,
            day,
            found,
            (found - 1) * POINTS_PER_LEVEL + rng.randint(2, 28) / 2,
        )
        for day, found in rounds
    ]
