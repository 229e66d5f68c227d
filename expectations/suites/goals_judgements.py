"""Rules GO3xx of the goals' judgements."""

from expectations.rules import Rule, rows

RULES = (
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
