"""One round of Kolada's values: from the delivered objects to what they say anew.

Belongs here: typing and screening the values of one file of objects, the comparison with what is in force, the rules of
lost values. Does not belong here: requests (`client`), which rounds there are and in what order (`fetch`).

A round works on a connection of its own, so that several can be worked on at a time; what they share is read only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from ingestion.contracts.kolada import DATA
from ingestion.findings import Finding
from ingestion.kolada.checks import badly_shaped, contradictions, flag, has_shape, missing, one, read_objects, untyped
from ingestion.lake import Load
from ingestion.sql import literal, read_parquet, without_pattern

SIMULATED = "simulated"
KNOWN_STATUS = ("", "Missing", "Private", SIMULATED)
KEPT_SHARE, TOLERATED_LOSS = 0.8, 20  # an indicator may lose a fifth of its values, or twenty, without a word

_ORIGIN = "Kolada /data"
_KEY = ", ".join(DATA.key)
_OBJECTS = {
    "kpi": "varchar",
    "municipality": "varchar",
    "period": "varchar",
    "values": "struct(gender varchar, count varchar, status varchar, value varchar, isdeleted varchar)[]",
}

# Fields that are delivered as number or flag, and what is none: a value must be finite, a year and a count whole.
_UNREAD = (
    ("year", "year is not null and try_cast(year as smallint) is distinct from try_cast(year as double)"),
    ("value", "value is not null and not coalesce(isfinite(try_cast(value as double)), false)"),
    ("count", '"count" is not null and try_cast("count" as bigint) is distinct from try_cast("count" as double)'),
    ("isdeleted", f"isdeleted is not null and {flag('isdeleted')} is null"),
)

# A deletion is a key and nothing else, however Kolada fills in the rest.
_CASTS = (
    f"try_cast(year as bigint) as year, gender, {flag('isdeleted')} as is_deleted, "
    "case when not is_deleted then try_cast(value as double) end as value, "
    'case when not is_deleted then try_cast("count" as bigint) end as "count", '
    "case when not is_deleted then coalesce(status, '') else '' end as status"
)


def objects(path: Path, columns: dict[str, str]) -> str:
    """SQL relation: one row per object in the file, with these fields (name: type); all others are left out."""
    named = ", ".join(f'"{name}": {literal(kind)}' for name, kind in columns.items())
    # `records`: DuckDB would read every file twice to find out.
    location = literal(without_pattern(path))
    return f"read_json({location}, format = 'unstructured', records = true, hive_partitioning = false, columns = {{{named}}})"


class Values:
    """The values of one file of objects, on a connection of its own. Used as a context; tables `fresh` and `state` are
    its own.

    con: gives the connections; its table `asked_units` has the units that were asked for. kpis: the indicators that
    were asked for, None for all.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, kpis: Sequence[str] | None) -> None:
        self.con, self.kpis = con.cursor(), kpis

    def __enter__(self) -> Values:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def read(self, path: Path) -> tuple[list[Finding], list[Finding]]:
        """Table `fresh`: the values of the file, typed, one row per key; errors and warnings. The file is removed.

        Every field is read as text and cast once: a reader of types would make 1.0 of `true` and say nothing.
        """
        flat = (
            'select kpi as kpi_id, municipality as municipality_id, period as year, unnest("values", recursive := true) '
            f"from {objects(path, _OBJECTS)}"
        )
        unread = " or ".join(f"({bad})" for _column, bad in _UNREAD)
        read_objects(
            self.con,
            f"create or replace temp table fresh as select kpi_id, municipality_id, {_CASTS}, {unread} as is_unread from ({flat})",
        )
        right = [
            "not is_unread",
            "gender in ('T', 'K', 'M')",
            "year is not null",
            "is_deleted is not null",
            "municipality_id in (select unit from asked_units)",
            has_shape("kpi_id") if self.kpis is None else self._asked(),
        ]
        # A hash that two keys have in common only makes the exact look below happen for nothing.
        suspect, groups, keys, rows = one(
            self.con,
            f"select count(*) filter (where not coalesce({' and '.join(right)}, false)), "
            f"count(*) filter (where starts_with(municipality_id, 'G')), count(distinct hash({_KEY})), count(*) from fresh",
        )
        notes = []
        if groups:
            expected, advice = (
                "rows of municipalities and regions",
                "Groups are computed from their members; nothing to do.",
            )
            notes.append(
                Finding(
                    "K110", "warning", _ORIGIN, "rows of groups", expected, advice, column="municipality", count=groups
                )
            )
            self.con.execute("delete from fresh where starts_with(municipality_id, 'G')")
        # What follows names what is wrong, which is seldom anything: the sums above have looked at every row.
        errors = self._wrong(flat) if suspect > groups else []
        path.unlink()
        if keys < rows and not errors:
            self.con.execute("create or replace temp table fresh as select distinct * from fresh")
            errors = contradictions(self.con, DATA, _ORIGIN, "fresh")
        statuses = self.con.execute(
            "select status, count(*) from fresh where status not in (select unnest(?)) group by 1 order by 1",
            [KNOWN_STATUS],
        )
        for status, count in statuses.fetchall():
            expected, advice = (
                "'', 'Missing' or 'Private'",
                "The values are kept with their status: find out at RKA what it means.",
            )
            notes.append(
                Finding(
                    "K109",
                    "warning",
                    _ORIGIN,
                    f"status '{status[:40]}'",
                    expected,
                    advice,
                    column="status",
                    count=count,
                )
            )
        return errors, notes

    def _asked(self) -> str:
        return "true" if self.kpis is None else f"kpi_id in ({', '.join(map(literal, self.kpis))})"

    def _wrong(self, flat: str) -> list[Finding]:
        """K101, K103 and K111 by column, with the first value of each that is wrong. flat: the delivered texts."""
        con = self.con
        con.execute(
            f"create or replace temp table delivered as select * from ({flat}) where not starts_with(municipality_id, 'G')"
        )
        errors = badly_shaped(con, DATA, _ORIGIN, "delivered")
        for column, bad in _UNREAD:
            errors += untyped(con, _ORIGIN, column, f'select "{column}" from delivered where {bad}')
        errors = errors or missing(con, DATA, _ORIGIN, "fresh")
        (strange,) = one(con, "select count(*) from fresh where gender not in ('T', 'K', 'M')")
        if strange:
            advice = "Read Kolada's changes to API v3."
            errors.append(
                Finding("K103", "error", _ORIGIN, "another gender", "T, K or M", advice, column="gender", count=strange)
            )
        (unasked,) = one(
            con,
            f"select count(*) from fresh where not ({self._asked()}) or municipality_id not in (select unit from asked_units)",
        )
        if unasked and not errors:
            found, expected = "values of other indicators or units", "only what was asked for"
            advice = "The answer does not belong to the request: fetch again, and report it to RKA if it stays."
            errors.append(Finding("K111", "error", _ORIGIN, found, expected, advice, count=unasked))
        return errors

    def take(self, relation: str) -> None:
        """Table `fresh` from values that other rounds have read."""
        self.con.execute(f"create or replace temp table fresh as select * from {relation}")

    def keep(self, path: Path, where: str) -> Path:
        """Write `fresh`, as far as `where` (a join or condition), to `path` as Parquet."""
        self.con.execute(f"copy (select * from fresh {where}) to {literal(path)} (format parquet)")
        return path

    def compare(
        self, logs: Sequence[Load], before: dict[str, int], whole: bool, returning: Collection[str] = ()
    ) -> tuple[list[Finding], dict[str, int], dict[str, int]]:
        """Table `state`, what is in force of `fresh`; rule K107; per indicator the number of its values when `fresh` is
        accepted; and those that lost all their values, with how many they had: `fresh` and `state` say nothing of
        these, so that what is in force stays.

        logs: loads of values in force. before: per indicator the number of its values until now, of which only the
        names count when it is fetched `whole`: then they are counted. returning: indicators that were withdrawn, of
        which fewer values may come again.
        """
        self._state(logs, whole)
        in_state = dict(self.con.execute("select kpi_id, count(value) from state group by kpi_id").fetchall())
        in_fresh = dict(
            self.con.execute("select kpi_id, count(value) from fresh where not is_deleted group by kpi_id").fetchall()
        )
        held = {
            kpi: in_fresh.get(kpi, 0) if whole else count - in_state.get(kpi, 0) + in_fresh.get(kpi, 0)
            for kpi, count in before.items()
        }
        was = {kpi: in_state.get(kpi, 0) if whole else count for kpi, count in before.items()}
        vanished = {kpi: count for kpi, count in was.items() if count and not held[kpi]}
        for table in ("fresh", "state") if vanished else ():
            self.con.execute(f"delete from {table} where kpi_id in (select unnest(?))", [list(vanished)])
        left = {kpi: count for kpi, count in held.items() if kpi not in vanished}
        return lost({kpi: was[kpi] for kpi in left if kpi not in returning}, left), left, vanished

    def _state(self, logs: Sequence[Load], whole: bool) -> None:
        """Table `state`: the newest row in the lake that is not a deletion, of each key of these indicators.

        Not whole: of each key in `fresh`. The lake's files are sorted by indicator, so little of them is read.
        """
        if whole and self.kpis:
            first, last, wanted = min(self.kpis), max(self.kpis), ""
        else:
            (first, last), wanted = (
                one(self.con, "select min(kpi_id), max(kpi_id) from fresh"),
                f"semi join fresh using ({_KEY})",
            )
        where = f"kpi_id between {literal(first or '')} and {literal(last or '')} and {self._asked()}"
        source = "select *, 0 as sequence from fresh where false"
        if logs:
            files = read_parquet(*dict.fromkeys(load.parquet for load in logs))
            orders = ", ".join(f"({literal(load.load_id)}, {load.sequence})" for load in logs)
            source = (
                f'select {_KEY}, value, "count", status, is_deleted, sequence from (select * from {files} where {where}) '
                f"{wanted} join (values {orders}) as loads (load_id, sequence) using (load_id)"
            )
        if len(logs) > 1:  # in one load, every key has one row
            newest = ", ".join(
                f"arg_max(struct_pack(v := {name}), sequence).v as {name}"
                for name in ("value", '"count"', "status", "is_deleted")
            )
            source = f"select {_KEY}, {newest} from ({source}) group by {_KEY}"
        self.con.execute(
            f'create or replace temp table state as select {_KEY}, value, "count", status from ({source}) where not is_deleted'
        )

    def changes(self, path: Path, whole: bool) -> Path:
        """What `fresh` says anew against `state`, sorted, as Parquet at `path`. whole: what is not in `fresh` is gone."""
        gone = (
            f"union all select {_KEY}, null, null, '', true from state anti join fresh using ({_KEY}) " if whole else ""
        )
        self.con.execute(
            "copy (select * from ("
            f'select {_KEY}, f.value, f."count", f.status, f.is_deleted from fresh f left join state s using ({_KEY}) '
            "where case when s.status is null then not f.is_deleted else f.is_deleted or f.value is distinct from s.value "
            'or f."count" is distinct from s."count" or f.status <> s.status end '
            f"{gone}) order by kpi_id, gender, municipality_id, year) to {literal(path)} (format parquet, compression snappy)"
        )
        return path


def lost(was: dict[str, int], now: dict[str, int]) -> list[Finding]:
    """Rule K107: indicators that lost more values than is tolerated. was, now: number of values by indicator."""
    findings = []
    for kpi, before in was.items():
        if now[kpi] < KEPT_SHARE * before and before - now[kpi] > TOLERATED_LOSS:
            advice = "Fetch again; compare with the indicator's page at kolada.se."
            found, expected = f"{now[kpi]} values of {kpi}", f"about {before}, as in the lake"
            findings.append(Finding("K107", "error", _ORIGIN, found, expected, advice, column="value"))
    return findings
