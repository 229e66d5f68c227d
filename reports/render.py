"""Reports as files: every report that a municipality chose, in every format.

Belongs here: which files are written, and that no reader meets half of one. Does not belong here: what a report holds (`compose`) and
how it looks (`html`, `pdf`, `xlsx`).
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ingestion.municipality import Municipality, ReportChoice
from reports.charts import picture
from reports.compose import compose
from reports.document import DiagramRow
from reports.html import to_html
from reports.pdf import to_pdf
from reports.xlsx import to_xlsx


@dataclass(frozen=True)
class RenderResult:
    """What was written. paths: one file for each format. tables, diagrams, sentences: how many the report holds. gaps: (where, why) of
    everything that it should hold and the publication lacks. preview: one diagram as PNG; None where none could be drawn.
    """

    kind: str
    paths: tuple[Path, ...]
    publication_id: str
    tables: int
    diagrams: int
    sentences: int
    gaps: tuple[tuple[str, str], ...]
    preview: bytes | None


def render_reports(publication: Path, municipality: Municipality, out: Path, *, kind: str | None = None) -> list[RenderResult]:
    """Write every report of `municipality.reports` (or those of `kind`) from `publication` to the folder `out`.

    publication: a publication, or the pointer to one; only read. Files: `<kind>[-<through>].html`, `.pdf` and `.xlsx`, each replaced in
    one step. The same publication, configuration and texts give the same bytes. PublicationUnreadable if the file is none.
    """
    chosen = [choice for choice in municipality.reports if kind in (None, choice.kind)]
    return [_render(publication, municipality, choice, out) for choice in chosen]


def _render(publication: Path, municipality: Municipality, choice: ReportChoice, out: Path) -> RenderResult:
    made = compose(publication, municipality, choice)
    stem = f"{choice.kind}-{choice.through}" if choice.through else choice.kind
    contents = {".html": to_html(made).encode(), ".pdf": to_pdf(made), ".xlsx": to_xlsx(made)}
    paths = tuple(out / f"{stem}{suffix}" for suffix in contents)
    for path, content in zip(paths, contents.values(), strict=True):
        _write(path, content)
    drawn = [diagram for part in made.parts for block in part.blocks if isinstance(block, DiagramRow) for diagram in block.diagrams]
    preview = picture(drawn[min(len(drawn) - 1, 8)]) if drawn else None
    tables = len(made.tables) - len(drawn)
    return RenderResult(choice.kind, paths, made.about.publication_id, tables, len(drawn), len(made.sentences), made.gaps, preview)


def _write(path: Path, content: bytes) -> None:
    """Replace `path` in one step, so that no reader ever meets half a report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".rendering-", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o640)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
