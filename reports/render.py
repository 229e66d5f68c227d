"""Reports as files: every report that a municipality chose, in every format.

Belongs here: which files are written, and that no reader meets half of one, nor a web page and a workbook of different
versions. Does
not belong here: what a report holds (`compose`) and how it looks (`html`, `pdf`, `xlsx`).

State in a municipality's folder, of a report `<kind>-<year>` (or `<kind>-<last month>`):
`.versions/<report>_<version>/` holds a version's files with its figures as JSON, never written again; `.<report>` is a
link to the version that is shown; `<report>.html`, `.pdf` and `.xlsx` are links through it, so that one rename changes
all three. `<report>-texter.html` is a working page, there while texts wait.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from ingestion.configuration.municipality import Municipality, ReportChoice
from ingestion.durable import create_folder, replace_text
from reports import audit, audit_files
from reports.adopted import Adopted, all_adopted, figures_file
from reports.charts import picture
from reports.compose import compose
from reports.document import DiagramRow, Document
from reports.html import to_html
from reports.pdf import to_pdf
from reports.rendered import RenderResult, only_one
from reports.waiting import to_page
from reports.xlsx import to_xlsx


def render_reports(
    publication: Path, municipality: Municipality, out: Path, *, kind: str | None = None, adopted: Path | None = None
) -> list[RenderResult]:
    """Write every report of `municipality.reports` (or those of `kind`) from `publication` to the folder `out`.

    publication: a publication, or the pointer to one; only read. adopted: the municipality's folder of adopted reports.
    Files: `<kind>-<period>.html`, `.pdf` and `.xlsx`, replaced in one step, together; those of other periods stay. The
    same publication, configuration and texts give the same bytes. PublicationUnreadable if the file is none.

    A report that contradicts itself or the marts (`audit`) is not written: its files of before stay, and the result
    says in what. One that is adopted is not written either: it stays as the board decided on it. One of which nothing
    can be told yet (no source of its sections is delivered) is not written, and its result has no paths: a cover
    without a page is no report.
    """
    chosen = [choice for choice in municipality.reports if kind in (None, choice.kind)]
    frozen = all_adopted(adopted) if adopted else []
    return [_render(publication, municipality, choice, out, frozen) for choice in chosen]


def _render(
    publication: Path, municipality: Municipality, choice: ReportChoice, out: Path, frozen: list[Adopted]
) -> RenderResult:
    made = compose(publication, municipality, choice, frozen)
    stem = f"{made.kind}-{made.covers}"
    for one in frozen:
        if (one.kind, one.period) == (made.kind, made.covers):
            kept = tuple(one.folder / f"{stem}{suffix}" for suffix in SHOWN)
            return RenderResult(made.kind, kept, one.publication_id, 0, 0, 0, (), None, adopted=one.decision)
    if not made.parts:
        return RenderResult(made.kind, (), made.about.publication_id, 0, 0, 0, made.gaps, None)
    faults = audit.contradictions(made)
    contents: dict[str, bytes] = {}
    if not faults:
        page, workbook = to_html(made), to_xlsx(made)
        faults = audit_files.contradictions(made, page, workbook)
        contents = {".html": page.encode(), ".pdf": to_pdf(made), ".xlsx": workbook, ".json": figures_file(made)}
    if faults:
        before = tuple(path for suffix in SHOWN if (path := out / f"{stem}{suffix}").exists())
        told = tuple(str(fault) for fault in faults)
        return RenderResult(
            made.kind, before, made.about.publication_id, 0, 0, len(made.sentences), made.gaps, None, told
        )
    out.mkdir(parents=True, exist_ok=True)
    with only_one(out):
        paths = _replace(out, stem, contents)
        _tell_waiting(out / f"{stem}-texter.html", made)
    drawn = [
        diagram
        for part in made.parts
        for block in part.blocks
        if isinstance(block, DiagramRow)
        for diagram in block.diagrams
    ]
    preview = picture(drawn[min(len(drawn) - 1, 8)]) if drawn else None
    tables = len(made.tables) - len(drawn)
    counts = (tables, len(drawn), len(made.sentences))
    return RenderResult(
        made.kind, paths, made.about.publication_id, *counts, made.gaps, preview, waiting=len(made.waiting)
    )


def _tell_waiting(page: Path, made: Document) -> None:
    if made.waiting:
        replace_text(page, to_page(made), TEMPORARY)
    else:
        page.unlink(missing_ok=True)


SHOWN = (".html", ".pdf", ".xlsx")
VERSIONS = ".versions"
TEMPORARY = ".rendering-"


def _replace(out: Path, stem: str, contents: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Show `contents` (by suffix) as the files of the report `stem`: readers see all old files or all new ones, also if
    this is killed.
    """
    digest = hashlib.sha256()
    for suffix, content in contents.items():
        digest.update(f"{suffix} {len(content)} ".encode() + content)
    versions = out / VERSIONS
    version = versions / f"{stem}_{digest.hexdigest()[:16]}"
    pointer = out / f".{stem}"
    before = str(pointer.readlink()) if pointer.is_symlink() else None
    for left in (*versions.glob(f"{TEMPORARY}*"), *out.glob(f"{TEMPORARY}*")):
        shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    if not version.exists():
        create_folder(version, {f"{stem}{suffix}": content for suffix, content in contents.items()}, 0o640, TEMPORARY)
    shown = str(version.relative_to(out))
    if before != shown:
        _link(pointer, shown)
    paths = tuple(out / f"{stem}{suffix}" for suffix in contents if suffix in SHOWN)
    for path in paths:
        through = f"{pointer.name}/{path.name}"
        if not path.is_symlink() or str(path.readlink()) != through:
            _link(path, through)
    # The version before stays: a reader may be on the way through the old link.
    for old in versions.glob(f"{stem}_*"):
        if str(old.relative_to(out)) not in (shown, before):
            shutil.rmtree(old)
    return paths


def _link(path: Path, target: str) -> None:
    """Make `path` a link to `target`, in one step."""
    temporary = path.with_name(f"{TEMPORARY}link")
    temporary.symlink_to(target)
    temporary.replace(path)
