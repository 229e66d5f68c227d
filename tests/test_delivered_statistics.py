"""What is delivered as statistics: rules on their own faults, and the demonstration's extracts against what the
documents print.

The sources population, kpb, support_need, homecare_index and local_counts; the region's reports have a file of their
own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from demo.homecare_index import write_homecare_index_extracts
from demo.kpb import write_kpb_extracts
from demo.local_counts import write_local_counts_extracts
from demo.population import write_population_extracts
from demo.support_need import write_support_need_extracts
from ingestion.contracts import SOURCES, tables
from ingestion.contracts.local_counts import INDICATORS
from testkit.deliveries import Cells, Deliveries, changed

pytestmark = pytest.mark.slow

Change = Callable[[list[Cells]], object]
WRITERS = {
    "population": write_population_extracts,
    "kpb": write_kpb_extracts,
    "support_need": write_support_need_extracts,
    "homecare_index": write_homecare_index_extracts,
    "local_counts": write_local_counts_extracts,
}
MODELS = ("+int_kpb__value", "+int_support_need__value", "+int_homecare_index__value", "+int_local_counts__value")
POPULATION = "stg_population__inhabitant"


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """The demonstration's extracts of all five sources, accepted without a word."""
    made = Deliveries(tmp_path_factory.mktemp("statistics"))
    for source, write in WRITERS.items():
        files = write(made.inbox)
        outcomes = made.take_in(source)
        assert [outcome.state for outcome in outcomes] == ["accepted"] * len(files), made.said
        assert not [finding for outcome in outcomes for finding in outcome.findings]
    return made


@pytest.fixture(scope="module")
def build(deliveries: Deliveries) -> Iterator[duckdb.DuckDBPyConnection]:
    """The build file with the figures of the five sources."""
    with deliveries.build([*MODELS, POPULATION, "+int_own__comparison"]) as con:
        yield con


def put(row: int, **cells: str) -> Change:
    return lambda rows: rows[row].update(cells)


def leave_out(row: int) -> Change:
    return lambda rows: rows.pop(row)


def years_ahead(rows: list[dict[str, str]]) -> None:
    """The inhabitants of a year to come, one more of each."""
    for row in rows:
        row.update(ar=str(date.today().year + 2), folkmangd=str(int(row["folkmangd"]) + 1))


FAULTS: tuple[tuple[str, str, str, Change], ...] = (
    ("1489", "population/folkmangd_1489_2024", "G101", lambda rows: rows.append(dict(rows[3]))),
    ("1489", "population/folkmangd_1489_2024", "G102", put(3, folkmangd="")),
    ("1489", "population/folkmangd_1489_2024", "G104", put(201, kon="T")),
    ("1489", "population/folkmangd_1489_2024", "PO101", leave_out(17)),
    ("1489", "population/folkmangd_1489_2024", "PO102", years_ahead),
    ("1489", "population/folkmangd_1489_2024", "D102", lambda rows: [row.update(folkmangd="0") for row in rows[:30]]),
    ("1489", "kpb/KPB 2023", "G104", put(1, insats="okänd")),
    ("1489", "kpb/KPB 2023", "KP101", put(6, snittkostnad="88,2", kostnad="1743")),
    ("1489", "kpb/KPB 2023", "KP102", put(6, brukare="0")),
    ("1489", "kpb/KPB 2023", "KP103", put(6, kostnad="17430000")),
    ("1489", "kpb/KPB 2023", "KP104", put(6, sfb_intakt="1743001")),
    ("1489", "support_need/stodbehov_2024", "G103", put(3, niva="0", poang="0")),
    ("1489", "support_need/stodbehov_2024", "SN101", put(3, matdatum="2023-12-31")),
    ("1489", "support_need/stodbehov_2024", "SN102", put(3, enhet="okand")),
    ("1489", "support_need/stodbehov_2024", "SN103", put(0, niva="1", poang="99")),
    ("1283", "homecare_index/hemtjanstindex_2024", "HI101", leave_out(2)),
    ("1283", "homecare_index/hemtjanstindex_2024", "HI102", put(1, plats="17")),
    ("1283", "homecare_index/hemtjanstindex_2024", "HI103", put(0, plats="291")),
    ("1283", "local_counts/lokala_rakningar_2024", "LC101", put(0, verksamhetstyp="boda")),
    ("1283", "local_counts/lokala_rakningar_2024", "LC102", put(0, per_antal="3")),
    ("1283", "local_counts/lokala_rakningar_2024", "LC103", put(0, antal="511390")),
)


