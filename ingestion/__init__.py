"""From an API answer or a delivered file to one typed table, and from there into the lake.

Rooms, each importing those before it only: `contracts` (what is delivered), `configuration` (the municipality's
folder), `privacy` (persons become pseudonyms), `lake` (loads), `readers` and `kolada` (a file or an answer becomes a
candidate), `monitoring` (what is in force, late or gone). What lies beside them (failures, findings, durable files, SQL
text) is theirs in common. Does not belong here: Dagster, dbt, Great Expectations (judging a candidate is
`expectations`), formulas (they are dbt models).
"""
