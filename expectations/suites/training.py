"""The suites of training: the rules of its tables beside those that every table has."""

from expectations.rules import Rule
from expectations.standard import at_least, rows

# Rules TR1xx of the training register.

SOURCE = "Correct the register and deliver the year again."

_PARTICIPANTS = (
    Rule(
        "TR101",
        "It does not end before it starts",
        at_least("ended_on", "started_on"),
        "a last day on or after the first",
        SOURCE,
    ),
    Rule(
        "TR102",
        "It goes on in the year",
        rows("started_on", "year(c.started_on) > cast(c.year as integer)")
        + " union all "
        + rows("ended_on", "year(c.ended_on) < cast(c.year as integer)"),
        "some day of {period}",
        "Check that the rows are of this year; then deliver the year again.",
    ),
    Rule(
        "TR103",
        "Who is trained by Äldreomsorgslyftet has an education",
        rows("education", "c.programme = 'äldreomsorgslyftet' and c.education is null"),
        "the education",
        SOURCE,
        checked="select count(*) from candidate where programme = 'äldreomsorgslyftet'",
    ),
    Rule(
        "TR104",
        "A framstegsjobb has a role",
        rows("role", "c.programme = 'framstegsjobb' and c.role is null"),
        "the role",
        SOURCE,
        severity="warning",
        checked="select count(*) from candidate where programme = 'framstegsjobb'",
    ),
)


RULES = {"participants": _PARTICIPANTS}
"""By table."""
