"""Deliveries judged without being taken in: by the command, and by a job whose result is seen in the UI.

Belongs here: the gate's state at hand, the publication's lineage beside it, the words of the answer. Does not belong here:
the judgement (`expectations.dry_run`).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from orchestration import home
from orchestration.markdown import line, row
from orchestration.resources import Workspace
from orchestration.steps import step

if TYPE_CHECKING:
    from expectations.dry_run import WouldBe
    from publication.lineage import Resting

MOST_NAMED = 10
WORDS = {
    "accepted": "would be accepted",
    "unchanged": "is in force already: nothing would change",
    "rejected": "would be rejected",
}


@dataclass(frozen=True)
class Checked:
    """resting: the published figures that rest on the load which would be replaced, or, where there is none, on the table
    in other periods.
    """

    would_be: "WouldBe"
    resting: "tuple[Resting, ...]"

    @property
    def state(self) -> str:
        """'accepted', 'unchanged' or 'rejected'."""
        return self.would_be.outcome.state

    def sentences(self) -> list[str]:
        """What is told of the delivery: its fate, its place, what it would replace and change, every finding."""
        outcome, replaces = self.would_be.outcome, self.would_be.replaces
        where = [outcome.table.full_name if outcome.table else "no table", outcome.municipality_id, outcome.period]
        rows = f", {self.would_be.rows} rows" if self.would_be.rows is not None else ""
        told = [f"{outcome.file}: {WORDS[outcome.state]} ({' '.join(filter(None, where))}{rows})"]
        if outcome.state == "accepted":
            told.append(
                f"replaces load {replaces.load_id} of {replaces.accepted_at[:10]}, {replaces.rows} rows"
                if replaces
                else "replaces nothing: the period is new"
            )
            told.append(self._changes())
        return [*told, *(finding.sentence() for finding in outcome.findings)]

    def _changes(self) -> str:
        if not self.resting:
            return "no published figure of an indicator rests on it yet"
        named = [f"{one.indicator_id} ({one.figures})" for one in self.resting[:MOST_NAMED]]
        more = f" and {len(self.resting) - MOST_NAMED} more" if len(self.resting) > MOST_NAMED else ""
        first, last = min(one.first for one in self.resting), max(one.last for one in self.resting)
        if self.would_be.replaces:
            return f"may change figures from {first} to {last} of {', '.join(named)}{more}"
        return (
            f"would give its period figures of {', '.join(one.indicator_id for one in self.resting[:MOST_NAMED])}{more}"
        )


def check_deliveries(workspace: Workspace, path: Path | None = None) -> list[Checked]:
    """What would become of a file, of a folder's files or of the inbox's (None), in the state at hand; nothing is taken in.

    Raises what the gate would raise, and NothingToCheck.
    """
    from expectations.dry_run import checked
    from ingestion.privacy.pseudonyms import Pseudonymiser

    settings = workspace.settings
    # without the map to a next key: who is only looked at must not get a line in it
    pseudonymiser = Pseudonymiser(home.key_of(settings), None, workspace.tombstones)
    gate = replace(workspace.gate(lambda _: None), pseudonymiser=pseudonymiser)
    with home.private():
        found = checked(path or settings.inbox, gate)
    return [Checked(one, _resting(settings.published / "current.duckdb", one)) for one in found]


def _resting(publication: Path, would_be: "WouldBe") -> "tuple[Resting, ...]":
    from publication.lineage import resting_on

    outcome = would_be.outcome
    if not publication.exists() or outcome.state != "accepted" or outcome.table is None or not outcome.municipality_id:
        return ()
    period = outcome.period if would_be.replaces else None
    return tuple(resting_on(publication, outcome.table.source, outcome.table.name, outcome.municipality_id, period))


class DeliveryToCheck(dg.Config):
    """path: the file, or a folder of files, on the machine that Dagster runs on; empty: the inbox."""

    path: str = ""


@dg.op(
    out=dg.Out(dg.Nothing),
    description="Judge a file, a folder of files or the inbox as the gate would; nothing is taken in.",
)
def judge_delivery(
    context: dg.OpExecutionContext, config: DeliveryToCheck, workspace: dg.ResourceParam[Workspace]
) -> None:
    """Judge, and show what would become of each file in the metadata; fails where one would be rejected."""
    with step(context, workspace):
        found = check_deliveries(workspace, Path(config.path).expanduser() if config.path else None)
    lines = ["| what | |", "|---|---|", *(row(one.state, " - ".join(one.sentences())) for one in found)]
    rejected = [one for one in found if one.state == "rejected"]
    context.add_output_metadata(
        {"files": len(found), "would_be_rejected": len(rejected), "judged": dg.MetadataValue.md("\n".join(lines))}
    )
    for one in found:
        for sentence in one.sentences():
            context.log.info(sentence)
    if rejected:
        raise dg.Failure(
            line(f"{len(rejected)} of {len(found)} would be rejected: {' '.join(rejected[0].sentences())}"),
            allow_retries=False,
        )


@dg.job(
    name="check_delivery",
    description="What the guards would say of a file or folder (config: path; empty: the inbox), without taking it in.",
)
def check_delivery() -> None:
    """The job."""
    judge_delivery()
