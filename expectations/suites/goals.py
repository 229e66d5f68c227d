"""The suites of goals: the rules of its tables beside those that every table has."""

from expectations.rules import Rule, any_of
from expectations.standard import at_least, of_form, rows, unique

# Rules GO1xx of the goals.

_GOALS = (
    Rule(
        "GO101",
        "A goal of the board names the council's goal",
        rows("council_goal", "c.kind = 'nämndmål' and c.council_goal is null"),
        "the council's goal that the board's goal serves",
        "Fill in kommunfullmaktiges_mal in the planning system.",
        severity="warning",
    ),
    Rule(
        "GO102",
        "Goals have places of their own",
        unique("goal_order"),
        "each place once",
        "Number the goals in the order that they stand in the budget.",
    ),
)


# Rules GO2xx of the goals' indicators.

_INDICATORS = (
    Rule(
        "GO201",
        "The target is of the kind that the row says",
        any_of(
            (
                rows("target", "c.target_kind = 'värde' and c.target is null"),
                rows("target", "c.target_kind <> 'värde' and c.target is not null"),
                rows("target_low", "c.target_kind = 'intervall' and (c.target_low is null or c.target_high is null)"),
                rows(
                    "target_low",
                    "c.target_kind <> 'intervall' and (c.target_low is not null or c.target_high is not null)",
                ),
            )
        ),
        "värde: malvarde only; intervall: both ends only; otherwise neither",
        "Fill in the target that belongs to maltyp and leave the others empty.",
    ),
    Rule(
        "GO202",
        "A band does not end below its beginning",
        at_least("target_high", "target_low"),
        "intervall_till at least intervall_fran",
        "Correct the ends of the band.",
    ),
    Rule(
        "GO203",
        "An indicator has one target",
        rows(
            "target",
            "c.target is not null and exists (select 1 from candidate as d where d.indicator_id = c.indicator_id and d.target <> c.target "
            "and coalesce(d.org_unit, '') = coalesce(c.org_unit, '') and coalesce(d.breakdown, '') = coalesce(c.breakdown, '') "
            "and coalesce(d.quarter, 0) = coalesce(c.quarter, 0))",
        ),
        "the same malvarde wherever the indicator of the year stands",
        "Decide on one target, or split the indicator.",
    ),
    Rule(
        "GO204",
        "A split is written key=value",
        of_form("breakdown", "[a-z0-9_]+=[^;=]+(?:;[a-z0-9_]+=[^;=]+)*"),
        "key=value, several with semicolons between them",
        "Write the split as in the indicator marts, such as law=SoL.",
    ),
)


# Rules GO3xx of the goals' judgements.

_JUDGEMENTS = (
    Rule(
        "GO301",
        "A goal is judged when its year has begun",
        rows("decided_on", "c.decided_on < i.month_start", "cross join info as i"),
        "a day in {period} or later",
        "Check the year and the date of the judgement.",
    ),
    Rule(
        "GO302",
        "A judgement has a reason that can be read",
        rows("reason", "length(trim(c.reason)) < 10"),
        "at least a sentence",
        "Write why: the reason is shown beside the judgement.",
    ),
)


# Rules GO4xx of the measures.

_MEASURES = (
    Rule(
        "GO401",
        "An expected figure says what it measures",
        any_of(
            rows(name, f"c.{name} is not null and c.effect_label is null")
            for name in ("effect_amount", "effect_percent")
        ),
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


RULES = {"goals": _GOALS, "indicators": _INDICATORS, "judgements": _JUDGEMENTS, "measures": _MEASURES}
"""By table."""
