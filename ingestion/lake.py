"""The lake: the immutable Parquet files of all accepted loads, and the rejected deliveries beside it.

Belongs here: candidates and loads, acceptance (one atomic rename), what is in force as of a moment, the views that dbt
reads, the content hash, the folder of rejections.
Does not belong here: reading deliveries (`delivery`), judging them (`expectations`), any formula.

Layout: `<root>/<source>/<table>/<municipality>/<period>/<load_id>/{data.parquet,load.json}`. The ledger of loads is the
directories themselves: a ledger written beside them could disagree with them after a crash, this one cannot.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ingestion.contracts import Table, table, tables
from ingestion.durable import UNFINISHED, private_folder, replace_text, sync
from ingestion.failures import PermanentFailure
from ingestion.findings import Finding
from ingestion.personal_data import check_columns
from ingestion.pseudonyms import WrongKey

if TYPE_CHECKING:
    import duckdb

WHOLE = "all"
"""Municipality and period of a load that is fetched as a whole (Kolada)."""

SHAPE_FILE = "shape.json"
"""Beside a load's data: aggregate facts on its columns, made when it was judged. Whoever misses it makes it anew."""

BOOKKEEPING = ("source_row", "load_id")
"""Lake columns that say where a row came from; no part of a load's content."""


class LakeDamaged(PermanentFailure):
    """A file of an accepted load is missing or has other bytes than when it was accepted."""


class RowsErased(PermanentFailure):
    """A load that was in force at the as-of moment has since been erased: what it held cannot be built again."""


class LakeBusy(PermanentFailure):
    """Another process is writing to the lake."""


@dataclass(frozen=True)
class Load:
    """One accepted delivery of one table for one municipality and period, as its `load.json` says.

    sequence: order of acceptance, also when the clock jumps back. size: bytes of the Parquet file. suite: results of
    the suite that accepted it ({"rules": n, "warnings": [findings]}). is_simulated: holds simulated rows. checksum: SHA-256 of
    the Parquet file; None for loads that were accepted before it was kept. data: name of the
    Parquet file. history: what the content was before a person was erased from it or the pseudonym key was replaced, oldest first.
    """

    load_id: str
    sequence: int
    source: str
    table: str
    municipality_id: str
    period: str
    content_hash: str
    file: str
    format: str
    received_at: str
    accepted_at: str
    rows: int
    size: int
    data_through: str | None
    key_id: str | None
    is_simulated: bool
    suite: dict[str, Any]
    directory: Path = field(compare=False)
    checksum: str | None = None
    data: str = "data.parquet"
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def parquet(self) -> Path:
        """The load's data."""
        return self.directory / self.data

    def check(self) -> None:
        """Raise LakeDamaged unless the Parquet file is there with the size that it was accepted with. Reads nothing."""
        if not self.parquet.exists():
            self._damaged("is missing")
        if self.parquet.stat().st_size != self.size:
            self._damaged("is damaged: it has another size than when it was accepted")

    def verify(self) -> None:
        """Raise LakeDamaged unless the Parquet file has the bytes that it was accepted with. Reads it once."""
        self.check()
        if self.checksum is not None and _checksum(self.parquet) != self.checksum:
            self._damaged("is damaged: it has other bytes than when it was accepted")

    def _damaged(self, how: str) -> NoReturn:
        raise LakeDamaged(
            f"{self.parquet} {how} (load {self.load_id} of {self.source}.{self.table}, {self.municipality_id}, {self.period}). "
            "Restore the file from backup, or deliver the period again (docs/runbook.md, A lake file is damaged)."
        )


@dataclass(frozen=True)
class Candidate:
    """A typed delivery that waits for judgement: a folder in `.incoming` with its Parquet.

    notes: warnings found while reading; they go into the load when it is accepted.
    """

    load_id: str
    table: Table
    municipality_id: str
    period: str
    file: str
    format: str
    path: Path
    rows: int
    content_hash: str
    data_through: date | None
    key_id: str | None
    received_at: datetime
    is_simulated: bool = False
    notes: tuple[Finding, ...] = ()

    @property
    def parquet(self) -> Path:
        """The candidate's data, with the contract's lake columns."""
        return self.path / "data.parquet"


