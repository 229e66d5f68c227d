"""A document as one self-contained HTML page.

Belongs here: filling the template. Does not belong here: what the document holds, the words around it (`apparatus`),
and the page's look and behaviour (`templates`).
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports import apparatus, format, markdown
from reports.cells import MARKS, SIGNS
from reports.document import Document

TEMPLATES = Path(__file__).parent / "templates"


def to_html(document: Document) -> str:
    """The page. The same document gives the same page; nothing in it is fetched from elsewhere.

    Every figure, in a table or in a sentence, carries its origin as attributes: data-key, data-measure, data-indicator,
    data-split, data-period, data-year, data-source, data-lineage. Every table has the id `table-<table_id>` and the
    attribute data-table.
    """
    environment = _environment()
    style, script = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return environment.get_template("document.html.jinja").render(
        document=document,
        apparatus=apparatus.Apparatus(document),
        closing=apparatus.closing(document),
        style=Markup(style),
        script=Markup(script),
        script_hash=script_hash(script),
        all_marks=MARKS,
        all_signs=SIGNS,
        legend=apparatus.legend,
        described=apparatus.described,
        diagram_name=apparatus.diagram_name,
        spoken=apparatus.spoken,
        reading=apparatus.READING,
        statement=apparatus.accessibility(document),
        demonstration=apparatus.DEMONSTRATION,
        demonstration_long=apparatus.DEMONSTRATION_LONG,
        kind_of=lambda block: type(block).__name__,
        prose=lambda text, level: markdown.to_html(markdown.parse(text), level),
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=format.day, moment=format.moment, css_string=css_string)
    return environment


def css_string(text: str) -> Markup:
    """`text` as the inside of a quoted CSS string: everything but plain letters and digits becomes an escape."""
    return Markup("".join(char if char.isascii() and char.isalnum() else f"\\{ord(char):06x}" for char in text))


def script_hash(script: str) -> str:
    """The hash by which the page's policy admits its one script, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
