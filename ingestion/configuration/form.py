"""What a schema expects of a file, in the words of the person who must mend it.

Belongs here: what all schemas of the configuration have in common, and the terms of pydantic's errors in plain words.
Does not belong here: the schemas, and how YAML is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from ingestion.configuration.lines import YamlFile
from ingestion.configuration.mistakes import Mistake, dotted, nearest, one_of


class Strict(BaseModel):
    """A misspelt key is an error, not a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def schema_for_editors(model: type[Strict], title: str) -> dict[str, Any]:
    """The model as JSON Schema (draft 2020-12), with descriptions that editors break where they like: docstrings are broken
    where the code's lines end.
    """
    schema = model.model_json_schema()
    for described in (schema, *schema["properties"].values(), *schema.get("$defs", {}).values()):
        if "description" in described:
            paragraphs = described["description"].split("\n\n")
            described["description"] = "\n\n".join(" ".join(part.split()) for part in paragraphs)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


PATTERNS = {
    r"^\d{4}$": 'four digits in straight quotes, as "1489"',
    r"^\d{4,5}$": 'four or five digits in straight quotes, as "5010"',
    r"^G\d+$": "Kolada's id of a group, as G96190",
    r"^\d{6}-\d{4}$": "six digits, a hyphen and four digits, as 212000-1553",
    r"^((\d{4}-)?\d{2})?$": 'a month, of one year as 2024-08 or of every year as "08"',
    r"^\d{4}(-(0[1-9]|1[0-2]))?$": 'a month, as "2024-08", or a year, as "2024"',
    r"^[a-z0-9][a-z0-9-]*$": "small letters a-z, digits and hyphens",
    r"^[^{}]*\{\}[^{}]*$": "the file's name with {} for what is taken from it, as '*_{}.csv'",
    r"^\w+=\S.*$": "a dimension and its value, as age_band=0-29",
}

WORDS = {
    "tuple_type": "a list, as [a, b]",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "too_long": "at most {max_length} of them",
    "too_short": "at least {min_length} of them",
    "string_too_short": "something to read",
    "string_type": "a text",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "int_type": "a whole number, without quotes",
    "int_parsing": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}


def in_words(error: ErrorDetails) -> str:
    """What was expected where `error` is."""
    context, kind = error.get("ctx", {}), error["type"]
    if kind.startswith("date"):
        return "a day of the calendar, as 2024-01-31"
    if context.get("pattern") in PATTERNS:
        return PATTERNS[context["pattern"]]
    if kind in WORDS:
        return WORDS[kind].format(**context)
    return error["msg"].removeprefix("Input should be ").removeprefix("String should ").removeprefix("Value error, ")


def mistakes_of_form(
    model: type[BaseModel], file: YamlFile, error: ValidationError, known: Sequence[Mistake]
) -> Iterator[Mistake]:
    """What the schema `model` says against the file, in the words of the register. known: what was found already, which
    is not told twice.
    """
    told = {mistake.where for mistake in known}
    for one in error.errors():
        where, kind, value = tuple(part for part in one["loc"] if part != "[key]"), one["type"], one["input"]
        if kind == "extra_forbidden":
            options = keys_at(model, where[:-1])
            yield file.mistake(
                "C105", where, f"the key '{where[-1]}'", one_of(options, "the schema"), nearest(where[-1], options)
            )
        elif kind == "missing":
            yield file.mistake("C106", where, f"no key '{where[-1]}'", f"'{where[-1]}'")
        elif value is None:
            yield file.mistake("C107", where, "nothing after the key", "a value, or the key left out")
        elif kind == "string_type" and where in file.written:
            said = file.written[where]
            yield file.mistake(
                "C108", where, f"{said}, which YAML reads as {_kind(value)}", f'a text in quotes: "{said}"'
            )
        elif kind == "literal_error":
            options = re.findall("'([^']*)'", one["ctx"]["expected"])
            yield file.mistake("C107", where, f"'{value}'", one_of(options, ""), nearest(value, options))
        elif kind == "value_error":
            # where a reference is told with its right word, the schema's word adds nothing
            if not any(place.startswith(dotted(where)) for place in told if place):
                yield file.mistake("C107", where, _short(value), str(one["ctx"]["error"]))
        elif dotted(where) not in told:
            yield file.mistake("C107", where, _short(value), in_words(one))


def keys_at(model: Any, where: Sequence[str | int]) -> list[str]:
    """The keys that the schema knows at a place of the file."""
    for part in where:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = model.model_fields[str(part)].annotation
        else:
            model = get_args(model)[1 if get_origin(model) is dict else 0]
        # of `X | None` the X
        while get_origin(model) in (Union, UnionType):
            model = get_args(model)[0]
    return (
        [name for name in model.model_fields if name != "folder"]
        if isinstance(model, type) and issubclass(model, BaseModel)
        else []
    )


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"the day {value}" if isinstance(value, date) else f"the number {value}"


def _short(value: object) -> str:
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
