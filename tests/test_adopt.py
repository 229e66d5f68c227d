"""What the board adopted stays as it was, byte for byte, and the next report tells what has been corrected since."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from ingestion.configuration.municipality import Municipality, ReportChoice
from orchestration.adoption import adopt_report, damaged_reports
from orchestration.check_lake import check_lake
from orchestration.resources import Workspace
from orchestration.settings import Settings
from reports.adopted import Adopted, AdoptedDamaged, CannotAdopt, adopt, all_adopted
from reports.figures import Publication
from reports.render import render_reports
from testkit import report_fixture
from tests.test_report_year import ALINGSAS, NEXT_YEAR, OUTLINE

STATEMENT = """
  - id: drift
    heading: Drift
    blocks: [{block: operating_statement, table_id: drift_tkr}]
"""
DECISION = (date(2025, 2, 20), "VON § 12")
SICK = "indicator_id = 'sick_leave_all_forms' and gender = 'T' and breakdown is null and period_end = date '2024-12-31'"
CORRECTED = (
    f"update marts.staffing set value = 8.43 where {SICK}",
    (
        "insert into meta.loads values ('ABS202412B', '1489', 'hr', 'absences', '2024-12', 'h', 'f.csv', null, 2, 100, 0, false, "
        "date '2024-12-31', timestamp '2025-03-10 06:00', timestamp '2025-03-10 06:00')"
    ),
    "insert into meta.figure_loads values ('hr:1489:2024-01-01:2024-12-31', 'ABS202412B')",
)


@pytest.fixture
def board(tmp_path: Path) -> Municipality:
    folder = tmp_path / "1489-alingsas"
    (folder / "reports").mkdir(parents=True)
    (folder / "reports" / "arsbokslut.yaml").write_text(OUTLINE + STATEMENT, encoding="utf-8")
    return ALINGSAS.model_copy(update={"folder": folder, "reports": (ReportChoice(kind="arsbokslut"),)})


@pytest.fixture
def adopted(board: Municipality, tmp_path: Path) -> Adopted:
    """The årsbokslut of 2024, rendered and adopted."""
    render(board, tmp_path)
    return adopt(tmp_path / "out", tmp_path / "adopted", ("arsbokslut", "2024"), DECISION)


def render(board: Municipality, tmp_path: Path, *then: str) -> dict[str, bytes]:
    """Render anew from a publication in which `then` has happened; the files' bytes by name."""
    path = tmp_path / "publication.duckdb"
    path.unlink(missing_ok=True)
    publication = report_fixture.build(path, then=then)
    (made,) = render_reports(publication, board, tmp_path / "out", adopted=tmp_path / "adopted")
    assert not made.faults
    return {path.name: path.read_bytes() for path in made.paths}


