"""The case system's books: invented clients, their decisions, offers and follow-ups, and what was known of them at a
New Year.

Belongs here: how a service becomes a chain of decisions, and what an extract of one year may know. Does not belong
here: who gets what (`elderly`, `disability`, the municipalities' modules) and formats (`files`).
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from demo.hr.people import Person, Register

DAY = timedelta(days=1)
LAW_VERSIONS = {"SoL": "2001:453", "LSS": "1993:387", "SFB": "2010:110"}
HOUSING = ("särskilt boende", "gruppbostad", "servicebostad", "annan särskilt anpassad bostad")
_PLANNED_START = (
    14  # days: a service that starts within them is granted from its first day, a later one from the decision
)
_LONG_WAIT = 90


@dataclass(frozen=True)
class Offer:
    """An offer of a dwelling."""

    made: date
    move_in: date
    reply: str


@dataclass(eq=False)
class Decision:
    """One decision with the whole of its way, as only hindsight knows it."""

    person: Person
    law: str
    service: str
    application: date
    decided: date | None = None
    outcome: str = ""
    is_renewal: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    executed: date | None = None
    interrupted: date | None = None
    resumed: date | None = None
    closed: date | None = None
    end_reason: str = ""
    waiting_reason: str = ""
    unit: str = ""
    provider: str = ""
    hours: float | None = None
    paying_municipality: str = ""
    offers: list[Offer] = field(default_factory=list)
    follow_ups: list[tuple[date, str]] = field(default_factory=list)
    id: str = ""

    @property
    def is_granted(self) -> bool:
        """Granted, wholly or partly."""
        return self.outcome in ("bifall", "delvis bifall")

    def in_force(self, day: date) -> bool:
        """Whether the service was given on `day`."""
        return self.executed is not None and self.executed <= day and self.last_day() >= day

    def last_day(self) -> date:
        """The last day on which the case was open: a refusal ends with itself."""
        ends = [day for day in (self.valid_to, self.closed and self.closed - DAY) if day]
        if self.outcome == "avslag":
            ends.append(self.decided or date.max)
        return min(ends, default=date.max)

    def as_known(self, at: date) -> Decision:
        """What the case system knew at the end of day `at`: nothing of later days."""
        known = replace(self)
        if self.decided is None or self.decided > at:
            known.decided = known.valid_from = known.valid_to = None
            known.outcome, known.hours = "", None
        for name in ("executed", "interrupted", "resumed", "closed"):
            day = getattr(self, name)
            setattr(known, name, day if day and day <= at else None)
        known.end_reason = self.end_reason if known.closed else ""
        if known.executed is None:
            known.unit = known.provider = ""
        waited_to = known.executed or known.closed or at
        if not (known.is_granted and known.decided and (waited_to - known.decided).days > _LONG_WAIT):
            known.waiting_reason = ""
        return known


class Casebook:
    """All decisions of one municipality, with the ways in which they come about."""

    def __init__(self, rng: random.Random, years: Sequence[int]) -> None:
        """years: those that are delivered. What happens in the half year after them is made up too, for somebody is
        always waiting.
        """
        self.rng = rng
        self.years = tuple(years)
        self.first_day, self.last_day = date(years[0], 1, 1), date(years[-1], 12, 31)
        self.horizon = self.last_day + 181 * DAY
        self.register = Register(rng)
        self.decisions: list[Decision] = []

    def client(self, low: float, high: float, mode: float, on: date, women: float = 0.5) -> Person:
        """A new person between `low` and `high` years old on `on`, most often `mode`."""
        return self.register.born("K" if self.rng.random() < women else "M", self.rng.triangular(low, high, mode), on)

    def day_in(self, first: date, last: date) -> date:
        """A day between two, never within two days of a month's end: no measuring day has events of its own."""
        return quiet(first + self.rng.randint(0, (last - first).days) * DAY)

    def investigation(self, law: str) -> int:
        """Days from application to decision, before any steering."""
        mean = {"SoL": 9, "LSS": 62, "SFB": 60}[law]
        return 1 + round(self.rng.gammavariate(2.0, mean / 2.0))

    def run(
        self,
        person: Person,
        service: str,
        start: date,
        end: date | None = None,
        reason: str = "",
        *,
        law: str = "SoL",
        term: int | None = None,
        waiting: int = 3,
        hours: float | None = None,
        unit: str = "",
        provider: str = "egen regi",
    ) -> list[Decision]:
        """A service given from `start` until the day before `end`: one open-ended decision, or renewed every `term`
        days.

        Terms that ended before the first year delivered are left out. waiting: days from the first decision to `start`.
        """
        first = start
        while term and first + term * DAY <= self.first_day:
            first += term * DAY
        made: list[Decision] = []
        while first <= self.horizon:
            until = first + (term - 1) * DAY if term else None
            is_renewal = first != start
            decided = first - (self.rng.randint(1, 12) if is_renewal else waiting) * DAY
            decision = Decision(
                person,
                law,
                service,
                decided - self.investigation(law) * DAY,
                decided,
                "delvis bifall" if self.rng.random() < 0.06 else "bifall",
                is_renewal,
                valid_to=until,
                executed=first,
                unit=unit,
                provider=provider,
                hours=hours,
            )
            settle_validity(decision)
            made.append(decision)
            if until is None or (end or date.max) <= until + DAY:
                decision.closed, decision.end_reason = end, reason
                break
            decision.closed, decision.end_reason = until + DAY, "nytt beslut"
            first = until + DAY
            hours = hours and max(1.0, round(2 * hours * self.rng.uniform(0.85, 1.2)) / 2)
        self.decisions += made
        return made

    def refuse(self, person: Person, law: str, service: str, decided: date) -> None:
        """A refusal."""
        self.decisions.append(
            Decision(person, law, service, decided - self.investigation(law) * DAY, decided, "avslag")
        )

    def withdraw(self, person: Person, law: str, service: str, applied: date, days: int, after_decision: bool) -> None:
        """An application withdrawn after `days`, before or after it was granted."""
        decision = Decision(person, law, service, applied, closed=applied + days * DAY, end_reason="återtagen ansökan")
        if after_decision:
            decision.decided, decision.outcome = applied + days // 2 * DAY, "bifall"
            decision.valid_from = decision.decided
        self.decisions.append(decision)

    def follow_up(self, before_expiry: dict[str, float], yearly: dict[str, float]) -> None:
        """Follow-ups by service: with which probability within a limited term, and in each year of an open-ended
        decision.
        """
        rng = self.rng
        for decision in self.decisions:
            if decision.executed is None:
                continue
            last = min(decision.last_day(), self.last_day)
            if decision.valid_to:
                if rng.random() < before_expiry.get(decision.service, 0.9) and last > decision.executed:
                    length = (last - decision.executed).days
                    day = decision.executed + round(length * rng.uniform(0.5, 0.98)) * DAY
                    decision.follow_ups.append((day, "uppföljning"))
                continue
            for year in (self.years[0] - 1, *self.years):
                if rng.random() < yearly.get(decision.service, 0.3):
                    day = date(year, 1, 8) + rng.randint(0, 310) * DAY
                    if decision.executed + 60 * DAY < day <= last:
                        decision.follow_ups.append((day, "omprövning" if rng.random() < 0.2 else "uppföljning"))

    def number(self) -> None:
        """Give decisions their numbers, in the order of application, and people their names and personnummer."""
        self.register.give_names_and_numbers()
        self.decisions.sort(key=lambda d: (d.application, d.decided or date.max, d.person.number, d.service))
        for index, decision in enumerate(self.decisions):
            decision.id = f"B{200_000 + 3 * index}"

    def open_in(self, year: int) -> list[Decision]:
        """The decisions that were open on any day of `year`, as known when it ended."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        return [d.as_known(last) for d in self.decisions if d.application <= last and d.last_day() >= first]


def quiet(day: date) -> date:
    """`day`, or the nearest that is not within two days of a month's end or beginning."""
    return day.replace(day=min(max(day.day, 3), monthrange(day.year, day.month)[1] - 3))


