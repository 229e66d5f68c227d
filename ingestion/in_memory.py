"""DuckDB in memory, for rows that no other file may hold.

Belongs here: the one way in which deliveries are read and all but the largest candidates judged: never a folder to
spill to, since what is held may be personnummer. Does not belong here: DuckDB on files (`publication`), and what may
spill because no personnummer is left in it (`kolada`, `compaction`, the judgement of more than a million rows).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_KEPT = threading.local()


@contextmanager
def in_memory(threads: int = 1) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose temporary tables and views are its own and gone when it closes.

    Each thread of the process keeps one empty database for all its connections: to make one costs more than to read a
    small file.
    threads: how many may work on a query, the caller's among them; starting a second costs more than reading a small
    file, too.
    """
    database: duckdb.DuckDBPyConnection | None = getattr(_KEPT, "database", None)
    if database is None:
        database = _KEPT.database = duckdb.connect(
            config={
                "temp_directory": "",
                "autoinstall_known_extensions": "false",
                "enable_external_file_cache": "false",
                "threads": 1,
            }
        )
    database.execute(f"set threads = {threads}")
    connection = database.cursor()
    try:
        yield connection
    finally:
        connection.close()
        database.execute("set threads = 1")
