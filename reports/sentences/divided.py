"""Sentences about the parts of a total: women and men, departments, units, occupations, breakdowns.

Belongs here: splits of the own figures. Does not belong here: other municipalities (`compared`).
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import Literal

from pydantic import Field, field_validator

from ingestion.configuration.form import Strict
from reports import cells
from reports.document import Cell, Sentence
from reports.figures import Figure
from reports.format import NBSP
from reports.outline import RULES
from reports.sentences.words import (
    Run,
    Wording,
    amount,
    at,
    before,
    between,
    difference,
    is_same,
    is_told,
    listed_runs,
    newest,
    once,
    resting_on,
    say,
    subject,
    units,
    when,
)
from reports.source import Source

AREAS = ("department", "unit", "staff_group")


class GenderGap(Wording):
    """'Väntetiden var 3 dagar kortare för män än för kvinnor 2024 (kvinnor 58, män 55 dagar).' No size is called
    essential: the sources give no margin. years: offsets from the report's year; by default the newest year alone.
    """

    rule: Literal["gender_gap"]
    years: tuple[int, ...] = ()


class Ranking(Wording):
    """'Sjukfrånvaron var högst inom avdelningen LSS boende och arbete, 11,3 procent 2024.'

    by: departments, units, staff groups, or the key of a breakdown ('category'). measure: the level, or the change over
    `over` years ('ökade mest inom …, med …, och minskade mest inom …'). top: how many are named; from two on as a list
    in falling order. lead: the first words of a list ('Yrkesgrupperna med högst sjukfrånvaro'). lowest: the lowest is
    named too. place: what stands before a name.
    """

    names_subject = False
    rule: Literal["ranking"]
    by: str = "department"
    measure: Literal["value", "change"] = "value"
    over: int = Field(default=1, ge=1)
    top: int = Field(default=1, ge=1, le=6)
    lead: str = ""
    lowest: bool = False
    place: str = "inom "

    @field_validator("by")
    @classmethod
    def _not_nearly(cls, by: str) -> str:
        # the keys of breakdowns are the deliveries' own; what differs from the others by a letter or two is meant as
        # one of them
        if (near := get_close_matches(by, AREAS, n=1, cutoff=0.85)) and by not in AREAS:
            raise ValueError(f"'{near[0]}'")
        return by


class PartSpec(Strict):
    """A part of a composition: its breakdown and its name in the sentence ('avdelningsassistenter')."""

    breakdown: str
    name: str


class Composition(Wording):
    """'Antalet var 64 2024, varav 59 avdelningsassistenter och 5 resurspersoner.' Parts without a figure are left out.

    name_first: 'varav distriktssköterska 7 och demens 1', for names that are no plurals; 'Andelen fördelar sig på
    distriktssköterska 7 och demens 1 procent.' where the paragraph has told the total.
    """

    names_subject = False
    rule: Literal["composition"]
    name_first: bool = False
    parts: tuple[PartSpec, ...]


@RULES.kind(GenderGap)
def gender_gap(spec: GenderGap, source: Source) -> list[Sentence]:
    """A sentence for the newest year, or one for each year named; none where either sex is missing."""
    made: list[Sentence] = []
    for offset in spec.years or (spec.year,):
        women, men = (newest(source, spec.model_copy(update={"gender": sex, "year": offset})) for sex in ("K", "M"))
        if women is None or men is None or women.year != men.year or women.series_id != men.series_id:
            continue
        both: Run = ("kvinnor ", amount(source, spec, women, bare=True), ", män ", amount(source, spec, men))
        year = when(men)
        about = subject(source, spec)
        if is_same(source, spec, women, men):
            where = cells.origin(men, "gender_gap")
            none = Cell("ingen", (), replace(where, key=f"{men.key} {women.key}"), "", 0.0)
            about = about[:1].lower() + about[1:]
            made.append(
                say("Det var {} skillnad mellan kvinnor och män i fråga om {} {} ({}).", none, about, year, both)
            )
            made += _simulated(women, men)
            continue
        level = spec.levels[0 if (men.shown or 0) > (women.shown or 0) else 1]
        apart = difference(source, spec, men, women, "gender_gap")
        made.append(say("{} var {} {} för män än för kvinnor {} ({}).", about, apart, level, year, both))
        made += _simulated(women, men)
    return made


def _simulated(women: Figure, men: Figure) -> list[Sentence]:
    return [say("Värdena för kvinnor och män är simulerade.")] if women.is_simulated or men.is_simulated else []


def parts_of(source: Source, spec: Ranking) -> list[tuple[str, Wording]]:
    """(name, series) of everything that is ranked, in the order of the configuration."""
    municipality = source.municipality
    if spec.by == "department":
        return [(d.name, spec.model_copy(update={"org_unit": d.id})) for d in municipality.departments]
    if spec.by == "unit":
        inside = [d for d in municipality.departments if spec.org_unit in (None, d.id)]
        return [(unit.name, spec.model_copy(update={"org_unit": unit.id})) for d in inside for unit in d.units]
    if spec.by == "staff_group":
        return [
            (_lower(group.label), spec.model_copy(update={"staff_group": group.id}))
            for group in municipality.staff_groups
        ]
    found: list[tuple[str, Wording]] = []
    for _, staff_group, org_unit, breakdown, gender in source.figures.splits(spec.indicator):
        key, _, value = (breakdown or "").partition("=")
        if key == spec.by and (staff_group, org_unit, gender) == (spec.staff_group, spec.org_unit, spec.gender):
            found.append((value.replace("_", " "), spec.model_copy(update={"breakdown": breakdown})))
    return found


def _lower(label: str) -> str:
    """A label within a sentence: a small letter first, except in an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


