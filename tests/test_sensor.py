"""The inbox sensor: a file is taken when it has stopped growing, whatever was delivered before, and once."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from unittest.mock import patch

import dagster as dg
import pytest

from orchestration import sensors
from orchestration.resources import Workspace
from orchestration.sensors import inbox_sensor
from orchestration.settings import Settings


class Inbox:
    """An inbox, the sensor's memory of it between looks, and the runs that there are."""

    def __init__(self, home: Path, instance: dg.DagsterInstance) -> None:
        self.settings = Settings("demo", home, "inprocess://demo.kolada.app/v3")
        self.instance = instance
        self.cursor: str | None = None
        self.clock = 1_800_000_000.0

    def put(self, name: str, content: str, source: str = "hr") -> Path:
        path = self.settings.inbox / "1489-alingsas" / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def look(self) -> dg.RunRequest | dg.SkipReason:
        resources = {"workspace": Workspace(self.settings)}
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor, resources=resources)
        with patch.object(sensors, "time", lambda: self.clock):
            answer = inbox_sensor("demo")(context)
        self.cursor = context.cursor
        assert isinstance(answer, dg.RunRequest | dg.SkipReason)
        return answer

    def skipped(self) -> str:
        answer = self.look()
        assert isinstance(answer, dg.SkipReason)
        return str(answer.skip_message)

    def run(self, job: str, chosen: list[list[str]] | None = None) -> dg.DagsterRun:
        selection = frozenset(map(dg.AssetKey, chosen)) if chosen else None
        return self.instance.add_run(dg.DagsterRun(job_name=job, run_id=str(uuid.uuid4()), asset_selection=selection))

    def ends(self, run: dg.DagsterRun, status: dg.DagsterRunStatus) -> None:
        event = {
            dg.DagsterRunStatus.STARTED: dg.DagsterEventType.PIPELINE_START,
            dg.DagsterRunStatus.SUCCESS: dg.DagsterEventType.PIPELINE_SUCCESS,
            dg.DagsterRunStatus.FAILURE: dg.DagsterEventType.PIPELINE_FAILURE,
        }[status]
        self.instance.report_dagster_event(dg.DagsterEvent(event.value, run.job_name), run.run_id)


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Inbox(tmp_path, instance)


def test_an_empty_inbox_is_left_alone(inbox: Inbox) -> None:
    assert isinstance(inbox.look(), dg.SkipReason)
    assert isinstance(inbox.look(), dg.SkipReason)


def test_a_file_is_taken_when_two_looks_agree(inbox: Inbox) -> None:
    inbox.put("a.csv", "kommun;period\n")
    first = inbox.look()
    assert isinstance(first, dg.SkipReason)
    assert "a.csv" in str(first.skip_message)
    inbox.put("a.csv", "kommun;period\n1489;2024-01\n")  # still growing
    assert isinstance(inbox.look(), dg.SkipReason)
    assert isinstance(inbox.look(), dg.RunRequest)


def test_a_file_that_is_replaced_by_one_of_the_same_size_is_waited_for(inbox: Inbox) -> None:
    path = inbox.put("a.csv", "aaaa")
    inbox.look()
    inbox.put("a.csv", "bbbb")
    os.utime(path, ns=(1, 1))
    assert isinstance(inbox.look(), dg.SkipReason)


def test_one_growing_file_holds_back_the_run_that_would_read_it(inbox: Inbox) -> None:
    inbox.put("a.csv", "done")
    inbox.look()
    inbox.put("b.csv", "half", source="ledger")
    answer = inbox.look()
    assert isinstance(answer, dg.SkipReason)
    assert "b.csv" in str(answer.skip_message)
    assert "a.csv" not in str(answer.skip_message)


