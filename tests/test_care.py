"""The care extracts: real files through reader, suite and gate; every rule turns red on its own fault, and only on
that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from expectations.shape import RULE_NUMBERS
from expectations.suites import suite
from ingestion.contracts import Kind, table, tables
from testkit.deliveries import Deliveries
from testkit.small_extracts import personnummer, write_csv

Rows = list[dict[str, object]]
Change = Callable[[Rows], object]
NEXT_YEAR = date.today().year + 1
MONTHLY = {"visits"}


def decisions() -> Rows:
    """Decisions of 2024: homecare, a granted place waited for, a refusal, an open investigation, housing under LSS,
    allowance under SFB.
    """
    common = {"municipality_id": "1489", "year": "2024", "is_renewal": False}
    sol, lss, sfb = (
        {"law": law, "law_version": act} for law, act in (("SoL", "2001:453"), ("LSS", "1993:387"), ("SFB", "2010:110"))
    )
    granted = {
        "decision_type": "bifall",
        "application_date": "2024-01-08",
        "decision_date": "2024-01-16",
        "valid_from": "2024-01-16",
    }
    homecare = {
        **sol,
        "service": "hemtjänst",
        **granted,
        "hours_per_month": 24,
        "unit": "hemtjanst_centrum",
        "provider": "egen regi",
    }
    made: Rows = [
        {
            **homecare,
            "valid_to": "2024-12-31",
            "executed_date": "2024-01-20",
            "interrupted_date": "2024-03-01",
            "resumed_date": "2024-03-20",
        },
        {**homecare, "executed_date": "2024-01-16", "closed_date": "2024-05-02", "end_reason": "avliden"},
        {**sol, "service": "särskilt boende", **granted, "waiting_reason": "resursbrist"},
        {**sol, "service": "boendestöd", **granted, "decision_type": "avslag", "valid_from": None},
        {**sol, "service": "korttidsboende", "application_date": "2024-12-20"},
        {**lss, "service": "gruppbostad", **granted, "executed_date": "2024-04-01", "paying_municipality": "1480"},
        {**sfb, "service": "personlig assistans SFB", **granted, "executed_date": "2024-02-01"},
    ]
    return [{**common, **row, "decision_id": f"B{i:04d}", "person": personnummer(i)} for i, row in enumerate(made)]


def offers() -> Rows:
    """Two offers on the decision about special housing, one on the decision about group housing."""
    dates = (
        ("B0002", "2024-02-20", "2024-03-01", "nej"),
        ("B0002", "2024-05-20", "2024-06-01", None),
        ("B0005", "2024-03-10", "2024-04-01", "ja"),
    )
    names = ("decision_id", "offer_made_date", "offered_move_in_date", "reply")
    return [{"municipality_id": "1489", "year": "2024", **dict(zip(names, row, strict=True))} for row in dates]


def follow_ups() -> Rows:
    """A follow-up and a reassessment."""
    dates = (("B0000", "2024-05-14", "uppföljning"), ("B0005", "2024-10-02", "omprövning"))
    names = ("decision_id", "followup_date", "kind")
    return [{"municipality_id": "1489", "year": "2024", **dict(zip(names, row, strict=True))} for row in dates]


def visits() -> Rows:
    """Visits to two clients on two days, one of them by two members of staff."""
    starts = (("V1", 0, "M1"), ("V2", 0, "M2"), ("V2", 0, "M3"), ("V3", 1, "M1"))
    return [
        {
            "municipality_id": "1489",
            "period": "2024-10",
            "visit_id": visit,
            "person": personnummer(client),
            "staff_id": staff,
            "started_at": f"2024-10-07 1{visit[1:]}:40",
            "minutes": 25,
            "provider": "egen regi",
            "is_planned_only": False,
            "kind": "omsorg",
        }
        for visit, client, staff in starts
    ]


PROFESSIONS = ("sjuksköterska", "arbetsterapeut", "fysioterapeut")


def patients() -> Rows:
    """Patients of all three professions."""
    return [
        {"municipality_id": "1489", "year": "2024", "person": personnummer(i), "profession": profession, "measures": 4}
        for i, profession in enumerate(PROFESSIONS)
    ]


def places() -> Rows:
    """A place for people with dementia, one bought outside, a dwelling under LSS."""
    made = (
        ("särskilt boende", "demens", "brogarden", "egen regi", None),
        ("särskilt boende", "omvårdnad", None, "externt köpt", "2024-08-31"),
        ("gruppbostad", None, "gruppbostader", "privat", None),
    )
    names = ("housing", "orientation", "unit", "provider", "available_to")
    return [
        {
            "municipality_id": "1489",
            "year": "2024",
            "place_id": f"P{i}",
            "available_from": "2021-09-01",
            **dict(zip(names, row, strict=True)),
        }
        for i, row in enumerate(made)
    ]


def transitions() -> Rows:
    """Studies that were broken off, and a placement since the year before."""
    made = (("studier", "2024-08-20", "2024-11-01"), ("arbetspraktik", "2023-09-02", None))
    return [
        {
            "municipality_id": "1489",
            "year": "2024",
            "person": personnummer(i),
            "kind": kind,
            "provider": "egen regi",
            "started_on": started,
            "ended_on": ended,
        }
        for i, (kind, started, ended) in enumerate(made)
    ]


MAKERS: dict[str, Callable[[], Rows]] = {
    "decisions": decisions,
    "offers": offers,
    "follow_ups": follow_ups,
    "visits": visits,
    "patients": patients,
    "places": places,
    "transitions": transitions,
}


def put(row: int, **values: object) -> Change:
    return lambda rows: rows[row].update(values)


def again(rows: Rows) -> None:
    rows.append(dict(rows[0]))


def cut(rows: Rows) -> None:
    rows.pop()


# table, rule, fault, further rules that cannot but fail with it
FAULTS: tuple[tuple[str, str, Change, set[str]], ...] = (
    ("decisions", "G101", again, set()),
    ("decisions", "G102", put(0, application_date=None), set()),
    ("decisions", "G103", put(0, hours_per_month=1501), set()),
    ("decisions", "G104", put(3, service="hemhjälp"), set()),
    ("decisions", "G105", put(3, decision_id=personnummer(7)), set()),
    ("decisions", "CA101", put(3, decision_date="2024-01-07"), set()),
    ("decisions", "CA102", put(0, executed_date="2024-01-15"), set()),
    ("decisions", "CA103", put(0, valid_to="2024-01-15"), set()),
    ("decisions", "CA104", put(0, interrupted_date="2024-01-19"), set()),
    ("decisions", "CA104", put(0, resumed_date="2024-02-29"), set()),
    ("decisions", "CA104", put(2, interrupted_date="2024-02-29"), set()),
    ("decisions", "CA105", put(1, closed_date="2024-01-15"), set()),
    ("decisions", "CA106", put(3, executed_date="2024-01-20"), set()),
    ("decisions", "CA107", put(3, decision_type=None), set()),
    ("decisions", "CA107", put(4, decision_type="avslag"), set()),
    ("decisions", "CA108", put(5, law="SoL"), set()),
    ("decisions", "CA108", put(3, law="LSS"), set()),
    ("decisions", "CA108", put(3, law="SFB", service="kontaktperson"), set()),
    ("decisions", "CA109", put(0, end_reason="flyttat"), set()),
    ("decisions", "CA110", put(4, application_date="2025-01-01"), set()),
    (
        "decisions",
        "CA110",
        put(3, application_date="2023-01-08", decision_date="2023-01-16", closed_date="2023-12-31"),
        set(),
    ),
    ("decisions", "CA111", put(2, executed_date=f"{NEXT_YEAR}-12-20"), set()),
    ("decisions", "CA112", put(0, unit="okand"), set()),
    ("decisions", "CA113", put(0, law_version="SoL"), {"G115"}),
    ("decisions", "CA114", put(0, paying_municipality="boras"), {"G115"}),
    ("decisions", "CA115", put(0, hours_per_month=None), set()),
    ("offers", "CA201", put(0, decision_id="B9999"), set()),
    ("offers", "CA203", put(0, offered_move_in_date="2024-02-19"), set()),
    ("offers", "CA204", put(0, offer_made_date="2024-01-07"), set()),
    ("offers", "CA205", put(1, offer_made_date="2025-01-01", offered_move_in_date="2025-02-01"), set()),
    ("offers", "CA206", put(1, decision_id="B0003"), set()),
    ("follow_ups", "CA301", put(0, decision_id="B9999"), set()),
    ("follow_ups", "CA303", put(0, followup_date="2024-01-15"), set()),
    ("follow_ups", "CA304", put(0, followup_date="2025-01-01"), set()),
    ("visits", "G103", put(0, minutes=1441), {"CA405"}),
    ("visits", "CA401", put(0, started_at="2024-10-07 7:40"), set()),
    ("visits", "CA401", put(0, started_at="2024-10-07T07:40"), set()),
    ("visits", "CA402", put(0, started_at="2024-11-07 07:40"), set()),
    ("visits", "CA403", put(1, person=personnummer(1)), set()),
    ("visits", "CA403", put(1, started_at="2024-10-07 13:41"), set()),
    ("visits", "CA404", put(0, minutes=0), set()),
    (
        "visits",
        "CA405",
        lambda rows: [row.update(staff_id="M1", visit_id=f"V{i}", minutes=500) for i, row in enumerate(rows)],
        {"D203"},
    ),
    ("patients", "G101", again, set()),
    ("patients", "G103", put(0, measures=0), set()),
    ("patients", "CA501", put(0, person="20250115-2389"), set()),
    ("patients", "CA502", cut, set()),
    ("places", "CA601", put(1, available_from="2024-09-01"), set()),
    ("places", "CA602", put(0, available_from="2025-01-01"), set()),
    ("places", "CA602", put(1, available_to="2023-12-31"), set()),
    ("places", "CA603", put(0, unit="okand"), set()),
    ("places", "CA604", put(2, orientation="demens"), set()),
    ("places", "CA605", put(0, provider=None), set()),
    ("transitions", "CA701", put(0, ended_on="2024-08-19"), set()),
    ("transitions", "CA702", put(0, started_on="2025-01-01", ended_on=None), set()),
    ("transitions", "CA702", put(0, started_on="2023-01-01", ended_on="2023-12-31"), set()),
)
TESTED_APART = {"CA202", "CA302", "CA703", "D101"}
"""Two that speak when there are no decisions, one that needs a delivery of the current year, and drift, which needs
two.
"""


def deliver(folder: Path, name: str, change: Change = lambda rows: None) -> Path:
    """The table's faultless rows, changed by `change`, as the file that the case system delivers."""
    rows = MAKERS[name]()
    change(rows)
    return write_csv(folder / f"{name}_{'2024-10' if name in MONTHLY else '2024'}.csv", table("care", name), rows)


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """The faultless extracts, accepted without a warning."""
    made = Deliveries(tmp_path_factory.mktemp("care"))
    for name in MAKERS:
        deliver(made.inbox / "1489-alingsas" / "care", name)
    outcomes = made.take_in("care")
    assert [outcome.state for outcome in outcomes] == ["accepted"] * len(MAKERS), made.said
    assert not any(outcome.findings for outcome in outcomes), made.said
    return made


