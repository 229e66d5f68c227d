"""What a benchmark tells: one row per measured thing, with its goal beside it.

Belongs here: the row, and printing rows as a table. Does not belong here: any benchmark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """One measured value. goal: in words, None where there is none. held: whether the goal was reached, None without goal."""

    benchmark: str
    what: str
    value: float
    unit: str
    goal: str | None = None
    held: bool | None = None


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
