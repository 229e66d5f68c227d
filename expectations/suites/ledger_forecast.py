"""Rules L4xx of the forecasts."""

from expectations.rules import Rule, rows

INFO = "cross join info as i"
DAYS_AFTER = 62

RULES = (
    Rule(
        "L401",
        "The department is known",
        rows("department", "c.department not in (select department from known_units)"),
        "a department of the municipality's configuration",
        "Correct the department, or add it to the municipality's configuration.",
    ),
    Rule(
        "L402",
        "The line is a line of the operating statement",
        rows("line_id", "c.line_id not in (select line_id from known_lines)"),
        "a line of the municipality's configuration",
        "Correct the line, or add it to the municipality's configuration.",
    ),
    Rule(
        "L403",
        "The line is not a sum",
        rows("line_id", "c.line_id in (select line_id from known_lines where is_sum)"),
        "plain lines only",
        "Leave sums out of the forecast: they are computed, and would be counted twice.",
    ),
    Rule(
        "L404",
        "The forecast was made in the month or soon after",
        rows("made_on", f"c.made_on < i.month_start or c.made_on > i.month_end + {DAYS_AFTER}", INFO),
        f"a date from the first day of {{period}} to {DAYS_AFTER} days after its last",
        "Check the month and the date of the forecast.",
        severity="warning",
    ),
)
