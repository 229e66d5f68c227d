"""What dbt is told of the models of a source, made from its contract and their SQL: `_<source>__models.yml`, and the macro of all sources.

Belongs here: the properties (descriptions, key, what is never null) of staging models and of `int_<source>__value`, for every model that no
file describes by hand, and `macros/own_sources.sql`. Does not belong here: reading those files (`genomlysning.generated`), unit tests, and
whatever a contract cannot know: a model of which more is to be said is described by hand in the file beside it, whole.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.contracts import DELIVERED_SOURCES, SOURCES, Table, tables
from ingestion.contracts.dbt_sources import OF_A_ROW, description_of
from ingestion.failures import PermanentFailure

HEADER = "# Made of ingestion/contracts/{source}.py and the models' SQL; do not edit (genomlysning generate).\n"
OWN_SOURCES = Path("macros", "own_sources.sql")
FIGURES, FIGURE_MODEL = Path("models", "_figures.yml"), "int_own__value"
"""The file that describes the shape of a figure, and the model there that has the figures of all sources."""
CITED = "source"
"""The column that a figure gets where those of all sources are laid together."""


class NotDerivable(PermanentFailure):
    """A model's properties do not follow from the contract: they must be written by hand."""


@dataclass(frozen=True)
class Staged:
    """A column of a staging model.

    read: the columns of the lake that it is made of. is_kept: it is one of them as it was delivered, at most of another
    type. codes: into which texts it translates a code list. translated: the codes of that list; None where every value
    becomes something (no list, or one with an `else`).
    """

    name: str
    read: tuple[str, ...]
    is_kept: bool
    codes: tuple[str, ...]
    translated: frozenset[str] | None


def models_path(layer: str, source: str) -> Path:
    """Where the properties of a source's models of a layer (staging, intermediate) lie, below the dbt project."""
    return Path("models", layer, source, f"_{source}__models.yml")


def staging_yaml(source: str, models: Mapping[str, str]) -> str:
    """The properties of the staging `models` (SQL by name), as text. Raises NotDerivable, with the model, what is wrong and what to do."""
    entries = [_staging(source, name, sql) for name, sql in sorted(models.items())]
    return HEADER.format(source=source) + "models:\n" + "\n".join(entries)


def figures_yaml(source: str, sql: str, figures: Mapping[str, Any]) -> str:
    """The properties of `int_<source>__value`, as text: described by the comment that the SQL opens with, in the shape of
    `figures`, the properties of the model that has those of all sources.
    """
    name = f"int_{source}__value"
    described = _opening(sql)
    if not described:
        raise NotDerivable(f"{name}.sql opens with no comment: write what one row is; that becomes its description.")
    columns = [
        f"      - {{name: {one['name']}, data_type: {one['data_type']}, description: {_text(one['description'])}}}"
        for one in figures["columns"]
        if one["name"] != CITED
    ]
    rules = figures["data_tests"][0]["rules"]["arguments"]
    lines = _entry(name, described, rules["key"], rules["complete"], {})
    return HEADER.format(source=source) + "models:\n" + "\n".join([*lines, *columns]) + "\n"


def own_sources_sql(models: Collection[str]) -> str:
    """The macros that say which sources figures are computed from, and where the loads behind a lineage are told.

    models: the names of all models. A source whose figures rest on several periods or tables has its `int_<source>__figure_loads`; a
    figure of any other that is delivered by the year rests on the year's delivery, told by the one of the registers.
    """
    cited = {name: _contract(name, "CITATION") for name in SOURCES}
    own = [f"        '{name}': {_quoted(text)}," for name, text in cited.items() if text]
    telling = [name for name in SOURCES if f"int_{name}__figure_loads" in models]
    by_year = [
        name
        for name in DELIVERED_SOURCES
        if name not in telling and all(of.period_column == "year" for of in tables(name))
    ]
    return _MACROS.format(
        own="\n".join(own),
        telling=", ".join(_quoted(name) for name in (*telling, "register")),
        by_year="\n".join(f"        {_quoted(name)}," for name in by_year),
    )


_MACROS = """{{#- Made of the contracts' CITATION and the models' names; do not edit (genomlysning generate). -#}}

{{#-
    The sources whose rows the platform computes figures from, and how such figures are cited. Each has the model `int_<source>__value` (one
    row per figure: the key of an indicator mart, value, numerator, denominator, n, is_preliminary, lineage_id).
-#}}
{{% macro own_sources() -%}}
    {{{{ return({{
{own}
    }}) }}}}
{{%- endmacro %}}

{{#-
    Where the loads behind a lineage are told (lineage_id, load_id): by a model `int_<name>__figure_loads` of the sources whose figures
    rest on several periods or tables, and by that of the registers for all sources of which a figure rests on a year's delivery.
-#}}
{{% macro lineages() -%}}
    {{{{ return([{telling}]) }}}}
{{%- endmacro %}}

{{#- The sources of the registers: delivered by the year, with no such model of their own. -#}}
{{% macro registers() -%}}
    {{{{ return([
{by_year}
    ]) }}}}
{{%- endmacro %}}
"""


