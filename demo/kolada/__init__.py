"""The bundled Kolada snapshot, its builder, and the stand-in that answers API v3 from it.

Belongs here: everything that plays Kolada where the real API is not to be called (demonstration, tests, benchmarks).
Does not belong here: the client that fetches from it (`ingestion.kolada`); the two share no code.
"""
