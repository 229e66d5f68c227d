"""The warehouse over all of Kolada's values: dbt's build against the same compiled SQL, and the queries.

Belongs here: `measure`, and the processes that it starts (`python -m benchmarks.warehouse <what> <home> [...]`). Does
not belong here: fetching those values (`kolada`).

The home is the demonstration's, with one more load of Kolada's log: every value of the Parquet that the demonstration
does not have. Bare SQL: the compiled SQL of every model and test that dbt ran, in dbt's order, by DuckDB alone on a
copy of the build. dbt's own fixed start-up: a build of one model of one row, imports counted.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.demonstration import environment, refreshed
from benchmarks.measure import ROOT, Measured, at_most, run

BUILD, QUERIES = "Warehouse", "Queries"
ONE_MODEL = "stg_run__run"
LOOKUP = "One indicator, own value beside the means"
REPEATED = 7


def measure(values: Path | None, work: Path) -> list[Measured]:
    """Benchmarks 3 and 7. values: Parquet with kpi, municipality, period, gender and value; None: the demonstration's
    alone.
    """
    home = refreshed(work)
    rows: list[Measured] = []
    if values is not None:
        everything = work / "everything"
        if not (everything / "accepted.json").exists():
            shutil.rmtree(everything, ignore_errors=True)
            shutil.copytree(
                home / "lake", everything / "lake", copy_function=os.link, ignore=shutil.ignore_patterns("*.lock")
            )
            _process("accept", everything, work, str(values))
        home = everything
    start = _process("dbt", home, work, ONE_MODEL)
    built = _process("dbt", home, work)
    bare = _process("sql", home, work)
    nodes = json.loads((home / "build" / "bare.json").read_text(encoding="utf-8"))
    beyond = built.wall - start.wall
    rows += [
        Measured(BUILD, "dbt's fixed start-up", start.wall, "s"),
        Measured(BUILD, f"dbt build, {nodes['models']} models, {nodes['tests']} tests", built.wall, "s"),
        Measured(BUILD, "peak memory", built.peak_mb, "MB"),
        Measured(BUILD, "the same SQL by DuckDB alone, models", nodes["models_s"], "s"),
        Measured(BUILD, "the same SQL by DuckDB alone, tests", nodes["tests_s"], "s"),
        Measured(BUILD, "peak memory of DuckDB alone", bare.peak_mb, "MB"),
        at_most(
            BUILD,
            "dbt beyond its start-up against DuckDB alone",
            beyond / (nodes["models_s"] + nodes["tests_s"]),
            "x",
            1.3,
        ),
    ]
    _process("publish", home, work)
    _process("queries", home, work)
    asked: dict[str, float] = json.loads((home / "queries.json").read_text(encoding="utf-8"))
    worst = max(asked, key=lambda name: asked[name])
    return [
        *rows,
        Measured(QUERIES, f"median of {len(asked)} of the cookbook", statistics.median(asked.values()), "ms"),
        at_most(QUERIES, f"slowest: {worst}", asked[worst], "ms", 100),
        at_most(QUERIES, f"lookup: {LOOKUP}", asked[LOOKUP], "ms", 10),
    ]


def _process(what: str, home: Path, work: Path, *more: str) -> Any:
    return run(["-m", "benchmarks.warehouse", what, str(home), *more], environment(home), work / f"{what}.log")


def accept(home: Path, values: Path) -> None:
    """Put the values that the lake lacks into it as one load, judged by its suite."""
    import duckdb

    from expectations.judge import judge
    from ingestion.contracts import table
    from ingestion.lake import BOOKKEEPING, WHOLE, Candidate, Lake
    from ingestion.sql import content_hash, literal, read_parquet

    lake, of = Lake(home / "lake"), table("kolada", "data")
    folder = lake.new_candidate_dir()
    columns = [name for name, _ in of.lake_columns() if name not in BOOKKEEPING]
    with duckdb.connect(config={"threads": 2}) as con:
        lake.attach(con)
        con.execute(
            "copy (select v.kpi as kpi_id, v.municipality as municipality_id, cast(v.period as bigint) as year, v.gender, v.value, "
            "cast(null as bigint) as count, cast(null as varchar) as status, false as is_deleted, row_number() over () as source_row, "
            f"{literal(folder.name)} as load_id from {read_parquet(values)} as v anti join lake.kolada_data as held "
            "on v.kpi = held.kpi_id and v.municipality = held.municipality_id and v.period = held.year and v.gender = held.gender "
            f"order by kpi_id, municipality_id, year, gender) to {literal(folder / 'data.parquet')} (format parquet)"
        )
        relation = read_parquet(folder / "data.parquet")
        [(rows,)] = con.execute(f"select count(*) from {relation}").fetchall()
        hashed = content_hash(con, relation, columns)
    candidate = Candidate(
        folder.name, of, WHOLE, WHOLE, values.name, "api", folder, rows, hashed, None, None, datetime.now(UTC)
    )
    verdict = judge(candidate, None, lake)
    rejected = [finding for finding in verdict.findings if finding.severity == "error"]
    assert verdict.accepted or verdict.drift_only, rejected  # so many more rows than ever before are a drift
    lake.accept(candidate, verdict.as_dict())
    (home / "accepted.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")


def dbt(home: Path, *select: str) -> None:
    """Prepare the build file and run `dbt build` on it; the whole of it unless names are selected."""
    from orchestration.assets.warehouse import prepare
    from orchestration.dbt import build
    from orchestration.resources import Workspace
    from orchestration.settings import Settings

    settings = Settings.from_environment(os.environ)
    settings.build.unlink(missing_ok=True)
    prepare(settings.build, Workspace(settings), datetime.now(UTC))
    invocation = build(settings.build, select, print)
    assert invocation.passed, invocation.reason


def sql(home: Path) -> None:
    """The compiled SQL of what dbt ran, in dbt's order, on a copy of the build."""
    import duckdb

    build, copy = home / "build" / "warehouse.duckdb", home / "build" / "bare" / "warehouse.duckdb"
    copy.parent.mkdir(exist_ok=True)
    shutil.copy(build, copy)
    nodes = json.loads((ROOT / "dbt_project" / "target" / "manifest.json").read_bytes())["nodes"]
    results = json.loads((home / "build" / "dbt" / "run_results.json").read_bytes())["results"]
    seconds, count = {"model": 0.0, "test": 0.0}, {"model": 0, "test": 0}
    with duckdb.connect(str(copy), config={"threads": 2}) as con:
        for schema in ("staging", "intermediate", "marts", "meta"):
            con.execute(f"drop schema if exists {schema} cascade")
            con.execute(f"create schema {schema}")
        for result in results:
            node = nodes[result["unique_id"]]
            kind, text = node["resource_type"], result["compiled_code"]
            start = time.perf_counter()
            if kind == "model":
                con.execute(f"create {node['config']['materialized']} {result['relation_name']} as {text}")
            elif kind == "test":
                con.execute(f"select count(*) from ({text}) as found").fetchall()
            if kind in seconds:
                seconds[kind] += time.perf_counter() - start
                count[kind] += 1
    shutil.rmtree(copy.parent)
    told = {"models": count["model"], "tests": count["test"], "models_s": seconds["model"], "tests_s": seconds["test"]}
    (home / "build" / "bare.json").write_text(json.dumps(told), encoding="utf-8")


