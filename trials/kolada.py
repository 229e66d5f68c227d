"""Kolada misbehaving in every way that is known or suspected: never a silent loss, never a part taken for the whole.

Belongs here: what is expected of each misbehaviour, said beforehand; the trial; the guards that are taken away. Does
not belong
here: how a misbehaviour looks on the wire (`demo.kolada.misbehaviour`).

Each is tried over HTTP against the stand-in in three situations: the first fetch into an empty lake, a full fetch and
the change feed over a lake that holds an earlier state. In between Kolada has revised, withdrawn and added values, some
of them dated weeks before they were shown. Afterwards the lake must be what it was (rejected), or hold what an honest
full fetch gives (accepted).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch

import duckdb

from demo.kolada.app import Snapshot
from demo.kolada.misbehaviour import Misbehaviour
from demo.kolada.server import serving
from ingestion.contracts.kolada import DATA
from ingestion.findings import DeliveryRejected
from ingestion.kolada import checks, client, feed, fetch, values
from ingestion.lake import Lake
from ingestion.sql import content_hash
from trials.trial import Attempt, Break, Trial, part

SITUATIONS = ("first", "full", "feed")
QUICK = client.Patience(min_interval=0, read=5, answer=2, attempts=5, wait=0.01, longest_wait=0.05)
INDICATORS = 9  # 25 units of 9 indicators fill more than one page
SINCE = timedelta(days=29)


@dataclass(frozen=True)
class Expected:
    """What must come of a misbehaviour.

    said: "whole" (retried, or harmless), "transient" or "permanent" (given up, nothing taken in), a rule that rejects
    ("K104"), or a rule that warns ("whole K110"). situations: where it can show itself.
    """

    what: str
    misbehaviour: Misbehaviour | None
    said: str
    situations: tuple[str, ...] = SITUATIONS


def _data(fault: str, every: int = 1) -> Misbehaviour:
    return Misbehaviour((fault,), every, "/data/")


HONEST = Expected("an honest answer, with what was revised, withdrawn, added and dated back", None, "whole")
TRANSPORT = (
    HONEST,
    # what passes is tried again, and the fetch is whole
    Expected("429 now and then", Misbehaviour(("429",), 3), "whole"),
    Expected("a storm of 429, three of four requests", Misbehaviour(("429", "429", "429", "drip"), pause=0), "whole"),
    Expected("500 now and then", Misbehaviour(("500",), 3), "whole"),
    Expected("connections closed without an answer", Misbehaviour(("dropped",), 3), "whole"),
    Expected("bodies cut off", Misbehaviour(("truncated",), 3), "whole"),
    Expected("bodies that are no JSON", Misbehaviour(("invalid",), 3), "whole"),
    Expected("bodies that say gzip and are none", Misbehaviour(("garbage",), 3), "whole"),
    Expected(
        "all of these in turn", Misbehaviour(("429", "500", "dropped", "truncated", "invalid", "garbage"), 2), "whole"
    ),
    Expected("a slow drip", Misbehaviour(("drip",), 2, pause=0.001), "whole"),
    # what does not pass is given up, and nothing is taken in
    Expected("nothing but 429", Misbehaviour(("429",)), "transient"),
    Expected("values: nothing but 500", _data("500"), "transient"),
    Expected("values: connections closed without an answer, always", _data("dropped"), "transient"),
    Expected("values: bodies cut off, always", _data("truncated"), "transient"),
    Expected("values: no JSON, always", _data("invalid"), "transient"),
    Expected("values: compressed garbage, always", _data("garbage"), "transient"),
    Expected("values: a drip slower than patience", Misbehaviour(("drip",), 1, "/data/", pause=0.6), "transient"),
    # what no repetition mends
    Expected("status 410, as v2's", Misbehaviour(("410",)), "permanent"),
    Expected("values: status 410", _data("410"), "permanent"),
    Expected("an HTML page", Misbehaviour(("html",)), "permanent"),
    Expected("values: JSON under the wrong content type", _data("plain"), "permanent"),
)
PAGING = (
    HONEST,
    *(
        Expected(f"{where}: {what}", Misbehaviour((fault,), 1, path), "permanent")
        for where, path in (("catalogue", "/kpi"), ("values", "/data/"))
        for fault, what in (
            ("repeated", "a page twice"),
            ("no_next", "no next link"),
            ("skipped", "a next link past a page"),
            ("cycle", "a next link to itself"),
            ("foreign", "a next link to another host"),
        )
    ),
)
CONTENT = (
    HONEST,
    Expected("catalogues with a tenth of their entries", Misbehaviour(("shrunk",)), "K104"),
    Expected("municipality ids without leading zeros", Misbehaviour(("no_zeros",)), "K101"),
    Expected("values: ids without leading zeros", _data("no_zeros"), "K101"),
    Expected("values: everything null", _data("null"), "K106"),
    Expected("values: everything withdrawn", _data("deleted"), "K106"),
    Expected("values: every second object", _data("half"), "K107", ("full",)),
    Expected("values: rows of an indicator that was not asked for", _data("unasked"), "K111"),
    Expected("values: rows of groups mixed in", _data("groups"), "whole K110"),
    Expected("another title, so another unit, under the same id", Misbehaviour(("title",), 1, "/kpi"), "whole K108"),
)


class _Kolada:
    """The stand-in's state before and after Kolada's changes, and the lakes that honest fetches made of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.snapshot = folder, Snapshot()
        rows = self.snapshot.con.execute(
            "select kpi from v group by kpi having count(*) filter (where value is not null) > 2500 order by count(*) desc, kpi limit ?",
            [INDICATORS],
        )
        titles = {item["id"]: item["title"] for item in self.snapshot.catalogues["kpi"]}
        self.followed = [fetch.Followed(row[0], titles[row[0]]) for row in rows.fetchall()]
        kpis = [one.indicator_id for one in self.followed]
        self.snapshot.con.execute("delete from v where kpi not in (select unnest(?))", [kpis])
        # More than a page for one request (the second: the first holds regions), little for the others.
        units = sorted(item["id"] for item in self.snapshot.catalogues["municipality"])[
            client.MOST_VALUES : 2 * client.MOST_VALUES
        ]
        self.snapshot.con.execute(
            "delete from v where municipality not in (select unnest(?)) and (period < 2020 or gender <> 'T')", [units]
        )
        for group in self.snapshot.catalogues["municipality_groups"]:
            group["members"] = group["members"][:1]
        self.honest = {name: Lake(folder / name) for name in ("before", "after")}
        self._fetched(self.honest["before"])
        today = datetime.now(UTC).date()
        draw = "hash(municipality, kpi, period, gender) % 1000"
        for change in (
            f"changed = date '{today}'",  # most of what the feed brings is nothing new
            f"value = value + 1 where {draw} < 5",
            f"value = value + 2, changed = date '{today - SINCE}' where {draw} between 5 and 9",
            f"value = null, isdeleted = true where {draw} between 10 and 12 and value is not null",
        ):
            self.snapshot.con.execute(f"update v set {change}")
        self.snapshot.con.execute(
            f"insert into v values ('{kpis[0]}', '1489', 2026, 'T', 7, '', date '{today}', false)"
        )
        self._fetched(self.honest["after"])
        self.states = {name: state(lake) for name, lake in self.honest.items()}

    def _fetched(self, lake: Lake) -> None:
        with serving(self.snapshot) as url, lake.writer():
            for candidate in fetch.fetch(client.KoladaClient(url, QUICK), lake, self.followed):
                lake.accept(candidate, {})

    def attempt(self, expected: Expected, situation: str) -> Attempt:
        """Fetch from a stand-in that misbehaves; hold what came of it, and the lake, against what is expected."""
        lake = Lake(self.folder / "tried")
        shutil.rmtree(lake.root, ignore_errors=True)
        if situation != "first":
            shutil.copytree(self.honest["before"].root, lake.root)
        before = sorted(lake.root.rglob("*.parquet"))
        name = f"{expected.what} ({situation})"
        with serving(self.snapshot, expected.misbehaviour) as url, lake.writer():
            said = "whole"
            try:
                candidates = fetch.fetch(client.KoladaClient(url, QUICK), lake, self.followed, full=situation == "full")
            except DeliveryRejected as rejected:
                said = " ".join(sorted({finding.rule for finding in rejected.findings}))
            except client.KoladaTransientError:
                said = "transient"
            except client.KoladaPermanentError:
                said = "permanent"
            else:
                rules = {note.rule for candidate in candidates for note in candidate.notes}
                said = " ".join(["whole", *sorted(rules)])
                for candidate in candidates:
                    lake.accept(candidate, {})
        if said.startswith("whole"):
            right = state(lake) == self.states["after"]
            after = "as after an honest fetch" if right else "NOT what an honest fetch gives"
        else:
            right = sorted(lake.root.rglob("*.parquet")) == before and threading.active_count() < 20
            after = "as before" if right else "NOT as before"
        return Attempt(
            name, right and said == expected.said, f"{said} (expected: {expected.said}), the lake is {after}"
        )


