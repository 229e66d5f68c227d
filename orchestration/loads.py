"""How the loads of a source look in Dagster: one asset and one check per table, their metadata and their calendar.

Belongs here: specs and results for every source. Does not belong here: taking in (`expectations.gate`, the sources'
assets).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from ingestion.contracts import Kind, Table, tables
from ingestion.findings import Finding
from ingestion.monitoring.calendar import delivery_calendar
from orchestration.home import readable
from orchestration.markdown import line, row
from orchestration.settings import TIMEZONE

if TYPE_CHECKING:
    from expectations.gate import Outcome
    from ingestion.lake import Load, Rejection
    from orchestration.resources import Workspace

# What is refreshed on the 10th at 05:00 must be new by noon of that day.
MONTHLY = dg.FreshnessPolicy.cron(deadline_cron="0 12 10 * *", lower_bound_delta=timedelta(hours=12), timezone=TIMEZONE)
PLATFORM_TEAM = "team:dataplattform"
PUBLICATION = dg.AssetKey(["publication"])
SHOWN_ROWS = 20
LONGEST_SENTENCE = 600
SIGNS = {"in force": "✓", "missing": "saknas", "late": "sen", "rejected": "✗ avvisad"}


def table_key(table: Table) -> dg.AssetKey:
    """The asset of a source table: ["hr", "employments"]."""
    return dg.AssetKey([table.source, table.name])


def table_specs(source: str, kinds: set[str]) -> list[dg.AssetSpec]:
    """One asset per table of `source`."""
    return [
        dg.AssetSpec(
            table_key(table),
            group_name=source,
            description=f"{table.description}\n\nGrain: {table.grain}. Delivered by: {table.delivered_by}.",
            owners=[table.owner, PLATFORM_TEAM],
            kinds=kinds,
            tags={"persons": "pseudonymised"} if any(column.kind is Kind.PERSON for column in table.columns) else {},
            metadata={"dagster/table_name": f"lake.{table.full_name}", "dagster/column_schema": _column_schema(table)},
            freshness_policy=MONTHLY,
        )
        for table in tables(source)
    ]


def suite_specs(source: str) -> list[dg.AssetCheckSpec]:
    """One check per table: the verdict of its suite. Not blocking: dbt sees only loads in force, and a bad file of one
    source must not hold back the others.
    """
    return [
        dg.AssetCheckSpec(
            table.full_name,
            asset=table_key(table),
            description=f"The suite that guards every load of {table.full_name}. Red while a rejected delivery is not mended.",
        )
        for table in tables(source)
    ]


def results(
    context: dg.AssetExecutionContext, source: str, workspace: Workspace, outcomes: Sequence[Outcome]
) -> Iterator[dg.MaterializeResult[None]]:
    """What a run of the source's asset has to say: per selected table its loads in force, its calendar and its check."""
    lake, settings = workspace.lake, workspace.settings
    index = _write_pages(workspace)
    in_force = [load for load in lake.in_force() if load.source == source]
    unresolved = [rejection for rejection in workspace.rejected.unresolved(lake) if rejection.source == source]
    # Demonstration deliveries end where the bundle ends; live ones are expected until now.
    today = datetime.now(UTC).date() if settings.environment == "live" else None
    calendar = delivery_calendar(tables(source), in_force, unresolved, today, workspace.municipalities)
    for table in tables(source):
        key = table_key(table)
        loads = [load for load in in_force if load.table == table.name]
        if key not in context.selected_asset_keys:
            if any(o.table is table and o.state == "accepted" for o in outcomes):
                # The inbox is taken in as a whole; say so where only a sister table was selected.
                context.log_event(dg.AssetMaterialization(key, metadata=_metadata(table, loads, outcomes)))
            continue
        check_key = dg.AssetCheckKey(key, table.full_name)
        checks = [_check(table, loads, unresolved, outcomes)] if check_key in context.selected_asset_check_keys else []
        metadata = {**_metadata(table, loads, outcomes), "protocol": dg.MetadataValue.path(str(index))}
        if months := [month for month in calendar if table.name in month.states]:
            metadata["delivery_calendar"] = dg.MetadataValue.md(_calendar_table(months))
        yield dg.MaterializeResult(asset_key=key, metadata=metadata, check_results=checks)


def _write_pages(workspace: Workspace) -> Path:
    """Bring the guards' pages up to date; after every source, so that they are right also when a later step fails."""
    from expectations.pages import write_pages
    from expectations.validation import write_suites

    settings = workspace.settings
    with readable(settings, settings.docs):
        write_suites(settings.docs / "suites")
        return write_pages(
            workspace.lake, workspace.rejected, workspace.municipalities, settings.docs, settings.environment == "demo"
        )


