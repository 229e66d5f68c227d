"""Marts to tables: rows, cells and what stands under each table (sources, group means, marks, gaps).

Belongs here: which figure stands in which cell, and how it is marked. Does not belong here: HTML, and computing figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ingestion.municipality import Municipality
from reports.content import ABSENT_SOURCES, PULSE, SICK_LEAVE, SICK_LEAVE_LABEL, TURNOVER, TURNOVER_LABEL, Area, Row
from reports.figures import About, Figure, Figures, Group, Indicator, StatementRow
from reports.format import NO_COMPARISON, NOT_AVAILABLE, NOT_SHOWN, day, listed, number, percent, percentage_points, thousands, unit

OLDEST = 3  # years back that a latest value may lie and still stand in a table of the year

PRELIMINARY, REVISED, SIMULATED = "p", "r", "s"
MARKS = {
    PRELIMINARY: "preliminärt värde",
    REVISED: "reviderat värde, ändrat sedan det först publicerades",
    SIMULATED: "simulerat värde, eller medel där minst ett värde är simulerat",
}
SIGNS = {
    NOT_SHOWN: "visas inte, för få personer bakom uppgiften",
    NOT_AVAILABLE: "ingen uppgift",
    NO_COMPARISON: "jämförelse eller källa saknas",
}
FROM_KOLADA = "Egen bearbetning av data från Kolada"
LEDGER = "Egen bearbetning av data från ekonomisystemet"
HR = "Egen bearbetning av data från HR-systemet"


@dataclass(frozen=True)
class Origin:
    """Where a printed figure comes from, for the attributes and the tooltip of its cell."""

    key: str
    measure: str
    indicator_id: str
    period: str
    source: str
    lineage_id: str


@dataclass(frozen=True)
class Cell:
    """One figure as printed. `also` is the year, where it is not the column's; `marks` are keys of `MARKS`."""

    text: str
    marks: tuple[str, ...] = ()
    origin: Origin | None = None
    also: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table. `gap` says why a figure that the document should hold is not there."""

    label: str
    cells: tuple[Cell, ...]
    note: str = ""
    gap: str = ""
    is_sum: bool = False

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The origins of the cells that have one."""
        return tuple(cell.origin for cell in self.cells if cell.origin)


@dataclass(frozen=True)
class Section:
    """Lines under one heading within a table (empty heading: none)."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    """A table as it stands in the document."""

    table_id: str
    title: str
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    sources: tuple[str, ...]
    first_column: str = "Nyckeltal"
    remarks: tuple[str, ...] = ()

    @property
    def lines(self) -> list[Line]:
        """All lines in print order."""
        return [line for section in self.sections for line in section.lines]

    @property
    def notes(self) -> tuple[str, ...]:
        """The numbered notes, each reason once, in the order of the lines that refer to them."""
        return tuple(dict.fromkeys(text for line in self.lines for text in (line.gap, line.note) if text))

    @property
    def gaps(self) -> tuple[tuple[str, str], ...]:
        """Label and reason of each line without a figure."""
        return tuple((line.label, line.gap) for line in self.lines if line.gap)

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """The marks and signs that the table uses, with their meaning."""
        used = {mark for line in self.lines for cell in line.cells for mark in cell.marks}
        signs = {cell.text for line in self.lines for cell in line.cells}
        return tuple(item for item in MARKS.items() if item[0] in used) + tuple(item for item in SIGNS.items() if item[0] in signs)

    @property
    def origins(self) -> list[Origin]:
        """The origins of all cells, for the lineage that the page carries."""
        return [found for line in self.lines for found in line.origins]


@dataclass(frozen=True)
class Source:
    """What the builders of tables, diagrams and sentences read: one municipality in one publication."""

    municipality: Municipality
    about: About
    indicators: dict[str, Indicator]
    figures: Figures
    groups: list[Group]
    municipalities: int
    spread: dict[tuple[str, int], float] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The report year."""
        return self.municipality.report_year

    def decimals(self, figure: Figure) -> int:
        """Decimals of a figure in print; a value in another unit than the indicator's present one keeps two."""
        indicator = self.indicators[figure.indicator_id]
        return indicator.decimals if figure.unit == indicator.unit else 2

    def similar(self, indicator_id: str) -> Group | None:
        """The group of similar municipalities that the indicator is compared with; None where there is none."""
        kind = self.indicators[indicator_id].similar_group_kind
        return next((g for g in self.groups if g.kind == "similar" and g.similar_group_kind == kind), None)

    @property
    def region(self) -> Group | None:
        """The municipality's region."""
        return next((group for group in self.groups if group.kind == "region"), None)

    def title(self, row: Row) -> str:
        """The label of a row: its own, else the indicator's title; with the staff group or department where it has one."""
        indicator = self.indicators.get(row.indicator_id)
        label = row.label or (indicator.indicator if indicator else row.indicator_id)
        parts = [group.label for group in self.municipality.staff_groups if group.id == row.staff_group]
        parts += [department.name for department in self.municipality.departments if department.id == row.org_unit]
        return " – ".join([label, *parts])

    def absence(self, indicator_id: str) -> str:
        """Why a row has no figure at all: source not connected, nothing delivered, or no value in Kolada."""
        reasons = [text for prefix, text in sorted(ABSENT_SOURCES.items()) if indicator_id.startswith(prefix)]
        if reasons:
            return reasons[-1]
        indicator = self.indicators.get(indicator_id)
        if indicator and indicator.source == "own" or indicator_id in (TURNOVER, SICK_LEAVE):
            return f"Inga uppgifter från HR-systemet för {self.year}."
        ended = f" Serien avslutades efter {indicator.ended_after}." if indicator and indicator.ended_after else ""
        return f"Kolada har inget värde för kommunen {self.year - OLDEST}–{self.year}.{ended}"


