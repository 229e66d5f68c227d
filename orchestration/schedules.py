"""When the platform refreshes by itself, and when it looks at what stands."""

from __future__ import annotations

import dagster as dg

from orchestration.jobs import concerns_check, refresh
from orchestration.settings import TIMEZONE


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


def daily_check(environment: str) -> dg.ScheduleDefinition:
    """Every morning at 06:30, so that whoever comes to work sees what stands. Runs by itself in live only."""
    return dg.ScheduleDefinition(
        name="daily_check",
        job=concerns_check,
        cron_schedule="30 6 * * *",
        execution_timezone=TIMEZONE,
        description="The check of concerns, every morning at 06:30.",
        default_status=dg.DefaultScheduleStatus.RUNNING if environment == "live" else dg.DefaultScheduleStatus.STOPPED,
    )
