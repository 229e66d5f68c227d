"""Adopted reports: what the board decided on, byte for byte, and which of its figures are others now.

State in a municipality's folder of adopted reports: `<kind>-<period>/` holds the files as they were rendered, their
figures (`.json`) and `adopted.json` with the decision and a checksum of each file. It is made once, and nothing writes
there again. Belongs here: freezing, finding and checking them, and telling what has changed since. Does not belong
here: rendering (`render`), and where the folder lies (`orchestration.settings`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from ingestion.durable import create_folder, file_checksum
from ingestion.failures import PermanentFailure
from reports import audit
from reports.document import Block, Cell, Document, FactLine, Line, Origin, Part, Section, Table
from reports.figures import Load, Publication
from reports.format import NBSP, NOT_AVAILABLE, NOT_SHOWN, day, number

MANIFEST = "adopted.json"
TEMPORARY = ".adopting-"
NAMES = {
    "genomlysning": "genomlysningen",
    "arsbokslut": "årsbokslutet",
    "delarsbokslut": "delårsbokslutet",
    "manadsuppfoljning": "månadsuppföljningen",
}
GONE = "finns inte längre"
FEW = 3


class CannotAdopt(PermanentFailure):
    """There is nothing to adopt, or it is adopted already; the message says what, and what to do."""


class AdoptedDamaged(PermanentFailure):
    """An adopted report is not what was adopted; the message names the file."""


@dataclass(frozen=True)
class Printed:
    """A figure as it stood: under which heading or table, how it was called there, and the cell with its origin."""

    where: str
    label: str
    cell: Cell


@dataclass(frozen=True)
class Adopted:
    """An adopted report. folder: its files. period: what it covers ('2024', '2024-08'). on, paragraph: the decision.
    publication_id, as_of: of what it was rendered from. files: checksum (SHA-256) by name.
    """

    folder: Path
    kind: str
    period: str
    on: date
    paragraph: str
    publication_id: str
    as_of: datetime
    files: Mapping[str, str]

    @property
    def decision(self) -> str:
        """Date and § as one text."""
        return f"{self.on}, {self.paragraph}"

    def damages(self) -> list[str]:
        """A sentence for each file that is gone or holds other bytes than those adopted."""
        told = []
        for name, checksum in self.files.items():
            path = self.folder / name
            found = file_checksum(path) if path.is_file() else None
            if found != checksum:
                what = "is gone" if found is None else "holds other bytes than those that were adopted"
                told.append(
                    f"{path} {what} ({self.decision}). Bring it back from the backup; nothing here can make it anew."
                )
        return told


def adopt(shown: Path, adopted: Path, report: tuple[str, str], decision: tuple[date, str]) -> Adopted:
    """Freeze a report as it is shown now.

    shown: the municipality's folder of rendered reports. adopted: its folder of adopted ones. report: kind and period.
    decision: date and §. CannotAdopt where the report is not rendered, or is adopted already.
    """
    (kind, period), (on, paragraph) = report, decision
    stem = f"{kind}-{period}"
    target, version = adopted / stem, shown / f".{stem}"
    if target.exists():
        raise CannotAdopt(
            f"{stem} is adopted already ({_read(target).decision}) and lies in {target}. It is not changed: the next report tells what has "
            "been corrected since."
        )
    if not (version / f"{stem}.json").is_file():
        others = sorted(path.stem for path in shown.glob(f"{kind}-*.pdf"))
        raise CannotAdopt(
            f"{stem}.html is not rendered in {shown}, or by an earlier version; rendered are {', '.join(others) or 'none of this kind'}. "
            "Choose one of them, or render it: genomlysning refresh --job marts_only"
        )
    of_it = json.loads((version / f"{stem}.json").read_text(encoding="utf-8"))
    files = {path.name: path.read_bytes() for path in sorted(version.iterdir())}
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    made = {"kind": kind, "period": period, "on": on.isoformat(), "paragraph": paragraph, "files": checksums}
    made |= {"publication_id": of_it["publication_id"], "as_of": of_it["as_of"]}
    manifest = json.dumps(made, ensure_ascii=False, indent=2).encode() + b"\n"
    create_folder(target, {**files, MANIFEST: manifest}, 0o440, TEMPORARY)
    return _read(target)


def all_adopted(adopted: Path) -> list[Adopted]:
    """Every adopted report in the municipality's folder of them, by name; AdoptedDamaged where a manifest cannot be
    read.
    """
    folders = sorted(adopted.iterdir()) if adopted.is_dir() else []
    return [_read(folder) for folder in folders if folder.is_dir() and not folder.name.startswith(".")]


def _read(folder: Path) -> Adopted:
    try:
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        made |= {"on": date.fromisoformat(made["on"]), "as_of": datetime.fromisoformat(made["as_of"])}
        return Adopted(folder=folder, **made)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AdoptedDamaged(
            f"{folder / MANIFEST} cannot be read ({type(error).__name__}); expected what was written at the adoption. "
            "Bring the folder back from the backup."
        ) from error


# The figures of a report, for whoever compares them later


def figures_file(document: Document) -> bytes:
    """Every figure of the document once, as JSON: how it is called, as printed, and the key and column of its mart row."""
    figures = [asdict(one) for one in _printed(document)]
    about = document.about
    of_it = {"kind": document.kind, "period": document.covers, "publication_id": about.publication_id}
    return json.dumps({**of_it, "as_of": about.as_of.isoformat(), "figures": figures}, ensure_ascii=False).encode()


def _printed(document: Document) -> list[Printed]:
    first: dict[tuple[str, str], Printed] = {}
    for one in _all_printed(document):
        if one.cell.origin is not None:
            first.setdefault((one.cell.origin.key, one.cell.origin.measure), one)
    return list(first.values())


def _all_printed(document: Document) -> Iterator[Printed]:
    for table in document.tables:
        for line in table.lines:
            for column, cell in zip(table.columns, line.cells, strict=False):
                yield Printed(table.title, f"{line.label}, {column}", cell)
    for sentence in document.sentences:
        for cell in sentence.cells:
            yield Printed("I texten", sentence.text, cell)
    for card in document.highlights:
        yield Printed("I korthet", card.label, card.cell)
        if card.compared is not None:
            yield Printed("I korthet", card.label, card.compared)


def _figures_of(report: Adopted) -> list[Printed]:
    if told := report.damages():
        raise AdoptedDamaged(" ".join(told))
    read = json.loads((report.folder / f"{report.kind}-{report.period}.json").read_text(encoding="utf-8"))
    found = []
    for one in read["figures"]:
        cell = one["cell"]
        kept = {**cell, "origin": Origin(**cell["origin"]), "marks": tuple(cell["marks"])}
        found.append(Printed(one["where"], one["label"], Cell(**kept)))
    return found


# What has changed since


def changes(report: Adopted, publication: Publication) -> Part:
    """What of an adopted report the marts say otherwise now, as a section of the next one: each figure as it stood, as
    it is, and the delivery behind the difference.
    """
    printed = _figures_of(report)
    keys = {key for one in printed if one.cell.origin for key in (one.cell.origin.key, *one.cell.origin.key.split(" "))}
    rows = publication.rows_of(sorted(keys))
    changed: list[tuple[Printed, str, list[audit.Row]]] = []
    unseen = 0
    for one in printed:
        behind = _rows(one.cell, rows)
        now = _as_it_is(one.cell, behind)
        if now == "":
            unseen += 1
        elif now is not None:
            changed.append((one, now, [row for row in behind if row is not None]))
    blocks: list[Block] = [FactLine("Antagen", report.decision)]
    if not changed:
        said = f"Ingen av de {number(len(printed))} uppgifterna skulle tryckas annorlunda i dag."
        blocks.append(FactLine("Ändringar", said))
    else:
        why = _Reasons(report, publication, [row for _, _, behind in changed for row in behind])
        lines = [
            Line(f"{one.where}: {one.label}", (Cell(one.cell.text), Cell(now), Cell(why.of(behind))))
            for one, now, behind in changed
        ]
        blocks.append(_table(report, lines, unseen))
    name = f"{NAMES[report.kind]} {report.period}"
    return Part("andrat-sedan-antagandet", "", f"Ändrat sedan {name} antogs", 1, tuple(blocks))


def _table(report: Adopted, lines: list[Line], unseen: int) -> Table:
    remarks = ["Det antagna dokumentet ändras inte; här står vad som har rättats efter att det antogs."]
    if unseen:
        remarks.append(f"Därtill har {number(unseen)} uppgifter ändrats mindre än vad som syns i tryck.")
    return Table(
        "andrat_sedan_antagandet",
        "Uppgifter som har ändrats",
        ("I det antagna", "Nu", "Bakom ändringen"),
        (Section("", tuple(lines)),),
        (f"Källa: antagen version ({report.decision}) och samma uppgifter i dag.",),
        "Uppgift",
        tuple(remarks),
        "text",
    )


def _rows(cell: Cell, rows: Mapping[str, audit.Row]) -> list[audit.Row | None]:
    """The rows that a figure is computed from: one, or several, whose keys stand with a space between them."""
    key = cell.origin.key if cell.origin else ""
    return [rows[key]] if key in rows else [rows.get(part) for part in key.split(" ")]


def _as_it_is(cell: Cell, found: list[audit.Row | None]) -> str | None:
    """The figure as it would be printed now; empty where the difference does not show, None where there is none."""
    origin = cell.origin
    rows = [row for row in found if row is not None]
    if origin is None:
        return None
    if len(rows) < len(found):
        return GONE
    if not origin.measure.endswith("_mean") and any(row.get("is_suppressed") for row in rows):
        return None if cell.text == NOT_SHOWN else NOT_SHOWN
    wanted = audit.values_of(origin, rows)
    if wanted is None or (not wanted and cell.value is None) or any(audit.is_near(cell, value) for value in wanted):
        return None
    if not wanted:
        return NOT_AVAILABLE
    now = number(wanted[0] / cell.scale, cell.decimals)
    if cell.value is None:
        return now
    before = number(cell.value, cell.decimals)
    if now.lstrip("-") == before.lstrip("-"):
        return ""
    unit = cell.text.removeprefix(before) if cell.text.startswith(before) else f"{NBSP}{cell.unit}" if cell.unit else ""
    return now + unit


class _Reasons:
    """The deliveries behind figures that have changed since a report was made."""

    def __init__(self, report: Adopted, publication: Publication, rows: list[audit.Row]) -> None:
        self.as_of = report.as_of
        self.loads = publication.loads()
        self.lineage = publication.loads_of(str(row["lineage_id"]) for row in rows if row.get("lineage_id"))

    def of(self, rows: list[audit.Row]) -> str:
        """The loads that came since, in words."""
        revising = [str(row["revised_by_load_id"]) for row in rows if row.get("revised_by_load_id")]
        named = [load_id for row in rows for load_id in self.lineage.get(str(row.get("lineage_id")), ())]
        since = self._since(revising) or self._since(named)
        if not since:
            return "Ingen ny leverans: beräkningen eller kommunens inställningar är andra."
        newest = day(max(load.accepted_at for load in since).date())
        if all(load.source == "kolada" for load in since):
            return f"Nya värden från Kolada, hämtade till och med {newest}."
        names = sorted({f"{load.source} {load.table_name} {load.period}" for load in since})
        if len(names) > FEW:
            return f"{len(names)} leveranser, den senaste mottagen {newest}."
        return f"{', '.join(names)}, mottagen {newest}."

    def _since(self, load_ids: list[str]) -> list[Load]:
        found = [self.loads[load_id] for load_id in dict.fromkeys(load_ids) if load_id in self.loads]
        return [load for load in found if load.accepted_at > self.as_of]
