"""A new municipality by a command: its folder from Kolada's catalogue, and what Kolada alone gives its reports."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import ROOT

from ingestion.bundled import MUNICIPALITIES
from ingestion.configuration.municipality import Municipality, load_municipality
from ingestion.configuration.placement import is_similar_group
from ingestion.configuration.vocabulary import vocabulary
from ingestion.contracts import DELIVERED_SOURCES, OWNERS, called, tables
from ingestion.kolada.catalogue import REGION_GROUPS
from reports.compose import cells_of, compose
from reports.document import Absent, DiagramRow, Document, Table
from reports.missing import would_give
from testkit.command import invoke

SNAPSHOT = ROOT / "demo" / "kolada" / "snapshot"
INTERMEDIATE = ROOT / "dbt_project" / "models" / "intermediate"


def catalogue(name: str) -> list[dict]:
    return json.loads(gzip.decompress((SNAPSHOT / f"{name}.json.gz").read_bytes()))


NAMES = {one["id"]: one["title"] for one in catalogue("municipality") if one["type"] == "K"}
IN_A_REGION = {
    member["member_id"]
    for group in catalogue("municipality_groups")
    if group["id"] in REGION_GROUPS
    for member in group["members"]
}
_DRAW = random.Random(20261201)
WITHOUT_REGION = _DRAW.sample(sorted(NAMES.keys() - IN_A_REGION), 2)
FIVE = [*WITHOUT_REGION, *_DRAW.sample(sorted(IN_A_REGION - {"1283", "1489"}), 3)]
LACKING = {("LSS", "Gnosjö")}
"""Kinds of similar groups that the catalogue of the stand-in does not have, and of whom."""


@dataclass(frozen=True)
class Homes:
    """home: of state. municipalities: the folder outside the code."""

    home: Path
    municipalities: Path

    @property
    def variables(self) -> dict[str, str]:
        return {
            "GENOMLYSNING_ENV": "demo",
            "GENOMLYSNING_HOME": str(self.home),
            "GENOMLYSNING_MUNICIPALITIES": str(self.municipalities),
        }


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    made = Homes(tmp_path / "home", tmp_path / "municipalities")
    made.municipalities.mkdir()
    for name, value in made.variables.items():
        monkeypatch.setenv(name, value)
    return made


def folder_of(homes: Homes, municipality_id: str) -> Path:
    (found,) = homes.municipalities.glob(f"{municipality_id}-*")
    return found


# The folder


@pytest.mark.parametrize("municipality_id", FIVE)
def test_the_folder_is_complete_and_without_a_mistake(homes: Homes, municipality_id: str) -> None:
    ended = invoke("new", municipality_id)
    assert ended.exit_code == 0, ended.stderr
    folder = folder_of(homes, municipality_id)
    made = load_municipality(folder)
    assert (made.id, made.name) == (municipality_id, NAMES[municipality_id])
    assert made.comparison_groups.similar.keys() == vocabulary().similar_kinds
    assert (made.comparison_groups.region is None) == (municipality_id in WITHOUT_REGION)
    kinds = [choice.kind for choice in made.reports]
    assert kinds == ["genomlysning", "arsbokslut", "delarsbokslut", "delarsbokslut", "manadsuppfoljning"]
    assert made.report_year == 2024, "of which the stand-in has values enough; of 2025 it has two indicators"
    assert invoke("check-configuration").exit_code == 0
    assert NAMES[municipality_id] in (folder / "att-gora.md").read_text(encoding="utf-8")


def test_the_groups_are_the_ones_that_a_person_found_by_hand(homes: Homes) -> None:
    for folder in MUNICIPALITIES.glob("*/"):
        by_hand = load_municipality(folder)
        assert invoke("new", by_hand.id).exit_code == 0
        made = load_municipality(folder_of(homes, by_hand.id))
        assert made.comparison_groups.region == by_hand.comparison_groups.region
        assert dict(made.comparison_groups.similar) == dict(by_hand.comparison_groups.similar)
        assert (made.folder.name, made.report_year) == (by_hand.folder.name, by_hand.report_year)


def test_every_line_has_its_comment(homes: Homes) -> None:
    invoke("new", WITHOUT_REGION[0])
    lines = (folder_of(homes, WITHOUT_REGION[0]) / "municipality.yaml").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if re.match(r"( *- |[a-z_]+:)", line):  # an entry of a list, or a key
            assert before.lstrip().startswith("#") or before.rstrip().endswith(":"), f"{line} has no comment"
    told = " ".join(line.lstrip("# ") for line in lines if line.startswith("# "))
    for name, field in Municipality.model_fields.items():
        assert name == "folder" or (field.description and field.description in told), name


def test_what_is_commented_out_is_right_once_it_is_filled_in(homes: Homes) -> None:
    invoke("new", WITHOUT_REGION[0])
    path = folder_of(homes, WITHOUT_REGION[0]) / "municipality.yaml"
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^( *)# (?=- \{id: \w+, label|region: \{)", r"\1", text, flags=re.MULTILINE)
    text = text.replace("# organisation_number: 212000-NNNN", "organisation_number: 212000-1553")
    numbers = iter(range(351000, 352000))
    path.write_text(re.sub("NNNNNN", lambda _: str(next(numbers)), text), encoding="utf-8")
    made = load_municipality(path.parent)
    assert made.comparison_groups.region is not None and len(made.staff_groups) == 9


def test_a_folder_is_never_written_over(homes: Homes) -> None:
    invoke("new", FIVE[0])
    path = folder_of(homes, FIVE[0]) / "municipality.yaml"
    path.write_text("mine", encoding="utf-8")
    ended = invoke("new", FIVE[0])
    assert ended.exit_code == 1 and "is there already" in ended.stderr and path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("written", "said"), [("Lerum", "Did you mean 1441 (Lerum)?"), ("9999", "expected four digits"), ("0001", "290")]
)
def test_an_unknown_id_is_said_with_the_right_one(homes: Homes, written: str, said: str) -> None:
    ended = invoke("new", written)
    assert ended.exit_code == 1 and f"'{written}'" in ended.stderr and said in ended.stderr
    assert not list(homes.municipalities.iterdir()), "nothing is written of what is not there"


def test_it_is_written_outside_the_code(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENOMLYSNING_MUNICIPALITIES")
    ended = invoke("new", "1441")
    assert ended.exit_code == 1 and "set GENOMLYSNING_MUNICIPALITIES" in ended.stderr
    assert not list(MUNICIPALITIES.glob("1441-*"))


def test_no_municipality_is_given_two_groups_of_a_kind_or_anothers() -> None:
    titles = [group["title"] for group in catalogue("municipality_groups")]
    lacking = set()
    for kind in vocabulary().similar_kinds:
        of_kind = [title for title in titles if f" {kind}" in title]
        for name in NAMES.values():
            own = [title for title in of_kind if is_similar_group(title, name, kind)]
            assert len(own) <= 1, f"{kind}, {name}"
            lacking |= {(kind, name)} - {(kind, name) for _ in own}
    assert lacking == LACKING, "Kolada's catalogue has no such group of these, and one of every other municipality"


def test_a_kind_that_kolada_lacks_is_left_out(homes: Homes) -> None:
    (lacking,) = [code for code, name in NAMES.items() if ("LSS", name) in LACKING]
    assert invoke("new", lacking).exit_code == 0
    assert load_municipality(folder_of(homes, lacking)).comparison_groups.similar.keys() == {
        "äldreomsorg",
        "övergripande",
    }


# What is missing


def test_what_a_source_gives_is_counted_in_the_outlines(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {one.source: one for one in would_give()}
    assert given.keys() == set(DELIVERED_SOURCES)
    assert len({called(source) for source in DELIVERED_SOURCES} - set(DELIVERED_SOURCES)) == len(DELIVERED_SOURCES)
    assert {table.owner for source in DELIVERED_SOURCES for table in tables(source)} == OWNERS.keys()
    assert [one.places for one in would_give()] == sorted((one.places for one in given.values()), reverse=True)
    assert given["hr"].places > given["providers"].places == 1
    assert "Ekonomi" in given["ledger"].sections["arsbokslut"]
    sections = [{"id": "a", "heading": "A", "blocks": [{"block": "providers", "table_id": "t", "title": "T"}] * 3}]
    monkeypatch.setattr("reports.missing.platform_sections", lambda kind: sections if kind == "arsbokslut" else [])
    (first, *rest) = would_give()
    assert (first.source, first.places, first.sections) == ("providers", 3, {"arsbokslut": ("A",)})
    assert not any(one.places for one in rest)


def test_an_own_indicator_is_of_the_source_whose_models_compute_it() -> None:
    for name, row in vocabulary().own.items():
        computed = {
            source
            for source in DELIVERED_SOURCES
            for path in (INTERMEDIATE / source).glob("*.sql")
            if re.search(rf"\b{name}\b", path.read_text(encoding="utf-8"))
        }
        listed = {t.source for s in DELIVERED_SOURCES for t in tables(s) if any(name in c.allowed for c in t.columns)}
        told = computed | listed - ({"region_report"} if computed | listed != {"region_report"} else set())
        assert row["delivered_source"] in (told or DELIVERED_SOURCES), name


# The reports


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """The five, as `new` writes them, and everything that Kolada alone gives."""
    folder = tmp_path_factory.mktemp("five")
    made = Homes(folder / "home", folder / "municipalities")
    made.municipalities.mkdir()
    environment = {**os.environ, **made.variables, "DAGSTER_HOME": str(made.home / "dagster"), "PYTHONPATH": str(ROOT)}
    for words in (*(("new", one) for one in FIVE), ("refresh",)):
        ended = subprocess.run(
            [sys.executable, "-m", "genomlysning", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return made


def documents(homes: Homes, municipality_id: str) -> list[Document]:
    municipality = load_municipality(folder_of(homes, municipality_id))
    current = homes.home / "published" / "current.duckdb"
    return [compose(current, municipality, choice) for choice in municipality.reports]


@pytest.mark.slow
@pytest.mark.parametrize("municipality_id", FIVE)
def test_kolada_alone_gives_a_genomlysning_and_services_beside_others(refreshed: Homes, municipality_id: str) -> None:
    genomlysning, arsbokslut, *within_the_year = documents(refreshed, municipality_id)
    assert {"aldreomsorg", "lss", "effektivitetsindex"} <= {part.anchor for part in genomlysning.parts}
    assert {"resultat-aldreomsorg", "resultat-lss"} <= {part.anchor for part in arsbokslut.parts}
    assert not any(made.parts for made in within_the_year), "they rest on deliveries alone"
    written = sorted(path.name for path in (refreshed.home / "reports").glob(f"{municipality_id}-*/*.html"))
    assert written == ["arsbokslut-2024.html", "genomlysning-2024.html"], "a cover without a page is no report"


@pytest.mark.slow
@pytest.mark.parametrize("municipality_id", FIVE)
def test_nothing_in_them_is_empty(refreshed: Homes, municipality_id: str) -> None:
    for made in documents(refreshed, municipality_id)[:2]:
        for place, part in enumerate(made.parts):
            below = made.parts[place + 1] if place + 1 < len(made.parts) else None
            assert part.blocks or (below and below.level > part.level), f"{part.heading} has nothing below it"
            for block in part.blocks:
                if isinstance(block, Table):
                    assert any(cell.value is not None for cell in block.cells), f"{block.title} has no figure"
                elif isinstance(block, DiagramRow):
                    assert all(any(c.value is not None for c in d.table.cells) for d in block.diagrams)
                elif isinstance(block, Absent):
                    assert "Kolada har inget värde" in block.reason, "what nobody delivers is no gap"
        assert len(made.highlights) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("municipality_id", FIVE)
def test_every_value_in_them_is_koladas(refreshed: Homes, municipality_id: str) -> None:
    with duckdb.connect() as con:
        sql = f"select kpi, period, gender, value from '{SNAPSHOT / 'values.parquet'}' where municipality = ?"
        in_kolada = {(row[0], row[1], row[2]): row[3] for row in con.execute(sql, [municipality_id]).fetchall()}
    compared = 0
    for made in documents(refreshed, municipality_id)[:2]:
        for cell in cells_of(made):
            if cell.origin is None or cell.origin.measure != "value" or cell.value is None:
                continue
            row = made.rows[cell.origin.key]
            if row["municipality_id"] == municipality_id:
                assert row["value"] == in_kolada[row["indicator_id"], row["period_end"].year, row["gender"]]
                compared += 1
    assert compared > 100


@pytest.mark.slow
@pytest.mark.parametrize("municipality_id", WITHOUT_REGION)
def test_without_a_region_none_is_named(refreshed: Homes, municipality_id: str) -> None:
    for made in documents(refreshed, municipality_id)[:2]:
        said = [run for sentence in made.sentences for run in sentence.runs if isinstance(run, str)]
        said += [column for table in made.tables for column in table.columns] + list(made.method)
        assert not [text for text in said if "region" in text.lower()]
        assert not any(cell.origin and cell.origin.measure == "region_mean" for cell in cells_of(made))
        assert any(cell.origin and cell.origin.measure == "similar_mean" for cell in cells_of(made))


@pytest.mark.slow
@pytest.mark.parametrize("municipality_id", FIVE[2:])
def test_with_a_region_its_mean_stands_under_its_name(refreshed: Homes, municipality_id: str) -> None:
    region = load_municipality(folder_of(refreshed, municipality_id)).comparison_groups.region
    assert region is not None
    genomlysning = documents(refreshed, municipality_id)[0]
    table = next(table for table in genomlysning.tables if table.table_id == "ekonominyckeltal")
    assert any(column.startswith(f"{region.label} ") for column in table.columns)
    assert any(cell.origin and cell.origin.measure == "region_mean" and cell.value is not None for cell in table.cells)


@pytest.mark.slow
def test_an_outline_of_its_own_still_names_what_is_not_delivered(refreshed: Homes, tmp_path: Path) -> None:
    copied = shutil.copytree(folder_of(refreshed, FIVE[0]), tmp_path / folder_of(refreshed, FIVE[0]).name)
    (copied / "reports").mkdir()
    sections = [{"id": "mal", "heading": "Mål", "blocks": [{"block": "goals"}]}]
    outline = {"kind": "arsbokslut", "title": "x", "sections": sections}
    (copied / "reports" / "arsbokslut.yaml").write_text(yaml.safe_dump(outline), encoding="utf-8")
    municipality = load_municipality(copied)
    made = compose(refreshed.home / "published" / "current.duckdb", municipality, municipality.reports[1])
    assert [gap for gap in made.gaps if "Inga uppgifter har levererats" in gap[1]]
