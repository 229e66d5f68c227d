"""Tables of the ledger: the operating statement of the year and from the beginning of the year, and the result of each
area.

Belongs here: which amount stands in which cell. Does not belong here: reading the marts (`ledger`), sentences
(`sentences.finance`), and key figures that are indicators (`key_figures` prints 'Ekonomiskt resultat' like any other).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ingestion.configuration.form import Strict
from reports import ledger
from reports.cells import all_marks, cell, counted_cell, marks, origin, source_lines
from reports.document import Absent, Block, Cell, Line, Section, Table
from reports.figures import Figure, StatementRow
from reports.format import NO_COMPARISON, month_name, number, rounded
from reports.outline import BLOCKS, BlockSpec, Period, Printing, SeriesSpec
from reports.source import Source

YearMeasure = Literal["budget", "actual", "deviation", "previous_actual", "change"]
YtdMeasure = Literal[
    "budget_ytd",
    "actual_ytd",
    "deviation_ytd",
    "previous_actual_ytd",
    "budget_year",
    "forecast_year",
    "forecast_deviation",
    "previous_forecast_year",
    "forecast_change",
]
SIGNS = "Intäkter är positiva, kostnader negativa."
_TKR = Printing(scale="tkr")
ROUNDING = "Varje cell är avrundad för sig från kronor; en summa kan därför skilja sig med 1 tkr från sina delar."


class YearColumn(Strict):
    """A column of the year's statement. Its label may name `{outcome}`: 'Bokslut' once the year is closed, before that
    'Utfall'.
    """

    label: str
    measure: YearMeasure


class OperatingStatement(BlockSpec):
    """The year's operating statement in tkr, the lines as the municipality's configuration has them. empty_lines: what
    stands in a plain line where nothing was budgeted or booked: 0, or nothing as in some prints; sums are always there.
    """

    delivered_by = "ledger"
    block: Literal["operating_statement"]
    table_id: str = "drift_tkr"
    title: str = "Drift, tkr"
    columns: tuple[YearColumn, ...] = (
        YearColumn(label="Budget {year}", measure="budget"),
        YearColumn(label="{outcome} {year}", measure="actual"),
        YearColumn(label="Avv. från budget {year}", measure="deviation"),
        YearColumn(label="Bokslut {year-1}", measure="previous_actual"),
        YearColumn(label="Diff. utfall {year-1}/{year}", measure="change"),
    )
    first_column: str = "Post"
    empty_lines: Literal["zero", "blank"] = "zero"
    remarks: tuple[str, ...] = ()


class AreaColumn(Strict):
    """A column of areas: which of the two concepts, of which year (offset from the report's). hundreds: in whole
    hundreds of tkr.
    """

    label: str
    indicator: Literal["result_by_area", "net_frame_by_area"]
    year: int = 0
    hundreds: bool = False


class AreaResults(BlockSpec):
    """Result against budget, and net frame, of each department and of all (DEFINITIONS 4.8: two concepts side by side)."""

    delivered_by = "ledger"
    block: Literal["area_results"]
    table_id: str = "resultat_per_verksamhet_tkr"
    title: str = "Resultat per verksamhet, tkr"
    columns: tuple[AreaColumn, ...] = (
        AreaColumn(label="Bokslut {year-1}", indicator="result_by_area", year=-1),
        AreaColumn(label="Nettoram {year}", indicator="net_frame_by_area"),
        AreaColumn(label="Bokslut {year}", indicator="result_by_area"),
    )
    first_column: str = "Verksamhet"
    remarks: tuple[str, ...] = ()


class YtdColumn(Strict):
    """A column of the statement from the beginning of the year."""

    label: str
    measure: YtdMeasure


class StatementYtd(BlockSpec):
    """The statement from January to the report's last month, in tkr. by: a row for each line of the whole board; the
    result line of each department and of the whole; or (department_line) the lines of each on which there is something.
    """

    delivered_by = "ledger"
    block: Literal["statement_ytd"]
    table_id: str
    title: str
    by: Literal["line", "department", "department_line"] = "line"
    columns: tuple[YtdColumn, ...] = (
        YtdColumn(label="Budget till och med {through}", measure="budget_ytd"),
        YtdColumn(label="Utfall till och med {through}", measure="actual_ytd"),
        YtdColumn(label="Avvikelse", measure="deviation_ytd"),
        YtdColumn(label="Utfall samma period {year-1}", measure="previous_actual_ytd"),
        YtdColumn(label="Budget {year}", measure="budget_year"),
        YtdColumn(label="Prognos {year}", measure="forecast_year"),
        YtdColumn(label="Prognos jämförd med budget", measure="forecast_deviation"),
        YtdColumn(label="Ändring sedan föregående prognos", measure="forecast_change"),
    )
    first_column: str = ""
    remarks: tuple[str, ...] = ()


class FollowedCosts(BlockSpec):
    """The costs that the municipality's configuration names accounts for, from the beginning of the year, beside the
    same months before.
    """

    delivered_by = "ledger"
    block: Literal["followed_costs"]
    table_id: str
    title: str
    columns: tuple[str, str, str] = ("Till och med {through}", "Samma period {year-1}", "Ändring")
    first_column: str = "Kostnad"


@BLOCKS.kind(OperatingStatement)
def operating_statement(spec: OperatingStatement, source: Source) -> list[Block]:
    """The table; `Absent` where no ledger was delivered."""
    rows = ledger.statement(source)
    title = source.text(spec.title)
    if not rows:
        return [Absent(title, f"Inga uppgifter ur ekonomisystemet har levererats för {source.year}.")]
    is_closed = rows[0].ledger_status == "closed"
    outcome = "Bokslut" if is_closed else "Utfall"

    def line(row: StatementRow) -> Line:
        blank = spec.empty_lines == "blank" and not row.is_sum
        cells = [
            Cell("") if blank and getattr(row, column.measure) == 0 else ledger.amount(row, column.measure, "tkr")
            for column in spec.columns
        ]
        return Line(row.line, tuple(cells), is_sum=row.is_sum)

    remarks = [f"{SIGNS} {ROUNDING}"]
    if not is_closed:
        remarks.append(f"Räkenskapsåret {source.year} är inte stängt: uppgifterna kan ändras.")
    if rows[0].budget_version:
        remarks.append(f"Budget enligt version ”{rows[0].budget_version}”.")
    return [
        Table(
            spec.table_id,
            title,
            tuple(source.text(column.label.replace("{outcome}", outcome)) for column in spec.columns),
            (Section("", tuple(line(row) for row in rows)),),
            (f"{ledger.LEDGER}.",),
            spec.first_column,
            (*remarks, *(source.text(remark) for remark in spec.remarks)),
        )
    ]


@BLOCKS.kind(AreaResults)
def area_results(spec: AreaResults, source: Source) -> list[Block]:
    """The table; `Absent` where no area has a result."""
    areas = [(department.id, department.name) for department in source.municipality.departments]
    title = source.text(spec.title)
    found = {
        (area, column): source.figure(SeriesSpec(indicator=column.indicator, org_unit=area), source.year + column.year)
        for area in (*(area for area, _ in areas), None)
        for column in spec.columns
    }
    present = [figure for figure in found.values() if figure]
    if not present:
        return [Absent(title, f"Ingen budget per verksamhet har levererats för {source.year}.")]

    def line(area: str | None, name: str) -> Line:
        figures = [(column, found[area, column]) for column in spec.columns]
        newest = ((column, figure) for column, figure in figures if not column.year)
        lacking = [column for column, figure in newest if figure is None or figure.shown is None]
        gap = source.lacking(SeriesSpec(indicator=lacking[0].indicator, org_unit=area)) if lacking else ""
        return Line(name, tuple(_area_cell(source, *figure) for figure in figures), gap=gap, is_sum=area is None)

    lines = [line(area, name) for area, name in (*areas, (None, "Summa"))]
    remarks = [
        "Resultat är utfall minus budget: ett överskott är positivt. Nettoramen är ett annat begrepp och jämförs inte med det."
    ]
    if any(column.hundreds for column in spec.columns):
        remarks.append("Nettoramar visas i hela hundra tkr, också deras summa.")
    return [
        Table(
            spec.table_id,
            title,
            tuple(source.text(column.label) for column in spec.columns),
            (Section("", tuple(lines)),),
            source_lines(source, present),
            spec.first_column,
            (*remarks, *(source.text(remark) for remark in spec.remarks)),
        )
    ]


def _area_cell(source: Source, column: AreaColumn, figure: Figure | None) -> Cell:
    if figure is None or figure.value is None or not column.hundreds:
        return cell(source, figure, "value", _TKR, missing=NO_COMPARISON)
    hundreds = float(rounded(figure.value / 100_000)) * 100
    made = counted_cell(source, figure, "value", figure.value, _TKR)
    return replace(made, text=number(hundreds), value=hundreds, within=50.0)


@BLOCKS.kind(StatementYtd)
def statement_ytd(spec: StatementYtd, source: Source) -> list[Block]:
    """The table; `Absent` where the month has not been delivered."""
    title = source.text(spec.title)
    rows = ledger.statement_ytd(source)
    if not rows:
        return [Absent(title, f"Bokföringen för {month_name(source.through)} har inte levererats.")]

    def cells(row: ledger.YtdRow) -> tuple[Cell, ...]:
        return tuple(ledger.amount(row, column.measure, "tkr") for column in spec.columns)

    def of(department: str | None) -> tuple[Line, ...]:
        return tuple(
            Line(row.line, cells(row), is_sum=row.is_sum)
            for row in rows
            if row.org_unit == department
            and (department is None or any(getattr(row, column.measure) for column in spec.columns))
        )

    departments = [*((d.id, d.name) for d in source.municipality.departments), ("unmapped", "Ansvar utan avdelning")]
    if spec.by == "line":
        sections: tuple[Section, ...] = (Section("", of(None)),)
    elif spec.by == "department_line":
        sections = tuple(Section(name, lines) for department, name in departments if (lines := of(department)))
    else:
        result = {row.org_unit: row for row in rows if row.line_id == ledger.line_with(source, "result")}
        found = [Line(name, cells(result[department])) for department, name in departments if department in result]
        found += [Line("Hela nämnden", cells(result[None]), is_sum=True)] if None in result else []
        sections = (Section("", tuple(found)),)
    return [
        Table(
            spec.table_id,
            title,
            tuple(source.text(column.label) for column in spec.columns),
            sections,
            (f"{ledger.LEDGER}.",),
            spec.first_column or ("Avdelning" if spec.by == "department" else "Post"),
            (*_ytd_remarks(rows), *(source.text(remark) for remark in spec.remarks)),
        )
    ]


@BLOCKS.kind(FollowedCosts)
def followed_costs(spec: FollowedCosts, source: Source) -> list[Block]:
    """The table; nothing where the configuration follows no cost, `Absent` where the month has not been delivered."""
    followed = source.municipality.cost_indicators
    month = Period(month="last")
    series = [SeriesSpec(indicator=cost.id, period=month, measure_time="ytd") for cost in followed]
    pairs = [(each, source.figure(each), source.figure(each, source.year - 1)) for each in series]
    present = [figure for _, *both in pairs for figure in both if figure]
    title = source.text(spec.title)
    if not present:
        return [Absent(title, f"Bokföringen för {month_name(source.through)} har inte levererats.")] if followed else []
    lines = []
    for each, figure, before in pairs:
        change = Cell(NO_COMPARISON)
        if (
            figure
            and before
            and figure.shown is not None
            and before.shown is not None
            and figure.series_id == before.series_id
        ):
            made = counted_cell(source, figure, "change", figure.shown - before.shown, _TKR)
            both = replace(origin(figure, "change"), key=f"{figure.key} {before.key}")
            change = replace(made, origin=both, marks=all_marks(marks(figure, "value"), marks(before, "value")))
        own = (cell(source, one, "value", _TKR, missing=NO_COMPARISON) for one in (figure, before))
        gap = "" if figure and figure.shown is not None else source.lacking(each)
        lines.append(Line(source.title(each), (*own, change), gap=gap))
    columns = tuple(source.text(column) for column in spec.columns)
    return [
        Table(
            spec.table_id,
            title,
            columns,
            (Section("", tuple(lines)),),
            source_lines(source, present),
            spec.first_column,
        )
    ]


def _ytd_remarks(rows: list[ledger.YtdRow]) -> list[str]:
    remarks = [f"{SIGNS} Budgeten till och med månaden är den periodiserade. {ROUNDING}"]
    forecasts = [row.forecast_month for row in rows if row.org_unit is None and row.forecast_month]
    if forecasts:
        remarks.append(f"Helårsprognosen gjordes efter {month_name(max(forecasts))}.")
    # That the year has been closed since is no news of a report within it.
    if rows[0].is_preliminary:
        remarks.append(f"Räkenskapsåret {rows[0].period_end.year} är inte stängt: uppgifterna kan ändras.")
    return remarks
