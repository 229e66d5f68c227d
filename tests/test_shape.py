"""The shape profile: a small board's honest months pass it, and what changes shape is found, whatever the column."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from test_gate import FEBRUARY, MARCH, Office

from expectations import shape
from expectations.judge import Verdict, judge
from expectations.suites import suite
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import table, tables
from ingestion.findings import Finding
from ingestion.lake import SHAPE_FILE, Lake
from testkit.board import MONTHS, NEXT, Board, _totals
from testkit.small_extracts import Row, alingsas, candidate, make

MUNICIPALITY = alingsas()
OF_KIND = {"D101", "D102", *shape.RULE_NUMBERS}
MONTHLY = (
    "hr_employments",
    "hr_absences",
    "hr_time_records",
    "hr_other_employments",
    "ledger_control_totals",
    "ledger_transactions",
)


def take(lake: Lake, full_name: str, rows: list[Row], period: str) -> Verdict:
    """The verdict on the rows; the load if it is accepted, nothing else."""
    made = candidate(lake, table(*full_name.split("_", 1)), rows, period, f"{full_name}.csv")
    verdict = judge(made, MUNICIPALITY, lake)
    if verdict.accepted:
        lake.accept(made, verdict.as_dict())
    else:
        lake.discard(made)
    return verdict


def told(verdict: Verdict) -> list[Finding]:
    """What is said of shapes and drift."""
    return [finding for finding in verdict.findings if finding.rule in OF_KIND]


@dataclass
class Small:
    """A board of 120 with 36 months in force, and what was said of them."""

    lake: Lake
    board: Board
    alarms: list[str]
    judged: int


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    lake, board, alarms, judged = Lake(tmp_path_factory.mktemp("board")), Board(), [], 0
    for year in ("2021", "2022", "2023"):
        verdict = take(lake, "care_decisions", board.rows["care_decisions", year], year)
        alarms += [finding.sentence() for finding in verdict.findings]
        judged += 1
    for period in MONTHS:
        for name in MONTHLY:
            verdict = take(lake, name, board.rows[name, period], period)
            alarms += [f"{period} {finding.sentence()}" for finding in told(verdict)]
            alarms += [
                f"{period} {f.sentence()}" for f in verdict.findings if f.severity == "error" and f.rule not in OF_KIND
            ]
            judged += 1
    return Small(lake, board, alarms, judged)


def test_thirty_six_honest_months_of_a_small_board_pass_without_an_alarm(small: Small) -> None:
    assert small.judged == 3 + 36 * len(MONTHLY) and not small.alarms
    assert len(small.lake.in_force()) == small.judged


Change = Callable[[list[Row]], object]


def each(**cells: Callable[[Row], Any]) -> Change:
    return lambda rows: [row.update({name: make_cell(row) for name, make_cell in cells.items()}) for row in rows]


def times(name: str, factor: float) -> Change:
    return each(**{name: lambda row: round(float(row[name]) * factor, 2) if row[name] is not None else None})


def swapped(left: str, right: str) -> Change:
    return lambda rows: [row.update({left: row[right], right: row[left]}) for row in rows]


def half_of_the_ids_new(rows: list[Row]) -> None:
    for row in rows[: len(rows) // 2]:
        row["employment_id"] = f"7{row['employment_id']}"


CHANGES: dict[str, tuple[str, Change, str, str]] = {
    "degrees as fractions": ("hr_employments", times("degree", 0.01), "D202", "degree"),
    "AID codes that went through a float": (
        "hr_employments",
        each(aid_code=lambda r: f"{r['aid_code']}.0"),
        "D201",
        "aid_code",
    ),
    "employments that went through a float": (
        "hr_employments",
        each(employment_id=lambda r: f"{r['employment_id']}.0"),
        "D201",
        "employment_id",
    ),
    "employments with a prefix": (
        "hr_employments",
        each(employment_id=lambda r: f"A{r['employment_id']}"),
        "D203",
        "employment_id",
    ),
    "employments with zeros before": (
        "hr_employments",
        each(employment_id=lambda r: f"{r['employment_id']:0>8}"),
        "D205",
        "employment_id",
    ),
    "half of the employments renumbered": ("hr_employments", half_of_the_ids_new, "D205", "employment_id"),
    "titles in decomposed letters": (
        "hr_employments",
        each(title=lambda r: r["title"].replace("ö", "o\u0308").replace("å", "a\u030a").replace("ä", "a\u0308")),
        "D201",
        "title",
    ),
    "titles in capitals": ("hr_employments", each(title=lambda r: r["title"].upper()), "D204", "title"),
    "everybody hired on one day": ("hr_employments", each(start_date=lambda r: date(2020, 1, 1)), "D203", "start_date"),
    "everybody a manager": ("hr_employments", each(is_manager=lambda r: not r["is_manager"]), "D203", "is_manager"),
    "everybody leaves at the month's end": (
        "hr_employments",
        each(end_date=lambda r: date(2024, 1, 31)),
        "D203",
        "end_date",
    ),
    "a column of codes swapped with another": (
        "ledger_transactions",
        swapped("account", "cost_centre"),
        "D203",
        "account",
    ),
    "activities with a zero before": (
        "ledger_transactions",
        each(activity=lambda r: f"0{r['activity']}"),
        "D203",
        "activity",
    ),
    "activities that went through a float": (
        "ledger_transactions",
        each(activity=lambda r: f"{r['activity']}.0"),
        "D201",
        "activity",
    ),
    "activities gone": ("ledger_transactions", each(activity=lambda r: None), "D203", "activity"),
    "a ledger with all signs turned": ("ledger_transactions", times("amount", -1), "D203", "amount"),
    "amounts in thousands of kronor": ("ledger_transactions", times("amount", 0.001), "D203", "amount"),
    "postings of one single day": (
        "ledger_transactions",
        each(posting_date=lambda r: date(2024, 1, 31)),
        "D203",
        "posting_date",
    ),
    "hours in hundredths": (
        "hr_time_records",
        lambda rows: [times(n, 0.01)(rows) for n in ("scheduled_hours", "worked_hours")],
        "D203",
        "scheduled_hours",
    ),
    "overtime gone": ("hr_time_records", swapped("overtime_hours", "hourly_paid_hours"), "D203", "hourly_paid_hours"),
    "hours of absence in minutes": ("hr_absences", times("hours", 60), "D203", "hours"),
    "absences as fractions": ("hr_absences", times("degree", 0.01), "D202", "degree"),
    "no open absence known any more": (
        "hr_absences",
        each(spell_id=lambda r: f"F9{r['spell_id'][1:]}"),
        "D205",
        "spell_id",
    ),
    "another system's numbers of the other boards": (
        "hr_other_employments",
        each(employment_id=lambda r: f"C{r['employment_id'][1:]}"),
        "D205",
        "employment_id",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_planted_change_of_shape_is_found_in_its_column(small: Small, name: str) -> None:
    full_name, change, rule, column = CHANGES[name]
    rows = [dict(row) for row in small.board.rows[full_name, NEXT]]
    change(rows)
    made = candidate(small.lake, table(*full_name.split("_", 1)), rows, NEXT)
    verdict = judge(made, MUNICIPALITY, small.lake)
    small.lake.discard(made)
    header = made.table.column(column).header
    assert [f.severity for f in verdict.findings if f.rule == rule and f.column == header] != [], [
        f.sentence() for f in verdict.findings
    ]
    assert {finding.found for finding in told(verdict)}.isdisjoint(
        {row["person_id"] for row in rows if "person_id" in row}
    )
    assert len(told(verdict)) <= 3 + (20 if rule == "D201" else 0)  # a change is not told by every column


def test_the_same_month_without_a_change_passes(small: Small) -> None:
    for name in MONTHLY:
        made = candidate(small.lake, table(*name.split("_", 1)), small.board.rows[name, NEXT], NEXT)
        assert not told(judge(made, MUNICIPALITY, small.lake))
        small.lake.discard(made)


def test_control_totals_turned_with_their_ledger_are_found_too(small: Small) -> None:
    rows = [row | {"amount": -row["amount"]} for row in small.board.rows["ledger_transactions", NEXT]]
    made = candidate(
        small.lake, table("ledger", "control_totals"), _totals({"municipality_id": "1489", "period": NEXT}, rows), NEXT
    )
    assert {finding.rule for finding in told(judge(made, MUNICIPALITY, small.lake))} == {"D203"}
    small.lake.discard(made)


FIRST = {
    "aid": (
        "hr_employments",
        each(aid_code=lambda r: "999999"),
        "D202",
        "found '999999' and no code of the configured staff groups",
    ),
    "degree": ("hr_employments", times("degree", 0.01), "D202", "percentages over 0 and at most 1"),
    "float": ("hr_employments", each(cost_centre=lambda r: f"{r['cost_centre']}.0"), "D201", "'71100.0'"),
    "power": ("hr_employments", each(aid_code=lambda r: "2,07024E+05"), "D201", "'2,07024E+05'"),
    "quoted": ("ledger_transactions", each(activity=lambda r: "'510"), "D201", "'510"),
    "nothing": ("ledger_transactions", each(activity=lambda r: "nan"), "D201", "nan"),
    "day": (
        "hr_employments",
        each(start_date=lambda r: date(2020, 1, 1)),
        "D204",
        "one and the same day in all 30 rows",
    ),
    "sign": (
        "ledger_transactions",
        each(amount=lambda r: abs(r["amount"]) * (1 if r["account"][0] == "3" else -1)),
        "D202",
        "income (class 3) positive",
    ),
}


@pytest.mark.parametrize("name", FIRST)
def test_a_first_delivery_is_held_against_its_contract(tmp_path: Path, name: str) -> None:
    full_name, change, rule, found = FIRST[name]
    lake, of = Lake(tmp_path), table(*full_name.split("_", 1))
    rows = make(of, MARCH)
    change(rows)
    verdict = judge(candidate(lake, of, rows, MARCH), MUNICIPALITY, lake)
    sentences = [finding.sentence() for finding in verdict.findings if finding.rule == rule]
    assert sentences and found in sentences[0], [finding.sentence() for finding in verdict.findings]


def regional(period: str, **typical: float) -> list[Row]:
    """The region's report on twelve members: every indicator around its typical value."""
    of_all = {"municipality_id": "1489", "year": period, "scope": "kommun"} | dict.fromkeys(
        ("specialisation", "staff_group", "n", "weighting")
    )
    return [
        of_all | {"indicator": name, "member_id": str(1480 + member), "value": round(value * (1 + member / 50), 2)}
        for name, value in typical.items()
        for member in range(12)
    ]


