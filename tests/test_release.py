"""The command that releases a rejection for drift: it lists, it wants a name and a reason, and it says when it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.contracts import table
from ingestion.findings import Finding
from ingestion.lake import Rejected
from orchestration import home
from orchestration.resources import Workspace
from orchestration.settings import Settings
from testkit import small_extracts
from testkit.command import invoke

MARCH, FEBRUARY = "2024-03", "2024-02"
EMPLOYMENTS = table("hr", "employments")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("GENOMLYSNING_ENV", "demo")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(tmp_path))
    settings = Settings.from_environment({"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(tmp_path)})
    home.claim(settings)
    return Workspace(settings)


def rejected(workspace: Workspace) -> str:
    """The id of an open rejection for drift: half of March's rows after a whole February."""
    from expectations.gate import Gate

    folder = workspace.settings.inbox / "1489-alingsas" / "hr"
    folder.mkdir(parents=True)
    for name, rows in (
        ("feb.csv", small_extracts.make(EMPLOYMENTS, FEBRUARY)),
        ("halv.csv", small_extracts.make(EMPLOYMENTS, MARCH)[:15]),
    ):
        small_extracts.write_csv(folder / name, EMPLOYMENTS, rows)
        lake = workspace.lake
        with lake.writer():
            Gate(lake, workspace.rejected, workspace.municipalities, workspace.pseudonymiser, lambda _: None).take_in(
                "hr", workspace.settings.inbox
            )
    [rejection] = workspace.rejected.unresolved(workspace.lake)
    return rejection.rejection_id


def test_it_lists_and_releases(workspace: Workspace) -> None:
    rejection_id = rejected(workspace)
    listed = invoke("release")
    assert listed.exit_code == 0 and f"{rejection_id}  halv.csv  D101" in listed.stdout
    unsaid = invoke("release", rejection_id)
    assert unsaid.exit_code == 2 and "needs --by and --reason" in unsaid.stderr
    assert invoke("release", rejection_id, "--by", "Enhetschef", "--reason", "enheten delades").exit_code == 0
    load = workspace.lake.in_force_for(EMPLOYMENTS, "1489", MARCH)
    assert load is not None and load.suite["released"]["by"] == "Enhetschef"
    again = invoke("release", rejection_id, "--by", "Enhetschef", "--reason", "igen")
    assert again.exit_code == 1 and "is no open rejection" in again.stderr


def test_a_rejection_without_its_file_is_not_released(workspace: Workspace) -> None:
    Rejected(workspace.settings.rejected).add("hr", "borta.csv", [Finding("D101", "error", "borta.csv", "a", "b", "c")])
    [rejection] = workspace.rejected.unresolved(workspace.lake)
    ended = invoke("release", rejection.rejection_id, "--by", "Enhetschef", "--reason", "ändå")
    assert ended.exit_code == 1 and "Deliver it again" in ended.stderr
