"""The one expectation of the project's own: no rows of the batch break a rule that is written in SQL.

Belongs here: what the library must know to run such a rule itself (`import expectations.rule_expectation` before a kept
suite is read). Does not belong here: the rules, and the way in which loads are judged (`judge`), which counts in DuckDB
beforehand.

Imported only where Great Expectations runs: it costs seconds.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd  # comes with Great Expectations
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

from expectations import shape
from ingestion.contracts import Table, tables
from ingestion.in_memory import in_memory
from ingestion.sql import quoted

METRIC = "table.rows_breaking_rule"


class RowsBreakingRule(TableMetricProvider):
    """How many things a rule looks at in the batch, and how many rows break it."""

    metric_name = METRIC
    value_keys = ("contract", "sql", "checked")

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 - the library makes a class method of it
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[int, int]:
        """The rule's SQL in DuckDB, over the batch with the types that the lake gives it. A rule that reads more than
        the batch fails.
        """
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type="table")
        return _counted(frame, **metric_value_kwargs)


class ExpectNoRowsToBreakRule(BatchExpectation):
    """Expect that a rule's SQL finds nothing in the batch.

    contract: the table that the batch is of, `<source>_<table>`. sql: gives the rows that break the rule; reads
    `candidate` (the batch) and the other views that `expectations.rules` names. checked: gives how many things the rule
    looks at.
    """

    contract: str
    sql: str
    checked: str

    metric_dependencies: ClassVar[tuple[str, ...]] = (METRIC,)
    success_keys: ClassVar[tuple[str, ...]] = ("contract", "sql", "checked")
    args_keys: ClassVar[tuple[str, ...]] = ("contract", "sql", "checked")

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        looked_at, breaking = metrics[METRIC]
        return {"success": breaking == 0, "result": {"element_count": looked_at, "unexpected_count": breaking}}


def _counted(frame: pd.DataFrame, contract: str, sql: str, checked: str) -> tuple[int, int]:
    [of] = [of for of in tables() if of.full_name == contract]
    with in_memory() as con:
        con.register("batch", frame)
        con.execute(f"create temp table candidate as select {_typed(of, frame)} from batch")
        con.execute(f"create temp table texts as {shape.texts_sql(shape.written_columns(of), 'candidate')}")
        [counts] = con.execute(f"select ({checked}), (select count(*) from ({sql}))").fetchall()
        con.unregister("batch")
    return counts


def _typed(table: Table, frame: pd.DataFrame) -> str:
    """The batch's columns as the lake types them (a data frame has no decimals and no days)."""
    return ", ".join(
        f"cast({quoted(name)} as {kind}) as {quoted(name)}"
        for name, kind in table.lake_columns()
        if name in frame.columns
    )
