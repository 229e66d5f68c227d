"""Rules GR1xx of the grants."""

from expectations.rules import Rule, rows

RULES = (
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
        rows("received", "c.received > c.awarded"),
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
