"""The publication as typed figures: the only place of the reports that reads a database.

Belongs here: queries of `marts` and `meta`, and the types of their rows. Does not belong here: wording, layout, and
what a mart should hold or has judged, such as whether a figure may be shown (DEFINITIONS §8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb

from ingestion.failures import PermanentFailure

Row = TypeVar("Row")


class PublicationUnreadable(PermanentFailure):
    """The file is no publication that this version can read; the message says which table or column is missing."""


@dataclass(frozen=True)
class About:
    """The one row of `meta.publication`."""

    publication_id: str
    created_at: datetime
    as_of: datetime
    environment: str
    git_sha: str
    content_hash: str
    data_through: date | None

    @property
    def is_demo(self) -> bool:
        """Whether the publication was built on the bundled demonstration data."""
        return self.environment == "demo"


@dataclass(frozen=True)
class Reach:
    """How far a municipality's reports go. report_year: the year of those of a whole year. data_through: last day of the
    newest month that ledger and HR have delivered; None where neither does.
    """

    report_year: int
    data_through: date | None


@dataclass(frozen=True)
class Indicator:
    """A row of `dim_indicator`."""

    indicator_id: str
    indicator: str
    domain: str
    service_area: str | None
    similar_group_kind: str | None
    unit: str
    good_direction: str | None
    decimals: int
    ended_after: int | None
    series_break_year: int | None
    disclosure_class: str
    formula: str | None
    source: str | None
    kolada_description: str | None

    @property
    def definition(self) -> str:
        """How the indicator is computed, in the words of whoever computes it."""
        return self.formula or self.kolada_description or ""


@dataclass(frozen=True)
class Figure:
    """A row of `marts.indicators`: a value with its comparison, its neighbours in time, its marks and its origin."""

    domain: str
    municipality_id: str
    indicator_id: str
    org_unit: str | None
    staff_group: str | None
    breakdown: str | None
    gender: str
    period_start: date
    period_end: date
    period_grain: str
    measure_time: str
    value: float | None
    numerator: float | None
    denominator: float | None
    n: float | None
    unit: str
    series_id: str | None
    disclosure_class: str
    region_mean: float | None
    region_count: int | None
    similar_mean: float | None
    similar_count: int | None
    national_mean: float | None
    national_count: int | None
    national_rank: int | None
    target: float | None
    previous_value: float | None
    change: float | None
    same_period_last_year: float | None
    is_preliminary: bool
    is_revised: bool
    is_suppressed: bool
    is_simulated: bool
    comparison_is_simulated: bool
    source: str
    lineage_id: str

    @property
    def year(self) -> int:
        """The year that the period ends in."""
        return self.period_end.year

    @property
    def key(self) -> str:
        """The row's key as text, so that a printed figure or sentence can name it."""
        splits = "".join(f"/{part}" for part in (self.org_unit, self.staff_group, self.breakdown) if part)
        what = f"{self.domain}/{self.indicator_id}/{self.municipality_id}/{self.gender}"
        return f"{what}/{self.period_start}--{self.period_end}/{self.measure_time}{splits}"

    @property
    def hidden(self) -> bool:
        """Whether the value is not shown as too few people stand behind it (DEFINITIONS §8). The mart has judged;
        nobody judges again.
        """
        return self.is_suppressed

    @property
    def shown(self) -> float | None:
        """The value, or None where it is missing or must not be shown."""
        return None if self.hidden else self.value

    def mean(self, measure: str) -> float | None:
        """The mean of a comparison group (`measure`: region_mean, similar_mean, national_mean).

        None where fewer than two members have a value: the region holds the municipality itself, and nobody is compared
        with himself. A mean that came as one, without a number of members, stands as it came.
        """
        count = getattr(self, measure.replace("_mean", "_count"))
        return None if count is not None and count < 2 else getattr(self, measure)


FIGURE_COLUMNS = tuple(Figure.__dataclass_fields__)


@dataclass(frozen=True)
class Group:
    """A comparison group of the municipality with its number of members (own municipality counted only in *region*)."""

    kind: str
    similar_group_kind: str | None
    group_id: str
    group_title: str | None
    label: str
    member_count: int


@dataclass(frozen=True)
class StatementRow:
    """A row of `operating_statement`, in kronor: income positive, cost negative."""

    municipality_id: str
    year: int
    line_id: str
    line: str
    line_order: int
    is_sum: bool
    budget: float | None
    actual: float | None
    deviation: float | None
    previous_actual: float | None
    change: float | None
    budget_version: str | None
    ledger_status: str
    is_preliminary: bool
    is_revised: bool
    lineage_id: str

    @property
    def key(self) -> str:
        """The row's key as text."""
        return f"operating_statement/{self.municipality_id}/{self.year}/{self.line_id}"


