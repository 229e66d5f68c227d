"""Loads that the current publication was made of and that the lake no longer has.

Belongs here: telling that a load's folder is gone whole. The lake cannot tell that by itself, its ledger being its
folders; the
publication can: it lists the loads that it was made of. Does not belong here: reading publications
(`publication.publish`), a folder whose file is gone or damaged (`lake`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingestion.contracts import table
from ingestion.lake import Lake, LakeDamaged, Load, naive_utc

SECTION = "Loads are gone from the lake"
"""Of docs/runbook.md."""
MOST_NAMED = 5


@dataclass(frozen=True)
class PublishedLoad:
    """A load that a publication lists. accepted_at: UTC, without time zone, as in `meta.loads`."""

    load_id: str
    source: str
    table: str
    municipality_id: str
    period: str
    accepted_at: datetime

    def directory(self, lake: Lake) -> Path:
        """Where its folder was."""
        return lake.directory(table(self.source, self.table), self.municipality_id, self.period) / self.load_id

    def __str__(self) -> str:
        return f"{self.load_id} of {self.source}.{self.table}, {self.municipality_id}, {self.period}"


def lost_loads(lake: Lake, published: Iterable[PublishedLoad]) -> list[PublishedLoad]:
    """Those of `published` that the lake has no more, that retention did not erase, and that nothing later stands in
    for.

    What stands in for a load is a later one of the same table, municipality and period; in a log of changes only a
    later full fetch, because another one asks for what changed since.
    """
    loads = lake.loads()
    known = {load.load_id for load in loads} | {load.load_id for load, _why in lake.erased()}
    missing = [one for one in published if one.load_id not in known]
    if not missing:
        return []
    stands_in: dict[tuple[str, ...], datetime] = {}
    for load in loads:  # in order of acceptance
        if not table(load.source, load.table).is_log or _is_full_fetch(load):
            stands_in[load.source, load.table, load.municipality_id, load.period] = naive_utc(load.accepted_at)

    def is_replaced(one: PublishedLoad) -> bool:
        later = stands_in.get((one.source, one.table, one.municipality_id, one.period))
        return later is not None and later > one.accepted_at

    return [one for one in missing if not is_replaced(one)]


def require_published_loads(lake: Lake, published: Iterable[PublishedLoad]) -> None:
    """Raise LakeDamaged if loads that are published are gone: what is built without them would silently lack them."""
    if missing := lost_loads(lake, published):
        named = "; ".join(str(one) for one in missing[:MOST_NAMED]) + (
            " and others" if len(missing) > MOST_NAMED else ""
        )
        raise LakeDamaged(
            f"Loads that the current publication was made of are no longer in {lake.root} ({len(missing)}): {named}. Restore their folders "
            f"from backup, or deliver those periods again; if they are meant to be gone, say so to the run (docs/runbook.md, {SECTION})."
        )


def _is_full_fetch(load: Load) -> bool:
    from ingestion.kolada.feed import Record  # with the client comes requests, which starting Dagster must not pay for

    record = Record.read(load)
    return record is not None and record.from_date is None
