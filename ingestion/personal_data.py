"""The register of personal data: every column that may leave ingestion, and of those on persons why it is kept and what becomes of it.

Belongs here: the register and its enforcement (`check_columns`: where candidates are written and where loads are accepted); the page
`docs/personal-data.md` that is written from it (`genomlysning generate`; a test sees that it is up to date). Does not belong here:
how a column is typed (`contracts`), how rows are erased (`erasure`, `retention`).

The register names the columns a second time, on purpose: a column that somebody adds to a contract goes nowhere until somebody has
said here whose data it is and what for. A classification beside each column of the contracts would get a default, and a default is
what nobody has thought about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ingestion.contracts import Column, Kind, Table, tables
from ingestion.failures import PermanentFailure

RETENTION_MONTHS = 25
"""How long rows on persons are kept after the end of the period that they describe, unless the board has decided otherwise."""

BOOKKEEPING = frozenset({"source_row", "load_id"})


class Treatment(StrEnum):
    """What becomes of a personal field on its way into the lake."""

    PSEUDONYM = "the personnummer becomes a keyed hash before anything is written"
    DERIVED = "derived from the personnummer before it is forgotten"
    NUMBER = "kept as delivered: the source system's own number, which only that system can turn into a person"
    DAY = "kept as delivered: a day or a moment in a person's life"
    KEPT = "kept as delivered"
    DROPPED = "read, checked and left behind; never written"


SINGLES_OUT = (Treatment.PSEUDONYM, Treatment.NUMBER, Treatment.DAY)
"""What may never be in a publication: alone or with one column more it points at one person."""


@dataclass(frozen=True)
class Field:
    """One personal field. name: in the lake (of a dropped one: in the contract). purpose: what it is needed for."""

    name: str
    treatment: Treatment
    purpose: str


@dataclass(frozen=True)
class Processing:
    """One table in the register.

    subjects: whose data (empty: no rows on persons; then `note` says why, and what else could point at somebody). secrecy: the
    chapters of OSL that cover it. fields: those on persons. other: columns that say nothing of a person by themselves.
    """

    table: str
    subjects: str
    secrecy: str
    fields: tuple[Field, ...]
    other: tuple[str, ...]
    note: str = ""

    @property
    def holds_persons(self) -> bool:
        """Whether a row is of one person."""
        return bool(self.subjects)


class ColumnNotRegistered(PermanentFailure):
    """A column would leave ingestion that the register of personal data does not list. A fault of the platform, not of the delivery."""


STAFF = "staff of the board"
CLIENTS = "people who receive, have applied for or have been refused a service"
PSEUDONYM, DERIVED, NUMBER, DAY, KEPT, DROPPED = (
    Treatment.PSEUDONYM, Treatment.DERIVED, Treatment.NUMBER, Treatment.DAY, Treatment.KEPT, Treatment.DROPPED,
)  # fmt: skip
STAFF_SECRECY, CARE_SECRECY, HEALTH_SECRECY = "39 kap.", "26 kap.", "25 kap."
NAME = Field("name", DROPPED, "none: extracts hold it, the platform does not need it")
GENDER = Field("gender", DERIVED, "figures by sex")
MONTHLY, YEARLY = ("municipality_id", "period"), ("municipality_id", "year")


def _person(purpose: str, age: str) -> tuple[Field, ...]:
    return (Field("person_id", PSEUDONYM, purpose), GENDER, Field("birth_month", DERIVED, age))


def _kept(purpose: str, *names: str, treatment: Treatment = KEPT) -> tuple[Field, ...]:
    return tuple(Field(name, treatment, purpose) for name in names)


PROCESSINGS = (
    Processing(
        "hr_employments", STAFF, STAFF_SECRECY,
        (*_person("headcount, turnover and staff continuity: one person has several employments, over months and boards",
                  "age groups and mean age of the staff"),
         Field("employment_id", NUMBER, "joins absences and hours to the employment"), NAME,
         *_kept("staff groups of the figures", "title", "aid_code"),
         *_kept("figures by department and unit", "department", "unit", "cost_centre"),
         *_kept("forms of employment, degree of employment, full-time equivalents", "employment_form", "pay_form", "degree",
                "full_time_hours"),
         *_kept("who was employed on which day; hirings and leavers", "start_date", "end_date", treatment=DAY),
         *_kept("turnover without pensions and deaths", "leave_reason"), *_kept("staff per manager", "is_manager")),
        MONTHLY,
    ),
    Processing(
        "hr_absences", STAFF, STAFF_SECRECY,
        (Field("spell_id", NUMBER, "tells spells apart; a corrected one replaces itself"),
         Field("employment_id", NUMBER, "joins the spell to the employment"),
         *_kept("sick leave (health data, GDPR art. 9): total, by group and by length of spell", "absence_type", "degree", "hours"),
         *_kept("length of the spell", "start_date", "end_date", treatment=DAY)),
        MONTHLY,
    ),
    Processing(
        "hr_time_records", STAFF, STAFF_SECRECY,
        (Field("employment_id", NUMBER, "joins the hours to the employment"),
         *_kept("ordinary time under sick leave; hourly-paid, additional and overtime work", "scheduled_hours", "worked_hours",
                "hourly_paid_hours", "additional_hours", "overtime_hours")),
        MONTHLY,
    ),
    Processing(
        "hr_other_employments", "permanent staff of the municipality's other boards", STAFF_SECRECY,
        (*_person("tells who left the municipality from who changed board", "none by itself: comes with every personnummer"),
         Field("employment_id", NUMBER, "tells employments apart"), *_kept("permanent employments only", "employment_form"),
         *_kept("who was employed on which day", "start_date", "end_date", treatment=DAY)),
        MONTHLY,
    ),
    Processing(
        "ledger_transactions", "", "",
        (Field("text", DROPPED, "none: voucher texts name clients and placements"),),
        ("municipality_id", "period", "voucher_series", "voucher", "voucher_row", "posting_date", "accounting_period", "account",
         "cost_centre", "activity", "sub_activity", "project", "counterparty", "is_internal", "amount"),
        "Transactions of the board. A sole trader's organisation number is a personnummer, so the counterparty is a code and a "
        "personnummer in any cell refuses the delivery; the employee dimension of SIE files (7) is never read.",
    ),
    Processing(
        "ledger_forecast", "", "",
        (Field("author", DROPPED, "none: who made the forecast is known where it was made"),),
        ("municipality_id", "period", "department", "line_id", "made_on", "amount"),
        "Money by department and line.",
    ),
    Processing(
        "care_decisions", CLIENTS, CARE_SECRECY,
        (*_person("people with a service, waiting and not executed decisions: one person has several decisions, over years",
                  "services by age group"),
         Field("decision_id", NUMBER, "joins offers and follow-ups to the decision; the later year's row is the truth about it"), NAME,
         *_kept("which law and service the figure is of (GDPR art. 9)", "law", "law_version", "service"),
         *_kept("granted, partly granted and refused; new and renewed", "decision_type", "is_renewal"),
         *_kept("waiting time, execution within three months, running services on a day", "application_date", "decision_date", "valid_from",
                "valid_to", "executed_date", "interrupted_date", "resumed_date", "closed_date", treatment=DAY),
         *_kept("why a decision ended or waits (report to IVO)", "end_reason", "waiting_reason"),
         *_kept("figures by unit and provider", "unit", "provider"), *_kept("granted hours", "hours_per_month"),
         *_kept("services that another municipality pays for", "paying_municipality")),
        YEARLY,
    ),
    Processing(
        "care_offers", CLIENTS, CARE_SECRECY,
        (Field("decision_id", NUMBER, "joins the offer to the decision"),
         *_kept("waiting time to the first offer", "offer_made_date", "offered_move_in_date", treatment=DAY),
         *_kept("declined offers", "reply")),
        YEARLY,
    ),
    Processing(
        "care_follow_ups", CLIENTS, CARE_SECRECY,
        (Field("decision_id", NUMBER, "joins the follow-up to the decision"),
         *_kept("decisions followed up in time", "followup_date", treatment=DAY), *_kept("follow-up or reassessment", "kind")),
        YEARLY,
    ),
    Processing(
        "care_visits", f"{CLIENTS}; {STAFF} and of private providers", f"{CARE_SECRECY}, {STAFF_SECRECY}",
        (*_person("staff continuity: how many of the staff a client meets in a fortnight", "continuity by age group"),
         Field("visit_id", NUMBER, "tells visits apart; double staffing is one visit in two rows"),
         Field("staff_id", NUMBER, "staff continuity: different members of staff are counted, nobody is followed"),
         *_kept("the fortnight measured, the time of day", "started_at", treatment=DAY), *_kept("performed time", "minutes"),
         *_kept("own and private provision", "provider"), *_kept("which visits count", "is_planned_only", "kind")),
        MONTHLY,
    ),
    Processing(
        "care_patients", "patients of municipal primary care", HEALTH_SECRECY,
        (*_person("patients, each once whatever the number of professions", "patients by age group"),
         *_kept("patients and measures by profession (health data, GDPR art. 9)", "profession", "measures")),
        YEARLY,
    ),
    Processing(
        "care_transitions", "people in daily activities or group housing (LSS)", CARE_SECRECY,
        (*_person("people who took a step, each once", "none by itself: comes with every personnummer"),
         *_kept("which step was taken from where", "kind", "provider"),
         *_kept("steps of the year that lasted", "started_on", "ended_on", treatment=DAY)),
        YEARLY,
    ),
    Processing(
        "survey_pulse", STAFF, STAFF_SECRECY,
        (Field("respondent_id", NUMBER, "tells answers apart where the supplier delivers them one by one; never a personnummer"),
         *_kept("the index of each unit and department", "department", "unit", "answer", "answers", "invited")),
        ("municipality_id", "year", "quarter", "question_id", "question_version", "question", "indicator_id"),
    ),
    Processing(
        "survey_patients", "patients of municipal primary care", HEALTH_SECRECY,
        (Field("respondent_id", NUMBER, "tells answers apart; the survey's own number, never a personnummer"),
         *_kept("answers by sex and age group", "gender", "age_band"),
         *_kept("index of person-centredness", *(f"item_{number}" for number in range(1, 13)), "satisfaction")),
        ("municipality_id", "year", "instrument"),
    ),
    Processing(
        "work_environment_reports", f"{STAFF} who reported an injury or an incident", STAFF_SECRECY,
        (Field("report_id", NUMBER, "tells reports apart"),
         *_kept("reports of the year, by month", "occurred_on", "reported_on", treatment=DAY),
         *_kept("injuries and incidents by category (health data, GDPR art. 9)", "type", "category"),
         *_kept("figures by department and unit", "department", "unit")),
        ("municipality_id", "year", "extracted_on"),
    ),
    Processing(
        "training_participants", f"{STAFF} in training or with a commission", STAFF_SECRECY,
        (*_person("people trained, each once, who are still employed", "none by itself: comes with every personnummer"), NAME,
         *_kept("people by programme, education and commission", "programme", "education", "role", "funded_by"),
         *_kept("who took part on which day", "started_on", "ended_on", treatment=DAY)),
        YEARLY,
    ),
    Processing(
        "support_need_measurements", "people with support under LSS or SoL", CARE_SECRECY,
        (*_person("people measured, each with the latest measurement", "measured need by age group"),
         *_kept("support need by unit and service (health data, GDPR art. 9)", "unit", "service", "level", "points"),
         *_kept("the latest measurement of the year", "measured_on", treatment=DAY)),
        YEARLY,
    ),
    Processing(
        "goals_judgements", "", "", _kept("who answers for the judgement; a body or a role", "decided_by"),
        ("municipality_id", "year", "goal_id", "judgement", "decided_on", "reason"), "Judgements of goals. Texts name no clients.",
    ),
    Processing(
        "local_counts_counts", "", "", _kept("who answers for the count; a role", "counted_by"),
        ("municipality_id", "year", "indicator", "unit_type", "number", "per"), "Counts kept by hand, of units and agreements.",
    ),
    *(
        Processing(table, "", "", (), other, note)
        for table, note, other in (
            ("kolada_kpi", "Kolada's catalogue.",
             ("kpi_id", "title", "description", "is_divided_by_gender", "municipality_type", "auspice", "operating_area", "perspective",
              "prel_publication_date", "publication_date", "publication_period", "has_ou_data")),
            ("kolada_municipality", "Kolada's catalogue.", ("municipality_id", "title", "type")),
            ("kolada_municipality_groups", "Kolada's catalogue.", ("group_id", "group_title", "member_id", "member_title")),
            ("kolada_ou", "Kolada's catalogue of units.", ("ou_id", "title", "municipality_id")),
            ("kolada_withdrawn", "Indicators that Kolada no longer has.", ("kpi_id", "withdrawn_on", "withdrawn_until")),
            ("kolada_data", "Published figures of municipalities.",
             ("kpi_id", "municipality_id", "year", "gender", "value", "count", "status", "is_deleted")),
            ("ledger_control_totals", "Sums of the ledger.",
             ("municipality_id", "period", "accounting_period", "account_class", "row_count", "amount")),
            ("ledger_budget", "Money by account and cost centre.",
             ("municipality_id", "year", "version", "month", "account", "cost_centre", "activity", "amount")),
            ("care_places", "Places and dwellings, not who lives in them.",
             ("municipality_id", "year", "place_id", "housing", "orientation", "unit", "provider", "available_from", "available_to")),
            ("survey_users", "Answers counted by unit and sex; small groups are suppressed in what is published.",
             ("municipality_id", "year", "unit", "service", "indicator_id", "question_version", "question", "gender", "n_answers",
              "n_positive", "invited")),
            ("work_environment_inspections", "Inspections by the authority.",
             ("municipality_id", "year", "inspection_id", "inspected_on", "type", "topic", "outcome")),
            ("region_report_figures", "Published figures of municipalities.",
             ("municipality_id", "year", "scope", "member_id", "indicator", "specialisation", "staff_group", "value", "n", "weighting")),
            ("kpb_services", "Users counted by service.",
             ("municipality_id", "year", "service", "users", "cost", "mean_cost_per_user", "mean_users", "sfb_income")),
            ("homecare_index_results", "Published figures of municipalities.",
             ("municipality_id", "year", "part", "value", "national_mean", "place", "municipalities")),
            ("goals_goals", "Adopted goals.",
             ("municipality_id", "year", "goal_id", "goal_order", "kind", "council_goal", "goal", "agenda_2030")),
            ("goals_indicators", "Targets of goals.",
             ("municipality_id", "year", "goal_id", "row_order", "indicator_id", "org_unit", "breakdown", "quarter", "label", "target_kind",
              "target", "target_low", "target_high", "direction", "statutory_limit", "footnote")),
            ("goals_measures", "Decided measures; whoever owns one is named by role.",
             ("municipality_id", "year", "measure_id", "row_order", "horizon", "area", "description", "expected_effect", "effect_label",
              "effect_amount", "effect_percent", "owner_role", "started_on", "indicator_id", "follow_up", "outcome")),
            ("internal_control_controls", "Controls of the plan: counts of what was controlled; whoever reviews is named by role.",
             ("municipality_id", "year", "control_id", "row_order", "risk", "risk_description", "control", "label", "decision_type", "law",
              "period_start", "period_end", "method", "reviewer_role", "population", "sample_n", "fulfilled_n", "sample_label",
              "threshold_kind", "indicator_id", "breakdown", "judgement", "result_text", "action")),
            ("providers_follow_ups", "Follow-ups of contracts; providers are companies, a personnummer in any text refuses the delivery.",
             ("municipality_id", "year", "follow_up_id", "row_order", "contract", "legal_basis", "subject", "is_fulfilled", "finding",
              "impact", "action", "min_months")),
            ("grants_grants", "Grants by kind.",
             ("municipality_id", "year", "grant_id", "row_order", "grant_type", "grant_name", "payer", "applied", "awarded", "received",
              "recognised", "deferred", "repaid")),
            ("grants_passed_on", "Grants passed on to associations and companies.",
             ("municipality_id", "year", "grant_id", "recipient", "amount")),
            ("investments_postings", "Money by category.",
             ("municipality_id", "year", "month", "category_group", "category_id", "category", "project", "flow", "measure", "amount")),
            ("forecasts_occasions", "Adopted forecasts; whoever wrote one is named by role.",
             ("municipality_id", "year", "occasion", "month", "version", "adopted_on", "paragraph", "author_role", "comment")),
            ("population_inhabitants", "Inhabitants counted by age and sex.", ("municipality_id", "year", "age", "gender", "population")),
        )
    ),
)  # fmt: skip


def processing(table: Table) -> Processing | None:
    """The table's place in the register; None if nobody has put it there."""
    return next((one for one in PROCESSINGS if one.table == table.full_name), None)


