"""Rules CA3xx of the follow-ups. Decisions are taken in first, so that follow-ups can be held against them."""

from expectations.rules import Rule, one, rows

INFO = "cross join info as i"
SOURCE = "Correct the follow-up in the case system and deliver the year again."
KNOWN = (
    "join (select decision_id, max(coalesce(decision_date, application_date)) as made_on "
    "from decisions group by decision_id) as d using (decision_id)"
)

RULES = (
    Rule(
        "CA301",
        "The follow-up's decision is among the decisions in force",
        rows(
            "decision_id",
            "not exists (select 1 from decisions as d where d.decision_id = c.decision_id) and exists (select 1 from decisions)",
        ),
        "a decision of an accepted decisions extract",
        "Deliver decisions and follow-ups of the same year, made at the same time.",
        checked="select count(*) from candidate where exists (select 1 from decisions)",
    ),
    Rule(
        "CA302",
        "The year's decisions are there to compare with",
        one("'no decisions of ' || i.period", "info as i where not exists (select 1 from decisions as d where d.year = i.period)"),
        "accepted decisions of {period}",
        "Deliver the decisions of the year: until then nobody can tell what was followed up.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "CA303",
        "A decision is not followed up before it is made",
        rows("followup_date", "c.followup_date < d.made_on", KNOWN),
        "a day on or after the day of the decision",
        SOURCE,
        checked="select count(*) from candidate where decision_id in (select decision_id from decisions)",
    ),
    Rule(
        "CA304",
        "The follow-up was made by the end of the year, and by the delivery",
        rows("followup_date", "c.followup_date > least(i.month_end, i.received_on)", INFO),
        "a day on or before the last of {period}, and on or before the day of the delivery",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
)
