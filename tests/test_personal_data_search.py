"""The search for personal data finds what is planted, in every kind of file, and nothing where there is nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from trials.personal_data import KINDS as PLANTED
from trials.personal_data import SPELLINGS
from trials.search import main, numbers, search

NUMBER = "19811228-9874"  # Skatteverket's example number
NAME = "Lindqvist-Åkesson, Gunvor"


def as_number_column(path: Path, text: str) -> None:
    digits = "".join(c for c in text if c.isdigit()) or "1"
    names = "" if any(c.isdigit() for c in text) else text
    duckdb.execute(
        f"copy (select {digits}.0::double as amount, '{names}' as note, 8112.289874 as mean) to '{path}' (format parquet)"
    )


KINDS = {**PLANTED, "numbers.parquet": as_number_column}


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


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_found(spelling: str) -> None:
    assert list(numbers(f"row 3: {spelling}, more"))


@pytest.mark.parametrize(
    "text",
    [
        "811228-9875",
        "20241122153000",
        "0.8112289874",
        "f00d8112289874beefcafe01",
        "1763829347.123456",
        "8112.289874",
        "81.12289874",
        "212000-1553",
        "46112289874",
        "10ad8112-2898-4e74-9c1b-8112289874ab",
    ],
)
def test_what_is_no_number_is_left_alone(text: str) -> None:
    assert not list(numbers(text))


def test_a_number_in_a_file_name_is_found(home: Path) -> None:
    (home / f"utdrag {NUMBER}.txt").write_text("nothing")
    assert [hit.where for hit in search(home)] == ["file name"]


def test_names_are_found_in_either_order(home: Path) -> None:
    (home / "page.html").write_text("Handläggare: GUNVOR Lindqvist-Åkesson.", encoding="utf-8")
    assert [hit.kind for hit in search(home, [NAME])] == ["name"]
    assert [hit.kind for hit in search(home, ["Lindqvist-Åkesson"])] == ["name"]
