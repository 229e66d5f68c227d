"""Rows of what the board decides and reviews (goals, control, providers, grants, investments, forecasts, measures), as
reports read them.

Belongs here: the rows' types, and a figure of such a row as a cell with its origin. Does not belong here: tables
(`blocks.follow_up`), sentences (`sentences.follow_up`), and figures of the indicator marts (`figures`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from reports.document import Cell, Origin
from reports.format import MONEY, NBSP, NO_COMPARISON, number
from reports.outline import Period, SeriesSpec
from reports.source import Source

Scale = Literal["kr", "tkr", "mnkr"]
DECIMALS: dict[str, int] = {"kr": 0, "tkr": 0, "mnkr": 1}
"""Decimals of an amount in a scale of print."""

PLAN = "Källa: planeringssystemet"
CONTROL = "Egen bearbetning av data från internkontrollens granskning"
GRANT_REGISTER = "Källa: bidragsregistret"
GRANT_SUMS = "Egen bearbetning av data från bidragsregistret"
INVESTMENT_ACCOUNTS = "Egen bearbetning av data från investeringsredovisningen"
FORECASTS = "Egen bearbetning av data från ekonomisystemet"
CONTRACTS = "Källa: avtalsregistret"
LEVELS: dict[str | None, Literal["met", "partly", "not", "none"]] = {
    "met": "met",
    "partly_met": "partly",
    "not_met": "not",
    None: "none",
}


@dataclass(frozen=True)
class GoalRow:
    """A row of `goal_follow_up`: a goal, one of its indicators, and the goal's judgement."""

    goal_order: int
    row_order: int | None
    goal_id: str
    goal_kind: str
    council_goal: str | None
    goal: str
    agenda_2030: str | None
    indicator_id: str | None
    org_unit: str | None
    breakdown: str | None
    quarter: int | None
    label: str | None
    decimals: int | None
    unit: str | None
    footnote: str | None
    target_kind: str | None
    target: float | None
    target_low: float | None
    target_high: float | None
    statutory_limit: float | None
    value: float | None
    is_met: bool | None
    indicator_count: int
    measured_count: int
    met_count: int
    suggested_judgement: str | None
    override_judgement: str | None
    override_by: str | None
    override_on: date | None
    override_reason: str | None
    judgement: str | None
    judgement_label: str | None
    lineage_id: str
    year: int
    municipality_id: str

    @property
    def series(self) -> SeriesSpec:
        """The series of the indicator marts that the target is for."""
        if self.indicator_id is None:
            raise ValueError(f"goal {self.goal_id} has no indicator in this row")
        return SeriesSpec(
            indicator=self.indicator_id,
            org_unit=self.org_unit,
            breakdown=self.breakdown,
            period=Period(quarter=self.quarter),
        )

    @property
    def key(self) -> str:
        """The row's key as text."""
        parts = (self.indicator_id, self.org_unit, self.breakdown)
        return "/".join(
            ("goal_follow_up", self.municipality_id, str(self.year), self.goal_id, *(part for part in parts if part))
        )


@dataclass(frozen=True)
class ControlRow:
    """A row of `internal_control`."""

    control_id: str
    row_order: int
    risk: str
    risk_description: str | None
    control: str
    label: str
    decision_type: str | None
    period_start: date
    period_end: date
    sample_n: int | None
    sample_label: str | None
    sample_group_share: float | None
    fulfilled_share: float | None
    indicator_id: str | None
    breakdown: str | None
    control_suggested_judgement: str | None
    delivered_judgement: str | None
    judgement: str | None
    has_remark: bool | None
    result_text: str | None
    action: str | None
    lineage_id: str
    year: int
    municipality_id: str

    @property
    def series(self) -> SeriesSpec:
        """The series of the indicator marts that the statistics are."""
        if self.indicator_id is None:
            raise ValueError(f"control {self.control_id} rests on a sample, not on an indicator")
        return SeriesSpec(
            indicator=self.indicator_id,
            breakdown=self.breakdown,
            period=Period(start=self.period_start, end=self.period_end),
        )

    @property
    def key(self) -> str:
        """The row's key as text."""
        return f"internal_control/{self.municipality_id}/{self.year}/{self.control_id}/{self.row_order}"


