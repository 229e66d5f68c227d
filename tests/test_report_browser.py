"""The genomlysning in a real browser: nothing fails, nothing is fetched, everything can be reached, and it prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import report_fixture
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

from ingestion.municipality import load_municipality
from reports.genomlysning import render_genomlysning

pytestmark = pytest.mark.browser
FOLDER = report_fixture.ROOT / "municipalities" / "1489-alingsas"

CONTRAST = """() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.getClientRects().length) continue;
    const style = getComputedStyle(e), svg = e instanceof SVGElement;
    const [a, b] = [luminance(parse(svg ? style.fill : style.color)), luminance(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) bad.push(`${e.tagName} ${ratio.toFixed(2)} ${e.textContent.slice(0, 40)}`);
  }
  return [...new Set(bad)];
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    publication = report_fixture.build(folder / "publication.duckdb")
    return render_genomlysning(publication, load_municipality(FOLDER), folder / "genomlysning.html").path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield opened
        opened.close()


def opened(browser: Browser, report: Path, width: int = 1360, height: int = 900) -> tuple[Tab, list[str]]:
    """The page in a new tab, and a list that everything wrong is noted in."""
    tab = browser.new_page(viewport={"width": width, "height": height})
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("request", lambda request: wrong.append(request.url) if request.url != report.as_uri() else None)
    tab.goto(report.as_uri())
    return tab, wrong


@pytest.mark.parametrize("width", [1360, 800, 360])
def test_page_is_whole_at_every_width(browser: Browser, report: Path, width: int) -> None:
    tab, wrong = opened(browser, report, width)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    boxes = tab.evaluate(
        "[...document.querySelectorAll('svg.chart')].map(e => { const b = e.getBoundingClientRect(); return [b.width, b.height]; })"
    )
    assert len(boxes) == 18 and all(w > 250 and h > 120 for w, h in boxes)
    # direct labels stay within the page
    rights = tab.evaluate("[...document.querySelectorAll('svg.chart text')].map(e => e.getBoundingClientRect().right)")
    assert max(rights) <= width
    assert wrong == []


def test_contents_lead_to_their_sections(browser: Browser, report: Path) -> None:
    tab, wrong = opened(browser, report)
    for anchor in ("personalnyckeltal", "lss-kvalitet", "metod"):
        tab.click(f".toc a[href='#{anchor}']")
        tab.wait_for_function("id => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 150", arg=anchor)
        tab.wait_for_function("id => document.querySelector(`.toc a[href='#${id}']`).hasAttribute('aria-current')", arg=anchor)
    assert wrong == []


def test_skip_link_is_first_and_works(browser: Browser, report: Path) -> None:
    tab, _ = opened(browser, report)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "innehall"


def test_pointing_at_a_figure_and_at_a_point_tells_where_it_comes_from(browser: Browser, report: Path) -> None:
    tab, wrong = opened(browser, report)
    tab.hover("[data-table='drift_tkr'] td[data-row$='/result'][data-measure='actual']")
    assert "13 laddningar" in tab.inner_text("#tip") and "ekonomisystemet" in tab.inner_text("#tip")
    tab.keyboard.press("Escape")
    assert tab.is_hidden("#tip")
    tab.locator("#diagram-9 .pt").last.hover()
    assert tab.inner_text("#tip") == "Alingsås 2024: 57"
    assert wrong == []


def test_data_tables_open_by_keyboard(browser: Browser, report: Path) -> None:
    tab, _ = opened(browser, report)
    summary = tab.locator("#diagram-9 summary")
    summary.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#diagram-9 td").first.is_visible()


def test_text_has_enough_contrast(browser: Browser, report: Path) -> None:
    tab, _ = opened(browser, report)
    tab.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    assert tab.evaluate(CONTRAST) == []


def test_it_prints_with_every_diagram_and_the_mark_of_demonstration(browser: Browser, report: Path) -> None:
    tab, wrong = opened(browser, report)
    tab.emulate_media(media="print")
    assert tab.locator("svg.chart").count() == 18 and tab.locator("svg.chart").first.is_visible()
    assert tab.locator(".demo-banner").is_visible() and not tab.locator("summary:visible").filter(has_text="Visa värdena").count()
    pdf = tab.pdf(prefer_css_page_size=True, tagged=True, outline=True)
    assert pdf.startswith(b"%PDF") and len(pdf) > 100_000
    assert wrong == []


def test_it_is_readable_without_script(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(report.as_uri())
    assert "U20900" in (tab.get_attribute("[data-table='effektivitetsindex'] td[data-row]", "title") or "")
    assert tab.locator("#diagram-9 .pt title").count() > 0
    context.close()
