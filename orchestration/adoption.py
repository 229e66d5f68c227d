"""Adopting a report on the board's word, and whether every adopted report still is what was adopted.

Belongs here: finding the municipality and its folders, the lock, the rights of what is made. Does not belong here: what
an adopted report is (`reports.adopted`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from orchestration import home

if TYPE_CHECKING:
    from orchestration.resources import Workspace
    from orchestration.settings import Settings
    from reports.adopted import Adopted


def adopt_report(
    workspace: Workspace, municipality_id: str, report: tuple[str, str], decision: tuple[date, str]
) -> Adopted:
    """Freeze a report as it is shown now. report: kind and period. decision: date and §.

    Raises CannotAdopt where there is no such municipality or report, it is adopted already, or the day is to come.
    """
    from reports.adopted import CannotAdopt, adopt
    from reports.rendered import only_one

    if decision[0] > datetime.now(UTC).date():
        raise CannotAdopt(f"{decision[0]} is to come; expected the day on which the board adopted the report.")
    settings, known = workspace.settings, workspace.municipalities
    if municipality_id not in known:
        raise CannotAdopt(f"There is no municipality '{municipality_id}'; expected one of {', '.join(known)}.")
    name = known[municipality_id].folder.name
    with home.readable(settings, settings.reports), home.readable(settings, settings.adopted):
        (settings.reports / name).mkdir(exist_ok=True)
        with only_one(settings.reports / name):
            return adopt(settings.reports / name, settings.adopted / name, report, decision)


def damaged_reports(settings: Settings) -> list[str]:
    """A sentence for each file of an adopted report that is gone or holds other bytes. Reads all of them."""
    from reports.adopted import AdoptedDamaged, all_adopted

    told: list[str] = []
    for folder in sorted(settings.adopted.glob("[!.]*")):
        try:
            told += [damage for report in all_adopted(folder) for damage in report.damages()]
        except AdoptedDamaged as error:
            told.append(str(error))
    return told
