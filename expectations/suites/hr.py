"""The suites of hr: the rules of its tables beside those that every table has."""

from expectations.rules import INFO, KNOWN_COST_CENTRE, Rule, one, texts
from expectations.standard import Open, at_least, in_set, not_in_set, rows

# Rules HR1xx of the board's employments.

EMPLOYMENTS_SOURCE = "Correct the employment in the HR system and deliver the month again."
CONFIGURATION = "Correct the id in the HR system's export, or add it to the municipality's configuration."

_EMPLOYMENTS = (
    Rule(
        "HR101",
        "The employment does not end before it starts",
        at_least("end_date", "start_date"),
        "a last day on or after the first",
        EMPLOYMENTS_SOURCE,
    ),
    Rule(
        "HR102",
        "The employment touches the month",
        rows("start_date", "c.start_date > i.month_end", INFO)
        + " union all "
        + rows("end_date", "c.end_date < i.month_start", INFO),
        "an employment in force on some day of {period}",
        "Check that the rows are of this month and not another month's under its name; then deliver the month again.",
    ),
    Rule(
        "HR103",
        "Hourly-paid have no contracted degree",
        rows("degree", "(c.employment_form = 'timavlönad' or c.pay_form = 'tim') and c.degree <> 0"),
        "degree 0 for hourly-paid",
        EMPLOYMENTS_SOURCE,
    ),
    Rule(
        "HR104",
        "Monthly-paid have a contracted degree",
        rows("degree", "c.pay_form = 'månad' and c.employment_form <> 'timavlönad' and c.degree = 0"),
        "a degree above 0 for monthly-paid",
        "Give the contracted degree, also of persons on leave.",
        severity="warning",
    ),
    Rule(
        "HR105",
        "Form of employment and form of pay agree",
        rows(
            "pay_form",
            "(c.employment_form = 'timavlönad' and c.pay_form <> 'tim') or (c.employment_form = 'tillsvidare' and c.pay_form <> 'månad')",
        ),
        "timavlönad with tim, tillsvidare with månad",
        EMPLOYMENTS_SOURCE,
        severity="warning",
    ),
    Rule(
        "HR106",
        "The department is known",
        in_set("department", Open("departments")),
        "a department of the municipality's configuration",
        CONFIGURATION,
    ),
    Rule(
        "HR107",
        "The unit is known",
        in_set("unit", Open("units")),
        "a unit of the municipality's configuration",
        CONFIGURATION,
    ),
    Rule(
        "HR108",
        "The unit belongs to the department",
        rows(
            "unit",
            "exists (select 1 from known_units as u where u.unit = c.unit) "
            "and exists (select 1 from known_units as u where u.department = c.department) "
            "and not exists (select 1 from known_units as u where u.unit = c.unit and u.department = c.department)",
        ),
        "a unit of the row's own department",
        CONFIGURATION,
    ),
    Rule(
        "HR109",
        "A reason for leaving goes with a last day",
        rows("leave_reason", "c.leave_reason is not null and c.end_date is null"),
        "no reason while the employment is in force",
        EMPLOYMENTS_SOURCE,
    ),
    Rule(
        "HR110",
        "Who left in the month has a reason",
        rows(
            "leave_reason",
            "c.employment_form = 'tillsvidare' and c.end_date between i.month_start and i.month_end and c.leave_reason is null",
            INFO,
        ),
        "a reason for every permanent employment that ended in {period}",
        "Give the reason: without it the turnover cannot leave pensions out.",
        severity="warning",
    ),
    Rule(
        "HR111",
        "The age is an employee's",
        rows("birth_month", "date_diff('year', c.birth_month, i.month_end) not between 15 and 85", INFO),
        "15-85 years",
        "Check the personnummer in the HR system.",
        severity="warning",
    ),
    Rule(
        "HR112",
        "The cost centre is known",
        texts(["cost_centre"], f"not {KNOWN_COST_CENTRE}"),
        "a cost centre within a department's intervals",
        CONFIGURATION,
        severity="warning",
    ),
)


# Rules HR2xx of the absence spells. Employments are taken in first, so that spells can be held against them.

ABSENCES_SOURCE = "Correct the spell in the HR system and deliver the month again."
DAYS = "(date_diff('day', greatest(c.start_date, i.month_start), least(coalesce(c.end_date, i.month_end), i.month_end)) + 1)"

