"""A small warehouse for tests: the sources that dbt reads, made from rows, and dbt run on them in this process.

Belongs here: what several test files about the warehouse need. Does not belong here: rows of any one test.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.configuration.municipality import CONFIG_TABLES, Municipality, config_rows
from ingestion.contracts import tables

ROWS_AT_A_TIME = 200  # a statement, and so a write to disk, for each row took a minute of a file's tests
DBT_PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"

LOADS_COLUMNS = (
    ("load_id", "varchar"),
    ("sequence", "bigint"),
    ("source", "varchar"),
    ("table_name", "varchar"),
    ("municipality_id", "varchar"),
    ("period", "varchar"),
    ("content_hash", "varchar"),
    ("file", "varchar"),
    ("received_at", "timestamp"),
    ("accepted_at", "timestamp"),
    ("rows", "bigint"),
    ("data_through", "date"),
    ("key_id", "varchar"),
    ("is_simulated", "boolean"),
    ("warnings", "bigint"),
    ("predecessor_accepted_at", "timestamp"),
    ("mapping", "varchar"),
)


def write_sources(
    build: Path,
    municipalities: Mapping[str, Municipality],
    rows: Mapping[str, Iterable[Mapping[str, Any]]],
    as_of: datetime,
) -> None:
    """Make the build file `build` with the schemas `lake` and `config` as a real build has them.

    rows: by table ('kolada_data', 'ledger_transactions', …, 'loads'), each row a mapping; columns left out are null.
    """
    con = duckdb.connect(str(build))
    with con:
        con.execute("create schema lake")
        con.execute("create schema config")
        for of in tables():
            _fill(con, f"lake.{of.full_name}", of.lake_columns(), rows.get(of.full_name, ()))
        _fill(con, "lake.loads", LOADS_COLUMNS, rows.get("loads", ()))
        configured = config_rows(dict(municipalities))
        for name, columns in CONFIG_TABLES.items():
            names = [column for column, _ in columns]
            _fill(con, f"config.{name}", columns, (dict(zip(names, row, strict=True)) for row in configured[name]))
        run = [{"as_of": as_of, "environment": "demo", "git_sha": "0" * 40}]
        _fill(con, "config.run", (("as_of", "timestamp"), ("environment", "varchar"), ("git_sha", "varchar")), run)


def _fill(
    con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, Any]]
) -> None:
    con.execute(f"create table {name} ({', '.join(f'{column} {kind}' for column, kind in columns)})")
    found = list(rows)
    unknown = {column for row in found for column in row} - {column for column, _ in columns}
    assert not unknown, f"{name} has no column {unknown}"
    one = f"({', '.join('?' * len(columns))})"
    for start in range(0, len(found), ROWS_AT_A_TIME):
        some = found[start : start + ROWS_AT_A_TIME]
        values = [row.get(column) for row in some for column, _ in columns]
        con.execute(f"insert into {name} values {', '.join([one] * len(some))}", values)


_parsed: dict[str, Any] = {}
"""The project as parsed in this process, by the name of the database, which stands in every model's SQL."""


def run_dbt(build: Path, *arguments: str) -> Any:
    """Run dbt with `arguments` on `build` in this process and give dbt's result; its connection is closed afterwards.

    Its artefacts lie in the folder `target` beside `build`. Parsing takes longer than many a build: it is done once.
    """
    from dbt.cli.main import dbtRunner

    from orchestration.dbt import release

    target = build.parent / "target"
    folders = [
        "--project-dir",
        DBT_PROJECT,
        "--profiles-dir",
        DBT_PROJECT,
        "--target-path",
        target,
        "--log-path",
        target,
    ]
    options = [str(part) for part in folders]
    os.environ["GENOMLYSNING_BUILD"] = str(build)
    try:
        if build.stem not in _parsed:
            parsed = dbtRunner().invoke(["parse", "--quiet", *options])
            if not parsed.success:
                return parsed
            _parsed[build.stem] = parsed.result
        return dbtRunner(manifest=_parsed[build.stem]).invoke([*arguments, *options])
    finally:
        release()
        del os.environ["GENOMLYSNING_BUILD"]


def failures(result: Any) -> list[str]:
    """What went wrong in a dbt result: nothing when it succeeded."""
    if result.exception:
        return [str(result.exception)]
    return [
        f"{item.node.name}: {item.message}" for item in result.result if str(item.status) not in ("success", "pass")
    ]
