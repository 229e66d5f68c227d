"""Diagrams: marts to inline SVG in one style, with the same points as a data table.

Belongs here: the series of a diagram, axes, direct labels, and what is said where a line is broken. Does not belong
here: the look (`chart_style`), which diagrams a document holds (outlines), and sentences.

Comparison groups have fixed colours, and beside the colour a dash and a marker of their own. A missing year is a gap, a
changed definition breaks the line, and simulated or preliminary values are hollow.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports import chart_style
from reports.cells import cell, decimals_of, marks, source_lines
from reports.chart_style import (
    CONFIG,
    GRID,
    HEIGHT,
    MUTED,
    PADDING,
    RULE,
    SOLID,
    STYLES,
    TITLE,
    WIDTH,
    spread_labels,
    value_axis,
)
from reports.document import Cell, Diagram, Section, Table
from reports.document import Line as Row
from reports.figures import Figure
from reports.format import NBSP, NOT_AVAILABLE, NOT_SHOWN, number, unit
from reports.outline import Period, SeriesSpec
from reports.source import Source

MEMBERS = "Kommun"
"""The first column of a diagram's table where its rows are the region's members."""
MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sept", "okt", "nov", "dec")


@dataclass(frozen=True)
class Frame:
    """What a diagram is called. chart_id: its anchor, also the id of its table's figures. number: as printed; None:
    none.
    """

    chart_id: str
    number: int | None
    title: str


@dataclass(frozen=True)
class Point:
    """One value of one series: where (year, or month of the year), as drawn, as read out."""

    at: int
    value: float
    text: str
    hollow: bool
    segment: int


@dataclass(frozen=True)
class Line:
    """One series of a diagram. style: key of `STYLES`."""

    style: str
    label: str
    points: tuple[Point, ...]


def _segments(values: list[tuple[int, str | None]]) -> list[int]:
    """The number of the unbroken stretch that each (year, series_id) belongs to: a missing year or a new series breaks."""
    numbers, current = [], 0
    for index, (year, series_id) in enumerate(values):
        if index and (year != values[index - 1][0] + 1 or series_id != values[index - 1][1]):
            current += 1
        numbers.append(current)
    return numbers


def _one_unit(figures: list[Figure]) -> tuple[list[Figure], list[Figure]]:
    """The figures of the unit to draw, and those of other units: never two units on one axis.

    The newest unit is drawn as soon as it has three values; until then the one that most values have.
    """
    newest = figures[-1].unit
    counts = {
        name: sum(figure.unit == name and figure.value is not None for figure in figures)
        for name in {figure.unit for figure in figures}
    }
    chosen = newest if counts[newest] >= 3 else max(counts, key=lambda name: (counts[name], name == newest))
    return [figure for figure in figures if figure.unit == chosen], [
        figure for figure in figures if figure.unit != chosen
    ]


def _lines(source: Source, figures: list[Figure], labels: dict[str, str]) -> list[Line]:
    lines = []
    for measure, label in labels.items():
        of_measure = [(figure, figure.shown if measure == "value" else figure.mean(measure)) for figure in figures]
        present = [(figure, value) for figure, value in of_measure if value is not None]
        if not present:
            continue
        segments = _segments([(figure.year, figure.series_id) for figure, _ in present])
        points = tuple(
            _point(source, f.year, f, measure, segment) for (f, _), segment in zip(present, segments, strict=True)
        )
        lines.append(Line(measure, label, points))
    return lines


def _specification(
    lines: list[Line], axis_title: str, bounded: bool, breaks: list[int], names: Sequence[str] = ()
) -> dict[str, Any]:
    """The Vega-Lite specification of a line diagram. names: of the places 1, 2, … on the level axis; none where they
    are years.

    Plain data and not Altair objects: those validate every part of every layer again, which took ten seconds for
    eighteen diagrams where drawing them takes one.
    """
    first, last = min(p.at for line in lines for p in line.points), max(p.at for line in lines for p in line.points)
    ticks = value_axis([p.value for line in lines for p in line.points], bounded)
    low, high = ticks[0], ticks[-1]
    step = next(step for step in (1, 2, 3, 4, 5, 10, 20) if (last - first) / step <= 5)
    margin = max((last - first) * 0.03, 0.3)
    axis_decimals = max(len(f"{tick:.10f}".rstrip("0").split(".")[1]) for tick in ticks)
    x = {
        "field": "year",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [first - margin, last + margin], "nice": False, "zero": False},
        "axis": {
            "values": list(range(last, first - 1, -step)),
            "format": "d",
            **({"labelExpr": f"{json.dumps(list(names))}[datum.value - 1]"} if names else {}),
            "grid": False,
            "domainColor": RULE,
            "tickColor": RULE,
            "tickSize": 4,
        },
    }
    y_scale = {"domain": [low, high], "nice": False, "zero": False}
    y = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "scale": y_scale,
        "axis": {
            "values": ticks,
            "format": f",.{axis_decimals}f",
            "domain": False,
            "ticks": False,
            "gridColor": GRID,
            "labelPadding": 6,
        },
    }
    layers: list[dict[str, Any]] = []
    for year in breaks:
        data = {"values": [{"year": year - 0.5, "value": high, "text": "ändrad definition"}]}
        # On the side where there is room for the words.
        side = {"align": "right", "dx": -4} if year - 0.5 > (first + last) / 2 else {"align": "left", "dx": 4}
        layers.append(
            {"data": data, "mark": {"type": "rule", "color": RULE, "strokeDash": [2, 3]}, "encoding": {"x": x}}
        )
        layers.append(
            {
                "data": data,
                "mark": {
                    "type": "text",
                    "baseline": "top",
                    "dy": 2,
                    "fontSize": 10.5,
                    "fontStyle": "italic",
                    "color": MUTED,
                    **side,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
        )
    # The municipality's own line lies on top: the last drawn.
    for line in reversed(lines):
        style = STYLES[line.style]
        values = [
            {
                "year": p.at,
                "value": p.value,
                "segment": p.segment,
                "fill": "#ffffff" if p.hollow else style.colour,
                "tip": f"{line.label} {names[p.at - 1] if names else p.at}: {p.text}{' (simulerat eller preliminärt)' if p.hollow else ''}",
            }
            for p in line.points
        ]
        stroke = {"strokeDash": list(style.dash)} if style.dash != SOLID else {}
        size = 50 if line.style == "value" else 32
        layers.append(
            {
                "data": {"values": values},
                "encoding": {"x": x, "y": y},
                "layer": [
                    {
                        "mark": {
                            "type": "line",
                            "color": style.colour,
                            "strokeWidth": style.width,
                            "strokeJoin": "round",
                            **stroke,
                        },
                        "encoding": {"detail": {"field": "segment"}},
                    },
                    {
                        "mark": {
                            "type": "point",
                            "shape": style.shape,
                            "size": size,
                            "stroke": style.colour,
                            "strokeWidth": 1.5,
                            "opacity": 1,
                        },
                        "encoding": {
                            "fill": {"field": "fill", "type": "nominal", "scale": None},
                            "description": {"field": "tip"},
                        },
                    },
                ],
            }
        )
    wanted = [HEIGHT * (1 - (line.points[-1].value - low) / (high - low)) for line in lines]
    for line, end_y, label_y in zip(lines, wanted, spread_labels(wanted, 0, HEIGHT), strict=True):
        style, end = STYLES[line.style], line.points[-1]
        end_x = WIDTH * (end.at - first + margin) / (last - first + 2 * margin)
        late = f"{NBSP}({names[end.at - 1] if names else end.at})" if end.at != last else ""
        weight = 600 if line.style == "value" else 400
        layers.append(
            {
                "data": {"values": [{"text": f"{line.label}{NBSP}{end.text}{late}"}]},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "middle",
                    "fontSize": 12.5,
                    "color": style.colour,
                    "fontWeight": weight,
                },
                "encoding": {"x": {"value": WIDTH + 12}, "y": {"value": label_y}, "text": {"field": "text"}},
            }
        )
        if abs(label_y - end_y) > 3 or end.at != last:
            layers.append(
                {
                    "data": {"values": [{}]},
                    "mark": {"type": "rule", "color": style.colour, "strokeWidth": 0.75, "opacity": 0.6},
                    "encoding": {
                        "x": {"value": end_x + 5},
                        "y": {"value": end_y},
                        "x2": {"value": WIDTH + 9},
                        "y2": {"value": label_y},
                    },
                }
            )
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "height": HEIGHT,
        "padding": PADDING,
        "autosize": {"type": "none"},
        "layer": layers,
        "title": {"text": axis_title, **TITLE},
        "config": CONFIG,
    }


def over_years(source: Source, spec: SeriesSpec, frame: Frame, years: int) -> Diagram | None:
    """The series of the municipality and of its comparison groups over the last `years` years; None where there is
    nothing to draw.
    """
    wanted = [figure for year, figure in source.series(spec).items() if source.year - years < year <= source.year]
    if not any(figure.shown is not None for figure in wanted):
        return None
    figures, other_unit = _one_unit(wanted)
    lines = _lines(source, figures, _labels(source, spec.indicator))
    if not lines:
        return None
    measured = sorted({point.at for line in lines for point in line.points})
    breaks = [
        b.year
        for a, b in itertools.pairwise(figures)
        if a.series_id != b.series_id and measured[0] < b.year <= measured[-1]
    ]
    axis_title = unit_label(figures[-1])
    bounded = _bounded(axis_title, lines)
    spread = str(figures[0].year) if len(figures) == 1 else f"{figures[0].year}–{figures[-1].year}"
    description = (
        f"Linjediagram, {axis_title.lower()}, {spread}. "
        + " ".join(f"{line.label}: {line.points[-1].text} ({line.points[-1].at})." for line in lines)
        + " Alla värden står i tabellen till diagrammet."
    )
    specification = _specification(lines, axis_title, bounded, breaks)
    remarks = _remarks(source, spec, lines, bounded, figures, other_unit, breaks)
    drawn_unit = figures[-1].unit
    gap = (
        ""
        if source.current(spec) and wanted[-1].year == source.year and _has_value(wanted[-1])
        else source.lacking(spec)
    )
    rows = tuple(
        Row(
            str(f.year),
            tuple(_table_cell(source, f, line.style, drawn_unit) for line in lines),
            gap=gap if f.year == source.year else "",
        )
        for f in wanted
    )
    if wanted[-1].year != source.year:
        rows += (
            Row(str(source.year), tuple(Cell(NOT_AVAILABLE, lacks=line.style == "value") for line in lines), gap=gap),
        )
    table = _table(frame, "År", [line.label for line in lines], rows, source_lines(source, wanted), remarks)
    return _diagram(frame, axis_title, specification, description, table)


def over_months(source: Source, spec: SeriesSpec, frame: Frame) -> Diagram | None:
    """The year's months up to the last that the report covers, beside those of the year before; None without a value in
    the year.

    The series' measure_time says what a month's figure is (of the month, year to date, rolling twelve months, or its
    last day).
    """
    both = {
        year: {
            f.period_end.month: f
            for month in range(1, 13)
            if (f := _of_month(source, spec, year, month)) and f.period_end <= source.through
        }
        for year in (source.year, source.year - 1)
    }
    lines = []
    for style, (year, months) in zip(("value", "year_before"), both.items(), strict=True):
        present = [(month, figure) for month, figure in months.items() if figure.shown is not None]
        segments = _segments([(month, figure.series_id) for month, figure in present])
        points = tuple(_point(source, month, f, "value", s) for (month, f), s in zip(present, segments, strict=True))
        if points:
            lines.append(Line(style, str(year), points))
    if not lines or lines[0].style != "value":
        return None
    figures = [figure for months in both.values() for figure in months.values()]
    axis_title = unit_label(figures[0])
    last = lines[0].points[-1]
    description = (
        f"Linjediagram, {axis_title.lower()}, månader. {source.year}: {last.text} i {MONTHS[last.at - 1]}. "
        "Alla värden står i tabellen till diagrammet."
    )
    bounded = _bounded(axis_title, lines)
    specification = _specification(lines, axis_title, bounded, [], MONTHS)
    shown = sorted({month for months in both.values() for month in months})
    years = [int(line.label) for line in lines]
    month = source.through.month
    newest = both[source.year].get(month)
    gap = (
        ""
        if newest and _has_value(newest)
        else source.lacking(spec.model_copy(update={"period": Period(month="last")}))
    )
    rows = tuple(
        Row(MONTHS[m - 1], tuple(cell(source, both[year].get(m)) for year in years), gap=gap if m == month else "")
        for m in sorted({*shown, month})
    )
    table = _table(
        frame,
        "Månad",
        [line.label for line in lines],
        rows,
        source_lines(source, figures),
        _axis_remarks(lines, bounded),
    )
    return _diagram(frame, axis_title, specification, description, table)


@dataclass(frozen=True)
class PartSeries:
    """A part of each member's bar: its series, and what the legend calls it (empty: bars of one part)."""

    spec: SeriesSpec
    label: str


