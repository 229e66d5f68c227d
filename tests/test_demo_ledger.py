"""The demonstration's ledger, read back from its files by other means than the platform's, against the printed figures."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import openpyxl
import pytest
import yaml

from demo.hr.people import INVENTED_LAST_NAMES
from demo.ledger import write_ledger_extracts
from ingestion.configuration.municipality import load_municipality
from ingestion.readers.sie import read_sie

FOLDER = Path(__file__).parents[1] / "municipalities" / "1489-alingsas"

# Annual report 2024, table "Drift", tkr: budget 2024, outcome 2024, deviation, outcome 2023, difference.
PRINTED = {
    "income": (206297, 254669, 48372, 237998, 16671),
    "personnel_costs": (-802020, -821815, -19795, -772705, -49110),
    "premises_rent": (-113241, -114174, -933, -100637, -13537),
    "purchased_services": (-176046, -188451, -12405, -187012, -1439),
    "other_costs": (-81323, -94685, -13362, -89874, -4811),
    "total_costs": (-1172630, -1219125, -46495, -1150228, -68897),
    "net_costs": (-966333, -964456, 1877, -912230, -52226),
    "municipal_grant": (966333, 966333, 0, 913280, 53053),
    "financial_net": (0, -5, -5, 9, -13),
    "result": (0, 1873, 1873, 1059, 814),
}
COSTS = ("personnel_costs", "premises_rent", "purchased_services", "other_costs")
PARTS = {
    "total_costs": COSTS,
    "net_costs": ("income", *COSTS),
    "result": ("income", *COSTS, "municipal_grant", "financial_net"),
}


@dataclass(frozen=True)
class Booked:
    file: str
    period: str
    accounting_period: str
    series: str
    voucher: str
    row: str
    account: str
    cost_centre: str
    internal: str
    amount: Decimal
    posted: str


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [path for path in write_ledger_extracts(tmp_path_factory.mktemp("inbox")) if path.parts[-3] == FOLDER.name]


@pytest.fixture(scope="module")
def booked(delivered: list[Path]) -> list[Booked]:
    return [row for path in delivered for row in (sie_rows(path) if path.suffix == ".se" else table_rows(path))]


def cells(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV or XLSX as texts: decimal comma, no marks between thousands."""
    if path.suffix == ".xlsx":
        header, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        for row in rows:
            texts = [
                "" if value is None else f"{value:.2f}".replace(".", ",") if isinstance(value, float) else str(value)
                for value in row
            ]
            yield dict(zip([str(name) for name in header], texts, strict=True))
        return
    raw = path.read_bytes()
    text = (
        raw.decode("cp1252")
        if "_2022" in path.name and not raw.startswith(b"\xef\xbb\xbf")
        else raw.decode("utf-8-sig")
    )
    yield from csv.DictReader(text.splitlines(), delimiter=";")


def kronor(text: str) -> Decimal:
    assert re.fullmatch(r"-?\d+(,\d{1,2})?", text), text
    return Decimal(text.replace(",", "."))


def table_rows(path: Path) -> Iterator[Booked]:
    if path.name.startswith("transaktioner_"):
        for cell in cells(path):
            yield Booked(
                path.name,
                cell["period"].replace("-", ""),
                cell["redovisningsperiod"],
                cell["serie"],
                cell["verifikation"],
                cell["rad"],
                cell["konto"],
                cell["ansvar"],
                cell["intern"],
                kronor(cell["belopp"]),
                cell["bokforingsdatum"][:10].replace("-", ""),
            )


