"""`python -m demo` (make demo): the main job on the bundled demonstration data, from the extracts to the report.

Belongs here: writing the demonstration's deliveries into the inbox, running the job, showing how it goes.
Does not belong here: doing anything that the platform does not do for real deliveries.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.deliveries import write_deliveries

PROJECT = Path(__file__).resolve().parents[1]
STARTED = time.monotonic()

if TYPE_CHECKING:
    from orchestration.settings import Settings


def say(text: str) -> None:
    """One line of progress with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)


def deliver(settings: Settings) -> None:
    """Write the demonstration's deliveries into the inbox, unless these very ones have been taken in already."""
    marker = settings.home / "demo" / "delivered.json"
    made_by = _generators_hash()
    if marker.exists() and json.loads(marker.read_text())["generators"] == made_by and any(settings.lake.glob("hr/*/*/*/*/load.json")):
        say("Deliveries: those of the demonstration are in the lake already")
        return
    say("Deliveries: making the extracts of both municipalities ...")
    files = write_deliveries(settings.inbox)
    say(f"Deliveries: {sum(files.values())} files of {len(files)} sources in {settings.inbox}")
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text(json.dumps({"generators": made_by}))


def _generators_hash() -> str:
    """Hash of all that decides what the generators write."""
    digest = hashlib.sha256()
    generators = [path for path in (PROJECT / "demo").rglob("*.py") if "kolada" not in path.parts]
    for path in sorted([*generators, *(PROJECT / "municipalities").glob("*/municipality.yaml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Progress:
    """Shows a run's steps as they end, and remembers what its checks said."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.failures: list[str] = []
        self._started: dict[str, float] = {}

    def __call__(self, entry: Any, _cursor: Any = None) -> None:
        """Called by the instance with every event of the run."""
        event = entry.dagster_event
        if event is None:
            return
        step = event.step_key or ""
        kind = event.event_type_value
        if kind == "STEP_START":
            self._started[step] = time.monotonic()
            say(f"{step} ...")
        elif kind == "STEP_SUCCESS":
            say(f"{step}: done in {time.monotonic() - self._started[step]:.1f} s")
        elif kind == "STEP_FAILURE":
            error = event.event_specific_data.error
            self.failures.append(f"{step}: {(error.cause or error).message.strip() if error else 'failed'}")
            say(f"{step}: FAILED")
        elif kind == "ASSET_CHECK_EVALUATION" and not event.event_specific_data.passed:
            check = event.event_specific_data
            name = f"{check.asset_key.to_user_string()}: {check.check_name}: {check.description or 'failed'}"
            (self.errors if check.severity.value == "ERROR" else self.warnings).append(name)


def refresh(settings: Settings) -> Progress:
    """Run the job `refresh` in this process, on the instance that `make dev` shows."""
    say("Loading Dagster and the code location ...")
    import dagster as dg

    from orchestration.definitions import build_defs

    progress = Progress()
    with dg.DagsterInstance.get() as instance:
        run_id = str(uuid.uuid4())
        instance.add_event_listener(run_id, progress)
        job = build_defs(settings).resolve_job_def("refresh")
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        result = job.execute_in_process(run_config=quiet, instance=instance, run_id=run_id, raise_on_error=False)
    if not result.success and not progress.failures:
        progress.failures.append(f"run {run_id} did not succeed")
    return progress


def report(settings: Settings, progress: Progress) -> int:
    """Say where things are; 1 if anything went wrong."""
    for line in progress.warnings:
        say(f"warning: {line}")
    for line in (*progress.errors, *progress.failures):
        say(f"ERROR: {line}")
    current = settings.published / "current.duckdb"
    if current.exists():
        sql = (
            "select period_end, value, region_mean, similar_mean, national_mean from marts.quality "
            "where municipality_id = '1489' and indicator_id = 'U23401' and gender = 'T' order by 1"
        )
        print(f"\nPublication  {current} -> {current.resolve().name}")
        for page in sorted(settings.reports.glob("*/*.html")):
            print(f"Report       {page}")
        print(f"Guards       {settings.docs}")
        print("Try          " + _shell_line(current, sql))
        print("Look around  make dev")
    return 1 if progress.errors or progress.failures else 0


def _shell_line(current: Path, sql: str) -> str:
    python = Path(sys.executable)
    shown = python.relative_to(PROJECT) if python.is_relative_to(PROJECT) else python
    return f"""{shown} -c "import duckdb; print(duckdb.connect('{current}', read_only=True).sql(\\"{sql}\\"))\""""


def main() -> int:
    """Prepare the state, deliver, refresh, report. The exit code is 0 only if the run and every check of severity ERROR passed."""
    os.environ.setdefault("GENOMLYSNING_ENV", "demo")  # this command is the choice
    from ingestion.configuration.mistakes import ConfigurationError
    from orchestration import home
    from orchestration.check_configuration import checked
    from orchestration.settings import Settings, SettingsError

    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if settings.environment != "demo":
        print(f"GENOMLYSNING_ENV is {settings.environment}: the demonstration is never mixed with real deliveries.", file=sys.stderr)
        return 2
    os.umask(home.PRIVATE_MASK)
    try:
        home.claim(settings)
        checked(settings.municipalities)
    except (SettingsError, ConfigurationError) as error:
        print(error, file=sys.stderr)
        return 2
    dagster_home = Path(os.environ.setdefault("DAGSTER_HOME", str(settings.home / "dagster")))
    dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PROJECT / "dagster_home" / "dagster.yaml", dagster_home / "dagster.yaml")
    deliver(settings)
    return report(settings, refresh(settings))


if __name__ == "__main__":
    sys.exit(main())
