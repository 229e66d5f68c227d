"""The care of 1489 in 2022-2024: the numbers chosen, and the calibration of invented rows by which print comes out of
them.

Belongs here: what is peculiar to this municipality. Does not belong here: how services and queues work (`elderly`,
`disability`). Printed are the internal control (årsbokslut 2024, bilaga 1), goals 1 and 3, and the volumes of the
genomlysning (2.5).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from math import ceil
from pathlib import Path

from demo.care import disability, elderly
from demo.care.casebook import (
    DAY,
    HOUSING,
    Casebook,
    Decision,
    apply_earlier,
    decide_earlier,
    execution_days,
    investigation_days,
    steer,
)
from demo.care.files import Deliveries, Row, write_decisions
from demo.care.registers import Step, Use, places, steps
from demo.care.visits import whole_month
from demo.hr.people import Person

MUNICIPALITY_ID = "1489"
YEARS = (2022, 2023, 2024)

ELDERLY = elderly.Plan(
    homecare=715,
    homecare_under_65=45,
    homes=294,
    arrivals=17,
    waiting={2021: 15, 2022: 14, 2023: 12, 2024: 10},
    term=365,
    homecare_units=("hemtjanst_centrum", "hemtjanst_centrum", "hemtjanst_norra", "hemtjanst_bjarke"),
    home_units=("brogarden", "brogarden", "kaptenen", "hagagarden", "brunnsgarden"),
    private_share=0.21,
    bought_homes=0.02,
    over_80=0.7,
    alarm_only=280,
    day_care=62,
    meals=90,
    housing_support=86,
    short_stays=340,
    refusals=44,
    withdrawals=24,
    died_waiting=9,
)
WITH_CARE_2022 = {65: 950, 80: 684}  # persons, median of the twelve month-ends
HOME_WAIT = {2022: 74, 2023: 65, 2024: 57}  # days from application to first offer, 65 or older
MEN_WAIT_LESS = 3
INVESTIGATION = {
    (date(2024, 1, 1), date(2024, 6, 30)): {"SoL": 8.0, "LSS": 57.0},
    (date(2024, 7, 1), date(2024, 11, 30)): {"SoL": 11.0, "LSS": 70.0},
}
EXECUTION = {(date(2023, 12, 1), date(2024, 11, 30)): {"SoL": 6.0, "LSS": 40.0}}

# Persons on 1 October: 375 (2022), 378 and 372; in dwellings 166 in 2024, 30 of them in adapted ones, whose assistance
# is SFB's.
WINDOWS = (
    disability.Window(date(2022, 1, 1), date(2022, 9, 26), 12, 9, 5),
    disability.Window(date(2022, 10, 3), date(2023, 9, 26), 16, 13, 7),
    disability.Window(date(2023, 10, 3), date(2024, 9, 26), 11, 17, 8),
    disability.Window(date(2024, 10, 3), date(2024, 12, 27), 4, 3, 1),
)
# Moves into dwellings: how many between two days, and how long after the decision. Fewer than four in a first half-year
# give no waiting time; the six of 2024 have a mean of 126 days.
MOVES = (
    (date(2022, 1, 5), date(2022, 6, 26), (95, 160, 210)),
    (date(2022, 7, 3), date(2022, 9, 26), (88, 140, 175, 201)),
    (date(2023, 1, 5), date(2023, 6, 26), (120, 184)),
    (date(2023, 7, 3), date(2023, 9, 26), (77, 98, 131, 150, 240)),
    (date(2024, 1, 5), date(2024, 6, 26), (64, 83, 109, 131, 158, 211)),
    (date(2024, 7, 3), date(2024, 9, 26), (119, 146)),
    (date(2024, 10, 8), date(2024, 12, 20), (133,)),
)
STILL_WAITING = (420, 266, 190, 121, 74, 38, 12)  # days since the decision, on the last day
LSS_PERSONS = {
    "group_home": 80,
    "service_home": 55,
    "adapted": 30,
    "daily": 112,
    "assistance": 19,
    "child": 46,
    "contact": 30,
}
UNITS = {
    disability.GROUP_HOME: "gruppbostader",
    disability.SERVICE_HOME: "servicebostader",
    disability.ADAPTED: "personlig_assistans",
    disability.DAILY: "daglig_verksamhet",
    disability.ASSISTANCE: "personlig_assistans",
    "korttidsvistelse": "korttid_barn",
    "korttidstillsyn": "korttid_barn",
    "avlösarservice": "personlig_assistans",
}

PATIENTS = {2022: 1485, 2023: 1436, 2024: 1437}
PROFESSIONS = {
    "sjuksköterska": 0.86,
    "arbetsterapeut": 0.44,
    "fysioterapeut": 0.3,
}  # share of the patients that each met
# Places on the last days of 2022, 2023 and 2024; 33 of 169 dwellings under LSS are adapted ones.
PLACES = {
    Use("särskilt boende", "demens", "brogarden", "egen regi"): (36, 36, 40),
    Use("särskilt boende", "demens", "kaptenen", "egen regi"): (20, 20, 20),
    Use("särskilt boende", "demens", "hagagarden", "egen regi"): (18, 20, 20),
    Use("särskilt boende", "omvårdnad", "brogarden", "egen regi"): (92, 92, 88),
    Use("särskilt boende", "omvårdnad", "kaptenen", "egen regi"): (48, 48, 48),
    Use("särskilt boende", "omvårdnad", "hagagarden", "egen regi"): (42, 40, 40),
    Use("särskilt boende", "omvårdnad", "brunnsgarden", "egen regi"): (36, 36, 36),
    Use("särskilt boende", "omvårdnad", "", "externt köpt"): (7, 6, 6),
    Use("korttidsboende", "omvårdnad", "brunnsgarden", "egen regi"): (24, 24, 22),
    Use("korttidsboende", "växelvård", "brunnsgarden", "egen regi"): (10, 10, 10),
    Use(disability.GROUP_HOME, "", "gruppbostader", "egen regi"): (78, 78, 78),
    Use(disability.GROUP_HOME, "", "", "externt köpt"): (4, 4, 4),
    Use(disability.SERVICE_HOME, "", "servicebostader", "egen regi"): (54, 54, 54),
    Use(disability.ADAPTED, "", "personlig_assistans", "egen regi"): (32, 33, 33),
}
# Studies were not registered in 2022, nor anybody's move to an own home before MOVED_OUT; in 2024 nobody moved.
STEPS = {
    2022: (Step("lönearbete", 4), Step("arbetspraktik", 14)),
    2023: (Step("studier", 2), Step("lönearbete", 2), Step("arbetspraktik", 17)),
    2024: (Step("studier", 4, ended=1), Step("arbetspraktik", 19)),
}
MOVED_OUT = date(2023, 8, 15)
# Hours given as a share of those granted, in the months since homecare is paid for by what is performed.
PERFORMED = {(2024, 7): 0.93, (2024, 8): 0.94, (2024, 9): 0.95, (2024, 10): 0.93, (2024, 11): 0.90, (2024, 12): 0.88}


def write(inbox: Path, seed: int) -> list[Path]:
    """Write all extracts into `<inbox>/1489-alingsas/care/`; returns the files in order of delivery."""
    book = Casebook(random.Random(seed), YEARS)
    rng = book.rng
    careers = elderly.live(book, ELDERLY)
    care = elderly.settle(book, ELDERLY, _as_many_as_printed(careers))
    elderly.beside(book, ELDERLY, care)
    clients = disability.settle(book, _disability_plan(book))
    leaver = next(
        c
        for c in clients
        if c.kind == "service_home" and c.end is None and any(d.service == disability.DAILY for d in c.services)
    )
    for decision in leaver.services:
        if decision.service == disability.SERVICE_HOME:
            decision.closed, decision.end_reason = MOVED_OUT, "upphört"
    _hold_the_print(book, care)
    book.follow_up(
        {
            "hemtjänst": 0.93,
            "korttidsboende": 0.97,
            disability.DAILY: 0.9,
            "kontaktperson": 0.85,
            "korttidsvistelse": 0.88,
        },
        {
            "särskilt boende": 0.04,
            "gruppbostad": 0.22,
            "servicebostad": 0.2,
            "annan särskilt anpassad bostad": 0.3,
            disability.DAILY: 0.26,
        },
    )
    patients = _patients(book, care)
    book.number()
    out = Deliveries(
        inbox, MUNICIPALITY_ID, old=frozenset({("decisions", 2022)}), by_hand=frozenset({("places", 2023)})
    )
    write_decisions(out, book)
    in_daily_activities = [
        c.person for c in clients if c.kind == "daily" and c.end is None and c.start < book.first_day
    ]
    for year in YEARS:
        out.write("patients", year, _measures(rng, patients[year]))
        out.write("places", year, places(PLACES, YEARS, year))
        moved = [(leaver.person.number, "egen bostad", "egen regi", MOVED_OUT, None)] if year == MOVED_OUT.year else []
        out.write("transitions", year, [*steps(book, in_daily_activities, year, STEPS[year]), *moved])
    for (year, month), performed in PERFORMED.items():
        out.write("visits", f"{year}-{month:02d}", whole_month(book, care.homecare, year, month, performed))
    return out.files


def _as_many_as_printed(careers: list[elderly.Career]) -> list[elderly.Career]:
    """Leave out some who had homecare all through 2022 and long after, until the medians of that year are the printed
    ones.
    """
    ends = [date(2022 + month // 12, month % 12 + 1, 1) - DAY for month in range(1, 13)]

    def median(age: int) -> float:
        counts = sorted(sum(c.has_care(end) and _age(c.person, end) >= age for c in careers) for end in ends)
        return (counts[5] + counts[6]) / 2

    steady = [
        c
        for c in careers
        if c.homecare_from and c.homecare_from < date(2021, 12, 1) and c.has_care(date(2023, 2, 1)) and not c.home_from
    ]
    oldest = [c for c in steady if _age(c.person, date(2021, 12, 31)) >= 80]
    younger = [
        c for c in steady if _age(c.person, date(2021, 12, 31)) >= 65 and _age(c.person, date(2022, 12, 31)) < 80
    ]
    surplus_80 = ceil(median(80) - WITH_CARE_2022[80])
    surplus_65 = ceil(median(65) - WITH_CARE_2022[65]) - surplus_80
    if not (0 <= surplus_80 <= len(oldest) and 0 <= surplus_65 <= len(younger)):
        raise ValueError(
            f"{surplus_80} and {surplus_65} clients too many: the plan's stock of homecare is to be chosen anew"
        )
    left_out = {id(c) for c in oldest[:surplus_80] + younger[:surplus_65]}
    return [c for c in careers if id(c) not in left_out]


def _age(person: Person, day: date) -> int:
    """Completed years at a month's end, for which the birth's day does not matter."""
    return day.year - person.birth.year - (day.month < person.birth.month)


def _disability_plan(book: Casebook) -> disability.Plan:
    rng = book.rng
    moves = []
    for first, last, waits in MOVES:
        for days in waits:
            into = book.day_in(first, last)
            service = disability.GROUP_HOME if rng.random() < 0.6 else disability.SERVICE_HOME
            moves.append(disability.Move(service, into - days * DAY, into, declined=0.0))
    moves += [
        disability.Move(disability.GROUP_HOME, book.last_day - days * DAY, None, float(days > 250))
        for days in STILL_WAITING
    ]
    return disability.Plan(
        LSS_PERSONS,
        WINDOWS,
        tuple(moves),
        UNITS,
        private_daily=0.08,
        bought_dwellings=0.03,
        sfb_only=58,
        sfb_ended=7,
        taken_over=2,
        adapted_with_lss_assistance=2,
        sfb_beside=13,
        new_services=32,
        refusals=13,
    )


def _hold_the_print(book: Casebook, care: elderly.ElderlyCare) -> None:
    """Move applications and decisions by days until the means are the printed ones; who gets what and from when stays."""
    rng = book.rng
    for year, wanted in HOME_WAIT.items():
        for months in (range(1, 7), range(7, 13)):
            group = [
                d for d in care.homes if d.offers and d.decided and d.decided.year == year and d.decided.month in months
            ]
            men = sum(d.person.gender == "M" for d in group) / len(group)
            for gender, days in (("K", wanted + MEN_WAIT_LESS * men), ("M", wanted + MEN_WAIT_LESS * (men - 1))):
                of_gender = [d for d in group if d.person.gender == gender]
                steer(
                    rng,
                    of_gender,
                    _offer_days,
                    apply_earlier,
                    days,
                    lambda d, step: 3 <= investigation_days(d) + step <= 90,
                )
    for (first, last), by_law in EXECUTION.items():
        for law, mean in by_law.items():
            started = [
                d
                for d in book.decisions
                if d.law == law and d.is_granted and not d.is_renewal and d.executed and first <= d.executed <= last
            ]
            steer(
                rng,
                started,
                execution_days,
                decide_earlier,
                mean,
                lambda d, step: d.service not in HOUSING and 0 <= execution_days(d) + step <= 300,
            )
    for (first, last), by_law in INVESTIGATION.items():
        for law, mean in by_law.items():
            made = [d for d in book.decisions if d.law == law and d.decided and first <= d.decided <= last]
            # Each kind by itself, so that the figure does not hang on whether renewals and withdrawals are counted.
            for kind in {(d.is_renewal, d.end_reason == "återtagen ansökan") for d in made}:
                group = [d for d in made if (d.is_renewal, d.end_reason == "återtagen ansökan") == kind]
                steer(
                    rng,
                    group,
                    investigation_days,
                    apply_earlier,
                    mean,
                    lambda d, step: (
                        (d.service != elderly.HOME or not d.offers) and 0 <= investigation_days(d) + step <= 240
                    ),
                )


def _offer_days(decision: Decision) -> int:
    return (min(offer.move_in for offer in decision.offers) - decision.application).days


def _patients(book: Casebook, care: elderly.ElderlyCare) -> dict[int, list[Person]]:
    """Patients of municipal primary care by year: two thirds have homecare or a home, the others neither; most come
    back.
    """
    rng = book.rng
    others: list[Person] = []
    by_year = {}
    for year, number in PATIENTS.items():
        midsummer = date(year, 6, 24)
        known = [c.person for c in care.careers if c.has_care(midsummer)]
        known = [p for p in known if rng.random() < 0.88]
        others = [p for p in others if rng.random() < 0.7]
        while len(known) + len(others) < number:
            others.append(book.client(30, 92, 74, midsummer, 0.56))
        by_year[year] = known + others[: number - len(known)]
    return by_year


def _measures(rng: random.Random, patients: list[Person]) -> Iterator[Row]:
    for person in patients:
        professions = [name for name, share in PROFESSIONS.items() if rng.random() < share]
        for profession in professions or ["sjuksköterska"]:
            yield person.number, profession, 1 + round(rng.expovariate(1 / 11))
