"""The demonstration HR extracts against print: an oracle that reads the delivered files and counts, sharing nothing
with the generator.

It follows DEFINITIONS section 1 literally: people and employments are counted one by one, sick leave day by day.
"""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from demo.hr import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES, write_hr_extracts
from ingestion.configuration.municipality import load_municipality
from ingestion.contracts.hr import TABLES

YEARS = (2022, 2023, 2024)
SICK = {"sjuk", "arbetsskada", "rehabilitering"}
UNPAID = {"föräldraledig", "tjänstledig"}
GROUPS = {
    "207024": "underskoterska",
    "207025": "underskoterska",
    "207026": "vardbitrade",
    "207027": "stodassistent",
    "207028": "stodbitrade",
    "351036": "stodpedagog",
    "207090": "personlig_assistent",
    "351012": "socialsekreterare",
    "351013": "socialsekreterare",
    "206012": "sjukskoterska",
    "206013": "sjukskoterska",
    "208011": "rehab",
    "208012": "rehab",
}
MUNICIPALITY = load_municipality(Path(__file__).parent.parent / "municipalities" / "1489-alingsas")

# Printed values (årsbokslut 2024, personalstatistik and sjukfrånvaro; genomlysning 2.4), and the printed difference
# 2023-2024.
PRINTED: list[tuple[str, dict[int, str], str | None]] = [
    ("headcount permanent", {2023: "1315", 2024: "1318"}, "3"),
    ("headcount temporary", {2023: "112", 2024: "131"}, "19"),
    ("fte permanent", {2023: "1254", 2024: "1267"}, "13"),
    ("fte temporary", {2023: "103", 2024: "121"}, "18"),
    ("employment rate", {2023: "95", 2024: "96"}, "1"),
    ("mean age", {2023: "44.4", 2024: "45.0"}, "0.6"),
    ("hourly-paid work", {2023: "172.5", 2024: "181.6"}, "9.1"),
    ("additional time", {2023: "6.1", 2024: "5.3"}, "-0.7"),
    ("overtime", {2023: "17.8", 2024: "14.9"}, "-2.9"),
    ("turnover board", {2023: "9.8", 2024: "9.0"}, "-0.8"),
    ("sick total", {2023: "8.3", 2024: "8.2"}, "-0.1"),
    ("sick K", {2023: "9.3", 2024: "9.0"}, "-0.3"),
    ("sick M", {2023: "4.1", 2024: "4.9"}, "0.8"),
    ("sick 0-29", {2023: "5.5", 2024: "5.3"}, "-0.3"),
    ("sick 30-49", {2023: "8.4", 2024: "8.2"}, "-0.2"),
    ("sick 50-", {2023: "9.5", 2024: "9.7"}, "0.2"),
    ("sick span 1-14", {2023: "3.7", 2024: "3.5"}, "-0.2"),
    ("sick span 15-59", {2023: "1.1", 2024: "1.2"}, "0.1"),
    ("sick span 60-", {2023: "3.5", 2024: "3.5"}, "0.0"),
    ("sick monthly socialsekreterare", {2022: "7.7", 2023: "9.9", 2024: "13.0"}, None),
    ("sick monthly personlig_assistent", {2022: "8.5", 2023: "6.2", 2024: "7.9"}, None),
    ("sick monthly sjukskoterska", {2022: "6.4", 2023: "4.7", 2024: "3.7"}, None),
    ("sick monthly rehab", {2022: "9.9", 2023: "14.9", 2024: "17.1"}, None),
    ("sick monthly underskoterska", {2024: "10.2"}, None),
    ("sick monthly stodassistent", {2024: "11.1"}, None),
    ("sick all stodassistent", {2024: "11.20"}, None),
    ("sick all socialsekreterare", {2024: "13.98"}, None),
    ("sick all stodbitrade", {2024: "20.93"}, None),
    ("sick all stodpedagog", {2024: "14.95"}, None),
    ("sick lss_boende_och_arbete", {2024: "11.3"}, None),
    ("turnover underskoterska", {2024: "8.8"}, None),
    ("turnover socialsekreterare", {2022: "16.2", 2023: "15.6", 2024: "10.2"}, None),
    ("turnover stodassistent", {2024: "5.3"}, None),
    ("turnover personlig_assistent", {2022: "8.1", 2023: "3.2", 2024: "8.7"}, None),
    ("turnover sjukskoterska", {2022: "17.5", 2023: "15.1", 2024: "9.0"}, None),
    ("turnover rehab", {2022: "22.2", 2023: "35.0", 2024: "10.2"}, None),
    ("nurse assistants share", {2022: "87.6", 2023: "87.1", 2024: "84.3"}, None),
    ("support assistants share", {2022: "89.9", 2023: "90.0", 2024: "91.3"}, None),
    ("support assistants share daglig_verksamhet", {2024: "100"}, None),
    ("support assistants share lss_boende", {2024: "89.2"}, None),
]


