"""What a schema expects of a value, in the words of the person who must mend it.

Belongs here: the terms of pydantic's errors in plain words. Does not belong here: the schemas, and where in a file a
value stands.
"""

from __future__ import annotations

from pydantic_core import ErrorDetails

PATTERNS = {
    r"^\d{4}$": 'four digits in straight quotes, as "1489"',
    r"^\d{4,5}$": 'four or five digits in straight quotes, as "5010"',
    r"^G\d+$": "Kolada's id of a group, as G96190",
    r"^\d{6}-\d{4}$": "six digits, a hyphen and four digits, as 212000-1553",
    r"^((\d{4}-)?\d{2})?$": 'a month, of one year as 2024-08 or of every year as "08"',
    r"^\d{4}(-(0[1-9]|1[0-2]))?$": 'a month, as "2024-08", or a year, as "2024"',
    r"^[a-z0-9][a-z0-9-]*$": "small letters a-z, digits and hyphens",
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
