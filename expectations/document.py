"""`docs/rules.md`, written from the suites.

Belongs here: the document of all numbered rules. Does not belong here: the rules (`suites`, `rules`, `drift`).
"""

from __future__ import annotations

from typing import Any

from expectations.validation import expectation_suite, expected_columns
from ingestion.contracts import tables

_HEAD = """# The rules that guard every load

Written by `genomlysning generate`; do not edit. One suite of Great Expectations per table; an error rejects the load as a whole,
a warning is kept with it and shown. `{period}` and `{municipality}` stand for the load's own. G1xx follow from the contract
(`docs/extracts.md`), D1xx compare with the last accepted load: a rejection for them alone can be released by a named person.
Rules R1xx (files), S1xx (SIE) and M1xx (mappings, [mapping.md](mapping.md)) are raised while reading, before there is a load to judge.

The last column names what says a rule in Great Expectations, and of which columns; `expect_no_rows_to_break_rule` is the project's own,
whose SQL stands in the suite. The suites lie as the library's JSON in `var/docs/suites`, the result of each judgement beside the load
(`validation.json`).
"""


def rules_markdown() -> str:
    """The whole page."""
    parts = [_HEAD]
    for of in tables():
        parts.append(
            f"\n## {of.full_name}\n\n{of.description}\n\n| rule | severity | what holds | expected | what to do | expectations |\n"
            "|---|---|---|---|---|---|"
        )
        by_rule: dict[str, list[Any]] = {}
        for expectation in expectation_suite(of).expectations:
            by_rule.setdefault(expectation.meta["number"], []).append(expectation)
        parts += [_line(number, expectations) for number, expectations in by_rule.items()]
    return "\n".join(parts) + "\n"


def _line(number: str, expectations: list[Any]) -> str:
    first = expectations[0]
    severity = "error" if first.severity.value == "critical" else "warning"
    columns: dict[str, list[str]] = {}
    for one in expectations:
        columns.setdefault(one.expectation_type, []).extend(expected_columns(one.configuration.kwargs))
    said = "; ".join(f"`{type_}` ({', '.join(names)})" if names else f"`{type_}`" for type_, names in columns.items())
    cells = (number, severity, *(_cell(first.meta[name]) for name in ("title", "expected", "advice")), said)
    return f"| {' | '.join(cells)} |"


def _cell(value: str) -> str:
    return value.replace("|", "\\|")
