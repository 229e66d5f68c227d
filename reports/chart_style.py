"""How every diagram looks: colours, dashes, shapes, type, axes, labels, bars, and the SVG as the renderers want it.

Belongs here: the look, and arithmetic of places. Does not belong here: which series a diagram holds, and where their
values come from.

No meaning is by colour alone: a comparison group has a dash and a marker of its own, a part of a bar a symbol, and the
own municipality's bar is bold, framed and named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from xml.etree import ElementTree

import font_source_sans_pro
import vl_convert

from reports.format import NBSP

SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", SVG)

WIDTH, HEIGHT = 246, 212
PADDING = {"left": 54, "top": 32, "right": 178, "bottom": 28}  # fixed, so that diagrams side by side are drawn alike
LABEL_GAP = 15.0
FAMILY = "Source Sans Pro"
# At once and not when first needed: what is drawn must not depend on what was drawn before.
vl_convert.register_font_directory(font_source_sans_pro.font_directory)
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
    "year_before": Style("#2f7886", (4, 3), "circle", 1.5),
}

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {"labelFontSize": 12, "labelColor": INK, "labelPadding": 5},
}
TITLE = {"anchor": "start", "frame": "group", "fontSize": 12, "fontWeight": "normal", "color": MUTED, "offset": 10}

# Parts of bars: the own municipality's shades and everybody else's, from the first part to the last, each with its
# symbol.
OWN_SHADES = ("#0b4550", "#2f7886", "#7fb0ba", "#b6d3d9", "#d7e7ea", "#eef6f7")
OTHER_SHADES = ("#414c52", "#6b767d", "#adb6bb", "#cbd1d4", "#e0e4e6", "#f1f3f4")
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
BAR_LEFT, BAR_RIGHT, BAR_HEIGHT, BAR_STEP, LETTER = 136, 56, 17, 23, 6.3


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
    """Ticks of the value axis: from zero where that costs little of the picture, never below zero for values that
    cannot be, and a share in per cent ends at 100.
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


@dataclass(frozen=True)
class Part:
    """A part of a bar: which series it belongs to (index into the diagram's series), its length, and how it is read
    out.
    """

    series: int
    value: float
    text: str


@dataclass(frozen=True)
class Bar:
    """One member of a bar diagram. text: its sum as printed, or why it has none (then `parts` is empty).

    note: what is said small after the name ('2023'). is_own: the own municipality. hollow: simulated or preliminary.
    """

    label: str
    parts: tuple[Part, ...]
    text: str
    note: str = ""
    is_own: bool = False
    hollow: bool = False


@dataclass(frozen=True)
class Reference:
    """A line across all bars: the mean of a comparison group. measure: a key of `STYLES`."""

    measure: str
    label: str
    value: float
    text: str


def bar_specification(
    bars: Sequence[Bar],
    axis_title: str,
    series: Sequence[str] = (),
    references: Sequence[Reference] = (),
    bounded: bool = False,
) -> dict[str, Any]:
    """The Vega-Lite specification of lying bars, in the order given, from zero; stacked where a bar has several parts.

    series: names of the parts, none where every bar is one. references: means, as dashed lines with their labels above
    the bars.
    bounded: a share in per cent, whose axis ends at 100.
    """
    sums = [sum(part.value for part in bar.parts) for bar in bars] + [reference.value for reference in references]
    ticks = value_axis([0.0, *sums], bounded)
    low, high = ticks[0], ticks[-1]
    width = WIDTH + PADDING["left"] + PADDING["right"] - BAR_LEFT - BAR_RIGHT
    legend = _legend_places(series, width + BAR_LEFT)
    top = (legend[-1][1] + 20 if legend else 0) + (20 * len(references) + 4 if references else 0)
    height = BAR_STEP * len(bars)

    def across(value: float) -> float:
        return width * (value - low) / (high - low)

    layers = [_words(axis_title, -BAR_LEFT, -top - 16, MUTED, size=12)]
    for tick in ticks:
        decimals = max(len(f"{t:.10f}".rstrip("0").split(".")[1]) for t in ticks)
        layers.append(_rule(across(tick), across(tick), 0, height, RULE if tick == 0 else GRID))
        layers.append(
            _words(f"{tick:.{decimals}f}".replace(".", ","), across(tick), height + 14, MUTED, align="center")
        )
    for index, bar in enumerate(bars):
        middle = BAR_STEP * (index + 0.5)
        shades = OWN_SHADES if bar.is_own else OTHER_SHADES
        weight = 600 if bar.is_own else 400
        name = f"{bar.label}{NBSP}{bar.note}" if bar.note else bar.label
        layers.append(
            _words(name, -8, middle, STYLES["value"].colour if bar.is_own else INK, align="right", weight=weight)
        )
        starts = [0.0, *accumulate(part.value for part in bar.parts)]
        for part, start in zip(bar.parts, starts, strict=False):
            left, right = sorted((across(start), across(start + part.value)))
            named = f"{name}, {series[part.series]}" if series else name
            tip = f"{named}: {part.text}{' (simulerat eller preliminärt)' if bar.hollow else ''}"
            fill = "#ffffff" if bar.hollow else shades[part.series] if series or bar.is_own else OTHER_SHADES[2]
            layers.append(_block(left, right, middle, fill, shades[0], tip))
            if series and right - left >= 13:
                ink = "#ffffff" if part.series < 2 and not bar.hollow else INK
                layers.append(_symbol(part.series, left + 7, middle, ink))
                if right - left >= 18 + LETTER * len(part.text):
                    layers.append(_words(part.text, left + 14, middle, ink, size=11.5))
        # In a column of their own: at the ends of the bars they would lie under the lines of the means.
        layers.append(
            _words(bar.text, width + BAR_RIGHT - 4, middle, INK if bar.parts else MUTED, align="right", weight=weight)
        )
    for index, reference in enumerate(references):
        style, at = STYLES[reference.measure], across(reference.value)
        label_y = -8 - 20 * (len(references) - 1 - index)
        layers.append(_rule(at, at, label_y + 6, height, style.colour, dash=style.dash, width=style.width))
        text = f"{reference.label}{NBSP}{reference.text}"
        half = 1.1 * LETTER * len(text) / 2
        place = min(max(at, half - BAR_LEFT), width + BAR_RIGHT - half)
        layers.append(_words(text, place, label_y, style.colour, align="center", weight=600))
    for index, (x, y) in enumerate(legend):
        layers.append(_symbol(index, x + 6 - BAR_LEFT, y - top + 4, INK))
        layers.append(_words(series[index], x + 16 - BAR_LEFT, y - top + 4, INK))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width,
        "height": height,
        "padding": {"left": BAR_LEFT, "top": PADDING["top"] + top, "right": BAR_RIGHT, "bottom": PADDING["bottom"]},
        "autosize": {"type": "none"},
        "layer": layers,
        "config": CONFIG,
    }


