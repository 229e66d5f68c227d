"""Kolada's load against its floor and against peers, and the monthly refresh by change feed.

Belongs here: `measure`, and the processes that it starts (`python -m benchmarks.kolada --run …`). Prints a table.
Does not belong here: the server (`kolada_server`), the table's shape (`measure`).

Every process is measured whole, imports counted. Floor: the same pages fetched by a bare kept-alive client as fast as
the server gives them, and decoded once to Parquet by DuckDB, no checks. Peers, on the same server and a subset that
they can finish: koladapy with its throttle lifted, and the loop of requests and pandas that most scripts are.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from benchmarks.kolada_server import served
from benchmarks.measure import Measured, Run, at_least, at_most, peak_mb, run, table
from demo.kolada.app import SNAPSHOT
from ingestion.sql import read_parquet

VALUES = "GENOMLYSNING_KOLADA_VALUES"
PORT = 8811
PEERS_KPIS = 10
NAME = "Kolada load"
FEED = "Kolada monthly refresh"
GUARD = "Guard"
FLAT = (
    'select kpi, municipality, period, unnest("values", recursive := true) from (select unnest(page, max_depth := 2) from ('
    'select "values" as page from read_json({files}, format = \'unstructured\', maximum_object_size = 16777216, columns = {{"values": '
    '\'struct(kpi varchar, municipality varchar, period bigint, "values" struct(gender varchar, count bigint, status varchar, '
    "value double, isdeleted boolean)[])[]'}})))"
)


def measure(values: Path | None, work: Path, port: int = PORT) -> list[Measured]:
    """All rows of benchmarks 1 and 2. values: Parquet with kpi, municipality, period, gender, value; None: the bundled
    snapshot.

    work: folder for snapshots, rendered pages (kept for the next time) and lakes. AssertionError if what was loaded is
    not what was served.
    """
    work = work / "kolada"
    whole, revised = work / "whole", work / "revised"
    kpis = _snapshots(values, whole, revised)
    rows: list[Measured] = []
    lake = work / "lake"
    for folder in (lake, work / "quarter", work / "floor"):
        shutil.rmtree(folder, ignore_errors=True)
    with served(whole, work / "pages", port) as url:
        _run("fetch", url, work, "render", kpis=kpis)  # renders every page that the next ones ask for
        asked = work / "pages" / "load.txt"
        if not asked.exists():
            rendered = (work / "pages" / "addresses.txt").read_text(encoding="utf-8").splitlines(keepends=True)
            asked.write_text("".join(line for line in rendered if "/v3/data/" in line), encoding="utf-8")
        addresses = asked.read_text(encoding="utf-8").split()
        alone, size = _alone(url, addresses)
        floor, _ = _run("floor", url, work, "floor")
        load, told = _run("load", url, work, "load", lake=lake, kpis=kpis)
        quarter, _ = _run("load", url, work, "quarter", lake=work / "quarter", kpis=kpis[: len(kpis) // 4])
        some = kpis[:: max(1, len(kpis) // PEERS_KPIS)][:PEERS_KPIS]
        for peer in ("koladapy", "naive"):
            _run(peer, url, work, peer, kpis=some)
        peers = {peer: _run(peer, url, work, peer, kpis=some) for peer in ("koladapy", "naive")}
    count = _same(lake, whole)
    speed = count / load.wall
    rows += [
        Measured(NAME, "rows", count, "rows"),
        Measured(NAME, "pages", len(addresses), "pages"),
        Measured(NAME, "the stand-in alone", alone, "s"),
        Measured(NAME, "JSON", size / 2**20, "MB"),
        Measured(NAME, "floor", floor.wall, "s"),
        Measured(NAME, "platform", load.wall, "s"),
        Measured(NAME, "platform, of which fetch", told["fetch"], "s"),
        Measured(NAME, "platform, of which acceptance", told["accept"] - told["judge"], "s"),
        Measured(NAME, "floor, processor", floor.cpu, "s"),
        Measured(NAME, "platform, processor", load.cpu, "s"),
        at_most(NAME, "against the floor", load.wall / floor.wall, "x", 1.5),
        at_most(NAME, "peak memory", load.peak_mb, "MB", 1024),
        Measured(NAME, "peak memory with a quarter of the indicators", quarter.peak_mb, "MB"),
        Measured(NAME, "platform", speed, "rows/s"),
        Measured(GUARD, "five loads judged, Great Expectations' import counted", told["judge"], "s"),
        at_most(GUARD, "of the load that it guards", 100 * told["judge"] / load.wall, "%", 25),
        Measured(GUARD, "peak memory of the process before it", told["before_mb"], "MB"),
        Measured(GUARD, "peak memory of the process with it", load.peak_mb, "MB"),
    ]
    for peer, (took, found) in peers.items():
        peer_speed = found["rows"] / took.wall
        rows.append(Measured(NAME, f"{peer}, {found['rows']} rows", peer_speed, "rows/s"))
        what = f"against {peer}"
        rows.append(
            at_least(NAME, what, speed / peer_speed, "x", 15)
            if peer == "koladapy"
            else Measured(NAME, what, speed / peer_speed, "x")
        )
    files = len(list((lake / "kolada" / "data").rglob("data.parquet")))
    with served(revised, work / "pages_revised", port) as url:
        copy = work / "render_lake"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(lake, copy)
        _run("load", url, work, "render", lake=copy, kpis=kpis)
        shutil.rmtree(copy)
        feed, told = _run("load", url, work, "feed", lake=lake, kpis=kpis)
    _same(lake, revised)
    rows += [
        Measured(FEED, "changed values", told["rows"], "rows"),
        Measured(FEED, "requests", told["requests"], "requests"),
        Measured(FEED, "change feed", feed.wall, "s"),
        Measured(FEED, "of which fetch", told["fetch"], "s"),
        Measured(FEED, "of which guard", told["judge"], "s"),
        Measured(FEED, "of which acceptance", told["accept"] - told["judge"], "s"),
        Measured(FEED, "change feed, processor", feed.cpu, "s"),
        at_most(FEED, "against a full load", 100 * feed.wall / load.wall, "%", 5),
        at_most(FEED, "peak memory", feed.peak_mb, "MB", 1024),
        Measured(FEED, "files in the log", files + 1, "files"),
    ]
    return rows


def _snapshots(values: Path | None, whole: Path, revised: Path) -> list[str]:
    """The folders that the server reads: all values, and the same with 1 % revised, some withdrawn and a catalogue
    changed.
    """
    con = duckdb.connect(config={"memory_limit": "2GB"})
    source = read_parquet(values or SNAPSHOT / "values.parquet")
    status = "status" if values is None else "'' as status"
    every = f"select kpi, municipality, period, gender, value, {status}, date '2026-01-01' as changed, false as isdeleted from {source}"
    draw = "hash(kpi, municipality, period, gender, 7) % 10000"
    changes = (
        f"select * replace (case when {draw} < 95 then value + 1 when {draw} >= 100 then value end as value, "
        f"{draw} between 95 and 99 as isdeleted, case when {draw} < 100 then current_date else changed end as changed) from ({every})"
    )
    for folder, select in ((whole, every), (revised, changes)):
        folder.mkdir(parents=True, exist_ok=True)
        for path in SNAPSHOT.glob("*.json.gz"):
            shutil.copy(path, folder)
        con.execute(
            f"copy ({select} order by kpi, municipality, period, gender) to '{folder / 'values.parquet'}' (format parquet)"
        )
    units = json.loads(gzip.decompress((revised / "ou.json.gz").read_bytes()))
    units[0]["title"] += " (ny)"
    (revised / "ou.json.gz").write_bytes(gzip.compress(json.dumps(units).encode()))
    return [
        row[0]
        for row in con.execute(
            f"select distinct kpi from {read_parquet(whole / 'values.parquet')} order by 1"
        ).fetchall()
    ]


def _same(lake: Path, snapshot: Path) -> int:
    """Number of values in the lake; AssertionError unless count, sum and hash of each indicator's are those that were
    served.
    """
    from ingestion.lake import Lake

    con = duckdb.connect(config={"memory_limit": "2GB"})
    Lake(lake).attach(con)
    per_kpi = (
        "select kpi, count(*) as rows, sum(value::decimal(38, 9)) as total, "
        "bit_xor(hash(municipality, period::bigint, gender, value)) as h from ({}) group by kpi"
    )
    served = per_kpi.format(f"select * from {read_parquet(snapshot / 'values.parquet')} where not isdeleted")
    held = per_kpi.format(
        "select kpi_id as kpi, municipality_id as municipality, year as period, gender, value from lake.kolada_data "
        "join (select load_id, sequence from lake.loads) using (load_id) "
        "qualify row_number() over (partition by kpi_id, municipality_id, year, gender order by sequence desc) = 1 and not is_deleted"
    )
    wrong = con.execute(
        f"select count(*) from ({served}) a full join ({held}) b using (kpi) where a.rows is distinct from b.rows "
        "or a.total is distinct from b.total or a.h is distinct from b.h"
    ).fetchone()
    assert wrong == (0,), f"{wrong} indicators are not what was served"
    row = con.execute("select sum(rows)::bigint from lake.loads where table_name = 'data' and sequence <= 5").fetchone()
    return int(row[0]) if row else 0


def _run(
    what: str, url: str, work: Path, name: str, lake: Path | None = None, kpis: list[str] | None = None
) -> tuple[Run, dict[str, Any]]:
    (work / "kpis.json").write_text(json.dumps(kpis or []), encoding="utf-8")
    log = work / f"{name}.log"
    arguments = [
        "-m",
        "benchmarks.kolada",
        "--run",
        what,
        "--url",
        url,
        "--work",
        str(work),
        "--lake",
        str(lake or work / "none"),
    ]
    took = run(arguments, {"GX_ANALYTICS_ENABLED": "false"}, log)
    return took, json.loads(log.read_text(encoding="utf-8").splitlines()[-1])


def _pages(url: str, addresses: list[str]) -> Any:
    """Bodies by a bare kept-alive client."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    for address in addresses:
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        yield connection.getresponse().read()