def new_load_id(now: datetime | None = None) -> str:
    """A new load's id: UTC second and eight random digits, so that names sort by time and never repeat."""
    return f"{(now or datetime.now(UTC)):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def content_hash(con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> str:
    """Hash of a relation's rows that does not depend on their order, nor on the engine's version.

    relation: SQL that can stand after `from`. columns: the columns that are content. Streams: one pass, no sort.
    """
    cells = ", ".join(f"coalesce(cast({quoted(column)} as varchar), chr(30))" for column in columns)
    row = con.execute(
        f"with hashed as (select md5_number(concat_ws(chr(31), {cells})) as h from {relation}) "
        "select count(*), sum(cast(h >> 64 as ubigint)), sum(cast(h & 18446744073709551615 as ubigint)) from hashed"
    ).fetchone()
    return hashlib.sha256("|".join([*columns, *map(str, row or ())]).encode()).hexdigest()[:32]


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """`text` as an SQL string, for the few places (views) where a parameter cannot stand."""
    return "'" + str(text).replace("'", "''") + "'"


def without_pattern(location: str | Path) -> str:
    """A path with every character that DuckDB would take as a pattern in brackets: `*.csv` is a file's name, not its neighbours."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(location))


def read_parquet(*files: str | Path, union_by_name: bool = False) -> str:
    """SQL of a relation over Parquet files: these files, and in them nothing but their own columns, whatever the folders are called.

    The one way in which Parquet is read: DuckDB by itself takes `*` in a folder's name for a pattern, and makes a column of `env=prod`.
    union_by_name: files of different ages may lack columns.
    """
    listed = ", ".join(literal(without_pattern(file)) for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false{', union_by_name = true' if union_by_name else ''})"


def records(root: Path, name: str) -> list[Path]:
    """Every file called `name` (which may be a pattern) in the folder of a load under `root`.

    `.incoming` is not looked into: its folders move away while somebody looks.
    """
    return [root / path for path in glob(f"*/*/*/*/*/{name}", root_dir=root)]


class Lake:
    """All accepted loads under `root`. Reading needs no lock; writing happens inside `writer()`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._newest: tuple[int, datetime] | None = None

    # Reading

    def loads(self, as_of: datetime | None = None) -> list[Load]:
        """Loads accepted by `as_of` (all if None), in order of acceptance."""
        from ingestion.compaction import where_they_lie

        found = [_read_load(path) for path in records(self.root, "load.json")]
        if as_of is not None:
            found = [load for load in found if datetime.fromisoformat(load.accepted_at) <= as_of]
        return where_they_lie(self.root, sorted(found, key=lambda load: load.sequence))

    def in_force(self, as_of: datetime | None = None) -> list[Load]:
        """Of the loads accepted by `as_of`, the newest per table, municipality and period; of a log, all of them in order."""
        return [load for load, _predecessor in self._in_force(as_of)]

    def _in_force(self, as_of: datetime | None) -> list[tuple[Load, Load | None]]:
        """The loads in force, each with the one that it replaced."""
        newest: dict[tuple[str, ...], Load] = {}
        replaced: dict[str, Load] = {}
        for load in self.loads(as_of):
            key: tuple[str, ...] = (load.source, load.table, load.municipality_id, load.period)
            if table(load.source, load.table).is_log:
                key = (*key, load.load_id)
            if key in newest:
                replaced[load.load_id] = newest[key]
            newest[key] = load
        if as_of is not None:
            self._refuse_erased(as_of, newest)
        return [(load, replaced.get(load.load_id)) for load in sorted(newest.values(), key=lambda load: load.sequence)]

    def moment(self) -> datetime:
        """The as-of moment of a build that shall know all that is accepted: now, or the newest acceptance if the clock jumped back."""
        return max([datetime.now(UTC), *(datetime.fromisoformat(load.accepted_at) for load in self.loads())])

    def _refuse_erased(self, as_of: datetime, newest: dict[tuple[str, ...], Load]) -> None:
        """Raise RowsErased if a load was in force at `as_of` that has been erased since."""
        for load, erased in self.erased():
            still_there = newest.get((load.source, load.table, load.municipality_id, load.period))
            if datetime.fromisoformat(load.accepted_at) <= as_of < datetime.fromisoformat(erased["at"]) and (
                still_there is None or still_there.sequence < load.sequence
            ):
                raise RowsErased(
                    f"Nothing can be built as of {as_of:%Y-%m-%d %H:%M} any more: rows that were in force then "
                    f"({load.source}_{load.table}, {load.municipality_id}, {load.period}) were erased on {erased['at'][:10]}. "
                    f"The figures are in the publication of that time: {erased.get('publication') or 'see the archive of adopted reports'}."
                )

    def erased(self) -> list[tuple[Load, dict[str, Any]]]:
        """Every load whose rows have been erased by retention, and what is recorded of it (at, why, publication)."""
        found = []
        for path in records(self.root, "erased.json"):
            values = json.loads(path.read_text(encoding="utf-8"))
            erased = values.pop("erased")
            found.append((Load(**values, directory=path.parent), erased))
        return sorted(found, key=lambda item: item[0].sequence)

    def key_ids(self) -> set[str]:
        """Ids of the keys that the persons in the loads in force were hashed with: one, or none."""
        return {load.key_id for load in self.in_force() if load.key_id is not None}

    def in_force_for(self, of: Table, municipality_id: str = WHOLE, period: str = WHOLE) -> Load | None:
        """The load in force for one table, municipality and period (of a log, the newest); None if there is none."""
        from ingestion.compaction import where_they_lie

        newest = None
        for path in self.directory(of, municipality_id, period).glob("*/load.json"):
            load = _read_load(path)
            if newest is None or load.sequence > newest.sequence:
                newest = load
        return where_they_lie(self.root, [newest])[0] if newest and of.is_log else newest

    def baseline(self, candidate: Candidate) -> Load | None:
        """The load that a candidate is compared with: of the nearest earlier period, else the one that it would replace."""
        of, municipality_id = candidate.table, candidate.municipality_id
        periods = self.directory(of, municipality_id, candidate.period).parent
        earlier = sorted((path.name for path in periods.glob("*") if path.name < candidate.period), reverse=True)
        for period in [*earlier, candidate.period]:
            load = self.in_force_for(of, municipality_id, period)
            if load is not None:
                return load
        return None

    def attach(self, con: duckdb.DuckDBPyConnection, as_of: datetime | None = None) -> None:
        """Give dbt its sources: in schema `lake` one view per contract table over the loads in force, and table `loads`.

        A table without loads gets an empty view with the contract's columns, so that a municipality with Kolada alone
        builds. The schema is made anew each time. Every file is verified here, before a build reads it. Raises
        LakeDamaged, WrongKey and RowsErased.
        """
        standing = self._in_force(as_of)
        in_force = [load for load, _predecessor in standing]
        if len(keys := {load.key_id for load in in_force if load.key_id is not None}) > 1:
            raise WrongKey(
                f"Loads in force were pseudonymised with different keys ({', '.join(sorted(keys))}): the same person has several "
                "pseudonyms, and every join over time would be wrong. See: genomlysning keys status"
            )
        con.execute("drop schema if exists lake cascade")
        con.execute("create schema lake")
        for of in tables():
            files = []
            for load in in_force:
                if (load.source, load.table) == (of.source, of.name):
                    load.verify()
                    files.append(load.parquet)
            rows = select_lake(of, files)
            if of.is_log and files:  # a merged file may hold loads that came after the as-of moment
                known = ", ".join(literal(load.load_id) for load in in_force if (load.source, load.table) == (of.source, of.name))
                rows += f" where load_id in ({known})"
            con.execute(f"create view lake.{of.full_name} as {rows}")
        con.execute(
            "create table lake.loads (load_id varchar, sequence bigint, source varchar, table_name varchar, municipality_id varchar, "
            "period varchar, content_hash varchar, file varchar, received_at timestamp, accepted_at timestamp, rows bigint, "
            "data_through date, key_id varchar, is_simulated boolean, warnings bigint, predecessor_accepted_at timestamp)"
        )
        told = [
            (
                load.load_id, load.sequence, load.source, load.table, load.municipality_id, load.period, load.content_hash, load.file,
                naive_utc(load.received_at), naive_utc(load.accepted_at), load.rows, load.data_through, load.key_id,
                load.is_simulated, len(load.suite.get("warnings", [])), naive_utc(predecessor.accepted_at) if predecessor else None,
            )
            for load, predecessor in standing
        ]  # fmt: skip
        if told:
            con.executemany(f"insert into lake.loads values ({', '.join('?' * 16)})", told)

    # Writing

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the lake for writing. Clears what a killed writer left in `.incoming`; LakeBusy if another process writes."""
        from filelock import FileLock, Timeout

        private_folder(self.root)
        try:
            with FileLock(self.root / ".lock", timeout=0):
                self._clear_incoming()
                self._newest = None
                try:
                    yield
                finally:  # also what a writer left that failed: on a full disk every byte counts
                    self._clear_incoming()
        except Timeout as timeout:
            raise LakeBusy(f"Another refresh is writing to {self.root}. Wait for it to end, or stop it, and run again.") from timeout

    def _clear_incoming(self) -> None:
        shutil.rmtree(self.root / ".incoming", ignore_errors=True)

    def new_candidate_dir(self) -> Path:
        """A new, private folder in `.incoming`; its name is the load's id."""
        path = self.root / ".incoming" / new_load_id()
        private_folder(path)
        return path

    def discard(self, candidate: Candidate) -> None:
        """Remove a candidate that was not accepted."""
        shutil.rmtree(candidate.path, ignore_errors=True)

    def accept(self, candidate: Candidate, suite: dict[str, Any]) -> Load:
        """Make a judged candidate a load: write `load.json`, sync, and rename the folder into the lake. The rename is acceptance.

        Raises ColumnNotRegistered if the file has a column that the register of personal data does not list.
        """
        check_columns(candidate.table, _columns(candidate.parquet))
        sequence, accepted_at = self._next()
        target = self.directory(candidate.table, candidate.municipality_id, candidate.period) / candidate.load_id
        load = Load(
            load_id=candidate.load_id,
            sequence=sequence,
            source=candidate.table.source,
            table=candidate.table.name,
            municipality_id=candidate.municipality_id,
            period=candidate.period,
            content_hash=candidate.content_hash,
            file=candidate.file,
            format=candidate.format,
            received_at=candidate.received_at.isoformat(),
            accepted_at=accepted_at.isoformat(),
            rows=candidate.rows,
            size=candidate.parquet.stat().st_size,
            data_through=candidate.data_through.isoformat() if candidate.data_through else None,
            key_id=candidate.key_id,
            is_simulated=candidate.is_simulated,
            suite=suite,
            directory=target,
            checksum=_checksum(candidate.parquet),
        )
        (candidate.path / "load.json").write_text(json.dumps(_record(load), ensure_ascii=False, indent=1), encoding="utf-8")
        missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
        private_folder(target.parent)
        for path in (candidate.parquet, candidate.path / "load.json", candidate.path):
            sync(path)
        candidate.path.rename(target)
        # The folders made for it too: the delivered file is removed next, and a power cut must not take both.
        for path in (target.parent, *(folder.parent for folder in missing)):
            sync(path)
        return load

    def _next(self) -> tuple[int, datetime]:
        """Sequence and moment of the next acceptance: later than every one before it, whatever the clock does."""
        if self._newest is None:  # once per writer: a hundred acceptances must not read the lake a hundred times
            loads = self.loads()
            moments = (datetime.fromisoformat(load.accepted_at) for load in loads)
            never = datetime.min.replace(tzinfo=UTC)
            self._newest = max((load.sequence for load in loads), default=0), max(moments, default=never)
        sequence, moment = self._newest
        now = datetime.now(UTC)
        self._newest = sequence + 1, now if now > moment else moment + timedelta(microseconds=1)
        return self._newest

    def replace_content(self, load: Load, select: str, con: duckdb.DuckDBPyConnection, what: dict[str, Any], key_id: str | None) -> Load:
        """Give an accepted load other content: when a person is erased or the pseudonym key is replaced, and for nothing else.

        select: SQL for the new rows. what: goes into the load's history with the content hash that it had. The new file is written
        beside the old one; replacing `load.json` is the change, one atomic step; then the old file goes. Killed before the step,
        the load is as it was; after it, `sweep` removes the old file.
        """
        of = table(load.source, load.table)
        name = f"data.{len(load.history) + 1}.parquet"
        parquet = load.directory / name
        con.execute(f"copy ({select}) to {literal(parquet)} (format parquet, compression zstd)")
        parquet.chmod(0o600)
        relation = read_parquet(parquet)
        [(rows,)] = con.execute(f"select count(*) from {relation}").fetchall()
        changed = replace(
            load,
            data=name,
            rows=rows,
            size=parquet.stat().st_size,
            checksum=_checksum(parquet),
            content_hash=content_hash(con, relation, [column for column, _ in of.lake_columns() if column not in BOOKKEEPING]),
            key_id=key_id,
            history=[*load.history, {**what, "content_hash": load.content_hash, "key_id": load.key_id}],
        )
        sync(parquet)
        _write_record(load.directory / "load.json", _record(changed))
        load.parquet.unlink()
        (load.directory / SHAPE_FILE).unlink(missing_ok=True)
        return changed

    def erase(self, load: Load, what: dict[str, Any]) -> None:
        """Erase a load's rows for good; what it was stays as `erased.json`, with `what` (at, why, publication).

        Killed before `load.json` is gone, the load is still whole and in force; after that, it is erased; `sweep` finishes either.
        """
        _write_record(load.directory / "erased.json", {**_record(load), "erased": what})
        self._sweep(load.directory)

    def sweep(self) -> None:
        """Finish what a killed `replace_content` or `erase` left: files that no load's record names."""
        for folder in {path.parent for path in records(self.root, "*.json")}:
            self._sweep(folder)

    def _sweep(self, folder: Path) -> None:
        erased, record = folder / "erased.json", folder / "load.json"
        if erased.exists():
            record.unlink(missing_ok=True)
        kept = None if erased.exists() else json.loads(record.read_text(encoding="utf-8")).get("data", "data.parquet")
        for path in folder.glob("*"):
            left = kept is None and path.name == SHAPE_FILE
            if left or path.name.startswith(UNFINISHED) or (path.suffix == ".parquet" and path.name != kept):
                path.unlink()
        sync(folder)

    def directory(self, of: Table, municipality_id: str, period: str) -> Path:
        """The folder of the loads of one table, municipality and period."""
        return self.root / of.source / of.name / municipality_id / period


