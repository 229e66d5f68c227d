"""The trials of a misbehaving Kolada at a small share, and that they notice a guard that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from trials.kolada import BREAKS, TRIALS


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_a_few_of_each_hold(trial: object, tmp_path: Path) -> None:
    attempts = list(trial.run(tmp_path, 0.05))  # type: ignore[attr-defined]
    assert attempts and all(attempt.held for attempt in attempts), [attempt for attempt in attempts if not attempt.held]


def test_without_the_overlap_the_feed_loses_what_was_dated_back(tmp_path: Path) -> None:
    guard = next(one for one in BREAKS if one.guard == "overlap of the change feed")
    trial = next(one for one in TRIALS if one.name == guard.trial)
    with guard.broken():
        assert not all(attempt.held for attempt in trial.run(tmp_path, guard.share))
