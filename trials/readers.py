"""Fifty readers through twenty publications: no error, nothing mixed, and nobody waits for anybody.

Belongs here: readers that hold their connection, readers that reconnect, and publications meanwhile. Does not belong
here: publishers that are killed (`kill`).
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from trials import home as homes
from trials.trial import Attempt, Break, Trial, part

READERS, PUBLICATIONS = 50, 20
ROWS = 200_000
KEEP = 3
PAUSE = 0.2
"""Seconds between two questions of one reader: fifty analysts at work, not a test of how fast two cores are."""
MOST_DELAY = 6.0
"""A publication may take so many times as long as the slowest that nobody reads: they share the cores, and nothing
else.
"""

# A token is in every row of both marts, and another one in every publication.
QUESTION = (
    "select (select min(token) from marts.quality), (select max(token) from marts.quality), (select min(token) from marts.costs), "
    "(select max(token) from marts.costs), (select count(*) from marts.quality), (select publication_id from meta.publication)"
)


def write_build(path: Path, token: int) -> None:
    """A build with two marts that agree on their token, and a verdict."""
    import duckdb

    from publication.publish import clear_build, record_verdict

    path.parent.mkdir(parents=True, exist_ok=True)
    clear_build(path)
    with duckdb.connect(str(path), config={"threads": 1}) as con:
        for schema in ("marts", "meta", "config"):
            con.execute(f"create schema {schema}")
        con.execute(
            f"create table marts.quality as select i as row, {token} as token, hash(i, {token}) as value from range({ROWS}) as r(i)"
        )
        con.execute(f"create table marts.costs as select i as row, {token} as token from range(1000) as r(i)")
        con.execute("create table meta.loads as select date '2024-12-31' as data_through")
        con.execute(
            "create table config.run as select timestamp '2025-01-01' as as_of, 'demo' as environment, 'none' as git_sha"
        )
    record_verdict(path, passed=True, reason="", tests=1, inputs=str(token))


def publications(folders: Sequence[Path], first: int, number: int) -> list[list[float]]:
    """Publish `number` builds with tokens from `first`, each in all `folders` in turn; the seconds of each publication,
    by folder.
    """
    from publication.publish import publish

    took: list[list[float]] = [[] for _ in folders]
    for token in range(first, first + number):
        for folder, seconds in zip(folders, took, strict=True):
            write_build(folder / "build" / "warehouse.duckdb", token)
            begun = time.monotonic()
            made = publish(folder / "build" / "warehouse.duckdb", folder / "published", keep=KEEP)
            seconds.append(time.monotonic() - begun)
            if not made.is_new:
                raise AssertionError(f"token {token} was not published")
    return took


def read(folder: Path, holds: bool, _: IO[bytes]) -> dict[str, Any]:
    """Ask until the file `stop` is there; what was seen."""
    import duckdb

    path, stop = str(folder / "published" / "current.duckdb"), folder / "stop"
    errors: list[str] = []
    mixed, asked, seen = 0, 0, set()
    held = None
    while not stop.exists() or not asked:
        try:
            con = held or duckdb.connect(path, read_only=True, config={"threads": 1, "memory_limit": "64MB"})
            held = con if holds else None
            row = con.execute(QUESTION).fetchall()[0]
            if not holds:
                con.close()
            asked += 1
            seen.add(row[-1])
            if len(set(row[:4])) != 1 or row[4] != ROWS:
                mixed += 1
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}"[:200])
            held = None
        (folder / f"ready-{os.getpid()}").touch()
        time.sleep(PAUSE)
    return {"asked": asked, "errors": len(errors), "first": errors[:1], "mixed": mixed, "seen": len(seen)}


def run(folder: Path, share: float) -> Iterator[Attempt]:
    """Publish where everybody reads, and by turns where nobody does; an attempt per publication and per reader."""
    homes.warm()
    log, number = folder / "log", part(PUBLICATIONS, share)
    homes.in_child(partial(publications, [folder], 1, 1), log)
    readers = [homes.start(partial(read, folder, i % 2 == 0), log) for i in range(READERS)]
    try:
        deadline = time.monotonic() + 120
        while len(list(folder.glob("ready-*"))) < READERS and time.monotonic() < deadline:
            time.sleep(0.1)
        busy, unread = homes.in_child(partial(publications, [folder, folder / "unread"], 2, number), log)
    finally:
        (folder / "stop").touch()
        answers = []
        for reader in readers:
            try:
                answers.append(reader.answer())
            except homes.ChildFailed as failed:
                answers.append({"asked": 0, "errors": 1, "first": [str(failed)], "mixed": 0, "seen": 0})
    for i, seconds in enumerate(busy, start=1):
        ratio = seconds / max(unread)
        yield Attempt(f"publication {i}", ratio <= MOST_DELAY, f"{ratio:.1f} times the slowest that nobody reads")
    said = f"median {statistics.median(busy) / statistics.median(unread):.1f} times that of those that nobody reads"
    for i, seen in enumerate(answers):
        holds = i % 2 == 0
        held = (
            seen["asked"] > 0
            and not seen["errors"]
            and not seen["mixed"]
            and (seen["seen"] == 1 if holds else seen["seen"] >= 1)
        )
        yield Attempt(f"reader {i + 1}, {'holds' if holds else 'reconnects'}", held, f"{seen}; {said}")
    followed = max(seen["seen"] for i, seen in enumerate(answers) if i % 2)
    yield Attempt(
        "readers that reconnect see what is new", followed > 1, f"{followed} publications seen by one reader; {said}"
    )


def _published_in_place() -> Any:
    def seal(temporary: Path, path: Path) -> None:
        before = (path.parent / "current.duckdb").resolve()
        if before.exists():
            before.chmod(0o640)
            shutil.copyfile(temporary, before)
            os.link(before, path)
            temporary.unlink()
        else:
            temporary.rename(path)

    return patch("publication.publish._seal", seal)


def _published_when_unread() -> Any:
    from publication.publish import _seal

    def seal(temporary: Path, path: Path) -> None:
        patience = time.monotonic() + 60
        while time.monotonic() < patience and _is_read(path.parent):
            time.sleep(0.05)
        _seal(temporary, path)

    return patch("publication.publish._seal", seal)


def _is_read(published: Path) -> bool:
    """Whether any process has a file of the folder open."""
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # ended meanwhile
            target = descriptor.readlink()
            if target.parent == published and target.name.startswith("genomlysning_"):
                return True
    return False


TRIALS = (Trial("readers", "50 readers through 20 publications: no error, nothing mixed, no publication delayed", run),)
BREAKS = (
    Break("a publication's file is never written to again", "readers", _published_in_place, 0.5),
    Break("a publication waits for no reader", "readers", _published_when_unread, 0.05),
)
