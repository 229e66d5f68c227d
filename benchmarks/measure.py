"""What a benchmark tells: one row per measured thing, with its goal beside it; and what a process costs.

Belongs here: the row, printing rows as a table, running a process and its cost. Does not belong here: any benchmark.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Measured:
    """One measured value. goal: in words, None where there is none. held: whether the goal was reached, None without goal."""

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
    """Run a Python process of the project to its end; RuntimeError (with the end of its output) if it fails. log: gets its output."""
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, *arguments],
            {**os.environ, "PYTHONPATH": str(ROOT), "GX_ANALYTICS_ENABLED": "false", **environment},
            file_actions=[(os.POSIX_SPAWN_DUP2, output.fileno(), 1), (os.POSIX_SPAWN_DUP2, output.fileno(), 2)],
        )
        _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{log.read_text(encoding='utf-8')[-3000:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def middle(runs: Iterable[Run]) -> Run:
    """The medians of several runs of one thing."""
    every = list(runs)
    return Run(*(statistics.median(getattr(one, name) for one in every) for name in ("wall", "cpu", "peak_mb")))
