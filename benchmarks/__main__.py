"""`python -m benchmarks [name ...] [--values FILE] [--work FOLDER] [--write]` (make bench): run the benchmarks and
print one table.

Belongs here: the command line, the table, `docs/benchmarks.md`. Does not belong here: any benchmark.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from benchmarks.measure import ROOT, Measured, table

MODULES = ("kolada", "demonstration", "warehouse", "extracts")
"""Modules of this package with `measure(values, work)`, in the order in which they run."""

PAGE = ROOT / "docs" / "benchmarks.md"
VALUES = "GENOMLYSNING_KOLADA_VALUES"
ABOUT = """# Benchmarks

Written by `make bench` (`python -m benchmarks --write`). One benchmark alone: `python -m benchmarks <name>` with a name of
`benchmarks/`: {names}. The Parquet of all of Kolada's values (columns kpi, municipality, period, gender,
value) is named with `--values` or in `{variable}`; without it, what needs it is measured on the demonstration's values.

How to read it: a ratio has the floor or the peer of the same run beside it, so it says more than the seconds, which differ between machines
by a factor and between runs on one machine by some tens of per cent. Every process is measured whole: interpreter, imports, work.
Peak memory is the process's largest resident set. What stands behind a goal that was not reached: [performance.md](performance.md).

Measured {when} UTC on {machine}; {load}.

{table}
"""


def machine() -> str:
    """The machine in words."""
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        model = next(
            (
                line.split(":", 1)[1].strip()
                for line in cpuinfo.read_text().splitlines()
                if line.startswith("model name")
            ),
            model,
        )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )


def main() -> int:
    """Command line; the exit code is 0 if every goal held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", choices=[*MODULES, []], help=f"of {', '.join(MODULES)}; all without")
    parser.add_argument(
        "--values",
        type=Path,
        default=os.environ.get(VALUES),
        help=f"Parquet of all of Kolada's values (or in {VALUES})",
    )
    parser.add_argument(
        "--work", type=Path, help="folder that keeps what was made, for the next time; else it is thrown away"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    chosen = parser.parse_args()
    values = Path(chosen.values).resolve() if chosen.values else None
    if values is not None and not values.exists():
        parser.error(f"{values} does not exist")
    work = (chosen.work or Path(tempfile.mkdtemp(prefix="bench-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    load = f"load average before {os.getloadavg()[0]:.1f}"
    rows: list[Measured] = []
    try:
        for name in chosen.names or MODULES:
            print(f"{name} ...", file=sys.stderr, flush=True)
            measured = importlib.import_module(f"benchmarks.{name}").measure(values, work)
            print(table(measured), file=sys.stderr, flush=True)
            rows += measured
            if chosen.write:  # after each: what was measured stays, also where a later one fails
                when = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
                text = ABOUT.format(
                    names=", ".join(MODULES),
                    variable=VALUES,
                    when=when,
                    machine=machine(),
                    load=load,
                    table=table(rows),
                )
                PAGE.write_text(text, encoding="utf-8")
    finally:
        if chosen.work is None:
            shutil.rmtree(work, ignore_errors=True)
    print(table(rows))
    return 0 if all(row.held is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
