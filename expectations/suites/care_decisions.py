"""Rules CA1xx of the decisions: the order of their dates, which services belong to which law, what goes with what."""

from expectations.rules import Rule, any_of, rows

INFO = "cross join info as i"
SOURCE = "Correct the decision in the case system and deliver the year again."
GRANTED = "c.decision_type in ('bifall', 'delvis bifall')"
HAPPENED = ("application_date", "decision_date", "executed_date", "interrupted_date", "resumed_date", "closed_date")

# Relief, escort and contact person are given under both.
_SOL_ONLY = (
    "hemtjänst", "särskilt boende", "korttidsboende", "dagverksamhet", "trygghetslarm", "boendestöd", "matlådor", "övrig insats SoL",
)  # fmt: skip
_LSS_ONLY = (
    "gruppbostad", "servicebostad", "annan särskilt anpassad bostad", "daglig verksamhet", "personlig assistans", "korttidsvistelse",
    "korttidstillsyn",
)  # fmt: skip
_SFB_ONLY = ("personlig assistans SFB",)


def _listed(services: tuple[str, ...]) -> str:
    return ", ".join(f"'{service}'" for service in services)


def _elsewhere(law: str, services: tuple[str, ...]) -> str:
    """SQL: one of `services`, which only `law` knows, under another law."""
    return f"(c.law <> '{law}' and c.service in ({_listed(services)}))"


RULES = (
    Rule(
        "CA101",
        "The decision is not made before the application",
        rows("decision_date", "c.decision_date < c.application_date"),
        "a decision on or after the day of the application",
        SOURCE,
        checked="select count(*) from candidate where decision_date is not null",
    ),
    Rule(
        "CA102",
        "The service is not given before the decision",
        rows("executed_date", "c.executed_date < c.decision_date"),
        "a first day on or after the day of the decision",
        SOURCE,
        checked="select count(*) from candidate where executed_date is not null",
    ),
    Rule(
        "CA103",
        "The last valid day is not before the first",
        rows("valid_to", "c.valid_to < c.valid_from"),
        "a last day on or after the first",
        SOURCE,
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
        SOURCE,
        checked="select count(*) from candidate where interrupted_date is not null or resumed_date is not null",
    ),
    Rule(
        "CA105",
        "The case is not closed before the application or the first day of the service",
        rows("closed_date", "c.closed_date < greatest(c.application_date, c.executed_date)"),
        "a closing day on or after all that was done",
        SOURCE,
        checked="select count(*) from candidate where closed_date is not null",
    ),
    Rule(
        "CA106",
        "Only what was granted is executed",
        rows("decision_type", f"c.executed_date is not null and not coalesce({GRANTED}, false)"),
        "bifall or delvis bifall where there is a first day of the service",
        SOURCE,
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
        SOURCE,
    ),
    Rule(
        "CA108",
        "The service belongs to the law",
        any_of(
            (
                rows("service", " or ".join((_elsewhere("SoL", _SOL_ONLY), _elsewhere("LSS", _LSS_ONLY), _elsewhere("SFB", _SFB_ONLY)))),
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
        SOURCE,
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
        SOURCE,
    ),
    Rule(
        "CA112",
        "The unit is known",
        rows("unit", "c.unit not in (select unit from known_units)"),
        "a unit of the municipality's configuration",
        "Correct the id in the case system's export, or add it to the municipality's configuration.",
        checked="select count(*) from candidate where unit is not null",
    ),
    Rule(
        "CA113",
        "The act is named by its number",
        rows("law_version", "not regexp_full_match(c.law_version, '[0-9]{4}:[0-9]{1,4}')"),
        "a number in the statute book, as 2001:453",
        "Correct the act in the case system's export and deliver the year again.",
    ),
    Rule(
        "CA114",
        "The paying municipality is one",
        rows("paying_municipality", "not regexp_full_match(c.paying_municipality, '[0-9]{4}')"),
        "four digits",
        SOURCE,
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
