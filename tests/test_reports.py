"""The reports as documents: which figure stands where, how it is marked, what is said of it, and what changes when a
value changes.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Demonstration

from ingestion.configuration.municipality import Municipality, ReportChoice, load_municipality
from reports.audit import contradictions
from reports.cells import SIMULATED
from reports.chart_style import nice_ticks, spread_labels, value_axis
from reports.compose import cells_of, compose, document, load_outline, open_source
from reports.document import Absent, Cell, Diagram, DiagramRow, Document, Prose
from reports.figures import Publication, PublicationUnreadable
from reports.outline import Outline
from reports.render import render_reports
from testkit import report_fixture

FOLDER = report_fixture.ROOT / "municipalities" / "1489-alingsas"
GENOMLYSNING = ReportChoice(kind="genomlysning")

# The tables of the annual report that rest on the staff system, as an outline.
STAFF_TABLES: dict[str, Any] = {
    "kind": "arsbokslut",
    "title": "Årsbokslut {year}",
    "sections": [
        {
            "id": "personal",
            "heading": "Personal",
            "blocks": [
                {
                    "block": "key_figures",
                    "table_id": "personalstatistik",
                    "title": "Personalstatistik",
                    "columns": [
                        {"label": "{year-1}", "year": -1},
                        {"label": "{year}"},
                        {"label": "Differens", "kind": "change"},
                    ],
                    "groups": [
                        {
                            "heading": "Antal anställda",
                            "rows": [
                                {
                                    "indicator": "employees_headcount",
                                    "breakdown": "employment_form=permanent",
                                    "label": "Tillsvidareanställda",
                                    "group_from": 5,
                                }
                            ],
                        },
                        {
                            "heading": "Sysselsättningsgrad",
                            "rows": [
                                {
                                    "indicator": "employment_rate_contract",
                                    "breakdown": "employment_form=permanent",
                                    "label": "Tillsvidareanställda",
                                    "unit_suffix": "%",
                                }
                            ],
                        },
                        {
                            "heading": "Medelålder",
                            "rows": [{"indicator": "mean_age", "breakdown": "employment_form=permanent"}],
                        },
                        {
                            "heading": "Tid",
                            "rows": [{"indicator": "additional_time_fte", "label": "Fyllnad", "decimals": 1}],
                        },
                        {
                            "heading": "Sjukfrånvaro",
                            "rows": [
                                {
                                    "indicator": "sick_leave_all_forms",
                                    "label": "Total sjukfrånvaro",
                                    "unit_suffix": " %",
                                },
                                {
                                    "indicator": "sick_leave_all_forms",
                                    "gender": "K",
                                    "label": "Kvinnor",
                                    "unit_suffix": " %",
                                },
                                {
                                    "indicator": "sick_leave_all_forms",
                                    "gender": "M",
                                    "label": "Män",
                                    "unit_suffix": " %",
                                },
                                {
                                    "indicator": "sick_leave_all_forms",
                                    "breakdown": "age_band=0-29",
                                    "label": "29 år eller yngre",
                                    "unit_suffix": " %",
                                },
                            ],
                        },
                    ],
                }
            ],
        }
    ],
}


def plain(cell: Cell) -> str:
    """A cell as read, with its marks."""
    return " ".join(part for part in (cell.text.replace("\u00a0", " "), cell.also) if part) + "".join(cell.marks)


def rows_of(made: Document, table_id: str) -> dict[str, list[str]]:
    """Printed cells by 'heading | label'."""
    table = next(table for table in made.tables if table.table_id == table_id)
    return {
        " | ".join(part for part in (section.heading, line.label) if part): [plain(cell) for cell in line.cells]
        for section in table.sections
        for line in section.lines
    }


def columns_of(made: Document, table_id: str) -> tuple[str, ...]:
    return next(table for table in made.tables if table.table_id == table_id).columns


def diagrams_of(made: Document) -> dict[int, Diagram]:
    rows = [block for part in made.parts for block in part.blocks if isinstance(block, DiagramRow)]
    return {diagram.number: diagram for row in rows for diagram in row.diagrams if diagram.number}


def said(diagram: Diagram) -> list[str]:
    """The diagram's sentences as read."""
    return [s.text.replace("\u00a0", " ") for s in diagram.paragraph.sentences] if diagram.paragraph else []


