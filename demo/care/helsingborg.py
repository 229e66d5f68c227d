"""The care of 1283 in 2020-2024: the numbers chosen for queues, dwellings, steps and continuity.

Belongs here: what is peculiar to this municipality. Does not belong here: how services and queues work (`elderly`,
`disability`). Printed are five years of key figures of homes, homecare and LSS (årsbokslut 2024). Patients are not: no
extract of them is made.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from demo.care import disability, elderly
from demo.care.casebook import DAY, Casebook
from demo.care.files import Deliveries, write_decisions
from demo.care.registers import Step, Use, places, steps
from demo.care.visits import FORTNIGHT, fortnight
from demo.hr.people import Person

MUNICIPALITY_ID = "1283"
YEARS = (2020, 2021, 2022, 2023, 2024)

_HOMES = tuple(f"vardboende_{number}" for number in range(1, 9))
ELDERLY = elderly.Plan(
    homecare=1880,
    homecare_under_65=110,
    homes=1080,
    arrivals=57,
    waiting={2019: 90, 2020: 98, 2021: 103, 2022: 115, 2023: 14, 2024: 46},
    term=None,
    homecare_units=("ordinart_boende",),
    home_units=_HOMES,
    private_share=0.24,
    bought_homes=0.03,
    over_80=0.67,
    day_care=120,
    housing_support=210,
    short_stays=260,
    refusals=70,
    withdrawals=45,
    died_waiting=20,
)

# Persons waiting for a dwelling under LSS on the last day: (year, persons, mean days since the decision, of them a year
# before too).
GROUP_HOME_QUEUE = ((2020, 19, 475, 0), (2021, 17, 449, 6), (2022, 12, 350, 4), (2023, 14, 596, 10), (2024, 6, 283, 1))
SERVICE_HOME_QUEUE = ((2020, 12, 140, 0), (2021, 11, 155, 0), (2022, 6, 120, 0), (2023, 9, 170, 0), (2024, 4, 110, 0))
LSS_PERSONS = {
    "group_home": 310,
    "service_home": 160,
    "adapted": 9,
    "daily": 270,
    "assistance": 38,
    "child": 110,
    "contact": 62,
}
WINDOWS = tuple(disability.Window(date(year, 1, 3), date(year, 12, 27), 44, 43, 22) for year in YEARS)
UNITS = {
    disability.GROUP_HOME: "gruppbostad",
    disability.SERVICE_HOME: "servicebostad",
    disability.DAILY: "daglig_verksamhet",
    disability.ASSISTANCE: "personlig_assistans",
}

_PRIVATE_UNTIL_2022 = _HOMES[-2:]  # taken over by the city in 2023
# All places in homes on the last day of each year, and those for people with dementia among them: bought ones apart.
HOME_PLACES = {"own": (1098, 1100, 1100, 1104, 1108), "bought": (21, 15, 49, 38, 27)}
DEMENTIA_PLACES = {"own": (123, 143, 220, 276, 277), "bought": (2, 2, 10, 9, 7)}
SHORT_STAYS: dict[Use, tuple[int, ...]] = {
    Use("korttidsboende", "omvårdnad", "", "egen regi"): (72, 72, 72, 72, 72),
    Use("korttidsboende", "växelvård", "", "egen regi"): (16, 16, 16, 16, 16),
}
# Dwellings under LSS came into the register of places in 2021.
DWELLINGS_FROM = 2021
DWELLINGS: dict[Use, tuple[int, ...]] = {
    Use(disability.GROUP_HOME, "", "gruppbostad", "egen regi"): (318, 318, 324, 330, 336),
    Use(disability.GROUP_HOME, "", "", "externt köpt"): (33, 36, 42, 39, 30),
    Use(disability.SERVICE_HOME, "", "servicebostad", "egen regi"): (164, 164, 170, 170, 176),
    Use(disability.ADAPTED, "", "", "egen regi"): (9, 9, 9, 9, 9),
}
# Private providers of daily activities began to register steps in 2023.
STEPS = {
    2020: (Step("arbetspraktik", 48), Step("egen anställning", 1)),
    2021: (Step("arbetspraktik", 55), Step("egen anställning", 1)),
    2022: (Step("arbetspraktik", 79), Step("egen anställning", 1)),
    2023: (
        Step("arbetspraktik", 101),
        Step("arbetspraktik", 40, provider="privat"),
        Step("egen anställning", 1),
        Step("egen anställning", 1, provider="privat"),
    ),
    2024: (Step("arbetspraktik", 86), Step("arbetspraktik", 37, provider="privat")),
}
# A fortnight of visits a year: first day, mean number of staff met, and how many of the clients met more than twenty.
FORTNIGHTS = (
    (date(2020, 10, 5), 12, 10),
    (date(2021, 10, 4), 11, 13),
    (date(2022, 10, 3), 10, 5),
    (date(2023, 10, 2), 9, 0),
    (date(2024, 10, 7), 11, 10),
)
VISITED_DAILY, VISITED_SELDOMER = 260, 70


def write(inbox: Path, seed: int) -> list[Path]:
    """Write all extracts into `<inbox>/1283-helsingborg/care/`; returns the files in order of delivery."""
    book = Casebook(random.Random(seed), YEARS)
    care = elderly.settle(book, ELDERLY, elderly.live(book, ELDERLY))
    elderly.beside(book, ELDERLY, care)
    moves = disability.queue(book, disability.GROUP_HOME, GROUP_HOME_QUEUE, within_year=6)
    moves += disability.queue(book, disability.SERVICE_HOME, SERVICE_HOME_QUEUE, within_year=6)
    clients = disability.settle(
        book,
        disability.Plan(
            LSS_PERSONS,
            WINDOWS,
            tuple(moves),
            UNITS,
            private_daily=0.3,
            bought_dwellings=0.07,
            sfb_only=120,
            sfb_ended=18,
            taken_over=3,
            sfb_beside=40,
            new_services=40,
            refusals=30,
        ),
    )
    book.follow_up({}, {"hemtjänst": 0.5, "särskilt boende": 0.35, disability.GROUP_HOME: 0.4, disability.DAILY: 0.35})
    book.number()
    out = Deliveries(inbox, MUNICIPALITY_ID, by_hand=frozenset({("transitions", 2021)}))
    write_decisions(out, book)
    # Small children and pensioners apart, anybody with LSS services may have daily activities too.
    able = [
        c.person
        for c in clients
        if c.kind in ("daily", "group_home", "service_home") and c.end is None and c.start < book.first_day
    ]
    for year in YEARS:
        out.write("places", year, places(_place_counts() | (DWELLINGS if year >= DWELLINGS_FROM else {}), YEARS, year))
        out.write("transitions", year, steps(book, able, year, STEPS[year]))
    for first, mean, over_twenty in FORTNIGHTS:
        met = _staff_met(book.rng, mean, over_twenty)
        out.write("visits", f"{first:%Y-%m}", fortnight(book, _visited(book, care, first), first, met))
    return out.files


def _place_counts() -> dict[Use, tuple[int, ...]]:
    """Places by use, those of the own homes spread evenly over them."""
    counts: dict[Use, tuple[int, ...]] = {}
    for orientation, own, bought in (
        ("demens", DEMENTIA_PLACES["own"], DEMENTIA_PLACES["bought"]),
        (
            "omvårdnad",
            _other(HOME_PLACES["own"], DEMENTIA_PLACES["own"]),
            _other(HOME_PLACES["bought"], DEMENTIA_PLACES["bought"]),
        ),
    ):
        for index, unit in enumerate(_HOMES):
            share = tuple(total // len(_HOMES) + (index < total % len(_HOMES)) for total in own)
            is_private = tuple(unit in _PRIVATE_UNTIL_2022 and year <= 2022 for year in YEARS)
            counts[Use("särskilt boende", orientation, unit, "privat")] = tuple(
                n if private else 0 for n, private in zip(share, is_private, strict=True)
            )
            counts[Use("särskilt boende", orientation, unit, "egen regi")] = tuple(
                0 if private else n for n, private in zip(share, is_private, strict=True)
            )
        counts[Use("särskilt boende", orientation, "", "externt köpt")] = tuple(bought)
    return counts | SHORT_STAYS


def _other(of_all: Sequence[int], part: Sequence[int]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(of_all, part, strict=True))


def _staff_met(rng: random.Random, mean: int, over_twenty: int) -> list[int]:
    """How many of the staff each client meets who is visited at least twice a day, with the planned mean."""
    met = [rng.randint(21, 25) for _ in range(over_twenty)] + [
        max(3, min(19, round(rng.gauss(mean - 0.5, 3.2)))) for _ in range(VISITED_DAILY - over_twenty)
    ]
    while missing := mean * VISITED_DAILY - sum(met):
        index = rng.randrange(over_twenty, VISITED_DAILY)
        changed = met[index] + (1 if missing > 0 else -1)
        if 3 <= changed <= 20:
            met[index] = changed
    return met


def _visited(book: Casebook, care: elderly.ElderlyCare, first: date) -> list[tuple[Person, str]]:
    """Clients with homecare through the fortnight: first those of 65 or older, who are to be visited daily, then any."""
    last = first + (FORTNIGHT - 1) * DAY
    there = [d for d in care.homecare if d.executed and d.executed < first and d.in_force(last)]
    old = [d for d in there if d.person.age(first) >= 65.2]
    daily = book.rng.sample(old, VISITED_DAILY)
    chosen = {id(d) for d in daily}
    seldomer = book.rng.sample([d for d in there if id(d) not in chosen], VISITED_SELDOMER)
    return [(d.person, d.provider) for d in daily + seldomer]
