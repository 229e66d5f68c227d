"""The reports: one asset per kind of report, rendered for every municipality that has figures."""

import dagster as dg

from orchestration.assets.publication import KEY as PUBLICATION
from orchestration.loads import MONTHLY, PLATFORM_TEAM
from orchestration.resources import Workspace


@dg.asset(
    key=["reports", "genomlysning"],
    deps=[PUBLICATION],
    group_name="reports",
    description="The *genomlysning* of every municipality: one self-contained HTML page each, from the publication and nothing else.",
    owners=[PLATFORM_TEAM],
    kinds={"html"},
    freshness_policy=MONTHLY,
)
def genomlysning(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:
    """Render the report of every configured municipality."""
    return dg.MaterializeResult()
