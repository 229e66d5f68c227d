"""From a publication and an outline to a document.

Belongs here: finding the outline, numbering, hand-written texts, and what a document says of itself (method, gaps,
lineage, loads). Does not belong here: making blocks (`blocks`), and how a document looks (renderers).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ingestion.configuration.folder import periods_with_text, text_file
from ingestion.configuration.municipality import Municipality, ReportChoice
from ingestion.periods import YEAR
from reports import cells, method
from reports.adopted import Adopted, changes
from reports.blocks.text import prose  # and with it, all kinds of blocks and sentences enter themselves
from reports.document import (
    Absent,
    Block,
    Cell,
    DiagramRow,
    Document,
    Highlight,
    Origin,
    Paragraph,
    Part,
    Table,
    Waiting,
)
from reports.figures import Figure, Publication
from reports.format import agreeing, month_name
from reports.outline import BLOCKS, HighlightSpec, Outline, SectionSpec
from reports.source import YEARS_BACK, Source, covered

OUTLINES = Path(__file__).parent / "outlines"


def load_outline(municipality: Municipality, kind: str) -> Outline:
    """The municipality's own outline of the kind, else the platform's, which there is of every kind; ValueError
    (with the path) where one does not follow the schema.
    """
    own = _own_outline(municipality, kind)
    path = own if own.exists() else OUTLINES / f"{kind}.yaml"
    try:
        raw = _read(path)
        raw = {**raw, "sections": _taken_over(raw["sections"], kind)}
        outline = Outline.model_validate(raw)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: {error}") from error
    if outline.kind != kind:
        raise ValueError(f"{path}: kind is {outline.kind}; expected {kind}")
    return outline


def _own_outline(municipality: Municipality, kind: str) -> Path:
    return municipality.folder / "reports" / f"{kind}.yaml"


def _read(path: Path) -> dict[str, Any]:
    # The parser in C, which takes a tenth of the time, where there is one.
    read: dict[str, Any] = yaml.load(
        path.read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),  # noqa: S506 - both are safe
    )
    return read


def platform_sections(kind: str) -> list[dict[str, Any]]:
    """The sections of the platform's outline, with those that it takes from another; none without an outline of the
    kind.
    """
    path = OUTLINES / f"{kind}.yaml"
    return _taken_over(_read(path)["sections"], kind) if path.exists() else []


def _taken_over(sections: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """`sections` of an outline with those that it takes from the platform's own: `from: <id>` (of the same kind) or
    `from: <kind>/<id>`, with `replace`, a list of sections that stand in for those of the same ids below it, and any
    other key as its own.
    """
    made = []
    for section in sections:
        if "from" in section:
            *other, wanted = section["from"].split("/")
            of = other[0] if other else kind
            taken = _find(platform_sections(of), wanted)
            if taken is None:
                raise ValueError(f"from: {section['from']!r}, but {of}.yaml of the platform has no section {wanted!r}")
            given = {key: value for key, value in section.items() if key not in ("from", "replace")}
            others = {replacement["id"]: replacement for replacement in section.get("replace", [])}
            if unknown := [name for name in others if _find(taken.get("sections", []), name) is None]:
                raise ValueError(
                    f"replace: {section['from']!r} of {of}.yaml has no section {', '.join(unknown)} below it"
                )
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


def compose(
    publication: Path, municipality: Municipality, choice: ReportChoice, adopted: Iterable[Adopted] = ()
) -> Document:
    """The report that `choice` names, from `publication` (or the pointer to one), which is only read. adopted: the
    municipality's adopted reports; what has changed since the newest earlier one of the kind is told.

    The same publication, configuration, texts and adopted reports give the same document. PublicationUnreadable if the
    file is none; AdoptedDamaged where the earlier report is not what was adopted; ValueError for the outline.
    """
    outline = load_outline(municipality, choice.kind)
    with Publication(publication) as opened:
        source = open_source(opened, municipality, choice)
        earlier = [one for one in adopted if one.kind == choice.kind and one.period < str(source.covers)]
        told = (changes(max(earlier, key=lambda one: one.period), opened),) if earlier else ()
        return document(source, outline, told)


def open_source(publication: Publication, municipality: Municipality, choice: ReportChoice) -> Source:
    """What builders read, from an opened publication."""
    covers = covered(choice, publication.reach(municipality.id))
    return Source(
        municipality,
        choice.kind,
        covers,
        publication,
        publication.about(),
        publication.indicators(),
        publication.figures(municipality.id, covers.year - YEARS_BACK, covers.year),
        publication.groups(municipality.id),
        publication.municipalities(),
        publication.sources_of(municipality.id),
        asks_for_all=not _own_outline(municipality, choice.kind).exists(),
    )


def document(source: Source, outline: Outline, last: tuple[Part, ...] = ()) -> Document:
    """The document that the outline describes, with the parts `last` at its end."""
    numbering = _Numbering()
    parts = (*(part for section in outline.sections for part in _parts(source, section, 1, numbering)), *last)
    cards = [_highlight(source, spec) for spec in outline.highlights]
    highlights = tuple(card for card, _ in cards if card)
    municipality = source.municipality
    made = Document(
        kind=outline.kind,
        title=source.text(outline.title),
        covers=str(source.covers),
        waiting=tuple(waiting for section in outline.sections for waiting in _waiting(source, section)),
        period=_period(source),
        year=source.year,
        municipality_id=municipality.id,
        municipality=municipality.name,
        board=municipality.board,
        parts=parts,
        highlights=highlights,
        about=source.about,
        method=(),
        through=source.through,
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
        gaps=tuple(
            dict.fromkeys(
                (*((f"{IN_SHORT}: {what}", why) for _, gap in cards if gap for what, why in [gap]), *_gaps(parts))
            )
        ),
        rows=(rows := source.publication.rows_of(dict.fromkeys(key for origin in origins for key in keys_of(origin)))),
        data_through=min(source.through, max((_end_of(row) for row in rows.values()), default=source.through)),
    )


IN_SHORT = "I korthet"


def keys_of(origin: Origin) -> list[str]:
    """The keys of the mart rows that a figure rests on: its own, or several with a space between them (a key may have
    spaces itself); and that of the year before, where it is a change.
    """
    found = [origin.key, *(part for part in origin.key.split(" ") if "/" in part and part != origin.key)]
    before = cells.key_before(origin.key) if origin.measure in ("change", "previous_value") else None
    return [*found, before] if before else found


def _end_of(row: dict[str, Any]) -> date:
    """The last day of what a mart row is about."""
    return row["period_end"] if row.get("period_end") else date(row["year"], 12, 31)


def cells_of(made: Document) -> list[Cell]:
    """Every cell of a document: of its tables, sentences and highlights with what they are compared with."""
    found = [cell for table in made.tables for cell in table.cells]
    found += [cell for sentence in made.sentences for cell in sentence.cells]
    return found + [cell for card in made.highlights for cell in (card.cell, card.compared) if cell]


@dataclass
class _Numbering:
    """Numbers of headings, '2.5.1', in document order."""

    counts: list[int] = field(default_factory=list)

    def next(self, level: int) -> str:
        self.counts = self.counts[:level] + [0] * (level - len(self.counts))
        self.counts[level - 1] += 1
        return ".".join(str(count) for count in self.counts)


def _parts(
    source: Source, section: SectionSpec, level: int, numbering: _Numbering, numbered: bool = True
) -> list[Part]:
    """The section with those below it; an empty list where there is nothing to say in any of them."""
    before = list(numbering.counts)
    numbered = numbered and section.numbered
    number_ = numbering.next(level) if numbered else ""
    blocks: list[Block] = prose(source, section.id)
    for spec in section.blocks:
        if not spec.delivered_by or source.has(spec.delivered_by):
            blocks += BLOCKS.make(spec, source)
    below = [part for inner in section.sections for part in _parts(source, inner, level + 1, numbering, numbered)]
    if not blocks and not below:
        numbering.counts = before
        return []
    return [Part(section.id, number_, source.text(section.heading), level, tuple(blocks)), *below]


def _waiting(source: Source, section: SectionSpec) -> list[Waiting]:
    """The section and those below it for which somebody wrote before, and nobody has for what this report covers."""
    folder, covers = source.municipality.folder, str(source.covers)
    written = periods_with_text(folder, source.kind, section.id)
    earlier = [period for period in written if period < covers]
    found = []
    if earlier and covers not in written:
        text = text_file(folder, source.kind, section.id, earlier[-1]).read_text(encoding="utf-8").strip()
        file = text_file(folder, source.kind, section.id, covers)
        found = [Waiting(source.text(section.heading), str(file.relative_to(folder)), earlier[-1], text)]
    return found + [one for below in section.sections for one in _waiting(source, below)]


def _period(source: Source) -> str:
    if source.covers.months == YEAR:
        return str(source.year)
    if source.kind == "manadsuppfoljning":
        return month_name(source.through)
    return cells.period_of(date(source.year, 1, 1), source.through)


def _highlight(source: Source, spec: HighlightSpec) -> tuple[Highlight | None, tuple[str, str] | None]:
    """A figure of the summary beside the mean of all municipalities, else beside the same period a year before; and
    what is missing of it.

    Without a figure the card says so where the series has had one; else there is only the gap, and neither for what
    does not apply.
    """
    if not source.applies(spec):
        return None, None
    label, figure = source.text(spec.label), source.current(spec)
    if figure is None:
        if not source.has_been(spec):
            return None, (label, source.absence(spec.indicator, source.asked(spec)))
        missing = source.lacking(spec)
        return Highlight(label, cells.cell(source, None, "value", spec), "", missing.rstrip("."), "", spec.anchor), (
            label,
            missing,
        )
    printed = cells.cell(source, figure, "value", spec)
    is_of_before = figure.year != source.year
    period = cells.period(figure) + (f" (uppgift för {source.asked(spec)} saknas)" if is_of_before else "")
    word = "" if spec.unit_suffix or printed.value is None else agreeing(printed.unit, printed.text)
    compared, beside = _beside(source, spec, figure)
    gap = (label, source.lacking(spec, figure)) if is_of_before else None
    return Highlight(label, printed, word, period, beside, spec.anchor, compared), gap


def _beside(source: Source, spec: HighlightSpec, figure: Figure) -> tuple[Cell | None, str]:
    """What a figure of the summary is compared with, and how that is said; none where it is not shown itself."""
    if figure.shown is None:
        return None, ""
    if figure.mean("national_mean") is not None:
        compared = cells.cell(source, figure, "national_mean", spec)
        return compared, f"samtliga kommuner {compared.text}{_said_marks(compared)}"
    older = source.figure(spec, figure.year - 1)
    if older is None or older.shown is None:
        return None, ""
    if older.series_id != figure.series_id:
        return None, f"definitionen har ändrats sedan {cells.period(older)}"
    compared = cells.cell(source, older, "value", spec)
    return compared, f"{compared.text}{_said_marks(compared)} {cells.a_year_before(figure)}"


def _said_marks(cell: Cell) -> str:
    """The marks of a figure in words, where no sign can stand."""
    words = {cells.PRELIMINARY: "preliminärt", cells.REVISED: "reviderat", cells.SIMULATED: "simulerat"}
    return f" ({', '.join(words[mark] for mark in cell.marks)})" if cell.marks else ""


def _gaps(parts: tuple[Part, ...]) -> tuple[tuple[str, str], ...]:
    """Everything that the document should hold and does not, with the reason."""
    gaps: list[tuple[str, str]] = []
    for part in parts:
        for block in part.blocks:
            if isinstance(block, Absent):
                gaps.append((block.what, block.reason))
            elif isinstance(block, Paragraph):
                gaps += [(f"{part.heading}: {what}", why) for what, why in block.gaps]
            elif isinstance(block, Table):
                gaps += [(f"{block.title}: {label}", reason) for label, reason in block.gaps]
            elif isinstance(block, DiagramRow):
                gaps += [
                    (f"{d.table.title}: {label}", reason) for d in block.diagrams for label, reason in d.table.gaps
                ]
    return tuple(gaps)
