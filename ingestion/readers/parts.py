"""Files that are parts of one table, municipality and period: one for each department, one for each controller.

Belongs here: whether two files are parts or one corrects the other, putting parts together into one candidate, and what
becomes of a part that comes alone (rules R125-R127). Does not belong here: judging the whole (`expectations`), which
tables come in parts (the municipality's configuration, `parts`).

A table in parts is divided by a column. A file holds all rows of its values in that column: it replaces them, and the
rows of all other values stay as they are in force.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ingestion.contracts import Table
from ingestion.findings import Finding
from ingestion.in_memory import in_memory
from ingestion.lake import BOOKKEEPING, Candidate, Lake, Load
from ingestion.sql import content_hash, literal, quoted, read_parquet

CORRECTION_SHARE = 0.5
"""A later file that holds so many of an earlier file's keys is its correction; one that holds fewer is another part."""


def compared(earlier: Candidate, later: Candidate, column: str | None = None) -> tuple[int, int]:
    """Keys of `earlier`, and how many of them `later` holds too; with `column`, values of that column instead of keys."""
    names = (column,) if column else earlier.table.key
    listed = ", ".join(quoted(name) for name in names)
    same = " and ".join(f"a.{quoted(name)} is not distinct from b.{quoted(name)}" for name in names)
    with in_memory() as con:
        [(there, again)] = con.execute(
            f"select count(*), count(b.here) from (select distinct {listed} from {read_parquet(earlier.parquet)}) as a "
            f"left join (select distinct {listed}, true as here from {read_parquet(later.parquet)}) as b on {same}"
        ).fetchall()
    return int(there), int(again)


def are_parts(candidates: Sequence[Candidate], column: str) -> bool:
    """Whether no two of them share a key or a value of the column that the table is divided by."""
    pairs = [(a, b) for place, a in enumerate(candidates) for b in candidates[place + 1 :]]
    return all(compared(a, b)[1] == 0 and compared(a, b, column)[1] == 0 for a, b in pairs)


def are_corrections(candidates: Sequence[Candidate]) -> bool:
    """Whether each holds most keys of the one before it."""
    for earlier, later in itertools.pairwise(candidates):
        there, again = compared(earlier, later)
        if again < CORRECTION_SHARE * there:
            return False
    return True


def put_together(lake: Lake, candidates: Sequence[Candidate]) -> Candidate:
    """One candidate with the rows of all, in their order; they are discarded."""
    relation = " union all by name ".join(f"select * from {read_parquet(one.parquet)}" for one in candidates)
    first = candidates[0]
    whole = replace(
        first,
        file=" + ".join(one.file for one in candidates),
        received_at=max(one.received_at for one in candidates),
        notes=tuple(note for one in candidates for note in one.notes),
    )
    made = _of_rows(lake, whole, relation)
    for one in candidates:
        lake.discard(one)
    return made


def with_the_rest(lake: Lake, candidate: Candidate, load: Load, column: str) -> Candidate:
    """The candidate with the rows of `load` whose value of `column` it does not hold, and a warning that tells of them
    (R127).

    Itself, if it holds all values that are in force.
    """
    name = quoted(column)
    rest = (
        f"select * from {read_parquet(load.parquet)} as r where not exists "
        f"(select 1 from {read_parquet(candidate.parquet)} as c where c.{name} is not distinct from r.{name})"
    )
    with in_memory() as con:
        [(rows, values)] = con.execute(f"select count(*), count(distinct {name}) from ({rest})").fetchall()
    if not rows:
        return candidate
    header = candidate.table.column(column).header
    note = Finding(
        "R127",
        "warning",
        candidate.file,
        f"a part: {rows} rows with {values} other values of {header} are in force from {load.file}",
        "all parts, or those that have changed",
        "Nothing, if only this part has changed: the other rows stay as they are.",
        None,
        header,
    )
    whole = replace(candidate, notes=(*candidate.notes, note))
    made = _of_rows(lake, whole, f"select * from {read_parquet(candidate.parquet)} union all by name {rest}")
    lake.discard(candidate)
    return made


def apart(candidates: Sequence[Candidate], column: str | None) -> list[Finding]:
    """For each file, why it is rejected beside the others (R125)."""
    of, files = candidates[0].table, [one.file for one in candidates]
    found = f"several files of {of.full_name} for {candidates[0].period}: {', '.join(sorted(files))}"
    if column:
        expected = f"parts that share no key and no value of {of.column(column).header}"
        advice = "Deliver each part once, all its rows in one file, and take the older file out of the inbox."
    else:
        expected = "one file for a table and a period, or a later one that holds most keys of the earlier"
        advice = (
            "Deliver one file with all rows. If the table comes in parts, have that declared in municipality.yaml (parts, "
            "docs/extracts.md) and lay all parts into the inbox together."
        )
    return [Finding("R125", "error", file, found, expected, advice) for file in files]


def corrected(earlier: Candidate, later: Candidate) -> Candidate:
    """`later` with a warning that it takes the place of a file that came with it (R126)."""
    note = Finding(
        "R126",
        "warning",
        later.file,
        f"the same period as {earlier.file}, delivered with it",
        "one file for a table and a period",
        "The later file is in force. If both hold rows that are right, deliver them as one file.",
    )
    return replace(later, notes=(*later.notes, note))


def part_column(table: Table, parts: dict[str, str]) -> str | None:
    """The lake column that `of` is divided by; None if it comes whole."""
    header = parts.get(table.full_name)
    return next((column.name for column in table.columns if column.header == header), None) if header else None


def _of_rows(lake: Lake, like: Candidate, relation: str) -> Candidate:
    folder = lake.new_candidate_dir()
    parquet = folder / "data.parquet"
    try:
        with in_memory() as con:
            con.execute(
                f"copy (select * replace ({literal(folder.name)} as load_id) from ({relation})) "
                f"to {literal(parquet)} (format parquet, compression zstd)"
            )
            rows = read_parquet(parquet)
            content = [name for name, _ in like.table.lake_columns() if name not in BOOKKEEPING]
            hashed = content_hash(con, rows, content)
            [(count,)] = con.execute(f"select count(*) from {rows}").fetchall()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    facts: dict[str, Any] = {"load_id": folder.name, "path": folder, "rows": count, "content_hash": hashed}
    return replace(like, **facts)
