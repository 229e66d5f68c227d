"""The printed figures: what stands in the published documents, as numbers with the precision that they were printed
with.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

PUBLISHED = Path(__file__).with_name("published.csv")
REASONS = Path(__file__).with_name("reasons.csv")
_COUNTED = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
WORDS = dict(
    zip(_COUNTED, map(Decimal, range(13)), strict=True),
    ett=Decimal(1),
    ingen=Decimal(0),
    fjärde=Decimal(4),
)
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?|[+-]?\d+(?:,\d+)?")
MISSING = {"-": "-", "IU.": "IU."}


@dataclass(frozen=True)
class Printed:
    """One printed figure. value is None where '-' or 'IU.' was printed. decimals: of the printed token."""

    row_id: str
    doc: str
    table_id: str
    row_label: str
    column_label: str
    year: int
    measure_kind: str
    comparison_group: str
    raw: str
    value: Decimal | None
    unit: str
    line: int
    indicator: str
    dimension: dict[str, str]
    qualifier: str

    @property
    def is_text(self) -> bool:
        """Whether it stands in running text, not in a table."""
        return self.table_id == "text"

    @property
    def decimals(self) -> int:
        """Decimals as printed."""
        found = re.search(r",(\d+)", self.raw)
        return len(found.group(1)) if found else 0

    @property
    def sign(self) -> str | None:
        """'-' or 'IU.' where no value was printed (a footnote mark may follow), else None."""
        return next((sign for sign in MISSING if self.value is None and self.raw.startswith(sign)), None)


@dataclass(frozen=True)
class Reason:
    """Why a printed figure is not shown as printed. kind: misprint, suppressed, cause, plan, rule, no source."""

    kind: str
    text: str


def numbers(text: str) -> list[Decimal]:
    """All numbers of a Swedish text, figures and small number words, in order."""
    found = [
        Decimal(re.sub(r"[ \u00a0\u202f]", "", token).replace(",", "."))
        for token in _NUMBER.findall(text.replace("\u2212", "-"))
    ]
    return found or [WORDS[word] for word in re.findall(r"\w+", text.casefold()) if word in WORDS]


def rounded(value: Decimal, decimals: int) -> Decimal:
    """`value` rounded as print rounds: half away from zero (DEFINITIONS G2)."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def read_printed(path: Path = PUBLISHED) -> list[Printed]:
    """All figures that were printed; the blank cells of tables are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_printed(row) for row in csv.DictReader(file) if row["value_raw"]]


def _printed(row: dict[str, str]) -> Printed:
    return Printed(
        row_id=row["row_id"],
        doc=row["doc"],
        table_id=row["table_id"],
        row_label=row["row_label"],
        column_label=row["column_label"],
        year=int(row["year"]),
        measure_kind=row["measure_kind"],
        comparison_group=row["comparison_group"],
        raw=row["value_raw"],
        value=Decimal(row["value"]) if row["value"] else None,
        unit=row["unit"],
        line=int(row["line"]),
        indicator=row["indicator"],
        dimension=dict(part.split("=", 1) for part in row["dimension"].split(";") if part),
        qualifier=row["qualifier"],
    )


def read_reasons(path: Path = REASONS) -> dict[str, Reason]:
    """row_id -> why the reports do not show it as printed."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["row_id"]: Reason(row["kind"], row["reason"]) for row in csv.DictReader(file)}