def state(lake: Lake) -> str:
    """Hash of all values in force: key, value, count and status of each key whose newest change is no deletion."""
    columns = [*DATA.key, "value", "count", "status"]
    with duckdb.connect() as con:
        lake.attach(con)
        newest = (
            "(select l.*, is_deleted from lake.kolada_data l join (select load_id, sequence from lake.loads) using (load_id) "
            f"qualify row_number() over (partition by {', '.join(DATA.key)} order by sequence desc) = 1 and not is_deleted)"
        )
        return content_hash(con, newest, columns)


def _trial(name: str, what: str, table: tuple[Expected, ...]) -> Trial:
    """Every misbehaviour of `table` in every situation; of a share, those at equal distances, so that all kinds are
    among them.
    """
    every = [(expected, situation) for expected in table for situation in reversed(expected.situations)]

    def run(folder: Path, share: float) -> Iterator[Attempt]:
        kolada = _Kolada(folder)
        wanted = part(len(every), share)
        for number in range(wanted):
            yield kolada.attempt(*every[number * len(every) // wanted])

    return Trial(name, what, run)


TRIALS = (
    _trial(
        "kolada_transport",
        "Kolada's network failing: tried again and whole, or given up and nothing taken in",
        TRANSPORT,
    ),
    _trial("kolada_paging", "Kolada's paging broken: nothing taken in", PAGING),
    _trial(
        "kolada_content",
        "Kolada's answers wrong in themselves: rejected by the rule that says so, or whole with a warning",
        CONTENT,
    ),
)


def _without(owner: object, name: str, instead: object) -> AbstractContextManager[object]:
    return patch.object(owner, name, instead)


_NUMBERS = count()
_Client = client.KoladaClient
_LAX = {**checks.SHAPES, "municipality_id": r"\d{1,4}", "member_id": r"\d{1,4}"}
BREAKS = (
    Break(
        "proof that a page without a next link is the last",
        "kolada_paging",
        lambda: _without(_Client, "_prove_end", lambda *_: None),
        1.0,
    ),
    Break(
        "comparison of a page with earlier ones",
        "kolada_paging",
        lambda: _without(client, "_identity", lambda _: {"": next(_NUMBERS)}),
        1.0,
    ),
    Break("leading zeros of municipality ids", "kolada_content", lambda: _without(checks, "SHAPES", _LAX), 1.0),
    Break(
        "least number of entries in a catalogue",
        "kolada_content",
        lambda: _without(fetch._Fetch, "_shrunk", lambda *_: []),
        1.0,
    ),
    Break("rejection of lost values", "kolada_content", lambda: _without(values, "lost", lambda *_: []), 1.0),
    Break("overlap of the change feed", "kolada_content", lambda: _without(feed, "OVERLAP", timedelta(0)), 0.02),
)