@RULES.kind(Ranking)
def ranking(spec: Ranking, source: Source) -> list[Sentence]:
    """One sentence; none with fewer than two parts that have a figure."""
    levels: list[tuple[str, Figure]] = []
    changes: list[tuple[str, Figure, Figure]] = []
    year = source.year + (spec.year or 0)
    for name, part in parts_of(source, spec):
        figure = newest(source, part.model_copy(update={"year": spec.year or 0}))
        if figure is None or figure.year != year:
            continue
        levels.append((name, figure))
        if (older := before(source, part, figure, spec.over)) is not None:
            changes.append((name, figure, older))
    if spec.measure == "change":
        return _most_changed(spec, source, changes)
    if len(levels) < 2:
        return []
    ranked = sorted(levels, key=lambda item: (-(item[1].shown or 0), item[0]))
    about = subject(source, spec)
    if spec.top == 1:
        name, figure = ranked[0]
        tail: Run = ""
        if spec.lowest:
            last, lowest = ranked[-1]
            comma = "" if is_told(source, figure) else ","
            tail = (f"{comma} och lägst {spec.place}{last}", once(source, spec, lowest, ", {}"))
        highest = once(source, spec, figure, ", {}")
        said = say("{} var {} högst {}{}{}{}.", about, when(figure), spec.place, name, highest, tail)
        return [resting_on(said, [one for _, one in ranked])]
    chosen = [(name, once(source, spec, figure, " ({})")) for name, figure in ranked[: spec.top]]
    return [say("{} var {} {}.", source.text(spec.lead) or about, when(ranked[0][1]), listed_runs(chosen))]


def _most_changed(spec: Ranking, source: Source, changes: list[tuple[str, Figure, Figure]]) -> list[Sentence]:
    """Which part rose most and which fell most; a part that print would show as unchanged did neither."""
    moved = [item for item in changes if not is_same(source, spec, item[1], item[2])]
    ordered = sorted(moved, key=lambda item: (item[1].shown or 0) - (item[2].shown or 0))
    if len(changes) < 2 or not ordered:
        return []
    told: list[Run] = []
    for is_up, (name, newer, older) in ((True, ordered[-1]), (False, ordered[0])):
        if ((newer.shown or 0) > (older.shown or 0)) is is_up:
            told.append(
                (
                    f"{spec.moves[0 if is_up else 1]} mest {spec.place}{name}, med ",
                    difference(source, spec, newer, older),
                )
            )
    _, newer, older = ordered[0]
    return [
        say(
            "{} {} {}.",
            subject(source, spec),
            told[0] if len(told) == 1 else (told[0], ", och ", told[1], ","),
            between(older, newer),
        )
    ]


@RULES.kind(Composition)
def composition(spec: Composition, source: Source) -> list[Sentence]:
    """One sentence; without a single part, the total alone; none without the total."""
    figure = newest(source, spec)
    if figure is None:
        return []
    parts: list[Run] = []
    for part in spec.parts:
        found = source.figure(spec.model_copy(update={"breakdown": part.breakdown}), figure.year)
        if found and found.shown is not None:
            value = amount(source, spec, found, bare=True)
            parts.append((f"{part.name} ", value) if spec.name_first else (value, f" {part.name}"))
    if is_told(source, figure) and spec.name_first:
        word = units(spec, figure).word
        return (
            [say("{} fördelar sig på {}{}.", subject(source, spec), listed_runs(parts), NBSP + word if word else "")]
            if parts
            else []
        )
    if is_told(source, figure):
        return [say("Av dem var {}.", listed_runs(parts))] if parts else []
    tail: Run = (", varav ", listed_runs(parts)) if parts else ""
    return [say("{} var {} {}{}.", subject(source, spec), amount(source, spec, figure), at(figure), tail)]
