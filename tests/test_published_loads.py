"""Loads that a publication lists and the lake lacks: which of them are gone, and how they are named."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.contracts import table
from ingestion.contracts.kolada import DATA
from ingestion.lake import WHOLE, Lake, LakeDamaged, Load, naive_utc
from ingestion.monitoring.published_loads import PublishedLoad, lost_loads, require_published_loads
from testkit.small_extracts import candidate, make

EMPLOYMENTS = table("hr", "employments")


class Ledger:
    """A lake, and what a publication of all its loads lists."""

    def __init__(self, root: Path) -> None:
        self.lake = Lake(root)

    def accept(self, period: str = "2024-01") -> Load:
        with self.lake.writer():
            return self.lake.accept(candidate(self.lake, EMPLOYMENTS, make(EMPLOYMENTS, period), period), {})

    def fetch(self, from_date: str | None) -> Load:
        """A load of Kolada's values: what its rows hold matters to no ledger."""
        load = self.accept()
        entry = json.loads((load.directory / "load.json").read_text())
        entry.update(source=DATA.source, table=DATA.name, municipality_id=WHOLE, period=WHOLE)
        target = self.lake.directory(DATA, WHOLE, WHOLE) / load.load_id
        target.parent.mkdir(parents=True, exist_ok=True)
        load.directory.rename(target)
        (target / "load.json").write_text(json.dumps(entry))
        (target / "fetch.json").write_text(json.dumps({"from_date": from_date, "units": [], "values": {}}))
        [made] = [one for one in self.lake.loads() if one.load_id == load.load_id]
        return made

    def published(self) -> list[PublishedLoad]:
        return [
            PublishedLoad(
                load.load_id, load.source, load.table, load.municipality_id, load.period, naive_utc(load.accepted_at)
            )
            for load in self.lake.loads()
        ]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "lake")


def test_a_removed_folder_is_gone_until_it_is_back_or_delivered_again(ledger: Ledger, tmp_path: Path) -> None:
    load, other = ledger.accept("2024-01"), ledger.accept("2024-02")
    published = ledger.published()
    assert lost_loads(ledger.lake, published) == []
    shutil.move(load.directory, tmp_path / "aside")
    [missing] = lost_loads(ledger.lake, published)
    assert (missing.load_id, missing.directory(ledger.lake)) == (load.load_id, load.directory)
    with pytest.raises(LakeDamaged, match=rf"\(1\): {load.load_id} of hr.employments, 1489, 2024-01"):
        require_published_loads(ledger.lake, published)
    ledger.accept("2024-02")
    assert lost_loads(ledger.lake, published) == [missing], "another month stands in for nothing"
    shutil.move(tmp_path / "aside", load.directory)
    assert lost_loads(ledger.lake, published) == []
    shutil.rmtree(load.directory)
    ledger.accept("2024-01")
    assert lost_loads(ledger.lake, published) == []
    assert other.directory.exists()


def test_an_earlier_load_of_the_same_month_stands_in_for_nothing(ledger: Ledger) -> None:
    ledger.accept()
    corrected = ledger.accept()
    published = ledger.published()[1:]
    shutil.rmtree(corrected.directory)
    assert [one.load_id for one in lost_loads(ledger.lake, published)] == [corrected.load_id]


def test_an_erased_load_is_not_gone(ledger: Ledger) -> None:
    load = ledger.accept()
    published = ledger.published()
    ledger.lake.erase(load, {"at": datetime.now(UTC).isoformat(), "why": "decided"})
    assert lost_loads(ledger.lake, published) == []


def test_in_a_log_only_a_later_full_fetch_stands_in(ledger: Ledger) -> None:
    first = ledger.fetch(None)
    changes = ledger.fetch("2024-01-01")
    published = ledger.published()
    shutil.rmtree(changes.directory)
    ledger.fetch("2024-02-01")
    assert [one.load_id for one in lost_loads(ledger.lake, published)] == [changes.load_id]
    ledger.fetch(None)
    assert lost_loads(ledger.lake, published) == []
    assert first.directory.exists()


def test_many_are_counted_and_the_first_named(ledger: Ledger) -> None:
    for month in range(1, 8):
        ledger.accept(f"2024-{month:02}")
    published = ledger.published()
    shutil.rmtree(ledger.lake.root)
    with pytest.raises(LakeDamaged) as raised:
        require_published_loads(ledger.lake, published)
    assert "(7): " in str(raised.value)
    assert "2024-05 and others" in str(raised.value)
    assert "2024-06" not in str(raised.value)
