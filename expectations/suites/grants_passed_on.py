"""Rules GR2xx of what was passed on of grants."""

from expectations.rules import Rule, rows

RULES = (
    Rule(
        "GR201",
        "Something was passed on",
        rows("amount", "c.amount = 0"),
        "an amount above 0",
        "Leave out recipients that got nothing.",
        severity="warning",
    ),
)
