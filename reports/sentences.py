"""What the figures say by themselves, in Swedish: change, position against the comparison groups, range, gender, missing data.

Belongs here: the rules of sentences (the recurring patterns of the published documents) and the rows that each rests on.
Does not belong here: causes. A sentence says what changed and how it compares, never why.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.charts import Chart
from reports.content import Diagram
from reports.figures import Figure
from reports.format import NBSP, listed, number, rounded, unit
from reports.tables import Source

LEVEL_BAND = 0.1  # "i nivå med": within this share of the municipalities' standard deviation (DEFINITIONS 5.4)
RANGE_YEARS = 5


@dataclass(frozen=True)
class Sentence:
    """A sentence and the keys of the mart rows that it rests on."""

    text: str
    rows: tuple[str, ...]


def _with_unit(text: str, word: str) -> str:
    return f"{text}{NBSP}{word}" if word else text


def _amount(source: Source, figure: Figure, value: float) -> str:
    """A value with its unit in words: '57 dagar', '8,3 procent'."""
    return _with_unit(number(value, source.decimals(figure)), unit(figure.unit).word)


def change(source: Source, diagram: Diagram, figure: Figure, before: Figure | None) -> Sentence:
    """From–to between the adjacent years; the level alone where there is no adjacent value in the same series."""
    value = figure.shown
    if value is None:
        raise ValueError(f"{figure.key}: no value to write about")
    comparable = before is not None and before.shown is not None and figure.change is not None and before.series_id == figure.series_id
    if not comparable or before is None or before.shown is None or figure.change is None:
        return Sentence(f"{diagram.subject} var {_amount(source, figure, value)} {figure.year}.", (figure.key,))
    rows = (before.key, figure.key)
    decimals = source.decimals(figure)
    if rounded(figure.change, decimals) == 0:
        level = _amount(source, figure, value)
        return Sentence(f"{diagram.subject} var oförändrad, {level}, mellan {before.year} och {figure.year}.", rows)
    moved = diagram.moves[0] if figure.change > 0 else diagram.moves[1]
    size = _with_unit(number(abs(figure.change), decimals), unit(figure.unit).difference)
    # Both ends in the same unit: it is said once, after the second.
    return Sentence(
        f"{diagram.subject} {moved} med {size}, från {number(before.shown, decimals)} till {_amount(source, figure, value)}, "
        f"mellan {before.year} och {figure.year}.",
        rows,
    )


def position(source: Source, diagram: Diagram, figure: Figure) -> Sentence | None:
    """Above, level with or below each comparison group; None without a comparison."""
    value = figure.shown
    similar, region = source.similar(figure.indicator_id), source.region
    names = (
        (region.label if region else "", figure.mean("region_mean")),
        ("liknande kommuner" if similar else "", figure.mean("similar_mean")),
        ("samtliga kommuner", figure.mean("national_mean")),
    )
    present = [(name, mean) for name, mean in names if name and mean is not None]
    if value is None or not present:
        return None
    band = LEVEL_BAND * source.spread.get((figure.indicator_id, figure.year), 0.0)
    decimals = source.decimals(figure)
    higher: list[str] = []
    level: list[str] = []
    lower: list[str] = []
    for name, mean in present:
        named = f"{name} ({number(mean, decimals)})"
        same = abs(value - mean) <= band or rounded(value, decimals) == rounded(mean, decimals)
        (level if same else higher if value > mean else lower).append(named)
    parts = []
    if higher:
        parts.append(f"{diagram.levels[0]} än genomsnittet för {listed(higher)}")
    if lower:
        parts.append(f"{diagram.levels[1]} än genomsnittet för {listed(lower)}")
    if level:
        parts.append(f"i nivå med genomsnittet för {listed(level)}")
    # Two opposite positions are set against each other, three are counted up.
    joined = " men ".join(parts) if len(parts) < 3 else listed(parts)
    simulated = " Jämförelsevärdena är åtminstone delvis simulerade." if figure.comparison_is_simulated else ""
    return Sentence(f"{_pronoun(diagram)} var {figure.year} {joined}.{simulated}", (figure.key,))


def _pronoun(diagram: Diagram) -> str:
    """The subject's first word, once the sentence before has named the whole: 'Väntetiden', 'Andelen'."""
    return diagram.subject.split(" ")[0]