def period(figure: Figure) -> str:
    """The figure's period as readers say it: '2024', or '31 december 2024' for a figure of one day."""
    if figure.period_start == figure.period_end:
        return day(figure.period_end)
    is_year = figure.period_start == date(figure.year, 1, 1) and figure.period_end == date(figure.year, 12, 31)
    return str(figure.year) if is_year else f"{figure.period_start}–{figure.period_end}"


def origin(figure: Figure, measure: str) -> Origin:
    """The origin of one measure of a figure; a mean is the platform's own work even where the value is Kolada's."""
    source = FROM_KOLADA if measure.endswith("_mean") and "Kolada" in figure.source else figure.source
    return Origin(figure.key, measure, figure.indicator_id, period(figure), source, figure.lineage_id)


def marks(figure: Figure, measure: str) -> tuple[str, ...]:
    """The marks that one measure of a figure must carry wherever it is shown."""
    if measure.endswith("_mean"):
        return (SIMULATED,) if figure.comparison_is_simulated else ()
    flags = ((PRELIMINARY, figure.is_preliminary), (REVISED, figure.is_revised), (SIMULATED, figure.is_simulated))
    return tuple(mark for mark, applies in flags if applies)


def own_cell(source: Source, figure: Figure | None, column_year: int) -> Cell:
    """The municipality's own value, the sign of a missing one, or of one that must not be shown."""
    if figure is None:
        return Cell(NOT_AVAILABLE)
    also = f"({figure.year})" if figure.year != column_year else ""
    if figure.hidden:
        return Cell(NOT_SHOWN, (), origin(figure, "value"), also)
    if figure.value is None:
        return Cell(NOT_AVAILABLE, (), origin(figure, "value"), also)
    return Cell(number(figure.value, source.decimals(figure)), marks(figure, "value"), origin(figure, "value"), also)


def mean_cell(source: Source, figure: Figure | None, measure: str, column_year: int) -> Cell:
    """The mean of a comparison group, of the same year as the own value beside it."""
    mean = figure.mean(measure) if figure else None
    if figure is None or mean is None:
        return Cell(NO_COMPARISON)
    also = f"({figure.year})" if figure.year != column_year else ""
    return Cell(number(mean, source.decimals(figure)), marks(figure, measure), origin(figure, measure), also)


def latest(series: dict[int, Figure], last_year: int) -> Figure | None:
    """The newest figure with an own value, at most `OLDEST` years before `last_year`; else the newest of any kind."""
    recent = [figure for year, figure in series.items() if last_year - OLDEST <= year <= last_year]
    with_value = [figure for figure in recent if figure.value is not None or figure.hidden]
    return (with_value or recent or [None])[-1]  # type: ignore[list-item]


def _has_group(source: Source, row: Row) -> bool:
    return row.staff_group is None or any(group.id == row.staff_group for group in source.municipality.staff_groups)


def _series(source: Source, row: Row) -> dict[int, Figure]:
    return source.figures.series(row.indicator_id, staff_group=row.staff_group, org_unit=row.org_unit)


def _ended(source: Source, row: Row) -> str:
    indicator = source.indicators.get(row.indicator_id)
    return f"Serien avslutades efter {indicator.ended_after}." if indicator and indicator.ended_after else ""


