"""Contracts of the source internal_control. Belongs here: the contracts. Does not belong here: formulas (dbt), rules across rows (expectations)."""

from ingestion.contracts import Table

TABLES: tuple[Table, ...] = ()
