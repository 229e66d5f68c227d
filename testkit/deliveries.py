"""Deliveries of one source, through the gate into a lake and on into a small warehouse.

Belongs here: what tests of single sources share. Does not belong here: any source's rows or faults.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.gate import Gate, Outcome
from expectations.judge import judge
from ingestion.configuration.municipality import load_municipalities
from ingestion.lake import Lake, Rejected
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.readers.delivery import read_delivery
from testkit.warehouse import failures, run_dbt, write_sources

MUNICIPALITIES = load_municipalities(Path(__file__).parents[1] / "municipalities")
Cells = dict[str, str]


@dataclass
class Deliveries:
    """Below `root`: an inbox, and the lake that it is taken into."""

    root: Path
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.inbox, self.lake, self.rejected = (
            self.root / "inbox",
            Lake(self.root / "lake"),
            Rejected(self.root / "rejected"),
        )
        self.pseudonymiser = Pseudonymiser(b"k" * 32)

    def take_in(self, source: str) -> list[Outcome]:
        """Judge and accept what waits of `source`."""
        with self.lake.writer():
            return Gate(self.lake, self.rejected, MUNICIPALITIES, self.pseudonymiser, self.said.append).take_in(
                source, self.inbox
            )

    def broken_rules(self, source: str, municipality_id: str, path: Path) -> set[str]:
        """The rules that turn red on one file, which is not accepted."""
        [candidate] = read_delivery(path, source, MUNICIPALITIES[municipality_id], self.lake, self.pseudonymiser)
        try:
            verdict = judge(candidate, MUNICIPALITIES[municipality_id], self.lake)
        finally:
            self.lake.discard(candidate)
        assert all(finding.file and finding.expected and finding.advice for finding in verdict.findings)
        return {result.rule.number for result in verdict.results if not result.passed}

    def build(
        self, select: Sequence[str], as_of: datetime = datetime(2026, 6, 1), exclude: Sequence[str] = ()
    ) -> duckdb.DuckDBPyConnection:
        """Build and test the models that `select` names and `exclude` does not, from what is in force; gives a
        connection for reading.
        """
        path = self.root / "warehouse.duckdb"
        write_sources(path, MUNICIPALITIES, {}, as_of)
        with duckdb.connect(str(path)) as con:
            self.lake.attach(con)
        loads = ["path:models/staging/loads", "path:models/staging/config", "path:models/staging/run"]
        without = ["--exclude", *exclude] if exclude else []
        result = run_dbt(path, "build", "--select", *loads, *select, *without, "--indirect-selection", "cautious")
        assert not failures(result), failures(result)
        return duckdb.connect(str(path), read_only=True)


def changed(path: Path, folder: Path, change: Callable[[list[Cells]], object], encoding: str = "utf-8") -> Path:
    """A copy of the delivered file in `folder`, its rows changed in place by `change`."""
    reader = csv.DictReader(io.StringIO(path.read_text(encoding=encoding)), delimiter=";")
    rows = list(reader)
    change(rows)
    assert reader.fieldnames
    text = io.StringIO()
    writer = csv.DictWriter(text, reader.fieldnames, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    copy.write_text(text.getvalue(), encoding="utf-8", newline="")
    return copy