def of_members(
    source: Source, spec: SeriesSpec, frame: Frame, parts: Sequence[PartSeries], years: Sequence[int]
) -> Diagram | None:
    """A bar for each member of the region and year, highest first, with the region's mean of `spec` as a line; None
    without values.

    parts: what a bar is stacked of. `spec` is the whole, by which the bars are ordered and whose mean is drawn. years:
    newest first.
    """
    totals = {year: _members(source, spec, year) for year in years}
    names = {name: figure.municipality_id for found in totals.values() for name, figure in found.items()}
    if not any(figure.shown is not None for found in totals.values() for figure in found.values()):
        return None

    def rank(name: str) -> tuple[float, str]:
        first = next((f.shown for year in years if (f := totals[year].get(name)) and f.shown is not None), None)
        return (-first if first is not None else 1.0, name)

    stacked = {(part, year): _members(source, part.spec, year) for part in parts for year in years}
    bars, rows, used = [], [], []
    for name in sorted(names, key=rank):
        for year in years:
            total = totals[year].get(name)
            found = [(index, f) for index, part in enumerate(parts) if (f := stacked[part, year].get(name))]
            used += [f for _, f in found] + ([total] if total else [])
            pieces = tuple(
                chart_style.Part(index, f.shown, number(f.shown, decimals_of(source, f)))
                for index, f in found
                if f.shown is not None
            )
            whole = _whole(source, total, pieces)
            note = str(year) if len(years) > 1 else ""
            hollow = any({"s", "p"} & set(marks(f, "value")) for _, f in found)
            is_own = names[name] == source.municipality.id
            bars.append(chart_style.Bar(name, pieces, whole, note, is_own, hollow))
            cells = [cell(source, stacked[part, year].get(name)) for part in parts]
            sums = [cell(source, total)] if len(parts) > 1 else []
            is_missing = is_own and year == source.year and (total is None or not _has_value(total)) and not pieces
            rows.append(Row(f"{name} {note}".strip(), (*cells, *sums), gap=source.lacking(spec) if is_missing else ""))
    axis_title = unit_label(used[0])
    own = source.figure(spec, years[0])
    references, mean_rows = _region_mean(source, own, len(parts))
    bounded = axis_title == "Procent"
    labels = [part.label for part in parts if part.label]
    specification = chart_style.bar_specification(bars, axis_title, labels, references, bounded)
    best = next((bar for bar in bars if bar.parts), bars[0])
    description = (
        f"Stapeldiagram, {axis_title.lower()}, {len(names)} kommuner, {' och '.join(str(year) for year in sorted(years))}. "
        f"Högst: {best.label} {best.text}. "
        + " ".join(f"{reference.label}: {reference.text}." for reference in references)
        + " Alla värden står i tabellen till diagrammet."
    )
    columns = [part.label or frame.title for part in parts] + (["Totalt"] if len(parts) > 1 else [])
    remarks = ["Ofylld stapel: simulerat eller preliminärt värde."] if any(bar.hollow for bar in bars) else []
    if any(not bar.parts and bar.text not in (NOT_AVAILABLE, NOT_SHOWN) for bar in bars):
        remarks.append("Där stapeln saknas är delarna inte kända, bara det hela.")
    cited = tuple(f"{text}." for text in dict.fromkeys(f.source for f in used if f.value is not None))
    table = _table(frame, MEMBERS, columns, (*rows, *mean_rows), cited, remarks)
    return _diagram(frame, axis_title, specification, description, table)


