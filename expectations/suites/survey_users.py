"""Rules SU3xx of the user surveys."""

from expectations.rules import Rule, rows

SOURCE = "Correct the counts from the survey's result and deliver the year again."
# The services that an indicator's first words stand for.
SERVICES = {
    "sabo": "särskilt boende",
    "homecare": "hemtjänst",
    "pa": "personlig assistans",
    "lss_group_home": "gruppbostad",
    "lss_service_housing": "servicebostad",
}
SERVICE = " ".join(f"when starts_with(c.indicator_id, '{prefix}_') then '{service}'" for prefix, service in SERVICES.items())
GROUP = ("unit", "indicator_id", "question_version")
SAME_GROUP = " and ".join(f"g.{name} is not distinct from c.{name}" for name in GROUP)

RULES = (
    Rule(
        "SU301",
        "The unit is known",
        rows("unit", "c.unit not in (select unit from known_units)"),
        "a unit of the municipality's configuration, or none",
        "Add the unit to the municipality's configuration; until then its answers count in the whole, and it has no figure of its own.",
        severity="warning",
        checked="select count(*) from candidate where unit is not null",
    ),
    Rule(
        "SU302",
        "No more positive answers than answers",
        rows("n_positive", "c.n_positive > c.n_answers"),
        "at most the number of answers",
        SOURCE,
    ),
    Rule(
        "SU303",
        "The question is one about the service",
        rows("service", f"c.service <> case {SERVICE} end"),
        "the service that the indicator is about",
        SOURCE,
    ),
    Rule(
        "SU304",
        "No more answers than people asked",
        rows("n_answers", "c.n_answers > c.invited"),
        "at most the number of invited",
        SOURCE,
        checked="select count(*) from candidate where invited is not null",
    ),
    Rule(
        "SU305",
        "Women and men are not more than all",
        rows(
            "n_answers",
            "c.gender = 'T' and exists (select 1 from (select unit, indicator_id, question_version, sum(n_answers) as n, "
            "sum(n_positive) as positive from candidate where gender <> 'T' group by all) as g "
            f"where {SAME_GROUP} and (g.n > c.n_answers or g.positive > c.n_positive))",
        ),
        "at least the women's and men's together",
        SOURCE,
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
