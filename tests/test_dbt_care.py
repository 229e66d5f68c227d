"""The care figures of the warehouse against an independent calculation that asks every decision about every day.

The models join decisions to days and count; the calculation here walks through decisions one by one and knows nothing
of them. Both see the same random extracts (seeded), with what they hold in real life: decisions in two years' extracts
of which the older is outdated, cases closed on the day that is counted, interruptions, renewals, offers declined,
follow-ups late and early.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest

from ingestion.configuration.municipality import Municipality, load_municipality
from testkit.warehouse import failures, run_dbt, write_sources

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
YEARS = (2023, 2024)
AS_OF = datetime(2026, 6, 1)
LSS_HOUSING = {"gruppbostad", "servicebostad", "annan särskilt anpassad bostad"}
SERVICES = {
    "SoL": ("hemtjänst", "hemtjänst", "särskilt boende", "korttidsboende", "boendestöd"),
    "LSS": ("gruppbostad", "servicebostad", "annan särskilt anpassad bostad", "daglig verksamhet"),
    "SFB": ("personlig assistans SFB",),
}
MODELS = ("+int_care__value", "+int_care__figure_loads", "+non_executed_decisions")

Row = dict[str, Any]
Key = tuple[str, str | None, str, date, date]


def month_ends() -> Iterator[date]:
    """The last days of the months of `YEARS`."""
    day = date(YEARS[0], 1, 1)
    while day.year <= YEARS[-1]:
        if (day + DAY).day == 1:
            yield day
        day += DAY


def three_months_after(day: date) -> date:
    """The same day three calendar months on, or the last of that month."""
    month = day.month + 2
    year, month = day.year + month // 12, month % 12 + 1
    last = max(d for d in range(28, 32) if (date(year, month, 1) + (d - 1) * DAY).month == month)
    return date(year, month, min(day.day, last))


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier."""
    return (
        day.replace(year=day.year - years, day=min(day.day, 28))
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year - years)
    )


def extracts(seed: int) -> dict[str, list[Row]]:
    """Random rows of decisions, offers and follow-ups as the lake holds them, every decision in each year that it was
    open in.
    """
    draw = random.Random(seed)
    found: dict[str, list[Row]] = {"care_decisions": [], "care_offers": [], "care_follow_ups": []}
    for number in range(420):
        law = draw.choices(("SoL", "LSS", "SFB"), (6, 4, 1))[0]
        applied = date(2022, 1, 1) + draw.randint(0, 1095) * DAY
        going_on = draw.random() < 0.05
        decided = None if going_on else applied + draw.randint(0, 120) * DAY
        outcome = None if going_on else draw.choices(("bifall", "delvis bifall", "avslag"), (8, 1, 1))[0]
        granted = outcome in ("bifall", "delvis bifall")
        row: Row = {
            "municipality_id": "1489",
            "decision_id": f"B{number}",
            "person_id": f"p{draw.randint(0, 300)}",
            "gender": draw.choice("KKM"),
            "birth_month": date(draw.randint(1930, 1962), draw.randint(1, 12), 1),
            "law": law,
            "law_version": "2001:453",
            "service": draw.choice(SERVICES[law]),
            "decision_type": outcome,
            "is_renewal": draw.random() < 0.15,
            "application_date": applied,
            "decision_date": decided,
            "provider": draw.choice(("egen regi", "privat", None)),
            "hours_per_month": 30,
        }
        if decided and granted:
            row["valid_from"] = decided + draw.choice((0, 0, 10)) * DAY
            if draw.random() < 0.5:
                row["valid_to"] = row["valid_from"] + draw.choice((90, 180, 365)) * DAY
            if draw.random() < 0.7:
                row["executed_date"] = decided + draw.choice((0, 3, 30, 89, 92, 200)) * DAY
                if draw.random() < 0.2:
                    row["interrupted_date"] = row["executed_date"] + draw.randint(0, 60) * DAY
                    if draw.random() < 0.6:
                        row["resumed_date"] = row["interrupted_date"] + draw.randint(5, 200) * DAY
            if draw.random() < 0.4:
                closed = max(
                    filter(
                        None,
                        (row.get(name) for name in ("executed_date", "resumed_date", "interrupted_date", "valid_from")),
                    )
                )
                closed += draw.randint(0, 400) * DAY
                if draw.random() < 0.3:  # on the day that is counted
                    closed = (closed.replace(day=28) + 4 * DAY).replace(day=1) - DAY
                row["closed_date"] = max(closed, row.get("executed_date", closed))
                row["end_reason"] = draw.choice(("avliden", "flyttat", "upphört", "nytt beslut"))
            for _ in range(draw.choice((0, 0, 1, 2))):
                made = decided + draw.randint(0, 300) * DAY
                found["care_offers"].append(
                    {
                        "municipality_id": "1489",
                        "decision_id": row["decision_id"],
                        "offer_made_date": made,
                        "offered_move_in_date": made + draw.randint(1, 30) * DAY,
                        "reply": draw.choice(("ja", "nej", None)),
                    }
                )
            for _ in range(draw.choice((0, 0, 1, 3))):
                found["care_follow_ups"].append(
                    {
                        "municipality_id": "1489",
                        "decision_id": row["decision_id"],
                        "followup_date": decided + draw.randint(0, 500) * DAY,
                        "kind": draw.choice(("uppföljning", "uppföljning", "omprövning")),
                    }
                )
        for year in YEARS:
            if applied.year <= year and (row.get("closed_date") or date.max).year >= year:
                known = dict(row, year=str(year))
                if year == YEARS[0] and (row.get("closed_date") or date.max).year > year:
                    known.update(closed_date=None, end_reason=None, executed_date=None, hours_per_month=1)  # outdated
                found["care_decisions"].append(known)
    for name in ("care_offers", "care_follow_ups"):
        dated = "offer_made_date" if name == "care_offers" else "followup_date"
        unique = {tuple(row.get(key) for key in ("decision_id", dated, "kind")): row for row in found[name]}
        found[name] = [
            dict(row, year=str(max(row[dated].year, YEARS[0])))
            for row in unique.values()
            if row[dated].year <= YEARS[-1]
        ]
    for name, rows in found.items():
        for row in rows:
            row["load_id"] = f"{name}-{row['year']}"
    return found


