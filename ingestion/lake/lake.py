"""The lake: the immutable Parquet files of all accepted loads.

Belongs here: acceptance (one atomic rename), what is in force as of a moment, the views that dbt reads, the change of a
load's content when somebody is erased from it or the key is replaced. Does not belong here: reading deliveries
(`readers`), judging them (`expectations`), any formula, rejected deliveries (`rejected`).

The ledger of loads is their directories: a ledger written beside them could disagree with them after a crash, this one
cannot.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.contracts import Table, table, tables
from ingestion.durable import UNFINISHED, file_checksum, private_folder, sync
from ingestion.failures import PermanentFailure
from ingestion.lake.loads import (
    BOOKKEEPING,
    SHAPE_FILE,
    VALIDATION_FILE,
    WHOLE,
    Candidate,
    Load,
    naive_utc,
    new_load_id,
    read_load,
    record_of,
    records,
    select_lake,
    write_record,
)
from ingestion.lake.merged import with_merged_files
from ingestion.privacy.keys import WrongKey
from ingestion.privacy.register import check_columns
from ingestion.sql import content_hash, literal, read_parquet

if TYPE_CHECKING:
    import duckdb


class RowsErased(PermanentFailure):
    """A load that was in force at the as-of moment has since been erased: what it held cannot be built again."""


class LakeBusy(PermanentFailure):
    """Another process is writing to the lake."""


class Lake:
    """All accepted loads under `root`. Reading needs no lock; writing happens inside `writer()`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._newest: tuple[int, datetime] | None = None

    # Reading

    def loads(self, as_of: datetime | None = None) -> list[Load]:
        """Loads accepted by `as_of` (all if None), in order of acceptance."""
        found = [read_load(path) for path in records(self.root, "load.json")]
        if as_of is not None:
            found = [load for load in found if datetime.fromisoformat(load.accepted_at) <= as_of]
        return with_merged_files(self.root, sorted(found, key=lambda load: load.sequence))

    def in_force(self, as_of: datetime | None = None) -> list[Load]:
        """Of the loads accepted by `as_of`, the newest per table, municipality and period; of a log, all of them in
        order.
        """
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
            self._reject_erased(as_of, newest)
        return [(load, replaced.get(load.load_id)) for load in sorted(newest.values(), key=lambda load: load.sequence)]

    def moment(self) -> datetime:
        """The as-of moment of a build that shall know all that is accepted: now, or the newest acceptance if the clock
        jumped back.
        """
        return max([datetime.now(UTC), *(datetime.fromisoformat(load.accepted_at) for load in self.loads())])

    def _reject_erased(self, as_of: datetime, newest: dict[tuple[str, ...], Load]) -> None:
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

    def in_force_for(self, table: Table, municipality_id: str = WHOLE, period: str = WHOLE) -> Load | None:
        """The load in force for one table, municipality and period (of a log, the newest); None if there is none."""
        newest = None
        for path in self.directory(table, municipality_id, period).glob("*/load.json"):
            load = read_load(path)
            if newest is None or load.sequence > newest.sequence:
                newest = load
        return with_merged_files(self.root, [newest])[0] if newest and table.is_log else newest

    def baseline(self, candidate: Candidate) -> Load | None:
        """The load that a candidate is compared with: of the nearest earlier period, else the one that it would
        replace.
        """
        of, municipality_id = candidate.table, candidate.municipality_id
        periods = self.directory(of, municipality_id, candidate.period).parent
        earlier = sorted((path.name for path in periods.glob("*") if path.name < candidate.period), reverse=True)
        for period in [*earlier, candidate.period]:
            load = self.in_force_for(of, municipality_id, period)
            if load is not None:
                return load
        return None

    def attach(self, con: duckdb.DuckDBPyConnection, as_of: datetime | None = None) -> None:
        """Give dbt its sources: in schema `lake` one view per contract table over the loads in force, and table
        `loads`.

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
                known = ", ".join(
                    literal(load.load_id) for load in in_force if (load.source, load.table) == (of.source, of.name)
                )
                rows += f" where load_id in ({known})"
            con.execute(f"create view lake.{of.full_name} as {rows}")
        con.execute(
            "create table lake.loads (load_id varchar, sequence bigint, source varchar, table_name varchar, municipality_id varchar, "
            "period varchar, content_hash varchar, file varchar, received_at timestamp, accepted_at timestamp, rows bigint, "
            "data_through date, key_id varchar, is_simulated boolean, warnings bigint, predecessor_accepted_at timestamp, mapping varchar)"
        )
        told = [
            (
                load.load_id,
                load.sequence,
                load.source,
                load.table,
                load.municipality_id,
                load.period,
                load.content_hash,
                load.file,
                naive_utc(load.received_at),
                naive_utc(load.accepted_at),
                load.rows,
                load.data_through,
                load.key_id,
                load.is_simulated,
                len(load.suite.get("warnings", [])),
                naive_utc(predecessor.accepted_at) if predecessor else None,
                load.read_by,
            )
            for load, predecessor in standing
        ]
        if told:
            con.executemany(f"insert into lake.loads values ({', '.join('?' * 17)})", told)

    # Writing

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the lake for writing. Clears what a killed writer left in `.incoming`; LakeBusy if another process
        writes.
        """
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
            raise LakeBusy(
                f"Another refresh is writing to {self.root}. Wait for it to end, or stop it, and run again."
            ) from timeout

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
        """Make a judged candidate a load: write `load.json`, sync, and rename the folder into the lake. The rename is
        acceptance.

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
            checksum=file_checksum(candidate.parquet),
            mapping=candidate.mapping,
        )
        (candidate.path / "load.json").write_text(
            json.dumps(record_of(load), ensure_ascii=False, indent=1), encoding="utf-8"
        )
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

    def replace_content(
        self, load: Load, select: str, con: duckdb.DuckDBPyConnection, what: dict[str, Any], key_id: str | None
    ) -> Load:
        """Give an accepted load other content: when a person is erased or the pseudonym key is replaced, and for
        nothing else.

        select: SQL for the new rows. what: goes into the load's history with the content hash that it had. The new file
        is written beside the old one; replacing `load.json` is the change, one atomic step; then the old file goes.
        Killed before the step, the load is as it was; after it, `sweep` removes the old file. The shape profile goes
        too, for it tells of the rows' values; the result of the judgement stays, for it tells how the load was judged
        when it came, in counts.
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
            checksum=file_checksum(parquet),
            content_hash=content_hash(
                con, relation, [column for column, _ in of.lake_columns() if column not in BOOKKEEPING]
            ),
            key_id=key_id,
            history=[*load.history, {**what, "content_hash": load.content_hash, "key_id": load.key_id}],
        )
        sync(parquet)
        write_record(load.directory / "load.json", record_of(changed))
        load.parquet.unlink()
        (load.directory / SHAPE_FILE).unlink(missing_ok=True)
        return changed

    def erase(self, load: Load, what: dict[str, Any]) -> None:
        """Erase a load's rows for good; what it was stays as `erased.json`, with `what` (at, why, publication).

        Killed before `load.json` is gone, the load is still whole and in force; after that, it is erased; `sweep`
        finishes either.
        """
        write_record(load.directory / "erased.json", {**record_of(load), "erased": what})
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
            left = kept is None and path.name in (SHAPE_FILE, VALIDATION_FILE)
            if left or path.name.startswith(UNFINISHED) or (path.suffix == ".parquet" and path.name != kept):
                path.unlink()
        sync(folder)

    def directory(self, table: Table, municipality_id: str, period: str) -> Path:
        """The folder of the loads of one table, municipality and period."""
        return self.root / table.source / table.name / municipality_id / period


def _columns(parquet: Path) -> list[str]:
    """Names of the columns that really are in the file, whatever the contract says."""
    import duckdb

    return [
        name
        for (name,) in duckdb.execute(
            "select name from parquet_schema(?) where num_children is null", [str(parquet)]
        ).fetchall()
    ]
