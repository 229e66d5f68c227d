"""The rules of sentences: exactly what is said of given figures, in Swedish, and when nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest

from ingestion.configuration.municipality import ReportChoice, load_municipality
from reports.blocks.text import paragraph
from reports.compose import open_source
from reports.document import Sentence
from reports.figures import Publication
from reports.format import agreeing
from reports.outline import RULES
from reports.sentences import words
from reports.source import Source
from testkit import report_fixture

KPB = {"source": "Egen bearbetning av data från KPB (kostnad per brukare)"}
SICK, TURNOVER = "sick_leave_all_forms", "turnover_incl_pension_total"
# indicator, year, value, and what differs from a total of the year
EXTRA: tuple[tuple[str, int, float, dict[str, Any]], ...] = (
    ("U23401", 2024, 58, {"gender": "K"}),
    ("U23401", 2024, 55, {"gender": "M"}),
    ("lss_group_home_always_happy_home_share", 2023, 71, {"gender": "K"}),
    ("lss_group_home_always_happy_home_share", 2023, 71, {"gender": "M"}),
    (SICK, 2024, 11.3, {"org_unit": "lss_boende_och_arbete"}),
    (SICK, 2023, 11.3, {"org_unit": "lss_boende_och_arbete"}),
    (SICK, 2024, 8.1, {"org_unit": "aldreboende"}),
    (SICK, 2023, 10.0, {"org_unit": "aldreboende"}),
    (SICK, 2024, 7.9, {"org_unit": "hemtjanst"}),
    (SICK, 2023, 5.9, {"org_unit": "hemtjanst"}),
    (TURNOVER, 2022, 12.0, {}),
    (TURNOVER, 2024, 9.8, {}),
    ("framstegsjobb_persons", 2024, 64, {}),
    ("framstegsjobb_persons", 2024, 59, {"breakdown": "role=avdelningsassistent"}),
    ("framstegsjobb_persons", 2024, 5, {"breakdown": "role=resursperson"}),
    ("kpb_pa_users_above_mean", 2023, 43, KPB),
    ("kpb_pa_volume_effect", 2023, 35_991_000, KPB),
    ("kpb_pa_unit_cost_above_mean", 2023, 152_000, KPB),
    ("kpb_pa_price_effect", 2023, 17_936_000, KPB),
    ("homecare_index_rank", 2023, 4, {"denominator": 290}),
    ("homecare_index_rank", 2024, 116, {"denominator": 290}),
    ("homecare_index", 2024, 68.0, {"national_mean": 65.5, "national_count": 290, "target": 70.0}),
    *(("work_injuries_count", 2019 + index, value, {}) for index, value in enumerate((130, 120, 133, 139, 146, 154))),
    *(("incidents_count", 2020 + index, value, {}) for index, value in enumerate((400, 430, 460, 485, 470))),
    *(("meeting_point_visitors", 2019 + index, value, {}) for index, value in enumerate((9, 20, 14, 18, 16, 12))),
    ("combine_modules_introduced", 2024, 3, {}),
    ("kpv_patients", 2022, 1475, {}),
    ("kpv_patients", 2023, 1426, {}),
    ("pulse_goals_followed_up_share", 2023, 63, {"quarter": 4}),
    ("pulse_goals_followed_up_share", 2024, 80, {"quarter": 2}),
    ("dv_to_own_employment_persons", 2023, 1, {}),
    ("dv_to_own_employment_persons", 2024, 0, {}),
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = report_fixture.build(tmp_path_factory.mktemp("sentences") / "publication.duckdb")
    described = {**report_fixture._seed("kolada_indicators.csv"), **report_fixture._seed("own_indicators.csv")}
    rows = []
    for indicator_id, year, value, rest in EXTRA:
        quarter = rest.get("quarter")
        dated = {}
        if quarter:
            last = date(year, 12, 31) if quarter == 4 else date(year, 3 * quarter, 30)
            dated = {"period_start": date(year, 3 * quarter - 2, 1), "period_end": last, "period_grain": "quarter"}
        split = {key: part for key, part in rest.items() if key != "quarter"}
        known = {"n": 100, "source": "Källa: provet", "lineage_id": "test", **dated, **split}
        rows.append(report_fixture._row(described[indicator_id], indicator_id, year, value, **known))
    # 18 municipalities above the own value, two of them large
    for index in range(120):
        own = {"municipality_id": f"{3000 + index}", "source": "Källa: Kolada", "lineage_id": "kolada:K1"}
        above = 30.0 if index < 18 else 5.0
        rows.append(report_fixture._row(described["N28817"], "N28817", 2024, above, **own))
        rows.append(
            report_fixture._row(described["N01951"], "N01951", 2024, 50_000.0 if index in (3, 5) else 9_000.0, **own)
        )
    rows.append(
        report_fixture._row(described["N28817"], "N28817", 2024, 22.0, source="Källa: Kolada", lineage_id="kolada:K1")
    )
    con = duckdb.connect(str(path))
    con.execute("delete from marts.volumes where indicator_id = 'N28817'")
    for domain, values in report_fixture._with_change(rows):
        marks = ",".join("?" * len(report_fixture.COLUMNS))
        con.execute(
            f"insert into marts.{domain} values ({marks})", [values.get(column) for column in report_fixture.COLUMNS]
        )
    con.close()
    municipality = load_municipality(report_fixture.ROOT / "municipalities" / "1489-alingsas")
    with Publication(path) as opened:
        yield open_source(opened, municipality, ReportChoice(kind="genomlysning"))


def made(source: Source, **raw: Any) -> list[Sentence]:
    return RULES.make(RULES.parse(raw), source)


def said(source: Source, **raw: Any) -> list[str]:
    return [sentence.text.replace("\u00a0", " ") for sentence in made(source, **raw)]


WAIT = {"indicator": "U23401", "subject": "Väntetiden till särskilt boende", "levels": ["längre", "kortare"]}
SIMULATED = "Jämförelsevärdena är åtminstone delvis simulerade."


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"rule": "change", **WAIT},
            ["Väntetiden till särskilt boende minskade med 8 dagar, från 65 till 57 dagar, mellan 2023 och 2024."],
        ),
        (
            {"rule": "change", "indicator": SICK, "subject": "Sjukfrånvaron"},
            [
                "Sjukfrånvaron minskade marginellt med 0,1 procentenheter, från 8,3 till 8,2 procent, mellan 2023 och 2024."
            ],
        ),
        (
            {"rule": "change", "indicator": SICK, "gender": "K", "subject": "Sjukfrånvaron för kvinnor", "ends": False},
            ["Sjukfrånvaron för kvinnor minskade något med 0,3 procentenheter mellan 2023 och 2024."],
        ),
        (
            {
                "rule": "change",
                "indicator": "overtime_fte",
                "subject": "Övertiden",
                "unit": ["heltidsarbetare", "heltidsarbetare"],
            },
            ["Övertiden minskade med 2,9 heltidsarbetare, från 17,8 till 14,9 heltidsarbetare, mellan 2023 och 2024."],
        ),
        (
            {
                "rule": "change",
                "indicator": TURNOVER,
                "over": 2,
                "subject": "Den externa personalomsättningen",
                "ends": False,
            },
            ["Den externa personalomsättningen minskade med 2,2 procentenheter mellan 2022 och 2024."],
        ),
        (
            {
                "rule": "change",
                "indicator": "dv_to_own_employment_persons",
                "subject": "Antalet",
                "form": "det",
                "spelled": True,
            },
            ["Antalet minskade betydligt med en person, från en till noll personer, mellan 2023 och 2024."],
        ),
        (
            {"rule": "change", "indicator": "sick_leave_span_60_plus", "subject": "Frånvaron från dag 60"},
            ["Frånvaron från dag 60 var oförändrad, 3,5 procent, mellan 2023 och 2024."],
        ),
        (
            {
                "rule": "relative_change",
                "indicator": "hourly_paid_work_fte",
                "subject": "De timavlönades tid",
                "relative_decimals": 0,
            },
            ["De timavlönades tid ökade med 5 procent mellan 2023 och 2024."],
        ),
        (
            {"rule": "relative_change", "indicator": "kpv_patients", "year": -1, "subject": "Antalet patienter"},
            ["Antalet patienter minskade med 3,3 procent mellan 2022 och 2023."],
        ),
        (
            {
                "rule": "from_to",
                "indicator": "pulse_goals_followed_up_share",
                "subject": "Andelen",
                "period": {"quarter": 2},
                "year": 0,
                "from_period": {"quarter": 4},
            },
            ["Andelen ökade från 63 procent kvartal 4 2023 till 80 procent kvartal 2 2024."],
        ),
        ({"rule": "level", **WAIT, "verb": "låg på"}, ["Väntetiden till särskilt boende låg på 57 dagar 2024."]),
        (
            {"rule": "range", "indicator": "nurse_assistants_share_own", "years": 3},
            ["Under 2022–2024 var det lägsta värdet 84,3 (2024) och det högsta 87,6 procent (2022)."],
        ),
        (
            {"rule": "streak", "indicator": "work_injuries_count", "subject": "Antalet arbetsskador"},
            ["Det är fjärde året i rad som antalet arbetsskador ökar."],
        ),
        (
            {"rule": "streak", "indicator": "incidents_count", "subject": "Antalet tillbud"},
            ["Det är den första minskningen sedan serien började 2020."],
        ),
        (
            {"rule": "streak", "indicator": "meeting_point_visitors", "subject": "Antalet besökare"},
            ["Det är det lägsta värdet sedan 2019."],
        ),
        (
            {"rule": "target", "indicator": "homecare_index", "subject": "Hemtjänstindex"},
            ["Hemtjänstindex var 68,0 under 2024 och når därmed inte målvärdet 70,0."],
        ),
        (
            {
                "rule": "band",
                "indicator": "turnover_excl_pension_by_occupation",
                "staff_group": "underskoterska",
                "low": 10,
                "high": 15,
                "subject": "Personalomsättningen",
                "name": "hälsosam personalomsättning",
            },
            [
                "Personalomsättningen låg 2024 på 8,8 procent, under de 10–15 procent som räknas som hälsosam personalomsättning."
            ],
        ),
        ({"rule": "missing", "indicator": "N20891"}, ["Uppgift för 2023 saknas."]),
        ({"rule": "ended", "indicator": "U23495"}, ["Serien avslutades efter 2023."]),
        (
            {
                "rule": "statement",
                "text": "Under {year} infördes {} nya moduler.",
                "figures": [{"indicator": "combine_modules_introduced", "spelled": True}],
            },
            ["Under 2024 infördes tre nya moduler."],
        ),
        (
            {"rule": "position", **WAIT},
            [
                (
                    "Väntetiden till särskilt boende var 2024 kortare än genomsnittet för Göteborgsregionen (62), liknande kommuner (60) "
                    "och samtliga kommuner (63)."
                ),
                SIMULATED,
            ],
        ),
        (
            {
                "rule": "position",
                "indicator": "N20507",
                "subject": "Andelen handläggare med socionomexamen",
                "own": True,
            },
            [
                (
                    "Andelen handläggare med socionomexamen var 80 procent 2024, högre än genomsnittet för samtliga kommuner (74) men "
                    "lägre än genomsnittet för Göteborgsregionen (82) och liknande kommuner (81)."
                ),
                SIMULATED,
            ],
        ),
        (
            {"rule": "gap", "indicator": "homecare_index", "subject": "Hemtjänstindex", "unit": ["enheter", "enheter"]},
            ["Hemtjänstindex var 2,5 enheter högre än genomsnittet för samtliga kommuner 2024."],
        ),
        (
            {
                "rule": "rank",
                "indicator": "N28817",
                "population_over": 20000,
                "text": "År {year} hade endast {} kommuner fler.",
            },
            ["År 2024 hade endast 18 kommuner fler, av dem har Kommun 3 och Kommun 5 fler än 20 000 invånare."],
        ),
        (
            {
                "rule": "rank",
                "indicator": "N28817",
                "quartile": True,
                "subject": "Antalet personer med personlig assistans",
            },
            [
                "Antalet personer med personlig assistans hörde 2024 till de 25 procent av kommunerna som hade högst värde."
            ],
        ),
        (
            {"rule": "place", "indicator": "homecare_index_rank", "subject": "Kommunen"},
            ["Kommunen låg 2024 på plats 116 av 290 (plats 4 år 2023)."],
        ),
        (
            {"rule": "members", "indicator": "kpv_rehab_specialist_share", "above_zero": True},
            [
                "Störst andel i Göteborgsregionen 2024 har Öckerö, 13 procent, därefter Göteborg, 6 procent.",
                "Av de fyra kommuner som har en uppgift är värdet högre än noll i två.",
            ],
        ),
        (
            {"rule": "members", "indicator": "kpv_nurses_specialist_share"},
            [
                (
                    "Störst andel i Göteborgsregionen 2024 har Härryda, 70 procent, därefter Öckerö, 35 procent; "
                    "lägst har Alingsås, 14 procent."
                )
            ],
        ),
        (
            {"rule": "deviation_cost", "indicator": "N20029", "area": "inom äldreomsorgen", "year": -1},
            [
                (
                    "Alingsås hade en nettokostnadsavvikelse inom äldreomsorgen på 17 miljoner kronor 2023: verksamheten kostade mer än "
                    "referenskostnaden."
                )
            ],
        ),
        (
            {
                "rule": "decomposition",
                "indicator": "kpb_pa_users_above_mean",
                "volume_effect": "kpb_pa_volume_effect",
                "unit_cost": "kpb_pa_unit_cost_above_mean",
                "unit_cost_effect": "kpb_pa_price_effect",
                "area": "inom personlig assistans",
            },
            [
                (
                    "Alingsås hade 2023 inom personlig assistans 43 fler brukare än snittet, vilket motsvarar 36 miljoner kronor, och en "
                    "brukare kostade 152 tkr mer än snittet, vilket motsvarar 18 miljoner kronor."
                )
            ],
        ),
        (
            {"rule": "gender_gap", **WAIT},
            [
                "Väntetiden till särskilt boende var 3 dagar kortare för män än för kvinnor 2024 (kvinnor 58, män 55 dagar)."
            ],
        ),
        (
            {
                "rule": "gender_gap",
                "indicator": "lss_group_home_always_happy_home_share",
                "subject": "Andelen",
                "years": [-2, -1],
            },
            ["Det var ingen skillnad mellan kvinnor och män i fråga om andelen 2023 (kvinnor 71, män 71 procent)."],
        ),
        (
            {"rule": "ranking", "indicator": SICK, "subject": "Sjukfrånvaron", "place": "inom avdelningen "},
            ["Sjukfrånvaron var 2024 högst inom avdelningen LSS boende och arbete, 11,3 procent."],
        ),
        (
            {"rule": "ranking", "indicator": SICK, "subject": "Sjukfrånvaron", "measure": "change"},
            [
                (
                    "Sjukfrånvaron ökade mest inom Hemtjänst, med 2,0 procentenheter, och minskade mest inom Äldreboende, med 1,9 "
                    "procentenheter, mellan 2023 och 2024."
                )
            ],
        ),
        (
            {
                "rule": "ranking",
                "indicator": "sick_leave_monthly_by_occupation",
                "by": "staff_group",
                "top": 2,
                "lead": "Yrkesgrupperna med högst sjukfrånvaro",
            },
            [
                (
                    "Yrkesgrupperna med högst sjukfrånvaro var 2024 arbetsterapeuter, fysioterapeuter och sjukgymnaster (17,1 procent) och "
                    "socialsekreterare (13,0 procent)."
                )
            ],
        ),
        (
            {
                "rule": "composition",
                "indicator": "framstegsjobb_persons",
                "subject": "Antalet som erbjudits framstegsjobb",
                "parts": [
                    {"breakdown": "role=avdelningsassistent", "name": "avdelningsassistenter"},
                    {"breakdown": "role=resursperson", "name": "resurspersoner"},
                ],
            },
            [
                "Antalet som erbjudits framstegsjobb var 64 personer 2024, varav 59 avdelningsassistenter och 5 resurspersoner."
            ],
        ),
    ],
    ids=lambda value: value["rule"] if isinstance(value, dict) else "",
)
def test_what_is_said(source: Source, rule: dict[str, Any], expected: list[str]) -> None:
    assert said(source, **rule) == expected


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "change", "indicator": "U23401", "year": -20},
        {"rule": "relative_change", "indicator": "dv_to_own_employment_persons", "over": 3},
        {"rule": "range", "indicator": "nurse_assistants_share_own", "years": 5},
        {"rule": "streak", "indicator": "nurse_assistants_share_own"},
        {"rule": "target", "indicator": "U23401"},
        {"rule": "missing", "indicator": "U23401"},
        {"rule": "ended", "indicator": "U23401"},
        {"rule": "position", "indicator": "incidents_count"},
        {"rule": "rank", "indicator": "incidents_count"},
        {"rule": "gender_gap", "indicator": "incidents_count"},
        {"rule": "members", "indicator": "incidents_count"},
        {"rule": "level", "indicator": "sick_leave_monthly_by_occupation", "staff_group": "stodpedagog", "year": 0},
        {
            "rule": "statement",
            "text": "{} och {}",
            "figures": [{"indicator": "incidents_count"}, {"indicator": "lov_providers_added"}],
        },
    ],
    ids=lambda rule: rule["rule"],
)
def test_nothing_is_said_of_what_is_not_there(source: Source, rule: dict[str, Any]) -> None:
    assert said(source, **rule) == []


def test_a_difference_over_more_than_a_year_names_both_rows(source: Source) -> None:
    (sentence,) = made(source, rule="change", indicator=TURNOVER, over=2)
    newer, older = (sentence.cells[0].origin.key if sentence.cells[0].origin else "").split(" ")
    assert "2024-12-31" in newer and "2022-12-31" in older


def test_a_gap_between_women_and_men_has_its_sign_in_the_row_order(source: Source) -> None:
    (sentence,) = made(source, rule="gender_gap", **WAIT)
    origin = sentence.cells[0].origin
    assert (
        origin and origin.measure == "gender_gap" and [key.split("/")[3] for key in origin.key.split(" ")] == ["M", "K"]
    )


def test_a_change_of_a_percentage_in_per_cent_is_no_figure(source: Source) -> None:
    with pytest.raises(ValueError, match="percentage points"):
        made(source, rule="relative_change", indicator="N20507", over=1)


def test_a_difference_across_a_change_of_definition_is_no_figure(source: Source) -> None:
    spec = RULES.parse({"rule": "change", "indicator": "N20891"})
    newer, older = source.figure(spec, 2024), source.figure(spec, 2019)
    assert newer and older and newer.series_id != older.series_id
    with pytest.raises(ValueError, match="two definitions"):
        words.difference(source, spec, newer, older)
    told = said(source, rule="change", indicator="N20891", over=5, subject="Andelen")
    assert (
        told[1:] == ["Definitionen har ändrats sedan 2019, och värdet jämförs inte med det."] and "ökade" not in told[0]
    )


def test_a_paragraph_tells_a_figure_once(source: Source) -> None:
    rules = [{**WAIT, "rule": name} for name in ("change", "level", "range", "target")]
    made_of = paragraph([RULES.parse(rule) for rule in rules], source)
    assert made_of
    told = [
        (c.origin.key, c.origin.measure) for s in made_of.sentences for c in s.cells if c.origin and c.value is not None
    ]
    assert len(told) == len(set(told))
    assert [s.text.split(" ")[0] for s in made_of.sentences] == ["Väntetiden", "Under"], (
        "the level alone says nothing new"
    )
    assert not source.told, "what a paragraph told does not silence the next"


def test_the_end_of_a_series_is_said_once_of_each(source: Source) -> None:
    """Once though the outline asks for it too; and once more of another series that ended in the same year."""
    first, other = {"indicator": "U23495", "subject": "Andelen"}, {"indicator": "U23401", "subject": "Väntetiden"}
    end = "Serien avslutades efter 2023."

    def ends(source: Source, *rules: dict[str, Any]) -> list[str]:
        made_of = paragraph([RULES.parse(rule) for rule in rules], source)
        assert made_of
        return [one.text for one in made_of.sentences if one.text == end]

    assert ends(source, {"rule": "level", **first}, {"rule": "ended", **first}) == [end]
    also = {**source.indicators, "U23401": replace(source.indicators["U23401"], ended_after=2023)}
    assert ends(
        replace(source, indicators=also), {"rule": "level", **first}, {"rule": "level", **other, "year": -1}
    ) == [end, end]


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (1, "År 2024 hade en kommun fler."),
        (0, "År 2024 hade ingen kommun fler."),
        (2, "År 2024 hade två kommuner fler."),
    ],
)
def test_how_many_are_above_is_said_in_the_right_number(
    source: Source, monkeypatch: pytest.MonkeyPatch, above: int, expected: str
) -> None:
    rule = {"rule": "rank", "indicator": "N28817", "text": "År {year} hade {} kommuner fler."}
    others = source.publication.nation("N28817", 2024)
    higher = [one for one in others if (one[1].value or 0) > 22]
    kept = [one for one in others if one not in higher[above:]]
    monkeypatch.setattr(Publication, "nation", lambda *of: kept)
    assert said(source, **rule) == [expected]


def test_parts_of_a_total_that_is_told_are_a_sentence_of_their_own(source: Source) -> None:
    """'Av dem var distriktssköterska 7' of a share in per cent is no Swedish."""
    composed = {
        "rule": "composition",
        "indicator": "framstegsjobb_persons",
        "subject": "Antalet",
        "name_first": True,
        "parts": [
            {"breakdown": "role=avdelningsassistent", "name": "assistent"},
            {"breakdown": "role=resursperson", "name": "resursperson"},
        ],
    }
    rules = [{"rule": "level", "indicator": "framstegsjobb_persons", "subject": "Antalet"}, composed]
    made_of = paragraph([RULES.parse(rule) for rule in rules], source)
    assert made_of
    assert (
        made_of.sentences[1].text.replace("\u00a0", " ")
        == "Antalet fördelar sig på assistent 59 och resursperson 5 personer."
    )


def test_a_word_bears_no_mark_that_would_read_as_its_ending(source: Source) -> None:
    """'ingens skillnad', 'för 2023 och 2024s är simulerade', 'de 25 procents av kommunerna'."""
    for rule in (
        {"rule": "gender_gap", "indicator": "lss_group_home_always_happy_home_share", "subject": "Andelen", "year": -1},
        {"rule": "simulated", "indicator": "N20891"},
        {"rule": "rank", "indicator": "N28817", "quartile": True, "subject": "Antalet"},
    ):
        for sentence in made(source, **rule):
            assert all(cell.text[-1:].isdigit() for cell in sentence.cells if cell.marks), sentence.text


def test_what_the_boards_own_systems_have_not_delivered_is_missing_and_not_last_years(source: Source) -> None:
    """12,0 per cent of 2022 must not stand for 2024; what all municipalities report a year late is told with its year."""
    rule = {"rule": "level", "indicator": "kpv_patients", "subject": "Antalet"}
    assert said(source, **rule) == []
    made_of = paragraph([RULES.parse(rule)], source)
    assert made_of and made_of.sentences == () and [why for _, why in made_of.gaps] == ["Uppgift för 2024 saknas."]
    late = made(source, rule="level", indicator="kpb_pa_users_above_mean", subject="Antalet")
    assert [sentence.text.rstrip(".").split(" ")[-1] for sentence in late] == ["2023"]


def test_marks_of_own_values_are_explained_without_an_outlines_help(source: Source) -> None:
    spec = RULES.parse({**WAIT, "rule": "level"})
    figure = source.figure(spec)
    assert figure
    object.__setattr__(figure, "is_preliminary", True)
    try:
        made_of = paragraph([spec], source)
    finally:
        object.__setattr__(figure, "is_preliminary", False)
    assert made_of and made_of.sentences[0].cells[0].marks == ("p",)
    assert made_of.sentences[-1].text == "Värden märkta p är preliminära."


def test_what_the_year_has_other_figures_of_is_not_called_undelivered(source: Source) -> None:
    assert source.absence("pulse_goals_followed_up_share", "kvartal 3 2024") == "Uppgift för kvartal 3 2024 saknas."
    assert source.absence("meeting_point_branches_count", "oktober 2024") == "Inga uppgifter har levererats för 2024."


def test_a_unit_agrees_with_its_number() -> None:
    assert [agreeing("dagar", text) for text in ("1", "-1", "2", "1,0", "11")] == [
        "dag",
        "dag",
        "dagar",
        "dagar",
        "dagar",
    ]
    assert agreeing("procent", "1") == "procent"
