"""The accepted files that are kept encrypted: the names that people know them by, and reading one back.

Belongs here: finding one by its name. Does not belong here: keeping and encrypting (`ingestion.lake.raw`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestration.resources import Workspace


def kept_files(workspace: Workspace) -> dict[str, Path]:
    """Every kept file by its name: its path below the folder of kept files."""
    raw = workspace.raw
    return {str(path.relative_to(raw.root)): path for path in raw.all()}


def read_kept(workspace: Workspace, name: str) -> Iterator[bytes]:
    """A kept file as it came, in pieces. Raises RawUnreadable where it is not kept, the key is missing, or the file is
    damaged.
    """
    from ingestion.lake.raw import RawUnreadable

    kept = kept_files(workspace)
    if name not in kept:
        raise RawUnreadable(f"{name} is not kept. genomlysning raw list shows what is.")
    yield from workspace.raw.read(kept[name])
