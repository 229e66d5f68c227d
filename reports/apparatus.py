"""What stands around a report's own content, the same in all formats: marks and signs, numbers of tables, origins,
accessibility.

Belongs here: the words and the look-ups that more than one renderer needs. Does not belong here: markup, what a report
holds (outlines and their builders), and how its figures are made (`method`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from reports.cells import MARKS, MEASURES, SIGNS
from reports.document import Cell, Diagram, DiagramRow, Document, Highlight, Judgement, Origin, Paragraph, Table
from reports.figures import Indicator, Load
from reports.format import day, listed

DEMONSTRATION = "Demonstrationsdata."
DEMONSTRATION_LONG = (
    "Personer, ekonomi och verksamhetsuppgifter är påhittade, och en del av jämförelsevärdena är simulerade. "
    "Rapporten får inte användas som underlag för beslut."
)
LEDGER_LINE = "Summan av radens transaktioner för perioden enligt kommunens kontomappning; avvikelse = utfall - budget."
READING = (
    "Varje siffra går att följa till sin källa. På webbsidan visar den nyckeltal, period, källa, laddning och definition när du pekar på "
    "den eller når den med tangentbordet (Tabb till en tabell, sedan piltangenterna); i arbetsboken står samma uppgifter på siffrans rad.",
    "Meningar med siffror är skrivna av programmet efter fasta regler. Orsaker och insatser har verksamheten skrivit.",
)


def accessibility(document: Document) -> tuple[str, ...]:
    """The accessibility statement of the report, in Swedish, one paragraph each (lagen 2018:1937)."""
    return (
        f"{document.board} i {document.municipality} står bakom den här rapporten. Webbsidan och PDF-filen ska uppfylla lagen "
        "(2018:1937) om tillgänglighet till digital offentlig service, det vill säga WCAG 2.1 på nivå AA.",
        "Rapporten går att läsa med tangentbord och skärmläsare och att förstora. Varje diagram har en beskrivning och alla sina värden i "
        "en tabell. Ingen uppgift förmedlas med enbart färg. PDF-filen är taggad enligt PDF/UA-1 och har bokmärken.",
        "Kända brister: i PDF-filens tabeller är kolumnernas rubriker uppmärkta, men inte radernas. På webbsidan är de det.",
        "Webbsidan granskas med ett automatiskt verktyg (axe-core) och med tangentbord varje gång programmet ändras. Möter du ett hinder, "
        f"hör av dig till {document.board} i {document.municipality}, så får du uppgiften på annat sätt. Myndigheten för digital "
        "förvaltning har tillsyn över lagen, och du kan anmäla brister dit.",
    )


def closing(document: Document) -> list[tuple[str, str, str]]:
    """(anchor, number, heading) of the closing chapter and its sections; the last two are always the loads and the
    statement.
    """
    headings = [("om-metod", "Metod och källor")]
    if document.gaps:
        headings.append(("om-luckor", "Det som saknas"))
    headings += [("om-laddningar", "Uppgifternas ursprung"), ("om-tillganglighet", "Tillgänglighet")]
    chapter = _closing_number(document)
    numbers = [
        "" if chapter is None else f"{chapter}.{place}" if place else str(chapter) for place in range(len(headings))
    ]
    return [(anchor, number, heading) for (anchor, heading), number in zip(headings, numbers, strict=True)]


def _closing_number(document: Document) -> int | None:
    """The number after the document's last chapter; None where its chapters have no numbers."""
    numbers = [int(part.number.split(".")[0]) for part in document.parts if part.number.split(".")[0].isdigit()]
    return max(numbers) + 1 if numbers else None


def legend(table: Table) -> tuple[tuple[str, str], ...]:
    """The marks and signs that a table uses, with their meaning."""
    used = {mark for cell in table.cells for mark in cell.marks}
    texts = {cell.text for cell in table.cells}
    return tuple(item for item in MARKS.items() if item[0] in used) + tuple(
        item for item in SIGNS.items() if item[0] in texts
    )


def described(judgement: Judgement) -> str:
    """Who judged otherwise than the rule, when and why; empty where nobody did."""
    if not judgement.suggested:
        return ""
    when = f" den {day(date.fromisoformat(judgement.on))}" if judgement.on else ""
    who = f" av {judgement.by}" if judgement.by else ""
    why = f" Skäl: {judgement.reason.rstrip('.')}." if judgement.reason else ""
    return f"Bedömningen är gjord{who}{when}. Regeln ger: {judgement.suggested}.{why}"


@dataclass(frozen=True)
class SourceTable:
    """A source table behind the report: how many loads of it, and how far and how new they are."""

    source: str
    table: str
    loads: int
    data_through: date | None
    accepted_at: datetime