@pytest.fixture(scope="module")
def municipality() -> Municipality:
    return load_municipality(FOLDER)


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_fixture.build(tmp_path_factory.mktemp("report") / "publication.duckdb")


@pytest.fixture(scope="module")
def made(publication: Path, municipality: Municipality) -> Document:
    return compose(publication, municipality, GENOMLYSNING)


def composed(tmp_path: Path, municipality: Municipality, *then: str) -> Document:
    return compose(report_fixture.build(tmp_path / "publication.duckdb", then=then), municipality, GENOMLYSNING)


def staff(tmp_path: Path, municipality: Municipality, *then: str) -> Document:
    """The staff tables, of a publication with a case."""
    path = report_fixture.build(tmp_path / "publication.duckdb", then=then)
    with Publication(path) as opened:
        return document(
            open_source(opened, municipality, ReportChoice(kind="arsbokslut")), Outline.model_validate(STAFF_TABLES)
        )


def test_efficiency_index_as_printed(made: Document) -> None:
    assert columns_of(made, "effektivitetsindex") == (
        "Alingsås 2023",
        "Göteborgsregionen genomsnitt 2023",
        "Liknande kommuner 2023",
        "Kommungenomsnitt 2023",
    )
    rows = rows_of(made, "effektivitetsindex")
    assert rows["Effektivitetsindex äldreomsorg"] == ["63", "56s", "56s", "49s"]
    assert rows["Resursindex (LSS boende och daglig verksamhet)"] == ["73", "36s", "68s", "54s"]


def test_year_stands_in_the_cell_where_it_is_not_the_columns(made: Document) -> None:
    rows = rows_of(made, "kvalitetsnyckeltal")
    assert columns_of(made, "kvalitetsnyckeltal")[0] == "Alingsås 2024"
    safe = "Brukarbedömning Personlig assistans - Brukaren känner sig trygg med alla sina assistenter, andel (%)"
    assert rows["LSS | Brukarbedömning boende LSS totalt - Brukaren trivs alltid hemma"] == ["83", "77s", "77s", "80s"]
    assert rows[f"LSS | {safe}"] == ["89 (2023)", "76 (2023)s", "92 (2023)s", "78 (2023)s"]


def test_what_no_source_gives_is_a_gap_with_its_reason(made: Document) -> None:
    assert set(map(tuple, rows_of(made, "ekonominyckeltal").values())) == {("-", "-", "-", "-")}
    reasons = [why for where, why in made.gaps if where.startswith("Ekonominyckeltal")]
    assert len(reasons) == 2 and all(why == "Inga uppgifter har levererats för 2024." for why in reasons)


def test_missing_values_of_a_series_have_the_signs_of_print(made: Document) -> None:
    rows = rows_of(made, "personalnyckeltal_tidsserie")
    assert rows["Äldreomsorg | Medelvärde alla frågor (Pulsmätning Q4), myndighetsenheten"] == ["-", "-", "2,8"]
    assert rows["LSS | Medelvärde alla frågor (Pulsmätning Q4), myndighetsenheten"] == ["", "", "2,8"]


