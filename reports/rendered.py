"""What was rendered from what: a report whose publication, configuration, texts and code are those of last time is left
as it is.

Belongs here: the result of rendering, the fingerprint of all that decides it, and the note of both. Light to import:
whoever finds nothing to render loads no drawing and no typesetting. Does not belong here: rendering (`render`).
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from ingestion.configuration.municipality import Municipality
from ingestion.durable import file_checksum

CODE = Path(__file__).parent


@dataclass(frozen=True)
class RenderResult:
    """What was written. paths: one file for each format, none where there was nothing to tell yet. tables, diagrams,
    sentences: how many the report holds. gaps: (where, why) of everything that it should hold and the publication
    lacks. preview: one diagram as PNG; None where none could be drawn. faults: in what it contradicts itself or the
    marts; then nothing was written, and `paths` are those of the files before it, which stay. waiting: how many
    texts nobody has written for it yet. adopted: date
    and § where it is adopted; then nothing was written, and `paths` are the adopted files.
    """

    kind: str
    paths: tuple[Path, ...]
    publication_id: str
    tables: int
    diagrams: int
    sentences: int
    gaps: tuple[tuple[str, str], ...]
    preview: bytes | None
    faults: tuple[str, ...] = ()
    waiting: int = 0
    adopted: str = ""


def fingerprint(publication: Path, municipality: Municipality, adopted: Path) -> str:
    """Hash of all that a report depends on: the publication's file (never written to once it is there), the
    municipality's folder with its texts, its adopted reports, the code and templates, and the versions of the installed
    packages.
    """
    file = publication.resolve()
    state = file.stat() if file.exists() else None
    digest = hashlib.sha256(f"{file} {state and (state.st_size, state.st_mtime_ns)} {_code()}".encode())
    for path in _files(municipality.folder):
        digest.update(str(path.relative_to(municipality.folder)).encode())
        digest.update(path.read_bytes())
    for path in sorted(adopted.glob("*/adopted.json")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def only_one(out: Path) -> Iterator[None]:
    """Hold the lock of a folder of reports; the kernel lets go of it when the process dies."""
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def note(record: Path, inputs: str, made: Sequence[RenderResult]) -> None:
    """Keep in `record` what was made from `inputs`, with the hash of each file. What contradicts itself is not kept: it
    is judged again.
    """
    if any(result.faults for result in made):
        record.unlink(missing_ok=True)
        return
    values: list[dict[str, Any]] = []
    for result in made:
        value: dict[str, Any] = {item.name: getattr(result, item.name) for item in fields(result)}
        value["paths"] = {str(path): file_checksum(path) for path in result.paths}
        value["preview"] = base64.b64encode(result.preview).decode() if result.preview is not None else None
        values.append(value)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"inputs": inputs, "made": values}), encoding="utf-8")


def unchanged(record: Path, inputs: str) -> list[RenderResult] | None:
    """What `record` says was made from `inputs`, if that is still there byte for byte; else None, and it is to be
    rendered.
    """
    try:
        kept = json.loads(record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # ValueError: the process was killed while it wrote
        return None
    if kept["inputs"] != inputs:
        return None
    results = []
    for value in kept["made"]:
        if any(
            not Path(path).exists() or file_checksum(Path(path)) != hashed for path, hashed in value["paths"].items()
        ):
            return None
        value["paths"] = tuple(Path(path) for path in value["paths"])
        value["gaps"] = tuple((where, why) for where, why in value["gaps"])
        value["preview"] = base64.b64decode(value["preview"]) if value["preview"] is not None else None
        value["faults"] = ()
        results.append(RenderResult(**value))
    return results


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in [path for path in _files(CODE) if path.suffix != ".pyc"]:
        digest.update(path.read_bytes())
    digest.update(repr(sorted(f"{one.name} {one.version}" for one in distributions())).encode())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
