"""A new municipality: asked of Kolada, written as a folder.

Belongs here: which folder, which Kolada, which year. Does not belong here: what Kolada knows (`ingestion.kolada.catalogue`),
and what is written (`ingestion.configuration.new_municipality`, `reports.missing`).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.bundled import MUNICIPALITIES

if TYPE_CHECKING:
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