def test_staff_statistics_as_printed(tmp_path: Path, municipality: Municipality) -> None:
    rows = rows_of(staff(tmp_path, municipality), "personalstatistik")
    assert rows["Antal anställda | Tillsvidareanställda"] == ["1315", "1318", "3"]
    assert rows["Sysselsättningsgrad | Tillsvidareanställda"] == ["95%", "96%", "1 %-enh."]
    assert rows["Medelålder | Medelålder"] == ["44,4", "45,0", "0,6"]
    # the difference is rounded from the unrounded one: 6,06 to 5,34 (DEFINITIONS 11.6)
    assert rows["Tid | Fyllnad"] == ["6,1", "5,3", "-0,7"]
    assert rows["Sjukfrånvaro | Total sjukfrånvaro"] == ["8,3 %", "8,2 %", "-0,1 %-enh."]
    assert rows["Sjukfrånvaro | 29 år eller yngre"] == ["5,5 %", "5,3 %", "-0,3 %-enh."]


def test_small_groups_are_judged_in_the_marts_and_nowhere_else(tmp_path: Path, municipality: Municipality) -> None:
    """What the mart withholds is `..`; what it gives stands, whatever its number of persons, and no sister of it is
    hidden.
    """
    hidden = (
        "update marts.staffing set value = null, n = null, change = null, is_suppressed = true "
        "where indicator_id = 'sick_leave_all_forms' and gender = 'M'"
    )
    unknown = "update marts.staffing set n = null where indicator_id = 'sick_leave_all_forms' and gender = 'K'"
    rows = rows_of(staff(tmp_path, municipality, hidden, unknown), "personalstatistik")
    assert rows["Sjukfrånvaro | Män"] == ["..", "..", ".."]
    assert rows["Sjukfrånvaro | Kvinnor"] == ["9,3 %", "9,0 %", "-0,3 %-enh."]
    assert rows["Sjukfrånvaro | Total sjukfrånvaro"][1] == "8,2 %"


def test_a_figure_of_the_summary_says_its_unit_once(tmp_path: Path, municipality: Municipality) -> None:
    shown = {"indicator": "sick_leave_all_forms", "label": "Sjukfrånvaro", "anchor": "personal"}
    outline = Outline.model_validate({**STAFF_TABLES, "highlights": [shown, {**shown, "unit_suffix": " %"}]})
    with Publication(report_fixture.build(tmp_path / "publication.duckdb")) as opened:
        in_words, with_sign = document(
            open_source(opened, municipality, ReportChoice(kind="arsbokslut")), outline
        ).highlights
    assert in_words.unit == "procent" and "%" not in in_words.cell.text
    assert plain(with_sign.cell).startswith(f"{in_words.cell.text} %") and with_sign.unit == ""


def test_group_means_say_how_many_they_rest_on(made: Document) -> None:
    text = " ".join(diagrams_of(made)[9].table.sources)
    assert (
        "ovägt medel" in text
        and "Göteborgsregionen 10–13 av 13 kommuner" in text
        and "samtliga 215–290 av 290 kommuner" in text
    )
    assert "Källa: Kolada" in text


def test_a_mean_of_the_own_value_alone_is_no_comparison(tmp_path: Path, municipality: Municipality) -> None:
    changed = composed(
        tmp_path,
        municipality,
        "update marts.quality set region_count = 1, region_mean = value where indicator_id = 'U28663'",
    )
    diagram = diagrams_of(changed)[13]
    assert (
        "Göteborgsregionen" not in diagram.table.columns + tuple(said(diagram))
        and "Samtliga kommuner" in diagram.table.columns
    )
    assert not any("Göteborgsregionen" in text for text in said(diagram))


def test_every_printed_diagram_is_there_with_description_values_and_points(made: Document) -> None:
    drawn = diagrams_of(made)
    assert sorted(drawn) == list(range(1, 23))
    for diagram in drawn.values():
        assert diagram.description and diagram.table.cells and said(diagram)
        tips = re.findall(r"<title>([^<]*)</title></path>", diagram.svg)
        assert tips and all(re.search(r": -?\d", tip) for tip in tips)


