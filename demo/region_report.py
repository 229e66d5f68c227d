"""Demonstration extracts of the region's joint reports: what the municipality got back about all members, 2017-2024.

Belongs here: printed figures, and invented ones of the other members around them. Does not belong here: a mean that the
platform computes; members are drawn so that their unweighted mean comes to the printed one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from demo.extract_files import Cell, write_csv

OWN = "1489"
HARRYDA, PARTILLE, OCKERO, GOTEBORG, MOLNDAL = "1401", "1402", "1407", "1480", "1481"
# Members of the region (G96190) in the order of the reports; one left out of the study of municipal primary care.
STAFF_MEMBERS = (
    "1384",
    HARRYDA,
    PARTILLE,
    OCKERO,
    "1415",
    "1419",
    "1440",
    "1441",
    "1462",
    GOTEBORG,
    MOLNDAL,
    "1482",
    OWN,
)
CARE_MEMBERS = tuple(member for member in STAFF_MEMBERS if member != "1462")
HEADERS = (
    "kommun",
    "ar",
    "omfattning",
    "medlem",
    "nyckeltal",
    "specialisering",
    "befattning",
    "varde",
    "antal",
    "vagning",
)
SEED = 96190

# Own value and the members' mean: cost 2023, shares 2024 (all but 2017) and the occupations as printed; other years are
# invented.
COST_PER_PATIENT = {
    2019: (121_400, 113_200),
    2020: (118_900, 115_700),
    2021: (113_800, 116_900),
    2022: (110_900, 119_300),
    2023: (108_711, 121_806),
}
COST_PER_80 = {
    2019: (72_300, 69_400),
    2020: (68_900, 68_100),
    2021: (63_100, 67_200),
    2022: (59_000, 66_300),
    2023: (55_631, 65_485),
}
SHARE_80 = {
    2017: (39, 33),
    2018: (37, 32),
    2019: (35, 31),
    2020: (33, 30),
    2021: (31, 29),
    2022: (30, 29),
    2023: (29, 28),
    2024: (28, 27),
}
SATISFIED = {2023: (47, 39, 85), 2024: (36, 39, 83)}
"""Very satisfied, fairly satisfied, and the members' mean of the two together."""
PERCCI_S_2024 = (57.2, 58.4)
PERCCI_MEAN_2023 = 38.9
NURSES_2024 = {OWN: 14, HARRYDA: 70, OCKERO: 35}
NURSES_MEAN_2024 = 22
OWN_SPECIALISATIONS = {
    "distriktsskoterska": 7,
    "vard_av_aldre": 1,
    "demens": 1,
    "psykiatri": 0,
    "palliativ_vard": 0,
    "ovrig": 5,
}
# (specialists, staff): four municipalities have any. With 13 and 6 as the highest, no unweighted mean of twelve comes
# to the printed 4.
REHAB_2024 = {
    "1384": (0, 30),
    HARRYDA: (0, 14),
    PARTILLE: (1, 20),
    OCKERO: (1, 8),
    "1415": (0, 11),
    "1419": (0, 8),
    "1440": (0, 12),
    "1441": (0, 18),
    GOTEBORG: (9, 150),
    MOLNDAL: (2, 40),
    "1482": (0, 20),
    OWN: (0, 16),
}
REHAB_MEAN_2024 = 4
PATIENTS_2024 = (2310, 1010, 1120, 480, 890, 640, 960, 1290, 12150, 2020, 1660, 1437)
OWN_PATIENTS = {2018: 1381, 2019: 1402, 2020: 1418, 2021: 1447, 2022: 1478, 2023: 1429, 2024: 1437}
REGION_PATIENTS, NATION_PATIENTS = 26_000, 400_000
# The unit survey of nursing homes: own value, the members' mean, the nation's. Print does not say how the nation's was
# made.
ADEQUATE_EDUCATION_2024, ADEQUATE_EDUCATION_NATION_2024 = (80, 76), 73
MUNICIPALITIES = 290
BY_OCCUPATION_2024 = {
    "turnover_excl_pension_by_occupation": {
        "underskoterska": (8.8, 9.2),
        "socialsekreterare": (10.2, 10.3),
        "stodassistent": (5.3, 9.1),
    },
    "sick_leave_monthly_by_occupation": {
        "underskoterska": (10.2, 12.1),
        "socialsekreterare": (13.0, 6.7),
        "stodassistent": (11.1, 12.7),
    },
}
STAFF_SIZE = {"underskoterska": 420, "socialsekreterare": 36, "stodassistent": 150}

Row = tuple[Cell, ...]


def write_region_report_extracts(inbox: Path) -> list[Path]:
    """Write a file per year into `<inbox>/1489-alingsas/region_report/`; returns them. Same bytes every time."""
    rng = random.Random(SEED)
    return [
        write_csv(
            inbox,
            OWN,
            "region_report",
            f"nyckeltal_regionen_{year}",
            HEADERS,
            ((OWN, year, *row) for row in _year(rng, year)),
        )
        for year in range(2017, 2025)
    ]


