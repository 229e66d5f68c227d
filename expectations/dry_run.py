"""What would become of deliveries if they were taken in now: the gate's own way, over a lake that is thrown away.

Belongs here: whose and which source's a file is that lies anywhere, the lake aside, what a load would replace. Does not
belong here: rules and their order (`gate`, `judge`), and what the publication holds of a load.

The gate itself runs, and not a copy of its steps: a file of several months, parts, and a table that is judged by another
of the same delivery come out as they would. The lake aside has links to the loads of the real one, which is only read.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from expectations.gate import Gate, Outcome, passed_over
from ingestion.configuration.municipality import Municipality
from ingestion.contracts import DELIVERED_SOURCES
from ingestion.failures import PermanentFailure
from ingestion.findings import DeliveryRejected
from ingestion.lake import Lake, Load, Rejected
from ingestion.privacy.file_names import presentable
from ingestion.readers import files
from ingestion.readers.mapping import sources_by
from ingestion.readers.recognition import source_of
from ingestion.readers.sie_records import fields_of, organisation_number

ASIDE = ".check-"
"""How the folder of a check begins: beside the lake, where everything is private, and not in the machine's own."""

_OLD = 3600
"""Seconds after which no check is under way any more."""

_FIRST_BYTES = 1 << 16
_OF_A_MUNICIPALITY = re.compile(r"\d{4}-.+")


class NothingToCheck(PermanentFailure):
    """No file is there."""


@dataclass(frozen=True)
class Placed:
    """A file, with the municipality and the source that it would be delivered for."""

    path: Path
    municipality_id: str
    source: str


@dataclass(frozen=True)
class WouldBe:
    """outcome: as the gate would give it; a load that it names is one aside. replaces: the load in force of its table,
    municipality and period, if there is one.
    """

    outcome: Outcome
    replaces: Load | None = None

    @property
    def rows(self) -> int | None:
        """The delivery's rows; None where it could not be read."""
        if self.outcome.verdict is not None:
            return self.outcome.verdict.rows
        return self.outcome.load.rows if self.outcome.load else None


def checked(path: Path, gate: Gate) -> list[WouldBe]:
    """What would become of the file, or of every file in the folder and those below it, in the order of judgement.

    A folder `<id>-<name>/<source>` says whose a file is, as in the inbox; else a mapping that reads it, if there is one
    only, or the headers tell the source, and the rows the municipality. gate: the real one; nothing of its state is
    changed. Raises NothingToCheck, TakeInFailed, WrongKey.
    """
    found = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    found = [one for one in found if not passed_over(one.name)]
    if not found:
        raise NothingToCheck(f"{path}: no delivery is there. Name a file, or a folder with files.")
    deliveries, unplaced = [], []
    for one in found:
        try:
            deliveries.append(_placed(one, gate.municipalities))
        except DeliveryRejected as rejection:
            name = presentable(one.name, "")
            told = tuple(replace(finding, file=name) for finding in rejection.findings)
            unplaced.append(WouldBe(Outcome(None, None, None, name, "rejected", None, None, told)))
    return [*_would_become(deliveries, gate), *unplaced]


def _would_become(deliveries: Sequence[Placed], gate: Gate) -> list[WouldBe]:
    home = gate.lake.root.parent
    _sweep(home)
    with TemporaryDirectory(prefix=ASIDE, dir=home) as folder:
        aside = Path(folder)
        lake = Lake(aside / "lake")
        for load in gate.lake.loads():
            link = lake.root / load.directory.relative_to(gate.lake.root)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(load.directory)
        for number, one in enumerate(deliveries):
            inbox = aside / "inbox" / f"{one.municipality_id}-{number}" / one.source
            inbox.mkdir(parents=True)
            shutil.copy2(one.path, inbox / one.path.name)
        dry = replace(gate, lake=lake, rejected=Rejected(aside / "rejected"), log=lambda _: None, raw=None)
        with lake.writer():
            sources = [source for source in DELIVERED_SOURCES if any(one.source == source for one in deliveries)]
            outcomes = [outcome for source in sources for outcome in dry.take_in(source, aside / "inbox")]
    return [WouldBe(outcome, _in_force(outcome, gate.lake)) for outcome in outcomes]


def _sweep(home: Path) -> None:
    """Remove what a killed check left, which holds copies of deliveries."""
    for left in home.glob(f"{ASIDE}*"):
        if time.time() - left.stat().st_mtime > _OLD:
            shutil.rmtree(left, ignore_errors=True)


def _in_force(outcome: Outcome, lake: Lake) -> Load | None:
    if outcome.table is None or outcome.municipality_id is None or outcome.period is None:
        return None
    return lake.in_force_for(outcome.table, outcome.municipality_id, outcome.period)


def _placed(path: Path, municipalities: Mapping[str, Municipality]) -> Placed:
    source, folder = path.parent.name, path.parent.parent.name
    if source not in DELIVERED_SOURCES:
        mapped = [(one.id, source) for one in municipalities.values() for source in sources_by(path, one)]
        if len(mapped) == 1:
            return Placed(path, *mapped[0])
        source, folder = source_of(path), ""
    if _OF_A_MUNICIPALITY.fullmatch(folder):
        return Placed(path, folder.partition("-")[0], source)
    return Placed(path, _whose(path, municipalities), source)


def _whose(path: Path, municipalities: Mapping[str, Municipality]) -> str:
    """The municipality of a file: the only one there is, else the one whose id or number stands in the first rows."""
    if len(municipalities) == 1:
        return next(iter(municipalities))
    if files.sniff(path) == "sie":
        with path.open("rb") as file:
            lines = file.read(_FIRST_BYTES).decode("utf-8", errors="replace").splitlines()
        fields = [fields_of(line.strip()) for line in lines if line.strip().upper().startswith("#ORGNR")]
        numbers = {organisation_number(said[0]) for said in fields if said}
        named = {one.id for one in municipalities.values() if one.organisation_number in numbers - {None}}
    else:
        named = {cell for _, cells in files.first_rows(path) for cell in cells} & municipalities.keys()
    if len(named) == 1:
        return named.pop()
    raise files.reject(
        path,
        "G106",
        f"{'several' if named else 'none'} of the configured municipalities in its first rows",
        f"one of {', '.join(municipalities)}",
        "Put the file into a folder <id>-<name>/<source>, as in the inbox, and check that.",
    )
