"""The demonstration extracts of care against print: an oracle that reads the files and counts, sharing nothing with the
generator.

It follows DEFINITIONS section 2 literally, decision by decision and client by client.
"""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from pathlib import Path
from statistics import mean, median
from typing import Any

import openpyxl
import pytest

from demo.care import write_care_extracts
from demo.hr import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from demo.population import INHABITANTS
from ingestion.configuration.municipality import load_municipality
from ingestion.contracts.care import TABLES

ALINGSAS, HELSINGBORG = "1489", "1283"
FOLDERS = {ALINGSAS: "1489-alingsas", HELSINGBORG: "1283-helsingborg"}
YEARS = {ALINGSAS: range(2022, 2025), HELSINGBORG: range(2020, 2025)}
DWELLINGS = {"gruppbostad", "servicebostad", "annan särskilt anpassad bostad"}
DAY = timedelta(days=1)

# Printed, by municipality and what is measured: årsbokslut 2024 and genomlysning 2025-2026; årsbokslut 2024 of
# Helsingborg.
PRINTED: dict[str, dict[str, dict[int | str, str | None]]] = {
    ALINGSAS: {
        "investigation SoL": {"2024-01-01/2024-06-30": "8", "2024-07-01/2024-11-30": "11"},
        "investigation LSS": {"2024-01-01/2024-06-30": "57", "2024-07-01/2024-11-30": "70"},
        "execution SoL": {"2023-12-01/2024-11-30": "6"},
        "execution LSS": {"2023-12-01/2024-11-30": "40"},
        "wait home": {2022: "74", 2023: "65", 2024: "57"},
        "wait home, men less women": {2024: "-3"},
        "wait dwelling": {2022: None, 2023: None, 2024: "126"},
        "to study or work": {2022: "4", 2023: "4", 2024: "3"},
        "started studies": {2024: "4"},
        "ended studies": {2024: "1"},
        "moved to own home": {2022: None, 2023: "1", 2024: "0"},
        "65 with care": {2022: "950"},
        "80 with care": {2022: "684"},
        "LSS persons": {2023: "378", 2024: "372"},
        "LSS share": {2023: "0.89", 2024: "0.87"},
        "per 10 000 personlig assistans": {2024: "5"},
        "per 10 000 SFB": {2024: "22"},
        "per 10 000 dwellings": {2024: "39"},
        "per 10 000 dwellings without adapted": {2024: "32"},
        "adapted dwellings": {2024: "33"},
        "adapted share": {2023: "20"},
        "patients": {2024: "1437"},
        "change of patients": {2023: "-3.3"},
    },
    HELSINGBORG: {
        "external places sabo": {2020: "21", 2021: "15", 2022: "49", 2023: "38", 2024: "27"},
        "external places LSS": {2020: None, 2021: "36", 2022: "42", 2023: "39", 2024: "30"},
        "waiting for home": {2020: "98", 2021: "103", 2022: "115", 2023: "14", 2024: "46"},
        "dementia share": {2020: "11.2", 2021: "13", 2022: "20", 2023: "25", 2024: "25"},
        "staff met": {2020: "12", 2021: "11", 2022: "10", 2023: "9", 2024: "11"},
        "more than 20": {2020: "4", 2021: "5", 2022: "2", 2023: "0", 2024: "4"},
        "wait group home": {2020: "475", 2021: "449", 2022: "350", 2023: "596", 2024: "283"},
        "waiting for dwelling": {2020: "31", 2021: "28", 2022: "18", 2023: "23", 2024: "10"},
        "placements municipal": {2020: "48", 2021: "55", 2022: "79", 2023: "101", 2024: "86"},
        "placements private": {2020: None, 2021: None, 2022: None, 2023: "40", 2024: "37"},
        "own employment municipal": {2020: "1", 2021: "1", 2022: "1", 2023: "1", 2024: "0"},
        "own employment private": {2020: None, 2021: None, 2022: None, 2023: "1", 2024: "0"},
    },
}


