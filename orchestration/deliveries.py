"""The step that all sources with delivered files share: the inbox through the gate.

Belongs here: calling the gate and turning its failures into Dagster's. Does not belong here: the gate's rules.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration.loads import results
from orchestration.resources import Workspace


def take_in_deliveries(context: dg.AssetExecutionContext, source: str, workspace: Workspace) -> Iterator[dg.MaterializeResult]:
    """Take in what waits for `source` and report every table. A refused file turns its check red, not the step.

    Raises Failure (never retried: nothing here is transient) if files could not be handled for a reason that is not theirs.
    """
    from expectations.gate import TakeInFailed, take_in
    from ingestion.lake import LakeBusy

    settings = workspace.settings
    failed: TakeInFailed | None = None
    lake = workspace.lake
    try:
        with lake.writer():
            try:
                outcomes = take_in(
                    source, settings.inbox, lake, workspace.rejected, workspace.municipalities, workspace.pseudonymiser, context.log.info
                )
            except TakeInFailed as error:
                failed, outcomes = error, error.outcomes
    except LakeBusy as busy:
        raise dg.Failure(str(busy), allow_retries=False) from busy
    yield from results(context, source, workspace, outcomes)
    if failed is not None:
        raise dg.Failure(str(failed), allow_retries=False) from failed
