"""Rules CA6xx of the places."""

from expectations.rules import Rule, any_of, rows

INFO = "cross join info as i"
SOURCE = "Correct the place in the planning of dwellings and deliver the year again."

RULES = (
    Rule(
        "CA601",
        "The place is not given up before it was there",
        rows("available_to", "c.available_to < c.available_from"),
        "a last day on or after the first",
        SOURCE,
        checked="select count(*) from candidate where available_to is not null",
    ),
    Rule(
        "CA602",
        "The place was at disposal in the year",
        any_of(
            (
                rows("available_from", "c.available_from > i.month_end", INFO),
                rows("available_to", "c.available_to < i.month_start", INFO),
            )
        ),
        "a place at disposal on some day of {period}",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
    Rule(
        "CA603",
        "The unit is known",
        rows("unit", "c.unit not in (select unit from known_units)"),
        "a unit of the municipality's configuration",
        "Correct the id in the export, or add it to the municipality's configuration.",
        checked="select count(*) from candidate where unit is not null",
    ),
    Rule(
        "CA604",
        "Only places for the elderly have an orientation",
        rows("orientation", "c.orientation is not null and c.housing not in ('särskilt boende', 'korttidsboende')"),
        "no orientation of housing under LSS",
        SOURCE,
        checked="select count(*) from candidate where orientation is not null",
    ),
    Rule(
        "CA605",
        "It is known who provides the place",
        rows("provider", "c.provider is null"),
        "egen regi, privat or externt köpt",
        "Give the provider: a place without one is not counted among those bought elsewhere.",
        severity="warning",
    ),
)
