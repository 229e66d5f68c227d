"""The configuration of one municipality: all that differs between municipalities, read from its folder.

Belongs here: the schema of `municipality.yaml`, its loading, and its tables for the warehouse (`config` schema).
Does not belong here: any municipality's values, and choices that no definition names.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    ValidationError,
    field_validator,
    model_validator,
)

from ingestion.configuration.folder import FILE, is_meant_for_it, judge_names, judge_outlines, missing_file
from ingestion.configuration.form import Strict, keys_at, mistakes_of_form, schema_for_editors
from ingestion.configuration.lines import read_yaml
from ingestion.configuration.mapping import TableMapping, read_mappings
from ingestion.configuration.mistakes import ConfigurationError, Mistake, nearest, one_of
from ingestion.configuration.references import dividing_columns, judge_references
from ingestion.configuration.vocabulary import vocabulary
from ingestion.contracts import DELIVERED_SOURCES, MUNICIPALITY, SOURCES, Column, Kind, Table, tables

# A number is written as one: "5" in quotes or 5.0 would pass by what judges numbers.
Number = StrictInt
Flag = StrictBool


class Group(Strict):
    """A comparison group: Kolada's id and the label that readers see."""

    group_id: str = Field(pattern=r"^G\d+$")
    label: str


class ComparisonGroups(Strict):
    """One region group, where the municipality has one; one similar group per kind of similarity (`similar_group_kind`
    of the indicator).
    """

    region: Group | None = None
    similar: dict[str, Group]


class Unit(Strict):
    """A unit of a department, by the id that extracts use. `cost_centres`, within the department's, where its result is
    followed.
    """

    id: str
    name: str
    cost_centres: tuple[tuple[str, str], ...] = ()


class Department(Strict):
    """A department with its units and the intervals of its cost centres (inclusive, same number of digits)."""

    id: str
    name: str
    cost_centres: tuple[tuple[str, str], ...]
    units: tuple[Unit, ...]


class AccountInterval(Strict):
    """Accounts from `first` to `last` (inclusive) belong to a line and to an account group."""

    first: str = Field(pattern=r"^\d{4,5}$")
    last: str = Field(pattern=r"^\d{4,5}$")
    line: str
    account_group: str


class StatementLine(Strict):
    """A line of the operating statement; `sum_of` names the lines that a sum adds up.

    `role` says which line is the net frame that the council gave (frame) and which the year's result (result): every
    municipality calls and orders its lines in its own way, and these two must be found in all of them.
    """

    id: str
    label: str
    sum_of: tuple[str, ...] = ()
    role: Literal["frame", "result"] | None = None


class CostIndicator(Strict):
    """A cost followed by itself: the indicator, and the intervals of the accounts that it is booked on (inclusive)."""

    id: str
    accounts: tuple[tuple[str, str], ...]


class StaffGroup(Strict):
    """An occupational group by AID codes. `service_area` as in the indicators."""

    id: str
    label: str
    aid_codes: tuple[str, ...]
    service_area: str


class StaffShare(Strict):
    """A share of one staff group in several (DEFINITIONS 1.13), and the services that it is also given for, by the ids
    of their units.
    """

    indicator_id: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    services: dict[str, tuple[str, ...]] = Field(default={})


class Choices(Strict):
    """The choices that DEFINITIONS marks as the municipality's own, with its defaults.

    reassessments_in_*: whether renewed decisions on a running service (omprövningar) count in the times of investigation
    and of execution. goal_*: the words for a goal's judgement (a municipality with two words writes one of them twice).
    control_*_percent: the share that held from which an internal control is suggested to be without remark, or with a
    negligible one.
    """

    sick_types: tuple[str, ...] = ("sjuk", "arbetsskada", "rehabilitering")
    unpaid_leave_types: tuple[str, ...] = ("föräldraledig", "tjänstledig")
    pension_reasons: tuple[str, ...] = ("pension",)
    relapse_days: Number = 5
    full_time_hours_year: Number = 1980
    followup_tolerance_days: Number = 31
    reassessments_in_investigation: Flag = True
    reassessments_in_execution: Flag = False
    double_staffing_counts_per_person: Flag = True
    goal_met: str = "Helt uppfyllt"
    goal_partly_met: str = "Delvis uppfyllt"
    goal_not_met: str = "Ej uppfyllt"
    control_clean_percent: float = 95
    control_negligible_percent: float = 80


