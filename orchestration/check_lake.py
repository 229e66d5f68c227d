"""Every file of the lake and of the adopted reports against its checksum, and the loads against the publication.

Belongs here: the two put together. Does not belong here: what is damaged (`ingestion.lake`) or gone
(`monitoring.published_loads`), and mending it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.resources import Workspace


@dataclass(frozen=True)
class Checked:
    """loads: how many there are. damaged: a sentence of each damaged one, and of each damaged file of an adopted
    report. gone: of each that is published and not there any more.
    """

    loads: int
    damaged: tuple[str, ...]
    gone: tuple[str, ...]


def check_lake(workspace: Workspace) -> Checked:
    """Read the whole lake and all adopted reports. Nothing is changed, and nobody has to wait."""
    from ingestion.lake import LakeDamaged
    from ingestion.monitoring.published_loads import lost_loads
    from orchestration.adoption import damaged_reports
    from publication.publish import published_loads

    lake, damaged = workspace.lake, []
    loads = lake.loads()
    for load in loads:
        try:
            load.verify()
        except LakeDamaged as error:
            damaged.append(str(error))
    damaged += damaged_reports(workspace.settings)
    missing = lost_loads(lake, published_loads(workspace.settings.published))
    return Checked(len(loads), tuple(damaged), tuple(f"{one.directory(lake)} is gone (load {one})" for one in missing))
