"""The trials of bad deliveries, at a small share: they hold, their page is up to date, and a guard that is gone is
noticed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingestion.contracts import DELIVERED_SOURCES
from trials import deliveries, fuzz
from trials.catalogue import CASES
from trials.runner import run
from trials.trial import Trial

PROJECT = Path(__file__).resolve().parents[1]


def test_the_page_is_that_of_the_catalogue() -> None:
    written = (PROJECT / "docs" / "deliveries.md").read_text(encoding="utf-8")
    assert written == deliveries.deliveries_markdown(), "run: genomlysning generate"


def test_the_catalogue_has_every_source_and_no_case_twice() -> None:
    assert {case.source for case in CASES} == set(DELIVERED_SOURCES)
    assert len({case.name for case in CASES}) == len(CASES) >= 80
    assert all(
        (case.rule and case.told) or (not case.rule and case.rows and case.total[0]) or case.passed_over
        for case in CASES
    )


@pytest.mark.parametrize("trial", deliveries.TRIALS, ids=lambda trial: trial.name)
def test_a_share_of_the_catalogue_meets_its_fate(trial: Trial) -> None:
    count, failures = run(trial, 0.04)
    assert not failures and count.held == count.tried > 0


OF_REAL_LIFE = (
    "bom-twice sep-line title-line title-lines-with-separators row-of-semicolons html gzip other-file-pdf decomposed-letters "
    "headers-with-blanks header-with-line-break sum-row-0 sum-row-1 sum-row-2 sum-row-3 sum-and-remark sum-in-workbook four-decimals "
    "four-decimals-that-count thin-spaces timestamp date-for-month shown-with-zeros shown-with-letters"
    " strict escaped-characters formula-not-read hidden-rows "
    "title-above empty-sheet-in-front with-password encrypted opendocument running-number century-lost-homecare century-lost-employee "
    "century-lost-lss plus-sign reserve-check-digit system-file-Thumbs.db"
)
"""What systems, spreadsheets and word processors make of a table: each of them every time, and not a share."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deliveries")


@pytest.mark.parametrize("name", OF_REAL_LIFE.split())
def test_what_real_life_delivers_meets_its_fate(shared: Path, name: str) -> None:
    [case] = [case for case in CASES if case.name == name]
    tried = deliveries.attempt(shared, case)
    assert tried.held, tried.said


@pytest.mark.parametrize("name", ["deliveries-size"])
def test_a_guard_that_is_gone_is_noticed(name: str) -> None:
    [trial] = [trial for trial in deliveries.TRIALS if trial.name == name]
    broken = next(one for one in deliveries.BREAKS if one.trial == name)
    with broken.broken():
        _, failures = run(trial, broken.share)
    assert failures


@pytest.mark.parametrize("trial", fuzz.TRIALS, ids=lambda trial: trial.name)
def test_mutated_files_are_rejected_or_read_as_another_parser_reads_them(trial: Trial) -> None:
    count, failures = run(trial, 0.005)
    assert not failures and count.held == count.tried >= 20


def test_a_name_gives_the_same_file_again_and_its_mutations_can_be_left_out() -> None:
    for kind in fuzz.FILES:
        file, mutations = fuzz.make(f"{kind}-000007")
        assert fuzz.make(f"{kind}-000007") == (file, mutations)
        whole, _ = fuzz.make(f"{kind}-000007", keep=[])
        assert whole != file or not mutations


def test_the_other_parsers_are_others() -> None:
    text = (PROJECT / "trials" / "parsers.py").read_text(encoding="utf-8")
    assert not any(
        line.startswith(("from", "import")) and re.search("readers|delivery|sie", line) for line in text.splitlines()
    )
