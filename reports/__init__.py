"""Marts to published documents: tables, diagrams, sentences, pages.

Belongs here: everything between a publication and a page that people read. Does not belong here: figures that a mart
should hold, Dagster, and any municipality's name.
"""
