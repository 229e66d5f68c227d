"""The cookbook of queries (`docs/queries.md`): each question with its SQL and the answer that the demonstration gives.

Belongs here: reading the page, asking the publication, and how an answer stands on the page.
Does not belong here: the questions (the page is the only place of them).

`genomlysning generate --queries` writes the answers anew, as the publication at hand gives them; right only after each
difference has been read and understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from ingestion.failures import PermanentFailure

MOST_ROWS = 12
"""An answer that does not fit in sight is no answer: the query says which rows it wants."""

_QUESTION = re.compile(
    r"^### (?P<title>[^\n]+)\n(?P<between>.*?)```sql\n(?P<sql>.*?)```\n\n?(?P<answer>(?:\|[^\n]*\n)*)\n*",
    re.MULTILINE | re.DOTALL,
)


class NoAnswer(PermanentFailure, ValueError):
    """A question of the page cannot be answered."""


@dataclass(frozen=True)
class Question:
    """One question of the page. answer: the table that stands below the SQL, as text; empty if there is none yet."""

    title: str
    sql: str
    answer: str


def questions(page: str) -> list[Question]:
    """All questions of a page, in order. Raises ValueError if a query has no question above it."""
    found = [Question(match["title"], match["sql"].strip(), match["answer"]) for match in _QUESTION.finditer(page)]
    if len(found) != page.count("```sql"):
        raise ValueError(f"{page.count('```sql')} queries, but {len(found)} stand below a heading '### …' of their own")
    return found


def answer(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """What `sql` gives, as a Markdown table. Raises ValueError if it is empty, or more than `MOST_ROWS` rows."""
    result = con.execute(sql)
    columns, rows = [column[0] for column in result.description or ()], result.fetchall()
    if not 0 < len(rows) <= MOST_ROWS:
        raise ValueError(f"{len(rows)} rows; expected 1 to {MOST_ROWS}")
    table: list[Sequence[str]] = [columns, ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in table)


def with_answers(page: str, con: duckdb.DuckDBPyConnection) -> str:
    """The page with every answer as `con` gives it. Raises NoAnswer that names the question whose query gives none."""

    def written(match: re.Match[str]) -> str:
        try:
            told = answer(con, match["sql"])
        except (ValueError, duckdb.Error) as error:
            raise NoAnswer(f"{match['title']}: {error}") from error
        return f"### {match['title']}\n{match['between']}```sql\n{match['sql']}```\n\n{told}\n"

    questions(page)
    return _QUESTION.sub(written, page).rstrip("\n") + "\n"


def with_answers_of(page: str, publication: Path) -> str:
    """The page with every answer as the publication gives it. Raises NoAnswer, also where there is no publication."""
    if not publication.exists():
        raise NoAnswer(f"{publication} is missing: there is no publication to ask. Run: make demo")
    with duckdb.connect(str(publication), read_only=True) as con:
        return with_answers(page, con)


def _cell(value: Any) -> str:
    """A value as it stands in a table: nothing for null, and no digits that only a machine's way of counting made."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value).replace("|", "\\|")
