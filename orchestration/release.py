"""The open rejections of a home, and accepting one on a named person's word.

Belongs here: finding it by its id, the locks. Does not belong here: what may be released (`expectations.gate`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestration import home

if TYPE_CHECKING:
    from ingestion.lake import Rejection
    from orchestration.resources import Workspace


def open_rejections(workspace: Workspace) -> dict[str, Rejection]:
    """The rejections that nothing has mended, by id."""
    return {one.rejection_id: one for one in workspace.rejected.unresolved(workspace.lake)}


def release_rejection(
    workspace: Workspace, rejection_id: str, by: str, reason: str, say: Callable[[str], None]
) -> None:
    """Accept a delivery that was rejected for drift alone. by, reason: who answers for it and why; kept with the load.

    say: is told what became of each table. Raises NotReleasable where it is no open one, or was rejected for more than
    drift; LakeBusy.
    """
    from expectations.gate import NotReleasable

    rejection = open_rejections(workspace).get(rejection_id)
    if rejection is None:
        raise NotReleasable(f"{rejection_id} is no open rejection. Without an id the command lists them.")
    with home.private(), workspace.lake.writer():
        workspace.gate(say).release(rejection, by, reason)
