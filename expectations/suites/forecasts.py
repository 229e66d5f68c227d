"""The suites of forecasts: the rules of its tables beside those that every table has."""

from expectations.rules import Rule
from expectations.standard import rows

# Rules FO1xx of the occasions on which forecasts were adopted.

_OCCASIONS = (
    Rule(
        "FO101",
        "The forecast is one of the year",
        rows("month", "substring(c.month, 1, 4) <> c.year"),
        "a month of {period}",
        "Check the month, or deliver the occasion with its own year.",
    ),
    Rule(
        "FO102",
        "A forecast is adopted after its month has begun",
        rows("adopted_on", "c.adopted_on < cast(c.month || '-01' as date)"),
        "a day in prognosmanad or later",
        "Check the month and the day of the decision.",
    ),
)


RULES = {"occasions": _OCCASIONS}
"""By table."""
