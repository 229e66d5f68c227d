"""The code location."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration import home
from orchestration.assets import concerns, extracts, kolada, publication, reports, warehouse
from orchestration.check_configuration import mistakes_at_load
from orchestration.check_delivery import check_delivery
from orchestration.jobs import JOBS
from orchestration.resources import build_resources
from orchestration.retention import monthly_retention, retention
from orchestration.schedules import daily_check, monthly_refresh
from orchestration.sensors import inbox_sensor, run_sensors
from orchestration.settings import Settings

if TYPE_CHECKING:
    from ingestion.configuration.mistakes import Mistake


def build_defs(settings: Settings, resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Fresh definitions for `settings`; tests put their own resources in the place of the platform's.

    Raises SettingsError where the environment must not start in its home. A wrong configuration is told in the log and
    on the asset `configuration`, and fails every step that needs it; the code location loads all the same, as its
    sensors must be able to tell of that.
    """
    home.refuse(settings)
    assets = [*dg.load_assets_from_modules([kolada, extracts, warehouse, publication, reports]), concerns.concerns]
    if mistakes := mistakes_at_load(settings.municipalities):
        for mistake in mistakes:
            logging.getLogger("dagster.genomlysning").error(mistake.sentence())
        told = warehouse.configuration.map_asset_specs(
            lambda spec: spec.replace_attributes(description=_with_mistakes(spec.description or "", mistakes))
        )
        assets = [
            told if isinstance(asset, dg.AssetsDefinition) and asset.keys == told.keys else asset for asset in assets
        ]
    return dg.Definitions(
        assets=assets,
        jobs=(*JOBS, retention, check_delivery),
        schedules=[
            monthly_refresh(settings.environment),
            daily_check(settings.environment),
            monthly_retention(settings.environment),
        ],
        sensors=[inbox_sensor(settings.environment), *run_sensors(settings.environment)],
        resources={**build_resources(settings), **(resource_overrides or {})},
        # Steps share a process: starting one per step costs its imports again, 4-8 seconds each.
        executor=dg.in_process_executor,
    )


def _with_mistakes(description: str, mistakes: Sequence[Mistake]) -> str:
    told = "\n".join(f"- {mistake.sentence()}" for mistake in mistakes)
    return f"**{len(mistakes)} mistakes in the configuration; no run passes until they are mended.**\n\n{told}\n\n{description}"


defs = build_defs(Settings.from_environment(os.environ))
