"""The trials of personal data hold at a small share, each broken guard is noticed, and what a trial leaves is searched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trials.personal_data import BREAKS, TRIALS, WHO, left_behind
from trials.runner import run
from trials.trial import Attempt, Break, Trial

BY_NAME = {trial.name: trial for trial in TRIALS}


@pytest.mark.parametrize("name", ["planted", "unlisted", "erased", "rekeyed"])
def test_it_holds(name: str) -> None:
    count, failures = run(BY_NAME[name], 0.02)
    assert not failures and count.tried


@pytest.mark.parametrize(
    "one", [one for one in BREAKS if one.trial in ("unlisted", "erased")], ids=lambda one: one.guard
)
def test_a_guard_taken_away_is_noticed(one: Break) -> None:
    with one.broken():
        _, failures = run(BY_NAME[one.trial], one.share)
    assert failures


def test_what_a_trial_leaves_is_searched_except_what_was_delivered(tmp_path: Path) -> None:
    for folder in ("docs", "inbox/1489/hr", "rejected/1/raw"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.txt").write_text(f"row 3: {WHO}")
    files, hits = left_behind(tmp_path)
    assert files == 1 and [hit.file.parent.name for hit in hits] == ["docs"]


def test_a_trial_that_leaves_a_person_did_not_hold() -> None:
    def leaves(folder: Path, share: float) -> Iterator[Attempt]:
        (folder / "a.log").write_text(f"row 3: {WHO}")
        yield Attempt("one", True)

    count, failures = run(Trial("leaves", "nothing", leaves))
    assert (count.held, count.searched, count.personal) == (1, 1, 1)
    assert [failure.name for failure in failures] == ["personal data left in a.log"] and WHO not in failures[0].said
