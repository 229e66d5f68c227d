"""One fetch of Kolada: catalogues and values become candidates, and the values a log of what changed.

Belongs here: the rounds of a fetch and their order, the catalogues, the proofs that an answer is complete, the
candidates. Does not belong here: requests and paging (`client`), what to ask for (`feed`), what one round's values say
(`values`), judging a candidate (`expectations`), any mean.

Built for all of Kolada (28 million values): the objects are written to disk as delivered, one round (25 indicators, or
25 units) a file, flattened and compared by DuckDB, and removed again, while the next rounds are being fetched. Python
sees pages, never rows.

An indicator that Kolada no longer has (it is not in the catalogue, has lost all its values, or is answered with an
error) holds up nothing: it is told, written into the table of withdrawn ones, and its values stay as they are. Many at
once are a fault of the API.

Rules: K101 id of the wrong shape, K102 contradictory duplicates, K103 a field is missing or of the wrong type, K104
catalogue shrunk, K105 followed indicator not in the catalogue and K106 followed indicator lost all its values
(warnings; errors where they are many), K107 followed indicator lost many values, K108 title changed (warning), K109
unknown status (warning), K110 group rows left out (warning), K111 an answer that was not asked for.
"""

from __future__ import annotations

import csv
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import duckdb

from ingestion.contracts import Table
from ingestion.contracts.kolada import DATA, KPI, MUNICIPALITY, MUNICIPALITY_GROUPS, OU, WITHDRAWN
from ingestion.findings import DeliveryRejected, Finding
from ingestion.kolada.checks import badly_shaped, contradictions, flag, missing, one, read_objects, untyped
from ingestion.kolada.client import MOST_VALUES, KoladaClient, KoladaNotFound, Page
from ingestion.kolada.feed import Plan, Record, by_unit, feed_years, plan
from ingestion.kolada.values import SIMULATED, Values, objects
from ingestion.lake import BOOKKEEPING, WHOLE, Candidate, Lake, Load
from ingestion.sql import content_hash, literal, quoted, read_parquet

MEMORY = "512MB"
READERS = 2
"""Rounds that are worked on at a time, each by one thread; as many wait, fetched, on disk."""

WITHDRAWN_AT_ONCE, WITHDRAWN_SHARE = 2, 0.1
"""Kolada retires some indicators every year: so many, or this share of the followed ones, may be found gone by one
fetch.
"""

_Read = TypeVar("_Read")
_Found = tuple[list[Finding], list[Finding]]


@dataclass(frozen=True)
class Followed:
    """An indicator that the platform follows, with the title under which it was chosen."""

    indicator_id: str
    title: str


@dataclass(frozen=True)
class _Catalogue:
    """How one catalogue is read, and how few entries make a complete one.

    fields: of the delivered objects, with their types. select: the contract's columns from those. counted: SQL
    aggregate that must not fall. floor: for the first load. tolerance: share of the load in force that may be gone.
    """

    table: Table
    fields: dict[str, str]
    select: str
    counted: str
    floor: int
    tolerance: float


@dataclass(frozen=True)
class _Compared:
    """What came of one round, or of the feed. found: errors and warnings. held: numbers of values by indicator.
    vanished: of those that lost all, how many they had. changes: files of rows for the log.
    """

    found: _Found
    held: dict[str, int]
    vanished: dict[str, int]
    changes: list[Path]


@dataclass(frozen=True)
class _Round:
    """Some requests whose answers are read together. kpis: the indicators that they ask for, None for all."""

    kpis: Sequence[str] | None
    pages: Iterator[Page]


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "varchar")


