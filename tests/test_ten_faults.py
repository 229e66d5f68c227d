"""Ten deliveries with one fault each are rejected, with file, row and rule, and leave what is in force as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from test_gate import Office, sie

from ingestion.contracts import Table, table
from testkit.small_extracts import Row, control_totals, make, personnummer, write_csv

MARCH, FEBRUARY = "2024-03", "2024-02"
EMPLOYMENTS, TRANSACTIONS, TIME = (
    table("hr", "employments"),
    table("ledger", "transactions"),
    table("hr", "time_records"),
)


def rows_of(table: Table, change: Callable[[list[Row]], object] = lambda rows: None) -> list[Row]:
    rows = make(table, MARCH)
    change(rows)
    return rows


def duplicate_key(office: Office) -> None:
    office.deliver("hr_employments", MARCH, rows_of(EMPLOYMENTS, lambda rows: rows.append(dict(rows[4]))), "fel.csv")


def missing_column(office: Office) -> None:
    write_csv(office.path("hr", "fel.csv"), EMPLOYMENTS, make(EMPLOYMENTS, MARCH), leave_out="degree")


def unbalanced_voucher(office: Office) -> None:
    sie(office.path("ledger", "fel.se"), {"20240305": ("10.00", "-10.00"), "20240306": ("20.00", "-19.00")})


def wrong_control_totals(office: Office) -> None:
    changed = rows_of(TRANSACTIONS, lambda rows: rows[0].update(amount=rows[0]["amount"] + 1))
    office.deliver("ledger_transactions", MARCH, changed, "fel.csv")


def text_in_number(office: Office) -> None:
    office.deliver(
        "hr_time_records", MARCH, rows_of(TIME, lambda rows: rows[2].update(worked_hours="många")), "fel.csv"
    )


def wrong_municipality(office: Office) -> None:
    office.deliver(
        "hr_employments",
        MARCH,
        rows_of(EMPLOYMENTS, lambda rows: [row.update(municipality_id="1480") for row in rows]),
        "fel.csv",
    )


def half_a_file(office: Office) -> None:
    whole = office.deliver("hr_employments", MARCH, None, "fel.csv")
    text = whole.read_bytes()
    whole.write_bytes(text[: len(text) // 2])


def half_of_the_rows(office: Office) -> None:
    office.deliver("hr_employments", MARCH, make(EMPLOYMENTS, MARCH)[:15], "fel.csv")


def last_month_under_this_months_name(office: Office) -> None:
    office.deliver("hr_employments", FEBRUARY, file="fel 2024-03.csv")


def last_month_with_this_month_in_the_column(office: Office) -> None:
    office.deliver(
        "hr_employments", MARCH, [{**row, "period": MARCH} for row in make(EMPLOYMENTS, FEBRUARY)], "fel.csv"
    )


def forty_per_cent_gone(office: Office) -> None:
    office.deliver(
        "hr_time_records", MARCH, make(TIME, MARCH)[::5] + make(TIME, MARCH)[1::5] + make(TIME, MARCH)[2::5], "fel.csv"
    )


def personnummer_in_unit(office: Office) -> None:
    office.deliver(
        "hr_employments",
        MARCH,
        rows_of(EMPLOYMENTS, lambda rows: rows[7].update(unit=f"Centrum {personnummer(3)}")),
        "fel.csv",
    )


FAULTS = [
    (duplicate_key, "hr", "G101", 6),
    (missing_column, "hr", "R111", 1),
    (unbalanced_voucher, "ledger", "L201", 20),
    (wrong_control_totals, "ledger", "L202", 2),
    (text_in_number, "hr", "R113", 4),
    (wrong_municipality, "hr", "R121", 2),
    (half_a_file, "hr", "R106", None),
    (half_of_the_rows, "hr", "D101", 16),
    (last_month_under_this_months_name, "hr", "G109", 2),
    (last_month_with_this_month_in_the_column, "hr", "G110", 2),
    (forty_per_cent_gone, "hr", "D101", 19),
    (personnummer_in_unit, "hr", "G105", 9),
]


def contents(root: Path) -> dict[str, str]:
    """Every file of the lake but its lock, with the hash of its bytes."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office where February and March are in force."""
    office = Office(tmp_path_factory.mktemp("office"))
    for period in (FEBRUARY, MARCH):
        for name in ("hr_employments", "hr_time_records", "ledger_transactions"):
            office.deliver(name, period, file=f"{name} {period}.csv")
        office.deliver("ledger_control_totals", period, control_totals(period), f"totals {period}.csv")
    assert {outcome.state for source in ("hr", "ledger") for outcome in office.take_in(source)} == {"accepted"}, (
        office.said
    )
    return office


@pytest.mark.parametrize(("fault", "source", "rule", "row"), FAULTS, ids=lambda value: getattr(value, "__name__", None))
def test_a_faulty_delivery_is_rejected_by_name_row_and_rule(
    good: Office, fault: Callable[[Office], None], source: str, rule: str, row: int | None
) -> None:
    before, known = contents(good.lake.root), len(good.rejected.all())
    fault(good)
    good.said.clear()
    outcomes = good.take_in(source)
    assert [outcome.state for outcome in outcomes] == ["rejected"], good.said
    named = [finding for finding in outcomes[0].findings if finding.rule == rule]
    assert named and named[0].file.startswith("fel") and (named[0].row == row if row else named[0].row is not None), [
        f.sentence() for f in outcomes[0].findings
    ]
    assert any(f"{rule}: fel" in line and "row " in line for line in good.said)
    assert contents(good.lake.root) == before and good.waiting() == []
    assert len(good.rejected.all()) == known + 1
    assert good.take_in(source) == [], "a rejected delivery comes back in a later run"