@dataclass
class Delivered:
    """All rows of one municipality by table and period, as read back from the files."""

    municipality: str
    files: list[Path] = field(default_factory=list)
    rows: dict[str, dict[str, list[dict[str, str]]]] = field(default_factory=lambda: defaultdict(dict))
    formats: set[str] = field(default_factory=set)

    def all(self, table: str) -> Iterator[dict[str, str]]:
        for rows in self.rows[table].values():
            yield from rows

    def decisions(self) -> list[dict[str, str]]:
        """The newest row of each decision."""
        return list(
            {
                row["beslutsid"]: row for year in sorted(self.rows["decisions"]) for row in self.rows["decisions"][year]
            }.values()
        )

    def inhabitants(self, year: int) -> int:
        return sum(map(sum, INHABITANTS[self.municipality][year].values()))


def read_file(path: Path) -> tuple[str, list[dict[str, str]]]:
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        [header, *rows] = [[_as_text(c) for c in row] for row in sheet.iter_rows(values_only=True)]
        return "xlsx", [dict(zip_longest(header, row, fillvalue="")) for row in rows]
    try:
        form, text = "utf-8", content.decode("utf-8")
    except UnicodeDecodeError:
        form, text = "cp1252", content.decode("cp1252")
    return form, list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return str(value.date().isoformat()) if hasattr(value, "date") else str(value)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Delivered]:
    inbox = tmp_path_factory.mktemp("care")
    read = {municipality: Delivered(municipality) for municipality in FOLDERS}
    headers = {frozenset(column.header for column in table.columns): table for table in TABLES}
    for path in write_care_extracts(inbox):
        of = read[next(m for m, folder in FOLDERS.items() if path.parent == inbox / folder / "care")]
        of.files.append(path)
        form, rows = read_file(path)
        table = headers[frozenset(rows[0])]
        [period] = {row["ar" if table.period_column == "year" else "period"] for row in rows}
        assert period not in of.rows[table.name], path
        of.rows[table.name][period] = rows
        of.formats.add(form)
    return read


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def span(row: dict[str, str], first: str, last: str) -> int:
    return (date.fromisoformat(row[last]) - date.fromisoformat(row[first])).days


def is_granted(row: dict[str, str]) -> bool:
    return row["beslutstyp"] in ("bifall", "delvis bifall")


def born(row: dict[str, str]) -> tuple[int, int]:
    return int(row["personnummer"][:4]), int(row["personnummer"][4:6])


def has_turned(row: dict[str, str], age: int, on: date) -> bool:
    """By the end of the month of `on`."""
    year, month = born(row)
    return (on.year, on.month) >= (year + age, month)


def person(row: dict[str, str]) -> str:
    """The personnummer, however it was spelt."""
    return row["personnummer"].replace("-", "")


def gender(row: dict[str, str]) -> str:
    return "M" if int(person(row)[10]) % 2 else "K"


def is_running(row: dict[str, str], on: date) -> bool:
    """Whether the case is open on the day: granted, not closed and not run out."""
    return (
        is_granted(row)
        and row["beslutsdatum"] <= on.isoformat()
        and (not row["avslutat_datum"] or row["avslutat_datum"] > on.isoformat())
        and (not row["galler_till"] or row["galler_till"] >= on.isoformat())
    )


def is_given(row: dict[str, str], on: date) -> bool:
    """Whether the service is given on the day."""
    interrupted = row["avbrott_datum"] and row["avbrott_datum"] <= on.isoformat()
    resumed = row["ateruppta_datum"] and row["ateruppta_datum"] <= on.isoformat()
    return (
        is_running(row, on)
        and bool(row["verkstallt_datum"])
        and row["verkstallt_datum"] <= on.isoformat()
        and not (interrupted and not resumed)
    )


