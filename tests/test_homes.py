"""A home may be called anything: what its folders are called is no pattern, no column and no statement."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from test_compaction import add

from expectations.gate import Gate
from ingestion.contracts import table
from ingestion.contracts.kolada import DATA
from ingestion.kolada.values import objects
from ingestion.lake import Lake, Rejected
from ingestion.lake.compaction import compact
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.sql import read_parquet
from orchestration.settings import Settings, SettingsError
from testkit.small_extracts import alingsas, make, write_csv

PROJECT = Path(__file__).resolve().parents[1]
CODE = ("ingestion", "expectations", "publication", "reports", "orchestration", "demo", "benchmarks", "trials")
NAMES = [
    "env=prod",
    "gender=K",
    "period=2020-01",
    "a*b",
    "[nya]",
    "Vård & omsorg 100% 'x' \"y\"",
    "va\u030ard",
    "{a,b}",
    "#1; drop",
]


def test_parquet_is_read_in_one_way() -> None:
    """DuckDB's own reading makes columns of folders and patterns of names; whoever forgets it is found here."""
    for path in (path for folder in CODE for path in (PROJECT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for call in re.finditer(r"read_(?:parquet|json|csv)\((?=[\[{?'\"])|from '\{", text):
            statement = text[call.start() : call.start() + 400]
            of_its_own = (
                path.name == "build_snapshot.py" or "({files}" in statement
            )  # a delivered list; what the benchmarks compare with
            assert of_its_own or "hive_partitioning = false" in statement, (
                f"{path.relative_to(PROJECT)}: {statement[:80]}"
            )


@pytest.mark.parametrize("name", NAMES)
def test_deliveries_are_taken_in_whatever_the_home_is_called(tmp_path: Path, name: str) -> None:
    home, of = tmp_path / name / "hem", table("hr", "employments")
    decoy = tmp_path / name.replace("*", "-") / "hem"
    for root in (decoy, home):  # what a pattern would find beside it
        lake = Lake(root / "lake")
        for period in ("2024-02", "2024-03"):
            write_csv(
                root / "inbox" / "1489-alingsas" / "hr" / f"{period}.csv",
                of,
                make(of, period)[: 30 if root == home else 29],
            )
            with lake.writer():
                [outcome] = Gate(
                    lake, Rejected(root / "rejected"), {"1489": alingsas()}, Pseudonymiser(b"k" * 32), lambda _: None
                ).take_in("hr", root / "inbox")
            assert outcome.state in ("accepted", "unchanged"), outcome.findings
    with lake.writer():
        for number in range(3):
            add(lake, number)
        assert compact(lake, DATA, most_files=2)
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        lake.attach(con)
        assert con.execute("select count(*) from lake.hr_employments").fetchall() == [(60,)]
        assert con.execute("select count(*) from lake.kolada_data").fetchall() == [(60,)]
        assert [name for name, *_ in con.execute("describe lake.hr_employments").fetchall()] == [
            name for name, _ in of.lake_columns()
        ]


@pytest.mark.parametrize("name", NAMES)
def test_files_and_objects_are_read_whatever_their_folder_is_called(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "a.json").write_text('{"id": "N1"}')
    duckdb.sql("select 1 as id").write_parquet(str(tmp_path / "a.parquet"))
    (tmp_path / "a.parquet").rename(folder / "a.parquet")
    assert duckdb.sql(f"select * from {read_parquet(folder / 'a.parquet')}").columns == ["id"]
    assert duckdb.sql(f"select * from {objects(folder / 'a.json', {'id': 'varchar'})}").fetchall() == [("N1",)]


@pytest.mark.parametrize("name", ["vad?", "rad\nbrytning"])
def test_a_home_that_duckdb_cannot_write_in_is_rejected_by_its_settings_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"GENOMLYSNING_HOME is .*question mark"):
        Settings.from_environment({"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(tmp_path / name / "hem")})
    Settings.from_environment({"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(tmp_path / "a*b [c]" / "hem")})