def test_diagrams_that_pair_in_print_stand_side_by_side(made: Document) -> None:
    rows = [block for part in made.parts for block in part.blocks if isinstance(block, DiagramRow)]
    pairs = {tuple(diagram.number for diagram in row.diagrams) for row in rows if len(row.diagrams) > 1}
    assert pairs == {(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (15, 16)}


def test_members_are_ranked_stacked_and_beside_their_mean(made: Document) -> None:
    nurses = diagrams_of(made)[21].table
    assert nurses.columns == (
        "Distriktssköterska",
        "Vård av äldre",
        "Demens",
        "Psykiatri",
        "Palliativ vård",
        "Övrig inriktning",
        "Totalt",
    )
    assert [line.label for line in nurses.lines] == [
        "Härryda",
        "Öckerö",
        "Göteborg",
        "Alingsås",
        "Göteborgsregionen, ovägt medel",
    ]
    assert [cell.text for cell in nurses.lines[3].cells] == ["7", "1", "1", "0", "0", "5", "14"]
    assert nurses.remarks == ("Där stapeln saknas är delarna inte kända, bara det hela.",)
    satisfied = diagrams_of(made)[19].table
    assert [line.label for line in satisfied.lines][:2] == ["Öckerö 2024", "Öckerö 2023"]
    absent = next(line for line in satisfied.lines if line.label == "Göteborg 2024")
    assert [cell.text for cell in absent.cells] == ["IU.", "IU.", "IU."]


def test_a_mean_that_came_as_one_is_not_called_unweighted(tmp_path: Path, municipality: Municipality) -> None:
    changed = composed(
        tmp_path,
        municipality,
        "update marts.staffing set region_count = null, region_mean = 4 where indicator_id = 'kpv_rehab_specialist_share'",
    )
    [line] = [line for line in diagrams_of(changed)[22].table.lines if "Göteborgsregionen" in line.label]
    assert (line.label, line.cells[-1].text) == ("Göteborgsregionen, medel som det levererats", "4")
    table = next(table for table in changed.tables if table.table_id == "personalnyckeltal_jamforelse")
    assert [cell.text for cell in next(line for line in table.lines if "rehab" in line.label).cells] == [
        "0",
        "4",
        "-",
        "-",
    ]
    assert any("medel som det levererats: Göteborgsregionen" in text for text in table.sources)


def test_missing_year_is_a_gap_in_line_and_table(made: Document) -> None:
    diagram = diagrams_of(made)[1]
    tips = [tip for tip in re.findall(r"<title>([^<]*)</title>", diagram.svg) if tip.startswith("Alingsås ")]
    assert not any(" 2023:" in tip for tip in tips) and any(" 2024:" in tip for tip in tips)
    row = next(line for line in diagram.table.lines if line.label == "2023")
    assert row.cells[0].text == "IU." and row.cells[1].text != "IU."
    assert "Uppgift för kommunen saknas 2023." in diagram.table.remarks and "Uppgift för 2023 saknas." in said(diagram)


def test_broken_series_and_other_units_are_said_and_not_joined(made: Document) -> None:
    assert any("Definitionen ändrades 2021" in remark for remark in diagrams_of(made)[1].table.remarks)
    lss = diagrams_of(made)[12]
    assert any("annan enhet" in remark for remark in lss.table.remarks)
    assert any("från 89 till 87 per 10 000 invånare" in text for text in said(lss))
    assert plain(lss.table.lines[-1].cells[0]) == "87 (antal/10 000 inv)"
    assert not re.search(r"Alingsås 202[34]:", lss.svg)


def test_ended_series_is_called_ended(publication: Path, municipality: Municipality, tmp_path: Path) -> None:
    platforms = compose(publication, municipality.model_copy(update={"folder": tmp_path}), GENOMLYSNING)
    table = next(table for table in platforms.tables if table.table_id == "personalnyckeltal_jamforelse")
    assert "Uppgift för 2024 saknas; 2023 visas. Serien avslutades efter 2023." in table.notes


def test_simulated_points_are_hollow_and_named_in_words(made: Document) -> None:
    points = re.findall(r"<path([^>]*)><title>([^<]*)</title></path>", diagrams_of(made)[9].svg)
    hollow = {tip for attributes, tip in points if "#ffffff" in attributes}
    assert hollow == {tip for _, tip in points if "simulerat" in tip} and len(hollow) == 6


def test_sentences_state_figures_and_rows_but_no_cause(made: Document) -> None:
    first = diagrams_of(made)[9].paragraph
    assert first
    change, position = first.sentences[:2]
    assert change.text.replace("\u00a0", " ") == (
        "Väntetiden till särskilt boende minskade med 8 dagar, från 65 till 57 dagar, mellan 2023 och 2024."
    )
    by, before, after = change.cells
    assert [(cell.origin.year, cell.origin.measure) for cell in (by, before, after) if cell.origin] == [
        (2024, "change"),
        (2023, "value"),
        (2024, "value"),
    ]
    assert (
        "kortare än genomsnittet för Göteborgsregionen (62), liknande kommuner (60) och samtliga kommuner (63)"
        in position.text
    )
    assert len(made.sentences) > 100
    for sentence in made.sentences:
        assert not re.search(r"\b(beror|orsak|eftersom|därför|tack vare|på grund)\b", sentence.text)
        assert sentence.cells or "simulerade" in sentence.text
        assert all(cell.origin and cell.origin.key for cell in sentence.cells)


def test_figures_of_sentences_equal_their_mart_rows(made: Document, publication: Path) -> None:
    columns = "indicator_id, municipality_id, gender, period_start, period_end, measure_time, org_unit, staff_group, breakdown"
    with Publication(publication) as opened:
        rows = opened._rows(
            f"select domain, {columns}, value, change, region_mean, similar_mean, national_mean from marts.indicators"
        )
    known = {}
    for domain, indicator, municipality_id, gender, start, end, timed, unit, group, split, *measures in rows:
        parts = "".join(f"/{part}" for part in (unit, group, split) if part)
        known[f"{domain}/{indicator}/{municipality_id}/{gender}/{start}--{end}/{timed}{parts}"] = measures
    names = ("value", "change", "region_mean", "similar_mean", "national_mean")
    checked = 0
    for sentence in made.sentences:
        for cell in sentence.cells:
            assert cell.origin
            keys = cell.origin.key.split(" ")
            assert all(key in known for key in keys)
            if cell.value is not None and len(keys) == 1 and cell.origin.measure in names:
                assert abs(abs(cell.value) - abs(known[keys[0]][names.index(cell.origin.measure)])) < 1e-6
                checked += 1
    assert checked > 200


def test_sentences_about_simulated_own_values_say_so(
    made: Document, tmp_path: Path, municipality: Municipality
) -> None:
    assert not any("egna värden" in text for text in said(diagrams_of(made)[9]))
    where = "indicator_id = 'U23401' and municipality_id = '1489' and period_end >= date '2023-01-01'"
    marked = composed(tmp_path, municipality, f"update marts.quality set is_simulated = true where {where}")
    diagram = diagrams_of(marked)[9]
    assert "Kommunens egna värden för 2023 och 2024 är simulerade." in said(diagram)
    assert diagram.paragraph and SIMULATED in diagram.paragraph.sentences[0].cells[0].marks


def test_every_figure_carries_its_origin(made: Document) -> None:
    figures = [cell for cell in cells_of(made) if cell.value is not None]
    assert len(figures) > 900
    for cell in figures:
        assert cell.origin
        assert all(
            (cell.origin.key, cell.origin.measure, cell.origin.indicator_id, cell.origin.period, cell.origin.source)
        )
        assert cell.origin.indicator_id in made.indicators or cell.origin.key.startswith("measures_follow_up/")
    mean = next(cell for cell in figures if cell.origin and cell.origin.measure == "national_mean")
    assert mean.origin and mean.origin.source == "Egen bearbetning av data från Kolada"
    assert made.lineage["kolada:K1"] == ("K1",) and "K1" in made.loads


def test_changing_one_value_changes_that_figure_and_what_says_it(
    made: Document, tmp_path: Path, municipality: Municipality
) -> None:
    where = "indicator_id = 'U28561' and gender = 'T' and period_end = date '2017-12-31'"
    changed = composed(
        tmp_path, municipality, f"update marts.quality set value = value + 10, change = change + 10 where {where}"
    )
    pairs = list(zip(cells_of(made), cells_of(changed), strict=True))
    different = [(a, b) for a, b in pairs if a != b]
    assert len(different) == 1 and different[0][0].origin and different[0][0].origin.indicator_id == "U28561"
    before, after = diagrams_of(made), diagrams_of(changed)
    assert [number for number in before if before[number].svg != after[number].svg] == [15]


def test_what_people_wrote_stands_after_its_heading(made: Document) -> None:
    part = next(part for part in made.parts if part.anchor == "uppdraget")
    assert [block.slot for block in part.blocks if isinstance(block, Prose)] == ["uppdraget"]
    assert part.number == "1.1"


def test_kolada_alone_gives_a_report_with_named_gaps(tmp_path: Path, municipality: Municipality) -> None:
    bare = municipality.model_copy(
        update={
            "departments": (),
            "staff_groups": (),
            "staff_shares": (),
            "accounts": (),
            "operating_statement": (),
            "folder": tmp_path,
        }
    )
    path = report_fixture.build(tmp_path / "publication.duckdb", with_staff_and_ledger=False)
    kolada = compose(path, bare, GENOMLYSNING)
    assert sorted(diagrams_of(kolada)) == [*range(1, 11), *range(12, 19)]
    assert rows_of(kolada, "effektivitetsindex")["LSS | Kvalitetsindex"] == ["55", "46s", "70s", "56s"]
    absent = [block.what for part in kolada.parts for block in part.blocks if isinstance(block, Absent)]
    assert not absent, "what it does not deliver is no gap of the platform's outline"
    assert not [row for row in rows_of(kolada, "kvalitetsnyckeltal") if "primärvård" in row]
    assert not [part for part in kolada.parts if part.anchor.startswith("primarvard")]
    assert not [part for part in kolada.parts if part.anchor == "aldreomsorg-sjukfranvaro"]


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "has_control"), [("1489-alingsas", True), ("1283-helsingborg", False)])
def test_the_general_arsbokslut_has_what_is_delivered(
    demonstration: Demonstration, tmp_path: Path, folder: str, has_control: bool
) -> None:
    configured = load_municipality(report_fixture.ROOT / "municipalities" / folder)
    made = compose(
        demonstration.current, configured.model_copy(update={"folder": tmp_path}), ReportChoice(kind="arsbokslut")
    )
    assert not contradictions(made)
    anchors = {part.anchor for part in made.parts}
    assert {"mal", "resultat-aldreomsorg", "resultat-lss", "drift", "investeringar", "personalstatistik"} <= anchors
    assert ("internkontroll" in anchors) is has_control, "what a board does not deliver at all is left out"
    assert any("redovisar ett positivt resultat" in sentence.text for sentence in made.sentences)


