"""Rules HR4xx of the other boards' employments."""

from expectations.rules import Rule, rows

INFO = "cross join info as i"
SOURCE = "Correct the employment in the HR system and deliver the month again."

RULES = (
    Rule(
        "HR401",
        "The employment does not end before it starts",
        rows("end_date", "c.end_date < c.start_date"),
        "a last day on or after the first",
        SOURCE,
    ),
    Rule(
        "HR402",
        "The employment touches the month",
        rows("start_date", "c.start_date > i.month_end", INFO) + " union all " + rows("end_date", "c.end_date < i.month_start", INFO),
        "an employment in force on some day of {period}",
        "Check that the rows are of this month and not another month's under its name; then deliver the month again.",
    ),
    Rule(
        "HR403",
        "The employment is another board's",
        rows("employment_id", "c.employment_id in (select employment_id from employments)"),
        "no employment that the board's own extract holds",
        "Leave the board's own employments out of this extract.",
        severity="warning",
        checked="select count(*) from candidate where exists (select 1 from employments)",
    ),
)
