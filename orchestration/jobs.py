"""Jobs: what is materialised together."""

from __future__ import annotations

import dagster as dg

from ingestion.contracts import SOURCES

MARTS = dg.AssetSelection.all() - dg.AssetSelection.groups(*SOURCES)

refresh = dg.define_asset_job("refresh", dg.AssetSelection.all(), description="Everything: fetch, take in, build, publish, render.")
deliveries = dg.define_asset_job(
    "deliveries",
    dg.AssetSelection.all() - dg.AssetSelection.groups("kolada"),
    description="Take in what waits in the inbox, then build, publish and render; without asking Kolada.",
)
marts_only = dg.define_asset_job("marts_only", MARTS, description="Build, publish and render from the loads in force; no source is read.")

JOBS = (refresh, deliveries, marts_only)
