"""The attack on small groups finds each kind of leak that is planted for it, and nothing where nothing is told."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from conftest import Demonstration

from ingestion.configuration.municipality import (
    Disclosure,
    DisclosureLimits,
    Exemption,
    Municipality,
    load_municipalities,
)
from trials import disclosure

MUNICIPALITIES = load_municipalities(disclosure.MUNICIPALITIES)
COLUMNS = {
    "domain": "varchar",
    "municipality_id": "varchar",
    "indicator_id": "varchar",
    "org_unit": "varchar",
    "staff_group": "varchar",
    "breakdown": "varchar",
    "gender": "varchar",
    "period_start": "date",
    "period_end": "date",
    "period_grain": "varchar",
    "measure_time": "varchar",
    "value": "double",
    "numerator": "double",
    "denominator": "double",
    "n": "bigint",
    "unit": "varchar",
    "disclosure_class": "varchar",
    "region_mean": "double",
    "region_count": "bigint",
    "previous_value": "double",
    "change": "double",
    "same_period_last_year": "double",
    "is_suppressed": "boolean",
}
NO_ROWS = {
    "goal_follow_up": "municipality_id varchar, year int, indicator_id varchar, org_unit varchar, breakdown varchar, quarter int,"
    " value double, previous_value double, value_two_years_before double, target_kind varchar, target double",
    "measures_follow_up": "municipality_id varchar, year int, indicator_id varchar, value double, previous_value double",
    "internal_control": "municipality_id varchar, indicator_id varchar, breakdown varchar, period_start date, period_end date,"
    " value double, n int",
    "non_executed_decisions": "municipality_id varchar, period_end date, law varchar, service varchar, gender varchar, reason varchar,"
    " non_executed int, open_decisions int, interruptions int, ended_late int",
    "dim_comparison_group_member": "municipality_id varchar, member_id varchar, kind varchar",
    "dim_org_unit": "municipality_id varchar, org_unit varchar, parent_org_unit varchar",
}
UNITS = [("1489", "a", None), ("1489", "b", None), *(("1489", unit, unit[0]) for unit in ("a1", "a2", "b1", "b2"))]


def row(n: int | None, **more: Any) -> dict[str, Any]:
    """A count of persons on the last day of 2024; n None: withheld."""
    shown = {"value": n, "n": n, "is_suppressed": n is None}
    return {
        "domain": "volumes",
        "municipality_id": "1489",
        "indicator_id": "heads",
        "gender": "T",
        "period_start": date(2024, 12, 31),
        "period_end": date(2024, 12, 31),
        "period_grain": "year",
        "measure_time": "point",
        "unit": "personer",
        "disclosure_class": "persons",
        **shown,
        **more,
    }


def split(total: int, **units: int | None) -> list[dict[str, Any]]:
    """A total and its departments."""
    return [row(total), *(row(n, org_unit=unit) for unit, n in units.items())]


def wait(first: date, last: date, days: float | None, n: int | None, grain: str = "other") -> dict[str, Any]:
    """A mean wait over a period."""
    value = days / n if days is not None and n else None
    counted = {"value": value, "numerator": days, "denominator": n, "unit": "dagar", "indicator_id": "wait"}
    return row(n, period_start=first, period_end=last, period_grain=grain, measure_time="period", **counted)


def share(positive: int | None, n: int | None, **more: Any) -> dict[str, Any]:
    """A share of a survey's answers."""
    value = 100 * positive / n if positive is not None and n else None
    counted = {
        "value": value,
        "numerator": positive,
        "denominator": n,
        "unit": "%",
        "disclosure_class": "survey",
        "indicator_id": "asked",
    }
    return row(n, **{**counted, **more})


def hurt(year: int, months: list[int | None], total: int | None, **more: Any) -> list[dict[str, Any]]:
    """A count by month and over the year."""
    counted = {"indicator_id": "hurt", "unit": "antal", "measure_time": "period", **more}
    rows = [row(total, **counted, period_start=date(year, 1, 1), period_end=date(year, 12, 31))]
    for month, n in enumerate(months, start=1):
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        rows.append(row(n, **counted, period_start=first, period_end=last, period_grain="month"))
    return rows


