"""The check of concerns: an asset whose check is red until everything is mended."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.assets.extracts import EXTRACTS
from orchestration.assets.kolada import kolada
from orchestration.assets.publication import publication
from orchestration.assets.reports import reports
from orchestration.assets.warehouse import configuration, warehouse
from orchestration.concerns import all_concerns, summary, table
from orchestration.loads import PLATFORM_TEAM
from orchestration.resources import Workspace
from orchestration.steps import step

KEY = dg.AssetKey(["operations", "concerns"])
CHECK = "no_concerns"
SCOPE = "concerns"
# The runs' own sensors tell of failed runs the moment they fail; the check shows them, and does not tell them again.
TOLD_ELSEWHERE = ("failed", "alerts")
WATCHED = [
    key
    for definition in (kolada, *EXTRACTS, configuration, warehouse, publication, *reports)
    for key in definition.keys
]


@dg.asset(
    key=KEY,
    group_name="operations",
    description="Everything that is late, missing, rejected, failed, damaged or unpublished, until it is mended: what, since when, what to "
    "do. Looked at every morning and after every run.",
    owners=[PLATFORM_TEAM],
    kinds={"python"},
    check_specs=[dg.AssetCheckSpec(CHECK, asset=KEY, description="There is nothing that somebody must mend.")],
)
def concerns(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """List all concerns, tell what is new of them, and what is mended."""
    from orchestration.alerts import Alert

    with step(context, workspace):
        found = all_concerns(workspace, context.instance, WATCHED, datetime.now(UTC))
        alerts = [
            Alert(one.key, f"{one.kind}: {one.what}", one.advice) for one in found if one.kind not in TOLD_ELSEWHERE
        ]
        for trouble in workspace.alerts.tell(SCOPE, alerts):
            context.log.error(trouble)
        metadata: dict[str, Any] = {"dagster/row_count": len(found)}
        if found:
            metadata["concerns"] = dg.MetadataValue.md(table(found))
        yield dg.AssetCheckResult(
            check_name=CHECK,
            asset_key=KEY,
            passed=not found,
            description=summary(found),
            metadata=metadata,
        )
        yield dg.MaterializeResult(asset_key=KEY, metadata=metadata)
