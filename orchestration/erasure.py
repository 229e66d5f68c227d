"""One person removed from every load, with a proof; and letting a person be delivered again.

Belongs here: what an order to erase needs beside the lake: the build, the locks, the search afterwards. Does not belong
here: finding and removing the rows (`ingestion.lake.erasure`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingestion.failures import PermanentFailure
from orchestration import home

if TYPE_CHECKING:
    from ingestion.privacy.tombstones import Erasure, Number
    from orchestration.resources import Workspace


class NoSuchErasure(PermanentFailure):
    """There is no erasure of that id."""


@dataclass(frozen=True)
class Erased:
    """done: the record. left: rows with the person that a search of `searched` files still found; none, if all went
    well.
    """

    done: Erasure
    left: int
    searched: int


def erase_person(workspace: Workspace, given: Sequence[str], by: str, reason: str) -> Erased:
    """Erase the person whose personnummer is the first of the lines `given`, and look for what is left.

    The lines after it hold numbers that no personnummer leads to: 'table.column municipality number'. by, reason: kept
    with the record. Raises NotErasable where a line is of another form, the person is not known, or by or reason name a
    person; LakeBusy during a refresh.
    """
    from ingestion.lake.erasure import erase, rows_left

    _reject_naming(f"{by} {reason}")
    first, *rest = given or [""]
    numbers = [_number(line) for line in rest if line.strip()]
    lake, pseudonymiser = workspace.lake, workspace.pseudonymiser
    workspace.remove_build()
    with home.private(), lake.writer():
        done = erase(
            first, numbers, by, reason, lake, workspace.rejected, workspace.raw, pseudonymiser, workspace.tombstones
        )
        workspace.remove_build()
        person = pseudonymiser.person(first, datetime.now(UTC).date())
        left, searched = rows_left(workspace.settings.home, person.person_id) if person else (0, 0)
    return Erased(done, left, searched)


def lift_erasure(workspace: Workspace, erasure_id: str, by: str) -> None:
    """Let the person of an erasure be delivered again; what was erased stays erased. Raises NoSuchErasure."""
    from ingestion.lake.erasure import lift

    _reject_naming(by)
    found = [one for one in workspace.tombstones.all() if one.erasure_id == erasure_id]
    if not found:
        raise NoSuchErasure(f"{erasure_id} is no erasure. --list shows them.")
    lift(found[0], by, workspace.tombstones)


def _reject_naming(words: str) -> None:
    from ingestion.lake.erasure import NotErasable
    from ingestion.privacy.personnummer import holds_personnummer

    if holds_personnummer(words):
        raise NotErasable(
            "The record must not name the person: who ordered it, or the reason, holds a personnummer. Nothing was done."
        )


def _number(line: str) -> Number:
    from ingestion.lake.erasure import NotErasable
    from ingestion.privacy.tombstones import Number

    parts = line.split()
    if len(parts) != 3 or "." not in parts[0]:
        raise NotErasable(
            "A line after the first is not of the form: table.column municipality number. Nothing was erased."
        )
    table, column = parts[0].split(".", 1)
    return Number(table, column, parts[1], parts[2])
