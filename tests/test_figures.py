"""Printed figures against reports, and the figures of sentences against the marts that they cite.

On the demonstration's own pages: what a reader sees, not what a builder meant.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Demonstration
from lxml import html

from demo.figures.__main__ import DOCUMENTS, results, summary
from demo.figures.compare import Result, compare
from demo.figures.printed import Printed, Reason, numbers, read_printed, read_reasons, rounded
from demo.figures.reported import Report, label, read_report
from reports.document import Cell, Document, Line, Origin, Paragraph, Part, Prose, Section, Sentence, Table
from reports.html import to_html
from testkit import document_fixture

# Printed figures against the demonstration's reports

TABLES, RUNNING_TEXT = 616, 257
LEAST_IN_TEXT, LEAST_COMPUTED = 200, 400
IN_TABLES = {"misprint", "suppressed", "no source"}
"""The reasons that a table's figure may have for not standing as printed."""


@pytest.fixture(scope="module")
def compared(demonstration: Demonstration) -> list[Result]:
    return results(demonstration.home / "reports")


def told(found: list[Result]) -> list[str]:
    """Each result in a line, for whoever reads a failure."""
    return [
        f"{r.printed.row_id} {r.printed.table_id}: {r.printed.row_label} = {r.printed.raw}; {r.found}; {r.reason}"
        for r in found
    ]


@pytest.mark.slow
def test_every_figure_of_the_tables_stands_as_printed_or_has_a_reason(compared: list[Result]) -> None:
    found = [result for result in compared if not result.printed.is_text]
    assert len(found) == TABLES
    others = [
        result
        for result in found
        if result.state != "matched" and not (result.reason and result.reason.kind in IN_TABLES)
    ]
    assert not others, told(others)


@pytest.mark.slow
def test_two_hundred_figures_of_the_running_text_stand_in_the_reports_and_the_rest_have_reasons(
    compared: list[Result],
) -> None:
    found = [result for result in compared if result.printed.is_text]
    assert len(found) == RUNNING_TEXT
    differing = [result for result in found if result.state == "differs"]
    assert not differing, told(differing)
    assert sum(result.state == "matched" for result in found) >= LEAST_IN_TEXT


@pytest.mark.slow
def test_four_hundred_of_the_figures_are_computed_from_rows(compared: list[Result]) -> None:
    computed = [result for result in compared if result.is_computed]
    assert len(computed) >= LEAST_COMPUTED
    assert all(result.shown and "Källa: Kolada" not in result.shown.source for result in computed)
    assert f"Of the matched, {len(computed)} are computed from rows." in summary(compared)


@pytest.mark.slow
def test_no_reason_is_on_record_for_a_figure_that_stands_as_printed(compared: list[Result]) -> None:
    """A reason that outlives what it explained would excuse the next error."""
    shown = {result.printed.row_id for result in compared if result.state == "matched"}
    assert sorted(shown & set(read_reasons())) == []


def test_every_reason_is_of_a_printed_figure_and_says_something() -> None:
    reasons, printed = read_reasons(), {figure.row_id for figure in read_printed()}
    assert set(reasons) <= printed
    assert {reason.kind for reason in reasons.values()} <= {
        "misprint",
        "suppressed",
        "cause",
        "plan",
        "rule",
        "no source",
    }
    assert all(reason.text.strip() for reason in reasons.values())


# What counts as the same figure


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("57", ["57"]),
        ("8,2 %", ["8.2"]),
        ("-802\u00a0020", ["-802020"]),
        ("\u2212802 020,5", ["-802020.5"]),
        ("1 234 567", ["1234567"]),
        ("61 (2022)", ["61", "2022"]),
        ("från 65 till 57 dagar", ["65", "57"]),
        ("10\u201315 procent", ["10", "15"]),
        ("Tre av fyra kontrollpunkter", ["3", "4"]),
        ("ingen", ["0"]),
        ("fjärde året i rad", ["4"]),
        ("IU.", []),
        ("-", []),
    ],
)
def test_numbers_of_a_swedish_text(text: str, found: list[str]) -> None:
    assert numbers(text) == [Decimal(number) for number in found]


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("0.05", 1, "0.1"),
        ("8.249", 1, "8.2"),
        ("-0.5", 0, "-1"),
        ("1.005", 2, "1.01"),
    ],
)
def test_rounding_is_that_of_print_half_away_from_zero(value: str, decimals: int, expected: str) -> None:
    assert rounded(Decimal(value), decimals) == Decimal(expected)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Andel (%) *", "andel (%)"),
        ("Väntetid \u2013 särskilt boende:", "väntetid - särskilt\u00a0boende"),
        ("Sjuk\u00adfrånvaro", "sjukfrånvaro"),
        ("  Budget\n 2024. ", "budget 2024"),
    ],
)
def test_labels_are_the_same_but_for_what_print_adds(one: str, other: str) -> None:
    assert label(one) == label(other)


