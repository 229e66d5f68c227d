"""A mapping for a file that a municipality's own system writes: proposed, and written.

Belongs here: whose file it is, writing beside `municipality.yaml`. Does not belong here: what is proposed
(`ingestion.readers.proposal`), asking people (`genomlysning`), judging the file (`check_delivery`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ingestion.failures import PermanentFailure

if TYPE_CHECKING:
    from ingestion.configuration.municipality import Municipality
    from ingestion.readers.proposal import Proposal
    from orchestration.resources import Workspace


class NotMapped(PermanentFailure):
    """A file that no mapping is written for, and why."""


def propose_for(
    workspace: Workspace, path: Path, municipality_id: str | None, source: str | None, table: str | None
) -> Proposal:
    """The mapping that a file needs. municipality_id, source: else as the file's folders are called in the inbox.

    Raises NotMapped, NoProposal, DeliveryRejected, ConfigurationError.
    """
    from ingestion.contracts import DELIVERED_SOURCES
    from ingestion.readers.proposal import path_of, propose

    folders = [parent.name for parent in path.resolve().parents][:2]
    source = source or next((name for name in folders[:1] if name in DELIVERED_SOURCES), None)
    proposal = propose(path, _whose(workspace, folders, municipality_id), source, table)
    if (there := path_of(proposal)).exists():
        raise NotMapped(f"{there} is there already. Correct it by hand and raise its version, or move it away.")
    return proposal


def _whose(workspace: Workspace, folders: list[str], municipality_id: str | None) -> Municipality:
    known = workspace.municipalities
    ids = [municipality_id] if municipality_id else [name.partition("-")[0] for name in folders]
    found = next((known[one] for one in ids if one in known), None)
    if found is None and municipality_id is None and len(known) == 1:
        return next(iter(known.values()))
    if found is None:
        raise NotMapped(f"Whose file is it? Name the municipality (--municipality): one of {', '.join(known)}.")
    return found


def write_mapping(proposal: Proposal) -> Path:
    """Write the mapping; gives its path.

    Raises ConfigurationError where it is not whole: a mapping with mistakes in the folder would stop every run.
    """
    from ingestion.configuration.folder import FILE
    from ingestion.configuration.lines import read_yaml
    from ingestion.configuration.mapping import read_mapping
    from ingestion.configuration.mistakes import ConfigurationError
    from ingestion.durable import replace_text
    from ingestion.readers.proposal import path_of

    path = path_of(proposal)
    with TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        draft.write_text(proposal.text(), encoding="utf-8")
        _, mistakes = read_mapping(draft, read_yaml(proposal.municipality.folder / FILE))
    if mistakes:
        raise ConfigurationError(replace(one, file=path.name) for one in mistakes)
    path.parent.mkdir(exist_ok=True)
    replace_text(path, proposal.text())
    path.chmod(0o644)
    return path


def preview_of(path: Path, proposal: Proposal) -> list[tuple[str, ...]]:
    """Headers and first rows of the file as the mapping that was written makes them, personal values masked; none where
    it cannot be read, which the check of the file tells.
    """
    from ingestion.configuration.municipality import load_municipality
    from ingestion.findings import DeliveryRejected
    from ingestion.readers.mapping import preview

    municipality = load_municipality(proposal.municipality.folder)
    try:
        return preview(path, municipality.mappings[proposal.table.full_name], municipality)
    except DeliveryRejected:
        return []
