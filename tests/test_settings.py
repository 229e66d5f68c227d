"""The environment is chosen, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.bundled import MUNICIPALITIES, PROJECT
from orchestration import settings as settings_module
from orchestration.home import claim
from orchestration.settings import Settings, SettingsError

LIVE = {"GENOMLYSNING_ENV": "live", "GENOMLYSNING_MUNICIPALITIES": str(MUNICIPALITIES)}


def test_without_an_environment_nothing_starts() -> None:
    with pytest.raises(SettingsError, match="GENOMLYSNING_ENV is ''"):
        Settings.from_environment({})
    with pytest.raises(SettingsError, match="'production'; expected demo"):
        Settings.from_environment({"GENOMLYSNING_ENV": "production"})


def test_demo_fetches_from_the_bundled_snapshot_and_live_from_kolada() -> None:
    assert Settings.from_environment({"GENOMLYSNING_ENV": "demo"}).kolada_base_url == "inprocess://demo.kolada.app/v3"
    assert Settings.from_environment(LIVE).kolada_base_url == "https://api.kolada.se/v3"


def test_live_rejects_the_demonstration_snapshot_but_may_fetch_from_elsewhere() -> None:
    with pytest.raises(SettingsError, match="the bundled demonstration snapshot"):
        Settings.from_environment({**LIVE, "KOLADA_BASE_URL": "inprocess://demo.kolada.app/v3"})
    other = Settings.from_environment({**LIVE, "KOLADA_BASE_URL": "http://127.0.0.1:8099/v3"})
    assert other.kolada_base_url == "http://127.0.0.1:8099/v3"


def test_the_home_is_one_place_for_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings.from_environment({"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": "~/gl"}).home == tmp_path / "gl"
    for name in (
        "gl",
        "./gl",
        "$HOME/gl",
        "'/srv/gl'",
        " /srv/gl",
        "file:///srv/gl",
        "~nobody-of-this-name/gl",
        "/srv/\udcff",
    ):
        with pytest.raises(SettingsError, match=r"GENOMLYSNING_HOME is .*absolute path"):
            Settings.from_environment({"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": name})


def test_live_names_its_municipalities_and_a_demonstration_has_the_bundled_ones(tmp_path: Path) -> None:
    assert Settings.from_environment({"GENOMLYSNING_ENV": "demo"}).municipalities == MUNICIPALITIES
    with pytest.raises(SettingsError, match="GENOMLYSNING_MUNICIPALITIES is not set"):
        Settings.from_environment({"GENOMLYSNING_ENV": "live"})
    for environment in ("demo", "live"):
        named = {"GENOMLYSNING_ENV": environment, "GENOMLYSNING_MUNICIPALITIES": str(tmp_path)}
        assert Settings.from_environment(named).municipalities == tmp_path
        for wrong, why in ((str(tmp_path / "none"), "is no folder"), ("municipalities", "no absolute path")):
            with pytest.raises(SettingsError, match=why):
                Settings.from_environment({**named, "GENOMLYSNING_MUNICIPALITIES": wrong})


def test_an_installed_demonstrations_state_is_in_the_current_folder_and_live_must_name_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_module, "IS_CLONE", False)
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({"GENOMLYSNING_ENV": "demo"}).home == tmp_path / "var"
    with pytest.raises(SettingsError, match="GENOMLYSNING_HOME is not set"):
        Settings.from_environment(LIVE)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SettingsError, match=r"GENOMLYSNING_HOME is .*no folder can be made"):
            claim(Settings.from_environment({"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(place)}))


def test_all_state_is_under_one_home(tmp_path: Path) -> None:
    settings = Settings.from_environment({"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(tmp_path)})
    folders = (settings.inbox, settings.rejected, settings.lake, settings.published, settings.reports, settings.docs)
    places = (*folders, settings.build, settings.key)
    assert all(place.is_relative_to(tmp_path) for place in places)
    assert len(set(places)) == len(places)
    assert Settings.from_environment({"GENOMLYSNING_ENV": "demo"}).home == PROJECT / "var"
