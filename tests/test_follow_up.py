"""Goals, internal control, providers, grants, investments, forecasts: rules on their own faults, demonstration against
print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from demo.follow_up import write_follow_up_extracts
from testkit.deliveries import Cells, Deliveries, changed

SOURCES = ("goals", "internal_control", "providers", "grants", "investments", "forecasts")
MARTS = (
    "goal_follow_up",
    "internal_control",
    "provider_follow_up",
    "measures_follow_up",
    "government_grants",
    "grants_passed_on",
    "investments",
    "forecast_accuracy",
    "figure_loads",
)
Change = Callable[[list[Cells]], object]


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """The demonstration's extracts of both municipalities, accepted without a remark."""
    made = Deliveries(tmp_path_factory.mktemp("follow_up"))
    files = write_follow_up_extracts(made.inbox)
    outcomes = [outcome for source in SOURCES for outcome in made.take_in(source)]
    assert [outcome.state for outcome in outcomes] == ["accepted"] * len(files), made.said
    return made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's files as delivered, to be spoilt."""
    inbox = tmp_path_factory.mktemp("files")
    write_follow_up_extracts(inbox)
    return inbox / "1489-alingsas"


def put(row: int, **cells: str) -> Change:
    return lambda rows: rows[row].update(cells)


def repeat(row: int, **cells: str) -> Change:
    return lambda rows: rows.append({**rows[row], **cells})


FAULTS: tuple[tuple[str, str, str, Change], ...] = (
    ("goals", "mal_1489_2024", "G101", repeat(0, ordning="9")),
    ("goals", "mal_1489_2024", "GO101", put(1, kommunfullmaktiges_mal="")),
    ("goals", "mal_1489_2024", "GO102", put(1, ordning="1")),
    ("goals", "malindikatorer_1489_2024", "G104", put(0, riktning="uppåt")),
    ("goals", "malindikatorer_1489_2024", "GO201", put(0, malvarde="")),
    ("goals", "malindikatorer_1489_2024", "GO201", put(0, maltyp="intervall", malvarde="")),
    ("goals", "malindikatorer_1489_2024", "GO201", put(0, maltyp="bättre än riket")),
    (
        "goals",
        "malindikatorer_1489_2024",
        "GO202",
        put(0, maltyp="intervall", malvarde="", intervall_fran="15", intervall_till="10"),
    ),
    ("goals", "malindikatorer_1489_2024", "GO203", repeat(0, malid="mal2", malvarde="5")),
    ("goals", "malindikatorer_1489_2024", "GO204", put(0, uppdelning="kommunal")),
    ("goals", "malbedomningar_1489_2024", "GO301", put(0, datum="2023-12-30")),
    ("goals", "malbedomningar_1489_2024", "GO302", put(0, motivering="Bra.")),
    ("goals", "malbedomningar_1489_2024", "G105", put(0, motivering="Enligt ärende 800101-1234 har målet nåtts.")),
    ("goals", "atgarder_1489_2024", "GO401", put(2, effektmatt="")),
    ("goals", "atgarder_1489_2024", "GO402", put(0, start="2026-03-01")),
    ("internal_control", "internkontroll_1489_2024", "IC101", put(6, urval="2000")),
    ("internal_control", "internkontroll_1489_2024", "IC101", put(6, uppfyllda="176")),
    ("internal_control", "internkontroll_1489_2024", "IC102", put(6, population="")),
    ("internal_control", "internkontroll_1489_2024", "IC103", put(6, bedomning="med anmärkning")),
    ("internal_control", "internkontroll_1489_2024", "IC104", put(6, fran="2024-12-01")),
    ("internal_control", "internkontroll_1489_2024", "IC105", put(0, nyckeltal="")),
    ("providers", "privata_utforare_1489_2024", "PR101", put(3, i_huvudsak_uppfyllt="nej")),
    ("providers", "privata_utforare_1489_2024", "PR102", put(0, atgarder="")),
    ("providers", "privata_utforare_1489_2024", "PR103", put(0, ordning="2")),
    ("grants", "bidrag_1489_2024", "GR101", put(0, periodiserat_till_senare_ar="900000")),
    ("grants", "bidrag_1489_2024", "GR102", put(0, erhallet="16300000")),
    ("grants", "bidrag_1489_2024", "GR103", put(0, bidrag="Totalt")),
    ("investments", "investeringar_1489_2024", "IV101", put(0, manad="2024-01")),
    ("investments", "investeringar_1489_2024", "IV101", put(1, manad="2023-12")),
    ("investments", "investeringar_1489_2024", "IV102", put(1, kategori="Möbler")),
    ("investments", "investeringar_1489_2024", "IV103", repeat(0, kategorikod="99", kategori="Reinvestering")),
    ("forecasts", "avstamningar_1489_2024", "FO101", put(0, prognosmanad="2023-04")),
    ("forecasts", "avstamningar_1489_2024", "FO102", put(0, beslutsdatum="2024-03-31")),
)
TESTED_APART = {"GR201"}
"""Only the other municipality passes grants on."""


