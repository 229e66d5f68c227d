"""One fetch of Kolada: catalogues and values become candidates, and the values a log of what changed.

Belongs here: spooling pages, flattening them, the proofs that an answer is complete, the comparison with what is in force.
Does not belong here: requests and paging (`client`), judging a candidate (`expectations`), any mean.

Built for all of Kolada (28 million values): pages are written to disk as delivered, one round (25 indicators, or 25 units) at a
time, flattened and compared by DuckDB, and removed again, while the next round is being fetched. Python sees pages, never rows.
What it must ask for, everything or the changes, `feed` decides.

Rules: K101 id of the wrong shape, K102 contradictory duplicates, K103 a field is missing or of the wrong type, K104
catalogue shrunk, K105 followed indicator not in the catalogue (warning), K106 followed indicator lost all its values, K107
followed indicator lost many values, K108 title changed (warning), K109 unknown status (warning), K110 group rows left out
(warning), K111 an answer that was not asked for.
"""

from __future__ import annotations

import csv
import shutil
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from ingestion.contracts import Kind, Table
from ingestion.findings import DeliveryRefused, Finding
from ingestion.kolada import DATA, KPI, MUNICIPALITY, MUNICIPALITY_GROUPS, OU
from ingestion.kolada.client import MOST_VALUES, KoladaClient, KoladaPermanentError, Page
from ingestion.kolada.feed import Plan, Record, by_unit, feed_years, plan
from ingestion.lake import BOOKKEEPING, WHOLE, Candidate, Lake, Load, content_hash, literal, quoted

SIMULATED = "simulated"
KNOWN_STATUS = ("", "Missing", "Private", SIMULATED)
MEMORY = "512MB"
KEPT_SHARE, TOLERATED_LOSS = 0.8, 20  # an indicator may lose a fifth of its values, or twenty, without a word

# Shape of an id, by the column that holds it: Kolada's, and never a number that lost its leading zeros.
SHAPES = {"kpi_id": r"[NU]\d{5}", "municipality_id": r"\d{4}", "member_id": r"\d{4}", "group_id": r"G\d+", "ou_id": r"V\d{2}\w+"}


@dataclass(frozen=True)
class Followed:
    """An indicator that the platform follows, with the title under which it was chosen."""

    indicator_id: str
    title: str


@dataclass(frozen=True)
class _Catalogue:
    """How one catalogue is read, and how few entries make a complete one.

    columns: fields of the delivered objects, as text. select: the contract's columns from those. counted: SQL aggregate
    that must not fall. floor: for the first load. tolerance: share of the load in force that may be gone.
    """

    table: Table
    columns: str
    select: str
    counted: str
    floor: int
    tolerance: float


def _flag(name: str) -> str:
    return f"case lower({name}) when 'true' then true when '1' then true when 'false' then false when '0' then false end"


_CATALOGUES = (
    _Catalogue(
        KPI,
        "id varchar, title varchar, description varchar, is_divided_by_gender varchar, municipality_type varchar, auspice varchar, "
        "operating_area varchar, perspective varchar, prel_publication_date varchar, publication_date varchar, publ_period varchar, "
        "has_ou_data varchar",
        f"id as kpi_id, title, description, {_flag('is_divided_by_gender')} as is_divided_by_gender, municipality_type, auspice, "
        "operating_area, perspective, try_cast(prel_publication_date as date) as prel_publication_date, "
        f"try_cast(publication_date as date) as publication_date, publ_period as publication_period, {_flag('has_ou_data')} as has_ou_data",
        "count(*)", floor=6000, tolerance=0.02,
    ),
    _Catalogue(
        MUNICIPALITY, "id varchar, title varchar, type varchar", "id as municipality_id, title, type",
        "count(case when type = 'K' then 1 end)", floor=290, tolerance=0.01,
    ),
    _Catalogue(
        MUNICIPALITY_GROUPS, "id varchar, title varchar, members struct(member_id varchar, member_title varchar)[]",
        "id as group_id, title as group_title, unnest(members, recursive := true)",
        "count(distinct group_id)", floor=3000, tolerance=0.05,
    ),
    _Catalogue(
        OU, "id varchar, title varchar, municipality varchar", "id as ou_id, title, municipality as municipality_id",
        "count(*)", floor=0, tolerance=0.1,
    ),
)  # fmt: skip

