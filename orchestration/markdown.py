"""Texts from outside as cells of Markdown tables in Dagster's metadata: shown as they are written, never as markup, links or HTML.

Belongs here: escaping for Dagster's UI. Does not belong here: what people write in reports (`reports.markdown`).
"""

from __future__ import annotations

import html
import re

# What CommonMark and its tables give a meaning inside a line, escaped the way CommonMark says. What makes a bare address a link goes as an
# entity: links are looked for before backslashes.
_MARKUP = re.compile(r"([\\`*_\[\]!|~])")


def cell(value: object) -> str:
    """`value` as the text of one cell."""
    text = html.escape(" ".join(str(value).split()), quote=False)
    return _MARKUP.sub(r"\\\1", text).replace(":", "&#58;").replace("@", "&#64;").replace("www.", "www&#46;")


def row(*values: object) -> str:
    """One line of a table."""
    return "| " + " | ".join(cell(value) for value in values) + " |"
