"""The code location: it loads cheaply, and what people see in the UI is named, described, owned and connected."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest
import yaml

from ingestion.contracts import SOURCES, tables
from orchestration import dbt as dbt_module
from orchestration.assets.concerns import WATCHED
from orchestration.assets.warehouse import warehouse
from orchestration.definitions import build_defs
from orchestration.settings import Settings

PROJECT = Path(__file__).resolve().parents[1]
PUBLICATION = dg.AssetKey(["publication"])


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> dg.RepositoryDefinition:
    return build_defs(
        Settings("demo", tmp_path_factory.mktemp("home"), "inprocess://demo.kolada.app/v3")
    ).get_repository_def()


def keys(repository: dg.RepositoryDefinition) -> set[dg.AssetKey]:
    return set(repository.asset_graph.get_all_asset_keys())


def parents(repository: dg.RepositoryDefinition, key: dg.AssetKey) -> set[dg.AssetKey]:
    return set(repository.asset_graph.get(key).parent_keys)


def ancestors(repository: dg.RepositoryDefinition, key: dg.AssetKey) -> set[dg.AssetKey]:
    found: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        for parent in parents(repository, waiting.pop()) - found:
            found.add(parent)
            waiting.append(parent)
    return found


def test_loading_is_cheap_and_touches_no_state(tmp_path: Path) -> None:
    script = """
import sys
import orchestration.definitions
print(sorted({"great_expectations", "pandas", "duckdb", "altair", "openpyxl", "dbt.cli.main"} & set(sys.modules)))
"""
    environment = {
        **os.environ,
        "GENOMLYSNING_ENV": "demo",
        "GENOMLYSNING_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(PROJECT),
    }
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == "[]"
    assert not (tmp_path / "home").exists()


def test_without_an_environment_the_code_location_does_not_load() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GENOMLYSNING_ENV"}
    answer = subprocess.run(
        [sys.executable, "-c", "import orchestration.definitions"],
        cwd=PROJECT,
        env={**environment, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode != 0
    assert "expected demo" in answer.stderr


def test_a_missing_manifest_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dbt_module, "manifest_path", lambda: tmp_path / "manifest.json")
    dbt_module.read_manifest.cache_clear()
    with pytest.raises(dbt_module.ManifestMissing, match=r"manifest\.json is missing\. Run: make manifest$"):
        dbt_module.read_manifest()
    dbt_module.read_manifest.cache_clear()


def test_a_project_that_cannot_be_parsed_is_told_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of an installation, which parses on first use (tests/test_wheel.py)."""
    (tmp_path / "dbt_project.yml").write_text("name: [")
    monkeypatch.setattr(dbt_module, "PROJECT_DIR", tmp_path)
    with pytest.raises(dbt_module.ManifestMissing, match=r"dbt could not parse [^\x1b]*Syntax error near line 2"):
        dbt_module._parse(tmp_path / "home" / "dbt" / "made")
    assert not list((tmp_path / "home" / "dbt").iterdir())


def test_every_asset_is_described_owned_and_grouped_by_its_folder(repository: dg.RepositoryDefinition) -> None:
    for key in keys(repository):
        node = repository.asset_graph.get(key)
        assert node.is_materializable, f"{key} is only referred to"
        assert node.description, key
        assert node.owners, key
        assert node.kinds, key
        assert node.group_name == key.path[0], key


