"""The inbox sensor: a file is taken when it has stopped growing, and no content runs twice."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest

from orchestration.resources import Workspace
from orchestration.sensors import inbox_sensor
from orchestration.settings import Settings


class Inbox:
    """An inbox and the sensor's memory of it between looks."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings("demo", home, "inprocess://demo.kolada.app/v3")
        self.cursor: str | None = None

    def put(self, name: str, content: str, source: str = "hr") -> Path:
        path = self.settings.inbox / "1489-alingsas" / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def look(self) -> dg.RunRequest | dg.SkipReason:
        context = dg.build_sensor_context(cursor=self.cursor, resources={"workspace": Workspace(self.settings)})
        answer = inbox_sensor("demo")(context)
        self.cursor = context.cursor
        assert isinstance(answer, dg.RunRequest | dg.SkipReason)
        return answer

    def look_twice(self) -> str:
        """The run key after two looks at an inbox at rest."""
        self.look()
        answer = self.look()
        assert isinstance(answer, dg.RunRequest)
        assert answer.run_key
        return answer.run_key


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path)


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


def test_the_same_content_has_the_same_run_key_whatever_the_file_is_called_or_when_it_came(inbox: Inbox) -> None:
    path = inbox.put("a.csv", "same")
    first = inbox.look_twice()
    path.rename(path.with_name("b.csv"))
    os.utime(path.with_name("b.csv"), ns=(5, 5))
    assert inbox.look_twice() == first


def test_corrected_content_is_a_new_run(inbox: Inbox) -> None:
    inbox.put("a.csv", "wrong")
    first = inbox.look_twice()
    inbox.put("a.csv", "right")
    assert inbox.look_twice() != first


def test_the_same_content_for_another_source_is_a_new_run(inbox: Inbox) -> None:
    path = inbox.put("a.csv", "same")
    first = inbox.look_twice()
    path.unlink()
    inbox.put("a.csv", "same", source="ledger")
    assert inbox.look_twice() != first


def test_hidden_and_unfinished_files_are_not_seen(inbox: Inbox) -> None:
    for name in (".a.csv", "b.csv.part", "~$c.xlsx"):
        inbox.put(name, "x")
    answer = inbox.look()
    assert isinstance(answer, dg.SkipReason)
    assert "empty" in str(answer.skip_message)


def test_the_sensor_and_the_schedule_run_by_themselves_in_live_only() -> None:
    from orchestration.schedules import monthly_refresh

    assert inbox_sensor("live").default_status is dg.DefaultSensorStatus.RUNNING
    assert inbox_sensor("demo").default_status is dg.DefaultSensorStatus.STOPPED
    assert monthly_refresh("live").default_status is dg.DefaultScheduleStatus.RUNNING
    assert monthly_refresh("demo").default_status is dg.DefaultScheduleStatus.STOPPED
