"""A Kolada of trial size: the stand-in's whole catalogues, but values of few indicators.

Belongs here: the snapshot that trials serve, and its second state, with a value revised. Does not belong here: what
Kolada may do wrong (`demo.kolada.misbehaviour`). `inprocess://trials.small_kolada/v3` names it to the client.
"""

from __future__ import annotations

from functools import cached_property

import duckdb

from demo.kolada.app import Application, Snapshot
from ingestion.sql import read_parquet

INDICATORS = ("U23401", "N20048")
MUNICIPALITIES_LIKE = "14%"
ADDRESS = "inprocess://trials.small_kolada/v3"


class SmallSnapshot(Snapshot):
    """The bundled snapshot with the values of `INDICATORS` in one county; `is_revised` adds one to one of them."""

    is_revised = False

    @cached_property
    def con(self) -> duckdb.DuckDBPyConnection:
        """As the bundled snapshot's, with fewer rows."""
        con = duckdb.connect(config={"threads": 1})
        con.execute(
            f"create table v as select *, false as isdeleted from {read_parquet(self.folder / 'values.parquet')} "
            "where kpi in (select unnest(?)) and municipality like ?",
            [list(INDICATORS), MUNICIPALITIES_LIKE],
        )
        con.execute("create table m (group_id varchar, member_id varchar)")
        if self.is_revised:
            con.execute(
                "update v set value = value + 1, changed = current_date where (kpi, municipality, period, gender) = "
                "(select (kpi, municipality, period, gender) from v where value is not null and period >= 2020 order by all limit 1)"
            )
        return con


snapshot = SmallSnapshot()
application = Application(snapshot)
