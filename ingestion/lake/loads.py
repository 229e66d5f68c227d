"""Loads and candidates: what is kept of one delivery of one table, and its folder.

Belongs here: `Load` and its `load.json`, `Candidate`, the SQL that reads loads with the contract's columns. Does not
belong here: which loads there are and how one becomes one (`lake`), loads whose rows lie in a merged file (`merged`).

Layout: `<root>/<source>/<table>/<municipality>/<period>/<load_id>/{data.parquet,load.json}`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from functools import lru_cache
from glob import glob
from pathlib import Path
from typing import Any, NoReturn

from ingestion.contracts import Table
from ingestion.durable import file_checksum, replace_text
from ingestion.failures import PermanentFailure
from ingestion.findings import Finding
from ingestion.sql import quoted, read_parquet

WHOLE = "all"
"""Municipality and period of a load that is fetched as a whole (Kolada)."""

SHAPE_FILE = "shape.json"
"""Beside a load's data: aggregate facts on its columns, made when it was judged. Whoever misses it makes it anew."""

VALIDATION_FILE = "validation.json"
"""Beside a load's data: Great Expectations' result of the judgement that accepted it, counts only."""

BOOKKEEPING = ("source_row", "load_id")
"""Lake columns that say where a row came from; no part of a load's content."""


class LakeDamaged(PermanentFailure):
    """A file of an accepted load is missing or has other bytes than when it was accepted."""


@dataclass(frozen=True)
class Load:
    """One accepted delivery of one table for one municipality and period, as its `load.json` says.

    sequence: order of acceptance, also when the clock jumps back. size: bytes of the Parquet file. suite: results of
    the suite that accepted it ({"rules": n, "warnings": [findings]}). is_simulated: holds simulated rows. checksum:
    SHA-256 of the Parquet file; None for loads that were accepted before it was kept. data: name of the
    Parquet file. history: what the content was before a person was erased from it or the pseudonym key was replaced,
    oldest first. mapping: file, version and SHA-256 of the mapping that made the rows of the file, and how many rows of
    the file it left out; None for a file in the contract's shape.
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
    mapping: dict[str, Any] | None = None

    @property
    def parquet(self) -> Path:
        """The load's data."""
        return self.directory / self.data

    @property
    def read_by(self) -> str | None:
        """The mapping that read it, in words; None of a file in the contract's own shape."""
        if self.mapping is None:
            return None
        return f"{self.mapping['file']}, version {self.mapping['version']} ({self.mapping['sha256'][:12]})"

    def check(self) -> None:
        """Raise LakeDamaged unless the Parquet file is there with the size that it was accepted with. Reads nothing."""
        if not self.parquet.exists():
            self._damaged("is missing")
        if self.parquet.stat().st_size != self.size:
            self._damaged("is damaged: it has another size than when it was accepted")

    def verify(self) -> None:
        """Raise LakeDamaged unless the Parquet file has the bytes that it was accepted with. Reads it once."""
        self.check()
        if self.checksum is not None and file_checksum(self.parquet) != self.checksum:
            self._damaged("is damaged: it has other bytes than when it was accepted")

    def _damaged(self, how: str) -> NoReturn:
        raise LakeDamaged(
            f"{self.parquet} {how} (load {self.load_id} of {self.source}.{self.table}, {self.municipality_id}, {self.period}). "
            "Restore the file from backup, or deliver the period again (docs/runbook.md, A lake file is damaged)."
        )


@dataclass(frozen=True)
class Candidate:
    """A typed delivery that waits for judgement: a folder in `.incoming` with its Parquet.

    notes: warnings found while reading; they go into the load when it is accepted. mapping: as `Load.mapping`.
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
    mapping: dict[str, Any] | None = None

    @property
    def parquet(self) -> Path:
        """The candidate's data, with the contract's lake columns."""
        return self.path / "data.parquet"


def new_load_id(now: datetime | None = None) -> str:
    """A new load's id: UTC second and eight random digits, so that names sort by time and never repeat."""
    return f"{(now or datetime.now(UTC)):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def records(root: Path, name: str) -> list[Path]:
    """Every file called `name` (which may be a pattern) in the folder of a load under `root`.

    `.incoming` is not looked into: its folders move away while somebody looks.
    """
    return [root / path for path in glob(f"*/*/*/*/*/{name}", root_dir=root)]  # noqa: PTH207 - pathlib's * takes .incoming too


def read_load(path: Path) -> Load:
    """The load of a `load.json`. Parsed once per process: a refresh asks for what is in force once per source and
    candidate.
    """
    stat = path.stat()
    return _parse_load(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=100_000)
def _parse_load(path: Path, modified_ns: int, size: int, inode: int) -> Load:
    return Load(**json.loads(path.read_text(encoding="utf-8")), directory=path.parent)


def record_of(load: Load) -> dict[str, Any]:
    """What `load.json` says of a load."""
    return {item.name: getattr(load, item.name) for item in fields(load) if item.name != "directory"}


def write_record(path: Path, values: dict[str, Any]) -> None:
    """Write JSON in one atomic, durable step, for the owner only."""
    replace_text(path, json.dumps(values, ensure_ascii=False, indent=1))


def select_lake(table: Table, files: Iterable[Path]) -> str:
    """SQL that reads the contract's lake columns from `files`, or typed nothing if there are none."""
    columns = table.lake_columns()
    listed = tuple(dict.fromkeys(files))
    if not listed:
        return (
            "select " + ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in columns) + " where false"
        )
    return f"select {', '.join(quoted(name) for name, _ in columns)} from {read_parquet(*listed, union_by_name=True)}"


def naive_utc(text: str) -> datetime:
    """A moment of a `load.json` as the warehouse holds it: UTC, without time zone."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