def test_a_misspelt_outline_is_rejected_with_its_path(tmp_path: Path, municipality: Municipality) -> None:
    (tmp_path / "reports").mkdir()
    path = tmp_path / "reports" / "genomlysning.yaml"
    elsewhere = municipality.model_copy(update={"folder": tmp_path})
    for wrong, said_of_it in (
        ("kind: genomlysning\ntitle: x\nsections: [{id: a, heading: A, blocks: [{block: tabel}]}]", "expected one of"),
        ("kind: genomlysning\ntitle: x\nsections: [{id: a, headin: A}]", "headin"),
        ("kind: genomlysning\ntitle: x\nsections: [{id: a, heading: A}, {id: a, heading: B}]", "there twice"),
        ("kind: genomlysning\ntitle: x\nsections: [{from: nowhere}]", "no section 'nowhere'"),
        (
            "kind: genomlysning\ntitle: x\nsections: [{from: lss, replace: [{id: lss-x, heading: X}]}]",
            "no section lss-x below it",
        ),
        ("kind: arsbokslut\ntitle: x\nsections: []", "expected genomlysning"),
    ):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(ValueError, match=re.escape(str(path))) as rejected:
            load_outline(elsewhere, "genomlysning")
        assert said_of_it in str(rejected.value)


def test_every_outline_follows_the_schema() -> None:
    folders = [path.parent for path in (report_fixture.ROOT / "municipalities").glob("*/municipality.yaml")]
    for folder in folders:
        found = load_municipality(folder)
        for choice in found.reports:
            assert load_outline(found, choice.kind).sections


