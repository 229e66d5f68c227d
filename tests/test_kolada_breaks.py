"""Breaks that Kolada's descriptions tell of: found in its own words, and told until somebody has configured them."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import duckdb
import pytest

from ingestion.kolada.breaks import told_breaks, unconfigured
from orchestration import concerns
from orchestration.resources import Workspace
from orchestration.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT / "dbt_project" / "seeds" / "kolada_indicators.csv"
CATALOGUE = ROOT / "demo" / "kolada" / "snapshot" / "kpi.json.gz"


@pytest.mark.parametrize(
    ("description", "years"),
    [
        ("Uppgiften avser fram till 2020 ett snitt av årets månader, från 2021 en kommunindividuell median.", [2021]),
        (
            "Fr.o.m. 2007 hämtas antalet från Socialstyrelsens individstatistik. T.o.m. 2006 från mängdstatistik.",
            [2007],
        ),
        ("Från och med 2019 beräknas nettokostnadsavvikelse på ett nytt sätt.", [2019]),
        ("Fram till och med 2022 beräknades medelvärdet enbart på andelarna som svarat Ja, alltid.", [2023]),
        ("2023 gjordes en förändring i de ingående nyckeltalen.", [2023]),
        (
            "Fram t.o.m. år 2003 förekommer även personer 65 år och äldre. Från 2024 gäller endast särskilt boende.",
            [2004, 2024],
        ),
        ("Data fr.o.m. 2012. Källa: Socialstyrelsen.", []),
        ("Från och med 1 juli 2023 är undersköterska en skyddad yrkestitel, till och med den 30 juni 2033.", []),
        ("Från 2016 års enkät. Antal personer 65+ den 31/12 2020 enligt SOSFS 2014:2.", []),
        ("Bruttokostnad minus interna intäkter, dividerat med antal invånare 65+ den 31/12.", []),
    ],
)
def test_a_description_tells_from_which_year_it_is_counted_in_another_way(description: str, years: list[int]) -> None:
    assert told_breaks(description) == years


def test_the_newest_told_break_must_be_configured() -> None:
    told = "T.o.m. 2006 från mängdstatistik. Från 2021 en median."
    assert unconfigured([("N1", told, (2007, 2021)), ("N2", told, (None, 2021)), ("N3", None, (None, None))]) == {}
    assert unconfigured([("N1", told, (2007, None)), ("N2", told, (None, None))]) == {"N1": 2021, "N2": 2021}


def test_what_nobody_configured_stands_until_it_is(tmp_path: Path) -> None:
    workspace = Workspace(Settings("live", tmp_path, "https://api.kolada.se/v3"))
    assert list(concerns._told_breaks(workspace)) == []
    workspace.settings.published.mkdir(parents=True)
    with duckdb.connect(str(workspace.settings.published / "current.duckdb")) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.dim_indicator as select 'N1' as indicator_id, 'kolada' as source, 'Från 2021 en median.' as"
            " kolada_description, cast(null as integer) as series_break_year, cast(null as integer) as series_break_year_2"
        )
    [concern] = concerns._told_breaks(workspace)
    assert (
        (concern.key, concern.kind) == ("break/N1", "break")
        and "from 2021" in concern.what
        and "series_break_year" in concern.advice
    )
    with duckdb.connect(str(workspace.settings.published / "current.duckdb")) as con:
        con.execute("update marts.dim_indicator set series_break_year_2 = 2021")
    assert list(concerns._told_breaks(workspace)) == []


def test_every_break_that_the_bundled_catalogue_tells_of_is_configured() -> None:
    descriptions = {kpi["id"]: kpi.get("description") for kpi in catalogue()}
    with SEED.open(encoding="utf-8", newline="") as file:
        followed = list(csv.DictReader(file))
    assert (
        unconfigured((row["indicator_id"], descriptions[row["indicator_id"]], breaks_of(row)) for row in followed) == {}
    )
    told = {row["indicator_id"] for row in followed if told_breaks(descriptions[row["indicator_id"]] or "")}
    assert {"N23801", "N21704", "N21006", "N23890", "N20900", "U20404"} <= told and len(told) < 20, (
        "a search that fires on everything"
    )


def breaks_of(row: dict[str, str]) -> tuple[int | None, ...]:
    return tuple(int(row[name]) if row[name] else None for name in ("series_break_year", "series_break_year_2"))


def catalogue() -> list[dict[str, str]]:
    with gzip.open(CATALOGUE, "rt", encoding="utf-8") as file:
        return list(json.load(file))
