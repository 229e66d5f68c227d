"""The genomlysning, read as its readers get it: from the page's own tables, diagrams and sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
import report_fixture

from ingestion.municipality import Municipality, load_municipality
from reports.chart_style import nice_ticks, spread_labels, value_axis
from reports.figures import PublicationUnreadable
from reports.genomlysning import css_string, render_genomlysning

VOID = {"meta", "br", "link", "img", "input", "hr"}
FOLDER = report_fixture.ROOT / "municipalities" / "1489-alingsas"


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def text(self) -> str:
        inner = "".join(child if isinstance(child, str) else child.text() for child in self.children)
        return re.sub(r"\s+", " ", inner.replace("\u00a0", " ")).strip()

    def all(self, tag: str, **wanted: str) -> list[Element]:
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and all(child.attributes.get(key.replace("_", "-")) == value for key, value in wanted.items()):
                    found.append(child)
                found += child.all(tag, **wanted)
        return found

    def one(self, tag: str, **wanted: str) -> Element:
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} elements {tag} {wanted}"
        return found[0]


class Page(HTMLParser):
    """A page as a tree; an end tag that fits nothing is an error, so the page is well-formed where it matters."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.html = path.read_text(encoding="utf-8")
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(self.html)
        assert [element.tag for element in self._open] == [""], "unclosed elements"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def table(self, table_id: str) -> dict[str, list[str]]:
        """Printed cells by row label; a label that returns under another heading is prefixed with the heading."""
        rows: dict[str, list[str]] = {}
        heading = ""
        for row in self.root.one("table", data_table=table_id).all("tr"):
            label = row.all("th")[0]
            if row.attributes.get("class") == "area":
                heading = label.text()
            elif row.all("td"):
                name = re.sub(r"\d+$", "", label.text()) if label.all("sup") else label.text()
                rows[f"{heading} | {name}" if heading else name] = [cell.text() for cell in row.all("td")]
        return rows

    def columns(self, table_id: str) -> list[str]:
        return [cell.text() for cell in self.root.one("table", data_table=table_id).one("thead").all("th")][1:]

    def figures(self) -> dict[tuple[str, str, str], str]:
        """Every printed figure of the tables by table, row key and measure."""
        found = {}
        for table in self.root.all("table"):
            where = table.attributes.get("data-table") or table.attributes.get("data-diagram", "")
            for cell in table.all("td"):
                if "data-row" in cell.attributes:
                    found[(where, cell.attributes["data-row"], cell.attributes["data-measure"])] = cell.text()
        return found


@pytest.fixture(scope="module")
def municipality() -> Municipality:
    return load_municipality(FOLDER)


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_fixture.build(tmp_path_factory.mktemp("report") / "publication.duckdb")


@pytest.fixture(scope="module")
def page(publication: Path, municipality: Municipality) -> Page:
    out = publication.parent / "genomlysning.html"
    render_genomlysning(publication, municipality, out)
    return Page(out)


def rendered(tmp_path: Path, municipality: Municipality, then: tuple[str, ...] = (), environment: str = "demo") -> Page:
    path = report_fixture.build(tmp_path / "publication.duckdb", then=then, environment=environment)
    render_genomlysning(path, municipality, tmp_path / "page.html")
    return Page(tmp_path / "page.html")


def test_efficiency_index_as_printed(page: Page) -> None:
    assert page.columns("effektivitetsindex") == [
        "Alingsås 2023", "Göteborgsregionen genomsnitt 2023", "Liknande kommuner 2023", "Kommungenomsnitt 2023",
    ]  # fmt: skip
    rows = page.table("effektivitetsindex")
    assert rows["Äldreomsorg | Effektivitetsindex äldreomsorg"] == ["63", "56s", "56s", "49s"]
    assert rows["LSS | Resursindex"] == ["73", "36s", "68s", "54s"]