def _members(source: Source, spec: SeriesSpec, year: int) -> dict[str, Figure]:
    """The region's members' figures of the series by name."""
    found = source.publication.members(source.municipality.id, spec.indicator, year)
    split = (spec.staff_group, spec.org_unit, spec.breakdown, spec.gender)
    return {name: f for name, f in found if (f.staff_group, f.org_unit, f.breakdown, f.gender) == split}


def _whole(source: Source, total: Figure | None, pieces: tuple[chart_style.Part, ...]) -> str:
    """What stands beside a bar: the whole, or why there is none."""
    if total is not None and total.shown is not None:
        return number(total.shown, decimals_of(source, total))
    if total is not None and total.hidden:
        return NOT_SHOWN
    return pieces[0].text if len(pieces) == 1 else NOT_AVAILABLE


def _region_mean(source: Source, own: Figure | None, parts: int) -> tuple[list[chart_style.Reference], list[Row]]:
    """The region's mean as a line of the diagram and a row of its table."""
    mean = own.mean("region_mean") if own else None
    if own is None or mean is None or source.region is None:
        return [], []
    text = number(mean, decimals_of(source, own))
    made = "ovägt medel" if own.region_count is not None else "medel som det levererats"
    name = f"{source.region.label}, {made}"
    printed = cell(source, own, "region_mean")
    blank = [Cell("")] * (parts if parts > 1 else 0)
    return [chart_style.Reference("region_mean", source.region.label, mean, text)], [
        Row(name, (*blank, printed), is_sum=True)
    ]


