"""The region's reports: rules on their own faults, the means as printed, and what they stand beside."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from demo.region_report import write_region_report_extracts
from testkit.deliveries import Cells, Deliveries, changed
from testkit.small_extracts import accepted

pytestmark = pytest.mark.slow

Change = Callable[[list[Cells]], object]
MODELS, UNTESTED = ("+int_own__figure",), ("resource_type:test", "resource_type:unit_test")
"""The models' own tests are run by the build of everything; here they would be most of the time."""
OWN = "1489"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's files as delivered, to be spoilt."""
    inbox = tmp_path_factory.mktemp("files")
    write_region_report_extracts(inbox)
    return inbox / "1489-alingsas" / "region_report"


def deliver(root: Path) -> Deliveries:
    """The demonstration's reports, and one patient of municipal primary care in the own municipality's records."""
    made = Deliveries(root)
    written = write_region_report_extracts(made.inbox)
    outcomes = made.take_in("region_report")
    assert [outcome.state for outcome in outcomes] == ["accepted"] * len(written), made.said
    assert not [finding for outcome in outcomes for finding in outcome.findings]
    patients = made.inbox / "1489-alingsas" / "care" / "patienter_2024.csv"
    patients.parent.mkdir(parents=True)
    numbers = ("19400101-9803", "19400102-9802", "19400103-9801", "19400104-9800", "19400105-9809")
    rows = "".join(f"1489;2024;{number};sjuksköterska;3\n" for number in numbers)
    patients.write_text("kommun;ar;personnummer;profession;atgarder\n" + rows, encoding="utf-8")
    assert [outcome.state for outcome in made.take_in("care")] == ["accepted"], made.said
    return made


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    return deliver(tmp_path_factory.mktemp("region_report"))


@pytest.fixture(scope="module")
def build(deliveries: Deliveries) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build file with all own figures."""
    with deliveries.build(MODELS, exclude=UNTESTED) as con:
        yield con


def of(rows: list[Cells], **cells: str) -> Cells:
    """The first row with these cells."""
    return next(row for row in rows if all(row[name] == cell for name, cell in cells.items()))


def spoil(change: dict[str, str], **cells: str) -> Change:
    """Change the first row with these cells."""
    return lambda rows: of(rows, **cells).update(change)


FAULTS: tuple[tuple[str, Change], ...] = (
    ("G101", lambda rows: rows.append(dict(rows[3]))),
    ("G104", spoil({"nyckeltal": "okant"}, nyckeltal="kpv_80_share")),
    ("RR101", spoil({"medlem": "14010"}, nyckeltal="kpv_80_share", medlem="1401")),
    ("RR101", spoil({"medlem": "1401"}, omfattning="regionmedel")),
    ("RR101", spoil({"medlem": "1401"}, omfattning="riksmedel")),
    ("RR102", spoil({"varde": "2800"}, nyckeltal="kpv_80_share", medlem="1401")),
    ("RR103", spoil({"vagning": ""}, omfattning="regionmedel")),
    ("RR103", spoil({"antal": ""}, omfattning="regionmedel")),
    ("RR103", spoil({"vagning": ""}, omfattning="riksmedel")),
    ("RR103", spoil({"antal": ""}, omfattning="riksmedel")),
    ("RR104", lambda rows: rows.__setitem__(slice(None), [row for row in rows if row["medlem"] != OWN])),
    ("RR105", spoil({"vagning": "ovägt"}, omfattning="regionmedel")),
    ("RR106", spoil({"specialisering": "demens"}, nyckeltal="kpv_80_share", medlem="1401")),
    ("RR107", spoil({"befattning": "underskoterska"}, nyckeltal="kpv_80_share", medlem="1401")),
)
TESTED_APART = {"RR108"}
"""Needs Kolada's catalogue in force."""


@pytest.mark.parametrize(
    ("rule", "change"), FAULTS, ids=[f"{number}-{rule}" for number, (rule, _) in enumerate(FAULTS)]
)
def test_a_fault_turns_its_rule_red_and_no_other(
    deliveries: Deliveries, files: Path, tmp_path: Path, rule: str, change: Change
) -> None:
    assert deliveries.broken_rules(
        "region_report", OWN, changed(files / "nyckeltal_regionen_2024.csv", tmp_path, change)
    ) == {rule}


