"""The publication: whole or not at all, immutable, and nothing in it that must not get out."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.dbt import read_manifest
from publication.publish import (
    SCHEMAS,
    VOLATILE,
    NotPublishable,
    audited,
    current,
    publish,
    record_verdict,
    void_verdict,
)

PROJECT = Path(__file__).resolve().parents[1]


def write_build(path: Path, value: float = 74.0, rows: int = 3, extra: str = "") -> Path:
    """A build as dbt leaves it (two marts, the view over them, meta, config, staging), with a passed verdict."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as con:
        con.execute("set threads = 1")
        for schema in ("staging", "marts", "meta", "config"):
            con.execute(f"create schema {schema}")
        con.execute(
            "create table staging.stg_hr__employments as select 'p1' as person_id, date '1980-01-01' as birth_month"
        )
        con.execute(
            f"create table marts.quality as select 'U' || i as indicator_id, cast({value} + i as double) as value from range({rows}) t(i)"
        )
        con.execute("create table marts.costs as select 'N1' as indicator_id, cast(2.5 as double) as value")
        con.execute("comment on table marts.quality is 'Kvalitet; ''citat'''")
        con.execute("comment on column marts.quality.value is 'Value, null when missing.'")
        con.execute(
            f"""create view "{path.stem}"."marts"."indicators" as
            select 'quality' as domain, * from "{path.stem}"."marts"."quality"
            union all select 'costs' as domain, c.* from "{path.stem}"."marts"."costs" as c"""
        )
        con.execute("comment on view marts.indicators is 'All four.'")
        con.execute("comment on column marts.indicators.domain is 'Which mart.'")
        con.execute(
            "create table meta.loads as select 'L1' as load_id, 'h1' as content_hash,"
            " timestamp '2026-01-01 05:00:00' as accepted_at, date '2024-12-31' as data_through"
        )
        con.execute("create table meta.figure_loads as select 'kolada:L1' as lineage_id, 'L1' as load_id")
        con.execute(
            "create table config.run as select timestamp '2026-01-02 05:00:00' as as_of, 'demo' as environment, 'abc' as git_sha"
        )
        if extra:
            con.execute(extra)
    record_verdict(path, passed=True, reason="", tests=3, inputs="loads")
    return path


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return write_build(tmp_path / "build" / "warehouse.duckdb")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published"


def values(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute("select indicator_id, value from marts.quality order by 1").fetchall()


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir() if path.name != ".lock"
    }


def test_a_publication_holds_marts_meta_and_comments_and_nothing_else(build: Path, published: Path) -> None:
    publication = publish(build, published, keep=3)
    assert publication.is_new
    assert publication.rows == {"costs": 1, "quality": 3}
    assert stat.S_IMODE(publication.path.stat().st_mode) == 0o440
    assert (published / "current.duckdb").resolve() == publication.path.resolve()
    assert str((published / "current.duckdb").readlink()) == publication.path.name
    assert (published / "current.txt").read_text() == publication.path.name + "\n"
    assert not list(published.glob("*.wal"))
    with duckdb.connect(str(published / "current.duckdb"), read_only=True) as con:
        schemas = con.execute("select distinct schema_name from duckdb_tables() order by 1").fetchall()
        assert schemas == [("marts",), ("meta",)]
        comments = con.execute(
            "select table_name, comment from duckdb_tables() where comment is not null and schema_name = 'marts'"
            " union all select view_name, comment from duckdb_views() where not internal order by 1"
        ).fetchall()
        assert comments == [("indicators", "All four."), ("quality", "Kvalitet; 'citat'")]
        columns = con.execute(
            "select table_name, column_name, comment from duckdb_columns() where comment is not null and schema_name = 'marts' order by all"
        ).fetchall()
        assert columns == [("indicators", "domain", "Which mart."), ("quality", "value", "Value, null when missing.")]
        assert con.execute("select tags['storage_version'] from duckdb_databases() where not internal").fetchall() == [
            ("v1.0.0+",)
        ]
        row = con.execute(
            "select publication_id, as_of, environment, git_sha, content_hash, data_through from meta.publication"
        ).fetchone()
        assert row is not None
        assert row[0] == publication.path.stem.removeprefix("genomlysning_")
        assert [str(value) for value in row[1:]] == [
            "2026-01-02 05:00:00",
            "demo",
            "abc",
            publication.content_hash,
            "2024-12-31",
        ]


def test_the_view_stays_a_view_and_works_under_any_catalogue_name(build: Path, published: Path) -> None:
    publish(build, published, keep=3)
    with duckdb.connect() as con:
        con.execute(f"attach '{published / 'current.duckdb'}' as anything (read_only)")
        assert con.execute(
            "select domain, count(*) from anything.marts.indicators group by 1 order by 1"
        ).fetchall() == [
            ("costs", 1),
            ("quality", 3),
        ]
        assert con.execute(
            "select view_name from duckdb_views() where database_name = 'anything' and not internal"
        ).fetchall() == [("indicators",)]


