"""The budget of a SIE file: its #PBUDGET records by object, with the names that #OBJEKT gives.

Belongs here: these records, and what they say against each other. Does not belong here: vouchers (`sie`), the bytes of
the file (`sie_bytes`), what becomes of the rows (a mapping).

A file may break the same budget down in several ways (by cost centre, and by project), beside the account's total
without objects: read are the records whose objects are of just the dimensions that the mapping names, and together they
must be the total. Rules S123-S125 are raised here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ingestion.findings import DeliveryRejected, Finding
from ingestion.readers.sie_bytes import look
from ingestion.readers.sie_records import Field, fields_of, organisation_number

BUDGET, VOUCHER = "#PBUDGET", "#VER"
_RECORD = re.compile(rb"^[ \t]*(#PBUDGET|#VER)\b", re.IGNORECASE | re.MULTILINE)
_MONTH = re.compile(r"[12]\d{3}(0[1-9]|1[0-2])", re.ASCII)
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2}0*)?", re.ASCII)
_ACCOUNT = re.compile(r"\d+", re.ASCII)
_AGAIN = "Export the budget again from the system that it is made in, and deliver the file untouched."


@dataclass(frozen=True, eq=False)
class Budget:
    """rows: texts with the headers ar, manad, konto, belopp, and for each dimension its code and name ('dimension 1',
    'dimension 1 namn'); source_row is the line of the file.
    """

    organisation_number: str
    rows: pd.DataFrame


def records(path: Path) -> frozenset[str]:
    """Which of #PBUDGET and #VER the file holds."""
    found: set[str] = set()
    with path.open("rb") as file:
        for line in file:
            for part in line.split(b"\r"):
                if record := _RECORD.match(part):
                    found.add(record[1].decode().upper())
            if len(found) == 2:
                break
    return frozenset(found)


def read_budget(path: Path, dimensions: tuple[str, ...]) -> Budget:
    """The budget by these dimensions. Raises DeliveryRejected (S123-S125)."""
    names: dict[tuple[str, str], str] = {}
    rows: list[tuple[int, str, str, dict[str, str], Decimal]] = []
    totals: dict[tuple[str, str], tuple[int, Decimal]] = {}
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    others: dict[tuple[str, str], int] = {}
    findings: list[Finding] = []
    said = ""
    with path.open(encoding=look(path).encoding, errors="replace") as file:
        for number, line in enumerate(file, start=1):
            record = line.split(None, 1)[0].upper() if line.strip() else ""
            if record == "#ORGNR":
                said = organisation_number(next(iter(fields_of(line.strip())), "")) or ""
            elif record == "#OBJEKT":
                dimension, code, name = [*(str(one) for one in fields_of(line.strip())), "", "", ""][:3]
                names[dimension, code] = name
            elif record == BUDGET and (fields := fields_of(line.strip()))[:1] in ([], ["0"]):  # of the file's own year
                budget = _budget(fields)
                if budget is None:
                    expected = f"{BUDGET} year YYYYMM account {{dimension code …}} amount"
                    findings.append(_finding(path, "S123", number, "a record of another form", expected, _AGAIN))
                    continue
                month, account, objects, amount = budget
                if not objects:
                    totals[month, account] = (number, amount)
                elif set(objects) == set(dimensions):
                    rows.append((number, month, account, objects, amount))
                    sums[month, account] += amount
                else:
                    others.setdefault((month, account), number)
    if rows:
        findings += _contradictions(path, totals, sums, others, dimensions)
    if not rows and not findings:
        expected = f"{BUDGET} with objects of the dimensions {', '.join(dimensions)}"
        findings.append(
            _finding(
                path,
                "S125",
                None,
                "no budget by these objects",
                expected,
                "Correct dimensions in the mapping, or choose them when exporting.",
            )
        )
    if findings:
        raise DeliveryRejected(findings)
    return Budget(said, _frame(rows, names, dimensions))


def _budget(fields: list[Field]) -> tuple[str, str, dict[str, str], Decimal] | None:
    """Month, account, objects by dimension and amount of a record; None where it has another form."""
    if len(fields) < 5 or not isinstance(fields[3], tuple) or len(fields[3]) % 2:
        return None
    month, account, amount = str(fields[1]), str(fields[2]), str(fields[4])
    if not (_MONTH.fullmatch(month) and _ACCOUNT.fullmatch(account) and _AMOUNT.fullmatch(amount)):
        return None
    return month, account, dict(zip(fields[3][::2], fields[3][1::2], strict=True)), Decimal(amount)


def _contradictions(
    path: Path,
    totals: dict[tuple[str, str], tuple[int, Decimal]],
    sums: dict[tuple[str, str], Decimal],
    others: dict[tuple[str, str], int],
    dimensions: tuple[str, ...],
) -> list[Finding]:
    """Totals that the read records do not make up (S124), and months of accounts that only other dimensions divide
    (S125).
    """
    findings = []
    by = f"the dimensions {', '.join(dimensions)}"
    for key, (line, total) in totals.items():
        if sums.get(key, Decimal()) != total:
            found = f"{total} for account {key[1]} in {key[0]}"
            expected = f"{sums.get(key, Decimal())}, the sum of its records by {by}"
            findings.append(
                _finding(
                    path,
                    "S124",
                    line,
                    found,
                    expected,
                    "Name in the mapping the dimensions that divide all of the budget, or export it whole.",
                )
            )
    for key, line in others.items():
        if key not in sums and key not in totals:
            found = f"account {key[1]} in {key[0]} by other dimensions only"
            findings.append(
                _finding(
                    path,
                    "S125",
                    line,
                    found,
                    f"records by {by}",
                    "Correct dimensions in the mapping, or choose them when exporting.",
                )
            )
    return findings[:20]


def _finding(path: Path, rule: str, line: int | None, found: str, expected: str, advice: str) -> Finding:
    return Finding(rule, "error", path.name, found, expected, advice, line, BUDGET)


def _frame(
    rows: list[tuple[int, str, str, dict[str, str], Decimal]],
    names: dict[tuple[str, str], str],
    dimensions: tuple[str, ...],
) -> pd.DataFrame:
    columns: dict[str, list[str | None]] = {
        "ar": [month[:4] for _, month, *_ in rows],
        "manad": [f"{month[:4]}-{month[4:]}" for _, month, *_ in rows],
        "konto": [account for _, _, account, *_ in rows],
        "belopp": [str(amount).replace(".", ",") for *_, amount in rows],
    }
    for dimension in dimensions:
        columns[f"dimension {dimension}"] = [objects[dimension] or None for _, _, _, objects, _ in rows]
        columns[f"dimension {dimension} namn"] = [
            names.get((dimension, objects[dimension])) for _, _, _, objects, _ in rows
        ]
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})
    frame["source_row"] = [line for line, *_ in rows]
    return frame