def extremes(source: Source, diagram: Diagram, figures: list[Figure]) -> Sentence | None:
    """Lowest and highest over the last unbroken years of one series; None with fewer than `RANGE_YEARS`."""
    run: list[Figure] = []
    for figure in reversed(figures):
        if figure.shown is None or (run and (figure.series_id != run[-1].series_id or figure.year != run[-1].year - 1)):
            break
        run.append(figure)
    run = run[:RANGE_YEARS]
    if len(run) < RANGE_YEARS:
        return None
    low, high = min(run, key=lambda figure: figure.shown or 0), max(run, key=lambda figure: figure.shown or 0)
    decimals = source.decimals(low)
    lowest, highest = number(low.shown or 0, decimals), _amount(source, high, high.shown or 0)
    if rounded(low.shown or 0, decimals) == rounded(high.shown or 0, decimals):
        return None
    return Sentence(
        f"Under {run[-1].year}–{run[0].year} var det lägsta värdet {lowest} ({low.year}) och det högsta {highest} ({high.year}).",
        tuple(figure.key for figure in reversed(run)),
    )


def gender_gap(source: Source, diagram: Diagram, year: int) -> Sentence | None:
    """Women and men in the year; None where either is missing. No size is called essential: Kolada gives no margin."""
    pair = [source.figures.series(diagram.indicator_id, gender=gender).get(year) for gender in ("K", "M")]
    women, men = pair
    if women is None or men is None or women.shown is None or men.shown is None:
        return None
    decimals = source.decimals(women)
    both = f"kvinnor {number(women.shown, decimals)}, män {_amount(source, men, men.shown)}"
    rows = (women.key, men.key)
    marked = " Värdena för kvinnor och män är simulerade." if women.is_simulated or men.is_simulated else ""
    if rounded(women.shown - men.shown, decimals) == 0:
        return Sentence(f"Värdet var lika för kvinnor och män {year} ({both}).{marked}", rows)
    gap = _with_unit(number(abs(women.shown - men.shown), decimals), unit(women.unit).difference)
    word = diagram.levels[0] if women.shown > men.shown else diagram.levels[1]
    return Sentence(f"Värdet var {gap} {word} för kvinnor än för män {year} ({both}).{marked}", rows)


def own_simulated(figures: list[Figure]) -> Sentence | None:
    """Which of the municipality's own values are simulated: a sentence about them must not read as a fact."""
    marked = [figure for figure in figures if figure.shown is not None and figure.is_simulated]
    if not marked:
        return None
    years = listed([str(figure.year) for figure in marked])
    return Sentence(f"Kommunens egna värden för {years} är simulerade.", tuple(figure.key for figure in marked))


def about(source: Source, diagram: Diagram, chart: Chart) -> tuple[Sentence, ...]:
    """The sentences of one diagram, in reading order."""
    figures = list(chart.figures)
    shown = [figure for figure in figures if figure.shown is not None]
    if not shown:
        return ()
    newest = shown[-1]
    before = next((figure for figure in figures if figure.year == newest.year - 1), None)
    found: list[Sentence | None] = [change(source, diagram, newest, before)]
    found.append(position(source, diagram, newest))
    found.append(gender_gap(source, diagram, newest.year))
    found.append(extremes(source, diagram, figures))
    found.append(own_simulated(figures))
    series = source.figures.series(diagram.indicator_id, staff_group=diagram.staff_group)
    latest = max(year for year, figure in series.items() if figure.shown is not None)
    if latest < source.year:
        missing = str(source.year) if source.year - latest == 1 else f"{latest + 1}–{source.year}"
        found.append(Sentence(f"Uppgift för {missing} saknas.", (newest.key,)))
    return tuple(sentence for sentence in found if sentence)