@dataclass
class Delivered:
    """All rows by table and period, as read back from the files."""

    files: list[Path]
    rows: dict[str, dict[str, list[dict[str, str]]]] = field(default_factory=lambda: defaultdict(dict))
    formats: list[str] = field(default_factory=list)


def read_file(path: Path) -> tuple[str, list[dict[str, str]]]:
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        cells = [[_as_text(c) for c in row] for row in sheet.iter_rows(values_only=True)]
        return "xlsx", [dict(zip_longest(cells[0], row, fillvalue="")) for row in cells[1:]]
    if content.startswith(b"\xef\xbb\xbf"):
        form, text = "utf-8-sig", content.decode("utf-8-sig")
    else:
        try:
            form, text = "utf-8", content.decode("utf-8")
        except UnicodeDecodeError:
            form, text = "cp1252", content.decode("cp1252")
    return form, list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "date"):
        return str(value.date().isoformat())
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def number(text: str) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def twelve_digits(text: str) -> str:
    digits = text.replace("-", "")
    if len(digits) == 10:
        digits = ("20" if int(digits[:2]) < 20 else "19") + digits
    return digits


def birth_month(personnummer: str) -> date:
    digits = twelve_digits(personnummer)
    return date(int(digits[:4]), int(digits[4:6]), 1)


def gender(personnummer: str) -> str:
    return "M" if int(twelve_digits(personnummer)[10]) % 2 else "K"


def period_days(period: str) -> list[date]:
    year, month = int(period[:4]), int(period[5:])
    return [date(year, month, d) for d in range(1, monthrange(year, month)[1] + 1)]


def rounded(value: float, like: str) -> str:
    """Half away from zero, with as many decimals as the printed text."""
    places = Decimal(1).scaleb(-len(like.partition(".")[2]))
    result = Decimal(repr(round(value, 10))).quantize(places, ROUND_HALF_UP)
    return str(abs(result)) if result == 0 else str(result)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    result = Delivered(
        [path for path in write_hr_extracts(tmp_path_factory.mktemp("inbox")) if "1489-alingsas" in path.parts]
    )
    tables = {frozenset(c.header for c in table.columns): table.name for table in TABLES}
    for path in result.files:
        form, rows = read_file(path)
        name = tables[frozenset(rows[0])]
        [period] = {row["period"] for row in rows}
        assert period not in result.rows[name], f"{name} {period} is delivered twice"
        result.rows[name][period] = rows
        result.formats.append(form)
    return result


@dataclass
class Permanent:
    person: str
    employment: str
    start: date
    end: date | None
    reason: str
    aid: str
    department: str

    def holds(self, on: date) -> bool:
        return self.start <= on and (self.end is None or self.end >= on)


def permanent_employments(periods: dict[str, list[dict[str, str]]]) -> list[Permanent]:
    """Every permanent employment as its last delivered row has it."""
    last: dict[str, Permanent] = {}
    for period in sorted(periods):
        for row in periods[period]:
            if row["anstallningsform"] == "tillsvidare":
                start = day(row["anstalld_fran"])
                assert start is not None
                last[row["anstallningsid"]] = Permanent(
                    twelve_digits(row["personnummer"]),
                    row["anstallningsid"],
                    start,
                    day(row["anstalld_till"]),
                    row.get("avgangsorsak", ""),
                    row.get("aid", ""),
                    row.get("avdelning", ""),
                )
    return list(last.values())


