"""How far a load may be from the last accepted one: the rules that a table's limits of drift become.

Belongs here: what a limit means in SQL, for many rows and for few. Does not belong here: the limits (each table's
contract), rules that hold without a baseline (`suites`).

A drift limit catches half a file, not a bad month; it must therefore be wider than any honest month. Absences vary with
the season (holidays are left out of the count), transactions with closing entries. What is the same people or places
month after month is judged from eight rows on, by wider limits up to twenty; what happens anew (absences, transactions,
visits) varies by chance too, and its limits are wider by two standard deviations, so that a small board is not flooded.
Every table that is delivered has a limit (`ANY_ROWS`, where none of its own is known); what a later file for the same
period leaves out is looked for by key (`shape`, D205). A finding points at the row where the file ends.
"""

from __future__ import annotations

from expectations.rules import LAST_ROW, Rule, one
from ingestion.contracts import DriftLimit, Table

MIN_BASELINE = 20
"""From here on a share says what the limits say."""

SMALL_BASELINE, SMALL_LOW, SMALL_HIGH = 8, 0.5, 2.0
"""Down to here it says something where the rows are the same people or places month after month, by these limits."""


def drift_rules(table: Table) -> tuple[Rule, ...]:
    """The drift rules of `table`."""
    return tuple(_drift(limit) for limit in table.drift)


def _drift(limit: DriftLimit) -> Rule:
    both = f"(select {limit.aggregate} as n from candidate) as c, (select {limit.aggregate} as n from baseline) as b, info as i"
    chance = " {} 2 * sqrt(b.n)" if limit.by_chance else ""
    low, high = (f"{share} * b.n{chance.format(sign)}" for share, sign in ((limit.low, "-"), (limit.high, "+")))
    least = MIN_BASELINE
    if limit.aggregate.startswith("count") and not limit.by_chance:
        small = f"case when b.n < {MIN_BASELINE} then {{}} * b.n else {{}} end"
        low = small.format(min(SMALL_LOW, limit.low), low)
        high = small.format(max(SMALL_HIGH, limit.high), high)
        least = SMALL_BASELINE
    fewer, more = f"coalesce(c.n, 0) < {low}", f"c.n > {high}"
    wider = ", and what chance does besides (two standard deviations)" if limit.by_chance else ""
    if limit.grows:
        fewer += " and (i.received_on > i.month_end or i.baseline_period = i.period)"
        more += " and i.received_on > i.month_end and i.baseline_period <> i.period"
    return Rule(
        limit.number,
        f"As many as last time: {limit.what}",
        one(
            "coalesce(c.n, 0) || ' against ' || b.n || ' in ' || i.baseline_period "
            "|| ' (' || cast(round(100.0 * coalesce(c.n, 0) / b.n) as bigint) || ' %)'",
            f"{both} where b.n >= {least} and (({fewer}) or ({more}))",
            row=LAST_ROW,
        ),
        f"{limit.what}: {100 * limit.low:.0f}-{100 * limit.high:.0f} % of the last accepted load's{wider}",
        "Check that the extract is whole. If the change is real, say so to the operator, who can release the delivery.",
        kind="drift",
        tells="statement",
        checked=f"select count(*) from (select {limit.aggregate} as n from baseline) where n >= {least}",
    )
