"""The inbox sensor: deliveries are taken in when they have stopped growing, and no content runs twice."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import dagster as dg

from ingestion.contracts import SOURCES
from orchestration.jobs import deliveries
from orchestration.resources import Workspace

INTERVAL_SECONDS = 30


def sightings(files: Iterable[Path], inbox: Path) -> dict[str, list[int]]:
    """Name below the inbox -> [size, modification time in ns]."""
    return {str(path.relative_to(inbox)): [path.stat().st_size, path.stat().st_mtime_ns] for path in files}


def content_key(names: Iterable[str], inbox: Path) -> str:
    """Hash of what waits: folders and contents, not names or times, so that a corrected file is new and a copied one is not."""
    digest = hashlib.sha256()
    for folder, content in sorted((str(Path(name).parent), _sha256(inbox / name)) for name in names):
        digest.update(f"{folder}\n{content}\n".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inbox_sensor(environment: str) -> dg.SensorDefinition:
    """The sensor. Runs by itself in live only: a demonstration is started by hand."""

    @dg.sensor(
        name="inbox",
        job=deliveries,
        minimum_interval_seconds=INTERVAL_SECONDS,
        description="Takes in deliveries that two looks in a row found with the same size and time.",
        default_status=dg.DefaultSensorStatus.RUNNING if environment == "live" else dg.DefaultSensorStatus.STOPPED,
    )
    def inbox(context: dg.SensorEvaluationContext, workspace: dg.ResourceParam[Workspace]) -> dg.RunRequest | dg.SkipReason:
        from expectations.gate import waiting

        folder = workspace.settings.inbox
        before = json.loads(context.cursor or "{}")
        now = sightings((path for source in SOURCES for path, _ in waiting(folder, source)), folder)
        context.update_cursor(json.dumps(now))
        if not now:
            return dg.SkipReason("The inbox is empty.")
        # The run takes all that waits, so it must wait for all: a file that grows would be read as half a file.
        growing = sorted(name for name, seen in now.items() if before.get(name) != seen)
        if growing:
            return dg.SkipReason(f"Waiting for {len(growing)} of {len(now)} files to stop growing: {', '.join(growing[:5])}")
        return dg.RunRequest(run_key=content_key(now, folder), tags={"inbox/files": str(len(now))})

    return inbox
