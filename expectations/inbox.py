"""What lies in the inbox and is not taken in: files that wait too long, transfers that broke off, and what no source
reads.

Belongs here: looking at the inbox, without changing it. Does not belong here: taking files in (`gate`), and asking for
a run that does (the sensor). Folders are named, files are only counted: their names may be people's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from expectations.gate import UNFINISHED, passed_over
from ingestion.contracts import DELIVERED_SOURCES
from ingestion.monitoring.concerns import Concern
from ingestion.privacy.file_names import presentable

TO_WAIT = timedelta(hours=1)
"""A delivery is taken in within minutes, or after the refresh that is under way; an hour is too long."""

_OF_RSYNC = re.compile(r"\..+\.[A-Za-z0-9]{6}")
"""The name of a file that rsync has not finished: `.hr 2024-03.csv.Xa41bc`."""

WRONG_PLACE = (
    "Move them to inbox/<id>-<name>/<source>/ of the right municipality and source, as docs/extracts.md says; "
    "then they are taken in."
)


def concerns_of_inbox(inbox: Path, municipalities: Collection[str], now: datetime, is_watched: bool) -> list[Concern]:
    """Everything that lies in `inbox` and that somebody must look at, by folder.

    municipalities: the ids that are configured. now: with time zone. is_watched: whether the sensor looks; then a file
    has waited since it came. Where nobody looks, it has since the time that it says itself, which a transfer may have
    kept from where it was made.
    """
    return list(_concerns(inbox, municipalities, now, is_watched)) if inbox.is_dir() else []


def _concerns(inbox: Path, municipalities: Collection[str], now: datetime, is_watched: bool) -> Iterator[Concern]:
    folders, files = _entries(inbox)
    yield from _unread("inbox", files, "files lie in the inbox itself, where no source reads", WRONG_PLACE)
    for folder in folders:
        municipality_id, _, name = folder.name.partition("-")
        place = f"inbox/{presentable(folder.name, name)}"
        inner, files = _entries(folder)
        if municipality_id not in municipalities:
            advice = f"Name it <id>-<name> after a municipality that is configured ({', '.join(sorted(municipalities))}), or configure it."
            if inner or files:
                yield from _unread(
                    place, _files_below(folder) or [folder], "is no configured municipality's folder", advice
                )
            continue
        yield from _unread(
            place, files, "holds files beside the folders of the sources, where no source reads", WRONG_PLACE
        )
        root = inbox.resolve()
        for source in inner:
            at = f"{place}/{presentable(source.name, name)}"
            if source.name not in DELIVERED_SOURCES:
                yield from _unread(at, _files_below(source) or [source], "is read by no source", _nearest(source.name))
            elif not source.resolve().is_relative_to(root):
                yield from _unread(
                    at, [source], "is a link out of the inbox, and is not read", "Put the files into the inbox itself."
                )
            else:
                yield from _of_source(at, source, now, is_watched)


def _of_source(place: str, folder: Path, now: datetime, is_watched: bool) -> Iterator[Concern]:
    """What lies in a folder that a source reads."""
    nested, files = _entries(folder)
    for inner in nested:
        name = presentable(inner.name, "")
        yield from _unread(
            f"{place}/{name}", _files_below(inner), "lies below a source's folder, and is not read", WRONG_PLACE
        )
    late = [since for path in files if now - (since := _since(path, is_watched)) > TO_WAIT]
    if late:
        what = f"{_counted(len(late), 'file has', 'files have')} waited in {place} for more than an hour, {_age(min(late), now)}"
        advice = "See that the daemon runs and the sensor inbox is on, and how the newest run of the job deliveries ended; run it."
        yield Concern(f"waiting/{place}", "waiting", what, _moment(min(late)), advice)
    stale = [since for path in _unfinished(folder) if now - (since := _since(path, False)) > TO_WAIT]
    if stale:
        transfers = _counted(len(stale), "transfer", "transfers")
        what = f"{transfers} to {place} stopped unfinished more than an hour ago, {_age(min(stale), now)}"
        advice = "Have the transfer made again; then remove what the broken one left (it ends in .part, .filepart, .tmp or the like)."
        yield Concern(f"unfinished/{place}", "waiting", what, _moment(min(stale)), advice)


def _unread(place: str, paths: Collection[Path], why: str, advice: str) -> Iterator[Concern]:
    """One concern for a place in which nothing is read; none where nothing lies."""
    if paths:
        files = sum(not path.is_dir() for path in paths)
        what = f"{place}: {why} ({_counted(files, 'file', 'files') if files else 'empty'})"
        yield Concern(f"unread/{place}", "unread", what, _moment(min(_since(path, True) for path in paths)), advice)


def _nearest(name: str) -> str:
    """What to do about a folder of no source: the source whose name it nearly has, or all."""
    near = difflib.get_close_matches(name.casefold().replace("-", "_").replace(" ", "_"), DELIVERED_SOURCES, n=1)
    if near:
        return f"Rename it to {near[0]}: the name must be exactly that. Files that lie in it are taken in then."
    return f"Move what lies in it to the folder of a source: {', '.join(DELIVERED_SOURCES)}."


def _entries(folder: Path) -> tuple[list[Path], list[Path]]:
    """Folders and deliveries in `folder`, hidden ones and the system's own left out; nothing where it may not be looked
    into.
    """
    try:
        entries = sorted(path for path in folder.iterdir() if not passed_over(path.name))
    except PermissionError:
        return [], []
    return [path for path in entries if path.is_dir()], [path for path in entries if not path.is_dir()]


def _files_below(folder: Path) -> list[Path]:
    """All deliveries below `folder`, links not followed."""
    return sorted(path for path in folder.rglob("*") if not path.is_dir() and not passed_over(path.name))


def _unfinished(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_file() and (path.name.casefold().endswith(UNFINISHED) or _OF_RSYNC.fullmatch(path.name)):
            yield path


def _since(path: Path, is_arrival: bool) -> datetime:
    """When the file came (its last change of any kind, its name included), or the time that it says itself."""
    stat = path.lstat()
    return datetime.fromtimestamp(stat.st_ctime if is_arrival else stat.st_mtime, UTC)


def _moment(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="minutes")[:16]


def _age(since: datetime, now: datetime) -> str:
    hours = int((now - since) / timedelta(hours=1))
    return f"the oldest for {hours // 24} days" if hours >= 48 else f"the oldest for {hours} hours"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
