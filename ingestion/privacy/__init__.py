"""Persons on their way into the lake: their numbers read and forgotten, keys, the register of personal data, who has
been erased.
"""
