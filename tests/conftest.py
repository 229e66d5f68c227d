"""Fixtures that several tests share: the demonstration, refreshed once for all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("GENOMLYSNING_ENV", "demo")  # as make does; the code location does not load without it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the file that makes the demonstration: whoever else needs it then finds it made, and need not wait for
    minutes.
    """
    items.sort(key=lambda item: item.path.name != "test_demonstration.py")


@dataclass(frozen=True)
class Demonstration:
    """A home that `genomlysning demo` has refreshed."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work in this home."""
        here = {
            "GENOMLYSNING_ENV": "demo",
            "GENOMLYSNING_HOME": str(self.home),
            "DAGSTER_HOME": str(self.home / "dagster"),
        }
        return {**os.environ, **here, "PYTHONPATH": str(ROOT)}

    @property
    def current(self) -> Path:
        """The pointer at the newest publication."""
        return self.home / "published" / "current.duckdb"

    def copy(self, home: Path) -> Demonstration:
        """The same state in `home`: what was delivered, accepted and published, without the history of runs."""
        # loads are never written to, so a link will do; of the lock it would be the same lock
        shutil.copytree(
            self.home / "lake", home / "lake", copy_function=os.link, ignore=shutil.ignore_patterns("*.lock")
        )
        for name in ("demo", "keys", "published"):
            shutil.copytree(self.home / name, home / name, symlinks=True)
        return Demonstration(home)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python process in this home."""
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The demonstration as `make demo` leaves it, in a home of its own, made once for all of pytest's processes.

    Tests may deliver more, but never what is accepted: for that they take a `copy`.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made, is_made = Demonstration(shared / "demonstration"), shared / "demonstration.made"
    with FileLock(shared / "demonstration.lock"):
        if not is_made.exists():
            if just_made := os.environ.get(
                "DEMONSTRATION_JUST_MADE"
            ):  # .ci/run has run `make demo` on this very commit
                shutil.copytree(just_made, made.home, symlinks=True)
            else:
                made.home.mkdir(exist_ok=True)
                ended = made.run("-m", "genomlysning", "demo")
                assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
            is_made.touch()
    return made
