"""A report as data: what every renderer (HTML, PDF, XLSX) reads and every builder of blocks makes.

Belongs here: the parts of a document, with each printed figure's value and origin. Does not belong here: reading the
publication (`figures`), deciding what stands where (`outline`, `compose`), and how anything looks (renderers).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from reports.figures import About, Indicator, Load


@dataclass(frozen=True)
class Origin:
    """Where a printed figure comes from.

    key: key of the mart row. measure: which of its columns ('value', 'change', 'region_mean', 'budget', …).
    indicator_id: indicator, or line of a statement. period: as readers say it. source: citation. lineage_id: key of
    meta.figure_loads. split: the rest of the row's key ('' for the municipality's total). year: year that the figure is
    of.
    """

    key: str
    measure: str
    indicator_id: str
    period: str
    source: str
    lineage_id: str
    split: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Cell:
    """One figure or text as printed.

    text: as printed. value: the number in the unit of print (tkr, per cent, …), unrounded; None for texts and missing
    values.
    decimals: how many are printed; a workbook shows as many. marks: 'p' preliminary, 'r' revised, 's' simulated. also:
    the year, where it is not the column's. unit: the word of what the number counts ('procent', 'miljoner kronor';
    empty for a bare number), wherever it is said. scale: how many of the mart's units one printed unit is (1 000 for
    tkr). within: how far, in printed units, the printed number may lie from the mart's, where an outline asks for whole
    hundreds or for the next round amount. lacks: whether an own value should stand here and does not (one that is
    withheld is there).
    """

    text: str
    marks: tuple[str, ...] = ()
    origin: Origin | None = None
    also: str = ""
    value: float | None = None
    decimals: int = 0
    unit: str = ""
    scale: int = 1
    within: float = 0.0
    lacks: bool = False


@dataclass(frozen=True)
class Line:
    """A row of a table. gap: why a figure that the document should hold is not there. level: indent (0, 1)."""

    label: str
    cells: tuple[Cell, ...]
    note: str = ""
    gap: str = ""
    is_sum: bool = False
    level: int = 0


@dataclass(frozen=True)
class Section:
    """Lines under one heading within a table (empty heading: none)."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    """A table. kind: 'figures' (numbers, right-aligned) or 'text' (wide text columns)."""

    table_id: str
    title: str
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    sources: tuple[str, ...]
    first_column: str = "Nyckeltal"
    remarks: tuple[str, ...] = ()
    kind: Literal["figures", "text"] = "figures"

    @property
    def lines(self) -> list[Line]:
        """All lines in print order."""
        return [line for section in self.sections for line in section.lines]

    @property
    def cells(self) -> list[Cell]:
        """All cells in print order."""
        return [cell for line in self.lines for cell in line.cells]

    @property
    def notes(self) -> tuple[str, ...]:
        """The numbered notes, each text once, in the order of the lines that refer to them."""
        return tuple(dict.fromkeys(text for line in self.lines for text in (line.gap, line.note) if text))

    @property
    def gaps(self) -> tuple[tuple[str, str], ...]:
        """Label and reason of each line without a figure."""
        return tuple((line.label, line.gap) for line in self.lines if line.gap)


@dataclass(frozen=True)
class Sentence:
    """A generated sentence: plain text and figures (cells with an origin) in turn. It claims no cause.

    about: its subject as it must stand in it; empty where it may refer to the sentence before.
    """

    runs: tuple[str | Cell, ...]
    about: str = ""

    @property
    def text(self) -> str:
        """The sentence as read."""
        return "".join(run if isinstance(run, str) else run.text for run in self.runs)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its figures."""
        return tuple(run for run in self.runs if isinstance(run, Cell))

    @property
    def indicators(self) -> frozenset[str]:
        """What its figures are of."""
        return frozenset(cell.origin.indicator_id for cell in self.cells if cell.origin)


@dataclass(frozen=True)
class Paragraph:
    """Generated sentences that stand together. gaps: (what, why) of sentences that should stand here and whose figure
    is missing.
    """

    sentences: tuple[Sentence, ...]
    gaps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Prose:
    """What people wrote, in Markdown (a file of the municipality's folder). slot: the file's name without suffix."""

    slot: str
    markdown: str


