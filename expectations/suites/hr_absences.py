"""Rules HR2xx of the absence spells. Employments are taken in first, so that spells can be held against them."""

from expectations.rules import Rule, one, rows

INFO = "cross join info as i"
SOURCE = "Correct the spell in the HR system and deliver the month again."
DAYS = "(date_diff('day', greatest(c.start_date, i.month_start), least(coalesce(c.end_date, i.month_end), i.month_end)) + 1)"

RULES = (
    Rule(
        "HR201",
        "The spell does not end before it starts",
        rows("end_date", "c.end_date < c.start_date"),
        "a last day on or after the first",
        SOURCE,
    ),
    Rule(
        "HR202",
        "The spell touches the month",
        rows("start_date", "c.start_date > i.month_end", INFO) + " union all " + rows("end_date", "c.end_date < i.month_start", INFO),
        "a spell with some day in {period}",
        "Check that the rows are of this month and not another month's under its name; then deliver the month again.",
    ),
    Rule(
        "HR203",
        "The spell's employment is among the month's employments",
        rows(
            "employment_id",
            "not exists (select 1 from employments as e where e.employment_id = c.employment_id) and exists (select 1 from employments)",
        ),
        "an employment of the employments extract of {period}",
        "Deliver employments and absences of the same month, made at the same time.",
        checked="select count(*) from candidate where exists (select 1 from employments)",
    ),
    Rule(
        "HR204",
        "The month's employments are there to compare with",
        one("'no employments of ' || i.period", "info as i where not exists (select 1 from employments)"),
        "accepted employments of {period}",
        "Deliver the employments of the month: until then nobody can tell whose absence this is.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule("HR205", "The degree of absence is above zero", rows("degree", "c.degree = 0"), "a degree above 0", SOURCE, severity="warning"),
    Rule(
        "HR206",
        "No more hours than the spell's days in the month hold",
        rows("hours", f"c.hours > 24 * {DAYS} and {DAYS} > 0", INFO),
        "at most 24 hours a day of the spell",
        SOURCE,
    ),
    Rule(
        "HR207",
        "Absence of hourly-paid has its hours",
        rows(
            "hours",
            "c.hours is null and exists (select 1 from employments as e where e.employment_id = c.employment_id and e.pay_form = 'tim')",
        ),
        "the booked hours lost",
        "Deliver the hours of the shifts: an hourly-paid has no degree to spread.",
        checked="select count(*) from candidate join employments using (employment_id) where pay_form = 'tim'",
    ),
    Rule(
        "HR208",
        "Spells of one kind do not overlap",
        rows(
            "start_date",
            "exists (select 1 from candidate as o where o.employment_id = c.employment_id "
            "and o.absence_type = c.absence_type and o.spell_id <> c.spell_id "
            "and o.start_date <= c.start_date and coalesce(o.end_date, date '9999-12-31') >= c.start_date and o.degree + c.degree > 100)",
        ),
        "one spell at a time of the same kind, or part-time ones that make at most 100 %",
        SOURCE,
        severity="warning",
    ),
)
