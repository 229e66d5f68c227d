"""Blocks of what the board decides and reviews: goals, internal control, providers, grants, investments, forecasts,
measures.

Belongs here: which row stands where in these tables. Does not belong here: the rows (`registers`), judging (the marts
have done that), and sentences (`sentences.follow_up`).
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Literal

from babel.dates import format_date
from pydantic import Field

from ingestion.configuration.form import Strict
from reports.cells import broken_note, cell, group_lines
from reports.document import Absent, Block, Cell, FactLine, Judgement, Line, Section, Table
from reports.figures import Figure
from reports.format import LOCALE, MONEY, NBSP, NO_COMPARISON, NOT_AVAILABLE, number
from reports.outline import BLOCKS, BlockSpec, Printing
from reports.registers import (
    CONTRACTS,
    CONTROL,
    FORECASTS,
    GRANT_REGISTER,
    GRANT_SUMS,
    INVESTMENT_ACCOUNTS,
    LEVELS,
    PLAN,
    GoalRow,
    GrantRow,
    InvestmentRow,
    MeasureRow,
    ProviderRow,
    Scale,
    controls,
    forecasts,
    goals,
    grants,
    investments,
    measures,
    money,
    origin,
    share,
)
from reports.sentences.words import spelled
from reports.source import Source

Horizon = Literal["short", "long", "investigated", "to_examine", "needs_coordination"]


class Goals(BlockSpec):
    """Goals with judgement, links to Agenda 2030 and a table of indicators: target, outcome of the year and of the
    years before.

    goal: one goal by its id; empty: all of `kind`. table_id: `{goal}` stands for the goal's id. years: outcomes, newest
    first.
    headings: whether the goals' own words stand above (an outline that has a section per goal says them itself).
    """

    delivered_by = "goals"
    block: Literal["goals"]
    goal: str = ""
    kind: Literal["board", "work_environment"] | None = None
    table_id: str = "{goal}_indikatorer"
    title: str = "Indikatorer"
    years: int = Field(default=3, ge=1)
    headings: bool = True


class InternalControl(BlockSpec):
    """The internal control as a table of text: risk, control, judgement, result, action."""

    delivered_by = "internal_control"
    block: Literal["internal_control"]
    table_id: str
    title: str


class InternalControlFigures(BlockSpec):
    """The figures of the internal control: a column for each period reviewed, and one for the samples."""

    delivered_by = "internal_control"
    block: Literal["internal_control_figures"]
    table_id: str
    title: str


class Providers(BlockSpec):
    """The follow-up of private providers as a table of text."""

    delivered_by = "providers"
    block: Literal["providers"]
    table_id: str
    title: str


class ProviderLimits(BlockSpec):
    """From which length placements are followed up. labels: row labels by the follow-up's id, where the contract's name
    does not fit.
    """

    delivered_by = "providers"
    block: Literal["provider_limits"]
    table_id: str
    title: str
    labels: dict[str, str] = {}  # noqa: RUF012 - pydantic copies it


class GrantColumn(Strict):
    """A column of grants: which of the amounts, or what was recognised the year before."""

    label: str
    amount: Literal[
        "applied",
        "awarded",
        "received",
        "recognised",
        "deferred",
        "passed_on",
        "repaid",
        "previous_recognised",
        "change",
    ]


class Grants(BlockSpec):
    """Grants with their total. remarks: below the table, such as where print has another sum."""

    delivered_by = "grants"
    block: Literal["grants"]
    table_id: str
    title: str
    columns: tuple[GrantColumn, ...] = (
        GrantColumn(label="Utfall {year-1}", amount="previous_recognised"),
        GrantColumn(label="Utfall {year}", amount="recognised"),
    )
    scale: Scale = "mnkr"
    remarks: tuple[str, ...] = ()


class AmountColumn(Strict):
    """A column of amounts in a table with a budget. plus: positive amounts with their sign."""

    label: str
    amount: Literal["budget", "actual", "deviation", "previous_actual", "change"]
    plus: bool = False


class Investments(BlockSpec):
    """Investments. categories: whether groups and categories stand above the totals. totals: (id, label) of those that
    are told; one that the accounts do not have is an empty row.
    """

    delivered_by = "investments"
    block: Literal["investments"]
    table_id: str
    title: str
    columns: tuple[AmountColumn, ...]
    categories: bool = True
    totals: tuple[tuple[Literal["expenditure", "income", "net"], str], ...] = (("expenditure", "Totala utgifter"),)
    scale: Scale = "tkr"


class ForecastAccuracy(BlockSpec):
    """Forecasts of the year's result as adopted, with their deviation from the outcome; the outcome stands last."""

    delivered_by = "forecasts"
    block: Literal["forecast_accuracy"]
    table_id: str
    title: str
    scale: Scale = "tkr"


