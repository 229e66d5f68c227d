"""Fixtures that several tests share: the demonstration, refreshed once for all of them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("GENOMLYSNING_ENV", "demo")  # as make does; the code location does not load without it


@dataclass(frozen=True)
class Demonstration:
    """A home that `python -m demo` has refreshed."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to work in this home."""
        here = {"GENOMLYSNING_ENV": "demo", "GENOMLYSNING_HOME": str(self.home), "DAGSTER_HOME": str(self.home / "dagster")}
        return {**os.environ, **here, "PYTHONPATH": str(ROOT)}

    @property
    def current(self) -> Path:
        """The pointer at the newest publication."""
        return self.home / "published" / "current.duckdb"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python process in this home."""
        return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The demonstration as `make demo` leaves it, in a home of its own. Tests may deliver more, but never what is accepted."""
    made = Demonstration(tmp_path_factory.mktemp("demonstration"))
    ended = made.run("-m", "demo")
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    return made