def holds_persons(table: Table) -> bool:
    """Whether the table's rows are on persons; a table that is not in the register is taken to be."""
    found = processing(table)
    return found is None or found.holds_persons


def check_columns(table: Table, columns: Iterable[str]) -> None:
    """Raise ColumnNotRegistered unless the register lists each of `columns` of the table as one that may be kept."""
    found = processing(table)
    listed = set() if found is None else {field.name for field in found.fields if field.treatment is not DROPPED} | set(found.other)
    if unlisted := sorted(set(columns) - listed - BOOKKEEPING):
        raise ColumnNotRegistered(
            f"{table.full_name}: {', '.join(unlisted)} not in the register of personal data (ingestion/personal_data.py), so nothing of "
            "the table was written. Say there whose data it is and what it is needed for, or take it out of the contract."
        )


def never_published() -> frozenset[str]:
    """Names of columns that no publication may have: what singles out a person, and the month of birth."""
    return frozenset({"birth_month"} | {field.name for one in PROCESSINGS for field in one.fields if field.treatment in SINGLES_OUT})


_OPENING = f"""# Personal data

Every field on a person that the platform reads: what it is needed for, where it is read, what becomes of it, who can see it and when it
is erased. Fit for the register of processing (GDPR art. 30); each board is the controller of its own. Written from the register that the
platform enforces by `genomlysning generate`: **a column that is not listed here cannot leave
ingestion**; the delivery of a table with one is not taken in until the register says what it is for.

- **Where a field is read**: in one place, `ingestion/delivery.py`, from a file in `inbox/`. Personnummer, names and free texts exist in
  the memory of that step alone.
- **What becomes of a personnummer**: sex and month of birth are derived, then a hash keyed with the installation's secret takes its place.
  Pseudonymised rows are still personal data, and still secret.
- **Names** have columns of their own, which are left behind. A name in a column of codes, titles or roles refuses the delivery (G115): a
  number has a digit, an id in words no capital and no blank, a title its capital first only. Two things no rule can tell: one surname
  in small letters where an id in words belongs (departments and units have lists; projects and goals have none), and a name within the
  sentences of plans and follow-ups, which are in tables without rows on persons. Whoever delivers those answers for them.
- **The delivered file** leaves the inbox when it is accepted: removed, or kept encrypted where the operators chose that. A refused file
  stays in `rejected/`, for operators only, until it is released or its time is over.
- **Who can see rows**: operators, in `lake/` and `build/`. Analysts and readers get figures only (`published/`, `reports/`): a column
  marked *never published* stops the publication, and small groups are suppressed.
- **When rows are erased**: {RETENTION_MONTHS} months after the end of the year that they describe, unless the board has decided another
  time (`retention_months` of the municipality), by the job `retention`; one person on request, by `genomlysning erase`.
  Both are described in [operations.md](operations.md#personal-data). Figures and adopted reports are kept.
- **Messages, logs, Dagster's history, the guards' pages**: values are shown by their shape (`99999999-9999`), and a file whose name holds
  a personnummer, or capitalised words that the platform does not know, is renamed before anything is said of it. A name in small letters
  in a file's name is not recognised: agree on file names with who delivers.
- **Recipients**: none. Nothing is sent anywhere.
"""


