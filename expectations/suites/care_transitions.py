"""Rules CA7xx of the steps out of a service."""

from expectations.rules import Rule, any_of, rows

INFO = "cross join info as i"
SOURCE = "Correct the step in the case system and deliver the year again."

RULES = (
    Rule(
        "CA701",
        "The step does not end before it begins",
        rows("ended_on", "c.ended_on < c.started_on"),
        "a last day on or after the first",
        SOURCE,
        checked="select count(*) from candidate where ended_on is not null",
    ),
    Rule(
        "CA702",
        "The step lies in the year",
        any_of(
            (
                rows("started_on", "c.started_on > i.month_end", INFO),
                rows("ended_on", "c.ended_on < i.month_start", INFO),
            )
        ),
        "a step with some day in {period}",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
    Rule(
        "CA703",
        "Nothing has begun after the delivery",
        rows("started_on", "c.started_on > i.received_on", INFO),
        "a day on or before the day of the delivery",
        SOURCE,
    ),
)