def _legend_places(series: Sequence[str], width: float) -> list[tuple[float, float]]:
    """Where each name of the legend begins: side by side as far as they fit, then on the next line."""
    places: list[tuple[float, float]] = []
    x = y = 0.0
    for name in series:
        needed = 34 + LETTER * len(name)
        if x and x + needed > width:
            x, y = 0.0, y + 19
        places.append((x, y))
        x += needed
    return places


def _layer(mark: dict[str, Any], **places: float) -> dict[str, Any]:
    return {
        "data": {"values": [{}]},
        "mark": mark,
        "encoding": {name: {"value": value} for name, value in places.items()},
    }


def _rule(  # noqa: PLR0913 (where it runs and how it looks)
    x: float, x2: float, y: float, y2: float, colour: str, dash: tuple[int, ...] = SOLID, width: float = 1
) -> dict[str, Any]:
    stroke = {"strokeDash": list(dash)} if dash != SOLID else {}
    return _layer({"type": "rule", "color": colour, "strokeWidth": width, **stroke}, x=x, x2=x2, y=y, y2=y2)


def _words(  # noqa: PLR0913 (where they stand and how they look)
    text: str, x: float, y: float, colour: str, align: str = "left", weight: int = 400, size: float = 12.5
) -> dict[str, Any]:
    mark = {
        "type": "text",
        "align": align,
        "baseline": "middle",
        "fontSize": size,
        "fontWeight": weight,
        "color": colour,
    }
    layer = _layer(mark, x=x, y=y)
    return {**layer, "data": {"values": [{"text": text}]}, "encoding": {**layer["encoding"], "text": {"field": "text"}}}


def _block(left: float, right: float, middle: float, fill: str, frame: str, tip: str) -> dict[str, Any]:
    mark = {"type": "bar", "fill": fill, "stroke": frame, "strokeWidth": 0.75, "description": tip}
    return _layer(mark, x=left, x2=right, y=middle - BAR_HEIGHT / 2, y2=middle + BAR_HEIGHT / 2)


def _symbol(index: int, x: float, y: float, colour: str) -> dict[str, Any]:
    return _layer(
        {"type": "point", "shape": SYMBOLS[index], "size": 34, "filled": True, "color": colour, "opacity": 1}, x=x, y=y
    )


def with_type(svg: str) -> str:
    """A diagram with the type of the PDF; on a page, and so in `to_svg`, it takes the page's."""
    return svg.replace("<svg ", f'<svg font-family="{FAMILY}" ', 1)


def to_png(svg: str) -> bytes:
    """A diagram as PNG, for where SVG cannot be shown."""
    return vl_convert.svg_to_png(with_type(svg), scale=2)


def to_svg(specification: dict[str, Any], chart_id: str, title: str, description: str) -> str:
    """The drawn diagram as the renderers want it (`inline`); Swedish numbers on the axes."""
    return inline(vl_convert.vegalite_to_svg(specification, format_locale=SWEDISH), chart_id, title, description)


def inline(svg: str, chart_id: str, title: str, description: str) -> str:
    """Vega's SVG as part of a page: named for screen readers, scaled by the page, a native tooltip on every point."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - of our own making
    for name in ("width", "height", "class"):
        root.attrib.pop(name, None)
    root.set("class", "chart")
    root.set("role", "img")
    root.set("aria-labelledby", f"{chart_id}-t {chart_id}-d")
    for element in root.iter():
        label = element.attrib.pop("aria-label", None)
        is_point = element.attrib.pop("aria-roledescription", None) in ("point", "bar")
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
