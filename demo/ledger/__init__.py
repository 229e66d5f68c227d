"""The demonstration's ledger extracts of both municipalities.

Belongs here: one call that writes all deliveries. Does not belong here: any formula of the platform; of it only the
configuration is read, for the ids and the intervals of accounts and cost centres.
"""

from __future__ import annotations

from pathlib import Path

from demo.ledger.alingsas import write_alingsas
from demo.ledger.helsingborg import write_helsingborg
from ingestion.bundled import MUNICIPALITIES
from ingestion.configuration.municipality import load_municipality

_WRITERS = {"1489-alingsas": write_alingsas, "1283-helsingborg": write_helsingborg}


def write_ledger_extracts(inbox: Path) -> list[Path]:
    """Write both municipalities' extracts into `<inbox>/<municipality>/ledger/`; returns their paths, the same bytes
    every time.
    """
    written: list[Path] = []
    for name, write in _WRITERS.items():
        folder = inbox / name / "ledger"
        folder.mkdir(parents=True, exist_ok=True)
        written += write(folder, load_municipality(MUNICIPALITIES / name))
    return written
