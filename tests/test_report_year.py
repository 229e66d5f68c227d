"""A new year: which period a report is of, whose files it leaves alone, and whose texts it prints."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingestion.configuration.municipality import Municipality, ReportChoice, load_municipality
from reports.figures import PublicationUnreadable, Reach
from reports.render import render_reports
from reports.source import covered
from testkit import report_fixture

ALINGSAS = load_municipality(report_fixture.ROOT / "municipalities" / "1489-alingsas")
OUTLINE = """
kind: arsbokslut
title: Årsbokslut {year}
sections:
  - id: personal
    heading: Personal
    blocks:
      - block: key_figures
        table_id: sjukfranvaro
        title: Sjukfrånvaro
        columns: [{label: "{year-1}", year: -1}, {label: "{year}"}]
        groups: [{rows: [{label: Total, indicator: sick_leave_all_forms, decimals: 1, unit_suffix: " %"}]}]
"""
NEXT_YEAR = "update marts.dim_municipality set report_year = 2025, data_through = date '2025-12-31'"


@pytest.fixture
def board(tmp_path: Path) -> Municipality:
    """A municipality with a small årsbokslut and a text of 2024."""
    folder = tmp_path / "1489-alingsas"
    (folder / "reports").mkdir(parents=True)
    (folder / "reports" / "arsbokslut.yaml").write_text(OUTLINE, encoding="utf-8")
    write(folder, "2024", "Vi höll en *sommarfest*.")
    return ALINGSAS.model_copy(update={"folder": folder, "reports": (ReportChoice(kind="arsbokslut"),)})


def write(folder: Path, period: str, text: str) -> None:
    path = folder / "texts" / period / "arsbokslut" / "personal.md"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("choice", "report_year", "through", "expected"),
    [
        (ReportChoice(kind="arsbokslut"), 2025, date(2026, 3, 31), "2025"),
        (ReportChoice(kind="arsbokslut"), 2025, None, "2025"),
        (ReportChoice(kind="delarsbokslut", through="08"), 2024, date(2025, 7, 31), "2024-08"),
        (ReportChoice(kind="delarsbokslut", through="08"), 2024, date(2025, 8, 31), "2025-08"),
        (ReportChoice(kind="delarsbokslut", through="2024-08"), 2025, date(2026, 3, 31), "2024-08"),
        (ReportChoice(kind="delarsbokslut", through="08"), 2025, None, "2025-08"),
        (ReportChoice(kind="manadsuppfoljning"), 2024, date(2025, 10, 31), "2025-10"),
        (ReportChoice(kind="manadsuppfoljning"), 2024, None, "2024-12"),
    ],
)
def test_a_report_is_of_what_the_choice_says_else_of_what_is_delivered(
    choice: ReportChoice, report_year: int, through: date | None, expected: str
) -> None:
    assert str(covered(choice, Reach(report_year, through))) == expected


def test_next_year_has_its_own_files_and_leaves_those_of_the_year_before(board: Municipality, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (first,) = render_reports(report_fixture.build(tmp_path / "a.duckdb"), board, out)
    before = {path.name: path.read_bytes() for path in first.paths}
    (second,) = render_reports(report_fixture.build(tmp_path / "b.duckdb", then=(NEXT_YEAR,)), board, out)
    assert [path.name for path in second.paths] == [f"arsbokslut-2025{suffix}" for suffix in (".html", ".pdf", ".xlsx")]
    assert "Årsbokslut 2025" in second.paths[0].read_text(encoding="utf-8")
    assert {path.name: path.read_bytes() for path in first.paths} == before


def test_a_text_of_the_year_before_is_offered_marked_and_not_printed(board: Municipality, tmp_path: Path) -> None:
    out, publication = tmp_path / "out", report_fixture.build(tmp_path / "b.duckdb", then=(NEXT_YEAR,))
    (made,) = render_reports(publication, board, out)
    assert made.waiting == 1 and not made.faults
    assert "sommarfest" not in made.paths[0].read_text(encoding="utf-8")
    page = (out / "arsbokslut-2025-texter.html").read_text(encoding="utf-8")
    assert "<em>sommarfest</em>" in page and "Text från 2024, trycks inte" in page
    assert "texts/2025/arsbokslut/personal.md" in page
    write(board.folder, "2025", "Nu är det 2025.")
    (made,) = render_reports(publication, board, out)
    printed = made.paths[0].read_text(encoding="utf-8")
    assert made.waiting == 0 and "Nu är det 2025." in printed and "sommarfest" not in printed
    assert not (out / "arsbokslut-2025-texter.html").exists()


def test_a_section_that_nobody_ever_wrote_for_waits_for_nothing(board: Municipality, tmp_path: Path) -> None:
    for path in (board.folder / "texts").rglob("*.md"):
        path.unlink()
    (made,) = render_reports(report_fixture.build(tmp_path / "a.duckdb"), board, tmp_path / "out")
    assert made.waiting == 0 and [path.name for path in (tmp_path / "out").glob("*-texter.html")] == []


def test_a_publication_without_the_municipality_says_so(board: Municipality, tmp_path: Path) -> None:
    gone = "update marts.dim_municipality set report_year = null where municipality_id = '1489'"
    publication = report_fixture.build(tmp_path / "a.duckdb", then=(gone,))
    with pytest.raises(PublicationUnreadable, match=r"a\.duckdb.*report_year of municipality 1489"):
        render_reports(publication, board, tmp_path / "out")
