"""Files that are there whole or not at all, also after a kill or a power cut.

Belongs here: the steps that every writer of state shares, and the checksum that proves a file. Does not belong here: what
is written (`lake`, publications, pages).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

UNFINISHED = ".writing-"
"""Begins the name of a file that is being written; a later write of the same file takes its place."""


@contextmanager
def replacing(path: Path, prefix: str = UNFINISHED, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `path` in one step when the block ends. mode: its rights, less the
    umask.

    Whoever reads `path` finds what was there or all that was written, never half of it; a block that fails leaves
    nothing.
    """
    temporary = path.with_name(f"{prefix}{path.name}.new")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # a full disk too: what was written so far takes the room that others need
        temporary.unlink(missing_ok=True)
        raise


def replace_text(path: Path, text: str, prefix: str = UNFINISHED) -> None:
    """Make `text` the content of `path` in one step."""
    with replacing(path, prefix) as file:
        file.write(text.encode("utf-8"))


def create_text(path: Path, text: str) -> bool:
    """Make a private file that holds `text`, unless `path` is there; whether it was made. Of two processes one makes
    it, whole.
    """
    temporary = path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}.new")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    return True


def create_folder(path: Path, files: Mapping[str, bytes], mode: int, prefix: str = UNFINISHED) -> None:
    """Make the folder `path` with these files (content by name), whole or not at all. mode: of each file, whatever the
    umask.
    """
    temporary = path.with_name(f"{prefix}{path.name}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        for name, content in files.items():
            with (temporary / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), mode)
        sync(temporary)
        temporary.rename(path)
        sync(path.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def file_checksum(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def private_folder(path: Path) -> None:
    """Make the folder and its parents, for the owner only. (A changed umask would be the whole process's, other
    threads' too.)
    """
    for folder in (*reversed(path.parents), path):
        folder.mkdir(mode=0o700, exist_ok=True)


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
