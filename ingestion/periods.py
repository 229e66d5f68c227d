"""A period: a month, quarter, tertial (four months) or year of the calendar.

Belongs here: reading and writing one, its first and last day, its neighbours. Does not belong here: which periods a
table has (`contracts`), and how a reader is told of one (`reports.format`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTH, QUARTER, TERTIAL, YEAR = 1, 3, 4, 12
_TEXT = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|T([1-3])))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """Whole months on end. start: the first one, counted from the year 0. months: how many, 1, 3, 4 or 12.

    >>> str(Period.parse("2024-12").shifted(1)), Period.parse("2024").last_day, Period.parse("2024-T2").first_day
    ('2025-01', datetime.date(2024, 12, 31), datetime.date(2024, 5, 1))
    """

    start: int
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """'2024', '2024-03', '2024-Q1' or '2024-T3'; ValueError for anything else."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError(
                f"{text!r} is no period: a year (2024), month (2024-03), quarter (2024-Q1) or tertial (2024-T3) is one"
            )
        year, month, quarter, tertial = found.groups()
        if month:
            return cls.of(int(year), int(month))
        if quarter or tertial:
            months = QUARTER if quarter else TERTIAL
            return cls.of(int(year), (int(quarter or tertial) - 1) * months + 1, months)
        return cls.of(int(year), 1, YEAR)

    @classmethod
    def of(cls, year: int, month: int, months: int = MONTH) -> Period:
        """The period of so many months that begins with this one."""
        return cls(year * 12 + month - 1, months)

    @property
    def year(self) -> int:
        """The year that it begins in."""
        return self.start // 12

    @property
    def month(self) -> int:
        """The month that it begins with, 1 to 12."""
        return self.start % 12 + 1

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.shifted(1).first_day - timedelta(days=1)

    def shifted(self, periods: int) -> Period:
        """The one so many later; earlier if negative."""
        return Period(self.start + periods * self.months, self.months)

    def until(self, last: Period) -> list[Period]:
        """The periods from here to `last`, which is of the same length, with both."""
        return [Period(start, self.months) for start in range(self.start, last.start + 1, self.months)]

    def __str__(self) -> str:
        if self.months == YEAR:
            return f"{self.year}"
        if self.months == MONTH:
            return f"{self.year}-{self.month:02d}"
        return f"{self.year}-{'Q' if self.months == QUARTER else 'T'}{(self.month - 1) // self.months + 1}"
