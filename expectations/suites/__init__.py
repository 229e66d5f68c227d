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
from ingestion.failures import PermanentFailure


class NoSuite(PermanentFailure):
    """A table of a contract has no rules of its own, not even none."""


@cache
def suite(table: Table) -> tuple[Rule, ...]:
    """All rules of `table`, generic first, then its own, then drift and shape. Raises NoSuite."""
    return (*generic_rules(table), *_own(table), *drift_rules(table), *shape_rules(table))


def _own(table: Table) -> tuple[Rule, ...]:
    module = f"expectations.suites.{table.source}"
    try:
        own: tuple[Rule, ...] = importlib.import_module(module).RULES[table.name]
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        raise NoSuite(
            f"The contract ingestion/contracts/{table.source}.py has no suite: write expectations/suites/{table.source}.py with "
            f"RULES = {{'{table.name}': ()}}, or with the rules that the contract cannot say."
        ) from missing
    except KeyError as missing:
        raise NoSuite(
            f"RULES of expectations/suites/{table.source}.py has no table {table.name}: add it, with () if the contract says all."
        ) from missing
    return own
