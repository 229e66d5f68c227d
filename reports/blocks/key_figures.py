"""Tables of key figures: rows of indicators against columns of years (`key_figures`) or of comparison groups (`comparison`).

Belongs here: which mart row stands in which cell, and small groups that another cell would give away. Does not belong here: tables of
other marts (goals, ledger), and how a cell is printed (`cells`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reports.cells import cell, source_lines
from reports.document import Absent, Block, Cell, Line, Section, Table
from reports.figures import Figure
from reports.format import NO_COMPARISON, NOT_SHOWN
from reports.outline import BLOCKS, BlockSpec, ColumnSpec, RowGroup, RowSpec, Strict
from reports.source import OLDEST, Source

MEANS = ("region_mean", "similar_mean", "national_mean")


class KeyFigures(BlockSpec):
    """A table of key figures over time. columns: newest or oldest first, as listed. missing: sign of a value that is not there, where
    neither row nor column has its own. remarks: below the table. absent: what is said where not one row has a figure; empty: the table
    stands, with the reason at each row. first_column: heading of the labels.
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
    """Own value beside the means of region, similar and all municipalities, each row in its newest year; another year than the
    table's newest stands in the cell: '89 (2023)'. columns: headings; there `{year}` is the table's newest year.
    """

    block: Literal["comparison"]
    table_id: str
    title: str
    columns: ComparisonColumns = ComparisonColumns()
    groups: tuple[RowGroup, ...]
    first_column: str = "Nyckeltal"
    remarks: tuple[str, ...] = ()


def expand(source: Source, rows: Iterable[RowSpec]) -> list[RowSpec]:
    """The rows that apply to the municipality, with a row for each staff group, department or unit where a row asks for it."""
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
            named = [("org_unit", unit.id, unit.name) for department in municipality.departments for unit in department.units]
        for key, value, name in named:
            label = f"{row.label} – {name}" if row.label else ""
            found.append(row.model_copy(update={"each": None, key: value, "label": label}))
    return [row for row in found if source.applies(row)]


@BLOCKS.kind(KeyFigures)
def key_figures(spec: KeyFigures, source: Source) -> list[Block]:
    """The table; `Absent` where not one row has a figure and the outline says so; nothing where no row applies."""
    groups = [(source.text(group.heading), expand(source, group.rows)) for group in spec.groups]
    figures = {
        (row, index): source.figure(row, source.year + column.year, period=column.period, measure_time=column.measure_time)
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
        concealed = {index: _concealed(rows, {row: figures[row, index] for row in rows}) for index in range(len(spec.columns))}
        lines = tuple(_line(source, spec, row, [figures[row, i] for i in range(len(spec.columns))], concealed) for row in rows)
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


def _concealed(rows: list[RowSpec], figures: dict[RowSpec, Figure | None]) -> set[RowSpec]:
    """Rows to hide: those with too few people, and one more where the rest of a split would give a single hidden row away."""
    hidden = {row for row, figure in figures.items() if figure and figure.hidden}
    for row in list(hidden):
        kin = [other for other in rows if _split(other) == _split(row)]
        if len(kin) > 1 and sum(other in hidden for other in kin) == 1:
            others = {other: figure for other in kin if other != row and (figure := figures[other])}
            if others:
                hidden.add(min(others, key=lambda other: others[other].n or 0))
    return hidden


def _split(row: RowSpec) -> tuple[str, str, bool, bool, bool]:
    """What rows have in common that add up to one total."""
    by = (row.breakdown or "").split("=")[0]
    return row.indicator, by, row.gender != "T", row.org_unit is not None, row.staff_group is not None


def _line(source: Source, spec: KeyFigures, row: RowSpec, figures: list[Figure | None], concealed: dict[int, set[RowSpec]]) -> Line:
    cells: list[Cell] = []
    somewhere = any(row in rows for rows in concealed.values())
    for index, (column, figure) in enumerate(zip(spec.columns, figures, strict=True)):
        missing = column.missing if column.missing is not None else row.missing if row.missing is not None else spec.missing
        if row.only and index + 1 not in row.only:
            cells.append(Cell(""))
        elif row in concealed[index] or (column.kind == "change" and somewhere):
            cells.append(Cell(NOT_SHOWN))
        else:
            cells.append(cell(source, figure, column.kind, row, missing=missing))
    gap = "" if any(figures) else source.absence(row.indicator)
    note = source.text(row.note) or source.ended(row.indicator)
    return Line(source.title(row, row.label), tuple(cells), note="" if gap else note, gap=gap, is_sum=row.is_sum)


def latest(series: dict[int, Figure], last_year: int) -> Figure | None:
    """The newest figure with an own value, at most `OLDEST` years before `last_year`; else the newest of any kind."""
    recent = [figure for year, figure in series.items() if last_year - OLDEST <= year <= last_year]
    with_value = [figure for figure in recent if figure.value is not None or figure.hidden]
    return (with_value or recent or [None])[-1]  # type: ignore[list-item]


@BLOCKS.kind(Comparison)
def comparison(spec: Comparison, source: Source) -> list[Block]:
    """The table; nothing where no row applies to the municipality."""
    groups = [(source.text(group.heading), expand(source, group.rows)) for group in spec.groups]
    found = {row: latest(source.series(row), source.year) for _, rows in groups for row in rows}
    if not found:
        return []
    year = max((figure.year for figure in found.values() if figure and figure.value is not None), default=source.year)

    def line(row: RowSpec) -> Line:
        figure = found[row]
        own = cell(source, figure, "value", row, column_year=year, missing=None if figure else NO_COMPARISON)
        means = tuple(cell(source, figure, measure, row, column_year=year) for measure in MEANS)
        gap = source.absence(row.indicator) if figure is None or (figure.value is None and not figure.hidden) else ""
        note = source.text(row.note) or source.ended(row.indicator)
        return Line(source.title(row, row.label), (own, *means), note="" if gap else note, gap=gap)

    headings = (spec.columns.own, spec.columns.region, spec.columns.similar, spec.columns.national)
    sections = tuple(Section(heading, tuple(line(row) for row in rows)) for heading, rows in groups if rows)
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
