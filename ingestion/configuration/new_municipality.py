"""A municipality's folder, written from what Kolada knows of it.

Belongs here: the folder's name and its `municipality.yaml`, with every line commented. Does not belong here: asking Kolada
(`ingestion.kolada.catalogue`), and the page of what is missing (`reports.missing`).
"""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ingestion.configuration.folder import FILE
from ingestion.configuration.municipality import json_schema
from ingestion.failures import PermanentFailure

TEMPLATES = Path(__file__).parent / "templates"
SCHEMA_FILE = "municipality.schema.json"
WIDTH = 118
"""Characters of a line of comments, its sign left out."""


@dataclass(frozen=True)
class CatalogueGroup:
    """A group of Kolada's catalogue. title: as Kolada has it, or what reports call it. members: how many."""

    group_id: str
    title: str
    members: int


@dataclass(frozen=True)
class InKolada:
    """What Kolada knows of a municipality.

    region: None where it is in no group of a region. similar: by kind. other_groups: that hold it, the smallest first.
    report_year: the newest with values enough. indicators: those with a value of it.
    """

    municipality_id: str
    name: str
    region: CatalogueGroup | None
    similar: Mapping[str, CatalogueGroup]
    other_groups: tuple[CatalogueGroup, ...]
    report_year: int
    indicators: frozenset[str]

    @property
    def folder_name(self) -> str:
        """'1441-lerum': the id, and the name in small letters of ASCII."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        return f"{self.municipality_id}-{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}"


class FolderExists(PermanentFailure):
    """The municipality has a folder: nothing of it is written over."""


def write_folder(root: Path, found: InKolada) -> Path:
    """Make the folder of a municipality in `root`, and the schema beside it that editors read; gives the folder.

    Raises FolderExists where the municipality has one, under whatever name.
    """
    if there := next((path for path in root.glob(f"{found.municipality_id}-*") if path.is_dir()), None):
        raise FolderExists(
            f"{there} is there already: {found.name} is configured. Nothing was written; edit its files."
        )
    text = municipality_yaml(found)
    folder = root / found.folder_name
    folder.mkdir()
    (folder / FILE).write_text(text, encoding="utf-8")
    schema = root / SCHEMA_FILE
    if not schema.exists():
        schema.write_text(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return folder


def municipality_yaml(found: InKolada) -> str:
    """The text of `municipality.yaml`: what Kolada knows, and a beginning of the rest."""
    said = {name: one["description"] for name, one in json_schema()["properties"].items()}
    return rendered(TEMPLATES / f"{FILE}.jinja", kolada=found, said=said)


def rendered(template: Path, **values: object) -> str:
    """The text of a template of YAML or Markdown; every name that it uses must be among `values`."""
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        undefined=StrictUndefined,
        autoescape=select_autoescape(),  # of HTML alone, by the template's name
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"comment": _comment, "quoted": _quoted, "similar_label": _similar_label}
    return environment.get_template(template.name).render(**values)


def _comment(text: str) -> str:
    """The text as lines of comments."""
    return "\n".join(f"# {line}" for line in textwrap.wrap(text, WIDTH))


def _quoted(text: str) -> str:
    """The text as YAML writes it between double quotes, which JSON does alike."""
    return json.dumps(text, ensure_ascii=False)


def _similar_label(group: CatalogueGroup, name: str) -> str:
    """'Liknande kommuner äldreomsorg' of 'Liknande kommuner äldreomsorg, Lerum, 2024'."""
    return group.title.split(f", {name}")[0]