def test_labels_of_different_rows_differ() -> None:
    assert label("Kvinnor") != label("Män")
    assert label("Budget 2023") != label("Budget 2024")


ORIGIN = Origin(
    "quality/U23401/1489/T/2024-01-01--2024-12-31/period",
    "value",
    "U23401",
    "2024",
    "Källa: Kolada",
    "kolada:1489",
    "",
    2024,
)
MEAN = replace(ORIGIN, measure="national_mean", source="Egen bearbetning av data från Kolada")


def page(folder: Path, own: str = "57", mean: str = "63", said: str = "57", written: str = "") -> Report:
    """A report of one table (own value and mean), one sentence, and what a person wrote; read back from its page."""
    row = Line("Väntetid", (Cell(own, origin=ORIGIN), Cell(mean, origin=MEAN)))
    table = Table(
        "vantetid", "Väntetid", ("Alingsås 2024", "Samtliga 2024"), (Section("", (row,)),), ("Källa: Kolada.",)
    )
    sentence = Sentence(("Väntetiden var ", Cell(said, origin=ORIGIN), "\u00a0dagar 2024."))
    part = Part("boende", "1", "Boende", 1, (table, Paragraph((sentence,)), Prose("boende", written)))
    made: Document = replace(document_fixture.document(), parts=(part,), highlights=(), gaps=())
    path = folder / "report.html"
    path.write_text(to_html(made), encoding="utf-8")
    return read_report(path)


def figure(**different: Any) -> Printed:
    """The printed figure of the table of `page`, with what differs."""
    known = {
        "row_id": "001-1",
        "doc": "001",
        "table_id": "vantetid",
        "row_label": "Väntetid",
        "column_label": "Alingsås 2024",
        "year": 2024,
        "measure_kind": "actual",
        "comparison_group": "own",
        "raw": "57",
        "value": Decimal(57),
        "unit": "days",
        "line": 1,
        "indicator": "U23401",
        "dimension": {},
        "qualifier": "",
    }
    return Printed(**{**known, **different})


IN_TEXT = {"table_id": "text", "row_label": "Väntetid", "column_label": "2024"}


def state(printed: Printed, report: Report, reason: Reason | None = None) -> tuple[str, str]:
    [found] = compare([printed], {"001": report}, {printed.row_id: reason} if reason else {})
    return found.state, found.found


def test_a_figure_of_the_table_and_one_of_the_text_are_found(tmp_path: Path) -> None:
    report = page(tmp_path)
    assert state(figure(), report) == ("matched", "")
    assert state(figure(column_label="Samtliga 2024", raw="63", value=Decimal(63)), report) == ("matched", "")
    assert state(figure(**IN_TEXT), report) == ("matched", "")


def test_a_wrong_cell_is_told_with_what_it_shows(tmp_path: Path) -> None:
    assert state(figure(), page(tmp_path, own="58")) == ("differs", "shows '58'")
    assert state(figure(raw="57,4", value=Decimal("57.4")), page(tmp_path, own="57,5")) == ("differs", "shows '57,5'")
    assert state(figure(raw="-57", value=Decimal(-57)), page(tmp_path)) == ("differs", "shows '57'")


def test_a_value_in_the_wrong_column_is_told(tmp_path: Path) -> None:
    swapped = page(tmp_path, own="63", mean="57")
    assert state(figure(), swapped) == ("differs", "shows '63'")
    assert state(figure(column_label="Samtliga 2024", raw="63", value=Decimal(63)), swapped) == (
        "differs",
        "shows '57'",
    )


def test_what_is_not_there_is_told_and_a_reason_explains_it(tmp_path: Path) -> None:
    report = page(tmp_path)
    assert state(figure(table_id="annan"), report) == ("differs", "no table annan")
    assert state(figure(row_label="Kvinnor"), report) == ("differs", "no such row")
    assert state(figure(column_label="Liknande 2024"), report) == ("differs", "no such column")
    assert state(figure(row_label="Kvinnor"), report, Reason("misprint", "text")) == ("explained", "no such row")


def test_a_missing_value_is_matched_by_its_sign_only(tmp_path: Path) -> None:
    missing = figure(raw="IU.", value=None)
    assert state(missing, page(tmp_path, own="IU.")) == ("matched", "")
    assert state(missing, page(tmp_path)) == ("differs", "shows '57'")
    assert state(figure(), page(tmp_path, own="IU.")) == ("differs", "shows 'IU.'")


