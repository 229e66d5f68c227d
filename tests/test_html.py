"""A document as a page: what a reader, a screen reader and the comparison with print find in it."""

from __future__ import annotations

import itertools
import json
import re
import time
from dataclasses import replace

import pytest
from lxml import html

from reports.apparatus import DEMONSTRATION, Apparatus
from reports.chart_style import to_png
from reports.document import Document
from reports.html import css_string, script_hash, to_html
from testkit import document_fixture

ORIGIN = ("key", "measure", "indicator", "split", "period", "year", "source", "lineage")


@pytest.fixture(scope="module")
def document() -> Document:
    return document_fixture.document()


@pytest.fixture(scope="module")
def page(document: Document) -> html.HtmlElement:
    return html.document_fromstring(to_html(document))


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_every_figure_of_a_table_is_on_the_page_with_its_origin(document: Document, page: html.HtmlElement) -> None:
    for table in document.tables:
        found = page.xpath(f"//table[@id='table-{table.table_id}'][@data-table='{table.table_id}']")
        assert len(found) == 1
        rows = found[0].xpath("./tbody/tr[th[@scope='row']]")
        assert [text(row.find("th")) for row in rows if not row.xpath("./th/sup")] == [
            " ".join(line.label.split()) for line in table.lines if not (line.note or line.gap)
        ]
        for row, line in zip(rows, table.lines, strict=True):
            for td, cell in zip(row.findall("td"), line.cells, strict=True):
                assert text(td).startswith(" ".join(cell.text.split()))
                if cell.origin:
                    o = cell.origin
                    wanted = (
                        o.key,
                        o.measure,
                        o.indicator_id,
                        o.split,
                        o.period,
                        str(o.year or ""),
                        o.source,
                        o.lineage_id,
                    )
                    assert tuple(td.get(f"data-{name}") for name in ORIGIN) == wanted


def test_every_figure_of_a_sentence_carries_its_origin(document: Document, page: html.HtmlElement) -> None:
    sentences = page.xpath("//*[@class='sentence']")
    assert [text(s) for s in sentences] == [" ".join(s.text.split()) for s in document.sentences]
    for element, sentence in zip(sentences, document.sentences, strict=True):
        figures = element.xpath(".//*[@data-key]")
        assert [(f.text, f.get("data-key"), f.get("data-year")) for f in figures] == [
            (cell.text, cell.origin.key, str(cell.origin.year)) for cell in sentence.cells if cell.origin
        ]


def test_tables_have_captions_and_headers_with_scope(page: html.HtmlElement) -> None:
    tables = page.xpath("//table[@data-table]")
    assert tables
    for table in tables:
        assert table.findall("caption")
        assert all(th.get("scope") == "col" for th in table.xpath("./thead//th"))
        assert all(th.get("scope") in ("row", "rowgroup") for th in table.xpath("./tbody//th"))
    headings = page.xpath("//table[@id='table-effektivitetsindex']//th[@scope='rowgroup']")
    assert [text(th) for th in headings] == ["Äldreomsorg", "LSS"]


def test_marks_gaps_and_notes_are_explained_where_they_stand(page: html.HtmlElement) -> None:
    table = page.get_element_by_id("table-effektivitetsindex").getparent().getparent()
    assert [mark.text_content() for mark in table.xpath(".//sup[@class='mark']")] == ["p", "s"]
    assert "preliminärt värde" in text(table.xpath(".//p[@class='legend']")[0])
    assert [text(item) for item in table.xpath(".//ol[@class='notes']/li")] == [
        "Källan är inte ansluten.",
        "Avser 31 december.",
    ]
    assert table.xpath(".//tr[@data-gap='Källan är inte ansluten.']")
    for link in table.xpath(".//sup[@class='ref']/a"):
        assert page.get_element_by_id(link.get("href")[1:]) is not None