def _metadata(table: Table, loads: Sequence[Load], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    mine = [outcome for outcome in outcomes if outcome.table is table]
    newest = [load.load_id for load in sorted(loads, key=lambda load: load.sequence, reverse=True)]
    values: dict[str, Any] = {
        "dagster/row_count": sum(load.rows for load in loads),
        "loads_in_force": len(loads),
        "newest_loads": dg.MetadataValue.json(newest[:SHOWN_ROWS]),
        "simulated": any(load.is_simulated for load in loads),
        **{
            f"{state}_in_this_run": sum(outcome.state == state for outcome in mine)
            for state in ("accepted", "unchanged", "rejected")
        },
    }
    if through := max((load.data_through for load in loads if load.data_through), default=None):
        values["data_through"] = through
    return values


def _check(
    table: Table, loads: Sequence[Load], unresolved: Sequence[Rejection], outcomes: Sequence[Outcome]
) -> dg.AssetCheckResult:
    """Red for a rejection that is not mended, of this run or an earlier one; yellow for warnings on loads in force."""
    # A file that was rejected before its table could be told may be of any table of the source.
    # The newest first: it is what somebody has just delivered and looks for.
    rejections = [rejection for rejection in reversed(unresolved) if rejection.table in (table.name, None)]
    errors = [finding for rejection in rejections for finding in rejection.findings if finding.severity == "error"]
    warnings = [Finding(**warning) for load in loads for warning in load.suite.get("warnings", [])]
    return dg.AssetCheckResult(
        check_name=table.full_name,
        asset_key=table_key(table),
        passed=not rejections and not warnings,
        severity=dg.AssetCheckSeverity.ERROR if rejections else dg.AssetCheckSeverity.WARN,
        description=_summary(rejections, errors, warnings, len(loads)),
        metadata={
            "rejected_deliveries": len(rejections),
            "rejected_in_this_run": sum(o.state == "rejected" and o.table in (table, None) for o in outcomes),
            "warnings": len(warnings),
            "loads_in_force": len(loads),
            **({"findings": dg.MetadataValue.md(findings_table([*errors, *warnings]))} if errors or warnings else {}),
        },
    )


def _summary(
    rejections: Sequence[Rejection], errors: Sequence[Finding], warnings: Sequence[Finding], loads: int
) -> str:
    """What the check says without a click: how many, and the first finding in full."""
    if rejections:
        many = "1 rejected delivery is" if len(rejections) == 1 else f"{len(rejections)} rejected deliveries are"
        return line(f"{many} not mended; the last accepted loads stay in force. {first_finding(errors)}")
    seen = "1 warning" if len(warnings) == 1 else f"{len(warnings)} warnings"
    return line(f"{loads} loads in force, {seen}. {first_finding(warnings)}")


def first_finding(findings: Sequence[Finding]) -> str:
    """The first finding's sentence, short enough to be shown in a line or two, and how many there are besides; empty if
    there is none.
    """
    if not findings:
        return ""
    sentence = " ".join(findings[0].sentence().split())
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return (sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[: LONGEST_SENTENCE - 1]}…") + more


def findings_table(findings: Iterable[Finding]) -> str:
    """The first findings as a Markdown table. Findings carry nothing personal by their own contract."""
    listed = list(findings)
    lines = ["| rule | where | found | expected | advice | rows |", "|---|---|---|---|---|---|"]
    for finding in listed[:SHOWN_ROWS]:
        where = " ".join(
            str(part) for part in (finding.file, finding.row and f"row {finding.row}", finding.column) if part
        )
        lines.append(row(finding.rule, where, finding.found, finding.expected, finding.advice, finding.count))
    if len(listed) > SHOWN_ROWS:
        lines.append(f"\n… and {len(listed) - SHOWN_ROWS} more.")
    return "\n".join(lines)


def _calendar_table(months: Sequence[Any]) -> str:
    names = sorted({name for month in months for name in month.states})
    lines = ["| kommun | månad | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for month in months[: 3 * SHOWN_ROWS]:
        states = [SIGNS[month.states[name]] if name in month.states else "" for name in names]
        lines.append(f"| {month.municipality_id} | {month.period} | " + " | ".join(states) + " |")
    return "\n".join(lines)


def _column_schema(table: Table) -> dg.TableSchema:
    descriptions = {column.name: column.description for column in table.columns}
    descriptions |= {
        "person_id": "Keyed hash of the personnummer.",
        "gender": descriptions.get("gender", "K or M, from the personnummer."),
        "birth_month": "First day of the month of birth.",
        "source_row": "Row in the delivered file; 1 is the header.",
        "load_id": "Load that the row came with.",
    }
    return dg.TableSchema(
        [dg.TableColumn(name, kind, description=descriptions.get(name)) for name, kind in table.lake_columns()]
    )
