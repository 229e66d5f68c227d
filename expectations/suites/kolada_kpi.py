"""Rules K2xx of Kolada's catalogue of indicators."""

from expectations.rules import Rule, rows

ASK = "Look at the indicator in Kolada; if it is so there, tell the platform's maintainers."

RULES = (
    Rule(
        "K201",
        "The indicator id is one of Kolada's",
        rows("kpi_id", "not regexp_full_match(c.kpi_id, '[NU][0-9]{5}')"),
        "N or U and five digits",
        ASK,
    ),
    Rule(
        "K202",
        "Preliminary values come before the final ones",
        rows("prel_publication_date", "c.prel_publication_date > c.publication_date"),
        "a preliminary date on or before the final one",
        ASK,
        severity="warning",
    ),
)