def _staging(source: str, name: str, sql: str) -> str:
    by_hand = f"write {name}.yml beside it, with the description of the model and of every column."
    read = re.search(rf"source\('{source}', '(\w+)'\)", sql)
    if not read or read.group(1) not in {of.name for of in tables(source)}:
        raise NotDerivable(f"{name}.sql reads no table of the contract {source}: read one, or {by_hand}")
    of = next(of for of in tables(source) if of.name == read.group(1))
    staged = staged_columns(of, sql)
    unclear = [column.name for column in staged if len(column.read) != 1]
    if unclear:
        raise NotDerivable(
            f"{name}.sql: {', '.join(unclear)} of what is made of no column of {of.full_name}, or of several, the contract has no "
            f"description: {by_hand}"
        )
    made_of = {read: [column for column in staged if column.read[0] == read] for read in {c.read[0] for c in staged}}
    in_key = dict.fromkeys(("municipality_id", *((of.period_column,) if of.period_column else ()), *of.key))
    if missing := [column for column in in_key if column not in made_of]:
        raise NotDerivable(
            f"{name}.sql leaves out {', '.join(missing)} of the key of {of.full_name}: keep it, or {by_hand}"
        )
    key = [column.name for read in in_key for column in _telling(made_of[read])]
    lines = _entry(
        name,
        _opening(sql) or f"{of.description} Grain: {of.grain}.",
        key,
        [column.name for column in staged if _is_complete(of, column)],
        {column.name: codes for column in staged if (codes := _codes(of, column))},
    )
    lines += [f"      - {{name: {column.name}, description: {_text(_described(of, column))}}}" for column in staged]
    return "\n".join(lines) + "\n"


def _telling(columns: list[Staged]) -> list[Staged]:
    """Of the columns that are made of one column of the lake, those that together tell its values apart."""
    return [column for column in columns if column.is_kept][:1] or columns


def _is_complete(of: Table, column: Staged) -> bool:
    """Whether no row may be without it: it is made of what is required, and of every code."""
    if column.read[0] == "load_id":
        return True
    if column.read[0] == "source_row" or not of.column(column.read[0]).required:
        return False
    return column.translated is None or column.translated >= set(of.column(column.read[0]).allowed)


def _codes(of: Table, column: Staged) -> tuple[str, ...]:
    """The values that it may have; none where any."""
    if column.read[0] in OF_A_ROW:
        return ()
    codes = of.column(column.read[0]).allowed if column.is_kept else column.codes if column.translated else ()
    return () if any("'" in code for code in codes) else codes


def _described(of: Table, column: Staged) -> str:
    """The contract's words, and the codes that stand here instead of the delivered ones."""
    described = description_of(of, column.read[0])
    return f"{described} Here: {', '.join(column.codes)}." if column.codes else described


def staged_columns(of: Table, sql: str) -> tuple[Staged, ...]:
    """What the last select of a staging model gives, in order: every column with the columns of `of` that it is made of."""
    select = re.split(r"^select\b", sql, flags=re.MULTILINE)[-1]
    body = re.sub(r"--[^\n]*", "", re.split(r"^from\b", select, flags=re.MULTILINE)[0])
    # what a macro is given in quotes are columns, what SQL has in quotes are values
    body = re.sub(r"{{.*?}}", lambda macro: macro.group(0).replace("'", ""), body, flags=re.DOTALL)
    lake = [name for name, _ in of.lake_columns()]
    found = []
    for item in _apart(body):
        name = re.findall(r"\w+", item)[-1]
        formula = re.sub(r"'[^']*'", "", item.removesuffix(name).strip().removesuffix(" as")) or name
        words = set(re.findall(r"\w+", formula))
        is_kept = bool(re.fullmatch(r"\w+|cast\(\w+ as \w+\)", formula))
        codes = tuple(dict.fromkeys(re.findall(r"\b(?:then|else)\s+'([^']*)'", item)))
        if re.search(r"\belse\s+(?!')", item):
            codes = ()  # and many more
        codes += tuple(f"{split}..." for split in re.findall(r"'(\w+=)'\s+\|\|", item))
        translated = frozenset(re.findall(r"'([^']*)'(?=\s+then\b)", item)) if "case" in words else None
        read = tuple(column for column in lake if column in words)
        found.append(Staged(name, read, is_kept, codes, None if "else" in words else translated))
    return tuple(found)


def _apart(body: str) -> list[str]:
    """The items of a select's list: parted at commas that stand in no bracket and no text."""
    items, depth, is_text = [""], 0, False
    for character in body:
        is_text ^= character == "'"
        depth += 0 if is_text else (character in "({[") - (character in ")}]")
        if character == "," and not depth and not is_text:
            items.append("")
        else:
            items[-1] += character
    return [item.strip() for item in items if item.strip()]


def _entry(
    name: str, description: str, key: Collection[str], complete: Collection[str], codes: Mapping[str, Collection[str]]
) -> list[str]:
    """A model's properties, up to its columns: one test of its rules."""
    lines = [
        f"  - name: {name}",
        f"    description: {_text(description)}",
        "    data_tests:",
        "      - rules:",
        f"          name: {name}_rules",
        "          arguments:",
        f"            key: [{', '.join(key)}]",
        f"            complete: [{', '.join(complete)}]",
    ]
    if codes:
        lines.append("            accepted_values:")
        lines += [f"              {column}: [{', '.join(map(_text, values))}]" for column, values in codes.items()]
    return [*lines, "    columns:"]


def _opening(sql: str) -> str:
    """The comment that a model opens with, in one line."""
    lines = re.match(r"(?:--[^\n]*\n)*", sql)
    return " ".join(line.removeprefix("--").strip() for line in (lines.group(0) if lines else "").splitlines())


def _contract(source: str, name: str) -> str:
    """A text that a contract's module may say; empty where it does not."""
    return str(getattr(importlib.import_module(f"ingestion.contracts.{source}"), name, ""))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
