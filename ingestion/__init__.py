"""From an API answer or a delivered file to one typed table, and from there into the lake.

Belongs here: one package per source (contracts and, for Kolada, the client), the file readers, pseudonymisation, the
lake and its loads, the municipality's configuration.
Does not belong here: Dagster, dbt, Great Expectations (judging a candidate is `expectations`), formulas (they are
dbt models).
"""
