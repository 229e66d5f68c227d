"""The warehouse as a whole: built by dbt from small hand-made sources, its marts held against what the rows say.

Belongs here: Kolada, ledger, shape and description of every model. HR's formulas have their own file.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import duckdb
import pytest
import yaml

from ingestion.configuration.municipality import AccountInterval, Municipality, load_municipalities
from orchestration.dbt import broken_rules
from testkit.warehouse import DBT_PROJECT, failures, run_dbt, write_sources

AS_OF = datetime(2026, 6, 1, 12)
GENERATED = ("__sources.yml", "__models.yml")
INDICATOR_MARTS = ("volumes", "costs", "quality", "staffing")
MART_COLUMNS = [
    "municipality_id",
    "municipality",
    "indicator_id",
    "indicator",
    "service_area",
    "org_unit",
    "staff_group",
    "breakdown",
    "gender",
    "period_start",
    "period_end",
    "period_grain",
    "measure_time",
    "value",
    "numerator",
    "denominator",
    "n",
    "unit",
    "good_direction",
    "series_id",
    "disclosure_class",
    "status",
    "region_mean",
    "region_count",
    "similar_mean",
    "similar_count",
    "national_mean",
    "national_count",
    "national_rank",
    "rank_order",
    "target",
    "previous_value",
    "change",
    "same_period_last_year",
    "series_key",
    "is_preliminary",
    "is_revised",
    "revised_by_load_id",
    "is_suppressed",
    "is_simulated",
    "comparison_is_simulated",
    "source",
    "lineage_id",
]
STATEMENT_COLUMNS = [
    "municipality_id",
    "municipality",
    "year",
    "line_id",
    "line",
    "line_order",
    "is_sum",
    "budget",
    "actual",
    "deviation",
    "previous_actual",
    "change",
    "budget_version",
    "ledger_status",
    "is_preliminary",
    "is_revised",
    "revised_by_load_id",
    "lineage_id",
]
TYPES = {
    **dict.fromkeys(MART_COLUMNS, "VARCHAR"),
    **dict.fromkeys(["period_start", "period_end"], "DATE"),
    **dict.fromkeys(["value", "numerator", "denominator", "region_mean", "similar_mean", "national_mean"], "DOUBLE"),
    **dict.fromkeys(["target", "previous_value", "change", "same_period_last_year"], "DOUBLE"),
    **dict.fromkeys(["n", "region_count", "similar_count", "national_count", "national_rank"], "BIGINT"),
    **dict.fromkeys(
        ["is_preliminary", "is_revised", "is_suppressed", "is_simulated", "comparison_is_simulated"], "BOOLEAN"
    ),
}

# Kolada: the value of U23401 (low is best, äldreomsorg) by unit in 2022; one member of the region lacks a value.
REGION = {"1489": 74.0, "1480": 50.0, "1402": None, "1384": 41.5}
SIMILAR = {"0486": 60.0, "0604": 44.0, "2581": 31.0}
OTHERS = {f"0{number}": float(number % 37) for number in range(700, 810)}
NO_MUNICIPALITIES = {"0000": 55.0, "0014": 12.0}


def seeded(seed: str) -> int:
    """How many indicators the seed lists."""
    with (DBT_PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


KOLADA, OWN = seeded("kolada_indicators"), seeded("own_indicators")


@pytest.fixture(scope="module")
def alingsas() -> Municipality:
    return load_municipalities(DBT_PROJECT.parent / "municipalities")["1489"]


def loads() -> list[dict[str, Any]]:
    """The loads in force of the fixture."""
    kinds = [
        ("k1", "kolada", "data", "all", "all"),
        ("k2", "kolada", "data", "all", "all"),
        ("kc", "kolada", "kpi", "all", "all"),
        ("km", "kolada", "municipality", "all", "all"),
        ("kg", "kolada", "municipality_groups", "all", "all"),
        ("b24", "ledger", "budget", "1489", "2024"),
        ("f04", "ledger", "forecast", "1489", "2024-04"),
        ("t23", "ledger", "transactions", "1489", "2023-01"),
        ("t24", "ledger", "transactions", "1489", "2024-01"),
    ]
    return [
        {
            "load_id": load_id,
            "sequence": sequence,
            "source": source,
            "table_name": table,
            "municipality_id": municipality,
            "period": period,
            "content_hash": load_id,
            "file": "f",
            "received_at": AS_OF,
            "accepted_at": AS_OF,
            "rows": 1,
            "is_simulated": False,
            "warnings": 0,
        }
        for sequence, (load_id, source, table, municipality, period) in enumerate(kinds, start=1)
    ]


def kolada_rows() -> dict[str, list[dict[str, Any]]]:
    def value(
        municipality: str, year: int, number: float | None, load_id: str = "k1", gender: str = "T", **more: Any
    ) -> dict[str, Any]:
        return {
            "kpi_id": "U23401",
            "municipality_id": municipality,
            "year": year,
            "gender": gender,
            "value": number,
            "count": 1,
            "status": "",
            "is_deleted": False,
            "source_row": 1,
            "load_id": load_id,
            **more,
        }

    everyone = {**REGION, **SIMILAR, **OTHERS, **NO_MUNICIPALITIES}
    data = [value(municipality, 2022, number) for municipality, number in everyone.items()]
    data += [
        value("1489", 2020, 88.0),
        value("1489", 2021, 49.0),
        value("1489", 2022, 70.0, gender="K"),
        value("1480", 2021, 7.0),
        value("1480", 2021, None, "k2", is_deleted=True),
        value("1402", 2021, 38.0),
        value("1402", 2021, 39.0, "k2"),
        value("1489", 2025, 30.0, status="simulated"),
        value("G96190", 2022, 55.17),
    ]
    units = [
        {"municipality_id": m, "title": f"Unit {m}", "type": "L" if m in NO_MUNICIPALITIES else "K"} for m in everyone
    ]
    members = [("G96190", m) for m in REGION] + [("G176486", m) for m in SIMILAR]
    return {
        "kolada_data": data,
        "kolada_municipality": units,
        "kolada_municipality_groups": [
            {"group_id": g, "group_title": g, "member_id": m, "member_title": m} for g, m in members
        ],
        "kolada_kpi": [
            {
                "kpi_id": "U23401",
                "title": "Väntetid",
                "publication_period": "2025",
                "prel_publication_date": "2026-05-04",
                "publication_date": "2026-09-30",
            }
        ],
    }


def ledger_rows() -> dict[str, list[dict[str, Any]]]:
    """2023: twelve months; 2024: January and the closing entries, with an account and a cost centre that nobody has
    mapped.
    """

    def posting(
        row: int,
        period: str,
        account: str,
        amount: str,
        cost_centre: str = "71100",
        accounting_period: str | None = None,
    ) -> dict[str, Any]:
        return {
            "municipality_id": "1489",
            "period": period,
            "voucher_series": "L",
            "voucher": f"{row}",
            "voucher_row": 1,
            "posting_date": f"{period}-15",
            "accounting_period": accounting_period or period.replace("-", ""),
            "account": account,
            "cost_centre": cost_centre,
            "amount": amount,
            "is_internal": False,
            "load_id": f"t{period[2:4]}",
        }

    def decision(version: str, account: str, amount: str, cost_centre: str = "71100") -> dict[str, Any]:
        return {
            "municipality_id": "1489",
            "year": "2024",
            "version": version,
            "month": "2024-01",
            "account": account,
            "cost_centre": cost_centre,
            "amount": amount,
            "load_id": "b24",
        }

    forecast = {"municipality_id": "1489", "period": "2024-04", "made_on": "2024-05-10", "load_id": "f04"}
    return {
        "ledger_transactions": [
            *(posting(month, f"2023-{month:02}", "5010", "1000.00") for month in range(1, 13)),
            posting(13, "2023-12", "3010", "-400.05"),
            posting(14, "2024-01", "5010", "900.40"),
            posting(15, "2024-01", "5010", "100.10", cost_centre="72000"),
            posting(16, "2024-01", "8990", "3.00"),
            posting(17, "2024-01", "9010", "-1500.00", cost_centre="99999"),
            posting(18, "2024-01", "1930", "12345.00"),
            posting(19, "2024-12", "3010", "-20.00", accounting_period="202413"),
        ],
        "ledger_budget": [
            decision("kf-budget", "5010", "800.00"),
            decision("tilläggsanslag", "5010", "50.50"),
            decision("kf-budget", "9010", "-850.50"),
        ],
        "ledger_forecast": [{**forecast, "department": "hemtjanst", "line_id": "personnel_costs", "amount": "9000.00"}],
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, alingsas: Municipality) -> Path:
    """A build of Kolada's and the ledger's rows, HR empty, with every data test and unit test passed."""
    build = tmp_path_factory.mktemp("built") / "warehouse.duckdb"
    write_sources(build, {"1489": alingsas}, {**kolada_rows(), **ledger_rows(), "loads": loads()}, AS_OF)
    assert failures(run_dbt(build, "build", "--quiet")) == []
    return build


@pytest.fixture
def con(built: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(built), read_only=True) as connection:
        yield connection


def one(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, Any]:
    """The single row of `query`, by column."""
    cursor = con.execute(query)
    rows = cursor.fetchall()
    assert len(rows) == 1, rows
    return dict(zip([column[0] for column in cursor.description], rows[0], strict=True))


# Shape


@pytest.mark.parametrize("mart", INDICATOR_MARTS)
def test_indicator_marts_share_one_shape(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    described = [(name, kind) for name, kind, *_ in con.execute(f"describe marts.{mart}").fetchall()]
    assert described == [(name, TYPES[name]) for name in MART_COLUMNS]


def test_view_over_the_marts(con: duckdb.DuckDBPyConnection) -> None:
    assert [name for name, *_ in con.execute("describe marts.indicators").fetchall()] == ["domain", *MART_COLUMNS]
    in_view = dict(con.execute("select domain, count(*) from marts.indicators group by domain").fetchall())
    for mart in INDICATOR_MARTS:
        (rows,) = con.execute(f"select count(*) from marts.{mart}").fetchone() or (None,)
        assert in_view.get(mart, 0) == rows
    assert set(in_view) == {"costs", "quality"}  # costs: what the ledger says in single figures


def test_operating_statement_has_its_columns(con: duckdb.DuckDBPyConnection) -> None:
    assert [name for name, *_ in con.execute("describe marts.operating_statement").fetchall()] == STATEMENT_COLUMNS


def test_every_model_and_column_is_described_and_typed(built: Path, con: duckdb.DuckDBPyConnection) -> None:
    manifest = json.loads((built.parent / "target" / "manifest.json").read_text(encoding="utf-8"))
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert len(nodes) > 60
    for node in nodes:
        name = f"{node['schema']}.{node['name']}"
        assert node["description"], f"{name} has no description"
        in_build = [column for column, *_ in con.execute(f"describe {name}").fetchall()]
        assert list(node["columns"]) == in_build, name
        for column in node["columns"].values():
            assert column["description"] and "TODO" not in column["description"], (
                f"{name}.{column['name']} has no description"
            )
        if node["schema"] in ("marts", "meta"):
            assert node["config"]["contract"]["enforced"], name


def test_comments_are_in_the_database(con: duckdb.DuckDBPyConnection) -> None:
    missing = con.execute(
        "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() "
        "where schema_name in ('marts', 'meta') and coalesce(comment, '') = ''"
    ).fetchall()
    assert missing == []


def test_every_model_is_described_in_one_file() -> None:
    """The one beside it, which holds its unit tests too, the file of the shapes that many models share, or what is
    generated for its source.
    """
    shared = DBT_PROJECT / "models" / "_figures.yml"
    models = {path.stem: path.with_suffix(".yml") for path in (DBT_PROJECT / "models").rglob("*.sql")}
    described = []
    for path in (DBT_PROJECT / "models").rglob("*.yml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        described += [model["name"] for model in content.get("models", ())]
        if path.name.endswith(GENERATED):
            continue
        assert path in (shared, *models.values()), path
        assert {model["name"] for model in content.get("models", ())} <= {path.stem} or path == shared, path
        assert {test["model"] for test in content.get("unit_tests", ())} <= {path.stem}, path
    assert sorted(described) == sorted(models)


def test_a_column_is_described_once() -> None:
    """A text that two columns share is a block of columns.md, or an anchor of the shapes' file; blocks are used and
    differ.
    """
    files = [*(DBT_PROJECT / "models").rglob("*.yml"), *(DBT_PROJECT / "seeds").glob("*.yml")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if not path.name.endswith(GENERATED))
    entries = re.findall(
        r"^ +(?:- )?(?:&\w+ )?\{name: .*?description: (\"(?:[^\"\\\\]|\\\\.)*\")", text, flags=re.MULTILINE
    )
    literal = Counter(entry for entry in entries if "{{ doc(" not in entry)
    assert len(entries) > 1000 and [entry for entry, times in literal.items() if times > 1] == []
    blocks = dict(
        re.findall(
            r"{% docs (\w+) %}(.*){% enddocs %}", (DBT_PROJECT / "models" / "columns.md").read_text(encoding="utf-8")
        )
    )
    assert set(re.findall(r"doc\('(\w+)'\)", text)) == set(blocks)
    assert len(set(blocks.values())) == len(blocks)
    assert not {json.dumps(block, ensure_ascii=False) for block in blocks.values()} & set(literal)


# Kolada


def test_means_and_rank_are_those_of_the_rows(con: duckdb.DuckDBPyConnection) -> None:
    row = one(
        con, "select * from marts.quality where municipality_id = '1489' and period_end = '2022-12-31' and gender = 'T'"
    )
    in_region = [value for value in REGION.values() if value is not None]
    in_sweden = [value for value in {**REGION, **SIMILAR, **OTHERS}.values() if value is not None]
    assert row["value"] == 74.0
    assert (row["region_mean"], row["region_count"]) == (pytest.approx(fmean(in_region)), len(in_region))
    assert (row["similar_mean"], row["similar_count"]) == (pytest.approx(fmean(SIMILAR.values())), len(SIMILAR))
    assert (row["national_mean"], row["national_count"]) == (pytest.approx(fmean(in_sweden)), len(in_sweden))
    assert row["national_rank"] == 1 + sum(value < 74.0 for value in in_sweden)
    assert (row["previous_value"], row["change"], row["same_period_last_year"]) == (49.0, 25.0, 49.0)
    assert (row["rank_order"], row["series_key"]) == ("best", "U23401|1489|T|year|period|||")
    assert (row["source"], row["lineage_id"], row["unit"], row["good_direction"]) == (
        "Källa: Kolada",
        "kolada:k1",
        "dagar",
        "low",
    )
    assert not any(row[flag] for flag in TYPES if flag.startswith("is_") or flag == "comparison_is_simulated")


def test_regions_and_riket_have_rows_without_groups_and_rank(con: duckdb.DuckDBPyConnection) -> None:
    row = one(con, "select * from marts.quality where municipality_id = '0000'")
    assert row["value"] == 55.0
    assert [
        row[column] for column in ("region_mean", "region_count", "similar_mean", "similar_count", "national_rank")
    ] == [None] * 5
    assert row["national_count"] > 100


def test_log_of_changes(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute(
        "select count(*) from marts.quality where municipality_id = '1480' and period_end = '2021-12-31'"
    ).fetchone() == (0,)
    row = one(con, "select * from marts.quality where municipality_id = '1402' and period_end = '2021-12-31'")
    assert (row["value"], row["is_revised"], row["revised_by_load_id"], row["lineage_id"]) == (
        39.0,
        True,
        "k2",
        "kolada:k2",
    )


def test_preliminary_and_simulated_are_marked(con: duckdb.DuckDBPyConnection) -> None:
    row = one(con, "select * from marts.quality where period_end = '2025-12-31'")
    assert (row["is_preliminary"], row["is_simulated"], row["comparison_is_simulated"], row["status"]) == (
        True,
        True,
        True,
        "simulated",
    )
    assert row["previous_value"] is None


def test_kolada_groups_are_no_units(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("select count(*) from marts.indicators where municipality_id like 'G%'").fetchone() == (0,)


def test_dimensions(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "select * from marts.dim_comparison_group where group_id = 'G176486'")["member_count"] == len(
        SIMILAR
    )
    members = con.execute(
        "select member_id from marts.dim_comparison_group_member where kind = 'region' order by 1"
    ).fetchall()
    assert members == [(m,) for m in sorted(REGION)]
    assert one(con, "select count(*) as n, count(formula) as own from marts.dim_indicator") == {
        "n": KOLADA + OWN,
        "own": OWN,
    }
    assert one(con, "select * from marts.dim_municipality where municipality_id = '1489'")["is_configured"]


# Ledger


def test_statement_adds_up_with_unmapped_kept_apart(con: duckdb.DuckDBPyConnection) -> None:
    columns = "line_id, budget, actual, deviation, previous_actual, change"
    rows = con.execute(f"select {columns} from marts.operating_statement where year = 2024").fetchall()
    statement = {row[0]: row[1:] for row in rows}
    assert statement["personnel_costs"] == pytest.approx((-850.5, -1000.5, -150.0, -12000.0, 10999.5))
    assert statement["income"] == pytest.approx((0.0, 20.0, 20.0, 400.05, -380.05))
    assert statement["municipal_grant"] == pytest.approx((850.5, 1500.0, 649.5, 0.0, 1500.0))
    assert statement["total_costs"] == statement["personnel_costs"]
    assert statement["result"] == pytest.approx((0.0, 519.5, 519.5, -11599.95, 12119.45))
    assert statement["unmapped"] == pytest.approx((0.0, -3.0, -3.0, 0.0, -3.0))
    columns = "budget_version, ledger_status, is_preliminary, lineage_id"
    header = one(con, f"select distinct {columns} from marts.operating_statement where year = 2024")
    assert tuple(header.values()) == ("kf-budget + tilläggsanslag", "closed", False, "ledger:1489:2024")
    without_budget = one(
        con, "select distinct ledger_status, budget, deviation from marts.operating_statement where year = 2023"
    )
    assert tuple(without_budget.values()) == ("open", None, None)


def test_statement_by_unit(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select line_id, org_unit, actual, org_unit_name, forecast from marts.operating_statement_by_unit where year = 2024"
    ).fetchall()
    statement = {(line, unit): figures for line, unit, *figures in rows}
    assert statement["personnel_costs", "hemtjanst"] == [-900.4, "Hemtjänst", -9000.0]
    assert statement["net_costs", "hemtjanst"] == [-880.4, "Hemtjänst", -9000.0]
    assert statement["personnel_costs", "aldreboende"] == [-100.1, "Äldreboende", None]
    assert statement["municipal_grant", "unmapped"] == [1500.0, "Ansvar utan avdelning", None]


def test_ledger_monthly(con: duckdb.DuckDBPyConnection) -> None:
    december = one(con, "select * from marts.ledger_monthly where month = '2023-12-01' and line_id = 'personnel_costs'")
    assert (december["actual"], december["actual_ytd"], december["budget"]) == (-1000.0, -12000.0, None)
    closing = one(con, "select * from marts.ledger_monthly where month = '2024-12-01' and line_id = 'income'")
    assert (closing["actual"], closing["closing_entries"], closing["account_group"]) == (20.0, 20.0, "Intäkter")


def test_lineage_leads_to_loads(con: duckdb.DuckDBPyConnection) -> None:
    behind = {
        load
        for (load,) in con.execute(
            "select load_id from meta.figure_loads where lineage_id = 'ledger:1489:2024'"
        ).fetchall()
    }
    assert behind == {"b24", "f04", "t23", "t24"}
    for mart in ("indicators", "operating_statement", "operating_statement_by_unit", "ledger_monthly"):
        orphans = con.execute(
            f"select count(*) from marts.{mart} as m left join meta.figure_loads as f on m.lineage_id = f.lineage_id "
            "left join meta.loads as l on f.load_id = l.load_id where l.load_id is null"
        ).fetchone()
        assert orphans == (0,), mart


def test_unmapped_accounts_are_seen(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("select account from marts.dim_account where not is_mapped").fetchall() == [("8990",)]


# Whatever is missing, and whatever is wrong


def test_nothing_delivered_at_all_builds(tmp_path: Path, alingsas: Municipality) -> None:
    build = tmp_path / "warehouse.duckdb"
    write_sources(build, {"1489": alingsas}, {}, AS_OF)
    result = run_dbt(build, "build", "--quiet", "--exclude-resource-type", "unit_test")
    assert failures(result) == []
    with duckdb.connect(str(build), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.indicators").fetchone() == (0,)
        assert connection.execute("select count(*) from marts.operating_statement").fetchone() == (0,)
        assert connection.execute("select count(*) from marts.dim_indicator").fetchone() == (KOLADA + OWN,)


def test_overlapping_intervals_fail_the_build(tmp_path: Path, alingsas: Municipality) -> None:
    overlap = AccountInterval(first="5000", last="5099", line="other_costs", account_group="Övrig drift")
    build = tmp_path / "warehouse.duckdb"
    write_sources(
        build, {"1489": alingsas.model_copy(update={"accounts": (*alingsas.accounts, overlap)})}, ledger_rows(), AS_OF
    )
    result = run_dbt(build, "build", "--quiet", "--exclude-resource-type", "unit_test", "-s", "+int_ledger__account")
    assert any(failure.startswith("int_ledger__account_rules: ") for failure in failures(result))
    told = "municipality_id, account identify more than one row: 1, for example municipality_id 1489, account 5010"
    assert broken_rules(build, result.result) == {"int_ledger__account_rules": [told]}


def test_a_broken_rule_is_told_with_its_columns_rows_and_an_example(tmp_path: Path, built: Path) -> None:
    """One of every kind; what tells of a person (employments, persons) is in no example."""
    build = tmp_path / "warehouse.duckdb"
    shutil.copy(built, build)
    with duckdb.connect(str(build)) as connection:
        connection.execute(
            "update marts.costs set municipality = null, source = ' ', period_grain = 'week', gender = 'X'"
        )
        (rows,) = connection.execute("select count(*) from marts.costs").fetchone() or (0,)
        connection.execute("insert into marts.costs select * from marts.costs")
        for _ in range(2):
            connection.execute(
                "insert into intermediate.int_hr__ordinary_hours by name "
                "select '1489' as municipality_id, date '2024-03-01' as month_start, 'e-secret' as employment_id, "
                "'p-secret' as person_id, 'monthly' as pay_form, -7 as scheduled_hours, -7 as ordinary_hours"
            )
    result = run_dbt(
        build, "test", "--quiet", "-s", "costs_rules", "int_hr__ordinary_hours_rules", "int_hr__ordinary_hours_warnings"
    )
    broken = broken_rules(build, result.result)
    costs = {told.split(":")[0]: told for told in broken.pop("costs_rules")}
    assert rows and {told.split(": ")[1].split(",")[0] for name, told in costs.items() if "more than" not in name} == {
        str(2 * rows)
    }
    assert list(costs) == [
        "municipality is missing",
        "source is missing or blank",
        "period_grain is none of year, tertial, quarter, month, other",
        "gender in ('T', 'K', 'M') does not hold",
        (
            "municipality_id, indicator_id, gender, period_start, period_end, measure_time, org_unit, staff_group, breakdown "
            "identify more than one row"
        ),
    ]
    assert all(", for example municipality_id 1489, indicator_id " in told for told in costs.values())
    twice = "municipality_id, month_start, employment_id identify more than one row: 1"
    example = ", for example municipality_id 1489, month_start 2024-03-01"
    assert broken == {
        "int_hr__ordinary_hours_rules": [f"scheduled_hours is below 0: 2{example}", f"{twice}{example}"],
        "int_hr__ordinary_hours_warnings": [f"ordinary_hours is below 0: 2{example}", f"{twice}{example}"],
    }
    assert [item.node.name for item in result.result if str(item.status) == "warn"] == [
        "int_hr__ordinary_hours_warnings"
    ]


def test_a_model_s_rules_are_one_test() -> None:
    """Of a severity, and beside those only relationships: each test costs dbt more than it costs the database."""
    for path in [*(DBT_PROJECT / "models").rglob("*.yml"), *(DBT_PROJECT / "seeds").glob("*.yml")]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for node in content.get("models") or content.get("seeds") or ():
            model = node["name"]
            names = [test["rules"]["name"] for test in node.get("data_tests", ())]
            assert names in ([], [f"{model}_rules"], [f"{model}_rules", f"{model}_warnings"]), model
            tests_of_columns = [test for column in node["columns"] for test in column.get("data_tests", ())]
            assert {name for test in tests_of_columns for name in test} <= {"relationships"}, model
