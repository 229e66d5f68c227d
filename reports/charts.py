"""Diagrams: marts to inline SVG in one style, with the same points as a data table.

Belongs here: the theme, the series of a diagram, axes, direct labels, and what is said where a line is broken. Does not
belong here: which diagrams a document holds (content), sentences, and the page around them.

Comparison groups have fixed colours, and beside the colour a dash and a marker of their own. A missing year is a gap, a
changed definition breaks the line, and simulated or preliminary values are hollow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree

import vl_convert

from reports.content import Diagram
from reports.figures import Figure
from reports.format import NBSP, number
from reports.tables import Cell, Source, marks, mean_cell, own_cell, source_lines, unit_label

SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", SVG)

WIDTH, HEIGHT = 246, 212
PADDING = {"left": 54, "top": 32, "right": 178, "bottom": 28}  # fixed, so that diagrams side by side are drawn alike
LABEL_GAP = 15.0
FONT = "Source Sans 3, Source Sans Pro, Segoe UI, Helvetica Neue, Arial, sans-serif"
INK, MUTED, RULE, GRID = "#1d2b30", "#55636a", "#8b979c", "#dfe4e5"
SOLID = (1, 0)
SWEDISH = {"decimal": ",", "thousands": NBSP, "grouping": [3], "currency": ["", ""], "minus": "-"}


@dataclass(frozen=True)
class Style:
    """How a series is told apart: colour, dash and marker, each enough by itself."""

    colour: str
    dash: tuple[int, ...]
    shape: str
    width: float


STYLES = {
    "value": Style("#0b5563", SOLID, "circle", 2.6),
    "region_mean": Style("#b04a17", (7, 3), "square", 1.5),
    "similar_mean": Style("#6a4a9c", (2, 2), "triangle-up", 1.5),
    "national_mean": Style("#5a666b", (8, 3, 2, 3), "diamond", 1.5),
}


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


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round tick values that enclose `low`–`high`, about `count` of them; a flat series gets room around it."""
    if high <= low:
        pad = abs(low) * 0.1 or 1.0
        low, high = low - pad, high + pad
    raw = (high - low) / max(count - 1, 1)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def value_axis(values: Sequence[float], bounded: bool) -> list[float]:
    """Ticks of the value axis: from zero where that costs little of the picture, never below zero for values that cannot be,
    and a share in per cent ends at 100.
    """
    low, high = min(values), max(values)
    if low >= 0 and low < 0.45 * high:
        low = 0.0
    else:
        pad = max((high - low) * 0.12, abs(high) * 0.02)
        low, high = max(low - pad, 0.0) if low >= 0 else low - pad, high + pad
    ticks = nice_ticks(low, min(high, 100.0) if bounded else high)
    return [tick for tick in ticks if tick <= 100] if bounded else ticks


def spread_labels(wanted: Sequence[float], low: float, high: float, gap: float = LABEL_GAP) -> list[float]:
    """Positions for labels as near `wanted` as can be, at least `gap` apart, within `low`–`high`; order is kept.

    Neighbours that are too close are merged to blocks around their mean until no two blocks touch.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    blocks: list[tuple[float, list[int]]] = []
    for index in order:
        blocks.append((min(max(wanted[index], low), high), [index]))
        while len(blocks) > 1:
            (upper, first), (lower, second) = blocks[-2], blocks[-1]
            if lower - upper >= gap * (len(first) + len(second)) / 2:
                break
            members = first + second
            half = gap * (len(members) - 1) / 2
            centre = (upper * len(first) + lower * len(second)) / len(members)
            blocks[-2:] = [(min(max(centre, low + half), high - half), members)]
    placed = [0.0] * len(wanted)
    for centre, members in blocks:
        for place, index in enumerate(members):
            placed[index] = centre + gap * (place - (len(members) - 1) / 2)
    return placed


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
        "title": {
            "text": axis_title,
            "anchor": "start",
            "frame": "group",
            "fontSize": 12,
            "fontWeight": "normal",
            "color": MUTED,
            "offset": 10,
        },
        "config": {
            "font": FONT,
            "background": None,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "labelColor": INK, "labelPadding": 5},
        },
    }


def _inline(svg: str, chart_id: str, title: str, description: str) -> str:
    """Vega's SVG as part of a page: named for screen readers, scaled by the page, a native tooltip on every point."""
    root = ElementTree.fromstring(svg)
    for name in ("width", "height", "class"):
        root.attrib.pop(name, None)
    root.set("class", "chart")
    root.set("role", "img")
    root.set("aria-labelledby", f"{chart_id}-t {chart_id}-d")
    for element in root.iter():
        label = element.attrib.pop("aria-label", None)
        is_point = element.attrib.pop("aria-roledescription", None) == "point"
        for name in ("role", "aria-hidden", "pointer-events"):
            if element is not root:
                element.attrib.pop(name, None)
        if is_point and label:
            element.set("class", "pt")
            ElementTree.SubElement(element, f"{{{SVG}}}title").text = label
        if "font-family" in element.attrib:
            del element.attrib["font-family"]  # the page's own font
    for index, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(f"{{{SVG}}}{tag}", {"id": f"{chart_id}-{tag[0]}"})
        element.text = text
        root.insert(index, element)
    return ElementTree.tostring(root, encoding="unicode")


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
    svg = vl_convert.vegalite_to_svg(specification, format_locale=SWEDISH)
    return Chart(
        diagram.number,
        diagram.title,
        axis_title,
        _inline(svg, f"d{diagram.number}", diagram.title, description),
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
