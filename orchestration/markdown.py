"""Texts from outside in Dagster's UI, in cells of tables and in descriptions: shown as they are written, never as
markup, links or HTML.

Belongs here: escaping for Dagster's UI. Does not belong here: what people write in reports (`reports.markdown`).
"""

from __future__ import annotations

import html
import re

# What CommonMark and its tables give a meaning inside a line, escaped the way CommonMark says. What makes a bare
# address a link goes as an
# entity: links are looked for before backslashes.
_MARKUP = re.compile(r"([\\`*_\[\]!|~])")


def cell(value: object) -> str:
    """`value` as the text of one cell."""
    text = html.escape(" ".join(str(value).split()), quote=False)
    return _MARKUP.sub(r"\\\1", text).replace(":", "&#58;").replace("@", "&#64;").replace("www.", "www&#46;")


# The same in a sentence, which is read in logs too: only what would be markup where it stands. `hr_employments` and
# `found: x` are none.
_IN_A_LINE = re.compile(r"([\\`*\[\]~]|(?<![^\W_])_|_(?![^\W_]))")


def line(text: str) -> str:
    """`text` as one line of a description."""
    escaped = _IN_A_LINE.sub(r"\\\1", " ".join(text.split()))
    escaped = re.sub(r"&(?=[#\w]+;)", "&amp;", escaped).replace("<", "&lt;").replace("@", "&#64;")
    escaped = re.sub(r"www\.", "www&#46;", escaped, flags=re.IGNORECASE)
    return re.sub(r":(?=//)|(?<=mailto):|(?<=xmpp):", "&#58;", escaped, flags=re.IGNORECASE)


def row(*values: object) -> str:
    """One line of a table."""
    return "| " + " | ".join(cell(value) for value in values) + " |"