def _alone(url: str, addresses: list[str]) -> tuple[float, int]:
    """Seconds that the server needs to give all pages, thrown away; and their size as JSON, in bytes."""
    start, size = time.perf_counter(), 0
    for body in _pages(url, addresses):
        size += int.from_bytes(body[-4:], "little")
    return time.perf_counter() - start, size


def _floor(url: str, work: Path) -> dict[str, Any]:
    folder = work / "floor"
    folder.mkdir()
    addresses = (work / "pages" / "load.txt").read_text(encoding="utf-8").split()
    for number, body in enumerate(_pages(url, addresses)):
        (folder / f"{number:05}.json").write_bytes(gzip.decompress(body))
    con = duckdb.connect()
    con.execute(
        f"copy ({FLAT.format(files=repr(str(folder / '*.json')))}) to '{folder / 'data.parquet'}' (format parquet, compression zstd)"
    )
    shutil.rmtree(folder)
    return {}


def _load(url: str, lake_folder: Path, kpis: list[str], only_fetch: bool) -> dict[str, Any]:
    from ingestion.kolada.client import KoladaClient, Patience
    from ingestion.kolada.fetch import Followed, fetch
    from ingestion.lake import Lake, Rejected

    start = time.perf_counter()
    lake = Lake(lake_folder)
    client = KoladaClient(url, Patience(min_interval=0))
    followed = [Followed(kpi, "") for kpi in kpis]
    with lake.writer():
        candidates = fetch(client, lake, followed)
        fetched, before = time.perf_counter() - start, peak_mb()
        rows = sum(candidate.rows for candidate in candidates if candidate.table.name == "data")
        judged = 0.0
        if not only_fetch:
            from expectations import gate

            judge = gate.judge

            def timed(*arguments: Any) -> Any:
                nonlocal judged
                begun = time.perf_counter()
                verdict = judge(*arguments)
                judged += time.perf_counter() - begun
                return verdict

            gate.judge = timed  # type: ignore[assignment]
            outcomes = gate.judge_and_accept(candidates, lake, Rejected(lake_folder / "rejected"), lambda _line: None)
            assert {outcome.state for outcome in outcomes} == {"accepted"}, outcomes
    accepted = time.perf_counter() - start - fetched
    return {
        "rows": rows,
        "requests": client.requests_done,
        "fetch": fetched,
        "accept": accepted,
        "judge": judged,
        "before_mb": before,
    }


