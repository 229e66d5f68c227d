"""Rules GO4xx of the measures."""

from expectations.rules import Rule, any_of, rows

RULES = (
    Rule(
        "GO401",
        "An expected figure says what it measures",
        any_of(rows(name, f"c.{name} is not null and c.effect_label is null") for name in ("effect_amount", "effect_percent")),
        "effektmatt beside effekt_kronor and effekt_procent",
        "Write what is to be reached, such as Minskade övertidskostnader.",
    ),
    Rule(
        "GO402",
        "A measure that has been followed up had begun by then",
        rows("started_on", "c.started_on > i.month_end + 366", "cross join info as i"),
        "a start before the end of the year after {period}",
        "Check the start of the measure.",
    ),
)