def _has_value(figure: Figure) -> bool:
    """Whether a figure is there, be it that it is not shown."""
    return figure.value is not None or figure.hidden


def _of_month(source: Source, spec: SeriesSpec, year: int, month: int) -> Figure | None:
    return source.figure(spec, year, period=Period(month=month))


def _labels(source: Source, indicator_id: str) -> dict[str, str]:
    """The series of a comparison: measure -> name, the own municipality first."""
    labels = {"value": source.municipality.name}
    if source.region:
        labels["region_mean"] = source.region.label
    if source.similar(indicator_id):
        labels["similar_mean"] = "Liknande kommuner"
    return {**labels, "national_mean": "Samtliga kommuner"}


def _point(source: Source, at: int, figure: Figure, measure: str, segment: int) -> Point:
    value = figure.shown if measure == "value" else figure.mean(measure)
    hollow = bool({"s", "p"} & set(marks(figure, measure)))
    return Point(at, value or 0.0, number(value or 0.0, decimals_of(source, figure)), hollow, segment)


def _bounded(axis_title: str, lines: list[Line]) -> bool:
    """Whether the axis ends at 100: shares in per cent."""
    return axis_title == "Procent" and all(point.value <= 100 for line in lines for point in line.points)


def _axis_remarks(lines: list[Line], bounded: bool) -> list[str]:
    remarks = []
    if value_axis([point.value for line in lines for point in line.points], bounded)[0] != 0:
        remarks.append("Den lodräta axeln börjar inte vid noll.")
    if any(point.hollow for line in lines for point in line.points):
        remarks.append("Ofylld markör: simulerat eller preliminärt värde.")
    return remarks