def test_year_stands_in_the_cell_where_it_is_not_the_columns(page: Page) -> None:
    rows = page.table("kvalitetsnyckeltal")
    assert page.columns("kvalitetsnyckeltal")[0] == "Alingsås 2024"
    happy = "Brukarbedömning boende LSS totalt - Brukaren trivs alltid hemma, lägeskommun, andel (%)"
    safe = "Brukarbedömning Personlig assistans - Brukaren känner sig trygg med alla sina assistenter, lägeskommun, andel (%)"
    assert rows[f"LSS | {happy}"] == ["83", "77s", "77s", "80s"]
    assert rows[f"LSS | {safe}"] == ["89 (2023)", "76 (2023)s", "92 (2023)s", "78 (2023)s"]


def test_what_no_source_gives_is_a_gap_with_its_reason(page: Page) -> None:
    rows = page.table("ekonominyckeltal")
    label = "Kostnad per år för kommunal primärvård fördelat på antal patienter som mottagit insatser"
    assert rows[f"Kommunal primärvård | {label}"] == ["-", "-", "-", "-"]
    gaps = [
        row.attributes["data-gap"]
        for row in page.root.one("table", data_table="ekonominyckeltal").all("tr")
        if "data-gap" in row.attributes
    ]
    assert len(gaps) == 2 and all("inte ansluten" in gap for gap in gaps)


def test_operating_statement_has_all_printed_figures(page: Page) -> None:
    rows = page.table("drift_tkr")
    assert page.columns("drift_tkr") == ["Budget 2024", "Bokslut 2024", "Avv. från budget 2024", "Bokslut 2023", "Diff. utfall 2023/2024"]
    assert rows == {
        "Verksamhetens intäkter": ["206 297", "254 669", "48 372", "237 998", "16 671"],
        "Personalkostnader": ["-802 020", "-821 815", "-19 795", "-772 705", "-49 110"],
        "Lokalhyror": ["-113 241", "-114 174", "-933", "-100 637", "-13 537"],
        "Köp av tjänster": ["-176 046", "-188 451", "-12 405", "-187 012", "-1 439"],
        "Övriga kostnader": ["-81 323", "-94 685", "-13 362", "-89 874", "-4 811"],
        "Verksamhetens kostnader": ["-1 172 630", "-1 219 125", "-46 495", "-1 150 228", "-68 897"],
        "Verksamhetens nettokostnader": ["-966 333", "-964 456", "1 877", "-912 230", "-52 226"],
        "Kommunbidrag": ["966 333", "966 333", "0", "913 280", "53 053"],
        "Finansnetto": ["0", "-5", "-5", "9", "-13"],
        "Årets resultat": ["0", "1 873", "1 873", "1 059", "814"],
    }


def test_staff_statistics_as_printed(page: Page) -> None:
    rows = page.table("personalstatistik")
    assert rows["Antal anställda | Tillsvidareanställda"] == ["1315", "1318", "3"]
    assert rows["Sysselsättningsgrad | Tillsvidareanställda"] == ["95 %", "96 %", "1 %-enh."]
    assert rows["Medelålder | Tillsvidareanställda"] == ["44,4", "45,0", "0,6"]
    assert rows["Fyllnad och övertid | Fyllnad"] == ["6,1", "5,3", "-0,7"]
    assert rows["Personalomsättning | Exklusive pensionsavgångar"] == ["9,8 %", "9,0 %", "-0,8 %-enh."]


def test_sick_leave_as_printed(page: Page) -> None:
    rows = page.table("sjukfranvaro")
    assert rows["Total sjukfrånvaro"] == ["8,3 %", "8,2 %", "-0,1 %-enh."]
    assert rows["Ålder | 29 år eller yngre"] == ["5,5 %", "5,3 %", "-0,3 %-enh."]
    assert rows["Sjukperiodens dagar | Dag 60 och därefter"] == ["3,5 %", "3,5 %", "0,0 %-enh."]