_CATALOGUES = (
    _Catalogue(
        KPI,
        _texts(
            "id",
            "title",
            "description",
            "is_divided_by_gender",
            "municipality_type",
            "auspice",
            "operating_area",
            "perspective",
            "prel_publication_date",
            "publication_date",
            "publ_period",
            "has_ou_data",
        ),
        f"id as kpi_id, title, description, {flag('is_divided_by_gender')} as is_divided_by_gender, municipality_type, auspice, "
        "operating_area, perspective, try_cast(prel_publication_date as date) as prel_publication_date, "
        f"try_cast(publication_date as date) as publication_date, publ_period as publication_period, {flag('has_ou_data')} as has_ou_data",
        "count(*)",
        floor=6000,
        tolerance=0.02,
    ),
    _Catalogue(
        MUNICIPALITY,
        _texts("id", "title", "type"),
        "id as municipality_id, title, type",
        "count(case when type = 'K' then 1 end)",
        floor=290,
        tolerance=0.01,
    ),
    _Catalogue(
        MUNICIPALITY_GROUPS,
        {**_texts("id", "title"), "members": "struct(member_id varchar, member_title varchar)[]"},
        "id as group_id, title as group_title, unnest(members, recursive := true)",
        "count(distinct group_id)",
        floor=3000,
        tolerance=0.05,
    ),
    _Catalogue(
        OU,
        _texts("id", "title", "municipality"),
        "id as ou_id, title, municipality as municipality_id",
        "count(*)",
        floor=0,
        tolerance=0.1,
    ),
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
    """Fetch catalogues and values of the followed indicators, for all units and years; candidates of the tables that
    changed.

    Must run inside `lake.writer()`. full: everything is fetched, also where the change feed would do. The candidate of
    `data` holds only changes against the lake, and the same ones whether everything or the feed was fetched: new keys,
    changed value, count or status, and keys that are gone (is_deleted, all else null). Nothing changed: no candidate.
    Candidates come in the order in which they must be accepted. log: is told what is asked for and why.

    Of an indicator that Kolada no longer has, nothing changes; the candidate of `withdrawn` says so, with a warning for
    each that is gone. One that is there again is fetched whole.

    Raises DeliveryRejected (rules K101-K111) and KoladaError; then no candidate is left behind.
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
        self.client, self.lake, self.followed, self.received_at, self.full, self.log = (
            client,
            lake,
            followed,
            received_at,
            full,
            log,
        )
        self.folders: list[Path] = []
        self.spool = lake.new_candidate_dir()
        # Above the limit DuckDB spills into the spool: memory stays bounded however many values are followed. One
        # thread: rounds are worked on at a time instead, which costs a third less than several threads on one.
        self.con = duckdb.connect(
            config={"temp_directory": str(self.spool / "tmp"), "memory_limit": MEMORY, "threads": 1}
        )
        self.in_force = [load for load in lake.in_force() if load.source == DATA.source]
        self.withdrawn = self._withdrawn_before()
        self.unknown: set[str] = set()  # answered with an error

    def run(self) -> list[Candidate]:
        candidates = [self._catalogue(catalogue) for catalogue in _CATALOGUES]
        data, gone = self._data()
        candidates += [data, self._withdrawals(gone)]
        return [candidate for candidate in candidates if candidate is not None]

    # Catalogues

    def _catalogue(self, catalogue: _Catalogue) -> Candidate | None:
        of = catalogue.table
        origin = f"Kolada /{of.name}"
        path = self._spooled(self.client.catalogue(of.name), of.name)
        read_objects(self.con, f"create or replace table delivered as select * from {objects(path, catalogue.fields)}")
        self.con.execute(f"create or replace table read as select {catalogue.select} from delivered")
        errors: list[Finding] = []
        if of is KPI:
            for name in ("prel_publication_date", "publication_date"):
                bad = f"select {name} from delivered where {name} is not null and try_cast({name} as date) is null"
                errors += untyped(self.con, origin, name, bad)
        errors += badly_shaped(self.con, of, origin, "read") + missing(self.con, of, origin, "read")
        self.con.execute(f"create or replace table {of.full_name} as select distinct * from read")
        errors += contradictions(self.con, of, origin, of.full_name) + self._shrunk(catalogue, origin)
        if errors:
            raise DeliveryRejected(errors)
        notes = self._titles() if of is KPI else ()
        content = [column.name for column in of.columns]
        load = self._newest(of)
        if load is not None and load.content_hash == content_hash(self.con, of.full_name, content):
            return None
        return self._candidate(
            of, f"select * from {of.full_name} order by {', '.join(of.key)}", "api/" + of.name, notes
        )

    def _shrunk(self, catalogue: _Catalogue, origin: str) -> list[Finding]:
        (found,) = one(self.con, f"select {catalogue.counted} from {catalogue.table.full_name}")
        load = self._newest(catalogue.table)
        least, why = catalogue.floor, "what a first load must hold"
        if load is not None:
            load.check()
            (before,) = one(self.con, f"select {catalogue.counted} from {read_parquet(load.parquet)}")
            least, why = int(before * (1 - catalogue.tolerance)), f"the load in force holds {before}"
        if found >= least:
            return []
        advice = "The answer is probably cut off: fetch again. If Kolada really has fewer, say so to whoever keeps the platform."
        return [Finding("K104", "error", origin, f"{found} entries", f"at least {least} ({why})", advice)]

    def _titles(self) -> tuple[Finding, ...]:
        titles = dict(self.con.execute(f"select kpi_id, title from {KPI.full_name}").fetchall())
        notes = []
        for followed in self.followed:
            title = titles.get(followed.indicator_id)
            if title is not None and title != followed.title:
                advice = (
                    f"Read Kolada's description of {followed.indicator_id}: another unit or definition "
                    "needs a series break; then pin the new title."
                )
                notes.append(
                    Finding(
                        "K108", "warning", "Kolada /kpi", f"'{title}'", f"'{followed.title}'", advice, column="title"
                    )
                )
        return tuple(notes)

    # Values

    def _data(self) -> tuple[Candidate | None, dict[str, Finding]]:
        """The changes of values, and a finding for each followed indicator that Kolada no longer has."""
        units = [
            row[0]
            for row in self.con.execute(f"select municipality_id from {MUNICIPALITY.full_name} order by 1").fetchall()
        ]
        logs = [load for load in self.in_force if load.table == DATA.name]
        for load in logs:
            load.check()
        catalogued = {row[0] for row in self.con.execute(f"select kpi_id from {KPI.full_name}").fetchall()}
        gone = {one.indicator_id: _not_catalogued(one) for one in self.followed if one.indicator_id not in catalogued}
        there = [one.indicator_id for one in self.followed if one.indicator_id in catalogued]
        asked = plan(logs, there, units, self.received_at, self.full, self.withdrawn)
        self.log(asked.why)
        self.con.execute("create or replace table asked_units as select unnest(?) as unit", [units])
        parts: list[Path] = []
        values: dict[str, int] = {}
        errors: list[Finding] = []
        notes: list[Finding] = []

        def whole(number: int, kpis: Sequence[str] | None, path: Path) -> _Compared:
            with Values(self.con, kpis) as read:
                found = read.read(path)
                if found[0]:
                    return _Compared(found, {}, {}, [])
                lost_values, held, vanished = read.compare(
                    logs, dict.fromkeys(kpis or (), 0), whole=True, returning=self.withdrawn
                )
                changes = read.changes(self.spool / f"changes_{number:05}.parquet", whole=True)
                return _Compared((lost_values, found[1]), held, vanished, [changes])

        def compared() -> Iterator[_Compared]:
            yield from self._each([_Round(kpis, self._values_of(kpis, units)) for kpis in _batches(asked.whole)], whole)
            if asked.changed:
                yield self._feed(asked, units, logs)

        for one_round in compared():
            errors += one_round.found[0]
            notes += one_round.found[1]
            values |= one_round.held
            parts += one_round.changes
            gone |= {kpi: _no_values(kpi, f"values, as before ({count})") for kpi, count in one_round.vanished.items()}
        for kpi in self.unknown - set(gone):
            values.pop(kpi, None)
            gone[kpi] = _no_values(kpi, "an indicator of Kolada's catalogue, with values or without")
        if (values or gone) and not any(values.values()) and not errors:
            advice = "Fetch again; if it stays, look at what stands between Kolada and the platform."
            errors.append(
                Finding("K106", "error", "Kolada /data", "no value of any indicator", "values", advice, column="value")
            )
        newly = [kpi for kpi in gone if kpi not in self.withdrawn]
        if logs and len(newly) > self._withdrawn_at_once():
            advice = "So many at once are rather a fault of the API: fetch again, and look at kolada.se whether they are there."
            errors += [replace(gone[kpi], severity="error", advice=advice) for kpi in newly]
        if errors:
            raise DeliveryRejected(errors)
        if not parts or not one(self.con, f"select count(*) from {read_parquet(*parts)}")[0]:
            return None, gone
        candidate = self._candidate(DATA, f"select * from {read_parquet(*parts)}", "api/data", tuple(_summed(notes)))
        Record(asked.from_date.isoformat() if asked.from_date else None, tuple(units), values).write(candidate.path)
        return candidate, gone

    def _values_of(self, kpis: Sequence[str], units: Sequence[str], since: str | None = None) -> Iterator[Page]:
        """All pages of values of the indicators; those that Kolada does not know are noted as unknown and left out.

        One unknown id spoils the answer for all that are asked for with it: it is found by halving. What came before
        comes again then, and equal rows are one. KoladaNotFound where so many are unknown that the address must be
        wrong.
        """
        try:
            yield from self.client.data(kpis, units, (), since)
        except KoladaNotFound:
            if len(kpis) == 1:
                self.unknown.add(kpis[0])
                if len(self.unknown - set(self.withdrawn)) > self._withdrawn_at_once():
                    raise
                return
            for half in (kpis[: len(kpis) // 2], kpis[len(kpis) // 2 :]):
                yield from self._values_of(half, units, since)

    def _feed(self, asked: Plan, units: list[str], logs: Sequence[Load]) -> _Compared:
        """What changed of the indicators that the plan asks changes of."""
        since, years = str(asked.from_date), feed_years(self.received_at)
        if by_unit(len(asked.changed), len(units), len(years)):
            rounds = [_Round(None, self.client.data((), batch, years, since)) for batch in _batches(units)]
        else:
            rounds = [_Round(batch, self._values_of(batch, units, since)) for batch in _batches(asked.changed)]
        self.con.execute("create or replace table changed_kpis as select unnest(?) as kpi_id", [list(asked.changed)])

        def changed(number: int, kpis: Sequence[str] | None, path: Path) -> tuple[_Found, list[Path]]:
            with Values(self.con, kpis) as read:
                found = read.read(path)
                return found, [
                    read.keep(self.spool / f"feed_{number:05}.parquet", "semi join changed_kpis using (kpi_id)")
                ]

        errors: list[Finding] = []
        notes: list[Finding] = []
        kept: list[Path] = []
        for found, paths in self._each(rounds, changed):
            errors += found[0]
            notes += found[1]
            kept += paths
        if errors:
            return _Compared((errors, notes), {}, {}, [])
        with Values(self.con, None) as read:
            read.take(read_parquet(*kept))
            lost_values, held, vanished = read.compare(logs, asked.values, whole=False)
            return _Compared(
                (lost_values, notes),
                held,
                vanished,
                [read.changes(self.spool / "changes_of_feed.parquet", whole=False)],
            )

    # Withdrawn indicators

    def _withdrawn_at_once(self) -> int:
        """How many followed indicators may be found gone by one fetch."""
        return max(WITHDRAWN_AT_ONCE, int(WITHDRAWN_SHARE * len(self.followed)))

    def _withdrawn_before(self) -> dict[str, date]:
        """The indicators that were gone until now, with the day since when."""
        load = self._newest(WITHDRAWN)
        if load is None:
            return {}
        load.check()
        current = f"select kpi_id, withdrawn_on from {read_parquet(load.parquet)} where withdrawn_until is null"
        return dict(self.con.execute(current).fetchall())

    def _withdrawals(self, gone: dict[str, Finding]) -> Candidate | None:
        """The candidate of `withdrawn`: what is gone now besides what was, with a warning for each; None if nothing
        changed.
        """
        load, today = self._newest(WITHDRAWN), self.received_at.date()
        name = WITHDRAWN.full_name
        self.con.execute(f"create or replace table {name} (kpi_id varchar, withdrawn_on date, withdrawn_until date)")
        if load is not None:
            self.con.execute(
                f"insert into {name} select kpi_id, withdrawn_on, withdrawn_until from {read_parquet(load.parquet)}"
            )
        self.con.execute(
            f"update {name} set withdrawn_until = ? where withdrawn_until is null and kpi_id not in (select unnest(?::varchar[]))",
            [today, list(gone)],
        )
        for kpi in gone:
            if kpi not in self.withdrawn:
                self.con.execute(f"delete from {name} where kpi_id = ? and withdrawn_on = ?", [kpi, today])
                self.con.execute(f"insert into {name} values (?, ?, null)", [kpi, today])
        content = [column.name for column in WITHDRAWN.columns]
        (count,) = one(self.con, f"select count(*) from {name}")
        if not count or (load is not None and load.content_hash == content_hash(self.con, name, content)):
            return None
        return self._candidate(
            WITHDRAWN, f"select * from {name} order by kpi_id, withdrawn_on", "api/withdrawn", tuple(gone.values())
        )

    # Shared

    def _spooled(self, pages: Iterable[Page], name: str, stop: threading.Event | None = None) -> Path:
        """The objects of the pages as one file, each byte for byte as it came."""
        path = self.spool / f"{name}.json"
        with path.open("wb") as file:
            for page in pages:
                file.write(b"\n".join(page.objects) + b"\n")
                if stop is not None and stop.is_set():
                    break
        return path

    def _each(
        self, rounds: Sequence[_Round], read: Callable[[int, Sequence[str] | None, Path], _Read]
    ) -> Iterator[_Read]:
        """What `read` makes of each round's file, in order. One thread fetches, ahead of `READERS` that read; the spool
        is bounded.
        """
        stop, room = threading.Event(), threading.BoundedSemaphore(2 * READERS)

        def reading(number: int, kpis: Sequence[str] | None, path: Path) -> _Read:
            try:
                return read(number, kpis, path)
            finally:
                room.release()

        def fetching(number: int, of: _Round) -> Future[_Read]:
            room.acquire()
            try:
                path = self._spooled(of.pages, f"round_{number:05}", stop)
                return readers.submit(reading, number, of.kpis, path)
            except BaseException:
                room.release()
                raise

        with ThreadPoolExecutor(READERS, "kolada-read") as readers, ThreadPoolExecutor(1, "kolada-fetch") as fetcher:
            ahead = [fetcher.submit(fetching, number, of) for number, of in enumerate(rounds)]
            try:
                for fetched in ahead:
                    yield fetched.result().result()
            finally:
                stop.set()
                fetcher.shutdown(wait=False, cancel_futures=True)

    def _candidate(self, table: Table, select: str, file: str, notes: tuple[Finding, ...]) -> Candidate:
        folder = self.lake.new_candidate_dir()
        self.folders.append(folder)
        parquet = folder / "data.parquet"
        made = {"source_row": "row_number() over ()", "load_id": literal(folder.name)}
        columns = ", ".join(
            f'cast({made.get(name, quoted(name))} as {kind}) as "{name}"' for name, kind in table.lake_columns()
        )
        content = [name for name, _kind in table.lake_columns() if name not in BOOKKEEPING]
        with ThreadPoolExecutor(1, "kolada-hash") as beside, self.con.cursor() as con:
            hashed = beside.submit(content_hash, con, f"({select})", content)
            self.con.execute(
                f"copy (select {columns} from ({select})) to {literal(parquet)} (format parquet, compression zstd)"
            )
            told = hashed.result()
        relation = read_parquet(parquet)
        (rows,) = one(self.con, f"select count(*) from {relation}")
        through, simulated = None, False
        if table is DATA:
            year, simulated = one(
                self.con,
                f"select max(case when value is not null then year end), coalesce(bool_or(status = '{SIMULATED}'), false) from {relation}",
            )
            through = date(year, 12, 31) if year else None
        return Candidate(
            load_id=folder.name,
            table=table,
            municipality_id=WHOLE,
            period=WHOLE,
            file=file,
            format="api",
            path=folder,
            rows=rows,
            content_hash=told,
            data_through=through,
            key_id=None,
            received_at=self.received_at,
            is_simulated=simulated,
            notes=notes,
        )

    def _newest(self, table: Table) -> Load | None:
        return next((load for load in reversed(self.in_force) if load.table == table.name), None)


_WITHDRAWN_ADVICE = (
    "Kolada withdraws indicators without notice. Its figures end here and those that were fetched stay; the others go on. Decide whether "
    "it is replaced, and change the list of followed indicators."
)


def _not_catalogued(followed: Followed) -> Finding:
    return Finding(
        "K105",
        "warning",
        "Kolada /kpi",
        f"no {followed.indicator_id}",
        f"'{followed.title}'",
        _WITHDRAWN_ADVICE,
        column="id",
    )


def _no_values(kpi: str, expected: str) -> Finding:
    return Finding("K106", "warning", "Kolada /data", f"no value of {kpi}", expected, _WITHDRAWN_ADVICE, column="value")


def _batches(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + MOST_VALUES] for start in range(0, len(values), MOST_VALUES)]


def _summed(notes: Iterable[Finding]) -> Iterator[Finding]:
    """One finding per rule and what was found, with the counts of all batches together."""
    together: dict[tuple[str, str], Finding] = {}
    for note in notes:
        known = together.get((note.rule, note.found))
        count = note.count + (known.count if known else 0)
        together[note.rule, note.found] = Finding(**{**note.as_dict(), "count": count})
    yield from together.values()
