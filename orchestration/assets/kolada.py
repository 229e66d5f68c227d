"""Kolada: catalogue and values of the followed indicators, fetched, guarded and accepted into the lake."""

from collections.abc import Iterator

import dagster as dg

from orchestration.loads import results, suite_specs, table_specs
from orchestration.resources import Workspace

# Only here: nothing else in the platform fails for reasons that pass.
RETRIES = dg.RetryPolicy(max_retries=3, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


@dg.multi_asset(
    name="kolada", specs=table_specs("kolada", {"api", "parquet"}), check_specs=suite_specs("kolada"), can_subset=True, retry_policy=RETRIES
)
def kolada(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> Iterator[dg.MaterializeResult]:
    """Fetch, guard and accept. What may pass by itself is retried; what Kolada will answer again tomorrow is not."""
    yield from ()