@pytest.mark.parametrize(
    ("name", "rule", "change", "also"),
    FAULTS,
    ids=[f"{name}-{rule}-{i}" for i, (name, rule, _, _) in enumerate(FAULTS)],
)
def test_a_fault_turns_its_rule_red_and_no_other(
    deliveries: Deliveries, tmp_path: Path, name: str, rule: str, change: Change, also: set[str]
) -> None:
    assert deliveries.broken_rules("care", "1489", deliver(tmp_path, name, change)) == {rule, *also}


def test_without_decisions_offers_and_follow_ups_are_let_in_with_a_warning(tmp_path: Path) -> None:
    bare = Deliveries(tmp_path)
    for name, rule in (("offers", "CA202"), ("follow_ups", "CA302")):
        assert bare.broken_rules("care", "1489", deliver(tmp_path / "files", name)) == {rule}


def test_an_offer_may_be_made_on_a_decision_of_another_year(tmp_path: Path) -> None:
    made = Deliveries(tmp_path)
    deliver(made.inbox / "1489-alingsas" / "care", "decisions")
    made.take_in("care")

    def next_year(rows: Rows) -> None:
        for row in rows:
            row.update(year="2025", offer_made_date="2025-02-01", offered_move_in_date="2025-03-01")
        del rows[1:]

    path = deliver(tmp_path / "files", "offers", next_year).rename(tmp_path / "files" / "offers_2025.csv")
    assert made.broken_rules("care", "1489", path) == {"CA202"}, (
        "the decision is known, though the year's decisions are missing"
    )


