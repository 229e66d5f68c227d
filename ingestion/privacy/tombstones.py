"""Tombstones: keyed hashes of whom and what has been erased, by which deliveries leave them out when a source system
still delivers them.

Belongs here: the record of erasures and the question whether somebody has been erased. Does not belong here: finding
and removing rows (`lake.erasure`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ingestion.contracts import Table, Treatment, tables
from ingestion.durable import replacing
from ingestion.privacy.register import processing


@dataclass(frozen=True)
class Number:
    """A number of a source system: of which table and column, in which municipality."""

    table: str
    column: str
    municipality_id: str
    value: str

    def scope(self) -> str:
        """What is hashed: a linked number is the same one in all tables of its source."""
        source = self.table.partition("_")[0]
        return f"{source if leading_number(source) == self.column else self.table}.{self.column}:{self.municipality_id}:{self.value}"


@dataclass
class Erasure:
    """What is recorded of an erasure: who ordered it, when, why, rows by table; never of whom.

    tombstones: keyed hashes, of no use without the key. lifted: by whom and when, if the person may be delivered again.
    """

    erasure_id: str
    by: str
    reason: str
    begun_at: str
    tombstones: list[str]
    finished_at: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    loads: int = 0
    raw_files: int = 0
    by_hand: list[str] = field(default_factory=list)
    lifted: dict[str, str] | None = None


class Tombstones:
    """The record of erasures, and the question whether somebody has been erased. The key is made on first use, beside
    the other keys.
    """

    def __init__(self, folder: Path, key: Callable[[], bytes]) -> None:
        """folder: where erasures are recorded, one file each. key: gives the 32 bytes that the tombstones are hashed
        with.
        """
        self.folder = folder
        self._key = key
        self._digests: frozenset[str] | None = None

    def all(self) -> list[Erasure]:
        """Every erasure, oldest first."""
        return [Erasure(**json.loads(path.read_text(encoding="utf-8"))) for path in sorted(self.folder.glob("*.json"))]

    def save(self, erasure: Erasure) -> None:
        """Record an erasure, in one atomic step."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(self.folder / f"{erasure.erasure_id}.json", mode=0o600) as file:
            file.write(json.dumps(erasure.__dict__, ensure_ascii=False, indent=1).encode("utf-8"))
        self._digests = None

    @property
    def digests(self) -> frozenset[str]:
        """Tombstones of all erasures that have not been lifted."""
        if self._digests is None:
            self._digests = frozenset(digest for one in self.all() if one.lifted is None for digest in one.tombstones)
        return self._digests

    def digest(self, scope: str) -> str:
        """The tombstone of a person ('person:' and the canonical personnummer) or of a number's scope."""
        return hmac.new(self._key(), scope.encode("utf-8"), hashlib.sha256).hexdigest()

    def holds_person(self, number: str) -> bool:
        """Whether the person with this canonical personnummer has been erased."""
        return bool(self.digests) and self.digest(f"person:{number}") in self.digests

    def holds(self, table: Table, column: str, municipality_id: str, values: Iterable[str]) -> list[str]:
        """Those of `values` that have been erased."""
        if not self.digests:
            return []
        return [
            value
            for value in values
            if self.digest(Number(table.full_name, column, municipality_id, value).scope()) in self.digests
        ]


def left_out_by(table: Table) -> list[str]:
    """Columns of a table whose numbers decide, beside the person, whether a row or a number in it has been erased."""
    entry = processing(table)
    numbers = [one.name for one in entry.fields if one.treatment is Treatment.NUMBER] if entry else []
    if (
        table.has_person
    ):  # there the person decides, and a corrected row of another person under the same number must pass
        numbers = [name for name in numbers if leading_number(table.source) != name]
    return numbers


@cache
def leading_number(source: str) -> str | None:
    """The number that leads from a source's tables with persons to those without; None where there is none."""
    return next(
        (column.name for of in tables(source) for column in of.columns if column.personal and column.personal.leads),
        None,
    )


def is_of_another(table: Table, column: str) -> bool:
    """Whether a row with this number is somebody else's too: the number goes, the row stays."""
    personal = table.column(column).personal
    return personal is not None and personal.is_of_another