def turnover(delivered: Delivered) -> Iterator[tuple[str, int, float]]:
    own = permanent_employments(delivered.rows["employments"])
    others = permanent_employments(delivered.rows["other_employments"])
    for year in YEARS:
        persons: list[set[str]] = []
        by_department: dict[str, int] = defaultdict(int)
        by_group: dict[str, list[set[str]]] = defaultdict(list)
        for month in range(1, 13):
            rows = delivered.rows["employments"][f"{year}-{month:02d}"]
            end = period_days(f"{year}-{month:02d}")[-1].isoformat()
            stock = [
                r
                for r in rows
                if r["anstallningsform"] == "tillsvidare"
                and r["anstalld_fran"] <= end
                and (not r["anstalld_till"] or r["anstalld_till"] >= end)
            ]
            persons.append({twelve_digits(r["personnummer"]) for r in stock})
            for department in {r["avdelning"] for r in stock}:
                by_department[department] += len(
                    {twelve_digits(r["personnummer"]) for r in stock if r["avdelning"] == department}
                )
            for group in set(GROUPS.values()):
                by_group[group].append(
                    {twelve_digits(r["personnummer"]) for r in stock if GROUPS.get(r["aid"]) == group}
                )
        left_board, left_municipality = set(), defaultdict(set)
        including_pension: dict[str, str] = {}
        for employment in own:
            if employment.end is None or employment.end.year != year:
                continue
            after = employment.end + timedelta(days=1)
            stays = any(
                o.person == employment.person and o.employment != employment.employment and o.holds(after) for o in own
            )
            elsewhere = any(o.person == employment.person and o.holds(after) for o in others)
            if not stays and employment.reason != "pension":
                left_board.add(employment.person)
            if not stays and not elsewhere:
                including_pension[employment.person] = employment.department
                if employment.reason != "pension":
                    left_municipality[GROUPS.get(employment.aid, "")].add(employment.person)
        yield "turnover board", year, 100 * len(left_board) / (sum(map(len, persons)) / 12)
        yield "turnover municipality incl pension", year, 100 * len(including_pension) / (sum(map(len, persons)) / 12)
        for department, month_ends in by_department.items():
            left = sum(of == department for of in including_pension.values())
            yield f"turnover incl pension {department}", year, 100 * left / (month_ends / 12)
        for group, stocks in by_group.items():
            yield f"turnover {group}", year, 100 * len(left_municipality[group]) / (sum(map(len, stocks)) / 12)


def stocks(delivered: Delivered) -> Iterator[tuple[str, int, float]]:
    for year in YEARS:
        on = date(year, 12, 31)
        rows = [
            r
            for r in delivered.rows["employments"][f"{year}-12"]
            if r["anstalld_fran"] <= on.isoformat() and (not r["anstalld_till"] or r["anstalld_till"] >= on.isoformat())
        ]
        for name, form in (("permanent", "tillsvidare"), ("temporary", "visstid")):
            of_form = [r for r in rows if r["anstallningsform"] == form]
            fte = sum(number(r["sysselsattningsgrad"]) for r in of_form) / 100
            yield f"headcount {name}", year, len(of_form)
            yield f"fte {name}", year, fte
            if form == "tillsvidare":
                yield "employment rate", year, 100 * fte / len(of_form)
                people = {twelve_digits(r["personnummer"]) for r in of_form}
                yield (
                    "mean age",
                    year,
                    sum((on - birth_month(p).replace(day=15)).days / 365.25 for p in people) / len(people),
                )
                yield "women", year, 100 * sum(gender(p) == "K" for p in people) / len(people)
        count: dict[str, int] = defaultdict(int)
        for row in rows:
            if row["loneform"] == "månad":
                count[GROUPS.get(row["aid"], "")] += 1
        yield (
            "nurse assistants share",
            year,
            100 * count["underskoterska"] / (count["underskoterska"] + count["vardbitrade"]),
        )
        support = count["stodassistent"] + count["stodpedagog"]
        yield "support assistants share", year, 100 * support / (support + count["stodbitrade"])
        services = {"daglig_verksamhet": ("daglig_verksamhet",), "lss_boende": ("gruppbostader", "servicebostader")}
        for service, units in services.items():
            groups = [GROUPS.get(r["aid"]) for r in rows if r["loneform"] == "månad" and r["enhet"] in units]
            support = sum(group in ("stodassistent", "stodpedagog") for group in groups)
            yield f"support assistants share {service}", year, 100 * support / (support + groups.count("stodbitrade"))


