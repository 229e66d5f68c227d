"""The HR system's extracts: what waits in the inbox, read, guarded and accepted into the lake."""

from collections.abc import Iterator

import dagster as dg

from orchestration.deliveries import take_in_deliveries
from orchestration.loads import suite_specs, table_specs
from orchestration.resources import Workspace


@dg.multi_asset(name="hr", specs=table_specs("hr", {"file", "parquet"}), check_specs=suite_specs("hr"), can_subset=True)
def hr(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult]:
    """Take in all that waits in the inbox of every municipality."""
    yield from take_in_deliveries(context, "hr", workspace)
