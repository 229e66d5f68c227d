"""The code location."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration import home
from orchestration.assets import extracts, kolada, publication, reports, standing, warehouse
from orchestration.jobs import JOBS
from orchestration.resources import build_resources
from orchestration.retention import monthly_retention, retention
from orchestration.schedules import daily_check, monthly_refresh
from orchestration.sensors import inbox_sensor, run_sensors
from orchestration.settings import Settings


def build_defs(settings: Settings, resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Fresh definitions for `settings`; tests put their own resources in the place of the platform's.

    Raises SettingsError where the environment must not start in its home.
    """
    home.refuse(settings)
    return dg.Definitions(
        assets=[*dg.load_assets_from_modules([kolada, extracts, warehouse, publication, reports]), standing.standing],
        jobs=(*JOBS, retention),
        schedules=[monthly_refresh(settings.environment), daily_check(settings.environment), monthly_retention(settings.environment)],
        sensors=[inbox_sensor(settings.environment), *run_sensors(settings.environment)],
        resources={**build_resources(settings), **(resource_overrides or {})},
        # Steps share a process: starting one per step costs its imports again, 4-8 seconds each.
        executor=dg.in_process_executor,
    )


defs = build_defs(Settings.from_environment(os.environ))
