"""The trials of bad deliveries, at a small share: they hold, their page is up to date, and a guard that is gone is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.contracts import DELIVERED_SOURCES
from trials import deliveries
from trials.__main__ import run
from trials.catalogue import CASES
from trials.trial import Trial

PROJECT = Path(__file__).resolve().parents[1]


def test_the_page_is_that_of_the_catalogue() -> None:
    written = (PROJECT / "docs" / "deliveries.md").read_text(encoding="utf-8")
    assert written == deliveries.deliveries_markdown(), "run: python -m trials.deliveries > docs/deliveries.md"


def test_the_catalogue_has_every_source_and_no_case_twice() -> None:
    assert {case.source for case in CASES} == set(DELIVERED_SOURCES)
    assert len({case.name for case in CASES}) == len(CASES) >= 80
    assert all((case.rule and case.told) or (not case.rule and case.rows and case.total[0]) for case in CASES)


@pytest.mark.parametrize("trial", deliveries.TRIALS, ids=lambda trial: trial.name)
def test_a_share_of_the_catalogue_meets_its_fate(trial: Trial) -> None:
    count, failures = run(trial, 0.08)
    assert not failures and count.held == count.tried > 0


@pytest.mark.parametrize("name", ["deliveries-persons", "deliveries-size"])
def test_a_guard_that_is_gone_is_noticed(name: str) -> None:
    [trial] = [trial for trial in deliveries.TRIALS if trial.name == name]
    broken = next(one for one in deliveries.BREAKS if one.trial == name)
    with broken.broken():
        _, failures = run(trial, broken.share)
    assert failures
