"""The suites of survey: the rules of its tables beside those that every table has."""

from expectations.rules import FIRST_ROW, Rule, any_of, one
from expectations.standard import Open, at_least, in_set, rows

# Rules SU1xx of the pulse survey.

PULSE_SOURCE = "Ask the supplier to correct the extract, and deliver the year again."
CONFIGURATION = "Correct the id in the supplier's list of units, or add it to the municipality's configuration."
PULSE_GROUP = "quarter, department, unit, question_id, question_version"
PULSE_SAME_GROUP = " and ".join(f"g.{name} is not distinct from c.{name}" for name in PULSE_GROUP.split(", "))

_PULSE = (
    Rule(
        "SU101",
        "The department is known",
        in_set("department", Open("departments")),
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
            f"exists (select 1 from (select {PULSE_GROUP}, sum(answers) as n, max(invited) as asked from candidate group by all) as g "
            f"where {PULSE_SAME_GROUP} and g.n > g.asked)",
        ),
        "at most as many answers to a question as invited",
        PULSE_SOURCE,
        checked="select count(*) from candidate where invited is not null",
    ),
    Rule(
        "SU105",
        "An answer that names its respondent is one answer",
        rows("answers", "c.respondent_id is not null and c.answers <> 1"),
        "1",
        PULSE_SOURCE,
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


# Rules SU2xx of the patient survey.

ITEMS = tuple(f"item_{number}" for number in range(1, 13))
COMPLETE = " and ".join(f"{item} is not null" for item in ITEMS)

_PATIENTS = (
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


# Rules SU3xx of the user surveys.

USERS_SOURCE = "Correct the counts from the survey's result and deliver the year again."
# The services that an indicator's first words stand for.
SERVICES = {
    "sabo": "särskilt boende",
    "homecare": "hemtjänst",
    "pa": "personlig assistans",
    "lss_group_home": "gruppbostad",
    "lss_service_housing": "servicebostad",
}
SERVICE = " ".join(
    f"when starts_with(c.indicator_id, '{prefix}_') then '{service}'" for prefix, service in SERVICES.items()
)
USERS_GROUP = ("unit", "indicator_id", "question_version")
USERS_SAME_GROUP = " and ".join(f"g.{name} is not distinct from c.{name}" for name in USERS_GROUP)

_USERS = (
    Rule(
        "SU301",
        "The unit is known",
        in_set("unit", Open("units")),
        "a unit of the municipality's configuration, or none",
        "Add the unit to the municipality's configuration; until then its answers count in the whole, and it has no figure of its own.",
        severity="warning",
        checked="select count(*) from candidate where unit is not null",
    ),
    Rule(
        "SU302",
        "No more positive answers than answers",
        at_least("n_answers", "n_positive", told="n_positive"),
        "at most the number of answers",
        USERS_SOURCE,
    ),
    Rule(
        "SU303",
        "The question is one about the service",
        rows("service", f"c.service <> case {SERVICE} end"),
        "the service that the indicator is about",
        USERS_SOURCE,
    ),
    Rule(
        "SU304",
        "No more answers than people asked",
        at_least("invited", "n_answers", told="n_answers"),
        "at most the number of invited",
        USERS_SOURCE,
        checked="select count(*) from candidate where invited is not null",
    ),
    Rule(
        "SU305",
        "Women and men are not more than all",
        rows(
            "n_answers",
            "c.gender = 'T' and exists (select 1 from (select unit, indicator_id, question_version, sum(n_answers) as n, "
            "sum(n_positive) as positive from candidate where gender <> 'T' group by all) as g "
            f"where {USERS_SAME_GROUP} and (g.n > c.n_answers or g.positive > c.n_positive))",
        ),
        "at least the women's and men's together",
        USERS_SOURCE,
        checked="select count(*) from candidate where gender = 'T'",
    ),
    Rule(
        "SU306",
        "A question has one wording in each version",
        rows(
            "question",
            "exists (select 1 from candidate as o where o.indicator_id = c.indicator_id and o.question_version = c.question_version "
            "and o.question < c.question)",
        ),
        "one text per question and version",
        "Raise the version when the wording or the answers change: answers to different questions are never added.",
    ),
)


RULES = {"pulse": _PULSE, "patients": _PATIENTS, "users": _USERS}
"""By table."""
