"""Rules K4xx of Kolada's groups of municipalities."""

from expectations.rules import Rule, rows

ASK = "Look at the group in Kolada; if it is so there, tell the platform's maintainers."

RULES = (
    Rule("K401", "The group id is one of Kolada's", rows("group_id", "not regexp_full_match(c.group_id, 'G[0-9]+')"), "G and digits", ASK),
    Rule(
        "K402",
        "The member is in the catalogue",
        rows(
            "member_id",
            "c.member_id not in (select municipality_id from catalogue_municipality) and exists (select 1 from catalogue_municipality)",
        ),
        "a unit of the catalogue of municipalities",
        ASK,
        severity="warning",
        checked="select count(*) from candidate where exists (select 1 from catalogue_municipality)",
    ),
)
