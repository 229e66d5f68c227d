"""The demonstration: bundled Kolada values, the API that serves them, invented extracts, and the command that does the main job.

Belongs here: all that is made up or bundled. Nothing else in the platform imports this package.
"""
