"""The assets, one module per folder of the project that they stand for."""