def changes_of(page: bytes) -> list[list[str]]:
    """The rows of the section of changes, without the notes."""
    tree = html.fromstring(page.decode("utf-8"))
    rows = tree.xpath("//table[@data-table='andrat_sedan_antagandet']/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_later_corrections_do_not_reach_what_was_adopted(board: Municipality, adopted: Adopted, tmp_path: Path) -> None:
    files = {path.name: path.read_bytes() for path in adopted.folder.iterdir()}
    assert set(files) == {
        *(f"arsbokslut-2024{suffix}" for suffix in (".html", ".json", ".pdf", ".xlsx")),
        "adopted.json",
    }
    shown = {path.name: path.read_bytes() for path in (tmp_path / "out").glob("arsbokslut-2024.*")}
    rendered = render(board, tmp_path, *CORRECTED)
    assert rendered == shown == {name: files[name] for name in shown} and len(shown) == 3
    render(board, tmp_path, *CORRECTED, NEXT_YEAR)
    assert {path.name: path.read_bytes() for path in adopted.folder.iterdir()} == files
    assert adopted.damages() == []


def test_the_next_report_tells_the_correction_with_the_delivery_behind_it(
    board: Municipality, adopted: Adopted, tmp_path: Path
) -> None:
    page = render(board, tmp_path, *CORRECTED, NEXT_YEAR)["arsbokslut-2025.html"]
    assert "Ändrat sedan årsbokslutet 2024 antogs" in page.decode() and "2025-02-20, VON § 12" in page.decode()
    (row,) = changes_of(page)
    assert row[0].startswith("Sjukfrånvaro: Total, 2024")
    assert row[1:] == ["8,2 %", "8,4 %", "hr absences 2024-12, mottagen 10 mars 2025."]


def test_a_change_that_print_does_not_show_is_counted_and_none_is_said(
    board: Municipality, adopted: Adopted, tmp_path: Path
) -> None:
    less = f"update marts.staffing set value = 8.2001 where {SICK}"
    more = "update marts.operating_statement set actual = actual - 5000000 where line_id = 'premises_rent'"
    page = render(board, tmp_path, less, more, NEXT_YEAR)["arsbokslut-2025.html"].decode()
    assert "Därtill har 1 uppgifter ändrats mindre än vad som syns i tryck." in page
    (row,) = [row for row in changes_of(page.encode()) if "Lokalhyror" in row[0]]
    assert row[1:3] == ["-114 174", "-119 174"] and row[3].startswith("Ingen ny leverans")
    page = render(board, tmp_path, NEXT_YEAR)["arsbokslut-2025.html"].decode()
    assert "uppgifterna skulle tryckas annorlunda i dag." in page and not changes_of(page.encode())


def test_what_is_withheld_or_gone_by_now_is_not_shown(board: Municipality, adopted: Adopted, tmp_path: Path) -> None:
    withheld = f"update marts.staffing set value = null, is_suppressed = true where {SICK}"
    page = render(board, tmp_path, withheld, NEXT_YEAR)["arsbokslut-2025.html"]
    assert [row[2] for row in changes_of(page) if "Total, 2024" in row[0]] == [".."]
    page = render(board, tmp_path, f"delete from marts.staffing where {SICK}", NEXT_YEAR)["arsbokslut-2025.html"]
    assert [row[2] for row in changes_of(page) if "Total, 2024" in row[0]] == ["finns inte längre"]


def test_a_report_is_adopted_once_and_only_if_it_is_there(adopted: Adopted, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in adopted.folder.iterdir()}
    with pytest.raises(CannotAdopt, match=r"arsbokslut-2024 is adopted already \(2025-02-20, VON § 12\)"):
        adopt(tmp_path / "out", tmp_path / "adopted", ("arsbokslut", "2024"), (date(2025, 3, 1), "VON § 20"))
    assert {path.name: path.read_bytes() for path in adopted.folder.iterdir()} == before
    with pytest.raises(CannotAdopt, match=r"arsbokslut-2023\.html is not rendered.*rendered are arsbokslut-2024"):
        adopt(tmp_path / "out", tmp_path / "adopted", ("arsbokslut", "2023"), DECISION)
    assert [one.period for one in all_adopted(tmp_path / "adopted")] == ["2024"]


def test_a_damaged_adopted_report_is_told_and_not_compared_with(
    board: Municipality, adopted: Adopted, tmp_path: Path
) -> None:
    page = adopted.folder / "arsbokslut-2024.html"
    page.chmod(0o640)
    page.write_bytes(page.read_bytes() + b" ")
    (adopted.folder / "arsbokslut-2024.pdf").unlink()
    told = " ".join(adopted.damages())
    assert "arsbokslut-2024.html holds other bytes" in told and "arsbokslut-2024.pdf is gone" in told
    with pytest.raises(AdoptedDamaged, match=r"arsbokslut-2024\.html"):
        render(board, tmp_path, NEXT_YEAR)


def test_the_command_s_step_finds_the_report_and_the_checks_tell_its_damage(
    board: Municipality, tmp_path: Path
) -> None:
    render(board, tmp_path)
    settings = Settings("demo", tmp_path / "home", "inprocess://demo.kolada.app/v3")
    workspace, report = Workspace(settings), ("arsbokslut", "2024")
    settings.home.mkdir()
    shutil.copytree(tmp_path / "out", settings.reports / "1489-alingsas", symlinks=True)
    with pytest.raises(CannotAdopt, match="no municipality '1498'; expected one of 1283, 1489"):
        adopt_report(workspace, "1498", report, DECISION)
    with pytest.raises(CannotAdopt, match="2999-01-01 is to come"):
        adopt_report(workspace, "1489", report, (date(2999, 1, 1), "VON § 12"))
    made = adopt_report(workspace, "1489", report, DECISION)
    assert made.folder == settings.adopted / "1489-alingsas" / "arsbokslut-2024" and not damaged_reports(settings)
    (made.folder / "arsbokslut-2024.xlsx").unlink()
    (told,) = damaged_reports(settings)
    assert "arsbokslut-2024.xlsx is gone" in told and told in check_lake(workspace).damaged
    (made.folder / "adopted.json").unlink()
    (told,) = damaged_reports(settings)
    assert "adopted.json cannot be read" in told


def test_every_figure_of_an_adopted_report_is_kept_once(adopted: Adopted, tmp_path: Path) -> None:
    kept = json.loads((adopted.folder / "arsbokslut-2024.json").read_text(encoding="utf-8"))["figures"]
    keys = [(one["cell"]["origin"]["key"], one["cell"]["origin"]["measure"]) for one in kept]
    tree = html.fromstring((adopted.folder / "arsbokslut-2024.html").read_text(encoding="utf-8"))
    shown = {(one.get("data-key"), one.get("data-measure")) for one in tree.xpath("//*[@data-key]")}
    assert len(keys) == len(set(keys)) and set(keys) == shown and len(keys) > 30
    with Publication(tmp_path / "publication.duckdb") as publication:
        assert kept and publication.about().publication_id in (adopted.folder / "adopted.json").read_text()
