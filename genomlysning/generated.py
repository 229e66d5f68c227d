"""The pages, the schema and dbt's sources that are written from the code, and whether they are up to date.

Belongs here: which file is written from what. Does not belong here: what stands in them (the modules that are named
here).
"""

from __future__ import annotations

import importlib
from pathlib import Path

from ingestion.bundled import DBT_PROJECT, IS_CLONE, PROJECT
from ingestion.failures import PermanentFailure

PAGES = {
    "docs/rules.md": "expectations.document:rules_markdown",
    "docs/configuration.md": "ingestion.configuration.document:rules_markdown",
    "municipalities/municipality.schema.json": "ingestion.configuration.document:schema_text",
    "docs/deliveries.md": "trials.deliveries:deliveries_markdown",
    "docs/extracts.md": "ingestion.contracts.document:extracts_markdown",
    "dbt_project/macros/disclosure/minimum_n.sql": "ingestion.configuration.limits_in_sql:minimum_n_macro",
    "docs/personal-data.md": "ingestion.privacy.register:personal_data_markdown",
}
"""Each file with the function that gives its text."""
QUERIES = "docs/queries.md"


class NoClone(PermanentFailure):
    """The pages lie in a clone, and this is none."""


def changed_pages(publication: Path | None = None) -> dict[Path, str]:
    """Every page that says something else than the code, with what it should say; nothing is written.

    publication: also the answers in docs/queries.md, as this publication gives them. Raises NoClone in an installation.
    """
    if not IS_CLONE:
        raise NoClone("The generated pages are part of the source code: run this in a clone, with its own environment.")
    from ingestion.contracts import SOURCES
    from ingestion.contracts.dbt_sources import sources_path, sources_yaml

    texts = {PROJECT / name: _text(function) for name, function in PAGES.items()}
    texts |= {DBT_PROJECT / sources_path(source): sources_yaml(source) for source in SOURCES}
    if publication is not None:
        from demo.cookbook import with_answers_of

        page = PROJECT / QUERIES
        texts[page] = with_answers_of(page.read_text(encoding="utf-8"), publication)
    return {path: text for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text}


def _text(function: str) -> str:
    module, _, name = function.partition(":")
    return str(getattr(importlib.import_module(module), name)())
