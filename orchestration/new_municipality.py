"""A new municipality: asked of Kolada, written as a folder; and the templates of what it is to deliver.

Belongs here: which folder, which Kolada, which year. Does not belong here: what Kolada knows (`ingestion.kolada.catalogue`),
and what is written (`ingestion.configuration.new_municipality`, `ingestion.readers.templates`, `reports.missing`).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.bundled import MUNICIPALITIES
from orchestration import home

if TYPE_CHECKING:
    from orchestration.resources import Workspace
    from orchestration.settings import Settings


def new_municipality(settings: Settings, municipality_id: str, now: datetime) -> Path:
    """Write the folder of a municipality with its page of what is missing, and judge it; gives the folder.

    Raises SettingsError where the configuration's folder is the bundled one, NotInKolada, KoladaError, FolderExists.
    """
    from ingestion.configuration.new_municipality import write_folder
    from ingestion.configuration.vocabulary import vocabulary
    from ingestion.kolada.catalogue import in_kolada
    from ingestion.kolada.client import KoladaClient
    from orchestration.check_configuration import checked
    from orchestration.settings import SettingsError
    from reports.missing import PAGE, missing_page

    root = settings.municipalities
    if root == MUNICIPALITIES:
        raise SettingsError(
            f"The municipalities' folder is {root}, which is the demonstration's and comes with the code. Make a folder of "
            "your own outside it, and set GENOMLYSNING_MUNICIPALITIES to it."
        )
    words = vocabulary()
    client = KoladaClient(settings.kolada_base_url)
    found = in_kolada(client, municipality_id, sorted(words.similar_kinds), list(words.kolada), now.year)
    folder = write_folder(root, found)
    (folder / PAGE).write_text(missing_page(found), encoding="utf-8")
    checked(root)
    return folder


def write_templates_of(workspace: Workspace, municipality_id: str) -> list[Path]:
    """Write an empty workbook for each table that the municipality could deliver; gives the files.

    Raises SettingsError where it has no folder, TemplatesExist, ConfigurationError.
    """
    from ingestion.readers.templates import write_templates
    from orchestration.settings import SettingsError

    municipality = workspace.municipalities.get(municipality_id)
    if municipality is None:
        raise SettingsError(
            f"'{municipality_id}' has no folder in {workspace.settings.municipalities}. Write it first: genomlysning new "
            f"{municipality_id}"
        )
    with home.private():
        return write_templates(workspace.settings.templates / municipality.folder.name, municipality)
