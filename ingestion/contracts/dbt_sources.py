"""dbt's declaration of a source, made from its contract: `models/staging/<source>/_<source>__sources.yml`.

Belongs here: those files' text. Does not belong here: the sources that no contract describes (configuration, the ledger
of loads, the run).
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from ingestion.contracts import Kind, Table, tables

HEADER = "# Made of ingestion/contracts/{source}.py; do not edit (genomlysning generate).\n"
OF_A_PERSON = {
    "person_id": "The person as a keyed hash of the personnummer; the same person has the same value in all loads made with one key.",
    "gender": "Sex by the personnummer, K (woman) or M (man); derived before hashing.",
    "birth_month": "First day of the month of birth; derived before hashing.",
}
OF_A_ROW = {"source_row": "Row in the delivered file (1 = header).", "load_id": "The load that the row came with."}


def sources_path(source: str) -> Path:
    """Where the file lies, below the dbt project."""
    return Path("models", "staging", source, f"_{source}__sources.yml")


def sources_yaml(source: str) -> str:
    """The file's text: the source, its tables with their columns, types and descriptions, and the asset that each is in
    Dagster.
    """
    description: str = importlib.import_module(f"ingestion.contracts.{source}").DESCRIPTION
    lines = [
        HEADER.format(source=source) + "sources:",
        f"  - name: {source}",
        f"    description: {_text(description)}",
        "    schema: lake",
        "    tables:",
    ]
    for of in tables(source):
        lines += [
            f"      - name: {of.name}",
            f"        identifier: {of.full_name}",
            "        description: " + _text(f"{of.description} Grain: {of.grain}. Delivered by: {of.delivered_by}."),
            f"        config: {{meta: {{dagster: {{asset_key: [{source}, {of.name}]}}}}}}",
            "        columns:",
            *(
                f"          - {{name: {name}, data_type: {kind}, description: {_text(description_of(of, name))}}}"
                for name, kind in ((name, _text(kind) if " " in kind else kind) for name, kind in of.lake_columns())
            ),
        ]
    return "\n".join(lines) + "\n"


def description_of(table: Table, name: str) -> str:
    """What a column of the lake is, by the contract or by what readers make of every row."""
    own = {column.name: column.description for column in table.columns if column.kind is not Kind.PERSON}
    return (OF_A_PERSON | OF_A_ROW | own)[name]


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
