"""What is kept of the judgement: suites and results as the library's own JSON, readable without this project's judge."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from test_suites import MARCH, MUNICIPALITY

from expectations import validation
from expectations.judge import judge
from expectations.suites import suite
from ingestion.contracts import table, tables
from ingestion.lake import SHAPE_FILE, VALIDATION_FILE, Lake, Load
from ingestion.sql import read_parquet
from testkit.small_extracts import candidate, make

EMPLOYMENTS = table("hr", "employments")

ALONE = """
import json, sys
import duckdb, great_expectations as gx
import expectations.rule_expectation

suite = gx.ExpectationSuite(**json.load(open(sys.argv[1])))
with duckdb.connect() as con:
    frame = con.execute(f"select * from read_parquet('{sys.argv[2]}')").df()
kept = json.load(open(sys.argv[3]))
asset = gx.get_context(mode="ephemeral").data_sources.add_pandas("lake").add_dataframe_asset("load")
batches = asset.add_batch_definition_whole_dataframe("rows")
told = batches.get_batch({"dataframe": frame}).validate(
    suite, result_format={"result_format": "BASIC", "exclude_unexpected_values": True}, expectation_parameters=kept["suite_parameters"]
)
results = [one.to_json_dict() for one in told.results]
json.dump({"suite": suite.name, "results": results, "judge": "expectations.judge" in sys.modules}, sys.stdout)
"""
"""A reader with the library, a suite, a load and the result that is kept with it."""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    lake = Lake(tmp_path / "lake")
    rows = make(EMPLOYMENTS, MARCH)
    rows[4]["cost_centre"] = "10000"  # HR112, a warning
    rows[5]["degree"] = 0  # HR104, a warning
    made = candidate(lake, EMPLOYMENTS, rows, MARCH)
    verdict = judge(made, MUNICIPALITY, lake)
    assert verdict.accepted
    return lake.accept(made, verdict.as_dict())


def test_an_exported_suite_judges_a_load_with_the_library_alone(load: Load, tmp_path: Path) -> None:
    validation.write_suites(tmp_path / "suites")
    files = [tmp_path / "suites" / "hr_employments.json", load.parquet, load.directory / VALIDATION_FILE]
    done = subprocess.run([sys.executable, "-c", ALONE, *map(str, files)], capture_output=True, text=True, check=True)
    told, kept = json.loads(done.stdout), json.loads(files[2].read_text(encoding="utf-8"))
    assert told["suite"] == kept["suite_name"] == "hr_employments" and not told["judge"]

    theirs, ours = _known(told["results"]), _known(kept["results"])
    assert theirs == {key: ours[key] for key in theirs}
    assert [key for key, (success, *_) in theirs.items() if not success] == [key for key in theirs if '"HR104"' in key]
    standard = [part for rule in suite(EMPLOYMENTS) for part in rule.parts if not isinstance(part, str)]
    assert len(theirs) > len(standard)
    cannot = [result for result in told["results"] if not result["result"]]
    assert all(not result["success"] and "does not exist" in str(result["exception_info"]) for result in cannot)


def _known(results: list[dict[str, Any]]) -> dict[str, tuple[bool, int | None, int | None]]:
    """Verdict and counts by expectation; nothing of rules that read more than the load: those say that they cannot be
    run.
    """
    known = {}
    for result in results:
        config, found = result["expectation_config"], result["result"]
        kwargs = {name: config["kwargs"].get(name) for name in ("column", "sql")}
        if found:
            known[json.dumps([config["meta"], config["type"], kwargs])] = (
                result["success"],
                found.get("element_count"),
                found.get("unexpected_count"),
            )
    return known


def test_suites_are_written_once_and_anew_when_a_rule_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validation.write_suites(tmp_path)
    names = {f"{of.full_name}.json" for of in tables()}
    assert {path.name for path in tmp_path.glob("*.json")} == names
    told = json.loads((tmp_path / "ledger_budget.json").read_text(encoding="utf-8"))
    [code] = [one for one in told["expectations"] if one["meta"]["number"] == "G104"]
    assert code["type"] == "expect_column_values_to_be_in_set" and code["severity"] == "critical"
    assert set(code["meta"]) == {"number", "title", "expected", "advice"}
    (tmp_path / "gone_table.json").write_text("{}")
    monkeypatch.setattr(validation, "expectation_suite", lambda of: pytest.fail("nothing has changed"))
    validation.write_suites(tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(validation, "suite", lambda of: suite(of)[:-1])
    validation.write_suites(tmp_path)
    assert {path.name for path in tmp_path.glob("*.json")} == names
    fewer = json.loads((tmp_path / "ledger_budget.json").read_text(encoding="utf-8"))
    assert len(fewer["expectations"]) < len(told["expectations"])


def test_every_expectation_gets_the_metrics_that_the_library_asks_for() -> None:
    expectations = [
        one for of in tables() if of.source in ("hr", "kolada") for one in validation.expectation_suite(of).expectations
    ]
    settings = {"result_format": validation.FORMAT}
    asked = {
        (type(one), tuple(one.get_validation_dependencies(runtime_configuration=settings).metric_configurations))
        for one in expectations
    }
    assert len(asked) == len({kind for kind, _ in asked}), "a type asks for different metrics"
    assert {(type(one), validation._asked_metrics(one)) for one in expectations} == asked


def test_an_erased_person_leaves_the_result_and_an_erased_load_does_not(load: Load, tmp_path: Path) -> None:
    """Counts tell how the load was judged when it came; nobody can be told by them, as by those that `load.json` keeps."""
    lake, before = Lake(tmp_path / "lake"), (load.directory / VALIDATION_FILE).read_bytes()
    assert (load.directory / SHAPE_FILE).exists()
    with duckdb.connect() as con:
        rows = f"select * from {read_parquet(load.parquet)} where source_row > 2"
        left = lake.replace_content(load, rows, con, {"what": "erased"}, load.key_id)
    assert (left.directory / VALIDATION_FILE).read_bytes() == before and not (left.directory / SHAPE_FILE).exists()
    lake.sweep()
    assert (left.directory / VALIDATION_FILE).exists()
    lake.erase(left, {"at": "2030-01-01", "why": "retention", "publication": None})
    assert [path.name for path in left.directory.glob("*")] == ["erased.json"]


def test_a_kept_result_holds_no_delivered_value(tmp_path: Path) -> None:
    """Every delivered text is planted, and all are broken in some way."""
    lake, rows = Lake(tmp_path), make(EMPLOYMENTS, MARCH)
    for number, row in enumerate(rows):
        row.update(
            employment_id="dubblerad-4711",
            title=" ",
            unit=f"Planterad {number}",
            employment_form="planterad",
            degree=4711,
        )
    made = candidate(lake, EMPLOYMENTS, rows, MARCH)
    judge(made, MUNICIPALITY, lake)
    text = (made.path / VALIDATION_FILE).read_text(encoding="utf-8")
    assert not any(planted in text.casefold() for planted in ("4711", "planterad", rows[0]["person_id"]))


def test_the_gate_is_imported_without_the_library() -> None:
    asked = "import sys, expectations.gate, expectations.pages; print('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "False\n"
