"""The trials: what the platform promises about faults, bad deliveries and personal data, tried many times and counted.

Belongs here: trials (`make trials`), each with what is tried, how often, and how many held; and the breaking of guards,
which shows that a trial turns red when what it watches is gone. Does not belong here: tests of single functions
(`tests/`), timings (`benchmarks/`), and anything that the platform needs in order to run.
"""
