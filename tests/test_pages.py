"""The delivery protocol: right states and counts, offline, escaped, nothing personal; and the document of the rules."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from test_gate import FEBRUARY, MARCH, Office

from expectations.document import rules_markdown
from expectations.gate import judge_and_accept
from expectations.pages import write_pages
from expectations.suites import suite
from ingestion.contracts import table, tables
from ingestion.lake import VALIDATION_FILE, Lake
from testkit.small_extracts import Row, alingsas, candidate, make, personnummer

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"

EMPLOYMENTS = table("hr", "employments")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """February; March with a warning, then replaced; a rejection that waits, one that was mended; a fetch."""
    office = Office(tmp_path_factory.mktemp("office"))
    odd: list[Row] = make(EMPLOYMENTS, MARCH)
    odd[3]["cost_centre"] = "10000"
    wrong: list[Row] = make(EMPLOYMENTS, MARCH)
    wrong[4]["unit"] = f"<b>{personnummer(2)}</b>"
    for period, rows, file in (
        (FEBRUARY, None, "februari.csv"),
        (MARCH, wrong, "fel.csv"),
        (MARCH, odd, "mars <i>.csv"),
        (MARCH, None, "mars igen.csv"),
        (MARCH, wrong, "fel igen.csv"),
    ):
        office.deliver("hr_employments", period, rows, file)
        office.take_in()
    with office.lake.writer():
        kpi = table("kolada", "kpi")
        judge_and_accept(
            [candidate(office.lake, kpi, make(kpi, ""), "all")], office.lake, office.rejected, office.said.append
        )
    return office


@pytest.fixture(scope="module")
def pages(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    (folder / "load-of-yesterday.html").write_text("old")
    assert (
        write_pages(office.lake, office.rejected, {"1489": alingsas()}, folder, is_demonstration=True)
        == folder / "index.html"
    )
    return folder


def test_the_index_tells_every_delivery_with_its_state(office: Office, pages: Path) -> None:
    index = (pages / "index.html").read_text()
    assert "3 gällande leveranser, 1 ersatta,\n1 avvisade som väntar på ny leverans, 1 avvisade och åtgärdade." in index
    assert (
        "Avvisade leveranser som väntar" in index
        and "Alingsås · hr · employments" in index
        and "Hela landet · kolada · kpi" in index
    )
    assert "mars &lt;i&gt;.csv" in index and "<i>" not in index
    links = set(re.findall(r'href="([^"]+)"', index))
    assert links == {path.name for path in pages.glob("*.html")} - {"index.html"} and len(links) == 6


def test_a_loads_page_tells_rules_counts_and_warnings(office: Office, pages: Path) -> None:
    [load] = [load for load in office.lake.loads() if load.file.startswith("mars <")]
    text = (pages / f"load-{load.load_id}.html").read_text()
    assert "Ersatt" in text and load.content_hash in text and "Varning" in text and "&#39;10000&#39;" in text
    assert all(f'<td class="k">{rule.number}</td>' in text for rule in suite(EMPLOYMENTS))
    assert f"{MARCH} in every row" in text and "{period}" not in text
    kept = json.loads((load.directory / VALIDATION_FILE).read_text(encoding="utf-8"))["results"]
    assert text.count('<tr class="part">') == len(kept) > len(suite(EMPLOYMENTS))
    [line] = re.findall(r"<code>expect_column_values_to_be_in_set</code> pay_form</td>(.*?)</tr>", text, re.DOTALL)
    assert re.findall(r">(\w+)<", line) == ["30", "0"] and "Godkänd" in line


def test_a_load_of_before_results_were_kept_has_its_rules_all_the_same(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    shutil.copytree(office.lake.root, folder)
    for path in folder.rglob(VALIDATION_FILE):
        path.unlink()
    write_pages(Lake(folder), office.rejected, {"1489": alingsas()}, tmp_path / "docs", is_demonstration=True)
    [load] = [load for load in office.lake.loads() if load.file.startswith("mars <")]
    text = (tmp_path / "docs" / f"load-{load.load_id}.html").read_text()
    assert f"{MARCH} in every row" in text and '<tr class="part">' not in text


def test_a_rejections_page_tells_why(office: Office, pages: Path) -> None:
    [rejection] = [rejection for rejection in office.rejected.all() if rejection.file == "fel.csv"]
    text = (pages / f"rejection-{rejection.rejection_id}.html").read_text()
    assert (
        "Varför leveransen avvisades" in text
        and "G105" in text
        and "Remove the personnummer" in text
        and "Avvisad, åtgärdad" in text
    )


def test_pages_stand_alone_name_the_demonstration_and_hold_no_personnummer(pages: Path) -> None:
    for path in pages.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"https?:|//[a-z]|<script|<link|<img|@import|url\(", text), path
        assert "Demonstrationsdata" in text and personnummer(2) not in text and personnummer(2)[2:8] not in text
        assert not re.search(r"\b19\d{6}-?\d{4}\b", text)


def test_without_demonstration_and_without_deliveries(tmp_path: Path) -> None:
    office = Office(tmp_path)
    text = write_pages(office.lake, office.rejected, {}, tmp_path / "docs", is_demonstration=False).read_text()
    assert "Demonstrationsdata" not in text and "Inga leveranser än" in text


def test_the_document_of_the_rules_is_up_to_date() -> None:
    written = rules_markdown()
    assert PAGE.read_text(encoding="utf-8") == written, "run genomlysning generate"
    assert all(f"| {rule.number} |" in written for of in tables() for rule in suite(of))
