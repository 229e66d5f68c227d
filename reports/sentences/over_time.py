"""Sentences about a series by itself: change, from-to, level, range, streak, target, what is missing or simulated.

Belongs here: one series over time. Does not belong here: comparison with others (`compared`), splits of a total
(`divided`).
"""

from __future__ import annotations

import itertools
import operator
from dataclasses import replace
from typing import Literal

from pydantic import Field, model_validator

from reports import cells
from reports.document import Cell, Sentence
from reports.figures import Figure
from reports.format import NBSP, listed, number, rounded, unit
from reports.outline import RULES, Period, Printing, RuleSpec, SeriesSpec
from reports.sentences import words
from reports.sentences.words import (
    Run,
    Wording,
    amount,
    at,
    before,
    between,
    broken,
    difference,
    is_same,
    is_told,
    newest,
    once,
    resting_on,
    say,
    subject,
    when,
)
from reports.source import Source

LEAST_YEARS = 3
"""So many years make a streak."""


class Change(Wording):
    """'Väntetiden minskade med 8 dagar, från 65 till 57 dagar, mellan 2023 och 2024.'

    over: years between the two. adverb: whether the size is called marginal, slight or considerable. ends: whether both
    values are told. Without an earlier value of the same series the level alone is told.
    """

    rule: Literal["change"]
    over: int = Field(default=1, ge=1)
    adverb: bool = True
    ends: bool = True


class RelativeChange(Wording):
    """'Den arbetade tiden ökade med 5,3 procent mellan 2023 och 2024.' Relative to the earlier value; ValueError for a
    share in per cent, whose change is told in percentage points (DEFINITIONS G4).
    """

    rule: Literal["relative_change"]
    over: int = Field(default=1, ge=1)
    relative_decimals: int = 1


class FromTo(Wording):
    """'Andelen ökade från 63 procent kvartal 4 2023 till 80 procent kvartal 2 2024.' `from_period` of `from_year` to
    the series' own.
    """

    rule: Literal["from_to"]
    from_year: int = -1
    from_period: Period | None = None


class Level(Wording):
    """'Väntetiden var 57 dagar 2024.' verb: 'var', 'låg på', 'uppgick till'."""

    rule: Literal["level"]
    verb: str = "var"


class Range(Wording):
    """'Under 2022–2024 var det lägsta värdet 84,3 (2024) och det högsta 87,6 procent (2022).' Over unbroken years of
    one series.
    """

    names_subject = False
    rule: Literal["range"]
    years: int = Field(default=5, ge=3)


class Streak(Wording):
    """'Det är tredje året i rad som sjukfrånvaron minskar.', 'Det är det lägsta värdet sedan 2020.' From three years on."""

    names_subject = False
    rule: Literal["streak"]


class Target(Wording):
    """'Utfallet, 57 dagar, når målvärdet 65 dagar.' The target is the mart's; without a target or a good direction,
    nothing.
    """

    rule: Literal["target"]


class Band(Wording):
    """'Personalomsättningen låg 2024 på 8,8 procent, under de 10–15 procent som räknas som hälsosam
    personalomsättning.'

    low, high: the limits, inside. name: what lies within is called. The band is the outline's own, a rule of thumb, no
    figure of a source.
    """

    rule: Literal["band"]
    low: float
    high: float
    name: str


class Missing(Wording):
    """'Uppgift för 2023 saknas.' Years of the last three without a figure, where the series has older ones."""

    names_subject = False
    rule: Literal["missing"]


class Ended(Wording):
    """'Serien avslutades efter 2024.'"""

    names_subject = False
    rule: Literal["ended"]


class Simulated(Wording):
    """'Kommunens egna värden för 2023 och 2024 är simulerade.' years: how many back; a sentence must not read as a
    fact.
    """

    names_subject = False
    rule: Literal["simulated"]
    years: int = 11


class Quote(SeriesSpec, Printing):
    """A figure of a statement. measure: which column. year: offset from the report's. unit: the word after it, if any.
    spelled: small whole numbers in words.
    """

    measure: Literal[
        "value", "change", "n", "numerator", "denominator", "region_mean", "similar_mean", "national_mean", "target"
    ] = "value"
    year: int = 0
    unit: str = ""
    spelled: bool = False