@pytest.mark.parametrize(
    ("source", "file", "rule", "change"), FAULTS, ids=[f"{file}-{rule}" for _, file, rule, _ in FAULTS]
)
def test_a_fault_turns_its_rule_red_and_no_other(
    deliveries: Deliveries, files: Path, tmp_path: Path, source: str, file: str, rule: str, change: Change
) -> None:
    assert deliveries.broken_rules(source, "1489", changed(files / source / f"{file}.csv", tmp_path, change)) == {rule}


def test_something_was_passed_on(deliveries: Deliveries, files: Path, tmp_path: Path) -> None:
    path = files.parent / "1283-helsingborg" / "grants" / "vidareformedlat_1283_2024.csv"
    assert deliveries.broken_rules("grants", "1283", changed(path, tmp_path, put(0, belopp="0"))) == {"GR201"}


def test_same_bytes_every_time(files: Path, tmp_path: Path) -> None:
    first = {path.relative_to(files.parent): path.read_bytes() for path in files.parent.rglob("*.csv")}
    assert {path.relative_to(tmp_path): path.read_bytes() for path in write_follow_up_extracts(tmp_path)} == first


@pytest.fixture(scope="module")
def con(deliveries: Deliveries) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts of follow-up, built from the demonstration's extracts of these sources alone (what they join has tests
    of its own).
    """
    with deliveries.build(
        [f"+{mart}" for mart in MARTS], exclude=["resource_type:test", "resource_type:unit_test"]
    ) as con:
        yield con


def rounded(value: float | None, unit: float = 1, places: int = 0) -> float | None:
    """A figure as print has it, in `unit`."""
    return (
        None
        if value is None
        else float((Decimal(str(value)) / Decimal(str(unit))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    )


# Annual report 2024, "Investeringar", tkr: budget, outcome, deviation, outcome of 2023, difference.
PRINTED_INVESTMENTS = {
    "Reinvestering": (5300, 5074, 226, 4443, 631),
    "Inventarier": (4200, 3485, 715, 2998, 487),
    "IT-utrustning": (None, 321, -321, 123, 198),
    "Maskiner": (None, 292, -292, 168, 124),
    "Transportmedel": (None, 169, -169, 77, 92),
    "Förbättringsutgift på annans fastighet": (0, 0, 0, 273, -273),
    "Vårdarhjälpmedel": (350, 378, -28, 765, -387),
    "Vårdarhjälpmedel, sängar": (750, 429, 321, 39, 390),
    "Utgifter": (5300, 5074, 226, 4443, 631),
    "Netto": (5300, 5074, 226, 4443, 631),
}


@pytest.mark.slow
def test_investments_are_the_printed(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select line, budget, actual, deviation, previous_actual, change from marts.investments "
        "where municipality_id = '1489' and year = 2024 order by line_order"
    ).fetchall()
    assert {line: tuple(rounded(amount, 1000) for amount in amounts) for line, *amounts in rows} == PRINTED_INVESTMENTS
    assert [line for line, *_ in rows] == list(PRINTED_INVESTMENTS)
    total = con.execute(
        "select budget, actual, deviation from marts.investments where municipality_id = '1283' and year = 2024 and line_id = 'net'"
    ).fetchone()
    assert total and tuple(rounded(amount, 1_000_000, 1) for amount in total) == (20, 17.6, 2.4)


# Annual report 2024, "Driftbidrag och projektbidrag", mnkr; the total of 2023 is the rows', print says 105,3.
PRINTED_GRANTS = [(53.3, 53.8), (22.6, 22.8), (17.8, 13.7), (4.8, 4.8), (0, 1.5), (2.3, 1.3), (4.3, 0), (None, 7.8)]


@pytest.mark.slow
def test_grants_are_the_printed_and_their_sum_is_the_rows(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select row_kind, previous_recognised, recognised from marts.government_grants "
        "where municipality_id = '1283' and year = 2024 order by row_order, row_kind"
    ).fetchall()
    printed = [
        (kind, rounded(previous, 1_000_000, 1), rounded(recognised, 1_000_000, 1))
        for kind, previous, recognised in rows
    ]
    assert [amounts for kind, *amounts in printed if kind == "grant"] == [list(amounts) for amounts in PRINTED_GRANTS]
    assert [amounts for kind, *amounts in printed if kind == "total"] == [[105.1, 105.7]]
    assert con.execute(
        "select awarded / 1e6, recognised / 1e6, deferred / 1e6 from marts.government_grants where deferred > 0 and row_kind = 'grant'"
    ).fetchall() == [(16.1, 7.8, 8.3)]
    assert con.execute("select recipient, amount / 1e6 from marts.grants_passed_on order by amount").fetchall() == [
        ("upphandlade leverantörer", 0.7),
        ("Socialförvaltningen", 1.1),
        ("upphandlade leverantörer", 2.8),
    ]
    sums = con.execute(
        "select row_kind, grant_type, applied / 1e6, recognised / 1e6, received / 1e6 from marts.government_grants "
        "where municipality_id = '1489' and year = 2024 and (row_kind = 'total' or grant_type like 'Riktat%' and row_kind = 'type')"
    ).fetchall()
    assert set(sums) == {("type", "Riktat statsbidrag", 32.0, 26.0, 26.0), ("total", None, 32.0, 36.3, 36.3)}


@pytest.mark.slow
def test_samples_and_shares_of_the_control_are_the_printed(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select decision_type, sample_group_share, fulfilled_share, suggested_judgement, judgement from marts.internal_control "
        "where municipality_id = '1489' and method = 'journal_review' order by control_id, row_order"
    ).fetchall()
    assert [(kind, rounded(sample), rounded(share), suggested) for kind, sample, share, suggested, _ in rows] == [
        ("hemtjänst", 15, 99, "utan anmärkning"),
        ("korttidsboende", 15, 100, "utan anmärkning"),
        ("LSS", 25, 95, "utan anmärkning"),
        ("särskilt boende", 10, 0, "med anmärkning"),
        ("bostad med särskild service", 25, 21, "med anmärkning"),
        ("daglig verksamhet", 25, 25, "med anmärkning"),
    ]
    assert con.execute(
        "select has_remark, count(distinct control_id) from marts.internal_control group by 1 order by 1"
    ).fetchall() == [
        (False, 3),
        (True, 1),
    ]


@pytest.mark.slow
def test_goals_without_outcomes_are_listed_and_not_judged(con: duckdb.DuckDBPyConnection) -> None:
    """No source of figures is delivered here: every target stands, nothing is said of it but what somebody judged."""
    rows = con.execute(
        "select goal_id, count(*), count(target), max(suggested_judgement), max(judgement_label) from marts.goal_follow_up "
        "where municipality_id = '1489' group by 1 order by 1"
    ).fetchall()
    assert rows == [
        ("arbetsmiljomal", 1, 1, None, None),
        ("mal1", 1, 1, None, None),
        ("mal2", 5, 5, None, "Delvis uppfyllt"),
        ("mal3", 3, 3, None, None),
    ]


@pytest.mark.slow
def test_every_row_leads_to_its_loads(con: duckdb.DuckDBPyConnection) -> None:
    for mart in MARTS[:-1]:
        lost = con.execute(
            f"select count(*), count(case when lineage_id not in (select lineage_id from meta.figure_loads) then 1 end) from marts.{mart}"
        ).fetchone()
        assert lost and lost[0] > 0 and lost[1] == 0, mart


def rows_by_key(con: duckdb.DuckDBPyConnection, mart: str) -> dict[tuple[str, ...], tuple[object, ...]]:
    """The rows of a mart by all their columns that name something, without what a load is called."""
    described = con.execute(f"select * from marts.{mart}").description or []
    names = [name for name, *_ in described]
    keys = [name for name in names if name in KEYS[mart]]
    values = [name for name in names if name not in KEYS[mart]]
    found = con.execute(f"select {', '.join(keys + values)} from marts.{mart}").fetchall()
    return {tuple(str(part) for part in row[: len(keys)]): row[len(keys) :] for row in found}


KEYS = {
    "goal_follow_up": ("municipality_id", "goal_id", "indicator_id"),
    "internal_control": ("municipality_id", "control_id", "row_order"),
    "provider_follow_up": ("municipality_id", "follow_up_id"),
    "government_grants": ("municipality_id", "year", "row_kind", "grant_id", "grant_type"),
    "investments": ("municipality_id", "year", "line_id"),
    "forecast_accuracy": ("municipality_id", "year", "occasion"),
}
# One cell of one file of each source, and the rows that depend on it: no other row of any mart may change.
ONE_CHANGE: tuple[tuple[str, str, Change, str, set[tuple[str, ...]]], ...] = (
    ("goals", "malindikatorer_1489_2024", put(6, malvarde="66"), "goal_follow_up", {("1489", "mal3", "U23401")}),
    (
        "internal_control",
        "internkontroll_1489_2024",
        put(9, uppfyllda="39"),
        "internal_control",
        {("1489", "4", "1")},
    ),
    ("providers", "privata_utforare_1489_2024", put(3, paverkan="Ingen."), "provider_follow_up", {("1489", "P4")}),
    (
        "grants",
        "bidrag_1489_2023",
        put(2, intaktsfort="5000000"),
        "government_grants",
        {
            ("1489", year, kind, grant, of_type)
            for year in ("2023", "2024")
            for kind, grant, of_type in (
                ("grant", "god_och_nara_vard", "Riktat statsbidrag"),
                ("type", "None", "Riktat statsbidrag"),
                ("total", "None", "None"),
            )
        },
    ),
    (
        "investments",
        "investeringar_1489_2024",
        lambda rows: next(row for row in rows if row["kategorikod"] == "30").update(belopp="1,00"),
        "investments",
        {
            ("1489", "2024", line)
            for line in ("expenditure:30", "expenditure:group:Reinvestering", "expenditure", "net")
        },
    ),
    (
        "forecasts",
        "avstamningar_1489_2024",
        put(0, prognosmanad="2024-03"),
        "forecast_accuracy",
        {("1489", "2024", "Fördjupad månadsuppföljning")},
    ),
)


@pytest.mark.slow
def test_one_changed_cell_changes_the_rows_that_rest_on_it(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    """A cell of each source at once: each mart changes in its own rows only."""
    other = Deliveries(tmp_path)
    write_follow_up_extracts(other.inbox)
    for source, file, change, _, _ in ONE_CHANGE:
        path = other.inbox / "1489-alingsas" / source / f"{file}.csv"
        changed(path, path.parent, change, "cp1252" if "2023" in file else "utf-8")
    for source in SOURCES:
        assert {outcome.state for outcome in other.take_in(source)} == {"accepted"}, other.said
    with other.build(
        [f"+{mart}" for mart in MARTS], exclude=["resource_type:test", "resource_type:unit_test"]
    ) as again:
        for _, _, _, mart, expected in ONE_CHANGE:
            before, after = rows_by_key(con, mart), rows_by_key(again, mart)
            assert set(before) == set(after), mart
            assert {key for key in before if before[key] != after[key]} == expected, mart
