"""How sentences are put together: runs of text and figures, amounts with their unit, sizes in words, periods.

Belongs here: words that all rules share. Does not belong here: rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from reports import cells
from reports.document import Cell, Origin, Sentence
from reports.figures import Figure
from reports.format import NBSP, Unit, agreeing, counted, month_name, number, rounded
from reports.outline import Printing, RuleSpec, SeriesSpec
from reports.source import Source

# A change relative to the earlier value is called marginal up to the first, slight up to the second, considerable from
# the third.
MARGINAL, SLIGHT, CONSIDERABLE = 0.02, 0.10, 0.25
SPELLED = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
ORDINALS = ("", "första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde")
AGREE = {"den": "oförändrad", "det": "oförändrat", "de": "oförändrade"}

Run = str | Cell | Sequence["Run"]


class Wording(SeriesSpec, Printing, RuleSpec):
    """What all rules about one series share.

    subject: what the sentence is about, in definite form. form: the pronoun that it agrees with. moves: verbs for up
    and down.
    levels: comparatives for above and below. unit: words after a figure
    and after a difference, where the indicator's own do not fit. year: offset from the report's year; without it the
    report's own, or the newest that Kolada has. spelled: small whole numbers in words.
    """

    names_subject: ClassVar[bool] = True
    """Whether each sentence of the rule says what it is about; those of other rules refer to the sentence before."""

    subject: str = ""
    form: Literal["den", "det", "de"] = "den"
    moves: tuple[str, str] = ("ökade", "minskade")
    levels: tuple[str, str] = ("högre", "lägre")
    unit: tuple[str, str] | None = None
    year: int | None = None
    spelled: bool = False


def say(template: str, *runs: Run) -> Sentence:
    """A sentence: the template's `{}` are filled with the runs in turn; the first letter is a capital one."""
    texts = template.split("{}")
    if len(texts) != len(runs) + 1:
        raise ValueError(f"{template!r}: {len(runs)} runs for {len(texts) - 1} places")
    flat: list[str | Cell] = [texts[0]]
    for run, text in zip(runs, texts[1:], strict=True):
        flat += [*_flat(run), text]
    joined: list[str | Cell] = []
    for piece in flat:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    first = joined[0]
    joined[0] = (
        first[:1].upper() + first[1:]
        if isinstance(first, str)
        else replace(first, text=first.text[:1].upper() + first.text[1:])
    )
    return Sentence(tuple(_apart(joined)))


def _apart(runs: list[str | Cell]) -> list[str | Cell]:
    """`runs` with a word between a number without a unit and the year that follows it: '63 under 2023', since '63 år
    2023' is an age.
    """
    for place in range(1, len(runs)):
        before, piece = runs[place - 1], runs[place]
        if (
            isinstance(before, Cell)
            and isinstance(piece, str)
            and before.text[-1:].isdigit()
            and re.match(r"[ \u00a0]\d{4}\b", piece)
        ):
            runs[place] = " under" + piece
    return runs


def _flat(run: Run) -> list[str | Cell]:
    return [run] if isinstance(run, str | Cell) else [piece for part in run for piece in _flat(part)]


def listed_runs(items: Sequence[Run]) -> list[Run]:
    """'a', 'a och b', 'a, b och c'."""
    found: list[Run] = []
    for index, item in enumerate(items):
        found += ([" och " if index == len(items) - 1 else ", "] if index else []) + [item]
    return found


def subject(source: Source, spec: Wording) -> str:
    """The subject with its names filled in; without one, the indicator's title."""
    return source.text(spec.subject) if spec.subject else source.title(spec)


def pronoun(source: Source, spec: Wording) -> str:
    """The subject's first word, once the sentence before has named the whole: 'Väntetiden', 'Andelen'."""
    return subject(source, spec).split(" ")[0]


def newest(source: Source, spec: Wording) -> Figure | None:
    """The figure that the sentence is about: of the named year, else the report's own (`Source.current`); None without
    a value.
    """
    if not source.applies(spec):
        return None
    figure = source.current(spec) if spec.year is None else source.figure(spec, source.year + spec.year)
    return figure if figure and figure.shown is not None else None


def is_told(source: Source, figure: Figure, measure: str = "value") -> bool:
    """Whether the paragraph has told this figure already."""
    return (figure.key, measure) in source.told


def once(
    source: Source, spec: Wording, figure: Figure, text: str = "{}", measure: str = "value", *, bare: bool = False
) -> Run:
    """`text` around one measure of a figure; nothing where the paragraph has told it already."""
    if is_told(source, figure, measure):
        return ""
    start, end = text.split("{}")
    return (start, amount(source, spec, figure, measure, bare=bare), end)


def before(source: Source, spec: Wording, figure: Figure, years: int = 1) -> Figure | None:
    """The figure so many years earlier, where it may be shown and the series was not broken in between."""
    earlier = source.figure(spec, figure.year - years)
    if earlier is None or earlier.shown is None or earlier.series_id != figure.series_id:
        return None
    return earlier


