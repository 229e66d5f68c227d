"""The kinds of blocks that an outline can name: importing this package enters them all into the registry.

A new kind: a module here (see `reports.outline`), and its name in the import below.
"""

from reports.blocks import key_figures, text

__all__ = ["key_figures", "text"]