def test_a_group_of_ten_is_not_shown_in_sick_leave_though_the_mart_holds_it(tmp_path: Path, municipality: Municipality) -> None:
    unsafe = "update marts.staffing set value = 44.4, is_suppressed = false where staff_group = 'stodpedagog' and n = 10"
    page = rendered(tmp_path, municipality, (unsafe,))
    cells = page.table("personalnyckeltal_tidsserie")["LSS | Sjukfrånvaro, månadsavlönade januari–december (%) – Stödpedagoger"]
    assert cells[2] == ".."  # ten employees in 2024
    assert "44,4" not in {text for key, text in page.figures().items() if "stodpedagog" in key[1]}


def test_one_hidden_gender_hides_the_other_and_the_difference(tmp_path: Path, municipality: Municipality) -> None:
    page = rendered(
        tmp_path, municipality, ("update marts.staffing set n = 9 where indicator_id = 'sick_leave_all_forms' and gender = 'M'",)
    )
    rows = page.table("sjukfranvaro")
    assert rows["Kön | Män"] == rows["Kön | Kvinnor"] == ["..", "..", ".."]
    assert rows["Total sjukfrånvaro"][1] == "8,2 %"


def test_group_means_say_how_many_they_rest_on(page: Page) -> None:
    source = page.root.one("figure", id="diagram-9").all("p")
    text = " ".join(p.text() for p in source)
    assert "ovägt medel" in text and "Göteborgsregionen 10–13 av 13 kommuner" in text and "samtliga 215–290 av 290 kommuner" in text
    assert "Källa: Kolada" in text


def test_a_mean_of_the_own_value_alone_is_no_comparison(tmp_path: Path, municipality: Municipality) -> None:
    page = rendered(
        tmp_path, municipality, ("update marts.quality set region_count = 1, region_mean = value where indicator_id = 'U28663'",)
    )
    figure = page.root.one("figure", id="diagram-13")
    assert "Göteborgsregionen" not in figure.text() and "samtliga kommuner" in figure.text()


def test_every_diagram_has_title_description_and_data_table(page: Page) -> None:
    drawn = [figure for figure in page.root.all("figure") if figure.attributes.get("class", "").startswith("diagram") and figure.all("svg")]
    assert sorted(int(figure.attributes["id"].removeprefix("diagram-")) for figure in drawn) == list(range(1, 19))
    for figure in drawn:
        svg = figure.one("svg")
        named = svg.attributes["aria-labelledby"].split()
        assert [figure.all("title", id=named[0])[0].text() != "", figure.all("desc", id=named[1])[0].text() != ""] == [True, True]
        assert figure.all("details")[0].all("td")
        points = [path for path in svg.all("path") if path.attributes.get("class") == "pt"]
        assert points and all(re.search(r"\d{4}: -?[\d ]+", path.one("title").text()) for path in points)


def test_missing_year_is_a_gap_in_line_and_table(page: Page) -> None:
    figure = page.root.one("figure", id="diagram-1")
    own = [path.one("title").text() for path in figure.all("path") if path.attributes.get("class") == "pt" and "Alingsås" in path.text()]
    assert not any(" 2023:" in tip for tip in own) and any(" 2024:" in tip for tip in own)
    row = next(row for row in figure.all("tr") if row.all("th")[0].text() == "2023")
    assert row.all("td")[0].text() == "IU." and row.all("td")[1].text() != "IU."
    assert "saknas 2023" in figure.text()


def test_broken_series_and_other_units_are_said_and_not_joined(page: Page) -> None:
    assert "Definitionen ändrades 2021" in page.root.one("figure", id="diagram-1").text()
    lss = page.root.one("figure", id="diagram-12")
    assert "annan enhet" in lss.text() and "från 89 till 87 per 10 000 invånare" in lss.text()
    newest = next(row for row in lss.all("tr") if row.all("th")[0].text() == "2024")
    assert newest.all("td")[0].text() == "87 (antal/10 000 inv)"
    tips = [path.one("title").text() for path in lss.all("path") if path.attributes.get("class") == "pt"]
    assert not any(" 2023:" in tip or " 2024:" in tip for tip in tips)


def test_ended_series_is_called_ended(page: Page) -> None:
    assert "Serien avslutades efter 2023." in page.root.one("figure", id="tabell-personalnyckeltal_jamforelse").text()


