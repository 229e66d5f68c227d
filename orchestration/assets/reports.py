"""The reports: one asset per kind of report, rendered for every municipality that chose it."""

import base64
from typing import Any

import dagster as dg

from orchestration.home import readable
from orchestration.loads import MONTHLY, PLATFORM_TEAM, PUBLICATION
from orchestration.markdown import row
from orchestration.resources import Workspace
from orchestration.steps import step

# Metadata live in the event log, and the UI shows them in a dialog.
LARGEST_PREVIEW = 200_000
CHECK = "agrees_with_itself"
CHECKED = (
    "Every card, sentence, cell and chart label of a figure agrees with its others and with the mart, in value, unit, period, comparison "
    "and marks; what is missing is said. A report that contradicts itself is not published."
)
SHOWN, DESCRIBED = 50, 900

KINDS = {
    "genomlysning": "The *genomlysning*: how effective the board's activities are, over time and beside others.",
    "arsbokslut": "The *årsbokslut*: goals, control, money and staff of the year.",
    "delarsbokslut": "The *delårsbokslut*: the year so far against budget, with the forecast for all of it.",
    "manadsuppfoljning": "The *månadsuppföljning*: what a board follows every month.",
}


def _report(kind: str, description: str) -> dg.AssetsDefinition:
    """The asset of one kind: HTML, PDF and XLSX for every municipality that chose it, from the publication and nothing
    else.
    """

    @dg.asset(
        key=["reports", kind],
        deps=[PUBLICATION],
        group_name="reports",
        description=f"{description} A web page, a PDF and a workbook for each municipality that chose it.",
        owners=[PLATFORM_TEAM],
        kinds={"html", "pdf"},
        freshness_policy=MONTHLY,
        check_specs=[dg.AssetCheckSpec(CHECK, asset=["reports", kind], description=CHECKED)],
    )
    def report(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from reports.rendered import fingerprint, note, unchanged

        with step(context, workspace):
            settings = workspace.settings
            metadata: dict[str, Any] = {}
            faults: list[tuple[str, str]] = []
            for municipality in workspace.municipalities.values():
                publication = settings.published / "current.duckdb"
                adopted = settings.adopted / municipality.folder.name
                inputs = fingerprint(publication, municipality, adopted)
                record = settings.build.parent / "reports" / f"{municipality.folder.name}-{kind}.json"
                results = unchanged(record, inputs)
                if results is None:
                    # Drawing and typesetting are imported when a report is made: the code location loads without them.
                    from reports.render import render_reports

                    out = settings.reports / municipality.folder.name
                    with readable(settings, settings.reports):
                        results = render_reports(publication, municipality, out, kind=kind, adopted=adopted)
                    note(record, inputs, results)
                for made in results:
                    faults += [(municipality.name, fault) for fault in made.faults]
                    if made.faults:
                        for fault in made.faults:
                            context.log.error(f"{municipality.name}, {kind}, not published: {fault}")
                        continue
                    if made.adopted:
                        context.log.info(f"{made.paths[0]}: adopted ({made.adopted}), left as it is")
                        metadata[f"{municipality.id}_adopted"] = made.adopted
                        continue
                    if not made.paths:
                        context.log.info(
                            f"{municipality.name}, {kind}: nothing to tell yet, no source of it is delivered"
                        )
                        continue
                    if made.waiting:
                        page = f"{made.paths[0].with_suffix('')}-texter.html"
                        context.log.warning(f"{made.paths[0]}: {made.waiting} texts are not written yet, see {page}")
                    context.log.info(
                        f"{made.paths[0]}: {made.tables} tables, {made.diagrams} diagrams, {len(made.gaps)} gaps"
                    )
                    metadata |= {
                        f"{municipality.id}_path": dg.MetadataValue.path(str(made.paths[0])),
                        f"{municipality.id}_tables": made.tables,
                        f"{municipality.id}_diagrams": made.diagrams,
                        f"{municipality.id}_sentences": made.sentences,
                        f"{municipality.id}_gaps": len(made.gaps),
                        f"{municipality.id}_texts_waiting": made.waiting,
                        "publication_id": made.publication_id,
                    }
                    if made.preview is not None and len(made.preview) <= LARGEST_PREVIEW:
                        encoded = base64.b64encode(made.preview).decode()
                        metadata[f"{municipality.id}_preview"] = dg.MetadataValue.md(
                            f"![diagram](data:image/png;base64,{encoded})"
                        )
            return dg.MaterializeResult(metadata=metadata, check_results=[_judged(kind, faults)])

    return report


def _judged(kind: str, faults: list[tuple[str, str]]) -> dg.AssetCheckResult:
    """The check of one kind: red with the first contradiction in words and all of them in a table."""
    if not faults:
        return dg.AssetCheckResult(check_name=CHECK, asset_key=["reports", kind], passed=True)
    lines = ["| municipality | contradiction |", "|---|---|", *(row(name, fault) for name, fault in faults[:SHOWN])]
    names = ", ".join(dict.fromkeys(name for name, _ in faults))
    return dg.AssetCheckResult(
        check_name=CHECK,
        asset_key=["reports", kind],
        passed=False,
        description=f"Not published for {names}, the earlier files stay: {faults[0][1]}"[:DESCRIBED],
        metadata={"contradictions": len(faults), "what": dg.MetadataValue.md("\n".join(lines))},
    )


reports = [_report(kind, description) for kind, description in KINDS.items()]
