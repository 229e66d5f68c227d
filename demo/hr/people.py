"""Invented people: names, personnummer, birth dates.

Belongs here: the pools of names and how a number is composed. Does not belong here: what the people do (`staff`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

# Whoever searches outputs for leaked names needs names that occur nowhere else: these are no words, places or usual
# names.
_WOMEN = (
    "Asvildra",
    "Bothildis",
    "Cenorina",
    "Dagfridna",
    "Eivorilla",
    "Fridgunda",
    "Gunnvarda",
    "Hjördessa",
    "Ingevalda",
    "Jorunnda",
    "Ketilborga",
    "Ljufvina",
    "Malfridis",
    "Nannborga",
    "Ottiljana",
    "Prisvilla",
    "Ragnfridis",
    "Sighildra",
    "Torvilda",
    "Ulfrinna",
    "Vendelmira",
    "Ymfridis",
    "Åsgunda",
    "Ästridna",
    "Ödvinna",
    "Almgerda",
    "Birghilla",
    "Elfrunda",
    "Holmgerda",
    "Svanvita",
)
_MEN = (
    "Anundrik",
    "Botvidar",
    "Cedervin",
    "Dagulfar",
    "Embrikar",
    "Fastulfar",
    "Gudmunnar",
    "Holmstenar",
    "Ingjaldor",
    "Jarlmundar",
    "Ketilvard",
    "Ljungvaldar",
    "Månghild",
    "Nattulfar",
    "Ormvaldar",
    "Ragvaldir",
    "Sigtryggvar",
    "Torkelmund",
    "Ulvgrimar",
    "Vifasten",
)
_ROOTS = (
    "Brusk",
    "Dvalm",
    "Fjälst",
    "Gnäll",
    "Hvirf",
    "Kratt",
    "Lidm",
    "Mörks",
    "Nyfl",
    "Pryts",
    "Rönst",
    "Skvadr",
    "Tjurk",
    "Vrång",
)
_ENDINGS = ("eberg", "ånder", "ervik", "ehjelm", "ingius", "egård", "elblad", "enstråle")

INVENTED_FIRST_NAMES: tuple[str, ...] = _WOMEN + _MEN
INVENTED_LAST_NAMES: tuple[str, ...] = tuple(root + ending for root in _ROOTS for ending in _ENDINGS)

# The top of the birth number series is what Swedish test persons are given: no living person is hit by chance.
_SERIALS = range(980, 1000)
_COORDINATION_DAY = 60


@dataclass(eq=False)
class Person:
    """One invented person; name and number are given by `Register` once sex and birth date are settled."""

    birth: date
    gender: str
    has_coordination_number: bool = False
    name: str = field(default="")
    number: str = field(default="")

    def age(self, on: date) -> float:
        """Years on `on`, counted from the 15th of the birth month."""
        return (on - self.birth.replace(day=15)).days / 365.25

    def born_earlier(self, years: int) -> None:
        """Move the birth by whole years (negative: later)."""
        self.birth = date(self.birth.year - years, self.birth.month, min(self.birth.day, 28))


class Register:
    """Makes people and, at the end, their unique numbers."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.people: list[Person] = []

    def born(self, gender: str, age: float, on: date) -> Person:
        """A new person of about `age` years on `on`."""
        months = on.year * 12 + on.month - 1 - round(age * 12)
        birth = date(months // 12, months % 12 + 1, self._rng.randint(1, 28))
        person = Person(birth, gender, has_coordination_number=self._rng.random() < 0.004)
        self.people.append(person)
        return person

    def give_names_and_numbers(self) -> None:
        """Give everyone a name and a personnummer or samordningsnummer, YYYYMMDD-NNNN, with a valid check digit."""
        taken: set[str] = set()
        for person in self.people:
            person.name = (
                f"{self._rng.choice(INVENTED_LAST_NAMES)}, {self._rng.choice(_WOMEN if person.gender == 'K' else _MEN)}"
            )
            while not person.number:
                day = person.birth.day + (_COORDINATION_DAY if person.has_coordination_number else 0)
                serial = self._rng.choice([s for s in _SERIALS if (s % 2 == 1) == (person.gender == "M")])
                digits = f"{person.birth.year:04d}{person.birth.month:02d}{day:02d}{serial}"
                if digits in taken:
                    person.birth = person.birth.replace(day=self._rng.randint(1, 28))
                    continue
                taken.add(digits)
                person.number = f"{digits[:8]}-{digits[8:]}{_check_digit(digits[2:])}"


def _check_digit(nine: str) -> int:
    total = 0
    for place, digit in enumerate(nine):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product - 9 if product > 9 else product
    return -total % 10