def test_a_member_that_no_catalogue_knows_is_rejected(files: Path, tmp_path: Path) -> None:
    """Once Kolada's catalogue is in force; until then any id of four digits passes."""
    made = Deliveries(tmp_path)
    accepted(made.lake, "kolada", "municipality", "all")

    def rename(rows: list[Cells]) -> None:
        ids = {row["medlem"] for row in rows if row["medlem"]} - {OWN}
        names = {member: f"12{number:02d}" for number, member in enumerate(sorted(ids))} | {OWN: OWN, "": ""}
        for row in rows:
            row["medlem"] = names[row["medlem"]]

    def misspell(rows: list[Cells]) -> None:
        rename(rows)
        of(rows, medlem="1203")["medlem"] = "9999"

    file = files / "nyckeltal_regionen_2024.csv"
    assert made.broken_rules("region_report", OWN, changed(file, tmp_path / "known", rename)) == set()
    assert made.broken_rules("region_report", OWN, changed(file, tmp_path / "unknown", misspell)) == {"RR108"}


def test_same_bytes_every_time(files: Path, tmp_path: Path) -> None:
    assert [path.read_bytes() for path in write_region_report_extracts(tmp_path)] == [
        path.read_bytes() for path in sorted(files.iterdir())
    ]


TURNOVER, SICK = "turnover_excl_pension_by_occupation", "sick_leave_monthly_by_occupation"
# Genomlysning 2.2-2.5: (indicator, breakdown, occupation, year): own value, the region's mean, as printed.
PRINTED: dict[tuple[str, str | None, str | None, int], tuple[str | None, str | None]] = {
    ("kpv_cost_per_patient", None, None, 2023): ("108711", "121806"),
    ("kpv_cost_per_inhabitant_80", None, None, 2023): ("55631", "65485"),
    ("kpv_80_share", None, None, 2017): ("39", None),
    ("kpv_80_share", None, None, 2024): ("28", "27"),
    ("kpv_satisfied_share", None, None, 2024): ("75", "83"),
    ("percci_s_score", None, None, 2024): ("57.2", "58.4"),
    ("kpv_nurses_specialist_share", None, None, 2024): ("14", "22"),
    ("kpv_rehab_specialist_share", None, None, 2024): ("0", "4"),
    ("eu_sabo_adequate_education_share", None, None, 2024): ("80", "76"),
    ("kpv_patients", None, None, 2018): ("1381", None),
    ("kpv_patients", "area=region", None, 2024): ("26000", None),
    ("kpv_patients", "area=nation", None, 2024): ("400000", None),
    (TURNOVER, None, "underskoterska", 2024): ("8.8", "9.2"),
    (TURNOVER, None, "socialsekreterare", 2024): ("10.2", "10.3"),
    (TURNOVER, None, "stodassistent", 2024): ("5.3", "9.1"),
    (SICK, None, "underskoterska", 2024): ("10.2", "12.1"),
    (SICK, None, "socialsekreterare", 2024): ("13.0", "6.7"),
    (SICK, None, "stodassistent", 2024): ("11.1", "12.7"),
}
for _name, _text in {
    "distriktsskoterska": "7",
    "vard_av_aldre": "1",
    "demens": "1",
    "psykiatri": "0",
    "palliativ_vard": "0",
    "ovrig": "5",
}.items():
    PRINTED["kpv_nurses_specialist_share", f"specialisation={_name}", None, 2024] = (_text, None)