class Statement(RuleSpec):
    """Words of the outline around figures of the marts: 'Under {year} infördes {} nya moduler i verksamhetssystemet.'

    text: one `{}` for each of `figures`. The words must be true whatever the figures are (what goes up or down is said
    by `change`). Left out where one of the figures is missing.
    """

    rule: Literal["statement"]
    text: str
    figures: tuple[Quote, ...]

    @model_validator(mode="after")
    def _one_place_each(self) -> Statement:
        if self.text.count("{}") != len(self.figures):
            raise ValueError(
                f"one {{}} in the text for each of the {len(self.figures)} figures, not {self.text.count('{}')}"
            )
        return self


@RULES.kind(Change)
def change(spec: Change, source: Source) -> list[Sentence]:
    """One sentence, or none without a figure."""
    figure = newest(source, spec)
    if figure is None:
        return []
    about, older = subject(source, spec), before(source, spec, figure, spec.over)
    if older is None:
        said = (
            [] if is_told(source, figure) else [say("{} var {} {}.", about, amount(source, spec, figure), at(figure))]
        )
        other = broken(source, spec, figure, spec.over)
        return [*said, other] if other else said
    if is_same(source, spec, figure, older):
        return [
            say(
                "{} var {}{} {}.",
                about,
                words.AGREE[spec.form],
                once(source, spec, figure, ", {},"),
                between(older, figure),
            )
        ]
    rose = (figure.shown or 0) > (older.shown or 0)
    moved = spec.moves[0 if rose else 1] + (words.size(figure, older) if spec.adverb else "")
    by = difference(source, spec, figure, older)
    if not spec.ends or is_told(source, figure) or is_told(source, older):
        return [say("{} {} med {} {}.", about, moved, by, between(older, figure))]
    # Both ends in the same unit: it is said once, after the second.
    ends: Run = ("från ", amount(source, spec, older, bare=True), " till ", amount(source, spec, figure))
    return [say("{} {} med {}, {}, {}.", about, moved, by, ends, between(older, figure))]


@RULES.kind(RelativeChange)
def relative_change(spec: RelativeChange, source: Source) -> list[Sentence]:
    """One sentence; none without both values, or where the earlier is zero."""
    if unit(source.indicators[spec.indicator].unit).word == "procent":
        raise ValueError(
            f"relative_change of {spec.indicator}: a share in per cent changes by percentage points; use the rule change"
        )
    figure = newest(source, spec)
    older = before(source, spec, figure, spec.over) if figure else None
    if figure is None or older is None or not older.shown or figure.shown is None:
        return []
    share = (figure.shown - older.shown) / older.shown * 100
    where = replace(cells.origin(figure, "relative_change"), key=f"{figure.key} {older.key}")
    marked = cells.all_marks(cells.marks(figure, "value"), cells.marks(older, "value"))
    printed = Cell(
        number(abs(share), spec.relative_decimals), marked, where, "", share, spec.relative_decimals, "procent"
    )
    if rounded(share, spec.relative_decimals) == 0:
        return [say("{} var nästan {} {}.", subject(source, spec), words.AGREE[spec.form], between(older, figure))]
    moved = spec.moves[0 if share > 0 else 1]
    return [say("{} {} med {} procent {}.", subject(source, spec), moved, printed, between(older, figure))]


@RULES.kind(FromTo)
def from_to(spec: FromTo, source: Source) -> list[Sentence]:
    """One sentence; none without both values."""
    figure = newest(source, spec)
    older = source.figure(spec, source.year + spec.from_year, period=spec.from_period or spec.period)
    if figure is None or older is None or older.shown is None or older.series_id != figure.series_id:
        return []
    about = subject(source, spec)
    if is_same(source, spec, figure, older):
        return [
            say(
                "{} var {}{} {}.",
                about,
                words.AGREE[spec.form],
                once(source, spec, figure, ", {},"),
                between(older, figure),
            )
        ]
    moved = spec.moves[0 if (figure.shown or 0) > older.shown else 1]
    if is_told(source, older) and not is_told(source, figure):
        return [say("{} {} därefter till {} {}.", about, moved, amount(source, spec, figure), at(figure))]
    if is_told(source, figure):
        return [say("{} {}{} {}.", about, moved, once(source, spec, older, " från {}"), between(older, figure))]
    parts = (amount(source, spec, older), when(older), amount(source, spec, figure), when(figure))
    return [say("{} {} från {} {} till {} {}.", about, moved, *parts)]


