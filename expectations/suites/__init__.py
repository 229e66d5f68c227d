"""One suite per table: the contract's rules, the table's own, and its drift limits.

Belongs here: a module per source, called as the source, with its `RULES` by table.
Does not belong here: rules that every table has (`expectations.rules`), running them (`expectations.judge`).
"""

from __future__ import annotations

import importlib
from functools import cache

from expectations.drift import drift_rules
from expectations.rules import Rule, generic_rules
from expectations.shape import shape_rules
from ingestion.contracts import Table


@cache
def suite(table: Table) -> tuple[Rule, ...]:
    """All rules of `table`, generic first, then its own, then drift and shape."""
    own: tuple[Rule, ...] = importlib.import_module(f"expectations.suites.{table.source}").RULES[table.name]
    return (*generic_rules(table), *own, *drift_rules(table), *shape_rules(table))
