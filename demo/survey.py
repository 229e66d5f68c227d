"""Demonstration surveys: Alingsås' staff, patients and users, Helsingborg's users.

Belongs here: what was answered. Does not belong here: any figure of a report; the files hold counts and respondents,
and the figures come out of them by counting. The printed ones are those of the årsbokslut 2024 (mål 2, arbetsmiljömål),
the genomlysning (2.3-2.5) and Helsingborg's årsbokslut (nyckeltal). Nothing of the platform's readers or models is
imported here.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from demo.extract_files import Cell, write_csv

SEED = 20241231
ALINGSAS, HELSINGBORG = "1489", "1283"

PULSE_HEADERS = (
    "kommun",
    "ar",
    "kvartal",
    "avdelning",
    "enhet",
    "fraga_id",
    "frageversion",
    "fraga",
    "nyckeltal",
    "svar",
    "antal_svar",
    "svarande",
    "inbjudna",
)
PATIENT_HEADERS = (
    "kommun",
    "ar",
    "svarandeid",
    "kon",
    "aldersgrupp",
    "instrument",
    *(f"pastaende_{number}" for number in range(1, 13)),
    "nojdhet",
)
USER_HEADERS = (
    "kommun",
    "ar",
    "enhet",
    "insats",
    "nyckeltal",
    "frageversion",
    "fraga",
    "kon",
    "antal_svar",
    "antal_positiva",
    "inbjudna",
)


def write_survey_extracts(inbox: Path, seed: int = SEED) -> list[Path]:
    """Write the surveys' extracts into the inboxes of both municipalities; returns the files. Same seed, same bytes."""
    rng = random.Random(seed)
    files = []
    for year in (2023, 2024):
        files.append(write_csv(inbox, ALINGSAS, "survey", f"pulsmatning_{year}", PULSE_HEADERS, _pulse(rng, year)))
    for year in PATIENTS:
        files.append(
            write_csv(inbox, ALINGSAS, "survey", f"patientenkat_{year}", PATIENT_HEADERS, _patients(rng, year))
        )
    for municipality, years in ((ALINGSAS, (2022, 2023, 2024)), (HELSINGBORG, (2020, 2021, 2022, 2023, 2024))):
        for year in years:
            rows = [*_counted(municipality, year), *_drawn(rng, municipality, year)]
            encoding = "cp1252" if year < 2022 else "utf-8"  # the national surveys' files of those years
            files.append(
                write_csv(inbox, municipality, "survey", f"brukarundersokning_{year}", USER_HEADERS, rows, encoding)
            )
    return files


# Pulse survey: groups with respondents and the mean of their questions' means, by round.

GOALS = "P07"
QUESTIONS = {
    "P01": "Jag vet vad som förväntas av mig i mitt arbete",
    "P02": "Jag har en rimlig arbetsbelastning",
    "P03": "Jag kan påverka hur mitt arbete utförs",
    "P04": "Jag får återkoppling på mitt arbete",
    "P05": "Vi samarbetar bra i arbetsgruppen",
    "P06": "Min närmaste chef ger mig förutsättningar att göra ett bra arbete",
    GOALS: "Vi har mål som följs upp och utvärderas kontinuerligt",
    "P08": "Jag känner mig trygg på min arbetsplats",
    "P09": "Jag ser fram emot att gå till arbetet",
    "P10": "Jag kan rekommendera min arbetsplats till andra",
}
# How the questions' means lie around the group's mean; they add up to nothing.
OFFSETS = (0.35, -0.30, 0.05, -0.15, 0.30, 0.05, -0.05, 0.10, -0.15, -0.20)

# (department, unit, respondents, mean in Q4 2024)
GROUPS = (
    ("hemtjanst", None, 330, 3.30),
    ("aldreboende", None, 210, 2.90),
    ("lss_boende_och_arbete", None, 260, 3.10),
    ("personlig_assistans_och_stod", None, 100, 2.60),
    ("myndighet_och_kommunal_primarvard", "myndighetsenheten", 35, 2.80),
    ("myndighet_och_kommunal_primarvard", "kommunal_primarvard", 75, 3.30),
    ("verksamhetsstod", None, 40, 3.40),
    (None, None, 9, 3.00),  # below the supplier's minimum of ten: handed out without a department
)
# Rounds: (year, quarter), questions delivered, difference of the means, per cent who agree that goals are followed up.
ROUNDS = (
    (2023, 4, (GOALS,), -0.10, 63),
    (2024, 2, tuple(QUESTIONS), 0.05, 80),
    (2024, 4, tuple(QUESTIONS), 0.00, 75),
)


