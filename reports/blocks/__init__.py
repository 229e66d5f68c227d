"""The kinds of blocks (and of sentences) that an outline can name: importing this package enters them all into the
registries.

A new kind: a module here (see `reports.outline`), and its name in the import below.
"""

from reports import sentences
from reports.blocks import diagrams, finance, follow_up, key_figures, text

__all__ = ["diagrams", "finance", "follow_up", "key_figures", "sentences", "text"]
