"""The page of a document before axe-core and a keyboard, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from reports.document import Document
from reports.html import to_html
from testkit import document_fixture

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def document() -> Document:
    return document_fixture.document()


@pytest.fixture(scope="module")
def report(document: Document, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(to_html(document), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Browser, report: Path) -> Iterator[Page]:
    """The page in a new tab; nothing may go wrong in it, and nothing be fetched."""
    tab = browser.new_page(viewport={"width": 1360, "height": 900}, reduced_motion="reduce")
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on(
        "request", lambda request: wrong.append(request.url) if request.url.split("#")[0] != report.as_uri() else None
    )
    tab.goto(report.as_uri())
    yield tab
    tab.close()
    assert wrong == []


def findings(browser: Browser, report: Path, width: int) -> list[str]:
    """What axe-core finds: 'impact rule: element'. Details are opened first, so that what they hold is judged too."""
    # The page's policy lets no other script in; the checker is one, so only it may pass the policy by.
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, reduced_motion="reduce")
    tab = context.new_page()
    tab.goto(report.as_uri())
    tab.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    result = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}).response
    context.close()
    assert len(result["passes"]) > 20  # it did look
    return [
        f"{found['impact']} {found['id']}: {node['html'][:200]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("width", [1360, 360])
def test_the_checker_finds_nothing(browser: Browser, report: Path, width: int) -> None:
    assert findings(browser, report, width) == []


def test_the_checker_would_find_something(browser: Browser, report: Path, tmp_path: Path) -> None:
    page = report.read_text(encoding="utf-8")
    assert page.count(' lang="sv"') == 1
    broken = tmp_path / "broken.html"
    broken.write_text(page.replace(' lang="sv"', ""), encoding="utf-8")
    assert any("html-has-lang" in found for found in findings(browser, broken, 1360))


def test_the_skip_link_is_first_and_leads_to_the_content(tab: Page) -> None:
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip" and tab.locator(".skip").is_visible()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "innehall"


def test_tab_reaches_every_table_in_few_stops(tab: Page, document: Document) -> None:
    seen: list[str] = []
    tab.keyboard.press("Tab")
    while tab.evaluate("document.activeElement !== document.body") and len(seen) < 500:
        tab.keyboard.press("Tab")
        seen.append(tab.evaluate("document.activeElement.closest('table[data-table]')?.dataset.table || ''"))
    in_details = {diagram.table_id for diagram in document.tables if diagram.table_id.startswith("diagram")}
    with_figures = {table.table_id for table in document.tables if any(cell.origin for cell in table.cells)}
    assert with_figures - in_details <= set(seen)
    # one stop among a table's figures, and one for each reference to a note
    assert all(seen.count(table_id) <= 3 for table_id in with_figures)


def test_arrows_walk_from_figure_to_figure_and_each_tells_where_it_comes_from(tab: Page) -> None:
    first = tab.locator("#table-effektivitetsindex td[data-key]").first
    tab.locator(".scroll:has(#table-effektivitetsindex)").focus()
    tab.keyboard.press("Tab")
    assert first.evaluate("e => e === document.activeElement")
    tip = tab.locator("#tip")
    for words in (
        "Effektivitetsindex äldreomsorg (U20900)",
        "eget värde",
        "period 2024",
        "Källa: Kolada",
        "load-kolada-1",
    ):
        assert words in tip.inner_text()
    assert first.get_attribute("aria-describedby") == "tip"
    tab.keyboard.press("ArrowRight")
    assert "medel, regionen" in tip.inner_text()
    tab.keyboard.press("ArrowDown")
    assert "(U20404)" in tip.inner_text() and "medel, regionen" in tip.inner_text()
    tab.keyboard.press("Escape")
    assert tip.is_hidden()


def test_figures_in_sentences_are_reached_and_tell_their_formula(tab: Page) -> None:
    tab.locator(".generated .figure").first.focus()
    tab.keyboard.press("ArrowRight")
    told = tab.locator("#tip").inner_text()
    assert "Väntetid till särskilt boende (U23401)" in told and "period 2024" in told and "Medelvärde av dagar" in told


def test_the_pointer_may_move_onto_the_box_and_escape_closes_it(tab: Page) -> None:
    tab.locator("#table-drift_tkr td[data-key]").nth(4).hover()
    assert "ekonomisystemet" in tab.locator("#tip").inner_text()
    tab.locator("#tip").hover()
    tab.wait_for_timeout(300)
    assert tab.locator("#tip").is_visible()
    tab.keyboard.press("Escape")
    assert tab.locator("#tip").is_hidden()


def test_points_and_bars_of_diagrams_tell_their_values(tab: Page) -> None:
    tab.locator("#diagram-3 .pt").first.hover()
    assert tab.locator("#tip").inner_text() == "Ale, Distriktssköterska: 12"


def test_values_of_diagrams_open_by_keyboard(tab: Page) -> None:
    tab.locator("#diagram-1 summary").first.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#table-diagram_1 td").first.is_visible()


def test_a_definition_opens_where_a_link_leads_to_it(tab: Page) -> None:
    tab.locator("a[href='#definition-U20900']").first.evaluate("e => e.closest('details').open = true")
    tab.locator("a[href='#definition-U20900']").first.click()
    tab.wait_for_function("document.getElementById('definition-U20900').getClientRects().length > 0")


@pytest.mark.parametrize("width", [1360, 800, 320])
def test_the_page_never_scrolls_sideways(tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_with_diagrams_and_demonstration_and_without_what_is_for_the_screen(tab: Page) -> None:
    tab.emulate_media(media="print")
    assert tab.locator("svg.chart").first.is_visible() and tab.locator(".demo-banner").is_visible()
    assert not tab.locator("summary:visible").filter(has_text="Visa värdena").count()
    assert tab.pdf(prefer_css_page_size=True, tagged=True, outline=True).startswith(b"%PDF")


def test_it_is_readable_without_script(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(report.as_uri())
    assert "U20900" in (tab.get_attribute("#table-effektivitetsindex td[data-key]", "title") or "")
    assert tab.locator("#diagram-1 .pt title").count() > 0
    context.close()
