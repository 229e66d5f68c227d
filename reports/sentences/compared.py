"""Sentences that compare the municipality with others: position against groups, rank, members of the region, cost
deviations.

Belongs here: comparison in one year. Does not belong here: what happened over time (`over_time`), splits of the own
total (`divided`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from reports import cells
from reports.document import Cell, Sentence
from reports.figures import Figure
from reports.format import NBSP, listed, number, rounded
from reports.method import LEVEL_BAND
from reports.outline import RULES
from reports.sentences import words
from reports.sentences.words import Run, Wording, amount, listed_runs, newest, quantity, say, subject, when
from reports.source import Source

POPULATION = "N01951"
LEAST_RANKED = 100  # municipalities with a value, below which nobody is ranked (DEFINITIONS 5.3)


class Position(Wording):
    """'Väntetiden var 2024 kortare än genomsnittet för regionen (62) men längre än genomsnittet för liknande kommuner
    (55).'

    groups: which groups. brief: the subject's first word alone, after a sentence that named it. own: the own value is
    told too.
    """

    rule: Literal["position"]
    groups: tuple[Literal["region", "similar", "national"], ...] = ("region", "similar", "national")
    brief: bool = False
    own: bool = False


class Gap(Wording):
    """'Andelen var 10 procentenheter högre än genomsnittet för samtliga kommuner 2024.' The distance to their mean."""

    rule: Literal["gap"]


class Rank(Wording):
    """'18 kommuner hade ett högre värde 2024.' Among all municipalities with a value.

    text: the words, with `{}` for how many are above. population_over: those of them with more inhabitants are named.
    quartile: told instead where the municipality is among the highest fourth (`text` then without `{}`).
    """

    names_subject = False
    rule: Literal["rank"]
    text: str = "{} kommuner hade ett högre värde {year}."
    population_over: int | None = None
    quartile: bool = False


class Place(Wording):
    """'Kommunen låg på plats 116 av 290.' A rank that is delivered as one: value and, as denominator, how many are
    ranked.
    """

    rule: Literal["place"]


class Members(Wording):
    """'Störst andel har A, 70 procent, därefter B, 35 procent; lägst har C, 14 procent.' Members of the region, highest
    first.

    top: how many are named. lead: the first words. above_zero: how many of them are above zero is told too.
    """

    names_subject = False
    rule: Literal["members"]
    top: int = Field(default=2, ge=1, le=3)
    lead: str = "Störst andel"
    above_zero: bool = False


class DeviationCost(Wording):
    """'Kommunen hade en nettokostnadsavvikelse inom äldreomsorgen på 17 miljoner kronor 2023: verksamheten kostade mer
    än referenskostnaden.' area: 'inom äldreomsorgen'.
    """

    names_subject = False
    rule: Literal["deviation_cost"]
    area: str


class Decomposition(Wording):
    """'… 43 fler brukare än snittet, vilket motsvarar 36 miljoner kronor, och en brukare kostade 152 tkr mer än
    snittet, vilket motsvarar 18 miljoner kronor.' (DEFINITIONS 4.5). indicator: users above the mean; the other three
    by name. area: 'inom …'.
    """

    names_subject = False
    rule: Literal["decomposition"]
    area: str
    volume_effect: str
    unit_cost: str
    unit_cost_effect: str


def group_names(source: Source, indicator_id: str) -> dict[str, str]:
    """What a sentence calls the groups that the indicator is compared with: group -> name."""
    names = {"national": "samtliga kommuner"}
    if source.region:
        names["region"] = source.region.label
    if source.similar(indicator_id):
        names["similar"] = "liknande kommuner"
    return names


@RULES.kind(Position)
def position(spec: Position, source: Source) -> list[Sentence]:
    """Above, level with or below each group's mean; none without a comparison."""
    figure = newest(source, spec)
    if figure is None or figure.shown is None:
        return []
    names = group_names(source, spec.indicator)
    present = [
        (group, mean) for group in spec.groups if group in names and (mean := figure.mean(f"{group}_mean")) is not None
    ]
    if not present:
        return []
    band = LEVEL_BAND * source.spread(figure.indicator_id, figure.year)
    decimals = cells.decimals_of(source, figure, spec)
    scale = cells.SCALES[spec.scale]
    higher: list[Run] = []
    level: list[Run] = []
    lower: list[Run] = []
    for group, mean in present:
        named = (f"{names[group]} (", amount(source, spec, figure, f"{group}_mean", bare=True), ")")
        same = abs(figure.shown - mean) <= band or rounded(figure.shown / scale, decimals) == rounded(
            mean / scale, decimals
        )
        (level if same else higher if figure.shown > mean else lower).append(named)
    parts: list[Run] = []
    if higher:
        parts.append((f"{spec.levels[0]} än genomsnittet för ", listed_runs(higher)))
    if lower:
        parts.append((f"{spec.levels[1]} än genomsnittet för ", listed_runs(lower)))
    if level:
        parts.append(("i nivå med genomsnittet för ", listed_runs(level)))
    # Two opposite positions are set against each other, three are counted up.
    joined = listed_runs(parts) if len(parts) != 2 else [parts[0], " men ", parts[1]]
    about = words.pronoun(source, spec) if spec.brief else subject(source, spec)
    own: Run = (
        (amount(source, spec, figure), f" {when(figure)},")
        if spec.own and not words.is_told(source, figure)
        else when(figure)
    )
    made = [say("{} var {} {}.", about, own, joined)]
    if figure.comparison_is_simulated:
        made.append(say("Jämförelsevärdena är åtminstone delvis simulerade."))
    return made


