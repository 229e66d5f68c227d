"""Rules K6xx of Kolada's values. A load holds what changed, so totals are held against the log as a whole."""

from expectations.rules import Rule, rows

ASK = "Look at the value in Kolada; if it is so there, tell Kolada."
MAINTAINERS = "Tell the platform's maintainers: the client let through what is no value of a municipality."
KEY = "h.kpi_id = c.kpi_id and h.municipality_id = c.municipality_id and h.year = c.year"

RULES = (
    Rule(
        "K601",
        "The unit id has four digits",
        rows("municipality_id", "not regexp_full_match(c.municipality_id, '[0-9]{4}')"),
        "a municipality, a region or Riket; groups are left out, their means are computed",
        MAINTAINERS,
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
        rows("kpi_id", "not c.is_deleted and c.kpi_id not in (select kpi_id from catalogue_kpi) and exists (select 1 from catalogue_kpi)"),
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
        MAINTAINERS,
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
        ASK,
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
        ASK,
        severity="warning",
        checked="select count(*) from candidate where gender <> 'T'",
    ),
    Rule(
        "K607",
        "The status is known",
        rows("status", "c.status not in ('', 'Missing', 'Private', 'simulated')"),
        "empty, Missing, Private; simulated in demonstrations",
        "Find out what Kolada means by it: the value is kept with its status as delivered.",
        severity="warning",
    ),
    Rule(
        "K608",
        "A withdrawn key has no value",
        rows("value", "c.is_deleted and c.value is not null"),
        "an empty value where isdeleted is true",
        ASK,
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
