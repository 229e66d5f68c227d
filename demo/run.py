"""The demonstration: the main job on the bundled data, from the extracts to the report.

Belongs here: writing the demonstration's deliveries into the inbox, running the job, saying where things are.
Does not belong here: doing anything that the platform does not do for real deliveries.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from demo.deliveries import write_deliveries
from ingestion.bundled import IS_CLONE, MUNICIPALITIES, PROJECT
from orchestration.in_process import prepare, published_and_rendered, run_job, say

if TYPE_CHECKING:
    from orchestration.settings import Settings


def run_demonstration(settings: Settings) -> bool:
    """Prepare the state, deliver, refresh, say where things are; whether the run and every check of severity ERROR
    passed.

    Raises SettingsError where the settings are not a demonstration's, ConfigurationError where a municipality's folder
    is wrong.
    """
    from orchestration.settings import SettingsError

    if settings.environment != "demo":
        raise SettingsError(
            f"GENOMLYSNING_ENV is {settings.environment}: the demonstration is never mixed with real deliveries."
        )
    prepare(settings)
    deliver(settings)
    progress = run_job(settings, "refresh")
    progress.tell()
    if lines := published_and_rendered(settings):
        print("\n" + "\n".join(lines))
        print("Try          " + _query(settings.published / "current.duckdb"))
        print(
            "Look around  "
            + ("make dev" if IS_CLONE else f"GENOMLYSNING_ENV=demo GENOMLYSNING_HOME={settings.home} genomlysning dev")
        )
    return not progress.is_red


def deliver(settings: Settings) -> None:
    """Write the demonstration's deliveries into the inbox, unless these very ones have been taken in already."""
    marker = settings.home / "demo" / "delivered.json"
    made_by = _generators_hash()
    if (
        marker.exists()
        and json.loads(marker.read_text())["generators"] == made_by
        and any(settings.lake.glob("hr/*/*/*/*/load.json"))
    ):
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
    here = Path(__file__).parent
    generators = [path for path in here.rglob("*.py") if "kolada" not in path.relative_to(here).parts]
    for path in sorted([*generators, *MUNICIPALITIES.glob("*/municipality.yaml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _query(current: Path) -> str:
    """A line for the shell that asks the publication a question."""
    sql = (
        "select period_end, value, region_mean, similar_mean, national_mean from marts.quality "
        "where municipality_id = '1489' and indicator_id = 'U23401' and gender = 'T' order by 1"
    )
    python = Path(sys.executable)
    shown = python.relative_to(PROJECT) if IS_CLONE and python.is_relative_to(PROJECT) else python
    return f"""{shown} -c "import duckdb; print(duckdb.connect('{current}', read_only=True).sql(\\"{sql}\\"))\""""