def _span(counts: Iterable[int], members: int) -> str:
    """'13 av 13', or '9–13 av 13' where the rows differ."""
    low, high = min(counts), max(counts)
    return f"{low} av {members}" if low == high else f"{low}–{high} av {members}"


def group_line(source: Source, figures: Iterable[Figure]) -> str:
    """How the means under a table or diagram are made: 'ovägt medel, n av N kommuner' per group; empty without means."""
    figures = list(figures)
    counts: dict[tuple[str, int], list[int]] = {}
    for figure in figures:
        similar, region = source.similar(figure.indicator_id), source.region
        if figure.mean("region_mean") is not None and region:
            counts.setdefault((region.label, region.member_count), []).append(figure.region_count or 0)
        if figure.mean("similar_mean") is not None and similar:
            counts.setdefault((similar.label, similar.member_count), []).append(figure.similar_count or 0)
        if figure.mean("national_mean") is not None:
            counts.setdefault(("samtliga", source.municipalities), []).append(figure.national_count or 0)
    parts = [f"{label} {_span(values, members)} kommuner" for (label, members), values in counts.items()]
    return f"{FROM_KOLADA}, ovägt medel: {listed(parts)}." if parts else ""


def source_lines(source: Source, figures: Iterable[Figure]) -> tuple[str, ...]:
    """The lines under a table or diagram: how own values are cited, and how the group means are made."""
    figures = list(figures)
    cited = dict.fromkeys(figure.source for figure in figures if figure.value is not None)
    means = group_line(source, figures)
    return tuple([f"{text}." for text in cited] + ([means] if means else []))


def comparison(source: Source, table_id: str, title: str, areas: tuple[Area, ...]) -> Table:
    """Own municipality beside region, similar municipalities and all municipalities, each row in its latest year."""
    found = {row: latest(_series(source, row), source.year) for area in areas for row in area.rows if _has_group(source, row)}
    year = max((figure.year for figure in found.values() if figure and figure.value is not None), default=source.year)

    def line(row: Row) -> Line:
        figure = found[row]
        own = own_cell(source, figure, year) if figure else Cell(NO_COMPARISON)
        means = tuple(mean_cell(source, figure, measure, year) for measure in ("region_mean", "similar_mean", "national_mean"))
        gap = source.absence(row.indicator_id) if figure is None or (figure.value is None and not figure.hidden) else ""
        return Line(source.title(row), (own, *means), note="" if gap else _ended(source, row), gap=gap)

    sections = tuple(Section(area.heading, tuple(line(row) for row in area.rows if row in found)) for area in areas)
    region = source.region.label if source.region else "Regionen"
    columns = (f"{source.municipality.name} {year}", f"{region} genomsnitt {year}", f"Liknande kommuner {year}", f"Kommungenomsnitt {year}")
    return Table(
        table_id,
        title,
        columns,
        tuple(section for section in sections if section.lines),
        source_lines(source, [figure for figure in found.values() if figure]),
    )


def staff_over_time(source: Source) -> Table:
    """Staff key figures of three years, where no comparison is possible: turnover and sick leave of every configured staff
    group, shares of trained staff, and the pulse survey per department.
    """
    municipality = source.municipality
    areas: dict[str, list[Row]] = {}
    for indicator_id, label in ((TURNOVER, TURNOVER_LABEL), (SICK_LEAVE, SICK_LEAVE_LABEL)):
        for group in municipality.staff_groups:
            areas.setdefault(group.service_area, []).append(Row(indicator_id, label, group.id))
    for share in municipality.staff_shares:
        numerator = next((group.service_area for group in municipality.staff_groups if group.id in share.numerator), "")
        areas.setdefault(numerator, []).append(Row(share.indicator_id))
    years = tuple(range(source.year - 2, source.year + 1))

    def line(row: Row) -> Line:
        series = _series(source, row)
        cells = tuple(own_cell(source, series[year], year) if year in series else Cell(NO_COMPARISON) for year in years)
        return Line(source.title(row), cells, gap="" if any(year in series for year in years) else source.absence(row.indicator_id))

    sections = [Section(area[:1].upper() + area[1:], tuple(line(row) for row in rows)) for area, rows in areas.items()]
    pulse = [
        Row(PULSE, "Medelvärde alla frågor (pulsmätning kvartal 4)", org_unit=department.id) for department in municipality.departments
    ]
    if pulse:
        sections.append(Section("Engagemang och arbetsmiljö", tuple(line(row) for row in pulse)))
    figures = [
        figure for rows in (*areas.values(), pulse) for row in rows for figure in _series(source, row).values() if figure.year in years
    ]
    return Table(
        "personalnyckeltal_tidsserie",
        "Personalnyckeltal över tid",
        tuple(str(year) for year in years),
        tuple(sections),
        source_lines(source, figures),
    )