class Measures(BlockSpec):
    """Measures as a table of text. follow_up: whether what was done and what came of it has a column (planned measures
    have none).
    """

    delivered_by = "goals"
    block: Literal["measures"]
    table_id: str
    title: str
    horizon: Horizon
    follow_up: bool = True
    first_column: str = "Åtgärd"


class MeasureLabels(Strict):
    """Row labels of a measure's indicator: its outcome of the year before, its change, and its outcome of the year.

    below: the year's outcome is told as lying below the next multiple of so many kronor ('…, nivå under 100 000 kr');
    None: as it is.
    """

    previous: str
    change: str
    value: str
    below: int | None = None


class MeasureFigures(BlockSpec):
    """The figures of measures: what their indicators came to, and what they are expected to give.

    labels: of the indicators, by id.
    """

    delivered_by = "goals"
    block: Literal["measure_figures"]
    table_id: str
    title: str
    horizon: Horizon = "short"
    labels: dict[str, MeasureLabels] = {}  # noqa: RUF012


def _absent(source: Source, title: str) -> list[Block]:
    return [Absent(source.text(title), f"Inga uppgifter har levererats för {source.year}.")]


def _in_unit(title: str, scale: Scale) -> str:
    """A title with the unit of the amounts, once."""
    return title if title.endswith(f", {scale}") else f"{title}, {scale}"


def _cited(figures: list[Figure]) -> tuple[str, ...]:
    """How the outcomes of a table are cited; these tables show no group means to be explained."""
    return tuple(dict.fromkeys(f"{figure.source}." for figure in figures if figure.value is not None))


@BLOCKS.kind(Goals)
def goal_blocks(spec: Goals, source: Source) -> list[Block]:
    """For each goal its words, its judgement (none for the working environment, which has no signal), and its table."""
    blocks: list[Block] = []
    for rows in goals(source, spec.goal, spec.kind or ""):
        first = rows[0]
        if spec.headings:
            blocks += [FactLine("Kommunfullmäktiges mål", first.council_goal)] if first.council_goal else []
            blocks.append(FactLine("Nämndens mål", first.goal))
        if first.goal_kind == "board":
            blocks.append(_judgement(source, rows))
        if first.agenda_2030:
            blocks.append(FactLine("Koppling Agenda 2030", first.agenda_2030))
        if first.indicator_id is not None:
            blocks.append(_goal_table(spec, source, rows))
    return blocks or _absent(source, spec.title)


def _judgement(source: Source, rows: list[GoalRow]) -> Judgement:
    row = rows[0]
    choices = source.municipality.choices
    words = {"met": choices.goal_met, "partly_met": choices.goal_partly_met, "not_met": choices.goal_not_met}
    unmeasured = row.indicator_count - row.measured_count
    basis = f"{row.met_count} av {row.measured_count} mätta indikatorer når målvärdet"
    if row.measured_count == 1:
        basis = f"Den {'enda indikatorn' if not unmeasured else 'enda mätta indikatorn'} når {'' if row.met_count else 'inte '}målvärdet"
    basis += f", {unmeasured} saknar utfall." if unmeasured else "."
    if row.measured_count == 0:
        basis = "Ingen av indikatorerna har något utfall."
    over = [one for one in rows if one.indicator_id and source.is_over(one.indicator_id)]
    basis += "".join(f" {one.label}: {source.ended(one.series.indicator)}" for one in over)
    label = row.judgement_label or "Ingen automatisk bedömning"
    if row.override_judgement is None:
        return Judgement(LEVELS[row.judgement], label, basis)
    suggested = words[row.suggested_judgement] if row.suggested_judgement else "ingen bedömning"
    on = row.override_on.isoformat() if row.override_on else ""
    return Judgement(
        LEVELS[row.judgement], label, basis, suggested, row.override_by or "", on, row.override_reason or ""
    )


