"""The trials of operation, at a small share; and each guard of theirs taken away, so that the trial is seen to notice."""

from __future__ import annotations

import pytest

from trials import operations
from trials.runner import ITSELF, run
from trials.trial import Break, Trial


@pytest.mark.parametrize("trial", operations.TRIALS, ids=lambda trial: trial.name)
def test_it_holds(trial: Trial) -> None:
    count, failures = run(trial, 0.2)
    assert count.tried and not failures, failures[:3]


QUICK = [one for one in operations.BREAKS if one.trial != "hostile names"]


@pytest.mark.parametrize("broken", QUICK, ids=lambda one: one.guard)
def test_a_broken_guard_is_noticed(broken: Break) -> None:
    [trial] = [trial for trial in operations.TRIALS if trial.name == broken.trial]
    with broken.broken():
        _, failures = run(trial, broken.share)
    assert failures and not any(failure.name == ITSELF for failure in failures), failures[:3]
