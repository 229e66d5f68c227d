"""Rules SU2xx of the patient survey."""

from expectations.rules import FIRST_ROW, Rule, any_of, one, rows

ITEMS = tuple(f"item_{number}" for number in range(1, 13))
COMPLETE = " and ".join(f"{item} is not null" for item in ITEMS)

RULES = (
    Rule(
        "SU201",
        "Statements are answered on the instrument's scale",
        any_of(rows(item, f"c.instrument = 'PERCCI' and c.{item} not between 1 and 4") for item in ITEMS),
        "1-4 for PERCCI (0-6 for PERCCI-S)",
        "Check which instrument was used: the two have different scales and are never one series.",
    ),
    Rule(
        "SU202",
        "One instrument a year",
        one(
            "'both instruments'",
            "(select count(distinct instrument) as n from candidate) where n > 1",
            "instrument",
            FIRST_ROW,
        ),
        "PERCCI or PERCCI-S",
        "Check the instrument of the respondents; answers on two scales give two figures for the same year.",
        severity="warning",
        kind="total",
        tells="statement",
    ),
    Rule(
        "SU203",
        "Most respondents answered all statements",
        one(
            "g.complete || ' of ' || g.respondents || ' respondents'",
            f"(select count(*) as respondents, count(case when {COMPLETE} then 1 end) as complete from candidate) as g "
            "where g.complete < 0.8 * g.respondents",
            "item_1",
            FIRST_ROW,
        ),
        "at least 80 % complete answers",
        "Respondents with an unanswered statement are left out of the score. Check that the supplier exported all statements.",
        severity="warning",
        kind="total",
        tells="statement",
    ),
)