class Apparatus:
    """What the renderers look up in one document."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def captions(self) -> dict[str, str]:
        """'Tabell 3' or 'Diagram 9' by table id; tables are numbered in print order, those of diagrams by their
        diagram.
        """
        found: dict[str, str] = {}
        for part in self.document.parts:
            for block in part.blocks:
                if isinstance(block, Table):
                    found[block.table_id] = f"Tabell {sum(name.startswith('Tabell') for name in found.values()) + 1}"
                elif isinstance(block, DiagramRow):
                    found |= {diagram.table.table_id: diagram_name(diagram) for diagram in block.diagrams}
        return found

    @cached_property
    def diagrams(self) -> list[Diagram]:
        """All diagrams in print order."""
        blocks = [block for part in self.document.parts for block in part.blocks]
        return [diagram for block in blocks if isinstance(block, DiagramRow) for diagram in block.diagrams]

    @cached_property
    def origins(self) -> list[Origin]:
        """The origins of all printed figures: tables, diagrams, sentences and the summary."""
        cells: list[Cell] = [cell for table in self.document.tables for cell in table.cells]
        cells += [cell for sentence in self.document.sentences for cell in sentence.cells]
        cells += [highlight.cell for highlight in self.document.highlights]
        return [cell.origin for cell in cells if cell.origin]

    @cached_property
    def definitions(self) -> list[Indicator]:
        """The indicators that figures refer to, by source and id."""
        used = {origin.indicator_id for origin in self.origins} & self.document.indicators.keys()
        return sorted((self.document.indicators[key] for key in used), key=lambda i: (i.source or "", i.indicator_id))

    def definition(self, origin: Origin) -> str:
        """How the figure's indicator or line is computed; empty where nothing says it."""
        indicator = self.document.indicators.get(origin.indicator_id)
        if indicator:
            return indicator.definition
        return LEDGER_LINE if origin.key.startswith("operating_statement") else ""

    def title(self, origin: Origin) -> str:
        """The indicator's title; its id where the document does not hold it."""
        indicator = self.document.indicators.get(origin.indicator_id)
        return indicator.indicator if indicator else origin.indicator_id

    def named(self, origin: Origin) -> str:
        """The indicator's title with its id."""
        title = self.title(origin)
        return title if title == origin.indicator_id else f"{title} ({origin.indicator_id})"

    def loads_text(self, lineage_id: str) -> str:
        """The loads of a figure in one line: names if they are few, else how many of which tables."""
        return self._loads_texts.get(lineage_id, "")

    @cached_property
    def _loads_texts(self) -> dict[str, str]:
        return {
            key: _loads_text([self.document.loads[i] for i in ids if i in self.document.loads])
            for key, ids in self.document.lineage.items()
        }

    @cached_property
    def lookup(self) -> dict[str, dict[str, str]]:
        """What the page's tooltips look up by indicator, lineage and measure."""
        by_indicator = {origin.indicator_id: origin for origin in self.origins}
        return {
            "titles": {
                key: self.title(origin)
                for key, origin in sorted(by_indicator.items())
                if key in self.document.indicators
            },
            "definitions": {
                key: text for key, origin in sorted(by_indicator.items()) if (text := self.definition(origin))
            },
            "loads": {key: self.loads_text(key) for key in sorted({origin.lineage_id for origin in self.origins})},
            "measures": MEASURES,
        }

    @cached_property
    def loads(self) -> list[Load]:
        """The loads behind the figures, by id."""
        used = {i for origin in self.origins for i in self.document.lineage.get(origin.lineage_id, ())}
        return [load for key, load in sorted(self.document.loads.items()) if key in used]

    @cached_property
    def source_tables(self) -> list[SourceTable]:
        """The loads behind the figures, summed by source table."""
        grouped: dict[tuple[str, str], list[Load]] = {}
        for load in self.loads:
            grouped.setdefault((load.source, load.table_name), []).append(load)
        return [
            SourceTable(
                source,
                table,
                len(loads),
                max((load.data_through for load in loads if load.data_through), default=None),
                max(load.accepted_at for load in loads),
            )
            for (source, table), loads in sorted(grouped.items())
        ]


def diagram_name(diagram: Diagram) -> str:
    """'Diagram 9', or 'Diagram' where it has no number."""
    return f"Diagram {diagram.number}" if diagram.number is not None else "Diagram"


def spoken(highlight: Highlight) -> str:
    """What stands under a figure of the summary: its period, and what it is compared with."""
    return f"{highlight.period} · {highlight.beside}" if highlight.beside else highlight.period


def paragraphs(diagram: Diagram) -> tuple[Paragraph, ...]:
    """The diagram's sentences, none or one paragraph."""
    return (diagram.paragraph,) if diagram.paragraph else ()


def _loads_text(behind: Iterable[Load]) -> str:
    behind = list(behind)
    if len(behind) <= 3:
        return ", ".join(f"{load.source} {load.table_name} ({load.load_id})" for load in behind)
    names = sorted({f"{load.source} {load.table_name}" for load in behind})
    periods = sorted({load.period for load in behind})
    return f"{len(behind)} laddningar: {listed(names)}, {periods[0]}–{periods[-1]}"
