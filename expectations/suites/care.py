"""The suites of care: the rules of its tables beside those that every table has."""

from expectations.rules import INFO, Rule, any_of, one
from expectations.standard import Open, at_least, filled, in_set, of_form, rows

# Rules CA1xx of the decisions: the order of their dates, which services belong to which law, what goes with what.

DECISIONS_SOURCE = "Correct the decision in the case system and deliver the year again."
GRANTED = "c.decision_type in ('bifall', 'delvis bifall')"
HAPPENED = ("application_date", "decision_date", "executed_date", "interrupted_date", "resumed_date", "closed_date")

# Relief, escort and contact person are given under both.
_SOL_ONLY = (
    "hemtjänst",
    "särskilt boende",
    "korttidsboende",
    "dagverksamhet",
    "trygghetslarm",
    "boendestöd",
    "matlådor",
    "övrig insats SoL",
)
_LSS_ONLY = (
    "gruppbostad",
    "servicebostad",
    "annan särskilt anpassad bostad",
    "daglig verksamhet",
    "personlig assistans",
    "korttidsvistelse",
    "korttidstillsyn",
)
_SFB_ONLY = ("personlig assistans SFB",)


def _listed(services: tuple[str, ...]) -> str:
    return ", ".join(f"'{service}'" for service in services)


def _elsewhere(law: str, services: tuple[str, ...]) -> str:
    """SQL: one of `services`, which only `law` knows, under another law."""
    return f"(c.law <> '{law}' and c.service in ({_listed(services)}))"


