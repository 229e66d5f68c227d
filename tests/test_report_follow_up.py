"""What the follow-up's blocks and sentences print, from the demonstration's extracts of these sources alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_follow_up import MARTS, SOURCES

from demo.follow_up import write_follow_up_extracts
from ingestion.configuration.municipality import ReportChoice
from publication.publish import publish, record_verdict
from reports.blocks.follow_up import _judgement
from reports.compose import open_source
from reports.document import Absent, Block, FactLine, Judgement, Paragraph, Sentence, Table
from reports.figures import Publication
from reports.outline import BLOCKS, RULES
from reports.registers import ForecastRow
from reports.sentences import follow_up
from testkit.deliveries import MUNICIPALITIES, Deliveries

pytestmark = pytest.mark.slow
INVESTMENT_COLUMNS = [
    {"label": "Budget {year}", "amount": "budget"},
    {"label": "Utfall {year}", "amount": "actual"},
    {"label": "Avvikelse", "amount": "deviation", "plus": True},
]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication of these sources, the dimensions and an empty ledger."""
    made = Deliveries(tmp_path_factory.mktemp("report_follow_up"))
    write_follow_up_extracts(made.inbox)
    for source in SOURCES:
        made.take_in(source)
    made.build(
        ["+path:models/marts", "+path:models/meta"], exclude=["resource_type:test", "resource_type:unit_test"]
    ).close()
    build = made.root / "warehouse.duckdb"
    record_verdict(build, passed=True, reason="", tests=len(MARTS), inputs="test")
    return publish(build, made.root / "published", keep=1).path


class Reader:
    """Makes blocks and sentences for one municipality."""

    def __init__(self, publication: Publication, municipality_id: str) -> None:
        self.source = open_source(publication, MUNICIPALITIES[municipality_id], ReportChoice(kind="arsbokslut"))

    def blocks(self, block: str, **keys: Any) -> list[Block]:
        return BLOCKS.make(BLOCKS.parse({"block": block, **keys}), self.source)

    def table(self, block: str, **keys: Any) -> dict[str, tuple[str, ...]]:
        [table] = [
            made for made in self.blocks(block, **{"table_id": "t", "title": "T", **keys}) if isinstance(made, Table)
        ]
        return {line.label: tuple(cell.text.replace("\u00a0", " ") for cell in line.cells) for line in table.lines}

    def sentences(self, rule: str, **keys: Any) -> list[str]:
        made: list[Sentence] = RULES.make(RULES.parse({"rule": rule, **keys}), self.source)
        assert all(cell.origin and cell.origin.key for sentence in made for cell in sentence.cells)
        return [sentence.text.replace("\u00a0", " ") for sentence in made]


@pytest.fixture(scope="module")
def readers(published: Path) -> Iterator[dict[str, Reader]]:
    with Publication(published) as publication:
        yield {municipality_id: Reader(publication, municipality_id) for municipality_id in ("1489", "1283")}


def test_a_goal_has_words_judgement_links_and_table(readers: dict[str, Reader]) -> None:
    blocks = readers["1489"].blocks("goals", goal="mal2")
    words, goal, judgement, agenda, table = blocks
    assert isinstance(words, FactLine) and isinstance(goal, FactLine) and isinstance(agenda, FactLine)
    assert isinstance(judgement, Judgement) and isinstance(table, Table)
    assert (judgement.level, judgement.label, judgement.by, judgement.on) == (
        "partly",
        "Delvis uppfyllt",
        "Förvaltningschef",
        "2025-01-28",
    )
    assert judgement.suggested == "ingen bedömning" and judgement.reason
    assert table.table_id == "mal2_indikatorer" and table.columns == (
        "Mål 2024",
        "Utfall 2024",
        "Utfall 2023",
        "Utfall 2022",
    )
    assert [line.cells[0].text for line in table.lines] == ["44", "74", "84", "81", "39,1"]
    assert {cell.text for line in table.lines for cell in line.cells[1:]} == {"IU."}


def test_a_goal_by_a_series_that_has_ended_says_so(readers: dict[str, Reader]) -> None:
    """In its judgement and in the sentence on what is missing; not in the last year that the series has."""

    def told(ended_after: int) -> tuple[str, str]:
        source = readers["1489"].source
        ended = {**source.indicators, "U23516": replace(source.indicators["U23516"], ended_after=ended_after)}
        changed = replace(source, indicators=ended)
        [judgement] = [
            block
            for block in BLOCKS.make(BLOCKS.parse({"block": "goals", "goal": "mal2"}), changed)
            if isinstance(block, Judgement)
        ]
        said: list[Sentence] = RULES.make(RULES.parse({"rule": "goal_targets", "goal": "mal2"}), changed)
        return judgement.basis, " ".join(sentence.text for sentence in said)

    basis, said = told(2023)
    assert "(U23516): Serien avslutades efter 2023." in basis and "klagomål” (serien avslutades efter 2023)" in said
    basis, said = told(2024)
    assert "(U23516): Serien" not in basis and "klagomål” (serien" not in said


