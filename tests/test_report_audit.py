"""A report that contradicts itself or the marts is found, whatever broke it, and not published.

Each kind is broken once where it is made: a check that passes with its maker broken checks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Demonstration
from test_report_finance import OCTOBER

from ingestion.configuration.municipality import Municipality, ReportChoice, load_municipalities, load_municipality
from orchestration.assets.reports import _judged
from reports import audit, audit_files, cells, charts, compose, ledger
from reports.blocks import finance as finance_blocks
from reports.blocks import key_figures
from reports.blocks import text as text_blocks
from reports.compose import document, open_source
from reports.document import Cell, Document, Highlight, Paragraph
from reports.figures import Figure, Publication
from reports.format import NOT_SHOWN, Unit, counted
from reports.html import to_html
from reports.outline import Outline
from reports.render import render_reports
from reports.sentences import compared, divided, finance, over_time, words
from reports.source import Source
from reports.xlsx import _Sheet, to_xlsx
from testkit import report_fixture

ALINGSAS = load_municipality(report_fixture.ROOT / "municipalities" / "1489-alingsas")
MONTH = ReportChoice(kind="manadsuppfoljning", through="2024-10")
YEAR = ReportChoice(kind="genomlysning")
COST, WAITING, SICK, PERMANENT = (
    "hired_staff_cost",
    "sabo_waiting_persons",
    "sick_leave_all_forms",
    "employment_form=permanent",
)


def monthly(indicator: str, year: int, month: int, value: float, measure_time: str, **rest: object) -> str:
    """A row of a month, as an insert."""
    described = report_fixture._seed("own_indicators.csv")[indicator]
    last = date(year, month, 31 if month in (8, 10, 12) else 30)
    first = {"point": last, "ytd": date(year, 1, 1), "rolling_12": date(year - 1, month + 1, 1)}[measure_time]
    dated = {"period_start": first, "period_end": last, "period_grain": "month", "measure_time": measure_time}
    known = {"n": 300, "source": "Egen bearbetning", "lineage_id": "test"}
    return inserted(*report_fixture._row(described, indicator, year, value, **known, **dated, **rest))


def inserted(domain: str, row: dict[str, object]) -> str:
    """A row of a mart as an insert."""
    names = [name for name in report_fixture.COLUMNS if row.get(name) is not None]
    values = ", ".join(
        str(row[name]) if isinstance(row[name], bool | int | float) else f"'{row[name]}'" for name in names
    )
    return f"insert into marts.{domain} ({', '.join(names)}) values ({values})"


MONTHS = (
    *OCTOBER,
    "update marts.operating_statement_ytd set forecast_year = 2e4, forecast_deviation = 2e4 where line_id = 'result' and org_unit is null",
    *(monthly(COST, year, 10, value, "ytd") for year, value in ((2023, 13_400_000), (2024, 15_718_986))),
    *(monthly(WAITING, 2024, month, value, "point") for month, value in ((9, 18), (10, 12))),
    monthly(WAITING, 2023, 10, 16, "point"),
    *(monthly(SICK, year, 10, value, "rolling_12") for year, value in ((2023, 8.4), (2024, 8.2))),
    *(
        monthly("employees_headcount", year, 10, value, "point", breakdown=PERMANENT)
        for year, value in ((2023, 2300), (2024, 2455))
    ),
)
KEY_FIGURES: dict[str, Any] = {
    "block": "key_figures",
    "table_id": "tal",
    "title": "Tal",
    "columns": [{"label": "{year-1}", "year": -1}, {"label": "{year}"}, {"label": "Differens", "kind": "change"}],
    "groups": [
        {
            "rows": [
                {"indicator": "sick_leave_all_forms", "label": "Sjukfrånvaro", "unit_suffix": " %"},
                {"indicator": "sick_leave_all_forms", "gender": "M", "label": "Män", "unit_suffix": " %"},
            ]
        }
    ],
}
LONG: dict[str, Any] = {
    **KEY_FIGURES,
    "columns": [{"label": "{year-4}", "year": -4}, {"label": "{year}"}],
    "groups": [{"rows": [{"indicator": "N20891", "label": "Andel 65+", "missing": "IU."}]}],
}
ENDED: dict[str, Any] = {
    **KEY_FIGURES,
    "columns": [{"label": "{year-1}", "year": -1}, {"label": "{year}"}],
    "groups": [{"rows": [{"indicator": "U23495", "label": "Utbildning", "missing": "IU."}]}],
}
GROUP_HOME = "lss_group_home_always_happy_home_share"


def said(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"block": "sentences", "rules": list(rules)}


def made(path: Path, choice: ReportChoice, *blocks: dict[str, Any]) -> Document:
    """The report of `choice`: the platform's own where no blocks are given."""
    if not blocks:
        return compose.compose(path, ALINGSAS.model_copy(update={"folder": path.parent}), choice)
    sections = [{"id": "prov", "heading": "Prov", "blocks": list(blocks)}]
    with Publication(path) as opened:
        return document(
            open_source(opened, ALINGSAS, choice),
            Outline.model_validate({"kind": choice.kind, "title": "Prov", "sections": sections}),
        )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    described = report_fixture._seed("own_indicators.csv")[GROUP_HOME]
    known = {"n": 90, "source": "Egen bearbetning", "lineage_id": "test"}
    rows = [
        inserted(*report_fixture._row(described, GROUP_HOME, 2024, 71.0, gender=gender, **known))
        for gender in ("K", "M")
    ]
    described = report_fixture._seed("own_indicators.csv")[COUNTED]
    pair = [
        report_fixture._row(described, COUNTED, year, value, **known) for year, value in ((2023, 13.0), (2024, 14.0))
    ]
    rows += [inserted(*row) for row in report_fixture._with_change(pair)]
    return report_fixture.build(tmp_path_factory.mktemp("audit") / "publication.duckdb", then=[*MONTHS, *rows])