@RULES.kind(Gap)
def gap(spec: Gap, source: Source) -> list[Sentence]:
    """One sentence; none without a mean."""
    figure = newest(source, spec)
    mean = figure.mean("national_mean") if figure else None
    name = group_names(source, spec.indicator).get("national")
    if figure is None or figure.shown is None or mean is None or name is None:
        return []
    apart = figure.shown - mean
    where = replace(cells.origin(figure, "diff_to_mean"), key=figure.key)
    marked = cells.all_marks(cells.marks(figure, "value"), cells.marks(figure, "national_mean"))
    by = quantity(source, spec, figure, abs(apart), where, marked, is_difference=True)
    if rounded(apart / cells.SCALES[spec.scale], cells.decimals_of(source, figure, spec)) == 0:
        own = words.once(source, spec, figure, "{} ")
        return [say("{} var {}{} samma som genomsnittet för {}.", subject(source, spec), own, when(figure), name)]
    level = spec.levels[0 if apart > 0 else 1]
    return [say("{} var {} {} än genomsnittet för {} {}.", subject(source, spec), by, level, name, when(figure))]


@RULES.kind(Rank)
def rank(spec: Rank, source: Source) -> list[Sentence]:
    """One sentence; none with fewer than `LEAST_RANKED` municipalities."""
    figure = newest(source, spec)
    if figure is None or figure.shown is None:
        return []
    others = source.publication.nation(spec.indicator, figure.year)
    if len(others) < LEAST_RANKED:
        return []
    above = [(name, other) for name, other in others if other.value is not None and other.value > figure.shown]
    where = replace(cells.origin(figure, "rank"), year=figure.year)
    simulated = cells.marks(figure, "national_mean")
    year = str(figure.year)
    if spec.quartile:
        if len(above) >= len(others) / 4:
            return []
        printed = Cell("25", simulated, where, "", 25.0, 0, "procent")
        return [
            say(
                "{} hörde {} till de {} procent av kommunerna som hade högst värde.",
                subject(source, spec),
                year,
                printed,
            )
        ]
    told = _how_many(len(above))
    printed = Cell(told, simulated if told[0].isdigit() else (), where, "", float(len(above)))
    template = source.text(spec.text.replace("{year}", year))
    if len(above) < 2:
        return [say(template.replace("{} kommuner", "{} kommun"), printed)]
    if spec.population_over is None:
        return [say(template, printed)]
    large = {
        f.municipality_id
        for _, f in source.publication.nation(POPULATION, figure.year)
        if (f.value or 0) > spec.population_over
    }
    named = [name for name, other in above if other.municipality_id in large]
    limit = number(spec.population_over)
    tail = (
        f"har {listed(named)} fler än {limit} invånare"
        if 0 < len(named) <= 5
        else f"har {_how_many(len(named))} fler än {limit} invånare"
    )
    return [say(template.removesuffix(".") + ", av dem {}.", printed, tail)]


def _how_many(municipalities: int) -> str:
    return words.spelled(municipalities) if municipalities else "ingen"


