"""`python -m benchmarks.small` (make bench-small): a few ratios on what `make demo` left, held against the recorded
ones.

Belongs here: what CI looks at on every commit, in less than a minute. It fails where a ratio is more than twice the
recorded one, so that noise passes and a design that went wrong does not. Does not belong here: goals (`python -m
benchmarks`).

Ratios are of processor time: on a busy machine it varies far less than the clock. `recorded.json` is written by
`--record`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import extracts
from benchmarks.demonstration import UNAVOIDABLE, environment
from benchmarks.measure import ROOT, run
from benchmarks.warehouse import ONE_MODEL

RECORDED = Path(__file__).with_name("recorded.json")
TIMES_WORSE = 2.0
ROWS = 20_000


def ratios(home: Path, work: Path) -> dict[str, float]:
    """The ratios by name. home: a refreshed demonstration, which is copied; work: an empty folder."""
    copy = work / "home"
    shutil.copytree(home, copy, symlinks=True, ignore=shutil.ignore_patterns("*.lock", "inbox"))
    here, log = environment(copy), work / "log"
    imports = run(["-c", UNAVOIDABLE], {}, log)
    dagster = run(["-c", "import dagster, dagster_dbt"], {}, log)
    location = run(["-c", "import orchestration.definitions"], here, log)
    run(["-m", "genomlysning", "demo"], here, log)  # a home of yesterday, or of other models, is built anew
    again = run(["-m", "genomlysning", "demo"], here, log)
    start = run(["-m", "benchmarks.warehouse", "dbt", str(copy), ONE_MODEL], here, log)
    built = run(["-m", "benchmarks.warehouse", "dbt", str(copy)], here, log)
    bare = run(["-m", "benchmarks.warehouse", "sql", str(copy)], here, log)
    extracts.write("ledger", work / "ledger" / "inbox", 1, ROWS)
    read = run(["-m", "benchmarks.extracts", "floor", "ledger", str(work / "ledger")], {}, log)
    taken = run(["-m", "benchmarks.extracts", "take", "ledger", str(work / "ledger")], {}, log)
    return {
        "code location / import dagster, dagster_dbt": location.cpu / dagster.cpu,
        "refresh with nothing new / unavoidable imports": again.cpu / imports.cpu,
        "dbt beyond its start-up / the same SQL by DuckDB alone": (built.cpu - start.cpu) / bare.cpu,
        "transactions read, guarded and accepted / DuckDB's read of the CSV": taken.cpu / read.cpu,
    }


def worse(measured: dict[str, float], recorded: dict[str, float]) -> list[str]:
    """What is more than twice as bad as recorded, in words."""
    return [
        f"{name}: {ratio:.2f}, recorded {recorded[name]:.2f}"
        for name, ratio in measured.items()
        if ratio > TIMES_WORSE * recorded[name]
    ]


def main() -> int:
    """Command line."""
    home = Path(os.environ.get("GENOMLYSNING_HOME") or ROOT / "var")
    if not (home / "published" / "current.duckdb").exists():
        print(f"{home} holds no refreshed demonstration. Run: make demo", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="bench-small-") as folder:
        measured = ratios(home, Path(folder))
    if "--record" in sys.argv[1:]:
        RECORDED.write_text(
            json.dumps({name: round(ratio, 2) for name, ratio in measured.items()}, indent=1) + "\n", encoding="utf-8"
        )
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    for name, ratio in measured.items():
        print(f"{ratio:6.2f} (recorded {recorded[name]:.2f})  {name}")
    found = worse(measured, recorded)
    for line in found:
        print(f"More than {TIMES_WORSE:g} times the recorded ratio: {line}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
