"""A document as PDF, read back by two others than its maker: pypdf in strict mode, and Chrome's engine."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from reports import pdf
from reports.apparatus import DEMONSTRATION
from reports.document import Document, FactLine, Part
from reports.pdf import NO_GLYPH, PdfNotMade, to_pdf
from testkit import document_fixture


@pytest.fixture(scope="module")
def document() -> Document:
    return document_fixture.document()


@pytest.fixture(scope="module")
def made(document: Document) -> bytes:
    return to_pdf(document)


@pytest.fixture
def reader(made: bytes) -> PdfReader:
    return PdfReader(BytesIO(made), strict=True)


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def with_text(document: Document, text: str) -> Document:
    return replace(document, parts=(Part("a", "1", "Avsnitt", 1, (FactLine("Text", text),)),))


def bookmarks(outline: list[Any]) -> Iterator[str]:
    for item in outline:
        if isinstance(item, list):
            yield from bookmarks(item)
        else:
            yield str(item.title)


def root_of(reader: PdfReader) -> Any:
    return reader.trailer["/Root"]


def tags(reader: PdfReader) -> Iterator[dict[str, Any]]:
    """All structure elements of the tag tree."""
    waiting: list[Any] = [root_of(reader)["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        element = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(element, list):
            waiting += list(element)
        elif isinstance(element, dict):
            if "/S" in element:
                yield element
            if "/K" in element:
                waiting.append(element["/K"])


def test_two_other_readers_open_it_without_complaint(made: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        reader = PdfReader(BytesIO(made), strict=True)
        pages = [page.extract_text() for page in reader.pages]
    assert caplog.records == []
    drawn = pypdfium2.PdfDocument(made)
    assert len(drawn) == len(pages)
    for page in drawn:
        shades = page.render(scale=0.2, grayscale=True).to_numpy()
        assert shades.min() < 120 and shades.max() == 255  # something is drawn, on white


def test_it_is_swedish_tagged_archivable_and_titled(reader: PdfReader) -> None:
    root = root_of(reader)
    assert (
        root["/Lang"] == "sv"
        and root["/MarkInfo"]["/Marked"].value
        and root["/ViewerPreferences"]["/DisplayDocTitle"].value
    )
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata and "<pdfaid:part>2</pdfaid:part>" in metadata
    assert reader.metadata is not None and reader.metadata.title == "Årsbokslut 2024"


def test_bookmarks_are_the_headings(reader: PdfReader, document: Document) -> None:
    found = list(bookmarks(reader.outline))
    for part in document.parts:
        assert any(" ".join(part.heading.split()) in " ".join(name.split()) for name in found), part.heading
    assert {"I korthet", "Diagrammens värden"} <= set(found)


def test_every_figure_sentence_and_source_is_real_text(reader: PdfReader, document: Document) -> None:
    def joined(text: str) -> str:
        """Without spaces and hyphens: words of narrow columns are hyphenated."""
        return re.sub(r"[\s-]+", "", text)

    whole = joined(words(reader))
    for table in document.tables:
        for line in table.lines:
            for text in (line.label, *(cell.text for cell in line.cells)):
                assert joined(text) in whole
    for sentence in document.sentences:
        assert joined(sentence.text) in whole
    for said in (
        "Källa: Kolada.",
        "Uppföljning av internkontroll",
        "2018:1937",
        "Källan är inte ansluten.",
        "Regeln ger: Delvis uppfyllt.",
    ):
        assert joined(said) in whole


def test_words_in_diagrams_are_text_too(reader: PdfReader) -> None:
    assert "Distriktssköterska" in words(reader) and "Göteborgsregionen 22" in words(reader).replace("\u00a0", " ")


def test_pictures_have_words_for_those_who_do_not_see_them(reader: PdfReader, document: Document) -> None:
    alternatives = [str(tag["/Alt"]) for tag in tags(reader) if tag["/S"] == "/Figure" and "/Alt" in tag]
    assert sum("Linjediagram, dagar" in text for text in alternatives) == 2
    assert sum("Stapeldiagram, procent" in text for text in alternatives) == 1


def test_tables_are_tables_with_headers_and_headings_are_headings(reader: PdfReader, document: Document) -> None:
    kinds = [tag["/S"] for tag in tags(reader)]
    assert kinds.count("/Table") >= len(document.tables) and kinds.count("/TH") > kinds.count("/Table")
    assert {"/H1", "/H2", "/H3", "/H4"} <= set(kinds)


def test_pages_are_numbered_and_each_says_demonstration(made: bytes, reader: PdfReader) -> None:
    total = len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        said = page.extract_text()
        assert DEMONSTRATION in said
        if number > 1:
            assert f"Sida {number} av {total}" in said
    live = PdfReader(BytesIO(to_pdf(document_fixture.document(environment="production"))))
    assert "Demonstrationsdata" not in words(live)


def test_wide_text_tables_lie_down(reader: PdfReader) -> None:
    (lying,) = [page for page in reader.pages if page.mediabox.width > page.mediabox.height]
    assert "Bilaga 1" in lying.extract_text() and "Åtgärd" in lying.extract_text()


@pytest.mark.parametrize(
    "text",
    [document_fixture.HOSTILE, '#read("/etc/passwd") = rubrik // bort /* bort */ $x^2$ `kod` <a> @b ~ \\ #', "[x] _y_"],
)
def test_markup_is_text(document: Document, text: str) -> None:
    whole = words(PdfReader(BytesIO(to_pdf(with_text(document, text)))))
    assert "".join(text.split()) in "".join(whole.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [("bra \U0001f600 gjort", f"bra {NO_GLYPH} gjort"), ("rad\x07slut", "radslut"), ("\ue000", NO_GLYPH)],
)
def test_a_character_without_a_glyph_does_not_cost_the_report(document: Document, text: str, shown: str) -> None:
    assert shown in words(PdfReader(BytesIO(to_pdf(with_text(document, text)))))


def test_what_typst_refuses_is_said_with_the_report(
    document: Document, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    broken = tmp_path / "broken.typ"
    broken.write_text("#nothing-like-this", encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATE", broken)
    with pytest.raises(PdfNotMade, match="arsbokslut 1489: error: unknown variable: nothing-like-this"):
        to_pdf(document)


def test_the_same_document_gives_the_same_bytes_in_less_than_a_second(document: Document, made: bytes) -> None:
    assert to_pdf(document) == made
    large = document_fixture.document(repeated=12)
    began = time.process_time()
    to_pdf(large)
    assert time.process_time() - began < 1.0