def test_numbers_of_several_things_are_compared_each_with_its_own(tmp_path: Path) -> None:
    lake, of = Lake(tmp_path), table("region_report", "figures")
    earlier = candidate(
        lake, of, regional("2022", kpv_80_share=28, kpv_patients=2100, kpv_cost_per_patient=121000), "2022"
    )
    lake.accept(earlier, judge(earlier, MUNICIPALITY, lake).as_dict())
    now = {
        "kpv_80_share": 28,
        "kpv_satisfied_share": 85,
        "kpv_very_satisfied_share": 45,
        "kpv_fairly_satisfied_share": 40,
        "percci_score": 39,
    }
    verdict = judge(candidate(lake, of, regional("2023", **now), "2023"), MUNICIPALITY, lake)
    assert not told(verdict), "more shares and no kronor are no other unit"
    verdict = judge(candidate(lake, of, regional("2023", **now | {"kpv_80_share": 0.28}), "2023"), MUNICIPALITY, lake)
    [finding] = told(verdict)
    assert (finding.rule, finding.column) == ("D203", "varde")
    assert finding.found == "100 times as small as in 2022, typically, in 12 rows of 'kpv_80_share'"


def test_what_is_found_is_released_like_drift_with_a_name_and_a_reason(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.deliver("hr_employments", FEBRUARY)
    office.take_in()
    rows = make(table("hr", "employments"), MARCH)
    for row in rows:
        row["employment_id"] = f"N{row['employment_id']}"
    office.deliver("hr_employments", MARCH, rows, "nya nummer.csv")
    [outcome] = office.take_in()
    assert (outcome.state, {f.rule for f in outcome.findings}) == ("rejected", {"D205"})
    [rejection] = office.rejected.unresolved(office.lake)
    [released] = office.release(rejection, "Systemförvaltare", "nytt personalsystem")
    assert released.load and released.load.suite["released"]["reason"] == "nytt personalsystem"


def test_a_later_file_with_few_keys_of_the_load_that_it_replaces_is_rejected_with_both_named(tmp_path: Path) -> None:
    office = Office(tmp_path)
    rows = make(table("ledger", "forecast"), MARCH)
    for part, file, state in ((rows[:15], "anna.csv", "accepted"), (rows[15:], "bo.csv", "rejected")):
        office.deliver("ledger_forecast", MARCH, part, file)
        [outcome] = office.take_in("ledger")
        assert outcome.state == state
    [finding] = [finding for finding in outcome.findings if finding.rule == "D205"]
    assert finding.file == "bo.csv" and finding.found == "0 of the 15 keys of anna.csv, which it is to replace"


def test_the_profile_is_kept_beside_the_load_and_made_anew_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake, of = Lake(tmp_path), table("hr", "employments")
    take(lake, of.full_name, make(of, FEBRUARY), FEBRUARY)
    [load] = lake.in_force()
    kept = shape.kept(load)
    assert kept is not None and kept.rows == 30 and kept.columns["aid_code"].values == {"207024": 30}
    made: list[str] = []
    make_anew = shape._made

    def counted(con: Any, of: Any, load: Any) -> shape.Profile:
        made.append(load.load_id)
        return make_anew(con, of, load)

    monkeypatch.setattr(shape, "_made", counted)
    spoilt = [row | {"degree": row["degree"] / 10} for row in make(of, MARCH)]
    first = judge(candidate(lake, of, spoilt, MARCH), MUNICIPALITY, lake)
    assert not made
    for text in ("", "{", json.dumps({"version": 0}), json.dumps({"version": shape.VERSION, "columns": []})):
        (load.directory / SHAPE_FILE).write_text(text)
        assert shape.kept(load) is None
        again = judge(candidate(lake, of, spoilt, MARCH), MUNICIPALITY, lake)
        assert told(again) == told(first) != []
    assert made == [load.load_id] * 4


def test_a_profile_holds_no_value_of_a_column_that_is_not_public(small: Small) -> None:
    for load in small.lake.in_force():
        of, kept = table(load.source, load.table), shape.kept(load)
        assert kept is not None
        for name, column in kept.columns.items():
            assert of.column(name).public or not column.values
        text = (load.directory / SHAPE_FILE).read_text(encoding="utf-8")
        for row in small.board.rows[of.full_name, load.period][:20]:
            for name in ("person_id", "employment_id", "spell_id", "decision_id"):
                assert f'"{row.get(name, "absent")}"' not in text


def test_an_erased_load_keeps_no_profile(tmp_path: Path) -> None:
    lake, of = Lake(tmp_path), table("hr", "employments")
    take(lake, of.full_name, make(of, FEBRUARY), FEBRUARY)
    [load] = lake.in_force()
    lake.erase(load, {"at": "2030-01-01", "why": "retention", "publication": None})
    assert [path.name for path in load.directory.glob("*")] == ["erased.json"]


def test_every_delivered_table_has_limits_of_drift_and_of_shape() -> None:
    for of in tables():
        numbers = {rule.number for rule in suite(of)}
        if of.source != "kolada":
            assert numbers & {"D101", "D102"} and set(shape.RULE_NUMBERS) <= numbers, of.full_name


def test_a_table_without_limits_of_its_own_is_not_replaced_by_a_tenth_of_it(tmp_path: Path) -> None:
    lake, of = Lake(tmp_path), table("survey", "users")
    row = {
        "municipality_id": "1489",
        "service": "hemtjänst",
        "question_version": "1",
        "question": "Är du nöjd?",
        "n_positive": 3,
        "n_answers": 5,
    }
    indicators = of.column("indicator_id").allowed

    def rows(year: str, units: int) -> list[Row]:
        return [
            row | {"year": year, "unit": f"enhet_{i}", "indicator_id": one, "gender": "T"}
            for i in range(units)
            for one in indicators[:5]
        ]

    lake.accept(candidate(lake, of, rows("2022", 30), "2022"), {})
    verdicts = [judge(candidate(lake, of, rows("2023", units), "2023"), MUNICIPALITY, lake) for units in (2, 20)]
    assert [{f.rule for f in told(verdict)} & {"D101"} for verdict in verdicts] == [{"D101"}, set()]


def renamed(old: str, new: str) -> Municipality:
    """The configuration with a department under another id, its units and cost centres as before."""
    departments = tuple(d.model_copy(update={"id": new}) if d.id == old else d for d in MUNICIPALITY.departments)
    return MUNICIPALITY.model_copy(update={"departments": departments})


def test_a_department_renamed_with_its_configuration_passes_and_one_that_is_left_out_does_not(tmp_path: Path) -> None:
    lake, of = Lake(tmp_path), table("hr", "employments")
    take(lake, of.full_name, make(of, FEBRUARY), FEBRUARY)
    rows = [
        row | {"department": "aldreomsorg"} if row["department"] == "aldreboende" else row for row in make(of, MARCH)
    ]
    verdict = judge(candidate(lake, of, rows, MARCH), renamed("aldreboende", "aldreomsorg"), lake)
    assert verdict.accepted and not told(verdict)
    left_out = [row | {"department": "hemtjanst"} for row in make(of, MARCH)]
    verdict = judge(candidate(lake, of, left_out, MARCH), MUNICIPALITY, lake)
    assert "avdelning" in {finding.column for finding in told(verdict)}


NEW_CODES: dict[str, tuple[str, Callable[[str], str], set[str]]] = {
    "a new plan at a new year": ("2024-01", lambda code: f"7{code[1:]}", {"D204"}),
    "a zero before every code at a new year": ("2024-01", lambda code: f"0{code}", {"D203"}),
    "another column's codes at a new year": ("2024-01", lambda code: "71100", {"D203"}),
    "new codes within a year": ("2023-12", lambda code: f"7{code[1:]}", {"D203"}),
}


@pytest.mark.parametrize("name", NEW_CODES)
def test_a_new_plan_of_codes_is_told_and_accepted_where_a_year_begins(tmp_path: Path, name: str) -> None:
    period, code, rules = NEW_CODES[name]
    lake, of = Lake(tmp_path), table("ledger", "transactions")
    before = candidate(lake, of, make(of, "2023-11"), "2023-11")
    lake.accept(before, judge(before, MUNICIPALITY, lake).as_dict())
    rows = [row | {"activity": code(row["activity"])} for row in make(of, period)]
    verdict = judge(candidate(lake, of, rows, period), MUNICIPALITY, lake)
    assert {finding.rule for finding in told(verdict)} == rules
    assert {finding.column for finding in told(verdict)} == {"verksamhet"}


def decisions(year: str, n: int) -> list[Row]:
    return [
        {
            "municipality_id": "1489",
            "year": year,
            "decision_id": f"B{i:05d}",
            "person_id": f"{i:032x}",
            "gender": "K",
            "birth_month": date(1940, 1, 1),
            "law": "SoL",
            "law_version": "2001:453",
            "service": "hemtjänst",
            "decision_type": "bifall",
            "is_renewal": False,
            "application_date": date(2023, 1, 1 + i % 28),
            "decision_date": date(2023, 2, 1 + i % 28),
            "valid_from": date(2023, 2, 1 + i % 28),
            "executed_date": date(2023, 3, 1 + i % 28),
            "unit": ("brogarden", "kaptenen")[i % 2],
            "provider": "egen regi",
            "hours_per_month": 10 + i % 20,
        }
        for i in range(n)
    ]


def test_the_first_year_grows_as_it_is_delivered_and_does_not_shrink(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for n in (9, 25, 60, 300):
        verdict = take(lake, "care_decisions", decisions("2024", n), "2024")
        assert verdict.accepted and not told(verdict), [finding.sentence() for finding in verdict.findings]
    assert {"D101"} <= {finding.rule for finding in told(take(lake, "care_decisions", decisions("2024", 100), "2024"))}


def test_a_column_that_is_gone_is_found_before_its_year_is_over(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    assert take(lake, "care_decisions", decisions("2023", 40), "2023").accepted
    rows = decisions("2024", 40)
    not_yet = [
        row | {"executed_date": None, "decision_type": None, "decision_date": None, "valid_from": None} for row in rows
    ]
    assert not told(judge(candidate(lake, table("care", "decisions"), not_yet, "2024"), MUNICIPALITY, lake))
    gone = [row | {"provider": None} for row in rows]
    [finding] = told(judge(candidate(lake, table("care", "decisions"), gone, "2024"), MUNICIPALITY, lake))
    assert (finding.rule, finding.column) == ("D203", "utforare")


def of_the_next(rows: list[Row], *names: str) -> list[Row]:
    """Every row with what stands in the next row's columns `names`."""
    return [row | {name: rows[(i + 1) % len(rows)][name] for name in names} for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("full_name", "names", "column"),
    [
        ("hr_employments", ("person_id", "gender", "birth_month"), "anstallningsid, personnummer"),
        ("hr_other_employments", ("person_id", "gender", "birth_month"), "anstallningsid, personnummer"),
        ("care_decisions", ("person_id",), "beslutsid, personnummer"),
    ],
)
def test_ids_that_are_used_again_for_other_people_are_found(
    tmp_path: Path, full_name: str, names: tuple[str, ...], column: str
) -> None:
    lake, of = Lake(tmp_path), table(*full_name.split("_", 1))
    yearly = of.period_column == "year"
    earlier, period = ("2023", "2024") if yearly else (FEBRUARY, MARCH)
    take(lake, full_name, decisions(earlier, 30) if yearly else make(of, earlier), earlier)
    rows = of_the_next(decisions(period, 30) if yearly else make(of, period), *names)
    found = [
        finding
        for finding in told(judge(candidate(lake, of, rows, period), MUNICIPALITY, lake))
        if finding.rule == "D205"
    ]
    assert [(finding.column, finding.found) for finding in found] == [
        (column, f"as in {earlier} for 0 of the 30 keys that come again")
    ]


def test_hours_that_changed_places_with_noughts_are_found(tmp_path: Path) -> None:
    lake, of = Lake(tmp_path), table("hr", "time_records")
    take(
        lake,
        of.full_name,
        make(
            of,
            FEBRUARY,
        ),
        FEBRUARY,
    )
    rows = [
        row | {"worked_hours": row["hourly_paid_hours"], "hourly_paid_hours": row["worked_hours"]}
        for row in make(of, MARCH)
    ]
    found = {(f.rule, f.column) for f in told(judge(candidate(lake, of, rows, MARCH), MUNICIPALITY, lake))}
    assert found == {("D203", "arbetad_tid"), ("D203", "timavlonad_tid")}


def test_a_month_in_which_only_substitutes_leave_is_told_and_accepted(tmp_path: Path) -> None:
    lake, of = Lake(tmp_path), table("hr", "employments")

    def leaving(period: str, *reasons: str) -> list[Row]:
        rows = make(of, period)
        left = {"end_date": date(int(period[:4]), int(period[5:]), 20)}
        return [
            row | left | {"leave_reason": reasons[i % len(reasons)]} if i < 24 else row for i, row in enumerate(rows)
        ]

    lake.accept(candidate(lake, of, leaving(FEBRUARY, "pension", "egen begäran", "visstid slut"), FEBRUARY), {})
    verdict = judge(candidate(lake, of, leaving(MARCH, "visstid slut"), MARCH), MUNICIPALITY, lake)
    assert {(f.rule, f.column) for f in told(verdict)} == {("D204", "avgangsorsak")}


def test_last_years_statistics_under_a_new_year_are_rejected(tmp_path: Path) -> None:
    lake, of = Lake(tmp_path), table("population", "inhabitants")

    def people(year: str, more: int) -> list[Row]:
        return [
            {"municipality_id": "1489", "year": year, "age": age, "gender": gender, "population": 300 - age + more}
            for age in range(101)
            for gender in "KM"
        ]

    lake.accept(candidate(lake, of, people("2022", 0), "2022"), {})
    broken = [
        {
            r.rule.number
            for r in judge(candidate(lake, of, people("2023", more), "2023"), MUNICIPALITY, lake).results
            if not r.passed
        }
        for more in (0, 1)
    ]
    assert broken == [{"G110"}, set()]


def test_a_month_in_which_nobody_came_or_went_is_released_by_somebody_who_knows(tmp_path: Path) -> None:
    office = Office(tmp_path)
    rows = make(table("hr", "employments"), FEBRUARY)
    for period in (FEBRUARY, MARCH):
        office.deliver("hr_employments", period, [row | {"period": period} for row in rows], f"{period}.csv")
    assert [outcome.state for outcome in office.take_in()] == ["accepted", "rejected"]
    [rejection] = office.rejected.unresolved(office.lake)
    [released] = office.release(rejection, "Systemförvaltare", "ingen har börjat eller slutat")
    assert released.state == "accepted"
