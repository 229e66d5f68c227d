"""Rules HR3xx of the time records. Employments and absences are taken in first."""

from expectations.rules import Rule, one, rows

INFO = "cross join info as i"
SOURCE = "Correct the hours in the time system and deliver the month again."
MONTH_DAYS = "(date_diff('day', i.month_start, i.month_end) + 1)"
PLAUSIBLE_HOURS = 350
TOLERANCE = 0.05

RULES = (
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
        SOURCE,
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
        + rows("worked_hours", f"c.worked_hours + c.hourly_paid_hours + c.additional_hours + c.overtime_hours > 24 * {MONTH_DAYS}", INFO),
        "at most 24 hours a day",
        SOURCE,
    ),
    Rule(
        "HR306",
        "The hours of one employment are plausible",
        rows("worked_hours", f"c.worked_hours + c.hourly_paid_hours + c.additional_hours + c.overtime_hours > {PLAUSIBLE_HOURS}"),
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
