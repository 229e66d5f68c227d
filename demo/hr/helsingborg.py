"""Helsingborg's employments, December 2023 - December 2024: the managers whom the annual report counts, and those whom
they lead.

Belongs here: employments only; the report holds no sick leave and no worked time. Does not belong here: any figure but
the managers'.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from demo.hr.files import HEADERS
from demo.hr.people import Person, Register

SEED = 12832024
FOLDER = "1283-helsingborg"
MONTHS = (date(2023, 12, 1), *(date(2024, month, 1) for month in range(1, 13)))

MANAGERS_BEFORE, MANAGERS_HIRED, MANAGERS_LEFT = 116, 23, 13
"""Permanent managers on 31 December 2023, hired and left in 2024: 126 are left at the end of the year."""
TEMPORARY_MANAGERS = 4

# Department, unit, cost centre, permanent staff, their title and AID code.
POSTS = (
    ("aldreomsorg", "hsl", "210100", 330, "Sjuksköterska", "206012"),
    ("aldreomsorg", "ordinart_boende", "220100", 640, "Undersköterska", "207024"),
    *(("aldreomsorg", f"vardboende_{n}", f"{229 + n}100", 85, "Undersköterska", "207024") for n in range(1, 9)),
    ("funktionsstod", "gruppbostad", "300100", 260, "Stödassistent", "207027"),
    ("funktionsstod", "servicebostad", "300200", 120, "Stödassistent", "207027"),
    ("funktionsstod", "daglig_verksamhet", "300300", 110, "Stödpedagog", "351036"),
    ("funktionsstod", "personlig_assistans", "300400", 60, "Personlig assistent", "207090"),
    ("myndighetsavdelning", "handlaggning", "400100", 70, "Socialsekreterare", "351012"),
    ("stodfunktion", "administration", "500100", 60, "Utvecklingsledare", "151014"),
)
REASONS = ("egen begäran", "egen begäran", "egen begäran", "pension", "annan förvaltning")
TURNOVER = 0.08


@dataclass(frozen=True)
class Employment:
    """An employment; start and end are its first and last day."""

    id: str
    person: Person
    post: tuple[str, str, str, int, str, str]
    form: str
    degree: float
    start: date
    end: date | None
    reason: str | None
    is_manager: bool


def write_helsingborg(inbox: Path, seed: int = SEED) -> list[Path]:
    """Write the employments of 13 months into `<inbox>/1283-helsingborg/hr/`; returns the files. Same seed, same bytes."""
    rng = random.Random(seed)
    register = Register(rng)
    employments = _employments(rng, register)
    register.give_names_and_numbers()
    folder = inbox / FOLDER / "hr"
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_month(folder, month, employments) for month in MONTHS]


def _employments(rng: random.Random, register: Register) -> list[Employment]:
    made: list[Employment] = []

    def employ(
        post: tuple[str, str, str, int, str, str],
        start: date,
        end: date | None,
        form: str = "tillsvidare",
        leads: bool = False,
    ) -> None:
        person = register.born(
            "K" if rng.random() < 0.84 else "M", rng.uniform(30, 62) if leads else rng.uniform(21, 64), MONTHS[-1]
        )
        degree = 100.0 if leads else rng.choice((75.0, 85.0, 100.0, 100.0))
        reason = rng.choice(REASONS) if end else None
        made.append(Employment(f"H{100_000 + len(made)}", person, post, form, degree, start, end, reason, leads))

    def earlier() -> date:
        return date(2023, 11, 30) - timedelta(days=rng.randrange(6_000))

    for post in POSTS:
        for _ in range(post[3]):
            leaves = rng.random() < TURNOVER
            last = _day_of_2024(rng) if leaves else None
            employ(post, earlier(), last)
            if last:
                employ(post, last + timedelta(days=1), None)
    leads = [("Enhetschef", "151013")] * 9 + [("Verksamhetschef", "151012")]
    for number in range(MANAGERS_BEFORE + MANAGERS_HIRED + TEMPORARY_MANAGERS):
        department, unit, cost_centre, count, _, _ = rng.choice(POSTS)
        post = (department, unit, cost_centre, count, *rng.choice(leads))
        is_hired = MANAGERS_BEFORE <= number < MANAGERS_BEFORE + MANAGERS_HIRED
        is_temporary = number >= MANAGERS_BEFORE + MANAGERS_HIRED
        employ(
            post,
            _day_of_2024(rng) if is_hired else earlier(),
            _day_of_2024(rng) if number < MANAGERS_LEFT else None,
            "visstid" if is_temporary else "tillsvidare",
            leads=True,
        )
    return made


def _day_of_2024(rng: random.Random) -> date:
    return date(2024, 1, 1) + timedelta(days=rng.randrange(330))


def _write_month(folder: Path, month: date, employments: list[Employment]) -> Path:
    last_day = date(month.year + month.month // 12, month.month % 12 + 1, 1) - timedelta(days=1)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS["employments"])
    for e in employments:
        if e.start > last_day or (e.end is not None and e.end < month):
            continue
        department, unit, cost_centre, _, title, aid = e.post
        ends = e.end is not None and e.end <= last_day
        hours = "37,00" if title == "Undersköterska" else "40,00"
        degree = f"{e.degree:.2f}".replace(".", ",")
        writer.writerow(
            (
                "1283",
                f"{month:%Y-%m}",
                e.id,
                e.person.number,
                e.person.name,
                title,
                aid,
                department,
                unit,
                cost_centre,
                e.form,
                "månad",
                degree,
                hours,
                e.start,
                e.end if ends else "",
                e.reason if ends else "",
                "ja" if e.is_manager else "nej",
            )
        )
    path = folder / f"anstallningar-1283-{month:%Y%m}.csv"
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path
