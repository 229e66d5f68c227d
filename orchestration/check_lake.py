"""Verify every file of the lake against its checksum, and its loads against the publication: `python -m orchestration.check_lake`.

Belongs here: the command that the runbook names. Does not belong here: what is damaged (`ingestion.lake`) or gone
(`ingestion.monitoring.published_loads`), and mending it.
"""

from __future__ import annotations

import os
import sys

from orchestration.resources import Workspace
from orchestration.settings import Settings


def main() -> int:
    """Name every damaged file and every load that is gone; 1 if there is one. Reads the whole lake."""
    from ingestion.lake import LakeDamaged
    from ingestion.monitoring.published_loads import gone
    from publication.publish import published_loads

    workspace = Workspace(Settings.from_environment(os.environ))
    loads, damaged = workspace.lake.loads(), 0
    for load in loads:
        try:
            load.verify()
        except LakeDamaged as error:
            damaged += 1
            print(error)
    missing = gone(workspace.lake, published_loads(workspace.settings.published))
    for one in missing:
        print(f"{one.directory(workspace.lake)} is gone (load {one})")
    print(f"{len(loads)} loads, {damaged} damaged, {len(missing)} gone")
    return 1 if damaged or missing else 0


if __name__ == "__main__":
    sys.exit(main())
