"""The wheel, installed outside the clone: it holds all that it reads, runs from any folder, and writes nothing beside
its own files.

The whole demonstration is not run from it: nothing in the way from a file to a report asks where the code lies, but for
what is tried here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.slow

PACKAGES = ("ingestion", "expectations", "publication", "reports", "orchestration", "genomlysning", "demo")
BESIDE = ("dbt_project", "municipalities", "dagster_home", "workspace.yaml")


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel; everything else is the environment's that the tests run in."""

    wheel: Path
    folder: Path

    @property
    def packages(self) -> Path:
        return next(self.folder.glob("lib/python*/site-packages"))

    def run(self, where: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the folder `where`, with no variable of the platform's but those that are
        given.
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GENOMLYSNING", "DAGSTER", "PYTHON", "DBT"))
        }
        program = self.folder / "bin" / words[0]
        return subprocess.run(
            [program, *words[1:]], cwd=where, env={**kept, **variables}, capture_output=True, text=True, check=False
        )

    def files(self) -> dict[Path, int]:
        """Every file of the installation with its time; what Python compiles is not counted."""
        paths = (path for path in self.packages.rglob("*") if path.is_file() and path.suffix != ".pyc")
        return {path: path.stat().st_mtime_ns for path in paths}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("installed")
    # the backend itself, as pip would call it; pip would fetch it anew from a registry
    build = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    wheel = folder / built.stdout.strip()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    made = Installation(wheel, folder / "venv")
    (made.packages / "others.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    uv, python = str(Path(sys.executable).with_name("uv")), str(made.folder / "bin" / "python")
    command = [uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, str(wheel)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return made


def test_the_wheel_holds_every_file_of_its_packages_and_nothing_that_was_made(installed: Installation) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES, *BESIDE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    tracked = [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]
    expected = {name if name.startswith(PACKAGES) else f"genomlysning/bundled/{name}" for name in tracked}
    held = {name for name in zipfile.ZipFile(installed.wheel).namelist() if ".dist-info/" not in name}
    assert len(expected) > 500 and not expected - held
    assert not [name for name in held if "/target/" in name or "/logs/" in name or "__pycache__" in name]
    assert {name.split("/")[0] for name in held} == set(PACKAGES), "names that an installation would claim for itself"


def test_the_wheel_says_its_licence_and_its_command(installed: Installation) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        [metadata, licence] = [
            wheel.read(next(name for name in wheel.namelist() if name.endswith(end))).decode()
            for end in ("/METADATA", "/LICENSE")
        ]
    assert "License-Expression: EUPL-1.2" in metadata and "EUROPEAN UNION PUBLIC LICENCE" in licence.upper()


def test_the_command_runs_in_any_folder(installed: Installation, tmp_path: Path) -> None:
    ended = installed.run(tmp_path, "genomlysning", "--help")
    assert ended.returncode == 0 and ended.stdout.startswith("Usage: genomlysning")
    ended = installed.run(tmp_path, "genomlysning", "check-configuration", GENOMLYSNING_ENV="demo")
    bundled = installed.packages / "genomlysning" / "bundled"
    assert ended.stdout == f"2 municipalities in {bundled / 'municipalities'}, no mistake\n", ended.stderr
    ended = installed.run(tmp_path, "genomlysning", "status", GENOMLYSNING_ENV="demo")
    assert ended.returncode == 0 and ended.stdout.startswith(f"Home         {tmp_path / 'var'} (demo)\n"), ended.stderr
    ended = installed.run(tmp_path, "genomlysning", "generate", "--check")
    assert ended.returncode == 1 and "run this in a clone" in ended.stderr
    assert not list(tmp_path.iterdir()), "looking makes nothing"


def test_installed_live_has_no_defaults(installed: Installation, tmp_path: Path) -> None:
    live = {"GENOMLYSNING_ENV": "live"}
    for missing in ("GENOMLYSNING_HOME", "GENOMLYSNING_MUNICIPALITIES"):
        ended = installed.run(tmp_path, "genomlysning", "check-configuration", **live)
        assert ended.returncode == 1 and f"{missing} is not set" in ended.stderr and "Traceback" not in ended.stderr
        live[missing] = str(tmp_path)
    assert (
        installed.run(tmp_path, "genomlysning", "check-configuration", **live).stdout
        == f"0 municipalities in {tmp_path}, no mistake\n"
    )


def test_the_demonstrations_sources_find_what_they_read(installed: Installation, tmp_path: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from demo.kpb import write_kpb_extracts\n"
        "from demo.population import write_population_extracts\n"
        "from demo.kolada.app import Snapshot\n"
        "from orchestration.assets.kolada import FOLLOWED\n"
        "from ingestion.kolada.fetch import read_followed\n"
        "from orchestration.resources import git_sha\n"
        "files = [*write_kpb_extracts(Path('inbox')), *write_population_extracts(Path('inbox'))]\n"
        "print(len(files), len(read_followed(FOLLOWED)) > 100, git_sha())\n"
    )
    ended = installed.run(tmp_path, "python", "-c", script, GENOMLYSNING_ENV="demo")
    assert ended.returncode == 0, ended.stderr
    version = installed.wheel.name.split("-")[1]
    assert ended.stdout.split()[1:] == ["True", version] and int(ended.stdout.split()[0]) > 5


def test_dbts_parse_lies_below_the_state_folder_and_is_made_once(installed: Installation, tmp_path: Path) -> None:
    before = installed.files()
    earlier = tmp_path / "var" / "dbt" / "of-an-earlier-version"
    earlier.mkdir(parents=True)
    script = "from orchestration.definitions import defs; print(len(defs.resolve_all_asset_specs()))"
    first = installed.run(tmp_path, "python", "-c", script, GENOMLYSNING_ENV="demo")
    assert first.returncode == 0 and int(first.stdout) > 200, first.stderr
    [parsed] = (tmp_path / "var" / "dbt").iterdir()
    assert parsed.name != earlier.name and parsed.stat().st_mode & 0o077 == 0
    made = (parsed / "manifest.json").stat().st_mtime_ns
    assert installed.run(tmp_path, "python", "-c", script, GENOMLYSNING_ENV="demo").stdout == first.stdout
    assert [path / "manifest.json" for path in (tmp_path / "var" / "dbt").iterdir()] == [parsed / "manifest.json"]
    assert (parsed / "manifest.json").stat().st_mtime_ns == made and (parsed / "partial_parse.msgpack").exists()
    assert installed.files() == before, "something was written beside the code"
