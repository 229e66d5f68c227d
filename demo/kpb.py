"""Demonstration extracts of the study of cost per user, 2022 and 2023.

Belongs here: users and costs, chosen so that personal assistance differs from the mean as printed (43 users, 152 tkr
each); the rest is invented. Does not belong here: volume and price effects.
"""

from __future__ import annotations

from pathlib import Path

from demo.extract_files import write_csv

MUNICIPALITY_ID = "1489"
HEADERS = ("kommun", "ar", "insats", "brukare", "kostnad", "snittkostnad", "brukare_vid_snitt", "sfb_intakt")
# Service: users, cost, mean cost per user, users at the mean, income for SFB.
SERVICES: dict[int, dict[str, tuple[int, float, float, float, float | None]]] = {
    2022: {
        "personlig assistans": (121, 113_982_300.0, 801_450.0, 74.0, 42_310_500.0),
        "gruppbostad": (96, 91_104_000.0, 1_121_300.0, 101.0, None),
        "servicebostad": (72, 33_912_000.0, 462_900.0, 48.0, None),
        "daglig verksamhet": (178, 38_270_000.0, 226_400.0, 163.0, None),
        "korttidsvistelse": (46, 15_318_000.0, 341_200.0, 41.0, None),
        "korttidstillsyn": (19, 2_869_000.0, 158_700.0, 17.0, None),
        "avlösarservice": (23, 1_794_000.0, 84_100.0, 21.0, None),
    },
    2023: {
        "personlig assistans": (118, 116_700_400.0, 837_012.5, 75.0, 41_870_200.0),
        "gruppbostad": (97, 96_030_000.0, 1_178_400.0, 102.0, None),
        "servicebostad": (74, 37_222_000.0, 489_600.0, 49.0, None),
        "daglig verksamhet": (181, 41_087_000.0, 238_900.0, 165.0, None),
        "korttidsvistelse": (44, 15_620_000.0, 359_800.0, 42.0, None),
        "korttidstillsyn": (18, 2_916_000.0, 167_300.0, 17.0, None),
        "avlösarservice": (21, 1_743_000.0, 88_200.0, 20.0, None),
    },
}


def write_kpb_extracts(inbox: Path) -> list[Path]:
    """Write a file per year into `<inbox>/1489-alingsas/kpb/`; returns them. Same bytes every time."""
    return [
        write_csv(
            inbox,
            MUNICIPALITY_ID,
            "kpb",
            f"KPB {year}",
            HEADERS,
            ((MUNICIPALITY_ID, year, service, *row) for service, row in services.items()),
            encoding="cp1252",
        )
        for year, services in SERVICES.items()
    ]