def test_every_delivery_is_asked_for_whatever_was_delivered_before(inbox: Inbox) -> None:
    """A, a wrong correction B, then A again: under the same name, with the same time, each after the one before was
    taken.
    """
    for content in ("version A", "version B", "version A", "version A"):
        path = inbox.put("a.csv", content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        assert isinstance(inbox.look(), dg.SkipReason)
        asked = inbox.look()
        assert isinstance(asked, dg.RunRequest) and asked.run_key is None
        path.unlink()
        inbox.look()


def test_what_a_run_takes_in_is_not_asked_for_again(inbox: Inbox) -> None:
    inbox.put("a.csv", "x")
    inbox.look()
    assert isinstance(inbox.look(), dg.RunRequest)
    run = inbox.run("deliveries")
    for status in (None, dg.DagsterRunStatus.STARTED):
        if status is not None:
            inbox.ends(run, status)
        inbox.clock += 10_000
        assert "queued or under way" in inbox.skipped()
    inbox.put("b.csv", "y")
    inbox.look()
    assert "queued or under way" in inbox.skipped(), "the step of its source has not begun"
    sleep(0.02)
    inbox.instance.report_dagster_event(dg.DagsterEvent("STEP_START", run.job_name, step_key="hr"), run.run_id)
    assert "queued or under way" in inbox.skipped(), "the step takes it in now"
    sleep(0.02)
    inbox.put("c.csv", "z")
    inbox.put("d.csv", "z", source="ledger")
    inbox.look()
    asked = inbox.look()
    assert isinstance(asked, dg.RunRequest), "the step had begun when it came: the run that is under way passes it over"
    inbox.run("deliveries")
    assert "queued or under way" in inbox.skipped()
    inbox.ends(run, dg.DagsterRunStatus.SUCCESS)
    assert "queued or under way" in inbox.skipped()


@pytest.mark.parametrize(
    ("job", "chosen", "takes"),
    [
        ("refresh", None, True),
        ("marts_only", None, False),
        ("concerns_check", None, False),
        ("__ASSET_JOB", [["hr", "employments"], ["ledger", "budget"]], True),
        ("__ASSET_JOB", [["hr", "employments"]], False),
    ],
)
def test_only_a_run_that_takes_in_all_that_waits_is_waited_for(
    job: str, chosen: list[list[str]] | None, takes: bool, inbox: Inbox
) -> None:
    inbox.put("a.csv", "x")
    inbox.put("b.csv", "y", source="ledger")
    inbox.look()
    inbox.ends(inbox.run(job, chosen), dg.DagsterRunStatus.STARTED)
    assert isinstance(inbox.look(), dg.SkipReason if takes else dg.RunRequest)


def test_what_a_run_left_behind_is_asked_for_again_ever_more_seldom(inbox: Inbox) -> None:
    """A full disk, a lost key: the file stays. Not every half minute for ever, and not never."""
    inbox.put("a.csv", "x")
    inbox.look()
    asked_after: list[float] = []
    since = inbox.clock
    while len(asked_after) < 9:
        if isinstance(inbox.look(), dg.RunRequest):
            asked_after.append(inbox.clock - since)
            run = inbox.run("deliveries")
            inbox.ends(run, dg.DagsterRunStatus.STARTED)
            inbox.clock += 600  # longer than the first wait
            inbox.look()
            inbox.ends(run, dg.DagsterRunStatus.FAILURE)
            since = inbox.clock
        inbox.clock += 30
    assert asked_after == [0, 300, 600, 1200, 2400, 4800, 9600, 19200, 21600]
    inbox.clock += 60
    assert "still here after 9 runs" in inbox.skipped()
    inbox.put("b.csv", "y")
    inbox.look()
    assert isinstance(inbox.look(), dg.RunRequest), "a new file does not wait for the old one's turn"
    inbox.put("a.csv", "mended")
    inbox.look()
    assert isinstance(inbox.look(), dg.RunRequest), "nor does a file that was mended"


def test_a_folder_that_no_source_delivers_to_asks_for_nothing(inbox: Inbox) -> None:
    for source in ("kolada", "HR"):
        inbox.put("a.csv", "x", source=source)
    inbox.look()
    assert "empty" in inbox.skipped()


def test_a_cursor_of_an_earlier_version_is_read(inbox: Inbox) -> None:
    path = inbox.put("a.csv", "x")
    inbox.cursor = json.dumps({"1489-alingsas/hr/a.csv": [path.stat().st_size, path.stat().st_mtime_ns]})
    assert isinstance(inbox.look(), dg.RunRequest)


def test_hidden_and_unfinished_files_are_not_seen(inbox: Inbox) -> None:
    for name in (".a.csv", "b.csv.part", "~$c.xlsx"):
        inbox.put(name, "x")
    answer = inbox.look()
    assert isinstance(answer, dg.SkipReason)
    assert "empty" in str(answer.skip_message)


def test_a_demonstration_takes_in_what_is_delivered_and_starts_nothing_else_by_itself() -> None:
    from orchestration.retention import monthly_retention
    from orchestration.schedules import daily_check, monthly_refresh

    for environment in ("live", "demo"):
        assert inbox_sensor(environment).default_status is dg.DefaultSensorStatus.RUNNING
        for schedule in (monthly_refresh, daily_check, monthly_retention):
            runs = schedule(environment).default_status is dg.DefaultScheduleStatus.RUNNING
            assert runs is (environment == "live")
