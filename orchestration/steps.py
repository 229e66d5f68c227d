"""What every step does around its work: claim the home, make private files, and turn failures into Dagster's.

Belongs here: the one place where failures are sorted into those that are retried and those that are not. Does not
belong here: any step's work, and the kinds of failure (`ingestion.failures`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from ingestion.failures import PermanentFailure, advice, is_transient
from orchestration import home

if TYPE_CHECKING:
    from orchestration.resources import Workspace

MOST_RETRIES = 3
FIRST_WAIT = 60.0
"""Seconds before the first retry; each later one waits twice as long: seven minutes in all."""


@contextmanager
def step(context: dg.AssetExecutionContext | dg.OpExecutionContext, workspace: Workspace) -> Iterator[None]:
    """Around the work of one step.

    A transient failure asks Dagster for another try, `MOST_RETRIES` times at most; a permanent one, and a transient one
    after the last try, fails the step in its own words. A failure of no known kind passes as it is, with its stack: it
    is a fault of the platform.
    """
    with home.private():
        try:
            home.claim(workspace.settings)
            yield
        except Exception as error:
            if may_try_again(context, error):
                context.log.warning(
                    f"{type(error).__name__}: {error} Try {context.retry_number + 1} of {MOST_RETRIES + 1} failed."
                )
                raise dg.RetryRequested(MOST_RETRIES, _wait(context.retry_number)) from error
            words = _in_words(error, workspace)
            if words is None:
                raise
            raise dg.Failure(words, allow_retries=False) from error


def may_try_again(context: dg.AssetExecutionContext | dg.OpExecutionContext, error: BaseException) -> bool:
    """Whether the failure may pass by itself and tries are left."""
    return is_transient(error) and context.retry_number < MOST_RETRIES


def _wait(tried: int) -> float:
    return float(FIRST_WAIT * 2**tried * random.uniform(0.75, 1.25))  # noqa: S311 - no secret


def _in_words(error: Exception, workspace: Workspace) -> str | None:
    """What whoever must mend it reads; None where the platform has no words of its own for it."""
    if isinstance(error, dg.Failure):
        return None
    what_to_do = advice(error) or (advice(error.__cause__) if error.__cause__ else None)
    if is_transient(error):
        return f"{error} It was tried {MOST_RETRIES + 1} times. Run the job again when the cause is gone."
    if isinstance(error, PermanentFailure):
        from ingestion.lake import LakeBusy

        process = holder(workspace.settings.lake / ".lock") if isinstance(error, LakeBusy) else None
        return " ".join(filter(None, (str(error), process and f"It is held by {process}.", what_to_do)))
    return f"{type(error).__name__}: {what_to_do}" if what_to_do else None


def holder(lock: Path) -> str | None:
    """The process that holds the file's lock, as Linux lists it: 'process 123 (genomlysning demo)'; None where that
    cannot be told.
    """
    listed = Path("/proc/locks")
    if not listed.exists() or not lock.exists():
        return None
    inode = str(lock.stat().st_ino)
    for line in listed.read_text(encoding="ascii").splitlines():
        fields = line.split()
        if len(fields) >= 6 and fields[-3].rpartition(":")[2] == inode and fields[-4].isdigit():
            command = Path("/proc") / fields[-4] / "cmdline"
            words = (
                command.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip() if command.exists() else ""
            )
            return f"process {fields[-4]}" + (f" ({words[:120]})" if words else "")
    return None