def publication(path: Path, rows: list[dict[str, Any]], **others: list[tuple[Any, ...]]) -> Path:
    """A DuckDB file with the marts that the attack reads, holding `rows` and the rows of `others`."""
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(f"create table marts.indicators ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        for one in rows:
            con.execute(
                f"insert into marts.indicators values ({', '.join('?' * len(COLUMNS))})",
                [one.get(name) for name in COLUMNS],
            )
        con.execute(
            "create table marts.dim_indicator as select distinct indicator_id, 'own' as source from marts.indicators"
        )
        for name, columns in NO_ROWS.items():
            con.execute(f"create table marts.{name} ({columns})")
            for values in others.get(name, UNITS if name == "dim_org_unit" else []):
                con.execute(f"insert into marts.{name} values ({', '.join('?' * len(values))})", list(values))
    return path


def found(path: Path, rows: list[dict[str, Any]], **others: list[tuple[Any, ...]]) -> list[str]:
    """What the attack says of what it could see or compute, each by the kind of attempt."""
    attempts = disclosure.attack(publication(path / "p.duckdb", rows, **others), None, MUNICIPALITIES)
    return [f"{one.name}: {one.said}" for one in attempts if not one.held]


H1, H2, YEAR = (
    (date(2024, 1, 1), date(2024, 6, 30)),
    (date(2024, 7, 1), date(2024, 11, 30)),
    (date(2024, 1, 1), date(2024, 12, 31)),
)
EARLIER = {"period_start": date(2023, 12, 31), "period_end": date(2023, 12, 31)}
WHOLE = [one | EARLIER for one in split(30, a=10, b=20)]  # from which it is learnt that departments add up to the whole
UNIT_YEARS = [
    one | {"period_start": day, "period_end": day}
    for day in (date(year, 12, 31) for year in (2021, 2022, 2023))
    for one in [*split(30, a=10, b=20), *split(30, a1=5, a2=5, b1=5, b2=15)[1:]]
]  # from which it is learnt that units add up to their department
YEARS = [
    one for year in (2021, 2022, 2023) for one in hurt(year, [9] * 12, 108)
]  # from which it is learnt that months add up to the year

LEAKS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a small count": ([row(4)], "shown heads"),
    "sick leave of ten": ([row(10, disclosure_class="staff_health", unit="%")], "shown heads"),
    "an occupation of twenty in a unit": (
        [row(20, disclosure_class="staff_health", org_unit="a", staff_group="b")],
        "shown heads",
    ),
    "a mean over four whose n is not told": (
        [row(None, is_suppressed=False, value=40, denominator=4, unit="dagar")],
        "shown heads",
    ),
    "four answers": ([share(2, 4)], "shown asked"),
    "everybody of nine": ([share(9, 9)], "shown asked"),
    "a count by a split that the board did not decide on": (
        [row(2, indicator_id="dv_to_study_or_work_persons", disclosure_class="board_count", breakdown="area=north")],
        "shown dv_to_study",
    ),
    "n left": ([row(3, value=None, is_suppressed=True)], "left in heads"),
    "a change left": ([row(None, change=-2)], "left in heads"),
    "a previous value": ([row(7, previous_value=3), row(None, **EARLIER)], "repeated heads"),
    "men from all and women": ([row(30), row(27, gender="K"), row(None, gender="M")], "subtracted heads"),
    "a department from the others": ([*WHOLE, *split(33, a=None, b=30)], "subtracted heads"),
    "two departments that hold three": ([*WHOLE, *split(33, a=None, b=30, c=None)], "subtracted heads"),
    "a unit from its department": ([*UNIT_YEARS, *split(33, a=13, b=20, a1=None, a2=10)], "subtracted heads"),
    "a department from its units": ([*UNIT_YEARS, *split(33, a=None, b=None, a1=10, a2=10)], "subtracted heads"),
    "units of two departments that hold three": (
        [*UNIT_YEARS, *split(60, a=None, b=None, c=36, a1=None, b1=None, b2=21)],
        "subtracted heads",
    ),
    "a pair in one department": (
        [
            *(row(n, gender=g) for g, n in (("T", 30), ("K", 17), ("M", 13))),
            *(row(n, gender=g, org_unit="a") for g, n in (("T", 10), ("K", None), ("M", None))),
            *(row(n, gender=g, org_unit="b") for g, n in (("T", 20), ("K", 10), ("M", 10))),
        ],
        "subtracted heads",
    ),
    "a month from its year": ([*YEARS, *hurt(2024, [None, *[9] * 11], 102)], "subtracted hurt"),
    "a year from its months": ([*YEARS, *hurt(2024, [9] * 12, None)], "subtracted hurt"),
    "the year under another name": (
        [
            *YEARS,
            *(one | {"measure_time": "ytd"} for one in [*YEARS[::13], *hurt(2024, [], 90)]),
            *hurt(2024, [], None),
        ],
        "subtracted hurt",
    ),
    "what is left of the whole": ([row(20), row(17, breakdown="offer=declined")], "left over"),
    "the people of a median": (
        [row(None, unit="dagar"), row(4, unit="dagar", value=3, breakdown="statistic=median")],
        "subtracted heads",
    ),
    "December": ([wait(*H1, 900, 30), wait(*H2, 500, 25), wait(*YEAR, 1500, 57, "year")], "differenced 1489 wait"),
    "a withheld period between others": (
        [wait(*H1, 900, 30), wait(*H2, None, None), wait(H1[0], H2[1], 1500, 57)],
        "differenced wait",
    ),
}