def _pulse(rng: random.Random, year: int) -> Iterator[tuple[Cell, ...]]:
    for round_year, quarter, questions, difference, agreeing in ROUNDS:
        if round_year != year:
            continue
        for question, text in QUESTIONS.items():
            if question not in questions:
                continue
            offset = OFFSETS[list(QUESTIONS).index(question)]
            valid = [respondents - rng.randint(0, respondents // 20) for _, _, respondents, _ in GROUPS]
            means = [mean + difference + offset for *_, mean in GROUPS]
            agree: list[int | None] = [None] * len(GROUPS)
            if question == GOALS:
                agree[:] = _allotted(rng, valid, agreeing, [(mean - 3) * 45 for mean in means])
            for (department, unit, respondents, _), n, mean, k in zip(GROUPS, valid, means, agree, strict=True):
                answers = _answers(rng, n, mean, k)
                counts = [(str(score), answers.count(score)) for score in (4, 3, 2, 1)] + [("vet ej", respondents - n)]
                indicator = "pulse_goals_followed_up_share" if question == GOALS else None
                for answer, count in counts:
                    yield (
                        ALINGSAS,
                        year,
                        quarter,
                        department,
                        unit,
                        question,
                        "1",
                        text,
                        indicator,
                        answer,
                        count,
                        None,
                        round(respondents / 0.72),
                    )


def _answers(rng: random.Random, n: int, mean: float, agreeing: int | None) -> list[int]:
    """`n` answers 1-4 of about `mean`, of which `agreeing` (if given) are 3 or 4."""
    if agreeing is None:
        answers, ranges = [min(4, max(1, round(rng.gauss(mean, 0.8)))) for _ in range(n)], [(1, 4)] * n
    else:
        answers = [rng.choice((3, 3, 4)) for _ in range(agreeing)] + [
            rng.choice((1, 2, 2)) for _ in range(n - agreeing)
        ]
        ranges = [(3, 4)] * agreeing + [(1, 2)] * (n - agreeing)
    lowest, highest = sum(low for low, _ in ranges), sum(high for _, high in ranges)
    _move_to(rng, answers, ranges, min(highest, max(lowest, round(mean * n))))
    return answers


def _move_to(rng: random.Random, numbers: list[int], ranges: list[tuple[int, int]], total: int) -> None:
    """Change numbers by one, each within its range, until they add up to `total`."""
    while (missing := total - sum(numbers)) != 0:
        step = 1 if missing > 0 else -1
        movable = [
            i
            for i, (number, (low, high)) in enumerate(zip(numbers, ranges, strict=True))
            if low <= number + step <= high
        ]
        for i in rng.sample(movable, min(abs(missing), len(movable))):
            numbers[i] += step


def _allotted(rng: random.Random, sizes: list[int], per_cent: float, tilts: list[float]) -> list[int]:
    """How many of each size are positive, so that `per_cent` of all are; `tilts` in percentage points say who is above."""
    centre = sum(tilt * size for tilt, size in zip(tilts, sizes, strict=True)) / sum(sizes)
    positive = [
        min(size, max(0, round(size * (per_cent + tilt - centre) / 100 + rng.gauss(0, 0.2 * size**0.5))))
        for size, tilt in zip(sizes, tilts, strict=True)
    ]
    _move_to(rng, positive, [(0, size) for size in sizes], round(sum(sizes) * per_cent / 100))
    return positive


# Patients: year: instrument, women and men with all statements answered and their mean, incomplete, very and fairly
# satisfied of 300.

PATIENTS: dict[int, tuple[str, tuple[tuple[str, int, float], ...], int, tuple[int, int] | None]] = {
    2022: ("PERCCI", (("K", 150, 40.0), ("M", 140, 37.93)), 14, None),
    2023: ("PERCCI", (("K", 150, 39.8), ("M", 164, 37.5)), 17, (141, 117)),
    2024: ("PERCCI-S", (("K", 152, 57.9), ("M", 138, 56.43)), 18, (108, 117)),
}
SCALES = {"PERCCI": (1, 4), "PERCCI-S": (0, 6)}


def _patients(rng: random.Random, year: int) -> list[tuple[Cell, ...]]:
    instrument, sexes, incomplete, satisfied = PATIENTS[year]
    low, high = SCALES[instrument]
    answered: list[tuple[str, list[int | None]]] = []
    for gender, n, mean in sexes:
        scores = [min(12 * high, max(12 * low, round(rng.gauss(mean, 2.2 * (high - low))))) for _ in range(n)]
        _move_to(rng, scores, [(12 * low, 12 * high)] * n, round(mean * n))
        answered += [(gender, _items(rng, score, low, high)) for score in scores]
    for _ in range(incomplete):
        items = _items(rng, rng.randint(9 * high, 11 * high), low, high)
        for number in rng.sample(range(12), rng.choice((1, 1, 2, 5))):
            items[number] = None
        answered.append((rng.choice("KM"), items))
    rng.shuffle(answered)
    classes: list[int | None] = [None] * len(answered)
    if satisfied is not None:
        very, fairly = satisfied
        rest = 300 - very - fairly
        given = [4] * very + [3] * fairly + [2] * (rest - rest // 3) + [1] * (rest // 3)
        # the best satisfied are among those with the highest scores, but not all of them
        order = sorted(
            range(len(answered)),
            key=lambda i: -sum(item or 0 for item in answered[i][1]) + rng.gauss(0, 4 * (high - low)),
        )
        for i, given_class in zip(sorted(rng.sample(range(len(order)), 300)), given, strict=True):
            classes[order[i]] = given_class
    return [
        (
            ALINGSAS,
            year,
            f"E{year % 100}{number:04d}",
            gender if rng.random() < 0.99 or None not in items else None,
            rng.choices(("18-64", "65-79", "80-"), (8, 32, 60))[0],
            instrument,
            *items,
            satisfaction,
        )
        for number, ((gender, items), satisfaction) in enumerate(zip(answered, classes, strict=True), start=1)
    ]


def _items(rng: random.Random, score: int, low: int, high: int) -> list[int | None]:
    """Twelve answers that add up to `score`."""
    items = [min(high, max(low, round(score / 12 + rng.gauss(0, 0.7)))) for _ in range(12)]
    _move_to(rng, items, [(low, high)] * 12, score)
    return list(items)


# Users. What a question asks, by the indicator that it is.

WORDING = {
    "sabo_satisfied_share": "Hur nöjd eller missnöjd är du sammantaget med ditt äldreboende?",
    "sabo_not_lonely_share": "Händer det att du besväras av ensamhet?",
    "sabo_informed_of_changes_share": "Brukar personalen meddela dig i förväg om tillfälliga förändringar?",
    "sabo_safe_share": "Hur tryggt eller otryggt känns det att bo på ditt äldreboende?",
    "sabo_good_treatment_share": "Brukar personalen bemöta dig på ett bra sätt?",
    "sabo_can_raise_complaints_share": "Vet du vart du ska vända dig om du vill framföra synpunkter eller klagomål?",
    "homecare_satisfied_share": "Hur nöjd eller missnöjd är du sammantaget med den hemtjänst du har?",
    "homecare_not_lonely_share": "Händer det att du besväras av ensamhet?",
    "homecare_informed_of_changes_share": "Brukar personalen meddela dig i förväg om tillfälliga förändringar?",
    "homecare_safe_share": "Hur tryggt eller otryggt känns det att bo hemma med stöd från hemtjänsten?",
    "homecare_good_treatment_share": "Brukar personalen bemöta dig på ett bra sätt?",
    "homecare_meets_fixed_contact_share": "Brukar du träffa din fasta omsorgskontakt?",
    "homecare_not_anxious_share": "Har du besvär av ängslan, oro eller ångest?",
    "pa_chose_assistants_share": "Har du varit med och bestämt vilka som är dina assistenter?",
    "pa_safe_with_all_assistants_share": "Känner du dig trygg med dina assistenter?",
    "pa_assistants_care_share": "Bryr sig dina assistenter om dig?",
    "pa_can_do_what_wants_share": "Kan du göra det du vill med hjälp av dina assistenter?",
    "pa_knows_whom_to_tell_share": "Vet du vem du ska prata med om något är dåligt med dina assistenter?",
    "lss_group_home_staff_care_share": "Bryr sig personalen hemma om dig?",
    "lss_group_home_staff_understandable_share": "Pratar personalen hemma så att du förstår vad de menar?",
    "lss_group_home_staff_understands_share": "Förstår personalen hemma vad du säger?",
    "lss_group_home_self_determination_share": "Får du bestämma om saker som är viktiga för dig hemma?",
    "lss_group_home_always_happy_home_share": "Trivs du hemma?",
    "lss_service_housing_always_happy_home_share": "Trivs du hemma?",
}
SERVICES = (
    ("sabo_", "särskilt boende"),
    ("homecare_", "hemtjänst"),
    ("pa_", "personlig assistans"),
    ("lss_group_home_", "gruppbostad"),
    ("lss_service_housing_", "servicebostad"),
)

# Small groups, told one by one: municipality, indicator, year: (unit, sex, answers, positive).
COMPLAINTS, SELF_DETERMINATION, HAPPY = (
    "sabo_can_raise_complaints_share",
    "lss_group_home_self_determination_share",
    "always_happy_home_share",
)
COUNTED: dict[tuple[str, str, int], tuple[tuple[str | None, str, int, int], ...]] = {
    # an empty unit: the home that another provider runs
    (ALINGSAS, COMPLAINTS, 2022): (
        ("brogarden", "T", 40, 19),
        ("kaptenen", "T", 38, 18),
        ("hagagarden", "T", 36, 16),
        ("brunnsgarden", "T", 30, 13),
        (None, "T", 26, 12),
    ),
    (ALINGSAS, COMPLAINTS, 2023): (
        ("brogarden", "T", 42, 17),
        ("kaptenen", "T", 36, 17),
        ("hagagarden", "T", 38, 17),
        ("brunnsgarden", "T", 28, 11),
        (None, "T", 26, 10),
    ),
    (ALINGSAS, COMPLAINTS, 2024): (
        ("brogarden", "T", 43, 17),
        ("kaptenen", "T", 37, 12),
        ("hagagarden", "T", 36, 11),
        ("brunnsgarden", "T", 27, 11),
        (None, "T", 27, 12),
    ),
    (ALINGSAS, SELF_DETERMINATION, 2022): (("gruppbostader", "K", 26, 17), ("gruppbostader", "M", 24, 16)),
    (ALINGSAS, SELF_DETERMINATION, 2023): (("gruppbostader", "K", 28, 19), ("gruppbostader", "M", 24, 17)),
    (ALINGSAS, SELF_DETERMINATION, 2024): (("gruppbostader", "K", 28, 22), ("gruppbostader", "M", 24, 19)),
    (ALINGSAS, f"lss_group_home_{HAPPY}", 2022): (("gruppbostader", "K", 25, 20), ("gruppbostader", "M", 25, 20)),
    (ALINGSAS, f"lss_group_home_{HAPPY}", 2023): (("gruppbostader", "K", 30, 24), ("gruppbostader", "M", 25, 20)),
    (ALINGSAS, f"lss_group_home_{HAPPY}", 2024): (("gruppbostader", "K", 30, 25), ("gruppbostader", "M", 25, 22)),
    (ALINGSAS, f"lss_service_housing_{HAPPY}", 2022): (
        ("servicebostader", "K", 26, 21),
        ("servicebostader", "M", 24, 19),
    ),
    (ALINGSAS, f"lss_service_housing_{HAPPY}", 2023): (
        ("servicebostader", "K", 27, 22),
        ("servicebostader", "M", 23, 19),
    ),
    (ALINGSAS, f"lss_service_housing_{HAPPY}", 2024): (
        ("servicebostader", "K", 22, 18),
        ("servicebostader", "M", 20, 16),
    ),
}

ASSISTANCE = {
    "pa_chose_assistants_share": ((10, 6), (14, 5), (13, 6), (11, 7), (22, 11)),
    "pa_safe_with_all_assistants_share": ((10, 8), (14, 12), (12, 9), (11, 10), (22, 16)),
    "pa_assistants_care_share": ((10, 9), (14, 11), (13, 12), (11, 11), (22, 18)),
    "pa_can_do_what_wants_share": ((10, 8), (14, 11), (12, 10), (11, 9), (22, 16)),
    "pa_knows_whom_to_tell_share": ((10, 10), (13, 10), (13, 10), (11, 7), (22, 16)),
}
for _indicator, _years in ASSISTANCE.items():
    for _year, (_answers_given, _positive) in enumerate(_years, start=2020):
        COUNTED[HELSINGBORG, _indicator, _year] = (("personlig_assistans", "T", _answers_given, _positive),)

# Large groups, drawn: indicator: per cent who answered in the positive class by year; the elderly were not asked in
# 2021.
DRAWN: dict[str, dict[int, int]] = {
    "sabo_satisfied_share": {2020: 82, 2022: 77, 2023: 76, 2024: 78},
    "sabo_not_lonely_share": {2020: 30, 2022: 33, 2023: 39, 2024: 42},
    "sabo_informed_of_changes_share": {2020: 51, 2022: 45, 2023: 43, 2024: 44},
    "sabo_safe_share": {2020: 88, 2022: 86, 2023: 85, 2024: 86},
    "sabo_good_treatment_share": {2020: 91, 2022: 89, 2023: 89, 2024: 90},
    "homecare_satisfied_share": {2020: 88, 2022: 80, 2023: 81, 2024: 80},
    "homecare_not_lonely_share": {2020: 48, 2022: 46, 2023: 50, 2024: 47},
    "homecare_informed_of_changes_share": {2020: 65, 2022: 54, 2023: 55, 2024: 57},
    "homecare_safe_share": {2020: 84, 2022: 80, 2023: 81, 2024: 80},
    "homecare_good_treatment_share": {2020: 96, 2022: 93, 2023: 94, 2024: 94},
    "homecare_meets_fixed_contact_share": {2024: 25},
    "homecare_not_anxious_share": {2023: 51, 2024: 53},
    "lss_group_home_staff_care_share": {2020: 81, 2021: 84, 2022: 85, 2023: 71, 2024: 79},
    "lss_group_home_staff_understandable_share": {2020: 73, 2021: 67, 2022: 71, 2023: 61, 2024: 62},
    "lss_group_home_staff_understands_share": {2020: 71, 2021: 74, 2022: 75, 2023: 67, 2024: 69},
}
# Units of a service with their women and men asked; an empty unit: other providers'.
ASKED: dict[str, tuple[tuple[str | None, int, int], ...]] = {
    "särskilt boende": (
        ("vardboende_1", 78, 38),
        ("vardboende_2", 66, 30),
        ("vardboende_3", 84, 41),
        ("vardboende_4", 52, 26),
        ("vardboende_5", 71, 33),
        ("vardboende_6", 60, 28),
        ("vardboende_7", 45, 24),
        ("vardboende_8", 58, 27),
        ("upphandlade_vardboenden", 170, 80),
    ),
    "hemtjänst": (("ordinart_boende", 980, 470), (None, 210, 95)),
    "gruppbostad": (("gruppbostad", 88, 104), ("boda", 22, 26)),
}


def _drawn(rng: random.Random, municipality: str, year: int) -> Iterator[tuple[Cell, ...]]:
    for indicator, shares in DRAWN.items():
        if municipality != HELSINGBORG or year not in shares:
            continue
        groups = [
            (unit, sex, asked)
            for unit, women, men in ASKED[_service(indicator)]
            for sex, asked in (("K", women), ("M", men))
        ]
        answers = [round(asked * rng.uniform(0.48, 0.62)) for *_, asked in groups]
        positive = _allotted(rng, answers, shares[year], [0.0] * len(groups))
        for (unit, sex, asked), n, k in zip(groups, answers, positive, strict=True):
            yield _user_row(municipality, year, indicator, unit, sex, n, k, asked)


def _counted(municipality: str, year: int) -> Iterable[tuple[Cell, ...]]:
    for (of, indicator, counted_year), groups in COUNTED.items():
        if (of, counted_year) == (municipality, year):
            for unit, sex, n, k in groups:
                yield _user_row(municipality, year, indicator, unit, sex, n, k, round(n / 0.58))


def _user_row(
    municipality: str, year: int, indicator: str, unit: str | None, sex: str, answers: int, positive: int, asked: int
) -> tuple[Cell, ...]:
    return (
        municipality,
        year,
        unit,
        _service(indicator),
        indicator,
        "1",
        WORDING[indicator],
        sex,
        answers,
        positive,
        asked,
    )


def _service(indicator: str) -> str:
    return next(service for prefix, service in SERVICES if indicator.startswith(prefix))
