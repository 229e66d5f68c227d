"""The finance marts as builders read them: rows by line and department, and the line that plays a role.

Belongs here: what blocks (`blocks.finance`) and sentences (`sentences.finance`) about the ledger share. Does not belong
here: tables and wording, and figures that are indicators (results and costs by themselves are in `marts.indicators`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.cells import PRELIMINARY, REVISED, SCALES
from reports.document import Cell, Origin
from reports.figures import StatementRow
from reports.format import MONEY, month_name, number
from reports.source import Source

LEDGER = "Egen bearbetning av data från ekonomisystemet"
OUTCOMES = ("actual", "deviation", "change", "actual_ytd", "deviation_ytd")
"""Measures that hold what was booked: they change for as long as the year is open, and by later corrections."""


@dataclass(frozen=True)
class YtdRow:
    """A row of `operating_statement_ytd`, in kronor: income positive, cost negative. org_unit: None for the whole
    board.
    """

    municipality_id: str
    period_end: date
    org_unit: str | None
    line_id: str
    line: str
    line_order: int
    is_sum: bool
    budget_ytd: float | None
    actual_ytd: float
    deviation_ytd: float | None
    previous_actual_ytd: float | None
    budget_year: float | None
    forecast_year: float | None
    forecast_deviation: float | None
    previous_forecast_year: float | None
    forecast_change: float | None
    forecast_month: date | None
    ledger_status: str
    is_preliminary: bool
    is_revised: bool
    lineage_id: str

    @property
    def key(self) -> str:
        """The row's key as text."""
        split = f"/{self.org_unit}" if self.org_unit else ""
        return f"operating_statement_ytd/{self.municipality_id}/{self.period_end}/{self.line_id}{split}"


AnyRow = StatementRow | YtdRow


@dataclass(frozen=True)
class ClosingRow:
    """What `ledger_monthly` holds of closing entries, in kronor; None without any."""

    municipality_id: str
    year: int
    closing_entries: float | None


def statement(source: Source) -> list[StatementRow]:
    """The lines of the year's statement in print order. A line that the municipality did not ask for (accounts that no
    line covers) is there only when something is on it. Empty where there is no ledger.
    """
    rows = source.publication.operating_statement(source.municipality.id, source.year)
    return [row for row in rows if _is_told(source, row, ("budget", "actual", "previous_actual"))]


def statement_ytd(source: Source) -> list[YtdRow]:
    """The lines from January to the report's last month, of the whole board and of its departments, in print order;
    empty where the month has not been delivered.
    """
    found = source.publication.records(
        "operating_statement_ytd", YtdRow, municipality_id=source.municipality.id, period_end=source.through
    )
    told = [row for row in found if _is_told(source, row, ("budget_year", "actual_ytd", "previous_actual_ytd"))]
    return sorted(told, key=lambda row: (row.line_order, row.org_unit or ""))


def _is_told(source: Source, row: AnyRow, amounts: tuple[str, ...]) -> bool:
    return row.line_id in {line.id for line in source.municipality.operating_statement} or any(
        getattr(row, name) for name in amounts
    )


def line_with(source: Source, role: str) -> str:
    """The id of the municipality's line with that role ('frame', 'result'); empty where its configuration names none."""
    return next((line.id for line in source.municipality.operating_statement if line.role == role), "")


def period_of(row: AnyRow, measure: str) -> str:
    """The period of a measure as readers say it."""
    if isinstance(row, StatementRow):
        return str(row.year - 1 if measure == "previous_actual" else row.year)
    if measure.endswith("_ytd"):
        last = (
            row.period_end.replace(year=row.period_end.year - 1, day=1)
            if measure == "previous_actual_ytd"
            else row.period_end
        )
        return month_name(last) if last.month == 1 else f"januari–{month_name(last)}"
    return str(row.period_end.year)


def origin(row: AnyRow, measure: str) -> Origin:
    """Where one measure of a row comes from."""
    year = row.year if isinstance(row, StatementRow) else row.period_end.year
    split = "" if isinstance(row, StatementRow) else row.org_unit or ""
    year -= measure.startswith("previous_actual")
    return Origin(row.key, measure, row.line_id, period_of(row, measure), LEDGER, row.lineage_id, split, year)


def marks(row: AnyRow, measure: str) -> tuple[str, ...]:
    """Preliminary where the year is open, and revised where what was published has been corrected since: of what was
    booked.
    """
    flags = ((PRELIMINARY, row.is_preliminary), (REVISED, row.is_revised))
    return tuple(mark for mark, applies in flags if applies and measure in OUTCOMES)


def amount(
    row: AnyRow, measure: str, scale: str, *, decimals: int = 0, missing: str = "-", ignore_sign: bool = False
) -> Cell:
    """One measure of a row as printed in `scale`, rounded from its own kronor (DEFINITIONS G3); `missing` where there
    is none.
    """
    value = getattr(row, measure)
    if value is None:
        return Cell(missing)
    scaled = value / SCALES[scale]
    text = number(abs(scaled) if ignore_sign else scaled, decimals)
    kronor, word = MONEY[scale]
    return Cell(text, marks(row, measure), origin(row, measure), "", scaled, decimals, word, kronor)
