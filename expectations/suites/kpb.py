"""The suites of kpb: the rules of its tables beside those that every table has."""

from expectations.rules import Rule
from expectations.standard import at_least, between, rows

# Rules KP1xx of cost per user.

PLAUSIBLE_COST = 10_000
TIMES_THE_MEAN = 3

_SERVICES = (
    Rule(
        "KP101",
        "Amounts are in kronor",
        between("mean_cost_per_user", low=PLAUSIBLE_COST),
        f"a cost per user and year of at least {PLAUSIBLE_COST} kronor",
        "The amounts seem to be in thousands of kronor; deliver them in kronor.",
    ),
    Rule(
        "KP102",
        "There is no cost without users",
        rows("users", "c.users = 0 and c.cost > 0"),
        "users where there is a cost",
        "Check the number of users, or leave the service out of the year.",
    ),
    Rule(
        "KP103",
        "The own cost per user is comparable with the mean",
        rows(
            "cost",
            f"c.users > 0 and (c.cost / c.users > {TIMES_THE_MEAN} * c.mean_cost_per_user "
            f"or c.cost / c.users < c.mean_cost_per_user / {TIMES_THE_MEAN})",
        ),
        f"a cost per user within a third of the mean and {TIMES_THE_MEAN} times it",
        "Check cost and users against the study: they may be of different services or years.",
        severity="warning",
        checked="select count(*) from candidate where users > 0",
    ),
    Rule(
        "KP104",
        "The income for SFB is not larger than the cost",
        at_least("cost", "sfb_income", told="sfb_income"),
        "at most the service's cost",
        "Check the income against the study and deliver the year again.",
        checked="select count(*) from candidate where sfb_income is not null",
    ),
)


RULES = {"services": _SERVICES}
"""By table."""
