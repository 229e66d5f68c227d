"""Kolada: catalogue and values of the followed indicators, fetched, guarded and accepted into the lake."""

import time
from collections.abc import Callable, Iterator

import dagster as dg
from pydantic import Field

from ingestion.bundled import SEEDS
from orchestration import home
from orchestration.loads import results, suite_specs, table_specs
from orchestration.resources import Workspace
from orchestration.steps import may_try_again, step

FOLLOWED = SEEDS / "kolada_indicators.csv"
SECONDS_BETWEEN_LINES = 5.0


class KoladaConfig(dg.Config):
    """What a person may ask of a run."""

    full: bool = Field(
        default=False,
        description="Fetch every value again. Otherwise: what changed since the last accepted fetch, with 30 days' overlap, and everything "
        "when the last full fetch is more than 180 days old (Kolada does not tell that an indicator was withdrawn whole).",
    )


@dg.multi_asset(
    name="kolada", specs=table_specs("kolada", {"api", "parquet"}), check_specs=suite_specs("kolada"), can_subset=True
)
def kolada(
    context: dg.AssetExecutionContext, config: KoladaConfig, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.MaterializeResult[None]]:
    """Fetch, guard and accept: everything at first, then what changed.

    What may pass by itself is retried; what Kolada would answer again is not.

    A fetch that fails for good, or an answer that is rejected, turns the checks red and leaves the loads in force as
    they were; the run goes on with those: Kolada must not hold back the other sources, nor they Kolada.
    """
    from expectations.gate import judge_and_accept
    from ingestion.contracts.kolada import DATA
    from ingestion.findings import DeliveryRejected, Finding
    from ingestion.kolada.client import KoladaClient, KoladaPermanentError, KoladaTransientError
    from ingestion.kolada.fetch import fetch, read_followed
    from ingestion.lake.compaction import compact

    with step(context, workspace):
        lake, rejected = workspace.lake, workspace.rejected
        client = KoladaClient(workspace.settings.kolada_base_url, progress=_progress(context.log.info))
        context.log.info(f"Fetching from {client.base_url}")
        with lake.writer():
            earlier = [rejection for rejection in rejected.unresolved(lake) if rejection.source == "kolada"]
            try:
                compact(lake, DATA)
                fetched = fetch(client, lake, read_followed(FOLLOWED), full=config.full, log=context.log.info)
                candidates = home.only_real(workspace.settings, fetched)
                outcomes = judge_and_accept(candidates, lake, rejected, context.log.info)
            except (DeliveryRejected, KoladaPermanentError, KoladaTransientError) as error:
                if may_try_again(context, error):
                    raise
                failed = Finding(
                    "K100",
                    "error",
                    "api",
                    str(error),
                    "a whole answer of Kolada's API v3",
                    "The last fetch stays in force. Mend the cause, then run the job refresh.",
                )
                rejected.add("kolada", "api", error.findings if isinstance(error, DeliveryRejected) else [failed])
                context.log.error(str(error))  # noqa: TRY400 - a trace could quote an answer
                outcomes = []
            else:
                if not any(outcome.state == "rejected" for outcome in outcomes):
                    for rejection in earlier:  # a whole answer has come since, even if it brought nothing new
                        rejected.resolve(rejection, "a later fetch was accepted")
        context.log.info(f"{client.requests_done} requests")
        yield from results(context, "kolada", workspace, outcomes)


def _progress(log: Callable[[str], None]) -> Callable[[int, int, int], None]:
    """A line now and then: requests done, of how many at least, and rows so far."""
    last = time.monotonic()

    def progress(done: int, batches: int, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            log(f"Kolada: {done} requests of at least {batches}, {rows} values")

    return progress
