"""The demonstration's deliveries: every extract of both municipalities, written into an inbox.

Belongs here: which generators there are. Does not belong here: what they write.
"""

from __future__ import annotations

import importlib
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

GENERATORS = (
    "hr",
    "care",
    "ledger",
    "population",
    "follow_up",
    "survey",
    "work_environment",
    "training",
    "homecare_index",
    "kpb",
    "local_counts",
    "support_need",
    "region_report",
)
"""Modules of this package, each with `write_<name>_extracts(inbox) -> list[Path]`; the longest first, for two run at a
time.
"""


def write_deliveries(inbox: Path) -> dict[str, int]:
    """Write all extracts below `inbox`, in two processes; gives the number of files of each generator."""
    with ProcessPoolExecutor(2) as pool:
        return dict(zip(GENERATORS, pool.map(_write, GENERATORS, [inbox] * len(GENERATORS)), strict=True))


def _write(name: str, inbox: Path) -> int:
    return len(getattr(importlib.import_module(f"demo.{name}"), f"write_{name}_extracts")(inbox))
