"""The surveys: rules on their own faults, and the demonstration's answers against what the documents print."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from demo.survey import write_survey_extracts
from testkit.deliveries import Cells, Deliveries, changed

Change = Callable[[list[Cells]], object]


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """The demonstration's surveys, accepted."""
    made = Deliveries(tmp_path_factory.mktemp("survey"))
    files = write_survey_extracts(made.inbox)
    outcomes = made.take_in("survey")
    assert [outcome.state for outcome in outcomes] == ["accepted"] * len(files), made.said
    return made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's files as delivered, to be spoilt."""
    inbox = tmp_path_factory.mktemp("files")
    write_survey_extracts(inbox)
    return inbox / "1489-alingsas" / "survey"


def put(row: int, **cells: str) -> Change:
    return lambda rows: rows[row].update(cells)


def every(**cells: str) -> Change:
    return lambda rows: [row.update(cells) for row in rows]


FAULTS: tuple[tuple[str, str, Change], ...] = (
    ("pulsmatning_2024", "G101", lambda rows: rows.append(next(dict(row) for row in rows if row["antal_svar"] == "0"))),
    ("pulsmatning_2024", "G103", put(0, antal_svar="-1")),
    ("pulsmatning_2024", "G104", put(0, svar="5")),
    ("pulsmatning_2024", "SU101", put(0, avdelning="okand")),
    ("pulsmatning_2024", "SU102", put(0, enhet="kaptenen")),
    ("pulsmatning_2024", "SU103", put(0, fraga="Vet du vad som förväntas av dig?")),
    ("pulsmatning_2024", "SU104", put(0, antal_svar="1000")),
    ("pulsmatning_2024", "SU105", put(0, svarande="R17", antal_svar="2")),
    ("pulsmatning_2024", "SU106", lambda rows: [row.update(nyckeltal="") for row in rows if row["kvartal"] == "4"]),
    ("patientenkat_2023", "G103", put(0, nojdhet="5")),
    ("patientenkat_2023", "SU201", put(0, pastaende_3="0")),
    (
        "patientenkat_2024",
        "SU202",
        put(0, instrument="PERCCI", **{f"pastaende_{number}": "3" for number in range(1, 13)}),
    ),
    ("patientenkat_2024", "SU203", lambda rows: [row.update(pastaende_4="") for row in rows[:100]]),
    ("patientenkat_2024", "D101", lambda rows: rows.__delitem__(slice(len(rows) * 11 // 20, None))),
    ("brukarundersokning_2024", "G104", put(0, nyckeltal="sabo_okand_share")),
    ("brukarundersokning_2024", "SU301", put(0, enhet="okand")),
    ("brukarundersokning_2024", "SU302", put(0, antal_positiva="44")),
    ("brukarundersokning_2024", "SU303", put(0, insats="hemtjänst")),
    ("brukarundersokning_2024", "SU304", put(0, inbjudna="42")),
    (
        "brukarundersokning_2024",
        "SU305",
        lambda rows: rows.append({**rows[0], "kon": "K", "antal_svar": "50", "antal_positiva": "1"}),
    ),
    ("brukarundersokning_2024", "SU306", put(0, fraga="Vet du vem du kan klaga hos?")),
)


@pytest.mark.parametrize(("file", "rule", "change"), FAULTS, ids=[f"{file}-{rule}" for file, rule, _ in FAULTS])
def test_a_fault_turns_its_rule_red_and_no_other(
    deliveries: Deliveries, files: Path, tmp_path: Path, file: str, rule: str, change: Change
) -> None:
    assert deliveries.broken_rules("survey", "1489", changed(files / f"{file}.csv", tmp_path, change)) == {rule}


def test_same_seed_same_bytes(files: Path, tmp_path: Path) -> None:
    again = write_survey_extracts(tmp_path)
    first = {path.relative_to(files.parents[1]): path.read_bytes() for path in files.parents[1].rglob("*.csv")}
    assert {path.relative_to(tmp_path): path.read_bytes() for path in again} == first
    other = write_survey_extracts(tmp_path / "other", seed=1)
    assert {path.relative_to(tmp_path / "other"): path.read_bytes() for path in other} != first


# (municipality, indicator, org_unit, gender, last day of the period): as printed.
PULSE = "pulse_mean_all_questions"
GOALS = "pulse_goals_followed_up_share"
PRINTED: dict[tuple[str, str, str | None, str, str], str] = {
    ("1489", GOALS, None, "T", "2023-12-31"): "63",
    ("1489", GOALS, None, "T", "2024-06-30"): "80",
    ("1489", GOALS, None, "T", "2024-12-31"): "75",
    ("1489", PULSE, None, "T", "2024-12-31"): "3.1",
    ("1489", PULSE, "hemtjanst", "T", "2024-12-31"): "3.3",
    ("1489", PULSE, "aldreboende", "T", "2024-12-31"): "2.9",
    ("1489", PULSE, "lss_boende_och_arbete", "T", "2024-12-31"): "3.1",
    ("1489", PULSE, "personlig_assistans_och_stod", "T", "2024-12-31"): "2.6",
    ("1489", PULSE, "myndighetsenheten", "T", "2024-12-31"): "2.8",
    ("1489", PULSE, "kommunal_primarvard", "T", "2024-12-31"): "3.3",
    ("1489", "percci_score", None, "T", "2022-12-31"): "39.0",
    ("1489", "percci_score", None, "T", "2023-12-31"): "38.6",
    ("1489", "percci_score", None, "K", "2023-12-31"): "39.8",
    ("1489", "percci_score", None, "M", "2023-12-31"): "37.5",
    ("1489", "percci_s_score", None, "T", "2024-12-31"): "57.2",
    ("1489", "kpv_satisfied_share", None, "T", "2023-12-31"): "86",
    ("1489", "kpv_very_satisfied_share", None, "T", "2023-12-31"): "47",
    ("1489", "kpv_fairly_satisfied_share", None, "T", "2023-12-31"): "39",
    ("1489", "kpv_satisfied_share", None, "T", "2024-12-31"): "75",
    ("1489", "kpv_very_satisfied_share", None, "T", "2024-12-31"): "36",
    ("1489", "kpv_fairly_satisfied_share", None, "T", "2024-12-31"): "39",
    ("1489", "sabo_can_raise_complaints_share", None, "T", "2022-12-31"): "46",
    ("1489", "sabo_can_raise_complaints_share", None, "T", "2023-12-31"): "42",
    ("1489", "sabo_can_raise_complaints_share", None, "T", "2024-12-31"): "37",
    ("1489", "sabo_units_with_decline", None, "T", "2024-12-31"): "2",
    ("1489", "lss_group_home_self_determination_share", None, "T", "2023-12-31"): "69",
    ("1489", "lss_group_home_self_determination_share", None, "T", "2024-12-31"): "79",
}
HELSINGBORG = {
    "sabo_satisfied_share": ("82", None, "77", "76", "78"),
    "sabo_not_lonely_share": ("30", None, "33", "39", "42"),
    "sabo_informed_of_changes_share": ("51", None, "45", "43", "44"),
    "sabo_safe_share": ("88", None, "86", "85", "86"),
    "sabo_good_treatment_share": ("91", None, "89", "89", "90"),
    "homecare_satisfied_share": ("88", None, "80", "81", "80"),
    "homecare_not_lonely_share": ("48", None, "46", "50", "47"),
    "homecare_informed_of_changes_share": ("65", None, "54", "55", "57"),
    "homecare_safe_share": ("84", None, "80", "81", "80"),
    "homecare_good_treatment_share": ("96", None, "93", "94", "94"),
    "homecare_meets_fixed_contact_share": (None, None, None, None, "25"),
    "pa_chose_assistants_share": ("60", "36", "46", "64", "50"),
    "pa_safe_with_all_assistants_share": ("80", "85.71", "75", "91", "73"),
    "pa_assistants_care_share": ("90", "79", "92", "100", "82"),
    "pa_can_do_what_wants_share": ("80", "79", "83", "82", "73"),
    "pa_knows_whom_to_tell_share": ("100", "77", "77", "64", "73"),
    "lss_group_home_staff_care_share": ("81", "84", "85", "71", "79"),
    "lss_group_home_staff_understandable_share": ("73", "67", "71", "61", "62"),
    "lss_group_home_staff_understands_share": ("71", "74", "75", "67", "69"),
}
for _indicator, _texts in HELSINGBORG.items():
    for _year, _text in enumerate(_texts, start=2020):
        if _text is not None:
            PRINTED["1283", _indicator, None, "T", f"{_year}-12-31"] = _text


def rounded(value: float, like: str) -> str:
    """Half away from zero, with as many decimals as the printed text."""
    places = Decimal(1).scaleb(-len(like.partition(".")[2]))
    return str(Decimal(repr(round(value, 10))).quantize(places, ROUND_HALF_UP))


@pytest.fixture(scope="module")
def figures(deliveries: Deliveries) -> duckdb.DuckDBPyConnection:
    """The surveys' models, built from the accepted extracts."""
    return deliveries.build(["path:models/staging/survey", "path:models/intermediate/survey"])


@pytest.mark.slow
def test_the_printed_figures_come_out_of_the_answers(figures: duckdb.DuckDBPyConnection) -> None:
    values = {
        (municipality, indicator, unit, gender, str(end)): value
        for municipality, indicator, unit, gender, end, value in figures.execute(
            "select municipality_id, indicator_id, org_unit, gender, period_end, value from intermediate.int_survey__value "
            "where breakdown is null"
        ).fetchall()
    }
    assert {key: rounded(values[key], text) for key, text in PRINTED.items()} == PRINTED
    # an administration's question that nobody was asked has no row: it is missing, and not zero
    assert not [
        key for key in values if key[0] == "1283" and key[1].startswith(("sabo", "homecare")) and key[4] == "2021-12-31"
    ]
    # of 2023 the question on goals alone was delivered
    assert not [key for key in values if key[1] == PULSE and key[4] == "2023-12-31"]
    happy = {
        (year, gender): values["1489", "lss_group_home_always_happy_home_share", None, gender, f"{year}-12-31"]
        for year in (2022, 2023)
        for gender in "KM"
    }
    assert happy[2022, "K"] == happy[2022, "M"] and happy[2023, "K"] == happy[2023, "M"]
    service = [
        values["1489", "lss_service_housing_always_happy_home_share", None, "T", f"{year}-12-31"]
        for year in (2023, 2024)
    ]
    assert rounded(service[1] - service[0], "1") == "-1"


@pytest.mark.slow
def test_incomplete_answers_are_left_out_and_counted(figures: duckdb.DuckDBPyConnection) -> None:
    rows = figures.execute(
        "select year(period_end), value, n from intermediate.int_survey__value where indicator_id = 'percci_incomplete_answers' order by 1"
    ).fetchall()
    assert rows == [(2022, 14, 304), (2023, 17, 331), (2024, 18, 308)]


@pytest.mark.slow
def test_every_figure_names_the_loads_of_its_years(figures: duckdb.DuckDBPyConnection) -> None:
    without = figures.execute(
        "select count(*) from intermediate.int_survey__value "
        "where lineage_id not in (select lineage_id from intermediate.int_survey__figure_loads)"
    ).fetchone()
    assert without == (0,)
    loads = figures.execute(
        "select count(*) from intermediate.int_survey__figure_loads where lineage_id = 'survey:1489:users:2023-2024'"
    ).fetchone()
    assert loads == (2,)


@pytest.mark.slow
def test_one_answer_changes_its_own_figures_only(
    deliveries: Deliveries, figures: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """One more answer "4" in one unit of Alingsås: the question's share, or the unit's and the whole's means, and
    nothing else.
    """
    other = Deliveries(tmp_path)
    write_survey_extracts(other.inbox)
    path = other.inbox / "1489-alingsas" / "survey" / "brukarundersokning_2024.csv"
    changed(path, path.parent, lambda rows: rows[0].update(antal_positiva=str(int(rows[0]["antal_positiva"]) + 1)))
    other.take_in("survey")
    query = "select municipality_id, indicator_id, org_unit, gender, cast(period_end as varchar), value from intermediate.int_survey__value"
    before, after = (
        set(con.execute(query).fetchall())
        for con in (figures, other.build(["path:models/staging/survey", "path:models/intermediate/survey"]))
    )
    assert {row[:5] for row in before ^ after} == {
        ("1489", "sabo_can_raise_complaints_share", None, "T", "2024-12-31"),
        ("1489", "sabo_can_raise_complaints_share", "brogarden", "T", "2024-12-31"),
    }