def hours(delivered: Delivered) -> Iterator[tuple[str, int, float]]:
    for name, column in (
        ("hourly-paid work", "timavlonad_tid"),
        ("additional time", "fyllnadstid"),
        ("overtime", "overtid"),
    ):
        for year in YEARS:
            periods = [p for p in delivered.rows["time_records"] if p.startswith(str(year))]
            yield name, year, sum(number(r[column]) for p in periods for r in delivered.rows["time_records"][p]) / 1980


def chain_starts(delivered: Delivered) -> dict[str, date]:
    """First day of the chain that each sick spell belongs to: a spell that starts within five days of the last
    continues it.
    """
    known: dict[str, tuple[str, date, date | None]] = {}
    for period in sorted(delivered.rows["absences"]):
        for row in delivered.rows["absences"][period]:
            if row["franvarotyp"] in SICK:
                start = day(row["fran"])
                assert start is not None
                known[row["franvaroid"]] = (row["anstallningsid"], start, day(row["till"]))
    by_employment = defaultdict(list)
    for spell, (employment, start, end) in known.items():
        by_employment[employment].append((start, end, spell))
    result: dict[str, date] = {}
    for spells in by_employment.values():
        first, last = date.min, date.min
        for start, end, spell in sorted(spells):
            if last == date.min or (start - last).days > 5:
                first = start
            result[spell] = first
            last = max(last, end or date.max)
    return result


def sick_leave(delivered: Delivered) -> Iterator[tuple[str, int, float]]:
    chains = chain_starts(delivered)
    sick: dict[tuple[int, str], float] = defaultdict(float)
    ordinary: dict[tuple[int, str], float] = defaultdict(float)
    for period in sorted(delivered.rows["time_records"]):
        year = int(period[:4])
        days = period_days(period)
        employments = {r["anstallningsid"]: r for r in delivered.rows["employments"][period]}
        scheduled = {r["anstallningsid"]: number(r["schemalagd_tid"]) for r in delivered.rows["time_records"][period]}
        groups: dict[str, tuple[str, ...]] = {}
        per_day: dict[str, float] = {}
        for employment, planned in scheduled.items():
            row = employments[employment]
            age = year - birth_month(row["personnummer"]).year
            group = GROUPS.get(row["aid"], "none")
            groups[employment] = (
                "total",
                gender(row["personnummer"]),
                "0-29" if age <= 29 else "30-49" if age <= 49 else "50-",
                row["avdelning"],
                f"all {group}",
                *([f"monthly {group}"] if row["loneform"] == "månad" else ["hourly"]),
            )
            start, end = day(row["anstalld_fran"]), day(row["anstalld_till"])
            assert start is not None
            workdays = [d for d in days if d.weekday() < 5 and d >= start and (end is None or d <= end)]
            per_day[employment] = planned / len(workdays) if workdays else 0.0
            for key in groups[employment]:
                ordinary[year, key] += planned
        for row in delivered.rows["absences"][period]:
            if row["franvarotyp"] not in SICK | UNPAID:
                continue
            employment = row["anstallningsid"]
            start, end = day(row["fran"]), day(row["till"])
            assert start is not None
            within = [d for d in days if d >= start and (end is None or d <= end)]
            lost = {d: per_day[employment] * number(row["omfattning"]) / 100 for d in within if d.weekday() < 5}
            if row["timmar"]:
                spread = list(lost) or within
                lost = {d: number(row["timmar"]) / len(spread) for d in spread}
            for key in groups[employment]:
                if row["franvarotyp"] in UNPAID:
                    ordinary[year, key] -= sum(lost.values())
                else:
                    sick[year, key] += sum(lost.values())
            if row["franvarotyp"] in SICK:
                for on, amount in lost.items():
                    ordinal = (on - chains[row["franvaroid"]]).days + 1
                    sick[year, "span 1-14" if ordinal <= 14 else "span 15-59" if ordinal <= 59 else "span 60-"] += (
                        amount
                    )
    for (year, key), amount in sick.items():
        yield f"sick {key}", year, 100 * amount / ordinary[year, "total" if key.startswith("span") else key]