def test_a_view_may_read_a_view_whose_name_comes_later(build: Path, published: Path) -> None:
    """`by_gender` reads `indicators`: what it reads is there first, whatever the order of their names."""
    name = f'"{build.stem}"."marts"'
    with duckdb.connect(str(build)) as con:
        con.execute(f"create view {name}.b_second as select * from {name}.indicators where value > 74")
        con.execute(f"create view {name}.a_first as select domain, count(*) as figures from {name}.b_second group by 1")
        con.execute("comment on view marts.a_first is 'How many.'")
    record_verdict(build, passed=True, reason="", tests=3, inputs="loads")
    publish(build, published, keep=3)
    with duckdb.connect() as con:
        con.execute(f"attach '{published / 'current.duckdb'}' as anything (read_only)")
        assert con.execute("select * from anything.marts.a_first").fetchall() == [("quality", 2)]
        assert con.execute("select comment from duckdb_views() where view_name = 'a_first'").fetchall() == [
            ("How many.",)
        ]


def test_a_view_that_reads_what_is_not_published_is_not_published(build: Path, published: Path) -> None:
    with duckdb.connect(str(build)) as con:
        con.execute(
            f'create view marts.people as select count(*) as people from "{build.stem}".staging.stg_hr__employments'
        )
    record_verdict(build, passed=True, reason="", tests=3, inputs="loads")
    with pytest.raises(NotPublishable, match=r"the views marts\.people read what is not published"):
        publish(build, published, keep=3)
    assert current(published) is None


def test_unchanged_content_publishes_nothing(build: Path, published: Path) -> None:
    first = publish(build, published, keep=3)
    before = snapshot(published)
    with duckdb.connect(str(build)) as con:  # the same rows in another order, loaded at another moment
        con.execute("create or replace table marts.quality_new as from marts.quality order by indicator_id desc")
        con.execute("delete from marts.quality")
        con.execute("insert into marts.quality from marts.quality_new")
        con.execute("drop table marts.quality_new")
        con.execute("update meta.loads set load_id = 'L2', accepted_at = timestamp '2026-02-01 05:00:00'")
        con.execute("update meta.figure_loads set lineage_id = 'kolada:L2', load_id = 'L2'")
        con.execute("update config.run set as_of = timestamp '2026-02-01 05:00:00'")
    record_verdict(build, passed=True, reason="", tests=3, inputs="loads")
    second = publish(build, published, keep=3)
    assert not second.is_new
    assert second.publication_id == first.publication_id
    assert snapshot(published) == before


@pytest.mark.parametrize(
    "change",
    [
        "update marts.quality set value = value + 1e-9 where indicator_id = 'U0'",
        "insert into marts.quality select * from marts.quality",
        "comment on column marts.quality.value is 'Another meaning.'",
        "alter table marts.quality rename value to figure",
        "create view marts.newest as select * from marts.quality",
        "update meta.loads set content_hash = 'h2'",
    ],
)
def test_every_kind_of_change_is_new_content(build: Path, published: Path, change: str) -> None:
    first = publish(build, published, keep=3)
    with duckdb.connect(str(build)) as con:
        con.execute("drop view marts.indicators")
    record_verdict(build, passed=True, reason="", tests=3, inputs="loads")
    second = publish(build, published, keep=3)
    with duckdb.connect(str(build)) as con:
        con.execute(change)
    record_verdict(build, passed=True, reason="", tests=3, inputs="loads")
    third = publish(build, published, keep=3)
    assert len({p.content_hash for p in (first, second, third)}) == 3
    assert third.is_new


def test_a_name_is_never_used_twice_and_the_oldest_publications_go(tmp_path: Path, published: Path) -> None:
    build = tmp_path / "build" / "warehouse.duckdb"
    names = []
    for value in (1.0, 2.0, 1.0, 3.0, 2.0):  # back to earlier contents, within one second
        names.append(publish(write_build(build, value), published, keep=3).path.name)
    assert len(set(names)) == 5
    left = sorted(path.name for path in published.glob("genomlysning_*"))
    assert len(left) == 3
    assert names[-1] in left
    assert values(published / "current.duckdb")[0] == ("U0", 2.0)


def test_an_unaudited_build_is_never_published(build: Path, published: Path) -> None:
    old = publish(build, published, keep=3)
    before = snapshot(published)
    record_verdict(build, passed=False, reason="test not_null_quality_value failed", tests=3, inputs="loads")
    with pytest.raises(NotPublishable, match="not_null_quality_value"):
        publish(build, published, keep=3)
    void_verdict(build)
    with pytest.raises(NotPublishable, match="built and tested"):
        publish(build, published, keep=3)
    record_verdict(build, passed=True, reason="", tests=3, inputs="loads")
    with duckdb.connect(str(build)) as con:
        con.execute("insert into marts.quality values ('U9', 9.0)")
    with pytest.raises(NotPublishable, match="written to after"):
        publish(build, published, keep=3)
    assert snapshot(published) == before
    assert current(published) is not None and old.path.exists()