def _statement_cell(row: StatementRow, measure: str) -> Cell:
    value = getattr(row, measure)
    if value is None:
        return Cell(NO_COMPARISON)
    is_outcome = measure in ("actual", "deviation", "change")
    where = Origin(row.key, measure, row.line_id, str(row.year - 1 if measure == "previous_actual" else row.year), LEDGER, row.lineage_id)
    return Cell(thousands(value), (PRELIMINARY,) if row.is_preliminary and is_outcome else (), where)


def operating_statement(source: Source, rows: list[StatementRow]) -> Table | None:
    """*Drift*: the operating statement in tkr, each cell rounded from its own kronor (DEFINITIONS G3); None without a ledger."""
    configured = {line.id for line in source.municipality.operating_statement}
    amounts = ("budget", "actual", "previous_actual")
    # A line that the municipality did not ask for (accounts that no line covers) is shown only when something is on it.
    rows = [row for row in rows if row.line_id in configured or any(getattr(row, amount) for amount in amounts)]
    if not rows:
        return None
    year, before = source.year, source.year - 1
    outcome = "Bokslut" if rows[0].ledger_status == "closed" else "Utfall"
    measures = ("budget", "actual", "deviation", "previous_actual", "change")
    lines = tuple(Line(row.line, tuple(_statement_cell(row, measure) for measure in measures), is_sum=row.is_sum) for row in rows)
    remarks = [
        "Intäkter är positiva, kostnader negativa. Varje cell är avrundad för sig från kronor; "
        "en summa kan därför skilja sig med 1 tkr från sina delar."
    ]
    if outcome == "Utfall":
        remarks.append(f"Räkenskapsåret {year} är inte stängt: uppgifterna kan ändras.")
    if rows[0].budget_version:
        remarks.append(f"Budget enligt version ”{rows[0].budget_version}”.")
    columns = (f"Budget {year}", f"{outcome} {year}", f"Avv. från budget {year}", f"Bokslut {before}", f"Diff. utfall {before}/{year}")
    return Table("drift_tkr", "Drift, tkr", columns, (Section("", lines),), (f"{LEDGER}.",), "Post", tuple(remarks))


@dataclass(frozen=True)
class _Staff:
    """A line of two years: label, indicator, breakdown, gender, decimals, and whether it is printed as a percentage."""

    label: str
    indicator_id: str
    breakdown: str | None = None
    gender: str = "T"
    decimals: int = 0
    is_percent: bool = False


_PERMANENT, _TEMPORARY = "employment_form=permanent", "employment_form=temporary"
_STATISTICS = (
    (
        "Antal anställda",
        (_Staff("Tillsvidareanställda", "employees_headcount", _PERMANENT), _Staff("Visstidsanställda", "employees_headcount", _TEMPORARY)),
    ),
    (
        "Antal årsarbetare",
        (_Staff("Tillsvidareanställda", "employees_fte", _PERMANENT), _Staff("Visstidsanställda", "employees_fte", _TEMPORARY)),
    ),
    ("Sysselsättningsgrad", (_Staff("Tillsvidareanställda", "employment_rate_contract", _PERMANENT, is_percent=True),)),
    ("Medelålder", (_Staff("Tillsvidareanställda", "mean_age", _PERMANENT, decimals=1),)),
    ("Utförd tid av timavlönade", (_Staff("Årsarbetare", "hourly_paid_work_fte", decimals=1),)),
    ("Fyllnad och övertid", (_Staff("Fyllnad", "additional_time_fte", decimals=1), _Staff("Övertid", "overtime_fte", decimals=1))),
    ("Personalomsättning", (_Staff("Exklusive pensionsavgångar", "turnover_excl_pension_total", decimals=1, is_percent=True),)),
)
_SICK = "sick_leave_all_forms"
_SICK_LEAVE = (
    ("", (_Staff("Total sjukfrånvaro", _SICK, decimals=1, is_percent=True),)),
    (
        "Kön",
        (_Staff("Kvinnor", _SICK, gender="K", decimals=1, is_percent=True), _Staff("Män", _SICK, gender="M", decimals=1, is_percent=True)),
    ),
    (
        "Ålder",
        (
            _Staff("29 år eller yngre", _SICK, "age_band=0-29", decimals=1, is_percent=True),
            _Staff("30–49 år", _SICK, "age_band=30-49", decimals=1, is_percent=True),
            _Staff("50 år eller äldre", _SICK, "age_band=50-", decimals=1, is_percent=True),
        ),
    ),
    (
        "Sjukperiodens dagar",
        (
            _Staff("Dag 1–14", "sick_leave_span_1_14", decimals=1, is_percent=True),
            _Staff("Dag 15–59", "sick_leave_span_15_59", decimals=1, is_percent=True),
            _Staff("Dag 60 och därefter", "sick_leave_span_60_plus", decimals=1, is_percent=True),
        ),
    ),
)


