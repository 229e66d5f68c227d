"""Compaction of the log: the same rows, the same earlier moments, in few files, whatever moment it is killed at."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.contracts.kolada import DATA
from ingestion.lake import WHOLE, Candidate, Lake, LakeDamaged
from ingestion.lake.compaction import compact
from ingestion.lake.merged import MARK, compactions, merged_checksum
from ingestion.sql import content_hash, literal


def add(lake: Lake, number: int, rows: int = 20) -> None:
    """A load of `rows` changes, the same keys in every load."""
    folder = lake.new_candidate_dir()
    con = duckdb.connect()
    target = literal(folder / "data.parquet")
    con.execute(
        "copy (select 'N' || (10000 + i) as kpi_id, '1489' as municipality_id, cast(2020 as bigint) as year, 'T' as gender, "
        f"{number} + random() as value, cast(1 as bigint) as \"count\", '' as status, {number} % 3 = 2 as is_deleted, "
        f"i + 1 as source_row, '{folder.name}' as load_id from range({rows}) t(i)) to {target} (format parquet)"
    )
    hashed = content_hash(con, f"read_parquet({target})", [column.name for column in DATA.columns])
    now = datetime.now(UTC)
    lake.accept(
        Candidate(folder.name, DATA, WHOLE, WHOLE, "api/data", "api", folder, rows, hashed, None, None, now), {}
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with a large load and seven small ones."""
    lake = Lake(tmp_path_factory.mktemp("log"))
    with lake.writer():
        add(lake, 0, 8_000)
        for number in range(1, 8):
            add(lake, number)
    return lake.root


@pytest.fixture
def lake(made: Path, tmp_path: Path) -> Lake:
    shutil.copytree(made, tmp_path / "lake")
    return Lake(tmp_path / "lake")


def rows(lake: Lake, as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    con = duckdb.connect()
    lake.attach(con, as_of)
    return con.execute("select * from lake.kolada_data order by all").fetchall()


def files(lake: Lake) -> list[Path]:
    return sorted(lake.root.glob("*/*/*/*/*/data.parquet"))


def test_few_files_the_same_rows_and_the_same_earlier_moments(lake: Lake) -> None:
    moments = [None, *(datetime.fromisoformat(load.accepted_at) for load in lake.loads())]
    before = [rows(lake, moment) for moment in moments]
    ledger = [load.load_id for load in lake.loads()]
    with lake.writer():
        assert compact(lake, DATA, most_files=8) is None, "eight files may lie there"
        merged = compact(lake, DATA, most_files=7)
        assert merged and len(merged.loads) == 7, "the large file is not written again"
        add(lake, 8)
        assert compact(lake, DATA, most_files=7) is None
    assert len(files(lake)) == 3, "what the merged file stands for is gone by the next compaction"
    assert [load.load_id for load in lake.loads()[:-1]] == ledger
    assert [rows(lake, moment) for moment in moments[1:]] == before[1:]
    assert len(rows(lake)) == len(before[0]) + 20
    with lake.writer():
        assert compact(lake, DATA, most_files=2)
        assert compact(lake, DATA, most_files=2) is None
    assert len(files(lake)) == 2 and len(compactions(lake.root)) == 1
    assert [rows(lake, moment) for moment in moments[1:]] == before[1:]


class Killed(BaseException):
    """Not to be caught by anything that tidies up."""


@contextmanager
def killed_at(step: int) -> Iterator[Callable[[], bool]]:
    """End the process, as it were, before the `step`-th thing done to the file system; gives whether that was reached."""
    done = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*arguments: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done >= step:
                raise Killed
            return function(*arguments, **named)

        return instead

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((Path, "rename"), (Path, "unlink"), (Path, "write_text"), (shutil, "rmtree")):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        patch.setattr("ingestion.lake.compaction.sync", counted(lambda path: None))
        yield lambda: done >= step


def test_killed_at_any_step_it_leaves_the_rows_as_they_were(made: Path, tmp_path: Path) -> None:
    compacted = Lake(tmp_path / "compacted")
    shutil.copytree(made, compacted.root)
    with compacted.writer():
        compact(compacted, DATA, most_files=2)
    before = rows(compacted)
    known = set(before)
    step, reached = 0, True
    while reached:
        step += 1
        lake = Lake(tmp_path / str(step))
        shutil.copytree(compacted.root, lake.root)
        with lake.writer(), killed_at(step) as hit:
            with suppress(Killed):
                add_and_compact(lake)
            reached = hit()
        found = rows(lake)
        assert [row for row in found if row in known] == before, step
        assert len(found) in (len(before), len(before) + 20)
        with lake.writer():
            compact(lake, DATA, most_files=2)
            compact(lake, DATA, most_files=2)
        assert len(files(lake)) == 2 and len(compactions(lake.root)) == 1
        assert not [
            path
            for path in lake.root.glob("*/*/*/*/*")
            if not (path / "load.json").exists() and not (path / MARK).exists()
        ]
    assert step > 8


def add_and_compact(lake: Lake) -> None:
    add(lake, 8)
    compact(lake, DATA, most_files=2)
    compact(lake, DATA, most_files=2)


def test_a_damaged_file_is_named_and_never_merged(lake: Lake) -> None:
    load = lake.loads()[3]
    load.parquet.write_bytes(load.parquet.read_bytes()[:-1])
    with lake.writer(), pytest.raises(LakeDamaged, match=load.load_id):
        compact(lake, DATA, most_files=2)
    assert not compactions(lake.root)


def test_a_damaged_merged_file_is_named(lake: Lake) -> None:
    with lake.writer():
        merged = compact(lake, DATA, most_files=2)
    assert merged
    content = bytearray((merged.directory / "data.parquet").read_bytes())
    content[10] ^= 1
    (merged.directory / "data.parquet").write_bytes(content)

    merged_checksum.cache_clear()
    with pytest.raises(LakeDamaged, match=r"holds 7 loads of kolada\.data"):
        lake.loads()[-1].verify()
    (merged.directory / "data.parquet").unlink()
    with pytest.raises(LakeDamaged, match=str(merged.directory)):
        rows(lake)


def test_a_merged_file_that_lost_its_list_is_not_taken_for_a_left_over(lake: Lake) -> None:
    before = rows(lake)
    with lake.writer():
        merged = compact(lake, DATA, most_files=2)
        compact(lake, DATA, most_files=2)  # what the merged file stands for goes
    assert merged
    mark = merged.directory / MARK
    content = mark.read_bytes()
    mark.unlink()
    with lake.writer(), pytest.raises(LakeDamaged, match=merged.loads[0]):
        compact(lake, DATA, most_files=2)
    mark.write_bytes(content)
    assert rows(lake) == before