def test_every_source_table_is_an_asset_with_its_suite_as_check(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    for table in tables():
        key = dg.AssetKey([table.source, table.name])
        assert key in keys(repository)
        check = graph.get(dg.AssetCheckKey(key, table.full_name))
        assert not check.blocking, "a rejected delivery of one source must not hold back the others"
        schema = graph.get(key).metadata["dagster/column_schema"]
        columns = [column.name for column in (schema.schema if hasattr(schema, "schema") else schema).columns]
        assert columns == [name for name, _ in table.lake_columns()]


def test_the_lineage_is_unbroken_from_every_source_table_to_every_report(repository: dg.RepositoryDefinition) -> None:
    reports = [key for key in keys(repository) if key.path[0] == "reports"]
    assert len(reports) >= 4
    upstream = set.intersection(*(ancestors(repository, report) for report in reports))
    for table in tables():
        key = dg.AssetKey([table.source, table.name])
        assert key in upstream, f"{key} does not reach every report"
        staging = [
            k for k in keys(repository) if k.path[:2] == ["staging", table.source] and key in parents(repository, k)
        ]
        assert len(staging) == 1, f"{key} is staged by {staging}"
    assert dg.AssetKey(["configuration"]) in upstream
    assert all(parents(repository, report) == {PUBLICATION} for report in reports)


def test_models_read_through_staging_and_publication_reads_every_mart(repository: dg.RepositoryDefinition) -> None:
    sources = {dg.AssetKey([table.source, table.name]) for table in tables()}
    marts = {key for key in keys(repository) if key.path[0] in ("marts", "meta")}
    assert parents(repository, PUBLICATION) == marts
    for key in keys(repository):
        if key.path[0] in ("intermediate", "marts", "meta"):
            assert not parents(repository, key) & sources, f"{key} reads a source past its staging model"
        if key.path[0] == "staging":
            assert {parent.path[0] for parent in parents(repository, key)} <= {*SOURCES, "configuration", "staging"}, (
                key
            )


def test_no_check_of_the_warehouse_is_on_an_asset_that_it_does_not_make() -> None:
    """With dbt's source tests as checks, Dagster exempts the dbt step from being blocked by any other check on that
    source.
    """
    assert dbt_module.TRANSLATOR.settings.enable_source_tests_as_checks is False
    assert {spec.asset_key for spec in warehouse.check_specs} <= set(warehouse.keys)
    assert warehouse.check_specs


def test_jobs_select_what_they_say(repository: dg.RepositoryDefinition) -> None:
    def selected(job: str) -> set[dg.AssetKey]:
        return set(repository.get_job(job).asset_layer.executable_asset_keys)

    everything = {key for key in keys(repository) if key.path[0] != "operations"}
    sources = {key for key in everything if key.path[0] in SOURCES}
    assert selected("refresh") == everything
    assert selected("marts_only") == everything - sources
    assert selected("concerns_check") == keys(repository) - everything == {dg.AssetKey(["operations", "concerns"])}
    assert selected("deliveries") == {key for key in everything if key.path[0] != "kolada"}


def test_the_schedules_and_the_sensors_start_jobs_that_exist(repository: dg.RepositoryDefinition) -> None:
    schedules = {schedule.name: schedule for schedule in repository.schedule_defs}
    assert {name: (s.cron_schedule, s.execution_timezone, s.job_name) for name, s in schedules.items()} == {
        "monthly_refresh": ("0 5 10 * *", "Europe/Stockholm", "refresh"),
        "daily_check": ("30 6 * * *", "Europe/Stockholm", "concerns_check"),
        "monthly_retention": ("0 4 2 * *", "Europe/Stockholm", "retention"),
    }
    assert {s.default_status for s in schedules.values()} == {dg.DefaultScheduleStatus.STOPPED}, (
        "a demonstration's rows are of the past"
    )
    sensors = {sensor.name: {target.job_name for target in sensor.targets} for sensor in repository.sensor_defs}
    assert sensors == {"inbox": {"deliveries"}, "failed_runs": {"concerns_check"}, "succeeded_runs": {"concerns_check"}}
    assert {schedule.job_name for schedule in schedules.values()} | set().union(*sensors.values()) <= set(
        repository.job_names
    )


def test_the_concerns_check_watches_every_asset_but_itself(repository: dg.RepositoryDefinition) -> None:
    assert set(WATCHED) == keys(repository) - {dg.AssetKey(["operations", "concerns"])}


def test_what_people_wait_for_has_a_freshness_policy(repository: dg.RepositoryDefinition) -> None:
    for key in keys(repository):
        if key.path[0] in (*SOURCES, "marts", "publication", "reports"):
            assert repository.asset_graph.get(key).freshness_policy is not None, key


def test_no_step_has_a_retry_policy_of_its_own_and_only_the_warehouse_holds_the_writers_slot(
    repository: dg.RepositoryDefinition,
) -> None:
    """What is retried is decided by the kind of failure, in one place (`orchestration.steps`)."""
    nodes = {node.name: node.definition for node in repository.get_job("refresh").graph.nodes}
    assert not [name for name, node in nodes.items() if isinstance(node, dg.OpDefinition) and node.retry_policy]
    assert warehouse.op.pool == "duckdb_writer"
    settings = yaml.safe_load((PROJECT / "dagster_home" / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["concurrency"]["pools"]["default_limit"] == 1
    assert settings["telemetry"] == {"enabled": False}


def test_the_workspace_is_not_overridden_by_pyproject() -> None:
    """A [tool.dagster] table would silently win over workspace.yaml."""
    assert "dagster" not in tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {})
    [module] = yaml.safe_load((PROJECT / "workspace.yaml").read_text(encoding="utf-8"))["load_from"]
    assert module["python_module"]["module_name"] == "orchestration.definitions"
    assert module["python_module"]["location_name"] == "genomlysning"
