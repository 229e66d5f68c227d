"""Rules K3xx of Kolada's catalogue of municipalities and regions."""

from expectations.rules import Rule, one, rows

ASK = "Look at the list in Kolada; if it is so there, tell the platform's maintainers."
MUNICIPALITIES = 290

RULES = (
    Rule(
        "K301",
        "The id has four digits",
        rows("municipality_id", "not regexp_full_match(c.municipality_id, '[0-9]{4}')"),
        "four digits with leading zeros",
        ASK,
    ),
    Rule(
        "K302",
        "All municipalities of the country are there",
        one("n || ' municipalities'", f"(select count(*) as n from candidate where type = 'K') where n <> {MUNICIPALITIES}"),
        f"{MUNICIPALITIES}",
        "National means are over the municipalities that are there: find out which are missing or new.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
)