_VALUES = (
    "kpi varchar, municipality varchar, period varchar, "
    '"values" struct(gender varchar, count varchar, status varchar, value varchar, isdeleted varchar)[]'
)


# Fields that are delivered as number or flag, and what is none: a value must be finite, a year and a count whole.
_UNREAD = (
    ("year", "year is not null and try_cast(year as smallint) is distinct from try_cast(year as double)"),
    ("value", "value is not null and not coalesce(isfinite(try_cast(value as double)), false)"),
    ("count", '"count" is not null and try_cast("count" as bigint) is distinct from try_cast("count" as double)'),
    ("isdeleted", f"isdeleted is not null and {_flag('isdeleted')} is null"),
)

# A deletion is a key and nothing else, however Kolada fills in the rest.
_CASTS = (
    f"try_cast(year as bigint) as year, gender, {_flag('isdeleted')} as is_deleted, "
    "case when not is_deleted then try_cast(value as double) end as value, "
    'case when not is_deleted then try_cast("count" as bigint) end as "count", '
    "case when not is_deleted then coalesce(status, '') else '' end as status"
)


def read_followed(path: Path) -> tuple[Followed, ...]:
    """The followed indicators of a seed with columns indicator_id and indicator; ValueError if an id stands twice."""
    with path.open(encoding="utf-8", newline="") as handle:
        followed = tuple(Followed(row["indicator_id"], row["indicator"]) for row in csv.DictReader(handle))
    if len({one.indicator_id for one in followed}) != len(followed):
        raise ValueError(f"{path}: an indicator_id stands twice; each followed indicator has one row")
    return followed


def fetch(
    client: KoladaClient,
    lake: Lake,
    followed: Sequence[Followed],
    received_at: datetime | None = None,
    full: bool = False,
    log: Callable[[str], None] | None = None,
) -> list[Candidate]:
    """Fetch catalogues and values of the followed indicators, for all units and years; candidates of the tables that changed.

    Must run inside `lake.writer()`. full: everything is fetched, also where the change feed would do. The candidate of `data`
    holds only changes against the lake, and the same ones whether everything or the feed was fetched: new keys, changed value,
    count or status, and keys that are gone (is_deleted, all else null). Nothing changed: no candidate. Candidates come in the
    order in which they must be accepted. log: is told what is asked for and why.

    Raises DeliveryRefused (rules K101-K111) and KoladaError; then no candidate is left behind.
    """
    ordered = tuple(sorted(followed, key=lambda one: one.indicator_id))
    fetching = _Fetch(client, lake, ordered, received_at or datetime.now(UTC), full, log or (lambda _line: None))
    try:
        candidates = fetching.run()
    except BaseException:
        for folder in fetching.folders:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        fetching.con.close()
        shutil.rmtree(fetching.spool, ignore_errors=True)
    return candidates


