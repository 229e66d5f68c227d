"""The publication: the audited marts as an immutable file."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.dbt import TRANSLATOR, read_manifest
from orchestration.home import readable
from orchestration.loads import MONTHLY, PLATFORM_TEAM, PUBLICATION
from orchestration.resources import Workspace
from orchestration.steps import step

KEEP = 12


def published_models() -> list[dg.AssetKey]:
    """The assets of all models in the layers that are published."""
    models = (
        TRANSLATOR.get_asset_key(node) for node in read_manifest()["nodes"].values() if node["resource_type"] == "model"
    )
    return sorted(key for key in models if key.path[0] in ("marts", "meta"))


@dg.asset(
    key=PUBLICATION,
    deps=published_models(),
    group_name="publication",
    description="`published/current.duckdb`: the marts of a build whose every test passed. Readers open it read-only; "
    "a refresh never changes a file that is open, and unchanged content publishes nothing.",
    owners=[PLATFORM_TEAM],
    kinds={"duckdb"},
    check_specs=[
        dg.AssetCheckSpec(
            "audited",
            asset=PUBLICATION,
            description="Every model was built and every error-level test passed, in one build.",
        ),
    ],
    freshness_policy=MONTHLY,
)
def publication(
    context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Publish the build, if it passed its audit; it is asked of the build itself, so that no run order gets around it."""
    from publication.publish import NotPublishable, audited, publish

    with step(context, workspace):
        settings = workspace.settings
        try:
            verdict = audited(settings.build)
            with readable(settings, settings.published):
                made = publish(settings.build, settings.published, keep=KEEP)
        except NotPublishable as rejection:
            yield dg.AssetCheckResult(
                check_name="audited", asset_key=PUBLICATION, passed=False, description=str(rejection)
            )
            raise NotPublishable(f"{rejection} The publication stays as it was.") from rejection
        rows = ["| mart | rows |", "|---|---|", *(f"| {name} | {count} |" for name, count in made.rows.items())]
        metadata: dict[str, Any] = {
            "dagster/row_count": sum(made.rows.values()),
            "path": dg.MetadataValue.path(str(settings.published / "current.duckdb")),
            "file": made.path.name,
            "is_new": made.is_new,
            "content_hash": made.content_hash,
            "as_of": str(made.as_of),
            "marts": dg.MetadataValue.md("\n".join(rows)),
        }
        if made.data_through is not None:
            metadata["data_through"] = made.data_through.isoformat()
        yield dg.AssetCheckResult(
            check_name="audited", asset_key=PUBLICATION, passed=True, metadata={"tests": verdict.tests}
        )
        yield dg.MaterializeResult(asset_key=PUBLICATION, metadata=metadata)