def latest(rows: list[Row]) -> list[Row]:
    """What is known of each decision: the row of its latest year."""
    known: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["year"]):
        known[row["decision_id"]] = row
    return list(known.values())


def holds(row: Row, day: date) -> bool:
    """Whether a granted decision holds on `day`: made, not closed by it, not expired before it."""
    return (
        row["decision_type"] in ("bifall", "delvis bifall")
        and row["decision_date"] <= day
        and (row.get("closed_date") or date.max) > day
        and (row.get("valid_to") or date.max) >= day
    )


def executed(row: Row, day: date) -> bool:
    return (row.get("executed_date") or date.max) <= day


def interrupted(row: Row, day: date) -> bool:
    return (row.get("interrupted_date") or date.max) <= day < (row.get("resumed_date") or date.max)


def turned(age: int, row: Row, day: date) -> bool:
    return bool(row["birth_month"] + 14 * DAY <= years_before(day, age))


def expected(found: dict[str, list[Row]]) -> dict[Key, float]:
    """The figures by (indicator, breakdown, gender, first day, last day), by the definitions."""
    decisions, figures = latest(found["care_decisions"]), dict[Key, float]()
    declined = {(row["decision_id"], row["offer_made_date"]) for row in found["care_offers"] if row["reply"] == "nej"}
    elderly: dict[tuple[int, int], list[int]] = defaultdict(list)
    for day in month_ends():
        here = [row for row in decisions if holds(row, day)]
        waiting = [row for row in here if row["law"] != "SFB" and not executed(row, day)]
        given = [row for row in here if executed(row, day) and not interrupted(row, day)]

        def put(indicator: str, value: float, breakdown: str | None = None, day: date = day) -> None:
            figures[indicator, breakdown, "T", day, day] = value

        for indicator, services in (
            ("sabo_waiting_persons", {"särskilt boende"}),
            ("lss_housing_waiting_persons", LSS_HOUSING),
        ):
            queue = [row for row in waiting if row["service"] in services]
            put(indicator, len({row["person_id"] for row in queue}))
            long = {row["person_id"] for row in queue if day > row["decision_date"] + 90 * DAY}
            if queue:
                share = 100 * len(long) / len({row["person_id"] for row in queue})
                put(f"{indicator.removesuffix('_persons')}_over_90_days_share", share)
            no = {
                row["person_id"]
                for row in queue
                if any(d == row["decision_id"] and made <= day for d, made in declined)
            }
            put(indicator, len(no), "offer=declined")
        put("still_waiting_decisions", len(waiting))
        late = [row for row in waiting if three_months_after(row["decision_date"]) <= day]
        stopped = [
            row
            for row in here
            if row["law"] != "SFB"
            and executed(row, day)
            and interrupted(row, day)
            and three_months_after(row["interrupted_date"]) <= day
        ]
        put("non_executed_decisions", len(late) + len(stopped))
        since: dict[str, int] = {}
        for row in waiting:
            if row["service"] == "gruppbostad":
                since[row["person_id"]] = max(since.get(row["person_id"], 0), (day - row["decision_date"]).days)
        if since:
            put("lss_group_home_wait_days", sum(since.values()) / len(since))
        put("homecare_clients", len({row["person_id"] for row in given if row["service"] == "hemtjänst"}))
        put(
            "sol_service_persons",
            len({row["person_id"] for row in given if row["service"] == "särskilt boende"}),
            "service=sarskilt_boende",
        )
        for age in (65, 80):
            counted = {
                row["person_id"]
                for row in here
                if turned(age, row, day)
                and (
                    (row["service"] == "hemtjänst" and row["valid_from"] <= day)
                    or (row["service"] == "särskilt boende" and executed(row, day) and not interrupted(row, day))
                )
            }
            elderly[age, day.year].append(len(counted))
        first = day.replace(day=1)
        hours = sum(
            row["hours_per_month"] / day.day
            for row in decisions
            for number in range(1, day.day + 1)
            if row["service"] == "hemtjänst"
            and row["decision_type"] in ("bifall", "delvis bifall")
            and row["valid_from"] <= day.replace(day=number)
            and (row.get("closed_date") or date.max) > day.replace(day=number)
            and (row.get("valid_to") or date.max) >= day.replace(day=number)
        )
        if hours:
            figures["homecare_hours_granted", None, "T", first, day] = hours
    for (age, year), counts in elderly.items():
        figures[f"elderly_{age}_with_care_persons", None, "T", date(year, 1, 1), date(year, 12, 31)] = median(counts)
    for year in YEARS:
        start, end = date(year, 1, 1), date(year, 12, 31)
        figures |= {
            (*key, "T", start, end): value
            for key, value in of_the_year(decisions, found["care_follow_ups"], start, end).items()
        }
        waits = [
            (min(offers) - row["application_date"]).days
            for row in decisions
            if row["service"] == "särskilt boende"
            and row["decision_type"] in ("bifall", "delvis bifall")
            and not row["is_renewal"]
            and start <= row["decision_date"] <= end
            and turned(65, row, row["application_date"])
            and (
                offers := [
                    o["offered_move_in_date"] for o in found["care_offers"] if o["decision_id"] == row["decision_id"]
                ]
            )
        ]
        if waits:
            figures["sabo_wait_days_r12", None, "T", start, end] = sum(waits) / len(waits)
    return figures