@RULES.kind(Level)
def level(spec: Level, source: Source) -> list[Sentence]:
    """One sentence, or none without a figure."""
    figure = newest(source, spec)
    if figure is None or is_told(source, figure):
        return []
    return [say("{} {} {} {}.", subject(source, spec), spec.verb, amount(source, spec, figure), at(figure))]


def unbroken(source: Source, spec: Wording, until: Figure) -> list[Figure]:
    """The figures up to `until`, back to the first missing year or change of definition; oldest first."""
    run = [until]
    while (older := before(source, spec, run[-1])) is not None:
        run.append(older)
    return run[::-1]


@RULES.kind(Range)
def value_range(spec: Range, source: Source) -> list[Sentence]:
    """One sentence; none with fewer years than asked for, or where all are alike."""
    figure = newest(source, spec)
    run = unbroken(source, spec, figure)[-spec.years :] if figure else []
    if len(run) < spec.years:
        return []
    low, high = min(run, key=lambda f: f.shown or 0), max(run, key=lambda f: f.shown or 0)
    if is_same(source, spec, low, high):
        return []
    span = f"{run[0].year}–{run[-1].year}"
    if is_told(source, low) or is_told(source, high):
        ends = tuple((str(end.year), once(source, spec, end, " ({})")) for end in (low, high))
        return [resting_on(say("Under {} var värdet lägst {} och högst {}.", span, *ends), [low, high])]
    lowest, highest = amount(source, spec, low, bare=True), amount(source, spec, high)
    return [
        say(
            "Under {} var det lägsta värdet {} ({}) och det högsta {} ({}).",
            span,
            lowest,
            str(low.year),
            highest,
            str(high.year),
        )
    ]


@RULES.kind(Streak)
def streak(spec: Streak, source: Source) -> list[Sentence]:
    """A run of changes in one direction, the first in the other direction after such a run, or an extreme since long
    ago.
    """
    figure = newest(source, spec)
    run = unbroken(source, spec, figure) if figure else []
    if figure is None or len(run) <= LEAST_YEARS:
        return []
    signs = [
        0 if is_same(source, spec, b, a) else 1 if (b.shown or 0) > (a.shown or 0) else -1
        for a, b in itertools.pairwise(run)
    ]
    about = subject(source, spec)
    about = about[:1].lower() + about[1:]
    last = signs[-1]
    same = 0
    while same < len(signs) and signs[-1 - same] == last:
        same += 1
    if last and LEAST_YEARS <= same < len(words.ORDINALS):
        return [
            resting_on(
                say("Det är {} året i rad som {} {}.", words.ORDINALS[same], about, "ökar" if last > 0 else "minskar"),
                run[-same - 1 :],
            )
        ]
    against = 0
    while last and against + 1 < len(signs) and signs[-2 - against] == -last:
        against += 1
    if against >= LEAST_YEARS:
        word = "minskningen" if last < 0 else "ökningen"
        since = (
            f"sedan {run[-2 - against].year}" if against + 2 <= len(run) - 1 else f"sedan serien började {run[0].year}"
        )
        return [resting_on(say("Det är den första {} {}.", word, since), run[-against - 2 :])]
    return _extreme(run, figure, spec)


def _extreme(run: list[Figure], figure: Figure, spec: Streak) -> list[Sentence]:
    value = figure.shown or 0.0
    for word, beats in (("lägsta", operator.le), ("högsta", operator.ge)):
        earlier = [other.year for other in run[:-1] if beats(other.shown or 0.0, value)]
        years = figure.year - max(earlier) if earlier else len(run)
        if years > LEAST_YEARS:
            since = f"sedan {max(earlier)}" if earlier else f"sedan serien började {run[0].year}"
            return [
                resting_on(
                    say("Det är det {} värdet {}.", word, since),
                    [other for other in run if other.year >= figure.year - years],
                )
            ]
    return []