def broken(source: Source, spec: Wording, figure: Figure, years: int = 1) -> Sentence | None:
    """What is said where the value so many years earlier is of another definition, and therefore not compared with;
    else None.
    """
    earlier = source.figure(spec, figure.year - years)
    if earlier is None or earlier.shown is None or earlier.series_id == figure.series_id:
        return None
    where = replace(cells.origin(figure, "value"), key=f"{figure.key} {earlier.key}")
    text = "Definitionen har ändrats sedan {}, och värdet jämförs inte med det."
    return say(text, Cell(when(earlier), (), where))


when = cells.spoken_period


def at(figure: Figure) -> str:
    """The figure's period after a verb: 'i oktober 2024', but '2024'."""
    said = when(figure)
    return f"i {said}" if said == month_name(figure.period_end) else said


def between(older: Figure, newer: Figure) -> str:
    """'mellan 2023 och 2024', 'mellan tolvmånadersperioderna till och med oktober 2023 och oktober 2024'."""
    if newer.measure_time == "rolling_12" and newer.period_grain != "year":
        return f"mellan tolvmånadersperioderna till och med {month_name(older.period_end)} och {month_name(newer.period_end)}"
    return f"mellan {when(older)} och {when(newer)}"


def units(spec: Wording, figure: Figure) -> Unit:
    """The words after a figure and after a difference."""
    if spec.unit:
        return Unit("", *spec.unit)
    return Unit("", counted(figure.unit, spec.scale), counted(figure.unit, spec.scale, is_difference=True))


def amount(source: Source, spec: Wording, figure: Figure, measure: str = "value", *, bare: bool = False) -> Run:
    """One measure of a figure with its unit in words: '57 dagar', '8,3 procent'. bare: the number alone."""
    value = cells.measured(figure, measure)
    if value is None:
        raise ValueError(f"{figure.key}: no {measure} to write about")
    return quantity(source, spec, figure, value, cells.origin(figure, measure), cells.marks(figure, measure), bare=bare)


def difference(source: Source, spec: Wording, newer: Figure, older: Figure, measure: str = "change") -> Run:
    """How much `newer` is above or below `older`, without a sign, in the words for a difference: '0,3 procentenheter'.

    The adjacent year's is the mart's own column; any other rests on both rows, the newer first. ValueError for two
    figures of different
    definitions or units: their difference means nothing.
    """
    if newer.series_id != older.series_id or newer.unit != older.unit:
        raise ValueError(f"{newer.key} and {older.key}: no difference between two definitions or units")
    value = (newer.shown or 0.0) - (older.shown or 0.0)
    where = cells.origin(newer, measure)
    if not (measure == "change" and newer.change is not None and rounded(newer.change - value, 9) == 0):
        where = replace(where, key=f"{newer.key} {older.key}")
    marked = cells.all_marks(cells.marks(newer, "value"), cells.marks(older, "value"))
    return quantity(source, spec, newer, abs(value), where, marked, is_difference=True)


def quantity(  # noqa: PLR0913 (two are options by name)
    source: Source,
    spec: Wording,
    figure: Figure,
    value: float,
    where: Origin,
    marked: tuple[str, ...] = (),
    *,
    bare: bool = False,
    is_difference: bool = False,
) -> Run:
    """A number in the sentence's unit, as a figure of its own."""
    made = cells.counted_cell(source, figure, where.measure, value, spec, is_difference=is_difference)
    scaled, text = made.value or 0.0, made.text
    whole = int(scaled) if scaled == int(scaled) else -1
    if spec.spelled and 0 <= whole < len(SPELLED):
        text = SPELLED[whole]
    words = units(spec, figure)
    word = "" if where.measure in cells.COUNTS and not spec.unit else words.difference if is_difference else words.word
    shown = replace(made, text=text, marks=marked, origin=where, unit=word)
    word = agreeing(word, made.text)
    return shown if bare or not word else (shown, NBSP + word)


def is_same(source: Source, spec: Wording, one: Figure, other: Figure) -> bool:
    """Whether two figures differ by nothing that print would show."""
    gap = ((one.shown or 0.0) - (other.shown or 0.0)) / cells.SCALES[spec.scale]
    return rounded(gap, cells.decimals_of(source, one, spec)) == 0


def size(newer: Figure, older: Figure) -> str:
    """' marginellt', ' något' or ' betydligt' for a change relative to the earlier value; empty between slight and
    considerable.
    """
    start = abs(older.shown or 0.0)
    if not start:
        return ""
    share = abs((newer.shown or 0.0) - (older.shown or 0.0)) / start
    if share <= MARGINAL:
        return " marginellt"
    return " något" if share <= SLIGHT else " betydligt" if share >= CONSIDERABLE else ""


def resting_on(sentence: Sentence, figures: list[Figure]) -> Sentence:
    """The sentence, with the rows that it rests on behind its last word though it prints none of their values."""
    rows = " ".join(figure.key for figure in reversed(figures))
    if sentence.cells:
        return sentence
    body, word = sentence.text[:-1].rsplit(" ", 1)
    where = replace(cells.origin(figures[-1], "value"), key=rows)
    return Sentence((f"{body} ", Cell(word, (), where), "."))


def spelled(count: int) -> str:
    """A count in words up to twelve."""
    return SPELLED[count] if count < len(SPELLED) else number(count)