def is_waiting(row: dict[str, str], on: date) -> bool:
    return is_running(row, on) and not (row["verkstallt_datum"] and row["verkstallt_datum"] <= on.isoformat())


Measure = dict[int | str, float | None]


def oracle(of: Delivered) -> dict[str, Measure]:
    """Every printed measure by period, unrounded; None where there is none."""
    decisions, years = of.decisions(), YEARS[of.municipality]
    offered: dict[str, list[str]] = defaultdict(list)
    for row in of.all("offers"):
        offered[row["beslutsid"]].append(row["erbjuden_inflyttning"])
    figures: dict[str, Measure] = defaultdict(dict)
    for period in ("2024-01-01/2024-06-30", "2024-07-01/2024-11-30", "2023-12-01/2024-11-30"):
        first, last = period.split("/")
        for law in ("SoL", "LSS"):
            made = [d for d in decisions if d["lag"] == law and d["beslutstyp"] and first <= d["beslutsdatum"] <= last]
            made = [d for d in made if d["avslutsorsak"] != "återtagen ansökan"]
            started = [
                d
                for d in decisions
                if d["lag"] == law
                and is_granted(d)
                and d["omprovning"] == "nej"
                and first <= d["verkstallt_datum"] <= last
            ]
            figures[f"investigation {law}"][period] = mean(span(d, "ansokningsdatum", "beslutsdatum") for d in made)
            figures[f"execution {law}"][period] = mean(span(d, "beslutsdatum", "verkstallt_datum") for d in started)
    for year in years:
        eve, october = date(year, 12, 31), date(year, 10, 1)
        _waits(figures, decisions, offered, year)
        given = [d for d in decisions if is_given(d, october)]

        figures["LSS persons"][year] = lss = len({person(d) for d in given if d["lag"] == "LSS"})
        figures["LSS share"][year] = 100 * lss / of.inhabitants(year)
        for name, services in (
            ("personlig assistans", {"personlig assistans"}),
            ("SFB", {"personlig assistans SFB"}),
            ("dwellings", DWELLINGS),
            ("dwellings without adapted", DWELLINGS - {"annan särskilt anpassad bostad"}),
        ):
            persons = len({person(d) for d in given if d["insats"] in services})
            figures[f"per 10 000 {name}"][year] = 10_000 * persons / of.inhabitants(year)
        ends = [date(year, month, monthrange(year, month)[1]) for month in range(1, 13)]
        cared_for = {
            end: [d for d in decisions if d["insats"] in ("särskilt boende", "hemtjänst") and is_given(d, end)]
            for end in ends
        }
        for age in (65, 80):
            figures[f"{age} with care"][year] = median(
                len({person(d) for d in clients if has_turned(d, age, end)}) for end, clients in cared_for.items()
            )
        waiting = [d for d in decisions if is_waiting(d, eve)]
        figures["waiting for home"][year] = len({person(d) for d in waiting if d["insats"] == "särskilt boende"})
        figures["waiting for dwelling"][year] = len({person(d) for d in waiting if d["insats"] in DWELLINGS})
        for_group_home = [
            (eve - date.fromisoformat(d["beslutsdatum"])).days for d in waiting if d["insats"] == "gruppbostad"
        ]
        figures["wait group home"][year] = mean(for_group_home)
        _places(figures, of, year)
        _steps(figures, of, year)
        figures["patients"][year] = len({person(row) for row in of.rows["patients"].get(str(year), ())})
        _continuity(figures, of, year)
    if of.municipality == ALINGSAS:
        before, after = figures["patients"][2022], figures["patients"][2023]
        assert before and after
        figures["change of patients"][2023] = 100 * (after - before) / before
    return figures


