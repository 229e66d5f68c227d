"""dbt's sources are what the contracts, the configuration's tables and the ledger of loads say."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ingestion.configuration.municipality import CONFIG_TABLES
from ingestion.contracts import SOURCES, tables
from ingestion.contracts.dbt_sources import sources_path, sources_yaml
from testkit.warehouse import DBT_PROJECT, LOADS_COLUMNS

STAGING = DBT_PROJECT / "models" / "staging"


def declared(source: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The source's declaration, and its tables by name."""
    (declaration,) = yaml.safe_load((STAGING / source / f"_{source}__sources.yml").read_text(encoding="utf-8"))[
        "sources"
    ]
    return declaration, {table["name"]: table for table in declaration["tables"]}


def columns(table: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((column["name"], column["data_type"]) for column in table["columns"])


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_declared_as_its_contract_says(source: str) -> None:
    assert (DBT_PROJECT / sources_path(source)).read_text(encoding="utf-8") == sources_yaml(source), (
        "run: genomlysning generate"
    )
    declaration, found = declared(source)
    assert declaration["schema"] == "lake" and list(found) == [of.name for of in tables(source)]
    for of in tables(source):
        assert columns(found[of.name]) == of.lake_columns()
        assert all(column["description"] for column in found[of.name]["columns"])


def test_configuration_tables_are_sources() -> None:
    declaration, found = declared("config")
    assert declaration["schema"] == "config"
    assert {name: columns(table) for name, table in found.items()} == CONFIG_TABLES
    assert all(column["description"] for table in found.values() for column in table["columns"])
    assert {str(table["config"]["meta"]["dagster"]["asset_key"]) for table in found.values()} == {"['configuration']"}


def test_loads_and_run_are_sources() -> None:
    _, loads = declared("loads")
    assert columns(loads["loads"]) == LOADS_COLUMNS
    _, run = declared("run")
    assert columns(run["run"]) == (("as_of", "timestamp"), ("environment", "varchar"), ("git_sha", "varchar"))