def of_the_year(decisions: list[Row], follow_ups: list[Row], start: date, end: date) -> dict[tuple[str, str], float]:
    """Investigation and execution times by law, shares of decisions followed up, from `start` to `end`."""
    found: dict[tuple[str, str], float] = {}
    granted = [row for row in decisions if row["decision_type"] in ("bifall", "delvis bifall")]
    for law in ("SoL", "LSS"):
        investigations = [
            (row["decision_date"] - row["application_date"]).days
            for row in decisions
            if row["law"] == law
            and row["decision_type"]
            and not row["is_renewal"]
            and start <= row["decision_date"] <= end
        ]
        executions = [
            (row["executed_date"] - row["decision_date"]).days
            for row in granted
            if row["law"] == law and not row["is_renewal"] and start <= (row.get("executed_date") or date.max) <= end
        ]
        for indicator, days in (("ic_investigation_days", investigations), ("ic_execution_days", executions)):
            found[indicator, f"law={law}"] = sum(days) / len(days)
            found[indicator, f"law={law};statistic=median"] = median(days)
    followed: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in follow_ups:
        followed[row["decision_id"]].append((row["followup_date"], row["kind"]))
    kinds = {"hemtjänst": "hemtjanst", "korttidsboende": "korttidsboende"}
    shares: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in granted:
        kind = "lss" if row["law"] == "LSS" else kinds.get(row["service"])
        last = row.get("valid_to")
        gone = row.get("end_reason") in ("avliden", "flyttat") and last and row["closed_date"] < last
        if kind and last and start <= last <= end and not gone:
            in_time = any(
                what == "uppföljning" and row["valid_from"] <= day <= last for day, what in followed[row["decision_id"]]
            )
            shares["followup_before_expiry_share", f"decision_type={kind}"].append(in_time)
        home = {"särskilt boende": "sarskilt_boende", "daglig verksamhet": "daglig_verksamhet"}
        kind = "bmss" if row["service"] in LSS_HOUSING else home.get(row["service"])
        if kind and not last and holds(row, end) and executed(row, end) and row["decision_date"] < years_before(end, 1):
            since = years_before(end, 1) - 31 * DAY
            in_time = any(since < day <= end for day, _ in followed[row["decision_id"]])
            shares["annual_followup_share", f"decision_type={kind}"].append(in_time)
    return found | {key: 100 * sum(values) / len(values) for key, values in shares.items()}


@pytest.fixture(scope="module")
def municipality() -> Municipality:
    return load_municipality(Path(__file__).parents[1] / "municipalities" / "1489-alingsas")