STATEMENT_COLUMNS = tuple(StatementRow.__dataclass_fields__)


@dataclass(frozen=True)
class Load:
    """A row of `meta.loads`."""

    load_id: str
    source: str
    table_name: str
    municipality_id: str
    period: str
    file: str | None
    accepted_at: datetime
    data_through: date | None
    is_simulated: bool


LOAD_COLUMNS = tuple(Load.__dataclass_fields__)

DOMAINS = ("volumes", "costs", "quality", "staffing")
KEYS = {
    "indicators": "concat_ws('/', domain, indicator_id, municipality_id, gender, period_start || '--' || period_end, measure_time, "
    "org_unit, staff_group, breakdown)",
    "operating_statement": "concat_ws('/', 'operating_statement', municipality_id, year, line_id)",
    "operating_statement_ytd": "concat_ws('/', 'operating_statement_ytd', municipality_id, period_end, line_id, org_unit)",
    "ledger_monthly": "concat_ws('/', 'ledger_monthly', municipality_id, year)",
    "goal_follow_up": "concat_ws('/', 'goal_follow_up', municipality_id, year, goal_id, indicator_id, org_unit, breakdown)",
    "internal_control": "concat_ws('/', 'internal_control', municipality_id, year, control_id, row_order)",
    "provider_follow_up": "concat_ws('/', 'provider_follow_up', municipality_id, year, follow_up_id)",
    "government_grants": "concat_ws('/', 'government_grants', municipality_id, year, "
    "coalesce('grant=' || grant_id, case row_kind when 'total' then 'total' else grant_type end))",
    "grants_passed_on": "concat_ws('/', 'grants_passed_on', municipality_id, year, "
    "'grant=' || grant_id || ';recipient=' || translate(lower(recipient), 'åäöé ', 'aaoe_'))",
    "investments": "concat_ws('/', 'investments', municipality_id, year, line_id)",
    "forecast_accuracy": "concat_ws('/', 'forecast_accuracy', municipality_id, year, occasion)",
    "measures_follow_up": "concat_ws('/', 'measures_follow_up', municipality_id, year, measure_id)",
}
"""How a row's key is written, by mart."""


def _added(one: Any, other: Any) -> Any:
    return one + other if isinstance(one, float) and isinstance(other, float) else one if other is None else other


Key = tuple[str, str | None, str | None, str | None, str]  # indicator, staff_group, org_unit, breakdown, gender


