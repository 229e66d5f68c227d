"""A home belongs to one environment; live starts in no demonstration, with no key that others know, and not in the
open.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

import pytest

from ingestion.bundled import MUNICIPALITIES
from ingestion.contracts import table
from ingestion.findings import DeliveryRejected
from ingestion.lake import Lake
from ingestion.privacy.keys import KEY_VARIABLE
from orchestration import home
from orchestration.definitions import build_defs
from orchestration.resources import Workspace
from orchestration.settings import Settings, SettingsError
from testkit.command import invoke
from testkit.small_extracts import candidate, make

STAND_IN = "inprocess://demo.kolada.app/v3"


def demo(folder: Path) -> Settings:
    return Settings("demo", folder, STAND_IN)


def live(folder: Path, group: str | None = None) -> Settings:
    return Settings("live", folder, "https://api.kolada.se/v3", readers_group=group)


@pytest.fixture(autouse=True)
def no_key_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def accept(settings: Settings, is_simulated: bool) -> None:
    """One load of Kolada's catalogue in the home's lake."""
    lake, kpi = Lake(settings.lake), table("kolada", "kpi")
    with lake.writer():
        made = candidate(lake, kpi, make(kpi, ""), "all")
        object.__setattr__(made, "is_simulated", is_simulated)
        lake.accept(made, {"rules": 0, "warnings": []})


def test_a_home_is_opened_by_the_environment_that_marked_it_and_by_no_other(tmp_path: Path) -> None:
    home.claim(demo(tmp_path / "a"))
    home.claim(live(tmp_path / "b"))
    build_defs(demo(tmp_path / "a"))
    build_defs(live(tmp_path / "b"))
    with pytest.raises(SettingsError, match="is a home of the environment demo, and GENOMLYSNING_ENV is live"):
        build_defs(live(tmp_path / "a"))
    with pytest.raises(SettingsError, match="is a home of the environment live, and GENOMLYSNING_ENV is demo"):
        build_defs(demo(tmp_path / "b"))


@pytest.mark.parametrize("command", ["release", "erase --list", "keys status", "status", "retention", "dev"])
def test_commands_keep_to_the_homes_environment_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    home.claim(demo(tmp_path))
    monkeypatch.setenv("GENOMLYSNING_ENV", "live")
    monkeypatch.setenv("GENOMLYSNING_HOME", str(tmp_path))
    monkeypatch.setenv("GENOMLYSNING_MUNICIPALITIES", str(MUNICIPALITIES))
    ended = invoke(*command.split())
    assert ended.exit_code == 1 and "is a home of the environment demo" in ended.stderr


def test_homes_from_before_the_mark_are_told_by_what_they_hold(tmp_path: Path) -> None:
    accept(demo(tmp_path / "simulated"), is_simulated=True)
    accept(live(tmp_path / "real"), is_simulated=False)
    accept(demo(tmp_path / "delivered"), is_simulated=False)
    (tmp_path / "delivered" / "demo").mkdir()
    for folder in ("simulated", "delivered"):
        home.refuse(demo(tmp_path / folder))
        with pytest.raises(SettingsError, match="holds demonstration data"):
            build_defs(live(tmp_path / folder))
    home.refuse(live(tmp_path / "real"))
    with pytest.raises(SettingsError, match="loads that are no demonstration"):
        build_defs(demo(tmp_path / "real"))


def test_live_builds_on_no_simulated_load_and_takes_none_in(tmp_path: Path) -> None:
    accept(live(tmp_path), is_simulated=True)
    lake = Lake(tmp_path / "lake")
    home.refuse_simulated(demo(tmp_path), lake.in_force())
    with pytest.raises(SettingsError, match="1 simulated loads lie in the lake of a live home"):
        home.refuse_simulated(live(tmp_path), lake.in_force())
    with lake.writer():
        kpi = table("kolada", "kpi")
        made = candidate(lake, kpi, make(kpi, ""), "all")
        assert home.only_real(live(tmp_path), [made]) == [made]
        object.__setattr__(made, "is_simulated", True)
        assert home.only_real(demo(tmp_path), [made]) == [made]
        with pytest.raises(DeliveryRejected, match=r"K112.*Set KOLADA_BASE_URL to Kolada itself"):
            home.only_real(live(tmp_path), [made])


@pytest.mark.parametrize(
    "key",
    [
        home.DEMONSTRATION_KEY,
        b"k" * 32,
        bytes(32),
        bytes(range(32)),
        bytes.fromhex("0123456789abcdef" * 4),
        b"change-me-change-me-change-me-32",
    ],
)
def test_live_refuses_a_key_that_others_could_know_and_does_not_quote_it(
    tmp_path: Path, key: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, key.hex())
    build_defs(demo(tmp_path))
    with pytest.raises(SettingsError, match="Live pseudonyms need a key that nobody else has") as refused:
        build_defs(live(tmp_path))
    assert key.hex() not in str(refused.value)
    with pytest.raises(SettingsError):
        _ = Workspace(live(tmp_path)).pseudonymiser


def test_a_key_file_copied_from_a_demonstration_is_refused(tmp_path: Path) -> None:
    _ = Workspace(demo(tmp_path)).pseudonymiser
    assert stat.S_IMODE((tmp_path / "keys" / "pseudonym.key").stat().st_mode) == 0o600
    with pytest.raises(SettingsError, match=r"pseudonym\.key is the demonstration's key"):
        build_defs(live(tmp_path))


def test_drawn_keys_are_not_called_guessable(tmp_path: Path) -> None:
    assert not [key for key in (secrets.token_bytes(32) for _ in range(2000)) if home.guessable(key)]
    _ = Workspace(live(tmp_path)).pseudonymiser  # made on first use
    build_defs(live(tmp_path))


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("lake", 0o755),
        ("build", 0o750),
        ("keys", 0o701),
        ("dagster", 0o750),
        ("inbox", 0o775),
        ("published", 0o755),
        ("", 0o755),
    ],
)
def test_live_does_not_start_in_the_open_and_says_how_to_close_it(tmp_path: Path, name: str, mode: int) -> None:
    settings = live(tmp_path / "home")
    home.claim(settings)
    folder = settings.home / name
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)
    with pytest.raises(SettingsError, match=r"can read .*\. Close them: chmod ") as refused:
        build_defs(settings)
    path = str(folder).rstrip("/")
    for command in str(refused.value).split("Close them: ")[1].split("; "):
        assert command.split()[-1] == path
        assert os.system(command) == 0  # noqa: S605 - as whoever reads the message would
    build_defs(settings)


def test_an_inbox_may_belong_to_the_group_that_delivers(tmp_path: Path) -> None:
    settings = live(tmp_path / "home")
    home.claim(settings)
    settings.inbox.chmod(0o2770)
    home.claim(settings)
    assert stat.S_IMODE(settings.inbox.stat().st_mode) == 0o2770


def test_what_is_for_readers_belongs_to_their_group_and_they_come_through_to_it(tmp_path: Path) -> None:
    import grp

    own = {os.getegid(), *os.getgroups()}
    group = next(entry for entry in grp.getgrall() if os.geteuid() == 0 or entry.gr_gid in own)
    settings = live(tmp_path / "home", group.gr_name)
    with home.private():
        home.claim(settings)
        with home.readable(settings, settings.published):
            (settings.published / "below").mkdir()
            (settings.published / "file").write_text("x")
        assert os.umask(0o077) == 0o077
    modes = {
        path: (stat.S_IMODE(path.stat().st_mode), path.stat().st_gid)
        for path in (settings.home, *settings.published.rglob("*"))
    }
    assert modes == {
        settings.home: (0o710, group.gr_gid),
        settings.published / "below": (0o2750, group.gr_gid),
        settings.published / "file": (0o640, group.gr_gid),
    }
    with pytest.raises(SettingsError, match="'no-such-group', which is no group of this machine"):
        build_defs(live(tmp_path / "other", "no-such-group"))