def test_files_are_written_in_one_step_and_the_same_each_time(
    publication: Path, municipality: Municipality, tmp_path: Path
) -> None:
    chosen = municipality.model_copy(update={"reports": (GENOMLYSNING,)})
    (result,) = render_reports(publication, chosen, tmp_path / "deep" / "er")
    assert [path.name for path in result.paths] == [
        f"genomlysning-2024{suffix}" for suffix in (".html", ".pdf", ".xlsx")
    ]
    shown = sorted(path.name for path in (tmp_path / "deep" / "er").iterdir() if not path.name.startswith("."))
    assert shown == sorted(path.name for path in result.paths)
    assert result.diagrams == 22 and result.sentences > 100 and result.gaps and result.tables >= 7
    assert result.preview and result.preview.startswith(b"\x89PNG")
    (again,) = render_reports(publication, chosen, tmp_path / "again")
    assert [path.read_bytes() for path in result.paths] == [path.read_bytes() for path in again.paths]
    written = [path.stat().st_ino for path in result.paths]
    render_reports(publication, chosen, tmp_path / "deep" / "er")
    assert [path.stat().st_ino for path in result.paths] == written, "what has not changed is not written again"


def test_a_file_that_is_no_publication_is_rejected_with_its_name(tmp_path: Path, municipality: Municipality) -> None:
    path = report_fixture.build(tmp_path / "publication.duckdb", then=("drop table marts.dim_comparison_group",))
    with pytest.raises(PublicationUnreadable, match=r"publication\.duckdb.*dim_comparison_group"):
        render_reports(path, municipality, tmp_path / "out", kind="genomlysning")
    assert not (tmp_path / "out").exists()


def test_labels_do_not_overlap_and_keep_their_order() -> None:
    wanted = [10.0, 11.0, 12.0, 100.0, 210.0, 211.0]
    placed = spread_labels(wanted, 0, 212, gap=15)
    assert placed == sorted(placed) and all(b - a >= 15 - 1e-9 for a, b in itertools.pairwise(placed))
    assert placed[3] == 100.0 and placed[-1] <= 212 + 1e-9 and placed[0] >= 0


@pytest.mark.parametrize(
    ("values", "bounded", "low", "high"),
    [
        ([40, 100], False, 0, 100),
        ([88, 90, 86], True, 85, 100),
        ([5.0, 5.0], False, None, None),
        ([-3.0, 26.0], False, -10, 30),
    ],
)
def test_value_axis_encloses_the_values(
    values: list[float], bounded: bool, low: float | None, high: float | None
) -> None:
    ticks = value_axis(values, bounded)
    assert ticks[0] <= min(values) and ticks[-1] >= max(values) and len(ticks) >= 2
    if low == 0:
        assert ticks[0] == 0
    if bounded:
        assert ticks[-1] <= 100


def test_ticks_are_round() -> None:
    assert nice_ticks(0, 97) == [0, 25, 50, 75, 100]