def _waits(
    figures: dict[str, Measure], decisions: list[dict[str, str]], offered: dict[str, list[str]], year: int
) -> None:
    """To a home, decided in the first half-year; to a dwelling under LSS, moved into in the first half-year."""
    first, last = f"{year}-01-01", f"{year}-06-30"
    with_offer = [
        (d, date.fromisoformat(min(offered[d["beslutsid"]])))
        for d in decisions
        if is_granted(d) and d["beslutsid"] in offered
    ]
    homes = [
        (gender(d), (offer - date.fromisoformat(d["ansokningsdatum"])).days)
        for d, offer in with_offer
        if d["insats"] == "särskilt boende"
        and first <= d["beslutsdatum"] <= last
        and has_turned(d, 65, date.fromisoformat(d["ansokningsdatum"]))
    ]
    figures["wait home"][year] = mean(days for _, days in homes)
    figures["wait home, men less women"][year] = mean(n for g, n in homes if g == "M") - mean(
        n for g, n in homes if g == "K"
    )
    dwellings = [
        (offer - date.fromisoformat(d["beslutsdatum"])).days
        for d, offer in with_offer
        if d["insats"] in DWELLINGS and d["omprovning"] == "nej" and first <= d["verkstallt_datum"] <= last
    ]
    figures["wait dwelling"][year] = mean(dwellings) if len(dwellings) >= 4 else None


def _places(figures: dict[str, Measure], of: Delivered, year: int) -> None:
    eve = f"{year}-12-31"
    there = [
        row
        for row in of.rows["places"][str(year)]
        if row["tillganglig_fran"] <= eve and (not row["tillganglig_till"] or row["tillganglig_till"] >= eve)
    ]
    homes = [row for row in there if row["boendeform"] == "särskilt boende"]
    dwellings = [row for row in there if row["boendeform"] in DWELLINGS]
    adapted = [row for row in dwellings if row["boendeform"] == "annan särskilt anpassad bostad"]
    figures["external places sabo"][year] = sum(row["utforare"] == "externt köpt" for row in homes)
    figures["dementia share"][year] = 100 * sum(row["inriktning"] == "demens" for row in homes) / len(homes)
    # A register without dwellings says nothing about how many of them are bought.
    figures["external places LSS"][year] = (
        sum(row["utforare"] == "externt köpt" for row in dwellings) if dwellings else None
    )
    figures["adapted dwellings"][year] = len(adapted) if dwellings else None
    figures["adapted share"][year] = 100 * len(adapted) / len(dwellings) if dwellings else None


def _steps(figures: dict[str, Measure], of: Delivered, year: int) -> None:
    """Persons with a step in the year; none where nobody had registered such a step up to then."""

    def count(
        kinds: set[str], provider: str | None = None, keep: Callable[[dict[str, str]], bool] = lambda row: True
    ) -> int | None:
        known = [
            row
            for period, rows in of.rows["transitions"].items()
            if int(period) <= year
            for row in rows
            if row["steg"] in kinds and provider in (None, row["utforare"])
        ]
        return len({person(row) for row in known if row["fran"][:4] == str(year) and keep(row)}) if known else None

    def ended(row: dict[str, str]) -> bool:
        return row["till"][:4] == row["fran"][:4]

    figures["to study or work"][year] = count({"studier", "lönearbete"}, keep=lambda row: not ended(row))
    figures["started studies"][year] = count({"studier"})
    figures["ended studies"][year] = count({"studier"}, keep=ended)
    figures["moved to own home"][year] = count({"egen bostad"})
    for name, provider in (("municipal", "egen regi"), ("private", "privat")):
        figures[f"placements {name}"][year] = count({"arbetspraktik"}, provider)
        figures[f"own employment {name}"][year] = count({"egen anställning"}, provider)


