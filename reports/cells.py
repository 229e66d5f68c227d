"""Figures as printed: cells with their marks and origin, and what stands under a table (citations, how group means are
made).

Belongs here: from a mart row to a cell. Does not belong here: which figure stands where, and HTML.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from reports.document import Cell, Origin
from reports.figures import Figure
from reports.format import (
    MONEY,
    NBSP,
    NO_COMPARISON,
    NOT_AVAILABLE,
    NOT_SHOWN,
    a_year_earlier,
    counted,
    day,
    listed,
    month_name,
    number,
)
from reports.outline import Printing
from reports.source import Source

PRELIMINARY, REVISED, SIMULATED = "p", "r", "s"
MARKS = {
    PRELIMINARY: "preliminärt värde",
    REVISED: "reviderat värde: bygger på uppgifter som har rättats i efterhand",
    SIMULATED: "simulerat värde, eller medel där minst ett värde är simulerat",
}
SIGNS = {
    NOT_SHOWN: "visas inte, för få personer bakom uppgiften",
    NOT_AVAILABLE: "ingen uppgift",
    NO_COMPARISON: "jämförelse eller källa saknas",
}
MEASURES = {
    "value": "eget värde",
    "change": "förändring mot föregående år",
    "previous_value": "värde föregående år",
    "target": "mål",
    "n": "antal bakom uppgiften",
    "region_mean": "medel, regionen",
    "similar_mean": "medel, liknande kommuner",
    "national_mean": "medel, samtliga kommuner",
    "national_rank": "plats bland samtliga kommuner",
    "budget": "budget",
    "actual": "utfall",
    "deviation": "avvikelse",
    "previous_actual": "utfall året före",
    "budget_ytd": "periodiserad budget från årets början",
    "actual_ytd": "utfall från årets början",
    "deviation_ytd": "avvikelse från periodiserad budget",
    "previous_actual_ytd": "utfall samma period året före",
    "budget_year": "budget för helåret",
    "forecast_year": "helårsprognos",
    "forecast_deviation": "prognos jämförd med budget",
    "forecast_change": "ändring sedan föregående prognos",
    "closing_entries": "bokslutsposter",
}
FROM_KOLADA = "Egen bearbetning av data från Kolada"
REGION_REPORT = "regionens gemensamma nyckeltalsrapport"
SCALES = {name: kronor for name, (kronor, _) in MONEY.items()}
PLAIN = Printing()


def period(figure: Figure) -> str:
    """The figure's period as readers say it: '2024', '31 december 2024', 'kvartal 4 2024', 'januari–oktober 2024'."""
    return period_of(figure.period_start, figure.period_end)


def period_of(first: date, last: date) -> str:
    """A period as readers say it: a year, a quarter, months where they are whole, else its days."""
    if first == last:
        return day(last)
    if first.day != 1 or (last + timedelta(days=1)).day != 1:
        return f"{day(first)}–{day(last)}"
    if (first.month, last.month, first.year) == (1, 12, last.year):
        return str(last.year)
    if first.year != last.year:
        return f"{month_name(first)}–{month_name(last)}"
    if last.month % 3 == 0 and first.month == last.month - 2:
        return f"kvartal {last.month // 3} {last.year}"
    return month_name(last) if first.month == last.month else f"{month_name(first).split()[0]}–{month_name(last)}"


def spoken_period(figure: Figure) -> str:
    """The figure's period within a sentence: as `period`, but a month's last day is the month, a year's the year, and
    twelve months are told by their last.
    """
    last = figure.period_end
    if figure.period_grain == "year":
        return str(last.year)
    if figure.measure_time == "rolling_12":
        return f"de tolv månaderna till och med {month_name(last)}"
    return month_name(last) if figure.period_grain == "month" and figure.measure_time == "point" else period(figure)


def a_year_before(figure: Figure) -> str:
    """How the same period one year earlier is called beside a figure: 'året före', 'samma månad 2023', 'samma period
    2023'.
    """
    if figure.period_grain == "year":
        return "året före"
    before = figure.year - 1
    if figure.measure_time == "rolling_12":
        return "ett år tidigare"
    if figure.measure_time == "ytd":
        return f"samma period {before}"
    return f"samma {'kvartal' if figure.period_grain == 'quarter' else 'månad'} {before}"


