"""What lies in the inbox and is not taken in is a concern with its age, told once, and gone when it is mended; no file
is named.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from expectations.inbox import concerns_of_inbox
from ingestion.monitoring.concerns import Concern
from orchestration import concerns
from orchestration.resources import Workspace
from orchestration.settings import Settings

NOW = datetime.now(UTC)
HR = "1489-alingsas/hr"


class Inbox:
    """An inbox, and what stands in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, hours: float = 2) -> Path:
        """A file that says of itself that it is so old."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
        moment = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
        return path

    def concerns(self, is_watched: bool = False, later: timedelta = timedelta()) -> dict[str, Concern]:
        found = concerns_of_inbox(self.root, ["1489", "1283"], NOW + later, is_watched)
        assert len({one.key for one in found}) == len(found)
        assert "Svensson" not in str(found), "no file is named, and no folder that is called like a person"
        return {one.key: one for one in found}


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")


def test_no_concerns_in_an_inbox_that_is_empty_or_not_there(inbox: Inbox) -> None:
    assert inbox.concerns() == {}
    (inbox.root / HR).mkdir(parents=True)
    for name in (".DS_Store", "Thumbs.db", "~$a.xlsx"):
        inbox.put(f"{HR}/{name}")
    assert inbox.concerns() == {}


def test_files_that_wait_longer_than_an_hour(inbox: Inbox) -> None:
    inbox.put(f"{HR}/a.csv", hours=0.9)
    assert inbox.concerns() == {}
    old = [inbox.put(f"{HR}/Eva Svensson {hours}.csv", hours) for hours in (50, 3)]
    [concern] = inbox.concerns().values()
    assert (concern.key, concern.kind) == (f"waiting/inbox/{HR}", "waiting")
    assert concern.what == f"2 files have waited in inbox/{HR} for more than an hour, the oldest for 2 days"
    assert concern.since == (NOW - timedelta(hours=50)).strftime("%Y-%m-%d %H:%M")
    for path in old:
        path.unlink()
    assert inbox.concerns() == {}


def test_a_file_that_has_just_come_is_not_late_because_its_transfer_kept_its_time(inbox: Inbox) -> None:
    inbox.put(f"{HR}/a.csv", hours=2000)
    assert inbox.concerns(is_watched=True) == {}
    assert list(inbox.concerns(is_watched=True, later=timedelta(hours=3))) == [f"waiting/inbox/{HR}"]


@pytest.mark.parametrize("name", ["@eaDir/a.csv/thumb.jpg", "#recycle/a.csv", "a.csv:Zone.Identifier"])
def test_what_file_servers_and_windows_put_beside_a_delivery_is_none(name: str, inbox: Inbox) -> None:
    inbox.put(f"{HR}/{name}", hours=100)
    assert inbox.concerns(is_watched=True) == {}


@pytest.mark.parametrize("name", ["a.csv.part", "A.XLSX.filepart", ".a.csv.Xa41bc"])
def test_a_transfer_that_stopped(name: str, inbox: Inbox) -> None:
    inbox.put(f"{HR}/{name}", hours=0.5)
    assert inbox.concerns(is_watched=True) == {}
    inbox.put(f"{HR}/{name}", hours=1.5)
    [concern] = inbox.concerns(is_watched=True).values()
    assert concern.kind == "waiting" and concern.what.startswith(f"1 transfer to inbox/{HR} stopped unfinished")


@pytest.mark.parametrize(
    ("name", "place", "advice"),
    [
        ("1489-alingsas/HR/a.csv", "inbox/1489-alingsas/HR", "Rename it to hr"),
        (
            "1489-alingsas/Work-Environment/a.csv",
            "inbox/1489-alingsas/Work-Environment",
            "Rename it to work_environment",
        ),
        ("1489-alingsas/ledgr/a.csv", "inbox/1489-alingsas/ledgr", "Rename it to ledger"),
        ("1489-alingsas/kolada/a.csv", "inbox/1489-alingsas/kolada", "the folder of a source: care, forecasts"),
        ("1489-alingsas/Eva Svensson/a.csv", "inbox/1489-alingsas/Aaa Aaaaaaaa", "the folder of a source"),
        ("1489-alingsas/a.csv", "inbox/1489-alingsas", "Move them to inbox/<id>-<name>/<source>/"),
        ("a.csv", "inbox", "Move them to inbox/<id>-<name>/<source>/"),
        ("hr/a.csv", "inbox/hr", "Name it <id>-<name> after a municipality that is configured (1283, 1489)"),
        ("1498-alingsas/hr/a.csv", "inbox/1498-alingsas", "or configure it"),
        ("1489-alingsas/hr/2024/a.csv", "inbox/1489-alingsas/hr/2024", "Move them to inbox/<id>-<name>/<source>/"),
    ],
)
def test_what_no_source_reads_is_told_at_once(name: str, place: str, advice: str, inbox: Inbox) -> None:
    path = inbox.put(name, hours=0)
    [concern] = inbox.concerns(is_watched=True).values()
    assert (concern.key, concern.kind) == (f"unread/{place}", "unread")
    assert advice in concern.advice and "1 file" in concern.what and concern.since
    path.unlink()
    while not any(path.parent.iterdir()) and path.parent != inbox.root:
        path = path.parent
        path.rmdir()
    assert inbox.concerns(is_watched=True) == {}


def test_a_folder_that_no_source_reads_is_told_before_anything_is_delivered_to_it(inbox: Inbox) -> None:
    (inbox.root / "1489-alingsas" / "HR").mkdir(parents=True)
    assert "(empty)" in inbox.concerns()["unread/inbox/1489-alingsas/HR"].what


def test_a_link_out_of_the_inbox_is_not_followed(inbox: Inbox, tmp_path: Path) -> None:
    elsewhere = Inbox(tmp_path / "elsewhere").put("a.csv").parent
    (inbox.root / "1489-alingsas").mkdir(parents=True)
    (inbox.root / HR).symlink_to(elsewhere)
    [concern] = inbox.concerns().values()
    assert "is a link out of the inbox" in concern.what


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def test_the_concerns_check_says_why_they_wait(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    workspace = Workspace(Settings("demo", tmp_path, "inprocess://demo.kolada.app/v3"))
    inbox = Inbox(workspace.settings.inbox)
    path = inbox.put(f"{HR}/a.csv")

    def said() -> list[str]:
        found = concerns.all_concerns(workspace, instance, [], NOW)
        return [one.what for one in found if one.kind == "waiting"]

    [what] = said()
    assert what.endswith("the sensor inbox has never looked; no run was started for them")
    run = instance.add_run(dg.DagsterRun(job_name="deliveries", run_id="12345678-0000-4000-8000-000000000000"))
    assert said()[0].endswith("the newest run of the job deliveries (12345678) is queued or under way")
    instance.report_run_failed(run)
    assert said()[0].endswith("the newest run of the job deliveries (12345678) failed")
    path.unlink()
    assert said() == []
