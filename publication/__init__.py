"""The publication: the only thing that analysts and reports read.

Belongs here: copying the audited marts into an immutable file and pointing readers at it.
Does not belong here: what the marts hold (dbt) and when a publication is made (orchestration).
"""
