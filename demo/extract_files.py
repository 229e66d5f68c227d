"""Writing small extracts as the offices that deliver them do: CSV with semicolons and decimal comma.

Belongs here: the inbox's folders, spelling of cells, encoding. Does not belong here: what the rows say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

FOLDERS = {"1489": "1489-alingsas", "1283": "1283-helsingborg"}

Cell = str | int | float | date | None


def write_csv(
    inbox: Path,
    municipality_id: str,
    source: str,
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    encoding: str = "utf-8",
) -> Path:
    """Write `<inbox>/<municipality>/<source>/<name>.csv`; returns the file. Same rows, same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([_spelt(cell) for cell in row] for row in rows)
    path = inbox / FOLDERS[municipality_id] / source / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _spelt(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return "" if cell is None else str(cell)
