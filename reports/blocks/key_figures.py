"""Tables of key figures: rows of indicators against columns of years (`key_figures`) or of comparison groups
(`comparison`).

Belongs here: which mart row stands in which cell. Does not belong here: tables of other marts (goals, ledger), and how
a cell is printed (`cells`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ingestion.configuration.form import Strict
from reports.cells import broken_note, cell, source_lines
from reports.document import Absent, Block, Cell, Line, Section, Table
from reports.figures import Figure
from reports.format import NO_COMPARISON
from reports.outline import BLOCKS, BlockSpec, ColumnSpec, RowGroup, RowSpec
from reports.source import OLDEST, YEAR, Source

MEANS = {"region_mean": "region", "similar_mean": "similar", "national_mean": "national"}
"""Measures of a comparison, each with the heading of its column."""


class KeyFigures(BlockSpec):
    """A table of key figures over time. columns: newest or oldest first, as listed. missing: sign of a value that is
    not there, where neither row nor column has its own. remarks: below the table. absent: what is said where not one
    row has a figure; empty: the table stands, with the reason at each row. first_column: heading of the labels.
    """

    block: Literal["key_figures"]
    table_id: str
    title: str
    columns: tuple[ColumnSpec, ...]
    groups: tuple[RowGroup, ...]
    missing: str = NO_COMPARISON
    first_column: str = "Nyckeltal"
    remarks: tuple[str, ...] = ()
    absent: str = ""


class ComparisonColumns(Strict):
    """The headings of a comparison."""

    own: str = "{municipality} {year}"
    region: str = "{region} genomsnitt {year}"
    similar: str = "Liknande kommuner {year}"
    national: str = "Kommungenomsnitt {year}"


class Comparison(BlockSpec):
    """Own value beside the means of region, similar and all municipalities, each row in its newest year; another year
    than the table's newest stands in the cell: '89 (2023)'. columns: headings; there `{year}` is the table's newest
    year. A municipality without a region has no column of it.
    """

    block: Literal["comparison"]
    table_id: str
    title: str
    columns: ComparisonColumns = ComparisonColumns()
    groups: tuple[RowGroup, ...]
    first_column: str = "Nyckeltal"
    remarks: tuple[str, ...] = ()


def expand(source: Source, rows: Iterable[RowSpec]) -> list[RowSpec]:
    """The rows that apply to the municipality, with a row for each staff group, department or unit where a row asks for
    it.
    """
    found: list[RowSpec] = []
    municipality = source.municipality
    for row in rows:
        if row.each is None:
            found.append(row)
            continue
        if row.each == "staff_group":
            groups = [group for group in municipality.staff_groups if row.service_area in (None, group.service_area)]
            named = [("staff_group", group.id, group.label) for group in groups]
        elif row.each == "department":
            named = [("org_unit", department.id, department.name) for department in municipality.departments]
        else:
            named = [("org_unit", unit.id, unit.name) for unit in municipality.units]
        for key, value, name in named:
            label = f"{row.label} – {name}" if row.label else ""
            found.append(row.model_copy(update={"each": None, key: value, "label": label}))
    return [row for row in found if source.applies(row)]


@BLOCKS.kind(KeyFigures)
def key_figures(spec: KeyFigures, source: Source) -> list[Block]:
    """The table; `Absent` where not one row has a figure and the outline says so; nothing where no row applies."""
    groups = [(source.text(group.heading), expand(source, group.rows)) for group in spec.groups]
    figures = {
        (row, index): source.figure(
            row, source.year + column.year, period=column.period, measure_time=column.measure_time
        )
        for _, rows in groups
        for row in rows
        for index, column in enumerate(spec.columns)
    }
    if not figures:
        return []
    present = [figure for figure in figures.values() if figure]
    if spec.absent and not present:
        return [Absent(source.text(spec.title), source.text(spec.absent))]
    sections = []
    for heading, rows in groups:
        lines = tuple(_line(source, spec, row, [figures[row, i] for i in range(len(spec.columns))]) for row in rows)
        if lines:
            sections.append(Section(heading, lines))
    return [
        Table(
            spec.table_id,
            source.text(spec.title),
            tuple(source.text(column.label) for column in spec.columns),
            tuple(sections),
            source_lines(source, present),
            spec.first_column,
            tuple(source.text(remark) for remark in spec.remarks),
        )
    ]


def _line(source: Source, spec: KeyFigures, row: RowSpec, figures: list[Figure | None]) -> Line:
    cells: list[Cell] = []
    for column, figure in zip(spec.columns, figures, strict=True):
        missing = (
            column.missing if column.missing is not None else row.missing if row.missing is not None else spec.missing
        )
        cells.append(cell(source, figure, column.kind, row, missing=missing))
    own = [figure for column, figure in zip(spec.columns, figures, strict=True) if column.kind == "value"]
    note = " ".join(text for text in (source.text(row.note), broken_note(own) or source.ended(row.indicator)) if text)
    gap = _gap(source, spec, row, figures)
    return Line(
        source.title(row, row.label),
        tuple(cells),
        note="" if gap and not any(figures) else note,
        gap=gap,
        is_sum=row.is_sum,
    )


def _gap(source: Source, spec: KeyFigures, row: RowSpec, figures: list[Figure | None]) -> str:
    """Why the row's newest column with an own value has none; empty where it has one, or is not shown as too few stand
    behind it.
    """
    asked = [(column, figure) for column, figure in zip(spec.columns, figures, strict=True) if column.kind == "value"]
    if not asked:
        return "" if any(figures) else source.absence(row.indicator)
    column, figure = max(
        asked, key=lambda one: (one[0].year, source.days(one[0].period or row.period, source.year + one[0].year) or ())
    )
    if figure is not None and (figure.value is not None or figure.hidden):
        return ""
    ended = source.ended(row.indicator)
    asked_for = source.asked(row.model_copy(update={"period": column.period or row.period}), source.year + column.year)
    if not any(figures):
        return source.absence(row.indicator, asked_for)
    return f"Uppgift för {asked_for} saknas." + (f" {ended}" if ended else "")


def latest(source: Source, row: RowSpec) -> Figure | None:
    """The figure that a comparison shows: that of `Source.current`; else, for what the other municipalities have, the
    newest without a value of its own.
    """
    found = source.current(row)
    if found is not None or row.period != YEAR:
        return found
    recent = [figure for year, figure in source.series(row).items() if source.year - OLDEST <= year <= source.year]
    return recent[-1] if recent and (source.lags(row) or recent[-1].year == source.year) else None


@BLOCKS.kind(Comparison)
def comparison(spec: Comparison, source: Source) -> list[Block]:
    """The table; nothing where no row applies to the municipality. Of the platform's outlines `Absent`, where neither the
    municipality nor a group has a figure in it.
    """
    groups = [(source.text(group.heading), expand(source, group.rows)) for group in spec.groups]
    found = {row: latest(source, row) for _, rows in groups for row in rows}
    if not found:
        return []
    year = max((figure.year for figure in found.values() if figure and figure.value is not None), default=source.year)
    measures = [measure for measure in MEANS if measure != "region_mean" or source.region]

    def line(row: RowSpec) -> Line:
        figure = found[row]
        own = cell(source, figure, "value", row, column_year=year, missing=None if figure else NO_COMPARISON)
        means = tuple(cell(source, figure, measure, row, column_year=year) for measure in measures)
        missing = figure is None or (figure.value is None and not figure.hidden)
        gap = ""
        if missing:
            gap = source.lacking(row) if source.has_been(row) else source.absence(row.indicator, source.asked(row))
        elif figure is not None and figure.year != source.year:
            gap = source.lacking(row, figure)
        note = source.text(row.note) or source.ended(row.indicator)
        return Line(source.title(row, row.label), (own, *means), note="" if gap else note, gap=gap)

    headings = (spec.columns.own, *(getattr(spec.columns, MEANS[measure]) for measure in measures))
    sections = tuple(Section(heading, tuple(line(row) for row in rows)) for heading, rows in groups if rows)
    if source.asks_for_all and not any(found.values()):
        reasons = dict.fromkeys(line.gap for section in sections for line in section.lines)
        return [Absent(source.text(spec.title), " ".join(reasons))]
    return [
        Table(
            spec.table_id,
            source.text(spec.title),
            tuple(source.text(heading.replace("{year}", str(year))) for heading in headings),
            sections,
            source_lines(source, [figure for figure in found.values() if figure]),
            spec.first_column,
            tuple(source.text(remark) for remark in spec.remarks),
        )
    ]
