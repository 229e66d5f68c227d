"""Contracts of the source work_environment. Belongs here: the contracts. Does not belong here: formulas (dbt), rules across rows (expectations)."""

from ingestion.contracts import Table

TABLES: tuple[Table, ...] = ()
