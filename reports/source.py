"""What the builders of blocks and sentences read: one municipality in one publication, for one report.

Belongs here: finding the figure that an outline names, and the labels that go with it. Does not belong here: SQL
(`figures`), how a figure is printed (`cells`), and what stands where (outlines).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ingestion.configuration.municipality import Municipality, ReportChoice
from ingestion.configuration.vocabulary import vocabulary
from ingestion.periods import Period as CalendarPeriod
from reports.figures import About, Figure, Figures, Group, Indicator, Publication, Reach
from reports.format import a_year_earlier, day, month_name
from reports.outline import NAMES, MeasureTime, Period, SeriesSpec

OLDEST = 3  # years back that a latest value may lie and still stand in a table of the year
YEARS_BACK = 25
YEAR = Period()
LATE = ("regionens gemensamma nyckeltalsrapport", "KPB")
"""Sources beside Kolada, as they are cited, in which all municipalities report the year before."""


@dataclass(frozen=True)
class Source:
    """One municipality in one publication. kind: of the report that is made. covers: the year, or the last month, that
    it is of. delivered: the sources that its loads are of. asks_for_all: the outline is the platform's, which asks for
    what any municipality could deliver, so that what this one does not is no gap. told: (key, measure) of the figures
    that the paragraph at hand has told, so that its next sentence need not tell them again.
    """

    municipality: Municipality
    kind: str
    covers: CalendarPeriod
    publication: Publication
    about: About
    indicators: dict[str, Indicator]
    figures: Figures
    groups: list[Group]
    municipalities: int
    delivered: frozenset[str]
    asks_for_all: bool
    told: set[tuple[str, str]] = field(default_factory=set)
    _spread: dict[str, dict[int, float]] = field(default_factory=dict)

    @property
    def year(self) -> int:
        """The year that the report is about."""
        return self.covers.year

    @property
    def through(self) -> date:
        """The last day that the report covers."""
        return self.covers.last_day

    @property
    def region(self) -> Group | None:
        """The municipality's region."""
        return next((group for group in self.groups if group.kind == "region"), None)

    def similar(self, indicator_id: str) -> Group | None:
        """The group of similar municipalities that the indicator is compared with; None where there is none."""
        indicator = self.indicators.get(indicator_id)
        kind = indicator.similar_group_kind if indicator else None
        return next((g for g in self.groups if g.kind == "similar" and g.similar_group_kind == kind), None)

    def text(self, template: str) -> str:
        """A text of the outline with its names filled in (see `reports.outline`)."""
        known = {
            "municipality": self.municipality.name,
            "board": self.municipality.board,
            "administration": self.municipality.administration,
            "region": self.region.label if self.region else "regionen",
            "through": month_name(self.through),
        }

        def fill(match: re.Match[str]) -> str:
            name, offset = match.group(1), int(match.group(2) or 0)
            return str(self.year + offset) if name == "year" else known[name]

        return re.sub(rf"\{{({'|'.join(NAMES)})([+-]\d+)?\}}", fill, template)

    def days(self, period: Period, year: int) -> tuple[date, date] | None:
        """First and last day of a period of `year`; None for the year itself, whose figure may be of a day or of the
        whole.
        """
        if period.start and period.end:
            return period.start, period.end
        if period.quarter:
            of_the_calendar = CalendarPeriod.parse(f"{year}-Q{period.quarter}")
        elif period.month:
            of_the_calendar = CalendarPeriod.of(year, self.through.month if period.month == "last" else period.month)
        else:
            return None
        return of_the_calendar.first_day, of_the_calendar.last_day

    def figure(
        self,
        spec: SeriesSpec,
        year: int | None = None,
        *,
        period: Period | None = None,
        measure_time: MeasureTime | None = None,
    ) -> Figure | None:
        """The figure of the series in `year` (the report's, if None); `period` and `measure_time` replace the series'
        own.
        """
        wanted = year if year is not None else self.year
        days = self.days(period or spec.period, wanted)
        timed = measure_time or spec.measure_time
        if days is None:
            return self.figures.by_year(_key(spec), timed).get(wanted)
        return self.figures.of_days(_key(spec), days, timed)

    def year_before(self, figure: Figure) -> Figure | None:
        """The figure of the same series and the same period a year earlier; None where there is none."""
        if figure.municipality_id != self.municipality.id:
            return None
        key = (figure.indicator_id, figure.staff_group, figure.org_unit, figure.breakdown, figure.gender)
        if figure.period_grain == "year":
            return self.figures.by_year(key, figure.measure_time).get(figure.year - 1)
        return self.figures.of_days(
            key, (a_year_earlier(figure.period_start), a_year_earlier(figure.period_end)), figure.measure_time
        )

    def series(self, spec: SeriesSpec) -> dict[int, Figure]:
        """The series' figures by year, oldest first: of the years, or of the same quarter or month of every year."""
        if spec.period == YEAR or spec.period.start:
            return self.figures.by_year(_key(spec), spec.measure_time)
        found = {year: self.figure(spec, year) for year in range(self.year - YEARS_BACK, self.year + 1)}
        return {year: figure for year, figure in found.items() if figure is not None}

    def lags(self, spec: SeriesSpec) -> bool:
        """Whether the newest year of a series may lie before the report's: what is compared between municipalities
        comes a year later and more. What the board's own systems deliver does not lag, it is missing.
        """
        indicator = self.indicators.get(spec.indicator)
        if indicator is None or indicator.source == "kolada":
            return indicator is not None
        cited = {figure.source for figure in self.series(spec).values()}
        return any(late in text for late in LATE for text in cited)

    def current(self, spec: SeriesSpec) -> Figure | None:
        """The figure that the report is about: of its own period. Only where the year of a series that `lags` is not
        there yet, the newest of the `OLDEST` years before, of which the year must then be said. None where there is
        none that has a value or is withheld.
        """
        if not self.applies(spec):
            return None
        if spec.period != YEAR or not self.lags(spec):
            figure = self.figure(spec)
            return figure if figure is not None and (figure.value is not None or figure.hidden) else None
        recent = [figure for year, figure in self.series(spec).items() if self.year - OLDEST <= year <= self.year]
        return next((figure for figure in reversed(recent) if figure.value is not None or figure.hidden), None)

    def asked(self, spec: SeriesSpec, year: int | None = None) -> str:
        """The period that a series is asked for, in words: '2024', 'oktober 2024', 'kvartal 4 2024'."""
        wanted = year if year is not None else self.year
        days = self.days(spec.period, wanted)
        if days is None:
            return str(wanted)
        if spec.period.quarter:
            return f"kvartal {spec.period.quarter} {wanted}"
        return month_name(days[1]) if spec.period.month else f"{day(days[0])}–{day(days[1])}"

    def lacking(self, spec: SeriesSpec, instead: Figure | None = None) -> str:
        """What is said where the figure of the report's own period is not there, though the series has others."""
        shown = f"; {instead.year} visas" if instead is not None else ""
        ended = self.ended(spec.indicator)
        return f"Uppgift för {self.asked(spec)} saknas{shown}.{' ' + ended if ended else ''}"

    def has_been(self, spec: SeriesSpec) -> bool:
        """Whether the series has a figure of an earlier year that is recent enough to be missed now."""
        return any(
            self.year - OLDEST <= year < self.year and f.value is not None for year, f in self.series(spec).items()
        )

    def has(self, delivered_source: str) -> bool:
        """Whether what rests on the source's deliveries can be asked for: always, where the outline is the municipality's
        own.
        """
        return not self.asks_for_all or delivered_source in self.delivered

    def applies(self, spec: SeriesSpec) -> bool:
        """Whether the municipality has the staff group or unit that the series names, and the source that an own
        indicator is computed from: what it does not have is no gap.
        """
        groups = {group.id for group in self.municipality.staff_groups}
        own = vocabulary().own.get(spec.indicator)
        return (
            (spec.staff_group is None or spec.staff_group in groups)
            and (spec.org_unit is None or spec.org_unit in self.unit_names)
            and (own is None or self.has(own["delivered_source"]) or bool(self.figures.splits(spec.indicator)))
        )

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Names of the municipality's departments and units by id."""
        return {area.id: area.name for area in self.municipality.areas}

    @cached_property
    def staff_group_names(self) -> dict[str, str]:
        """Labels of the municipality's staff groups by id."""
        return {group.id: group.label for group in self.municipality.staff_groups}

    def title(self, spec: SeriesSpec, label: str = "") -> str:
        """The label of a row: its own, else the indicator's title with the staff group or unit."""
        if label:
            return self.text(label)
        indicator = self.indicators.get(spec.indicator)
        parts = [indicator.indicator if indicator else spec.indicator]
        parts += [self.staff_group_names[spec.staff_group]] if spec.staff_group else []
        parts += [self.unit_names[spec.org_unit]] if spec.org_unit else []
        return " – ".join(parts)

    def absence(self, indicator_id: str, asked: str = "") -> str:
        """Why a figure is not there at all: nothing delivered, or no value in Kolada. asked: the period, where it is
        within the year: what the year has other figures of has been delivered.
        """
        indicator = self.indicators.get(indicator_id)
        if indicator is None or indicator.source == "own":
            if self.figures.has(indicator_id, self.year):
                return f"Uppgift för {asked or self.year} saknas."
            return f"Inga uppgifter har levererats för {self.year}."
        ended = f" Serien avslutades efter {indicator.ended_after}." if indicator.ended_after else ""
        return f"Kolada har inget värde för kommunen {self.year - OLDEST}–{self.year}.{ended}"

    def ended(self, indicator_id: str) -> str:
        """The note of a series that has ended; empty otherwise."""
        indicator = self.indicators.get(indicator_id)
        if indicator is None or not indicator.ended_after or indicator.ended_after > self.year:
            return ""
        return f"Serien avslutades efter {indicator.ended_after}."

    def is_over(self, indicator_id: str) -> bool:
        """Whether the series had ended before the report's year: no figure of it will come."""
        indicator = self.indicators.get(indicator_id)
        return indicator is not None and indicator.ended_after is not None and indicator.ended_after < self.year

    def spread(self, indicator_id: str, year: int) -> float:
        """Standard deviation of the indicator between the municipalities in the year; 0 where it is not known."""
        if indicator_id not in self._spread:
            self._spread[indicator_id] = self.publication.spread(indicator_id)
        return self._spread[indicator_id].get(year, 0.0)


def covered(choice: ReportChoice, reach: Reach) -> CalendarPeriod:
    """The year that the report is of, or the last month that it covers: what the choice says, else as far as the
    publication reaches. A month of every year ('08') is the newest such month.
    """
    december = CalendarPeriod.of(reach.report_year, 12)
    newest = CalendarPeriod.parse(f"{reach.data_through:%Y-%m}") if reach.data_through else december
    if len(choice.through) == len("08"):
        month = int(choice.through)
        return CalendarPeriod.of(newest.year - (month > newest.month), month)
    if choice.through:
        return CalendarPeriod.parse(choice.through)
    return newest if choice.kind == "manadsuppfoljning" else CalendarPeriod.parse(str(reach.report_year))


def _key(spec: SeriesSpec) -> tuple[str, str | None, str | None, str | None, str]:
    return spec.indicator, spec.staff_group, spec.org_unit, spec.breakdown, spec.gender