def _koladapy(url: str, kpis: list[str], units: list[str]) -> dict[str, Any]:
    from koladapy import KoladaAPI

    api = KoladaAPI(base_url=url + "/", max_requests_per_second=1e9)
    return {"rows": len(api.get_data_as_dataframe(kpi_id=kpis, municipality_id=units))}


def _naive(url: str, kpis: list[str], units: list[str]) -> dict[str, Any]:
    import pandas as pd
    import requests

    frames = []
    for kpi in kpis:
        for start in range(0, len(units), 25):
            address = f"{url}/data/kpi/{kpi}/municipality/{','.join(units[start : start + 25])}"
            while address:
                answer = requests.get(address, timeout=60).json()
                if answer["values"]:
                    frames.append(pd.json_normalize(answer["values"], "values", ["kpi", "municipality", "period"]))
                address = answer["next_url"]
    return {"rows": len(pd.concat(frames))}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--values", type=Path, default=os.environ.get(VALUES), help=f"Parquet of all values (or in {VALUES})"
    )
    parser.add_argument("--work", type=Path, help="folder that keeps the rendered pages; else they are thrown away")
    parser.add_argument("--small", action="store_true", help="the bundled snapshot instead")
    parser.add_argument("--run", choices=("fetch", "floor", "load", "koladapy", "naive"), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--lake", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.run is None:
        if not chosen.small and (chosen.values is None or not Path(chosen.values).exists()):
            parser.error(
                f"no Parquet of Kolada's values ({chosen.values}): name it with --values or in {VALUES} "
                "(columns kpi, municipality, period, gender, value), or measure the bundled snapshot with --small"
            )
        values = None if chosen.small else Path(chosen.values)
        with tempfile.TemporaryDirectory(prefix="bench-kolada-") as folder:
            print(table(measure(values, chosen.work or Path(folder))))
        return
    kpis = json.loads((chosen.work / "kpis.json").read_text(encoding="utf-8"))
    units = [unit["id"] for unit in json.loads(gzip.decompress((SNAPSHOT / "municipality.json.gz").read_bytes()))]
    if chosen.run in ("fetch", "load"):
        told = _load(chosen.url, chosen.lake, kpis, only_fetch=chosen.run == "fetch")
    elif chosen.run == "floor":
        told = _floor(chosen.url, chosen.work)
    else:
        told = (_koladapy if chosen.run == "koladapy" else _naive)(chosen.url, kpis, units)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
