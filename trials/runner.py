"""Runs one trial: its attempts, what it leaves behind, the guard that is taken away for it.

Belongs here: the list of trials, running one in a process of its own. Does not belong here: any trial, and what the
command prints (`__main__`).

A process of its own, because some trials fork, and what forks must not have the threads that another trial started.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from trials.trial import Attempt, Break, Trial

MODULES: tuple[str, ...] = (
    "personal_data",
    "deliveries",
    "fuzz",
    "kill",
    "faults",
    "readers",
    "operations",
    "disclosure",
    "kolada",
)
"""Modules of this package with `TRIALS` and `BREAKS`, in the order in which they run."""


ITSELF = "the trial itself"
"""The name of the attempt that failed where a trial could not try: it did not hold, but it did not notice anything
either.
"""


@dataclass
class Count:
    """What became of one trial. searched, personal: files that it left, and those of them with something personal in
    them.
    """

    tried: int = 0
    held: int = 0
    seconds: float = 0.0
    searched: int = 0
    personal: int = 0


def trials(modules: tuple[str, ...] = MODULES) -> tuple[Trial, ...]:
    """All trials, in order; their names are unique."""
    found = tuple(trial for name in modules for trial in importlib.import_module(f"trials.{name}").TRIALS)
    if len({trial.name for trial in found}) != len(found):
        raise ValueError("two trials have one name")
    return found


def breaks(modules: tuple[str, ...] = MODULES) -> tuple[Break, ...]:
    """All guards that can be taken away."""
    return tuple(one for name in modules for one in importlib.import_module(f"trials.{name}").BREAKS)


@contextmanager
def _workplace() -> Iterator[Path]:
    """An empty folder that is gone afterwards, also where a trial took away the right to write."""
    folder = Path(tempfile.mkdtemp(prefix="trial-"))
    try:
        yield folder
    finally:
        for path in (folder, *folder.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)


def run(trial: Trial, share: float = 1.0) -> tuple[Count, list[Attempt]]:
    """Run one trial; its count, and the attempts that did not hold. A trial that fails itself did not hold.

    At the full share, whatever it left is searched for personal data: what is found did not hold either.
    """
    count, failures, started = Count(), [], time.monotonic()
    with _workplace() as folder:
        try:
            for attempt in trial.run(folder, share):
                count.tried += 1
                count.held += attempt.held
                if not attempt.held:
                    failures.append(attempt)
        except Exception as error:
            count.tried += 1
            failures.append(Attempt(ITSELF, False, f"{type(error).__name__}: {error}"))
        if share == 1:
            failures += _searched(folder, count)
    if not count.tried:
        failures.append(Attempt(ITSELF, False, "nothing was tried"))
    count.seconds = time.monotonic() - started
    return count, failures


def _searched(folder: Path, count: Count) -> list[Attempt]:
    from trials.personal_data import left_behind

    count.searched, hits = left_behind(folder)
    by_file = {hit.file: hit for hit in hits}
    count.personal = len(by_file)
    return [
        Attempt(f"personal data left in {path.relative_to(folder)}", False, f"{hit.where}: {hit.kind}")
        for path, hit in by_file.items()
    ]


def run_apart(name: str, broken: int | None = None) -> tuple[Count, list[Attempt]]:
    """Run the trial `name` in a new process; with the guard of `breaks()[broken]` taken away, and at its share, if
    there is one.

    What it and the processes that it starts print (Dagster's log, above all) goes to a file, so that the table can be
    read; the file is kept, and told, if the whole trial did not hold.
    """
    spawn = multiprocessing.get_context("spawn")
    descriptor, printed = tempfile.mkstemp(prefix=f"trial-{name}-", suffix=".log")
    os.close(descriptor)
    with ProcessPoolExecutor(1, mp_context=spawn) as process:
        try:
            count, failures = process.submit(_run_by_name, name, broken, printed).result()
        except BrokenProcessPool:
            count, failures = Count(tried=1), [Attempt(ITSELF, False, "its process ended before it did")]
    if failures and broken is None:
        failures.insert(0, Attempt("what it printed is kept", False, printed))
    else:
        Path(printed).unlink()
    return count, failures


def _run_by_name(name: str, broken: int | None, printed: str) -> tuple[Count, list[Attempt]]:
    with Path(printed).open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    trial = next(one for one in trials() if one.name == name)
    taken = None if broken is None else breaks()[broken]
    with taken.broken() if taken else nullcontext():
        return run(trial, taken.share if taken else 1.0)