# One broken report for each kind: what is broken, in which report, and the rule that finds it

Break = Callable[[pytest.MonkeyPatch], None]


def _without_scale(patch: pytest.MonkeyPatch) -> None:
    """'Inhyrd personal 15,7 kronor'."""
    patch.setattr(
        cells, "counted", lambda name, scale="kr", is_difference=False: counted(name, is_difference=is_difference)
    )


def _last_month_as_last_year(patch: pytest.MonkeyPatch) -> None:
    """'18 året före', which is last month's."""

    def beside(source: Source, spec: Any, figure: Figure) -> tuple[Cell | None, str]:
        if spec.indicator != WAITING:
            return None, ""
        key = (spec.indicator, None, None, None, "T")
        september = source.figures.of_days(key, (date(2024, 9, 1), date(2024, 9, 30)), "point")
        compared = cells.cell(source, september, "value", spec)
        return compared, f"{compared.text} året före"

    patch.setattr(compose, "_beside", beside)


def _per_cent_of_per_cent(patch: pytest.MonkeyPatch) -> None:
    """'minskade med 51 procent', of a share in per cent."""
    patch.setattr(over_time, "unit", lambda name: Unit("", "", ""))


def _across_a_break(patch: pytest.MonkeyPatch) -> None:
    """A change between two definitions."""
    patch.setattr(over_time, "before", lambda source, spec, figure, years=1: source.figure(spec, figure.year - years))

    def difference(source: Source, spec: Any, newer: Figure, older: Figure, measure: str = "change") -> words.Run:
        where = replace(cells.origin(newer, measure), key=f"{newer.key} {older.key}")
        return words.quantity(
            source, spec, newer, abs((newer.shown or 0) - (older.shown or 0)), where, is_difference=True
        )

    patch.setattr(over_time, "difference", difference)