def test_simulated_points_are_hollow_and_named_in_words(page: Page) -> None:
    figure = page.root.one("figure", id="diagram-9")
    points = {path.one("title").text(): path.attributes["fill"] for path in figure.all("path") if path.attributes.get("class") == "pt"}
    hollow = {tip for tip, fill in points.items() if fill == "#ffffff"}
    assert hollow == {tip for tip in points if "simulerat" in tip} and len(hollow) == 6


def test_sentences_state_figures_and_rows_but_no_cause(page: Page) -> None:
    spans = [span for span in page.root.one("figure", id="diagram-9").all("span") if "data-rows" in span.attributes]
    assert spans[0].text() == "Väntetiden till särskilt boende minskade med 8 dagar, från 65 till 57 dagar, mellan 2023 och 2024."
    assert [key.split("/")[4] for key in spans[0].attributes["data-rows"].split()] == ["2023-01-01--2023-12-31", "2024-01-01--2024-12-31"]
    assert "kortare än genomsnittet för Göteborgsregionen (62), liknande kommuner (60) och samtliga kommuner (63)" in spans[1].text()
    known = {key for _, key, _ in page.figures()}
    everything = [span for span in page.root.all("span") if "data-rows" in span.attributes]
    assert len(everything) > 30
    for span in everything:
        assert not re.search(r"\b(beror|orsak|eftersom|därför|tack vare|på grund)\b", span.text())
        # women and men stand in no data table, all other rows do
        assert all(key in known or "/K/" in key or "/M/" in key for key in span.attributes["data-rows"].split())


def test_sentences_about_simulated_own_values_say_so(page: Page, tmp_path: Path, municipality: Municipality) -> None:
    assert "egna värden" not in page.root.one("figure", id="diagram-9").text()
    where = "indicator_id = 'U23401' and municipality_id = '1489' and period_end >= date '2023-01-01'"
    marked = rendered(tmp_path, municipality, (f"update marts.quality set is_simulated = true where {where}",))
    figure = marked.root.one("figure", id="diagram-9")
    assert "Kommunens egna värden för 2023 och 2024 är simulerade." in figure.text()
    gendered = [span.text() for span in figure.all("span") if "data-rows" in span.attributes and "för kvinnor än för män" in span.text()]
    assert all("Värdena för kvinnor och män är simulerade." in text for text in gendered)


def test_every_figure_carries_its_origin(page: Page) -> None:
    cells = [cell for cell in page.root.all("td") if re.search(r"\d", cell.text()) and cell.attributes.get("class", "").startswith("num")]
    with_origin = [cell for cell in cells if "data-row" in cell.attributes]
    assert len(with_origin) > 600
    for cell in with_origin:
        assert all(cell.attributes[f"data-{name}"] for name in ("measure", "indicator", "period", "source", "lineage"))
    statement = next(c for c in with_origin if c.attributes["data-row"] == "operating_statement/1489/2024/result")
    assert (
        statement.attributes["data-source"] == "Egen bearbetning av data från ekonomisystemet"
        and "13 laddningar" in statement.attributes["title"]
    )
    mean = next(c for c in with_origin if c.attributes["data-measure"] == "region_mean")
    assert mean.attributes["data-source"] == "Egen bearbetning av data från Kolada"


def test_nothing_is_loaded_from_outside(page: Page) -> None:
    for element in page.root.all("script") + page.root.all("img") + page.root.all("link") + page.root.all("use") + page.root.all("image"):
        assert "src" not in element.attributes and "href" not in element.attributes
    assert not [a for a in page.root.all("a") if not a.attributes["href"].startswith("#")]
    assert not re.search(r"@import|url\(", page.html)
    policy = page.root.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert policy.startswith("default-src 'none'") and "script-src 'sha256-" in policy


def test_anchors_and_ids_fit(page: Page) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page.html)
    assert len(ids) == len(set(ids))
    assert {a.attributes["href"][1:] for a in page.root.all("a")} <= set(ids)
    assert page.root.one("html").attributes["lang"] == "sv"


