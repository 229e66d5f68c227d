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
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.contracts import Table, table, tables
from ingestion.failures import PermanentFailure
from ingestion.findings import Finding
from ingestion.personal_data import check_columns

if TYPE_CHECKING:
    import duckdb

WHOLE = "all"
"""Municipality and period of a load that is fetched as a whole (Kolada)."""

BOOKKEEPING = ("source_row", "load_id")
"""Lake columns that say where a row came from; no part of a load's content."""


class LakeDamaged(PermanentFailure):
    """A file of an accepted load is missing or has another size than when it was accepted."""


class LakeBusy(PermanentFailure):
    """Another process is writing to the lake."""


@dataclass(frozen=True)
class Load:
    """One accepted delivery of one table for one municipality and period, as its `load.json` says.

    sequence: order of acceptance, also when the clock jumps back. size: bytes of the Parquet file. suite: results of
    the suite that accepted it ({"rules": n, "warnings": [findings]}). is_simulated: holds simulated rows.
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

    @property
    def parquet(self) -> Path:
        """The load's data."""
        return self.directory / "data.parquet"

    def check(self) -> None:
        """Raise LakeDamaged unless the Parquet file is there with the size that it was accepted with."""
        if not self.parquet.exists() or self.parquet.stat().st_size != self.size:
            raise LakeDamaged(
                f"{self.parquet} is missing or damaged (load {self.load_id} of {self.source}.{self.table}, "
                f"{self.municipality_id}, {self.period}). "
                "Restore the file from backup, or remove its folder and deliver the period again."
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


class Lake:
    """All accepted loads under `root`. Reading needs no lock; writing happens inside `writer()`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sequence: int | None = None

    # Reading

    def loads(self, as_of: datetime | None = None) -> list[Load]:
        """Loads accepted by `as_of` (all if None), in order of acceptance."""
        found = []
        for path in self.root.glob("*/*/*/*/*/load.json"):
            values = json.loads(path.read_text(encoding="utf-8"))
            found.append(Load(**values, directory=path.parent))
        if as_of is not None:
            found = [load for load in found if datetime.fromisoformat(load.accepted_at) <= as_of]
        return sorted(found, key=lambda load: load.sequence)

    def in_force(self, as_of: datetime | None = None) -> list[Load]:
        """Of the loads accepted by `as_of`, the newest per table, municipality and period; of a log, all of them in order."""
        newest: dict[tuple[str, ...], Load] = {}
        for load in self.loads(as_of):
            key: tuple[str, ...] = (load.source, load.table, load.municipality_id, load.period)
            if table(load.source, load.table).is_log:
                key = (*key, load.load_id)
            newest[key] = load
        return sorted(newest.values(), key=lambda load: load.sequence)

    def in_force_for(self, of: Table, municipality_id: str = WHOLE, period: str = WHOLE) -> Load | None:
        """The load in force for one table, municipality and period (of a log, the newest); None if there is none."""
        newest = None
        for path in self._directory(of, municipality_id, period).glob("*/load.json"):
            load = Load(**json.loads(path.read_text(encoding="utf-8")), directory=path.parent)
            if newest is None or load.sequence > newest.sequence:
                newest = load
        return newest

    def baseline(self, candidate: Candidate) -> Load | None:
        """The load that a candidate is compared with: of the nearest earlier period, else the one that it would replace."""
        of, municipality_id = candidate.table, candidate.municipality_id
        periods = self._directory(of, municipality_id, candidate.period).parent
        earlier = sorted((path.name for path in periods.glob("*") if path.name < candidate.period), reverse=True)
        for period in [*earlier, candidate.period]:
            load = self.in_force_for(of, municipality_id, period)
            if load is not None:
                return load
        return None

    def attach(self, con: duckdb.DuckDBPyConnection, as_of: datetime | None = None) -> None:
        """Give dbt its sources: in schema `lake` one view per contract table over the loads in force, and table `loads`.

        A table without loads gets an empty view with the contract's columns, so that a municipality with Kolada alone
        builds. The schema is made anew each time. Raises LakeDamaged.
        """
        in_force = self.in_force(as_of)
        con.execute("drop schema if exists lake cascade")
        con.execute("create schema lake")
        for of in tables():
            files = []
            for load in in_force:
                if (load.source, load.table) == (of.source, of.name):
                    load.check()
                    files.append(load.parquet)
            con.execute(f"create view lake.{of.full_name} as {select_lake(of, files)}")
        con.execute(
            "create table lake.loads (load_id varchar, sequence bigint, source varchar, table_name varchar, municipality_id varchar, "
            "period varchar, content_hash varchar, file varchar, received_at timestamp, accepted_at timestamp, rows bigint, "
            "data_through date, key_id varchar, is_simulated boolean, warnings bigint)"
        )
        rows = [
            (
                load.load_id, load.sequence, load.source, load.table, load.municipality_id, load.period, load.content_hash, load.file,
                _naive_utc(load.received_at), _naive_utc(load.accepted_at), load.rows, load.data_through, load.key_id,
                load.is_simulated, len(load.suite.get("warnings", [])),
            )
            for load in in_force
        ]  # fmt: skip
        if rows:
            con.executemany(f"insert into lake.loads values ({', '.join('?' * 15)})", rows)

    # Writing

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the lake for writing. Clears what a killed writer left in `.incoming`; LakeBusy if another process writes."""
        from filelock import FileLock, Timeout

        _private(self.root)
        try:
            with FileLock(self.root / ".lock", timeout=0):
                shutil.rmtree(self.root / ".incoming", ignore_errors=True)
                self._sequence = None
                yield
        except Timeout as timeout:
            raise LakeBusy(f"Another refresh is writing to {self.root}. Wait for it to end, or stop it, and run again.") from timeout

    def new_candidate_dir(self) -> Path:
        """A new, private folder in `.incoming`; its name is the load's id."""
        path = self.root / ".incoming" / new_load_id()
        _private(path)
        return path

    def discard(self, candidate: Candidate) -> None:
        """Remove a candidate that was not accepted."""
        shutil.rmtree(candidate.path, ignore_errors=True)

    def accept(self, candidate: Candidate, suite: dict[str, Any]) -> Load:
        """Make a judged candidate a load: write `load.json`, sync, and rename the folder into the lake. The rename is acceptance.

        Raises ColumnNotRegistered if the file has a column that the register of personal data does not list.
        """
        check_columns(candidate.table, _columns(candidate.parquet))
        if self._sequence is None:  # once per writer: a hundred acceptances must not read the lake a hundred times
            self._sequence = max((load.sequence for load in self.loads()), default=0)
        self._sequence += 1
        target = self._directory(candidate.table, candidate.municipality_id, candidate.period) / candidate.load_id
        load = Load(
            load_id=candidate.load_id,
            sequence=self._sequence,
            source=candidate.table.source,
            table=candidate.table.name,
            municipality_id=candidate.municipality_id,
            period=candidate.period,
            content_hash=candidate.content_hash,
            file=candidate.file,
            format=candidate.format,
            received_at=candidate.received_at.isoformat(),
            accepted_at=datetime.now(UTC).isoformat(),
            rows=candidate.rows,
            size=candidate.parquet.stat().st_size,
            data_through=candidate.data_through.isoformat() if candidate.data_through else None,
            key_id=candidate.key_id,
            is_simulated=candidate.is_simulated,
            suite=suite,
            directory=target,
        )
        values = {item.name: getattr(load, item.name) for item in fields(load) if item.name != "directory"}
        (candidate.path / "load.json").write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")
        _private(target.parent)
        for path in (candidate.parquet, candidate.path / "load.json", candidate.path):
            _sync(path)
        candidate.path.rename(target)
        _sync(target.parent)
        return load

    def _directory(self, of: Table, municipality_id: str, period: str) -> Path:
        return self.root / of.source / of.name / municipality_id / period


def select_lake(of: Table, files: Iterable[Path]) -> str:
    """SQL that reads the contract's lake columns from `files`, or typed nothing if there are none."""
    columns = of.lake_columns()
    listed = ", ".join(literal(path) for path in files)
    if not listed:
        return "select " + ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in columns) + " where false"
    return f"select {', '.join(quoted(name) for name, _ in columns)} from read_parquet([{listed}], union_by_name = true)"


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
        """Record a refusal and move the raw file (if there is one) out of the inbox."""
        rejection = Rejection(new_load_id(), source, table, municipality_id, period, file, datetime.now(UTC).isoformat(), tuple(findings))
        folder = self.root / rejection.rejection_id
        _private(folder)
        (folder / "rejection.json").write_text(json.dumps(asdict(rejection), ensure_ascii=False, indent=1), encoding="utf-8")
        if raw is not None:  # in a folder of its own: it may be called rejection.json
            _private(folder / "raw")
            shutil.move(raw, folder / "raw" / raw.name)
        return rejection

    def all(self) -> list[Rejection]:
        """Every recorded refusal, oldest first."""
        found = []
        for path in sorted(self.root.glob("*/rejection.json")):
            values = json.loads(path.read_text(encoding="utf-8"))
            findings = tuple(Finding(**finding) for finding in values.pop("findings"))
            found.append(Rejection(**values, findings=findings))
        return found

    def raw(self, rejection: Rejection) -> Path | None:
        """The refused file itself; None where there was none, or where it has been removed."""
        path = self.root / rejection.rejection_id / "raw" / rejection.file
        return path if path.exists() else None

    def resolve(self, rejection: Rejection, reason: str) -> None:
        """Record that a refusal is mended for a reason that no load shows (a fetch that brought nothing new)."""
        path = self.root / rejection.rejection_id / "resolved.json"
        path.write_text(json.dumps({"reason": reason, "resolved_at": datetime.now(UTC).isoformat()}), encoding="utf-8")

    def unresolved(self, lake: Lake) -> list[Rejection]:
        """Refusals that are not resolved and that no later accepted load has mended.

        Mended means: a later load of the same table, municipality and period; where those could not be told, a later
        load of the same source from a file of the same name.
        """
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

        resolved = {path.parent.name for path in self.root.glob("*/resolved.json")}
        return [r for r in self.all() if r.rejection_id not in resolved and not mended(r)]


def _private(path: Path) -> None:
    """Make the folder and its parents, readable by the owner only."""
    previous = os.umask(0o077)
    try:
        path.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(previous)


def _columns(parquet: Path) -> list[str]:
    """Names of the columns that really are in the file, whatever the contract says."""
    import duckdb

    return [name for (name,) in duckdb.execute("select name from parquet_schema(?) where num_children is null", [str(parquet)]).fetchall()]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _naive_utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