class Retention(Strict):
    """How long rows are kept, by source, in months after the end of the year that they describe (rows on persons: 25 by
    default).

    decision: the board's decision on it (gallringsbeslut), such as 'VON 2026 § 41'. Without one the job `retention`
    only says what is due.
    """

    decision: str = ""
    months: dict[str, Annotated[Number, Field(ge=1, le=1200)]] = Field(default={})

    @field_validator("months")
    @classmethod
    def _of_known_sources(cls, months: dict[str, int]) -> dict[str, int]:
        for source, number in months.items():
            if source not in DELIVERED_SOURCES:
                raise ValueError(f"{source}: {number}; expected one of {', '.join(DELIVERED_SOURCES)}")
        return months


class ExtraPeriod(Strict):
    """A period, both days inclusive, that the board reports on beside months, tertials and years (DEFINITIONS G5), and
    the indicators that it does so for: every further figure of a period of its own is one more to subtract from the others.
    It comes again every year, to the year `until` (in which it ends; None: always). The periods of the internal control
    need not be written here: they are delivered with it.
    """

    start: date
    end: date
    until: Number | None = None
    indicators: tuple[str, ...] = Field(min_length=1)


class DisclosureLimits(Strict):
    """The fewest persons or answers that a figure may rest on, by disclosure class (DEFINITIONS 8), and no fewer than
    the law asks.

    staff_health: groups of ten or fewer are not shown (law on sick-leave reporting). staff_health_unit_by_occupation:
    an occupation within a unit. survey_extremes: the fewest answers of which 0 or 100 per cent is shown, as that tells
    everybody's answer.
    """

    persons: Number = Field(default=5, ge=3, le=1000)
    staff_health: Number = Field(default=11, ge=11, le=1000)
    staff_health_unit_by_occupation: Number = Field(default=21, ge=11, le=1000)
    survey: Number = Field(default=5, ge=5, le=1000)
    survey_extremes: Number = Field(default=10, ge=5, le=1000)


class Exemption(Strict):
    """What is shown also of small groups, and who decided that, when and why. Either an indicator of the class
    `board_count`, shown in total and by the dimensions named in `splits` ('provider'), or all values of the source
    Kolada.
    """

    indicator: str | None = None
    splits: tuple[str, ...] = ()
    source: Literal["kolada"] | None = None
    decided_by: str = Field(min_length=1)
    decided_on: date
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_thing(self) -> Exemption:
        if (self.indicator is None) == (self.source is None) or (self.source and self.splits):
            raise ValueError("an exemption names an indicator (with splits, if any) or a source; expected one of them")
        return self


KOLADA_EXEMPTION = Exemption(
    source="kolada",
    decided_by="plattformens förvaltare",
    decided_on=date(2026, 11, 28),
    reason="Kolada har redan publicerat värdena öppet, för alla kommuner, och utelämnar själv det som rör för få.",
)


class Disclosure(Strict):
    """What is not shown, as too few people stand behind it, and what is by decision."""

    limits: DisclosureLimits = DisclosureLimits()
    exemptions: tuple[Exemption, ...] = (KOLADA_EXEMPTION,)

    @model_validator(mode="after")
    def _listed_once(self) -> Disclosure:
        named = [exemption.indicator or exemption.source for exemption in self.exemptions]
        if len(set(named)) != len(named):
            raise ValueError("an indicator or source is exempt twice; expected one entry with one reason")
        if "kolada" not in named:
            raise ValueError(
                "exemptions lack {source: kolada, decided_by, decided_on, reason}: its values come without n, so none can be judged"
            )
        return self

    def exempts(self, indicator_id: str, breakdown: str | None) -> bool:
        """Whether a `board_count` is shown however small: in total, or by a dimension that the decision names."""
        return any(
            exemption.indicator == indicator_id and (breakdown is None or breakdown.split("=")[0] in exemption.splits)
            for exemption in self.exemptions
        )


