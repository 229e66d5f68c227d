"""Rejected deliveries: the raw files that only the operator may read, and the reasons, which anybody may.

Belongs here: the folder of rejections, and which of them nothing has mended yet. Does not belong here: the reasons
themselves (`expectations`), the release of one (`expectations.gate`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingestion.durable import private_folder, replace_text, sync
from ingestion.findings import Finding
from ingestion.lake.lake import Lake
from ingestion.lake.loads import new_load_id


@dataclass(frozen=True)
class Rejection:
    """A delivery that was rejected, with the reasons; table, municipality and period as far as they could be told."""

    rejection_id: str
    source: str
    table: str | None
    municipality_id: str | None
    period: str | None
    file: str
    rejected_at: str
    findings: tuple[Finding, ...]


class Rejected:
    """The folder of rejected deliveries: raw files that only the operator may read, and their reasons."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(  # noqa: PLR0913 (what a rejection is known by)
        self,
        source: str,
        file: str,
        findings: Sequence[Finding],
        raw: Path | None = None,
        table: str | None = None,
        municipality_id: str | None = None,
        period: str | None = None,
    ) -> Rejection:
        """Record a rejection and move the raw file (if there is one) out of the inbox. A rename makes it known: whole
        or not at all.
        """
        rejection = Rejection(
            new_load_id(), source, table, municipality_id, period, file, datetime.now(UTC).isoformat(), tuple(findings)
        )
        shutil.rmtree(self.root / ".incoming", ignore_errors=True)
        folder = self.root / ".incoming" / rejection.rejection_id
        private_folder(folder)
        (folder / "rejection.json").write_text(
            json.dumps(asdict(rejection), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        if raw is not None:  # in a folder of its own: it may be called rejection.json
            private_folder(folder / "raw")
            # The same file under a second name, so that no moment lacks it; on another file system a copy must do.
            try:
                os.link(raw, folder / "raw" / raw.name)
            except OSError:
                shutil.copy2(raw, folder / "raw" / raw.name)
        for path in (*folder.rglob("*"), folder):
            sync(path)
        folder.rename(self.root / rejection.rejection_id)
        sync(self.root)
        if raw is not None:
            raw.unlink()
        return rejection

    def finish(self, raw: Path) -> bool:
        """Whether `raw`, found in an inbox, was rejected by a process that was killed before it took the file away;
        then it goes.
        """
        if raw.stat().st_nlink == 1:
            return False
        if not any(path.is_file() and path.samefile(raw) for path in self.root.glob("*/raw/*")):
            return False
        raw.unlink()
        return True

    def all(self) -> list[Rejection]:
        """Every recorded rejection, oldest first."""
        found = []
        for path in self.root.glob("*/rejection.json"):
            values = json.loads(path.read_text(encoding="utf-8"))
            findings = tuple(Finding(**finding) for finding in values.pop("findings"))
            found.append(Rejection(**values, findings=findings))
        return sorted(found, key=lambda rejection: rejection.rejected_at)

    def raw(self, rejection: Rejection) -> Path | None:
        """The rejected file itself; None where there was none, or where it has been removed."""
        path = self.root / rejection.rejection_id / "raw" / rejection.file
        return path if path.exists() else None

    def resolve(self, rejection: Rejection, reason: str) -> None:
        """Record that a rejection is mended for a reason that no load shows (a fetch that brought nothing new)."""
        path = self.root / rejection.rejection_id / "resolved.json"
        replace_text(path, json.dumps({"reason": reason, "resolved_at": datetime.now(UTC).isoformat()}))

    def unresolved(self, lake: Lake) -> list[Rejection]:
        """Rejections that are not resolved and that no later accepted load has mended.

        Mended means: a later load of the same table, municipality and period; where those could not be told, a later
        load of the same source from a file of the same name.
        """
        resolved = {path.parent.name for path in self.root.glob("*/resolved.json")}
        if not (open_ones := [rejection for rejection in self.all() if rejection.rejection_id not in resolved]):
            return []
        loads = lake.loads()

        def mended(rejection: Rejection) -> bool:
            for load in loads:
                if load.source != rejection.source or load.accepted_at <= rejection.rejected_at:
                    continue
                if rejection.period is None or rejection.table is None:
                    if load.file == rejection.file:
                        return True
                elif (load.table, load.municipality_id, load.period) == (
                    rejection.table,
                    rejection.municipality_id,
                    rejection.period,
                ):
                    return True
            return False

        return [rejection for rejection in open_ones if not mended(rejection)]