@pytest.fixture(scope="module")
def figures(delivered: Delivered) -> dict[tuple[str, int], float]:
    found = [*stocks(delivered), *hours(delivered), *turnover(delivered), *sick_leave(delivered)]
    return {(name, year): value for name, year, value in found}


@pytest.mark.parametrize(("name", "printed", "difference"), PRINTED, ids=[p[0].replace(" ", "_") for p in PRINTED])
def test_rows_give_the_printed_figure(
    figures: dict[tuple[str, int], float], name: str, printed: dict[int, str], difference: str | None
) -> None:
    assert {year: rounded(figures[name, year], text) for year, text in printed.items()} == printed
    if difference is not None:
        assert rounded(figures[name, 2024] - figures[name, 2023], difference) == difference


def test_2022_continues_backwards(figures: dict[tuple[str, int], float]) -> None:
    for name in (
        "headcount permanent",
        "headcount temporary",
        "fte permanent",
        "hourly-paid work",
        "sick total",
        "turnover board",
        "mean age",
    ):
        assert 0.85 < figures[name, 2022] / figures[name, 2023] < 1.15, name
    assert figures["turnover board", 2022] > figures["turnover board", 2024]  # 000 l.924: the lowest since 2020
    assert (
        2
        <= figures["turnover municipality incl pension", 2022] - figures["turnover municipality incl pension", 2024]
        < 3
    )  # l.931
    changes = {
        department: figures[f"turnover incl pension {department}", 2024]
        - figures[f"turnover incl pension {department}", 2022]
        for department in ("personlig_assistans_och_stod", "aldreboende")
    }
    assert {department: round(change) for department, change in changes.items()} == {
        "personlig_assistans_och_stod": 6,
        "aldreboende": -6,
    }  # l.937-939
    assert figures["sick aldreboende", 2024] - figures["sick aldreboende", 2023] == pytest.approx(
        -1.8, abs=0.3
    )  # l.1181
    assert figures["sick personlig_assistans_och_stod", 2024] - figures[
        "sick personlig_assistans_och_stod", 2023
    ] == pytest.approx(2, abs=0.4)  # l.1183


def test_the_staff_is_plausible(figures: dict[tuple[str, int], float], delivered: Delivered) -> None:
    for year in YEARS:
        assert 79 < figures["women", year] < 88
    december = delivered.rows["employments"]["2024-12"]
    assert 400 < len({twelve_digits(r["personnummer"]) for r in december if r["loneform"] == "tim"}) < 900
    assert any(r["chef"] == "ja" for r in december)
    assert {r["avgangsorsak"] for rows in delivered.rows["employments"].values() for r in rows} >= {
        "",
        "egen begäran",
        "pension",
        "avliden",
        "annan förvaltning",
        "visstid slut",
        "arbetsbrist",
        "övrigt",
    }
    assert 1500 < len(delivered.rows["other_employments"]["2024-12"]) < 2500
    both = defaultdict(set)
    for row in december:
        both[twelve_digits(row["personnummer"])].add(row["anstallningsid"])
    assert any(len(ids) > 1 for ids in both.values())


def test_moves_to_other_boards_are_found_there(delivered: Delivered) -> None:
    others = permanent_employments(delivered.rows["other_employments"])
    moved = [e for e in permanent_employments(delivered.rows["employments"]) if e.reason == "annan förvaltning"]
    assert moved
    for employment in moved:
        assert employment.end is not None
        assert any(o.person == employment.person and o.holds(employment.end + timedelta(days=1)) for o in others)


def test_long_spells_keep_their_start_and_are_repeated_until_closed(delivered: Delivered) -> None:
    seen: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for period in sorted(delivered.rows["absences"]):
        for row in delivered.rows["absences"][period]:
            seen[row["franvaroid"]].append((period, row["fran"], row["till"]))
    assert any(rows[0][1] < "2022" and len(rows) > 3 for rows in seen.values())
    periods = sorted(delivered.rows["absences"])
    for rows in seen.values():
        touched = [period for period, _, _ in rows]
        first = periods.index(touched[0])
        assert touched == periods[first : first + len(touched)]
        assert len({start for _, start, _ in rows}) == 1
        assert all(end == "" for _, _, end in rows[:-1])
        assert rows[-1][2][:7] == touched[-1] or (rows[-1][2] == "" and touched[-1] == "2024-12")
    assert any(rows[-1][2] == "" for rows in seen.values())


