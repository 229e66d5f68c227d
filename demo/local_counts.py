"""Demonstration extracts of the local counts of both municipalities, as printed; only the applicants are invented.

Belongs here: the numbers and who keeps them. Does not belong here: anything that another source holds rows of.
"""

from __future__ import annotations

from pathlib import Path

from demo.extract_files import write_csv

HEADERS = ("kommun", "ar", "nyckeltal", "verksamhetstyp", "antal", "per_antal", "raknas_av")
# Municipality: indicator, kind of unit, who keeps it, and by year the count or (count, per).
COUNTS: dict[str, tuple[tuple[str, str | None, str, dict[int, int | tuple[int, int]]], ...]] = {
    "1489": (
        ("combine_modules_introduced", None, "Systemförvaltningen", {2024: 3}),
        ("development_leads_recruited", None, "Kvalitetsenheten", {2024: 4}),
        ("volunteer_trainings_count", None, "Förebyggandeenheten", {2024: 2}),
        ("meeting_points_count", None, "Förebyggandeenheten", {2024: 4}),
        ("meeting_point_branches_count", None, "Förebyggandeenheten", {2024: 2}),
        ("applicants_per_vacancy", None, "HR-avdelningen", {2023: (1486, 164), 2024: (1902, 171)}),
    ),
    "1283": (
        (
            "meeting_point_visitors",
            None,
            "Förebyggande enheten",
            {2020: 16226, 2021: 13805, 2022: 42071, 2023: 42388, 2024: 51139},
        ),
        ("mobile_meeting_point_occasions", None, "Förebyggande enheten", {2024: 46}),
        (
            "digital_inclusion_activities",
            None,
            "Förebyggande enheten",
            {2020: 14, 2021: 13, 2022: 25, 2023: 75, 2024: 51},
        ),
        ("innovation_ideas", None, "Innovationsrådet", {2020: 41, 2021: 34, 2022: 8, 2023: 21, 2024: 15}),
        ("innovation_pilots", None, "Innovationsrådet", {2020: 25, 2021: 19, 2022: 11, 2023: 8, 2024: 3}),
        ("innovation_scaleups", None, "Innovationsrådet", {2020: 1, 2021: 2, 2022: 5, 2023: 3, 2024: 1}),
        ("digital_locks_installed", None, "Välfärdsteknik", {2020: 0, 2021: 0, 2022: 1352, 2023: 2423, 2024: 5344}),
        ("new_units_opened", "gruppbostad", "Funktionsstöd", {2024: 3}),
        ("new_units_opened", "boda", "Funktionsstöd", {2024: 2}),
        ("new_units_opened", "daglig_verksamhet", "Funktionsstöd", {2024: 2}),
        ("lov_providers_added", None, "Avtal och uppföljning", {2024: 1}),
        ("sabo_taken_over_by_city", None, "Äldreomsorg", {2024: 2}),
    ),
}


def write_local_counts_extracts(inbox: Path) -> list[Path]:
    """Write a file per municipality and year into `<inbox>/<municipality>/local_counts/`; returns them. Same bytes
    every time.
    """
    files = []
    for municipality_id, counts in COUNTS.items():
        for year in sorted({year for *_, by_year in counts for year in by_year}):
            rows = []
            for indicator, unit_type, counted_by, by_year in counts:
                if year in by_year:
                    told = by_year[year]
                    number, per = told if isinstance(told, tuple) else (told, None)
                    rows.append((municipality_id, year, indicator, unit_type, number, per, counted_by))
            files.append(write_csv(inbox, municipality_id, "local_counts", f"lokala_rakningar_{year}", HEADERS, rows))
    return files
