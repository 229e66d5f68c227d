"""Demonstration extracts of the case system and its neighbours: Alingsås 2022-2024, Helsingborg 2020-2024, invented
clients.

Belongs here: one call that writes all deliveries. Does not belong here: any figure of a report, and anything that the
platform's readers or models use: nothing of them is imported here, so that their agreement with print proves something.

Each year's extract knows what was known on its last day. A kind of step (studies, an own home) that was not registered
in a year has no rows then. Nor has a kind that was registered and happened to nobody; what tells the two apart is the
first year
with such a row of such a provider: before it nobody registered them, from it on none is nought. Dwellings under LSS are
in Helsingborg's register of places from 2021: before that it tells nothing about them. Left out are patients of
Helsingborg, and steps to studies, work and an own home there; visits are those of a fortnight a year there, and of
whole months in Alingsås from July 2024, when homecare began to be paid for by performed hours.
"""

from __future__ import annotations

from pathlib import Path

from demo.care import alingsas, helsingborg

__all__ = ["SEED", "write_care_extracts"]

SEED = 1492


def write_care_extracts(inbox: Path, seed: int = SEED) -> list[Path]:
    """Write both municipalities' extracts into `<inbox>/<municipality>/care/`; returns the files in order of delivery.

    Same seed, same bytes. ValueError if a seed's draw cannot be made to hold the printed figures.
    """
    return [*alingsas.write(inbox, seed), *helsingborg.write(inbox, seed)]