class _Fetch:
    """The state of one fetch: its spool, its connection, the folders of its candidates."""

    def __init__(
        self,
        client: KoladaClient,
        lake: Lake,
        followed: tuple[Followed, ...],
        received_at: datetime,
        full: bool,
        log: Callable[[str], None],
    ) -> None:
        self.client, self.lake, self.followed, self.received_at, self.full, self.log = client, lake, followed, received_at, full, log
        self.folders: list[Path] = []
        self.spool = lake.new_candidate_dir()
        # Above the limit DuckDB spills into the spool: memory stays bounded however many values are followed.
        self.con = duckdb.connect(config={"temp_directory": str(self.spool / "tmp"), "memory_limit": MEMORY})
        self.in_force = [load for load in lake.in_force() if load.source == DATA.source]

    def run(self) -> list[Candidate]:
        candidates = [self._catalogue(catalogue) for catalogue in _CATALOGUES]
        candidates.append(self._data())
        return [candidate for candidate in candidates if candidate is not None]

    # Catalogues

    def _catalogue(self, catalogue: _Catalogue) -> Candidate | None:
        of = catalogue.table
        origin = f"Kolada /{of.name}"
        files = self._spooled(self.client.catalogue(of.name), of.name)
        self._execute(f"create or replace table delivered as {_objects(files, catalogue.columns)}")
        self.con.execute(f"create or replace table read as select {catalogue.select} from delivered")
        errors: list[Finding] = []
        if of is KPI:
            for name in ("prel_publication_date", "publication_date"):
                bad = f"select {name} from delivered where {name} is not null and try_cast({name} as date) is null"
                errors += self._untyped(origin, name, bad)
        errors += self._badly_shaped(of, origin, "read") + self._missing(of, origin, "read")
        self.con.execute(f"create or replace table {of.full_name} as select distinct * from read")
        errors += self._contradictions(of, origin, of.full_name) + self._shrunk(catalogue, origin)
        if errors:
            raise DeliveryRefused(errors)
        notes = self._followed_in_catalogue() if of is KPI else ()
        content = [column.name for column in of.columns]
        load = self._newest(of)
        if load is not None and load.content_hash == content_hash(self.con, of.full_name, content):
            return None
        return self._candidate(of, f"select * from {of.full_name} order by {', '.join(of.key)}", "api/" + of.name, notes)

    def _shrunk(self, catalogue: _Catalogue, origin: str) -> list[Finding]:
        (found,) = self._one(f"select {catalogue.counted} from {catalogue.table.full_name}")
        load = self._newest(catalogue.table)
        least, why = catalogue.floor, "what a first load must hold"
        if load is not None:
            load.check()
            (before,) = self._one(f"select {catalogue.counted} from read_parquet({literal(load.parquet)})")
            least, why = int(before * (1 - catalogue.tolerance)), f"the load in force holds {before}"
        if found >= least:
            return []
        advice = "The answer is probably cut off: fetch again. If Kolada really has fewer, say so to whoever keeps the platform."
        return [Finding("K104", "error", origin, f"{found} entries", f"at least {least} ({why})", advice)]

    def _followed_in_catalogue(self) -> tuple[Finding, ...]:
        titles = dict(self.con.execute(f"select kpi_id, title from {KPI.full_name}").fetchall())
        notes = []
        for one in self.followed:
            title = titles.get(one.indicator_id)
            if title is None:
                advice = (
                    "Kolada withdraws indicators without notice: decide whether it is replaced, and change the list of followed indicators."
                )
                notes.append(Finding("K105", "warning", "Kolada /kpi", f"no {one.indicator_id}", f"'{one.title}'", advice, column="id"))
            elif title != one.title:
                advice = (
                    f"Read Kolada's description of {one.indicator_id}: another unit or definition "
                    "needs a series break; then pin the new title."
                )
                notes.append(Finding("K108", "warning", "Kolada /kpi", f"'{title}'", f"'{one.title}'", advice, column="title"))
        return tuple(notes)

    # Values

    def _data(self) -> Candidate | None:
        units = [row[0] for row in self.con.execute(f"select municipality_id from {MUNICIPALITY.full_name} order by 1").fetchall()]
        logs = [load for load in self.in_force if load.table == DATA.name]
        for load in logs:
            load.check()
        asked = plan(logs, [one.indicator_id for one in self.followed], units, self.received_at, self.full)
        self.log(asked.why)
        self.con.execute("create or replace table asked_units as select unnest(?) as unit", [units])
        parts: list[Path] = []
        values: dict[str, int] = {}
        errors: list[Finding] = []
        notes: list[Finding] = []

        rounds = _batches(asked.whole)
        with closing(self._prefetched(self.client.data(kpis, units) for kpis in rounds)) as fetched:
            for kpis, files in zip(rounds, fetched, strict=True):
                found_errors, found_notes = self._read_values(files, kpis)
                errors += found_errors
                notes += found_notes
                if not found_errors:
                    self._state(logs, kpis)
                    lost, held = self._held(dict.fromkeys(kpis, 0), whole=True)
                    errors += lost
                    values |= held
                    parts.append(self._changes(len(parts), whole=True))
        if asked.changed:
            found_errors, found_notes = self._read_feed(asked, units)
            errors += found_errors
            notes += found_notes
            if not found_errors:
                self._state(logs)
                lost, held = self._held(asked.values, whole=False)
                errors += lost
                values |= held
                parts.append(self._changes(len(parts), whole=False))
        if values and not any(values.values()) and not errors:
            advice = "Fetch again; if it stays, look at what stands between Kolada and the platform."
            errors.append(Finding("K106", "error", "Kolada /data", "no value of any indicator", "values", advice, column="value"))
        if errors:
            raise DeliveryRefused(errors)
        listed = ", ".join(literal(path) for path in parts)
        if not parts or not self._one(f"select count(*) from read_parquet([{listed}])")[0]:
            return None
        candidate = self._candidate(DATA, f"select * from read_parquet([{listed}])", "api/data", tuple(_summed(notes)))
        Record(asked.from_date.isoformat() if asked.from_date else None, tuple(units), values).write(candidate.path)
        return candidate

    def _read_feed(self, asked: Plan, units: list[str]) -> tuple[list[Finding], list[Finding]]:
        """Table `fresh`: all that changed, of the indicators that the plan asks changes of; errors and warnings."""
        since, years = str(asked.from_date), feed_years(self.received_at)
        rounds: list[tuple[Sequence[str] | None, Iterator[Page]]]
        if by_unit(len(asked.changed), len(units), len(years)):
            rounds = [(None, self.client.data((), batch, years, since)) for batch in _batches(units)]
        else:
            rounds = [(batch, self.client.data(batch, units, (), since)) for batch in _batches(asked.changed)]
        self.con.execute("create or replace table changed_kpis as select unnest(?) as kpi_id", [list(asked.changed)])
        errors: list[Finding] = []
        notes: list[Finding] = []
        with closing(self._prefetched(pages for _kpis, pages in rounds)) as fetched:
            for (kpis, _pages), files in zip(rounds, fetched, strict=True):
                found_errors, found_notes = self._read_values(files, kpis)
                errors += found_errors
                notes += found_notes
                self.con.execute("create table if not exists feed as select * from fresh where false")
                self.con.execute("insert into feed select * from fresh semi join changed_kpis using (kpi_id)")
        self.con.execute("create or replace table fresh as select * from feed")
        return errors, notes

    def _read_values(self, files: list[Path], kpis: Sequence[str] | None) -> tuple[list[Finding], list[Finding]]:
        """Table `fresh`: the pages' values, typed, one row per key; errors and warnings. kpis: those asked for, None for all.

        Every field is read as text and cast once: a reader of types would make 1.0 of `true` and say nothing.
        """
        origin = "Kolada /data"
        flat = (
            'select kpi as kpi_id, municipality as municipality_id, period as year, unnest("values", recursive := true) '
            f"from ({_objects(files, _VALUES)})"
        )
        unread = " or ".join(f"({bad})" for _column, bad in _UNREAD)
        self._execute(f"create or replace table fresh as select kpi_id, municipality_id, {_CASTS}, {unread} as is_unread from ({flat})")
        right = [
            "not is_unread", "gender in ('T', 'K', 'M')", "year is not null", "is_deleted is not null",
            *(f"regexp_full_match({name}, {literal(SHAPES[name])})" for name in ("kpi_id", "municipality_id")),
            "municipality_id in (select unit from asked_units)",
        ]  # fmt: skip
        if kpis is not None:
            right.append(f"kpi_id in ({', '.join(map(literal, kpis))})")
        suspect, groups, keys, rows = self._one(
            f"select count(*) filter (where not coalesce({' and '.join(right)}, false)), "
            "count(*) filter (where starts_with(municipality_id, 'G')), count(distinct (kpi_id, municipality_id, year, gender)), count(*) "
            "from fresh"
        )
        notes = []
        if groups:
            advice = "Groups are computed from their members; nothing to do."
            notes.append(
                Finding(
                    "K110",
                    "warning",
                    origin,
                    "rows of groups",
                    "rows of municipalities and regions",
                    advice,
                    column="municipality",
                    count=groups,
                )
            )
            self.con.execute("delete from fresh where starts_with(municipality_id, 'G')")
        # What follows names what is wrong, which is seldom anything: the sums above have looked at every row.
        errors = self._wrong_values(flat, kpis) if suspect > groups else []
        for path in files:
            path.unlink()
        if keys < rows and not errors:
            self.con.execute("create or replace table fresh as select distinct * from fresh")
            errors = self._contradictions(DATA, origin, "fresh")
        statuses = self.con.execute(
            "select status, count(*) from fresh where status not in (select unnest(?)) group by 1 order by 1", [KNOWN_STATUS]
        )
        for status, count in statuses.fetchall():
            advice = "The values are kept with their status: find out at RKA what it means."
            expected = "'', 'Missing' or 'Private'"
            notes.append(Finding("K109", "warning", origin, f"status '{status[:40]}'", expected, advice, column="status", count=count))
        return errors, notes

    def _wrong_values(self, flat: str, kpis: Sequence[str] | None) -> list[Finding]:
        """K101, K103 and K111 by column, with the first value of each that is wrong. flat: the delivered texts."""
        origin = "Kolada /data"
        self.con.execute(f"create or replace table delivered as select * from ({flat}) where not starts_with(municipality_id, 'G')")
        errors = self._badly_shaped(DATA, origin, "delivered")
        for column, bad in _UNREAD:
            errors += self._untyped(origin, column, f'select "{column}" from delivered where {bad}')
        errors = errors or self._missing(DATA, origin, "fresh")
        (strange,) = self._one("select count(*) from fresh where gender not in ('T', 'K', 'M')")
        if strange:
            errors.append(
                Finding(
                    "K103",
                    "error",
                    origin,
                    "another gender",
                    "T, K or M",
                    "Read Kolada's changes to API v3.",
                    column="gender",
                    count=strange,
                )
            )
        asked = "true" if kpis is None else f"kpi_id in ({', '.join(map(literal, kpis))})"
        (unasked,) = self._one(f"select count(*) from fresh where not ({asked}) or municipality_id not in (select unit from asked_units)")
        if unasked and not errors:
            advice = "The answer does not belong to the request: fetch again, and report it to RKA if it stays."
            errors.append(
                Finding("K111", "error", origin, "values of other indicators or units", "only what was asked for", advice, count=unasked)
            )
        return errors

    def _state(self, logs: Sequence[Load], kpis: Sequence[str] | None = None) -> None:
        """Table `state`: the newest row in the lake that is not a deletion, of each key of these indicators.

        Without kpis: of each key in `fresh`. The lake's files are sorted by indicator, so little of them is read.
        """
        key = "kpi_id, municipality_id, year, gender"
        if kpis is None:
            (first, last), wanted = self._one("select min(kpi_id), max(kpi_id) from fresh"), f"semi join fresh using ({key})"
        else:
            first, last, wanted = min(kpis), max(kpis), ""
        where = f"kpi_id between {literal(first or '')} and {literal(last or '')}"
        if kpis is not None:
            where += f" and kpi_id in ({', '.join(map(literal, kpis))})"
        source = "select *, 0 as sequence from fresh where false"
        if logs:
            files = ", ".join(literal(path) for path in dict.fromkeys(load.parquet for load in logs))
            orders = ", ".join(f"({literal(load.load_id)}, {load.sequence})" for load in logs)
            source = (
                f'select {key}, value, "count", status, is_deleted, sequence from (select * from read_parquet([{files}]) where {where}) '
                f"{wanted} join (values {orders}) as loads (load_id, sequence) using (load_id)"
            )
        if len(logs) > 1:  # in one load, every key has one row
            newest = ", ".join(
                f"arg_max(struct_pack(v := {name}), sequence).v as {name}" for name in ("value", '"count"', "status", "is_deleted")
            )
            source = f"select {key}, {newest} from ({source}) group by {key}"
        self.con.execute(f'create or replace table state as select {key}, value, "count", status from ({source}) where not is_deleted')

    def _held(self, before: dict[str, int], whole: bool) -> tuple[list[Finding], dict[str, int]]:
        """Rules K106 and K107, and per indicator the number of its values in the lake when `fresh` is accepted.

        before: numbers until now; of a whole fetch they are counted from `state` instead.
        """
        in_state = dict(self.con.execute("select kpi_id, count(value) from state group by kpi_id").fetchall())
        in_fresh = dict(self.con.execute("select kpi_id, count(value) from fresh where not is_deleted group by kpi_id").fetchall())
        findings, held = [], {}
        for kpi, count in before.items():
            was = in_state.get(kpi, 0) if whole else count
            now = in_fresh.get(kpi, 0) if whole else count - in_state.get(kpi, 0) + in_fresh.get(kpi, 0)
            held[kpi] = now
            if was and not now:
                advice = (
                    "Fetch again. If Kolada withdrew the indicator, take it off the list of followed indicators; "
                    "its history stays in the lake."
                )
                found, expected = f"no value of {kpi}", f"values, as before ({was})"
                findings.append(Finding("K106", "error", "Kolada /data", found, expected, advice, column="value"))
            elif now < KEPT_SHARE * was and was - now > TOLERATED_LOSS:
                advice = "Fetch again; compare with the indicator's page at kolada.se."
                found = f"{now} values of {kpi}"
                findings.append(Finding("K107", "error", "Kolada /data", found, f"about {was}, as in the lake", advice, column="value"))
        return findings, held

    def _changes(self, number: int, whole: bool) -> Path:
        """What `fresh` says anew against `state`, as a sorted Parquet part. whole: what is not in `fresh` is gone."""
        key = "kpi_id, municipality_id, year, gender"
        path = self.spool / f"changes_{number:05}.parquet"
        gone = f"union all select {key}, null, null, '', true from state anti join fresh using ({key}) " if whole else ""
        self.con.execute(
            "copy (select * from ("
            f'select {key}, f.value, f."count", f.status, f.is_deleted from fresh f left join state s using ({key}) '
            "where case when s.status is null then not f.is_deleted else f.is_deleted or f.value is distinct from s.value "
            'or f."count" is distinct from s."count" or f.status <> s.status end '
            f"{gone}) order by kpi_id, gender, municipality_id, year) to {literal(path)} (format parquet, compression snappy)"
        )
        return path

    # Shared

    def _spooled(self, pages: Iterable[Page], name: str, stop: threading.Event | None = None) -> list[Path]:
        """The pages as files, byte for byte as they came."""
        files = []
        for number, page in enumerate(pages):
            path = self.spool / f"{name}_{number:05}.json"
            path.write_bytes(page.body)
            files.append(path)
            if stop is not None and stop.is_set():
                break
        return files

    def _prefetched(self, rounds: Iterable[Iterable[Page]]) -> Generator[list[Path], None, None]:
        """Each round's pages as files, in order: one round ahead of whoever takes them, and never more, which bounds the spool."""
        stop = threading.Event()
        with ThreadPoolExecutor(1, "kolada") as fetcher:
            try:
                ahead: Future[list[Path]] | None = None
                for number, pages in enumerate(rounds):
                    following = fetcher.submit(self._spooled, pages, f"round_{number:05}", stop)
                    if ahead is not None:
                        yield ahead.result()
                    ahead = following
                if ahead is not None:
                    yield ahead.result()
            finally:
                stop.set()
                fetcher.shutdown(cancel_futures=True)

    def _execute(self, sql: str) -> None:
        """Run what reads pages; what the client let through and DuckDB cannot read is an answer that no repetition mends."""
        try:
            self.con.execute(sql)
        except duckdb.InvalidInputException as error:
            raise KoladaPermanentError(
                f"Kolada's answer could not be read: {str(error).splitlines()[0][:200]}. "
                "Nothing was taken in; report it to RKA if it stays."
            ) from error

    def _candidate(self, of: Table, select: str, file: str, notes: tuple[Finding, ...]) -> Candidate:
        folder = self.lake.new_candidate_dir()
        self.folders.append(folder)
        parquet = folder / "data.parquet"
        made = {"source_row": "row_number() over ()", "load_id": literal(folder.name)}
        columns = ", ".join(f'cast({made.get(name, quoted(name))} as {kind}) as "{name}"' for name, kind in of.lake_columns())
        self.con.execute(f"copy (select {columns} from ({select})) to {literal(parquet)} (format parquet, compression zstd)")
        relation = f"read_parquet({literal(parquet)})"
        (rows,) = self._one(f"select count(*) from {relation}")
        through, simulated = None, False
        if of is DATA:
            year, simulated = self._one(
                f"select max(case when value is not null then year end), coalesce(bool_or(status = '{SIMULATED}'), false) from {relation}"
            )
            through = date(year, 12, 31) if year else None
        content = [name for name, _kind in of.lake_columns() if name not in BOOKKEEPING]
        return Candidate(
            load_id=folder.name, table=of, municipality_id=WHOLE, period=WHOLE, file=file, format="api", path=folder, rows=rows,
            content_hash=content_hash(self.con, relation, content), data_through=through, key_id=None, received_at=self.received_at,
            is_simulated=simulated, notes=notes,
        )  # fmt: skip

    def _newest(self, of: Table) -> Load | None:
        return next((load for load in reversed(self.in_force) if load.table == of.name), None)

    def _badly_shaped(self, of: Table, origin: str, relation: str) -> list[Finding]:
        """K101: ids that are not Kolada's, above all municipalities that lost their leading zeros."""
        findings = []
        for column in of.columns:
            if column.name not in SHAPES or (of is MUNICIPALITY_GROUPS and column.name == "municipality_id"):
                continue
            shape = SHAPES[column.name]
            bad = self.con.execute(
                f"select count(*), min({column.name}) from {relation} "
                f"where {column.name} is not null and not regexp_full_match({column.name}, ?)",
                [shape],
            ).fetchone()
            if bad and bad[0]:
                advice = "Ids are text and keep their leading zeros; look at what stands between Kolada and the platform."
                findings.append(
                    Finding(
                        "K101",
                        "error",
                        origin,
                        f"'{bad[1][:20]}'",
                        f"an id like {column.example}",
                        advice,
                        column=column.header,
                        count=bad[0],
                    )
                )
        return findings

    def _missing(self, of: Table, origin: str, relation: str) -> list[Finding]:
        """K103: required fields without a value (a flag that is neither true nor false is one)."""
        findings = []
        for column in of.columns:
            if column.required and column.kind is not Kind.DROPPED:
                (count,) = self._one(f'select count(*) from {relation} where "{column.name}" is null')
                if count:
                    advice = "Read Kolada's changes to API v3: the field may have been renamed."
                    findings.append(
                        Finding(
                            "K103", "error", origin, "no value", f"a value like {column.example}", advice, column=column.header, count=count
                        )
                    )
        return findings

    def _untyped(self, origin: str, column: str, select: str) -> list[Finding]:
        """K103: texts that should be numbers or dates; `select` finds them."""
        bad = self.con.execute(f"select count(*), min(x) from ({select}) t(x)").fetchone()
        if not bad or not bad[0]:
            return []
        advice = "Read Kolada's changes to API v3."
        return [
            Finding(
                "K103", "error", origin, f"'{bad[1][:20]}'", "a number or a date, as in the contract", advice, column=column, count=bad[0]
            )
        ]

    def _contradictions(self, of: Table, origin: str, relation: str) -> list[Finding]:
        """K102: one key with two different rows (equal ones were folded together before)."""
        key = ", ".join(of.key)
        bad = self.con.execute(f"select {key} from {relation} group by {key} having count(*) > 1 order by {key}").fetchall()
        if not bad:
            return []
        advice = "Fetch again: Kolada may have been publishing while it was read."
        found = f"two different rows of {'/'.join(map(str, bad[0]))}"
        return [Finding("K102", "error", origin, found, "one row", advice, column=", ".join(of.key), count=len(bad))]

    def _one(self, sql: str) -> tuple:
        row = self.con.execute(sql).fetchone()
        assert row is not None
        return row


def _batches(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + MOST_VALUES] for start in range(0, len(values), MOST_VALUES)]


def _objects(files: Sequence[Path], columns: str) -> str:
    """SQL: one row per delivered object, every field as text; its list-valued fields as they are declared."""
    largest = max(path.stat().st_size for path in files) + 1  # DuckDB's buffers are twice this
    listed = ", ".join(literal(path) for path in files)
    kind = literal(f"struct({columns})[]")
    return (
        f"select unnest(page, max_depth := 2) from (select \"values\" as page from read_json([{listed}], format = 'unstructured', "
        f'columns = {{"values": {kind}}}, maximum_object_size = {largest}))'
    )


def _summed(notes: Iterable[Finding]) -> Iterator[Finding]:
    """One finding per rule and what was found, with the counts of all batches together."""
    together: dict[tuple[str, str], Finding] = {}
    for note in notes:
        known = together.get((note.rule, note.found))
        count = note.count + (known.count if known else 0)
        together[note.rule, note.found] = Finding(**{**note.as_dict(), "count": count})
    yield from together.values()
