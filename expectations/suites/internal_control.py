"""The suites of internal_control: the rules of its tables beside those that every table has."""

from expectations.rules import Rule, any_of
from expectations.standard import at_least, rows

# Rules IC1xx of the internal control.

ONE_OF_CONTROL = ("risk", "control", "judgement", "result_text", "action")

_CONTROLS = (
    Rule(
        "IC101",
        "No more cases than there were",
        (at_least("population", "sample_n", told="sample_n"), at_least("sample_n", "fulfilled_n", told="fulfilled_n")),
        "population at least urval, urval at least uppfyllda",
        "Correct the numbers of the review.",
    ),
    Rule(
        "IC102",
        "A share has the numbers that it is computed from",
        rows(
            "sample_n",
            "c.threshold_kind = 'andel' and (c.population is null or c.sample_n is null or c.fulfilled_n is null)",
        ),
        "population, urval and uppfyllda where troskel is andel",
        "Fill in the numbers: a percentage alone cannot be checked.",
    ),
    Rule(
        "IC103",
        "A control says the same in all its rows",
        any_of(
            rows(
                name,
                f"c.control_id in (select control_id from candidate group by control_id having count(distinct coalesce({name}, '')) > 1)",
            )
            for name in ONE_OF_CONTROL
        ),
        "one risk, control, judgement, result and action for each kontrollid",
        "Repeat the words of the control in each of its rows.",
    ),
    Rule(
        "IC104",
        "The period does not end before it starts",
        at_least("period_end", "period_start"),
        "till on or after fran",
        "Correct the period that was reviewed.",
    ),
    Rule(
        "IC105",
        "Statistics name the indicator that they are taken from",
        rows("indicator_id", "c.method = 'statistik' and c.indicator_id is null"),
        "an indicator where metod is statistik",
        "Fill in the indicator; the platform computes the figure from the case system's rows.",
    ),
)


RULES = {"controls": _CONTROLS}
"""By table."""