@pytest.mark.parametrize(
    ("municipality_id", "file", "rule", "change"), FAULTS, ids=[f"{file}-{rule}" for _, file, rule, _ in FAULTS]
)
def test_a_fault_turns_its_rule_red(
    deliveries: Deliveries, tmp_path: Path, municipality_id: str, file: str, rule: str, change: Change
) -> None:
    source = file.split("/", maxsplit=1)[0]
    WRITERS[source](tmp_path / "inbox")
    [delivered] = (tmp_path / "inbox").glob(f"{municipality_id}-*/{file}.csv")
    spoilt = changed(delivered, tmp_path, change, encoding="cp1252" if source == "kpb" else "utf-8")
    if rule == "PO102":
        spoilt = spoilt.rename(spoilt.with_name("folkmangd.csv"))
    assert deliveries.broken_rules(source, municipality_id, spoilt) == {rule}


@pytest.mark.parametrize("source", WRITERS)
def test_same_bytes_every_time(tmp_path: Path, source: str) -> None:
    first, second = WRITERS[source](tmp_path / "first"), WRITERS[source](tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second] != []


def per_age(con: duckdb.DuckDBPyConnection, municipality_id: str, year: int, first: int = 0) -> int:
    [(number,)] = con.execute(
        f"select sum(inhabitants) from staging.{POPULATION} where municipality_id = ? and year = ? and age >= ?",
        [municipality_id, year, first],
    ).fetchall()
    return int(number)


def test_the_population_is_the_one_behind_the_printed_shares(build: duckdb.DuckDBPyConnection) -> None:
    """Genomlysning, 2.5: 684 persons are 26 per cent of 80+ and 950 ten of 65+ (2022); 378 are 0,89 per cent of all
    (2023), 372 0,87.
    """
    assert printed(100 * 684 / per_age(build, "1489", 2022, 80), 0) == "26"
    assert printed(100 * 950 / per_age(build, "1489", 2022, 65), 0) == "10"
    assert printed(100 * 378 / per_age(build, "1489", 2023), 2) == "0.89"
    assert printed(100 * 372 / per_age(build, "1489", 2024), 2) == "0.87"
    assert [per_age(build, "1283", year) for year in (2020, 2021, 2022)] == [149280, 150109, 150975]
    assert [per_age(build, "1489", year) for year in (2020, 2021, 2022)] == [41602, 41853, 42199]


# (municipality, indicator, breakdown, year): the printed text, and what the value is divided by before it is printed.
PRINTED: dict[tuple[str, str, str | None, int], tuple[str, int]] = {
    ("1489", "kpb_pa_users_above_mean", None, 2023): ("43", 1),
    ("1489", "kpb_pa_volume_effect", None, 2023): ("36", 1_000_000),
    ("1489", "kpb_pa_unit_cost_above_mean", None, 2023): ("152", 1_000),
    ("1489", "kpb_pa_price_effect", None, 2023): ("18", 1_000_000),
    ("1283", "homecare_index", None, 2024): ("68.0", 1),
    ("1283", "homecare_index", None, 2023): ("78.7", 1),
    ("1283", "homecare_index_rank", None, 2024): ("116", 1),
    ("1283", "homecare_index_rank", None, 2023): ("4", 1),
    ("1489", "combine_modules_introduced", None, 2024): ("3", 1),
    ("1489", "development_leads_recruited", None, 2024): ("4", 1),
    ("1489", "volunteer_trainings_count", None, 2024): ("2", 1),
    ("1489", "meeting_points_count", None, 2024): ("4", 1),
    ("1489", "meeting_point_branches_count", None, 2024): ("2", 1),
    ("1283", "new_units_opened", "unit_type=gruppbostad", 2024): ("3", 1),
    ("1283", "new_units_opened", "unit_type=boda", 2024): ("2", 1),
    ("1283", "new_units_opened", "unit_type=daglig_verksamhet", 2024): ("2", 1),
    ("1283", "lov_providers_added", None, 2024): ("1", 1),
    ("1283", "mobile_meeting_point_occasions", None, 2024): ("46", 1),
    ("1283", "sabo_taken_over_by_city", None, 2024): ("2", 1),
}
FIVE_YEARS = {
    "meeting_point_visitors": (16226, 13805, 42071, 42388, 51139),
    "digital_inclusion_activities": (14, 13, 25, 75, 51),
    "innovation_ideas": (41, 34, 8, 21, 15),
    "innovation_pilots": (25, 19, 11, 8, 3),
    "innovation_scaleups": (1, 2, 5, 3, 1),
    "digital_locks_installed": (0, 0, 1352, 2423, 5344),
}
for _indicator, _numbers in FIVE_YEARS.items():
    for _year, _number in enumerate(_numbers, start=2020):
        PRINTED["1283", _indicator, None, _year] = (str(_number), 1)