def _year(rng: random.Random, year: int) -> Iterator[Row]:
    for indicator, series, spread in (
        ("kpv_cost_per_patient", COST_PER_PATIENT, 24_000),
        ("kpv_cost_per_inhabitant_80", COST_PER_80, 17_000),
        ("kpv_80_share", SHARE_80, 7),
    ):
        if year in series:
            own, mean = series[year]
            yield from _members(indicator, _around(rng, CARE_MEMBERS, {OWN: own}, mean, mean - spread, mean + spread))
    if year in OWN_PATIENTS:
        growth = 1 + (year - 2024) * 0.008
        patients = {member: round(n * growth) for member, n in zip(CARE_MEMBERS, PATIENTS_2024, strict=True)} | {
            OWN: OWN_PATIENTS[year]
        }
        yield from _members("kpv_patients", patients, patients)
    if year in SATISFIED:
        yield from _satisfied(rng, year)
    if year == 2023:
        yield "regionmedel", None, "percci_score", None, None, PERCCI_MEAN_2023, len(CARE_MEMBERS), "okänd"
    if year == 2024:
        own_score, mean_score = PERCCI_S_2024
        scores = _around(rng, CARE_MEMBERS, {OWN: own_score}, mean_score, 54.0, 63.0, decimals=1)
        yield from _members("percci_s_score", scores, {member: rng.randint(35, 420) for member in CARE_MEMBERS})
        yield "region totalt", None, "kpv_patients", None, None, REGION_PATIENTS, None, None
        yield "riket totalt", None, "kpv_patients", None, None, NATION_PATIENTS, None, None
        yield from _specialists(rng)
        for indicator, groups in BY_OCCUPATION_2024.items():
            for group, (own_rate, mean_rate) in groups.items():
                values = _around(
                    rng, STAFF_MEMBERS, {OWN: own_rate}, mean_rate, max(2.0, mean_rate - 5), mean_rate + 6, decimals=1
                )
                sizes = {member: round(STAFF_SIZE[group] * rng.uniform(0.5, 2)) for member in STAFF_MEMBERS}
                yield from _members(indicator, values, sizes, staff_group=group)
        own_share, mean_share = ADEQUATE_EDUCATION_2024
        yield from _members(
            "eu_sabo_adequate_education_share", _around(rng, STAFF_MEMBERS, {OWN: own_share}, mean_share, 62, 90)
        )
        yield (
            "riksmedel",
            None,
            "eu_sabo_adequate_education_share",
            None,
            None,
            ADEQUATE_EDUCATION_NATION_2024,
            MUNICIPALITIES,
            "okänd",
        )


def _satisfied(rng: random.Random, year: int) -> Iterator[Row]:
    very_own, fairly_own, mean = SATISFIED[year]
    satisfied = _around(rng, CARE_MEMBERS, {OWN: very_own + fairly_own}, mean, mean - 7, mean + 9)
    very = {member: round(value * rng.uniform(0.45, 0.62)) for member, value in satisfied.items()} | {OWN: very_own}
    answers = {member: rng.randint(35, 420) for member in CARE_MEMBERS}
    yield from _members("kpv_satisfied_share", satisfied, answers)
    yield from _members("kpv_very_satisfied_share", very, answers)
    yield from _members(
        "kpv_fairly_satisfied_share", {member: satisfied[member] - very[member] for member in CARE_MEMBERS}, answers
    )


def _specialists(rng: random.Random) -> Iterator[Row]:
    """Of nurses the own municipality has the lowest share. Shares with each specialisation add up: who has two counts
    once.
    """
    nurses = _around(rng, CARE_MEMBERS, NURSES_2024, NURSES_MEAN_2024, NURSES_2024[OWN] + 1, NURSES_2024[OCKERO] - 1)
    staff = {member: rng.randint(20, 90) for member in CARE_MEMBERS} | {GOTEBORG: 610, OWN: 74}
    yield from _members("kpv_nurses_specialist_share", nurses, staff)
    for place, specialisation in enumerate(OWN_SPECIALISATIONS):
        parts = {member: _part(int(value), place) for member, value in nurses.items()} | {
            OWN: OWN_SPECIALISATIONS[specialisation]
        }
        yield from _members("kpv_nurses_specialist_share", parts, staff, specialisation=specialisation)
    shares = {member: int(100 * specialists / n + 0.5) for member, (specialists, n) in REHAB_2024.items()}
    yield from _members("kpv_rehab_specialist_share", shares, {member: n for member, (_, n) in REHAB_2024.items()})
    yield "regionmedel", None, "kpv_rehab_specialist_share", None, None, REHAB_MEAN_2024, len(CARE_MEMBERS), "vägt"


def _part(share: int, place: int) -> int:
    """The part of a member's share that falls on the specialisation in `place`; the last takes what the others left."""
    parts = [share * weight // 100 for weight in (46, 20, 9, 9, 5)]
    return parts[place] if place < len(parts) else share - sum(parts)


def _members(
    indicator: str,
    values: Mapping[str, float],
    n: Mapping[str, int] | None = None,
    specialisation: str | None = None,
    staff_group: str | None = None,
) -> Iterator[Row]:
    for member, value in values.items():
        yield "kommun", member, indicator, specialisation, staff_group, float(value), n[member] if n else None, None


def _around(
    rng: random.Random,
    members: Sequence[str],
    fixed: Mapping[str, float],
    mean: float,
    low: float,
    high: float,
    decimals: int = 0,
) -> dict[str, float]:
    """Values of all `members` with the unweighted `mean`: `fixed` as they are, the others drawn between `low` and
    `high`.

    ValueError if no such values exist.
    """
    unit = 10**decimals
    free = [member for member in members if member not in fixed]
    bottom, top = round(low * unit), round(high * unit)
    drawn = {member: rng.randint(bottom, top) for member in free}
    missing = (
        round(mean * unit * len(members)) - sum(round(value * unit) for value in fixed.values()) - sum(drawn.values())
    )
    if not 0 <= missing + sum(drawn.values()) - bottom * len(free) <= (top - bottom) * len(free):
        raise ValueError(f"no values between {low} and {high} have the mean {mean}")
    while missing:
        for member in rng.sample(free, len(free)):
            share = max(1, abs(missing) // len(free))
            step = (
                min(share, missing, top - drawn[member])
                if missing > 0
                else max(-share, missing, bottom - drawn[member])
            )
            drawn[member] += step
            missing -= step
    return {member: fixed.get(member, drawn.get(member, 0) / unit) for member in members}
