"""What the guards would say of a delivery, without taking it in: the gate's own answers, and nothing changed by asking."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import dagster as dg
import pytest

from expectations.dry_run import ASIDE, NothingToCheck
from expectations.gate import Outcome
from genomlysning.cli import SENDS_NOTHING
from ingestion.contracts import table
from orchestration.check_delivery import check_deliveries, check_delivery
from orchestration.home import claim
from orchestration.resources import Workspace
from orchestration.settings import Settings
from publication.lineage import resting_on
from testkit import report_fixture
from testkit.command import invoke
from testkit.small_extracts import Row, make, write_csv

EMPLOYMENTS, ABSENCES = table("hr", "employments"), table("hr", "absences")
MARCH, APRIL = "2024-03", "2024-04"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A demonstration's home with March's employments in force."""
    for name in (*SENDS_NOTHING, "DAGSTER_HOME", "GENOMLYSNING_MUNICIPALITIES"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("GENOMLYSNING_ENV", "demo")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(tmp_path / "home"))
    made = Workspace(Settings.from_environment(os.environ))
    claim(made.settings)
    deliver(made, "march.csv", make(EMPLOYMENTS, MARCH))
    assert [one.state for one in taken_in(made)] == ["accepted"]
    return made


def deliver(workspace: Workspace, name: str, rows: list[Row], of=EMPLOYMENTS) -> Path:
    return write_csv(workspace.settings.inbox / "1489-alingsas" / of.source / name, of, rows)


def taken_in(workspace: Workspace) -> list[Outcome]:
    with workspace.lake.writer():
        return workspace.gate(lambda _: None).take_in("hr", workspace.settings.inbox)