@dataclass(frozen=True)
class ProviderRow:
    """A row of `provider_follow_up`."""

    row_order: int
    follow_up_id: str
    contract: str
    legal_basis: str | None
    subject: str
    is_fulfilled: bool
    finding: str | None
    impact: str | None
    action: str | None
    min_months: int | None
    lineage_id: str
    year: int
    municipality_id: str

    @property
    def key(self) -> str:
        """The row's key as text."""
        return f"provider_follow_up/{self.municipality_id}/{self.year}/{self.follow_up_id}"


@dataclass(frozen=True)
class GrantRow:
    """A row of `government_grants`, in kronor. row_kind: grant, type (the sum of a type) or total."""

    row_kind: str
    row_order: int
    grant_id: str | None
    grant_type: str | None
    grant_name: str
    payer: str | None
    applied: float | None
    awarded: float | None
    received: float | None
    recognised: float | None
    deferred: float | None
    passed_on: float | None
    repaid: float | None
    previous_recognised: float | None
    change: float | None
    lineage_id: str
    year: int
    municipality_id: str

    @property
    def key(self) -> str:
        """The row's key as text."""
        what = f"grant={self.grant_id}" if self.grant_id else self.grant_type or "total"
        return f"government_grants/{self.municipality_id}/{self.year}/{what}"


@dataclass(frozen=True)
class PassedOnRow:
    """A row of `grants_passed_on`, in kronor."""

    grant_id: str
    amount: float
    recipient: str
    lineage_id: str
    year: int
    municipality_id: str

    @property
    def key(self) -> str:
        """The row's key as text; the recipient as an id is written: lower case, without diacritics."""
        slug = self.recipient.lower().translate(str.maketrans("åäöé ", "aaoe_"))
        return f"grants_passed_on/{self.municipality_id}/{self.year}/grant={self.grant_id};recipient={slug}"


@dataclass(frozen=True)
class InvestmentRow:
    """A row of `investments`, in kronor. line_kind: category, group or total."""

    line_order: int
    line_id: str
    line: str
    line_kind: str
    budget: float | None
    actual: float | None
    deviation: float | None
    previous_actual: float | None
    change: float | None
    lineage_id: str
    year: int
    municipality_id: str

    @property
    def key(self) -> str:
        """The row's key as text."""
        return f"investments/{self.municipality_id}/{self.year}/{self.line_id}"


@dataclass(frozen=True)
class ForecastRow:
    """A row of `forecast_accuracy`, in kronor."""

    month: date
    occasion: str
    forecast: float | None
    outcome: float | None
    deviation: float | None
    is_preliminary: bool
    paragraph: str
    adopted_on: date
    lineage_id: str
    outcome_lineage_id: str | None
    year: int
    municipality_id: str

    @property
    def key(self) -> str:
        """The row's key as text."""
        return f"forecast_accuracy/{self.municipality_id}/{self.year}/{self.occasion}"


@dataclass(frozen=True)
class MeasureRow:
    """A row of `measures_follow_up`."""

    row_order: int
    measure_id: str
    horizon: str
    area: str | None
    description: str
    owner_role: str | None
    begun_on: date | None
    expected_effect: str | None
    effect_label: str | None
    effect_amount: float | None
    effect_percent: float | None
    follow_up: str | None
    outcome: str | None
    indicator_id: str | None
    lineage_id: str
    year: int
    municipality_id: str

    @property
    def series(self) -> SeriesSpec:
        """The series of the indicator marts that shows the effect."""
        if self.indicator_id is None:
            raise ValueError(f"measure {self.measure_id} has no indicator")
        return SeriesSpec(indicator=self.indicator_id)

    @property
    def key(self) -> str:
        """The row's key as text."""
        return f"measures_follow_up/{self.municipality_id}/{self.year}/{self.measure_id}"


