"""The lake: acceptance, what is in force, as-of, the views that dbt reads, damage and rejections."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.contracts import Table, table, tables
from ingestion.findings import Finding
from ingestion.lake import Candidate, Lake, LakeBusy, LakeDamaged, Load, Rejected
from ingestion.sql import content_hash

TIME = table("hr", "time_records")
DATA = table("kolada", "data")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def candidate(lake: Lake, table: Table = TIME, period: str = "2024-03", hours: float = 1.0) -> Candidate:
    folder = lake.new_candidate_dir()
    filled = {"worked_hours": str(hours), "load_id": f"'{folder.name}'"}
    select = ", ".join(f"cast({filled.get(name, 'null')} as {kind}) as {name}" for name, kind in table.lake_columns())
    duckdb.sql(f"copy (select {select}) to '{folder}/data.parquet'")
    return Candidate(
        load_id=folder.name,
        table=table,
        municipality_id="1489" if table is TIME else "all",
        period=period,
        file="t.csv",
        format="csv",
        path=folder,
        rows=1,
        content_hash=str(hours),
        data_through=date(2024, 3, 31),
        key_id=None,
        received_at=datetime.now(UTC),
    )


def accept(lake: Lake, **options) -> Load:
    return lake.accept(candidate(lake, **options), {"rules": 1, "warnings": []})


def worked(lake: Lake, as_of: datetime | None = None) -> list[float]:
    with duckdb.connect() as con:
        lake.attach(con, as_of)
        return [
            float(row[0]) for row in con.execute("select worked_hours from lake.hr_time_records order by 1").fetchall()
        ]


def test_an_accepted_load_is_read_back_as_it_was(lake):
    load = accept(lake)
    assert lake.loads() == [load]
    assert load.parquet.exists()
    assert lake.in_force_for(TIME, "1489", "2024-03") == load


def test_what_is_not_accepted_yet_is_not_looked_into(lake):
    """A file is judged, which looks at what is in force, while another one's folder moves out of `.incoming`."""
    accept(lake)
    waiting = lake.root / ".incoming" / "a" / "b" / "c" / "d" / "load.json"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("half")
    assert len(lake.loads()) == 1


def test_folders_are_made_for_the_owner_only(tmp_path):
    folder = Lake(tmp_path / "a" / "lake").new_candidate_dir()
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.parents[:3])} == {0o700}


def test_the_newest_load_of_a_period_is_in_force_and_as_of_goes_back(lake):
    accept(lake, hours=1)
    before = datetime.now(UTC)
    accept(lake, hours=2)
    accept(lake, hours=5, period="2024-04")
    assert worked(lake) == [2, 5]
    assert worked(lake, before) == [1]


def test_going_back_to_an_earlier_content_is_a_new_load(lake):
    for hours in (1, 2, 1):
        accept(lake, hours=hours)
    assert worked(lake) == [1]
    assert len(lake.loads()) == 3


def test_order_of_acceptance_does_not_hang_on_the_clock(lake):
    first = accept(lake, hours=1)
    text = (first.directory / "load.json").read_text(encoding="utf-8")
    (first.directory / "load.json").write_text(
        text.replace(first.accepted_at, "2099-01-01T00:00:00+00:00"), encoding="utf-8"
    )
    accept(lake, hours=2)
    assert worked(lake) == [2]


def test_all_loads_of_a_log_are_in_force(lake):
    accept(lake, table=DATA, period="all", hours=1)
    accept(lake, table=DATA, period="all", hours=2)
    assert [load.sequence for load in lake.in_force()] == [1, 2]


def test_a_table_without_loads_has_an_empty_typed_view(lake):
    with duckdb.connect() as con:
        lake.attach(con)
        for of in tables():
            described = con.execute(f"describe lake.{of.full_name}").fetchall()
            assert [(name, kind.lower().replace(",", ", ")) for name, kind, *_ in described] == list(of.lake_columns())
        assert con.execute("select count(*) from lake.loads").fetchone() == (0,)


def test_baseline_is_the_nearest_earlier_period(lake):
    january, march = accept(lake, period="2024-01"), accept(lake, period="2024-03")
    assert lake.baseline(candidate(lake, period="2024-03")) == january
    assert lake.baseline(candidate(lake, period="2024-05")) == march
    assert lake.baseline(candidate(lake, period="2024-01")) == january
    assert lake.baseline(candidate(lake, table=DATA, period="all")) is None


def test_a_damaged_file_is_named(lake):
    load = accept(lake)
    load.parquet.write_bytes(b"short")
    with pytest.raises(LakeDamaged, match=load.load_id), duckdb.connect() as con:
        lake.attach(con)


def test_a_candidate_is_not_in_the_lake_and_left_overs_are_cleared(lake):
    left_over = candidate(lake)
    assert worked(lake) == []
    with lake.writer():
        assert not left_over.path.exists()


def test_one_writer_at_a_time(lake, tmp_path):
    with lake.writer(), pytest.raises(LakeBusy), Lake(tmp_path / "lake").writer():
        pass


def test_the_lake_is_private(lake):
    load = accept(lake)
    for path in (load.directory, load.directory.parent, lake.root):
        assert path.stat().st_mode & 0o077 == 0


def test_content_hash_tells_contents_apart_and_ignores_order():
    with duckdb.connect() as con:

        def hashed(sql: str) -> str:
            return content_hash(con, f"({sql})", ["a", "b"])

        base = hashed("select range as a, 'x' as b from range(1000)")
        assert base == hashed("select range as a, 'x' as b from range(1000) order by a desc")
        assert base != hashed("select range as a, 'x' as b from range(1001)")
        assert hashed("select null as a, '' as b") != hashed("select '' as a, null as b")
        assert hashed("select 1 as a, 1 as b union all select 1, 1") != hashed(
            "select 2 as a, 2 as b union all select 2, 2"
        )


def test_a_rejection_is_unresolved_until_the_period_is_mended(lake, tmp_path):
    rejected = Rejected(tmp_path / "rejected")
    raw = tmp_path / "t.csv"
    raw.write_text("x", encoding="utf-8")
    finding = Finding("R113", "error", "t.csv", "x", "y", "z", 2, "overtid")
    rejected.add("hr", "t.csv", [finding], raw, "time_records", "1489", "2024-03")
    assert not raw.exists()
    [open_] = rejected.unresolved(lake)
    assert open_.findings == (finding,)
    accept(lake, period="2024-04")
    assert rejected.unresolved(lake) == [open_]
    accept(lake, period="2024-03")
    assert rejected.unresolved(lake) == []
    assert (tmp_path / "rejected").stat().st_mode & 0o077 == 0
