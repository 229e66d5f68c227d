"""The job `retention`: rows, rejected files and kept files whose time is over, every month.

Belongs here: the job, its schedule and what it says. Does not belong here: what is due (`ingestion.lake.retention`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import home
from orchestration.resources import Workspace
from orchestration.settings import TIMEZONE
from orchestration.steps import step

if TYPE_CHECKING:
    from ingestion.lake.retention import Due


@dataclass(frozen=True)
class DueYear:
    """What is erased together. key: municipality, table, year. decision: the board's; empty: not decided, so nothing is
    erased.
    """

    key: tuple[str, str, str]
    loads: int
    rows: int
    kept_until: date
    decision: str


def due_by_year(all_due: "Iterable[Due]") -> list[DueYear]:
    """Loads whose time is over, by municipality, table and year."""
    together: dict[tuple[str, str, str], list[Due]] = {}
    for one in all_due:
        together.setdefault(one.years_rows, []).append(one)
    return [
        DueYear(key, len(same), sum(one.load.rows for one in same), same[-1].kept_until, same[-1].decision)
        for key, same in sorted(together.items())
    ]


@dg.op(
    out=dg.Out(dg.Nothing),
    description="Erase what the board has decided to erase and whose time is over; say what else is due.",
)
def erase_what_is_due(context: dg.OpExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
    """Erase due rows of municipalities that have decided on it, and rejected and kept files; the metadata say what,
    when and why.

    The current publication is put into `published/archive/`, where none is retired, before any row goes: it holds their
    figures.
    """
    from ingestion.lake.retention import due, erase_kept, erase_rejected, erase_rows, keep_publication

    settings, lake, now = workspace.settings, workspace.lake, datetime.now(UTC)
    with step(context, workspace), lake.writer():
        all_due = due(lake, workspace.municipalities, now.date())
        decided = [one for one in all_due if one.decision]
        kept = None
        if decided:
            workspace.remove_build()
            pointer = settings.published / "current.duckdb"
            with home.readable(settings, settings.published / "archive"):
                kept = keep_publication(pointer.resolve() if pointer.exists() else None, settings.published / "archive")
        erased = erase_rows(lake, decided, kept)
        rejected = erase_rejected(workspace.rejected, now)
        raw = erase_kept(workspace.raw, workspace.municipalities, now)
    lines = ["| municipality | table | year | loads | rows | kept until | |", "|---|---|---|---|---|---|---|"]
    for year in due_by_year(all_due):
        what = (
            f"erased: {year.decision}"
            if year.decision
            else "due; the board has not decided (retention.decision), nothing was erased"
        )
        lines.append(f"| {' | '.join(year.key)} | {year.loads} | {year.rows} | {year.kept_until} | {what} |")
    undecided = len(all_due) - len(decided)
    context.log.info(
        f"{len(erased)} loads erased, {undecided} due without a decision, {rejected} rejected and {raw} kept files removed"
    )
    context.add_output_metadata(
        {
            "loads_erased": len(erased),
            "rows_erased": sum(one.load.rows for one in erased),
            "loads_due_without_decision": undecided,
            "rejected_files_removed": rejected,
            "kept_files_removed": raw,
            "publication_kept": kept or "none",
            "due": dg.MetadataValue.md("\n".join(lines)),
        }
    )


@dg.job(
    name="retention",
    description="Erase rows, rejected files and kept files whose time is over; figures stay in the publications.",
)
def retention() -> None:
    """The job."""
    erase_what_is_due()


def monthly_retention(environment: str) -> dg.ScheduleDefinition:
    """The 2nd at 04:00, before the month's deliveries. Runs by itself in live only: the demonstration's rows are all of
    the past.
    """
    return dg.ScheduleDefinition(
        name="monthly_retention",
        job=retention,
        cron_schedule="0 4 2 * *",
        execution_timezone=TIMEZONE,
        description="Rows whose time is over, on the 2nd of every month at 04:00.",
        default_status=dg.DefaultScheduleStatus.RUNNING if environment == "live" else dg.DefaultScheduleStatus.STOPPED,
    )
