"""The smaller registers beside the decisions: places and dwellings, and steps out of a service.

Belongs here: how their rows come from a municipality's numbers. Does not belong here: the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from demo.care.casebook import DAY, Casebook
from demo.care.files import Row
from demo.hr.people import Person

PLACEMENT = "arbetspraktik"


class Use(NamedTuple):
    """What places are alike in: form, orientation, unit and provider."""

    housing: str
    orientation: str
    unit: str
    provider: str


class Step(NamedTuple):
    """Steps of a year: which, of how many persons (`ended` of them over within the year, all if placements), from whose
    service.
    """

    kind: str
    persons: int
    ended: int = 0
    provider: str = "egen regi"


def places(counts: Mapping[Use, Sequence[int]], years: Sequence[int], year: int) -> Iterator[Row]:
    """The places of one year. counts: places of each use on the last day of each year.

    A place that changes its use ends in April and comes back under another number in May.
    """
    now, number = years.index(year), 100
    for use, by_year in counts.items():
        for slot in range(max(by_year)):
            for opened, closed in _spans([slot < count for count in by_year]):
                number += 1
                if opened <= now and (closed is None or now <= closed):
                    since = date(2016, 3, 1) if opened == 0 else date(years[opened], 5, 2)
                    yield f"P{number:05d}", *use, since, date(year, 4, 30) if closed == now else None


def _spans(there: Sequence[bool]) -> list[tuple[int, int | None]]:
    """(first, year of closing) of each unbroken run of True."""
    spans: list[tuple[int, int | None]] = []
    for index, is_there in enumerate(there):
        was_there = index > 0 and there[index - 1]
        if is_there and not was_there:
            spans.append((index, None))
        elif was_there and not is_there:
            spans[-1] = (spans[-1][0], index)
    return spans


def steps(book: Casebook, people: Sequence[Person], year: int, of_year: Sequence[Step]) -> Iterator[Row]:
    """The steps of one year, by different ones of `people`."""
    chosen = iter(book.rng.sample(people, sum(step.persons for step in of_year)))
    for step in of_year:
        for index in range(step.persons):
            started = book.day_in(date(year, 1, 10), date(year, 9, 20))
            is_over = step.kind == PLACEMENT or index < step.ended
            until = started + book.rng.randint(40, 90) * DAY if is_over else None
            yield next(chosen).number, step.kind, step.provider, started, until