def _remarks(  # noqa: PLR0913 (what a diagram is made of)
    source: Source,
    spec: SeriesSpec,
    lines: list[Line],
    bounded: bool,
    figures: list[Figure],
    other_unit: list[Figure],
    breaks: list[int],
) -> list[str]:
    """What must be said of a line diagram: its axis, gaps, hidden values, broken and ended series."""
    remarks = _axis_remarks(lines, bounded)
    known = {figure.year for figure in figures} | {figure.year for figure in other_unit}
    missing = {figure.year for figure in figures if figure.value is None and not figure.hidden}
    absent = sorted(missing | (set(range(figures[0].year, source.year + 1)) - known))
    if absent:
        remarks.append(f"Uppgift för kommunen saknas {_listed_years(absent)}.")
    concealed = [figure.year for figure in figures if figure.hidden]
    if concealed:
        remarks.append(f"Visas inte {_listed_years(concealed)}: för få personer bakom uppgiften.")
    if breaks:
        remarks.append(f"Definitionen ändrades {_listed_years(breaks)}; värdena före och efter jämförs inte.")
    if other_unit:
        first, last = other_unit[0].year, other_unit[-1].year
        span = str(first) if first == last else f"{first}–{last}"
        named = f"{span} anges i en annan enhet ({other_unit[-1].unit})"
        if {figure.series_id for figure in other_unit} - {figure.series_id for figure in figures}:
            named += ", eftersom definitionen har ändrats,"
        remarks.append(f"Värden för {named} och ritas inte på samma axel; de står i tabellen.")
    if ended := source.ended(spec.indicator):
        remarks.append(ended)
    return remarks


def _table_cell(source: Source, figure: Figure, measure: str, drawn_unit: str) -> Cell:
    """A cell of the data table; a value in another unit than the drawn one says so."""
    printed = cell(source, figure, measure, column_year=figure.year)
    return replace(printed, also=f"({figure.unit})") if figure.unit != drawn_unit and printed.origin else printed


def _table(
    frame: Frame,
    first_column: str,
    columns: Sequence[str],
    rows: tuple[Row, ...],
    sources: tuple[str, ...],
    remarks: Sequence[str],
) -> Table:
    return Table(
        frame.chart_id, frame.title, tuple(columns), (Section("", rows),), sources, first_column, tuple(remarks)
    )


def _diagram(frame: Frame, axis_title: str, specification: dict[str, Any], description: str, table: Table) -> Diagram:
    svg = chart_style.to_svg(specification, frame.chart_id, frame.title, description)
    return Diagram(frame.chart_id, frame.number, frame.title, axis_title, svg, description, table)


def unit_label(figure: Figure) -> str:
    """The unit as the axis of a diagram names it."""
    word = unit(figure.unit).word or figure.unit
    return word[:1].upper() + word[1:]


def _listed_years(years: list[int]) -> str:
    """'2013', '2013 och 2016', '2013–2016, 2020'."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def picture(diagram: Diagram) -> bytes:
    """The diagram as PNG, for those who show it outside the report."""
    return chart_style.to_png(diagram.svg)
