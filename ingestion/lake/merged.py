"""Loads whose rows lie in a merged file, among those of others.

Belongs here: reading what compactions there are, and the loads that they hold. Does not belong here: making one
(`compaction`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from ingestion.durable import file_checksum
from ingestion.lake.loads import LakeDamaged, Load, records

MARK = "compaction.json"


@dataclass(frozen=True)
class Compaction:
    """A merged file. number: order of the compactions of a lake; of two that hold a load, the later counts.

    size and checksum: bytes and SHA-256 of the merged file.
    """

    directory: Path
    number: int
    loads: tuple[str, ...]
    size: int
    checksum: str


@dataclass(frozen=True)
class MergedLoad(Load):
    """A load whose rows lie in a merged file, among those of others."""

    merged: Compaction = field(compare=False, kw_only=True)

    @property
    def parquet(self) -> Path:
        """The merged file; rows of this load carry its `load_id`."""
        return self.merged.directory / "data.parquet"

    def check(self) -> None:
        """Raise LakeDamaged unless the merged file is there with its size. Reads nothing."""
        if not self.parquet.exists() or self.parquet.stat().st_size != self.merged.size:
            self._reject()

    def verify(self) -> None:
        """Raise LakeDamaged unless the merged file has the bytes that it was written with. Reads it once per process."""
        self.check()
        if merged_checksum(self.parquet, self.merged.size) != self.merged.checksum:
            self._reject()

    def _reject(self) -> NoReturn:
        raise LakeDamaged(
            f"{self.parquet} is missing or damaged: it holds {len(self.merged.loads)} loads of {self.source}.{self.table}. Restore it from "
            "backup. Without one, remove its folder and those loads' folders, and fetch everything again: what was revised between "
            "them is lost."
        )


def compactions(root: Path) -> list[Compaction]:
    """Every compaction in the lake under `root`, in order."""
    found = []
    for path in records(root, MARK):
        values = json.loads(path.read_text(encoding="utf-8"))
        found.append(
            Compaction(path.parent, values["number"], tuple(values["loads"]), values["size"], values["checksum"])
        )
    return sorted(found, key=lambda one: one.number)


def with_merged_files(root: Path, loads: Iterable[Load]) -> list[Load]:
    """The loads, those that a compaction holds as such."""
    holds = {load_id: one for one in compactions(root) for load_id in one.loads}
    return [
        MergedLoad(**{item.name: getattr(load, item.name) for item in fields(load)}, merged=holds[load.load_id])
        if load.load_id in holds
        else load
        for load in loads
    ]


@lru_cache(maxsize=64)
def merged_checksum(path: Path, _size: int) -> str:
    """SHA-256 of a merged file, read once per process and size."""
    return file_checksum(path)
