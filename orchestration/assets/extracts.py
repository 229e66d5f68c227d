"""The sources that deliver files: what waits in the inbox, read, guarded and accepted into the lake. One step per
source.
"""

from collections.abc import Iterator

import dagster as dg

from ingestion.contracts import DELIVERED_SOURCES
from orchestration.deliveries import take_in_deliveries
from orchestration.loads import suite_specs, table_specs
from orchestration.resources import Workspace


def extract_assets(source: str) -> dg.AssetsDefinition:
    """One asset per table of `source`, taken in together: its inbox is one, and its tables refer to each other."""

    @dg.multi_asset(
        name=source, specs=table_specs(source, {"file", "parquet"}), check_specs=suite_specs(source), can_subset=True
    )
    def extracts(
        context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Take in all that waits in the inbox of every municipality."""
        yield from take_in_deliveries(context, source, workspace)

    return extracts


EXTRACTS = [extract_assets(source) for source in DELIVERED_SOURCES]