def _goal_table(spec: Goals, source: Source, rows: list[GoalRow]) -> Table:
    years = [source.year - back for back in range(spec.years)]
    columns = (f"Mål {source.year}", *(f"Utfall {year}" for year in years))
    lines, shown = [], []
    for row in rows:
        figures = [source.figure(row.series, year) for year in years]
        shown += [figure for figure in figures if figure]
        outcomes = [cell(source, figure, "value", Printing(decimals=row.decimals)) for figure in figures]
        newest = figures[0]
        gap = "" if newest and (newest.value is not None or newest.hidden) else source.lacking(row.series)
        note = " ".join(
            text for text in (row.footnote, broken_note(figures) or source.ended(row.series.indicator)) if text
        )
        lines.append(Line(row.label or "", (_target(row, figures[0]), *outcomes), note=note, gap=gap))
    against = [figure for row in rows if row.target_kind == "beats_mean" and (figure := source.figure(row.series))]
    sources = (*_cited(shown), *group_lines(source, against), f"Målvärden: {PLAN.removeprefix('Källa: ')}.")
    return Table(
        spec.table_id.replace("{goal}", rows[0].goal_id),
        source.text(spec.title),
        columns,
        (Section("", tuple(lines)),),
        sources,
        "Indikator",
    )


def _target(row: GoalRow, figure: Figure | None) -> Cell:
    """As printed: '65 (90)' with a limit of the law, '10–15' for a band, 'bättre än 65,5' where a mean or last year is
    to be beaten.
    """
    where = origin(row, "target", PLAN, row.indicator_id or "")
    decimals = row.decimals or 0
    if row.target_kind == "band":
        return Cell(f"{number(row.target_low or 0, decimals)}–{number(row.target_high or 0, decimals)}", (), where)
    if row.target is None:
        return Cell(NO_COMPARISON)
    # a target is printed as exactly as it was set
    places = (
        decimals
        if row.target_kind != "value"
        else next((p for p in range(decimals + 1) if round(row.target, p) == row.target), decimals)
    )
    text = number(row.target, places)
    if row.statutory_limit is not None:
        text += f" ({number(row.statutory_limit)})"
    if row.target_kind == "beats_mean":
        return Cell(
            f"bättre än {text}",
            ("s",) if figure and figure.comparison_is_simulated else (),
            where,
            "",
            row.target,
            places,
        )
    return Cell(text if row.target_kind == "value" else f"bättre än {text}", (), where, "", row.target, places)


@BLOCKS.kind(InternalControl)
def internal_control(spec: InternalControl, source: Source) -> list[Block]:
    """The table, a line for each control point."""
    rows = controls(source)
    if not rows:
        return _absent(source, spec.title)
    lines = []
    for control in dict.fromkeys(row.control_id for row in rows):
        row = next(row for row in rows if row.control_id == control)
        judgement = row.judgement or "ingen bedömning"
        if (
            row.delivered_judgement
            and row.control_suggested_judgement
            and row.control_suggested_judgement not in row.delivered_judgement
        ):
            judgement += f" (gränserna föreslår: {row.control_suggested_judgement})"
        texts = (row.risk_description, row.control, judgement, row.result_text, row.action)
        lines.append(Line(row.risk, tuple(Cell(text or "") for text in texts)))
    columns = ("Riskbeskrivning", "Kontroll", "Bedömning", "Resultat", "Åtgärd")
    sections = (Section("", tuple(lines)),)
    return [Table(spec.table_id, source.text(spec.title), columns, sections, (), "Identifierad risk", (), "text")]


