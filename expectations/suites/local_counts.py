"""The suites of local_counts: the rules of its tables beside those that every table has."""

from expectations.rules import Rule
from expectations.standard import rows

# Rules LC1xx of the local counts.

_COUNTS = (
    Rule(
        "LC101",
        "A kind of unit where units are counted, and only there",
        rows("unit_type", "(c.indicator = 'new_units_opened') <> (c.unit_type is not null)"),
        "a kind of unit in rows of new_units_opened, nothing in other rows",
        "Write which kind of unit was counted, one row for each.",
    ),
    Rule(
        "LC102",
        "What is told per something says how many of them there were",
        rows("per", "(c.indicator = 'applicants_per_vacancy') <> (c.per is not null)"),
        "the number of vacancies in rows of applicants_per_vacancy, nothing in other rows",
        "Write applicants and vacancies as two numbers: the quotient is computed here.",
    ),
    Rule(
        "LC103",
        "The count is of the same size as the year before",
        rows(
            "number",
            "b.number > 0 and c.number > 20 and (c.number > 5 * b.number or 5 * c.number < b.number)",
            "join baseline as b on b.indicator = c.indicator and b.unit_type is not distinct from c.unit_type",
        ),
        "between a fifth of and five times the year before",
        "Check the count with the function that keeps it: a zero too many is easily written.",
        severity="warning",
        checked="select count(*) from candidate join baseline using (indicator)",
    ),
)


RULES = {"counts": _COUNTS}
"""By table."""
