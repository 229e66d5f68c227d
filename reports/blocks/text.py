"""Blocks of text: generated sentences, what people wrote, and what is said where nothing can be.

Belongs here: paragraphs, slots, absences. Does not belong here: the wording of sentences (`sentences`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from reports.document import Absent, Block, Paragraph, Prose
from reports.outline import BLOCKS, RULES, AnyRule, BlockSpec, RuleSpec
from reports.source import Source


class Sentences(BlockSpec):
    """A paragraph of generated sentences, one or more for each rule; rules that have nothing to say are passed over."""

    block: Literal["sentences"]
    rules: tuple[AnyRule, ...]


class Slot(BlockSpec):
    """What people wrote in `texts/<slot>.md` of the municipality's folder; without the file, nothing."""

    block: Literal["slot"]
    slot: str


class Missing(BlockSpec):
    """What the document should hold and no source gives, with the reason."""

    block: Literal["absent"]
    what: str
    reason: str


@BLOCKS.kind(Sentences)
def sentences(spec: Sentences, source: Source) -> list[Block]:
    """The paragraph; nothing where no rule has anything to say."""
    made = paragraph(spec.rules, source)
    return [made] if made else []


@BLOCKS.kind(Slot)
def slot(spec: Slot, source: Source) -> list[Block]:
    """The prose, or nothing."""
    return prose(source, spec.slot)


@BLOCKS.kind(Missing)
def absent(spec: Missing, source: Source) -> list[Block]:
    """The absence, always."""
    return [Absent(source.text(spec.what), source.text(spec.reason))]


def paragraph(rules: Iterable[RuleSpec], source: Source) -> Paragraph | None:
    """The rules' sentences; None where there are none. What is said of the figures as a whole ('… är simulerade') ends it, once."""
    said = [sentence for rule in rules for sentence in RULES.make(rule, source)]
    about = dict.fromkeys(sentence for sentence in said if not sentence.cells)
    return Paragraph((*(sentence for sentence in said if sentence.cells), *about)) if said else None


def prose(source: Source, name: str) -> list[Block]:
    """What people wrote in `texts/<name>.md` of the municipality's folder; an empty list where there is no such file."""
    path = source.municipality.folder / "texts" / f"{name}.md"
    text = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    return [Prose(name, text)] if text else []