def printed(value: float, like: str) -> str:
    """Rounded as reports do, half away from zero, to as many decimals as `like`."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-len(like.partition(".")[2])), ROUND_HALF_UP))


def test_own_values_and_regional_means_are_the_printed_ones(build: duckdb.DuckDBPyConnection) -> None:
    rows = build.execute(
        "select indicator_id, breakdown, staff_group, year(period_end), value, region_mean from intermediate.int_own__figure "
        "where municipality_id = ? and period_grain = 'year'",
        [OWN],
    ).fetchall()
    figures = {row[:4]: row[4:] for row in rows}
    assert len(figures) == len(rows)
    found = {
        key: tuple(text and printed(number, text) for text, number in zip(texts, figures[key], strict=True))
        for key, texts in PRINTED.items()
    }
    assert found == PRINTED


def test_the_means_are_those_of_the_delivered_members(build: duckdb.DuckDBPyConnection, files: Path) -> None:
    """Unweighted over the rows of the files, read by hand; the report's own mean where it was weighted or has no
    members.
    """
    members: dict[tuple[str, ...], list[float]] = defaultdict(list)
    told: dict[tuple[str, ...], float] = {}
    for path in files.iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                key = (
                    row["nyckeltal"],
                    row["specialisering"] and f"specialisation={row['specialisering']}",
                    row["befattning"],
                    row["ar"],
                )
                if row["omfattning"] == "kommun":
                    members[key].append(float(row["varde"].replace(",", ".")))
                elif row["omfattning"] == "regionmedel":
                    told[key] = float(row["varde"].replace(",", "."))
    expected = {key: (sum(values) / len(values), len(values)) for key, values in members.items()} | {
        key: (value, None) for key, value in told.items()
    }
    rows = build.execute(
        "select indicator_id, coalesce(breakdown, ''), coalesce(staff_group, ''), cast(year as varchar), region_mean, region_count "
        "from intermediate.int_region_report__mean"
    ).fetchall()
    assert {row[:4]: row[5] for row in rows} == {key: count for key, (_, count) in expected.items()}
    assert {row[:4]: row[4] for row in rows} == pytest.approx({key: mean for key, (mean, _) in expected.items()})
    assert set(told) == {("kpv_rehab_specialist_share", "", "", "2024"), ("percci_score", "", "", "2023")}


def test_the_nation_s_mean_is_the_delivered_one(build: duckdb.DuckDBPyConnection) -> None:
    """Genomlysning 2.5: 73 in the column of all municipalities, none in that of similar ones; and never the series that
    Kolada ended.
    """
    rows = build.execute(
        "select municipality_id, national_mean, national_count, similar_mean from intermediate.int_own__figure "
        "where indicator_id = 'eu_sabo_adequate_education_share' order by municipality_id"
    ).fetchall()
    assert len(rows) == 13 and [row[1:] for row in rows if row[0] == OWN] == [(73, None, None)]
    assert {row[1:] for row in rows if row[0] != OWN} == {(None, None, None)}
    assert build.execute(
        "select count(*) from intermediate.int_own__figure where indicator_id = 'U23495'"
    ).fetchone() == (0,)
    others = "select count(*) from intermediate.int_own__figure where national_mean is not null and indicator_id not like 'eu%'"
    assert build.execute(others).fetchone() == (0,)


def test_members_have_rows_of_their_own(build: duckdb.DuckDBPyConnection) -> None:
    """Härryda 70, Öckerö 35 and the own municipality lowest; rehabilitation: Öckerö 13, Göteborg 6, four of twelve
    above 0.
    """
    shares = {
        indicator: dict(
            build.execute(
                "select municipality_id, value from intermediate.int_own__figure "
                "where indicator_id = ? and breakdown is null and year(period_end) = 2024",
                [indicator],
            ).fetchall()
        )
        for indicator in ("kpv_nurses_specialist_share", "kpv_rehab_specialist_share")
    }
    nurses, rehab = shares.values()
    assert len(nurses) == len(rehab) == 12
    assert sorted(nurses.items(), key=lambda item: -item[1])[:2] == [("1401", 70.0), ("1407", 35.0)]
    assert min(nurses, key=lambda member: nurses[member]) == OWN
    assert sorted(rehab.items(), key=lambda item: -item[1])[:2] == [("1407", 13.0), ("1480", 6.0)]
    assert len([value for value in rehab.values() if value > 0]) == 4


def test_own_rows_come_before_what_the_report_repeats(build: duckdb.DuckDBPyConnection) -> None:
    """Five patients in the records: one row of the own municipality, and the report's mean beside it is still of what
    was reported.
    """
    rows = build.execute(
        "select value, source like '%verksamhetssystemet', region_count from intermediate.int_own__figure "
        "where indicator_id = 'kpv_patients' and municipality_id = ? and breakdown is null and year(period_end) = 2024",
        [OWN],
    ).fetchall()
    assert rows == [(5.0, True, 12)]
    [(reported, source)] = build.execute(
        "select value, source from intermediate.int_own__figure "
        "where indicator_id = 'kpv_patients' and municipality_id = ? and breakdown is null and year(period_end) = 2018",
        [OWN],
    ).fetchall()
    assert reported == 1381 and source.startswith("Källa:")


def test_one_member_s_value_changes_its_own_figure_and_the_mean(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    again = Deliveries(tmp_path)
    write_region_report_extracts(again.inbox)
    path = again.inbox / "1489-alingsas" / "region_report" / "nyckeltal_regionen_2023.csv"
    changed(path, path.parent, spoil({"varde": "90000"}, nyckeltal="kpv_cost_per_patient", medlem="1401"))
    again.take_in("region_report")
    query = (
        "select municipality_id, indicator_id, breakdown, staff_group, period_end, value, region_mean "
        "from intermediate.int_own__figure where source like '%regionens%'"
    )
    before = {row[:5]: row[5:] for row in build.execute(query).fetchall()}
    with again.build(MODELS, exclude=UNTESTED) as con:
        after = {row[:5]: row[5:] for row in con.execute(query).fetchall()}
    moved = {(key[0], key[1], key[4].year) for key in before if after[key] != before[key]}
    assert moved == {("1401", "kpv_cost_per_patient", 2023), (OWN, "kpv_cost_per_patient", 2023)}