def personal_data_markdown() -> str:
    """The whole page."""
    by_name = {table.full_name: table for table in tables()}
    on_persons = [one for one in PROCESSINGS if one.holds_persons]
    others = [one for one in PROCESSINGS if not one.holds_persons]
    lines = [_OPENING, "\n# Tables with rows on persons\n"]
    for one in on_persons:
        table = by_name[one.table]
        lines += [
            f"\n## {table.source}: {table.name}\n",
            f"{table.description} Data subjects: {one.subjects}. Secrecy: OSL {one.secrecy} Delivered by: {table.delivered_by}.\n",
            "| field | delivered as | purpose | what becomes of it | who can see it | erased |",
            "|---|---|---|---|---|---|",
            *(_row(table, field) for field in one.fields),
            f"\nOther columns: {', '.join(f'`{name}`' for name in one.other)}.",
        ]
    lines += ["\n# Tables without rows on persons\n", "| table | what it holds | personal fields | other columns |", "|---|---|---|---|"]
    for one in others:
        fields = "; ".join(f"`{field.name}`: {field.treatment} ({field.purpose})" for field in one.fields)
        lines.append(f"| {one.table} | {one.note} | {fields} | {', '.join(f'`{name}`' for name in one.other)} |")
    return "\n".join(lines) + "\n"


def _row(table: Table, field: Field) -> str:
    delivered = f"`{_delivered(table, field.name).header}`"
    if field.treatment is DROPPED:
        seen, erased = "nobody", "at once"
    else:
        hidden = field.name in never_published()
        seen = "operators; never published" if hidden else "operators; others in figures only"
        erased = f"after {RETENTION_MONTHS} months, or on request"
    return f"| `{field.name}` | {delivered} | {field.purpose} | {field.treatment} | {seen} | {erased} |"


def _delivered(table: Table, name: str) -> Column:
    """The delivered column that a field comes from."""
    if name in {column.name for column in table.columns if column.kind is Kind.DROPPED}:
        return next(column for column in table.columns if column.name == name)
    return table.column(name)