def test_rows_satisfy_the_contracts(delivered: Delivered) -> None:
    units = {unit.id: department.id for department in MUNICIPALITY.departments for unit in department.units}
    centres = {department.id: department.cost_centres for department in MUNICIPALITY.departments}
    for table in TABLES:
        assert sorted(delivered.rows[table.name]) == [f"{year}-{month:02d}" for year in YEARS for month in range(1, 13)]
        for period, rows in delivered.rows[table.name].items():
            assert tuple(rows[0]) == tuple(c.header for c in table.columns)
            keys = [row[table.column(table.key[0]).header] for row in rows]
            assert len(keys) == len(set(keys)), (table.name, period)
            for row in rows:
                assert row["kommun"] == "1489"
                for column in table.columns:
                    text = row[column.header]
                    assert text or not column.required, (table.name, period, column.header)
                    assert not text or not column.allowed or text in column.allowed
                    if text and column.low is not None and column.high is not None:
                        assert column.low <= number(text) <= column.high, (table.name, period, column.header)
    for period, rows in delivered.rows["employments"].items():
        first, last = period_days(period)[0].isoformat(), period_days(period)[-1].isoformat()
        for row in rows:
            assert units[row["enhet"]] == row["avdelning"]
            assert any(low <= row["ansvar"] <= high for low, high in centres[row["avdelning"]])
            assert row["anstalld_fran"] <= last and (
                not row["anstalld_till"] or max(first, row["anstalld_fran"]) <= row["anstalld_till"] <= last
            )
            assert bool(row["anstalld_till"]) == bool(row["avgangsorsak"])
            assert 17 < int(row["anstalld_fran"][:4]) - birth_month(row["personnummer"]).year < 75
        known = {row["anstallningsid"]: row for row in rows}
        for row in delivered.rows["time_records"][period]:
            assert row["anstallningsid"] in known
            assert number(row["arbetad_tid"]) <= number(row["schemalagd_tid"])
        for row in delivered.rows["absences"][period]:
            assert row["fran"] >= known[row["anstallningsid"]]["anstalld_fran"]
            assert not row["till"] or row["fran"] <= row["till"]
            assert not row["till"] or row["till"] <= (known[row["anstallningsid"]]["anstalld_till"] or "9")


def test_every_number_is_valid_and_stands_in_its_column_only(delivered: Delivered) -> None:
    people: dict[str, str] = {}
    for name in ("employments", "other_employments"):
        for rows in delivered.rows[name].values():
            for row in rows:
                digits = twelve_digits(row["personnummer"])
                assert len(digits) == 12
                total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits[2:]))
                assert total % 10 == 0
                assert "980" <= digits[8:11] <= "999"  # the numbers of test persons: nobody's
                people.setdefault(digits, row.get("namn", ""))
                rest = [text for header, text in row.items() if header != "personnummer"]
                assert not any(
                    digits[2:8] + "-" + digits[8:] in text or digits in text or digits[2:] in text for text in rest
                )
    assert 3 < sum(int(digits[6:8]) > 60 for digits in people) < 60
    for name in filter(None, people.values()):
        last, first = name.split(", ")
        assert last in INVENTED_LAST_NAMES and first in INVENTED_FIRST_NAMES


def test_formats_vary(delivered: Delivered) -> None:
    assert len(delivered.files) == 36 * 4
    assert {"xlsx", "utf-8-sig", "utf-8", "cp1252"} == set(delivered.formats)
    assert delivered.formats.count("xlsx") <= 6
    assert {path.parent.parent.name + "/" + path.parent.name for path in delivered.files} == {"1489-alingsas/hr"}


def test_the_same_bytes_every_time(delivered: Delivered, tmp_path: Path) -> None:
    again = [path for path in write_hr_extracts(tmp_path) if "1489-alingsas" in path.parts]
    assert [(p.name, p.read_bytes()) for p in again] == [(p.name, p.read_bytes()) for p in delivered.files]