def test_a_statutory_limit_stands_beside_the_target(readers: dict[str, Reader]) -> None:
    [table] = [block for block in readers["1489"].blocks("goals", goal="mal3") if isinstance(block, Table)]
    assert [line.cells[0].text for line in table.lines] == ["65 (90)", "90", "1"]
    assert "IVO" in table.lines[0].note


def test_a_goal_for_the_working_environment_has_no_signal(readers: dict[str, Reader]) -> None:
    blocks = readers["1489"].blocks("goals", goal="arbetsmiljomal", table_id="arbetsmiljomal", years=2)
    assert not [block for block in blocks if isinstance(block, Judgement)]
    [table] = [block for block in blocks if isinstance(block, Table)]
    assert table.columns == ("Mål 2024", "Utfall 2024", "Utfall 2023") and table.lines[0].cells[0].text == "70"


def test_goals_are_counted_by_their_judgement(readers: dict[str, Reader]) -> None:
    """Without outcomes nothing is judged but what somebody judged."""
    assert readers["1489"].sentences("goal_counts") == [
        "Nämnden har tre mål för 2024.",
        "Bedömningen är Delvis uppfyllt för ett mål.",
        "För två mål saknas utfall för mer än hälften av indikatorerna, och ingen bedömning ges.",
    ]


def test_the_control_is_told_in_figures_and_counted(readers: dict[str, Reader]) -> None:
    [table] = [
        block
        for block in readers["1489"].blocks("internal_control_figures", table_id="t", title="T")
        if isinstance(block, Table)
    ]
    assert table.columns == ("240101–240630", "240701–241130", "1 dec 2023–30 nov 2024", "Urval")
    printed = readers["1489"].table("internal_control_figures")
    assert printed["Urval SoL-beslut (hemtjänst och korttidsboende)"] == ("", "", "", "15 procent")
    assert printed["Icke tidsbegränsade beslut uppföljda årligen – bostad med särskild service"] == (
        "",
        "",
        "21 procent",
        "",
    )
    assert printed["Genomsnittlig utredningstid SoL"] == ("IU.", "IU.", "", "")
    gaps = {line.label: line.gap for line in table.lines}
    assert gaps["Genomsnittlig utredningstid SoL"] == (
        "Uppgift för 1 januari 2024–30 juni 2024 saknas. Uppgift för 1 juli 2024–30 november 2024 saknas."
    )
    assert gaps["Urval SoL-beslut (hemtjänst och korttidsboende)"] == ""
    assert readers["1489"].sentences("control_counts") == [
        (
            "Tre av fyra kontrollpunkter har genomförts utan anmärkning eller med försumbar anmärkning, "
            "medan en har genomförts med anmärkning."
        ),
        "Anmärkningen avser kontroll av att icke tidsbegränsade beslut följs upp årligen.",
    ]
    assert len(readers["1489"].table("internal_control")) == 1  # four lines of one risk
    [absent] = readers["1283"].blocks("internal_control", table_id="t", title="Internkontroll")
    assert isinstance(absent, Absent)


def test_grants_show_the_sum_of_their_rows(readers: dict[str, Reader]) -> None:
    printed = readers["1283"].table("grants", remarks=["I tryck 105,3."])
    assert printed["Totalt"] == ("105,1", "105,7")
    assert printed[
        "Prestationsbaserat statsbidrag – Utökad sjuksköterskebemanning inom äldreomsorgen (Socialstyrelsen)"
    ] == ("-", "7,8")
    assert readers["1283"].sentences("grants", what="total") == [
        "Årets redovisade offentliga bidrag uppgår till 105,7 miljoner kronor, 0,6 miljoner kronor mer än 2023."
    ]
    assert (
        readers["1283"]
        .sentences("grants", what="passed_on")[0]
        .endswith(
            "har 2,8 miljoner kronor fördelats till upphandlade leverantörer och 1,1 miljoner kronor till Socialförvaltningen."
        )
    )
    assert "16,1 miljoner kronor har 7,8 miljoner kronor" in readers["1283"].sentences("grants", what="deferred")[0]
    assert readers["1283"].sentences("grants", what="targeted") == []  # what was applied for is not known
    assert readers["1489"].sentences("grants", what="targeted") == [
        "Förvaltningen har ansökt om 32,0 miljoner kronor i riktade statsbidrag och har tillgodoräknat sig 26,0 miljoner kronor."
    ]
    assert readers["1489"].sentences("grants", what="received") == [
        "Statsbidragen som förvaltningen erhöll uppgick till 36,3 miljoner kronor, varav 26,0 miljoner kronor i riktade statsbidrag."
    ]


