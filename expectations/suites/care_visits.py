"""Rules CA4xx of the visits: when they started, whom they were made to, and that a day has its hours."""

from expectations.rules import Rule, rows

INFO = "cross join info as i"
SOURCE = "Correct the visit in the planning system and deliver the month again."
STARTED = "try_strptime(c.started_at, '%Y-%m-%d %H:%M')"

RULES = (
    Rule(
        "CA401",
        "The start is a day and a time",
        rows("started_at", f"{STARTED} is null or length(c.started_at) <> 16"),
        "YYYY-MM-DD HH:MM",
        "Deliver the start as day and time of day, without seconds.",
    ),
    Rule(
        "CA402",
        "The visit started in the month",
        rows("started_at", f"cast({STARTED} as date) not between i.month_start and i.month_end", INFO),
        "a start in {period}",
        "Check that the rows are of this month and not another month's under its name; then deliver the month again.",
    ),
    Rule(
        "CA403",
        "A visit has one client and one start",
        rows(
            "visit_id",
            "c.visit_id in (select visit_id from candidate group by visit_id "
            "having count(distinct person_id) > 1 or count(distinct started_at) > 1)",
        ),
        "one client and one start per visit; several members of staff are several rows",
        SOURCE,
    ),
    Rule(
        "CA404",
        "A performed visit took some time",
        rows("minutes", "c.minutes = 0 and not c.is_planned_only"),
        "at least a minute, or ej_utford = ja",
        SOURCE,
        severity="warning",
        checked="select count(*) from candidate where not is_planned_only",
    ),
    Rule(
        "CA405",
        "No member of staff has more hours than the day",
        rows(
            "staff_id",
            "(c.staff_id, substr(c.started_at, 1, 10)) in (select (staff_id, substr(started_at, 1, 10)) from candidate "
            "where not is_planned_only group by staff_id, substr(started_at, 1, 10) having sum(minutes) > 1440)",
        ),
        "at most 24 hours a day",
        "Check that every member of staff has a number of his or her own in the planning system; then deliver the month again.",
    ),
)