def origin(figure: Figure, measure: str) -> Origin:
    """The origin of one measure of a figure; a mean has its own, whatever the value's."""
    source = mean_source(figure, measure) if measure.endswith("_mean") else figure.source
    split = "/".join(part for part in (figure.org_unit, figure.staff_group, figure.breakdown) if part)
    split = "/".join(part for part in (split, figure.gender if figure.gender != "T" else "") if part)
    if measure != "previous_value":
        return Origin(
            figure.key, measure, figure.indicator_id, period(figure), source, figure.lineage_id, split, figure.year
        )
    first, last = (a_year_earlier(moment) for moment in (figure.period_start, figure.period_end))
    said = period_of(first, last)
    return Origin(figure.key, measure, figure.indicator_id, said, source, figure.lineage_id, split, last.year)


def key_before(key: str) -> str | None:
    """The key of the same series' row a year before the one that `key` names; None where it names no row of a period."""
    found = re.fullmatch(r"(.+/)(\d{4})(-\d\d-\d\d--)(\d{4})(-\d\d-\d\d/.+)", key)
    return f"{found[1]}{int(found[2]) - 1}{found[3]}{int(found[4]) - 1}{found[5]}" if found else None


def mean_source(figure: Figure, measure: str) -> str:
    """How a group's mean is cited: made of Kolada's values, of the members' in the region's report, or delivered as a
    mean.
    """
    if "Kolada" in figure.source:
        return FROM_KOLADA
    if measure == "region_mean":
        made = figure.region_count is not None
        return f"Egen bearbetning av data från {REGION_REPORT}" if made else f"Källa: {REGION_REPORT}"
    return figure.source


def marks(figure: Figure, measure: str) -> tuple[str, ...]:
    """The marks that one measure of a figure must carry wherever it is shown."""
    if measure.endswith("_mean"):
        return (SIMULATED,) if figure.comparison_is_simulated else ()
    flags = ((PRELIMINARY, figure.is_preliminary), (REVISED, figure.is_revised), (SIMULATED, figure.is_simulated))
    return tuple(mark for mark, applies in flags if applies)


def all_marks(*marked: Iterable[str]) -> tuple[str, ...]:
    """The marks of a figure that is made of several."""
    return tuple(dict.fromkeys(mark for one in marked for mark in one))


def measured(figure: Figure, measure: str) -> float | None:
    """One measure of a figure, or None where it is missing or must not be shown."""
    if measure.endswith("_mean"):
        return figure.mean(measure)
    if figure.hidden:
        return None
    # the reports speak of the year before; the mart's neighbour of a month is the month before
    if measure == "previous_value":
        return figure.same_period_last_year
    if measure == "change" and figure.period_grain != "year":
        before = figure.same_period_last_year
        return None if figure.value is None or before is None else figure.value - before
    told: float | None = getattr(figure, measure)
    return told


def decimals_of(source: Source, figure: Figure, printing: Printing = PLAIN) -> int:
    """Decimals of a figure in print; a value in another unit than the indicator's present one keeps two."""
    for year, decimals in printing.decimals_in:
        if year == figure.year:
            return decimals
    if printing.decimals is not None:
        return printing.decimals
    if printing.scale != "kr":
        return 1 if printing.scale == "mnkr" else 0
    indicator = source.indicators[figure.indicator_id]
    return indicator.decimals if figure.unit == indicator.unit else 2


def cell(
    source: Source,
    figure: Figure | None,
    measure: str = "value",
    printing: Printing = PLAIN,
    *,
    column_year: int | None = None,
    missing: str | None = None,
) -> Cell:
    """One measure of a figure as printed, with its origin; the sign of a missing one, or of one that must not be shown.

    column_year: the year of the column; a figure of another says its own. missing: the sign; by default '-' for what is
    compared with, 'IU.' for own values.
    """
    own = not measure.endswith("_mean")
    sign = missing if missing is not None else printing.missing
    sign = sign if sign is not None else NOT_AVAILABLE if own and measure == "value" else NO_COMPARISON
    lacks = own and measure == "value"
    if figure is None:
        return Cell(sign, lacks=lacks)
    also = f"({figure.year})" if column_year is not None and figure.year != column_year else ""
    if own and figure.hidden:
        return Cell(NOT_SHOWN, (), origin(figure, measure), also)
    value = measured(figure, measure)
    if value is None:
        return Cell(sign, (), origin(figure, measure) if lacks else None, also if lacks else "", lacks=lacks)
    made = counted_cell(source, figure, measure, value, printing)
    return replace(made, text=made.text + suffix(printing, measure), also=also)