def _read_load(path: Path) -> Load:
    """The load of a `load.json`. Parsed once per process: a refresh asks for what is in force once per source and candidate."""
    stat = path.stat()
    return _parse_load(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=100_000)
def _parse_load(path: Path, modified_ns: int, size: int, inode: int) -> Load:
    return Load(**json.loads(path.read_text(encoding="utf-8")), directory=path.parent)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _record(load: Load) -> dict[str, Any]:
    """What `load.json` says of a load."""
    return {item.name: getattr(load, item.name) for item in fields(load) if item.name != "directory"}


def _write_record(path: Path, values: dict[str, Any]) -> None:
    """Write JSON in one atomic, durable step, for the owner only."""
    replace_text(path, json.dumps(values, ensure_ascii=False, indent=1))


def select_lake(of: Table, files: Iterable[Path]) -> str:
    """SQL that reads the contract's lake columns from `files`, or typed nothing if there are none."""
    columns = of.lake_columns()
    listed = tuple(dict.fromkeys(files))
    if not listed:
        return "select " + ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in columns) + " where false"
    return f"select {', '.join(quoted(name) for name, _ in columns)} from {read_parquet(*listed, union_by_name=True)}"


@dataclass(frozen=True)
class Rejection:
    """A delivery that was refused, with the reasons; table, municipality and period as far as they could be told."""

    rejection_id: str
    source: str
    table: str | None
    municipality_id: str | None
    period: str | None
    file: str
    rejected_at: str
    findings: tuple[Finding, ...]


