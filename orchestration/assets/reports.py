"""The reports: one asset per kind of report, rendered for every municipality that is configured."""

import base64
from typing import Any

import dagster as dg

from orchestration.assets.publication import KEY as PUBLICATION
from orchestration.loads import MONTHLY, PLATFORM_TEAM
from orchestration.resources import Workspace

# Metadata live in the event log, and the UI shows them in a dialog.
LARGEST_PREVIEW = 200_000


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
    """Render the report of every configured municipality; metadata: where it is, what it holds, and one of its diagrams."""
    from reports.genomlysning import render_genomlysning

    settings = workspace.settings
    metadata: dict[str, Any] = {}
    for municipality in workspace.municipalities.values():
        out = settings.reports / municipality.folder.name / "genomlysning.html"
        made = render_genomlysning(settings.published / "current.duckdb", municipality, out)
        context.log.info(f"{out}: {made.tables} tables, {made.diagrams} diagrams, {len(made.gaps)} gaps")
        metadata |= {
            f"{municipality.id}_path": dg.MetadataValue.path(str(out)),
            f"{municipality.id}_tables": made.tables,
            f"{municipality.id}_diagrams": made.diagrams,
            f"{municipality.id}_gaps": len(made.gaps),
            "publication_id": made.publication_id,
        }
        if made.preview is not None and len(made.preview) <= LARGEST_PREVIEW:
            encoded = base64.b64encode(made.preview).decode()
            metadata[f"{municipality.id}_preview"] = dg.MetadataValue.md(f"![diagram](data:image/png;base64,{encoded})")
    return dg.MaterializeResult(metadata=metadata)
