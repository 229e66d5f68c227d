"""The suites of providers: the rules of its tables beside those that every table has."""

from expectations.rules import Rule
from expectations.standard import rows, unique

# Rules PR1xx of the follow-up of private providers.

_FOLLOW_UPS = (
    Rule(
        "PR101",
        "A no says what was found",
        rows("finding", "not c.is_fulfilled and c.finding is null"),
        "what was found wanting where i_huvudsak_uppfyllt is nej",
        "Write the finding: a provider is not said to fall short without one.",
    ),
    Rule(
        "PR102",
        "A finding has an action",
        rows("action", "c.finding is not null and c.action is null"),
        "what was done about what was found",
        "Write the action, or that none was taken and why.",
        severity="warning",
    ),
    Rule(
        "PR103",
        "Follow-ups have places of their own",
        unique("row_order"),
        "each place once",
        "Number the follow-ups in the order that they are to stand.",
    ),
)


RULES = {"follow_ups": _FOLLOW_UPS}
"""By table."""
