"""The pages, the schema and dbt's properties that are written from the code, and whether they are up to date.

Belongs here: which file is written from what. Does not belong here: what stands in them (the modules that are named
here).
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from ingestion.bundled import DBT_PROJECT, IS_CLONE, PROJECT
from ingestion.failures import PermanentFailure

PAGES = {
    "docs/rules.md": "expectations.document:rules_markdown",
    "docs/configuration.md": "ingestion.configuration.document:rules_markdown",
    "municipalities/municipality.schema.json": "ingestion.configuration.document:schema_text",
    "municipalities/mapping.schema.json": "ingestion.configuration.document:mapping_schema_text",
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
    texts = {PROJECT / name: _text(function) for name, function in PAGES.items()}
    texts |= {DBT_PROJECT / path: text for path, text in _dbt_files().items()}
    if publication is not None:
        from demo.cookbook import with_answers_of

        page = PROJECT / QUERIES
        texts[page] = with_answers_of(page.read_text(encoding="utf-8"), publication)
    return {path: text for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text}


def _dbt_files() -> dict[Path, str]:
    """What dbt is told of sources and models, by path below its project. A model that is described by hand is left so."""
    import yaml

    from ingestion.contracts import SOURCES, dbt_models
    from ingestion.contracts.dbt_sources import sources_path, sources_yaml

    models = {path.stem: path for path in sorted((DBT_PROJECT / "models").rglob("*.sql"))}
    by_hand = {
        name
        for path in (DBT_PROJECT / "models").rglob("*.yml")
        if not path.name.endswith("__models.yml")
        for name in re.findall(
            r"^  - name: (stg_\w+|int_\w+__value)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
    }
    files = {sources_path(source): sources_yaml(source) for source in SOURCES}
    files[dbt_models.OWN_SOURCES] = dbt_models.own_sources_sql(models)
    described = yaml.safe_load((DBT_PROJECT / dbt_models.FIGURES).read_text(encoding="utf-8"))["models"]
    figures = next(one for one in described if one["name"] == dbt_models.FIGURE_MODEL)
    left = {name: path.read_text(encoding="utf-8") for name, path in models.items() if name not in by_hand}
    for source in SOURCES:
        if staging := {name: sql for name, sql in left.items() if name.startswith(f"stg_{source}__")}:
            files[dbt_models.models_path("staging", source)] = dbt_models.staging_yaml(source, staging)
        if sql := left.get(f"int_{source}__value"):
            files[dbt_models.models_path("intermediate", source)] = dbt_models.figures_yaml(source, sql, figures)
    return files


def _text(function: str) -> str:
    module, _, name = function.partition(":")
    return str(getattr(importlib.import_module(module), name)())
