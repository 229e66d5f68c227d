"""One row of every source changed: exactly the figures that depend on it change, in every format.

All rows are changed in one refresh of a copy of the demonstration's home, each in the delivered file of its newest
period, and come in
as any delivery does: through the inbox, the suites and the lake (Kolada's through a fetch). What the figures must
become is computed here, from the changed row and DEFINITIONS, and what was published before; never read from the second
publication.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import openpyxl
import pypdf
import pytest
from conftest import Demonstration
from lxml import html
from test_figures import KEYS, SCALES, all_sentences, cited_rows, faults

from demo.deliveries import write_deliveries
from demo.figures.printed import numbers, rounded
from demo.kolada.app import Snapshot
from demo.kolada.server import serving
from orchestration.definitions import build_defs
from orchestration.settings import Settings

pytestmark = pytest.mark.slow

OWN, OTHER = "1489-alingsas", "1283-helsingborg"
YEAR = "2024-01-01--2024-12-31/period"
DECEMBER = "2024-12-31--2024-12-31/point"

Row = dict[str, Any]
Cells = dict[str, str]
Figure = tuple[str, str]
"""Key of a mart row, and its measure."""


@dataclass(frozen=True)
class Change:
    """A row of a delivered file, found by the cells `row`, in which `cells` are written."""

    file: str
    row: Cells
    cells: Cells
    folder: str = OWN


CHANGES = {
    # permanent for forty years, now with an end
    "hr": Change(
        "anstallningar-1489-202412.csv",
        {"anstallningsid": "A100239"},
        {"anstallningsform": "visstid", "anstalld_till": "2025-06-30"},
    ),
    # from other costs to the rent of premises: the voucher still balances, and the control totals hold
    "ledger": Change("transaktioner_2024-12.csv", {"verifikation": "40010537", "rad": "3"}, {"konto": "6010"}),
    "care": Change("beslut_1489_2024.csv", {"beslutsid": "B220256"}, {"ansokningsdatum": "2023-11-01"}),
    "survey": Change(
        "patientenkat_2024.csv", {"svarandeid": "E240001"}, {f"pastaende_{number}": "0" for number in range(1, 13)}
    ),
    "work_environment": Change("skador_tillbud_2024.csv", {"arendenummer": "AM-2024-0866"}, {"typ": "arbetsskada"}),
    "training": Change(
        "utbildningar_2024.csv",
        {"utbildning": "undersköterska", "fran": "2024-08-25"},
        {"utbildning": "specialistundersköterska"},
    ),
    # above zero, and below those that the report names as the highest
    "region_report": Change(
        "nyckeltal_regionen_2024.csv", {"medlem": "1384", "nyckeltal": "kpv_rehab_specialist_share"}, {"varde": "3"}
    ),
    "kpb": Change("KPB 2023.csv", {"insats": "personlig assistans"}, {"brukare": "120"}),
    "support_need": Change("stodbehov_2024.csv", {"personnummer": "19640224-9905"}, {"poang": "68,9"}),
    "homecare_index": Change("hemtjanstindex_2024.csv", {"del": "index"}, {"varde": "69,2"}, OTHER),
    "goals": Change("malindikatorer_1489_2024.csv", {"nyckeltal": "U23516"}, {"malvarde": "47"}),
    "internal_control": Change(
        "internkontroll_1489_2024.csv", {"kontrollid": "4", "ordning": "2"}, {"uppfyllda": "12"}
    ),
    "providers": Change("privata_utforare_1489_2024.csv", {"uppfoljningsid": "P6"}, {"minsta_langd_manader": "8"}),
    "grants": Change("bidrag_1489_2024.csv", {"bidragsid": "god_och_nara_vard"}, {"intaktsfort": "3700000"}),
    "investments": Change("investeringar_1489_2024.csv", {"projekt": "1001"}, {"belopp": "699326,63"}),
    "forecasts": Change("avstamningar_1489_2024.csv", {"prognosmanad": "2024-04"}, {"prognosmanad": "2024-03"}),
    "population": Change("folkmangd_1489_2024.csv", {"alder": "30", "kon": "K"}, {"folkmangd": "900"}),
    "local_counts": Change("lokala_rakningar_2024.csv", {"nyckeltal": "combine_modules_introduced"}, {"antal": "5"}),
}
KOLADA = ("U23401", "1489", 2024)
KOLADA_VALUE = 51.0
"""Days of waiting for a nursing home, once 57."""
DERIVED = {"rank", "count", "group_total", "gender_gap", "relative_change"}
"""Measures that a sentence takes from several rows: held to those rows by a test of their own."""
DELIVERED = (*CHANGES, "kolada")
IN_NO_REPORT = {"support_need"}
"""Sources that no report tells of yet: their rows are looked at in the mart."""


# The second refresh


@dataclass(frozen=True)
class Delivered:
    """A delivered file: its rows, and the one that is changed, before and after."""

    rows: list[Cells]
    before: Cells
    after: Cells

    def number(self, column: str) -> float:
        """How much the changed cell grew."""
        return decimal(self.after[column]) - decimal(self.before[column])


def decimal(text: str) -> float:
    return float(text.replace(",", "."))


def read(path: Path) -> list[Cells]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def redeliver(source: str, change: Change, made: Path, inbox: Path) -> Delivered:
    """Write the changed file into the inbox."""
    rows = read(made / change.folder / source / change.file)
    found = [row for row in rows if all(row[header] == text for header, text in change.row.items())]
    assert len(found) == 1, f"{source}: {len(found)} rows with {change.row}"
    before = dict(found[0])
    found[0].update(change.cells)
    assert found[0] != before, source
    target = inbox / change.folder / source / change.file
    target.parent.mkdir(parents=True)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(before), delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return Delivered(rows, before, dict(found[0]))


@dataclass(frozen=True)
class Shown:
    """A figure where a page shows it. place: 'sentence', 'summary' or the table's id. beside: its sentence, or its
    row's cells.
    """

    page: str
    place: str
    key: str
    measure: str
    text: str
    marks: tuple[str, ...]
    lineage: str = field(compare=False)
    beside: tuple[str, ...] = field(compare=False)

    @property
    def figures(self) -> set[Figure]:
        """The measure of each row that it rests on."""
        return {(key, self.measure) for key in re.split(rf" (?=(?:{'|'.join(KEYS)})/)", self.key)}


@dataclass(frozen=True)
class Home:
    """A home's newest publication and reports."""

    path: Path

    @cached_property
    def pages(self) -> dict[str, html.HtmlElement]:
        """The reports' pages, by municipality and kind."""
        found = sorted((self.path / "reports").glob("*/*.html"))
        return {
            f"{path.parent.name}/{path.stem}": html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
            for path in found
        }

    @cached_property
    def shown(self) -> list[Shown]:
        """Every figure of every page."""
        return [_shown(name, element) for name, page in self.pages.items() for element in page.xpath("//*[@data-key]")]

    @cached_property
    def other_texts(self) -> Counter[tuple[str, ...]]:
        """What else the pages say: sentences, and the cells of tables, without figures; the diagrams' drawings."""
        found: Counter[tuple[str, ...]] = Counter()
        for name, page in self.pages.items():
            for element in page.xpath(
                "//table[@data-table]//*[self::td or self::th][not(@data-key) and not(.//*[@data-key])]"
            ):
                found[name, element.xpath("string(ancestor::table/@data-table)"), _text(element)] += 1
            for element in page.xpath("//*[contains(concat(' ', @class, ' '), ' sentence ')][not(.//*[@data-key])]"):
                found[name, "sentence", _text(element)] += 1
            for element in page.xpath("//figure//*[local-name()='svg']"):
                found[name, element.xpath("string(ancestor::figure/@id)"), html.tostring(element).decode()] += 1
        return found

    def pdf(self, name: str) -> str:
        """The text of a report's PDF without spaces and hyphens: lines are broken there, and words hyphenated."""
        reader = pypdf.PdfReader(self.path / "reports" / f"{name}.pdf")
        return squeezed("".join(page.extract_text() for page in reader.pages))

    def workbook(self, name: str) -> dict[Figure, set[float | str | None]]:
        """The values of a report's workbook, by the key that stands in the same row."""
        found: dict[Figure, set[float | str | None]] = {}
        book = openpyxl.load_workbook(self.path / "reports" / f"{name}.xlsx", read_only=True)
        for sheet in book:
            first, count = 0, 0
            for row in sheet.iter_rows(values_only=True):
                texts = [str(value) if value is not None else "" for value in row]
                if "Anmärkning" in texts:
                    count = sum(text.startswith("Nyckel: ") for text in texts)
                    first = texts.index("Anmärkning") - count
                    keys = next((place for place, text in enumerate(texts) if text.startswith("Nyckel: ")), 0)
                elif count:
                    for place in range(count):
                        if "#" in (key := texts[keys + place] if keys + place < len(texts) else ""):
                            found.setdefault((key.rsplit("#", 1)[0], key.rsplit("#", 1)[1]), set()).add(
                                row[first + place]
                            )
        return found

    def rows(self, mart: str, keys: list[str]) -> dict[str, Row]:
        """The mart's rows of those keys."""
        with duckdb.connect(str((self.path / "published" / "current.duckdb").resolve()), read_only=True) as con:
            answer = con.execute(
                f"select {KEYS[mart]} as row_key, * from marts.{mart} where row_key in (select unnest(?))",
                [[key.split("/", 1)[1] for key in keys if key.startswith(f"{mart}/")]],
            )
            names = [column[0] for column in answer.description or ()]
            return {f"{mart}/{row[0]}": dict(zip(names, row, strict=True)) for row in answer.fetchall()}

    def row(self, key: str) -> Row:
        """The mart row of a key."""
        return self.rows(key.split("/", maxsplit=1)[0], [key])[key]

    def loads(self, lineage_ids: set[str]) -> dict[str, set[str]]:
        """The loads behind each lineage."""
        with duckdb.connect(str((self.path / "published" / "current.duckdb").resolve()), read_only=True) as con:
            rows = con.execute(
                "select lineage_id, load_id from meta.figure_loads where lineage_id in (select unnest(?))",
                [sorted(lineage_ids)],
            ).fetchall()
        found: dict[str, set[str]] = {}
        for lineage_id, load_id in rows:
            found.setdefault(lineage_id, set()).add(load_id)
        return found

    def all_loads(self) -> dict[str, str]:
        """The source of every load that the publication rests on."""
        with duckdb.connect(str((self.path / "published" / "current.duckdb").resolve()), read_only=True) as con:
            return dict(con.execute("select load_id, source from meta.loads").fetchall())


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\u00ad\u2010-]", "", text)


