"""Replacing the key of the pseudonyms: the map from old to new, made while personnummer pass by, and the rekeying of
the lake.

Belongs here: the encrypted map, how far it reaches, and the rewriting of every load with it. Does not belong here: the
keys themselves (`pseudonyms`), reading deliveries (`delivery`), the order of the steps (`orchestration.keys`).

A pseudonym cannot be turned back, so an old one can only be followed by a new one while the personnummer passes by.
Between the day that a next key is put in place and the rekeying, loads go on being written under the old key (mixed
keys would break every join), and each person who passes gets a line in the map. People whom no delivery names in that
time get a hash of their old pseudonym under the
new key: their rows still join each other, nobody who holds the old key can find them, and should they ever be delivered
again, they are somebody new. To drop their rows instead would change every figure of the past.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import pandas as pd

from ingestion.contracts import table
from ingestion.failures import PermanentFailure
from ingestion.lake import Lake, Load
from ingestion.privacy.key_map import KeyMap
from ingestion.privacy.keys import pseudonym
from ingestion.sql import read_parquet

PERSON_ID = "person_id"


class NotRekeyable(PermanentFailure):
    """The lake cannot be rekeyed yet, or not with this key; the message says what is missing."""


@dataclass(frozen=True)
class Coverage:
    """How far the map reaches for the newest load of one table and municipality. persons: in it. mapped: of them, in
    the map.
    """

    table: str
    municipality_id: str
    period: str
    persons: int
    mapped: int


def coverage(lake: Lake, key_map: KeyMap) -> list[Coverage]:
    """For every table with persons and every municipality, how many people of the newest load in force the map knows."""
    newest: dict[tuple[str, str, str], Load] = {}
    for load in lake.in_force():
        if load.key_id is not None and load.key_id != key_map.next_key_id:
            key = (load.source, load.table, load.municipality_id)
            if key not in newest or load.period > newest[key].period:
                newest[key] = load
    with duckdb.connect() as con:
        known = _register(con, "known", key_map.read())
        found = []
        for (source, name, municipality_id), load in sorted(newest.items()):
            [(persons, mapped)] = con.execute(
                f"select count(distinct p.person_id), count(distinct k.old) from {read_parquet(load.parquet)} as p "
                f"left join {known} as k on k.old = p.person_id"
            ).fetchall()
            found.append(Coverage(f"{source}_{name}", municipality_id, load.period, persons, mapped))
    return found


def rekey(lake: Lake, key_map: KeyMap, leave: int, by: str) -> int:
    """Rewrite every load with persons under the next key; the number of loads rewritten. Whoever calls holds the lake
    for writing.

    leave: how many people of the newest loads may stay without a new pseudonym of their own; more raise NotRekeyable,
    before anything is written. Killed at any moment it can be run again: a load is either as it was or under the next
    key, and which, it says itself.
    """
    lake.sweep()
    without = sum(one.persons - one.mapped for one in coverage(lake, key_map))
    if without > leave:
        raise NotRekeyable(
            f"{without} people of the newest loads have not passed by since the next key was put in place. Deliver those tables again in "
            f"full (genomlysning keys status lists them), or give --leave {without}: they will be somebody new when they return."
        )
    loads = [load for load in lake.loads() if load.key_id not in (None, key_map.next_key_id)]
    with duckdb.connect() as con:
        con.execute("set temp_directory = ''")
        pairs = key_map.read()
        files = [load.parquet for load in loads if _has_persons(load)]
        if files:
            sql = (
                f"select distinct person_id from {read_parquet(*files, union_by_name=True)} where person_id is not null"
            )
            for (old,) in con.execute(sql).fetchall():
                pairs.setdefault(old, pseudonym(key_map.next_key, f"unmapped {old}"))
        mapped = _register(con, "mapped", pairs)
        what = {"what": "rekeyed", "by": by, "at": datetime.now(UTC).isoformat()}
        for load in loads:
            load.check()
            columns = ", ".join(
                "m.new as person_id" if name == PERSON_ID else f'p."{name}"'
                for name, _ in table(load.source, load.table).lake_columns()
            )
            select = (
                f"select {columns} from {read_parquet(load.parquet)} as p left join {mapped} as m on m.old = p.person_id "
                "order by p.source_row"
            )
            lake.replace_content(load, select, con, what, key_map.next_key_id)
    return len(loads)


def _has_persons(load: Load) -> bool:
    return PERSON_ID in {name for name, _ in table(load.source, load.table).lake_columns()}


def _register(con: duckdb.DuckDBPyConnection, name: str, pairs: dict[str, str]) -> str:
    """A table of the map (old, new) in memory."""
    frame = pd.DataFrame(
        {"old": pd.Series(list(pairs), dtype="str"), "new": pd.Series(list(pairs.values()), dtype="str")}
    )
    con.register(f"{name}_frame", frame)
    con.execute(f"create table {name} as select old, new from {name}_frame")
    con.unregister(f"{name}_frame")
    return name
