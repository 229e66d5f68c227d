"""The configuration of all municipalities, judged as a whole.

Belongs here: all that can be judged without loads, put together. Does not belong here: the rules
(`ingestion.configuration`, `reports.outline_check`), and what loads in force tell (judged before each build).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.configuration.mistakes import Mistake
    from ingestion.configuration.municipality import Municipality


def checked(root: Path) -> dict[str, Municipality]:
    """Every municipality under `root`, outlines and texts judged too; ConfigurationError tells all mistakes."""
    from ingestion.configuration.mistakes import ConfigurationError
    from ingestion.configuration.municipality import load_municipalities
    from reports.outline_check import judge_outlines

    municipalities = load_municipalities(root)
    if mistakes := [mistake for municipality in municipalities.values() for mistake in judge_outlines(municipality)]:
        raise ConfigurationError(mistakes)
    return municipalities


def mistakes_at_load(root: Path) -> tuple[Mistake, ...]:
    """All mistakes that loading the configuration tells: what the code location shows. Outlines' own schema is not
    read: it is slow.
    """
    from ingestion.configuration.mistakes import ConfigurationError
    from ingestion.configuration.municipality import load_municipalities

    try:
        load_municipalities(root)
    except ConfigurationError as error:
        return error.mistakes
    return ()
