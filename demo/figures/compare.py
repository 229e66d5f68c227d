"""The comparison: which printed figures a report shows, to the printed precision.

Belongs here: what counts as the same figure. Does not belong here: reading files, and printing the result.
A figure of a table must stand in the table of that id, in the row and column of that label. A figure of the running
text must stand in a generated sentence or a table, as the same indicator, split, year and measure. Nothing that a
person wrote counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from demo.figures.printed import Printed, Reason, numbers, rounded
from demo.figures.reported import Report, Shown, label
from demo.kolada.build_snapshot import PRINTED as KOLADA_IDS

# Names in published.csv -> ids of the platform: indicators, lines of statements, columns' subjects. A name not listed
# is its own id.
ALSO = {
    "ledger_income": {"income"},
    "ledger_personnel_costs": {"personnel_costs"},
    "ledger_purchased_services": {"purchased_services"},
    "ledger_other_costs": {"other_costs"},
    "ledger_result": {"result"},
    "sick_leave_all_forms": {"sick_leave_by_occupation"},
    "inv_total": {"total"},
    "years_in_balance": {"ledger_result"},
    "lss_population_share": {"lss_population_share_own"},
    "lss_bmss_excl_asab_per_10000": {"lss_service_persons_per_10000"},
    "homecare_index_rank_base": {"homecare_index_rank"},
    "sfb_pa_rank_above_count": {"N28817"},
    "lss_other_cost_quartile": {"N28011"},
    "elderly_65_with_care_share": {"elderly_65_with_care_share_own"},
    "elderly_80_with_care_share": {"elderly_80_with_care_share_own"},
    "gr_survey_municipalities": {"kpv_rehab_specialist_share"},
    "gr_survey_municipalities_with_rehab_specialists": {"kpv_rehab_specialist_share"},
}
MEASURES = {
    "actual": {"value", "actual", "recognised", "received", "passed_on", "amount", "count"},
    "applied": {"applied"},
    "total_award": {"awarded"},
    "minimum": {"value"},
    "maximum": {"value"},
    "rank": {"value", "rank"},
    "other_municipality": {"value"},
    "group_total": {"group_total", "denominator", "value", "count"},
    "diff_to_mean": {"value", "diff_to_mean"},
    "diff": {"change"},
    "group_mean": {"region_mean", "similar_mean", "national_mean"},
    "target": {"target"},
    "budget": {"budget"},
    "budget_deviation": {"deviation", "value"},  # value: an indicator that is itself a deviation (result_by_area)
}
GROUP_MEASURE = {"gr": "region_mean", "similar": "similar_mean", "all": "national_mean"}
GENDERS = {"women": "K", "men": "M"}
MUNICIPALITIES = {"harryda": "1401", "ockero": "1407", "goteborg": "1480"}
SCALES = {
    "mnkr": (Decimal(1), Decimal("0.001"), Decimal("0.000001")),
    "tkr": (Decimal(1), Decimal("0.001")),
    "kr": (Decimal(1), Decimal(1000)),
}
APPROXIMATE = Decimal("0.1")
ABOVE, BELOW = {"over", "at_least"}, {"under", "nearly"}
"""Words of print ('drygt', 'närmare') that a figure on the other side does not bear out, however it is rounded."""


@dataclass(frozen=True)
class Result:
    """What became of one printed figure. state: 'matched', 'explained' (a reason is on record) or 'differs'."""

    printed: Printed
    state: str
    shown: Shown | None = None
    found: str = ""
    reason: Reason | None = None

    @property
    def is_computed(self) -> bool:
        """Matched, and computed from rows (transactions, employments, decisions, answers, members' values), not passed
        through.
        """
        return self.state == "matched" and self.shown is not None and self.shown.source.startswith("Egen bearbetning")


def compare(printed: list[Printed], reports: dict[str, Report], reasons: dict[str, Reason]) -> list[Result]:
    """What became of every printed figure. reports: by document."""
    return [_result(figure, reports[figure.doc], reasons.get(figure.row_id)) for figure in printed]


def _result(figure: Printed, report: Report, reason: Reason | None) -> Result:
    shown, found = _in_text(figure, report) if figure.is_text else _in_table(figure, report)
    if shown is not None:
        return Result(figure, "matched", shown)
    return Result(figure, "explained" if reason else "differs", None, found, reason)


def _in_table(figure: Printed, report: Report) -> tuple[Shown | None, str]:
    cells = report.tables.get(figure.table_id)
    if cells is None:
        return None, f"no table {figure.table_id}"
    column, parenthesis = re.subn(r"\s*\([^)]*parentes\)", "", figure.column_label)
    shown = _cell(cells, label(figure.row_label), label(column))
    if shown is None:
        rows = {row for row, _ in cells}
        return None, "no such column" if label(figure.row_label) in rows else "no such row"
    if figure.sign is not None:
        return (shown, "") if shown.text.startswith(figure.sign) else (None, f"shows {shown.text!r}")
    if not shown.key:
        return None, f"shows {shown.text!r}, without an origin"
    wanted = numbers(shown.text)[1 if parenthesis else 0 :][:1]
    return (shown, "") if wanted and _same(figure, wanted[0], signed=True) else (None, f"shows {shown.text!r}")


def _cell(cells: dict[tuple[str, str], Shown], row: str, column: str) -> Shown | None:
    """The cell of a row and column; a year that only one of print and report puts behind a column's label does not
    matter.
    """
    if (row, column) in cells:
        return cells[row, column]
    bare = re.sub(r" (19|20)\d\d$", "", column)
    same = [
        shown
        for (of_row, of_column), shown in cells.items()
        if of_row == row and re.sub(r" (19|20)\d\d$", "", of_column) == bare
    ]
    return same[0] if len(same) == 1 else None


def _in_text(figure: Printed, report: Report) -> tuple[Shown | None, str]:
    ids = {figure.indicator, *ALSO.get(figure.indicator, ())}
    if figure.indicator in KOLADA_IDS:
        ids.add(KOLADA_IDS[figure.indicator][0])
    candidates = [shown for shown in report.figures if shown.indicator in ids]
    if not candidates:
        return None, "nowhere in the report"
    same = [shown for shown in candidates if _is_of(figure, shown)]
    for shown in same:
        if any(_same(figure, value, signed=False) for value in numbers(shown.text)[:1]):
            return shown, ""
    return None, f"shows {same[0].text!r}" if same else "the indicator is there, not this figure of it"


def _is_of(figure: Printed, shown: Shown) -> bool:
    """Whether a shown figure is of the same year, measure and split."""
    if shown.year and shown.year != str(figure.year):
        return False
    wanted = MEASURES.get(figure.measure_kind, {figure.measure_kind})
    if figure.measure_kind == "group_mean":
        wanted = {GROUP_MEASURE[figure.comparison_group]}
    if shown.measure not in wanted:
        return False
    parts = shown.key.split("/")
    for name, value in figure.dimension.items():
        if name == "gender":
            # a gap between the sexes rests on two rows; the measure says so
            if figure.measure_kind != "gender_gap" and GENDERS[value] not in parts:
                return False
        elif name == "municipality":
            if MUNICIPALITIES[value] not in parts:
                return False
        elif name in ("department", "occupational_group", "area"):
            if value not in parts and value.split("/")[-1] not in parts and value != "forvaltningen_total":
                return False
        elif not any(f"{name}={value}" in part.split(";") or value in part.split(";") for part in parts):
            return False
    return True


def _same(figure: Printed, value: Decimal, signed: bool) -> bool:
    """Equal to the printed precision, in the printed unit or in one a thousand times larger or smaller; 'about' within
    a tenth.
    """
    if figure.value is None:
        return False
    printed = figure.value if signed else abs(figure.value)
    for scale in SCALES.get(figure.unit, (Decimal(1),)) if not signed else (Decimal(1),):
        scaled = (value if signed else abs(value)) * scale
        if not signed and (
            (figure.qualifier in ABOVE and scaled < printed) or (figure.qualifier in BELOW and scaled > printed)
        ):
            continue
        if rounded(scaled, max(figure.decimals, 0)) == rounded(printed, max(figure.decimals, 0)):
            return True
        if not signed and figure.qualifier and abs(scaled - printed) <= APPROXIMATE * printed:
            return True
    return False
