"""What of a publication rests on a table's loads.

Belongs here: following the lineage back from the figures. Does not belong here: making a publication (`publish`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Resting:
    """An indicator of which figures rest on the loads in question. first, last: the days that the figures are within."""

    indicator_id: str
    indicator: str
    figures: int
    first: str
    last: str


def resting_on(
    publication: Path, source: str, table: str, municipality_id: str, period: str | None = None
) -> list[Resting]:
    """The indicators whose figures rest on what a municipality delivered of a table, the most figures first.

    period: of the loads; None: any. Figures of the indicator marts only: the others' rows do not name their loads.
    """
    sql = """
        select i.indicator_id, any_value(d.indicator), count(*), min(i.period_start)::varchar, max(i.period_end)::varchar
        from marts.indicators as i join marts.dim_indicator as d using (indicator_id)
        where i.municipality_id = $municipality and i.lineage_id in (
            select f.lineage_id from meta.figure_loads as f join meta.loads as l using (load_id)
            where l.source = $source and l.table_name = $table and l.municipality_id = $municipality
              and l.period = coalesce($period, l.period)
        )
        group by 1 order by 3 desc, 1"""
    asked = {"municipality": municipality_id, "source": source, "table": table, "period": period}
    with duckdb.connect(str(publication.resolve()), read_only=True) as con:
        return [Resting(*row) for row in con.execute(sql, asked).fetchall()]
