"""The search for personal data finds what is planted, in every kind of file, and nothing where there is nothing."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
import typst

from tests.personal_data_search import main, numbers, search

NUMBER = "19811228-9874"  # Skatteverket's example number
NAME = "Lindqvist-Åkesson, Gunvor"


def as_parquet(path: Path, text: str) -> None:
    rows = f"select i, case when i = 999 then '{text}' else 'nothing' end as note from range(1000) t(i)"
    duckdb.execute(f"copy ({rows}) to '{path}' (format parquet, compression zstd)")


def as_duckdb(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(f"create table marts.t as select '{text}' as note")


def as_duckdb_comment(path: Path, text: str) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("create table t as select 1 as x")
        con.execute(f"comment on column t.x is '{text}'")


def as_sqlite(path: Path, text: str) -> None:
    with sqlite3.connect(path) as con:
        con.execute("create table event_logs (event text)")
        con.execute("insert into event_logs values (?)", [json.dumps({"message": text}, ensure_ascii=False)])


def as_compressed_sqlite(path: Path, text: str) -> None:
    with sqlite3.connect(path) as con:
        con.execute("create table snapshots (snapshot_body blob)")
        con.execute("insert into snapshots values (?)", [zlib.compress(text.encode())])


def as_sheet(path: Path, text: str) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("two")["C7"] = text
    book.save(path)


def as_text(path: Path, text: str) -> None:
    path.write_text(f"<html><td>{text}</td></html>", encoding="utf-8")


def as_windows_text(path: Path, text: str) -> None:
    path.write_bytes(f"rad; {text};".encode("cp1252"))


def as_sie(path: Path, text: str) -> None:
    path.write_bytes(f'#VER L 1 20240101 "{text} \x8f"'.encode("cp437", errors="replace"))


def as_gzip(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode()))


def as_data_uri(path: Path, text: str) -> None:
    path.write_text(json.dumps({"preview": "data:image/svg+xml;base64," + base64.b64encode(f"<svg>{text}</svg>".encode()).decode()}))


def as_pdf(path: Path, text: str) -> None:
    path.write_bytes(typst.compile(f"A first page. #pagebreak() {text}".encode()))


def as_pdf_property(path: Path, text: str) -> None:
    path.write_bytes(typst.compile(f'#set document(title: "{text}")\nNothing here.'.encode()))


def as_number_column(path: Path, text: str) -> None:
    digits = "".join(c for c in text if c.isdigit()) or "1"
    names = "" if any(c.isdigit() for c in text) else text
    duckdb.execute(f"copy (select {digits}.0::double as amount, '{names}' as note, 8112.289874 as mean) to '{path}' (format parquet)")


KINDS: dict[str, Callable[[Path, str], None]] = {
    "a.parquet": as_parquet, "a2.parquet": as_number_column,
    "b.duckdb": as_duckdb, "c.duckdb": as_duckdb_comment, "d.db": as_sqlite, "e.db": as_compressed_sqlite,
    "f.xlsx": as_sheet, "g.html": as_text, "h.csv": as_windows_text, "i.se": as_sie, "j.log.gz": as_gzip, "k.json": as_data_uri,
    "l.pdf": as_pdf, "m.pdf": as_pdf_property,
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, write in KINDS.items():
        write(tmp_path / name, "1 318 anställda, 2024-12-31, load 20240331T050000Z-9f8e7d6c")
    return tmp_path


def test_nothing_is_found_where_nothing_is(home: Path) -> None:
    assert search(home, [NAME]) == []
    assert main([str(home), NAME]) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("text", "expected"), [(NUMBER, "number"), (NAME, "name")])
def test_what_is_planted_in_one_file_is_found(home: Path, kind: str, text: str, expected: str) -> None:
    (home / kind).unlink()
    KINDS[kind](home / kind, text)
    hits = search(home, [NAME])
    assert {(hit.file.name, hit.kind) for hit in hits} == {(kind, expected)}
    assert main([str(home), NAME]) == 1


@pytest.mark.parametrize(
    "spelling",
    ["811228-9874", "8112289874", "198112289874", "19811228-9874", "811228+9874", "19811228 9874", "1981-12-28-9874", "811228 - 9874",
     "19811288-9871", "pnr198112289874x", "'811228-9874'", "A811228-9874", "1981.12.28 9874"],
)  # fmt: skip
def test_every_spelling_is_found(spelling: str) -> None:
    assert list(numbers(f"row 3: {spelling}, more"))


@pytest.mark.parametrize(
    "text",
    ["811228-9875", "20241122153000", "0.8112289874", "f00d8112289874beefcafe01", "1763829347.123456", "8112.289874", "81.12289874",
     "212000-1553", "46112289874",
     "10ad8112-2898-4e74-9c1b-8112289874ab"],
)  # fmt: skip
def test_what_is_no_number_is_left_alone(text: str) -> None:
    assert not list(numbers(text))


def test_a_number_in_a_file_name_is_found(home: Path) -> None:
    (home / f"utdrag {NUMBER}.txt").write_text("nothing")
    assert [hit.where for hit in search(home)] == ["file name"]


def test_names_are_found_in_either_order(home: Path) -> None:
    (home / "g.html").write_text("Handläggare: GUNVOR Lindqvist-Åkesson.", encoding="utf-8")
    assert [hit.kind for hit in search(home, [NAME])] == ["name"]
    assert [hit.kind for hit in search(home, ["Lindqvist-Åkesson"])] == ["name"]
