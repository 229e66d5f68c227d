"""The trials: what the platform promises about faults, bad deliveries and personal data, tried many times and counted.

Belongs here: trials (`make trials`): fault injection and fuzzing, each with what is tried, how often, and how many held;
and the breaking of guards, a mutation test of the trials, which shows that each turns red when what it watches is gone.
Does not belong here: tests of single functions (`tests/`), timings (`benchmarks/`), and anything that the platform needs
in order to run.
"""
