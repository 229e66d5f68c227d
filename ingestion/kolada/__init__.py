"""Kolada's API: the client, the choice of what to ask for, and how an answer becomes a candidate."""
