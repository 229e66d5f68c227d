"""The suites of grants: the rules of its tables beside those that every table has."""

from expectations.rules import Rule
from expectations.standard import at_least, not_in_set, rows

# Rules GR1xx of the grants.

_GRANTS = (
    Rule(
        "GR101",
        "No more is used than was awarded",
        rows(
            "recognised",
            "coalesce(c.recognised, 0) + coalesce(c.deferred, 0) + coalesce(c.repaid, 0) > c.awarded",
        ),
        "intaktsfort, periodiserat and aterbetalt together at most beviljat",
        "Check which of the amounts is another's: they are easily taken for one another.",
    ),
    Rule(
        "GR102",
        "No more is paid than was awarded",
        at_least("awarded", "received", told="received"),
        "erhallet at most beviljat",
        "Check the decision; an instalment of another year belongs to that year.",
        severity="warning",
    ),
    Rule(
        "GR103",
        "No totals among the grants",
        rows("grant_name", "regexp_matches(lower(c.grant_name), '^(total|summa)')"),
        "one row per grant",
        "Leave totals out: they are computed, and would be counted twice.",
    ),
)


# Rules GR2xx of what was passed on of grants.

_PASSED_ON = (
    Rule(
        "GR201",
        "Something was passed on",
        not_in_set("amount", (0,)),
        "an amount above 0",
        "Leave out recipients that got nothing.",
        severity="warning",
    ),
)


RULES = {"grants": _GRANTS, "passed_on": _PASSED_ON}
"""By table."""