def test_a_figure_of_another_measure_year_or_indicator_does_not_count(tmp_path: Path) -> None:
    report = page(tmp_path, own="1", mean="57", said="1")
    assert state(figure(**IN_TEXT), report)[0] == "differs"  # 57 is the mean of all, not the own value
    report = page(tmp_path)
    assert state(figure(**IN_TEXT, measure_kind="diff"), report)[0] == "differs"
    assert state(figure(**{**IN_TEXT, "year": 2023}), report)[0] == "differs"
    assert state(figure(**{**IN_TEXT, "indicator": "U23471"}), report) == ("differs", "nowhere in the report")


@pytest.mark.parametrize(
    ("qualifier", "shown", "expected"),
    [
        ("", "56,8", "matched"),
        ("over", "56,8", "differs"),
        ("over", "57,2", "matched"),
        ("nearly", "56,8", "matched"),
        ("nearly", "57,2", "differs"),
        ("approx", "60", "matched"),
        ("approx", "64", "differs"),
        ("", "60", "differs"),
    ],
)
def test_words_of_print_are_taken_at_their_word(tmp_path: Path, qualifier: str, shown: str, expected: str) -> None:
    report = page(tmp_path, own="1", mean="2", said=shown)
    assert state(figure(**IN_TEXT, qualifier=qualifier), report)[0] == expected


def test_a_figure_of_a_hand_written_text_does_not_count(tmp_path: Path) -> None:
    """Not in prose, not in a table of prose, and not with attributes that pretend to be a figure's."""
    attributes = 'data-key="quality/U23401/1489/T" data-measure="value" data-indicator="U23401" data-year="2024"'
    written = (
        "Väntetiden var 57 dagar 2024.\n\n| Nyckeltal | Alingsås 2024 |\n|---|---|\n| Väntetid | 57 |\n\n"
        f'<span class="sentence">Väntetiden var <span class="figure" {attributes}>57</span> dagar.</span>\n'
    )
    report = page(tmp_path, own="1", said="1", mean="2", written=written)
    assert state(figure(**IN_TEXT), report)[0] == "differs"
    assert state(figure(), report) == ("differs", "shows '1'")
    assert len(report.figures) == 3 and report.sentences == 1


def test_the_documents_that_are_compared_are_those_of_the_printed_figures() -> None:
    assert set(DOCUMENTS) == {figure.doc for figure in read_printed()}


# Figures of generated sentences against the mart rows that they cite

PICKED = 20
DOMAINS = ("costs", "quality", "staffing", "volumes")
KEYS = {
    **dict.fromkeys(
        DOMAINS,
        "concat_ws('/', indicator_id, municipality_id, gender, period_start || '--' || period_end, measure_time, org_unit, "
        "staff_group, breakdown)",
    ),
    "operating_statement": "concat_ws('/', municipality_id, year, line_id)",
    "operating_statement_ytd": "concat_ws('/', municipality_id, period_end, line_id, org_unit)",
    "ledger_monthly": "concat_ws('/', municipality_id, year)",
    "goal_follow_up": "concat_ws('/', municipality_id, year, goal_id, indicator_id, org_unit, breakdown)",
    "internal_control": "concat_ws('/', municipality_id, year, control_id, row_order)",
    "measures_follow_up": "concat_ws('/', municipality_id, year, measure_id)",
    "provider_follow_up": "concat_ws('/', municipality_id, year, follow_up_id)",
    "government_grants": "concat_ws('/', municipality_id, year, coalesce('grant=' || grant_id, grant_type, 'total'))",
    "grants_passed_on": "concat_ws('/', municipality_id, year, 'grant=' || grant_id || ';recipient=' || "
    "replace(strip_accents(lower(recipient)), ' ', '_'))",
    "investments": "concat_ws('/', municipality_id, year, line_id)",
    "forecast_accuracy": "concat_ws('/', municipality_id, year, occasion)",
}
"""How a row of each mart is named by a figure."""
SCALES = (1, 1_000, 1_000_000)

Row = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """A figure of a generated sentence, as its page shows it."""

    page: str
    sentence: str
    text: str
    keys: tuple[str, ...]
    measure: str
    indicator: str
    year: str

    @property
    def years(self) -> tuple[str, ...]:
        """The years that it consists of; empty for any other figure."""
        return (
            tuple(re.findall(r"\d{4}", self.text))
            if re.fullmatch(r"((19|20)\d\d(, | och |\u2013)?)+", self.text)
            else ()
        )

    @property
    def absent(self) -> tuple[str, ...]:
        """The keys of the rows of those years: what a sentence that says that they are missing is about."""
        return tuple(re.sub(r"\d{4}(?=-\d\d-\d\d)", year, self.keys[0]) for year in self.years)


