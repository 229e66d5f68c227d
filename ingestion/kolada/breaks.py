"""Breaks of a series that Kolada's own descriptions tell of.

Belongs here: which years a description says that its figures are counted in another way from. Does not belong here:
which breaks are configured (the seed of indicators), and who is told of a difference (orchestration).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# A year must follow at once ('från och med 1 juli 2023' is a law's day), and 'Data fr.o.m. 2012' says when a series
# begins.
_FROM = re.compile(
    r"(?<!data )(?:\bfr\.?\s?o\.?\s?m\.?|\bfrån(?: och med)?)\s+(?:år\s+)?((?:19|20)\d\d)\b(?!\s+års)", re.IGNORECASE
)
_UNTIL = re.compile(
    r"(?:\bt\.?\s?o\.?\s?m\.?|\bfram till(?: och med)?|\btill och med)\s+(?:år\s+)?((?:19|20)\d\d)\b", re.IGNORECASE
)
_CHANGED = re.compile(r"\b((?:19|20)\d\d)\s+(?:gjordes|ändrades|förändrades|infördes|byttes)\b", re.IGNORECASE)


def told_breaks(description: str) -> list[int]:
    """The first years of another way of counting that `description` tells of, oldest first."""
    years = {int(year) for pattern in (_FROM, _CHANGED) for year in pattern.findall(description)}
    years |= {int(year) + 1 for year in _UNTIL.findall(description)}
    return sorted(years)


def unconfigured(indicators: Iterable[tuple[str, str | None, tuple[int | None, ...]]]) -> dict[str, int]:
    """Of (indicator, description, configured break years): the newest break that each description tells of and nobody
    configured.

    The newest, since the seed has room for two, and a reader's trend begins after the newest.
    """
    found = {}
    for indicator_id, description, configured in indicators:
        told = told_breaks(description or "")
        if told and told[-1] not in configured:
            found[indicator_id] = told[-1]
    return found
