"""The page of what a municipality does not deliver yet: what each source would give its reports, the most first.

Belongs here: counting in the platform's outlines what rests on a source. Does not belong here: what is missing in one
report (`compose` says it there), and which deliveries are late (`ingestion.monitoring`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.configuration.folder import KINDS
from ingestion.configuration.new_municipality import InKolada, rendered
from ingestion.configuration.vocabulary import vocabulary
from ingestion.contracts import DELIVERED_SOURCES, OWNERS, called, tables
from reports.compose import platform_sections
from reports.outline import BLOCKS, RULES

PAGE = "att-gora.md"
TEMPLATES = Path(__file__).parent / "templates"
NAMES_AN_INDICATOR = ("indicator", "volume_effect", "unit_cost", "unit_cost_effect")
"""Keys of outlines whose value is an indicator's id."""


@dataclass(frozen=True)
class Gives:
    """What a source's deliveries would give. called, delivered_by: for readers. tables: its names of files. places: rows,
    diagrams, sentences and tables of the platform's outlines that rest on it. sections: headings by kind of report.
    indicators: titles of what is computed from it.
    """

    source: str
    called: str
    delivered_by: tuple[str, ...]
    tables: tuple[str, ...]
    places: int
    sections: dict[str, tuple[str, ...]]
    indicators: tuple[str, ...]


def missing_page(found: InKolada) -> str:
    """The page, in Markdown and Swedish, for whoever is to have the deliveries made."""
    followed = len(vocabulary().kolada)
    return rendered(TEMPLATES / f"{PAGE}.jinja", kolada=found, followed=followed, sources=would_give())


def would_give() -> list[Gives]:
    """What each delivered source would give, the most places in reports first, then the most indicators."""
    resting = [(kind, *one) for kind in KINDS for one in _resting(platform_sections(kind))]
    found = []
    for source in DELIVERED_SOURCES:
        of_source = [(kind, heading) for kind, heading, rests_on in resting if rests_on == source]
        sections: dict[str, tuple[str, ...]] = {}
        for kind, heading in dict.fromkeys(of_source):
            sections[kind] = (*sections.get(kind, ()), heading)
        own = vocabulary().own.values()
        found.append(
            Gives(
                source,
                called(source),
                tuple(dict.fromkeys(OWNERS[table.owner] for table in tables(source))),
                tuple(table.name for table in tables(source)),
                len(of_source),
                sections,
                tuple(row["indicator"] for row in own if row["delivered_source"] == source),
            )
        )
    return sorted(found, key=lambda one: (-one.places, -len(one.indicators)))


def _resting(sections: list[dict[str, Any]], above: str = "") -> Iterator[tuple[str, str]]:
    """Each place of an outline that rests on a delivered source: the heading of its topmost section, and the source."""
    for section in sections:
        heading = above or str(section["heading"])
        for source in _sources(section.get("blocks", [])):
            yield heading, source
        yield from _resting(section.get("sections", []), heading)


def _sources(raw: Any) -> Iterator[str]:
    """The source of every block, sentence and indicator that blocks name, as the outline has them."""
    own = vocabulary().own
    if isinstance(raw, list):
        for one in raw:
            yield from _sources(one)
    elif isinstance(raw, dict):
        for registry in (BLOCKS, RULES):
            if registry.key in raw and (source := registry.delivered_by(raw[registry.key])):
                yield source
        for key, value in raw.items():
            if key in NAMES_AN_INDICATOR and value in own:
                yield own[value]["delivered_source"]
            else:
                yield from _sources(value)
