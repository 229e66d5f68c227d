"""Demonstration extracts of what the boards decide and review: goals, internal control, providers, grants, investments,
forecasts.

Belongs here: the files and their headers. Does not belong here: what the rows say (`alingsas`, `helsingborg`) and any
sum, share or judgement that the models compute. Titles and figures are those of the annual reports of 2024 and of the
genomlysning of 2025-2026 where they print them; months, projects, journal counts and the grants of 2023 in Alingsås are
invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from demo.extract_files import Cell, write_csv
from demo.follow_up import alingsas, helsingborg

HEADERS: dict[tuple[str, str], tuple[str, ...]] = {
    ("goals", "mal"): ("kommun", "ar", "malid", "ordning", "slag", "kommunfullmaktiges_mal", "namndmal", "agenda_2030"),
    ("goals", "malindikatorer"): (
        "kommun",
        "ar",
        "malid",
        "ordning",
        "nyckeltal",
        "enhet",
        "uppdelning",
        "kvartal",
        "benamning",
        "maltyp",
        "malvarde",
        "intervall_fran",
        "intervall_till",
        "riktning",
        "lagens_grans",
        "fotnot",
    ),
    ("goals", "malbedomningar"): ("kommun", "ar", "malid", "bedomning", "bedomd_av", "datum", "motivering"),
    ("goals", "atgarder"): (
        "kommun",
        "ar",
        "atgardsid",
        "ordning",
        "tidshorisont",
        "omrade",
        "beskrivning",
        "mojlig_effektivisering",
        "effektmatt",
        "effekt_kronor",
        "effekt_procent",
        "ansvarig",
        "start",
        "nyckeltal",
        "uppfoljning",
        "utfall",
    ),
    ("internal_control", "internkontroll"): (
        "kommun",
        "ar",
        "kontrollid",
        "ordning",
        "risk",
        "riskbeskrivning",
        "kontroll",
        "benamning",
        "beslutstyp",
        "lag",
        "fran",
        "till",
        "metod",
        "granskare",
        "population",
        "urval",
        "uppfyllda",
        "urvalsgrupp",
        "troskel",
        "nyckeltal",
        "uppdelning",
        "bedomning",
        "resultat",
        "atgard",
    ),
    ("providers", "privata_utforare"): (
        "kommun",
        "ar",
        "uppfoljningsid",
        "ordning",
        "avtal",
        "lagrum",
        "vad_har_foljts_upp",
        "i_huvudsak_uppfyllt",
        "brister",
        "paverkan",
        "atgarder",
        "minsta_langd_manader",
    ),
    ("grants", "bidrag"): (
        "kommun",
        "ar",
        "bidragsid",
        "ordning",
        "bidragstyp",
        "bidrag",
        "utbetalas_fran",
        "ansokt",
        "beviljat",
        "erhallet",
        "intaktsfort",
        "periodiserat_till_senare_ar",
        "aterbetalt",
    ),
    ("grants", "vidareformedlat"): ("kommun", "ar", "bidragsid", "mottagare", "belopp"),
    ("investments", "investeringar"): (
        "kommun",
        "ar",
        "manad",
        "grupp",
        "kategorikod",
        "kategori",
        "projekt",
        "flode",
        "matt",
        "belopp",
    ),
    ("forecasts", "avstamningar"): (
        "kommun",
        "ar",
        "avstamningstillfalle",
        "prognosmanad",
        "version",
        "beslutsdatum",
        "paragraf",
        "upprattad_av",
        "kommentar",
    ),
}
"""Headers by source and file."""

Rows = dict[tuple[str, str], dict[int, Sequence[Sequence[Cell]]]]
"""By source and file, by year: the rows without municipality and year."""

_OLD_SYSTEMS = {("grants", 2023): "cp1252", ("investments", 2023): "cp1252"}


def write_follow_up_extracts(inbox: Path) -> list[Path]:
    """Write a file per municipality, table and year below `<inbox>/<municipality>/<source>/`; returns them. Same bytes
    every time.
    """
    written = []
    for municipality_id, tables in (("1489", alingsas.ROWS), ("1283", helsingborg.ROWS)):
        bookings = {"1489": alingsas.INVESTMENTS, "1283": helsingborg.INVESTMENTS}[municipality_id]
        investments: Rows = {
            ("investments", "investeringar"): {year: [*_bookings(year, bookings)] for year in sorted(bookings)}
        }
        for (source, name), years in {**tables, **investments}.items():
            for year, rows in years.items():
                path = write_csv(
                    inbox,
                    municipality_id,
                    source,
                    f"{name}_{municipality_id}_{year}",
                    HEADERS[source, name],
                    ((municipality_id, year, *row) for row in rows),
                    _OLD_SYSTEMS.get((source, year), "utf-8"),
                )
                written.append(path)
    return written


def _bookings(
    year: int, bookings: dict[int, Sequence[tuple[str, str, str, int | None, int]]]
) -> Iterator[tuple[Cell, ...]]:
    """The budget's rows, and each category's outcome in purchases of uneven size, spread over the year's months."""
    rng = random.Random(1000 * year + len(bookings[year]))
    for group, code, category, budget, outcome in bookings[year]:
        if budget is not None:
            yield None, group, code, category, "", "utgift", "budget", float(budget)
        months = sorted(rng.sample(range(2, 13), k=min(6, outcome // 25_000))) if outcome else []
        sizes = [rng.uniform(0.5, 2.0) for _ in months]
        left = 100 * outcome
        for number, (month, size) in enumerate(zip(months, sizes, strict=True), start=1):
            ore = left if number == len(months) else int(100 * outcome * size / sum(sizes))
            left -= ore
            yield f"{year}-{month:02}", group, code, category, f"{code}{number:02}", "utgift", "utfall", ore / 100
