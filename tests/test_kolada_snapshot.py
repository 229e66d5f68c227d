"""The bundled snapshot: real to 2022, printed where printed, and means that come out when computed from members."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import duckdb
import pytest

from demo.kolada.build_snapshot import FOLLOWED, REGION_GROUP, SIMILAR_GROUPS, SNAPSHOT, build

TRUTH = Path(__file__).parent / "data" / "kolada"


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create table v as select * from read_parquet(?)", [str(SNAPSHOT / "values.parquet")])
    return con


def members(group: str) -> list[str]:
    groups = json.loads(gzip.decompress((SNAPSHOT / "municipality_groups.json.gz").read_bytes()))
    return next([member["member_id"] for member in one["members"]] for one in groups if one["id"] == group)


def truth(name: str) -> list[dict[str, str]]:
    with (TRUTH / name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_values_to_2022_are_the_recorded_ones(con: duckdb.DuckDBPyConnection) -> None:
    """Count and sum per indicator, taken from the recording itself and kept beside the test.

    One value more is there: printed with its id, of an indicator that the recording does not have.
    """
    found = {
        kpi: (rows, total)
        for kpi, rows, total in con.execute(
            "select kpi, count(*), sum(value order by municipality, period, gender) from v where period <= 2022 group by kpi"
        ).fetchall()
    }
    expected = {row["kpi"]: (int(row["rows"]), float(row["sum"])) for row in truth("recorded_to_2022.csv")}
    assert len(expected) == 87
    assert found.pop("U28663") == (1, 74)
    assert found == {kpi: (rows, pytest.approx(total, rel=1e-12)) for kpi, (rows, total) in expected.items()}
    assert con.execute("select count(*) from v where period <= 2022 and status <> ''").fetchone() == (0,)


def test_printed_values_are_there_and_real(con: duckdb.DuckDBPyConnection) -> None:
    for row in truth("printed_own.csv"):
        found = con.execute(
            "select value, status from v where kpi = ? and municipality = ? and period = ? and gender = 'T'",
            [row["kpi"], row["municipality"], row["year"]],
        ).fetchall()
        assert found == [(float(row["value"]), "")], row


def test_printed_means_come_out_from_members(con: duckdb.DuckDBPyConnection) -> None:
    with FOLLOWED.open(encoding="utf-8") as handle:
        kind = {row["indicator_id"]: row["similar_group_kind"] for row in csv.DictReader(handle)}
    everyone = [
        unit["id"]
        for unit in json.loads(gzip.decompress((SNAPSHOT / "municipality.json.gz").read_bytes()))
        if unit["type"] == "K"
    ]
    rows = truth("printed_means.csv")
    assert len(rows) >= 40
    for row in rows:
        group = {"gr": members(REGION_GROUP), "similar": members(SIMILAR_GROUPS[kind[row["kpi"]]]), "all": everyone}[
            row["group"]
        ]
        (mean,) = con.execute(
            "select avg(value) from v where kpi = ? and period = ? and gender = 'T' and municipality in (select unnest(?))",
            [row["kpi"], row["year"], group],
        ).fetchone() or (None,)
        if row["value"] == "":
            assert mean is None, f"printed as missing: {row}"
        else:
            assert mean is not None and round(mean) == float(row["value"]), row


def test_simulated_values_replace_no_real_one(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(
        "select count(*) from (select 1 from v group by kpi, municipality, period, gender having count(*) > 1)"
    ).fetchone() == (0,)
    recorded = con.execute(
        "select municipality, period, value from v where kpi = 'N20900' and period > 2022 and status = ''"
    ).fetchall()
    assert len(recorded) == 27 and ("1283", 2023, -21.1979) in recorded and ("1462", 2024, 16.1247) in recorded
    assert con.execute(
        "select count(*) from v where kpi = 'U23401' and municipality = '1233' and period = 2024"
    ).fetchone() == (0,)
    assert con.execute("select distinct status from v where period > 2024").fetchall() == [("",)]


def test_gaps_stay_gaps(con: duckdb.DuckDBPyConnection) -> None:
    def value(kpi: str, unit: str, year: int) -> object:
        return con.execute(
            "select value from v where kpi = ? and municipality = ? and period = ? and gender = 'T'", [kpi, unit, year]
        ).fetchall()

    assert (
        value("N20891", "1489", 2023)
        == value("N20892", "1489", 2023)
        == value("U28631", "1489", 2024)
        == value("U28418", "1489", 2023)
        == [(None,)]
    )
    assert value("N20891", "1489", 2024) != [] and value("N20891", "1440", 2023) != [(None,)]
    assert con.execute(
        "select count(*) from v where kpi in ('U20900', 'U20404', 'U20008', 'U28900', 'U28408', 'U28001') and period > 2023"
    ).fetchone() == (0,)
    assert con.execute("select count(*) from v where kpi = 'U23495' and period > 2023").fetchone() == (0,)


def test_what_the_analysis_says_in_words(con: duckdb.DuckDBPyConnection) -> None:
    above = con.execute(
        "select count(*) from v where kpi = 'N28817' and period = 2024 and gender = 'T' and municipality not like '00%' "
        "and value > (select value from v where kpi = 'N28817' and period = 2024 and gender = 'T' and municipality = '1489')"
    ).fetchone()
    assert above == (18,)
    wait = dict(
        con.execute(
            "select gender, value from v where kpi = 'U23401' and period = 2024 and municipality = '1489'"
        ).fetchall()
    )
    assert (wait["T"], wait["M"] - wait["K"]) == (57, -3)


def test_the_snapshot_is_small() -> None:
    assert sum(path.stat().st_size for path in SNAPSHOT.iterdir()) < 5_000_000


def test_the_snapshot_is_built_again_from_what_is_kept(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    again = tmp_path / "again"
    build(None, again)
    for path in SNAPSHOT.glob("*.json.gz"):
        assert gzip.decompress((again / path.name).read_bytes()) == gzip.decompress(path.read_bytes()), path.name
    ours, rebuilt = (f"(from '{folder / 'values.parquet'}')" for folder in (SNAPSHOT, again))
    for one, other in ((ours, rebuilt), (rebuilt, ours)):
        assert con.execute(f"{one} except all {other}").fetchall() == []
