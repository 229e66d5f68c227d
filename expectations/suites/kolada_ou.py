"""Rules K5xx of Kolada's catalogue of units below the municipality."""

from expectations.rules import Rule, rows

ASK = "Look at the unit in Kolada; if it is so there, tell the platform's maintainers."

RULES = (
    Rule(
        "K501",
        "The unit's municipality is in the catalogue",
        rows(
            "municipality_id",
            "c.municipality_id not in (select municipality_id from catalogue_municipality) "
            "and exists (select 1 from catalogue_municipality)",
        ),
        "a unit of the catalogue of municipalities",
        ASK,
        severity="warning",
        checked="select count(*) from candidate where exists (select 1 from catalogue_municipality)",
    ),
)