def _reviewed(first: date, last: date) -> str:
    """A period as the review names it: '240101–240630', over a new year '1 dec 2023–30 nov 2024'."""
    if first.year == last.year:
        return f"{first:%y%m%d}–{last:%y%m%d}"
    return "–".join(format_date(day, "d MMM y", locale=LOCALE).replace(".", "") for day in (first, last))


@BLOCKS.kind(InternalControlFigures)
def internal_control_figures(spec: InternalControlFigures, source: Source) -> list[Block]:
    """The table: statistics with their unit, samples and shares in per cent; cells that do not exist are empty."""
    rows = controls(source)
    if not rows:
        return _absent(source, spec.title)
    periods = sorted(
        {(row.period_start, row.period_end) for row in rows}, key=lambda days: (days[0].year != days[1].year, days)
    )
    found: dict[str, dict[int, Cell]] = {}
    gaps: dict[str, str] = {}
    shown: list[Figure] = []
    for row in rows:
        column = periods.index((row.period_start, row.period_end))
        if row.sample_label:
            sampled = share(row, "sample_group_share", row.sample_group_share, CONTROL, "ic_sample_share")
            found.setdefault(row.sample_label, {})[len(periods)] = sampled
        if row.indicator_id is None:
            found.setdefault(row.label, {})[column] = share(
                row, "fulfilled_share", row.fulfilled_share, CONTROL, "ic_fulfilled_share"
            )
            continue
        figure = source.figure(row.series)
        shown += [figure] if figure else []
        if figure is None or (figure.value is None and not figure.hidden):
            gaps[row.label] = f"{gaps.get(row.label, '')} {source.lacking(row.series)}".strip()
        suffix = f" {figure.unit}" if figure else None
        found.setdefault(row.label, {})[column] = cell(source, figure, "value", Printing(unit_suffix=suffix))
    width = len(periods) + 1
    lines = tuple(
        Line(label, tuple(by_column.get(index, Cell("")) for index in range(width)), gap=gaps.get(label, ""))
        for label, by_column in found.items()
    )
    columns = (*(_reviewed(*days) for days in periods), "Urval")
    sources = (*_cited(shown), f"{CONTROL}: stickprov.")
    return [Table(spec.table_id, source.text(spec.title), columns, (Section("", lines),), sources, "Kontroll")]


def _providers(source: Source) -> list[ProviderRow]:
    return source.publication.records(
        "provider_follow_up", ProviderRow, municipality_id=source.municipality.id, year=source.year
    )


@BLOCKS.kind(Providers)
def providers(spec: Providers, source: Source) -> list[Block]:
    """The table, a line for each contract."""
    rows = _providers(source)
    if not rows:
        return _absent(source, spec.title)
    columns = (
        "Vad har följts upp?",
        "Har leverantören i huvudsak uppfyllt väsentliga mål och krav?",
        "Vilka brister har iakttagits?",
        "Hur påverkar bristerna nämndens verksamhet?",
        "Vilka åtgärder har vidtagits?",
    )

    def line(row: ProviderRow) -> Line:
        subject = f"{row.subject}. {row.legal_basis}." if row.legal_basis else row.subject
        texts = (subject, "Ja" if row.is_fulfilled else "Nej", row.finding, row.impact, row.action)
        return Line(row.contract, tuple(Cell(text or "") for text in texts))

    sections = (Section("", tuple(line(row) for row in rows)),)
    return [
        Table(spec.table_id, source.text(spec.title), columns, sections, (f"{CONTRACTS}.",), "Berört avtal", (), "text")
    ]


@BLOCKS.kind(ProviderLimits)
def provider_limits(spec: ProviderLimits, source: Source) -> list[Block]:
    """The table; nothing where no contract has such a limit."""

    def line(row: ProviderRow, months: int) -> Line:
        printed = Cell(
            f"{spelled(months)} månader",
            (),
            origin(row, "min_months", CONTRACTS, "purchased_place_min_months"),
            "",
            float(months),
        )
        return Line(spec.labels.get(row.follow_up_id, row.contract), (printed,))

    lines = tuple(line(row, row.min_months) for row in _providers(source) if row.min_months is not None)
    if not lines:
        return []
    return [
        Table(
            spec.table_id, source.text(spec.title), ("Avgränsning",), (Section("", lines),), (f"{CONTRACTS}.",), "Avtal"
        )
    ]


