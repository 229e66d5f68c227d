"""A report read back from its HTML: its tables by label, and the figures of its generated sentences.

Belongs here: what a reader of the page sees. Does not belong here: hand-written texts, which are passed by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lxml import html


@dataclass(frozen=True)
class Shown:
    """A figure on the page. text: as shown. The rest are the page's own attributes; empty where the cell says only that
    it is missing.
    """

    text: str
    key: str = ""
    measure: str = ""
    indicator: str = ""
    year: str = ""
    source: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class Report:
    """tables: table id -> {(row label, column label): figure}, labels as `label` makes them. figures: all that have an
    origin.
    """

    tables: dict[str, dict[tuple[str, str], Shown]]
    figures: list[Shown]
    sentences: int


def label(text: str) -> str:
    """A label for comparison: case, kinds of dashes and spaces, footnote stars and the hyphenation of print do not
    matter.
    """
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", text.replace("\u00ad", ""))
    return re.sub(r"\s+", " ", plain.replace("*", "")).strip(" .:").casefold()


def read_report(path: Path) -> Report:
    """The report in the HTML file `path`."""
    page = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    tables: dict[str, dict[tuple[str, str], Shown]] = {}
    figures: list[Shown] = []
    for table in page.xpath("//table[@data-table]"):
        cells = tables.setdefault(table.get("data-table"), {})
        columns = [_text(header) for header in table.xpath(".//thead//th[@scope='col']")][1:]
        heading = ""
        for row in table.xpath(".//tr[not(ancestor::thead)]"):
            group = row.xpath("./th[@scope='rowgroup' or @scope='colgroup']")
            if group:
                heading = _text(group[0])
                continue
            named = row.xpath("./th[@scope='row']")
            if not named:
                continue
            for column, cell in zip(columns, row.xpath("./td"), strict=False):
                shown = _shown(cell)
                if shown.key:
                    figures.append(shown)
                for name in (f"{heading} - {_text(named[0])}" if heading else _text(named[0]), _text(named[0])):
                    cells.setdefault((label(name), label(column)), shown)
    sentences = page.xpath("//*[contains(concat(' ', @class, ' '), ' sentence ')]")
    for sentence in sentences:
        figures += [_shown(figure, _text(sentence)) for figure in sentence.xpath(".//*[@data-key]")]
    return Report(tables, figures, len(sentences))


def _text(element: html.HtmlElement) -> str:
    """The text of an element, without references to notes and marks."""
    skipped = "not(ancestor::sup) and not(ancestor::*[contains(@class, 'mark')]) and not(ancestor::*[@hidden])"
    return re.sub(r"[ \t\r\n]+", " ", "".join(element.xpath(f".//text()[{skipped}]"))).strip()


def _shown(element: html.HtmlElement, sentence: str = "") -> Shown:
    carrier = element if element.get("data-key") else next(iter(element.xpath(".//*[@data-key]")), element)
    at = {name: carrier.get(f"data-{name}", "") for name in ("key", "measure", "indicator", "year", "source")}
    return Shown(_text(element), sentence=sentence, **at)
