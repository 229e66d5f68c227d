"""The ledger in reports: which amount stands where, what is said of it, and that both name the rows that they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingestion.configuration.municipality import ReportChoice, load_municipality
from reports.compose import document, open_source
from reports.document import Absent, Document, Table
from reports.figures import Publication
from reports.outline import Outline
from testkit import report_fixture

ALINGSAS = load_municipality(report_fixture.ROOT / "municipalities" / "1489-alingsas")
HELSINGBORG = load_municipality(report_fixture.ROOT / "municipalities" / "1283-helsingborg")

BALANCE = "Det är {} året i rad med ekonomisk balans: resultatet är inte negativt."
YTD = """create table marts.operating_statement_ytd (municipality_id varchar, municipality varchar, period_end date, org_unit varchar,
    line_id varchar, line varchar, line_order integer, is_sum boolean, budget_ytd double, actual_ytd double, deviation_ytd double,
    previous_actual_ytd double, budget_year double, forecast_year double, forecast_deviation double, previous_forecast_year double,
    forecast_change double, forecast_month date, ledger_status varchar, is_preliminary boolean, is_revised boolean,
    lineage_id varchar)"""
MONTHLY = "create table marts.ledger_monthly (municipality_id varchar, year integer, closing_entries double)"


def ytd(
    unit: str | None,
    line: str,
    order: int,
    budget: float,
    actual: float,
    *,
    year: float,
    forecast: float,
    before: float | None,
) -> str:
    """A row of October 2024, in million kronor."""
    amounts = [
        budget,
        actual,
        actual - budget,
        actual * 0.9,
        year,
        forecast,
        forecast - year,
        before,
        None if before is None else forecast - before,
    ]
    values = ", ".join("null" if amount is None else str(amount * 1_000_000) for amount in amounts)
    name = {"personnel_costs": "Personalkostnader", "result": "Årets resultat"}[line]
    org_unit = f"'{unit}'" if unit else "null"
    return (
        f"insert into marts.operating_statement_ytd values ('1489', 'Alingsås', date '2024-10-31', {org_unit}, '{line}', '{name}', "
        f"{order}, {line == 'result'}, {values}, date '2024-09-01', 'open', true, false, 'ledger:1489:2024')"
    )


OCTOBER = (
    YTD,
    ytd(None, "personnel_costs", 2, -668.0, -684.5, year=-802.0, forecast=-818.0, before=-815.0),
    ytd(None, "result", 10, 0.0, -4.2, year=0.0, forecast=-1.4, before=0.5),
    ytd("hemtjanst", "result", 10, 0.0, -6.3, year=0.0, forecast=-2.0, before=None),
    ytd("aldreboende", "result", 10, 0.0, 2.1, year=0.0, forecast=0.6, before=None),
    ytd("hemtjanst", "personnel_costs", 2, 0.0, 0.0, year=0.0, forecast=0.0, before=None),
)


def figure(
    indicator: str, year: int, value: float, unit: str | None = None, month: int = 12, measure: str = "period"
) -> str:
    """A row of the costs mart of Helsingborg, in kronor."""
    end = date(year, month, 31)
    columns = {
        "municipality_id": "1283",
        "municipality": "Helsingborg",
        "indicator_id": indicator,
        "indicator": indicator,
        "org_unit": unit,
        "gender": "T",
        "period_start": date(year, 1, 1),
        "period_end": end,
        "period_grain": "month" if measure == "ytd" else "year",
        "measure_time": measure,
        "value": value,
        "unit": "kr",
        "series_id": indicator,
        "disclosure_class": "open",
        "source": "Egen bearbetning av data från ekonomisystemet",
        "lineage_id": f"ledger:1283:{year}",
    }
    flags = ("is_preliminary", "is_revised", "is_suppressed", "is_simulated", "comparison_is_simulated")
    names = [*columns, *flags]
    values = [*("null" if value is None else f"'{value}'" for value in columns.values()), *("false" for _ in flags)]
    return f"insert into marts.costs ({', '.join(names)}) values ({', '.join(values)})"


@contextmanager
def opened(tmp_path: Path, then: Iterable[str]) -> Iterator[Publication]:
    with Publication(report_fixture.build(tmp_path / "p.duckdb", then=then)) as publication:
        yield publication


def made(
    tmp_path: Path,
    blocks: list[dict[str, Any]],
    then: Iterable[str] = (),
    municipality: Any = ALINGSAS,
    through: str = "",
) -> Document:
    outline = Outline.model_validate(
        {"kind": "arsbokslut", "title": "Prov", "sections": [{"id": "prov", "heading": "Prov", "blocks": blocks}]}
    )
    with opened(tmp_path, then) as publication:
        return document(
            open_source(publication, municipality, ReportChoice(kind="arsbokslut", through=through)), outline
        )


def said(
    tmp_path: Path,
    rules: list[dict[str, Any]],
    then: Iterable[str] = (),
    municipality: Any = ALINGSAS,
    through: str = "",
) -> list[str]:
    found = made(tmp_path, [{"block": "sentences", "rules": rules}], then, municipality, through).sentences
    assert all(cell.origin and cell.origin.lineage_id for sentence in found for cell in sentence.cells)
    return [sentence.text.replace("\u00a0", " ") for sentence in found]


def grid(table: Table) -> dict[str, list[str]]:
    return {line.label: [cell.text.replace("\u00a0", " ") for cell in line.cells] for line in table.lines}


def test_the_statement_as_the_board_prints_it(tmp_path: Path) -> None:
    [table] = made(tmp_path, [{"block": "operating_statement"}]).tables
    assert table.columns == (
        "Budget 2024",
        "Bokslut 2024",
        "Avv. från budget 2024",
        "Bokslut 2023",
        "Diff. utfall 2023/2024",
    )
    assert grid(table)["Personalkostnader"] == ["-802 020", "-821 815", "-19 795", "-772 705", "-49 110"]
    assert grid(table)["Årets resultat"] == [
        "0",
        "1 873",
        "1 873",
        "1 059",
        "814",
    ]  # worked case 5: rounded from kronor, not added up
    [origin] = {cell.origin for cell in table.lines[1].cells[:1]}
    assert origin and (origin.key, origin.measure, origin.year) == (
        "operating_statement/1489/2024/personnel_costs",
        "budget",
        2024,
    )


def test_a_blank_line_is_not_a_zero_and_a_sum_always_is(tmp_path: Path) -> None:
    columns = [{"label": "Internbudget {year}", "measure": "budget"}]
    [table] = made(tmp_path, [{"block": "operating_statement", "columns": columns, "empty_lines": "blank"}]).tables
    assert grid(table)["Finansnetto"] == [""] and grid(table)["Årets resultat"] == ["0"]


def test_an_open_year_says_so_and_marks_what_may_change(tmp_path: Path) -> None:
    open_year = "update marts.operating_statement set ledger_status = 'open', is_preliminary = true"
    [table] = made(tmp_path, [{"block": "operating_statement"}], [open_year]).tables
    assert table.columns[1] == "Utfall 2024" and any("inte stängt" in remark for remark in table.remarks)
    assert [cell.marks for cell in table.lines[0].cells] == [(), ("p",), ("p",), (), ("p",)]


def test_what_was_corrected_since_it_was_published_is_marked_where_it_is_told(tmp_path: Path) -> None:
    corrected = "update marts.operating_statement set is_revised = true where line_id = 'result'"
    found = made(
        tmp_path, [{"block": "operating_statement"}, {"block": "sentences", "rules": [{"rule": "result"}]}], [corrected]
    )
    [table] = found.tables
    assert [cell.marks for cell in table.lines[-1].cells] == [(), ("r",), ("r",), (), ("r",)]
    assert found.sentences[0].cells[0].marks == ("r",)
    assert found.sentences[-1].text == "Värden märkta r bygger på uppgifter som har rättats i efterhand."


def test_results_and_frames_of_areas_are_two_concepts(tmp_path: Path) -> None:
    rows = [
        figure("result_by_area", 2024, -21_304_020, "aldreomsorg"),
        figure("net_frame_by_area", 2024, 1_544_380_000, "aldreomsorg"),
        figure("result_by_area", 2023, -25_233_010, "aldreomsorg"),
        figure("result_by_area", 2024, 15_714_900),
        figure("net_frame_by_area", 2024, 2_486_989_000),
        figure("result_by_area", 2023, 22_326_700),
    ]
    columns = [
        {"label": "Bokslut {year-1}", "indicator": "result_by_area", "year": -1},
        {"label": "Internbudget {year}", "indicator": "net_frame_by_area", "hundreds": True},
        {"label": "Utfall {year}", "indicator": "result_by_area"},
    ]
    [table] = made(tmp_path, [{"block": "area_results", "columns": columns}], rows, HELSINGBORG).tables
    assert grid(table)["Äldreomsorg"] == ["-25 233", "1 544 400", "-21 304"]
    assert grid(table)["Summa"] == [
        "22 327",
        "2 487 000",
        "15 715",
    ]  # the frames' sum is rounded by itself, to whole hundreds
    assert grid(table)["Stödfunktion"] == ["-", "-", "-"]
    assert table.lines[-1].cells[1].value == 2_487_000


def test_the_year_so_far_by_line_and_by_department(tmp_path: Path) -> None:
    blocks = [
        {"block": "statement_ytd", "table_id": "rader", "title": "Rader"},
        {"block": "statement_ytd", "table_id": "avdelningar", "title": "Avdelningar", "by": "department"},
        {"block": "statement_ytd", "table_id": "bada", "title": "Båda", "by": "department_line"},
    ]
    lines, departments, both = made(tmp_path, blocks, OCTOBER, through="2024-10").tables
    assert grid(lines)["Personalkostnader"] == [
        "-668 000",
        "-684 500",
        "-16 500",
        "-616 050",
        "-802 000",
        "-818 000",
        "-16 000",
        "-3 000",
    ]
    assert list(grid(departments)) == ["Hemtjänst", "Äldreboende", "Hela nämnden"]
    assert grid(departments)["Hemtjänst"][-1] == "-"  # no forecast before this one
    assert [section.heading for section in both.sections] == ["Hemtjänst", "Äldreboende"]
    assert [line.label for line in both.sections[0].lines] == [
        "Årets resultat"
    ]  # a line with nothing on it is left out
    assert lines.lines[0].cells[1].marks == ("p",) and lines.lines[0].cells[4].marks == ()
    assert any("inte stängt" in remark for remark in lines.remarks) and any(
        "september 2024" in remark for remark in lines.remarks
    )
    origin = lines.lines[0].cells[3].origin
    assert origin and (origin.period, origin.year) == ("januari–oktober 2023", 2023)


def test_a_month_that_was_not_delivered_is_absent(tmp_path: Path) -> None:
    [part] = made(
        tmp_path, [{"block": "statement_ytd", "table_id": "rader", "title": "Rader"}], OCTOBER, through="2024-11"
    ).parts
    assert part.blocks == (Absent("Rader", "Bokföringen för november 2024 har inte levererats."),)


def test_costs_that_the_configuration_follows(tmp_path: Path) -> None:
    rows = [
        figure("hired_staff_cost", year, value, month=10, measure="ytd")
        for year, value in ((2023, 17_519_000.0), (2024, 13_674_400.0))
    ]
    block = {"block": "followed_costs", "table_id": "kostnader", "title": "Kostnader"}
    [table] = made(tmp_path, [block], rows, HELSINGBORG, "2024-10").tables
    assert grid(table)["Kostnader för inhyrd personal"] == ["13 674", "17 519", "-3 845"]
    assert len(table.lines) == len(HELSINGBORG.cost_indicators)


def test_deviations_of_lines_in_words(tmp_path: Path) -> None:
    assert said(tmp_path, [{"rule": "line_deviations"}]) == [
        "Verksamhetens intäkter avviker positivt med 48,4 mkr.",
        "Personalkostnader avviker negativt med 19,8 mkr.",
        "Lokalhyror avviker marginellt negativt med 0,9 mkr.",
        "Köp av tjänster avviker negativt med 12,4 mkr.",
        "Övriga kostnader avviker negativt med 13,4 mkr.",
    ]


def test_the_result_in_words(tmp_path: Path) -> None:
    assert said(tmp_path, [{"rule": "result"}]) == [
        "Vård- och omsorgsnämnden redovisar ett positivt resultat på 1,9 miljoner kronor 2024."
    ]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ({2020: -6.6, 2021: 77.4, 2022: 88.7, 2023: 22.3, 2024: 15.7}, [BALANCE.format("fjärde")]),
        ({2021: 77.4, 2023: 22.3, 2024: 0.0}, [BALANCE.format("andra")]),
        ({2023: 22.3, 2024: -0.1}, []),
        ({2023: -1.0, 2024: 15.7}, []),
    ],
)
def test_years_in_balance_are_counted_back_to_a_deficit_or_a_gap(
    tmp_path: Path, results: dict[int, float], expected: list[str]
) -> None:
    rows = [figure("ledger_result", year, value * 1_000_000) for year, value in results.items()]
    assert said(tmp_path, [{"rule": "years_in_balance"}], rows, HELSINGBORG) == expected


def test_deviations_of_areas_in_words(tmp_path: Path) -> None:
    rows = [
        figure("result_by_area", 2024, 11_268_000, "intakter"),
        figure("result_by_area", 2024, -21_304_000, "aldreomsorg"),
        figure("result_by_area", 2024, -15_812_000, "hsl"),
        figure("result_by_area", 2024, 40_000, "stodfunktion"),
    ]
    assert said(
        tmp_path, [{"rule": "area_deviations"}, {"rule": "area_deviations", "areas": ["hsl"]}], rows, HELSINGBORG
    ) == [
        "Äldreomsorg redovisar en negativ budgetavvikelse på 21,3 miljoner kronor 2024.",
        "Intäkter redovisar en positiv budgetavvikelse på 11,3 miljoner kronor 2024.",
        "Verksamhetsområde HSL redovisar en negativ budgetavvikelse på 15,8 miljoner kronor 2024.",
    ]


def test_the_year_so_far_in_words(tmp_path: Path) -> None:
    rules: list[dict[str, Any]] = [
        {"rule": "result", "ytd": True},
        {"rule": "line_deviations", "ytd": True},
        {"rule": "department_extremes"},
        {"rule": "forecast_result"},
    ]
    assert said(tmp_path, rules, OCTOBER, through="2024-10") == [
        "Vård- och omsorgsnämnden redovisar ett negativt resultat på 4,2 miljoner kronor januari–oktober 2024.",
        "Personalkostnader avviker negativt med 16,5 mkr från den periodiserade budgeten januari–oktober 2024.",
        (
            "Störst underskott mot den periodiserade budgeten januari–oktober 2024 har Hemtjänst, 6,3 miljoner kronor, "
            "och störst överskott Äldreboende, 2,1 miljoner kronor."
        ),
        "Helårsprognosen efter september 2024 är ett underskott på 1,4 miljoner kronor, 1,9 miljoner kronor sämre än föregående prognos.",
        "Värden märkta p är preliminära.",
    ]


def test_closing_entries_are_told_where_there_are_any(tmp_path: Path) -> None:
    rows = [
        MONTHLY,
        "insert into marts.ledger_monthly values ('1489', 2024, -200000), ('1489', 2024, 8000), ('1489', 2023, 5), ('1283', 2024, 7)",
    ]
    assert said(tmp_path, [{"rule": "closing_entries"}], rows) == [
        "I utfallet ingår bokslutsposter (period 13) på -192 tkr."
    ]
    (tmp_path / "none").mkdir()
    assert said(tmp_path / "none", [{"rule": "closing_entries"}], [MONTHLY]) == []
