"""How far a load may be from the last accepted one: every limit of drift in one place.

Belongs here: what is measured per table, and between which shares of the baseline it must be.
Does not belong here: rules that hold without a baseline (`suites`).

A drift limit catches half a file, not a bad month; it must therefore be wider than any honest month. Absences vary with
the season (holidays are left out of the count), transactions with closing entries. What is the same people or places month after
month is judged from eight rows on, by wider limits up to twenty; what happens anew (absences, transactions, visits) varies by chance
too, and its limits are wider by two standard deviations, so that a small board is not flooded. Every table that is delivered has a limit
(`ANY_TABLE`, where none of its own is known); what a later file for the same period leaves out is looked for by key (`shape`, D205).
A finding points at the row where the file ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from expectations.rules import LAST_ROW, Rule, one
from ingestion.contracts import Table

MIN_BASELINE = 20
"""From here on a share says what the limits say."""

SMALL_BASELINE, SMALL_LOW, SMALL_HIGH = 8, 0.5, 2.0
"""Down to here it says something where the rows are the same people or places month after month, by these limits."""


@dataclass(frozen=True)
class Measure:
    """An aggregate over the load's rows that must be between `low` and `high` times the baseline's.

    by_chance: a count of what happens anew in every period. grows: a year is delivered before it is over, and is then not compared with
    the year before; with its own earlier delivery only for what it has lost.
    """

    number: str
    what: str
    aggregate: str
    low: float
    high: float
    by_chance: bool = False
    grows: bool = False


def _rows(low: float = 0.7, high: float = 1.5, by_chance: bool = False, grows: bool = False) -> Measure:
    return Measure("D101", "rows", "count(*)", low, high, by_chance, grows)


ANY_TABLE = _rows(0.25, 25, by_chance=True, grows=True)
"""Of delivered tables that have no limits of their own: what surveys, goals and lists hold differs from year to year."""


MEASURES: dict[str, tuple[Measure, ...]] = {
    "hr_employments": (
        _rows(),
        Measure(
            "D102",
            "persons employed until further notice",
            "count(distinct case when employment_form = 'tillsvidare' then person_id end)",
            0.8,
            1.25,
        ),
    ),
    "hr_absences": (
        Measure("D101", "absence spells other than holidays", "count(case when absence_type <> 'semester' then 1 end)", 0.65, 2.0, True),
    ),
    "hr_time_records": (_rows(), Measure("D102", "scheduled hours", "sum(scheduled_hours)", 0.7, 1.4)),
    "hr_other_employments": (_rows(),),
    "ledger_control_totals": (Measure("D102", "transactions promised", "sum(row_count)", 0.65, 2.0, True),),
    "ledger_transactions": (_rows(0.65, 2.0, by_chance=True),),
    "ledger_budget": (
        _rows(0.7, 3.0),
        Measure(
            "D102", "budgeted costs of kf-budget, kronor", "sum(case when version = 'kf-budget' and amount > 0 then amount end)", 0.7, 1.4
        ),
    ),
    "ledger_forecast": (_rows(),),
    "care_decisions": (_rows(grows=True),),
    "care_offers": (_rows(0.4, 2.5, by_chance=True, grows=True),),
    "care_follow_ups": (_rows(0.4, 2.5, by_chance=True, grows=True),),
    "care_visits": (_rows(0.4, 2.5, by_chance=True),),
    "care_patients": (_rows(grows=True),),
    "care_places": (_rows(0.6, 1.8, grows=True),),
    "work_environment_reports": (_rows(0.4, 2.5, by_chance=True, grows=True),),
    "population_inhabitants": (Measure("D102", "inhabitants", "sum(population)", 0.93, 1.07),),
    "survey_patients": (_rows(0.6, 1.7),),
    "kolada_kpi": (_rows(0.95, 1.2),),
    "kolada_municipality": (_rows(0.97, 1.03),),
    "kolada_municipality_groups": (_rows(0.9, 1.2),),
    "kolada_ou": (_rows(0.8, 1.5),),
    # kolada_data is a log: how much changed since the last fetch says nothing; the client proves that a fetch is whole.
}


def drift_rules(table: Table) -> tuple[Rule, ...]:
    """The drift rules of `table`."""
    default = () if table.source == "kolada" else (ANY_TABLE,)
    return tuple(_drift(measure) for measure in MEASURES.get(table.full_name, default))


def _drift(measure: Measure) -> Rule:
    both = f"(select {measure.aggregate} as n from candidate) as c, (select {measure.aggregate} as n from baseline) as b, info as i"
    chance = " {} 2 * sqrt(b.n)" if measure.by_chance else ""
    low, high = (f"{limit} * b.n{chance.format(sign)}" for limit, sign in ((measure.low, "-"), (measure.high, "+")))
    least = MIN_BASELINE
    if measure.aggregate.startswith("count") and not measure.by_chance:
        small = f"case when b.n < {MIN_BASELINE} then {{}} * b.n else {{}} end"
        low = small.format(min(SMALL_LOW, measure.low), low)
        high = small.format(max(SMALL_HIGH, measure.high), high)
        least = SMALL_BASELINE
    fewer, more = f"coalesce(c.n, 0) < {low}", f"c.n > {high}"
    wider = ", and what chance does besides (two standard deviations)" if measure.by_chance else ""
    if measure.grows:
        fewer += " and (i.received_on > i.month_end or i.baseline_period = i.period)"
        more += " and i.received_on > i.month_end and i.baseline_period <> i.period"
    return Rule(
        measure.number,
        f"As many as last time: {measure.what}",
        one(
            "coalesce(c.n, 0) || ' against ' || b.n || ' in ' || i.baseline_period "
            "|| ' (' || cast(round(100.0 * coalesce(c.n, 0) / b.n) as bigint) || ' %)'",
            f"{both} where b.n >= {least} and (({fewer}) or ({more}))",
            row=LAST_ROW,
        ),
        f"{measure.what}: {100 * measure.low:.0f}-{100 * measure.high:.0f} % of the last accepted load's{wider}",
        "Check that the extract is whole. If the change is real, say so to the operator, who can release the delivery.",
        kind="drift",
        tells="statement",
        checked=f"select count(*) from (select {measure.aggregate} as n from baseline) where n >= {least}",
    )