@BLOCKS.kind(Grants)
def grant_table(spec: Grants, source: Source) -> list[Block]:
    """The table: a line for each grant, named by type, grant and payer, and the total of the lines."""
    rows = grants(source)
    if not rows:
        return _absent(source, spec.title)

    def line(row: GrantRow) -> Line:
        is_sum = row.row_kind == "total"
        cited, indicator = (GRANT_SUMS, "grant_amount_total") if is_sum else (GRANT_REGISTER, "grant_amount")
        cells = []
        for column in spec.columns:
            before = column.amount == "previous_recognised"
            year = row.year - 1 if before else row.year
            cells.append(
                money(row, column.amount, getattr(row, column.amount), spec.scale, cited, indicator, year=year)
            )
        label = row.grant_name if is_sum else f"{row.grant_type} – {row.grant_name} ({row.payer})"
        return Line(label, tuple(cells), is_sum=is_sum)

    lines = tuple(line(row) for row in rows if row.row_kind != "type")
    columns = tuple(source.text(column.label) for column in spec.columns)
    remarks = tuple(source.text(remark) for remark in spec.remarks)
    title = _in_unit(source.text(spec.title), spec.scale)
    return [
        Table(
            spec.table_id,
            title,
            columns,
            (Section("", lines),),
            (f"{GRANT_REGISTER}. Summor: egen bearbetning.",),
            "Bidrag",
            remarks,
        )
    ]


@BLOCKS.kind(Investments)
def investment_table(spec: Investments, source: Source) -> list[Block]:
    """The table: groups, their categories, and the totals."""
    rows = investments(source)
    if not rows:
        return _absent(source, spec.title)

    def line(row: InvestmentRow, label: str) -> Line:
        cells = []
        for column in spec.columns:
            year = row.year - 1 if column.amount == "previous_actual" else row.year
            value = getattr(row, column.amount)
            indicator = "inv_total" if row.line_kind == "total" else row.line_id
            cells.append(
                money(
                    row,
                    column.amount,
                    value,
                    spec.scale,
                    INVESTMENT_ACCOUNTS,
                    indicator,
                    missing="",
                    plus=column.plus,
                    year=year,
                )
            )
        return Line(label, tuple(cells), is_sum=row.line_kind != "category", level=0)

    lines = [line(row, row.line) for row in rows if spec.categories and row.line_kind != "total"]
    by_id = {row.line_id: row for row in rows}
    for line_id, label in spec.totals:
        empty = Line(label, tuple(Cell("") for _ in spec.columns), is_sum=True)
        lines.append(line(by_id[line_id], label) if line_id in by_id else empty)
    columns = tuple(source.text(column.label) for column in spec.columns)
    title = _in_unit(source.text(spec.title), spec.scale)
    return [
        Table(spec.table_id, title, columns, (Section("", tuple(lines)),), (f"{INVESTMENT_ACCOUNTS}.",), "Investering")
    ]


@BLOCKS.kind(ForecastAccuracy)
def forecast_table(spec: ForecastAccuracy, source: Source) -> list[Block]:
    """The table: a line for each occasion, and the outcome."""
    rows = forecasts(source)
    if not rows:
        return _absent(source, spec.title)
    lines = []
    for row in rows:
        cells = tuple(
            money(row, measure, value, spec.scale, FORECASTS, "forecast_result")
            for measure, value in (("forecast", row.forecast), ("deviation", row.deviation))
        )
        lines.append(Line(row.occasion, cells))
    last = rows[-1]
    missing = NOT_AVAILABLE if last.outcome is None else NO_COMPARISON
    outcome = money(last, "outcome", last.outcome, spec.scale, FORECASTS, "forecast_result", missing=missing)
    lines.append(Line(source.text("Bokslut {year}"), (outcome, Cell("")), is_sum=True))
    columns = ("Prognos", "Avvikelse från utfall")
    title = _in_unit(source.text(spec.title), spec.scale)
    return [
        Table(spec.table_id, title, columns, (Section("", tuple(lines)),), (f"{FORECASTS}.",), "Avstämningstillfälle")
    ]


