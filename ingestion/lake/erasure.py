"""Erasing one person from the lake, so that nobody can tell afterwards who it was, and so that they do not come back.

Belongs here: finding a person's rows in every load, removing them, the proof, and the tombstones: keyed hashes of whom
and what has been erased, by which `delivery` leaves them out when a source system still delivers them.
Does not belong here: erasing whole loads whose time is over (`retention`), the search afterwards
(`orchestration.erasure`).

From the personnummer follow the pseudonym, the person's employments and decisions, and what hangs on those. Numbers
that no personnummer leads to (staff in visits, answers to surveys, injury reports) are erased if the one who orders it
names them.
"""

from __future__ import annotations

import mmap
import re
import secrets
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.contracts import table, tables
from ingestion.failures import PermanentFailure
from ingestion.lake import Lake, Load, Rejected, new_load_id
from ingestion.lake.raw import KeptRaw
from ingestion.privacy.keys import WrongKey
from ingestion.privacy.personnummer import read_number
from ingestion.privacy.pseudonyms import Pseudonymiser
from ingestion.privacy.tombstones import Erasure, Number, Tombstones, is_of_another, leading_number, left_out_by
from ingestion.sql import literal, quoted, read_parquet

MOST_UNPACKED = 1_000_000_000
_NUMBER = re.compile(
    rb"(?<!\d)(?P<day>(?:\d{2})?\d{2}[-./]?\d{2}[-./]?\d{2})(?:(?:[-+ \x96\x97\xa0]|\xc2\xa0|\xe2\x80[\x90-\x95]|\xe2\x88\x92){0,3})"
    rb"(?P<end>\d{4}|[0-9A-Za-z]{3}\d|[A-Za-z0-9]{2}\d[A-Za-z])(?!\d)"
)
"""Of a raw file's bytes: dashes and blanks as UTF-8 and Windows-1252 have them."""


class NotErasable(PermanentFailure):
    """What was asked for cannot be erased; the message says why, without saying who."""


def erase(  # noqa: PLR0913 (every place that a person can lie in)
    personnummer: str,
    numbers: Sequence[Number],
    by: str,
    reason: str,
    lake: Lake,
    rejected: Rejected,
    raw: KeptRaw,
    pseudonymiser: Pseudonymiser,
    tombstones: Tombstones,
) -> Erasure:
    """Remove a person from every load, rejected file and kept file. Whoever calls holds the lake for writing.

    numbers: those that no personnummer leads to. Raises NotErasable for what is no personnummer or no known number,
    WrongKey if loads are under another key. Killed at any moment it is run again: the tombstones come first, then what
    hangs on the person, the person last.
    """
    reading = read_number(personnummer, datetime.now(UTC).date())
    number, person = reading.number, pseudonymiser.person_of(reading)
    if number is None or person is None:
        raise NotErasable("The first line is no personnummer, samordningsnummer or reservnummer. Nothing was erased.")
    if reading.is_young:
        raise NotErasable(
            "These ten digits are of a child, or of somebody a hundred years older: give twelve. Nothing was erased."
        )
    for one in numbers:
        _check_number(one)
    loads = lake.loads()
    if strange := {load.key_id for load in loads if load.key_id is not None} - {pseudonymiser.key_id}:
        keys = ", ".join(sorted(strange))
        raise WrongKey(
            f"Loads are under the keys {keys}, the key at hand is {pseudonymiser.key_id}. Nothing was erased."
        )
    lake.sweep()
    with duckdb.connect() as con:
        con.execute("set temp_directory = ''")
        every = [*numbers, *_linked(con, loads, person.person_id)]
        wanted = sorted({tombstones.digest(f"person:{number}"), *(tombstones.digest(one.scope()) for one in every)})
        erasure = next(
            (
                one
                for one in tombstones.all()
                if one.finished_at is None and tombstones.digest(f"person:{number}") in one.tombstones
            ),
            None,
        ) or Erasure(new_load_id(), by, reason, datetime.now(UTC).isoformat(), [])
        erasure.tombstones = sorted({*erasure.tombstones, *wanted})
        tombstones.save(erasure)
        what = {"what": "erased", "erasure": erasure.erasure_id, "at": datetime.now(UTC).isoformat()}
        for load in sorted(loads, key=lambda load: table(load.source, load.table).has_person):
            if rows := _erase_from(con, lake, load, person.person_id, every, what):
                erasure.rows[f"{load.source}_{load.table}"] = erasure.rows.get(f"{load.source}_{load.table}", 0) + rows
                erasure.loads += 1
                tombstones.save(erasure)
    for path, found in _raw_files(rejected, raw, number):
        if found is None:
            erasure.by_hand.append(str(path.relative_to(lake.root.parent)))
        elif found:
            path.unlink()
            erasure.raw_files += 1
    erasure.finished_at = datetime.now(UTC).isoformat()
    tombstones.save(erasure)
    return erasure


def lift(erasure: Erasure, by: str, tombstones: Tombstones) -> None:
    """Let the person be delivered again: the board has decided so. What was erased stays erased."""
    erasure.lifted = {"by": by, "at": datetime.now(UTC).isoformat()}
    tombstones.save(erasure)


