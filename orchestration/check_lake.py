"""Verify every file of the lake against its checksum: `python -m orchestration.check_lake`.

Belongs here: the command that the runbook names. Does not belong here: what is damaged (`ingestion.lake`), and mending it.
"""

from __future__ import annotations

import os
import sys

from orchestration.resources import Workspace
from orchestration.settings import Settings


def main() -> int:
    """Name every damaged file; 1 if there is one. Reads the whole lake."""
    from ingestion.lake import LakeDamaged

    loads, damaged = Workspace(Settings.from_environment(os.environ)).lake.loads(), 0
    for load in loads:
        try:
            load.verify()
        except LakeDamaged as error:
            damaged += 1
            print(error)
    print(f"{len(loads)} loads, {damaged} damaged")
    return 1 if damaged else 0


if __name__ == "__main__":
    sys.exit(main())
