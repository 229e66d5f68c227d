"""What a candidate load must satisfy before it is accepted, and the gate that lets it in.

Belongs here: the numbered rules (one suite per table), the drift limits, the judge, the way from inbox to lake, the
pages that people read.
Does not belong here: Dagster, reading files (`ingestion`), formulas (dbt).
"""
