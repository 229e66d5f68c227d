"""The audit of the pins: what its tools answer is read rightly, and what they could not tell is never taken for good
news.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def audit() -> ModuleType:
    specification = importlib.util.spec_from_file_location("audit", PROJECT / ".ci" / "audit.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def answers(
    monkeypatch: pytest.MonkeyPatch,
    audit: ModuleType,
    dry_run: tuple[int | None, str],
    pip_audit: tuple[int | None, str],
) -> None:
    def run(*command: str) -> tuple[int | None, str, str]:
        if command[0] == "git":
            return 0, "2026-11-01\n", ""
        if "--dry-run" in command:
            return dry_run[0], "", dry_run[1]
        return pip_audit[0], pip_audit[1], "error: no route to the registry https://registry.example/simple"

    monkeypatch.setattr(audit, "run", run)


def report(*packages: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


GOOD = {"name": "a", "version": "1.0", "vulns": []}
BAD = {"name": "b", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "description": "x"}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found"}


def test_a_vulnerability_or_a_withdrawn_release_fails(
    audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(
        monkeypatch, audit, (0, "warning: `d==1` is yanked (reason: broken)\nWould install 1"), (1, report(GOOD, BAD))
    )
    assert audit.main() == 1
    said = capsys.readouterr().out
    assert (
        "WRONG b 1.0: PYSEC-2026-1, mended in 1.1" in said
        and "WRONG `d==1` is yanked" in said
        and "NOT WHOLE" not in said
    )


def test_good_pins_pass(audit: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers(monkeypatch, audit, (0, ""), (0, report(GOOD, {**GOOD, "name": "e"})))
    assert audit.main() == 0
    assert "2 packages looked up, 0 findings" in (said := capsys.readouterr().out) and "NOT WHOLE" not in said


@pytest.mark.parametrize("pip_audit", [(0, report(GOOD, SKIPPED)), (0, report(SKIPPED)), (1, ""), (None, "")])
def test_what_could_not_be_looked_up_is_said_and_does_not_fail_the_build(
    audit: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pip_audit: tuple[int | None, str],
) -> None:
    answers(monkeypatch, audit, (None, ""), pip_audit)
    assert audit.main() == 0
    said = capsys.readouterr().out
    assert "THE AUDIT IS NOT WHOLE. withdrawn releases: the registry did not answer; vulnerabilities: " in said
    assert "registry.example" not in said


def test_the_age_of_the_pins_is_told(audit: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, audit, (0, ""), (0, ""))
    assert audit.age(date(2026, 11, 28)) == "the pins were last changed on 2026-11-01, 27 days ago"
