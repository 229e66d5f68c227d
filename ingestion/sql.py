"""SQL text for DuckDB: names and texts quoted, Parquet files read, the hash of a relation's rows.

Belongs here: the few places where a name, a text or a path becomes part of a statement, because a parameter cannot
stand there. Does not
belong here: statements that mean something (`lake`, `readers`, `expectations`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def quoted(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """`text` as an SQL string, for the few places (views) where a parameter cannot stand."""
    return "'" + str(text).replace("'", "''") + "'"


def without_pattern(location: str | Path) -> str:
    """A path with every character that DuckDB would take as a pattern in brackets: `*.csv` is a file's name, not its
    neighbours.
    """
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(location))


def read_parquet(*files: str | Path, union_by_name: bool = False) -> str:
    """SQL of a relation over Parquet files: these files, and in them nothing but their own columns, whatever the
    folders are called.

    The one way in which Parquet is read: DuckDB by itself takes `*` in a folder's name for a pattern, and makes a
    column of `env=prod`.
    union_by_name: files of different ages may lack columns.
    """
    listed = ", ".join(literal(without_pattern(file)) for file in files)
    return f"read_parquet([{listed}], hive_partitioning = false{', union_by_name = true' if union_by_name else ''})"


def content_hash(con: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> str:
    """Hash of a relation's rows that does not depend on their order, nor on the engine's version.

    relation: SQL that can stand after `from`. columns: the columns that are content. Streams: one pass, no sort.
    """
    cells = ", ".join(f"coalesce(cast({quoted(column)} as varchar), chr(30))" for column in columns)
    row = con.execute(
        f"with hashed as (select md5_number(concat_ws(chr(31), {cells})) as h from {relation}) "
        "select count(*), sum(cast(h >> 64 as ubigint)), sum(cast(h & 18446744073709551615 as ubigint)) from hashed"
    ).fetchone()
    return hashlib.sha256("|".join([*columns, *map(str, row or ())]).encode()).hexdigest()[:32]
