"""The lock: it pins what `pyproject.toml` lists, holds a hash of every file, and sends nobody to a registry of its own."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
LISTED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def locked(file: str) -> dict[str, str]:
    """The lines of each requirement, by `name==version`."""
    requirements = re.split(r"^(?=\S)", (PROJECT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {one.split(maxsplit=1)[0]: one for one in requirements if one}


@pytest.mark.parametrize(
    ("file", "listed"),
    [
        ("requirements.txt", LISTED["dependencies"]),
        ("requirements-dev.txt", LISTED["dependencies"] + LISTED["optional-dependencies"]["dev"]),
    ],
)
def test_the_lock_pins_what_is_listed(file: str, listed: list[str]) -> None:
    assert not set(listed) - set(locked(file)), "make lock"


def test_what_tests_run_with_is_what_runs() -> None:
    assert not locked("requirements.txt").items() - locked("requirements-dev.txt").items(), "make lock"


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_file_has_a_hash_and_none_an_address(file: str) -> None:
    for requirement, lines in locked(file).items():
        assert re.fullmatch(r"[a-z0-9._-]+==\S+", requirement), requirement
        assert "--hash=sha256:" in lines, requirement
        assert "://" not in lines and " @ " not in lines and "--index" not in lines, requirement