def _hidden_a_second_time(patch: pytest.MonkeyPatch) -> None:
    """'..' where the mart has 2 455."""

    def hidden(source: Source, figure: Figure | None, *rest: Any, **given: Any) -> Cell:
        printed = cells.cell(source, figure, *rest, **given)
        return Cell(NOT_SHOWN, (), printed.origin) if figure and figure.breakdown == PERMANENT else printed

    patch.setattr(key_figures, "cell", hidden)


def _of_today(patch: pytest.MonkeyPatch) -> None:
    """'Uppgifter till och med 31 december 2025' on the cover of 2024."""
    patch.setattr(compose, "min", lambda *days: date(2025, 12, 31), raising=False)


def _called_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(finance_blocks, "_ytd_remarks", lambda rows: ["Räkenskapsåret 2024 är stängt."])


def _without_subject(patch: pytest.MonkeyPatch) -> None:
    """'Det var ingen skillnad mellan kvinnor och män'."""

    def say(template: str, *runs: Any) -> Any:
        if "i fråga om" in template:
            return words.say(template.replace(" i fråga om {}", ""), runs[0], *runs[2:])
        return words.say(template, *runs)

    patch.setattr(divided, "say", say)


def _nothing_as_an_amount(patch: pytest.MonkeyPatch) -> None:
    """'ett nollresultat på 0,0 miljoner kronor'."""

    def nought(row: Any, measure: str) -> words.Run:
        return ("ett nollresultat på ", ledger.amount(row, measure, "mnkr", decimals=1), " miljoner kronor")

    patch.setattr(finance, "_nought", nought)


def _side_by_side(patch: pytest.MonkeyPatch) -> None:
    """'var 63 2023'."""
    patch.setattr(words, "_apart", lambda runs: runs)


def _told_again(patch: pytest.MonkeyPatch) -> None:
    for module in (words, over_time):
        patch.setattr(module, "is_told", lambda *of: False)


def _gap_untold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(key_figures, "_gap", lambda *of: "")


def _last_year_unsaid(patch: pytest.MonkeyPatch) -> None:
    """October 2024 headlined by October 2023."""

    def highlight(source: Source, spec: Any) -> tuple[Highlight | None, None]:
        series = source.series(spec)
        figure = series[min(series)]
        printed = cells.cell(source, figure, "value", spec)
        return Highlight(spec.label, printed, printed.unit, cells.period(figure), "", spec.anchor), None

    patch.setattr(compose, "_highlight", highlight)


def _december_as_the_year(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compose, "_period", lambda source: str(source.year))


def _end_unsaid(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Source, "ended", lambda self, indicator_id: "")


def _break_unsaid(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(key_figures, "broken_note", lambda figures: "")


def _unmarked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cells, "marks", lambda figure, measure: ())


def _another_number(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        cells, "measured", lambda figure, measure: None if figure.hidden else (getattr(figure, measure) or 0) + 1
    )


def _another_text(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cells, "number", lambda value, *rest, **given: "77")


