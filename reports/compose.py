"""From a publication and an outline to a document.

Belongs here: finding the outline, numbering, hand-written texts, and what a document says of itself (method, gaps, lineage, loads).
Does not belong here: making blocks (`blocks`), and how a document looks (renderers).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from ingestion.municipality import Municipality, ReportChoice
from reports import cells, method
from reports.blocks.text import prose  # and with it, all kinds of blocks and sentences enter themselves
from reports.document import Absent, Block, Cell, DiagramRow, Document, Highlight, Part, Table
from reports.figures import Publication
from reports.format import month_name, number, unit
from reports.outline import BLOCKS, HighlightSpec, Outline, SectionSpec
from reports.source import YEARS_BACK, Source

OUTLINES = Path(__file__).parent / "outlines"


def load_outline(municipality: Municipality, kind: str) -> Outline:
    """The municipality's own outline of the kind, else the platform's; FileNotFoundError without either, ValueError (with the path)
    where one does not follow the schema.
    """
    own = municipality.folder / "reports" / f"{kind}.yaml"
    path = own if own.exists() else OUTLINES / f"{kind}.yaml"
    if not path.exists():
        raise FileNotFoundError(f"no outline of kind {kind}: neither {own} nor {path}")
    try:
        raw = _read(path)
        raw = {**raw, "sections": _taken_over(raw["sections"], kind)}
        outline = Outline.model_validate(raw)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: {error}") from error
    if outline.kind != kind:
        raise ValueError(f"{path}: kind is {outline.kind}; expected {kind}")
    return outline


def _read(path: Path) -> dict[str, Any]:
    # The parser in C, which takes a tenth of the time, where there is one.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _taken_over(sections: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """`sections` of an outline with those that it takes from the platform's own: `from: <id>` (of the same kind) or `from: <kind>/<id>`,
    with `replace`, a list of sections that stand in for those of the same ids below it, and any other key as its own.
    """
    made = []
    for section in sections:
        if "from" in section:
            *other, wanted = section["from"].split("/")
            path = OUTLINES / f"{other[0] if other else kind}.yaml"
            taken = _find(_read(path)["sections"], wanted) if path.exists() else None
            if taken is None:
                raise ValueError(f"from: {section['from']!r}, but {path.name} of the platform has no section {wanted!r}")
            given = {key: value for key, value in section.items() if key not in ("from", "replace")}
            others = {replacement["id"]: replacement for replacement in section.get("replace", [])}
            if unknown := [name for name in others if _find(taken.get("sections", []), name) is None]:
                raise ValueError(f"replace: {section['from']!r} of {path.name} has no section {', '.join(unknown)} below it")
            below = _replaced(taken.get("sections", []), others)
            made.append({**taken, "sections": below, **given})
        else:
            made.append({**section, "sections": _taken_over(section.get("sections", []), kind)})
    return made


def _find(sections: list[dict[str, Any]], wanted: str) -> dict[str, Any] | None:
    for section in sections:
        found = section if section["id"] == wanted else _find(section.get("sections", []), wanted)
        if found is not None:
            return found
    return None


def _replaced(sections: list[dict[str, Any]], others: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [others.get(s["id"]) or {**s, "sections": _replaced(s.get("sections", []), others)} for s in sections]


def compose(publication: Path, municipality: Municipality, choice: ReportChoice) -> Document:
    """The report that `choice` names, from `publication` (or the pointer to one), which is only read.

    The same publication, configuration and texts give the same document. PublicationUnreadable if the file is none; ValueError or
    FileNotFoundError for the outline.
    """
    outline = load_outline(municipality, choice.kind)
    with Publication(publication) as opened:
        return document(open_source(opened, municipality, choice), outline)


def open_source(publication: Publication, municipality: Municipality, choice: ReportChoice) -> Source:
    """What builders read, from an opened publication."""
    last = int(choice.through[:4]) if choice.through else municipality.report_year
    return Source(
        municipality,
        choice,
        publication,
        publication.about(),
        publication.indicators(),
        publication.figures(municipality.id, last - YEARS_BACK, last, municipality.disclosure.limits),
        publication.groups(municipality.id),
        publication.municipalities(),
    )


def document(source: Source, outline: Outline) -> Document:
    """The document that the outline describes."""
    numbering = _Numbering()
    parts = tuple(part for section in outline.sections for part in _parts(source, section, 1, numbering))
    highlights = tuple(found for spec in outline.highlights if (found := _highlight(source, spec)))
    municipality = source.municipality
    made = Document(
        kind=outline.kind,
        title=source.text(outline.title),
        period=_period(source),
        year=source.year,
        municipality_id=municipality.id,
        municipality=municipality.name,
        board=municipality.board,
        parts=parts,
        highlights=highlights,
        about=source.about,
        method=(),
    )
    origins = [cell.origin for cell in cells_of(made) if cell.origin]
    lineage = source.publication.loads_of(origin.lineage_id for origin in origins)
    behind = {load_id for ids in lineage.values() for load_id in ids}
    loads = source.publication.loads()
    used = {origin.indicator_id for origin in origins}
    return replace(
        made,
        method=method.sentences(source, used),
        indicators={key: source.indicators[key] for key in sorted(used) if key in source.indicators},
        loads={key: load for key, load in loads.items() if key in behind},
        lineage=lineage,
        gaps=_gaps(parts),
    )


def cells_of(made: Document) -> list[Cell]:
    """Every cell of a document: of its tables, sentences and highlights."""
    found = [cell for table in made.tables for cell in table.cells]
    found += [cell for sentence in made.sentences for cell in sentence.cells]
    return found + [highlight.cell for highlight in made.highlights]


@dataclass
class _Numbering:
    """Numbers of headings, '2.5.1', in document order."""

    counts: list[int] = field(default_factory=list)

    def next(self, level: int) -> str:
        self.counts = self.counts[:level] + [0] * (level - len(self.counts))
        self.counts[level - 1] += 1
        return ".".join(str(count) for count in self.counts)


def _parts(source: Source, section: SectionSpec, level: int, numbering: _Numbering, numbered: bool = True) -> list[Part]:
    """The section with those below it; an empty list where there is nothing to say in any of them."""
    before = list(numbering.counts)
    numbered = numbered and section.numbered
    number_ = numbering.next(level) if numbered else ""
    blocks: list[Block] = prose(source, f"{source.choice.kind}/{section.id}")
    for spec in section.blocks:
        blocks += BLOCKS.make(spec, source)
    below = [part for inner in section.sections for part in _parts(source, inner, level + 1, numbering, numbered)]
    if not blocks and not below:
        numbering.counts = before
        return []
    return [Part(section.id, number_, source.text(section.heading), level, tuple(blocks)), *below]


def _period(source: Source) -> str:
    if not source.choice.through or source.through.month == 12:
        return str(source.year)
    return month_name(source.through) if source.choice.kind == "manadsuppfoljning" else f"januari–{month_name(source.through)}"


def _highlight(source: Source, spec: HighlightSpec) -> Highlight | None:
    """A figure of the summary beside the mean of all municipalities, else beside the year before; None where it is not there."""
    series = {year: figure for year, figure in source.series(spec).items() if figure.shown is not None}
    if not series:
        return None
    figure = series[max(series)]
    decimals = cells.decimals_of(source, figure, spec)
    mean = figure.mean("national_mean")
    beside = ""
    if mean is not None:
        beside = f"samtliga kommuner {number(mean, decimals)}" + (" (simulerat)" if figure.comparison_is_simulated else "")
    elif figure.same_period_last_year is not None:
        beside = f"{number(figure.same_period_last_year / cells.SCALES[spec.scale], decimals)} året före"
    printed = cells.cell(source, figure, "value", spec)
    word = "" if spec.unit_suffix else unit(figure.unit).word
    return Highlight(source.text(spec.label), printed, word, cells.period(figure), beside, spec.anchor)


def _gaps(parts: tuple[Part, ...]) -> tuple[tuple[str, str], ...]:
    """Everything that the document should hold and does not, with the reason."""
    gaps: list[tuple[str, str]] = []
    for part in parts:
        for block in part.blocks:
            if isinstance(block, Absent):
                gaps.append((block.what, block.reason))
            elif isinstance(block, Table):
                gaps += [(f"{block.title}: {label}", reason) for label, reason in block.gaps]
            elif isinstance(block, DiagramRow):
                gaps += [(f"{d.table.title}: {label}", reason) for d in block.diagrams for label, reason in d.table.gaps]
    return tuple(gaps)
