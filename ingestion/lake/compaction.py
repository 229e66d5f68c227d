"""Compaction: the many small files of a log of changes become one, and no row, load or moment is lost.

Belongs here: which files are merged, the merged file's atomic way into the lake, the removal of what it stands for.
Does not belong here: the log's meaning (`kolada`), any change of a row. There is no other log than Kolada's values
today.

A compaction is a folder beside the loads,
`<source>/<table>/<municipality>/<period>/<id>/{data.parquet,compaction.json}`, made in `.incoming` and renamed into
place. That rename is the switch: before it every load is read from its own file, after it from the merged one, whose
rows still say which load they came with. Loads keep their folder and `load.json`, so the ledger and the view as of an
earlier moment stay what they were. The files that it stands for are removed by the next compaction's sweep, not by this
one: a build that began before the switch may still be reading them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from ingestion.contracts import Table
from ingestion.durable import sync
from ingestion.lake.lake import Lake
from ingestion.lake.loads import LakeDamaged, Load, select_lake
from ingestion.lake.merged import MARK, Compaction, compactions, merged_checksum
from ingestion.sql import content_hash, literal, read_parquet

MOST_FILES = 16  # a year of monthly refreshes is one file and twelve small ones
MEMORY = "512MB"


def compact(lake: Lake, table: Table, most_files: int = MOST_FILES) -> Compaction | None:
    """Merge the small files of the log `of` if there are more than `most_files`; None if there was nothing to do.

    Must run inside `lake.writer()`. Removes what earlier compactions stand for. Raises LakeDamaged if a file is
    missing, before anything is changed, or if the merged rows are not the loads' rows, before they take their place.
    """
    loads = [load for load in lake.loads() if (load.source, load.table) == (table.source, table.name)]
    for load in loads:
        load.check()
    _sweep(lake, loads)
    files = {load.parquet: load.parquet.stat().st_size for load in loads}
    if len(files) <= most_files:
        return None
    chosen = _smallest(files)
    merged = [load for load in loads if load.parquet in chosen]
    folder = lake.new_candidate_dir()
    target, before = folder / "data.parquet", select_lake(table, chosen)
    columns = [name for name, _kind in table.lake_columns()]
    order = ", ".join(f'"{name}"' for name in (*table.key, "load_id"))
    import duckdb

    with duckdb.connect(config={"temp_directory": str(folder / "tmp"), "memory_limit": MEMORY}) as con:
        con.execute(
            f"copy (select * from ({before}) order by {order}) to {literal(target)} (format parquet, compression zstd)"
        )
        same = content_hash(con, f"({before})", columns) == content_hash(con, read_parquet(target), columns)
        rows = dict(con.execute(f"select load_id, count(*) from {read_parquet(target)} group by load_id").fetchall())
    if not same or rows != {load.load_id: load.rows for load in merged if load.rows}:
        raise LakeDamaged(
            f"The rows of {table.full_name} are not the accepted ones. Restore {loads[0].directory.parent} from backup."
        )
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    number = max((one.number for one in compactions(lake.root)), default=0) + 1
    size = target.stat().st_size
    checksum = merged_checksum(target, size)
    made = Compaction(
        loads[0].directory.parent / folder.name, number, tuple(one.load_id for one in merged), size, checksum
    )
    values = {"number": number, "loads": made.loads, "size": size, "checksum": made.checksum}
    (folder / MARK).write_text(json.dumps(values, indent=1), encoding="utf-8")
    for path in (target, folder / MARK, folder):
        sync(path)
    folder.rename(made.directory)
    sync(made.directory.parent)
    return made


def _smallest(files: Mapping[Path, int]) -> list[Path]:
    """The files to merge: all but those that outweigh four times the smaller ones together, which are not written again
    for them.
    """
    ordered = sorted(files, key=lambda path: files[path])
    while len(ordered) > 2 and files[ordered[-1]] > 4 * sum(files[path] for path in ordered[:-1]):
        ordered.pop()
    return ordered


def _sweep(lake: Lake, loads: list[Load]) -> None:
    """Remove the files that a compaction stands for, and compactions that a later one stands for.

    Nothing else: a folder that nothing tells of may be a merged file whose MARK was lost, and comes back with it.
    """
    in_use = {load.parquet for load in loads}
    for load in loads:
        own = load.directory / "data.parquet"
        if load.parquet != own:
            own.unlink(missing_ok=True)
    folders = {load.directory.parent for load in loads}
    for one in compactions(lake.root):
        if one.directory.parent in folders and one.directory / "data.parquet" not in in_use:
            away = lake.new_candidate_dir()
            one.directory.rename(away / one.directory.name)
            shutil.rmtree(away)
