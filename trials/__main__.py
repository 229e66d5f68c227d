"""`python -m trials [name ...]` (make trials): run the trials, break the guards, print what held.

Exit code 0 only if every attempt held and every broken guard was noticed. Without names all trials run, then all
breaks; with names only those, with their breaks.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from textwrap import shorten

from trials.runner import ITSELF, breaks, run_apart, trials
from trials.trial import Attempt, keeping

SHOWN_FAILURES = 20
OF_THE_KILLED = "ignore::UserWarning:multiprocessing.resource_tracker"
"""Killed runs leave semaphores; Python takes them away at the end, and need not say so under the table."""
AT_A_TIME = 2
"""Guards taken away side by side. The trials themselves run alone: some of them take time, or memory."""


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for and say what held."""
    promises = {trial.name: trial.what for trial in trials()}
    parser = argparse.ArgumentParser(
        prog="python -m trials", description="Try what the platform promises, and count what held."
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"only these: {', '.join(promises)}")
    chosen = parser.parse_args(arguments).names or list(promises)
    if unknown := sorted(set(chosen) - set(promises)):
        parser.error(f"no trial {', '.join(unknown)}; there are {', '.join(promises)}")
    with keeping():
        return 1 if _tried(chosen, promises) | _broken(chosen) else 0


def _tried(chosen: Sequence[str], promises: Mapping[str, str]) -> bool:
    """Run the trials; whether any attempt did not hold."""
    red, searched, personal = False, 0, 0
    print(f"{'trial':24} {'tried':>7} {'held':>7} {'s':>7}  promise", flush=True)
    for name in chosen:
        count, failures = run_apart(name)
        searched, personal = searched + count.searched, personal + count.personal
        red = red or bool(failures)
        print(f"{name:24} {count.tried:7} {count.held:7} {count.seconds:7.0f}  {promises[name]}", flush=True)
        for failure in failures[:SHOWN_FAILURES]:
            print(f"  DID NOT HOLD  {failure.name}: {failure.said}", flush=True)
        if len(failures) > SHOWN_FAILURES:
            print(f"  … and {len(failures) - SHOWN_FAILURES} more", flush=True)
    print(
        f"{'left-behind':24} {searched:7} {searched - personal:7} {'':>7}  no file that a trial left has personal data in it",
        flush=True,
    )
    return red


def _brief(failure: Attempt) -> str:
    """What was tried, and the last line of what was seen: of a stack, the error itself."""
    last = failure.said.strip().splitlines()[-1:]
    return shorten(": ".join((failure.name, *last)), 150, placeholder=" …")


def _broken(chosen: Sequence[str]) -> bool:
    """Take the guards away, each in a process of its own, two at a time; whether any was noticed by nobody.

    Noticed by an attempt that did not hold, which is printed: a trial that fails before it tries would be red without
    the break too.
    """
    numbered = [(number, one) for number, one in enumerate(breaks()) if one.trial in chosen]
    red = False
    print(f"\n{'broken guard':64} noticed by", flush=True)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for (_, one), (_, failures) in zip(
            numbered, pool.map(lambda of: run_apart(of[1].trial, of[0]), numbered), strict=True
        ):
            noticed = next((failure for failure in failures if failure.name != ITSELF), None)
            red = red or noticed is None
            print(f"{one.guard:64} {f'{one.trial}: {_brief(noticed)}' if noticed else 'NOBODY'}", flush=True)
            for failure in failures if noticed is None else ():
                print(f"  {failure.name}: {failure.said}", flush=True)
    return red


if __name__ == "__main__":
    os.environ.setdefault("GENOMLYSNING_ENV", "demo")
    os.environ.setdefault("PYTHONWARNINGS", OF_THE_KILLED)
    sys.exit(main())