def build(folder: Path, municipality: Municipality, found: dict[str, list[Row]]) -> duckdb.DuckDBPyConnection:
    """A warehouse of `found`, with the care models run and tested."""
    loads = [
        {
            "load_id": f"{name}-{year}",
            "sequence": 10 * year + i,
            "source": "care",
            "table_name": name.removeprefix("care_"),
        }
        | {"municipality_id": "1489", "period": str(year), "is_simulated": False}
        for i, name in enumerate(found)
        for year in YEARS
    ]
    path = folder / "warehouse.duckdb"
    write_sources(path, {"1489": municipality}, {**found, "loads": loads}, AS_OF)
    result = run_dbt(
        path, "build", "--quiet", "--select", *MODELS, "--exclude", "test_type:unit", "--indirect-selection", "cautious"
    )
    assert not failures(result), failures(result)
    return duckdb.connect(str(path), read_only=True)


def values(con: duckdb.DuckDBPyConnection) -> dict[Key, float]:
    """All figures by their key; without the rolling years, but for those that end with the year."""
    rows = con.execute(
        "select indicator_id, breakdown, gender, period_start, period_end, value from intermediate.int_care__value "
        "where measure_time <> 'rolling_12' or indicator_id = 'sabo_wait_days_r12'"
    ).fetchall()
    return {tuple(row[:5]): row[5] for row in rows}


def equal(one: float | None, other: float | None) -> bool:
    """Whether two figures are equal but for the order in which floating-point hours were added."""
    return one == other if one is None or other is None else abs(one - other) < 1e-9


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory, municipality: Municipality) -> duckdb.DuckDBPyConnection:
    return build(tmp_path_factory.mktemp("care"), municipality, extracts(1))


def test_figures_are_those_of_an_independent_calculation(con: duckdb.DuckDBPyConnection) -> None:
    computed, by_hand = values(con), expected(extracts(1))
    assert len(by_hand) > 250
    wrong = {
        key: (computed.get(key), value)
        for key, value in by_hand.items()
        if key not in computed or abs(computed[key] - value) > 1e-9
    }
    assert not wrong, list(wrong.items())[:10]


def test_the_quarterly_report_shows_no_small_count_and_none_can_be_worked_out(con: duckdb.DuckDBPyConnection) -> None:
    """What is shown is 0 or rests on five persons; where a row is withheld, so are all of its split."""
    names = "period_end, law, service, gender, reason, non_executed, open_decisions, interruptions, ended_late"
    rows = con.execute(f"select {names} from marts.non_executed_decisions").fetchall()
    splits: dict[tuple[Any, ...], set[tuple[bool, ...]]] = defaultdict(set)
    for day, law, service, gender, reason, *counts in rows:
        assert not any(count in (1, 2, 3, 4) for count in counts)
        assert counts[0] is None or counts[1] is None or counts[0] == counts[1] + counts[2]
        assert (counts[1] is None) == (counts[2] is None), "one part and the sum would give the other part away"
        within = (
            (law, service, "reason" if reason else "gender") if reason or gender != "T" else (law,) if service else ()
        )
        splits[day, within, bool(law)].add(tuple(count is None for count in counts))
    assert all(len(found) == 1 for found in splits.values())
    assert {withheld for found in splits.values() for withheld, *_ in found} == {True, False}


def test_one_application_moved_by_a_day_changes_the_investigation_times_of_its_periods_and_nothing_else(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, municipality: Municipality
) -> None:
    found = extracts(1)
    row = next(
        row
        for row in reversed(found["care_decisions"])
        if row["law"] == "LSS" and row["decision_type"] and not row["is_renewal"] and row["decision_date"].year == 2024
    )
    for same in found["care_decisions"]:
        if same["decision_id"] == row["decision_id"]:
            same["application_date"] -= DAY
    before, after = values(con), values(build(tmp_path, municipality, found))
    assert set(before) == set(after)
    changed = {key for key in before if not equal(before[key], after[key])}
    assert changed and {(key[0], (key[1] or "").split(";")[0]) for key in changed} == {
        ("ic_investigation_days", "law=LSS")
    }
    assert all(start <= row["decision_date"] <= end for *_, start, end in changed)


def test_every_figure_leads_to_loads(con: duckdb.DuckDBPyConnection) -> None:
    lost = con.execute(
        "select distinct lineage_id from intermediate.int_care__value "
        "where lineage_id not in (select lineage_id from intermediate.int_care__figure_loads)"
    ).fetchall()
    assert not lost
    report = con.execute(
        "select distinct lineage_id from marts.non_executed_decisions "
        "where lineage_id not in (select lineage_id from intermediate.int_care__figure_loads)"
    ).fetchall()
    assert not report