def _another_label(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(charts, "number", lambda value, *rest: "77")


def _another_origin(patch: pytest.MonkeyPatch) -> None:
    right = cells.origin
    patch.setattr(
        cells,
        "origin",
        lambda figure, measure: replace(right(figure, measure), key=right(figure, measure).key + "/elsewhere"),
    )


def _another_year(patch: pytest.MonkeyPatch) -> None:
    """Every column shows the year before the one that its heading names."""
    right = Source.figure
    patch.setattr(
        Source, "figure", lambda self, spec, year=None, **rest: right(self, spec, (year or self.year) - 1, **rest)
    )


def _the_wrong_way(patch: pytest.MonkeyPatch) -> None:
    """'Väntetiden ökade med 8 dagar' of one that fell."""
    turned = {"minskade": "ökade", "ökade": "minskade"}

    def say(template: str, *runs: words.Run) -> Any:
        return words.say(
            template, *(turned.get(run.split(" ")[0], run) if isinstance(run, str) else run for run in runs)
        )

    patch.setattr(over_time, "say", say)


def _above_for_below(patch: pytest.MonkeyPatch) -> None:
    """'kortare än genomsnittet' of a wait that is longer."""
    patch.setattr(compared, "listed_runs", lambda runs: words.listed_runs([_swapped(run) for run in runs]))


def _swapped(run: words.Run) -> words.Run:
    if isinstance(run, tuple) and isinstance(run[0], str):
        turned = {"längre": "kortare", "kortare": "längre", "högre": "lägre", "lägre": "högre"}
        first, *rest = run[0].split(" ")
        return (" ".join([turned.get(first, first), *rest]), *run[1:])
    return run


def _another_group(patch: pytest.MonkeyPatch) -> None:
    """The mean of similar municipalities, called that of all."""
    swapped = {"national": "liknande kommuner", "similar": "samtliga kommuner", "region": "Göteborgsregionen"}
    patch.setattr(compared, "group_names", lambda source, indicator_id: swapped)


def _women_for_men(patch: pytest.MonkeyPatch) -> None:
    """The row of men with the value and the origin of women."""
    right = Source.figure

    def figure(self: Source, spec: Any, *rest: Any, **given: Any) -> Figure | None:
        return right(self, spec.model_copy(update={"gender": "K"}) if spec.gender == "M" else spec, *rest, **given)

    patch.setattr(Source, "figure", figure)


def _called_missing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(key_figures, "_gap", lambda source, *of: f"Uppgift för {source.year} saknas.")


def _said_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(text_blocks, "_is_said", lambda *of: False)


def _one_in_the_plural(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(words, "agreeing", lambda word, text: word)


TABLE, LONG_RANGE = (KEY_FIGURES,), (LONG,)
INDEX = (said({"rule": "level", "indicator": "U20900", "subject": "Effektivitetsindex"}),)
WAIT = {"indicator": "U23401", "subject": "Väntetiden"}
ENDING = {"indicator": "U23495", "subject": "Andelen"}
COUNTED = "framstegsjobb_persons"
BROKEN: list[tuple[Break, ReportChoice, tuple[dict[str, Any], ...], str]] = [
    (_without_scale, MONTH, (), "unit"),
    (_last_month_as_last_year, MONTH, (), "comparison"),
    (
        _across_a_break,
        YEAR,
        (said({"rule": "change", "indicator": "N20891", "over": 5, "subject": "Andelen"}),),
        "rule",
    ),
    (_hidden_a_second_time, MONTH, (), "disclosure"),
    (_of_today, YEAR, TABLE, "cover"),
    (_called_closed, MONTH, (), "closed"),
    (
        _without_subject,
        YEAR,
        (said({"rule": "gender_gap", "indicator": GROUP_HOME, "subject": "Trivseln"}),),
        "subject",
    ),
    (_nothing_as_an_amount, MONTH, (), "wording"),
    (_side_by_side, YEAR, INDEX, "wording"),
    (_told_again, YEAR, (said({"rule": "change", **WAIT}, {"rule": "level", **WAIT}),), "repeated"),
    (_gap_untold, YEAR, (ENDED,), "gap"),
    (_last_year_unsaid, MONTH, (), "fallback"),
    (_december_as_the_year, ReportChoice(kind="manadsuppfoljning", through="2024-12"), TABLE, "cover"),
    (_end_unsaid, YEAR, (ENDED,), "ended"),
    (_break_unsaid, YEAR, LONG_RANGE, "break"),
    (_unmarked, YEAR, (), "marks"),
    (_another_number, YEAR, TABLE, "value"),
    (_another_text, YEAR, TABLE, "text"),
    (_another_label, YEAR, (), "chart"),
    (_another_origin, YEAR, TABLE, "mart"),
    (_another_year, YEAR, TABLE, "period"),
    (_the_wrong_way, YEAR, (said({"rule": "change", **WAIT}),), "direction"),
    (_above_for_below, YEAR, (said({"rule": "position", **WAIT, "levels": ["längre", "kortare"]}),), "direction"),
    (_another_group, YEAR, (said({"rule": "position", **WAIT}),), "split"),
    (_women_for_men, YEAR, TABLE, "split"),
    (_called_missing, YEAR, TABLE, "gap"),
    (_said_twice, YEAR, (said({"rule": "level", **ENDING}, {"rule": "ended", **ENDING}),), "repeated"),
    (_one_in_the_plural, YEAR, (said({"rule": "change", "indicator": COUNTED, "subject": "Antalet"}),), "wording"),
]


@pytest.mark.parametrize(
    ("breaking", "choice", "blocks", "rule"), BROKEN, ids=[case[0].__name__.strip("_") for case in BROKEN]
)
def test_a_broken_report_is_found_by_the_rule_that_it_breaks(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaking: Break,
    choice: ReportChoice,
    blocks: tuple[dict[str, Any], ...],
    rule: str,
) -> None:
    sound = made(path, choice, *blocks)
    assert [str(fault) for fault in audit.contradictions(sound)] == []
    breaking(monkeypatch)
    found = audit.contradictions(made(path, choice, *blocks))
    assert rule in {fault.rule for fault in found}, found
    told = next(fault for fault in found if fault.rule == rule)
    assert told.block and told.figure and told.found and told.expected


def test_a_relative_change_of_a_percentage_is_found_should_it_ever_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = {
        "rule": "relative_change",
        "indicator": "turnover_excl_pension_by_occupation",
        "staff_group": "underskoterska",
    }
    with pytest.raises(ValueError, match="percentage points"):
        made(path, YEAR, said(rule))
    _per_cent_of_per_cent(monkeypatch)
    assert {fault.rule for fault in audit.contradictions(made(path, YEAR, said(rule)))} == {"rule"}


def test_what_the_mart_withholds_is_shown_nowhere(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    men = f"update marts.staffing set is_suppressed = true where indicator_id = '{SICK}' and gender = 'M'"
    withheld = report_fixture.build(tmp_path / "p.duckdb", then=[men])
    assert audit.contradictions(made(withheld, YEAR, KEY_FIGURES)) == []
    monkeypatch.setattr(Figure, "hidden", False)
    assert {fault.rule for fault in audit.contradictions(made(withheld, YEAR, KEY_FIGURES))} == {"disclosure"}


def test_two_places_that_tell_a_figure_differently_are_found(path: Path) -> None:
    """Also where the marts say nothing of it: how many municipalities have more is counted in the report."""
    sound = made(path, YEAR, said({"rule": "change", **WAIT}), said({"rule": "level", **WAIT}))
    first, paragraph = sound.parts[0].blocks
    assert isinstance(paragraph, Paragraph)
    second = paragraph.sentences[0]
    wrong = replace(
        second, runs=tuple(replace(r, text="58", value=58.0) if isinstance(r, Cell) else r for r in second.runs)
    )
    blocks = (first, replace(paragraph, sentences=(wrong,)))
    changed = replace(sound, parts=(replace(sound.parts[0], blocks=blocks),), rows={})
    assert "mart" in {fault.rule for fault in audit.contradictions(changed)}
    both = audit._of_both(*(audit.Seen("here", s.cells[-1], ("",), False) for s in (second, wrong)))
    assert [fault.rule for fault in both] == ["agreement"]


def test_the_files_are_read_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = made(path, MONTH)
    page, workbook = to_html(sound), to_xlsx(sound)
    assert audit_files.contradictions(sound, page, workbook) == []
    other = page.replace("15,7", "15,8", 1)
    assert other != page and {fault.rule for fault in audit_files.contradictions(sound, other, workbook)} == {"page"}
    unmarked = re.sub(r'<sup class="mark">.*?</sup>', "", page, count=1)
    assert unmarked != page and {fault.rule for fault in audit_files.contradictions(sound, unmarked, workbook)} == {
        "page"
    }
    right = _Sheet.number
    monkeypatch.setattr(_Sheet, "number", lambda self, column, value, look: right(self, column, value * 1000, look))
    assert {fault.rule for fault in audit_files.contradictions(sound, page, to_xlsx(sound))} == {"workbook"}


def test_a_report_that_contradicts_itself_is_not_published_and_the_earlier_stays(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    municipality = ALINGSAS.model_copy(update={"folder": tmp_path / "none", "reports": (MONTH,)})
    (first,) = render_reports(path, municipality, tmp_path / "out")
    before = [file.read_bytes() for file in first.paths]
    _without_scale(monkeypatch)
    (second,) = render_reports(path, municipality, tmp_path / "out")
    assert second.faults and "Inhyrd personal" in second.faults[0] and "kronor" in second.faults[0]
    assert second.paths == first.paths and [file.read_bytes() for file in first.paths] == before
    judged = _judged("manadsuppfoljning", [(municipality.name, fault) for fault in second.faults])
    assert not judged.passed and "Inhyrd personal" in str(judged.description) and "Alingsås" in str(judged.description)
    assert _judged("manadsuppfoljning", []).passed


# The demonstration: all eight, and with one source missing for the newest month


def _everything(home: Path) -> list[tuple[Municipality, ReportChoice]]:
    return [
        (one, choice)
        for one in load_municipalities(report_fixture.ROOT / "municipalities").values()
        for choice in one.reports
    ]


@pytest.mark.slow
def test_all_reports_of_the_demonstration_agree_with_themselves(demonstration: Demonstration) -> None:
    chosen = _everything(demonstration.home)
    assert len(chosen) == 8
    for municipality, choice in chosen:
        found = compose.compose(demonstration.current, municipality, choice)
        assert [str(fault) for fault in audit.contradictions(found)] == [], (municipality.name, choice)
        assert len(found.rows) > 50


SOURCES = ("hr", "ledger", "care", "survey", "work_environment", "kolada")


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES)
def test_what_a_source_did_not_deliver_for_the_newest_period_is_told_and_nothing_stands_in_for_it(
    demonstration: Demonstration, tmp_path: Path, source: str
) -> None:
    """Every report of a publication without what rests on the source's loads of the report's last month."""
    missed = 0
    for municipality, choice in _everything(demonstration.home):
        whole = compose.compose(demonstration.current, municipality, choice)
        lacking = without(
            demonstration.current.resolve(), tmp_path / f"{municipality.id}-{choice.kind}.duckdb", source, whole
        )
        less = compose.compose(lacking, municipality, choice)
        assert [str(fault) for fault in audit.contradictions(less)] == [], (municipality.name, choice)
        gone = set(whole.rows) - set(less.rows)
        labels = {what for what, _ in less.gaps}
        for table in whole.tables:
            for line in table.lines:
                if any(
                    c.origin and c.origin.key in gone and c.origin.measure == "value" and c.value is not None
                    for c in line.cells
                ):
                    newest = [
                        c for c in line.cells if c.origin and c.origin.key in gone and c.origin.year == whole.year
                    ]
                    if newest and table.first_column != charts.MEMBERS:
                        missed += 1
                        assert any(table.title in what for what in labels), (table.title, line.label)
        for card in whole.highlights:
            if card.cell.origin and card.cell.origin.key in gone:
                missed += 1
                assert f"I korthet: {card.label}" in labels
                shown = [other for other in less.highlights if other.label == card.label]
                assert all(other.cell.value is None or "saknas" in other.period for other in shown)
    assert missed or source in ("work_environment", "survey")


def without(publication: Path, copy: Path, source: str, whole: Document) -> Path:
    """A copy of the publication without the rows of the report's last period that rest on loads of `source`."""
    copy.write_bytes(publication.read_bytes())
    con = duckdb.connect(str(copy))
    resting = "lineage_id in (select f.lineage_id from meta.figure_loads f join meta.loads l using (load_id) where l.source = ?)"
    for mart in ("volumes", "costs", "quality", "staffing", "operating_statement_ytd"):
        con.execute(f"delete from marts.{mart} where period_end = ? and {resting}", [whole.through, source])
    con.close()
    return copy
