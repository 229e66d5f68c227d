"""Writing the extracts of the case system and its neighbours: one file per table and year (visits: month).

Belongs here: file names, headers, spellings, encodings. Does not belong here: what the rows say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from demo.care.casebook import LAW_VERSIONS, Casebook, Decision
from demo.extract_files import FOLDERS, Cell, write_csv
from demo.hr.files import workbook

Row = tuple[Cell, ...]

HEADERS: dict[str, tuple[str, ...]] = {
    "decisions": (
        "kommun",
        "ar",
        "beslutsid",
        "personnummer",
        "namn",
        "lag",
        "lagversion",
        "insats",
        "beslutstyp",
        "omprovning",
        "ansokningsdatum",
        "beslutsdatum",
        "galler_fran",
        "galler_till",
        "verkstallt_datum",
        "avbrott_datum",
        "ateruppta_datum",
        "avslutat_datum",
        "avslutsorsak",
        "orsak_ej_verkstallt",
        "enhet",
        "utforare",
        "timmar_per_manad",
        "betalande_kommun",
    ),
    "offers": ("kommun", "ar", "beslutsid", "erbjudandedatum", "erbjuden_inflyttning", "svar"),
    "follow_ups": ("kommun", "ar", "beslutsid", "uppfoljningsdatum", "typ"),
    "visits": (
        "kommun",
        "period",
        "besoksid",
        "personnummer",
        "medarbetare",
        "start",
        "minuter",
        "utforare",
        "ej_utford",
        "typ",
    ),
    "patients": ("kommun", "ar", "personnummer", "profession", "atgarder"),
    "places": (
        "kommun",
        "ar",
        "platsid",
        "boendeform",
        "inriktning",
        "enhet",
        "utforare",
        "tillganglig_fran",
        "tillganglig_till",
    ),
    "transitions": ("kommun", "ar", "personnummer", "steg", "utforare", "fran", "till"),
}
_NAMES = {
    "decisions": "beslut",
    "offers": "erbjudanden",
    "follow_ups": "uppfoljningar",
    "visits": "besok",
    "patients": "patienter",
    "places": "platser",
    "transitions": "forandringar",
}


@dataclass
class Deliveries:
    """One municipality's files of this source, in order of delivery.

    old: tables and years that the system before wrote, in Windows-1252; by_hand: those that somebody sent as a
    workbook.
    """

    inbox: Path
    municipality_id: str
    old: frozenset[tuple[str, int]] = frozenset()
    by_hand: frozenset[tuple[str, int]] = frozenset()
    files: list[Path] = field(default_factory=list)

    def write(self, table: str, period: int | str, rows: Iterable[Row]) -> None:
        """Write one table of one period; a period without rows is not delivered."""
        lines = [(self.municipality_id, str(period), *row) for row in rows]
        if not lines:
            return
        stamp = str(period).replace("-", "")
        if (table, period) in self.by_hand:
            path = self.inbox / FOLDERS[self.municipality_id] / "care" / f"{_NAMES[table].capitalize()} {stamp}.xlsx"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(workbook(_NAMES[table].capitalize(), [HEADERS[table], *lines]))
        else:
            name = f"{_NAMES[table]}_{self.municipality_id}_{stamp}"
            encoding = "cp1252" if (table, period) in self.old else "utf-8"
            path = write_csv(self.inbox, self.municipality_id, "care", name, HEADERS[table], lines, encoding)
        self.files.append(path)


def write_decisions(deliveries: Deliveries, book: Casebook) -> None:
    """Decisions with their offers and follow-ups, each year as it was known when it ended."""
    for year in book.years:
        decisions = book.open_in(year)
        # The first extract brings what it needs of the years before: offers of dwellings not yet moved into, follow-ups
        # since the decision.
        begin, is_first = date(year, 1, 1), year == book.years[0]
        offers = [
            (d.id, o.made, o.move_in, o.reply)
            for d in decisions
            for o in d.offers
            if o.made.year == year or (is_first and o.made < begin <= o.move_in)
        ]
        follow_ups = {
            (d.id, day, kind)
            for d in decisions
            for day, kind in d.follow_ups
            if day.year == year or (is_first and day < begin)
        }
        deliveries.write("decisions", year, (_decision(d, is_short=is_first) for d in decisions))
        deliveries.write("offers", year, sorted(offers))
        deliveries.write("follow_ups", year, sorted(follow_ups))


def _decision(d: Decision, is_short: bool) -> Row:
    """One row. is_short: personnummer without a dash, as in the oldest year."""
    return (
        d.id,
        d.person.number.replace("-", "") if is_short else d.person.number,
        d.person.name,
        d.law,
        LAW_VERSIONS[d.law],
        d.service,
        d.outcome,
        "ja" if d.is_renewal else "nej",
        d.application,
        d.decided,
        d.valid_from,
        d.valid_to,
        d.executed,
        d.interrupted,
        d.resumed,
        d.closed,
        d.end_reason,
        d.waiting_reason,
        d.unit,
        d.provider,
        d.hours,
        d.paying_municipality,
    )