@RULES.kind(Place)
def place(spec: Place, source: Source) -> list[Sentence]:
    """One sentence; none without a delivered rank."""
    figure = newest(source, spec)
    if figure is None:
        return []
    own = amount(source, spec, figure, bare=True)
    of: Run = (" av ", amount(source, spec, figure, "denominator", bare=True)) if figure.denominator else ""
    older = words.before(source, spec, figure)
    tail: Run = (" (plats ", amount(source, spec, older, bare=True), f" år {when(older)})") if older else ""
    return [say("{} låg {} på plats {}{}{}.", subject(source, spec), when(figure), own, of, tail)]


@RULES.kind(Members)
def members(spec: Members, source: Source) -> list[Sentence]:
    """One or two sentences; none with fewer than three members that have a value."""
    figure = newest(source, spec)
    if figure is None:
        return []
    of_total = [
        (name, other)
        for name, other in source.publication.members(source.municipality.id, spec.indicator, figure.year)
        if (other.breakdown, other.staff_group, other.org_unit, other.gender)
        == (spec.breakdown, spec.staff_group, spec.org_unit, spec.gender)
        and other.shown is not None
    ]
    ranked = sorted(of_total, key=lambda item: (-(item[1].shown or 0), item[0]))
    if len(ranked) < 3:
        return []

    def told(item: tuple[str, Figure]) -> Run:
        return (item[0], words.once(source, spec, item[1], ", {}"))

    rest: list[Run] = [(", därefter ", told(item)) for item in ranked[1 : spec.top]]
    lowest = ranked[-1]
    own_last = lowest[1].municipality_id == source.municipality.id and (ranked[-2][1].shown or 0) > (
        lowest[1].shown or 0
    )
    tail: Run = ("; lägst har ", told(lowest)) if own_last else ""
    made = [
        say(
            "{} i {} {} har {}{}{}.",
            spec.lead,
            group_names(source, spec.indicator).get("region", "regionen"),
            when(figure),
            told(ranked[0]),
            rest,
            tail,
        )
    ]
    if spec.above_zero:
        where = replace(cells.origin(figure, "group_total"), key=" ".join(other.key for _, other in ranked))
        over = sum((other.shown or 0) > 0 for _, other in ranked)
        of_all = Cell(words.spelled(len(ranked)), (), replace(where, measure="count"), "", float(len(ranked)))
        both = (of_all, Cell(words.spelled(over), (), where, "", float(over)))
        made.append(say("Av de {} kommuner som har en uppgift är värdet högre än noll i {}.", *both))
    return made


@RULES.kind(DeviationCost)
def deviation_cost(spec: DeviationCost, source: Source) -> list[Sentence]:
    """One sentence, or none without a figure."""
    figure = newest(source, spec)
    if figure is None or figure.shown is None:
        return []
    more = "mer" if figure.shown >= 0 else "mindre"
    parts = (source.municipality.name, spec.area, amount(source, spec, figure), when(figure), more)
    return [say("{} hade en nettokostnadsavvikelse {} på {} {}: verksamheten kostade {} än referenskostnaden.", *parts)]


@RULES.kind(Decomposition)
def decomposition(spec: Decomposition, source: Source) -> list[Sentence]:
    """One sentence; none unless all four figures are there."""
    names = (spec.indicator, spec.volume_effect, spec.unit_cost, spec.unit_cost_effect)
    found = [newest(source, spec.model_copy(update={"indicator": name})) for name in names]
    if any(figure is None for figure in found):
        return []
    users, volume, cost, effect = (figure for figure in found if figure)

    def told(figure: Figure, scale: Literal["kr", "tkr", "mnkr"], word: str) -> Run:
        plain = spec.model_copy(update={"scale": scale, "decimals": 0, "unit": ("", "")})
        where = cells.origin(figure, "value")
        return (
            quantity(source, plain, figure, abs(figure.shown or 0), where, cells.marks(figure, "value"), bare=True),
            NBSP + word,
        )

    def side(figure: Figure, up: str, down: str) -> str:
        return up if (figure.shown or 0) >= 0 else down

    return [
        say(
            "{} hade {} {} {} {} än snittet, vilket motsvarar {}, och en brukare kostade {} {} än snittet, vilket motsvarar {}.",
            source.municipality.name,
            when(users),
            spec.area,
            told(users, "kr", side(users, "fler", "färre")),
            "brukare",
            told(volume, "mnkr", "miljoner kronor"),
            told(cost, "tkr", "tkr"),
            side(cost, "mer", "mindre"),
            told(effect, "mnkr", "miljoner kronor"),
        )
    ]