def _two_years(source: Source, table_id: str, title: str, groups: tuple, remarks: tuple[str, ...]) -> Table | None:
    """A table of the year before, the year, and the difference as the mart holds it (from the unrounded values)."""
    year, before = source.year, source.year - 1
    series = {
        staff: source.figures.series(staff.indicator_id, breakdown=staff.breakdown, gender=staff.gender)
        for _, lines in groups
        for staff in lines
    }
    if not any(found.get(year) or found.get(before) for found in series.values()):
        return None

    def concealed(lines: tuple[_Staff, ...], of_year: int) -> set[_Staff]:
        """Lines to hide: those with too few people, and one more where a single hidden line could be worked out from the rest."""
        figures = {staff: series[staff].get(of_year) for staff in lines}
        hidden = {staff for staff, figure in figures.items() if figure and figure.hidden}
        if len(hidden) == 1 and len(lines) > 1:
            others = [staff for staff, figure in figures.items() if figure and staff not in hidden]
            hidden |= {min(others, key=lambda staff: figures[staff].n or 0)} if others else set()  # type: ignore[union-attr]
        return hidden

    def line(staff: _Staff, hidden: dict[int, set[_Staff]]) -> Line:
        def value(of_year: int) -> Cell:
            figure = series[staff].get(of_year)
            if figure and staff in hidden[of_year]:
                return Cell(NOT_SHOWN, (), origin(figure, "value"))
            if figure is None or figure.value is None:
                return Cell(NO_COMPARISON)
            text = percent(figure.value, staff.decimals) if staff.is_percent else number(figure.value, staff.decimals, group_from=5)
            return Cell(text, marks(figure, "value"), origin(figure, "value"))

        figure = series[staff].get(year)
        if staff in hidden[year] | hidden[before]:
            difference = Cell(NOT_SHOWN)
        elif figure is None or figure.change is None:
            difference = Cell(NO_COMPARISON)
        else:
            text = (
                percentage_points(figure.change, staff.decimals)
                if staff.is_percent
                else number(figure.change, staff.decimals, group_from=5)
            )
            difference = Cell(text, marks(figure, "value"), origin(figure, "change"))
        cells = (value(before), value(year), difference)
        return Line(staff.label, cells, gap="" if any(cell.origin for cell in cells) else source.absence(staff.indicator_id))

    sections = []
    for heading, lines in groups:
        hidden = {of_year: concealed(lines, of_year) for of_year in (before, year)}
        sections.append(Section(heading, tuple(line(staff, hidden) for staff in lines)))
    return Table(table_id, title, (str(before), str(year), "Differens"), tuple(sections), (f"{HR}.",), "Mått", remarks)


def staff_statistics(source: Source) -> Table | None:
    """*Personalstatistik*; None without HR."""
    remarks = (
        "Sysselsättningsgrad enligt anställningsavtal.",
        f"Tid räknas om till årsarbetare med {number(source.municipality.choices.full_time_hours_year)} timmar per heltid och år.",
        "Procentenheter skrivs %-enh. Differensen är räknad på oavrundade tal.",
    )
    return _two_years(source, "personalstatistik", "Personalstatistik", _STATISTICS, remarks)


def sick_leave(source: Source) -> Table | None:
    """*Sjukfrånvaro*; None without HR."""
    remarks = (
        "Andel av den ordinarie arbetstiden, alla anställningsformer inklusive timavlönade. Varje grupp mäts mot sin egen tid.",
        "Delarna efter sjukperiodens dagar har den samlade ordinarie arbetstiden som nämnare; oavrundade summerar de till totalen.",
        "Procentenheter skrivs %-enh. Differensen är räknad på oavrundade tal.",
    )
    return _two_years(source, "sjukfranvaro", "Sjukfrånvaro", _SICK_LEAVE, remarks)


def unit_label(figure: Figure) -> str:
    """The unit as the axis of a diagram names it."""
    word = unit(figure.unit).word or figure.unit
    return word[:1].upper() + word[1:]
