"""A search for personal data through the *decoded* contents of everything under a folder.

Compressed bytes hide text, so files are opened as what they are: every column of every Parquet and DuckDB file, every
cell of every SQLite table (Dagster's storage keeps some of it zlib-compressed), the members of workbooks and archives,
pages and properties of PDFs, and all else as text, with character references resolved and data URIs in it included.
Also a command: `python -m trials.search <folder> [name ...]`.

Belongs here: the search. Does not belong here: what is searched for and where (`trials.personal_data`,
`trials.runner`).
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import re
import sqlite3
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pypdfium2

# Wider than the platform's own pattern on purpose: this is the check on it.
NUMBER = re.compile(r"(?<!\d)(\d{2})?(\d{2})([ ./-]?)(\d{2})([ ./-]?)(\d{2})\s?[-+‐‑‒–—−]?\s?(\d{4})(?!\d)")
HEXADECIMAL = re.compile(r"[0-9a-fA-F-]+")
DATA_URI = re.compile(r"data:[\w/+.-]+;base64,([A-Za-z0-9+/=]+)")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# What may hold a number or a name; re2 has no look-around, so the exact test is made in Python on what is left.
WORTH_READING = r"\d{2}[ ./-]?\d{2}[ ./-]?\d{2}[\s\x{A0}]?[-+‐‑‒–—−]?[\s\x{A0}]?\d{4}|\pL\pL"


@dataclass(frozen=True)
class Hit:
    """Something personal: in which file, where in it (table and column, member), and of which kind ('number' or
    'name').
    """

    file: Path
    where: str
    kind: str
    text: str


class Names:
    """Names to look for in any case; full ones in either order, with or without a comma; single words where they are
    names only.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.wanted: set[tuple[str, ...]] = set()
        for name in names:
            words = tuple(word.lower() for word in WORD.findall(name))
            if words:
                self.wanted |= {words, (*words[1:], words[0]), (words[-1], *words[:-1])}
        self.lengths = sorted({len(words) for words in self.wanted})

    def found(self, text: str) -> Iterator[str]:
        """Names in `text`."""
        if not self.wanted:
            return
        words = [word.lower() for word in WORD.findall(text)]
        for length in self.lengths:
            for start in range(len(words) - length + 1):
                if (candidate := tuple(words[start : start + length])) in self.wanted:
                    yield " ".join(candidate)


def numbers(text: str) -> Iterator[str]:
    """Personnummer and samordningsnummer in `text`: a real day and a right check digit, and no part of a hash or a
    fraction.
    """
    for match in NUMBER.finditer(text):
        century, year, first, month, second, day, last = match.groups()
        if "." in (first, second) and first != second:
            continue  # one point only: a decimal number
        if (
            century not in (None, "18", "19", "20")
            or not _is_day(century, year, month, day)
            or not _luhn(year + month + day + last)
        ):
            continue
        if re.search(r"\d\.$", text[: match.start()][-2:]) or _in_hash(text, match.start(), match.end()):
            continue
        yield match.group()


def _is_day(century: str | None, year: str, month: str, day: str) -> bool:
    days, months = int(day), int(month)
    if days >= 60:  # a samordningsnummer, whose day (60) and month (00) may be unknown
        days, months = days - 60 or 1, months or 1
    try:
        date(int((century or "20") + year), months, days)  # without a century: 2000 was a leap year, 1900 was not
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _in_hash(text: str, start: int, end: int) -> bool:
    """Whether the digits stand inside a longer hexadecimal run with letters in it (a content hash, a UUID, a
    pseudonym).
    """
    window, offset = text[max(0, start - 80) : end + 80], start - max(0, start - 80)
    for run in HEXADECIMAL.finditer(window):
        if run.start() <= offset < run.end():
            return len(run.group()) >= 16 and bool(re.search(r"[a-fA-F]", run.group()))
    return False


def search(folder: Path, names: Iterable[str] = ()) -> list[Hit]:
    """Every hit below `folder`, symbolic links not followed."""
    wanted = Names(names)
    hits: list[Hit] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        hits += hits_in(path, str(path.relative_to(folder)), wanted)
    return hits


def hits_in(path: Path, relative: str, wanted: Names) -> Iterator[Hit]:
    """Every hit in one file, and in its name below the folder that is searched."""
    for where, text in texts(path):
        yield from (Hit(path, where, "number", found) for found in numbers(text))
        yield from (Hit(path, where, "name", found) for found in wanted.found(text))
    yield from (Hit(path, "file name", "number", found) for found in numbers(relative))


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """(where, text) of everything that the file holds; of one that a killed process left broken, what can be read of it
    as text.
    """
    try:
        yield from _opened(path)
    except (
        duckdb.Error,
        sqlite3.DatabaseError,
        pypdfium2.PdfiumError,
        zipfile.BadZipFile,
        OSError,
        EOFError,
        zlib.error,
    ):
        yield from _as_text(f"{path.name} (broken)", path.read_bytes())


