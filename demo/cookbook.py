"""The cookbook of queries (`docs/queries.md`): each question with its SQL and the answer that the demonstration gives.

Belongs here: reading the page, asking the publication, and how an answer stands on the page.
Does not belong here: the questions (the page is the only place of them).

`python -m demo.cookbook` compares every answer with what the publication of `make demo` gives; with `--write` it writes them anew, which
is right only after each difference has been read and understood.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import Settings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "queries.md"
MOST_ROWS = 12
"""An answer that does not fit in sight is no answer: the query says which rows it wants."""

_QUESTION = re.compile(r"^### (?P<title>[^\n]+)\n(?P<between>.*?)```sql\n(?P<sql>.*?)```\n\n?(?P<answer>(?:\|[^\n]*\n)*)\n*", re.M | re.S)


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
    """The page with every answer as `con` gives it. Raises ValueError that names the question whose query gives none."""

    def written(match: re.Match[str]) -> str:
        try:
            told = answer(con, match["sql"])
        except (ValueError, duckdb.Error) as error:
            raise ValueError(f"{match['title']}: {error}") from error
        return f"### {match['title']}\n{match['between']}```sql\n{match['sql']}```\n\n{told}\n"

    questions(page)
    return _QUESTION.sub(written, page).rstrip("\n") + "\n"


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the page with the publication of the home at hand, or write it; 1 if they differ."""
    parser = argparse.ArgumentParser(prog="python -m demo.cookbook", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the answers anew")
    write = parser.parse_args(arguments).write
    page = PAGE.read_text(encoding="utf-8")
    with duckdb.connect(str(Settings.from_environment(os.environ).published / "current.duckdb"), read_only=True) as con:
        new = with_answers(page, con)
    if write:
        PAGE.write_text(new, encoding="utf-8")
        return 0
    different = [was.title for was, is_now in zip(questions(page), questions(new), strict=True) if was.answer != is_now.answer]
    for title in different:
        print(f"another answer than on the page: {title}")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
