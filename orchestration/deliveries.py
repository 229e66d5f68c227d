"""The step that all sources with delivered files share: the inbox through the gate.

Belongs here: calling the gate. Does not belong here: the gate's rules, and what becomes of its failures (`steps`).
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from orchestration.loads import results
from orchestration.resources import Workspace
from orchestration.steps import may_try_again, step


def take_in_deliveries(
    context: dg.AssetExecutionContext, source: str, workspace: Workspace
) -> Iterator[dg.MaterializeResult[None]]:
    """Take in what waits for `source` and report every table. A rejected file turns its check red, not the step.

    A file that failed for a reason that is not its own stays in the inbox: it fails the step after the others are
    reported, or is tried again if the reason may pass.
    """
    from expectations.gate import TakeInFailed

    with step(context, workspace):
        failed: TakeInFailed | None = None
        with workspace.lake.writer():
            try:
                outcomes = workspace.gate(context.log.info).take_in(source, workspace.settings.inbox)
            except TakeInFailed as error:
                failed, outcomes = error, error.outcomes
        if failed is not None:
            for passing in failed.failures.values():
                if may_try_again(context, passing):
                    raise passing
        yield from results(context, source, workspace, outcomes)
        if failed is not None:
            raise failed