def publish(home: Path) -> None:
    """Publish the build."""
    from publication.publish import publish, record_verdict

    build = home / "build" / "warehouse.duckdb"
    record_verdict(build, passed=True, reason="", tests=0, inputs="")
    publish(build, home / "published", keep=1)


def queries(home: Path) -> None:
    """Every query of the cookbook, each on a connection that has answered it once; milliseconds, the median of several."""
    import duckdb

    from demo.cookbook import questions

    took: dict[str, float] = {}
    with duckdb.connect(str(home / "published" / "current.duckdb"), read_only=True) as con:
        for question in questions((ROOT / "docs" / "queries.md").read_text(encoding="utf-8")):
            each = []
            for _ in range(REPEATED):
                start = time.perf_counter()
                con.execute(question.sql).fetchall()
                each.append(1000 * (time.perf_counter() - start))
            took[question.title.rstrip("?")] = statistics.median(each)
    (home / "queries.json").write_text(json.dumps(took), encoding="utf-8")


if __name__ == "__main__":
    what, home, *more = sys.argv[1:]
    if what == "accept":
        accept(Path(home), Path(more[0]))
    elif what == "dbt":
        dbt(Path(home), *more)
    else:
        {"sql": sql, "publish": publish, "queries": queries}[what](Path(home))
