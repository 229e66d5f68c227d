"""Dagster: what is materialised from what, when, and what people see of it.

Belongs here: assets, checks, jobs, schedules, sensors, resources, and what operators do to a home; all thin.
Does not belong here: reading, judging, computing, publishing, rendering (the folders that do so know nothing of
Dagster). Loading this package must be cheap: what is heavy (pandas, Great Expectations, dbt's runner) is imported where
it is used.
"""