@BLOCKS.kind(Measures)
def measure_table(spec: Measures, source: Source) -> list[Block]:
    """The table, a line for each measure; nothing where the board has none of the horizon."""
    rows = measures(source, spec.horizon)
    columns = ("Beskrivning", "Möjlig effektivisering", *(("Uppföljning",) if spec.follow_up else ()))

    def line(row: MeasureRow) -> Line:
        effect = " ".join(part for part in (row.expected_effect, _expected(row)) if part)
        done = " ".join(part for part in (row.follow_up, row.outcome) if part)
        texts = (row.description, effect, *((done,) if spec.follow_up else ()))
        return Line(row.area or "", tuple(Cell(text) for text in texts))

    if not rows:
        return []
    sections = (Section("", tuple(line(row) for row in rows)),)
    return [
        Table(spec.table_id, source.text(spec.title), columns, sections, (f"{PLAN}.",), spec.first_column, (), "text")
    ]


def _expected(row: MeasureRow) -> str:
    """What a measure is expected to give, in figures: 'Minskade övertidskostnader: 50 procent.'"""
    if row.effect_percent is not None:
        return f"{row.effect_label}: {number(row.effect_percent)}{NBSP}procent."
    if row.effect_amount is not None:
        return f"{row.effect_label}: minst {number(row.effect_amount / 1_000_000)}{NBSP}mkr."
    return ""


@BLOCKS.kind(MeasureFigures)
def measure_figures(spec: MeasureFigures, source: Source) -> list[Block]:
    """The table: outcomes of the measures' indicators, and expected effects; nothing where no measure has a figure."""
    lines: list[Line] = []
    shown: list[Figure] = []
    blank = Cell("")
    for row in measures(source, spec.horizon):
        labels = spec.labels.get(row.indicator_id or "")
        figure = source.figure(row.series) if row.indicator_id else None
        if labels and figure:
            shown.append(figure)
            before = cell(source, figure, "previous_value", Printing(scale="tkr", unit_suffix=" tkr"))
            now = cell(source, figure, "value", Printing(unit_suffix=" kr"))
            if labels.below and figure.shown is not None:
                bound = labels.below * math.ceil(figure.shown / labels.below)
                now = replace(now, text=f"{number(bound)}{NBSP}kr", value=float(bound), within=float(labels.below))
            lines += [
                Line(labels.previous, (before, blank, blank, blank)),
                Line(labels.change, (blank, cell(source, figure, "change"), blank, blank)),
                Line(labels.value, (blank, blank, now, blank)),
            ]
        elif labels:
            missing = cell(source, None, "value", Printing(unit_suffix=" kr"))
            lines.append(Line(labels.value, (blank, blank, missing, blank), gap=source.lacking(row.series)))
        if row.effect_percent is not None:
            expected = share(row, "effect_percent", row.effect_percent, PLAN, row.measure_id)
        elif row.effect_amount is not None:
            amount = number(row.effect_amount / 1_000_000)
            where = origin(row, "effect_amount", PLAN, row.measure_id)
            kronor, word = MONEY["mnkr"]
            expected = Cell(f"minst {amount}{NBSP}mkr", (), where, "", row.effect_amount / kronor, 0, word, kronor)
        else:
            continue
        lines.append(Line(f"{row.effect_label} (möjlig effektivisering)", (blank, blank, blank, expected)))
    if not lines:
        return []
    year = source.year
    columns = (str(year - 1), f"Differens {year - 1}/{year}", str(year), "Möjlig effektivisering")
    sources = (*_cited(shown), f"Möjlig effektivisering: {PLAN.removeprefix('Källa: ')}.")
    return [Table(spec.table_id, source.text(spec.title), columns, (Section("", tuple(lines)),), sources, "Åtgärd")]
