"""Jobs: what is materialised together."""

from __future__ import annotations

import dagster as dg

from ingestion.contracts import SOURCES

OPERATIONS = dg.AssetSelection.groups("operations")
DATA = dg.AssetSelection.all() - OPERATIONS
MARTS = DATA - dg.AssetSelection.groups(*SOURCES)

refresh = dg.define_asset_job("refresh", DATA, description="Everything: fetch, take in, build, publish, render.")
deliveries = dg.define_asset_job(
    "deliveries",
    DATA - dg.AssetSelection.groups("kolada"),
    description="Take in what waits in the inbox, then build, publish and render; without asking Kolada.",
)
marts_only = dg.define_asset_job(
    "marts_only", MARTS, description="Build, publish and render from the loads in force; no source is read."
)

concerns_check = dg.define_asset_job(
    "concerns_check",
    OPERATIONS,
    description="What is late, rejected, failed or damaged, until it is mended. Changes nothing.",
)

JOBS = (refresh, deliveries, marts_only, concerns_check)
