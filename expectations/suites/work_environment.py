"""The suites of work_environment: the rules of its tables beside those that every table has."""

from expectations.rules import Rule
from expectations.standard import Open, at_least, in_set, rows

# Rules WE1xx of the reported injuries and incidents.

SOURCE = "Correct the report in its system and deliver the year again."
CONFIGURATION = "Correct the id in the system's export, or add it to the municipality's configuration."

_REPORTS = (
    Rule(
        "WE101",
        "It happened in the year",
        rows("occurred_on", "year(c.occurred_on) <> cast(c.year as integer)"),
        "a day of {period}",
        "Select reports by the day of the event, not the day of the report.",
    ),
    Rule(
        "WE102",
        "It was not reported before it happened",
        at_least("reported_on", "occurred_on"),
        "a day on or after the event",
        SOURCE,
    ),
    Rule(
        "WE103",
        "It was reported before the extract was made",
        at_least("extracted_on", "reported_on", told="reported_on"),
        "a day until that of the extract",
        "Check the day of the extract: it tells how late the reports may be.",
    ),
    Rule(
        "WE104",
        "One day of extraction in the file",
        rows("extracted_on", "c.extracted_on > (select min(extracted_on) from candidate)"),
        "the same day in every row",
        "Deliver what one extract gave, in one file.",
    ),
    Rule(
        "WE105",
        "The department is known",
        in_set("department", Open("departments")),
        "a department of the municipality's configuration",
        CONFIGURATION,
    ),
    Rule(
        "WE106",
        "The unit is one of the department's",
        rows(
            "unit",
            "exists (select 1 from known_units as u where u.department = c.department) "
            "and not exists (select 1 from known_units as u where u.unit = c.unit and u.department = c.department)"
            " and c.unit is not null",
        ),
        "a unit of the row's own department, or none",
        CONFIGURATION,
        severity="warning",
        checked="select count(*) from candidate where unit is not null",
    ),
)


# Rules WE2xx of the Work Environment Authority's inspections.

_INSPECTIONS = (
    Rule(
        "WE201",
        "The inspection was in the year",
        rows("inspected_on", "year(c.inspected_on) <> cast(c.year as integer)"),
        "a day of {period}",
        "Deliver every inspection with the year in which it was made.",
    ),
)


RULES = {"reports": _REPORTS, "inspections": _INSPECTIONS}
"""By table."""
