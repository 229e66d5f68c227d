"""Orchestration and reports: a refresh of the demonstration, the same with nothing new, the code location, and the
reports.

Belongs here: `measure`. Does not belong here: what grows with the data (`warehouse`, `extracts`).

Every process is measured whole, from its start. The unavoidable imports of a refresh are those that every refresh needs
whatever it
finds: Dagster, dagster-dbt, DuckDB, requests and YAML.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.measure import ROOT, Measured, at_most, middle, run

REFRESH, LOCATION, REPORTS = "Refresh", "Code location", "Reports"
UNAVOIDABLE = "import dagster, dagster_dbt, duckdb, requests, yaml"


def environment(home: Path) -> dict[str, str]:
    """What a process needs to work in `home`."""
    return {"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}


def refreshed(work: Path) -> Path:
    """The home that `genomlysning demo` refreshed, made on first use."""
    home = work / "home"
    if not (home / "published" / "current.duckdb").exists():
        run(["-m", "genomlysning", "demo"], environment(home), work / "first.log")
    return home


def measure(_values: Path | None, work: Path) -> list[Measured]:
    """Benchmarks 5 and 8. work: folder for the home and the processes' output."""
    rows = []
    home = work / "home"
    first = None if home.exists() else run(["-m", "genomlysning", "demo"], environment(home), work / "first.log")
    # a home of yesterday is built anew by the first refresh of today
    settle = run(["-m", "genomlysning", "demo"], environment(home), work / "settle.log")
    del settle
    again = middle(run(["-m", "genomlysning", "demo"], environment(home), work / "again.log") for _ in range(3))
    bare = middle(run(["-c", "pass"], {}, work / "bare.log") for _ in range(3))
    imports = middle(run(["-c", UNAVOIDABLE], {}, work / "imports.log") for _ in range(3))
    dagster = middle(run(["-c", "import dagster, dagster_dbt"], {}, work / "imports.log") for _ in range(3))
    location = middle(
        run(["-c", "import orchestration.definitions"], environment(home), work / "location.log") for _ in range(3)
    )
    if first is not None:
        rows += [
            Measured(REFRESH, "first, with the demonstration's deliveries written", first.wall, "s"),
            Measured(REFRESH, "first, peak memory", first.peak_mb, "MB"),
        ]
    rows += [
        Measured(REFRESH, "with nothing new", again.wall, "s"),
        Measured(REFRESH, "with nothing new, processor time", again.cpu, "s"),
        Measured(REFRESH, "with nothing new, peak memory", again.peak_mb, "MB"),
        Measured(REFRESH, "unavoidable imports", imports.wall, "s"),
        Measured(REFRESH, "a bare interpreter", bare.wall, "s"),
        at_most(REFRESH, "with nothing new against the unavoidable imports", again.wall / imports.wall, "x", 2),
        Measured(LOCATION, "import of the code location", location.wall, "s"),
        Measured(LOCATION, "import dagster, dagster_dbt", dagster.wall, "s"),
        at_most(LOCATION, "against import dagster, dagster_dbt", location.wall / dagster.wall, "x", 1.3),
    ]
    publication = home / "published" / "current.duckdb"
    rendered = run(
        ["-m", "benchmarks.demonstration", str(publication), str(work / "rendered")], {}, work / "reports.log"
    )
    count = len((work / "reports.log").read_text(encoding="utf-8").splitlines())
    rows += [
        Measured(REPORTS, f"all {count} of both municipalities, in three formats, imports counted", rendered.wall, "s"),
        Measured(REPORTS, "peak memory", rendered.peak_mb, "MB"),
    ]
    return rows


def render(publication: Path, out: Path) -> None:
    """Render all reports of both municipalities; prints a path for each."""
    from ingestion.configuration.municipality import load_municipalities
    from reports.render import render_reports

    for municipality in load_municipalities(ROOT / "municipalities").values():
        for made in render_reports(publication, municipality, out / municipality.folder.name):
            print(made.paths[0])


if __name__ == "__main__":
    render(Path(sys.argv[1]), Path(sys.argv[2]))