AnyRow = GoalRow | ControlRow | ProviderRow | GrantRow | PassedOnRow | InvestmentRow | ForecastRow | MeasureRow


def goals(source: Source, goal_id: str = "", kind: str = "") -> list[list[GoalRow]]:
    """The rows of each goal of the year, in order; of one goal or of one kind, where it is named."""
    rows = source.publication.records(
        "goal_follow_up", GoalRow, municipality_id=source.municipality.id, year=source.year
    )
    wanted = [row for row in rows if goal_id in ("", row.goal_id) and kind in ("", row.goal_kind)]
    return [[row for row in wanted if row.goal_id == found] for found in dict.fromkeys(row.goal_id for row in wanted)]


def controls(source: Source) -> list[ControlRow]:
    """The rows of the internal control of the year."""
    return source.publication.records(
        "internal_control", ControlRow, municipality_id=source.municipality.id, year=source.year
    )


def grants(source: Source) -> list[GrantRow]:
    """The grants of the year with their sums; each kind in the register's order."""
    rows = source.publication.records(
        "government_grants", GrantRow, municipality_id=source.municipality.id, year=source.year
    )
    return sorted(rows, key=lambda row: (("grant", "type", "total").index(row.row_kind), row.row_order))


def investments(source: Source) -> list[InvestmentRow]:
    """The investments of the year, in order."""
    return source.publication.records(
        "investments", InvestmentRow, municipality_id=source.municipality.id, year=source.year
    )


def forecasts(source: Source) -> list[ForecastRow]:
    """The occasions of the year on which a forecast was adopted, oldest first."""
    return source.publication.records(
        "forecast_accuracy", ForecastRow, municipality_id=source.municipality.id, year=source.year
    )


def measures(source: Source, horizon: str = "") -> list[MeasureRow]:
    """The measures of the year, in order; of one horizon, where it is named."""
    rows = source.publication.records(
        "measures_follow_up", MeasureRow, municipality_id=source.municipality.id, year=source.year
    )
    return [row for row in rows if horizon in ("", row.horizon)]


def money(  # noqa: PLR0913 (options by name)
    row: AnyRow,
    measure: str,
    value: float | None,
    scale: Scale,
    cited: str,
    indicator: str,
    *,
    missing: str = NO_COMPARISON,
    plus: bool = False,
    unsigned: bool = False,
    year: int | None = None,
    decimals: int | None = None,
) -> Cell:
    """An amount in kronor of a row, printed in `scale`; the sign of a missing one.

    plus: a positive amount with its sign. unsigned: without (where words say which way). year: where it is not the
    row's.
    """
    if value is None:
        return Cell(missing)
    divisor, word = MONEY[scale]
    places = DECIMALS[scale] if decimals is None else decimals
    scaled = value / divisor
    text = ("+" if plus and value > 0 else "") + number(abs(scaled) if unsigned else scaled, places)
    is_open = getattr(row, "is_preliminary", False) and measure in ("outcome", "deviation")
    return Cell(
        text, ("p",) if is_open else (), origin(row, measure, cited, indicator, year), "", scaled, places, word, divisor
    )


def share(
    row: ControlRow | MeasureRow, measure: str, value: float | None, cited: str, indicator: str, missing: str = ""
) -> Cell:
    """A share in per cent of a row: '99 procent'."""
    if value is None:
        return Cell(missing)
    return Cell(f"{number(value)}{NBSP}procent", (), origin(row, measure, cited, indicator), "", value, 0, "procent")


def origin(row: AnyRow, measure: str, cited: str, indicator: str, year: int | None = None) -> Origin:
    """Where a figure of a row comes from."""
    of_year = row.year if year is None else year
    return Origin(row.key, measure, indicator, str(of_year), cited, row.lineage_id, "", of_year)
