"""What a benchmark tells: one row per measured thing, with its goal beside it; and what a process costs.

Belongs here: the row, printing rows as a table, running a process and its cost. Does not belong here: any benchmark.
"""

from __future__ import annotations

import os
import select
import statistics
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True)
class Measured:
    """One measured value. goal: in words, None where there is none. held: whether the goal was reached, None without
    goal.
    """

    benchmark: str
    what: str
    value: float
    unit: str
    goal: str | None = None
    held: bool | None = None


@dataclass(frozen=True)
class Run:
    """What a process cost: seconds of wall and processor time, and its peak memory in MB."""

    wall: float
    cpu: float
    peak_mb: float


def at_most(benchmark: str, what: str, value: float, unit: str, most: float) -> Measured:
    """A value that should not exceed `most`."""
    return Measured(benchmark, what, value, unit, f"at most {most:g} {unit}", value <= most)


def at_least(benchmark: str, what: str, value: float, unit: str, least: float) -> Measured:
    """A value that should not fall below `least`."""
    return Measured(benchmark, what, value, unit, f"at least {least:g} {unit}", value >= least)


def table(rows: Iterable[Measured]) -> str:
    """The rows as a Markdown table."""
    lines = ["| benchmark | what | measured | goal | held |", "|---|---|---:|---|---|"]
    for row in rows:
        held = {None: "", True: "yes", False: "**no**"}[row.held]
        lines.append(f"| {row.benchmark} | {row.what} | {row.value:,.4g} {row.unit} | {row.goal or ''} | {held} |")
    return "\n".join(lines)


def run(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Run:
    """Run a Python process of the project to its end; RuntimeError (with the end of its output) if it fails. log: gets
    its output.
    """
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *arguments],
            {**os.environ, "PYTHONPATH": str(ROOT), "GX_ANALYTICS_ENABLED": "false", **environment},
            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)],
        )
        peak, ended = 0.0, os.pidfd_open(pid)
        while not select.select([ended], [], [], SECONDS_BETWEEN_LOOKS)[0]:
            peak = max(peak, peak_mb(pid))
        os.close(ended)
        _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{log.read_text(encoding='utf-8')[-3000:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, peak)


def peak_mb(pid: int | str = "self") -> float:
    """The largest resident set that a process has had, in MB; 0 when it has just ended.

    Not the kernel's sum of a child (`ru_maxrss`): that begins at its parent's size.
    """
    told = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").split("VmHWM:")
    return int(told[1].split()[0]) / 1024 if len(told) > 1 else 0.0


def middle(runs: Iterable[Run]) -> Run:
    """The medians of several runs of one thing."""
    every = list(runs)
    return Run(*(statistics.median(getattr(one, name) for one in every) for name in ("wall", "cpu", "peak_mb")))
