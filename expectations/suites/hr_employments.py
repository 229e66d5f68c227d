"""Rules HR1xx of the board's employments."""

from expectations.rules import KNOWN_COST_CENTRE, Rule, rows, texts

INFO = "cross join info as i"
SOURCE = "Correct the employment in the HR system and deliver the month again."
CONFIGURATION = "Correct the id in the HR system's export, or add it to the municipality's configuration."

RULES = (
    Rule(
        "HR101",
        "The employment does not end before it starts",
        rows("end_date", "c.end_date < c.start_date"),
        "a last day on or after the first",
        SOURCE,
    ),
    Rule(
        "HR102",
        "The employment touches the month",
        rows("start_date", "c.start_date > i.month_end", INFO) + " union all " + rows("end_date", "c.end_date < i.month_start", INFO),
        "an employment in force on some day of {period}",
        "Check that the rows are of this month and not another month's under its name; then deliver the month again.",
    ),
    Rule(
        "HR103",
        "Hourly-paid have no contracted degree",
        rows("degree", "(c.employment_form = 'timavlönad' or c.pay_form = 'tim') and c.degree <> 0"),
        "degree 0 for hourly-paid",
        SOURCE,
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
        SOURCE,
        severity="warning",
    ),
    Rule(
        "HR106",
        "The department is known",
        rows("department", "c.department not in (select department from known_units)"),
        "a department of the municipality's configuration",
        CONFIGURATION,
    ),
    Rule(
        "HR107",
        "The unit is known",
        rows("unit", "c.unit not in (select unit from known_units)"),
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
        SOURCE,
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
