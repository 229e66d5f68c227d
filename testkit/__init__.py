"""What tests, trials and benchmarks share: rows without a fault, invented persons, small publications and documents.

Belongs here: making input, and small warehouses and publications from it. Does not belong here: anything that asserts
(`tests`, `trials`), the demonstration's data (`demo`). Imports no test.
"""
