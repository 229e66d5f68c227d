"""A record of a SIE file: its fields.

Belongs here: what vouchers and budgets have in common. Does not belong here: what single records mean (`sie`,
`sie_budget`), bytes and code pages (`sie_bytes`).
"""

from __future__ import annotations

import re

TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}"]|[^\s{}"]+)')
ORGANISATION_NUMBER = re.compile(r"(?:16)?(\d{6})[-‐‑–—− \xa0]?(\d{4})", re.ASCII)

Field = str | tuple[str, ...]
"""A field of a record; what stands in braces is one field, a tuple."""


def organisation_number(value: Field) -> str | None:
    """The organisation number that the field of an #ORGNR record is, as NNNNNN-NNNN; None for anything else."""
    found = ORGANISATION_NUMBER.fullmatch(value) if isinstance(value, str) else None
    return "-".join(found.groups()) if found else None


def fields_of(line: str) -> list[Field]:
    """The fields of a record after its label, as far as quotes and braces match: what is needed stands before any text."""
    fields: list[Field] = []
    group: list[str] | None = None
    for quoted, bare in TOKEN.findall(line):
        if bare == '"' or (bare == "{" and group is not None) or (bare == "}" and group is None):
            break
        if bare == "{":
            group = []
        elif bare == "}":
            fields.append(tuple(group or ()))
            group = None
        else:
            value = bare or quoted.replace('\\"', '"').strip()
            (fields if group is None else group).append(value)
    return fields[1:]
