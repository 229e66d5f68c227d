"""`docs/rules.md`, written from the rules.

Belongs here: the document of all numbered rules. Does not belong here: the rules (`suites`, `rules`, `drift`).
"""

from __future__ import annotations

from expectations.suites import suite
from ingestion.contracts import tables

_HEAD = """# The rules that guard every load

Written by `genomlysning generate`; do not edit. One suite per table; an error refuses the load as a whole, a
warning is kept with it and shown. `{period}` and `{municipality}` stand for the load's own. G1xx follow from the contract
(`docs/extracts.md`), D1xx compare with the last accepted load: a refusal for them alone can be released by a named person.
Rules R1xx (files) and S1xx (SIE) are raised while reading, before there is a load to judge.
"""


def rules_markdown() -> str:
    """The whole page."""
    parts = [_HEAD]
    for of in tables():
        parts.append(
            f"\n## {of.full_name}\n\n{of.description}\n\n| rule | severity | what holds | expected | what to do |\n|---|---|---|---|---|"
        )
        parts += [
            f"| {rule.number} | {rule.severity} | {_cell(rule.title)} | {_cell(rule.expected)} | {_cell(rule.advice)} |"
            for rule in suite(of)
        ]
    return "\n".join(parts) + "\n"


def _cell(value: str) -> str:
    return value.replace("|", "\\|")