def test_demonstration_is_called_so_and_live_is_not(page: Page, tmp_path: Path, municipality: Municipality) -> None:
    figures = page.root.all("figure")
    assert all("Demonstrationsdata" in figure.text() for figure in figures if "data-gap" not in figure.attributes)
    assert page.html.count('content: "Demonstrationsdata"') == 2  # in the margin of every printed page
    assert "Demonstrationsdata" not in rendered(tmp_path, municipality, environment="live").html


def test_hostile_names_are_text_everywhere(tmp_path: Path, municipality: Municipality) -> None:
    hostile = """</script></style><img src=x onerror=alert(1)>"'&{{ 7*7 }}"""
    quoted = hostile.replace("'", "''")
    renamed = municipality.model_copy(update={"name": hostile, "board": hostile, "administration": hostile})
    page = rendered(
        tmp_path, renamed,
        (
            f"update marts.dim_indicator set indicator = '{quoted}', formula = '{quoted}', kolada_description = '{quoted}'",
            f"update marts.operating_statement set line = '{quoted}'",
            f"update marts.dim_comparison_group set label = '{quoted}', group_title = '{quoted}'",
            f"update meta.loads set source = '{quoted}', table_name = '{quoted}'",
        ),
    )  # fmt: skip
    assert not page.root.all("img")
    assert len(page.root.all("script")) == 2 and len(page.root.all("style")) == 1
    assert "49" not in page.root.one("h1").text() and hostile.replace("\u00a0", " ") in page.root.one("main").text()
    assert 'content: "\\00003c' in page.html  # in the margin boxes too, as CSS escapes


def test_css_string_escapes_all_but_letters_and_digits() -> None:
    assert css_string('a"\\') == "a\\000022\\00005c"


def test_changing_one_value_changes_that_figure_and_what_says_it(page: Page, tmp_path: Path, municipality: Municipality) -> None:
    where = "indicator_id = 'U28561' and gender = 'T' and period_end = date '2017-12-31'"
    changed = rendered(tmp_path, municipality, (f"update marts.quality set value = value + 10, change = change + 10 where {where}",))
    before, after = page.figures(), changed.figures()
    different = {key for key in before if before[key] != after[key]}
    assert {(key[0], key[2]) for key in different} == {("15", "value")} and len(different) == 1
    assert before.keys() == after.keys()
    drawn = [[svg.text() + str([p.attributes for p in svg.all("path")]) for svg in p.root.all("svg")] for p in (page, changed)]
    assert sum(a != b for a, b in zip(*drawn, strict=True)) == 1


def test_changing_the_ledger_changes_exactly_its_line(page: Page, tmp_path: Path, municipality: Municipality) -> None:
    changed = rendered(
        tmp_path, municipality, ("update marts.operating_statement set actual = actual + 1000 where line_id = 'premises_rent'",)
    )
    before, after = page.figures(), changed.figures()
    assert {key[1:] for key in before if before[key] != after[key]} == {("operating_statement/1489/2024/premises_rent", "actual")}


def test_a_line_for_unmapped_accounts_is_shown_only_when_something_is_on_it(tmp_path: Path, municipality: Municipality) -> None:
    def with_unmapped(amount: int) -> str:
        values = f"'1489', 'Alingsås', 2024, 'unmapped', 'Konton utan rad', 11, false, 0, {amount}, {amount}, 0, {amount}"
        return f"insert into marts.operating_statement values ({values}, 'antagen', 'closed', false, 'ledger:1489:2024')"

    (tmp_path / "none").mkdir()
    (tmp_path / "some").mkdir()
    assert "Konton utan rad" not in rendered(tmp_path / "none", municipality, (with_unmapped(0),)).table("drift_tkr")
    page = rendered(tmp_path / "some", municipality, (with_unmapped(-5000),))
    assert page.table("drift_tkr")["Konton utan rad"] == ["0", "-5", "-5", "0", "-5"]
    assert "Årets resultat" in page.root.one("section", id="korthet").text()


