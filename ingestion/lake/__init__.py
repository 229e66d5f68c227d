"""The lake: the loads that were accepted, and what was rejected. What the other rooms need of it; its own modules do
the work.
"""

from ingestion.lake.lake import Lake, LakeBusy, RowsErased
from ingestion.lake.loads import (
    BOOKKEEPING,
    SHAPE_FILE,
    VALIDATION_FILE,
    WHOLE,
    Candidate,
    LakeDamaged,
    Load,
    naive_utc,
    new_load_id,
    records,
    select_lake,
)
from ingestion.lake.rejected import Rejected, Rejection

__all__ = [
    "BOOKKEEPING",
    "SHAPE_FILE",
    "VALIDATION_FILE",
    "WHOLE",
    "Candidate",
    "Lake",
    "LakeBusy",
    "LakeDamaged",
    "Load",
    "Rejected",
    "Rejection",
    "RowsErased",
    "naive_utc",
    "new_load_id",
    "records",
    "select_lake",
]
