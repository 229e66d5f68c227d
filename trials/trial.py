"""What a trial is, and what is counted of it.

Belongs here: the words that every trial shares. Does not belong here: any trial, and the command (`__main__`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Attempt:
    """One thing tried. name: what, so that it can be tried again alone. held: whether the promise held. said: what was
    seen.
    """

    name: str
    held: bool
    said: str = ""


@dataclass(frozen=True)
class Trial:
    """A promise that is tried.

    name: in the table and on the command line. what: the promise, one line. run(folder, share): tries it in the empty
    `folder`, which is thrown away afterwards, and yields each attempt as it ends; `share` (0-1] is how much of the full
    number is tried: 1 in `make trials`, less in tests and when guards are broken.
    """

    name: str
    what: str
    run: Callable[[Path, float], Iterator[Attempt]]


@dataclass(frozen=True)
class Break:
    """A guard taken away, to show that a trial would notice.

    guard: what is taken away, in words. trial: name of the trial that must turn red. broken: takes the guard away in
    this process (and so in those that it forks) for as long as it is open. share: how much of the trial is enough to
    notice.
    """

    guard: str
    trial: str
    broken: Callable[[], AbstractContextManager[object]]
    share: float = 0.05


def part(of: int, share: float) -> int:
    """How many of `of` attempts a share is: at least one."""
    return max(1, round(of * share))


_KEPT = "GENOMLYSNING_TRIALS"


@contextmanager
def keeping() -> Iterator[None]:
    """A folder for what several trials begin from, known to the processes that are started meanwhile; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="trials-") as folder:
        os.environ[_KEPT] = folder
        try:
            yield
        finally:
            del os.environ[_KEPT]


def kept() -> Path:
    """The folder of `keeping`."""
    return Path(os.environ[_KEPT])
