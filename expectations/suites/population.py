"""The suites of population: the rules of its tables beside those that every table has."""

from expectations.rules import Rule, one
from ingestion.contracts.population import OLDEST

# Rules PO1xx of the inhabitants.

CELLS = 2 * (OLDEST + 1)

_INHABITANTS = (
    Rule(
        "PO101",
        "Every age and gender is in the file",
        one(
            f"'ages ' || min(c.age) || '-' || max(c.age) || ', ' || count(*) || ' of {CELLS} rows'",
            f"candidate as c having count(distinct c.age || c.gender) <> {CELLS}",
            "age,gender",
        ),
        f"a row for each age 0-{OLDEST} ({OLDEST} = and older) and each of K and M, also where nobody lives",
        "Fetch the table again with one-year ages and both genders.",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "PO102",
        "The year has ended when its inhabitants are counted",
        one("'received on ' || i.received_on", "info as i where i.received_on <= i.month_end", "year"),
        "a delivery after 31 December of {period}",
        "Deliver the year when it has been published; forecasts of the population are no extract of this source.",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
)


RULES = {"inhabitants": _INHABITANTS}
"""By table."""