def _continuity(figures: dict[str, Measure], of: Delivered, year: int) -> None:
    """Of clients of 65 or older with two visits of care on each of fourteen days, 07-22: the staff that each met."""
    visits = of.rows["visits"].get(f"{year}-10", ())
    first = min((date.fromisoformat(row["start"][:10]) for row in visits), default=date.max)
    by_day: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    staff: dict[str, set[str]] = defaultdict(set)
    for row in visits:
        is_counted = row["typ"] == "omsorg" and row["ej_utford"] == "nej" and "07:00" <= row["start"][11:] < "22:00"
        if is_counted and date.fromisoformat(row["start"][:10]) < first + 14 * DAY and has_turned(row, 65, first):
            by_day[person(row)][row["start"][:10]].add(row["besoksid"])
            staff[person(row)].add(row["medarbetare"])
    met = [len(staff[who]) for who, days in by_day.items() if len(days) == 14 and min(map(len, days.values())) >= 2]
    figures["staff met"][year] = mean(met) if met else None
    figures["more than 20"][year] = 100 * sum(n > 20 for n in met) / len(met) if met else None


def as_printed(value: float | None, printed: str | None) -> str | None:
    """Rounded half away from zero to the printed decimals."""
    if value is None or printed is None:
        return None if value is None else str(value)
    return str(Decimal(repr(float(value))).quantize(Decimal(printed), ROUND_HALF_UP))


@pytest.mark.parametrize("municipality", list(PRINTED))
def test_the_printed_figures_come_out_of_the_rows(delivered: dict[str, Delivered], municipality: str) -> None:
    figures = oracle(delivered[municipality])
    wrong = [
        f"{name} {period}: {figures[name][period]} instead of {printed}"
        for name, by_period in PRINTED[municipality].items()
        for period, printed in by_period.items()
        if as_printed(figures[name][period], printed) != printed
    ]
    assert not wrong


@pytest.mark.parametrize("municipality", list(FOLDERS))
def test_the_days_of_a_decision_stand_in_order(delivered: dict[str, Delivered], municipality: str) -> None:
    order = (
        "ansokningsdatum",
        "beslutsdatum",
        "galler_fran",
        "verkstallt_datum",
        "avbrott_datum",
        "ateruppta_datum",
        "avslutat_datum",
    )
    for row in delivered[municipality].all("decisions"):
        days = [row[name] for name in order if row[name]]
        assert days == sorted(days), row["beslutsid"]
        assert bool(row["beslutstyp"]) == bool(row["beslutsdatum"]), row["beslutsid"]
        assert not row["galler_till"] or row["galler_till"] >= max(row["galler_fran"], row["verkstallt_datum"]), row[
            "beslutsid"
        ]
        assert bool(row["avslutsorsak"]) == bool(row["avslutat_datum"]), row["beslutsid"]
        assert not (row["beslutstyp"] == "avslag" and (row["galler_fran"] or row["verkstallt_datum"])), row["beslutsid"]


@pytest.mark.parametrize("municipality", list(FOLDERS))
def test_an_extract_knows_nothing_of_later_days_and_holds_what_was_open(
    delivered: dict[str, Delivered], municipality: str
) -> None:
    known = (
        "ansokningsdatum",
        "beslutsdatum",
        "verkstallt_datum",
        "avbrott_datum",
        "ateruppta_datum",
        "avslutat_datum",
    )
    for year, rows in delivered[municipality].rows["decisions"].items():
        assert max(row[name] for row in rows for name in known) <= f"{year}-12-31"
        assert min(row["avslutat_datum"] for row in rows if row["avslutat_datum"]) >= f"{year}-01-01"
        assert len({row["beslutsid"] for row in rows}) == len(rows)
    ids = {year: {row["beslutsid"] for row in rows} for year, rows in delivered[municipality].rows["decisions"].items()}
    for table in ("offers", "follow_ups"):
        for year, rows in delivered[municipality].rows[table].items():
            assert {row["beslutsid"] for row in rows} <= ids[year]