def test_open_year_is_preliminary_and_not_called_bokslut(tmp_path: Path, municipality: Municipality) -> None:
    page = rendered(tmp_path, municipality, ("update marts.operating_statement set ledger_status = 'open', is_preliminary = true",))
    assert page.columns("drift_tkr")[1] == "Utfall 2024"
    assert page.table("drift_tkr")["Årets resultat"] == ["0", "1 873p", "1 873p", "1 059", "814p"]


def test_kolada_alone_gives_a_report_with_named_gaps(tmp_path: Path, municipality: Municipality) -> None:
    bare = municipality.model_copy(
        update={"departments": (), "staff_groups": (), "staff_shares": (), "accounts": (), "operating_statement": ()}
    )
    path = report_fixture.build(tmp_path / "publication.duckdb", with_staff_and_ledger=False)
    result = render_genomlysning(path, bare, tmp_path / "page.html")
    page = Page(tmp_path / "page.html")
    assert result.diagrams == 17 and result.tables == 4
    assert page.table("effektivitetsindex")["LSS | Kvalitetsindex"] == ["55", "46s", "70s", "56s"]
    assert {"Drift", "Personalstatistik", "Sjukfrånvaro"} <= {where for where, _ in result.gaps}
    assert "None" not in page.root.one("main").text()


def test_result_counts_what_is_on_the_page_and_previews_a_diagram(publication: Path, municipality: Municipality, tmp_path: Path) -> None:
    result = render_genomlysning(publication, municipality, tmp_path / "deep" / "er" / "page.html")
    page = Page(result.path)
    assert result.tables == len([table for table in page.root.all("table") if "data-table" in table.attributes]) == 8
    assert result.diagrams == 18 and result.sentences == len([s for s in page.root.all("span") if "data-rows" in s.attributes])
    assert len(result.gaps) == len(page.root.one("table", **{"class": "small gaps"}).one("tbody").all("tr"))
    assert result.preview and result.preview.startswith(b"\x89PNG")
    assert [path.name for path in result.path.parent.iterdir()] == ["page.html"]


def test_same_publication_gives_the_same_bytes(publication: Path, municipality: Municipality, tmp_path: Path) -> None:
    pages = [render_genomlysning(publication, municipality, tmp_path / name).path.read_bytes() for name in ("a.html", "b.html")]
    assert pages[0] == pages[1]


def test_a_file_that_is_no_publication_is_refused_with_its_name(tmp_path: Path, municipality: Municipality) -> None:
    path = report_fixture.build(tmp_path / "publication.duckdb", then=("drop table marts.dim_comparison_group",))
    with pytest.raises(PublicationUnreadable, match=r"publication\.duckdb.*dim_comparison_group"):
        render_genomlysning(path, municipality, tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_labels_do_not_overlap_and_keep_their_order() -> None:
    wanted = [10.0, 11.0, 12.0, 100.0, 210.0, 211.0]
    placed = spread_labels(wanted, 0, 212, gap=15)
    assert placed == sorted(placed) and all(b - a >= 15 - 1e-9 for a, b in zip(placed, placed[1:], strict=False))
    assert placed[3] == 100.0 and placed[-1] <= 212 + 1e-9 and placed[0] >= 0


@pytest.mark.parametrize(
    ("values", "bounded", "low", "high"),
    [([40, 100], False, 0, 100), ([88, 90, 86], True, 85, 100), ([5.0, 5.0], False, None, None), ([-3.0, 26.0], False, -10, 30)],
)
def test_value_axis_encloses_the_values(values: list[float], bounded: bool, low: float | None, high: float | None) -> None:
    ticks = value_axis(values, bounded)
    assert ticks[0] <= min(values) and ticks[-1] >= max(values) and len(ticks) >= 2
    if low == 0:
        assert ticks[0] == 0
    if bounded:
        assert ticks[-1] <= 100


def test_ticks_are_round() -> None:
    assert nice_ticks(0, 97) == [0, 25, 50, 75, 100]