def sie_lines(path: Path) -> Iterator[list[str]]:
    for line in path.read_bytes().decode("cp437").splitlines():
        yield [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|([{}]|[^\s"{}]+)', line)]


def sie_rows(path: Path) -> Iterator[Booked]:
    series = voucher = posted = ""
    row = 0
    for fields in sie_lines(path):
        if fields[0] == "#VER":
            series, voucher, posted, row = fields[1], fields[2], fields[3], 0
        elif fields[0] == "#TRANS":
            row += 1
            end = fields.index("}")
            objects = dict(zip(fields[3:end:2], fields[4:end:2], strict=True))
            month = posted[:6]
            yield Booked(
                path.name,
                month,
                month,
                series,
                voucher,
                str(row),
                fields[1],
                objects.get("1", ""),
                objects.get("23", ""),
                Decimal(fields[end + 1]),
                posted,
            )


INTERVALS = yaml.safe_load((FOLDER / "municipality.yaml").read_text(encoding="utf-8"))["accounts"]


def line_of(account: str) -> str | None:
    return next((interval["line"] for interval in INTERVALS if interval["first"] <= account <= interval["last"]), None)


def by_line(amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    """Ledger sums by account to the statement's lines and sums: income +, cost -."""
    lines: defaultdict[str, Decimal] = defaultdict(Decimal)
    for account, amount in amounts.items():
        if line := line_of(account):
            lines[line] -= amount
    for total, parts in PARTS.items():
        lines[total] = sum((lines[part] for part in parts), Decimal())
    return lines


def of_year(booked: list[Booked], year: str) -> dict[str, Decimal]:
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in booked:
        if row.period.startswith(year):
            amounts[row.account] += row.amount
    return by_line(amounts)


def budget_of(delivered: list[Path], year: str) -> dict[str, Decimal]:
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    [path] = [path for path in delivered if path.name == f"budget_{year}.csv"]
    for cell in cells(path):
        assert (cell["kommun"], cell["ar"], cell["manad"][:4]) == ("1489", year, year)
        amounts[cell["konto"]] += kronor(cell["belopp"])
    return by_line(amounts)


def tkr(amount: Decimal) -> int:
    return int((amount / 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def test_all_fifty_printed_figures(delivered: list[Path], booked: list[Booked]) -> None:
    budget, actual, previous = budget_of(delivered, "2024"), of_year(booked, "2024"), of_year(booked, "2023")
    computed = {
        line: tuple(
            tkr(cell)
            for cell in (
                budget[line],
                actual[line],
                actual[line] - budget[line],
                previous[line],
                actual[line] - previous[line],
            )
        )
        for line in PRINTED
    }
    assert computed == PRINTED


def test_the_sums_that_do_not_add_up_in_print_are_rounding(booked: list[Booked]) -> None:
    actual, previous = of_year(booked, "2024"), of_year(booked, "2023")
    assert actual["net_costs"] == Decimal("-964455600.00")
    assert actual["municipal_grant"] == Decimal("966333000.00")
    assert actual["financial_net"] == Decimal("-4600.00")
    assert (
        tkr(actual["result"])
        == 1873
        != tkr(actual["net_costs"]) + tkr(actual["municipal_grant"]) + tkr(actual["financial_net"])
    )
    assert (
        tkr(actual["financial_net"] - previous["financial_net"])
        == -13
        != tkr(actual["financial_net"]) - tkr(previous["financial_net"])
    )


def test_2022_is_plausible(delivered: list[Path], booked: list[Booked]) -> None:
    before, after, budget = of_year(booked, "2022"), of_year(booked, "2023"), budget_of(delivered, "2022")
    for line in (*COSTS, "income", "municipal_grant"):
        assert Decimal("1.0") < after[line] / before[line] < Decimal("1.12")
    assert budget["result"] == 0


def test_every_month_has_a_realistic_number_of_rows(booked: list[Booked]) -> None:
    counts = Counter(row.period for row in booked if row.account >= "3")
    assert len(counts) == 36
    assert all(5000 <= count <= 7000 for count in counts.values()), counts


def test_keys_are_unique_and_dates_belong_to_their_period(booked: list[Booked]) -> None:
    assert len({(row.period, row.series, row.voucher, row.row) for row in booked}) == len(booked)
    assert all(row.posted[:6] == row.period for row in booked)
    closing = {row.accounting_period for row in booked if row.accounting_period != row.period}
    assert closing == {"202213", "202313", "202413"}
    assert all(row.posted.endswith("1231") for row in booked if row.accounting_period.endswith("13"))


def test_control_totals_agree_and_are_the_boards_own(delivered: list[Path], booked: list[Booked]) -> None:
    sums: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in booked:
        if not row.file.endswith(".se"):
            key = (row.period, row.accounting_period, row.account[0])
            sums[key] += row.amount
            counts[key] += 1
    stated = {}
    for path in delivered:
        if path.name.startswith("kontrollsummor_"):
            for cell in cells(path):
                key = (cell["period"].replace("-", ""), cell["redovisningsperiod"], cell["kontoklass"])
                stated[key] = (int(cell["antal"]), kronor(cell["summa"]))
    assert stated == {key: (counts[key], sums[key]) for key in sums}
    assert len({key[0] for key in stated}) == 30


def test_sie_vouchers_balance_and_its_totals_agree(delivered: list[Path], booked: list[Booked]) -> None:
    [path] = [path for path in delivered if path.suffix == ".se"]
    vouchers: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    accounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    months = set()
    for row in booked:
        if row.file == path.name:
            vouchers[row.series, row.voucher] += row.amount
            accounts[row.account] += row.amount
            months.add(row.period)
            assert row.cost_centre or row.account < "3"
    assert months == {f"2023{month:02}" for month in range(1, 7)}
    assert set(vouchers.values()) == {Decimal()}
    assert {account[0] for account in accounts} >= {"1", "2", "3", "5", "9"}
    stated = {fields[2]: Decimal(fields[3]) for fields in sie_lines(path) if fields[0] == "#RES"}
    assert stated == {account: amount for account, amount in accounts.items() if account >= "3"}


def test_patients_ready_for_discharge_cost_what_the_review_says(booked: list[Booked]) -> None:
    paid = [(row.period[:4], row.amount) for row in booked if row.account == "4650"]
    cost = {year: sum((amount for when, amount in paid if when == year), Decimal()) for year in ("2023", "2024")}
    assert tkr(cost["2023"]) == 600
    assert cost["2024"] - cost["2023"] == -500_000 and cost["2024"] < 100_000


def test_unmapped_account_nets_to_zero(booked: list[Booked]) -> None:
    unmapped = [row for row in booked if row.account >= "3" and line_of(row.account) is None]
    assert {(row.period, row.account) for row in unmapped} == {("202403", "8690")}
    assert sum(row.amount for row in unmapped) == 0 and any(row.amount for row in unmapped)


def test_new_accounts_appear_and_corrections_are_booked_in_the_open_month(booked: list[Booked]) -> None:
    first: dict[str, str] = {}
    for row in sorted(booked, key=lambda row: row.period):
        first.setdefault(row.account, row.period)
    assert {"3512": "202308", "6160": "202403"}.items() <= first.items()
    corrections: defaultdict[tuple[str, str], list[Booked]] = defaultdict(list)
    for row in booked:
        if row.series == "B" and row.account not in ("8410", "8520", "8690"):
            corrections[row.period, row.voucher].append(row)
    moved = [
        rows
        for rows in corrections.values()
        if sum(row.amount for row in rows) == 0 and len({row.cost_centre for row in rows}) == 2
    ]
    assert len(moved) > 400


def test_forecasts(delivered: list[Path]) -> None:
    results: dict[str, Decimal] = {}
    departments = {department.id for department in load_municipality(FOLDER).departments}
    for path in delivered:
        if path.name.startswith("prognos_"):
            rows = list(cells(path))
            assert {row["avdelning"] for row in rows} == departments
            assert {row["rad"] for row in rows} == set(PARTS["result"])
            assert len({(row["avdelning"], row["rad"]) for row in rows}) == len(rows)
            results[rows[0]["period"]] = -sum((kronor(row["belopp"]) for row in rows), Decimal())
    assert set(results) == {
        f"{year}-{month:02}" for year in (2022, 2023, 2024) for month in range(1, 13) if month not in (1, 7)
    }
    assert results["2024-04"] == results["2024-08"] == 0  # "Prognossäkerhet": both printed as 0
    assert results["2024-11"] != 0


def test_budget_versions(delivered: list[Path]) -> None:
    [path] = [path for path in delivered if path.name == "budget_2024.csv"]
    rows = list(cells(path))
    assert {row["version"] for row in rows} == {"kf-budget", "tilläggsanslag"}
    assert len({(row["version"], row["manad"], row["konto"], row["ansvar"], row["verksamhet"]) for row in rows}) == len(
        rows
    )
    for version in ("kf-budget", "tilläggsanslag"):
        assert sum(kronor(row["belopp"]) for row in rows if row["version"] == version) == 0


def test_formats_are_those_of_real_deliveries(delivered: list[Path]) -> None:
    raw = {path.name: path.read_bytes() for path in delivered}
    with pytest.raises(UnicodeDecodeError):
        raw["transaktioner_2022-01.csv"].decode("utf-8")
    assert raw["transaktioner_2023-07.csv"].startswith(b"\xef\xbb\xbf")
    assert not raw["transaktioner_2024-01.csv"].startswith(b"\xef\xbb\xbf")
    assert sum(name.endswith(".xlsx") for name in raw) == 4
    named = re.compile("|".join(INVENTED_LAST_NAMES))
    for name, content in raw.items():
        if name.startswith("transaktioner_2024-01"):
            assert len(named.findall(content.decode("utf-8"))) > 100  # names for the platform to drop
    counterparties = {
        cell["motpart"] for cell in cells(next(path for path in delivered if path.name == "transaktioner_2024-01.csv"))
    }
    assert all(re.fullmatch(r"(\d{3})?", code) for code in counterparties)


def test_the_platforms_reader_takes_the_sie_file(delivered: list[Path], booked: list[Booked]) -> None:
    [path] = [path for path in delivered if path.suffix == ".se"]
    municipality = load_municipality(FOLDER)
    sie = read_sie(path, municipality.sie_dimensions)
    assert sie.organisation_number == municipality.organisation_number
    theirs = [
        (row.voucher, row.row, row.account, row.cost_centre, row.internal, row.amount)
        for row in booked
        if row.file == path.name
    ]
    texts = sie.rows.fillna("")[["verifikation", "rad", "konto", "ansvar", "intern", "belopp"]]
    assert [(*row[:5], kronor(row[5])) for row in texts.itertuples(index=False)] == theirs


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = write_ledger_extracts(tmp_path / "first"), write_ledger_extracts(tmp_path / "again")
    assert [path.relative_to(tmp_path / "first") for path in first] == [
        path.relative_to(tmp_path / "again") for path in again
    ]
    assert [hashlib.sha256(path.read_bytes()).digest() for path in first] == [
        hashlib.sha256(path.read_bytes()).digest() for path in again
    ]
