"""Runs through Dagster on a small home: what is published, what is held back, and that no order of runs gets around it."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from demo.kolada.server import serving
from ingestion.contracts import table
from orchestration.assets import warehouse as warehouse_module
from orchestration.definitions import build_defs
from orchestration.loads import PUBLICATION
from orchestration.resources import Workspace
from orchestration.settings import Settings
from testkit import small_extracts

PERIOD = "2024-01"
FOLDER = "1489-alingsas"


class Home:
    """A small home: one month of one municipality's deliveries, and an instance that remembers its runs."""

    def __init__(self, path: Path, kolada: str = "inprocess://demo.kolada.app/v3") -> None:
        self.settings = Settings("demo", path, kolada)
        self.workspace = Workspace(self.settings)
        self.instance = dg.DagsterInstance.ephemeral()
        self.definitions = build_defs(self.settings)

    def deliver(self, source: str, name: str, rows: list[small_extracts.Row]) -> Path:
        folder = self.settings.inbox / FOLDER / source
        folder.mkdir(parents=True, exist_ok=True)
        return small_extracts.write_csv(folder / f"{name}.csv", table(source, name), rows)

    def run(self, job: str, selection: list[dg.AssetKey] | None = None) -> dg.ExecuteInProcessResult:
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            raise_on_error=False,
            asset_selection=selection,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )

    def published(self) -> dict[str, bytes]:
        folder = self.settings.published
        return {path.name: path.read_bytes() for path in folder.glob("*") if path.name != ".lock"}

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.settings.published / "current.duckdb"), read_only=True) as con:
            return con.execute(sql).fetchall()


def checks(result: dg.ExecuteInProcessResult, name: str) -> list[dg.AssetCheckEvaluation]:
    return [evaluation for evaluation in result.get_asset_check_evaluations() if evaluation.check_name == name]


def materialized(result: dg.ExecuteInProcessResult) -> set[dg.AssetKey]:
    return {event.asset_key for event in result.get_asset_materialization_events() if event.asset_key}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("small"))
    for name in ("employments", "absences", "time_records", "other_employments"):
        made.deliver("hr", name, small_extracts.make(table("hr", name), PERIOD))
    made.deliver("ledger", "control_totals", small_extracts.make(table("ledger", "control_totals"), PERIOD))
    made.deliver("ledger", "transactions", small_extracts.make(table("ledger", "transactions"), PERIOD))
    first = made.run("deliveries")
    assert first.success, [event.event_specific_data for event in first.filter_events(lambda e: e.is_step_failure)]
    assert not list(made.settings.inbox.rglob("*.csv"))
    assert checks(first, "audited")[0].passed
    return made


def test_the_run_publishes_what_was_delivered_and_says_so(home: Home) -> None:
    assert home.query("select source, table_name, period from meta.loads order by all") == [
        ("hr", "absences", PERIOD),
        ("hr", "employments", PERIOD),
        ("hr", "other_employments", PERIOD),
        ("hr", "time_records", PERIOD),
        ("ledger", "control_totals", PERIOD),
        ("ledger", "transactions", PERIOD),
    ]
    event = home.instance.get_latest_materialization_event(dg.AssetKey(["hr", "employments"]))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert metadata["dagster/row_count"].value == 30
    assert metadata["data_through"].value == "2024-01-31"
    assert "✓" in str(metadata["delivery_calendar"].value)
    assert (home.settings.reports / FOLDER / "genomlysning-2024.html").exists()
    assert (home.settings.docs / "index.html").exists()


def test_everything_is_made_tight_and_what_readers_get_is_for_their_group(home: Home) -> None:
    """Under the tests' own, loose umask: each mode is the platform's doing."""
    shared, delivered = {"published", "reports", "docs"}, home.settings.inbox
    walked, loose = 0, []
    for path in (home.settings.home, *home.settings.home.rglob("*")):
        if path.is_symlink() or path.is_relative_to(delivered) or path == home.settings.home:
            continue  # deliverers make what lies in the inbox; the folder itself is looked at below
        walked += 1
        top, mode = path.relative_to(home.settings.home).parts[0], stat.S_IMODE(path.stat().st_mode)
        allowed = {0o2750} if path.is_dir() else {0o640, 0o440}
        if top not in shared:
            allowed = {0o700} if path.is_dir() else {0o600}
        if mode not in allowed:
            loose.append(f"{mode:o} {path.relative_to(home.settings.home)}")
    assert not loose
    assert walked > 50
    assert stat.S_IMODE(delivered.stat().st_mode) & 0o007 == 0
    assert (home.settings.home / "environment").read_text() == "demo\n"


def test_marts_show_their_rows(home: Home) -> None:
    event = home.instance.get_latest_materialization_event(dg.AssetKey(["meta", "loads"]))
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.metadata["dagster/row_count"].value == 6


