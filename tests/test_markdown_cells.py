"""Texts from outside in Dagster's Markdown metadata: shown as written, whatever they are made of."""

from __future__ import annotations

import pytest
from lxml import html
from markdown_it import MarkdownIt

from ingestion.findings import Finding
from ingestion.monitoring.concerns import Concern
from orchestration.concerns import summary, table
from orchestration.loads import _summary, findings_table
from orchestration.markdown import line, row
from trials.operations import HOSTILE

# As loose as a renderer can be: raw HTML passes, and so does any link.
LOOSE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
LOOSE.validateLink = lambda url: True  # type: ignore[method-assign]


def cells(markdown: str) -> list[list[str]]:
    page = html.fragment_fromstring(LOOSE.render(markdown), create_parent="div")
    made = {str(element.tag) for element in page.iter()}
    assert made <= {"div", "table", "thead", "tbody", "tr", "th", "td"}, made
    return [[cell.text_content() for cell in line.iter("td")] for line in page.iter("tr")][1:]


@pytest.mark.parametrize(
    "name", [*HOSTILE, "~~x~~ **y** _z_ `k`", "<https://x.example>", "a\n\n| b | c |\n# d", "www.x.example", "a\\|b"]
)
def test_a_cell_shows_what_was_written_and_nothing_is_made_of_it(name: str) -> None:
    assert cells(f"| a | b |\n|---|---|\n{row(name, 'next')}") == [[" ".join(name.split()), "next"]]


@pytest.mark.parametrize("name", HOSTILE)
def test_findings_and_concerns_are_such_cells(name: str) -> None:
    shown = " ".join(name.split())
    [line] = cells(findings_table([Finding("R1", "error", name, name, name, name, row=3, column=name)]))
    assert line == ["R1", f"{shown} row 3 {shown}", shown, shown, shown, "1"]
    assert cells(table([Concern("k", "late", name, "", name)])) == [["late", shown, "unknown", shown]]


TRICKS = (
    "~~x~~ **y** _z_ __å__ `k`",
    "<https://x.example>",
    "https://x.example",
    "www.x.example",
    "a@b.se",
    "a\\[b](c)",
    "&lt;b&gt; &#42;",
    "![x](y)",
)


@pytest.mark.parametrize("name", [*HOSTILE, *TRICKS])
def test_descriptions_of_checks_show_what_was_written(name: str) -> None:
    shown = " ".join(name.split())
    finding = Finding("R1", "error", name, name, name, name, row=3, column=name)
    concern = Concern("k", "late", name, "", name, finding)
    for description in (_summary([], [], [finding], 1), summary([concern])):
        page = html.fragment_fromstring(LOOSE.render(description), create_parent="div")
        assert {str(element.tag) for element in page.iter()} <= {"div", "p"}, description
        assert finding.sentence().replace(name, shown) in page.text_content()
    usual = "R111: hr 2024-03.csv, row 1, column x: found no such column; expected hr_employments (docs/extracts.md), 'grad' 0-100."
    assert line(usual) == usual, "what is usual is as readable in a log"