class Figures:
    """A municipality's figures of all grains, found by indicator, split and period."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._by_key: dict[Key, list[Figure]] = {}
        for figure in figures:
            key = (figure.indicator_id, figure.staff_group, figure.org_unit, figure.breakdown, figure.gender)
            self._by_key.setdefault(key, []).append(figure)

    def splits(self, indicator_id: str) -> list[Key]:
        """The keys of all splits of an indicator, the total among them."""
        return [key for key in self._by_key if key[0] == indicator_id]

    def has(self, indicator_id: str, year: int) -> bool:
        """Whether any split of the indicator has a value of the year or of a part of it."""
        found = (figure for key in self.splits(indicator_id) for figure in self._by_key[key])
        return any(figure.year == year and figure.value is not None for figure in found)

    def by_year(self, key: Key, measure_time: str | None = None) -> dict[int, Figure]:
        """The yearly figures of a series by year, oldest first; of a year with several, that over the year goes before
        that of a day.
        """
        yearly = [
            figure
            for figure in self._by_key.get(key, [])
            if figure.period_grain == "year" and measure_time in (None, figure.measure_time)
        ]
        return {
            figure.year: figure
            for figure in sorted(yearly, key=lambda figure: (figure.period_end, figure.measure_time == "period"))
        }

    def of_days(self, key: Key, days: tuple[date, date], measure_time: str | None = None) -> Figure | None:
        """The figure of the period from the first to the last of `days`; None where there is none.

        measure_time: None takes what is over the days, else the stock of the last day. The marts keep December's year
        to date and rolling twelve months as the figure of the year: they are found under both names.
        """
        first, last = days
        ending = [figure for figure in self._by_key.get(key, []) if figure.period_end == last]
        over = [figure for figure in ending if figure.measure_time == "period"]
        exact = [figure for figure in over if figure.period_start == first]
        if measure_time == "period":
            found = exact
        elif measure_time in ("ytd", "rolling_12"):
            is_year = (last.month, last.day) == (12, 31)
            whole = [figure for figure in over if is_year and figure.period_start == date(last.year, 1, 1)]
            found = [figure for figure in ending if figure.measure_time == measure_time] + whole
        else:
            stocks = [figure for figure in ending if figure.measure_time == "point"]
            found = stocks if measure_time == "point" else exact + stocks
        return found[0] if found else None

    def days(self, key: Key, measure_time: str | None = None) -> list[Figure]:
        """The figures of a series within the year (months and quarters), oldest first."""
        found = [
            figure
            for figure in self._by_key.get(key, [])
            if figure.period_grain in ("month", "quarter", "tertial") and measure_time in (None, figure.measure_time)
        ]
        return sorted(found, key=lambda figure: figure.period_end)


class Publication:
    """A publication opened read-only; a context manager, so that the file is let go when the report is written."""

    def __init__(self, path: Path) -> None:
        # The pointer may be flipped while we read: open what it points at now, and nothing else.
        self.path = path.resolve(strict=True)
        self._connection = duckdb.connect(str(self.path), read_only=True)

    def __enter__(self) -> Publication:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def _rows(self, sql: str, parameters: list[object] | None = None) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, parameters or []).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise PublicationUnreadable(f"{self.path.name}: {error}; expected a publication of this version") from error

    def about(self) -> About:
        """When, from what and by which code the publication was made."""
        rows = self._rows(f"select {', '.join(About.__dataclass_fields__)} from meta.publication")
        if len(rows) != 1:
            raise PublicationUnreadable(f"{self.path.name}: meta.publication has {len(rows)} rows; expected one")
        return About(*rows[0])

    def reach(self, municipality_id: str) -> Reach:
        """How far the municipality's reports go; PublicationUnreadable where it is not configured there."""
        sql = "select report_year, data_through from marts.dim_municipality where municipality_id = ?"
        rows = self._rows(sql, [municipality_id])
        if len(rows) != 1 or rows[0][0] is None:
            raise PublicationUnreadable(
                f"{self.path.name}: marts.dim_municipality has no report_year of municipality {municipality_id}; expected one. "
                "Build and publish anew: the municipality was configured after this publication was made."
            )
        return Reach(*rows[0])

    def indicators(self) -> dict[str, Indicator]:
        """All indicators that the publication knows, by id."""
        columns = ", ".join(Indicator.__dataclass_fields__)
        return {row[0]: Indicator(*row) for row in self._rows(f"select {columns} from marts.dim_indicator")}

    def figures(self, municipality_id: str, first_year: int, last_year: int) -> Figures:
        """The figures of one municipality whose periods end in `first_year`-`last_year`."""
        sql = f"""
            select {", ".join(FIGURE_COLUMNS)}
            from marts.indicators
            where municipality_id = ? and period_end between ? and ?
            order by indicator_id, period_end, measure_time"""
        rows = self._rows(sql, [municipality_id, date(first_year, 1, 1), date(last_year, 12, 31)])
        return Figures(Figure(*row) for row in rows)

    def members(self, municipality_id: str, indicator_id: str, year: int) -> list[tuple[str, Figure]]:
        """(name, figure) of every member of the municipality's region for the indicator and year, all splits; by name."""
        columns = ", ".join(f"i.{column}" for column in FIGURE_COLUMNS)
        sql = f"""
            select m.member, {columns}
            from marts.indicators i
            join marts.dim_comparison_group_member m on m.member_id = i.municipality_id and m.kind = 'region' and m.municipality_id = ?
            where i.indicator_id = ? and i.period_grain = 'year' and year(i.period_end) = ?
            order by m.member, i.breakdown, i.staff_group, i.gender"""
        return [(row[0], Figure(*row[1:])) for row in self._rows(sql, [municipality_id, indicator_id, year])]

    def nation(self, indicator_id: str, year: int) -> list[tuple[str, Figure]]:
        """(name, figure) of every municipality with a value of the indicator's total in the year; the highest first."""
        columns = ", ".join(f"i.{column}" for column in FIGURE_COLUMNS)
        sql = f"""
            select m.municipality, {columns}
            from marts.indicators i join marts.dim_municipality m using (municipality_id)
            where m.municipality_type = 'K' and i.indicator_id = ? and i.gender = 'T' and i.period_grain = 'year' and i.value is not null
              and year(i.period_end) = ? and i.org_unit is null and i.staff_group is null and i.breakdown is null
            order by i.value desc, m.municipality"""
        return [(row[0], Figure(*row[1:])) for row in self._rows(sql, [indicator_id, year])]

    def spread(self, indicator_id: str) -> dict[int, float]:
        """Standard deviation of the municipalities' values by year: the width of "i nivå med" (DEFINITIONS 5.4)."""
        sql = """
            select i.period_end, stddev_samp(i.value)
            from marts.indicators i join marts.dim_municipality m using (municipality_id)
            where m.municipality_type = 'K' and i.gender = 'T' and i.period_grain = 'year' and i.indicator_id = ?
              and i.org_unit is null and i.staff_group is null and i.breakdown is null
            group by 1"""
        return {row[0].year: row[1] for row in self._rows(sql, [indicator_id]) if row[1] is not None}

    def records(self, mart: str, row_type: type[Row], **equal: object) -> list[Row]:
        """The rows of `marts.<mart>` as instances of the dataclass `row_type` (its fields are the columns that are
        read), where the columns named in `equal` have these values; in the order of the fields. PublicationUnreadable
        without the mart or a column.
        """
        columns = ", ".join(field.name for field in fields(row_type))  # type: ignore[arg-type]
        condition = " and ".join(f"{name} = ?" for name in equal) or "true"
        sql = f"select {columns} from marts.{mart} where {condition} order by all"
        return [row_type(*row) for row in self._rows(sql, list(equal.values()))]

    def rows_of(self, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The mart rows that `keys` name (as `key` of the rows' classes writes them), with all their columns; no entry
        where there is none.

        Read by the key alone and not through the classes above: whoever judges a report must not look through the eyes
        that made it.
        """
        wanted: dict[str, list[str]] = {}
        for key in keys:
            mart = key.split("/")[0]
            wanted.setdefault("indicators" if mart in DOMAINS else mart, []).append(key)
        found: dict[str, dict[str, Any]] = {}
        for mart in wanted.keys() & KEYS.keys():
            sql = f"select {KEYS[mart]} as key, * from marts.{mart} where {KEYS[mart]} in (select unnest(?))"
            parameters: list[object] = [wanted[mart]]
            if mart == "indicators":
                sql += " and indicator_id in (select unnest(?))"
                parameters.append(sorted({key.split("/")[1] for key in wanted[mart]}))
            try:
                cursor = self._connection.execute(sql, parameters)
            except duckdb.CatalogException as error:
                raise PublicationUnreadable(
                    f"{self.path.name}: {error}; expected a publication of this version"
                ) from error
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                of_row = dict(zip(names, row, strict=True))
                if of_row["key"] in found:  # several rows of one key (months of a year): what is added up
                    before = found[of_row["key"]]
                    of_row = {name: _added(before[name], value) for name, value in of_row.items()}
                found[of_row["key"]] = of_row
        return found

    def municipalities(self) -> int:
        """The number of municipalities (regions and the nation left out): the N of the national mean."""
        return int(self._rows("select count(*) from marts.dim_municipality where municipality_type = 'K'")[0][0])

    def groups(self, municipality_id: str) -> list[Group]:
        """The municipality's comparison groups with the number of members that their means can rest on."""
        sql = f"""
            select {", ".join(Group.__dataclass_fields__)}
            from marts.dim_comparison_group
            where municipality_id = ?
            order by kind, similar_group_kind"""
        return [Group(*row) for row in self._rows(sql, [municipality_id])]

    def operating_statement(self, municipality_id: str, year: int) -> list[StatementRow]:
        """The lines of the year's operating statement in print order; empty where there is no ledger."""
        sql = f"""
            select {", ".join(STATEMENT_COLUMNS)}
            from marts.operating_statement
            where municipality_id = ? and year = ?
            order by line_order"""
        return [StatementRow(*row) for row in self._rows(sql, [municipality_id, year])]

    def sources_of(self, municipality_id: str) -> frozenset[str]:
        """The sources that the municipality has delivered by itself; Kolada is fetched for all."""
        sql = "select distinct source from meta.loads where municipality_id = ?"
        return frozenset(source for (source,) in self._rows(sql, [municipality_id]))

    def loads(self) -> dict[str, Load]:
        """All loads that the publication rests on, by id."""
        return {
            row[0]: Load(*row)
            for row in self._rows(f"select {', '.join(LOAD_COLUMNS)} from meta.loads order by load_id")
        }

    def loads_of(self, lineage_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The ids of the loads behind each lineage."""
        wanted = sorted(set(lineage_ids))
        sql = "select lineage_id, load_id from meta.figure_loads where list_contains(?, lineage_id) order by lineage_id, load_id"
        found: dict[str, tuple[str, ...]] = {}
        for lineage_id, load_id in self._rows(sql, [wanted]):
            found[lineage_id] = (*found.get(lineage_id, ()), load_id)
        return found
