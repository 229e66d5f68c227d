"""The demonstration's deliveries: every HR and ledger extract, written into an inbox.

Belongs here: which generators there are. Does not belong here: what they write.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

MUNICIPALITY = Path(__file__).resolve().parents[1] / "municipalities" / "1489-alingsas"


def write_deliveries(inbox: Path) -> tuple[int, int]:
    """Write the extracts of 2022-2024 below `inbox`, in two processes; gives the numbers of HR and of ledger files."""
    with ProcessPoolExecutor(2) as pool:
        hr, ledger = pool.submit(_write_hr, inbox), pool.submit(_write_ledger, inbox)
        return hr.result(), ledger.result()


def _write_hr(inbox: Path) -> int:
    from demo.hr import write_hr_extracts

    return len(write_hr_extracts(inbox))


def _write_ledger(inbox: Path) -> int:
    from demo.ledger import write_ledger_extracts
    from ingestion.municipality import load_municipality

    return len(write_ledger_extracts(inbox, load_municipality(MUNICIPALITY)))