def settle_validity(decision: Decision) -> None:
    """Let the decision be valid from its execution, or from itself if the client had to wait."""
    if decision.decided and decision.executed:
        is_planned = (decision.executed - decision.decided).days <= _PLANNED_START
        decision.valid_from = decision.executed if is_planned and decision.service not in HOUSING else decision.decided


def steer(
    rng: random.Random,
    decisions: Iterable[Decision],
    days: Callable[[Decision], int],
    move: Callable[[Decision, int], None],
    target: float,
    may_move: Callable[[Decision, int], bool],
) -> None:
    """Move single decisions by a day at a time until the mean of `days` over `decisions` is `target`.

    move(decision, n) makes the decision's span n days longer; may_move(decision, n) tells whether that is allowed.
    ValueError if none may be moved any more and the mean is not reached.
    """
    counted = list(decisions)
    missing = round(target * len(counted)) - sum(map(days, counted))
    step = 1 if missing > 0 else -1
    while missing:
        able = [d for d in counted if may_move(d, step)]
        if not able:
            raise ValueError(
                f"{len(counted)} decisions cannot be brought to a mean of {target} days: {missing} days are left"
            )
        for decision in rng.sample(able, min(len(able), abs(missing))):
            move(decision, step)
            missing -= step


def apply_earlier(decision: Decision, days: int) -> None:
    """A longer investigation: the application came earlier."""
    decision.application -= days * DAY


def decide_earlier(decision: Decision, days: int) -> None:
    """A longer wait: application and decision came earlier, the service as before."""
    assert decision.decided
    decision.application -= days * DAY
    decision.decided -= days * DAY
    settle_validity(decision)


def investigation_days(decision: Decision) -> int:
    """From application to decision."""
    assert decision.decided
    return (decision.decided - decision.application).days


def execution_days(decision: Decision) -> int:
    """From decision to execution."""
    assert decision.decided and decision.executed
    return (decision.executed - decision.decided).days
