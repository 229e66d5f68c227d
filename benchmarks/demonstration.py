"""How long a refresh of the demonstration takes, and how much of it is not the platform's own work.

Belongs here: one run of everything, as ratios against the floor of the same run. Prints a table; asserts nothing: timings
are no tests.

Floor: the same delivered files parsed to Parquet, and the same compiled SQL of the models run, by DuckDB alone in one
process: no checks, no pseudonyms, no contracts, no Dagster, no dbt. Outside: starting the interpreter and importing the
libraries that a refresh needs, which no design of the platform's own can avoid, only pay once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
FIRST_IMPORTS = "dagster, dagster_dbt, dbt.cli.main, dbt.adapters.duckdb, great_expectations, pandas, duckdb, requests, altair, vl_convert"
REPEATED_IMPORTS = FIRST_IMPORTS.replace("great_expectations, ", "")


@dataclass(frozen=True)
class Run:
    """What a process cost: seconds of wall and processor time, and its peak memory in MB."""

    wall: float
    cpu: float
    peak_mb: float


def run(arguments: list[str], environment: dict[str, str], log: Path) -> Run:
    """Run a Python process to its end; RuntimeError (with where its output lies) if it fails."""
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *arguments],
            {**os.environ, **environment},
            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)],
        )
        _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{log.read_text(encoding='utf-8')[-3000:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@contextmanager
def timed(seconds: dict[str, float], what: str) -> Iterator[None]:
    """Add the time spent inside to `seconds[what]`."""
    start = time.perf_counter()
    yield
    seconds[what] = seconds.get(what, 0.0) + time.perf_counter() - start


def parse_floor(inbox: Path, target: Path) -> int:
    """Every delivered file to Parquet, as texts; gives the number of files."""
    files = sorted(path for path in inbox.rglob("*") if path.is_file())
    with duckdb.connect(config={"threads": 2}) as con:
        for number, path in enumerate(files):
            out = target / f"{number}.parquet"
            if path.suffix == ".xlsx":
                import openpyxl
                import pandas as pd

                header, *rows = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)
                whole = [[*row, *[None] * (len(header) - len(row))] for row in rows]
                sheet = pd.DataFrame(whole, columns=[str(name) for name in header]).astype("str")
                con.register("sheet", sheet)
                con.execute(f"copy sheet to '{out}' (format parquet)")
            else:
                text = path.read_bytes()
                encoding = "cp437" if path.suffix.lower() in (".se", ".si", ".sie") else _encoding(text)
                separator = "\x01" if encoding == "cp437" else ";"
                plain = target / f"{number}.txt"
                plain.write_text(text.decode(encoding), encoding="utf-8")
                con.execute(
                    f"copy (select * from read_csv('{plain}', all_varchar = true, delim = '{separator}', quote = '', header = false, "
                    f"auto_detect = false, columns = {_columns(plain, separator)}, null_padding = true)) to '{out}' (format parquet)"
                )
                plain.unlink()
    return len(files)


def sql_floor(build: Path, copy: Path) -> int:
    """The compiled SQL of every model, in dbt's order, on a copy of the build; gives the number of models."""
    copy.write_bytes(build.read_bytes())
    dbt = build.parent / "dbt"
    nodes = json.loads((dbt / "manifest.json").read_bytes())["nodes"]
    results = json.loads((dbt / "run_results.json").read_bytes())["results"]
    models = [result for result in results if result["unique_id"].startswith("model.")]
    catalogue = f'"{build.stem}".'
    with duckdb.connect(str(copy), config={"threads": 2}) as con:
        con.execute(f"use {copy.stem}")
        for result in models:
            kind = nodes[result["unique_id"]]["config"]["materialized"]
            relation, sql = (result[key].replace(catalogue, "") for key in ("relation_name", "compiled_code"))
            con.execute(f"drop {kind} if exists {relation} cascade")
            con.execute(f"create {kind} {relation} as {sql}")
    return len(models)


def _encoding(text: bytes) -> str:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _columns(path: Path, separator: str) -> str:
    with path.open(encoding="utf-8") as file:
        width = file.readline().count(separator) + 1
    return "{" + ", ".join(f"'c{index}': 'varchar'" for index in range(width)) + "}"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {
            "GENOMLYSNING_HOME": str(home / "var"),
            "DAGSTER_HOME": str(home / "var" / "dagster"),
            "GENOMLYSNING_ENV": "demo",
            "PYTHONPATH": str(ROOT),
        }
        print("Measuring: two refreshes, their imports, and the floor. About three minutes.", flush=True)
        first = run(["-m", "demo"], environment, home / "first.log")
        repeated = run(["-m", "demo"], environment, home / "repeated.log")
        bare = run(["-c", "pass"], environment, home / "bare.log")
        first_imports = run(["-c", f"import {FIRST_IMPORTS}"], environment, home / "imports.log")
        repeated_imports = run(["-c", f"import {REPEATED_IMPORTS}"], environment, home / "imports.log")
        write = "import sys; from pathlib import Path; from demo.deliveries import write_deliveries; write_deliveries(Path(sys.argv[1]))"
        generated = run(["-c", write, str(home / "inbox")], environment, home / "write.log")
        seconds: dict[str, float] = {}
        (home / "floor").mkdir()
        with timed(seconds, "parse"):
            files = parse_floor(home / "inbox", home / "floor")
        with timed(seconds, "sql"):
            models = sql_floor(home / "var" / "build" / "warehouse.duckdb", home / "floor.duckdb")
    rows = [
        ("first refresh", first, first_imports, seconds["parse"] + seconds["sql"]),
        ("repeated refresh", repeated, repeated_imports, seconds["sql"]),
    ]
    print(f"\nFloor: {files} files parsed in {seconds['parse']:.1f} s, compiled SQL of {models} models in {seconds['sql']:.1f} s.")
    print(
        f"The first refresh also writes the demonstration deliveries, {generated.wall:.1f} s alone; a bare interpreter {bare.wall:.2f} s.\n"
    )
    print("| | wall s | cpu s | peak MB | imports s | share outside | floor s | wall / floor |")
    print("|---|---|---|---|---|---|---|---|")
    for name, spent, imports, floor in rows:
        print(
            f"| {name} | {spent.wall:.1f} | {spent.cpu:.1f} | {spent.peak_mb:.0f} | {imports.wall:.1f} | {imports.wall / spent.wall:.0%} "
            f"| {floor:.1f} | {spent.wall / floor:.1f} |"
        )


if __name__ == "__main__":
    main()