def test_a_step_cannot_begin_after_its_delivery(deliveries: Deliveries, tmp_path: Path) -> None:
    def ahead(rows: Rows) -> None:
        rows[:] = [{**rows[0], "year": str(NEXT_YEAR), "started_on": f"{NEXT_YEAR}-12-01", "ended_on": None}]

    path = deliver(tmp_path, "transitions", ahead).rename(tmp_path / "transitions.csv")
    assert deliveries.broken_rules("care", "1489", path) == {"CA703"}


REGISTERS = ("decisions", "patients", "places")
"""Tables of which half as many rows as the year before are never right; of what happens there may be fewer."""


def enlarged(name: str, year: int, count: int) -> Change:
    """`count` rows of `year`, each with a key of its own, that break no other rule."""

    def change(rows: Rows) -> None:
        key = {"decisions": "decision_id", "places": "place_id"}.get(name)
        first = rows[1 if name == "places" else 0]
        dated = ((column, str(value)) for column, value in first.items() if value and column.endswith(("_date", "_to")))
        days = {column: f"{year}{value[4:]}" for column, value in dated}
        own = [
            {key: f"E{i:04d}"} if key else {"person": personnummer(i), "profession": PROFESSIONS[i % 3]}
            for i in range(count)
        ]
        rows[:] = [{**first, **days, "year": str(year), **cells} for cells in own]

    return change