def sentences_of(path: Path) -> list[tuple[Said, ...]]:
    """The figures of each generated sentence of a page."""
    read = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    found = []
    for sentence in read.xpath("//*[contains(concat(' ', @class, ' '), ' sentence ')]"):
        figures = []
        for element in sentence.xpath(".//*[@data-key]"):
            shown = "".join(element.xpath(".//text()[not(ancestor::sup)]"))
            # keys are apart by a space; one in a name (an occasion, a kind of grant) stands before no mart's name
            keys = tuple(re.split(rf" (?=(?:{'|'.join(KEYS)})/)", element.get("data-key")))
            at = [element.get(f"data-{name}") for name in ("measure", "indicator", "year")]
            figures.append(Said(path.parent.name + "/" + path.name, sentence.text_content(), shown, keys, *at))
        if figures:
            found.append(tuple(figures))
    return found


def all_sentences(reports: Path) -> list[tuple[Said, ...]]:
    """The figures of each generated sentence of all pages below the folder `reports`."""
    return [sentence for path in sorted(reports.glob("*/*.html")) for sentence in sentences_of(path)]


@pytest.fixture(scope="module")
def said(demonstration: Demonstration) -> list[tuple[Said, ...]]:
    return all_sentences(demonstration.home / "reports")


def cited_rows(publication: Path, said: list[tuple[Said, ...]]) -> Callable[[str], list[Row]]:
    """The rows of the publication's marts that a key names, for all keys that the sentences cite."""
    cited = {key for sentence in said for figure in sentence for key in (*figure.keys, *figure.absent)}
    found: dict[str, list[Row]] = {}
    with duckdb.connect(str(publication.resolve()), read_only=True) as con:
        for mart, key in KEYS.items():
            wanted = sorted(name.split("/", 1)[1] for name in cited if name.startswith(f"{mart}/"))
            sql = f"select {key} as row_key, * from marts.{mart} where row_key in (select unnest(?))"
            answer = con.execute(sql, [wanted])
            names = [column[0] for column in answer.description or ()]
            for values in answer.fetchall():
                found.setdefault(f"{mart}/{values[0]}", []).append(dict(zip(names, values, strict=True)))
        nation = con.execute(
            "select indicator_id, year(period_end), value from marts.indicators join marts.dim_municipality using (municipality_id) "
            "where municipality_type = 'K' and gender = 'T' and period_grain = 'year' and value is not null and org_unit is null "
            "and staff_group is null and breakdown is null and indicator_id in (select unnest(?))",
            [sorted({figure.indicator for sentence in said for figure in sentence if figure.measure == "rank"})],
        ).fetchall()
        ended = con.execute(
            "select indicator_id, ended_after from marts.dim_indicator where ended_after is not null"
        ).fetchall()
    for indicator, year, value in nation:
        found.setdefault(f"nation/{indicator}/{year}", []).append({"value": value})
    for indicator, year in ended:
        found[f"ended/{indicator}/{year}"] = [{}]
    return lambda key: found.get(key, [])


@pytest.fixture(scope="module")
def rows(demonstration: Demonstration, said: list[tuple[Said, ...]]) -> Callable[[str], list[Row]]:
    return cited_rows(demonstration.current, said)


def expected(figure: Said, rows: Callable[[str], list[Row]]) -> float | None:
    """What the figure must be by the rows that it cites: a column, or what its measure says of several rows."""
    cited = [row for key in figure.keys for row in rows(key)]
    mart = figure.keys[0].split("/")[0]
    assert len(cited) == len(figure.keys) or mart == "ledger_monthly", f"{figure.keys}: {len(cited)} rows"
    if figure.measure == "rank":
        values = [row["value"] for row in rows(f"nation/{figure.indicator}/{figure.year}")]
        above = sum(value > cited[0]["value"] for value in values)
        return 25.0 if "procent av kommunerna" in figure.sentence and above < len(values) / 4 else float(above)
    if figure.measure == "group_total":
        return float(
            sum(row["value"] > 0 for row in cited) if "i " + figure.text + "." in figure.sentence else len(cited)
        )
    if figure.measure == "count":
        return float(len(cited))
    if mart == "ledger_monthly":
        return float(sum(row[figure.measure] or 0 for row in cited))
    if figure.measure == "relative_change":
        return float((cited[0]["value"] - cited[1]["value"]) / cited[1]["value"] * 100)
    if (
        len(cited) == 2
    ):  # a gap between sexes, or a change that is not the adjacent year's: the first row less the second
        return float(cited[0]["value"] - cited[1]["value"])
    return None if cited[0][figure.measure] is None else float(cited[0][figure.measure])