HELD: dict[str, list[dict[str, Any]]] = {
    "five, nobody, and what is open": [row(5), row(0, **EARLIER)],
    "ten answers of one mind": [share(10, 10)],
    "a count that the board decided on": [
        row(2, indicator_id="dv_to_study_or_work_persons", disclosure_class="board_count")
    ],
    "a pair": [row(30), row(None, gender="K"), row(None, gender="M")],
    "two departments that hold thirteen": [*WHOLE, *split(33, a=None, b=20, c=None)],
    "two units that hold thirteen, and the other department": [
        *UNIT_YEARS,
        *split(33, a=13, b=20, a1=None, a2=None, b1=10, b2=10),
    ],
    "a department beside what is of none": [
        row(33),
        row(25, org_unit="b"),
        *(one | EARLIER for one in (row(33), row(20, org_unit="b"))),
    ],
    "two months that hold ten": [*YEARS, *hurt(2024, [None, None, *[9] * 10], 100)],
    "periods that do not meet": [wait(*H1, 900, 30), wait(date(2023, 11, 1), date(2024, 10, 31), 1500, 57)],
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found(leak: str, tmp_path: Path) -> None:
    rows, kind = LEAKS[leak]
    said = found(tmp_path, rows)
    assert any(one.startswith(kind) for one in said), said


@pytest.mark.parametrize("case", HELD)
def test_what_tells_nothing_holds(case: str, tmp_path: Path) -> None:
    assert found(tmp_path, HELD[case]) == []


def test_the_mean_of_the_region_gives_away_the_member_that_it_lacks(tmp_path: Path) -> None:
    members = [("1489", member, "region") for member in ("1489", "1401", "1402")]
    rows = [row(20, region_mean=9.0, region_count=3), row(5, municipality_id="1401"), row(None, municipality_id="1402")]
    assert any("averaged" in said for said in found(tmp_path, rows, dim_comparison_group_member=members))


def test_goals_and_queues_are_read_too(tmp_path: Path) -> None:
    goals = [("1489", 2024, "heads", None, None, None, 3.0, None, None, "value", None)]
    queues = [
        ("1489", date(2024, 12, 31), *of)
        for of in (
            (None, None, "T", None, 15, 15, 0, 0),
            ("SoL", None, "T", None, 12, 12, 0, 0),
            ("LSS", None, "T", None, None, None, None, 0),
        )
    ]
    said = found(tmp_path, [row(None)], goal_follow_up=goals, non_executed_decisions=queues)
    assert any("value of goal_follow_up" in one for one in said)
    assert any(one.startswith("subtracted non_executed") and "LSS" in one for one in said)


def test_pages_and_workbooks_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "1489-alingsas"
    folder.mkdir(parents=True)
    key = "volumes/heads/1489/T/2024-12-31--2024-12-31/point"
    folder.joinpath("a.html").write_text(
        f'<p>Det är <span data-key="{key}" data-measure="value">tre (3)</span> personer.</p>', encoding="utf-8"
    )
    with xlsxwriter.Workbook(folder / "a.xlsx") as book:
        sheet = book.add_worksheet("T1")
        sheet.write_row(2, 0, ["Mått", "2024", "Nyckel: 2024"])
        sheet.write_row(3, 0, ["Antal", 3, f"{key}#value"])
    seen = disclosure.read(publication(tmp_path / "p.duckdb", [row(None)]), MUNICIPALITIES)
    told = [one.said for one in disclosure.printed(seen, tmp_path / "reports") if not one.held]
    assert told == ["prints 'tre (3)'", "holds 3"]


def test_the_demonstration_tells_nothing(demonstration: Demonstration) -> None:
    home = demonstration.home
    attempts = list(disclosure.attack(demonstration.current, home / "reports", MUNICIPALITIES))
    assert [(one.name, one.said) for one in attempts if not one.held] == []
    assert sum(one.name.startswith("subtracted") for one in attempts) > 500
    assert sum(one.name.startswith("printed") for one in attempts) > 500


def test_every_guard_that_is_broken_stands_in_the_project() -> None:
    for guard, cut in disclosure.CUTS.items():
        text = (disclosure.PROJECT / "dbt_project" / cut.file).read_text(encoding="utf-8")
        assert text.count(cut.old) == 1, guard


def exempt(**more: Any) -> Exemption:
    return Exemption(**{"decided_by": "nämnden", "decided_on": date(2024, 1, 1), "reason": "r", **more})


def test_the_configuration_asks_for_reasons_and_no_less_than_the_law() -> None:
    with pytest.raises(ValueError, match="expected one of them"):
        exempt(indicator="a", source="kolada")
    with pytest.raises(ValueError, match="exemptions lack"):
        Disclosure(exemptions=(exempt(indicator="a"),))
    with pytest.raises(ValueError, match="exempt twice"):
        Disclosure(exemptions=(exempt(source="kolada"), exempt(indicator="a"), exempt(indicator="a")))
    with pytest.raises(ValueError, match="greater than or equal to 11"):
        DisclosureLimits(staff_health=10)
    decided = Disclosure(exemptions=(exempt(source="kolada"), exempt(indicator="a", splits=("provider",))))
    assert decided.exempts("a", None) and decided.exempts("a", "provider=private")
    assert not decided.exempts("a", "area=north") and not decided.exempts("b", None)


def test_the_trial_can_be_run_at_a_small_share(
    demonstration: Demonstration, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(disclosure, "demonstration", lambda: demonstration.home)
    trial = disclosure.TRIALS[0]
    attempts = list(trial.run(tmp_path, 0.05))
    assert attempts and all(one.held for one in attempts)


def test_limits_are_a_municipality_s_own() -> None:
    changed: dict[str, Municipality] = disclosure.with_limits(MUNICIPALITIES, DisclosureLimits(persons=9))
    assert changed["1489"].disclosure.limits.persons == 9
    assert changed["1489"].disclosure.exemptions == MUNICIPALITIES["1489"].disclosure.exemptions
