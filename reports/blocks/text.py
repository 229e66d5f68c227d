"""Blocks of text: generated sentences, what people wrote, and what is said where nothing can be.

Belongs here: paragraphs, slots, absences. Does not belong here: the wording of sentences (`sentences`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from ingestion.configuration.folder import text_file
from reports.cells import PRELIMINARY, REVISED, SIMULATED
from reports.document import Absent, Block, Paragraph, Prose, Sentence
from reports.outline import BLOCKS, RULES, AnyRule, BlockSpec, RuleSpec
from reports.sentences.words import Wording, newest, resting_on, say, subject
from reports.source import Source


class Sentences(BlockSpec):
    """A paragraph of generated sentences, one or more for each rule; rules that have nothing to say are passed over."""

    block: Literal["sentences"]
    rules: tuple[AnyRule, ...]


class Slot(BlockSpec):
    """What people wrote in `texts/<period>/<kind>/<slot>.md` of the municipality's folder; without the file, nothing."""

    block: Literal["slot"]
    slot: str


class Missing(BlockSpec):
    """What the document should hold and no source gives, with the reason."""

    block: Literal["absent"]
    what: str
    reason: str


@BLOCKS.kind(Sentences)
def sentences(spec: Sentences, source: Source) -> list[Block]:
    """The paragraph; what is missing where that is all there is; nothing where no rule has anything to say."""
    made = paragraph(spec.rules, source)
    if made is None or made.sentences:
        return [made] if made else []
    return [Absent(what, reason) for what, reason in made.gaps]


@BLOCKS.kind(Slot)
def slot(spec: Slot, source: Source) -> list[Block]:
    """The prose, or nothing."""
    return prose(source, spec.slot)


@BLOCKS.kind(Missing)
def absent(spec: Missing, source: Source) -> list[Block]:
    """The absence, always."""
    return [Absent(source.text(spec.what), source.text(spec.reason))]


def paragraph(rules: Iterable[RuleSpec], source: Source) -> Paragraph | None:
    """The rules' sentences; None where there are none, and nothing that one of them asked for is missing.

    A figure is told once: each rule sees what those before it have told. What no outline needs to ask for is said by
    itself: that a series has ended, and at the end, once, what holds for the figures as a whole ('… är simulerade') and
    what the marks in it mean.
    """
    source.told.clear()
    said: list[Sentence] = []
    gaps: dict[tuple[str, str], None] = {}
    for rule in rules:
        made = RULES.make(rule, source)
        if isinstance(rule, Wording):
            about_it = subject(source, rule) if rule.names_subject else ""
            made = [
                replace(one, about=about_it) if any(cell.value is not None for cell in one.cells) else one
                for one in made
            ]
            if missing := _missing(rule, source):
                gaps[missing] = None
            ended = source.ended(rule.indicator)
            made = [one for one in made if not _is_said(one, said)]
            if made and ended and (figure := newest(source, rule)) and figure.year < source.year:
                end = resting_on(say(ended), [figure])
                made += [] if _is_said(end, (*said, *made)) else [end]
        said += made
        source.told.update(
            (cell.origin.key, cell.origin.measure)
            for one in made
            for cell in one.cells
            if cell.origin and cell.value is not None
        )
    source.told.clear()
    about = dict.fromkeys(sentence for sentence in said if not sentence.cells)
    told = [sentence for sentence in said if sentence.cells]
    about |= dict.fromkeys(Sentence((text,)) for text in _marked(told, about))
    return Paragraph((*told, *about), tuple(gaps)) if said or gaps else None


def _is_said(sentence: Sentence, said: Iterable[Sentence]) -> bool:
    """Whether the same words have been said of the same indicator: 'Serien avslutades efter 2023.' may hold for two."""
    return any(one.text == sentence.text and one.indicators == sentence.indicators for one in said if sentence.cells)


def _missing(rule: Wording, source: Source) -> tuple[str, str] | None:
    """(what, why) where the rule's figure of the report's own period is not there, though the series has had one."""
    if rule.year not in (None, 0) or not source.applies(rule):
        return None
    figure = source.figure(rule)
    if (figure is not None and (figure.value is not None or figure.hidden)) or not source.has_been(rule):
        return None
    return source.title(rule), source.lacking(rule, newest(source, rule) if rule.year is None else None)


OWN_MARKS = {
    PRELIMINARY: "Värden märkta p är preliminära.",
    REVISED: "Värden märkta r bygger på uppgifter som har rättats i efterhand.",
    SIMULATED: "Värden märkta s är simulerade.",
}


def _marked(told: Iterable[Sentence], about: Iterable[Sentence]) -> list[str]:
    """What the marks on the paragraph's own values mean, where no sentence says it already."""
    own = [cell for one in told for cell in one.cells if cell.origin and not cell.origin.measure.endswith("_mean")]
    used = {
        mark
        for cell in own
        for mark in cell.marks
        if cell.origin and cell.origin.measure not in ("rank", "diff_to_mean")
    }
    is_said = any("simulerade" in one.text and not one.text.startswith("Jämförelse") for one in (*told, *about))
    return [text for mark, text in OWN_MARKS.items() if mark in used and not (mark == SIMULATED and is_said)]


def prose(source: Source, section: str) -> list[Block]:
    """What people wrote for the section and what the report covers; an empty list where nobody has."""
    path = text_file(source.municipality.folder, source.kind, section, str(source.covers))
    text = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    return [Prose(section, text)] if text else []