class Rejected:
    """The folder of refused deliveries: raw files that only the operator may read, and their reasons."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(
        self, source: str, file: str, findings: Sequence[Finding], raw: Path | None = None, table: str | None = None,
        municipality_id: str | None = None, period: str | None = None,
    ) -> Rejection:  # fmt: skip
        """Record a refusal and move the raw file (if there is one) out of the inbox. A rename makes it known: whole or not at all."""
        rejection = Rejection(new_load_id(), source, table, municipality_id, period, file, datetime.now(UTC).isoformat(), tuple(findings))
        shutil.rmtree(self.root / ".incoming", ignore_errors=True)
        folder = self.root / ".incoming" / rejection.rejection_id
        private_folder(folder)
        (folder / "rejection.json").write_text(json.dumps(asdict(rejection), ensure_ascii=False, indent=1), encoding="utf-8")
        if raw is not None:  # in a folder of its own: it may be called rejection.json
            private_folder(folder / "raw")
            # The same file under a second name, so that no moment lacks it; on another file system a copy must do.
            try:
                os.link(raw, folder / "raw" / raw.name)
            except OSError:
                shutil.copy2(raw, folder / "raw" / raw.name)
        for path in (*folder.rglob("*"), folder):
            sync(path)
        folder.rename(self.root / rejection.rejection_id)
        sync(self.root)
        if raw is not None:
            raw.unlink()
        return rejection

    def finish(self, raw: Path) -> bool:
        """Whether `raw`, found in an inbox, was refused already by a process that was killed before it took the file away; then it goes."""
        if raw.stat().st_nlink == 1:
            return False
        if not any(path.is_file() and path.samefile(raw) for path in self.root.glob("*/raw/*")):
            return False
        raw.unlink()
        return True

    def all(self) -> list[Rejection]:
        """Every recorded refusal, oldest first."""
        found = []
        for path in self.root.glob("*/rejection.json"):
            values = json.loads(path.read_text(encoding="utf-8"))
            findings = tuple(Finding(**finding) for finding in values.pop("findings"))
            found.append(Rejection(**values, findings=findings))
        return sorted(found, key=lambda rejection: rejection.rejected_at)

    def raw(self, rejection: Rejection) -> Path | None:
        """The refused file itself; None where there was none, or where it has been removed."""
        path = self.root / rejection.rejection_id / "raw" / rejection.file
        return path if path.exists() else None

    def resolve(self, rejection: Rejection, reason: str) -> None:
        """Record that a refusal is mended for a reason that no load shows (a fetch that brought nothing new)."""
        path = self.root / rejection.rejection_id / "resolved.json"
        replace_text(path, json.dumps({"reason": reason, "resolved_at": datetime.now(UTC).isoformat()}))

    def unresolved(self, lake: Lake) -> list[Rejection]:
        """Refusals that are not resolved and that no later accepted load has mended.

        Mended means: a later load of the same table, municipality and period; where those could not be told, a later
        load of the same source from a file of the same name.
        """
        resolved = {path.parent.name for path in self.root.glob("*/resolved.json")}
        if not (open_ones := [rejection for rejection in self.all() if rejection.rejection_id not in resolved]):
            return []
        loads = lake.loads()

        def mended(rejection: Rejection) -> bool:
            for load in loads:
                if load.source != rejection.source or load.accepted_at <= rejection.rejected_at:
                    continue
                if rejection.period is None or rejection.table is None:
                    if load.file == rejection.file:
                        return True
                elif (load.table, load.municipality_id, load.period) == (rejection.table, rejection.municipality_id, rejection.period):
                    return True
            return False

        return [rejection for rejection in open_ones if not mended(rejection)]


def _columns(parquet: Path) -> list[str]:
    """Names of the columns that really are in the file, whatever the contract says."""
    import duckdb

    return [name for (name,) in duckdb.execute("select name from parquet_schema(?) where num_children is null", [str(parquet)]).fetchall()]


def naive_utc(text: str) -> datetime:
    """A moment of a `load.json` as the warehouse holds it: UTC, without time zone."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