@pytest.mark.parametrize("municipality", list(FOLDERS))
def test_what_happens_besides_is_there_too(delivered: dict[str, Delivered], municipality: str) -> None:
    """Rejections, renewals, deaths, moves, withdrawals, interruptions, long waits: whoever counts them gets another
    figure than print.
    """
    decisions = delivered[municipality].decisions()
    assert sum(row["beslutstyp"] == "avslag" for row in decisions) > 50
    assert {row["avslutsorsak"] for row in decisions} == {
        "",
        "avliden",
        "flyttat",
        "återtagen ansökan",
        "upphört",
        "nytt beslut",
    }
    assert any(row["beslutsdatum"] and row["avslutsorsak"] == "återtagen ansökan" for row in decisions)
    assert {row["omprovning"] for row in decisions} == {"ja", "nej"}
    assert {row["lagversion"] for row in decisions} == {"2001:453", "1993:387", "2010:110"}
    assert any(row["avbrott_datum"] and not row["ateruppta_datum"] for row in decisions)
    assert any(row["betalande_kommun"] for row in decisions)
    late = [row for row in decisions if is_waiting(row, date(2024, 12, 31)) and row["beslutsdatum"] <= "2024-09-30"]
    assert late and all(row["orsak_ej_verkstallt"] for row in late)
    assert {row["svar"] for row in delivered[municipality].all("offers")} == {"ja", "nej"}


@pytest.mark.parametrize("municipality", list(FOLDERS))
def test_the_rows_keep_to_the_contract(delivered: dict[str, Delivered], municipality: str) -> None:
    root = Path(__file__).parent.parent / "municipalities" / FOLDERS[municipality]
    units = {unit.id for department in load_municipality(root).departments for unit in department.units} | {""}
    for table in TABLES:
        for period, rows in delivered[municipality].rows[table.name].items():
            for column in table.columns:
                values = {row[column.header] for row in rows}
                assert not (column.required and "" in values), (table.name, period, column.header)
                assert not column.allowed or values <= {*column.allowed, ""}, (table.name, period, column.header)
                assert column.name != "unit" or values <= units, (table.name, period, values - units)
    assert len(delivered[municipality].rows["decisions"]) == len(YEARS[municipality])


def test_formats_vary_and_people_are_invented(delivered: dict[str, Delivered]) -> None:
    assert delivered[ALINGSAS].formats == {"utf-8", "cp1252", "xlsx"}
    for of in delivered.values():
        names = {tuple(row["namn"].split(", ")) for row in of.all("decisions")}
        assert all(first in INVENTED_FIRST_NAMES and last in INVENTED_LAST_NAMES for last, first in names)
        for table in ("decisions", "visits", "patients", "transitions"):
            assert all(980 <= int(person(row)[8:11]) <= 999 for row in of.all(table))


def test_homecare_is_performed_by_both_providers_in_every_month_that_is_paid_for(
    delivered: dict[str, Delivered],
) -> None:
    granted = [d for d in delivered[ALINGSAS].decisions() if d["insats"] == "hemtjänst" and d["timmar_per_manad"]]
    for month in range(7, 13):
        visits = delivered[ALINGSAS].rows["visits"][f"2024-{month:02d}"]
        assert {row["start"][:10] for row in visits} == {
            f"2024-{month:02d}-{d:02d}" for d in range(1, monthrange(2024, month)[1] + 1)
        }
        for provider in ("egen regi", "privat"):
            performed = (
                sum(int(row["minuter"]) for row in visits if row["utforare"] == provider and row["ej_utford"] == "nej")
                / 60
            )
            middle = date(2024, month, 15)
            hours = sum(
                float(d["timmar_per_manad"].replace(",", "."))
                for d in granted
                if d["utforare"] == provider and is_given(d, middle)
            )
            assert 0.8 < performed / hours < 1.05, (month, provider)


def test_the_same_bytes_every_time(delivered: dict[str, Delivered], tmp_path: Path) -> None:
    first, second = [path for of in delivered.values() for path in of.files], write_care_extracts(tmp_path)
    assert [path.name for path in first] == [path.name for path in second]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(first, second, strict=True))