_ABSENCES = (
    Rule(
        "HR201",
        "The spell does not end before it starts",
        at_least("end_date", "start_date"),
        "a last day on or after the first",
        ABSENCES_SOURCE,
    ),
    Rule(
        "HR202",
        "The spell touches the month",
        rows("start_date", "c.start_date > i.month_end", INFO)
        + " union all "
        + rows("end_date", "c.end_date < i.month_start", INFO),
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
    Rule(
        "HR205",
        "The degree of absence is above zero",
        not_in_set("degree", (0,)),
        "a degree above 0",
        ABSENCES_SOURCE,
        severity="warning",
    ),
    Rule(
        "HR206",
        "No more hours than the spell's days in the month hold",
        rows("hours", f"c.hours > 24 * {DAYS} and {DAYS} > 0", INFO),
        "at most 24 hours a day of the spell",
        ABSENCES_SOURCE,
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
        ABSENCES_SOURCE,
        severity="warning",
    ),
)


# Rules HR3xx of the time records. Employments and absences are taken in first.

TIME_RECORDS_SOURCE = "Correct the hours in the time system and deliver the month again."
MONTH_DAYS = "(date_diff('day', i.month_start, i.month_end) + 1)"
PLAUSIBLE_HOURS = 350
TOLERANCE = 0.05

_TIME_RECORDS = (
    Rule(
        "HR301",
        "The record's employment is among the month's employments",
        rows(
            "employment_id",
            "not exists (select 1 from employments as e where e.employment_id = c.employment_id) and exists (select 1 from employments)",
        ),
        "an employment of the employments extract of {period}",
        "Deliver employments and time records of the same month, made at the same time.",
        checked="select count(*) from candidate where exists (select 1 from employments)",
    ),
    Rule(
        "HR302",
        "The month's employments are there to compare with",
        one("'no employments of ' || i.period", "info as i where not exists (select 1 from employments)"),
        "accepted employments of {period}",
        "Deliver the employments of the month: until then nobody can tell whose hours these are.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "HR303",
        "No more hours worked than scheduled",
        rows("worked_hours", f"c.worked_hours > c.scheduled_hours + {TOLERANCE}"),
        "worked hours of the scheduled only; hours beyond them are additional time or overtime",
        TIME_RECORDS_SOURCE,
    ),
    Rule(
        "HR304",
        "Hours worked and hours lost are within the scheduled",
        rows(
            "worked_hours",
            f"c.worked_hours + a.lost > c.scheduled_hours + {TOLERANCE}",
            "join (select employment_id, sum(hours) as lost from absences group by employment_id) as a "
            "on a.employment_id = c.employment_id",
        ),
        "worked hours and the absences' hours together at most the scheduled",
        "Check the month's absences against the schedule.",
        severity="warning",
        checked="select count(*) from candidate where employment_id in (select employment_id from absences where hours is not null)",
    ),
    Rule(
        "HR305",
        "No more hours than the month holds",
        rows("scheduled_hours", f"c.scheduled_hours > 24 * {MONTH_DAYS}", INFO)
        + " union all "
        + rows(
            "worked_hours",
            f"c.worked_hours + c.hourly_paid_hours + c.additional_hours + c.overtime_hours > 24 * {MONTH_DAYS}",
            INFO,
        ),
        "at most 24 hours a day",
        TIME_RECORDS_SOURCE,
    ),
    Rule(
        "HR306",
        "The hours of one employment are plausible",
        rows(
            "worked_hours",
            f"c.worked_hours + c.hourly_paid_hours + c.additional_hours + c.overtime_hours > {PLAUSIBLE_HOURS}",
        ),
        f"at most {PLAUSIBLE_HOURS} hours worked in a month",
        "Check that the hours are this month's only.",
        severity="warning",
    ),
    Rule(
        "HR307",
        "Additional time is part-timers'",
        rows(
            "additional_hours",
            "c.additional_hours > 0 and e.degree = 100 and e.pay_form = 'månad'",
            "join employments as e on e.employment_id = c.employment_id",
        ),
        "additional time for degrees below 100 only",
        "Hours of a full-timer beyond the schedule are overtime; correct the kind of the hours.",
        severity="warning",
        checked="select count(*) from candidate join employments using (employment_id)",
    ),
)


# Rules HR4xx of the other boards' employments.

OTHER_EMPLOYMENTS_SOURCE = "Correct the employment in the HR system and deliver the month again."

_OTHER_EMPLOYMENTS = (
    Rule(
        "HR401",
        "The employment does not end before it starts",
        at_least("end_date", "start_date"),
        "a last day on or after the first",
        OTHER_EMPLOYMENTS_SOURCE,
    ),
    Rule(
        "HR402",
        "The employment touches the month",
        rows("start_date", "c.start_date > i.month_end", INFO)
        + " union all "
        + rows("end_date", "c.end_date < i.month_start", INFO),
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


RULES = {
    "employments": _EMPLOYMENTS,
    "absences": _ABSENCES,
    "time_records": _TIME_RECORDS,
    "other_employments": _OTHER_EMPLOYMENTS,
}
"""By table."""