def test_investments_in_both_forms(readers: dict[str, Reader]) -> None:
    totals = [["expenditure", "Utgifter"], ["income", "Inkomster"], ["net", "Netto"]]
    printed = readers["1283"].table(
        "investments", scale="mnkr", categories=False, totals=totals, columns=INVESTMENT_COLUMNS
    )
    assert printed == {
        "Utgifter": ("20,0", "17,6", "+2,4"),
        "Inkomster": ("", "", ""),
        "Netto": ("20,0", "17,6", "+2,4"),
    }
    printed = readers["1489"].table("investments", columns=INVESTMENT_COLUMNS[:2])
    assert printed["IT-utrustning"] == ("", "321") and printed["Totala utgifter"] == ("5 300", "5 074")
    assert readers["1489"].sentences("investments")[:2] == [
        "Investeringarna uppgick till 5,1 miljoner kronor 2024.",
        "Det är 0,6 miljoner kronor mer än 2023.",
    ]


def test_a_forecast_beside_its_outcome(readers: dict[str, Reader], monkeypatch: pytest.MonkeyPatch) -> None:
    """An outcome that is the deviation is told once, and one that prints as 0,0 in words."""
    for forecast, outcome, expected in (
        (0.0, 1.9e6, "var ett nollresultat; utfallet blev 1,9 miljoner kronor bättre."),
        (
            1.5e6,
            0.5e6,
            "var ett resultat på 1,5 miljoner kronor; utfallet blev 0,5 miljoner kronor, 1,0 miljoner kronor sämre.",
        ),
        (
            1.5e6,
            1e4,
            "var ett resultat på 1,5 miljoner kronor; utfallet blev ett nollresultat, 1,5 miljoner kronor sämre.",
        ),
        (0.0, 1e4, "var ett nollresultat; utfallet blev i nivå med den."),
    ):
        row = ForecastRow(
            date(2024, 8, 31),
            "Delårsbokslut",
            forecast,
            outcome,
            outcome - forecast,
            False,
            "",
            date(2024, 9, 1),
            "",
            None,
            2024,
            "1489",
        )
        monkeypatch.setattr(follow_up, "forecasts", lambda source, row=row: [row])
        assert readers["1489"].sentences("forecast_accuracy") == [
            f"Prognosen vid delårsbokslut (augusti 2024) {expected}"
        ]


def test_one_of_a_kind_is_told_in_the_singular(readers: dict[str, Reader], monkeypatch: pytest.MonkeyPatch) -> None:
    source = readers["1489"].source
    [control, measure] = [follow_up.controls(source)[0], follow_up.measures(source, "long")[0]]
    monkeypatch.setattr(follow_up, "controls", lambda source: [replace(control, has_remark=True)])
    monkeypatch.setattr(follow_up, "measures", lambda source, horizon: [replace(measure, begun_on=None)])
    assert readers["1489"].sentences("control_counts") == ["Den enda kontrollpunkten har genomförts med anmärkning."]
    assert readers["1489"].sentences("measure_counts", horizon="long") == [
        "Den enda åtgärden på lång sikt har inte påbörjats."
    ]
    [goal] = [of_goal[0] for of_goal in follow_up.goals(source, kind="board")][:1]
    shown = {
        (1, 1): "Den enda indikatorn når målvärdet.",
        (0, 1): "Den enda indikatorn når inte målvärdet.",
        (1, 2): "Den enda mätta indikatorn når målvärdet, 1 saknar utfall.",
    }
    for (met, of), expected in shown.items():
        counted = replace(goal, met_count=met, measured_count=1, indicator_count=of)
        assert _judgement(source, [counted]).basis == expected


def test_providers_and_measures_in_words(readers: dict[str, Reader]) -> None:
    assert readers["1489"].table("provider_limits", labels={"P6": "Köpt plats"}) == {"Köpt plats": ("sex månader",)}
    assert {cells[1] for cells in readers["1489"].table("providers").values()} == {"Ja"}
    effects = readers["1489"].table("measure_figures")
    assert effects["Minskade övertidskostnader (möjlig effektivisering)"] == ("", "", "", "50 procent")
    assert effects["Kostnadseffektiv hantering genom digitalisering (möjlig effektivisering)"] == (
        "",
        "",
        "",
        "minst 2 mkr",
    )
    assert readers["1489"].sentences("measure_counts", horizon="long") == [
        "Av tre åtgärder på lång sikt har två påbörjats."
    ]
    assert readers["1283"].blocks("measures", table_id="t", title="T", horizon="short") == []
    said = readers["1489"].blocks("sentences", rules=[{"rule": "measure_counts"}])
    assert isinstance(said[0], Paragraph)
