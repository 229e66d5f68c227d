"""Diagrams: marts to inline SVG in one style, with the same points as a data table.

Belongs here: the series of a diagram, axes, direct labels, and what is said where a line is broken. Does not
belong here: the look (chart_style), which diagrams a document holds (content), sentences, and the page around them.

Comparison groups have fixed colours, and beside the colour a dash and a marker of their own. A missing year is a gap, a
changed definition breaks the line, and simulated or preliminary values are hollow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import vl_convert

from reports import chart_style
from reports.chart_style import CONFIG, GRID, HEIGHT, MUTED, PADDING, RULE, SOLID, STYLES, SWEDISH, TITLE, WIDTH, spread_labels, value_axis
from reports.content import Diagram
from reports.figures import Figure
from reports.format import NBSP, number
from reports.tables import Cell, Source, marks, mean_cell, own_cell, source_lines, unit_label


@dataclass(frozen=True)
class Point:
    """One value of one series: as drawn, as read out, and the figure that it stands for."""

    year: int
    value: float
    text: str
    hollow: bool
    segment: int


@dataclass(frozen=True)
class Line:
    """One series of a diagram."""

    measure: str
    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """A drawn diagram with everything that stands around it."""

    number: int
    title: str
    unit: str
    svg: str
    specification: dict[str, Any]
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    sources: tuple[str, ...]
    remarks: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def marks(self) -> frozenset[str]:
        """The marks that the data table uses."""
        return frozenset(mark for _, cells in self.rows for cell in cells for mark in cell.marks)


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
        name: sum(figure.unit == name and figure.value is not None for figure in figures) for name in {figure.unit for figure in figures}
    }
    chosen = newest if counts[newest] >= 3 else max(counts, key=lambda name: (counts[name], name == newest))
    return [figure for figure in figures if figure.unit == chosen], [figure for figure in figures if figure.unit != chosen]


def _years(figures: list[Figure]) -> str:
    years = sorted({figure.year for figure in figures})
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _lines(source: Source, figures: list[Figure], labels: dict[str, str]) -> list[Line]:
    lines = []
    for measure, label in labels.items():
        of_measure = [(figure, figure.shown if measure == "value" else figure.mean(measure)) for figure in figures]
        present = [(figure, value) for figure, value in of_measure if value is not None]
        if not present:
            continue
        segments = _segments([(figure.year, figure.series_id) for figure, _ in present])
        points = tuple(
            Point(figure.year, value, number(value, source.decimals(figure)), bool({"s", "p"} & set(marks(figure, measure))), segment)
            for (figure, value), segment in zip(present, segments, strict=True)
        )
        lines.append(Line(measure, label, points))
    return lines


def _specification(lines: list[Line], axis_title: str, bounded: bool, breaks: list[int]) -> dict[str, Any]:
    """The Vega-Lite specification of a line diagram.

    Plain data and not Altair objects: those validate every part of every layer again, which took ten seconds for eighteen
    diagrams where drawing them takes one.
    """
    first, last = min(p.year for line in lines for p in line.points), max(p.year for line in lines for p in line.points)
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
        "axis": {"values": ticks, "format": f",.{axis_decimals}f", "domain": False, "ticks": False, "gridColor": GRID, "labelPadding": 6},
    }
    layers: list[dict[str, Any]] = []
    for year in breaks:
        data = {"values": [{"year": year - 0.5, "value": high, "text": "ändrad definition"}]}
        # On the side where there is room for the words.
        side = {"align": "right", "dx": -4} if year - 0.5 > (first + last) / 2 else {"align": "left", "dx": 4}
        layers.append({"data": data, "mark": {"type": "rule", "color": RULE, "strokeDash": [2, 3]}, "encoding": {"x": x}})
        layers.append(
            {
                "data": data,
                "mark": {"type": "text", "baseline": "top", "dy": 2, "fontSize": 10.5, "fontStyle": "italic", "color": MUTED, **side},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
        )
    # The municipality's own line lies on top: the last drawn.
    for line in reversed(lines):
        style = STYLES[line.measure]
        values = [
            {
                "year": p.year,
                "value": p.value,
                "segment": p.segment,
                "fill": "#ffffff" if p.hollow else style.colour,
                "tip": f"{line.label} {p.year}: {p.text}{' (simulerat eller preliminärt)' if p.hollow else ''}",
            }
            for p in line.points
        ]
        stroke = {"strokeDash": list(style.dash)} if style.dash != SOLID else {}
        size = 50 if line.measure == "value" else 32
        layers.append(
            {
                "data": {"values": values},
                "encoding": {"x": x, "y": y},
                "layer": [
                    {
                        "mark": {"type": "line", "color": style.colour, "strokeWidth": style.width, "strokeJoin": "round", **stroke},
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
                        "encoding": {"fill": {"field": "fill", "type": "nominal", "scale": None}, "description": {"field": "tip"}},
                    },
                ],
            }
        )
    wanted = [HEIGHT * (1 - (line.points[-1].value - low) / (high - low)) for line in lines]
    for line, end_y, label_y in zip(lines, wanted, spread_labels(wanted, 0, HEIGHT), strict=True):
        style, end = STYLES[line.measure], line.points[-1]
        end_x = WIDTH * (end.year - first + margin) / (last - first + 2 * margin)
        late = f"{NBSP}({end.year})" if end.year != last else ""
        weight = 600 if line.measure == "value" else 400
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
        if abs(label_y - end_y) > 3 or end.year != last:
            layers.append(
                {
                    "data": {"values": [{}]},
                    "mark": {"type": "rule", "color": style.colour, "strokeWidth": 0.75, "opacity": 0.6},
                    "encoding": {"x": {"value": end_x + 5}, "y": {"value": end_y}, "x2": {"value": WIDTH + 9}, "y2": {"value": label_y}},
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


def draw(source: Source, diagram: Diagram) -> Chart | None:
    """The diagram of one indicator for the municipality and its comparison groups; None where there is nothing to draw."""
    series = source.figures.series(diagram.indicator_id, staff_group=diagram.staff_group)
    wanted = [figure for year, figure in series.items() if source.year - diagram.years < year <= source.year]
    if not any(figure.shown is not None for figure in wanted):
        return None
    figures, other_unit = _one_unit(wanted)
    similar, region = source.similar(diagram.indicator_id), source.region
    labels = {"value": source.municipality.name}
    if region:
        labels["region_mean"] = region.label
    if similar:
        labels["similar_mean"] = "Liknande kommuner"
    labels["national_mean"] = "Samtliga kommuner"
    lines = _lines(source, figures, labels)

    indicator = source.indicators[diagram.indicator_id]
    measured = [figure.year for line in lines for figure in figures if any(point.year == figure.year for point in line.points)]
    breaks = [
        b.year for a, b in zip(figures, figures[1:], strict=False) if a.series_id != b.series_id and min(measured) < b.year <= max(measured)
    ]
    axis_title = unit_label(figures[-1])
    bounded = axis_title == "Procent" and all(point.value <= 100 for line in lines for point in line.points)
    specification = _specification(lines, axis_title, bounded, breaks)
    last = lines[0].points[-1] if lines[0].measure == "value" else None
    description = (
        f"Linjediagram, {axis_title.lower()}, {_years(figures)}. "
        + " ".join(f"{line.label}: {line.points[-1].text} år {line.points[-1].year}." for line in lines)
        + " Alla värden står i tabellen under diagrammet."
    )
    ticks = value_axis([point.value for line in lines for point in line.points], bounded)
    remarks = []
    if ticks[0] != 0:
        remarks.append("Den lodräta axeln börjar inte vid noll.")
    if any(point.hollow for line in lines for point in line.points):
        remarks.append("Ofylld markör: simulerat eller preliminärt värde.")
    missing = [figure.year for figure in figures if figure.value is None and not figure.hidden]
    absent = sorted(
        set(missing) | (set(range(figures[0].year, source.year + 1)) - {figure.year for figure in figures} - {f.year for f in other_unit})
    )
    if absent and last:
        remarks.append(f"Uppgift för kommunen saknas {_listed_years(absent)}.")
    concealed = [figure.year for figure in figures if figure.hidden]
    if concealed:
        remarks.append(f"Visas inte {_listed_years(concealed)}: för få personer bakom uppgiften.")
    if breaks:
        remarks.append(f"Definitionen ändrades {_listed_years(breaks)}; värdena före och efter jämförs inte.")
    if other_unit:
        named = f"{_years(other_unit)} anges i en annan enhet ({other_unit[-1].unit})"
        remarks.append(f"Värden för {named} och ritas inte på samma axel; de står i tabellen.")
    if indicator.ended_after:
        remarks.append(f"Serien avslutades efter {indicator.ended_after}.")
    rows = tuple((figure.year, tuple(_table_cell(source, figure, line.measure, figures[-1].unit) for line in lines)) for figure in wanted)
    return Chart(
        diagram.number,
        diagram.title,
        axis_title,
        chart_style.to_svg(specification, f"d{diagram.number}", diagram.title, description),
        specification,
        description,
        tuple(line.label for line in lines),
        rows,
        source_lines(source, wanted),
        tuple(remarks),
        tuple(wanted),
    )


def _table_cell(source: Source, figure: Figure, measure: str, drawn_unit: str) -> Cell:
    """A cell of the data table; a value in another unit than the drawn one says so."""
    cell = own_cell(source, figure, figure.year) if measure == "value" else mean_cell(source, figure, measure, figure.year)
    return replace(cell, also=f"({figure.unit})") if figure.unit != drawn_unit and cell.origin else cell


def _listed_years(years: list[int]) -> str:
    """'2013', '2013 och 2016', '2013–2016, 2020'."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def picture(chart: Chart) -> bytes:
    """The diagram as PNG, for those who show it outside the page."""
    return vl_convert.vegalite_to_png(chart.specification, scale=2, format_locale=SWEDISH)
