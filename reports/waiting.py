"""The working page of a report whose texts are not all written: what waits, and what was printed there last.

Belongs here: the page, which is for whoever writes and no part of the report. Does not belong here: which texts wait
(`compose`), and where they lie (`ingestion.configuration.folder`).
"""

from __future__ import annotations

from markupsafe import Markup, escape

from reports import markdown
from reports.document import Document

STYLE = (
    "body{max-width:46rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif;line-height:1.5}"
    "blockquote.earlier{margin:0;padding:.2rem 1rem;border-left:.4rem solid #8a5300;background:#fdf3e3}"
    "code{overflow-wrap:anywhere}"
)


def to_page(document: Document) -> str:
    """The page, in Swedish: each section that waits, the file that its text belongs in, and the earlier text, marked as
    earlier.
    """
    title = f"Texter som väntar: {document.title}"
    parts = [
        Markup(
            "<p>Arbetssida för den som skriver. Texterna nedan är från tidigare rapporter och <strong>trycks inte</strong>. "
        ),
        Markup("Skriv en ny text i filen som anges, eller lägg dit den gamla om den fortfarande gäller.</p>"),
    ]
    for one in document.waiting:
        parts.append(
            Markup(
                "<section><h2>{}</h2><p>Ny text: <code>{}</code></p>"
                '<blockquote class="earlier"><p><strong>Text från {}, trycks inte:</strong></p>{}</blockquote></section>'
            ).format(one.heading, one.file, one.period, markdown.to_html(markdown.parse(one.markdown), 3))
        )
    return (
        f'<!doctype html>\n<html lang="sv"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>\n"
    )