@dataclass(frozen=True)
class Waiting:
    """A section that nobody has written for yet. file: where the text is to lie, in the municipality's folder. period
    and markdown: of the text that was printed last, which is offered and not printed.
    """

    heading: str
    file: str
    period: str
    markdown: str


@dataclass(frozen=True)
class Judgement:
    """A goal's or control's signal. level: 'met', 'partly', 'not' or 'none'. label: in Swedish, as printed ('Helt
    uppfyllt').

    suggested: the label that the rule gives, where somebody judged otherwise; then by, on (ISO date) and reason say who
    and why.
    """

    level: Literal["met", "partly", "not", "none"]
    label: str
    basis: str = ""
    suggested: str = ""
    by: str = ""
    on: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Diagram:
    """A drawn diagram. svg: complete and self-contained. table: its figures (every diagram has one). description: for
    those who do not see it. hover: (x, series, text) triples are in the SVG itself as titles. chart_id: anchor. number:
    as printed; None: none.
    """

    chart_id: str
    number: int | None
    title: str
    unit: str
    svg: str
    description: str
    table: Table
    paragraph: Paragraph | None = None


@dataclass(frozen=True)
class DiagramRow:
    """Diagrams that stand side by side."""

    diagrams: tuple[Diagram, ...]


@dataclass(frozen=True)
class Absent:
    """What should stand here and cannot: the reason, in Swedish."""

    what: str
    reason: str


@dataclass(frozen=True)
class FactLine:
    """A short labelled text ('Koppling Agenda 2030: …')."""

    label: str
    text: str


Block = Table | Paragraph | Prose | Judgement | DiagramRow | Absent | FactLine


@dataclass(frozen=True)
class Part:
    """A section of the document. anchor: unique in the document. number: '2.5.1'. level: 1 to 5."""

    anchor: str
    number: str
    heading: str
    level: int
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Highlight:
    """A figure of the summary with its comparison.

    unit: the word after the figure, empty where the figure's own text has it. period: as readers say it, with what is
    missing where it is not the period that the report is about. beside: what it is compared with, in words. compared:
    the figure in `beside`.
    """

    label: str
    cell: Cell
    unit: str
    period: str
    beside: str
    anchor: str
    compared: Cell | None = None


@dataclass(frozen=True)
class Document:
    """A whole report. kind: 'genomlysning', …; covers: the year or last month that it is of, as in the names of its
    files ('2024', '2024-08'); period: as on the cover ('2024', 'januari–augusti 2024').

    method: the municipality's choices, as sentences for the method note. indicators and loads: what the figures refer
    to; lineage: lineage_id -> load ids. gaps: (where, why) of everything that the document should hold and the publication
    lacks.
    through: the last day that the report covers. data_through: the last day that one of its figures is of. rows: the
    mart rows that its figures name, by key, read from the publication once more, so that the document can be judged
    against them (`audit`). waiting: sections whose text is not written yet; no part of what is printed.
    """

    kind: str
    title: str
    covers: str
    period: str
    year: int
    municipality_id: str
    municipality: str
    board: str
    parts: tuple[Part, ...]
    highlights: tuple[Highlight, ...]
    about: About
    method: tuple[str, ...]
    indicators: dict[str, Indicator] = field(default_factory=dict)
    loads: dict[str, Load] = field(default_factory=dict)
    lineage: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gaps: tuple[tuple[str, str], ...] = ()
    through: date | None = None
    data_through: date | None = None
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: tuple[Waiting, ...] = ()

    @property
    def tables(self) -> list[Table]:
        """All tables in print order, those of diagrams too."""
        found: list[Table] = []
        for part in self.parts:
            for block in part.blocks:
                if isinstance(block, Table):
                    found.append(block)
                elif isinstance(block, DiagramRow):
                    found += [diagram.table for diagram in block.diagrams]
        return found

    @property
    def sentences(self) -> list[Sentence]:
        """All generated sentences in print order."""
        found: list[Sentence] = []
        for part in self.parts:
            for block in part.blocks:
                if isinstance(block, Paragraph):
                    found += block.sentences
                elif isinstance(block, DiagramRow):
                    found += [s for diagram in block.diagrams if diagram.paragraph for s in diagram.paragraph.sentences]
        return found
