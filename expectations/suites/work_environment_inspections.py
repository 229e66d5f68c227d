"""Rules WE2xx of the Work Environment Authority's inspections."""

from expectations.rules import Rule, rows

RULES = (
    Rule(
        "WE201",
        "The inspection was in the year",
        rows("inspected_on", "year(c.inspected_on) <> cast(c.year as integer)"),
        "a day of {period}",
        "Deliver every inspection with the year in which it was made.",
    ),
)