def printed(value: float, decimals: int) -> str:
    """As reports round: half away from zero, on decimals."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def figures(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str | None, int], float]:
    """All values of the four sources that make figures, by municipality, indicator, breakdown and year."""
    union = " union all ".join(f"select * from intermediate.{model.removeprefix('+')}" for model in MODELS)
    rows = con.execute(
        f"select municipality_id, indicator_id, breakdown, year(period_end), value from ({union})"
    ).fetchall()
    made = {row[:4]: row[4] for row in rows}
    assert len(made) == len(rows)
    return made


def test_the_documents_figures_come_out(build: duckdb.DuckDBPyConnection) -> None:
    made = figures(build)
    found = {key: printed(made[key] / unit, len(text.partition(".")[2])) for key, (text, unit) in PRINTED.items()}
    assert found == {key: text for key, (text, _) in PRINTED.items()}


def test_the_index_stands_beside_the_national_mean(build: duckdb.DuckDBPyConnection) -> None:
    """Årsbokslut: 65,5 and 66,4 for all municipalities; 116th of 290. Over, under, near: the sub-indices of 2024."""
    rows = build.execute(
        "select year, breakdown, national_mean, national_count, national_rank from intermediate.int_own__comparison "
        "where national_mean is not null"
    ).fetchall()
    values = dict(
        build.execute("select breakdown, value from staging.stg_homecare_index__result where year = 2024").fetchall()
    )
    means = {(year, breakdown): rest for year, breakdown, *rest in rows}
    assert means[2024, None] == [65.5, 290, 116] and means[2023, None] == [66.4, 290, 4]
    away = {
        part: float(values[f"subindex={part}"]) - means[2024, f"subindex={part}"][0]
        for part in ("information", "bistandshandlaggning", "utforande", "stod_utveckling")
    }
    assert away["information"] > 3 and away["bistandshandlaggning"] < -3
    assert abs(away["utforande"]) < 1 and abs(away["stod_utveckling"]) < 1


def test_support_need_is_the_mean_of_everyones_newest_measurement(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Against the delivered files, read by hand."""
    newest: dict[tuple[str, str, str], tuple[str, float]] = {}
    for path in write_support_need_extracts(tmp_path):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                key = row["ar"], row["insats"], row["personnummer"]
                newest[key] = max(newest.get(key, ("", 0.0)), (row["matdatum"], float(row["poang"].replace(",", "."))))
    expected: dict[tuple[int, str], list[float]] = {}
    for (year, service, _), (_, points) in newest.items():
        expected.setdefault((int(year), f"service={service.replace(' ', '_')}"), []).append(points)
    found = {
        (year, breakdown): value
        for (_, indicator, breakdown, year), value in figures(build).items()
        if indicator == "support_need_level"
    }
    assert found == pytest.approx({key: sum(points) / len(points) for key, points in expected.items()})


ONE_VALUE: tuple[tuple[str, str, Change, set[tuple[str, str | None]]], ...] = (
    (
        "1489",
        "kpb/KPB 2023",
        put(0, kostnad="116700401"),
        {
            ("kpb_cost_per_user", "service=personlig_assistans"),
            ("kpb_pa_unit_cost_above_mean", None),
            ("kpb_pa_price_effect", None),
        },
    ),
    ("1489", "support_need/stodbehov_2024", put(0, poang="1"), {("support_need_level", "service=gruppbostad")}),
    ("1283", "homecare_index/hemtjanstindex_2024", put(0, plats="117"), {("homecare_index_rank", None)}),
    ("1283", "local_counts/lokala_rakningar_2024", put(0, antal="51140"), {("meeting_point_visitors", None)}),
)


def test_one_changed_value_changes_what_depends_on_it_and_nothing_else(
    build: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """One cell in each source; the year and the municipality are those of the file."""
    again, expected = Deliveries(tmp_path), set()
    for write in WRITERS.values():
        write(again.inbox)
    for municipality_id, file, change, depending in ONE_VALUE:
        [path] = again.inbox.glob(f"{municipality_id}-*/{file}.csv")
        changed(path, path.parent, change, encoding="cp1252" if file.startswith("kpb") else "utf-8")
        expected |= {(municipality_id, *key, int(file[-4:])) for key in depending}
    for source in WRITERS:
        again.take_in(source)
    before = figures(build)
    with again.build(MODELS) as con:
        after = figures(con)
    assert before.keys() == after.keys()
    assert {key for key, value in before.items() if after[key] != value} == expected


def test_the_list_of_sources_names_what_there_is_and_every_count() -> None:
    """`docs/sources.md`: where figures come from, and each count that comes in as one, with its reason. Which sources
    and tables there are is for docs/extracts.md to say.
    """
    text = (Path(__file__).parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
    sources, counts = text.split("### Local counts")
    named = re.findall(r"^\| `(\w+)` \|.*", sources, flags=re.MULTILINE)
    assert len(named) >= 19 and set(named) <= set(SOURCES)
    for row in re.findall(r"^\| `\w+` \|.*", sources, flags=re.MULTILINE):
        source = row.split("`")[1]
        assert set(re.findall(r"`(\w+)`:", row)) <= {table.name for table in tables(source)}, row
    assert [indicator for indicator in INDICATORS if f"\n| `{indicator}` |" not in counts] == []
    assert counts.count("\n| `") == len(INDICATORS)