@RULES.kind(Target)
def target(spec: Target, source: Source) -> list[Sentence]:
    """One sentence; none without a value, a target or a good direction."""
    figure = newest(source, spec)
    indicator = source.indicators.get(spec.indicator)
    if figure is None or figure.target is None or figure.shown is None or not indicator or not indicator.good_direction:
        return []
    met = figure.shown >= figure.target if indicator.good_direction == "high" else figure.shown <= figure.target
    outcome, wanted = amount(source, spec, figure), amount(source, spec, figure, "target")
    if is_told(source, figure):
        return [say("{} når{} målvärdet {}.", subject(source, spec), "" if met else " inte", wanted)]
    return [
        say(
            "{} var {} {} och {} målvärdet {}.",
            subject(source, spec),
            outcome,
            when(figure),
            "når därmed" if met else "når därmed inte",
            wanted,
        )
    ]


@RULES.kind(Band)
def band(spec: Band, source: Source) -> list[Sentence]:
    """One sentence, or none without a figure."""
    figure = newest(source, spec)
    if figure is None or figure.shown is None:
        return []
    side = "under" if figure.shown < spec.low else "över" if figure.shown > spec.high else "inom"
    limits = f"{number(spec.low)}–{number(spec.high)}"
    word = words.units(spec, figure).word
    own = once(source, spec, figure, " på {},")
    parts = (subject(source, spec), when(figure), own, side, f"{limits} {word}".strip(), spec.name)
    return [resting_on(say("{} låg {}{} {} de {} som räknas som {}.", *parts), [figure])]


@RULES.kind(Missing)
def missing(spec: Missing, source: Source) -> list[Sentence]:
    """One sentence where years are missing; none where all are there, or none at all."""
    shown = {year: figure for year, figure in source.series(spec).items() if figure.shown is not None}
    first = min(shown, default=source.year)
    absent = [str(year) for year in range(max(first, source.year - 2), source.year + 1) if year not in shown]
    if not shown or not absent:
        return []
    where = cells.origin(shown[max(shown)], "value")
    return [Sentence(("Uppgift för ", Cell(listed(absent), (), where), " saknas."))]


@RULES.kind(Ended)
def ended(spec: Ended, source: Source) -> list[Sentence]:
    """One sentence for a series that has ended."""
    note = source.ended(spec.indicator)
    figure = newest(source, spec)
    return [resting_on(say(note[:-1] + "."), [figure])] if note and figure else []


@RULES.kind(Simulated)
def simulated(spec: Simulated, source: Source) -> list[Sentence]:
    """One sentence where own values are simulated."""
    marked = [
        figure
        for year, figure in source.series(spec).items()
        if source.year - spec.years < year <= source.year and figure.shown is not None and figure.is_simulated
    ]
    if not marked:
        return []
    where = replace(cells.origin(marked[-1], "value"), key=" ".join(figure.key for figure in marked))
    return [
        Sentence(
            ("Kommunens egna värden för ", Cell(listed([str(f.year) for f in marked]), (), where), " är simulerade.")
        )
    ]


@RULES.kind(Statement)
def statement(spec: Statement, source: Source) -> list[Sentence]:
    """One sentence; none where a figure is missing."""
    runs: list[Run] = []
    for quote in spec.figures:
        figure = source.figure(quote, source.year + quote.year)
        value = cells.measured(figure, quote.measure) if figure else None
        if figure is None or value is None:
            return []
        made = cells.counted_cell(source, figure, quote.measure, value, quote)
        scaled, text = made.value or 0.0, made.text
        if quote.spelled and scaled == int(scaled) and 0 <= scaled < len(words.SPELLED):
            text = words.SPELLED[int(scaled)]
        # The outline's own words say what is counted, before or after the number.
        shown = replace(made, text=text + cells.suffix(quote, quote.measure), unit=quote.unit)
        runs.append((shown, NBSP + quote.unit) if quote.unit else shown)
    return [say(source.text(spec.text), *runs)]