def _opened(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(b"PAR1"):
        yield from _parquet(path)
    elif start[8:12] == b"DUCK":
        yield from _duckdb(path)
    elif start.startswith(b"SQLite format 3"):
        yield from _sqlite(path)
    else:
        yield from _decoded(path.name, path.read_bytes())


def _parquet(path: Path) -> Iterator[tuple[str, str]]:
    con = duckdb.connect(":default:")  # one for all: a lake has hundreds of files
    yield from _columns(con, f"read_parquet({_literal(str(path))}, hive_partitioning = false)")
    for key, value in con.execute(
        "select decode(key), decode(value) from parquet_kv_metadata(?)", [str(path)]
    ).fetchall():
        yield f"metadata {key}", value


def _duckdb(path: Path) -> Iterator[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as con:
        for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            yield from _columns(con, f'"{schema}"."{table}"')
        for query in (
            "select view_name, sql || coalesce(comment, '') from duckdb_views() where not internal",
            "select table_name, comment from duckdb_tables() where comment is not null",
            "select table_name, column_name || ' ' || coalesce(comment, '') from duckdb_columns() where not internal",
        ):
            yield from con.execute(query).fetchall()


def _columns(con: duckdb.DuckDBPyConnection, relation: str) -> Iterator[tuple[str, str]]:
    """Every column that can hold a text or a whole number, in one query."""
    parts = []
    for column, kind, *_ in con.execute(f"describe from {relation}").fetchall():
        if kind in ("DATE", "BOOLEAN") or kind.startswith("TIMESTAMP"):
            continue
        cell = f'cast("{column}" as varchar)'
        if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
            whole = (
                f'"{column}" = floor("{column}") and "{column}" between 0 and 1e15'  # a cost in kronor is below zero
            )
            cell = f'case when {whole} then cast(cast("{column}" as bigint) as varchar) end'
        # first, for the pattern is dear and most values stand many times
        different = f"select distinct {cell} as v from {relation}"
        parts.append(
            f"select {_literal(column)} as c, v from ({different}) where regexp_matches(v, {_literal(WORTH_READING)})"
        )
    for column, value in con.execute(" union all ".join(parts)).fetchall() if parts else []:
        yield f"{relation}.{column}", value


def _sqlite(path: Path) -> Iterator[tuple[str, str]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as con:
        con.text_factory = bytes
        tables = [name.decode() for (name,) in con.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            cursor = con.execute(f'select * from "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor:
                for column, value in zip(columns, row, strict=True):
                    if isinstance(value, bytes):
                        yield from _decoded(f"{table}.{column}", value)
                    elif isinstance(value, int):
                        yield f"{table}.{column}", str(value)


def _decoded(where: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Unpacked as deep as it goes: gzip, zlib, zip archives and workbooks, text in the encodings that deliveries have,
    data URIs.
    """
    if content.startswith(b"\x1f\x8b"):
        yield from _decoded(f"{where} (gzip)", gzip.decompress(content))
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from _decoded(f"{where}!{name}", archive.read(name))
    elif content.startswith(b"%PDF-"):
        yield from _pdf(where, content)
    elif content[:1] == b"\x78" and (unpacked := _inflated(content)) is not None:
        yield from _decoded(f"{where} (zlib)", unpacked)
    else:
        yield from _as_text(where, content)


def _as_text(where: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Text in the encodings that deliveries have, character references resolved, data URIs opened."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield where, content.decode("utf-16", errors="replace")
    else:
        text = content.decode("utf-8", errors="replace")
        yield where, text
        if "\\u" in text:  # JSON with its letters escaped
            yield where, ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        if "&" in text and (resolved := html.unescape(text)) != text:
            yield where, resolved
        if "\ufffd" in text:
            yield where, content.decode("cp1252", errors="replace")
            yield where, content.decode("cp437")
        for encoded in DATA_URI.findall(text):
            try:
                yield from _decoded(f"{where} (data URI)", base64.b64decode(encoded))
            except binascii.Error:
                continue


def _pdf(where: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Every page's text as a reader's program selects it, the properties, and the names of the bookmarks."""
    document = pypdfium2.PdfDocument(content)
    try:
        yield f"{where}!properties", " ".join(document.get_metadata_dict().values())
        yield f"{where}!bookmarks", "\n".join(bookmark.get_title() or "" for bookmark in document.get_toc())
        for number, page in enumerate(document, start=1):
            yield f"{where}!page {number}", page.get_textpage().get_text_bounded()
    finally:
        document.close()


def _inflated(content: bytes) -> bytes | None:
    try:
        return zlib.decompress(content)
    except zlib.error:
        return None


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def main(arguments: list[str]) -> int:
    """Search the folder given first for numbers and for the names given after it; 1 if anything was found."""
    hits = search(Path(arguments[0]), arguments[1:])
    for hit in hits:
        print(f"{hit.kind}: {hit.file}: {hit.where}")
    print(f"{len(hits)} found")
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