def rows_left(home: Path, person_id: str) -> tuple[int, int]:
    """The proof: how many rows of any Parquet or DuckDB file below `home` hold the pseudonym, in any column, and files
    searched.
    """
    rows = files = 0
    for path in sorted(home.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            start = file.read(12)
        if start.startswith(b"PAR1"):
            relations = [read_parquet(path)]
            con = duckdb.connect()
        elif start[8:12] == b"DUCK":
            con = duckdb.connect(str(path), read_only=True)
            relations = [
                f"{quoted(schema)}.{quoted(name)}"
                for schema, name in con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            ]
        else:
            continue
        files += 1
        with con:
            for relation in relations:
                texts = [
                    name for name, kind, *_ in con.execute(f"describe from {relation}").fetchall() if kind == "VARCHAR"
                ]
                if texts:
                    where = " or ".join(f"contains({quoted(name)}, ?)" for name in texts)
                    [(found,)] = con.execute(
                        f"select count(*) from {relation} where {where}", [person_id] * len(texts)
                    ).fetchall()
                    rows += found
    return rows, files


def mentions(path: Path, number: str) -> bool | None:
    """Whether a raw file holds the personnummer in any spelling; None if it cannot be searched (too large once
    unpacked, broken).
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(path) as archive:
                if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                    return None
                return any(_named_in(archive.read(name), number) for name in archive.namelist())
        if path.stat().st_size == 0:
            return False
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return _named_in(path.read_bytes().decode("utf-16", errors="replace").encode("utf-8"), number)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return _named_in(content, number)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):  # broken, encrypted, packed in an unknown way
        return None


def _named_in(content: bytes | mmap.mmap, number: str) -> bool:
    """Whether the bytes hold the number; of ten digits without century, whichever century they mean."""
    wanted = {number.encode(), number[2:].encode()}
    return any(
        re.sub(rb"\D", b"", match["day"]) + match["end"].upper() in wanted for match in _NUMBER.finditer(content)
    )


def _raw_files(rejected: Rejected, raw: KeptRaw, number: str) -> Iterator[tuple[Path, bool | None]]:
    """Every rejected and every kept file, and whether it names the person."""
    for path in sorted(rejected.root.glob("*/raw/*")):
        yield path, mentions(path, number)
    for kept in raw.all():
        with raw.opened(kept) as plain:
            yield kept, mentions(plain, number)


def _check_number(number: Number) -> None:
    known = {of.full_name: of for of in tables()}
    if number.table not in known or number.column not in left_out_by(known[number.table]):
        allowed = sorted(f"{name}.{column}" for name, of in known.items() for column in left_out_by(of))
        raise NotErasable(
            f"There is no number {number.table}.{number.column}; there are {', '.join(allowed)}. Nothing was erased."
        )


def _linked(con: duckdb.DuckDBPyConnection, loads: Iterable[Load], person_id: str) -> list[Number]:
    """The person's employments and decisions, as all loads tell them."""
    found = set()
    for load in loads:
        of, column = table(load.source, load.table), leading_number(load.source)
        if column and of.has_person and column in {name for name, _ in of.lake_columns()}:
            load.check()
            sql = f"select distinct {quoted(column)} from {read_parquet(load.parquet)} where person_id = ?"
            found |= {
                Number(of.full_name, column, load.municipality_id, value)
                for (value,) in con.execute(sql, [person_id]).fetchall()
            }
    return sorted(found, key=lambda number: (number.table, number.municipality_id, number.value))


def _erase_from(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    load: Load,
    person_id: str,
    numbers: Sequence[Number],
    what: dict[str, Any],
) -> int:
    """Rewrite one load without the person; how many rows were removed or lost a number."""
    of = table(load.source, load.table)
    load.check()
    person = f"person_id = {literal(person_id)}" if of.has_person else "false"
    gone, blanked = [person], {}
    for column in left_out_by(of):
        here = {
            value: Number(of.full_name, column, load.municipality_id, value).scope()
            for value in {one.value for one in numbers}
        }
        values = sorted(one.value for one in set(numbers) if one.scope() == here[one.value])
        if not values:
            continue
        among = f"{quoted(column)} in ({', '.join(literal(value) for value in values)})"
        if is_of_another(of, column):
            blanked[column] = among
        else:
            gone.append(among)
    removed, touched = f"({' or '.join(gone)})", f"({' or '.join([*gone, *blanked.values()])})"
    relation = read_parquet(load.parquet)
    [(rows,)] = con.execute(f"select count(*) from {relation} where {touched}").fetchall()
    if rows:
        nobody = f"erased-{secrets.token_hex(4)}"
        replaced = ", ".join(
            f"case when {among} then {literal(nobody)} else {quoted(column)} end as {quoted(column)}"
            for column, among in blanked.items()
        )
        columns = f"* replace ({replaced})" if replaced else "*"
        select = f"select {columns} from {relation} where {removed} is not true order by source_row"
        lake.replace_content(load, select, con, what, load.key_id)
    return int(rows)
