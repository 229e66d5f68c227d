"""The trials of faults, kills and readers at a small share: that they hold, and that their own parts notice what is
wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from trials import faults, kill, readers
from trials.home import Home, difference
from trials.runner import run

QUICK = [
    name
    for name in faults.FAULTS
    if "size kept; delivered again" in name or "clock" in name or ".wal" in name or "slot" in name
]


@pytest.mark.parametrize("name", QUICK)
def test_a_fault_ends_in_a_message_and_a_way_out(name: str, tmp_path: Path) -> None:
    attempt = faults.tried(name, tmp_path)
    assert attempt.held, attempt.said


def test_a_broken_guard_is_noticed() -> None:
    [broken] = [one for one in faults.BREAKS if "checksum" in one.guard]
    [trial] = faults.TRIALS
    with broken.broken():
        count, failures = run(trial, 0.01)
    assert count.held == 0
    assert [failure.name for failure in failures] == [next(iter(faults.FAULTS))]


def test_readers_see_whole_publications_only() -> None:
    count, failures = run(readers.TRIALS[0], 0.1)
    # how long a publication takes is the trial's to judge, over twenty of them and on a machine of its own
    assert not [failure for failure in failures if not failure.name.startswith("publication ")], failures
    assert count.tried == readers.READERS + 3


def test_every_fault_has_its_page() -> None:
    for heading in (
        "The disk is full",
        "A folder is read-only",
        "A lake file is damaged",
        "Loads are gone from the lake",
        "A merged file of Kolada's log is damaged",
        "A merged file of Kolada's log has lost its list",
        "A stale .wal",
        "A run never ends",
        "Kolada does not answer, or answers wrongly",
        "Files stay in the inbox",
    ):
        assert faults.commands(heading)


def test_there_are_two_hundred_kills() -> None:
    assert sum(sum(stages.values()) + steps for stages, steps in kill.NUMBERS.values()) == 200
    assert {stage for stages, _ in kill.NUMBERS.values() for stage in stages} == set(kill.STAGES)


def test_what_a_killed_step_left_is_seen(tmp_path: Path) -> None:
    for name in (
        "lake/.incoming/x/data.parquet",
        "published/.publishing-1.duckdb",
        "build/warehouse.duckdb.wal",
        "reports/a/.rendering-link",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.touch()
    assert len(Home(tmp_path).left_overs()) == 4
    assert difference({"loads": 1, "reports": 2}, {"loads": 1, "reports": 3}) == ["reports: 2 instead of 3"]