def is_kronor(figure: Said, rows: Callable[[str], list[Row]]) -> bool:
    [row, *_] = rows(figure.keys[0])
    return str(row.get("unit", "kr")).startswith("kr")


def wrong_years(figure: Said, rows: Callable[[str], list[Row]]) -> str | None:
    """What is wrong with years of which it is said that they are missing, simulated or a series' last; None for any
    other figure.
    """
    cited = [row for key in figure.keys for row in rows(key)]
    if "simulera" in figure.sentence:
        years = [row["period_end"].year for row in cited]
        return (
            ""
            if numbers(figure.text) == years and all(row["is_simulated"] for row in cited)
            else f"{years}, not all simulated"
        )
    if figure.years and f"avslutades efter {figure.text}" in figure.sentence:
        return "" if rows(f"ended/{figure.indicator}/{figure.text}") else "no such end of the series"
    if figure.years and "saknas" in figure.sentence:
        present = [row["value"] for key in figure.absent for row in rows(key) if row["value"] is not None]
        return f"{present}" if present or not cited else ""
    return None


def wrong_word(figure: Said, values: list[float]) -> str:
    """What is wrong with a word that rests on rows whose values the paragraph has told: a ranking in order, or a level
    beside a band.
    """
    if band := re.search(r"(under|inom|över) de (\d+)–(\d+) procent", figure.sentence):
        [value], low, high = values, float(band[2]), float(band[3])
        return "" if {"under": value < low, "inom": low <= value <= high, "över": value > high}[band[1]] else f"{value}"
    return "" if len(values) > 1 and values in (sorted(values), sorted(values, reverse=True)) else f"{values}"


def wrong(figure: Said, rows: Callable[[str], list[Row]]) -> str:
    """What is wrong with the figure; empty where it is right to the printed decimals, in kronor, thousands or millions
    of them.
    """
    if (fault := wrong_years(figure, rows)) is not None:
        return fault
    value = expected(figure, rows)
    if value is None:
        return "the row has no value"
    if figure.text == "ett nollresultat":
        return "" if rounded(Decimal(f"{value / 1_000_000:.12g}"), 1) == 0 else f"{value}"
    if not numbers(figure.text) or (figure.text.isdigit() and figure.sentence.endswith(f" högst {figure.text}.")):
        return wrong_word(figure, [row["value"] for key in figure.keys for row in rows(key)])
    [shown, *more] = numbers(figure.text)
    decimals = len(match.group(1)) if (match := re.search(r"\d,(\d+)", figure.text)) else 0
    scales = SCALES if is_kronor(figure, rows) else SCALES[:1]
    # words say which way (ökade, underskott): the sign need not stand
    possible = {rounded(Decimal(f"{value / scale:.12g}"), decimals) for scale in scales}
    return "" if not more and shown in possible | {abs(number) for number in possible} else f"{value}"


def faults(sentences: list[tuple[Said, ...]], rows: Callable[[str], list[Row]]) -> list[str]:
    return [
        f"{figure.page}: {figure.sentence!r}: {figure.text!r} cites {' and '.join(figure.keys)} {figure.measure} = {fault}"
        for sentence in sentences
        for figure in sentence
        if (fault := wrong(figure, rows))
    ]


@pytest.mark.slow
def test_twenty_sentences_picked_at_random_say_what_their_rows_say(said, rows) -> None:
    seed = random.randrange(10**9)
    picked = random.Random(seed).sample(said, PICKED)
    found = faults(picked, rows)
    assert not found, f"seed {seed}: {found}"


@pytest.mark.slow
def test_all_sentences_say_what_their_rows_say(said, rows) -> None:
    assert len(said) > 400
    found = faults(said, rows)
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_a_figure_that_is_not_its_rows_would_be_told(said, rows) -> None:
    """The comparison itself: another value, another column, a row that is not there."""
    one = next(
        figure
        for sentence in said
        for figure in sentence
        if figure.measure == "value" and re.fullmatch(r"\d\d", figure.text)
    )
    assert not wrong(one, rows)
    assert wrong(replace(one, text=str(int(one.text) + 1)), rows)
    with pytest.raises(AssertionError, match="0 rows"):
        wrong(replace(one, keys=("quality/none/1489",)), rows)
