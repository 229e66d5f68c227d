"""Demonstration extracts of the homecare index: Helsingborg 2023 and 2024.

Belongs here: index, means and places as printed; the sub-indices, of which only the position is printed (over, under,
near the mean), are invented. Does not belong here: the judgement of what is near.
"""

from __future__ import annotations

from pathlib import Path

from demo.extract_files import write_csv

MUNICIPALITY_ID = "1283"
HEADERS = ("kommun", "ar", "del", "varde", "medel_riket", "plats", "antal_kommuner")
MUNICIPALITIES = 290
RESULTS: dict[int, dict[str, tuple[float, float, int | None]]] = {
    2023: {
        "index": (78.7, 66.4, 4),
        "information": (83.4, 67.2, None),
        "biståndshandläggning": (80.6, 66.0, None),
        "utförande": (76.1, 67.0, None),
        "stöd och utveckling": (74.7, 65.4, None),
    },
    2024: {
        "index": (68.0, 65.5, 116),
        "information": (79.2, 66.4, None),
        "biståndshandläggning": (61.1, 65.1, None),
        "utförande": (66.9, 66.3, None),
        "stöd och utveckling": (64.8, 64.2, None),
    },
}
"""Value, mean of all municipalities, place."""


def write_homecare_index_extracts(inbox: Path) -> list[Path]:
    """Write a file per year into `<inbox>/1283-helsingborg/homecare_index/`; returns them. Same bytes every time."""
    return [
        write_csv(
            inbox,
            MUNICIPALITY_ID,
            "homecare_index",
            f"hemtjanstindex_{year}",
            HEADERS,
            ((MUNICIPALITY_ID, year, part, *row, MUNICIPALITIES) for part, row in parts.items()),
        )
        for year, parts in RESULTS.items()
    ]
