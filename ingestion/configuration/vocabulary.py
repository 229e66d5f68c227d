"""The words that a configuration may use: indicators, their kinds and areas, and the code lists of extracts.

Belongs here: reading them where they are defined. Does not belong here: judging a configuration by them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from ingestion.bundled import SEEDS
from ingestion.contracts import table

OWN, KOLADA = "own_indicators.csv", "kolada_indicators.csv"


@dataclass(frozen=True)
class Vocabulary:
    """own, kolada: rows of the seeds by indicator id. similar_kinds, service_areas: of all indicators. absence_types,
    leave_reasons: code lists of the HR extracts. dimensions: columns of the transactions that a SIE file's dimension
    can fill.
    """

    own: dict[str, dict[str, str]]
    kolada: dict[str, dict[str, str]]
    similar_kinds: frozenset[str]
    service_areas: frozenset[str]
    absence_types: tuple[str, ...]
    leave_reasons: tuple[str, ...]
    dimensions: tuple[str, ...]

    @property
    def indicators(self) -> dict[str, dict[str, str]]:
        """All indicators by id."""
        return self.kolada | self.own


@cache
def vocabulary() -> Vocabulary:
    """The words in force; read once per process."""
    own, kolada = _rows(OWN), _rows(KOLADA)
    both = [*own.values(), *kolada.values()]
    return Vocabulary(
        own,
        kolada,
        frozenset(row["similar_group_kind"] for row in both if row["similar_group_kind"]),
        frozenset(row["service_area"] for row in both if row["service_area"]),
        table("hr", "absences").column("absence_type").allowed,
        table("hr", "employments").column("leave_reason").allowed,
        ("cost_centre", "project", "activity", "sub_activity", "counterparty", "is_internal"),
    )


def _rows(name: str) -> dict[str, dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return {row["indicator_id"]: row for row in csv.DictReader(file)}