def test_headings_come_in_order_and_links_within_the_page_arrive(page: html.HtmlElement) -> None:
    levels = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    anchors = {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")}
    assert anchors <= set(ids)
    for name in page.xpath("//@aria-labelledby"):
        assert set(name.split()) <= set(ids)


def test_every_diagram_is_an_image_with_words_hover_values_and_a_table(
    document: Document, page: html.HtmlElement
) -> None:
    figures = page.xpath("//figure[contains(@class,'diagram')]")
    assert len(figures) == 3
    for figure in figures:
        (svg,) = figure.xpath(".//*[name()='svg' and @role='img']")
        described = [page.get_element_by_id(name).text_content() for name in svg.get("aria-labelledby").split()]
        assert all(described) and len(described) == 2
        assert svg.xpath(".//*[contains(@class,'pt')]/*[name()='title']")
        assert figure.xpath(".//table[@data-table]//td[@data-key]")


def test_signals_are_words_and_shapes_and_say_who_judged_otherwise(page: html.HtmlElement) -> None:
    judged = page.xpath("//div[contains(@class,'judgement')]")
    assert [text(j.xpath(".//strong")[0]) for j in judged] == [
        "Delvis uppfyllt",
        "Helt uppfyllt",
        "Ej uppfyllt",
        "Inte bedömt",
    ]
    shapes = {html.tostring(j.xpath(".//*[name()='svg']")[0]).split(b">", 1)[1] for j in judged}
    assert len(shapes) == 4
    overridden = text(judged[1])
    assert (
        "av Vård- och omsorgschefen den 31 januari 2025" in overridden and "Regeln ger: Delvis uppfyllt." in overridden
    )
    assert "Skäl: Trenden är god." in overridden


def test_hostile_texts_are_text_everywhere(document: Document) -> None:
    written = to_html(replace(document, municipality=document_fixture.HOSTILE, board='"}</style><b>'))
    page = html.document_fromstring(written)
    assert len(page.xpath("//script")) == 2 and not page.xpath("//img") and not page.xpath("//@onerror")
    assert "<script>alert" not in written
    assert document_fixture.HOSTILE in page.xpath("//dd")[0].text_content()


def test_what_people_wrote_keeps_its_form_and_nothing_more(page: html.HtmlElement) -> None:
    (prose,) = page.xpath("//div[@class='prose']")
    assert [text(e) for e in prose.xpath(".//strong|.//em")] == ["målmedvetet", "samtliga", "inte fet"]
    assert prose.xpath("./h3") and len(prose.xpath("./ul/li")) == 2 and len(prose.xpath("./ol/li")) == 2
    assert "<img src=x onerror=alert(1)>" in prose.text_content()
    assert prose.xpath(".//a/@href") == ["https://www.example.org/a?b=1&c=2"]


def test_nothing_is_loaded_from_elsewhere_and_only_the_pages_own_script_runs(
    document: Document, page: html.HtmlElement
) -> None:
    assert page.xpath("//@src") == [] and page.xpath("//link") == []
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    script = page.xpath("//script[not(@type)]")[0].text
    assert f"script-src '{script_hash(script)}'" in policy and policy.startswith("default-src 'none'")


def test_tooltips_find_title_load_and_definition(page: html.HtmlElement) -> None:
    lookup = json.loads(page.get_element_by_id("lookup").text)
    for figure in page.xpath("//*[@data-key]"):
        assert figure.get("data-lineage") in lookup["loads"]
        assert figure.get("data-measure") in lookup["measures"]
        assert figure.get("data-indicator") in lookup["titles"] or figure.get("data-key").startswith(
            "operating_statement"
        )
    assert lookup["definitions"]["U23401"].startswith("Medelvärde av dagar")
    assert lookup["loads"]["hr:1489"] == "12 laddningar: hr absences, 2024-01–2024-12"


def test_page_says_method_gaps_loads_and_accessibility(document: Document, page: html.HtmlElement) -> None:
    whole = text(page.body)
    for words in (
        *document.method,
        *(why for _, why in document.gaps),
        "Tillgänglighet",
        "2018:1937",
        "load-ledger-1",
        "pub-1",
    ):
        assert words in whole
    assert page.get("lang") == "sv"


def test_demonstration_is_called_so_on_the_page_and_on_paper_and_live_is_not(document: Document) -> None:
    demo, live = to_html(document), to_html(document_fixture.document(environment="production"))
    assert (
        demo.count(DEMONSTRATION) > len(document.tables)
        and "@top-left" in demo.split("</style>")[0].split("@page {")[-1]
    )
    assert DEMONSTRATION not in live and "Demonstrationsdata" not in live


def test_the_same_document_gives_the_same_page_in_less_than_half_a_second(document: Document) -> None:
    large = document_fixture.document(repeated=12)
    first = to_html(large)
    began = time.process_time()
    assert to_html(large) == first
    assert time.process_time() - began < 0.5


def test_css_string_escapes_all_but_letters_and_digits() -> None:
    assert css_string('a"b\\') == "a\\000022b\\00005c"


def test_a_diagram_as_png_has_its_words() -> None:
    svg = Apparatus(document_fixture.document()).diagrams[0].svg
    wordless = re.sub(r"<text.*?</text>", "", svg)
    assert to_png(svg).startswith(b"\x89PNG") and len(to_png(svg)) > 1.1 * len(to_png(wordless))
