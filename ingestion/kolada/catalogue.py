"""What Kolada knows of one municipality, before anything of it is configured: its name, its groups, its followed values.

Belongs here: questions to the catalogue and their answers. Does not belong here: taking anything into the lake
(`fetch`), and what is written of the answers (`ingestion.configuration.new_municipality`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from ingestion.configuration.mistakes import nearest
from ingestion.configuration.new_municipality import CatalogueGroup, InKolada
from ingestion.configuration.placement import SIMILAR, is_similar_group
from ingestion.failures import PermanentFailure
from ingestion.kolada.client import KoladaClient, Page

MUNICIPALITY = "K"
"""The type of municipalities; the others are regions."""

YEARS_BACK = 6
"""Years before the present one of which values are asked for."""

REGION_GROUPS = (
    "G96190",
    "G128518",
    "G96180",
    "G116237",
    "G116238",
    "G185769",
    "G148316",
    "G96274",
    "G196055",
    "G168177",
    "G166468",
    "G166467",
)
"""Kolada's groups of municipalities of one region that work together, by id, as the code knows no names; the first that
holds a municipality is its own. Kolada has no kind for them. Not among them: counties, sizes and classes of
municipalities, networks across the country, and groups of fewer than four, whose means would tell single members' values.
"""
UNWEIGHTED = " (ovägt medel)"
"""How most titles of groups end; reports say it of every mean themselves."""


class NotInKolada(PermanentFailure):
    """Kolada has no such municipality, or nothing of it that the platform follows."""


def in_kolada(
    client: KoladaClient, municipality_id: str, kinds: Sequence[str], kpis: Sequence[str], year: int
) -> InKolada:
    """What Kolada has of the municipality. kinds: of similar groups. kpis: the followed indicators. year: the present one.

    The report year is the newest of which at least half as many indicators have a value as of the fullest. Raises
    NotInKolada, and KoladaError where Kolada cannot be read.
    """
    names = {
        one["id"]: one["title"] for one in _objects(client.catalogue("municipality")) if one["type"] == MUNICIPALITY
    }
    if municipality_id not in names:
        named = next((code for code, name in names.items() if name.casefold() == municipality_id.casefold()), None)
        meant = named or nearest(municipality_id, names)
        hint = f" Did you mean {meant} ({names[meant]})?" if meant else ""
        raise NotInKolada(
            f"'{municipality_id}' is the id of none of Kolada's {len(names)} municipalities; expected four digits, as 1441.{hint}"
        )
    name = names[municipality_id]
    held, similar = _groups(client, municipality_id, name, kinds)
    years = _years(client.data(kpis, [municipality_id], range(year - YEARS_BACK, year + 1)))
    if not years:
        raise NotInKolada(
            f"Kolada has no value of {name} for any followed indicator since {year - YEARS_BACK}: there is nothing to report. "
            "Check KOLADA_BASE_URL, and whether the municipality is new."
        )
    fullest = max(len(indicators) for indicators in years.values())
    report_year = max(one for one, indicators in years.items() if 2 * len(indicators) >= fullest)
    region = next((group for group_id in REGION_GROUPS for group in held if group.group_id == group_id), None)
    return InKolada(
        municipality_id=municipality_id,
        name=name,
        region=replace(region, title=region.title.removesuffix(UNWEIGHTED)) if region else None,
        similar=similar,
        other_groups=tuple(sorted((one for one in held if one != region), key=lambda one: (one.members, one.title))),
        report_year=report_year,
        indicators=frozenset(years[report_year]),
    )


def _groups(
    client: KoladaClient, municipality_id: str, name: str, kinds: Sequence[str]
) -> tuple[list[CatalogueGroup], dict[str, CatalogueGroup]]:
    """The groups that hold the municipality, and by kind the newest of those that Kolada calls similar to it."""
    held: list[CatalogueGroup] = []
    similar: dict[str, CatalogueGroup] = {}
    for group in _objects(client.catalogue("municipality_groups")):
        found = CatalogueGroup(group["id"], group["title"], len(group["members"]))
        for kind in kinds:
            if is_similar_group(found.title, name, kind):  # a title ends with its year
                similar[kind] = max(similar.get(kind, found), found, key=lambda one: one.title)
        if not found.title.startswith(SIMILAR) and any(one["member_id"] == municipality_id for one in group["members"]):
            held.append(found)
    return held, similar


def _years(pages: Iterator[Page]) -> Mapping[int, set[str]]:
    """The indicators that have a value, by year."""
    found: dict[int, set[str]] = {}
    for one in _objects(pages):
        if any(value["value"] is not None and not value.get("isdeleted") for value in one["values"]):
            found.setdefault(one["period"], set()).add(one["kpi"])
    return found


def _objects(pages: Iterator[Page]) -> Iterator[dict[str, Any]]:
    for page in pages:
        for raw in page.objects:
            yield msgspec.json.decode(raw)
