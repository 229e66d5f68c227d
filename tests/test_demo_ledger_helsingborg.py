"""Helsingborg's ledger of the demonstration, read back from its files by other means than the platform's, against
print.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from test_demo_ledger import cells, kronor, sie_rows, table_rows, tkr

from demo.ledger import write_ledger_extracts

FOLDER = Path(__file__).parents[1] / "municipalities" / "1283-helsingborg"
CONFIGURATION = yaml.safe_load((FOLDER / "municipality.yaml").read_text(encoding="utf-8"))
YEARS = ("2020", "2021", "2022", "2023", "2024")

# "Resultaträkning, tkr": Bokslut 2023, Internbudget 2024, Utfall 2024; the sum of costs as its parts give it (print: -2
# 878 993).
STATEMENT = {
    "municipal_grant": (2348841, 2486989, 2486989),
    "accumulated_result": (1200, 0, 1200),
    "income": (374614, 400000, 406711),
    "total_income": (2724655, 2886989, 2894900),
    "dividend_requirement": (0, 0, 0),
    "costs": (-2702328, -2886989, -2879185),
    "total_costs": (-2702328, -2886989, -2879185),
    "year_result": (22327, 0, 15715),
}
# "Ekonomiskt utfall per verksamhet, tkr": result 2023, net frame 2024 in whole hundreds, result 2024.
AREAS = {
    "intakter": (13579, -200000, 11268),
    "aldreomsorg": (-25233, 1544400, -21304),
    "funktionsstod": (-9425, 543400, -20242),
    "myndighetsavdelning": (3271, 66000, 2775),
    "stodfunktion": (9333, 139000, 4944),
    "upphandlad_verksamhet": (2734, 90000, -2413),
    "externa_placeringar": (10771, 243000, 4442),
    "forvaltningsgemensamt": (17297, 61200, 36245),
}
TOTAL = (22327, 2487000, 15715)
RESULTS = {"2020": -6627, "2021": 77389, "2022": 88704, "2023": 22327, "2024": 15715}

Key = tuple[str, str, str, str]
"""actual, closing (a part of actual) or budget; year, account, cost centre."""


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [path for path in write_ledger_extracts(tmp_path_factory.mktemp("inbox")) if path.parts[-3] == FOLDER.name]


@pytest.fixture(scope="module")
def ledger(delivered: list[Path]) -> dict[Key, Decimal]:
    amounts: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for path in delivered:
        for row in sie_rows(path) if path.suffix == ".se" else table_rows(decoded(path)):
            if row.account >= "3":
                amounts["actual", row.period[:4], row.account, row.cost_centre] -= row.amount
                if row.accounting_period.endswith("13"):
                    amounts["closing", row.period[:4], row.account, row.cost_centre] -= row.amount
        if path.name.startswith("budget_"):
            for cell in cells(decoded(path)):
                amounts["budget", cell["ar"], cell["konto"], cell["ansvar"]] -= kronor(cell["belopp"])
    return amounts


def decoded(path: Path) -> Path:
    """`path`, in UTF-8: the reader of the other municipality's files knows its years' encodings."""
    if path.suffix == ".csv":
        raw = path.read_bytes()
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            path.write_bytes(raw.decode("cp1252").encode("utf-8"))
    return path


def account_in(interval: dict[str, str], account: str) -> bool:
    return interval["first"] <= account <= interval["last"]


def line_total(
    ledger: dict[Key, Decimal], kind: str, year: str, line: str, centres: tuple[tuple[str, str], ...] = (("0", "9"),)
) -> Decimal:
    [row] = [row for row in CONFIGURATION["operating_statement"] if row["id"] == line]
    parts = row.get("sum_of", [line])
    intervals = [interval for interval in CONFIGURATION["accounts"] if interval["line"] in parts]
    return sum(
        (
            amount
            for (of, when, account, centre), amount in ledger.items()
            if (of, when) == (kind, year)
            and any(account_in(interval, account) for interval in intervals)
            and any(first <= centre <= last + "9" for first, last in centres)
        ),
        Decimal(),
    )


def department(id_: str) -> tuple[tuple[str, str], ...]:
    [found] = [row for row in CONFIGURATION["departments"] if row["id"] == id_]
    return tuple((first, last) for first, last in found["cost_centres"])


def unit(id_: str) -> tuple[tuple[str, str], ...]:
    [found] = [row for area in CONFIGURATION["departments"] for row in area["units"] if row["id"] == id_]
    return tuple((first, last) for first, last in found["cost_centres"])


def hundreds(amount: Decimal) -> int:
    return int((amount / 100_000).quantize(Decimal(1))) * 100


def result(ledger: dict[Key, Decimal], year: str, centres: tuple[tuple[str, str], ...]) -> Decimal:
    return line_total(ledger, "actual", year, "year_result", centres) - line_total(
        ledger, "budget", year, "year_result", centres
    )


def test_the_income_statement(ledger: dict[Key, Decimal]) -> None:
    columns = (("actual", "2023"), ("budget", "2024"), ("actual", "2024"))
    assert {
        line: tuple(tkr(line_total(ledger, *column, line)) for column in columns) for line in STATEMENT
    } == STATEMENT


def test_the_result_of_five_years(ledger: dict[Key, Decimal]) -> None:
    assert {year: tkr(line_total(ledger, "actual", year, "year_result")) for year in YEARS} == RESULTS


def test_the_key_figure_as_printed_lacks_the_closing_entries(ledger: dict[Key, Decimal]) -> None:
    assert tkr(line_total(ledger, "closing", "2024", "year_result")) == 15715 - 15907


def test_result_and_frame_of_every_area(ledger: dict[Key, Decimal]) -> None:
    found = {
        area: (
            tkr(result(ledger, "2023", department(area))),
            hundreds(line_total(ledger, "budget", "2024", "municipal_grant", department(area))),
            tkr(result(ledger, "2024", department(area))),
        )
        for area in AREAS
    }
    assert found == AREAS
    assert (tkr(result(ledger, "2023", (("0", "9"),))), tkr(result(ledger, "2024", (("0", "9"),)))) == (
        TOTAL[0],
        TOTAL[2],
    )
    assert hundreds(line_total(ledger, "budget", "2024", "municipal_grant")) == TOTAL[1]
    assert line_total(ledger, "budget", "2024", "municipal_grant") == 2_486_989_000


def test_parts_of_aldreomsorg(ledger: dict[Key, Decimal]) -> None:
    assert round(result(ledger, "2024", unit("hsl")) / 1_000_000, 1) == Decimal("-15.8")
    assert round(result(ledger, "2024", unit("ordinart_boende")) / 1_000_000, 1) == Decimal("4.6")
    homes = tuple(interval for number in range(1, 9) for interval in unit(f"vardboende_{number}"))
    assert round(result(ledger, "2024", homes) / 1_000_000, 1) == Decimal("-10.8")
    assert not any(centre.startswith("21") for _, year, _, centre in ledger if year == "2023")  # HSL was formed in 2024


def test_costs_that_are_followed_by_themselves(ledger: dict[Key, Decimal]) -> None:
    cost: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (kind, year, account, _), amount in ledger.items():
        for indicator in CONFIGURATION["cost_indicators"]:
            if kind == "actual" and any(first <= account <= last for first, last in indicator["accounts"]):
                cost[indicator["id"], year] -= amount
    millions = {key: round(amount / 1_000_000, 1) for key, amount in cost.items()}
    assert (millions["hired_staff_cost", "2023"], millions["hired_staff_cost", "2024"]) == (
        Decimal("20.5"),
        Decimal("15.9"),
    )
    assert round((cost["external_placement_cost", "2024"] - cost["external_placement_cost", "2023"]) / 1_000_000) == -57
    assert cost["substitute_cost", "2024"] > cost["substitute_cost", "2023"] > 0


def test_every_account_has_a_line_and_every_cost_centre_a_department(ledger: dict[Key, Decimal]) -> None:
    intervals = [interval for area in CONFIGURATION["departments"] for interval in area["cost_centres"]]
    for _, _, account, centre in ledger:
        assert sum(account_in(interval, account) for interval in CONFIGURATION["accounts"]) == 1, account
        assert sum(first <= centre <= last for first, last in intervals) == 1, centre


def test_budgets_are_balanced_and_moves_between_areas_cancel_out(delivered: list[Path]) -> None:
    for path in delivered:
        if path.name.startswith("budget_"):
            sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
            for cell in cells(decoded(path)):
                sums[cell["version"], cell["ansvar"]] += kronor(cell["belopp"])
            assert set(sums.values()) == {Decimal()}
    assert {version for version, _ in sums} == {"kf-budget", "ombudgetering"}


def test_forecasts_before_the_interim_and_the_monthly_report(delivered: list[Path]) -> None:
    totals = {
        path.stem[-7:]: -sum((kronor(cell["belopp"]) for cell in cells(path)), Decimal())
        for path in delivered
        if path.name.startswith("prognos_2024")
    }
    assert totals["2024-08"] == 1_500_000 and totals["2024-10"] == 8_500_000
    assert {"2024-05", "2024-09"} < set(totals)
