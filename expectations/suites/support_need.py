"""The suites of support_need: the rules of its tables beside those that every table has."""

from expectations.rules import INFO, Rule, any_of
from expectations.standard import Open, in_set, rows

# Rules SN1xx of the measurements of support need.

SOURCE = "Correct the measurement in the measuring system and deliver the year again."

_MEASUREMENTS = (
    Rule(
        "SN101",
        "The measurement was made in the year",
        rows("measured_on", "c.measured_on < i.month_start or c.measured_on > i.month_end", INFO),
        "a day of {period}",
        "Deliver each year's measurements in its own file.",
    ),
    Rule(
        "SN102",
        "The unit is known",
        in_set("unit", Open("units")),
        "a unit of the municipality's configuration",
        "Correct the unit's id in the measuring system, or add the unit to the municipality's configuration.",
        severity="warning",
    ),
    Rule(
        "SN103",
        "Points and levels rise together",
        any_of(
            rows(
                "points",
                f"c.points {less} (select {end}(o.points) from candidate as o where o.service = c.service and o.level = c.level {step})",
            )
            for less, end, step in (("<", "max", "- 1"), (">", "min", "+ 1"))
        ),
        "more points than anybody at the level below, fewer than anybody at the level above",
        SOURCE,
        severity="warning",
    ),
)


RULES = {"measurements": _MEASUREMENTS}
"""By table."""