@pytest.mark.parametrize("name", REGISTERS)
def test_half_a_register_is_held_up_for_a_person_to_look_at(tmp_path: Path, name: str) -> None:
    made = Deliveries(tmp_path)
    deliver(made.inbox / "1489-alingsas" / "care", name, enlarged(name, 2024, 30))
    assert [outcome.state for outcome in made.take_in("care")] == ["accepted"], made.said
    for count, broken in ((15, {"D101"}), (28, set())):
        path = deliver(tmp_path / str(count), name, enlarged(name, 2025, count))
        found = made.broken_rules("care", "1489", path.rename(path.with_name("fil.csv")))
        assert found - set(RULE_NUMBERS) == broken  # made of one row, the register has a shape of its own


def test_nothing_personal_is_in_what_is_accepted(deliveries: Deliveries) -> None:
    """Personnummer become keyed hashes with sex and month of birth; names are left behind."""
    import duckdb

    for load in deliveries.lake.in_force():
        columns = [row[0] for row in duckdb.sql(f"describe from '{load.parquet}'").fetchall()]
        dropped = {"person", "name"} & set(columns)
        assert not dropped, load.table
        text = str(duckdb.sql(f"from '{load.parquet}'").fetchall())
        assert not any(number in text or number.replace("-", "") in text for number in map(personnummer, range(8))), (
            load.table
        )


def test_the_key_names_the_header_of_the_personnummer() -> None:
    [rule] = [rule for rule in suite(table("care", "patients")) if rule.number == "G101"]
    assert rule.title == "The key is unique (personnummer, profession)"


def test_every_column_has_a_value_somewhere_in_the_faultless_rows() -> None:
    """A rule about a column that no row fills would be tested on nothing."""
    for of in tables("care"):
        filled = {name for row in MAKERS[of.name]() for name, value in row.items() if value is not None}
        assert {column.name for column in of.columns if column.kind is not Kind.DROPPED} <= filled, of.name
