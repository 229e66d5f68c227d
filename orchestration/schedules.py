"""When the platform refreshes by itself."""

from __future__ import annotations

import dagster as dg

from orchestration.jobs import refresh
from orchestration.loads import TIMEZONE


def monthly_refresh(environment: str) -> dg.ScheduleDefinition:
    """The 10th at 05:00: after the deliveries promised for the 5th and the 8th. Runs by itself in live only."""
    return dg.ScheduleDefinition(
        name="monthly_refresh",
        job=refresh,
        cron_schedule="0 5 10 * *",
        execution_timezone=TIMEZONE,
        description="Everything, on the 10th of every month at 05:00.",
        default_status=dg.DefaultScheduleStatus.RUNNING if environment == "live" else dg.DefaultScheduleStatus.STOPPED,
    )
