"""Failures: every one of the platform's own is of a kind; transient ones are retried, bounded; permanent ones say at
once what to do.
"""

import ast
import errno
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from expectations.gate import TakeInFailed
from ingestion.failures import PermanentFailure, TransientFailure, advice, is_transient
from ingestion.findings import DeliveryRejected
from ingestion.kolada.client import KoladaPermanentError, KoladaTransientError
from ingestion.lake import Lake, LakeBusy, LakeDamaged
from orchestration import steps
from orchestration.resources import Workspace
from orchestration.settings import Settings, SettingsError
from publication.publish import NotPublishable

PROJECT = Path(__file__).resolve().parents[1]
# Never leave the module that raises them: the client's own signal for another attempt, and the base of its two kinds.
INTERNAL = {"KoladaError", "_Passing"}


def run(home: Path, work: Callable[[], None]) -> dg.ExecuteInProcessResult:
    """One asset that does `work` as a step."""

    @dg.asset
    def one(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
        with steps.step(context, workspace):
            work()

    settings = Settings("demo", home, "inprocess://demo.kolada.app/v3")
    return dg.materialize([one], resources={"workspace": Workspace(settings)}, raise_on_error=False)


def said(result: dg.ExecuteInProcessResult) -> str:
    [failure] = result.get_step_failure_events()
    return str(
        failure.step_failure_data.user_failure_data.description if failure.step_failure_data.user_failure_data else ""
    )


def failing(*errors: Exception | None) -> tuple[Callable[[], None], list[int]]:
    """Work that fails with each error in turn (None: succeeds); and how often it was tried."""
    waiting, tried = list(errors), [0]

    def work() -> None:
        tried[0] += 1
        if (error := waiting.pop(0)) is not None:
            raise error

    return work, tried


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "FIRST_WAIT", 0.0)


def test_every_failure_of_the_platform_is_of_a_kind() -> None:
    found = set()
    for folder in ("ingestion", "expectations", "publication", "reports", "orchestration"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if not isinstance(node, ast.ClassDef) or node.name in INTERNAL:
                    continue
                module = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
                kind = getattr(importlib.import_module(module), node.name)
                if issubclass(kind, Exception):
                    found.add(node.name)
                    assert issubclass(kind, PermanentFailure | TransientFailure), (
                        f"{path.name}: {node.name} is neither permanent nor transient"
                    )
    assert {"LakeBusy", "LakeDamaged", "DeliveryRejected", "NotPublishable", "SettingsError", "PdfNotMade"} <= found


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KoladaTransientError("x"), True),
        (OSError(errno.ESTALE, "stale"), True),
        (TimeoutError(errno.ETIMEDOUT, "x"), True),
        (KoladaPermanentError("x"), False),
        (LakeBusy("x"), False),
        (LakeDamaged("x"), False),
        (DeliveryRejected([]), False),
        (NotPublishable("x"), False),
        (SettingsError("x"), False),
        (OSError(errno.ENOSPC, "full"), False),
        (ValueError("x"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_failure_is_sorted(error: Exception, expected: bool) -> None:
    assert is_transient(error) is expected


def test_a_transient_failure_is_retried_until_it_has_passed(tmp_path: Path) -> None:
    work, tried = failing(KoladaTransientError("away"), OSError(errno.ESTALE, "stale"), None)
    assert run(tmp_path, work).success
    assert tried == [3]


def test_the_retries_are_bounded_and_their_end_is_a_failure_in_words(tmp_path: Path) -> None:
    work, tried = failing(*[KoladaTransientError("Kolada is away.")] * 10)
    result = run(tmp_path, work)
    assert not result.success
    assert tried == [steps.MOST_RETRIES + 1]
    assert said(result) == "Kolada is away. It was tried 4 times. Run the job again when the cause is gone."


def test_waits_grow_and_stay_within_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    waits = [steps._wait(tried) for tried in range(steps.MOST_RETRIES)]
    assert waits == sorted(waits) and waits[0] >= 45 and sum(waits) <= 600


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LakeDamaged("load 1 is damaged."), "load 1 is damaged."),
        (OSError(errno.ENOSPC, "full"), "The disk is full. Free space"),
        (RuntimeError("IO Error: Could not write: No space left on device"), "The disk is full. Free space"),
        (
            RuntimeError('Could not set lock on file "x": Conflicting lock is held in (PID 1)'),
            "Another process has the file open",
        ),
    ],
    ids=("damaged", "full", "full under DuckDB", "locked under DuckDB"),
)
def test_a_permanent_failure_is_said_once_in_words(tmp_path: Path, error: Exception, words: str) -> None:
    work, tried = failing(error, None)
    result = run(tmp_path, work)
    assert not result.success and tried == [1]
    assert words in said(result)


def test_a_fault_of_the_platform_keeps_its_stack(tmp_path: Path) -> None:
    work, tried = failing(ZeroDivisionError("nobody thought of it"), None)
    [failure] = run(tmp_path, work).get_step_failure_events()
    assert tried == [1]
    cause = failure.step_failure_data.error.cause if failure.step_failure_data.error else None
    assert (
        cause
        and cause.cls_name == "ZeroDivisionError"
        and any("failing" in line or "work" in line for line in cause.stack)
    )


def test_a_full_disk_behind_files_that_stay_in_the_inbox_is_said(tmp_path: Path) -> None:
    def work() -> None:
        full = OSError(errno.ENOSPC, "full")
        raise TakeInFailed({Path("a.csv"): full}, []) from full

    words = said(run(tmp_path, work))
    assert "stay in the inbox" in words and "The disk is full" in words


def test_two_refreshes_at_once_are_not_retried_and_the_holder_is_named(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    script = f"""
import sys
from pathlib import Path
from ingestion.lake import Lake
with Lake(Path({str(lake)!r})).writer():
    print("held", flush=True)
    sys.stdin.readline()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout and other.stdout.readline() == "held\n"
        tried = [0]

        def work() -> None:
            tried[0] += 1
            with Lake(lake).writer():
                pass

        words = said(run(tmp_path, work))
        assert tried == [1]
        assert "Another refresh is writing" in words
        if Path("/proc/locks").exists():
            assert f"It is held by process {other.pid} (" in words
    finally:
        other.communicate("\n")


def test_advice_is_given_for_what_the_operating_system_reports_and_for_nothing_else() -> None:
    assert "read-only" in str(advice(OSError(errno.EROFS, "x")))
    assert advice(ValueError("x")) is None
