"""The *genomlysning* of a municipality: marts to one self-contained HTML page.

Belongs here: the order of the document, its numbering, and the writing of the file. Does not belong here: what a table or
diagram holds (content, tables, charts), and how the page looks (templates).
"""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ingestion.municipality import Municipality
from reports import charts, content, format, sentences, tables
from reports.charts import Chart
from reports.content import Diagram
from reports.figures import Load, Publication
from reports.sentences import Sentence
from reports.tables import Cell, Origin, Source, Table

TEMPLATES = Path(__file__).parent / "templates"
YEARS_BACK = 25
DAY_OF_MEASURE = "31 december"


@dataclass(frozen=True)
class RenderResult:
    """What was written. tables, diagrams, sentences: how many the page holds. gaps: (where, why) of everything that the
    document should hold and the publication lacks. preview: one diagram as PNG; None where none could be drawn.
    """

    path: Path
    publication_id: str
    tables: int
    diagrams: int
    sentences: int
    gaps: tuple[tuple[str, str], ...]
    preview: bytes | None


@dataclass(frozen=True)
class Shown:
    """A diagram on the page: drawn, or (chart is None) the reason why not."""

    diagram: Diagram
    chart: Chart | None
    text: tuple[Sentence, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Part:
    """A section of the document: its anchor, number and heading, and what stands in it."""

    anchor: str
    number: str
    heading: str
    level: int
    tables: tuple[Table, ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    absent: str = ""
    lead: str = ""


@dataclass(frozen=True)
class Highlight:
    """A figure of the summary with its comparison."""

    label: str
    cell: Cell
    unit: str
    year: str
    beside: str
    anchor: str


@dataclass
class _Numbering:
    """Numbers of headings, '2.5.1', in document order."""

    counts: list[int] = field(default_factory=list)

    def next(self, level: int) -> str:
        self.counts = self.counts[:level] + [0] * (level - len(self.counts))
        self.counts[level - 1] += 1
        return ".".join(str(count) for count in self.counts)


def render_genomlysning(publication: Path, municipality: Municipality, out: Path) -> RenderResult:
    """Write the genomlysning of `municipality` from `publication` to the file `out`.

    publication: a publication, or the pointer to one; only read. out: the HTML file; its folder is made, the file replaced in
    one step. The same publication and configuration give the same bytes. PublicationUnreadable if the file is none.
    """
    with Publication(publication) as opened:
        diagrams = [d for name in _DIAGRAM_GROUPS for d in getattr(content, name)]
        indicators = opened.indicators()
        source = Source(
            municipality,
            opened.about(),
            indicators,
            opened.figures(municipality.id, municipality.report_year - YEARS_BACK, municipality.report_year),
            opened.groups(municipality.id),
            opened.municipalities(),
            opened.spread([d.indicator_id for d in diagrams if d.indicator_id in indicators]),
        )
        statement = opened.operating_statement(municipality.id, municipality.report_year)
        shown = {diagram.number: _shown(source, diagram) for diagram in diagrams if _applies(source, diagram)}
        parts = _parts(source, statement, shown)
        origins = [o for part in parts for table in part.tables for o in table.origins]
        origins += [cell.origin for item in shown.values() if item.chart for _, cells in item.chart.rows for cell in cells if cell.origin]
        lineage = opened.loads_of(origin.lineage_id for origin in origins)
        loads = opened.loads()
    all_tables = [table for part in parts for table in part.tables]
    gaps = _gaps(parts, all_tables, shown.values())
    html = _page(source, parts, shown, gaps, origins, lineage, loads, _highlights(source, statement))
    _write(out, html)
    drawn = [item for item in shown.values() if item.chart]
    preview = charts.picture(drawn[min(len(drawn) - 1, 8)].chart) if drawn else None  # type: ignore[arg-type]
    return RenderResult(out, source.about.publication_id, len(all_tables), len(drawn), sum(len(item.text) for item in drawn), gaps, preview)


_DIAGRAM_GROUPS = (
    "VOLUMES_ELDERLY",
    "COSTS_ELDERLY",
    "QUALITY_ELDERLY",
    "STAFF_ELDERLY",
    "VOLUMES_LSS",
    "QUALITY_LSS",
    "PRIMARY_CARE",
)


def _applies(source: Source, diagram: Diagram) -> bool:
    """A diagram of a staff group that the municipality does not have is no gap, it does not exist."""
    return diagram.staff_group is None or any(group.id == diagram.staff_group for group in source.municipality.staff_groups)


def _shown(source: Source, diagram: Diagram) -> Shown:
    chart = charts.draw(source, diagram)
    if chart is None:
        return Shown(diagram, None, reason=source.absence(diagram.indicator_id))
    return Shown(diagram, chart, sentences.about(source, diagram, chart))


def _rows(group: tuple[Diagram, ...], shown: dict[int, Shown]) -> tuple[tuple[Shown, ...], ...]:
    """Diagrams in print order, those that print sets side by side in one row."""
    rows: list[tuple[Shown, ...]] = []
    seconds = {second: first for first, second in content.PAIRED}
    for diagram in group:
        if diagram.number not in shown:
            continue
        if rows and rows[-1][-1].diagram.number == seconds.get(diagram.number):
            rows[-1] = (*rows[-1], shown[diagram.number])
        else:
            rows.append((shown[diagram.number],))
    return tuple(rows)


def _parts(source: Source, statement: list, shown: dict[int, Shown]) -> list[Part]:
    """The document from the second heading on: key figures, analysis by area, economy and staff."""
    numbering, rows = _Numbering(), partial(_rows, shown=shown)
    numbering.next(1)  # 1 is written in the template: how to read

    def part(level: int, anchor: str, heading: str, **rest: object) -> Part:
        return Part(anchor, numbering.next(level), heading, level, **rest)  # type: ignore[arg-type]

    parts = [
        part(1, "effektivitet", "Effektivitet"),
        part(
            2,
            "effektivitetsindex",
            "Effektivitetsindex",
            tables=(tables.comparison(source, "effektivitetsindex", "Effektivitetsindex", content.INDEX),),
        ),
        part(
            2,
            "ekonominyckeltal",
            "Ekonominyckeltal",
            tables=(tables.comparison(source, "ekonominyckeltal", "Ekonominyckeltal", content.ECONOMY),),
        ),
        part(
            2,
            "kvalitetsnyckeltal",
            "Kvalitetsnyckeltal",
            tables=(tables.comparison(source, "kvalitetsnyckeltal", "Kvalitetsnyckeltal", content.QUALITY),),
        ),
        part(
            2,
            "personalnyckeltal",
            "Personalnyckeltal",
            tables=tuple(
                table
                for table in (
                    tables.comparison(source, "personalnyckeltal_jamforelse", "Personalnyckeltal, jämförelse", content.STAFF_COMPARISON),
                    tables.staff_over_time(source),
                )
                if table.lines
            ),
        ),
        part(1, "aldreomsorg", "Analys: äldreomsorg"),
        part(2, "aldreomsorg-volymer", "Volymer", rows=rows(content.VOLUMES_ELDERLY)),
        part(2, "aldreomsorg-kostnader", "Kostnader", rows=rows(content.COSTS_ELDERLY)),
        part(2, "aldreomsorg-kvalitet", "Kvalitet", rows=rows(content.QUALITY_ELDERLY)),
    ]
    if staff := rows(content.STAFF_ELDERLY):
        parts.append(part(2, "aldreomsorg-personal", "Personal", rows=staff))
    parts += [
        part(1, "lss", "Analys: LSS"),
        part(2, "lss-volymer", "Volymer", rows=rows(content.VOLUMES_LSS)),
        part(2, "lss-kvalitet", "Kvalitet", rows=rows(content.QUALITY_LSS)),
        part(1, "primarvard", "Analys: kommunal primärvård", rows=rows(content.PRIMARY_CARE)),
        part(1, "drift-och-personal", "Drift och personal"),
    ]
    own = (
        ("drift", "Drift", tables.operating_statement(source, statement), "ekonomisystemet"),
        ("personalstatistik", "Personalstatistik", tables.staff_statistics(source), "HR-systemet"),
        ("sjukfranvaro", "Sjukfrånvaro", tables.sick_leave(source), "HR-systemet"),
    )
    for anchor, heading, table, system in own:
        absent = "" if table else f"Inga uppgifter från {system} har levererats för {source.year}."
        parts.append(part(2, anchor, heading, tables=(table,) if table else (), absent=absent))
    return parts


def _gaps(parts: list[Part], all_tables: list[Table], shown: Iterable[Shown]) -> tuple[tuple[str, str], ...]:
    """Everything that the document should hold and does not, with the reason."""
    gaps = [(f"{table.title}: {label}", reason) for table in all_tables for label, reason in table.gaps]
    gaps += [(f"Diagram {item.diagram.number}: {item.diagram.title}", item.reason) for item in shown if item.chart is None]
    gaps += [(part.heading, part.absent) for part in parts if part.absent]
    return tuple(gaps)


def _highlights(source: Source, statement: list) -> list[Highlight]:
    """The figures of the summary, those that exist."""
    anchors = {"U20900": "effektivitetsindex", "U28900": "effektivitetsindex", "U23401": "diagram-9", "N20029": "ekonominyckeltal"}
    labels = {
        "U20900": "Effektivitetsindex äldreomsorg",
        "U28900": "Effektivitetsindex LSS",
        "U23401": "Väntetid till särskilt boende",
        "N20029": "Nettokostnadsavvikelse äldreomsorg",
        "sick_leave_all_forms": "Sjukfrånvaro",
        "turnover_excl_pension_total": "Personalomsättning exkl. pension",
    }
    found = []
    for indicator_id in content.HIGHLIGHTS:
        figure = tables.latest(source.figures.series(indicator_id), source.year)
        if figure is None or figure.shown is None:
            continue
        cell = tables.own_cell(source, figure, figure.year)
        mean = figure.mean("national_mean")
        compared = mean is not None
        beside = f"samtliga kommuner {format.number(mean or 0, source.decimals(figure))}" if compared else ""
        if compared and figure.comparison_is_simulated:
            beside += " (simulerat)"
        if not compared and figure.previous_value is not None and not figure.hidden:
            beside = f"{format.number(figure.previous_value, source.decimals(figure))} året före"
        anchor = anchors.get(indicator_id, "sjukfranvaro" if indicator_id.startswith("sick") else "personalstatistik")
        found.append(Highlight(labels[indicator_id], cell, format.unit(figure.unit).word, str(figure.year), beside, anchor))
    for row in [row for row in statement if row.is_sum][-1:]:
        if row.actual is not None:
            where = Origin(row.key, "actual", row.line_id, str(row.year), tables.LEDGER, row.lineage_id)
            beside = f"{format.millions(row.previous_actual)} året före" if row.previous_actual is not None else ""
            found.append(
                Highlight(row.line, Cell(format.millions(row.actual), (), where), "miljoner kronor", str(row.year), beside, "drift")
            )
    return found


def _lineage(source: Source, origins: list[Origin], lineage: dict[str, tuple[str, ...]], loads: dict[str, Load]) -> dict:
    """What the page's tooltips look up: the definition of each indicator, and the loads behind each lineage."""
    used = {origin.indicator_id for origin in origins}
    statement = "Summan av kontoklassens transaktioner för året enligt kommunens kontomappning; avvikelse = utfall - budget."
    definitions = {key: source.indicators[key].definition if key in source.indicators else statement for key in sorted(used)}
    titles = {key: source.indicators[key].indicator for key in sorted(used) if key in source.indicators}
    return {
        "titles": titles,
        "definitions": definitions,
        "loads": {key: _loads_text([loads[i] for i in ids if i in loads]) for key, ids in sorted(lineage.items())},
        "measures": _MEASURES,
    }


_MEASURES = {
    "value": "eget värde",
    "change": "förändring mot föregående år",
    "region_mean": "ovägt medel, regionen",
    "similar_mean": "ovägt medel, liknande kommuner",
    "national_mean": "ovägt medel, samtliga kommuner",
    "budget": "budget",
    "actual": "utfall",
    "deviation": "utfall - budget",
    "previous_actual": "utfall året före",
}


def _loads_text(behind: list[Load]) -> str:
    """The loads of a figure in one line: names if they are few, else how many of which tables."""
    if len(behind) <= 3:
        return ", ".join(f"{load.source} {load.table_name} ({load.load_id})" for load in behind)
    names = sorted({f"{load.source} {load.table_name}" for load in behind})
    periods = sorted({load.period for load in behind})
    return f"{len(behind)} laddningar: {format.listed(names)}, {periods[0]}–{periods[-1]}"


def _page(
    source: Source,
    parts: list[Part],
    shown: dict[int, Shown],
    gaps: tuple[tuple[str, str], ...],
    origins: list[Origin],
    lineage: dict[str, tuple[str, ...]],
    loads: dict[str, Load],
    highlights: list[Highlight],
) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(day=format.day, moment=format.moment, css_string=css_string)
    environment.filters.update(
        listed=lambda items: format.listed(list(items)), number=format.number, loads_of=lambda key, loads: loads.get(key, "")
    )
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    used_loads = {load_id for ids in lineage.values() for load_id in ids}
    behind = [load for load_id, load in loads.items() if load_id in used_loads]
    summary: dict[tuple[str, str], list[Load]] = {}
    for load in behind:
        summary.setdefault((load.source, load.table_name), []).append(load)
    definitions = sorted(
        {o.indicator_id: source.indicators[o.indicator_id] for o in origins if o.indicator_id in source.indicators}.values(),
        key=lambda indicator: (indicator.source or "", indicator.indicator_id),
    )
    return environment.get_template("genomlysning.html.jinja").render(
        m=source.municipality,
        about=source.about,
        year=source.year,
        source=source,
        parts=parts,
        highlights=highlights,
        gaps=gaps,
        style=Markup(style),
        script=Markup(script),
        script_hash=script_hash(script),
        loads=behind,
        summary=summary,
        lineage=lineage,
        lookup=_lineage(source, origins, lineage, loads),
        definitions=definitions,
        all_marks=tables.MARKS,
        all_signs=tables.SIGNS,
        choices=source.municipality.choices,
        day_of_measure=DAY_OF_MEASURE,
        level_band=format.number(sentences.LEVEL_BAND, 1),
        chart_styles={key: asdict(style) for key, style in charts.STYLES.items()},
    )


def css_string(text: str) -> Markup:
    """`text` as the inside of a quoted CSS string: everything but plain letters and digits becomes an escape."""
    return Markup("".join(char if char.isascii() and char.isalnum() else f"\\{ord(char):06x}" for char in text))


def script_hash(script: str) -> str:
    """The hash by which the page's policy admits its one script, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _write(out: Path, html: str) -> None:
    """Replace `out` in one step, so that no reader ever meets half a page."""
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=".rendering-", suffix=".html")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(html)
        os.chmod(name, 0o644)
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
