"""Files that are there whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ingestion.durable import UNFINISHED, create_text, private_folder, replace_text, replacing


def test_a_file_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    replace_text(path, "old")
    with replacing(path) as file:
        file.write(b"new, ")
        file.flush()
        assert path.read_text() == "old"
        assert list(tmp_path.glob("*.json")) == [path], "what is being written is taken for a record"
        file.write(b"whole")
    assert path.read_text() == "new, whole"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    replace_text(path, "old")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    (tmp_path / f"{UNFINISHED}state.json.new").write_text(
        "what a killed one had written so far, longer than the new text"
    )
    replace_text(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_rights(tmp_path: Path) -> None:
    with replacing(tmp_path / "private", mode=0o600) as file:
        file.write(b"x")
    private_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o600
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a", tmp_path / "a" / "b")] == [0o700, 0o700]


def test_of_two_makers_one_makes_it(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert create_text(path, "first")
    assert not create_text(path, "second")
    assert path.read_text() == "first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