def test_a_run_with_nothing_new_publishes_nothing(home: Home) -> None:
    before, built = home.published(), home.settings.build.stat().st_mtime_ns
    again = home.run("deliveries")
    assert again.success
    assert home.published() == before
    assert home.settings.build.stat().st_mtime_ns == built, "an unchanged warehouse was built again"
    assert dg.AssetKey(["marts", "quality", "quality"]) in materialized(again)


def test_what_the_warehouse_is_built_from_decides_whether_it_is_built(home: Home) -> None:
    now = datetime.now(UTC)
    same = warehouse_module.fingerprint(home.workspace, now)
    assert warehouse_module.is_current(home.settings.build, same)
    assert warehouse_module.fingerprint(home.workspace, now + timedelta(days=1)) != same, (
        "what is preliminary depends on the day"
    )
    assert warehouse_module.fingerprint(home.workspace, now - timedelta(days=1)) != same, "no load was in force then"
    assert not warehouse_module.is_current(home.settings.build, "other loads")


def test_a_bad_file_changes_nothing_in_this_run_or_in_a_later_one_of_the_marts(home: Home) -> None:
    before = home.published()
    rows = small_extracts.make(table("hr", "employments"), PERIOD)
    home.deliver("hr", "employments", [*rows, rows[-1]])  # a key stands twice
    rejected = home.run("deliveries")
    assert rejected.success, "a rejected delivery turns its check red, not the run"
    [check] = checks(rejected, "hr_employments")
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.ERROR
    assert "employments.csv" in str(check.metadata["findings"].value)
    assert home.published() == before
    assert list(home.settings.rejected.glob("*/raw/employments.csv"))
    assert home.run("marts_only").success
    assert home.published() == before
    [still] = checks(home.run("deliveries"), "hr_employments")
    assert not still.passed, "the rejection is not mended yet"

    home.deliver("hr", "employments", [{**row, "title": "Vårdbiträde"} for row in rows])
    [mended] = checks(home.run("deliveries"), "hr_employments")
    assert mended.passed or mended.severity is dg.AssetCheckSeverity.WARN


def test_a_build_that_failed_its_tests_is_not_published_in_this_run_or_by_itself(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.run("deliveries")
    before = home.published()
    prepare = warehouse_module.prepare

    def prepare_with_a_fault(path: Path, workspace: Workspace, as_of: object) -> None:
        prepare(path, workspace, as_of)  # type: ignore[arg-type]
        with duckdb.connect(str(path)) as con:  # two loads with one id: a test on meta.loads must fail
            con.execute("insert into lake.loads select * from lake.loads limit 1")

    monkeypatch.setattr(warehouse_module, "prepare", prepare_with_a_fault)
    monkeypatch.setattr(warehouse_module, "is_current", lambda build, inputs: False)
    failed = home.run("marts_only")
    assert not failed.success
    assert PUBLICATION not in materialized(failed)
    assert home.published() == before
    monkeypatch.undo()
    alone = home.run("refresh", [PUBLICATION])
    assert not alone.success
    assert not checks(alone, "audited")[0].passed
    assert "did not pass its tests" in str(checks(alone, "audited")[0].description)
    assert home.published() == before
    assert home.run("marts_only").success
    assert home.published() == before


def test_a_build_of_some_models_only_is_not_published(home: Home) -> None:
    before = home.published()
    assert home.run("refresh", [dg.AssetKey(["meta", "loads"])]).success
    alone = home.run("refresh", [PUBLICATION])
    assert not alone.success
    assert "only 1 models were built" in str(checks(alone, "audited")[0].description)
    assert home.published() == before
    assert home.run("marts_only").success


def test_one_selected_table_of_a_source_takes_in_its_whole_inbox(home: Home) -> None:
    home.deliver("hr", "absences", small_extracts.make(table("hr", "absences"), "2024-02"))
    result = home.run("refresh", [dg.AssetKey(["hr", "employments"])])
    assert result.success
    assert dg.AssetKey(["hr", "absences"]) in materialized(result)
    assert not list(home.settings.inbox.rglob("*.csv"))


def test_a_kolada_that_answers_with_an_error_does_not_hold_back_the_others(tmp_path: Path) -> None:
    with serving() as address:
        home = Home(tmp_path, address.replace("/v3", "/v2"))  # switched off for good: 410
        home.deliver("hr", "employments", small_extracts.make(table("hr", "employments"), PERIOD))
        ended = home.run("refresh")
    assert ended.success
    [check] = checks(ended, "kolada_data")
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.ERROR
    assert "K100" in str(check.metadata["findings"].value) and "410" in str(check.metadata["findings"].value)
    assert home.query("select table_name from meta.loads") == [("employments",)]
