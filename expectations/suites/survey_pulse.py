"""Rules SU1xx of the pulse survey."""

from expectations.rules import FIRST_ROW, Rule, one, rows

SOURCE = "Ask the supplier to correct the extract, and deliver the year again."
CONFIGURATION = "Correct the id in the supplier's list of units, or add it to the municipality's configuration."
GROUP = "quarter, department, unit, question_id, question_version"
SAME_GROUP = " and ".join(f"g.{name} is not distinct from c.{name}" for name in GROUP.split(", "))

RULES = (
    Rule(
        "SU101",
        "The department is known",
        rows("department", "c.department not in (select department from known_units)"),
        "a department of the municipality's configuration, or none",
        CONFIGURATION,
    ),
    Rule(
        "SU102",
        "The unit is one of the department's",
        rows(
            "unit",
            "c.unit is not null and not exists "
            "(select 1 from known_units as u where u.unit = c.unit and u.department is not distinct from c.department)",
        ),
        "a unit of the row's own department, or none",
        CONFIGURATION,
        checked="select count(*) from candidate where unit is not null",
    ),
    Rule(
        "SU103",
        "A question has one wording in each version",
        rows(
            "question",
            "exists (select 1 from candidate as o where o.question_id = c.question_id and o.question_version = c.question_version "
            "and o.question < c.question)",
        ),
        "one text per question and version",
        "Raise the version when the wording changes: answers to different questions are never added.",
    ),
    Rule(
        "SU104",
        "No more answers than people asked",
        rows(
            "answers",
            f"exists (select 1 from (select {GROUP}, sum(answers) as n, max(invited) as asked from candidate group by all) as g "
            f"where {SAME_GROUP} and g.n > g.asked)",
        ),
        "at most as many answers to a question as invited",
        SOURCE,
        checked="select count(*) from candidate where invited is not null",
    ),
    Rule(
        "SU105",
        "An answer that names its respondent is one answer",
        rows("answers", "c.respondent_id is not null and c.answers <> 1"),
        "1",
        SOURCE,
        checked="select count(*) from candidate where respondent_id is not null",
    ),
    Rule(
        "SU106",
        "Every round says which question is the board's goal",
        one(
            "'quarter ' || g.quarter || ' without it'",
            "(select quarter from candidate group by quarter having count(indicator_id) = 0) as g",
            "indicator_id",
            FIRST_ROW,
        ),
        "one question with its indicator in every round",
        "Name the indicator of the question about goals that are followed up; without it the year has no outcome for that goal.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select count(distinct quarter) from candidate",
    ),
)
