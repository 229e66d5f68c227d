"""The genomlysning, composed from a publication, in a real browser: whole at every width, its diagrams too, and
readable.

What holds for any document (keyboard, screen readers, print) is tested in test_accessibility.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

from ingestion.configuration.municipality import ReportChoice, load_municipality
from reports.compose import compose
from reports.html import to_html
from testkit import report_fixture

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
    // white words stand on a bar, whose shade is no background that a browser knows
    if (svg && style.fill === "rgb(255, 255, 255)") continue;
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
    page = folder / "genomlysning-2024.html"
    page.write_text(
        to_html(compose(publication, load_municipality(FOLDER), ReportChoice(kind="genomlysning"))), encoding="utf-8"
    )
    return page


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
    assert len(boxes) == 22 and all(w > 250 and h > 60 for w, h in boxes)
    # direct labels stay within the page
    rights = tab.evaluate("[...document.querySelectorAll('svg.chart text')].map(e => e.getBoundingClientRect().right)")
    assert max(rights) <= width
    assert wrong == []


def test_text_has_enough_contrast(browser: Browser, report: Path) -> None:
    tab, _ = opened(browser, report)
    tab.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    assert tab.evaluate(CONTRAST) == []