def state(folder: Path) -> dict[str, str]:
    """Every file and link below a folder with its content; locks hold none."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith("lock")
    }


def anywhere(tmp_path: Path, name: str, rows: list[Row], of=EMPLOYMENTS) -> Path:
    return write_csv(tmp_path / "hamtat" / name, of, rows)


def corrected(rows: list[Row]) -> list[Row]:
    return [{**row, "full_time_hours": 40} if number == 0 else row for number, row in enumerate(rows)]


# What is said


def test_a_new_period_would_be_accepted(workspace: Workspace, tmp_path: Path) -> None:
    path = anywhere(tmp_path, "april.csv", make(EMPLOYMENTS, APRIL))
    ended = invoke("check", str(path))
    assert ended.exit_code == 0, ended.stdout + ended.stderr
    assert "april.csv: would be accepted (hr_employments 1489 2024-04, 30 rows)" in ended.stdout
    assert "replaces nothing: the period is new" in ended.stdout


def test_a_correction_names_the_load_that_it_would_replace(workspace: Workspace, tmp_path: Path) -> None:
    (in_force,) = workspace.lake.in_force()
    path = anywhere(tmp_path, "ny.csv", corrected(make(EMPLOYMENTS, MARCH)))
    (found,) = check_deliveries(workspace, path)
    assert found.state == "accepted" and found.would_be.replaces == in_force
    assert f"replaces load {in_force.load_id}" in "\n".join(found.sentences())


def test_the_same_content_would_change_nothing(workspace: Workspace, tmp_path: Path) -> None:
    ended = invoke("check", str(anywhere(tmp_path, "igen.csv", make(EMPLOYMENTS, MARCH))))
    assert ended.exit_code == 0 and "is in force already: nothing would change" in ended.stdout
    assert "replaces" not in ended.stdout


def test_a_rejection_tells_every_finding_and_ends_with_1(workspace: Workspace, tmp_path: Path) -> None:
    ended = invoke("check", str(anywhere(tmp_path, "halv.csv", make(EMPLOYMENTS, APRIL)[:12])))
    assert ended.exit_code == 1
    assert "halv.csv: would be rejected (hr_employments 1489 2024-04, 12 rows)" in ended.stdout
    assert "D101: halv.csv" in ended.stdout


def test_a_file_of_no_table_is_said_without_its_name(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "hamtat" / "Lönelista Eva Svensson.csv"
    path.parent.mkdir()
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    ended = invoke("check", str(path.parent))
    assert ended.exit_code == 1 and "R110" in ended.stdout and "Svensson" not in ended.stdout + ended.stderr


def test_nothing_to_check_is_said(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    ended = invoke("check", str(tmp_path / "tom"))
    assert ended.exit_code == 1 and "no delivery is there" in ended.stderr
    with pytest.raises(NothingToCheck):
        check_deliveries(workspace)  # of the inbox


def test_whose_a_file_is_stands_in_its_folder_or_in_its_rows(workspace: Workspace, tmp_path: Path) -> None:
    of_helsingborg = [{**row, "municipality_id": "1283"} for row in make(EMPLOYMENTS, APRIL)]
    found = check_deliveries(workspace, anywhere(tmp_path, "hbg.csv", of_helsingborg))
    assert [one.would_be.outcome.municipality_id for one in found] == ["1283"]
    misplaced = write_csv(tmp_path / "1489-alingsas" / "hr" / "hbg.csv", EMPLOYMENTS, of_helsingborg)
    (found_there,) = check_deliveries(workspace, misplaced)
    assert found_there.state == "rejected" and "R121" in {one.rule for one in found_there.would_be.outcome.findings}
    nobodys = anywhere(tmp_path, "x.csv", [{**row, "municipality_id": "0180"} for row in make(EMPLOYMENTS, APRIL)])
    (found_nowhere,) = check_deliveries(workspace, nobodys)
    assert "none of the configured municipalities" in found_nowhere.would_be.outcome.findings[0].found


# As the gate, and nothing but asking


@pytest.mark.parametrize(
    "rows",
    [
        make(EMPLOYMENTS, APRIL),
        make(EMPLOYMENTS, APRIL)[:12],
        make(EMPLOYMENTS, MARCH),
        corrected(make(EMPLOYMENTS, MARCH)),
        [{**row, "degree": -5} for row in make(EMPLOYMENTS, APRIL)],
        [*make(EMPLOYMENTS, APRIL), make(EMPLOYMENTS, APRIL)[0]],
    ],
    ids=["new", "half", "unchanged", "corrected", "wrong values", "a key twice"],
)
def test_it_says_what_the_gate_does(workspace: Workspace, rows: list[Row]) -> None:
    deliver(workspace, "fil.csv", rows)
    (foretold,) = check_deliveries(workspace)
    (done,) = taken_in(workspace)
    said = foretold.would_be.outcome
    assert (said.state, said.table, said.municipality_id, said.period) == (
        done.state,
        done.table,
        done.municipality_id,
        done.period,
    )
    assert said.findings == done.findings


def test_tables_are_judged_by_those_that_come_with_them(workspace: Workspace, tmp_path: Path) -> None:
    absences = anywhere(tmp_path, "franvaro.csv", make(ABSENCES, APRIL), ABSENCES)
    alone = check_deliveries(workspace, absences)
    anywhere(tmp_path, "april.csv", make(EMPLOYMENTS, APRIL))
    together = check_deliveries(workspace, tmp_path / "hamtat")
    assert [one.would_be.outcome.table for one in together] == [EMPLOYMENTS, ABSENCES]
    assert [one.state for one in together] == ["accepted", "accepted"]
    assert alone[0].would_be.outcome.findings != together[1].would_be.outcome.findings, (
        "April's employments were not there"
    )


def test_asking_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    deliver(workspace, "april.csv", make(EMPLOYMENTS, APRIL))
    deliver(workspace, "halv.csv", make(EMPLOYMENTS, "2024-05")[:12])
    path = anywhere(tmp_path, "maj.csv", make(EMPLOYMENTS, "2024-05"))
    before = state(workspace.settings.home), state(path.parent)
    check_deliveries(workspace)
    check_deliveries(workspace, path)
    assert (state(workspace.settings.home), state(path.parent)) == before


def test_what_a_killed_check_left_goes_with_the_next(workspace: Workspace, tmp_path: Path) -> None:
    left, of_another = (workspace.settings.home / f"{ASIDE}{name}" for name in ("killed", "under-way"))
    left.mkdir()
    of_another.mkdir()
    os.utime(left, (0, 0))
    check_deliveries(workspace, anywhere(tmp_path, "april.csv", make(EMPLOYMENTS, APRIL)))
    assert [path.name for path in workspace.settings.home.glob(f"{ASIDE}*")] == [of_another.name]


def test_who_is_only_looked_at_gets_no_line_in_the_map_of_keys(workspace: Workspace, tmp_path: Path) -> None:
    assert invoke("keys", "prepare").exit_code == 0
    before = state(workspace.settings.home)
    check_deliveries(workspace, anywhere(tmp_path, "april.csv", make(EMPLOYMENTS, APRIL)))
    assert state(workspace.settings.home) == before


# What would change in the marts


def test_the_figures_that_rest_on_a_table_are_found_by_their_lineage(tmp_path: Path) -> None:
    publication = report_fixture.build(tmp_path / "publication.duckdb")
    found = resting_on(publication, "hr", "employments", "1489")
    assert "sick_leave_all_forms" in {one.indicator_id for one in found} and all(one.figures > 0 for one in found)
    assert [one.figures for one in found] == sorted((one.figures for one in found), reverse=True)
    of_2024 = {one.indicator_id: one.figures for one in resting_on(publication, "hr", "employments", "1489", "2024-03")}
    assert 0 < of_2024["sick_leave_all_forms"] < sum(one.figures for one in found)
    assert not resting_on(publication, "hr", "employments", "1283"), "another municipality's"
    assert not resting_on(publication, "hr", "employments", "1489", "1999-01"), "of another period"


def test_what_rests_on_the_replaced_load_is_told(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = workspace.settings.published / "current.duckdb"
    publication.parent.mkdir(parents=True)
    shutil.copy2(report_fixture.build(tmp_path / "publication.duckdb"), publication)
    asked: list[tuple] = []

    def resting(_: Path, *of: str | None) -> list:
        asked.append(of)
        return []

    monkeypatch.setattr("publication.lineage.resting_on", resting)
    check_deliveries(workspace, anywhere(tmp_path, "ny.csv", corrected(make(EMPLOYMENTS, MARCH))))
    check_deliveries(workspace, anywhere(tmp_path, "ny.csv", make(EMPLOYMENTS, APRIL)))
    assert asked == [("hr", "employments", "1489", MARCH), ("hr", "employments", "1489", None)]


# In the UI


def test_the_job_shows_what_would_become_of_a_file(workspace: Workspace, tmp_path: Path) -> None:
    def run(path: Path) -> dg.ExecuteInProcessResult:
        return check_delivery.execute_in_process(
            run_config={"ops": {"judge_delivery": {"config": {"path": str(path)}}}},
            resources={"workspace": workspace},
            raise_on_error=False,
        )

    good = run(anywhere(tmp_path, "april.csv", make(EMPLOYMENTS, APRIL)))
    assert good.success
    (shown,) = [
        event.step_output_data.metadata
        for event in good.all_events
        if event.event_type == dg.DagsterEventType.STEP_OUTPUT
    ]
    assert shown["files"].value == 1 and "would be accepted" in str(shown["judged"].value)
    bad = run(anywhere(tmp_path, "april.csv", make(EMPLOYMENTS, APRIL)[:12]))
    (failed,) = bad.get_step_failure_events()
    assert not bad.success and "D101" in str(failed.event_specific_data)
