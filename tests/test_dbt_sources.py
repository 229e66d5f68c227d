"""dbt's descriptions of its sources do not drift from the contracts and the configuration's tables."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ingestion.configuration.municipality import CONFIG_TABLES
from ingestion.contracts import PERSON_COLUMNS, SOURCES, Kind, Table, tables
from testkit.warehouse import DBT_PROJECT, LOADS_COLUMNS

STAGING = DBT_PROJECT / "models" / "staging"


def declared(source: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The source's declaration, and its tables by name."""
    (declaration,) = yaml.safe_load((STAGING / source / f"_{source}__sources.yml").read_text(encoding="utf-8"))["sources"]
    return declaration, {table["name"]: table for table in declaration["tables"]}


def columns(table: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((column["name"], column["data_type"]) for column in table["columns"])


@pytest.mark.parametrize("source", SOURCES)
def test_every_contract_table_is_a_source(source: str) -> None:
    declaration, found = declared(source)
    assert declaration["schema"] == "lake"
    assert list(found) == [table.name for table in tables(source)]


@pytest.mark.parametrize("of", tables(), ids=lambda table: table.full_name)
def test_source_columns_are_the_contract_s(of: Table) -> None:
    _, found = declared(of.source)
    table = found[of.name]
    assert table["identifier"] == of.full_name
    assert table["config"]["meta"]["dagster"]["asset_key"] == [of.source, of.name]
    assert columns(table) == of.lake_columns()
    described = {column["name"]: column["description"] for column in table["columns"]}
    assert all(described.values())
    derived = {name for name, _ in PERSON_COLUMNS}
    for column in of.columns:
        if column.kind not in (Kind.PERSON, Kind.DROPPED) and column.name not in derived:
            assert described[column.name] == column.description, column.name


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