COUNTS = ("n", "numerator", "denominator")
"""Measures that count what is behind a figure, whatever the figure's own unit."""


def counted_cell(
    source: Source, figure: Figure, measure: str, value: float, printing: Printing, *, is_difference: bool = False
) -> Cell:
    """`value`, a measure of a figure or made of it, as a printed number with all that it claims: the one place where a
    figure of the indicator marts gets its number, decimals, unit, scale, marks and origin, for cards, sentences and
    tables alike.
    """
    is_count = measure in COUNTS
    scale = 1 if is_count else SCALES[printing.scale]
    decimals = 0 if is_count else decimals_of(source, figure, printing)
    word = "" if is_count else counted(figure.unit, printing.scale, is_difference=is_difference or measure == "change")
    text = number(value / scale, decimals, group_from=printing.group_from)
    marked = marks(figure, measure)
    if measure in ("change", "previous_value") and (before := source.year_before(figure)):
        marked = all_marks(() if measure == "previous_value" else marked, marks(before, "value"))
    return Cell(text, marked, origin(figure, measure), "", value / scale, decimals, word, scale)


def broken_note(figures: Iterable[Figure | None]) -> str:
    """What stands under a row whose values, oldest or newest first, are of more than one definition; empty where they
    are of one.
    """
    told = sorted(
        (figure for figure in figures if figure is not None and figure.shown is not None),
        key=lambda figure: figure.period_end,
    )
    changed = [str(b.year) for a, b in itertools.pairwise(told) if a.series_id != b.series_id]
    return f"Definitionen ändrades {listed(changed)}; värdena före och efter jämförs inte." if changed else ""


def suffix(printing: Printing, measure: str) -> str:
    """What stands after the figure: a difference of two percentages is called percentage points (DEFINITIONS G4)."""
    written = (printing.unit_suffix or "").replace(" ", NBSP)
    return f"{NBSP}%-enh." if measure == "change" and "%" in written else "" if measure == "n" else written


def _span(counts: Iterable[int], members: int) -> str:
    """'13 av 13', or '9-13 av 13' where the rows differ."""
    low, high = min(counts), max(counts)
    return f"{low} av {members}" if low == high else f"{low}–{high} av {members}"


def group_lines(source: Source, figures: Iterable[Figure]) -> list[str]:
    """How the means under a table or diagram are made, by citation: 'ovägt medel, n av N kommuner', or a mean that came
    as one.
    """
    made: dict[str, dict[tuple[str, int], list[int]]] = {}
    delivered: dict[str, dict[str, None]] = {}
    for figure in figures:
        similar, region = source.similar(figure.indicator_id), source.region
        groups = {"national_mean": ("samtliga", source.municipalities)}
        if region:
            groups["region_mean"] = (region.label, region.member_count)
        if similar:
            groups["similar_mean"] = (similar.label, similar.member_count)
        for measure in ("region_mean", "similar_mean", "national_mean"):
            if measure not in groups or figure.mean(measure) is None:
                continue
            cited, count = mean_source(figure, measure), getattr(figure, measure.replace("_mean", "_count"))
            if count is None:
                delivered.setdefault(cited, {})[groups[measure][0]] = None
            else:
                made.setdefault(cited, {}).setdefault(groups[measure], []).append(count)
    lines = []
    for cited, counts in made.items():
        parts = [f"{label} {_span(values, members)} kommuner" for (label, members), values in counts.items()]
        lines.append(f"{cited}, ovägt medel: {listed(parts)}.")
    return lines + [
        f"{cited}, medel som det levererats: {listed(list(labels))}." for cited, labels in delivered.items()
    ]


def source_lines(source: Source, figures: Iterable[Figure]) -> tuple[str, ...]:
    """The lines under a table or diagram: how own values are cited, and how the group means are made."""
    figures = list(figures)
    cited = dict.fromkeys(figure.source for figure in figures if figure.value is not None)
    return (*(f"{text}." for text in cited), *group_lines(source, figures))