def _text(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def _shown(page: str, element: html.HtmlElement) -> Shown:
    table = element.xpath("string(ancestor::table/@data-table)")
    sentence = element.xpath("ancestor::*[contains(concat(' ', @class, ' '), ' sentence ')]")
    beside = tuple(_text(cell) for cell in element.xpath("ancestor-or-self::td/../*[self::td]")) if table else ()
    beside = (_text(sentence[0]),) if sentence else beside
    marks = tuple(mark.text_content() for mark in element.xpath(".//sup"))
    text = re.sub(r"\s+", " ", "".join(element.xpath(".//text()[not(ancestor::sup)]"))).strip()
    place = "sentence" if sentence else table or "summary"
    return Shown(
        page,
        place,
        element.get("data-key"),
        element.get("data-measure"),
        text,
        marks,
        element.get("data-lineage"),
        beside,
    )


@dataclass(frozen=True)
class Refreshed:
    """The home before and after, what was redelivered, and what the figures must be after."""

    before: Home
    after: Home
    delivered: dict[str, Delivered]
    expected: dict[str, dict[Figure, float]]

    @cached_property
    def gone(self) -> list[Shown]:
        """Figures that only the first reports show."""
        return list((Counter(self.before.shown) - Counter(self.after.shown)).elements())

    @cached_property
    def come(self) -> list[Shown]:
        """Figures that only the second reports show."""
        return list((Counter(self.after.shown) - Counter(self.before.shown)).elements())

    def new(self, source: str) -> list[Shown]:
        """The figures of `come` that rest on the source's changed row."""
        return [shown for shown in self.come if shown.figures & set(self.expected[source])]


@pytest.fixture(scope="module")
def refreshed(demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    made, home = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("changed")
    write_deliveries(made)
    demonstration.copy(home)  # with the keys: the same pseudonyms, an employment keeps its person
    snapshot = Snapshot()
    before, after = Home(demonstration.home), Home(home)
    expected_of_kolada = kolada_expected(snapshot)
    snapshot.con.execute(
        "update v set value = ?, changed = current_date where kpi = ? and municipality = ? and period = ? and gender = 'T'",
        [KOLADA_VALUE, *KOLADA],
    )
    expected_of_kolada.update(kolada_expected(snapshot))
    with serving(snapshot) as url:
        settings = Settings("demo", home, url)
        delivered = {source: redeliver(source, change, made, settings.inbox) for source, change in CHANGES.items()}
        ended = (
            build_defs(settings)
            .resolve_job_def("refresh")
            .execute_in_process(
                instance=dg.DagsterInstance.ephemeral(),
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        )
    assert ended.success, [
        event.event_specific_data for event in ended.filter_events(lambda event: event.is_step_failure)
    ]
    rejected = [path.read_text(encoding="utf-8") for path in (home / "rejected").glob("*/rejection.json")]
    assert not rejected, rejected
    expected = {source: EXPECTED[source](delivered[source], before, made) for source in CHANGES}
    return Refreshed(before, after, delivered, {**expected, "kolada": expected_of_kolada})


# What the figures must become


def kolada_expected(snapshot: Snapshot) -> dict[Figure, float]:
    """Own value, its change, and the unweighted means that it is a part of, straight from the values."""
    indicator, municipality, year = KOLADA
    rows = snapshot.con.execute(
        "select municipality, value from v where kpi = ? and period = ? and gender = 'T' and value is not null and not isdeleted",
        [indicator, year],
    ).fetchall()
    [(earlier,)] = snapshot.con.execute(
        "select value from v where kpi = ? and municipality = ? and period = ? and gender = 'T'",
        [indicator, municipality, year - 1],
    ).fetchall()
    values = dict(rows)
    units = {unit["id"] for unit in snapshot.catalogues["municipality"] if unit["type"] == "K"}
    groups = {
        group["id"]: {member["member_id"] for member in group["members"]}
        for group in snapshot.catalogues["municipality_groups"]
    }

    def mean(members: set[str]) -> float:
        present = [values[member] for member in members if member in values]
        return sum(present) / len(present)

    own, other = (f"quality/{indicator}/{of}/T/{year}-01-01--{year}-12-31/period" for of in ("1489", "1283"))
    return {
        (own, "value"): values[municipality],
        (own, "change"): values[municipality] - earlier,
        (own, "region_mean"): mean(groups["G96190"]),
        (own, "national_mean"): mean(units),
        (other, "national_mean"): mean(units),
    }


def hr_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """One person less among the permanent, one more among the temporary; with the rate and the age that she has."""
    rate = decimal(of.after["sysselsattningsgrad"]) / 100
    found: dict[Figure, float] = {}
    for form, one in (("permanent", -1), ("temporary", 1)):
        for indicator, part in (("employees_headcount", 1.0), ("employees_fte", rate)):
            key = f"staffing/{indicator}/1489/T/{DECEMBER}/employment_form={form}"
            found |= moved(key, before, one * part)
    for indicator, own in (("mean_age", 67.0), ("employment_rate_contract", rate * 100)):
        key = f"staffing/{indicator}/1489/T/{DECEMBER}/employment_form=permanent"
        was = before.row(key)
        found |= moved(key, before, (was["value"] * was["n"] - own) / (was["n"] - 1) - was["value"])
    return found


def moved(key: str, before: Home, by: float) -> dict[Figure, float]:
    """Value and change of a row that moves by so much."""
    was = before.row(key)
    found = {(key, "value"): was["value"] + by}
    return found if was["change"] is None else {**found, (key, "change"): was["change"] + by}


def ledger_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """The amount, a cost, stands on the line of the rents, and no longer on the other costs."""
    amount = decimal(of.after["belopp"])
    found: dict[Figure, float] = {}
    for line, by in (("other_costs", amount), ("premises_rent", -amount)):
        key = f"operating_statement/1489/2024/{line}"
        was = before.row(key)
        found |= {(key, measure): was[measure] + by for measure in ("actual", "deviation", "change")}
    return found


def care_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """The days of one decision, in every period that its day lies in, over the decisions of the period. The year itself
    is withheld: it would tell the wait of the one whose decision fell in December.
    """
    days = (as_days(of.before["ansokningsdatum"]) - as_days(of.after["ansokningsdatum"])) * 1.0
    found: dict[Figure, float] = {}
    for period in (
        "2023-09-01--2024-08-31/rolling_12",
        "2023-11-01--2024-10-31/rolling_12",
        "2024-07-01--2024-11-30/period",
    ):
        key = f"quality/ic_investigation_days/1489/T/{period}/law=LSS"
        found |= moved(key, before, days / before.row(key)["denominator"])
    assert before.row(f"quality/ic_investigation_days/1489/T/{YEAR}/law=LSS")["is_suppressed"]
    return found


def as_days(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def survey_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """The sum of one answer's twelve statements, over the answers; and the region's mean, in which the own value is one
    of the members.
    """
    items = [f"pastaende_{number}" for number in range(1, 13)]
    by = sum(decimal(of.after[item]) - decimal(of.before[item]) for item in items)
    found: dict[Figure, float] = {}
    for gender in ("T", of.after["kon"]):
        key = f"quality/percci_s_score/1489/{gender}/{YEAR}"
        was = before.row(key)
        found |= moved(key, before, by / was["n"])
    total = f"quality/percci_s_score/1489/T/{YEAR}"
    was = before.row(total)
    found[total, "region_mean"] = was["region_mean"] + (found[total, "value"] - was["value"]) / was["region_count"]
    return found


def work_environment_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """An incident less and an injury more, of the whole and of the department."""
    found: dict[Figure, float] = {}
    for indicator, by in (("incidents_count", -1), ("work_injuries_count", 1)):
        for split in ("", f"/{of.after['avdelning']}"):
            found |= moved(f"staffing/{indicator}/1489/T/{YEAR}{split}", before, by)
    return found


def training_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    return moved(f"staffing/aldreomsorgslyftet_trained_persons/1489/T/{YEAR}/education=underskoterska", before, -1)


def region_report_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """The member's own value; the region's mean is delivered beside the members', and stays."""
    return {(f"staffing/kpv_rehab_specialist_share/1384/T/{YEAR}", "value"): decimal(of.after["varde"])}


def kpb_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """Users, cost per user and what they mean beside the average municipality (DEFINITIONS §3): volume at its cost,
    price at own users.
    """
    row = of.after
    users, usual, cost, mean = (
        decimal(row[name]) for name in ("brukare", "brukare_vid_snitt", "kostnad", "snittkostnad")
    )
    above, apart = users - usual, cost / users - mean
    values = {
        "volumes/kpb_pa_users_above_mean": above,
        "costs/kpb_pa_volume_effect": above * mean,
        "costs/kpb_pa_unit_cost_above_mean": apart,
        "costs/kpb_pa_price_effect": apart * users,
    }
    return {(f"{name}/1489/T/2023-01-01--2023-12-31/period", "value"): value for name, value in values.items()}


def support_need_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """The mean points of a service, over its measured persons."""
    key = f"volumes/support_need_level/1489/T/{YEAR}/service={of.after['insats']}"
    return moved(key, before, of.number("poang") / before.row(key)["n"])


def homecare_index_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    return moved(f"quality/homecare_index/1283/T/{YEAR}", before, of.number("varde"))


def goals_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    return {("goal_follow_up/1489/2024/mal2/U23516", "target"): decimal(of.after["malvarde"])}


def internal_control_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    share = decimal(of.after["uppfyllda"]) / decimal(of.after["urval"]) * 100
    return {("internal_control/1489/2024/4/2", "fulfilled_share"): share}


def providers_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    return {("provider_follow_up/1489/2024/P6", "min_months"): decimal(of.after["minsta_langd_manader"])}


def grants_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """The grant, the sum of its type, and the sum of all."""
    found: dict[Figure, float] = {}
    for rows in ("grant=god_och_nara_vard", of.after["bidragstyp"], "total"):
        key = f"government_grants/1489/2024/{rows}"
        was = before.row(key)
        found |= {
            (key, measure): was[measure] + of.number("intaktsfort")
            for measure in ("recognised", "change")
            if was[measure] is not None
        }
    return found


def investments_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """An outlay's category, group and sum, and the net; what is spent more is left less of the budget."""
    by = of.number("belopp")
    found: dict[Figure, float] = {}
    for line in ("expenditure", "expenditure:10", "expenditure:group:Reinvestering", "net"):
        key = f"investments/1489/2024/{line}"
        was = before.row(key)
        found |= {
            (key, measure): was[measure] + sign * by
            for measure, sign in (("actual", 1), ("deviation", -1), ("change", 1))
        }
    return found


def forecasts_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """The forecast of the month that the occasion now names: all lines of all departments, in the ledger's own delivery
    of it.
    """
    month = of.after["prognosmanad"]
    forecast = -sum(decimal(row["belopp"]) for row in read(made / OWN / "ledger" / f"prognos_{month}.csv"))
    key = f"forecast_accuracy/1489/2024/{of.after['avstamningstillfalle']}"
    return {(key, "forecast"): forecast, (key, "deviation"): before.row(key)["outcome"] - forecast}


def population_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    """Persons with LSS over all inhabitants: in per cent, and for each 10,000."""
    inhabitants = sum(decimal(row["folkmangd"]) for row in of.rows)
    per = {"lss_population_share_own": 100, "lss_service_persons_per_10000": 10_000, "lss_persons_per_10000": 10_000}
    keys = {
        shown.key
        for shown in before.shown
        if shown.key.split("/")[1] in per and shown.key.split("/")[2] == "1489" and "/2024-" in shown.key
    }
    return {(key, "value"): before.row(key)["numerator"] / inhabitants * per[key.split("/")[1]] for key in keys}


def local_counts_expected(of: Delivered, before: Home, made: Path) -> dict[Figure, float]:
    return {(f"volumes/combine_modules_introduced/1489/T/{YEAR}", "value"): decimal(of.after["antal"])}


EXPECTED = {
    name.removesuffix("_expected"): made for name, made in list(globals().items()) if name.endswith("_expected")
}


# Tests


class Documents:
    """The PDFs and workbooks of both homes, each read once."""

    def __init__(self) -> None:
        self._pdfs: dict[tuple[Path, str], str] = {}
        self._books: dict[tuple[Path, str], dict[Figure, set[float | str | None]]] = {}

    def pdf(self, home: Home, name: str) -> str:
        """The text of a PDF."""
        if (home.path, name) not in self._pdfs:
            self._pdfs[home.path, name] = home.pdf(name)
        return self._pdfs[home.path, name]

    def workbook(self, home: Home, name: str) -> dict[Figure, set[float | str | None]]:
        """The values of a workbook, by key."""
        if (home.path, name) not in self._books:
            self._books[home.path, name] = home.workbook(name)
        return self._books[home.path, name]


@pytest.fixture(scope="module")
def documents() -> Documents:
    return Documents()


def is_shown(text: str, value: float) -> bool:
    """Whether a text shows the value, to its decimals, in kronor, thousands or millions of them; words may say which
    way.
    """
    if not numbers(text):
        return False
    decimals = len(found.group(1)) if (found := re.search(r"\d,(\d+)", text)) else 0
    possible = {rounded(Decimal(f"{value / scale:.12g}"), decimals) for scale in SCALES}
    return numbers(text)[0] in possible | {abs(number) for number in possible}


def test_every_source_that_the_demonstration_delivers_has_a_changed_row(refreshed: Refreshed) -> None:
    assert set(DELIVERED) == set(refreshed.before.all_loads().values())


@pytest.mark.parametrize("source", sorted(set(DELIVERED) - IN_NO_REPORT))
def test_the_figures_that_depend_on_the_row_have_their_new_value(refreshed: Refreshed, source: str) -> None:
    expected = refreshed.expected[source]
    assert refreshed.new(source), f"no figure of {source} changed"
    gone = {(shown.page, shown.place, shown.text) for shown in refreshed.gone}
    for shown in refreshed.after.shown:
        if (shown.key, shown.measure) in expected:
            value = expected[shown.key, shown.measure]
            assert is_shown(shown.text, value), (
                f"{shown.page} {shown.place}: {shown.text} for {shown.key} {shown.measure} = {value}"
            )
    assert gone, source


def test_the_row_of_a_source_that_no_report_tells_of_changes_its_mart(refreshed: Refreshed) -> None:
    for source in IN_NO_REPORT:
        for (key, measure), value in refreshed.expected[source].items():
            assert refreshed.after.row(key)[measure] == pytest.approx(value)
            assert refreshed.before.row(key)[measure] != pytest.approx(value)
            assert not [shown for shown in refreshed.after.shown if shown.key == key], (
                f"{source} is in a report now: take it out of IN_NO_REPORT"
            )


def test_no_other_figure_changes(refreshed: Refreshed) -> None:
    """What rests on a corrected delivery is marked as revised, whether or not the correction reached it: the mark alone
    may be new.
    """
    depending = {key for expected in refreshed.expected.values() for key, _ in expected}
    gone, come = ({replace(shown, marks=()): shown for shown in some} for some in (refreshed.gone, refreshed.come))
    changed = [
        *(shown for one, shown in gone.items() if one not in come),
        *(shown for one, shown in come.items() if one not in gone),
    ]
    others = [shown for shown in changed if not {key for key, _ in shown.figures} & depending]
    assert not others, others
    direct = {figure for expected in refreshed.expected.values() for figure in expected}
    measures = {
        (key, measure)
        for shown in changed
        if shown in refreshed.come
        for key, measure in shown.figures
        if measure in ("value", "change", "actual", "deviation")
    }
    assert measures <= direct, sorted(measures - direct)


def test_what_sentences_derive_from_several_rows_follows_them(refreshed: Refreshed) -> None:
    """Ranks, counts and gaps after the change, against the rows of the second publication."""
    home = refreshed.after.path
    said = all_sentences(home / "reports")
    assert not faults(said, cited_rows(home / "published" / "current.duckdb", said))
    derived = [shown for shown in refreshed.come if shown.measure in DERIVED]
    assert "group_total" in {shown.measure for shown in derived}  # the member above zero


def test_nothing_else_on_the_pages_changes(refreshed: Refreshed) -> None:
    """Texts without figures and drawings, only beside a depending figure: a line is drawn with the value that is not
    rounded.
    """
    depending = {figure for expected in refreshed.expected.values() for figure in expected}
    changed = {(shown.page, shown.place) for shown in refreshed.after.shown if shown.figures & depending}
    before, after = refreshed.before.other_texts, refreshed.after.other_texts
    others = [
        where
        for where in (before - after) + (after - before)
        if where[:2] not in changed and "märkta r" not in where[2]
    ]
    assert not others, [(page, place, text[:200]) for page, place, text in others]
    assert refreshed.before.pages.keys() == refreshed.after.pages.keys()


@pytest.mark.parametrize("source", sorted(set(DELIVERED) - IN_NO_REPORT))
def test_a_changed_figure_rests_on_the_load_that_was_replaced(refreshed: Refreshed, source: str) -> None:
    replaced = refreshed.after.all_loads().keys() - refreshed.before.all_loads().keys()
    assert replaced
    mine = {load for load in replaced if refreshed.after.all_loads()[load] == source}
    assert len(mine) == 1, f"{source}: {len(mine)} new loads"
    # a mean of others is cited with the own figure's loads
    own = [
        shown
        for shown in refreshed.new(source)
        if not shown.measure.endswith("_mean") and " " not in shown.key.split("/")[-1]
    ]
    behind = refreshed.after.loads({shown.lineage for shown in own})
    for shown in own:
        if any((key, measure) in refreshed.expected[source] for key, measure in shown.figures):
            assert mine & behind[shown.lineage], f"{shown.key}: {shown.lineage}"


@pytest.mark.parametrize("source", sorted(set(DELIVERED) - IN_NO_REPORT))
def test_every_format_shows_the_new_figure_and_showed_the_old_one(
    refreshed: Refreshed, source: str, documents: Documents
) -> None:
    seen = 0
    for home, changed in ((refreshed.before, refreshed.gone), (refreshed.after, refreshed.come)):
        other = refreshed.after if home is refreshed.before else refreshed.before
        for shown in changed:
            if not shown.figures & set(refreshed.expected[source]):
                continue
            seen += 1
            if shown.place == "sentence":  # a workbook holds tables
                assert squeezed(shown.beside[0]) in documents.pdf(home, shown.page), shown
                assert squeezed(shown.beside[0]) not in documents.pdf(other, shown.page), shown
            elif shown.place != "summary":
                mine, theirs = (documents.workbook(of, shown.page)[shown.key, shown.measure] for of in (home, other))
                texts = {value for value in mine if isinstance(value, str)}
                assert shown.text in texts or any(
                    is_shown(shown.text, value) for value in mine if isinstance(value, float | int)
                ), shown
                assert mine != theirs, shown
                assert squeezed("".join(shown.beside)) in documents.pdf(home, shown.page), shown
    assert seen
