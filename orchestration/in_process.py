"""A job run in this process, without daemon or webserver, and how it goes, as lines of text.

Belongs here: running it on the same instance that the UI shows, and keeping what steps and checks said. Does not belong
here: the jobs (`orchestration.jobs`), and what is to be said of one home's state (`genomlysning`, `demo`).
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration import home

if TYPE_CHECKING:
    from orchestration.settings import Settings

STARTED = time.monotonic()


def say(text: str) -> None:
    """One line of progress with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:5.1f} s] {text}", flush=True)  # noqa: T201 - progress for whoever waits at a terminal


class Progress:
    """Shows a run's steps as they end, and remembers what its checks said.

    errors: checks that are red. warnings: checks that are yellow. failures: steps that failed, with the reason.
    """

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

    @property
    def is_red(self) -> bool:
        """Whether a step failed or a check of severity ERROR did not pass."""
        return bool(self.errors or self.failures)

    def tell(self) -> None:
        """Say every warning and every error."""
        for line in self.warnings:
            say(f"warning: {line}")
        for line in (*self.errors, *self.failures):
            say(f"ERROR: {line}")


def prepare(settings: Settings) -> None:
    """Make the home ready for a run in this process, whose files are private from now on.

    Raises SettingsError where the environment must not work in this home, ConfigurationError where a municipality's
    folder is wrong.
    """
    from orchestration.check_configuration import checked

    os.umask(home.PRIVATE_MASK)
    home.claim(settings)
    checked(settings.municipalities)
    home.dagster_home(settings)


def run_job(settings: Settings, name: str) -> Progress:
    """Run a job of the code location to its end in a home that is prepared, on the instance that DAGSTER_HOME names."""
    say("Loading Dagster and the code location ...")
    import dagster as dg

    from orchestration.definitions import build_defs

    progress = Progress()
    with dg.DagsterInstance.get() as instance:
        run_id = str(uuid.uuid4())
        instance.add_event_listener(run_id, progress)
        job = build_defs(settings).resolve_job_def(name)
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        result = job.execute_in_process(run_config=quiet, instance=instance, run_id=run_id, raise_on_error=False)
    if not result.success and not progress.failures:
        progress.failures.append(f"run {run_id} did not succeed")
    return progress


def published_and_rendered(settings: Settings) -> list[str]:
    """Where the publication, the reports and the guards' pages lie, a line each; empty before the first publication."""
    current = settings.published / "current.duckdb"
    if not current.exists():
        return []
    pages: list[Path] = sorted(settings.reports.glob("*/*.html"))
    return [
        f"Publication  {current} -> {current.resolve().name}",
        *(f"{'Texts wait' if page.stem.endswith('-texter') else 'Report':12} {page}" for page in pages),
        f"Guards       {settings.docs}",
    ]
