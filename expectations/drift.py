"""How far a load may be from the last accepted one: every limit of drift in one place.

Belongs here: what is measured per table, and between which shares of the baseline it must be.
Does not belong here: rules that hold without a baseline (`suites`).

A drift limit catches half a file, not a bad month; it must therefore be wider than any honest month. Absences vary with
the season (holidays are left out of the count), transactions with closing entries. Below `MIN_BASELINE` a share says
nothing, so small tables are not judged. A finding points at the row where the file ends.
"""

from __future__ import annotations

from dataclasses import dataclass

from expectations.rules import LAST_ROW, Rule, one
from ingestion.contracts import Table

MIN_BASELINE = 20


@dataclass(frozen=True)
class Measure:
    """An aggregate over the load's rows that must be between `low` and `high` times the baseline's."""

    number: str
    what: str
    aggregate: str
    low: float
    high: float


def _rows(low: float = 0.7, high: float = 1.5) -> Measure:
    return Measure("D101", "rows", "count(*)", low, high)


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
        Measure("D101", "absence spells other than holidays", "count(case when absence_type <> 'semester' then 1 end)", 0.65, 2.0),
    ),
    "hr_time_records": (_rows(), Measure("D102", "scheduled hours", "sum(scheduled_hours)", 0.7, 1.4)),
    "hr_other_employments": (_rows(),),
    "ledger_control_totals": (Measure("D102", "transactions promised", "sum(row_count)", 0.65, 2.0),),
    "ledger_transactions": (_rows(0.65, 2.0),),
    "ledger_budget": (
        _rows(0.7, 3.0),
        Measure(
            "D102", "budgeted costs of kf-budget, kronor", "sum(case when version = 'kf-budget' and amount > 0 then amount end)", 0.7, 1.4
        ),
    ),
    "ledger_forecast": (_rows(),),
    "care_decisions": (_rows(),),
    "care_patients": (_rows(),),
    "care_places": (_rows(0.6, 1.8),),
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
    return tuple(_drift(measure) for measure in MEASURES.get(table.full_name, ()))


def _drift(measure: Measure) -> Rule:
    both = f"(select {measure.aggregate} as n from candidate) as c, (select {measure.aggregate} as n from baseline) as b, info as i"
    outside = f"coalesce(c.n, 0) < {measure.low} * b.n or c.n > {measure.high} * b.n"
    return Rule(
        measure.number,
        f"As many as last time: {measure.what}",
        one(
            "coalesce(c.n, 0) || ' against ' || b.n || ' in ' || i.baseline_period "
            "|| ' (' || cast(round(100.0 * coalesce(c.n, 0) / b.n) as bigint) || ' %)'",
            f"{both} where b.n >= {MIN_BASELINE} and ({outside})",
            row=LAST_ROW,
        ),
        f"{measure.what}: {100 * measure.low:.0f}-{100 * measure.high:.0f} % of the last accepted load's",
        "Check that the extract is whole. If the change is real, say so to the operator, who can release the delivery.",
        kind="drift",
        tells="statement",
        checked=f"select count(*) from (select {measure.aggregate} as n from baseline) where n >= {MIN_BASELINE}",
    )
