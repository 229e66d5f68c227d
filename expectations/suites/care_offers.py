"""Rules CA2xx of the offers. Decisions are taken in first, so that offers can be held against them."""

from expectations.rules import Rule, one, rows

INFO = "cross join info as i"
SOURCE = "Correct the offer in the case system and deliver the year again."
KNOWN = (
    "join (select decision_id, max(application_date) as application_date, max(service) as service "
    "from decisions group by decision_id) as d using (decision_id)"
)

RULES = (
    Rule(
        "CA201",
        "The offer's decision is among the decisions in force",
        rows(
            "decision_id",
            "not exists (select 1 from decisions as d where d.decision_id = c.decision_id) and exists (select 1 from decisions)",
        ),
        "a decision of an accepted decisions extract",
        "Deliver decisions and offers of the same year, made at the same time.",
        checked="select count(*) from candidate where exists (select 1 from decisions)",
    ),
    Rule(
        "CA202",
        "The year's decisions are there to compare with",
        one("'no decisions of ' || i.period", "info as i where not exists (select 1 from decisions as d where d.year = i.period)"),
        "accepted decisions of {period}",
        "Deliver the decisions of the year: until then nobody can tell what was offered on what.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "CA203",
        "Nobody is to move in before the offer",
        rows("offered_move_in_date", "c.offered_move_in_date < c.offer_made_date"),
        "a move-in day on or after the day of the offer",
        SOURCE,
    ),
    Rule(
        "CA204",
        "The offer is not made before the application",
        rows("offer_made_date", "c.offer_made_date < d.application_date", KNOWN),
        "an offer on or after the day of the application",
        SOURCE,
        checked="select count(*) from candidate where decision_id in (select decision_id from decisions)",
    ),
    Rule(
        "CA205",
        "The offer was made by the end of the year, and by the delivery",
        rows("offer_made_date", "c.offer_made_date > least(i.month_end, i.received_on)", INFO),
        "a day on or before the last of {period}, and on or before the day of the delivery",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
    Rule(
        "CA206",
        "A dwelling is offered on a decision about one",
        rows(
            "decision_id",
            "d.service not in ('särskilt boende', 'korttidsboende', 'gruppbostad', 'servicebostad', 'annan särskilt anpassad bostad')",
            KNOWN,
        ),
        "a decision about housing",
        SOURCE,
        severity="warning",
        checked="select count(*) from candidate where decision_id in (select decision_id from decisions)",
    ),
)
