"""`python -m trials [name ...]` (make trials): run the trials, break the guards, print what held.

Exit code 0 only if every attempt held and every broken guard was noticed. Without names all trials run, then all breaks; with
names only those, with their breaks.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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

SHOWN_FAILURES = 20


@dataclass
class Count:
    """What became of one trial. searched, personal: files that it left, and those of them with something personal in them."""

    trial: Trial
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
    count, failures, started = Count(trial), [], time.monotonic()
    with _workplace() as folder:
        try:
            for attempt in trial.run(folder, share):
                count.tried += 1
                count.held += attempt.held
                if not attempt.held:
                    failures.append(attempt)
        except Exception as error:
            count.tried += 1
            failures.append(Attempt("the trial itself", False, f"{type(error).__name__}: {error}"))
        if share == 1:
            failures += _searched(folder, count)
    if not count.tried:
        failures.append(Attempt("the trial itself", False, "nothing was tried"))
    count.seconds = time.monotonic() - started
    return count, failures


def _searched(folder: Path, count: Count) -> list[Attempt]:
    from trials.personal_data import left_behind

    count.searched, hits = left_behind(folder)
    by_file = {hit.file: hit for hit in hits}
    count.personal = len(by_file)
    return [
        Attempt(f"personal data left in {path.relative_to(folder)}", False, f"{hit.where}: {hit.kind}") for path, hit in by_file.items()
    ]


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for and say what held."""
    names = [trial.name for trial in trials()]
    parser = argparse.ArgumentParser(prog="python -m trials", description="Try what the platform promises, and count what held.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"only these: {', '.join(names)}")
    chosen = parser.parse_args(arguments).names or names
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"no trial {', '.join(unknown)}; there are {', '.join(names)}")
    by_name = {trial.name: trial for trial in trials()}
    red, searched, personal = False, 0, 0
    print(f"{'trial':24} {'tried':>7} {'held':>7} {'s':>7}  promise", flush=True)
    for name in chosen:
        count, failures = run(by_name[name])
        searched, personal = searched + count.searched, personal + count.personal
        red = red or bool(failures)
        print(f"{name:24} {count.tried:7} {count.held:7} {count.seconds:7.0f}  {count.trial.what}", flush=True)
        for failure in failures[:SHOWN_FAILURES]:
            print(f"  DID NOT HOLD  {failure.name}: {failure.said}", flush=True)
        if len(failures) > SHOWN_FAILURES:
            print(f"  … and {len(failures) - SHOWN_FAILURES} more", flush=True)
    print(f"{'left-behind':24} {searched:7} {searched - personal:7} {'':>7}  no file that a trial left has personal data in it", flush=True)
    listed = [one for one in breaks() if one.trial in chosen]
    print(f"\n{'broken guard':64} noticed by", flush=True)
    for one in listed:
        with one.broken():
            _, failures = run(by_name[one.trial], one.share)
        red = red or not failures
        print(f"{one.guard:64} {one.trial if failures else 'NOBODY'}", flush=True)
    return 1 if red else 0


if __name__ == "__main__":
    os.environ.setdefault("GENOMLYSNING_ENV", "demo")
    sys.exit(main())
