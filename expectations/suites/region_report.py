"""The suites of region_report: the rules of its tables beside those that every table has."""

from expectations.rules import FIRST_ROW, Rule, one
from expectations.standard import rows
from ingestion.contracts.region_report import MEMBER, NATION_MEAN, REGION_MEAN

# Rules RR1xx of the region's reports.

SOURCE = "Check the row against the report and deliver the year again."
IS_MEMBER = f"c.scope = '{MEMBER}'"
IS_MEAN = f"c.scope in ('{REGION_MEAN}', '{NATION_MEAN}')"
KNOWN = "catalogue_municipality"
IS_SHARE = "regexp_matches(c.indicator, '(_share|_by_occupation)$')"
SAME_FIGURE = " and ".join(
    f"m.{name} is not distinct from c.{name}" for name in ("indicator", "specialisation", "staff_group")
)
MEMBERS = f"(select avg(m.value) as mean, count(*) as members from candidate as m where m.scope = '{MEMBER}' and {SAME_FIGURE})"

_FIGURES = (
    Rule(
        "RR101",
        "A member's figure names the member, a mean or a total none",
        rows(
            "member_id",
            f"case when {IS_MEMBER} then not coalesce(regexp_full_match(c.member_id, '[0-9]{{4}}'), false) "
            "else c.member_id is not null end",
        ),
        f"a four-digit id in rows of scope {MEMBER}, nothing in other rows",
        SOURCE,
    ),
    Rule(
        "RR102",
        "A share is at most 100 per cent",
        rows("value", f"c.value > 100 and {IS_SHARE}"),
        "0-100",
        "Write per cent as 28 and not as 0,28 or 2 800; then deliver the year again.",
        checked=f"select count(*) from candidate as c where {IS_SHARE}",
    ),
    Rule(
        "RR103",
        "The report's own mean says how it was weighted and how many it is of",
        rows("weighting", f"({IS_MEAN}) <> (c.weighting is not null) or ({IS_MEAN} and c.n is null)"),
        f"weighting and number of municipalities in rows of scope {REGION_MEAN} and {NATION_MEAN}; no weighting in other rows",
        "Write okänd where the report does not say how its mean was made.",
    ),
    Rule(
        "RR104",
        "The municipality's own figures are in the report",
        one(
            "'no row of the municipality itself'",
            f"(select count(*) as n from candidate as c, info as i where {IS_MEMBER} and c.member_id = i.municipality_id) where n = 0",
            "member_id",
            FIRST_ROW,
        ),
        "rows of the receiving municipality among the members'",
        "Deliver all members' rows, the own municipality's too: the region's mean includes it.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "RR105",
        "A mean that is said to be unweighted is the members' mean",
        rows(
            "value",
            f"c.scope = '{REGION_MEAN}' and c.weighting = 'ovägt' and exists (select 1 from {MEMBERS} as g "
            "where g.members = c.n and abs(g.mean - c.value) > 0.51 and abs(g.mean - c.value) > 0.001 * g.mean)",
        ),
        "the unweighted mean of the members' rows, rounding apart",
        "Find the member whose figure was corrected after the mean was made; or the mean was weighted: then say so.",
        severity="warning",
        checked=f"select count(*) from candidate where scope = '{REGION_MEAN}' and weighting = 'ovägt'",
    ),
    Rule(
        "RR106",
        "Specialisations are nurses' only",
        rows("specialisation", "c.specialisation is not null and c.indicator <> 'kpv_nurses_specialist_share'"),
        "a specialisation in rows of kpv_nurses_specialist_share only",
        SOURCE,
        checked="select count(*) from candidate where specialisation is not null",
    ),
    Rule(
        "RR107",
        "Figures per occupation name it, others do not",
        rows("staff_group", "(c.indicator like '%_by_occupation') <> (c.staff_group is not null)"),
        "an occupation in rows of figures per occupation, nothing in other rows",
        SOURCE,
    ),
    Rule(
        "RR108",
        "The members are municipalities",
        rows(
            "member_id",
            f"{IS_MEMBER} and exists (select 1 from {KNOWN}) and c.member_id not in (select municipality_id from {KNOWN})",
        ),
        "an id of Kolada's catalogue",
        "Correct the member's id and deliver the year again.",
        checked=f"select count(*) from candidate as c where {IS_MEMBER} and exists (select 1 from {KNOWN})",
    ),
)


RULES = {"figures": _FIGURES}
"""By table."""
