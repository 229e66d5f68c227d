"""Files that are there whole or not at all, also after a kill or a power cut.

Belongs here: the two steps that every writer of state shares. Does not belong here: what is written (`lake`, publications, pages).
"""

from __future__ import annotations

import os
from pathlib import Path

UNFINISHED = ".writing-"
"""Begins the name of a file that is being written; a later write of the same file takes its place."""


def replace_text(path: Path, text: str, prefix: str = UNFINISHED) -> None:
    """Make `text` the content of `path` in one step: whoever reads it finds the old text or the new one, never half of one."""
    temporary = path.with_name(f"{prefix}{path.name}")
    try:
        temporary.write_text(text, encoding="utf-8")
        sync(temporary)
        temporary.replace(path)
    except OSError:  # a full disk: what was written so far takes the room that others need
        temporary.unlink(missing_ok=True)
        raise


def create_text(path: Path, text: str) -> bool:
    """Make a private file that holds `text`, unless `path` is there; whether it was made. Of two processes one makes it, whole."""
    temporary = path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}")
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


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