def test_reading_the_build_does_not_void_the_verdict(build: Path) -> None:
    with duckdb.connect(str(build), read_only=True) as con:
        con.execute("select * from marts.quality").fetchall()
    assert audited(build).passed


@pytest.mark.parametrize("column", ["person_id", "birth_month", "employment_id", "spell_id"])
def test_columns_on_persons_are_rejected(tmp_path: Path, published: Path, column: str) -> None:
    build = write_build(
        tmp_path / "build" / "warehouse.duckdb", extra=f"create table marts.leak as select 'x' as {column}"
    )
    with pytest.raises(NotPublishable, match=f"marts.leak.{column}"):
        publish(build, published, keep=3)
    assert current(published) is None


def hold_open(
    path: str, ready: multiprocessing.Queue, go: multiprocessing.Queue, answers: multiprocessing.Queue
) -> None:
    with duckdb.connect(path, read_only=True) as con:
        while True:
            answers.put(
                con.execute(
                    "select sum(value), (select publication_id from meta.publication) from marts.quality"
                ).fetchone()
            )
            ready.put(True)
            if go.get() == "stop":
                return


def test_a_reader_sees_no_error_and_no_change_through_two_publications(tmp_path: Path, published: Path) -> None:
    build = tmp_path / "build" / "warehouse.duckdb"
    publish(write_build(build, 1.0), published, keep=1)  # keep=1: even the reader's own file is retired under it
    context = multiprocessing.get_context("spawn")
    ready, go, answers = context.Queue(), context.Queue(), context.Queue()
    reader = context.Process(target=hold_open, args=(str(published / "current.duckdb"), ready, go, answers))
    reader.start()
    seen = []
    try:
        for value in (2.0, 3.0):
            assert ready.get(timeout=60)
            seen.append(answers.get(timeout=60))
            publish(write_build(build, value), published, keep=1)
            go.put("on")
        assert ready.get(timeout=60)
        seen.append(answers.get(timeout=60))
    finally:
        go.put("stop")
        reader.join(60)
    assert reader.exitcode == 0
    assert seen == [seen[0]] * 3
    assert values(published / "current.duckdb")[0] == ("U0", 3.0)


def test_a_publisher_killed_at_any_moment_leaves_a_whole_publication(tmp_path: Path, published: Path) -> None:
    build = tmp_path / "build" / "warehouse.duckdb"
    publish(write_build(build, 1.0, rows=200_000), published, keep=2)
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from publication.publish import publish
        print("ready", flush=True)
        publish(Path({str(build)!r}), Path({str(published)!r}), keep=2)
        """
    )
    seed = 20241122
    moments = random.Random(seed)
    for attempt in range(6):
        write_build(build, 2.0 + attempt, rows=200_000)
        before = values(published / "current.duckdb")[0]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        process = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE, env=environment)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(moments.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        after = values(published / "current.duckdb")
        assert after[0] in (before, ("U0", 2.0 + attempt))
        assert len(after) == 200_000
    publish(build, published, keep=2)
    assert values(published / "current.duckdb")[0] == ("U0", 7.0)
    assert not [path.name for path in published.iterdir() if path.name.startswith(".publishing-")]


def test_a_foreign_wal_never_matters(tmp_path: Path, build: Path, published: Path) -> None:
    foreign = tmp_path / "foreign.duckdb"
    script = f"""
import duckdb, os
con = duckdb.connect({str(foreign)!r})
con.execute("pragma disable_checkpoint_on_shutdown")
con.execute("pragma wal_autocheckpoint = '1TB'")
con.execute("create schema marts")
con.execute("create table marts.phantom as select 1 as x")
con.execute("checkpoint")
con.execute("insert into marts.phantom values (2)")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
    wal = foreign.with_name("foreign.duckdb.wal").read_bytes()
    assert wal
    published.mkdir()
    (published / "current.duckdb.wal").write_bytes(wal)
    (published / ".publishing-1.duckdb.wal").write_bytes(wal)
    publication = publish(build, published, keep=3)
    assert len(values(published / "current.duckdb")) == 3
    assert not list(published.glob("*.wal"))
    (published / "current.duckdb.wal").write_bytes(wal)
    assert not publish(build, published, keep=3).is_new
    assert publication.rows["quality"] == len(values(published / "current.duckdb"))


def test_what_is_left_out_of_the_hash_is_what_the_models_call_it() -> None:
    nodes = read_manifest()["nodes"].values()
    published = {
        column
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] in SCHEMAS
        for column in node["columns"]
    }
    assert published >= VOLATILE
