"""The one command of the platform: `genomlysning`.

Belongs here: what people type, and how answers look. Does not belong here: any logic; the commands call the other
packages, and nothing imports this one.
"""
