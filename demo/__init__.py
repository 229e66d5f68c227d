"""The demonstration: bundled Kolada values, the API that serves them, invented extracts, and the run that does the main
job.

Belongs here: all that is made up or bundled. Nothing of the platform but the command imports this package.
"""