class ReportChoice(Strict):
    """A report that the municipality publishes: the kind names its outline, in the folder `reports/` of the
    municipality or, where it has none, the platform's own. through: last month of what the report covers: of one year
    ('2024-08'), or of every year anew ('08'). Empty: the report year, and of a månadsuppföljning the newest month.
    """

    kind: Literal["genomlysning", "arsbokslut", "delarsbokslut", "manadsuppfoljning"]
    through: str = Field(default="", pattern=r"^((\d{4}-)?\d{2})?$")


class RemovedSource(Strict):
    """A source, or one table of it, that delivers no more: from which month or year on (or to `until`, inclusive: a
    gap), and why.

    What was delivered stays in force, and its figures stay published for the periods that they describe; later periods
    are not expected and have no figures. Without this declaration what does not come is late for ever.
    """

    source: str
    table: str | None = None
    since: str = Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")
    until: str | None = Field(default=None, pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")
    reason: str = Field(min_length=1)

    def covers(self, table: Table, period: str) -> bool:
        """Whether `of` is not expected for `period` (a month or a year; a year from the first declared month on)."""

        def compared(declared: str) -> tuple[str, str]:
            shared = min(len(declared), len(period))
            return declared[:shared], period[:shared]

        if self.source != table.source or self.table not in (None, table.name):
            return False
        since, at = compared(self.since)
        if self.until is None:
            return since <= at
        until, before = compared(self.until)
        return since <= at and before <= until

    @model_validator(mode="after")
    def _is_known(self) -> RemovedSource:
        names = [of.name for of in tables(self.source)] if self.source in SOURCES else []
        if not names:
            raise ValueError(
                f"removed_sources: there is no source '{self.source}'; expected one of {', '.join(SOURCES)}"
            )
        if self.table is not None and self.table not in names:
            raise ValueError(
                f"removed_sources: {self.source} has no table '{self.table}'; expected one of {', '.join(names)}"
            )
        return self


class Municipality(Strict):
    """One municipality's configuration (see the folder `municipalities/`). What each key is for stands below it: editors
    show it, and a new municipality's file has it as comments.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: str = Field(pattern=r"^\d{4}$")
    """The municipality's id in Kolada."""
    name: str
    """The municipality's name, as Kolada has it."""
    organisation_number: str | None = Field(default=None, pattern=r"^\d{6}-\d{4}$")
    """What SIE files know the municipality by; without it none is taken in."""
    board: str
    """The board's name, on the cover and in the texts of every report."""
    administration: str
    """The name of the board's administration, which texts may name."""
    report_year: Number | None = None
    """The year of the reports on whole years; left out, the newest whose December the board's systems have delivered."""
    comparison_groups: ComparisonGroups
    """Kolada's groups of municipalities that the own figures are compared with."""
    departments: tuple[Department, ...] = ()
    """The board's departments, by the ids that the extracts name them by, each with its units and its cost centres."""
    accounts: tuple[AccountInterval, ...] = ()
    """Which accounts belong to which line of the operating statement, and to which group of accounts."""
    operating_statement: tuple[StatementLine, ...] = ()
    """The lines of the board's operating statement, in the order in which it prints them."""
    cost_indicators: tuple[CostIndicator, ...] = ()
    """Costs that are followed by themselves, with the accounts that they are booked on."""
    staff_groups: tuple[StaffGroup, ...] = ()
    """Occupational groups that staff figures are told for, by AID codes."""
    staff_shares: tuple[StaffShare, ...] = ()
    """Shares of one staff group in several."""
    sie_dimensions: dict[str, str] = Field(default={})
    """Dimensions of the municipality's SIE files, by column of the transactions; 7 (employee) is never read."""
    extra_periods: tuple[ExtraPeriod, ...] = ()
    """Periods that the board reports on beside months, tertials and years, and for which indicators."""
    reports: tuple[ReportChoice, ...] = (ReportChoice(kind="genomlysning"),)
    """The reports that are made; one that nothing can be told of yet is left out until something is delivered."""
    removed_sources: tuple[RemovedSource, ...] = ()
    """Sources and tables that deliver no more, from when, and why."""
    parts: dict[str, str] = Field(default={})
    """Tables of which a period comes in several files, each with the column (as in the extract) that divides it."""
    disclosure: Disclosure = Disclosure()
    """What is not shown, as too few people stand behind it, and what the board has decided to show all the same."""
    choices: Choices = Choices()
    """Choices of definition that are the municipality's own."""
    retention: Retention = Retention()
    """How long rows are kept, and the board's decision on it."""
    folder: Path
    _mappings: dict[str, TableMapping] = PrivateAttr(default_factory=dict)

    @field_validator("parts")
    @classmethod
    def _of_known_columns(cls, parts: dict[str, str]) -> dict[str, str]:
        known = {of.full_name: of for source in DELIVERED_SOURCES for of in tables(source)}
        for name, header in parts.items():
            if name not in known:
                raise ValueError(f"there is no table '{name}'; expected one of {', '.join(known)}")
            headers = dividing_columns(known[name])
            if header not in headers:
                raise ValueError(f"{name} is not divided by '{header}'; expected one of {', '.join(headers)}")
        return parts

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The units of all departments, in their order."""
        return tuple(unit for department in self.departments for unit in department.units)

    @property
    def areas(self) -> tuple[Department | Unit, ...]:
        """Departments, then units: the parts of the board that extracts name by id."""
        return (*self.departments, *self.units)

    @cached_property
    def unit_ids(self) -> frozenset[str]:
        """Ids of all units that an extract may name."""
        return frozenset(unit.id for unit in self.units)

    def values_of(self, column: Column) -> list[str]:
        """The values that a column of an extract may have; none where anything may, or where the municipality names none."""
        if column.name == MUNICIPALITY.name:
            return [self.id]
        if column.name == "department":
            return [department.id for department in self.departments]
        if column.name == "unit":
            return [unit.id for unit in self.units]
        return ["ja", "nej"] if column.kind is Kind.BOOLEAN else list(column.allowed)

    @property
    def mappings(self) -> dict[str, TableMapping]:
        """How its own systems write tables, by the tables' full names."""
        return self._mappings

    def is_removed(self, table: Table, period: str) -> bool:
        """Whether `of` is declared not to come for `period`."""
        return any(one.covers(table, period) for one in self.removed_sources)


def load_municipality(folder: Path) -> Municipality:
    """Read the folder of one municipality and judge it as a whole; ConfigurationError (a ValueError) tells all its
    mistakes, with file and line.

    Judged once per process while its files stay what they are: every step of a run asks for it.
    """
    if not (folder / FILE).is_file():
        raise ConfigurationError([missing_file(folder)])
    return _load(folder, _state(folder))


def _state(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What tells whether a file of the folder has changed."""
    stats = [(str(path), path.stat()) for path in sorted(folder.rglob("*"))]
    return tuple((name, stat.st_mtime_ns, stat.st_size, stat.st_ino) for name, stat in stats)


@lru_cache(maxsize=1000)
def _load(folder: Path, _state: tuple[tuple[str, int, int, int], ...]) -> Municipality:
    file = read_yaml(folder / FILE)
    mistakes = [
        *file.mistakes,
        *judge_references(file, Choices().model_dump(mode="json"), DisclosureLimits().model_dump()),
    ]
    municipality = None
    if isinstance(file.value, dict):
        try:
            municipality = Municipality.model_validate({**file.value, "folder": folder})
        except ValidationError as error:
            mistakes += mistakes_of_form(Municipality, file, error, mistakes)
        if "folder" in file.value:
            options = keys_at(Municipality, ())
            mistakes.append(
                file.mistake(
                    "C105", ("folder",), "the key 'folder'", one_of(options, "the schema"), nearest("folder", options)
                )
            )
        declared = file.value.get("id")
        if isinstance(declared, str) and not folder.name.startswith(f"{declared}-"):
            found = f"id {declared}, but the folder is called {folder.name}"
            mistakes.append(file.mistake("C109", ("id",), found, f"a folder {declared}-<name>"))
        mistakes += judge_outlines(folder, file)
    mappings, wrong = read_mappings(folder, file)
    mistakes += wrong
    mistakes += judge_names(folder)
    if mistakes or municipality is None:
        raise ConfigurationError(
            sorted(dict.fromkeys(mistakes), key=lambda one: (one.file != str(folder / FILE), one.file, one.line or 0))
        )
    municipality.mappings.update(mappings)
    return municipality


def load_municipalities(root: Path) -> dict[str, Municipality]:
    """Every municipality under `root` (folders `<id>-<name>`), by id; ConfigurationError tells the mistakes of all of
    them.

    A folder that cannot be read is a mistake, never passed over: its deliveries would be an unknown municipality's.
    """
    found: dict[str, Municipality] = {}
    mistakes: list[Mistake] = []
    if not root.is_dir():
        raise ConfigurationError([Mistake("C101", str(root), "no such folder", "the folder of all municipalities")])
    for folder in sorted(path for path in root.iterdir() if not path.name.startswith((".", "__"))):
        if not folder.is_dir():
            if is_meant_for_it(folder) or folder.suffix.lower() in (".yaml", ".yml"):
                mistakes.append(
                    Mistake("C101", str(folder), f"'{folder.name}' outside a folder", f"{root.name}/<id>-<name>/{FILE}")
                )
            continue
        try:
            municipality = load_municipality(folder)
        except ConfigurationError as error:
            mistakes += error.mistakes
            continue
        number = municipality.organisation_number
        for other in found.values():
            if number is not None and other.organisation_number == number and other.id != municipality.id:
                said = f"'{number}', which is also that of {other.folder.name}"
                mistakes.append(
                    read_yaml(folder / FILE).mistake(
                        "C111", ("organisation_number",), said, "the municipality's own number"
                    )
                )
        if municipality.id in found:
            other = found[municipality.id]
            mistakes.append(
                Mistake(
                    "C109",
                    str(folder / FILE),
                    f"id {municipality.id} again",
                    f"one folder of it ({other.folder.name})",
                    where="id",
                )
            )
        found[municipality.id] = municipality
    if mistakes:
        raise ConfigurationError(mistakes)
    return found


def json_schema() -> dict[str, Any]:
    """The schema of `municipality.yaml` for editors (JSON Schema, draft 2020-12); committed beside the municipalities."""
    schema = schema_for_editors(Municipality, FILE)
    del schema["properties"]["folder"]
    schema["required"].remove("folder")
    words = vocabulary()
    for model, key, options in (
        ("StaffGroup", "service_area", sorted(words.service_areas)),
        ("RemovedSource", "source", list(SOURCES)),
        ("CostIndicator", "id", sorted(name for name, row in words.own.items() if row["domain"] == "costs")),
    ):
        schema["$defs"][model]["properties"][key]["enum"] = options
    similar = schema["$defs"]["ComparisonGroups"]["properties"]["similar"]
    similar["propertyNames"] = {"enum": sorted(words.similar_kinds)}
    schema["properties"]["sie_dimensions"]["propertyNames"] = {"enum": list(words.dimensions)}
    choices = schema["$defs"]["Choices"]["properties"]
    for key, allowed in (
        ("sick_types", words.absence_types),
        ("unpaid_leave_types", words.absence_types),
        ("pension_reasons", words.leave_reasons),
    ):
        choices[key]["items"]["enum"] = list(allowed)
    return schema


CONFIG_TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "municipality": (
        ("municipality_id", "varchar"),
        ("municipality", "varchar"),
        ("board", "varchar"),
        ("administration", "varchar"),
        ("report_year", "integer"),
    ),
    "comparison_group": (
        ("municipality_id", "varchar"),
        ("kind", "varchar"),
        ("similar_group_kind", "varchar"),
        ("group_id", "varchar"),
        ("label", "varchar"),
    ),
    "org_unit": (
        ("municipality_id", "varchar"),
        ("org_unit_id", "varchar"),
        ("org_unit", "varchar"),
        ("level", "varchar"),
        ("parent_id", "varchar"),
    ),
    "cost_centre": (
        ("municipality_id", "varchar"),
        ("first_cost_centre", "varchar"),
        ("last_cost_centre", "varchar"),
        ("department_id", "varchar"),
        ("unit_id", "varchar"),
    ),
    "account_interval": (
        ("municipality_id", "varchar"),
        ("first_account", "varchar"),
        ("last_account", "varchar"),
        ("line_id", "varchar"),
        ("account_group", "varchar"),
    ),
    "statement_line": (
        ("municipality_id", "varchar"),
        ("line_id", "varchar"),
        ("line", "varchar"),
        ("line_order", "integer"),
        ("is_sum", "boolean"),
        ("role", "varchar"),
    ),
    "cost_indicator": (
        ("municipality_id", "varchar"),
        ("indicator_id", "varchar"),
        ("first_account", "varchar"),
        ("last_account", "varchar"),
    ),
    "statement_line_part": (("municipality_id", "varchar"), ("line_id", "varchar"), ("part_line_id", "varchar")),
    "staff_group": (
        ("municipality_id", "varchar"),
        ("staff_group", "varchar"),
        ("label", "varchar"),
        ("service_area", "varchar"),
        ("aid_code", "varchar"),
    ),
    "staff_share": (
        ("municipality_id", "varchar"),
        ("indicator_id", "varchar"),
        ("part", "varchar"),
        ("staff_group", "varchar"),
    ),
    "staff_share_unit": (
        ("municipality_id", "varchar"),
        ("indicator_id", "varchar"),
        ("service", "varchar"),
        ("unit", "varchar"),
    ),
    "choice": (("municipality_id", "varchar"), ("choice", "varchar"), ("value", "varchar")),
    "extra_period": (
        ("municipality_id", "varchar"),
        ("indicator_id", "varchar"),
        ("period_start", "date"),
        ("period_end", "date"),
        ("last_year", "integer"),
    ),
    "disclosure_limit": (("municipality_id", "varchar"), ("disclosure_class", "varchar"), ("minimum_n", "integer")),
    "disclosure_exemption": (("municipality_id", "varchar"), ("indicator_id", "varchar"), ("split", "varchar")),
}


def config_rows(municipalities: dict[str, Municipality]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table of `CONFIG_TABLES`, for dbt's source `config`.

    Every line of the operating statement has itself as part, so that sums and plain lines are computed alike.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in CONFIG_TABLES}
    for m in municipalities.values():
        rows["municipality"].append((m.id, m.name, m.board, m.administration, m.report_year))
        groups = m.comparison_groups
        if groups.region is not None:
            rows["comparison_group"].append((m.id, "region", None, groups.region.group_id, groups.region.label))
        rows["comparison_group"] += [(m.id, "similar", kind, g.group_id, g.label) for kind, g in groups.similar.items()]
        for department in m.departments:
            rows["org_unit"].append((m.id, department.id, department.name, "department", None))
            rows["org_unit"] += [(m.id, unit.id, unit.name, "unit", department.id) for unit in department.units]
            rows["cost_centre"] += [(m.id, first, last, department.id, None) for first, last in department.cost_centres]
            for unit in department.units:
                rows["cost_centre"] += [
                    (m.id, first, last, department.id, unit.id) for first, last in unit.cost_centres
                ]
        rows["account_interval"] += [(m.id, a.first, a.last, a.line, a.account_group) for a in m.accounts]
        for order, line in enumerate(m.operating_statement, start=1):
            rows["statement_line"].append((m.id, line.id, line.label, order, bool(line.sum_of), line.role))
            rows["statement_line_part"] += [(m.id, line.id, part) for part in line.sum_of or (line.id,)]
        rows["cost_indicator"] += [
            (m.id, cost.id, *interval) for cost in m.cost_indicators for interval in cost.accounts
        ]
        rows["staff_group"] += [
            (m.id, g.id, g.label, g.service_area, code) for g in m.staff_groups for code in g.aid_codes
        ]
        for share in m.staff_shares:
            rows["staff_share"] += [(m.id, share.indicator_id, "numerator", group) for group in share.numerator]
            rows["staff_share"] += [(m.id, share.indicator_id, "denominator", group) for group in share.denominator]
            rows["staff_share_unit"] += [
                (m.id, share.indicator_id, service, u) for service, units in share.services.items() for u in units
            ]
        rows["extra_period"] += [
            (m.id, name, p.start, p.end, p.until) for p in m.extra_periods for name in p.indicators
        ]
        rows["disclosure_limit"] += [
            (m.id, disclosure_class, minimum) for disclosure_class, minimum in m.disclosure.limits
        ]
        exempt = [exemption for exemption in m.disclosure.exemptions if exemption.indicator]
        rows["disclosure_exemption"] += [
            (m.id, one.indicator, split) for one in exempt for split in (None, *one.splits)
        ]
        for name, value in m.choices:
            values = value if isinstance(value, tuple) else (value,)
            rows["choice"] += [(m.id, name, str(item)) for item in values]
    return rows
