"""The training register: rules on their own faults, and the demonstration's participants against what the documents
print.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from demo.hr.people import INVENTED_FIRST_NAMES, INVENTED_LAST_NAMES
from demo.training import write_training_extracts
from testkit.deliveries import Cells, Deliveries, changed

Change = Callable[[list[Cells]], object]
MODELS = ("path:models/staging/training", "path:models/intermediate/training")


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Deliveries:
    """The demonstration's registers, accepted."""
    made = Deliveries(tmp_path_factory.mktemp("training"))
    files = write_training_extracts(made.inbox)
    assert [outcome.state for outcome in made.take_in("training")] == ["accepted"] * len(files), made.said
    return made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's files as delivered, to be spoilt."""
    inbox = tmp_path_factory.mktemp("files")
    write_training_extracts(inbox)
    return inbox


def put(row: int, **cells: str) -> Change:
    return lambda rows: rows[row].update(cells)


def of(programme: str, **cells: str) -> Change:
    return lambda rows: next(row for row in rows if row["program"] == programme).update(cells)


FAULTS: tuple[tuple[str, Change], ...] = (
    ("G101", lambda rows: rows.append(dict(rows[0]))),
    ("G104", put(0, program="okant")),
    ("TR101", put(0, fran="2024-06-01", till="2024-05-01")),
    ("TR102", put(0, fran="2025-01-02", till="")),
    ("TR103", of("äldreomsorgslyftet", utbildning="")),
    ("TR104", of("framstegsjobb", roll="")),
)


@pytest.mark.parametrize(("rule", "change"), FAULTS, ids=[rule for rule, _ in FAULTS])
def test_a_fault_turns_its_rule_red_and_no_other(
    deliveries: Deliveries, files: Path, tmp_path: Path, rule: str, change: Change
) -> None:
    delivered = files / "1283-helsingborg" / "training" / "utbildningar_2024.csv"
    assert deliveries.broken_rules("training", "1283", changed(delivered, tmp_path, change)) == {rule}


def test_people_are_invented_and_the_bytes_the_same_each_time(files: Path, tmp_path: Path) -> None:
    again = {path.relative_to(tmp_path): path.read_bytes() for path in write_training_extracts(tmp_path)}
    assert again == {path.relative_to(files): path.read_bytes() for path in files.rglob("*.csv")}
    for content in again.values():
        for line in content.decode().splitlines()[1:]:
            _, _, number, name, *_ = line.split(";")
            last, first = name.split(", ")
            assert last in INVENTED_LAST_NAMES and first in INVENTED_FIRST_NAMES and 980 <= int(number[9:12]) <= 999


PRINTED = {
    ("1489", "aldreomsorgslyftet_trained_persons", "education=underskoterska", 2024): 60,  # "cirka 60"
    ("1489", "aldreomsorgslyftet_trained_persons", "cumulative_since=2021", 2024): 197,  # "närmare 200"
    ("1283", "aldreomsorgslyftet_trained_persons", None, 2024): 206,  # "drygt 200"
    ("1283", "aldreomsorgslyftet_trained_persons", "education=underskoterska", 2024): 46,
    ("1283", "aldreomsorgslyftet_trained_persons", "education=specialistunderskoterska", 2024): 20,
    ("1283", "aldreomsorgslyftet_trained_persons", "education=handledare_sprakombud", 2024): 134,
    ("1283", "language_champions", None, 2022): 28,
    ("1283", "language_champions", None, 2023): 85,
    ("1283", "language_champions", None, 2024): 116,
    ("1283", "framstegsjobb_persons", None, 2024): 64,
    ("1283", "framstegsjobb_persons", "role=avdelningsassistent", 2024): 59,
    ("1283", "framstegsjobb_persons", "role=resursperson", 2024): 5,
    ("1283", "nutrition_training_persons", None, 2024): 330,
}


@pytest.mark.slow
def test_the_printed_figures_come_out_of_the_participants(deliveries: Deliveries, tmp_path: Path) -> None:
    query = (
        "select municipality_id, indicator_id, breakdown, year(period_end), value from intermediate.int_training__value"
    )
    con = deliveries.build(MODELS)
    values = {tuple(key): value for *key, value in con.execute(query).fetchall()}
    assert {key: values[key] for key in PRINTED} == PRINTED
    loads = dict(
        con.execute("select lineage_id, count(*) from intermediate.int_training__figure_loads group by 1").fetchall()
    )
    assert loads["training:1489:2021:2024"] == 4 and loads["training:1283:2024:2024"] == 1
    # one participant less: the programme's own figures, and nothing else
    other = Deliveries(tmp_path)
    write_training_extracts(other.inbox)
    path = other.inbox / "1283-helsingborg" / "training" / "utbildningar_2024.csv"
    changed(path, path.parent, lambda rows: rows.remove(next(row for row in rows if row["roll"] == "resursperson")))
    other.take_in("training")
    after = {tuple(key): value for *key, value in other.build(MODELS).execute(query).fetchall()}
    assert {key: (value, after.get(key)) for key, value in values.items() if after.get(key) != value} == {
        ("1283", "framstegsjobb_persons", None, 2024): (64, 63),
        ("1283", "framstegsjobb_persons", "role=resursperson", 2024): (5, 4),
    }


@pytest.mark.slow
def test_no_personal_data_is_kept(deliveries: Deliveries) -> None:
    for load in deliveries.lake.loads():
        columns = [name for name, *_ in duckdb.sql(f"describe select * from read_parquet('{load.parquet}')").fetchall()]
        assert "person_id" in columns and "person" not in columns and "name" not in columns
