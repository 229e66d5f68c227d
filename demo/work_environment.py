"""Demonstration reports of the work environment: Alingsås' injuries and incidents 2023-2024, and the inspections of
2024.

Belongs here: what happened where. Does not belong here: any figure of a report: the files hold one row per event. How
many there were is printed in the årsbokslut 2024 (arbetsskador och tillbud), and in which order departments and
categories came.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from demo.extract_files import Cell, write_csv

SEED = 154713
MUNICIPALITY_ID = "1489"
REPORT_HEADERS = (
    "kommun",
    "ar",
    "uttagsdatum",
    "arendenummer",
    "handelsedatum",
    "anmalningsdatum",
    "typ",
    "kategori",
    "avdelning",
    "enhet",
)
INSPECTION_HEADERS = ("kommun", "ar", "diarienummer", "datum", "typ", "amne", "utfall")

EXTRACTED_ON = {2023: date(2024, 3, 4), 2024: date(2025, 3, 3)}
UNITS = {
    "hemtjanst": ("hemtjanst_centrum", "hemtjanst_norra", "hemtjanst_bjarke", "hemtjanst_natt"),
    "aldreboende": ("brogarden", "kaptenen", "hagagarden", "brunnsgarden"),
    "lss_boende_och_arbete": ("gruppbostader", "servicebostader", "daglig_verksamhet"),
    "personlig_assistans_och_stod": ("personlig_assistans", "boendestod", "korttid_barn"),
    "myndighet_och_kommunal_primarvard": ("myndighetsenheten", "kommunal_primarvard"),
    "verksamhetsstod": ("stab", "kvalitetsenheten"),
}
# Reports by department, in the order of UNITS.
REPORTS = {
    ("arbetsskada", 2023): (29, 37, 48, 20, 9, 3),
    ("arbetsskada", 2024): (30, 38, 52, 22, 9, 3),
    ("tillbud", 2023): (60, 96, 148, 150, 25, 6),
    ("tillbud", 2024): (78, 121, 208, 262, 34, 10),
}
CATEGORIES = {
    "arbetsskada": {
        "ej angivet": 34,
        "hot och våld": 24,
        "fallolycka": 14,
        "belastning": 12,
        "smitta": 7,
        "färdolycka": 5,
        "skärskada": 4,
    },
    "tillbud": {
        "hot och våld": 46,
        "psykisk överbelastning": 28,
        "fallolycka": 8,
        "annat": 7,
        "ej angivet": 6,
        "belastning": 5,
    },
}
INSPECTIONS = (
    ("2024/00412", date(2024, 2, 15), "planerad", "Hot och våld", "krav"),
    ("2024/00413", date(2024, 3, 12), "planerad", "Hot och våld", "utan anmärkning"),
    ("2024/00975", date(2024, 5, 22), "händelsestyrd", "Rutiner kring hot och våld inom LSS-boende", "krav"),
    ("2024/01530", date(2024, 9, 17), "planerad", "Hot och våld", "krav"),
    ("2024/01531", date(2024, 10, 8), "planerad", "Hot och våld", "utan anmärkning"),
)


def write_work_environment_extracts(inbox: Path, seed: int = SEED) -> list[Path]:
    """Write Alingsås' reports and inspections; returns the files. Same seed, same bytes."""
    rng = random.Random(seed)
    files = [
        write_csv(
            inbox,
            MUNICIPALITY_ID,
            "work_environment",
            f"skador_tillbud_{year}",
            REPORT_HEADERS,
            _reports(rng, year),
            encoding,
        )
        for year, encoding in ((2023, "cp1252"), (2024, "utf-8"))
    ]
    rows = [(MUNICIPALITY_ID, 2024, *inspection) for inspection in INSPECTIONS]
    return [
        *files,
        write_csv(inbox, MUNICIPALITY_ID, "work_environment", "inspektioner_2024", INSPECTION_HEADERS, rows),
    ]


def _reports(rng: random.Random, year: int) -> Iterator[tuple[Cell, ...]]:
    """The year's reports in order of the report; most come within a few days, some after weeks."""
    events = []
    for (kind, of), by_department in REPORTS.items():
        if of != year:
            continue
        categories = CATEGORIES[kind]
        for department, number in zip(UNITS, by_department, strict=True):
            for _ in range(number):
                occurred = date(year, 1, 1) + timedelta(
                    days=rng.randrange((date(year + 1, 1, 1) - date(year, 1, 1)).days)
                )
                reported = occurred + timedelta(days=min(55, int(rng.expovariate(1 / 6))))
                category = rng.choices(list(categories), list(categories.values()))[0]
                unit = rng.choice(UNITS[department]) if rng.random() < 0.9 else None
                events.append((reported, occurred, kind, category, department, unit))
    events.sort(key=lambda event: (event[0], event[1], event[2:5], event[5] or ""))
    for number, (reported, occurred, kind, category, department, unit) in enumerate(events, start=1):
        yield (
            MUNICIPALITY_ID,
            year,
            EXTRACTED_ON[year],
            f"AM-{year}-{number:04d}",
            occurred,
            reported,
            kind,
            category,
            department,
            unit,
        )
