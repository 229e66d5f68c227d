"""One fetch of Kolada: catalogues and values become candidates, and the values a log of what changed.

Belongs here: spooling pages, flattening them, the proofs that an answer is complete, the comparison with what is in force.
Does not belong here: requests and paging (`client`), judging a candidate (`expectations`), any mean.

Built for all of Kolada (28 million values): pages are written to disk as delivered, 25 indicators at a time, flattened and
compared by DuckDB, and removed again. Python sees pages, never rows.

Rules: K101 id of the wrong shape, K102 contradictory duplicates, K103 a field is missing or of the wrong type, K104
catalogue shrunk, K105 followed indicator not in the catalogue (warning), K106 followed indicator lost all its values, K107
followed indicator lost many values, K108 title changed (warning), K109 unknown status (warning), K110 group rows left out
(warning), K111 an answer that was not asked for.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from ingestion.contracts import Kind, Table
from ingestion.findings import DeliveryRefused, Finding
from ingestion.kolada import DATA, KPI, MUNICIPALITY, MUNICIPALITY_GROUPS, OU
from ingestion.kolada.client import MOST_BYTES, MOST_VALUES, KoladaClient, Page
from ingestion.lake import BOOKKEEPING, WHOLE, Candidate, Lake, Load, content_hash, literal, quoted

SIMULATED = "simulated"
KNOWN_STATUS = ("", "Missing", "Private", SIMULATED)
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


def read_followed(path: Path) -> tuple[Followed, ...]:
    """The followed indicators of a seed with columns indicator_id and indicator; ValueError if an id stands twice."""
    with path.open(encoding="utf-8", newline="") as handle:
        followed = tuple(Followed(row["indicator_id"], row["indicator"]) for row in csv.DictReader(handle))
    if len({one.indicator_id for one in followed}) != len(followed):
        raise ValueError(f"{path}: an indicator_id stands twice; each followed indicator has one row")
    return followed


def fetch(client: KoladaClient, lake: Lake, followed: Sequence[Followed], received_at: datetime | None = None) -> list[Candidate]:
    """Fetch catalogues and values of the followed indicators, for all units and years; candidates of the tables that changed.

    Must run inside `lake.writer()`. The candidate of `data` holds only changes against the lake: new keys, changed value,
    count or status, and keys that are gone (is_deleted, value null). Nothing changed: no candidate. Candidates come in the
    order in which they must be accepted.

    Raises DeliveryRefused (rules K101-K111) and KoladaError; then no candidate is left behind.
    """
    fetching = _Fetch(client, lake, tuple(sorted(followed, key=lambda one: one.indicator_id)), received_at or datetime.now(UTC))
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

    def __init__(self, client: KoladaClient, lake: Lake, followed: tuple[Followed, ...], received_at: datetime) -> None:
        self.client, self.lake, self.followed, self.received_at = client, lake, followed, received_at
        self.folders: list[Path] = []
        self.spool = lake.new_candidate_dir()
        # Above the limit DuckDB spills into the spool: memory stays bounded however many values are followed.
        self.con = duckdb.connect(config={"temp_directory": str(self.spool / "tmp"), "memory_limit": "2GB"})
        self.in_force = [load for load in lake.in_force() if load.source == DATA.source]

    def run(self) -> list[Candidate]:
        candidates = [self._catalogue(catalogue) for catalogue in _CATALOGUES]
        candidates.append(self._data())
        return [candidate for candidate in candidates if candidate is not None]

    # Catalogues

    def _catalogue(self, catalogue: _Catalogue) -> Candidate | None:
        of = catalogue.table
        origin = f"Kolada /{of.name}"
        files = self._spooled(self.client.catalogue(of.name))
        self.con.execute(f"create or replace table delivered as {_objects(files, catalogue.columns)}")
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
        parts: list[Path] = []
        errors: list[Finding] = []
        notes: list[Finding] = []
        ids = [one.indicator_id for one in self.followed]
        self.con.execute("create or replace table asked_units as select unnest(?) as unit", [units])
        for batch, kpis in enumerate(self._rounds(ids)):
            files = self._spooled(self.client.data(kpis, units))
            self.con.execute("create or replace table asked_kpis as select unnest(?) as kpi", [kpis])
            self.con.execute(
                "create or replace table flat as select kpi as kpi_id, municipality as municipality_id, period as year, "
                f'unnest("values", recursive := true) from ({_objects(files, _VALUES)})'
            )
            for path in files:
                path.unlink()
            found_errors, found_notes = self._typed_values()
            errors += found_errors
            notes += found_notes
            if not found_errors:
                self._state(kpis)
                errors += self._lost()
                parts.append(self._changes(batch))
        if errors:
            raise DeliveryRefused(errors)
        listed = ", ".join(literal(path) for path in parts)
        if not parts or not self._one(f"select count(*) from read_parquet([{listed}])")[0]:
            return None
        return self._candidate(DATA, f"select * from read_parquet([{listed}])", "api/data", tuple(_summed(notes)))

    def _rounds(self, ids: list[str]) -> Iterator[list[str]]:
        for start in range(0, len(ids), MOST_VALUES):
            yield ids[start : start + MOST_VALUES]

    def _typed_values(self) -> tuple[list[Finding], list[Finding]]:
        """Table `flat` (as delivered) becomes table `fresh` (typed, one row per key); errors and warnings."""
        origin = "Kolada /data"
        notes = []
        (groups,) = self._one("select count(*) from flat where starts_with(municipality_id, 'G')")
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
            self.con.execute("delete from flat where starts_with(municipality_id, 'G')")
        errors = self._badly_shaped(DATA, origin, "flat")
        for column, expected in (("year", "smallint"), ("value", "double"), ("count", "bigint")):
            errors += self._untyped(
                origin, column, f'select "{column}" from flat where "{column}" is not null and try_cast("{column}" as {expected}) is null'
            )
        errors += self._untyped(origin, "value", "select value from flat where not isfinite(try_cast(value as double))")
        self.con.execute(
            "create or replace table typed as select distinct kpi_id, municipality_id, try_cast(year as bigint) as year, gender, "
            f'try_cast(value as double) as value, try_cast("count" as bigint) as "count", coalesce(status, \'\') as status, '
            f"coalesce({_flag('isdeleted')}, false) as is_deleted from flat"
        )
        errors = errors or self._missing(DATA, origin, "typed")
        (strange,) = self._one("select count(*) from typed where gender not in ('T', 'K', 'M')")
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
        asked = (
            "select count(*) from typed where kpi_id not in (select kpi from asked_kpis) "
            "or municipality_id not in (select unit from asked_units)"
        )
        (unasked,) = self._one(asked)
        if unasked and not errors:
            advice = "The answer does not belong to the request: fetch again, and report it to RKA if it stays."
            errors.append(
                Finding("K111", "error", origin, "values of other indicators or units", "only what was asked for", advice, count=unasked)
            )
        errors = errors or self._contradictions(DATA, origin, "typed")
        statuses = self.con.execute(
            "select status, count(*) from typed where status not in (select unnest(?)) group by 1 order by 1", [KNOWN_STATUS]
        )
        for status, count in statuses.fetchall():
            advice = "The values are kept with their status: find out at RKA what it means."
            expected = "'', 'Missing' or 'Private'"
            notes.append(Finding("K109", "warning", origin, f"status '{status[:40]}'", expected, advice, column="status", count=count))
        self.con.execute("create or replace table fresh as select * from typed")
        return errors, notes

    def _state(self, kpis: list[str]) -> None:
        """Table `state`: of the keys of these indicators, the newest row in the lake that is not a deletion."""
        logs = [load for load in self.in_force if load.table == DATA.name]
        for load in logs:
            load.check()
        columns = 'kpi_id, municipality_id, year, gender, value, "count", status, is_deleted'
        parts = [f"select {columns}, {load.sequence} as sequence from read_parquet({literal(load.parquet)})" for load in logs]
        source = " union all ".join(parts) or "select *, 0 as sequence from fresh where false"
        newest = ", ".join(
            f"arg_max(struct_pack(v := {name}), sequence).v as {name}" for name in ("value", '"count"', "status", "is_deleted")
        )
        self.con.execute(
            f"create or replace table state as select * from (select kpi_id, municipality_id, year, gender, {newest} from ({source}) "
            "where kpi_id in (select unnest(?)) group by kpi_id, municipality_id, year, gender) where not is_deleted",
            [kpis],
        )

    def _lost(self) -> list[Finding]:
        """K106 and K107: indicators whose values went away since the state in force."""
        rows = self.con.execute(
            "with old as (select kpi_id, count(value) as n from state group by kpi_id), "
            "new as (select kpi_id, count(value) as n from fresh where not is_deleted group by kpi_id) "
            "select old.kpi_id, old.n, coalesce(new.n, 0) from old left join new using (kpi_id) where old.n > 0 order by 1"
        ).fetchall()
        findings = []
        for kpi, before, now in rows:
            if not now:
                advice = (
                    "Fetch again. If Kolada withdrew the indicator, take it off the list of followed indicators; "
                    "its history stays in the lake."
                )
                findings.append(
                    Finding("K106", "error", "Kolada /data", f"no value of {kpi}", f"values, as before ({before})", advice, column="value")
                )
            elif now < KEPT_SHARE * before and before - now > TOLERATED_LOSS:
                advice = "Fetch again; compare with the indicator's page at kolada.se."
                found = f"{now} values of {kpi}"
                findings.append(Finding("K107", "error", "Kolada /data", found, f"about {before}, as in the lake", advice, column="value"))
        return findings

    def _changes(self, batch: int) -> Path:
        """What `fresh` says anew against `state`, as a sorted Parquet part."""
        key = "kpi_id, municipality_id, year, gender"
        path = self.spool / f"changes_{batch:05}.parquet"
        self.con.execute(
            "copy (select * from ("
            f'select {key}, f.value, f."count", f.status, f.is_deleted from fresh f left join state s using ({key}) '
            "where case when s.status is null then not f.is_deleted else f.is_deleted or f.value is distinct from s.value "
            'or f."count" is distinct from s."count" or f.status <> s.status end '
            f"union all select {key}, null, null, '', true from state anti join fresh using ({key})"
            f") order by kpi_id, gender, municipality_id, year) to {literal(path)} (format parquet, compression zstd)"
        )
        return path

    # Shared

    def _spooled(self, pages: Iterable[Page]) -> list[Path]:
        """The pages as files, byte for byte as they came."""
        files = []
        for number, page in enumerate(pages):
            path = self.spool / f"page_{number:05}.json"
            path.write_bytes(page.body)
            files.append(path)
        return files

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


def _objects(files: Sequence[Path], columns: str) -> str:
    """SQL: one row per delivered object, every field as text; its list-valued fields as they are declared."""
    listed = ", ".join(literal(path) for path in files)
    kind = literal(f"struct({columns})[]")
    return (
        f"select unnest(page, max_depth := 2) from (select \"values\" as page from read_json([{listed}], format = 'unstructured', "
        f'columns = {{"values": {kind}}}, maximum_object_size = {MOST_BYTES}))'
    )


def _summed(notes: Iterable[Finding]) -> Iterator[Finding]:
    """One finding per rule and what was found, with the counts of all batches together."""
    together: dict[tuple[str, str], Finding] = {}
    for note in notes:
        known = together.get((note.rule, note.found))
        count = note.count + (known.count if known else 0)
        together[note.rule, note.found] = Finding(**{**note.as_dict(), "count": count})
    yield from together.values()
