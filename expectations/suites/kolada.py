"""The suites of kolada: the rules of its tables beside those that every table has."""

from expectations.rules import Rule, one
from expectations.standard import at_least, in_set, of_form, rows

# Rules K2xx of Kolada's catalogue of indicators.

KPI_ASK = "Look at the indicator in Kolada; if it is so there, tell the platform's maintainers."

_KPI = (
    Rule(
        "K201",
        "The indicator id is one of Kolada's",
        of_form("kpi_id", "[NU][0-9]{5}"),
        "N or U and five digits",
        KPI_ASK,
    ),
    Rule(
        "K202",
        "Preliminary values come before the final ones",
        at_least("publication_date", "prel_publication_date", told="prel_publication_date"),
        "a preliminary date on or before the final one",
        KPI_ASK,
        severity="warning",
    ),
)


# Rules K3xx of Kolada's catalogue of municipalities and regions.

MUNICIPALITY_ASK = "Look at the list in Kolada; if it is so there, tell the platform's maintainers."
MUNICIPALITIES = 290

_MUNICIPALITY = (
    Rule(
        "K301",
        "The id has four digits",
        of_form("municipality_id", "[0-9]{4}"),
        "four digits with leading zeros",
        MUNICIPALITY_ASK,
    ),
    Rule(
        "K302",
        "All municipalities of the country are there",
        one(
            "n || ' municipalities'",
            f"(select count(*) as n from candidate where type = 'K') where n <> {MUNICIPALITIES}",
        ),
        f"{MUNICIPALITIES}",
        "National means are over the municipalities that are there: find out which are missing or new.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
)


# Rules K4xx of Kolada's groups of municipalities.

MUNICIPALITY_GROUPS_ASK = "Look at the group in Kolada; if it is so there, tell the platform's maintainers."

_MUNICIPALITY_GROUPS = (
    Rule(
        "K401",
        "The group id is one of Kolada's",
        of_form("group_id", "G[0-9]+"),
        "G and digits",
        MUNICIPALITY_GROUPS_ASK,
    ),
    Rule(
        "K402",
        "The member is in the catalogue",
        rows(
            "member_id",
            "c.member_id not in (select municipality_id from catalogue_municipality) and exists (select 1 from catalogue_municipality)",
        ),
        "a unit of the catalogue of municipalities",
        MUNICIPALITY_GROUPS_ASK,
        severity="warning",
        checked="select count(*) from candidate where exists (select 1 from catalogue_municipality)",
    ),
)


# Rules K5xx of Kolada's catalogue of units below the municipality.

OU_ASK = "Look at the unit in Kolada; if it is so there, tell the platform's maintainers."

_OU = (
    Rule(
        "K501",
        "The unit's municipality is in the catalogue",
        rows(
            "municipality_id",
            "c.municipality_id not in (select municipality_id from catalogue_municipality) "
            "and exists (select 1 from catalogue_municipality)",
        ),
        "a unit of the catalogue of municipalities",
        OU_ASK,
        severity="warning",
        checked="select count(*) from candidate where exists (select 1 from catalogue_municipality)",
    ),
)


# Rules K6xx of Kolada's values. A load holds what changed, so totals are held against the log as a whole.

DATA_ASK = "Look at the value in Kolada; if it is so there, tell Kolada."
DATA_MAINTAINERS = "Tell the platform's maintainers: the client let through what is no value of a municipality."
KEY = "h.kpi_id = c.kpi_id and h.municipality_id = c.municipality_id and h.year = c.year"

_DATA = (
    Rule(
        "K601",
        "The unit id has four digits",
        of_form("municipality_id", "[0-9]{4}"),
        "a municipality, a region or Riket; groups are left out, their means are computed",
        DATA_MAINTAINERS,
    ),
    Rule(
        "K602",
        "The unit is in the catalogue",
        rows(
            "municipality_id",
            "c.municipality_id not in (select municipality_id from catalogue_municipality) "
            "and exists (select 1 from catalogue_municipality)",
        ),
        "a unit of the catalogue of municipalities",
        "Fetch the catalogue again; if the unit is new there, the next fetch is accepted.",
        checked="select count(*) from candidate where exists (select 1 from catalogue_municipality)",
    ),
    Rule(
        "K603",
        "The indicator is in the catalogue",
        rows(
            "kpi_id",
            "not c.is_deleted and c.kpi_id not in (select kpi_id from catalogue_kpi) and exists (select 1 from catalogue_kpi)",
        ),
        "an indicator of the catalogue",
        "Kolada may have withdrawn the indicator: look it up, and take it out of the followed ones.",
        severity="warning",
        checked="select count(*) from candidate where exists (select 1 from catalogue_kpi)",
    ),
    Rule(
        "K604",
        "The year is not beyond next year",
        rows("year", "c.year > date_part('year', i.received_on) + 1", "cross join info as i"),
        "a year up to the one after the fetch",
        DATA_MAINTAINERS,
    ),
    Rule(
        "K605",
        "A share is 0-100",
        rows(
            "value",
            "k.title ilike '%andel%(%\\%)%' escape '\\' and c.value not between 0 and 100",
            "join catalogue_kpi as k on k.kpi_id = c.kpi_id",
        ),
        "0-100 for an indicator whose title says that it is a share in per cent",
        DATA_ASK,
        severity="warning",
        checked="select count(*) from candidate join catalogue_kpi as k using (kpi_id) where k.title ilike '%andel%(%\\%)%' escape '\\'",
    ),
    Rule(
        "K606",
        "Women's and men's values come with the total",
        rows(
            "gender",
            "c.gender <> 'T' and not c.is_deleted and c.value is not null "
            f"and not exists (select 1 from candidate as h where h.gender = 'T' and {KEY}) "
            f"and not exists (select 1 from history as h where h.gender = 'T' and {KEY})",
        ),
        "a value of T beside those of K and M",
        DATA_ASK,
        severity="warning",
        checked="select count(*) from candidate where gender <> 'T'",
    ),
    Rule(
        "K607",
        "The status is known",
        in_set("status", ("", "Missing", "Private", "simulated")),
        "empty, Missing, Private; simulated in demonstrations",
        "Find out what Kolada means by it: the value is kept with its status as delivered.",
        severity="warning",
    ),
    Rule(
        "K608",
        "A withdrawn key has no value",
        rows("value", "c.is_deleted and c.value is not null"),
        "an empty value where isdeleted is true",
        DATA_ASK,
        severity="warning",
        checked="select count(*) from candidate where is_deleted",
    ),
    Rule(
        "K609",
        "A simulated value never replaces a real one",
        rows(
            "status",
            "c.status = 'simulated' and exists (select 1 from history as h "
            f"where coalesce(h.status, '') <> 'simulated' and h.value is not null and h.gender = c.gender and {KEY})",
        ),
        "simulated values only where Kolada has none",
        "Do not fetch demonstration values into a lake that holds real ones: use a separate folder.",
        checked="select count(*) from candidate where status = 'simulated'",
    ),
)


# Rules K7xx of the followed indicators that Kolada no longer has.

WITHDRAWN_MAINTAINERS = "Tell the platform's maintainers: the fetch wrote down what cannot be."

_WITHDRAWN = (
    Rule(
        "K701",
        "The indicator id is one of Kolada's",
        of_form("kpi_id", "[NU][0-9]{5}"),
        "N or U and five digits",
        WITHDRAWN_MAINTAINERS,
    ),
    Rule(
        "K702",
        "An indicator is gone before it is there again",
        at_least("withdrawn_until", "withdrawn_on"),
        "a day on or after the withdrawal",
        WITHDRAWN_MAINTAINERS,
        checked="select count(*) from candidate where withdrawn_until is not null",
    ),
)


RULES = {
    "kpi": _KPI,
    "municipality": _MUNICIPALITY,
    "municipality_groups": _MUNICIPALITY_GROUPS,
    "ou": _OU,
    "data": _DATA,
    "withdrawn": _WITHDRAWN,
}
"""By table."""