_DECISIONS = (
    Rule(
        "CA101",
        "The decision is not made before the application",
        at_least("decision_date", "application_date"),
        "a decision on or after the day of the application",
        DECISIONS_SOURCE,
        checked="select count(*) from candidate where decision_date is not null",
    ),
    Rule(
        "CA102",
        "The service is not given before the decision",
        at_least("executed_date", "decision_date"),
        "a first day on or after the day of the decision",
        DECISIONS_SOURCE,
        checked="select count(*) from candidate where executed_date is not null",
    ),
    Rule(
        "CA103",
        "The last valid day is not before the first",
        at_least("valid_to", "valid_from"),
        "a last day on or after the first",
        DECISIONS_SOURCE,
        checked="select count(*) from candidate where valid_to is not null",
    ),
    Rule(
        "CA104",
        "An interruption follows execution, and is followed by what resumed it",
        any_of(
            (
                rows("interrupted_date", "c.interrupted_date < coalesce(c.executed_date, date '9999-12-31')"),
                rows("resumed_date", "c.resumed_date < coalesce(c.interrupted_date, date '9999-12-31')"),
            )
        ),
        "executed, then interrupted, then resumed",
        DECISIONS_SOURCE,
        checked="select count(*) from candidate where interrupted_date is not null or resumed_date is not null",
    ),
    Rule(
        "CA105",
        "The case is not closed before the application or the first day of the service",
        rows("closed_date", "c.closed_date < greatest(c.application_date, c.executed_date)"),
        "a closing day on or after all that was done",
        DECISIONS_SOURCE,
        checked="select count(*) from candidate where closed_date is not null",
    ),
    Rule(
        "CA106",
        "Only what was granted is executed",
        rows("decision_type", f"c.executed_date is not null and not coalesce({GRANTED}, false)"),
        "bifall or delvis bifall where there is a first day of the service",
        DECISIONS_SOURCE,
        checked="select count(*) from candidate where executed_date is not null",
    ),
    Rule(
        "CA107",
        "Outcome and day of the decision go together",
        any_of(
            (
                rows("decision_date", "c.decision_type is not null and c.decision_date is null"),
                rows("decision_type", "c.decision_date is not null and c.decision_type is null"),
            )
        ),
        "both, or neither while the investigation goes on",
        DECISIONS_SOURCE,
    ),
    Rule(
        "CA108",
        "The service belongs to the law",
        any_of(
            (
                rows(
                    "service",
                    " or ".join(
                        (_elsewhere("SoL", _SOL_ONLY), _elsewhere("LSS", _LSS_ONLY), _elsewhere("SFB", _SFB_ONLY))
                    ),
                ),
                rows("law", f"c.law = 'SFB' and c.service not in ({_listed(_SFB_ONLY)})"),
            )
        ),
        "services of LSS under LSS, of SoL under SoL, assistance allowance under SFB",
        "Correct the law or the service in the case system and deliver the year again.",
    ),
    Rule(
        "CA109",
        "A reason for closing goes with a closing day",
        rows("end_reason", "c.end_reason is not null and c.closed_date is null"),
        "no reason while the case is open",
        DECISIONS_SOURCE,
    ),
    Rule(
        "CA110",
        "The decision was open in the year",
        any_of(
            (
                rows("application_date", "c.application_date > i.month_end", INFO),
                rows("closed_date", "c.closed_date < i.month_start", INFO),
            )
        ),
        "a case applied for by the end of {period} and not closed before it",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
    Rule(
        "CA111",
        "Nothing has happened after the delivery",
        any_of(rows(name, f"c.{name} > i.received_on", INFO) for name in HAPPENED),
        "a day on or before the day of the delivery",
        DECISIONS_SOURCE,
    ),
    Rule(
        "CA112",
        "The unit is known",
        in_set("unit", Open("units")),
        "a unit of the municipality's configuration",
        "Correct the id in the case system's export, or add it to the municipality's configuration.",
        checked="select count(*) from candidate where unit is not null",
    ),
    Rule(
        "CA113",
        "The act is named by its number",
        of_form("law_version", "[0-9]{4}:[0-9]{1,4}"),
        "a number in the statute book, as 2001:453",
        "Correct the act in the case system's export and deliver the year again.",
    ),
    Rule(
        "CA114",
        "The paying municipality is one",
        of_form("paying_municipality", "[0-9]{4}"),
        "four digits",
        DECISIONS_SOURCE,
        checked="select count(*) from candidate where paying_municipality is not null",
    ),
    Rule(
        "CA115",
        "Granted homecare has its hours",
        rows("hours_per_month", f"c.service = 'hemtjänst' and {GRANTED} and c.hours_per_month is null"),
        "granted hours a month",
        "Deliver the hours: without them the granted hours are too few.",
        severity="warning",
        checked=f"select count(*) from candidate as c where c.service = 'hemtjänst' and {GRANTED}",
    ),
)


# Rules CA2xx of the offers. Decisions are taken in first, so that offers can be held against them.

OFFERS_SOURCE = "Correct the offer in the case system and deliver the year again."
OFFERS_KNOWN = (
    "join (select decision_id, max(application_date) as application_date, max(service) as service "
    "from decisions group by decision_id) as d using (decision_id)"
)

_OFFERS = (
    Rule(
        "CA201",
        "The offer's decision is among the decisions in force",
        rows(
            "decision_id",
            "not exists (select 1 from decisions as d where d.decision_id = c.decision_id) and exists (select 1 from decisions)",
        ),
        "a decision of an accepted decisions extract",
        "Deliver decisions and offers of the same year, made at the same time.",
        checked="select count(*) from candidate where exists (select 1 from decisions)",
    ),
    Rule(
        "CA202",
        "The year's decisions are there to compare with",
        one(
            "'no decisions of ' || i.period",
            "info as i where not exists (select 1 from decisions as d where d.year = i.period)",
        ),
        "accepted decisions of {period}",
        "Deliver the decisions of the year: until then nobody can tell what was offered on what.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "CA203",
        "Nobody is to move in before the offer",
        at_least("offered_move_in_date", "offer_made_date"),
        "a move-in day on or after the day of the offer",
        OFFERS_SOURCE,
    ),
    Rule(
        "CA204",
        "The offer is not made before the application",
        rows("offer_made_date", "c.offer_made_date < d.application_date", OFFERS_KNOWN),
        "an offer on or after the day of the application",
        OFFERS_SOURCE,
        checked="select count(*) from candidate where decision_id in (select decision_id from decisions)",
    ),
    Rule(
        "CA205",
        "The offer was made by the end of the year, and by the delivery",
        rows("offer_made_date", "c.offer_made_date > least(i.month_end, i.received_on)", INFO),
        "a day on or before the last of {period}, and on or before the day of the delivery",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
    Rule(
        "CA206",
        "A dwelling is offered on a decision about one",
        rows(
            "decision_id",
            "d.service not in ('särskilt boende', 'korttidsboende', 'gruppbostad', 'servicebostad', 'annan särskilt anpassad bostad')",
            OFFERS_KNOWN,
        ),
        "a decision about housing",
        OFFERS_SOURCE,
        severity="warning",
        checked="select count(*) from candidate where decision_id in (select decision_id from decisions)",
    ),
)


# Rules CA3xx of the follow-ups. Decisions are taken in first, so that follow-ups can be held against them.

FOLLOW_UPS_SOURCE = "Correct the follow-up in the case system and deliver the year again."
FOLLOW_UPS_KNOWN = (
    "join (select decision_id, max(coalesce(decision_date, application_date)) as made_on "
    "from decisions group by decision_id) as d using (decision_id)"
)

_FOLLOW_UPS = (
    Rule(
        "CA301",
        "The follow-up's decision is among the decisions in force",
        rows(
            "decision_id",
            "not exists (select 1 from decisions as d where d.decision_id = c.decision_id) and exists (select 1 from decisions)",
        ),
        "a decision of an accepted decisions extract",
        "Deliver decisions and follow-ups of the same year, made at the same time.",
        checked="select count(*) from candidate where exists (select 1 from decisions)",
    ),
    Rule(
        "CA302",
        "The year's decisions are there to compare with",
        one(
            "'no decisions of ' || i.period",
            "info as i where not exists (select 1 from decisions as d where d.year = i.period)",
        ),
        "accepted decisions of {period}",
        "Deliver the decisions of the year: until then nobody can tell what was followed up.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 1",
    ),
    Rule(
        "CA303",
        "A decision is not followed up before it is made",
        rows("followup_date", "c.followup_date < d.made_on", FOLLOW_UPS_KNOWN),
        "a day on or after the day of the decision",
        FOLLOW_UPS_SOURCE,
        checked="select count(*) from candidate where decision_id in (select decision_id from decisions)",
    ),
    Rule(
        "CA304",
        "The follow-up was made by the end of the year, and by the delivery",
        rows("followup_date", "c.followup_date > least(i.month_end, i.received_on)", INFO),
        "a day on or before the last of {period}, and on or before the day of the delivery",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
)


# Rules CA4xx of the visits: when they started, whom they were made to, and that a day has its hours.

VISITS_SOURCE = "Correct the visit in the planning system and deliver the month again."
STARTED = "try_strptime(c.started_at, '%Y-%m-%d %H:%M')"

_VISITS = (
    Rule(
        "CA401",
        "The start is a day and a time",
        rows("started_at", f"{STARTED} is null or length(c.started_at) <> 16"),
        "YYYY-MM-DD HH:MM",
        "Deliver the start as day and time of day, without seconds.",
    ),
    Rule(
        "CA402",
        "The visit started in the month",
        rows("started_at", f"cast({STARTED} as date) not between i.month_start and i.month_end", INFO),
        "a start in {period}",
        "Check that the rows are of this month and not another month's under its name; then deliver the month again.",
    ),
    Rule(
        "CA403",
        "A visit has one client and one start",
        rows(
            "visit_id",
            "c.visit_id in (select visit_id from candidate group by visit_id "
            "having count(distinct person_id) > 1 or count(distinct started_at) > 1)",
        ),
        "one client and one start per visit; several members of staff are several rows",
        VISITS_SOURCE,
    ),
    Rule(
        "CA404",
        "A performed visit took some time",
        rows("minutes", "c.minutes = 0 and not c.is_planned_only"),
        "at least a minute, or ej_utford = ja",
        VISITS_SOURCE,
        severity="warning",
        checked="select count(*) from candidate where not is_planned_only",
    ),
    Rule(
        "CA405",
        "No member of staff has more hours than the day",
        rows(
            "staff_id",
            "(c.staff_id, substr(c.started_at, 1, 10)) in (select (staff_id, substr(started_at, 1, 10)) from candidate "
            "where not is_planned_only group by staff_id, substr(started_at, 1, 10) having sum(minutes) > 1440)",
        ),
        "at most 24 hours a day",
        "Check that every member of staff has a number of his or her own in the planning system; then deliver the month again.",
    ),
)


# Rules CA5xx of the patients.

_PATIENTS = (
    Rule(
        "CA501",
        "The patient was born by the end of the year",
        rows("birth_month", "c.birth_month > i.month_end", INFO),
        "a month of birth on or before the last of {period}",
        "Check the personnummer in the record system and deliver the year again.",
    ),
    Rule(
        "CA502",
        "Municipal primary care has patients of all three professions",
        "select cast(null as bigint) as source_row, 'profession' as column_name, 'no rows of ' || p.profession as found "
        "from (values ('sjuksköterska'), ('arbetsterapeut'), ('fysioterapeut')) as p (profession) "
        "where p.profession not in (select profession from candidate)",
        "rows of sjuksköterska, arbetsterapeut and fysioterapeut",
        "Check that the extract holds all professions: the number of patients is too low without one.",
        severity="warning",
        kind="total",
        tells="statement",
        checked="select 3",
    ),
)


# Rules CA6xx of the places.

PLACES_SOURCE = "Correct the place in the planning of dwellings and deliver the year again."

_PLACES = (
    Rule(
        "CA601",
        "The place is not given up before it was there",
        at_least("available_to", "available_from"),
        "a last day on or after the first",
        PLACES_SOURCE,
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
        in_set("unit", Open("units")),
        "a unit of the municipality's configuration",
        "Correct the id in the export, or add it to the municipality's configuration.",
        checked="select count(*) from candidate where unit is not null",
    ),
    Rule(
        "CA604",
        "Only places for the elderly have an orientation",
        rows("orientation", "c.orientation is not null and c.housing not in ('särskilt boende', 'korttidsboende')"),
        "no orientation of housing under LSS",
        PLACES_SOURCE,
        checked="select count(*) from candidate where orientation is not null",
    ),
    Rule(
        "CA605",
        "It is known who provides the place",
        filled("provider"),
        "egen regi, privat or externt köpt",
        "Give the provider: a place without one is not counted among those bought elsewhere.",
        severity="warning",
    ),
)


# Rules CA7xx of the steps out of a service.

TRANSITIONS_SOURCE = "Correct the step in the case system and deliver the year again."

_TRANSITIONS = (
    Rule(
        "CA701",
        "The step does not end before it begins",
        at_least("ended_on", "started_on"),
        "a last day on or after the first",
        TRANSITIONS_SOURCE,
        checked="select count(*) from candidate where ended_on is not null",
    ),
    Rule(
        "CA702",
        "The step lies in the year",
        any_of(
            (
                rows("started_on", "c.started_on > i.month_end", INFO),
                rows("ended_on", "c.ended_on < i.month_start", INFO),
            )
        ),
        "a step with some day in {period}",
        "Check that the rows are of this year and not another year's under its name; then deliver the year again.",
    ),
    Rule(
        "CA703",
        "Nothing has begun after the delivery",
        rows("started_on", "c.started_on > i.received_on", INFO),
        "a day on or before the day of the delivery",
        TRANSITIONS_SOURCE,
    ),
)


RULES = {
    "decisions": _DECISIONS,
    "offers": _OFFERS,
    "follow_ups": _FOLLOW_UPS,
    "visits": _VISITS,
    "patients": _PATIENTS,
    "places": _PLACES,
    "transitions": _TRANSITIONS,
}
"""By table."""
